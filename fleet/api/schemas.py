"""HTTP and WebSocket bodies. Shapes only; the console's API client is generated from them.

Units are SI here too (seconds, metres, fractions); the console turns them into what people read.
Names are dicts by language tag ('en', 'zh-CN').
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fleet.api.closure_schemas import ClosureOut
from fleet.api.reasons import CommandOut as CommandOut
from fleet.api.reasons import HistoryOut as HistoryOut
from fleet.api.reasons import JournalPage as JournalPage
from fleet.api.reasons import JournalRowOut as JournalRowOut
from fleet.api.reasons import WhyOut as WhyOut
from fleet.api.words import Name, Reason

Names = dict[str, str]
Point = tuple[float, float]
ParamValue = str | float | bool | list[str]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


# -- errors ------------------------------------------------------------------------------------------


class ErrorOut(BaseModel):
    """Every error body. code is stable; message names the thing and the value; hint says what to do."""

    code: str
    message: str
    field: str = ""
    hint: str = ""
    vetoes: dict[str, str] = {}
    """By robot, for a refused mission."""


# -- missions ------------------------------------------------------------------------------------------


class MissionIn(Body):
    template: Annotated[str, Field(examples=["deliver"])]
    params: Annotated[
        dict[str, ParamValue],
        Field(examples=[{"from": "pharmacy", "to": "ward_201", "pin": "4711"}]),
    ] = {}
    priority: Annotated[int, Field(ge=0, le=3, description="0 low, 1 normal, 2 high, 3 emergency")] = 1
    robot: Annotated[str | None, Field(description="Pin the mission to this robot")] = None
    requested_by: str = ""
    idempotency_key: Annotated[
        str | None,
        Field(description="The same key again returns the same mission; also as header Idempotency-Key"),
    ] = None


class MissionAnswer(BaseModel):
    """201: which robot, when, how long, and why."""

    id: str
    state: str
    robot: str = ""
    start_s: float | None = None
    duration_s: float | None = None
    because: str
    repeated: bool = False


class TaskOut(BaseModel):
    seq: int
    title: Names
    place: str
    node: str
    action: str
    state: str
    robot: str
    phase: str
    started_s: float | None
    acting_s: float | None
    ended_s: float | None
    because: str
    result: dict[str, str | float]


class MissionOut(BaseModel):
    """In lists and in the stream; without tasks' history."""

    id: str
    template: str
    family: str
    title: Names
    params: dict[str, ParamValue]
    priority: int
    state: str
    robot: str
    because: str
    waiting: str
    waiting_since_s: float | None
    created_s: float
    start_s: float | None
    end_s: float | None
    ended_s: float | None
    progress_fraction: float
    requested_by: str
    tasks: list[TaskOut]


class MissionDetail(MissionOut):
    history: list[HistoryOut]
    images: list[str] = []
    """Addresses of pictures taken as evidence."""


class ControlIn(Body):
    because: Annotated[Reason, Field(description="Why, in words; it is kept", examples=["wrong ward"])] = ""
    by: Name = ""


class ConfirmIn(Body):
    what: Annotated[str, Field(examples=["pin"])]
    value: str = ""
    by: Name = ""


class ControlAnswer(BaseModel):
    ok: bool
    because: str
    pending: list[str] = []
    """Robots that have not acknowledged yet; an alert names them if they do not in time."""


# -- robots, alerts ------------------------------------------------------------------------------------


class PoseOut(BaseModel):
    level: str
    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float = 0.0
    at_s: float = 0.0
    """When it was heard; older than 3 s is not fresh."""


class RobotOut(BaseModel):
    id: str
    model: str
    family: str
    names: Names
    skills: list[str]
    radius_m: float
    online: bool
    lost: bool
    in_service: bool
    activity: str
    mode: str
    skill: str
    phase: str
    battery_fraction: float
    charging: bool
    mission: str
    queue: list[str]
    errand: str
    because: str
    waiting: str
    waiting_since_s: float | None
    node: str
    pose: PoseOut
    path: list[Point]
    """Released ahead of it, on its level."""
    horizon: list[Point]
    """Planned beyond that, on its level."""
    faults: dict[str, str]
    frame: bool
    """A camera frame can be had from /frames/{id}/latest.jpg."""
    seen_s: float


class AlertOut(BaseModel):
    id: str
    kind: str
    severity: Literal["info", "warning", "critical"]
    subject: str
    because: str
    hint: str
    raised_s: float
    count: int
    handled_s: float | None
    handled_by: str
    note: str


