"""A robot's two lifecycles: what it does (activity) and who decides about it (mode). Only tables live here.

Only the mode `autonomous` lets the activity advance, so that a resume needs no history. While `acting` or
`charging` the skill's own machine runs (robots.skills); machines() lists them all, for whoever draws them.
"""

from dataclasses import dataclass
from enum import Enum

from robots.skills.registry import SKILL_TABLES
from robots.tables import Table


class Activity(Enum):
    OFFLINE = "offline"
    """The program is not running."""
    STARTING = "starting"
    """It runs, but does not know yet where the body is."""
    READY = "ready"
    MOVING = "moving"
    ACTING = "acting"
    """The machine of the order's skill runs, at the place."""
    CHARGING = "charging"


class Ready(Enum):
    IDLE = "ready_idle"
    ASSIGNED = "ready_assigned"
    """It has an order and stands: at the end of its base, or paused before it left."""


ACTIVITY = Table(
    name="activity",
    states=Activity,
    children={Activity.READY: Ready},
    rows=(
        ("boot", (Activity.OFFLINE,), Activity.STARTING),
        ("locate", (Activity.STARTING,), Ready.IDLE),
        ("assign", (Ready.IDLE,), Ready.ASSIGNED),
        ("drive", (Ready.ASSIGNED,), Activity.MOVING),
        ("stand", (Activity.MOVING,), Ready.ASSIGNED),
        ("act", (Ready.ASSIGNED,), Activity.ACTING),
        ("charge", (Ready.ASSIGNED,), Activity.CHARGING),
        ("end_action", (Activity.ACTING, Activity.CHARGING), Ready.ASSIGNED),
        ("finish", (Ready.ASSIGNED,), Ready.IDLE),
        (
            "shut_down",
            (
                Activity.STARTING,
                Ready.IDLE,
                Ready.ASSIGNED,
                Activity.MOVING,
                Activity.ACTING,
                Activity.CHARGING,
            ),
            Activity.OFFLINE,
        ),
    ),
)


class Mode(Enum):
    AUTONOMOUS = "autonomous"
    PAUSED = "paused"
    """Brakes on, lamps off, goes on at a resume."""
    MANUAL = "manual"
    """A person steers it at the body."""
    FAULT = "fault"
    """The body reports something that makes driving unsafe."""
    STOPPED = "stopped"
    """Emergency: all actuators off; only a person's resume ends it."""


MODE = Table(
    name="mode",
    states=Mode,
    rows=(
        ("pause", (Mode.AUTONOMOUS,), Mode.PAUSED),
        ("resume", (Mode.PAUSED, Mode.STOPPED), Mode.AUTONOMOUS),
        ("stop", (Mode.AUTONOMOUS, Mode.PAUSED, Mode.MANUAL, Mode.FAULT), Mode.STOPPED),
        ("take_over", (Mode.AUTONOMOUS, Mode.PAUSED), Mode.MANUAL),
        ("hand_back", (Mode.MANUAL,), Mode.PAUSED),
        ("break_down", (Mode.AUTONOMOUS, Mode.PAUSED, Mode.MANUAL), Mode.FAULT),
        ("recover", (Mode.FAULT,), Mode.AUTONOMOUS),
        ("recover_paused", (Mode.FAULT,), Mode.PAUSED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDescription:
    """A machine to draw: its states and (trigger, source, target) between them, as the wire names them."""

    name: str
    states: tuple[str, ...]
    transitions: tuple[tuple[str, str, str], ...]


def tables() -> tuple[Table, ...]:
    """activity, mode, then every skill's table."""
    return (ACTIVITY, MODE, *SKILL_TABLES)


def machines() -> tuple[MachineDescription, ...]:
    """Every machine that State.activity, State.mode and State.phase name the states of."""
    return tuple(_describe(table) for table in tables())


def _describe(table: Table) -> MachineDescription:
    return MachineDescription(
        name=table.name,
        states=tuple(str(state.value) for state in table.leaves),
        transitions=tuple(
            (trigger, str(source.value), str(target.value)) for trigger, source, target in table.expanded()
        ),
    )
