"""Doors and lifts: what must be open before a step is released, who needs what, and when it is let go.

Traffic (precedence) says whether a robot may have a cell; this says whether the building lets it in now.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import hypot

from fleet.core import events as ev
from fleet.core.commands import ReleaseLift, RequestDoor, RequestLift
from fleet.core.state import DoorRecord, Job, LiftRecord
from fleet.core.work import Work
from missions.planning.cells import Cell
from missions.planning.problem import Step


def door(work: Work, door_id: str) -> DoorRecord:
    return work.state.doors.get(door_id) or DoorRecord(door=door_id)


def lift(work: Work, lift_id: str) -> LiftRecord:
    return work.state.lifts.get(lift_id) or LiftRecord(lift=lift_id)


# -- what is reported -------------------------------------------------------------------------------


def door_reported(work: Work, event: ev.DoorReported) -> None:
    record = work.put_door(replace(door(work, event.door), state=event.state))
    if event.state == "stuck":
        hint = "Free the door; it is asked again when it moves."
        work.alert("door_stuck", "warning", event.door, f"door {event.door} does not move", hint)
    if event.state == "closed" and record.holders:
        _ask_door(work, record, "open", f"{record.holders[0]} wants to pass")
    if event.state == "open" and not record.holders and record.want == "closed":
        _ask_door(work, record, "closed", "nobody needs it")
    for robot_id in record.holders:
        work.touch(robot_id)


def lift_reported(work: Work, event: ev.LiftReported) -> None:
    record = work.put_lift(
        replace(
            lift(work, event.lift),
            level=event.level,
            doors=event.doors,
            session=event.session,
            available=event.available,
        )
    )
    if not event.available:
        hint = "Robots use another lift or wait; it is used again when it reports itself available."
        work.alert("lift_out", "warning", event.lift, f"lift {event.lift} is not available", hint)
    if event.session not in ("", record.wanted_session):
        _free_stray_session(work, record)
    if record.wanted_session and event.session != record.wanted_session:
        _ask_lift(work, record, record.wanted_session, record.wanted_level, "the lift has another session")
    if record.wanted_session:
        work.touch(record.wanted_session)
    else:
        _touch_waiting(work, event.lift)


def _touch_waiting(work: Work, lift_id: str) -> None:
    """The lift is nobody's: robots that stand before it ask for it."""
    for robot in work.state.robots.values():
        if robot.waiting == f"lift {lift_id}":
            work.touch(robot.robot_id)


def _free_stray_session(work: Work, record: LiftRecord) -> None:
    """The lift works for a robot that does not want it: a release was lost. Said again, if it is outside."""
    robot_id = record.session
    held = work.traffic.held(robot_id) if robot_id in work.traffic.state.plans else ()
    if _is_outside(work, record.lift, [work.cells.cells[cell] for cell in held]):
        because = f"{robot_id} is outside"
        work.emit(ReleaseLift(lift=record.lift, session=robot_id, because=because))


# -- the gate ---------------------------------------------------------------------------------------


def admit(work: Work, job: Job, steps: tuple[Step, ...], before: Step) -> tuple[tuple[Step, ...], str]:
    """The head of steps that the building lets the robot enter now, and what the next one waits for.

    before is the last step released already. Doors and lifts that are needed are asked for here.
    """
    open_steps: list[Step] = []
    waiting = ""
    for index, step in enumerate(steps):
        ahead = _lift_ahead(work, steps[index:])
        waiting = waiting or _door_shut(work, job, step, ask=True)
        waiting = waiting or _lift_shut(work, job, before, step, ahead)
        if waiting:
            _door_shut(work, job, step, ask=True)  # look ahead: doors behind the obstacle open meanwhile
            continue
        open_steps.append(step)
        before = step
    return tuple(open_steps), waiting


def _door_shut(work: Work, job: Job, step: Step, *, ask: bool) -> str:
    for door_id in work.cells.cells[step.cell].doors:
        record = door(work, door_id)
        if job.robot_id not in record.holders and ask:
            record = work.put_door(replace(record, holders=(*record.holders, job.robot_id)))
        if record.want != "open":
            record = _ask_door(work, record, "open", f"{job.robot_id} wants to pass")
        if record.state != "open":
            return f"door {door_id}"
    return ""


