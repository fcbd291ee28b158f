"""What happens to missions: asked for, controlled, their tasks begun and ended, given back, ended.

Which robot gets one is dispatch's business (fleet.core.assign).
"""

from dataclasses import replace

from fleet.core import events as ev
from fleet.core.commands import AnswerControl, SendInstant, VetoCode
from fleet.core.state import MissionRecord, RobotRecord, TaskRecord
from fleet.core.work import Work
from missions.lifecycle import ENDED, MissionState
from missions.mission import TaskState

# -- people's controls ------------------------------------------------------------------------------


def controlled(work: Work, event: ev.MissionControlled) -> None:
    record = work.state.missions.get(event.mission_id)
    if record is None:
        _no(
            work,
            VetoCode.MISSION_UNKNOWN,
            f"there is no mission {event.mission_id}",
            "List them: fleet mission list",
        )
        return
    if record.state in ENDED:
        _no(work, VetoCode.MISSION_ENDED, f"{event.mission_id} is {record.state} already", "")
        return
    because = event.because or f"{event.verb} asked for by {event.by or 'an operator'}"
    {"cancel": _cancel, "pause": _pause, "resume": _resume}[event.verb](work, record, because)


def _no(work: Work, veto: VetoCode, because: str, hint: str) -> None:
    work.emit(AnswerControl(ok=False, veto=veto, because=because, hint=hint))


def _cancel(work: Work, record: MissionRecord, because: str) -> None:
    robot = work.state.robots.get(record.robot)
    end(work, record.mission.mission_id, "cancel", because)
    pending = (record.robot,) if robot is not None and under_way(robot, record) else ()
    work.emit(AnswerControl(ok=True, because=because, pending=pending))


def under_way(robot: RobotRecord, record: MissionRecord) -> bool:
    return bool(robot.queue) and robot.queue[0] == record.mission.mission_id


def _pause(work: Work, record: MissionRecord, because: str) -> None:
    if record.state is MissionState.PAUSED:
        _no(work, VetoCode.WRONG_STATE, f"{record.mission.mission_id} is paused already", "Resume it first.")
        return
    mission_id = record.mission.mission_id
    state = work.lifecycle.advance(record.state, "pause")
    work.put_mission(
        replace(record, state=state, because=because, waiting="resume", waiting_since_s=work.now_s)
    )
    work.tell(mission_id, "paused", because, robot=record.robot)
    pending = instant_for_mission(work, record, "pause", because)
    work.emit(AnswerControl(ok=True, because=because, pending=pending))


def instant_for_mission(work: Work, record: MissionRecord, verb: str, because: str) -> tuple[str, ...]:
    """Tell the robot that is carrying the mission out; nobody else is concerned."""
    job = work.state.jobs.get(record.robot)
    if job is None or job.mission != record.mission.mission_id:
        return ()
    send_instant(work, record.robot, verb, because)
    return (record.robot,)


def send_instant(
    work: Work, robot_id: str, verb: str, because: str, params: dict[str, str] | None = None
) -> None:
    """One instant action, whose acknowledgement is awaited for ack_s."""
    instant_id = work.new_id("instant")
    robot = work.state.robots[robot_id]
    work.put_robot(replace(robot, pending={**robot.pending, instant_id: verb}))
    work.state.ack_due[instant_id] = (robot_id, verb, work.now_s + work.settings.ack_s)
    work.emit(
        SendInstant(robot_id=robot_id, instant_id=instant_id, verb=verb, params=params or {}, because=because)
    )


def _resume(work: Work, record: MissionRecord, because: str) -> None:
    if record.state is not MissionState.PAUSED:
        _no(work, VetoCode.WRONG_STATE, f"{record.mission.mission_id} is {record.state}, not paused", "")
        return
    trigger = _resume_trigger(work, record)
    state = work.lifecycle.advance(record.state, trigger)
    work.put_mission(replace(record, state=state, because=because, waiting="", waiting_since_s=None))
    work.tell(record.mission.mission_id, "resumed", because, robot=record.robot)
    pending = instant_for_mission(work, record, "resume", because)
    work.state.allocate_due = True
    if record.robot:
        work.touch(record.robot)
    work.emit(AnswerControl(ok=True, because=because, pending=pending))


def _resume_trigger(work: Work, record: MissionRecord) -> str:
    if not record.robot:
        return "resume_queued"
    begun = any(task.state is not TaskState.PENDING for task in record.tasks)
    return "resume_running" if begun else "resume_assigned"


def confirmed(work: Work, event: ev.MissionConfirmed) -> None:
    """Pass a person's confirmation (a PIN, say) to the robot that waits for it."""
    record = work.state.missions.get(event.mission_id)
    job = work.state.jobs.get(record.robot) if record is not None else None
    if record is None:
        _no(
            work,
            VetoCode.MISSION_UNKNOWN,
            f"there is no mission {event.mission_id}",
            "List them: fleet mission list",
        )
        return
    if job is None or job.mission != event.mission_id or not job.acting:
        because = f"{event.mission_id} waits for no confirmation now"
        _no(work, VetoCode.WRONG_STATE, because, "Look at its page: it says what it waits for.")
        return
    because = f"{event.what} confirmed by {event.by or 'a person'}"
    params = {"what": event.what, "value": event.value}
    send_instant(work, record.robot, "confirm", because, params)
    work.emit(AnswerControl(ok=True, because=because, pending=(record.robot,)))


# -- progress ---------------------------------------------------------------------------------------


