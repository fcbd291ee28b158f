"""Closing and opening lanes, zones, rooms, doors and lifts while robots drive.

Closed: nobody is planned, allocated or released into the element. What a robot was told already and has not
entered is taken back by a cancel; one that is inside, or does something on its way, drives on and out.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from fleet.core import errands, mission_rules, orders, robot_rules
from fleet.core import events as ev
from fleet.core.closed_ways import area, around, is_begun, look_again, name, sentence
from fleet.core.commands import AnswerControl, VetoCode
from fleet.core.state import ClosureRecord, Job
from fleet.core.work import Work
from maps.elements import ZoneKind
from missions.planning.closures import ElementKind
from missions.planning.problem import AgentPlan, Step

LEAVE = (ZoneKind.NO_GO, ZoneKind.UV_HAZARD)
"""Zones that idle robots must leave as well. From others they may as well watch it being mopped."""
UNTIL_MAX_S = 366 * 86_400.0
"""What is closed for longer is better taken out of the site; and every calendar can say this time."""
LIST = "List them: fleet map closures"


# -- what people say ----------------------------------------------------------------------------------


def closed(work: Work, event: ev.ElementClosed) -> None:
    element_id = work.elements.find(event.kind, event.element_id, one_way=event.one_way)
    if element_id is None:
        _unknown(work, event.kind, event.element_id)
        return
    wrong = _wrong_time(work, event.until_s)
    if wrong:
        because = f"{event.kind} {element_id} cannot be closed until a time that {wrong}"
        _no(work, VetoCode.WRONG_STATE, because, "Give another time, or none.")
        return
    known = _same(work, event, element_id)
    record = known or _new(work, event, element_id)
    record = replace(record, by=event.by, because=event.because, until_s=event.until_s)
    work.put_closure(record)
    _bar(work)
    pending = () if known is not None else _take_effect(work, record)
    if work.state.queued:
        work.state.allocate_at_s = work.now_s  # missions that wait say the present reason and time
    work.emit(AnswerControl(ok=True, because=sentence(work, record), pending=pending, ref=record.closure_id))


def _wrong_time(work: Work, until_s: float | None) -> str:
    if until_s is None or work.now_s < until_s <= work.now_s + UNTIL_MAX_S:
        return ""
    return "has passed" if until_s <= work.now_s else "is more than a year away"


def _unknown(work: Work, kind: ElementKind, text: str) -> None:
    near = work.elements.nearest(kind, text)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"This site has {len(work.elements.ids(kind))}."
    _no(work, VetoCode.ELEMENT_UNKNOWN, f"the site has no {kind} '{text}'", hint)


def _no(work: Work, veto: VetoCode, because: str, hint: str) -> None:
    work.emit(AnswerControl(ok=False, veto=veto, because=because, hint=hint))


def _same(work: Work, event: ev.ElementClosed, element_id: str) -> ClosureRecord | None:
    wanted = (event.kind, element_id, event.one_way, event.timed)
    return next((r for r in work.state.closures.values() if _key(r) == wanted), None)


def _key(record: ClosureRecord) -> tuple[ElementKind, str, bool, bool]:
    return record.kind, record.element_id, record.one_way, record.timed


def _new(work: Work, event: ev.ElementClosed, element_id: str) -> ClosureRecord:
    work.state.closures_made += 1
    return ClosureRecord(
        closure_id=f"closure-{work.state.closures_made:06d}",
        kind=event.kind,
        element_id=element_id,
        one_way=event.one_way,
        timed=event.timed,
        closed_s=work.now_s,
    )


def opened(work: Work, event: ev.ElementOpened) -> None:
    found = _meant(work, event)
    if not found:
        what = event.closure_id or f"{event.kind} {event.element_id}"
        _no(work, VetoCode.WRONG_STATE, f"{what} is not closed", LIST)
        return
    for record in found:
        _open(work, record, event.by)
    names = ", ".join(dict.fromkeys(name(record) for record in found))
    reason = f": {event.because}" if event.because else ""
    work.emit(AnswerControl(ok=True, because=f"{names} is open again{reason}"))


def _meant(work: Work, event: ev.ElementOpened) -> list[ClosureRecord]:
    if event.closure_id:
        record = work.state.closures.get(event.closure_id)
        return [record] if record is not None else []
    if event.kind is None:
        return []
    ids = [work.elements.find(event.kind, event.element_id, one_way=way) for way in (False, True)]
    return [r for r in work.state.closures.values() if r.kind is event.kind and r.element_id in ids]


def expire(work: Work) -> None:
    """Open what was closed until now."""
    for record in tuple(work.state.closures.values()):
        if record.until_s is not None and record.until_s <= work.now_s:
            _open(work, record, "its time")


def _open(work: Work, record: ClosureRecord, by: str) -> None:
    work.put_closure(replace(record, opened_s=work.now_s, opened_by=by))
    _bar(work)
    look_again(work, f"{name(record)} is open again")


# -- what follows -------------------------------------------------------------------------------------


def _bar(work: Work) -> None:
    moves: dict[str, str] = {}
    cells: dict[str, None] = {}
    for record in work.state.closures.values():
        found = area(work, record)
        for move in found.moves:
            moves.setdefault(move, record.closure_id)
        cells.update(dict.fromkeys(found.cells))
    work.traffic.bar(moves, cells)


def _take_effect(work: Work, record: ClosureRecord) -> tuple[str, ...]:
    """The robots that were told to stop."""
    diverted = [robot_id for robot_id in work.traffic.state.plans if divert(work, robot_id)]
    work.put_closure(replace(record, diverted=tuple(diverted)))
    _send_idle_away(work, record)
    _give_back_queued(work, record)
    return tuple(robot_id for robot_id in diverted if work.job(robot_id).cancel_id)


def keep_out(work: Work) -> None:
    """Of dispatch: robots that were offline, or whose orders were cancelled, may have a closed way ahead."""
    if work.state.closures:
        for robot_id in tuple(work.dirty):
            if robot_id in work.traffic.state.plans:
                divert(work, robot_id)


def divert(work: Work, robot_id: str) -> bool:
    """Have the robot's way planned anew if it leads into something closed. True when it does."""
    plan, job = work.traffic.state.plans[robot_id], work.state.jobs.get(robot_id)
    ahead = tuple(_closed_ahead(work, plan))
    if job is None or job.frozen or not ahead:
        return False
    step, closure = ahead[0]
    allocated_no = plan.steps[plan.allocated - 1].step_no
    if job.sent_no < step.step_no <= allocated_no:
        work.traffic.withdraw(robot_id, job.sent_no)
        if job.closing:
            orders.close(work, job, job.sent_no)  # it was to end at a step that is taken back
    elif _takes_back(work, job, step):
        robot_rules.begin_cancel(work, job, sentence(work, closure))
        work.traffic.cut(robot_id)
    elif ahead[-1][0].step_no > allocated_no:
        work.traffic.cut(robot_id)
    else:
        return False
    job = work.job(robot_id)
    work.put_job(replace(job, wants_plan=job.wants_plan or sentence(work, closure)))
    work.touch(robot_id)
    return True


