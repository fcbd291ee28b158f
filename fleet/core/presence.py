"""Robots come, fall silent, come back, and are cleared away by a person."""

from dataclasses import replace
from math import hypot

from fleet.core import closed_ways, mission_rules, robot_rules
from fleet.core import events as ev
from fleet.core.commands import SendInstant, WelcomeRobot
from fleet.core.state import Astray, Job, RobotRecord
from fleet.core.work import Work
from missions.lifecycle import MissionState
from missions.planning.problem import Agent
from missions.planning.traffic import Occupied

MOVED_M = 2.0
"""Further than this from every place it held, a returning robot was carried."""
LOOK_AGAIN_S = 1.0
"""One that cannot be placed is tried again this often, when anything happens."""


def joined(work: Work, event: ev.RobotJoined) -> None:
    known = work.state.robots.get(event.robot_id)
    record = _record(work, event, known)
    work.put_robot(record)
    work.emit(WelcomeRobot(robot_id=event.robot_id, boot_id=event.boot_id, because="it said hello"))
    if event.robot_id in work.traffic.state.plans and not _was_carried(work, event):
        _rejoin(work, event)
    else:
        _settle(work, event)
    _repeat_instants(work, event.robot_id)
    work.state.allocate_due = True
    work.touch(event.robot_id)


def _record(work: Work, event: ev.RobotJoined, known: RobotRecord | None) -> RobotRecord:
    base = known or RobotRecord(robot_id=event.robot_id, boot_id=event.boot_id, facts=event.facts)
    return replace(
        base,
        boot_id=event.boot_id,
        facts=event.facts,
        online=True,
        lost=False,
        battery_fraction=event.battery_fraction,
        level=event.level,
        x_m=event.x_m,
        y_m=event.y_m,
        last_heard_s=work.now_s,
        because=known.because if known is not None and known.queue else "it has joined",
    )


def _was_carried(work: Work, event: ev.RobotJoined) -> bool:
    cells = [work.cells.cells[cell] for cell in work.traffic.held(event.robot_id)]
    near = [c for c in cells if c.lift is not None or c.level == event.level]
    return not any(hypot(c.x_m - event.x_m, c.y_m - event.y_m) <= MOVED_M for c in near)


def reported(work: Work, event: ev.RobotReported) -> None:
    """What it says about itself; one that could not be placed may stand better now."""
    robot_rules.reported(work, event)
    robot = work.state.robots.get(event.robot_id)
    if robot is None or not event.level:
        return
    if robot.level != event.level:
        robot = work.put_robot(replace(robot, level=event.level))
    if event.robot_id in work.state.astray:
        work.put_robot(replace(robot, level=event.level, x_m=event.x_m, y_m=event.y_m))
        _look(work, event.robot_id)


def look_again(work: Work) -> None:
    """Others have moved on perhaps: who stood too near to them can be placed."""
    for robot_id, astray in tuple(work.state.astray.items()):
        if work.now_s >= astray.looked_s + LOOK_AGAIN_S:
            _look(work, robot_id)


def _look(work: Work, robot_id: str) -> None:
    robot, astray = work.state.robots[robot_id], work.state.astray[robot_id]
    work.state.astray[robot_id] = replace(astray, looked_s=work.now_s)
    event = ev.RobotJoined(
        robot_id=robot_id,
        boot_id=robot.boot_id,
        facts=robot.facts,
        level=robot.level,
        x_m=robot.x_m,
        y_m=robot.y_m,
        battery_fraction=robot.battery_fraction,
        order_id=astray.order_id,
    )
    if robot_id in work.traffic.state.plans and not _was_carried(work, event):
        _rejoin(work, event)
    else:
        cell, _why, _hint = _spot(work, event)
        if cell:
            _place(work, event, cell)
    if robot_id not in work.state.astray:
        work.state.allocate_due = True
        work.touch(robot_id)


def follow_rides(work: Work) -> None:
    """Of dispatch: whose order ended in a lift that went on with it stands in the cabin at another level."""
    for robot_id in tuple(work.dirty):
        job = work.state.jobs.get(robot_id)
        if job is None or job.update_id or job.cancel_id or job.frozen:
            continue  # what it has been told of an order, it answers for itself
        robot = work.state.robots[robot_id]
        cell = work.cells.cells[work.traffic.position(robot_id)]
        served = work.graph.lifts[cell.lift].cabin_nodes if cell.lift is not None else {}
        if robot.level != cell.level and robot.level in served:
            _has_ridden(work, robot, served[robot.level])


