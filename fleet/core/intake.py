"""A mission is asked for: refused at once when no waiting can mend it, else numbered, kept and answered."""

from dataclasses import replace

from fleet.core import assign
from fleet.core import events as ev
from fleet.core.commands import AcceptMission, RejectMission, VetoCode
from fleet.core.state import MissionRecord, TaskRecord
from fleet.core.work import Work
from missions.lifecycle import MissionState
from missions.planning.allocation import Offer, Refusal


def requested(work: Work, event: ev.MissionRequested) -> None:
    """The answer says at once which robot, when, how long and why; or which veto and what to do."""
    if event.request_key in work.state.request_keys:
        _answer_again(work, event)
        return
    refusal = _too_many(work, event)
    if refusal is not None:
        work.emit(refusal)
        return
    record = _record(work, event)
    outcome = assign.offer(work, record)
    if isinstance(outcome, Refusal) and assign.is_final(outcome):
        work.emit(_reject(event.request_key, outcome))
        return
    _keep(work, record, outcome)
    work.emit(_accept(work.state.missions[record.mission.mission_id]))


def _too_many(work: Work, event: ev.MissionRequested) -> RejectMission | None:
    open_count = len(work.state.missions) - len(work.state.ended)
    if open_count < work.settings.missions_open_max:
        return None
    return RejectMission(
        request_key=event.request_key,
        veto=VetoCode.TOO_MANY_MISSIONS,
        because=f"{open_count} missions are open, the most that are kept",
        hint="Cancel some, or ask again later.",
    )


def _record(work: Work, event: ev.MissionRequested) -> MissionRecord:
    mission = replace(event.mission, mission_id=f"mission-{work.state.missions_made + 1:06d}")
    return MissionRecord(
        mission=mission,
        state=MissionState.QUEUED,
        created_s=work.now_s,
        tasks=tuple(TaskRecord() for _ in mission.tasks),
        because="no robot has it yet",
        waiting="robot_any",
        waiting_since_s=work.now_s,
        request_key=event.request_key,
    )


def _reject(request_key: str, refusal: Refusal) -> RejectMission:
    return RejectMission(
        request_key=request_key,
        veto=VetoCode(refusal.code),
        because=refusal.because,
        hint=refusal.hint,
        vetoes={robot_id: VetoCode(veto) for robot_id, veto in refusal.vetoes.items()},
    )


def _keep(work: Work, record: MissionRecord, outcome: Offer | Refusal) -> None:
    mission = record.mission
    work.state.missions_made += 1
    work.state.request_keys[record.request_key] = mission.mission_id
    work.put_mission(record)
    work.tell(mission.mission_id, "accepted", f"asked for by {mission.requested_by or 'an operator'}")
    if isinstance(outcome, Offer):
        assign.give(work, mission.mission_id, outcome)
    else:
        assign.keep_waiting(work, mission.mission_id, outcome)


def _answer_again(work: Work, event: ev.MissionRequested) -> None:
    mission_id = work.state.request_keys[event.request_key]
    record = work.state.missions.get(mission_id)
    if record is not None:
        work.emit(_accept(record, repeated=True))
        return
    because = "this request was answered before and its mission has ended"
    work.emit(
        AcceptMission(request_key=event.request_key, mission_id=mission_id, repeated=True, because=because)
    )


def _accept(record: MissionRecord, *, repeated: bool = False) -> AcceptMission:
    known = record.start_s is not None and record.end_s is not None
    return AcceptMission(
        request_key=record.request_key,
        mission_id=record.mission.mission_id,
        robot=record.robot,
        start_s=record.start_s,
        duration_s=(record.end_s or 0.0) - (record.start_s or 0.0) if known else None,
        because=record.because,
        repeated=repeated,
    )