def _takes_back(work: Work, job: Job, step: Step) -> bool:
    """It was told to go there, is not there yet, and does nothing on the way that a stop would spoil."""
    busy = job.acting or bool(job.cancel_id)
    return step.step_no <= job.sent_no and not busy and work.state.robots[job.robot_id].online


def _closed_ahead(work: Work, plan: AgentPlan) -> Iterator[tuple[Step, ClosureRecord]]:
    """Steps that are not reached yet and lead into, or stop inside, a closed element."""
    traffic = work.traffic
    if not traffic.state.barred and not traffic.state.closed:
        return
    for before, step in pairwise(plan.steps):
        closure = traffic.closure_of(before.cell, step.cell)
        if closure:
            yield step, work.state.closures[closure]
        elif step.is_stop and step.cell in traffic.state.closed:
            found = around(work, step.cell)
            if found is not None:
                yield step, found


def _send_idle_away(work: Work, record: ClosureRecord) -> None:
    """Whoever rests inside may stay, unless nobody may be there at all."""
    if record.kind is not ElementKind.ZONE or work.graph.zones[record.element_id].kind not in LEAVE:
        return
    cells = dict.fromkeys(area(work, record).cells)
    for robot_id in tuple(work.state.jobs):
        if work.traffic.position(robot_id) in cells and work.traffic.end(robot_id) in cells:
            errands.make_way(work, robot_id, sentence(work, record), "")


def _give_back_queued(work: Work, record: ClosureRecord) -> None:
    """Missions into it that nobody has begun wait without a robot. Offered again in a moment, not now: the
    closing itself must be quick."""
    cells = dict.fromkeys(area(work, record).cells)
    due = work.state.allocate_due
    for robot in tuple(work.state.robots.values()):
        for mission_id in robot.queue:
            mission = work.state.missions[mission_id]
            if not is_begun(mission) and any(task.node in cells for task in mission.mission.tasks):
                mission_rules.give_back(work, mission_id, sentence(work, record))
    work.state.allocate_due = due
