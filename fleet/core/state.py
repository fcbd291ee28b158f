"""What the core knows. Records are frozen values that are replaced whole; State is the mutable whole.

Records may be handed to other threads and to the API as they are. State belongs to the core alone.
Dicts keep insertion order, which is journal order; nothing here is a set.
"""

from dataclasses import dataclass, field

from fleet.core.events import RobotFacts
from missions.lifecycle import MissionState
from missions.mission import Mission, TaskState
from missions.planning.closures import ElementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """How one task went."""

    state: TaskState = TaskState.PENDING
    robot: str = ""
    phase: str = ""
    """State of the skill's machine on the robot."""
    started_s: float | None = None
    acting_s: float | None = None
    """When the action began."""
    ended_s: float | None = None
    because: str = ""
    result: dict[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of a mission's or robot's story."""

    at_s: float
    what: str
    """A key that the console translates: accepted, assigned, started, task_started, task_done, paused, ..."""
    because: str
    robot: str = ""
    task: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionRecord:
    mission: Mission
    state: MissionState
    created_s: float
    tasks: tuple[TaskRecord, ...]
    robot: str = ""
    because: str = ""
    """Why it is in this state, with this robot."""
    waiting: str = ""
    """What it waits for right now, as 'kind who' (robot carrier-2, door d_201, lift lift_a,
    closure zone icu, planner, person awaiting_pin, robot_any, resume, ...); '' when it does not wait. Screens
    have words for each."""
    waiting_since_s: float | None = None
    start_s: float | None = None
    """Forecast while it waits, fact afterwards."""
    end_s: float | None = None
    """Forecast, then fact."""
    ended_s: float | None = None
    history: tuple[HistoryLine, ...] = ()
    request_key: str = ""
    attempts: int = 0
    """Robots that had it before."""

    @property
    def current(self) -> int | None:
        """Index of the first task that is not over; None when all are."""
        for index, task in enumerate(self.tasks):
            if task.state in (TaskState.PENDING, TaskState.RUNNING):
                return index
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotRecord:
    robot_id: str
    boot_id: str
    facts: RobotFacts
    online: bool = True
    lost: bool = False
    """Silent too long: it keeps its places until it speaks again or a person clears it."""
    in_service: bool = True
    activity: str = "starting"
    mode: str = "autonomous"
    battery_fraction: float = 1.0
    charging: bool = False
    skill: str = ""
    phase: str = ""
    level: str = ""
    x_m: float = 0.0
    y_m: float = 0.0
    """Place at the last significant event; views has the live pose."""
    node: str = ""
    """Cell it is in or last passed; '' when it stands off the graph."""
    queue: tuple[str, ...] = ()
    """Missions in the order in which it will do them; the first one is under way."""
    errand: str = ""
    """What it does without a mission: charge, dock, park, make_way; '' for nothing."""
    because: str = ""
    waiting: str = ""
    waiting_since_s: float | None = None
    order_id: str = ""
    order_update_id: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    """Code to message."""
    last_heard_s: float = 0.0
    pending: dict[str, str] = field(default_factory=dict)
    """Instant ids not acknowledged yet, with their verb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    alert_id: str
    kind: str
    """robot_lost, robot_fault, mission_failed, mission_taken_over, door_stuck, lift_out, no_ack, not_done,
    off_map, quarantined, fire, stop_all, plan_rejected, solver_failed."""
    severity: str
    """info, warning, critical."""
    subject: str
    """Robot, mission, door or lift id."""
    because: str
    hint: str
    raised_s: float
    count: int = 1
    """How often it came while it was open."""
    handled_s: float | None = None
    handled_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRecord:
    door: str
    state: str = "unknown"
    want: str = ""
    holders: tuple[str, ...] = ()
    """Robots that need it open, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRecord:
    lift: str
    level: str = ""
    doors: str = "closed"
    session: str = ""
    wanted_session: str = ""
    wanted_level: str = ""
    available: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRecord:
    """An element that nobody enters, who closed it, why and until when. When it is opened it leaves State."""

    closure_id: str
    kind: ElementKind
    element_id: str
    one_way: bool = False
    timed: bool = False
    """By the site's timetable."""
    by: str = ""
    because: str = ""
    closed_s: float = 0.0
    until_s: float | None = None
    diverted: tuple[str, ...] = ()
    """Robots that were on their way through."""
    opened_s: float | None = None
    opened_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a robot is doing about its plan: the order it has, and how far it is.

    Step numbers are those of the traffic plan and are the order's seq.
    """

    robot_id: str
    order_id: str = ""
    """'' when it has no order: then it stands."""
    update_id: int = 0
    accepted_id: int = 0
    sent_s: float = 0.0
    """When the latest update was sent; unanswered ones are sent again."""
    first_no: int = 0
    sent_no: int = 0
    """Last step released to the robot as base."""
    passed_no: int = 0
    """Last step it has reached."""
    end_no: int = 0
    """The step that ends the order; 0 while the plan has not said."""
    mission: str = ""
    task: int = -1
    action_id: str = ""
    acting: bool = False
    cancel_id: str = ""
    """A cancel that is not acknowledged yet."""
    wants_plan: str = ""
    """Why a new plan is due; '' when none is."""
    closing: bool = False
    """The order is being ended where the base ends, because the plan changed."""
    not_before_s: float = 0.0
    """No new plan is asked for before this."""
    resends: int = 0
    refused_until_s: float = 0.0
    """It refused an order: it gets no mission before this."""
    cut_off: str = ""
    """'mission/task': no way leads to this stop now. The robot does what comes before, rests and waits."""
    cut_by: str = ""
    """The closure that cuts it off; '' when it is a robot that does not move."""
    frozen: bool = False
    """Lost, switched off or off the map: its missions were given away, its places are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Astray:
    """A robot that is connected, and stands where it cannot be placed."""

    order_id: str = ""
    """What it may still be doing: to be ended when it is placed."""
    looked_s: float = 0.0
    """When it was last tried to place it."""


@dataclass(slots=True)
class State:
    """Everything the core knows, and what a snapshot holds (with the traffic state)."""

    now_s: float = 0.0
    site_id: str = ""
    missions: dict[str, MissionRecord] = field(default_factory=dict)
    robots: dict[str, RobotRecord] = field(default_factory=dict)
    alerts: dict[str, AlertRecord] = field(default_factory=dict)
    doors: dict[str, DoorRecord] = field(default_factory=dict)
    lifts: dict[str, LiftRecord] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    queued: dict[str, None] = field(default_factory=dict)
    """Missions that have no robot."""
    request_keys: dict[str, str] = field(default_factory=dict)
    """Caller's key to mission."""
    ended: dict[str, None] = field(default_factory=dict)
    """Ended missions still in memory, oldest first."""
    open_alerts: dict[str, str] = field(default_factory=dict)
    """'kind subject' to the alert that is not handled yet."""
    ack_due: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    """Instant id to robot, verb, due time."""
    missions_made: int = 0
    alerts_made: int = 0
    ids_made: int = 0
    waiters: dict[str, dict[str, None]] = field(default_factory=dict)
    """Robot to those who wait for it to move on."""
    stopped: bool = False
    docked: bool = False
    """Dock all is in force: no mission begins until resume all."""
    fire: bool = False
    solving: tuple[str, ...] = ()
    """Robots whose plan is being solved now."""
    solving_version: int = -1
    solving_since_s: float = 0.0
    allocate_due: bool = False
    """Waiting missions are looked at again in this turn."""
    allocate_at_s: float = 0.0
    """And at the latest then (0: not due)."""
    rejoin_by_s: float = 0.0
    """After a start: robots that have not said hello by then are lost (0: nothing due)."""
    closures: dict[str, ClosureRecord] = field(default_factory=dict)
    """In force."""
    closures_made: int = 0
    astray: dict[str, Astray] = field(default_factory=dict)
    """By robot. What such a robot held before, it holds still."""


Record = MissionRecord | RobotRecord | AlertRecord | DoorRecord | LiftRecord | ClosureRecord
