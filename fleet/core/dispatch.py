"""One dispatch round: an ordered list of phases; their order is the policy.

Runs after every event, over the robots that the event touched (Work.dirty).
"""

from collections.abc import Callable
from dataclasses import replace

from fleet.core import assign, building_rules, closed_ways, closures, errands, orders, presence
from fleet.core import events as ev
from fleet.core.commands import SolvePlan
from fleet.core.state import Job, MissionRecord
from fleet.core.work import Work
from missions.lifecycle import MissionState
from missions.planning.problem import PlanAnswer, PlanRequest, Stop, Veto
from missions.planning.traffic import PlanRejected, StaleAnswer

REQUESTS_MAX = 32
"""Robots planned in one question: an answer is worth little when it comes late."""


def round_(work: Work) -> None:
    for phase in PHASES:
        phase(work)
    work.dirty.clear()
    work.forget_old()


def _assign_waiting(work: Work) -> None:
    if work.state.allocate_due:
        work.state.allocate_due = False
        assign.waiting_missions(work)


def _let_go(work: Work) -> None:
    for robot_id in tuple(work.dirty):
        if robot_id in work.state.jobs:
            building_rules.let_go(work, robot_id)


def _errands(work: Work) -> None:
    for robot_id in tuple(work.dirty):
        if robot_id in work.state.robots:
            errands.consider(work, robot_id)


def _advance(work: Work) -> None:
    """Robots touched on the way (a wait that ended, a place that was freed) have their turn too."""
    done: dict[str, None] = {}
    while len(done) < len(work.dirty):
        for robot_id in tuple(work.dirty):
            if robot_id not in done:
                done[robot_id] = None
                if robot_id in work.state.robots:
                    orders.advance(work, robot_id)


def _ask_for_plans(work: Work) -> None:
    if work.state.solving:
        return
    wanting = [job for job in work.state.jobs.values() if _may_plan(work, job)]
    if not wanting:
        return
    wanting.sort(key=lambda job: _importance(work, job))
    requests = tuple(_request(work, job) for job in wanting[:REQUESTS_MAX])
    problem = work.traffic.problem(requests, work.now_s)
    work.state.solving = tuple(request.agent_id for request in requests)
    work.state.solving_version = problem.version
    work.state.solving_since_s = work.now_s
    because = "; ".join(f"{job.robot_id}: {job.wants_plan}" for job in wanting[:REQUESTS_MAX])
    work.emit(SolvePlan(problem=problem, because=because))


def _may_plan(work: Work, job: Job) -> bool:
    robot = work.state.robots[job.robot_id]
    due = bool(job.wants_plan) and job.not_before_s <= work.now_s
    may = due and robot.online and not job.frozen and not job.cancel_id
    return may and not _stays_with_it(work, job)


def _stays_with_it(work: Work, job: Job) -> bool:
    """It does something on its way to a place that is closed now (leads a visitor): it stands and waits."""
    if not job.acting or not job.mission or orders.is_committed(job):
        return False
    node = work.state.missions[job.mission].mission.tasks[job.task].node
    closure = closed_ways.around(work, node)
    if closure is not None:
        closed_ways.cut_off(work, job, f"{job.mission}/{job.task}", closed_ways.sentence(work, closure))
        work.put_job(replace(work.job(job.robot_id), wants_plan=""))
    return closure is not None


def _importance(work: Work, job: Job) -> tuple[int, str, str]:
    """Higher priority first, then the older mission, then errands; the id breaks ties."""
    queue = work.state.robots[job.robot_id].queue
    if not queue:
        return (1, "", job.robot_id)
    return (-work.state.missions[queue[0]].mission.priority, queue[0], job.robot_id)


def _request(work: Work, job: Job) -> PlanRequest:
    robot = work.state.robots[job.robot_id]
    if robot.queue:
        stops, busy_until_s = _stops(work, job, robot.queue[0])
        return PlanRequest(agent_id=job.robot_id, stops=stops, busy_until_s=busy_until_s)
    rest = errands.rest_for(work, robot)
    if rest is None and robot.errand in ("charge", "make_way", "dock"):
        work.put_robot(replace(robot, errand=""))
    return PlanRequest(agent_id=job.robot_id, stops=(), rest=rest)


def _stops(work: Work, job: Job, mission_id: str) -> tuple[tuple[Stop, ...], float]:
    """The tasks that are still to be planned, and until when the robot is busy with the one before them."""
    record = work.state.missions[mission_id]
    first = record.current
    if first is None:
        return (), 0.0
    busy_until_s = 0.0
    if job.mission == mission_id and orders.is_committed(job):
        busy_until_s = work.now_s + record.mission.tasks[first].duration_s
        first += 1
    tasks = record.mission.tasks[first : _cut_off_at(work, work.job(job.robot_id), record, first)]
    stops = tuple(
        Stop(
            node=task.node,
            duration_s=task.duration_s,
            task=f"{mission_id}/{task.seq}",
            hold_room=task.hold_room,
            pace_mps=task.pace_mps,
        )
        for task in tasks
    )
    return stops, busy_until_s


