"""What a template says, read and checked: parameters, steps, where a step's values come from. Values only."""

from dataclasses import dataclass, field

from missions.mission import Family, Param

PLACE_TYPES = ("place", "room", "places")
TYPES = (*PLACE_TYPES, "number", "choice", "text", "pin", "flag")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParam:
    name: str
    type: str
    label: dict[str, str]
    help: dict[str, str] = field(default_factory=dict)
    required: bool = True
    default: Param | None = None
    default_places: tuple[str, ...] = ()
    """Place ids; the first one that the site has is the default."""
    choices: tuple[str, ...] = ()
    choice_labels: dict[str, dict[str, str]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    kinds: tuple[str, ...] = ()
    """Place kinds that fit (NodeKind or RoomKind values); empty: any."""


# -- where a task's parameter comes from ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    value: Param


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A parameter as it was given; times turns a number into SI."""

    param: str
    times: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOf:
    """The only door of the room that this parameter names."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOf:
    """The name of the place that this parameter names."""

    place: str
    language: str


Source = Constant | Given | DoorOf | NameOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The step is a UV-C exposure: its time follows from dose and room, and a dose that takes too long for
    one exposure is divided among several equal ones. The task gets its share as target_j_m2."""

    room: str
    target_j_m2: Given
    irradiance_1m_w_m2: float
    """At 1 m from the lamp, reflections included."""
    each_s_max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One task, or one for each place of a parameter."""

    at: str
    """The place parameter; of type places when for_each."""
    for_each: bool = False
    action: str = ""
    title: dict[str, str]
    params: dict[str, Source] = field(default_factory=dict)
    duration_s: float = 0.0
    seconds_per: dict[str, float] = field(default_factory=dict)
    """Seconds added for each unit of a number parameter."""
    exposure: Exposure | None = None
    hold_room: str = ""
    close_doors: str = ""
    en_route: bool = False
    repeatable: bool = True
    pace_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    template_id: str
    family: Family
    names: dict[str, str]
    description: dict[str, str]
    params: tuple[TemplateParam, ...]
    steps: tuple[Step, ...]
    different: tuple[str, ...] = ()
    """Place parameters that may not name the same place."""

    @property
    def skills(self) -> tuple[str, ...]:
        """Action types that a robot needs for it."""
        return tuple(dict.fromkeys(step.action for step in self.steps if step.action))
