"""Stop all reaches everybody, or names whom it does not reach. Judged by the journal's own times.

Every robot that the core knows to have a place must, after stop all: acknowledge a stop, or be the subject of
an alert. The bound is the time for an acknowledgement; after a restart of the orchestrator the time after
which a silent robot is lost comes on top.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeGuard

from fleet.config import Settings
from fleet.core import events as ev
from fleet.core.commands import SendInstant
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import AlertRecord
from fleet.store.entry import NewEntry

GRACE_S = 2.0
NAMED = ("no_ack", "robot_lost", "quarantined", "off_map", "robot_fault")


class StopWatch:
    def __init__(self, settings: Settings, core: Callable[[], Orchestrator | None]) -> None:
        self._settings = settings
        self._core = core
        self._due_s: dict[str, float] = {}
        self._stops: dict[str, str] = {}
        """Instant id to robot."""
        self._offline: dict[str, None] = {}
        self.waited_for = 0

    def rows(self, entries: Sequence[NewEntry]) -> Iterator[tuple[str, str]]:
        """New journal rows."""
        for entry in entries:
            self._hear(entry)
            for robot_id, due_s in tuple(self._due_s.items()):
                if entry.now_s > due_s:
                    del self._due_s[robot_id]
                    text = f"{robot_id} has not acknowledged stop all and no alert names it"
                    yield "stop_unanswered", text

    def _hear(self, entry: NewEntry) -> None:
        event = entry.event
        for command in entry.commands:
            if isinstance(command, SendInstant) and command.verb == "stop":
                self._stops[command.instant_id] = command.robot_id
        if isinstance(event, ev.FleetControlled):
            self._order(event.verb, entry)
        elif isinstance(event, ev.OrchestratorStarted):
            patience_s = self._settings.lost_s + self._settings.ack_s + GRACE_S
            self._due_s = dict.fromkeys(self._due_s, entry.now_s + patience_s)
        elif isinstance(event, ev.RobotJoined) and event.robot_id in self._due_s:
            self._due_s[event.robot_id] = entry.now_s + self._settings.ack_s + GRACE_S
        elif isinstance(event, ev.InstantAcknowledged):
            self._due_s.pop(self._stops.pop(event.ref, ""), None)
        elif isinstance(event, ev.RobotLeft) or _clears(event):
            self._due_s.pop(event.robot_id, None)
        for record in entry.changed:
            if isinstance(record, AlertRecord) and record.kind in NAMED:
                self._due_s.pop(record.subject, None)

    def _order(self, verb: ev.FleetVerb, entry: NewEntry) -> None:
        core = self._core()
        if verb is ev.FleetVerb.STOP_ALL and core is not None:
            due_s = entry.now_s + self._settings.ack_s + GRACE_S
            self._due_s = dict.fromkeys(core.state.jobs, due_s)
            self.waited_for += len(self._due_s)
        elif verb is ev.FleetVerb.RESUME_ALL and not (core is not None and core.state.fire):
            self._due_s.clear()


def _clears(event: ev.AnyEvent) -> TypeGuard[ev.RobotControlled]:
    """A person has taken the robot off the floor."""
    return isinstance(event, ev.RobotControlled) and event.verb is ev.RobotVerb.CLEAR
