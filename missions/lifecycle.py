"""The mission lifecycle: every rule about which state may follow which, and nothing else.

One table. advance() is pure: it does not keep a machine per mission, so that records stay plain values.
"""

from collections.abc import Callable
from enum import StrEnum

from transitions import Machine, MachineError


class MissionState(StrEnum):
    QUEUED = "queued"
    """Accepted, no robot yet."""
    ASSIGNED = "assigned"
    """In a robot's queue."""
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (MissionState.COMPLETED, MissionState.FAILED, MissionState.CANCELLED)

TRANSITIONS = [
    # trigger, sources, target
    ("assign", ["QUEUED", "ASSIGNED"], "ASSIGNED"),
    ("start", ["ASSIGNED"], "RUNNING"),
    ("pause", ["QUEUED", "ASSIGNED", "RUNNING"], "PAUSED"),
    ("resume_queued", ["PAUSED"], "QUEUED"),
    ("resume_assigned", ["PAUSED"], "ASSIGNED"),
    ("resume_running", ["PAUSED"], "RUNNING"),
    ("give_back", ["ASSIGNED", "RUNNING", "PAUSED"], "QUEUED"),
    ("complete", ["RUNNING"], "COMPLETED"),
    ("fail", ["QUEUED", "ASSIGNED", "RUNNING", "PAUSED"], "FAILED"),
    ("cancel", ["QUEUED", "ASSIGNED", "RUNNING", "PAUSED"], "CANCELLED"),
]


class IllegalTransition(Exception):  # noqa: N818
    """A trigger that the table does not allow in this state: a bug of the caller."""


class MissionLifecycle:
    """The table in use. Build one, keep it: it holds no mission's state."""

    def __init__(self) -> None:
        self._probe = _Probe()
        self._machine = Machine(
            model=self._probe,
            states=MissionState,
            initial=MissionState.QUEUED,
            transitions=[list(row) for row in TRANSITIONS],
            auto_transitions=False,
            ignore_invalid_triggers=False,
        )

    def advance(self, state: MissionState, trigger: str) -> MissionState:
        """The state after trigger. Raises IllegalTransition, naming both."""
        self._machine.set_state(state, self._probe)
        try:
            self._probe.trigger(trigger)
        except (MachineError, AttributeError) as error:
            raise IllegalTransition(f"a mission that is {state} cannot {trigger}") from error
        return self._probe.state

    def may(self, state: MissionState, trigger: str) -> bool:
        return any(state.name in row[1] for row in TRANSITIONS if row[0] == trigger)


class _Probe:
    state: MissionState
    trigger: Callable[[str], bool]
    """Put there by transitions when the machine adopts the model."""
