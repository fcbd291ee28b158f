"""What a site consists of: levels, nodes, edges, rooms, doors, lifts, places.

Values only. Nothing here reads files or knows networkx (see maps.graph), plans, or knows robots.
Frame: one per site, metres, x east, y north, yaw counter-clockwise from east; the level is separate.
"""

from dataclasses import dataclass, field
from enum import StrEnum

Point = tuple[float, float]
"""x_m, y_m in the site's frame."""

Names = dict[str, str]
"""Language tag ('en', 'zh-CN') to text. Never empty for a thing that people name."""


class NodeKind(StrEnum):
    WAYPOINT = "waypoint"
    ROOM_ENTRANCE = "room_entrance"
    CHECKPOINT = "checkpoint"
    CHARGER = "charger"
    PARKING = "parking"
    LIFT_CABIN = "lift_cabin"
    HOLD_POINT = "hold_point"


class RoomKind(StrEnum):
    WARD = "ward"
    THEATRE = "theatre"
    OUTPATIENT = "outpatient"
    CORRIDOR = "corridor"
    PUBLIC = "public"
    STAFF = "staff"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    start: Point
    end: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPlan:
    """An image laid under the level: pixel (0, 0) is the top left corner."""

    path: str
    origin: Point
    """Site coordinates of the image's bottom left corner."""
    yaw_rad: float
    scale_m_per_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    level_id: str
    names: Names
    elevation_m: float
    walls: tuple[Wall, ...] = ()
    floor_plan: FloorPlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    node_id: str
    level: str
    x_m: float
    y_m: float
    kind: NodeKind = NodeKind.WAYPOINT
    names: Names = field(default_factory=dict)
    lift: str | None = None
    """The lift whose cabin this is, on this level."""
    room: str | None = None
    """The room this node lies in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorCrossing:
    """Where an edge passes a door: distance from the edge's source."""

    door: str
    at_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A directed lane. A two-way lane is two edges."""

    edge_id: str
    source: str
    target: str
    length_m: float
    """0 for a ride inside a lift."""
    speed_mps_max: float | None = None
    width_m: float | None = None
    doors: tuple[DoorCrossing, ...] = ()
    lift: str | None = None
    """Set on rides between two cabin nodes of one lift."""
    graphs: tuple[str, ...] = ("0",)
    """The fleet graphs that may use it (Open-RMF buildings have several)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    room_id: str
    level: str
    names: Names
    polygon: tuple[Point, ...]
    kind: RoomKind
    height_m: float = 2.8
    risk: str = "ordinary"
    """Risk class of the hospital's own list: ordinary, raised, high."""
    doors: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    """Graph nodes that lie inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    door_id: str
    level: str
    names: Names
    start: Point
    end: Point
    """The leaf's two ends when closed."""
    open_s: float = 3.0
    """Time to open, and to close."""
    automatic: bool = True
    """False: nobody can command it; it counts as open (a doorway without a drive)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    lift_id: str
    names: Names
    cabin_nodes: dict[str, str]
    """Level to the cabin's node there; the levels that the lift serves."""
    center: Point
    width_m: float
    depth_m: float
    yaw_rad: float = 0.0
    speed_mps: float = 1.0
    door_s: float = 3.0
    home_level: str = ""
    doors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Level to the ids of the shaft doors there; they are driven with the cabin, never on their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    site_id: str
    names: Names
    time_zone: str
    levels: tuple[Level, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    rooms: tuple[Room, ...] = ()
    doors: tuple[Door, ...] = ()
    lifts: tuple[Lift, ...] = ()
    notes: tuple[str, ...] = ()
    """What an importer left out or had to assume, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name that people use: a node with names, or a room."""

    place_id: str
    """The node's id or the room's id."""
    names: Names
    level: str
    node: str
    """Where a robot goes for it."""
    room: str | None
    kind: str
    """A NodeKind or RoomKind value."""
