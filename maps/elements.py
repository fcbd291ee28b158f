"""What a site consists of: levels, nodes, edges, rooms, zones, doors, lifts, places.

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
    DOOR = "door"
    """A waypoint in a doorway: nobody waits here."""
    LIFT_CABIN = "lift_cabin"
    HOLD_POINT = "hold_point"
    """Where a robot stands out of the way when there is a fire, or a route must be cleared."""


class Side(StrEnum):
    """Clean and dirty ways never mix (infection control)."""

    CLEAN = "clean"
    DIRTY = "dirty"


class RoomKind(StrEnum):
    WARD = "ward"
    THEATRE = "theatre"
    OUTPATIENT = "outpatient"
    CORRIDOR = "corridor"
    PUBLIC = "public"
    STAFF = "staff"
    STORE = "store"
    HALL = "hall"
    SHOP = "shop"
    DWELLING = "dwelling"
    OTHER = "other"
    """Found by an importer that cannot know more."""


class ZoneKind(StrEnum):
    NO_GO = "no_go"
    SLOW = "slow"
    QUIET = "quiet"
    """Quiet hours: no announcements, and no faster than speed_mps_max if that is given."""
    ONE_WAY = "one_way"
    """Lanes that lie inside are driven towards direction_rad only."""
    UV_HAZARD = "uv_hazard"
    """Nobody may be here while a lamp is lit; robots keep out of it meanwhile."""
    OUTDOORS = "outdoors"
    PRIVATE = "private"
    """Never recorded."""
    FIRE_COMPARTMENT = "fire_compartment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time of the day in the site's zone, on some days of the week."""

    start_s: float
    """Seconds after midnight."""
    end_s: float
    """Up to 86400; not after start_s means the next morning."""
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """0 is Monday: the days on which it starts."""


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
    scale_measured: bool = True
    """False: nothing in the source fixes the scale of this level, so that every length is a guess."""


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
    side: Side | None = None
    yaw_rad: float | None = None
    """How a robot should stand here; None when it does not matter."""


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
    models: tuple[str, ...] = ()
    """The robot models that may use it; empty for all."""


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
    volume_m3: float | None = None
    """Measured volume; None when it is the outline's area times the height (maps.geometry.volume_m3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area with a rule. Without times the rule holds always."""

    zone_id: str
    level: str
    names: Names
    kind: ZoneKind
    polygon: tuple[Point, ...]
    speed_mps_max: float | None = None
    """Of a slow or quiet zone."""
    direction_rad: float | None = None
    """Of a one-way zone."""
    times: tuple[Window, ...] = ()


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
class GeoOrigin:
    """Where the site's (0, 0) lies on the earth (WGS84, decimal degrees); x is east and y north."""

    latitude: float
    longitude: float
    altitude_m: float = 0.0


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
    zones: tuple[Zone, ...] = ()
    origin: GeoOrigin | None = None
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
