"""What a robot is told: one order per task or errand, extended as its way becomes free.

advance() looks at one robot and sends what can be sent; explain() says what it waits for. Nothing here
chooses missions (fleet.core.assign) or plans (fleet.core.dispatch asks for those).
"""

from dataclasses import dataclass, replace

from fleet.core import building_rules, closed_ways, mission_rules, robot_rules
from fleet.core.commands import OrderAction, OrderCell, SendOrder
from fleet.core.state import Job, RobotRecord
from fleet.core.work import Work
from maps.elements import NodeKind
from missions.lifecycle import MissionState
from missions.planning.problem import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What the next order is to be."""

    end_no: int
    mission: str = ""
    task: int = -1
    errand: str = ""
    because: str


def advance(work: Work, robot_id: str) -> None:
    """Start, extend or end this robot's order as far as everything allows now."""
    job, robot = work.state.jobs.get(robot_id), work.state.robots[robot_id]
    if job is None or job.cancel_id or job.frozen or not robot.online:
        return
    if job.order_id and _is_obsolete(work, robot, job):
        because = f"{job.mission or robot.errand} is not its business any more"
        robot_rules.begin_cancel(work, job, because)
        return
    if held_back(work, robot, job):
        return
    if not job.order_id:
        if min(job.not_before_s, job.refused_until_s) > work.now_s:
            return  # it has just refused one
        leg = _next_leg(work, robot, job)
        if leg is None:
            return
        job = _begin(work, job, leg)
    _extend(work, job)


def held_back(work: Work, robot: RobotRecord, job: Job) -> str:
    """Why the robot is told nothing new now, as a waiting word; '' when nothing holds it."""
    if work.state.stopped:
        return "resume_all"
    if work.state.fire:
        return "fire"
    if robot.mode != "autonomous":
        return f"mode {robot.mode}"
    head = work.state.missions.get(robot.queue[0]) if robot.queue else None
    if (
        head is not None
        and head.state is MissionState.PAUSED
        and job.mission in ("", head.mission.mission_id)
    ):
        return "resume"
    return ""


def _is_obsolete(work: Work, robot: RobotRecord, job: Job) -> bool:
    if job.mission:
        return not robot.queue or robot.queue[0] != job.mission
    return bool(robot.queue) and robot.errand == "charge" and job.acting


def _next_leg(work: Work, robot: RobotRecord, job: Job) -> Leg | None:
    if robot.robot_id in work.state.solving:
        return None
    ahead = [s for s in work.traffic.state.plans[robot.robot_id].steps if s.step_no > job.passed_no]
    stop = next((step for step in ahead if step.is_stop), None)
    if stop is not None:
        return _mission_leg(work, robot, job, stop)
    waits = closed_ways.is_cut_off(work, job)
    if robot.queue and not job.wants_plan and not waits:
        because = f"{robot.queue[0]} is next"
        work.put_job(replace(job, wants_plan=because))
        return None
    if ahead and not (job.wants_plan and job.not_before_s <= work.now_s):
        errand = robot.errand or "park"
        return Leg(end_no=ahead[-1].step_no, errand=errand, because=robot.because or "to a place of rest")
    if not ahead and robot.errand == "charge" and at_charger(work, robot.robot_id):
        return Leg(end_no=job.passed_no, errand="charge", because=robot.because)
    return None


def _mission_leg(work: Work, robot: RobotRecord, job: Job, stop: Step) -> Leg | None:
    mission_id, _, task = stop.stop.rpartition("/")
    record = work.state.missions.get(mission_id)
    head = robot.queue[0] if robot.queue else ""
    if record is None or mission_id != head or record.current != int(task):
        if not job.wants_plan:
            work.put_job(replace(job, wants_plan="its plan is for another mission"))
        return None
    title = record.mission.tasks[int(task)].title.get("en", mission_id)
    return Leg(end_no=stop.step_no, mission=mission_id, task=int(task), because=f"{mission_id}: {title}")


def at_charger(work: Work, robot_id: str) -> bool:
    cell = work.cells.cells[work.traffic.position(robot_id)]
    return cell.node is not None and work.graph.nodes[cell.node].kind is NodeKind.CHARGER