def set_task(work: Work, mission_id: str, index: int, **changes: object) -> MissionRecord:
    record = work.state.missions[mission_id]
    tasks = list(record.tasks)
    tasks[index] = replace(tasks[index], **changes)  # type: ignore[arg-type]
    return work.put_mission(replace(record, tasks=tuple(tasks)))


def task_begun(work: Work, mission_id: str, index: int, robot_id: str) -> None:
    record = work.state.missions[mission_id]
    if record.state is MissionState.ASSIGNED:
        state = work.lifecycle.advance(record.state, "start")
        because = f"{robot_id} is on its way"
        record = work.put_mission(replace(record, state=state, start_s=work.now_s, because=because))
        work.tell(mission_id, "started", because, robot=robot_id)
    if record.tasks[index].state is not TaskState.RUNNING:
        title = record.mission.tasks[index].title.get("en", "")
        set_task(work, mission_id, index, state=TaskState.RUNNING, robot=robot_id, started_s=work.now_s)
        work.tell(mission_id, "task_started", title, robot=robot_id, task=index)


def task_done(work: Work, mission_id: str, index: int, because: str, result: dict[str, str | float]) -> bool:
    """True when the mission goes on with a next task; False when it is over."""
    record = set_task(
        work, mission_id, index, state=TaskState.DONE, ended_s=work.now_s, because=because, result=result
    )
    work.tell(mission_id, "task_done", because, robot=record.robot, task=index)
    if record.current is not None:
        return True
    end(work, mission_id, "complete", "every step is done")
    return False


def task_failed(
    work: Work, mission_id: str, index: int, because: str, result: dict[str, str | float]
) -> None:
    set_task(
        work, mission_id, index, state=TaskState.FAILED, ended_s=work.now_s, because=because, result=result
    )
    end(work, mission_id, "fail", because)


def end(work: Work, mission_id: str, trigger: str, because: str) -> None:
    """complete, fail or cancel: the mission leaves its robot's queue and is never touched again."""
    record = work.state.missions[mission_id]
    if record.state is MissionState.PAUSED and trigger == "complete":
        record = replace(record, state=work.lifecycle.advance(record.state, "resume_running"))
    state = work.lifecycle.advance(record.state, trigger)
    tasks = tuple(_closed(task, work.now_s) for task in record.tasks)
    work.put_mission(
        replace(
            record,
            state=state,
            tasks=tasks,
            because=because,
            waiting="",
            waiting_since_s=None,
            ended_s=work.now_s,
            end_s=work.now_s,
        )
    )
    work.tell(mission_id, str(state), because, robot=record.robot)
    if trigger == "fail":
        hint = "Open the mission to see which step failed; submit it again when the cause is gone."
        work.alert("mission_failed", "warning", mission_id, because, hint)
    _leave_queue(work, record.robot, mission_id)


def _closed(task: TaskRecord, now_s: float) -> TaskRecord:
    if task.state is TaskState.RUNNING:
        return replace(task, state=TaskState.FAILED, ended_s=now_s)
    if task.state is TaskState.PENDING:
        return replace(task, state=TaskState.SKIPPED)
    return task


def _leave_queue(work: Work, robot_id: str, mission_id: str) -> None:
    robot = work.state.robots.get(robot_id)
    if robot is None or mission_id not in robot.queue:
        return
    queue = tuple(queued for queued in robot.queue if queued != mission_id)
    work.put_robot(replace(robot, queue=queue))
    work.state.allocate_due = True
    work.touch(robot_id)


def give_back(work: Work, mission_id: str, because: str, *, tried: bool = True) -> bool:
    """Take the mission from its robot and queue it for another; False when that is not safe (it failed).

    tried False: it was none of the robot's doing, and does not count as an attempt.

    Safe: the running task has not begun its action, or its template says that it can be repeated.
    """
    record = work.state.missions[mission_id]
    if record.state is MissionState.QUEUED:
        return True
    robot_id = record.robot
    unsafe = why_not_repeatable(record)
    began = record.start_s is not None and record.state is not MissionState.ASSIGNED
    attempts = record.attempts + (tried and began)
    if attempts >= work.settings.task_attempts_max:
        unsafe = unsafe or f"{attempts} robots have tried"
    if unsafe:
        end(work, mission_id, "fail", f"{because}; another robot cannot take over: {unsafe}")
        return False
    paused = record.state is MissionState.PAUSED
    state = work.lifecycle.advance(record.state, "give_back")
    tasks = tuple(TaskRecord() if t.state is TaskState.RUNNING else t for t in record.tasks)
    work.put_mission(
        replace(
            record,
            state=work.lifecycle.advance(state, "pause") if paused else state,
            tasks=tasks,
            robot="",
            because=because,
            waiting="resume" if paused else "robot_any",
            waiting_since_s=work.now_s,
            start_s=None,
            end_s=None,
            attempts=attempts,
        )
    )
    work.tell(mission_id, "given_back", because, robot=robot_id)
    _leave_queue(work, robot_id, mission_id)
    work.state.allocate_due = True
    return True


def why_not_repeatable(record: MissionRecord) -> str:
    current = record.current
    if current is None:
        return ""
    task, progress = record.mission.tasks[current], record.tasks[current]
    if task.repeatable:
        return ""
    carried = any(t.state is TaskState.DONE for t in record.tasks[:current])
    if carried or progress.acting_s is not None:
        return f"step {current + 1} ({task.title.get('en', task.action_type)}) cannot be done twice"
    return ""
