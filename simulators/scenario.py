"""A scenario: who is there, what happens when, and what must come of it. Values only.

simulators.scenario_file reads them from YAML, simulators.scenario_run plays them, simulators.scenario_checks
judges. Times are seconds since the beginning.
"""

from dataclasses import dataclass
from pathlib import Path

from fleet.core.events import AnyEvent
from missions.mission import Mission
from simulators.faults import AnyWorldFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A robot of the crew. node '': wherever there is room."""

    robot_id: str
    model: str
    node: str = ""


# -- what is done ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Submit one of these missions (the seed chooses). label: what it is called in this scenario."""

    label: str
    missions: tuple[Mission, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """A fault of the world; end mends it, None: it ends by itself."""

    fault: AnyWorldFault
    end: AnyWorldFault | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """A program dies: a robot's, or with who '' the orchestrator's. forget: its disk is lost too."""

    who: str
    forget: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Nothing reaches this robot, and nobody is told."""

    robot_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """What a person at the console does. mission: the label that its mission_id is filled in from."""

    event: AnyEvent
    mission: str = ""
    end: AnyEvent | None = None


Action = Ask | Inject | Crash | Cut | Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Becomes true once: a mission is in a state, a robot is at a spot, or an alert of a kind is raised."""

    mission: str = ""
    state: str = ""
    robot_id: str = ""
    spot: str = ""
    alert: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline. With when, at_s counts from the moment at which that becomes true."""

    action: Action
    at_s: float = 0.0
    every_s: float = 0.0
    until_s: float = 0.0
    when: Condition | None = None
    for_s: float = 0.0
    """How long it lasts, 0: for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Missions that people ask for at random: by_hour holds (hour of the site's day, missions an hour)."""

    ask: Ask
    by_hour: tuple[tuple[int, float], ...]


# -- what must come of it --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionsEnd:
    """labels empty: all of them. within_s: since each was asked for."""

    labels: tuple[str, ...]
    state: str
    within_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotAt:
    """At some time from from_s to until_s (equal: at that time)."""

    robot_id: str
    spot: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    kind: str
    subject: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyIn:
    """No robot's middle is there from from_s to until_s."""

    spot: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AllStill:
    """At that time every robot stands, its lamp is out and it does not charge.

    held: each is at a hold point, charger or parking spot too, or an open alert names it.
    """

    at_s: float
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountAtEnd:
    state: str
    least: int
    most: int | None


Expectation = MissionsEnd | RobotAt | AlertRaised | NobodyIn | AllStill | CountAtEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An expectation with its words, and the line on which it is written."""

    what: Expectation
    words: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    name: str
    names: dict[str, str]
    file: str
    site: Path
    start_s: float
    """Unix seconds."""
    duration_s: float
    crew: tuple[Member, ...]
    people: int
    trouble: bool
    timeline: tuple[Entry, ...]
    load: tuple[Load, ...]
    expected: tuple[Expected, ...]