def _has_ridden(work: Work, robot: RobotRecord, cabin: str) -> None:
    robot_id, because = robot.robot_id, f"a lift has carried {robot.robot_id} to {robot.level}"
    if work.traffic.keeper(robot_id, cabin):
        return
    work.traffic.remove(robot_id)
    work.traffic.appear(agent_of(work, robot), cabin, work.now_s)
    step_no = work.traffic.state.plans[robot_id].steps[0].step_no
    job = replace(work.job(robot_id), passed_no=step_no)
    work.put_job(
        replace(
            robot_rules.order_over(work, work.put_job(job)), first_no=step_no, end_no=0, wants_plan=because
        )
    )
    work.put_robot(replace(robot, node=cabin))
    closed_ways.look_again(work, because)
    for other in tuple(work.state.jobs):
        work.touch(other)


def _spot(work: Work, event: ev.RobotJoined) -> tuple[str, str, str]:
    """The cell where it can be placed; or '', why not, and what a person can do."""
    cell = work.cells.nearest(event.level, event.x_m, event.y_m, graphs=work.graphs_of(event.facts))
    if cell is None:
        where = f"({event.x_m:.1f}, {event.y_m:.1f}) on level {event.level or '?'}"
        hint = "Move it by hand to within 1.5 m of a lane, or switch it off and clear it."
        return "", f"{event.robot_id} stands at {where}, near no lane", hint
    keeper = work.traffic.keeper(event.robot_id, cell)
    if keeper:
        hint = "Move one of the two by hand, or clear the other if it is no longer there."
        return "", f"{event.robot_id} appeared at {cell}: {Occupied(cell, keeper)}", hint
    return cell, "", ""


def _settle(work: Work, event: ev.RobotJoined) -> None:
    """Place it where it stands. One that stands badly is named and gets no missions; what it held, it keeps:
    nobody knows that it has left."""
    cell, why, hint = _spot(work, event)
    if cell:
        _place(work, event, cell)
        return
    robot_id = event.robot_id
    order_id = "" if event.action_done else event.order_id
    work.state.astray[robot_id] = Astray(order_id=order_id, looked_s=work.now_s)
    work.alert("off_map", "warning", robot_id, why, hint)
    work.put_robot(replace(work.state.robots[robot_id], node="", because=why))
    _withdraw(work, robot_id, why)
    if order_id and robot_id in work.state.jobs:
        robot_rules.begin_cancel(work, work.job(robot_id), "it stands where it cannot be placed", order_id)


def _place(work: Work, event: ev.RobotJoined, cell: str) -> None:
    """Give it the cell, and free what it held elsewhere."""
    robot_id = event.robot_id
    _forget_place(work, robot_id, f"{robot_id} joined at another place")
    agent = agent_of(work, work.state.robots[robot_id])
    work.traffic.appear(agent, cell, work.now_s)
    step_no = work.traffic.state.plans[robot_id].steps[0].step_no
    in_the_way = cell not in work.cells.rests(agent.graphs) or work.traffic.waited_for_by(robot_id)
    why = "it has joined in other robots' way" if in_the_way else ""
    work.put_job(Job(robot_id=robot_id, first_no=step_no, sent_no=step_no, passed_no=step_no, wants_plan=why))
    because = f"it stands at {cell}" if work.state.astray.pop(robot_id, None) is not None else ""
    robot = work.state.robots[robot_id]
    work.put_robot(replace(robot, node=cell, because=because or robot.because))
    if event.order_id and not event.action_done:
        robot_rules.begin_cancel(work, work.job(robot_id), "an order of an earlier life", event.order_id)


def agent_of(work: Work, robot: RobotRecord) -> Agent:
    facts = robot.facts
    return Agent(
        agent_id=robot.robot_id,
        radius_m=facts.radius_m,
        speed_mps=facts.speed_mps_max,
        acceleration_mps2=facts.acceleration_mps2,
        graphs=work.graphs_of(facts),
    )