def _begin(work: Work, job: Job, leg: Leg) -> Job:
    robot = work.state.robots[job.robot_id]
    number = work.new_id("order").rpartition("-")[2]
    order_id = f"{leg.mission}/{leg.task}/{number}" if leg.mission else f"errand/{job.robot_id}/{number}"
    acts = leg.errand == "charge" if not leg.mission else _task_action(work, leg.mission, leg.task) != ""
    job = replace(
        job,
        order_id=order_id,
        update_id=0,
        accepted_id=0,
        first_no=job.passed_no,
        sent_no=job.passed_no,
        end_no=leg.end_no,
        mission=leg.mission,
        task=leg.task,
        action_id=order_id if acts else "",
    )
    work.put_job(job)
    work.put_robot(replace(robot, errand=leg.errand, because=leg.because, order_id=order_id))
    return job


def _task_action(work: Work, mission_id: str, task: int) -> str:
    return work.state.missions[mission_id].mission.tasks[task].action_type


def _extend(work: Work, job: Job) -> None:
    """Allocate ahead, ask the building, send what is new."""
    plan = work.traffic.state.plans[job.robot_id]
    incomplete = plan.steps[plan.allocated - 1].step_no < job.end_no
    if incomplete and job.robot_id not in work.state.solving:
        work.traffic.allocate(job.robot_id, work.now_s, work.settings.base_ahead_s)
        plan = work.traffic.state.plans[job.robot_id]
    end_no = min(plan.steps[plan.allocated - 1].step_no, job.end_no)
    sent = next(step for step in plan.steps if step.step_no == job.sent_no)
    fresh = tuple(step for step in plan.steps if job.sent_no < step.step_no <= end_no)
    steps, _waiting = building_rules.admit(work, job, fresh, sent)
    complete = job.sent_no == job.end_no and job.update_id == 0
    if steps or complete:
        _send(work, job, (sent, *steps))


def _send(work: Work, job: Job, base: tuple[Step, ...]) -> Job:
    job = replace(job, update_id=job.update_id + 1, sent_no=base[-1].step_no, sent_s=work.now_s)
    work.put_job(job)
    work.emit(order_of(work, job, base))
    if job.mission:
        mission_rules.task_begun(work, job.mission, job.task, job.robot_id)
    return job


def order_of(work: Work, job: Job, base: tuple[Step, ...]) -> SendOrder:
    plan = work.traffic.state.plans[job.robot_id]
    ahead = [step for step in plan.steps if job.sent_no < step.step_no <= job.end_no]
    return SendOrder(
        robot_id=job.robot_id,
        order_id=job.order_id,
        order_update_id=job.update_id,
        base=_cells(work, base),
        horizon=_cells(work, tuple(ahead[: work.settings.horizon_cells])),
        action=_action(work, job),
        last=job.sent_no == job.end_no,
        because=work.state.robots[job.robot_id].because,
    )


def _cells(work: Work, steps: tuple[Step, ...]) -> tuple[OrderCell, ...]:
    """With the lift set where the way to a cell is a ride."""
    cells = []
    before: Step | None = None
    for step in steps:
        there = work.cells.cells[step.cell].lift
        rides = before is not None and there is not None and work.cells.cells[before.cell].lift == there
        rides = rides and before is not None and before.cell != step.cell
        cells.append(
            OrderCell(cell=step.cell, seq=step.step_no, pace_mps=step.pace_mps, lift=there if rides else None)
        )
        before = step
    return tuple(cells)


def _action(work: Work, job: Job) -> OrderAction | None:
    if not job.action_id:
        return None
    if not job.mission:
        until = {"until_fraction": work.settings.charge_until_fraction}
        return OrderAction(action_id=job.action_id, action_type="charge", params=dict(until))
    task = work.state.missions[job.mission].mission.tasks[job.task]
    return OrderAction(
        action_id=job.action_id, action_type=task.action_type, params=task.params, en_route=task.en_route
    )


def resend(work: Work, job: Job) -> None:
    """The same update once more, from where the robot is known to be: twice is harmless."""
    if not work.state.robots[job.robot_id].online:
        return
    if job.resends == work.settings.resends_max:
        because = f"{job.robot_id} does not answer its order {job.order_id}"
        work.alert("no_ack", "warning", job.robot_id, because, "Look at the robot and at its link.")
    work.put_job(replace(job, sent_s=work.now_s, resends=job.resends + 1))
    if job.cancel_id:
        robot_rules.repeat_cancel(work, job)
    elif job.update_id:
        plan = work.traffic.state.plans[job.robot_id]
        base = tuple(s for s in plan.steps if job.passed_no <= s.step_no <= job.sent_no)
        work.emit(order_of(work, job, base))


