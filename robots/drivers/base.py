"""Between the agent and a body: what a driver is told, what it reports.

The agent (robots.agent) is sans-IO and speaks only these values; a driver turns them into motors, lamps
and cameras, or into messages to the simulated world (simulators.driver), or into ROS 2 topics.
Local safety (lamp off when a person is seen) is the agent's skill machine acting on Sensed, so a driver
must report a change of what it senses within 50 ms.
"""

from typing import Protocol

import msgspec


class DriverMessage(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Root; tagged so that a driver may send it over a wire."""


# -- told to the body --------------------------------------------------------------------------------


class Waypoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    x_m: float
    y_m: float
    level: str
    seq: int
    speed_mps_max: float
    yaw_rad: float | None = None
    lift: str | None = None
    """Set: no driving; the body stands in this lift's cabin and is there when the cabin is."""


class Drive(DriverMessage, frozen=True):
    """Replace the path: pass these points in order and come to rest at the last. Empty: brake and hold."""

    path: tuple[Waypoint, ...]


class Halt(DriverMessage, frozen=True):
    """Brake as hard as is safe, keep no path."""


class SetDevice(DriverMessage, frozen=True):
    """Switch an actuator: lamp, tray_lock, charger, display, speaker, ..."""

    device: str
    value: str
    """on/off, locked/unlocked, a text to say or show."""


class Capture(DriverMessage, frozen=True):
    """Take a picture; it arrives as Frame with this tag."""

    tag: str


class Watch(DriverMessage, frozen=True):
    """Report this door's sensor (or '' for none) directly, as a sensor paired with the robot would be."""

    door: str


class Announce(DriverMessage, frozen=True):
    """Say and show a text, by language."""

    texts: dict[str, str]


# -- reported by the body --------------------------------------------------------------------------------


class Motion(DriverMessage, frozen=True):
    """Where the body is, 10 times a second while moving, once a second at rest."""

    level: str
    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float


class Reached(DriverMessage, frozen=True):
    """The centre has reached this waypoint (within 5 cm for the last one)."""

    seq: int


class Blocked(DriverMessage, frozen=True):
    """Something stands in the way (what: person, robot, door, obstacle, nothing when free again)."""

    what: str


class Energy(DriverMessage, frozen=True):
    """Once in 5 s, and at once when charging starts or stops."""

    battery_fraction: float
    charging: bool
    tanks_ml: dict[str, float] = {}
    lamps_hours: dict[str, float] = {}
    readings: dict[str, float] = {}
    """What environmental sensors read: wind_mps, rain_mm_h, temperature_c, humidity_fraction, h2o2_ppm."""


class Sensed(DriverMessage, frozen=True):
    """What the safety and interaction sensors see now; sent at every change and once a second."""

    person_seen: bool = False
    """Anybody in sight, moving or motionless (heat or radar)."""
    person_m: float | None = None
    """Distance to the nearest one."""
    door_closed: bool | None = None
    """The watched door's sensor; None: no link to it."""
    follower_m: float | None = None
    """Distance to the visitor who is being led; None: not seen."""
    loaded: bool = False
    """Something lies on the tray."""


class Confirmed(DriverMessage, frozen=True):
    """A person did something at the robot's screen or tray."""

    what: str
    """start, loaded, unloaded, pin, arrived, refuse, cancel."""
    value: str = ""


class Dose(DriverMessage, frozen=True):
    """UV dose so far at the room's target points, by the body's own radiometers, once a second while lit."""

    minimum_j_m2: float
    p5_j_m2: float
    covered_fraction: float


class Frame(DriverMessage, frozen=True):
    """A JPEG from the body's camera: every 0.5 s, and one for each Capture (tag set)."""

    jpeg: bytes
    tag: str = ""


class BodyFault(DriverMessage, frozen=True):
    code: str
    message: str
    cleared: bool = False


ToBody = Drive | Halt | SetDevice | Capture | Watch | Announce
FromBody = Motion | Reached | Blocked | Energy | Sensed | Confirmed | Dose | Frame | BodyFault


class Driver(Protocol):
    """One body. robots.runtime calls it from one thread only."""

    def open(self) -> None:
        """Connect. Raises DriverError naming the address and what to start."""

    def tell(self, message: ToBody) -> None:
        """Pass one message on. Never blocks."""

    def poll(self, timeout_s: float) -> list[FromBody]:
        """What has been reported since the last call; waits at most timeout_s for the first."""

    def fileno(self) -> int | None:
        """Readable when poll() would return something; None: not pollable, poll it every 20 ms."""

    def close(self) -> None:
        """Let go of the body; it holds still."""


class DriverError(Exception):
    """The body cannot be reached. The message names the address and the fix."""
