"""What the core knows. Records are frozen values that are replaced whole; State is the mutable whole.

Records may be handed to other threads and to the API as they are. State belongs to the core alone.
Dicts keep insertion order, which is journal order; nothing here is a set.
"""

from dataclasses import dataclass, field

from fleet.core.events import RobotFacts
from missions.lifecycle import MissionState
from missions.mission import Mission, TaskState


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
    """What it waits for right now; '' when it does not wait."""
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
    """robot_lost, robot_fault, mission_failed, mission_taken_over, door_stuck, no_ack, quarantined, battery, fire."""
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


Record = MissionRecord | RobotRecord | AlertRecord | DoorRecord | LiftRecord