def _rejoin(work: Work, event: ev.RobotJoined) -> None:
    """It stands where it was expected: go on with the order, or end an order that is no longer its own."""
    job = work.job(event.robot_id)
    if work.state.astray.pop(event.robot_id, None) is not None:
        job = _find(work, job, event)
        work.put_robot(replace(work.state.robots[event.robot_id], node=work.traffic.position(event.robot_id)))
    if job.frozen:
        work.traffic.thaw(event.robot_id)
        closed_ways.look_again(work, f"{event.robot_id} is back")
    if event.order_id != job.order_id:
        job = _find(work, job, event)
    if job.frozen:
        _come_back(work, job, event)
    elif event.order_id and event.order_id == job.order_id:
        _catch_up(work, job, event)
    elif job.order_id and job.acting:
        _lost_its_memory(work, job)
    elif job.cancel_id:
        robot_rules.cancelled(work, job)
    elif event.order_id and not event.action_done and not job.order_id:
        robot_rules.begin_cancel(work, job, "an order that is no longer its own", event.order_id)
    elif job.order_id:
        work.put_job(replace(job, accepted_id=0, sent_s=0.0))  # resend all of it


def _find(work: Work, job: Job, event: ev.RobotJoined) -> Job:
    """It may have gone on unheard, to the end of its base, and forgotten the order: see where it stands."""
    here: tuple[float, int] | None = None
    for step in work.traffic.state.plans[job.robot_id].steps:
        cell = work.cells.cells[step.cell]
        if job.passed_no <= step.step_no <= job.sent_no and cell.level == event.level:
            gap_m = hypot(cell.x_m - event.x_m, cell.y_m - event.y_m)
            here = min(here or (gap_m, step.step_no), (gap_m, step.step_no))
    if here is not None and here[1] > job.passed_no:
        robot_rules.passed(work, job, here[1])
    return work.job(job.robot_id)


def _come_back(work: Work, job: Job, event: ev.RobotJoined) -> None:
    """Its missions were given away meanwhile: whatever it still does is ended, then it starts afresh."""
    if event.order_id == job.order_id and job.passed_no < event.seq <= job.sent_no:
        robot_rules.passed(work, job, event.seq)
    job = work.job(event.robot_id)
    if work.cells.cells[work.traffic.position(event.robot_id)].level != event.level:
        job = _find(work, job, event)  # a lift has carried it meanwhile
    job = work.put_job(replace(job, frozen=False, cancel_id=""))
    if event.order_id:
        robot_rules.begin_cancel(work, job, "its mission was given to another robot", event.order_id)
    else:
        robot_rules.cancelled(work, job)


def _catch_up(work: Work, job: Job, event: ev.RobotJoined) -> None:
    if event.seq > job.passed_no and event.seq <= job.sent_no:
        robot_rules.passed(work, job, event.seq)
        job = work.job(event.robot_id)
    if job.cancel_id:
        work.put_job(replace(job, sent_s=0.0))
    elif event.action_done and job.passed_no == job.end_no:
        robot_rules.order_done(work, job, "done while the link was down", {})
    elif job.passed_no == job.end_no and not job.action_id:
        robot_rules.order_done(work, job, "arrived while the link was down", {})
    else:
        work.put_job(replace(job, accepted_id=0, sent_s=0.0))


def _lost_its_memory(work: Work, job: Job) -> None:
    """It restarted in the middle of an action and does not know of it: never do a physical thing twice."""
    because = f"{job.robot_id} restarted in the middle of its step and does not remember it"
    record = work.state.missions.get(job.mission)
    if record is not None and not record.mission.tasks[job.task].repeatable:
        mission_rules.end(work, job.mission, "fail", because)
    robot_rules.order_over(work, job)
    work.traffic.truncate(job.robot_id, work.job(job.robot_id).passed_no)
    work.put_job(replace(work.job(job.robot_id), wants_plan=because))


def _repeat_instants(work: Work, robot_id: str) -> None:
    """What was not acknowledged is said again with the same id; what is in force is said to newcomers."""
    robot = work.state.robots[robot_id]
    pending = {ref: verb for ref, verb in robot.pending.items() if verb != "confirm"}  # a person tries again
    work.put_robot(replace(robot, pending=pending))
    for instant_id, verb in pending.items():
        work.state.ack_due[instant_id] = (robot_id, verb, work.now_s + work.settings.ack_s)
        because = "said again after a new hello"
        work.emit(SendInstant(robot_id=robot_id, instant_id=instant_id, verb=verb, because=because))
    if work.state.stopped and "stop" not in pending.values():
        mission_rules.send_instant(work, robot_id, "stop", "stop all is in force")
    job = work.state.jobs.get(robot_id)
    record = work.state.missions.get(job.mission) if job is not None else None
    paused = record is not None and record.state is MissionState.PAUSED
    if paused and record is not None and "pause" not in pending.values():
        mission_rules.send_instant(work, robot_id, "pause", record.because)


