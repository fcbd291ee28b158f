"""What has happened: the core's inputs, past tense. Each is journalled before anything follows from it.

Frozen tagged msgspec structs. Whoever creates one puts in all that the core may know: ids, stamps, seeds.
Poses, frames and heartbeats are no events (fleet.views).
"""

from enum import StrEnum

import msgspec

from missions.mission import Mission
from missions.planning.closures import ElementKind
from missions.planning.problem import PlanAnswer


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Root."""


# -- people -----------------------------------------------------------------------------------------


class MissionRequested(Event, frozen=True):
    """mission.mission_id is '': the core numbers it. The same request_key again gets the same answer."""

    mission: Mission
    request_key: str


class MissionVerb(StrEnum):
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


class MissionControlled(Event, frozen=True):
    mission_id: str
    verb: MissionVerb
    by: str = ""
    because: str = ""


class MissionConfirmed(Event, frozen=True):
    """A person confirmed something for the running task from the console or API (what: loaded, pin, ...)."""

    mission_id: str
    what: str
    value: str = ""
    by: str = ""


class RobotVerb(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    DOCK = "dock"
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"
    CLEAR = "clear"
    """A person has found a lost robot and taken it off the floor: its places are free again."""


class RobotControlled(Event, frozen=True):
    robot_id: str
    verb: RobotVerb
    by: str = ""
    because: str = ""


class FleetVerb(StrEnum):
    STOP_ALL = "stop_all"
    RESUME_ALL = "resume_all"
    DOCK_ALL = "dock_all"


class FleetControlled(Event, frozen=True):
    verb: FleetVerb
    by: str = ""
    because: str = ""


class AlertHandled(Event, frozen=True):
    alert_id: str
    by: str = ""
    note: str = ""


class ElementClosed(Event, frozen=True):
    """Nobody enters this lane, zone, room, door or lift until it is opened.

    Said again, it changes the words and the time.
    """

    kind: ElementKind
    element_id: str
    by: str = ""
    because: str = ""
    until_s: float | None = None
    """Unix seconds at which it opens by itself; None: when somebody opens it."""
    one_way: bool = False
    """Of a lane: only this direction."""
    timed: bool = False
    """By the site's timetable: it does not touch what a person closed, nor the other way round."""


class ElementOpened(Event, frozen=True):
    """All closures of the element end; with closure_id, only that one."""

    kind: ElementKind | None = None
    element_id: str = ""
    closure_id: str = ""
    by: str = ""
    because: str = ""


# -- robots -----------------------------------------------------------------------------------------


class RobotFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the core needs of a factsheet (robots.protocol.Factsheet), translated."""

    model: str
    family: str
    names: dict[str, str]
    skills: tuple[str, ...]
    radius_m: float
    speed_mps_max: float
    acceleration_mps2: float
    battery_wh: float
    draw_idle_w: float
    draw_moving_w: float
    draw_action_w: dict[str, float]
    charge_w: float
    reserve_fraction: float
    low_fraction: float
    graphs: tuple[str, ...]
    languages: tuple[str, ...] = ()


class RobotJoined(Event, frozen=True):
    """A robot said Hello: first time, after its restart (new boot_id), or after ours."""

    robot_id: str
    boot_id: str
    facts: RobotFacts
    level: str
    x_m: float
    y_m: float
    battery_fraction: float
    order_id: str = ""
    order_update_id: int = 0
    seq: int = -1
    action_done: bool = False


class RobotLeft(Event, frozen=True):
    """Bye, said on purpose."""

    robot_id: str
    because: str = ""


class RobotFellSilent(Event, frozen=True):
    """Nothing heard for the link's lost_s."""

    robot_id: str
    silent_s: float
    level: str = ""
    x_m: float = 0.0
    y_m: float = 0.0


class RobotQuarantined(Event, frozen=True):
    """The link stopped listening to it: rubbish, wrong version, second robot with the same id."""

    robot_id: str
    because: str


class RobotReported(Event, frozen=True):
    """A significant change in a robot's State; the link sends one only when one of these fields changed
    (battery in buckets of 1 %), or when it stands elsewhere though it has not driven."""

    robot_id: str
    activity: str
    mode: str
    battery_fraction: float
    charging: bool
    skill: str = ""
    phase: str = ""
    level: str = ""
    """Where it says that it stands; '' in old journals."""
    x_m: float = 0.0
    y_m: float = 0.0


class NodePassed(Event, frozen=True):
    robot_id: str
    order_id: str
    seq: int


class OrderAccepted(Event, frozen=True):
    robot_id: str
    order_id: str
    order_update_id: int


class OrderRefused(Event, frozen=True):
    robot_id: str
    order_id: str
    order_update_id: int
    because: str


class ActionReported(Event, frozen=True):
    robot_id: str
    order_id: str
    action_id: str
    status: str
    """initializing, running, paused, finished, failed."""
    phase: str = ""
    because: str = ""
    result: dict[str, str | float] = {}


class InstantAcknowledged(Event, frozen=True):
    """A robot answered an instant action or a cancel."""

    robot_id: str
    ref: str
    ok: bool
    because: str = ""


class FaultReported(Event, frozen=True):
    robot_id: str
    code: str
    level: str
    because: str
    cleared: bool = False


# -- building, planner, time ------------------------------------------------------------------------


class DoorReported(Event, frozen=True):
    door: str
    state: str
    """open, closed, moving, stuck, unknown."""


class LiftReported(Event, frozen=True):
    lift: str
    level: str
    doors: str
    """open, closed, moving."""
    session: str
    """The robot it works for; '' for none."""
    available: bool = True


class FireReported(Event, frozen=True):
    active: bool


class PlanSolved(Event, frozen=True):
    answer: PlanAnswer


class SolverFailed(Event, frozen=True):
    """The planning process died or answered nonsense; it is started again and the core asks again."""

    because: str


class DeadlineReached(Event, frozen=True):
    """next_deadline_s() has passed."""


class OrchestratorStarted(Event, frozen=True):
    """First event of every run. Robots are unknown until they say Hello again."""

    version: str
    site_id: str


AnyEvent = (
    MissionRequested
    | MissionControlled
    | MissionConfirmed
    | RobotControlled
    | FleetControlled
    | AlertHandled
    | ElementClosed
    | ElementOpened
    | RobotJoined
    | RobotLeft
    | RobotFellSilent
    | RobotQuarantined
    | RobotReported
    | NodePassed
    | OrderAccepted
    | OrderRefused
    | ActionReported
    | InstantAcknowledged
    | FaultReported
    | DoorReported
    | LiftReported
    | FireReported
    | PlanSolved
    | SolverFailed
    | DeadlineReached
    | OrchestratorStarted
)