def _cut_off_at(work: Work, job: Job, record: MissionRecord, first: int) -> int:
    """The first task that is not planned: no way leads there now, or it lies in something closed."""
    mission_id = record.mission.mission_id
    for task in record.mission.tasks[first:]:
        stop = f"{mission_id}/{task.seq}"
        closure = closed_ways.around(work, task.node)
        if closure is not None and job.cut_off != stop:
            closed_ways.cut_off(work, job, stop, closed_ways.sentence(work, closure))
        if closure is not None or job.cut_off == stop:
            return task.seq
    return len(record.mission.tasks)


def _explain(work: Work) -> None:
    for robot_id in tuple(work.dirty):
        if robot_id in work.state.robots:
            orders.explain(work, robot_id)


PHASES: tuple[Callable[[Work], None], ...] = (
    closures.keep_out,
    presence.look_again,
    presence.follow_rides,
    _assign_waiting,
    _let_go,
    _errands,
    _advance,
    _ask_for_plans,
    _explain,
)


# -- the planner's answer ---------------------------------------------------------------------------


def plan_solved(work: Work, event: ev.PlanSolved) -> None:
    asked, answer = work.state.solving, event.answer
    if answer.version != work.state.solving_version:
        return  # of an earlier life, or answered twice
    work.state.solving = ()
    work.state.solving_version = -1
    try:
        adopted = work.traffic.adopt(answer)
    except StaleAnswer:
        adopted = ()  # the world has moved on: asked again in this very round
    except PlanRejected as error:
        adopted = ()
        hint = "This is a bug of the planner: keep the journal and report it."
        work.alert("plan_rejected", "warning", "planner", str(error), hint)
        _wait_a_little(work, asked)
    else:
        _take_vetoes(work, answer)
    for robot_id in adopted:
        _adopted(work, robot_id, asked)
    for robot_id in tuple(work.state.jobs):
        work.touch(robot_id)


def _adopted(work: Work, robot_id: str, asked: tuple[str, ...]) -> None:
    """One that only went out of the way of another has perhaps no stops: what it wants, it wants still."""
    job = work.job(robot_id)
    if robot_id in asked:
        work.put_job(replace(job, wants_plan="", not_before_s=0.0))
    orders.replanned(work, robot_id)
    robot = work.state.robots[robot_id]
    if robot.queue:
        _has_a_way(work, robot_id, work.state.missions[robot.queue[0]])
        assign.forecast(work, robot_id)


def _has_a_way(work: Work, robot_id: str, record: MissionRecord) -> None:
    """What stood in its way is no reason any more."""
    because = f"{robot_id} is on its way"
    is_running = record.state is MissionState.RUNNING
    if is_running and record.because != because and not closed_ways.is_cut_off(work, work.job(robot_id)):
        work.put_mission(replace(record, because=because))


def _wait_a_little(work: Work, robot_ids: tuple[str, ...]) -> None:
    for robot_id in robot_ids:
        job = work.state.jobs.get(robot_id)
        if job is not None:
            work.put_job(replace(job, not_before_s=work.now_s + work.settings.replan_s))


def _take_vetoes(work: Work, answer: PlanAnswer) -> None:
    for veto in answer.vetoes:
        _wait_a_little(work, (veto.agent_id,))
        _tell_veto(work, veto)
        if not any(errands.make_way(work, other, veto.because, veto.agent_id) for other in veto.blocked_by):
            _reconsider(work, veto)


def _tell_veto(work: Work, veto: Veto) -> None:
    robot = work.state.robots[veto.agent_id]
    work.put_robot(replace(robot, because=veto.because))
    head = work.state.missions.get(robot.queue[0]) if robot.queue else None
    if head is not None and head.because != veto.because:
        work.put_mission(replace(head, because=veto.because))


def _reconsider(work: Work, veto: Veto) -> None:
    """No way for this robot now: another may have one; else it does what it can, and waits for the rest."""
    robot = work.state.robots[veto.agent_id]
    if not robot.queue or veto.code != "no_route" or assign.try_another(work, robot, veto.because):
        return
    if not veto.stop.startswith(f"{robot.queue[0]}/"):
        return
    job = work.job(veto.agent_id)
    closed_ways.cut_off(work, job, veto.stop, veto.because)
    # What it does on its way cannot be taken to a place of rest: it stands and waits.
    again = "" if job.acting else f"{veto.stop} cannot be reached"
    work.put_job(replace(work.job(veto.agent_id), wants_plan=again, not_before_s=0.0))


def solver_failed(work: Work, event: ev.SolverFailed) -> None:
    hint = "It is started again by itself; robots finish what was released to them meanwhile."
    work.alert("solver_failed", "warning", "planner", event.because, hint)
    _wait_a_little(work, work.state.solving)
    work.state.solving = ()
    work.state.solving_version = -1
