"""A core small enough to see through: it counts missions, and a mission that it accepts is due 5 s later."""

import msgspec

from fleet.core.commands import AcceptMission, AnswerControl, AnyCommand
from fleet.core.events import (
    AnyEvent,
    DeadlineReached,
    FleetControlled,
    FleetVerb,
    MissionRequested,
    OrchestratorStarted,
)
from fleet.core.state import AlertRecord, MissionRecord, Record, TaskRecord
from missions.lifecycle import MissionState
from missions.mission import Family, Mission, Task


class Counted(msgspec.Struct):
    missions: int = 0
    deadlines: int = 0
    due_s: float | None = None
    now_s: float = 0.0


class CountingCore:
    def __init__(self) -> None:
        self.state = Counted()
        self._changed: list[Record] = []

    def handle(self, event: AnyEvent, now_s: float) -> tuple[AnyCommand, ...]:
        self.state.now_s = now_s
        if isinstance(event, MissionRequested):
            return (self._accept(event, now_s),)
        if isinstance(event, DeadlineReached):
            self.state.deadlines += 1
            self.state.due_s = None
        if isinstance(event, OrchestratorStarted):
            return ()
        if isinstance(event, FleetControlled):
            self._changed.append(alert(f"alert-{self.state.missions}", now_s))
        return (AnswerControl(ok=True, because=f"{type(event).__name__} at {now_s}"),)

    def _accept(self, event: MissionRequested, now_s: float) -> AcceptMission:
        self.state.missions += 1
        self.state.due_s = now_s + 5.0
        mission_id = f"mission-{self.state.missions:06d}"
        self._changed.append(mission_record(mission_id, now_s))
        return AcceptMission(request_key=event.request_key, mission_id=mission_id, because="asked for")

    def next_deadline_s(self) -> float | None:
        return self.state.due_s

    def drain_changes(self) -> tuple[Record, ...]:
        changed, self._changed = tuple(self._changed), []
        return changed

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(self.state)

    def restore(self, data: bytes) -> None:
        self.state = msgspec.msgpack.decode(data, type=Counted)


class ForgetfulCore(CountingCore):
    """Decides differently every time: what a recovery must notice."""

    def _accept(self, event: MissionRequested, now_s: float) -> AcceptMission:
        self.state.missions += 1
        return AcceptMission(request_key=event.request_key, mission_id="mission-999999", because="chance")


def mission(mission_id: str = "") -> Mission:
    task = Task(
        seq=0,
        title={"en": "Go to the pharmacy", "zh-CN": "前往药房"},
        node="pharmacy",
        place="pharmacy",
        action_type="",
        params={"dwell_s": 2.0, "quiet": True, "stops": ("a", "b")},
    )
    return Mission(
        mission_id=mission_id,
        template="go_to",
        family=Family.SERVICE,
        title={"en": "Go", "zh-CN": "前往"},
        params={"to": "pharmacy"},
        tasks=(task,),
    )


def mission_record(mission_id: str, now_s: float) -> MissionRecord:
    return MissionRecord(
        mission=mission(mission_id), state=MissionState.QUEUED, created_s=now_s, tasks=(TaskRecord(),)
    )


def alert(alert_id: str, now_s: float) -> AlertRecord:
    return AlertRecord(
        alert_id=alert_id,
        kind="fire",
        severity="critical",
        subject="site",
        because="the contact is open",
        hint="Leave the building.",
        raised_s=now_s,
    )


def asked(key: str) -> MissionRequested:
    return MissionRequested(mission=mission(), request_key=key)


def control() -> FleetControlled:
    return FleetControlled(verb=FleetVerb.DOCK_ALL, because="tidy up")