def _lift_ahead(work: Work, steps: Sequence[Step]) -> str | None:
    """The lift that these steps lead into without a place to wait before it: its mouth is entered with it."""
    for step in steps:
        cell = work.cells.cells[step.cell]
        if cell.lift is not None or cell.stoppable:
            return cell.lift
    return None


def _lift_shut(work: Work, job: Job, before: Step, step: Step, ahead: str | None) -> str:
    """Entering, riding, leaving: the cabin must be at that level, open, and in this robot's session."""
    here, there = work.cells.cells[before.cell], work.cells.cells[step.cell]
    lift_id = there.lift or here.lift or ahead
    if lift_id is None:
        return ""
    record = lift(work, lift_id)
    wait = f"lift {lift_id}"
    entering = here.lift is None
    if entering and (work.state.fire or not record.available):
        return wait
    if not entering and job.passed_no < before.step_no and there.lift is not None:
        return wait  # a ride is asked for when the robot is inside
    if record.wanted_session not in ("", job.robot_id):
        return wait
    if (record.wanted_session, record.wanted_level) != (job.robot_id, there.level):
        record = _ask_lift(work, record, job.robot_id, there.level, f"{job.robot_id} rides to {there.level}")
    ready = record.session == job.robot_id and record.level == there.level and record.doors == "open"
    return "" if ready else wait


def _ask_door(work: Work, record: DoorRecord, want: str, because: str) -> DoorRecord:
    work.emit(RequestDoor(door=record.door, want=want, because=because))
    return work.put_door(replace(record, want=want))


def _ask_lift(work: Work, record: LiftRecord, session: str, level: str, because: str) -> LiftRecord:
    work.emit(RequestLift(lift=record.lift, session=session, level=level, because=because))
    return work.put_lift(replace(record, wanted_session=session, wanted_level=level))


# -- letting go -------------------------------------------------------------------------------------


def let_go(work: Work, robot_id: str) -> None:
    """Doors and lifts that this robot's allocated steps do not need any more are closed and released."""
    cells = [work.cells.cells[cell] for cell in work.traffic.held(robot_id)]
    needed = {door_id for cell in cells for door_id in cell.doors}
    for record in tuple(work.state.doors.values()):
        if robot_id in record.holders and record.door not in needed:
            _drop_holder(work, record, robot_id)
    for lift_record in tuple(work.state.lifts.values()):
        if lift_record.wanted_session == robot_id and _is_outside(work, lift_record.lift, cells):
            because = f"{robot_id} is outside"
            work.emit(ReleaseLift(lift=lift_record.lift, session=robot_id, because=because))
            work.put_lift(replace(lift_record, wanted_session="", wanted_level=""))
            _touch_waiting(work, lift_record.lift)


def _is_outside(work: Work, lift_id: str, cells: Sequence[Cell]) -> bool:
    """Every cell it holds is so far from the cabin that no part of the robot is in it, or in its door."""
    cabin = work.graph.lifts[lift_id]
    x_m, y_m = cabin.center
    reach_m = max(cabin.width_m, cabin.depth_m) / 2.0 + work.cells.sizes.radius_m
    return not any(
        cell.level in cabin.cabin_nodes and hypot(cell.x_m - x_m, cell.y_m - y_m) < reach_m for cell in cells
    )


def _drop_holder(work: Work, record: DoorRecord, robot_id: str) -> None:
    holders = tuple(holder for holder in record.holders if holder != robot_id)
    record = work.put_door(replace(record, holders=holders))
    if not holders:
        _ask_door(work, record, "closed", f"{robot_id} has passed")


def shut(work: Work, door_id: str, because: str) -> None:
    """Have a door closed that nobody is passing."""
    record = door(work, door_id)
    if not record.holders and record.state != "closed":
        _ask_door(work, record, "closed", because)


def ask_again(work: Work) -> None:
    """After a restart the building may have forgotten: repeat what is wanted."""
    for record in work.state.doors.values():
        if record.want:
            work.emit(RequestDoor(door=record.door, want=record.want, because="asked again after a start"))
    for lift_record in work.state.lifts.values():
        if lift_record.wanted_session:
            work.emit(
                RequestLift(
                    lift=lift_record.lift,
                    session=lift_record.wanted_session,
                    level=lift_record.wanted_level,
                    because="asked again after a start",
                )
            )