# -- silence ----------------------------------------------------------------------------------------


def fell_silent(work: Work, event: ev.RobotFellSilent) -> None:
    robot = work.state.robots.get(event.robot_id)
    if robot is not None and not robot.lost:
        because = f"{event.robot_id} has been silent for {event.silent_s:.0f} s"
        lose(work, robot, because)


def quarantined(work: Work, event: ev.RobotQuarantined) -> None:
    hint = "See the robot's log; it is taken again when it speaks the protocol."
    work.alert("quarantined", "critical", event.robot_id, event.because, hint)
    robot = work.state.robots.get(event.robot_id)
    if robot is not None and robot.online:
        lose(work, robot, event.because)


def left(work: Work, event: ev.RobotLeft) -> None:
    """Its program ended on purpose: the body is still there."""
    robot = work.state.robots.get(event.robot_id)
    if robot is None or not robot.online:
        return
    because = event.because or f"{event.robot_id} was switched off"
    work.state.astray.pop(event.robot_id, None)
    work.put_robot(replace(robot, online=False, activity="offline", because=because))
    _withdraw(work, event.robot_id, because)


def lose(work: Work, robot: RobotRecord, because: str) -> None:
    """Lost: it keeps its places, its missions go to others where that is safe, people are told."""
    robot_id = robot.robot_id
    work.state.astray.pop(robot_id, None)
    where = f"last place ({robot.x_m:.1f}, {robot.y_m:.1f}) on level {robot.level or '?'}"
    work.put_robot(replace(robot, online=False, lost=True, activity="offline", because=f"{because}; {where}"))
    hint = "Go and look; when it is off the floor, clear it, and its places are free again."
    work.alert("robot_lost", "critical", robot_id, f"{because}; {where}", hint)
    _withdraw(work, robot_id, because)


def _withdraw(work: Work, robot_id: str, because: str) -> None:
    queue = work.state.robots[robot_id].queue
    for mission_id in queue:
        if mission_rules.give_back(work, mission_id, because):
            text = f"{mission_id} goes to another robot: {because}"
            work.alert("mission_taken_over", "info", mission_id, text, "")
    robot = work.state.robots[robot_id]
    due = [ref for ref, (who, _verb, _at) in work.state.ack_due.items() if who == robot_id]
    for ref in due:
        del work.state.ack_due[ref]
    work.put_robot(replace(robot, queue=(), errand="", waiting="", waiting_since_s=None))
    job = work.state.jobs.get(robot_id)
    if job is None:
        return
    if job.frozen:
        return
    work.put_job(replace(job, mission="", task=-1, wants_plan="", acting=False, cancel_id="", frozen=True))
    work.traffic.freeze(robot_id)
    route_others_round(work, robot_id, f"{robot_id} stands in the way: {because}")


def route_others_round(work: Work, robot_id: str, because: str) -> None:
    for other in work.traffic.cut_off(robot_id):
        work.traffic.cut(other)
        other_job = work.job(other)
        if not other_job.wants_plan:
            work.put_job(replace(other_job, wants_plan=because))
        work.touch(other)


def cleared(work: Work, robot_id: str) -> None:
    """A person has taken it off the floor."""
    _forget_place(work, robot_id, f"{robot_id} was taken off the floor")
    robot = work.state.robots[robot_id]
    work.put_robot(
        replace(robot, lost=False, online=False, node="", because="taken off the floor by a person")
    )


def _forget_place(work: Work, robot_id: str, because: str) -> None:
    robot = work.state.robots.get(robot_id)
    for mission_id in robot.queue if robot is not None else ():
        mission_rules.give_back(work, mission_id, because)
    if robot_id in work.traffic.state.plans:
        waiting = list(work.state.jobs)
        work.traffic.remove(robot_id)
        closed_ways.look_again(work, because)
        for other in waiting:
            work.touch(other)
    work.state.jobs.pop(robot_id, None)
