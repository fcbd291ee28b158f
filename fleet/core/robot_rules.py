"""What robots report and what follows for their places, orders and missions.

Joining and losing a robot are in fleet.core.presence; what it is told next is in fleet.core.orders.
"""

from dataclasses import replace

from fleet.core import building_rules, mission_rules
from fleet.core import events as ev
from fleet.core.commands import SendCancel
from fleet.core.state import Job, RobotRecord
from fleet.core.work import Work


def reported(work: Work, event: ev.RobotReported) -> None:
    robot = work.state.robots.get(event.robot_id)
    if robot is None:
        return
    if not robot.charging and event.charging:
        work.state.allocate_due = True
    work.put_robot(
        replace(
            robot,
            activity=event.activity,
            mode=event.mode,
            battery_fraction=event.battery_fraction,
            charging=event.charging,
            skill=event.skill,
            phase=event.phase,
            last_heard_s=work.now_s,
        )
    )
    work.touch(event.robot_id)


def node_passed(work: Work, event: ev.NodePassed) -> None:
    """Free what lies behind; the order is over when its last node is passed and it has no action."""
    job = work.state.jobs.get(event.robot_id)
    if job is None or job.frozen or event.order_id != job.order_id:
        return
    if not job.passed_no < event.seq <= job.sent_no:
        return  # a repetition, or of an order that is not ours any more
    passed(work, job, event.seq)
    work.touch(event.robot_id)
    job = work.job(event.robot_id)
    if job.passed_no == job.end_no and not job.action_id and not job.cancel_id:
        order_done(work, job, "arrived", {})


def passed(work: Work, job: Job, step_no: int) -> None:
    work.traffic.reached(job.robot_id, step_no, work.now_s)
    work.put_job(replace(job, passed_no=step_no))
    cell = work.cells.cells[work.traffic.position(job.robot_id)]
    robot = work.state.robots[job.robot_id]
    work.put_robot(
        replace(
            robot, node=cell.cell_id, level=cell.level, x_m=cell.x_m, y_m=cell.y_m, last_heard_s=work.now_s
        )
    )


def order_accepted(work: Work, event: ev.OrderAccepted) -> None:
    job = work.state.jobs.get(event.robot_id)
    if job is None or event.order_id != job.order_id or event.order_update_id <= job.accepted_id:
        return
    work.put_job(replace(job, accepted_id=event.order_update_id, resends=0))
    work.touch(event.robot_id)


def order_refused(work: Work, event: ev.OrderRefused) -> None:
    """The robot will not do it: its mission goes to another, and a person must look."""
    job = work.state.jobs.get(event.robot_id)
    if job is None or event.order_id != job.order_id or event.order_update_id != job.update_id:
        return
    because = f"{event.robot_id} refused its order: {event.because}"
    work.alert("robot_fault", "warning", event.robot_id, because, "Look at the robot; then resume it.")
    work.put_job(replace(job, refused_until_s=work.now_s + work.settings.refused_s))
    if job.mission:
        mission_rules.give_back(work, job.mission, because)
    begin_cancel(work, work.job(event.robot_id), because)


def action_reported(work: Work, event: ev.ActionReported) -> None:
    job = work.state.jobs.get(event.robot_id)
    if job is None or event.order_id != job.order_id or event.action_id != job.action_id or not job.action_id:
        return
    if event.status in ("initializing", "running", "paused"):
        _action_goes_on(work, job, event)
    elif event.status == "finished":
        order_done(work, job, event.because or "done", event.result)
    elif event.status == "failed":
        _action_failed(work, job, event)
    work.touch(event.robot_id)


def _action_goes_on(work: Work, job: Job, event: ev.ActionReported) -> None:
    if not job.acting:
        work.put_job(replace(job, acting=True))
        _close_doors(work, job)
    record = work.state.missions.get(job.mission)
    if record is None or job.task < 0:
        return
    task = record.tasks[job.task]
    acting_s = task.acting_s if task.acting_s is not None else work.now_s
    if task.acting_s == acting_s and task.phase == event.phase and not event.result:
        return
    result = {**task.result, **event.result}
    mission_rules.set_task(work, job.mission, job.task, phase=event.phase, acting_s=acting_s, result=result)
    if event.phase != task.phase:
        because = event.because or event.phase
        work.tell(job.mission, "phase", because, robot=job.robot_id, task=job.task)


def _close_doors(work: Work, job: Job) -> None:
    record = work.state.missions.get(job.mission)
    for door_id in record.mission.tasks[job.task].close_doors if record is not None else ():
        building_rules.shut(work, door_id, f"{job.mission} needs it closed")


