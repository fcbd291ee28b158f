"""What came of a scenario's missions, and which alerts were raised: seen from outside, row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.core.commands import AcceptMission, AnyCommand, RejectMission
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import AlertRecord, MissionRecord, Record
from missions.mission import Mission


@dataclass(slots=True, kw_only=True)
class Request:
    """One mission that was asked for. mission_id and refused are '' until there is an answer."""

    key: str
    label: str
    mission: Mission
    asked_s: float
    mission_id: str = ""
    refused: str = ""

    @property
    def is_answered(self) -> bool:
        return bool(self.mission_id or self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    at_s: float
    alert: AlertRecord


class Log:
    """Implements simulators.control_room.Watcher. elapsed_s: time since the run began."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self.requests: dict[str, Request] = {}
        self.missions: dict[str, MissionRecord] = {}
        self.ended_s: dict[str, float] = {}
        self.alerts: list[Raised] = []
        self._counts: dict[str, int] = {}
        self.notes: list[str] = []
        """What the scenario could not do."""

    def performed(self, command: AnyCommand) -> None:
        if not isinstance(command, AcceptMission | RejectMission):
            return
        request = self.requests.get(command.request_key)
        if request is None or request.is_answered:
            return
        if isinstance(command, AcceptMission):
            request.mission_id = command.mission_id
        else:
            request.refused = f"{command.veto}: {command.because}"

    def changed(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, MissionRecord):
                self.missions[record.mission.mission_id] = record
                if record.ended_s is not None:
                    self.ended_s.setdefault(record.mission.mission_id, self._elapsed_s())
            elif isinstance(record, AlertRecord) and record.count > self._counts.get(record.alert_id, 0):
                self._counts[record.alert_id] = record.count
                self.alerts.append(Raised(at_s=self._elapsed_s(), alert=record))

    def stepped(self) -> None:
        """Nothing is looked at between two changes."""

    def recovered(self, fresh: Orchestrator, lived: Orchestrator) -> None:
        """What was seen stays so."""

    def of_label(self, label: str) -> list[Request]:
        return [request for request in self.requests.values() if request.label == label]

    def state_of(self, request: Request) -> str:
        """A mission's state, 'refused', or 'unanswered'."""
        if request.refused:
            return "refused"
        record = self.missions.get(request.mission_id)
        return record.state.value if record is not None else "unanswered"

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for request in self.requests.values():
            state = self.state_of(request)
            found[state] = found.get(state, 0) + 1
        return found