# -- when the plan has changed ----------------------------------------------------------------------


def replanned(work: Work, robot_id: str) -> None:
    """Fit the order under way to the new plan: same task, new end; or end it where its allocation ends."""
    job, robot = work.job(robot_id), work.state.robots[robot_id]
    if not job.order_id or job.cancel_id or job.closing:
        return
    plan = work.traffic.state.plans[robot_id]
    if job.mission:
        name = f"{job.mission}/{job.task}"
        stops = [s.step_no for s in plan.steps if s.is_stop and s.stop == name and s.step_no > job.first_no]
        if stops and not is_committed(job):
            work.put_job(replace(job, end_no=stops[-1]))
        elif closed_ways.is_cut_off(work, job) and not is_committed(job) and not job.acting:
            close(work, job, plan.steps[plan.allocated - 1].step_no)  # its stop is cut off
        return
    if not any(step.is_stop for step in plan.steps) and not robot.queue and not job.acting:
        work.put_job(replace(job, end_no=plan.steps[-1].step_no))
        return
    if not job.acting:
        close(work, job, plan.steps[plan.allocated - 1].step_no)


def is_committed(job: Job) -> bool:
    """The robot has been told where its order ends: that stop is not planned again."""
    return job.update_id > 0 and job.sent_no == job.end_no


def close(work: Work, job: Job, end_no: int) -> None:
    """End the order at this step: the last that is released, or one that is allocated beyond it."""
    job = replace(job, end_no=end_no, action_id="", closing=True)
    work.put_job(job)
    if end_no > job.sent_no:
        return
    plan = work.traffic.state.plans[job.robot_id]
    sent = next(step for step in plan.steps if step.step_no == job.sent_no)
    job = _send(work, job, (sent,))
    if job.passed_no == end_no:
        robot_rules.order_over(work, job)


# -- saying why -------------------------------------------------------------------------------------


def explain(work: Work, robot_id: str) -> None:
    """Write down what the robot, and the mission it carries out, wait for."""
    robot = work.state.robots[robot_id]
    waiting = _waits_for(work, robot)
    if waiting != robot.waiting:
        since = work.now_s if waiting else None
        robot = work.put_robot(replace(robot, waiting=waiting, waiting_since_s=since))
    head = work.state.missions.get(robot.queue[0]) if robot.queue else None
    if head is not None and head.waiting != waiting and head.state is not MissionState.PAUSED:
        since = work.now_s if waiting else None
        work.put_mission(replace(head, waiting=waiting, waiting_since_s=since))


def _waits_for(work: Work, robot: RobotRecord) -> str:
    job = work.state.jobs.get(robot.robot_id)
    if job is None or not robot.online:
        return "hello" if robot.queue else ""
    held = held_back(work, robot, job)
    if held or job.frozen:
        return held
    if closed_ways.is_cut_off(work, job) and job.passed_no == job.sent_no:
        return closed_ways.waits_for(work, job)
    if robot.robot_id in work.state.solving or job.wants_plan:
        return "planner" if robot.queue or job.wants_plan else ""
    if not job.order_id or job.passed_no < job.sent_no:
        return ""
    if job.passed_no == job.end_no:
        return f"person {robot.phase}" if robot.phase.startswith("await") else ""
    return _blocked_by(work, job)


def _blocked_by(work: Work, job: Job) -> str:
    plan = work.traffic.state.plans[job.robot_id]
    fresh = [s for s in plan.steps[: plan.allocated] if job.sent_no < s.step_no <= job.end_no]
    sent = next(step for step in plan.steps if step.step_no == job.sent_no)
    if fresh:
        _open, waiting = building_rules.admit(work, job, tuple(fresh), sent)
        return waiting
    wait = work.traffic.waiting_for(job.robot_id)
    if wait is None:
        return ""
    if not wait.agent_id:
        closure = work.state.closures.get(wait.closure)
        return closed_ways.waiting_word(closure) if closure is not None else "way"
    work.state.waiters.setdefault(wait.agent_id, {}).setdefault(job.robot_id)
    return f"robot {wait.agent_id}"