def _action_failed(work: Work, job: Job, event: ev.ActionReported) -> None:
    mission_id, task = job.mission, job.task
    order_over(work, job)
    if job.cancel_id or not mission_id:
        if not mission_id:
            work.alert("robot_fault", "warning", job.robot_id, event.because, "Look at the robot.")
        return
    mission_rules.task_failed(work, mission_id, task, event.because or "the robot gave up", event.result)


def order_done(work: Work, job: Job, because: str, result: dict[str, str | float]) -> None:
    """The order's end is reached and its action finished."""
    if job.passed_no < job.end_no:
        passed(work, job, job.end_no)  # the report of the last node was lost on the way
        job = work.job(job.robot_id)
    order_over(work, job)
    if not job.mission:
        robot = work.state.robots[job.robot_id]
        work.put_robot(replace(robot, errand="", because=f"{robot.errand or 'drive'}: {because}"))
    elif not job.cancel_id and not job.closing:
        mission_rules.task_done(work, job.mission, job.task, because, result)
    work.touch(job.robot_id)


def order_over(work: Work, job: Job) -> Job:
    """No order any more: the robot stands at the last step it passed."""
    cleared = replace(
        work.job(job.robot_id),
        order_id="",
        update_id=0,
        accepted_id=0,
        mission="",
        task=-1,
        action_id="",
        acting=False,
        closing=False,
        cancel_id="",
        resends=0,
        sent_no=work.job(job.robot_id).passed_no,
    )
    return work.put_job(cleared)


def begin_cancel(work: Work, job: Job, because: str, order_id: str = "") -> None:
    """Have the robot stop its order; its places are freed when it has acknowledged."""
    order_id = order_id or job.order_id
    if not order_id or job.cancel_id:
        return
    cancel_id = work.new_id("cancel")
    work.put_job(replace(job, cancel_id=cancel_id, order_id=order_id, sent_s=work.now_s))
    work.emit(SendCancel(robot_id=job.robot_id, cancel_id=cancel_id, order_id=order_id, because=because))


def repeat_cancel(work: Work, job: Job) -> None:
    because = "no answer to the cancel yet"
    work.emit(
        SendCancel(robot_id=job.robot_id, cancel_id=job.cancel_id, order_id=job.order_id, because=because)
    )


def acknowledged(work: Work, event: ev.InstantAcknowledged) -> None:
    job = work.state.jobs.get(event.robot_id)
    if job is not None and job.cancel_id and event.ref == job.cancel_id:
        cancelled(work, job)
        return
    due = work.state.ack_due.pop(event.ref, None)
    robot = work.state.robots.get(event.robot_id)
    if due is None or robot is None:
        return
    pending = {ref: verb for ref, verb in robot.pending.items() if ref != event.ref}
    work.put_robot(replace(robot, pending=pending))
    if not event.ok:
        hint = "Look at the robot; try again."
        work.alert("not_done", "warning", event.robot_id, f"{due[1]} was refused: {event.because}", hint)


def cancelled(work: Work, job: Job) -> None:
    """It stands at the last step it passed; what lay ahead is free again. One that is off the map is not
    believed to stand there."""
    if job.frozen:
        work.put_job(replace(job, order_id="", cancel_id="", resends=0))
        return
    work.traffic.truncate(job.robot_id, job.passed_no)
    order_over(work, job)
    job = work.job(job.robot_id)
    again_s = work.now_s + work.settings.replan_s if job.refused_until_s > work.now_s else 0.0
    work.put_job(replace(job, wants_plan="its order was cancelled", not_before_s=again_s))
    robot = work.state.robots[job.robot_id]
    errand = robot.errand if robot.errand in ("make_way", "dock") else ""
    work.put_robot(replace(robot, errand=errand, order_id=""))
    work.touch(job.robot_id)


def fault(work: Work, event: ev.FaultReported) -> None:
    robot = work.state.robots.get(event.robot_id)
    if robot is None:
        return
    faults = {code: text for code, text in robot.faults.items() if code != event.code}
    if not event.cleared:
        faults[event.code] = event.because
        severity = {"error": "critical", "warning": "warning"}.get(event.level)
        if severity is not None:
            work.alert("robot_fault", severity, event.robot_id, event.because, fault_hint(robot, event.code))
    work.put_robot(replace(robot, faults=faults))
    work.touch(event.robot_id)


def fault_hint(robot: RobotRecord, code: str) -> str:
    if code == "battery_low":
        return f"{robot.robot_id} goes to a charger by itself when its step is done."
    return "Look at the robot; take it out of service if the fault stays."
