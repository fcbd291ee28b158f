"""The lines of a trace: what really happened in a simulated world. docs/simulators/trace.md explains them.

One JSON object a line, in order of time; `what` names its kind, `t_s` is seconds since the start. Metres,
radians, fractions from 0 to 1. A line says that something is so from now on; what is not said stays.
"""

import msgspec

VERSION = 1


class Line(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", tag=str.lower):
    t_s: float


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """A robot's circle on the floor."""

    robot: str
    model: str
    family: str
    radius_m: float


class Shaft(msgspec.Struct, frozen=True, kw_only=True):
    """The inside of a cabin, the same on each of its levels."""

    lift: str
    levels: tuple[str, ...]
    x_m: float
    y_m: float
    width_m: float
    depth_m: float
    yaw_rad: float


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    room: str
    level: str
    polygon: tuple[tuple[float, float], ...]


class Header(Line, frozen=True):
    """The first line."""

    version: int
    site: str
    site_digest: str
    """Of all that the site says (SHA-256 of its contents)."""
    seed: int
    start_s: float
    """Unix seconds at t_s 0."""
    step_s: float
    """The world's step: nothing lasts shorter than this in the trace."""
    robots: tuple[Footprint, ...]
    lifts: tuple[Shaft, ...]
    rooms: tuple[Outline, ...]


class Pose(Line, frozen=True):
    """Where a body truly is: at every step in which it moved or turned."""

    robot: str
    level: str
    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float


class Cells(Line, frozen=True):
    """What the orchestrator says that a robot holds, in order: a belief, unlike most lines."""

    robot: str
    held: tuple[str, ...]


class Lamp(Line, frozen=True):
    robot: str
    lit: bool


class Device(Line, frozen=True):
    """Any other device of a body (tray_lock, charger, sprayer, ...) as it is switched now."""

    robot: str
    device: str
    value: str


class Power(Line, frozen=True):
    robot: str
    on: bool


class Door(Line, frozen=True):
    door: str
    open_fraction: float
    want: str
    jammed: bool


class Lift(Line, frozen=True):
    """session is the robot that it works for, '' for none; riding_to is '' while it stands."""

    lift: str
    level: str
    riding_to: str
    open_fraction: float
    session: str
    available: bool


class Person(Line, frozen=True):
    """At every step in which a room was entered or left, else at each half metre; present False: gone."""

    person: str
    role: str
    level: str
    x_m: float
    y_m: float
    present: bool = True


class Mission(Line, frozen=True):
    """How the orchestrator says a mission stands: at each change of its state or robot."""

    mission: str
    template: str
    state: str
    robot: str
    because: str


class Fault(Line, frozen=True):
    """Something was made to go wrong, or mended: by a scenario or by a soak's trouble."""

    said: str


class Orchestrator(Line, frozen=True):
    up: bool


class Stop(Line, frozen=True):
    """Stop all (or a fire contact, which holds everybody too) is in force."""

    stopped: bool
    fire: bool


class End(Line, frozen=True):
    """The last line. violation is '' when the simulation's own invariants held."""

    violation: str


AnyLine = (
    Header
    | Pose
    | Cells
    | Lamp
    | Device
    | Power
    | Door
    | Lift
    | Person
    | Mission
    | Fault
    | Orchestrator
    | Stop
    | End
)