class HandleIn(Body):
    by: str = ""
    note: str = ""


class MachineOut(BaseModel):
    """A state machine to draw: of a robot's activity, its mode or one of its skills."""

    name: str
    states: list[str]
    transitions: list[tuple[str, str, str]]
    """(trigger, source, target)."""


# -- site, templates -------------------------------------------------------------------------------------


class LevelOut(BaseModel):
    id: str
    names: Names
    elevation_m: float
    bounds: tuple[float, float, float, float]
    """x_min, y_min, x_max, y_max in metres."""
    walls: list[tuple[float, float, float, float]]


class NodeOut(BaseModel):
    id: str
    level: str
    x_m: float
    y_m: float
    kind: str
    names: Names


class EdgeOut(BaseModel):
    id: str
    source: str
    target: str
    two_way: bool
    """One entry for both directions."""
    length_m: float


class RoomOut(BaseModel):
    id: str
    level: str
    names: Names
    kind: str
    polygon: list[Point]


class ZoneOut(BaseModel):
    id: str
    level: str
    names: Names
    kind: str


class DoorOut(BaseModel):
    id: str
    level: str
    names: Names
    start: Point
    end: Point
    automatic: bool


class LiftOut(BaseModel):
    id: str
    names: Names
    levels: list[str]
    center: Point
    width_m: float
    depth_m: float
    yaw_rad: float


class PlaceOut(BaseModel):
    id: str
    names: Names
    level: str
    node: str
    room: str | None
    kind: str


class SiteOut(BaseModel):
    id: str
    names: Names
    time_zone: str
    levels: list[LevelOut]
    nodes: list[NodeOut]
    edges: list[EdgeOut]
    rooms: list[RoomOut]
    zones: list[ZoneOut] = []
    doors: list[DoorOut]
    lifts: list[LiftOut]
    places: list[PlaceOut]


class ParamOut(BaseModel):
    name: str
    type: Literal["place", "places", "room", "number", "choice", "text", "pin", "flag"]
    label: Names
    help: Names = {}
    required: bool
    default: ParamValue | None = None
    choices: list[str] = []
    choice_labels: dict[str, Names] = {}
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    kinds: list[str] = []
    """Place kinds that fit; empty: any."""


class TemplateOut(BaseModel):
    id: str
    family: str
    names: Names
    description: Names
    params: list[ParamOut]
    available: bool
    """False: no robot that has said Hello has the skills, or the site has no fitting place."""
    because: str = ""


class BuildingState(BaseModel):
    """Live state of doors and lifts."""

    doors: dict[str, str]
    """Door to open, closed, moving, stuck, unknown."""
    lifts: dict[str, "LiftState"]


class LiftState(BaseModel):
    level: str
    doors: str
    session: str
    available: bool


# -- stream ------------------------------------------------------------------------------------------------
# /api/v1/stream: first one Snapshot, then Changes at most 10 times a second; an entity that changed is sent
# whole. A Changes with nothing in it is the heartbeat, at least once a second.


class Health(BaseModel):
    site: str
    version: str
    now_s: float
    started_s: float
    robots_online: int
    missions_open: int
    journal_seq: int
    fire: bool
    stopped: bool
    """Stop-all is in force."""


class Snapshot(BaseModel):
    type: Literal["snapshot"] = "snapshot"
    now_s: float
    health: Health
    missions: list[MissionOut]
    """All open ones and the latest 50 that ended."""
    robots: list[RobotOut]
    alerts: list[AlertOut]
    """Not handled, and the latest 20 handled ones."""
    building: BuildingState
    closures: list[ClosureOut] = []
    """In force."""


class Changes(BaseModel):
    type: Literal["changes"] = "changes"
    now_s: float
    health: Health | None = None
    missions: list[MissionOut] = []
    robots: list[RobotOut] = []
    poses: dict[str, PoseOut] = {}
    """Only poses moved: robots whose record did not change otherwise."""
    alerts: list[AlertOut] = []
    building: BuildingState | None = None
    closures: list[ClosureOut] = []
    """New, changed, or over (opened_s is set)."""


class LinkOut(BaseModel):
    """What a robot needs to connect."""

    control: Annotated[str, Field(examples=["tcp://127.0.0.1:5570"])]
    frames: Annotated[str, Field(examples=["tcp://127.0.0.1:5571"])]
    protocol_version: int
    site: str
