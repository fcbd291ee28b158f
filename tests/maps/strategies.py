"""Random sites that are valid: every reference is there, ids are used once, lifts join levels.

What people draw badly (walls across lanes, places that nobody reaches) is in them.
"""

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from maps.elements import (
    Door,
    DoorCrossing,
    Edge,
    FloorPlan,
    GeoOrigin,
    Level,
    Lift,
    Names,
    Node,
    NodeKind,
    Point,
    Room,
    RoomKind,
    Side,
    Site,
    Wall,
    Window,
    Zone,
    ZoneKind,
)
from maps.geometry import distance_m

LANGUAGES = ("en", "zh-CN", "ar", "de", "ja", "und")
WORDS = (
    "Ward 3",
    "药房",
    "الصيدلية",
    "Küche: Süd",
    "# not a comment",
    "yes",
    "null",
    "1e3",
    "- a",
    "a, b",
    "'quoted'",
    '"quoted"',
    "[x]",
    "{x: 1}",
    "&anchor",
    "*alias",
    "!tag",
    "%",
    "@",
    "`",
    "\u200f\u202eabc",
    "line\nbreak",
    "\ttab",
    " lead",
    "trail ",
    "\u2028",
    "\x85",
    "👩\u200d⚕️ clinic",
    "~",
    ": ",
    "2001-01-01",
    "0o7",
    "=",
    "<<",
)
"""What a careless writer of YAML spoils."""

# Surrogates are no characters; all others may stand in a name.
text = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
names = st.dictionaries(st.sampled_from(LANGUAGES), text, max_size=3)
some_names = st.dictionaries(st.sampled_from(LANGUAGES), text, min_size=1, max_size=3)
number = st.floats(-1e5, 1e5) | st.integers(-100, 100).map(float)
positive = st.floats(1e-3, 1e4) | st.integers(1, 20).map(float)
angle = st.floats(-10.0, 10.0)
point = st.tuples(number, number)
polygon = st.lists(point, min_size=3, max_size=6).map(tuple)
minute_s = st.integers(0, 24 * 60 - 1).map(lambda minute: minute * 60.0)
days = st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
windows = st.builds(Window, start_s=minute_s, end_s=minute_s | st.just(86_400.0), days=days)
walls = st.lists(st.builds(Wall, start=point, end=point), max_size=4).map(tuple)
plans = st.builds(FloorPlan, path=text, origin=point, yaw_rad=angle, scale_m_per_px=positive)
origins = st.builds(
    GeoOrigin, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), altitude_m=st.just(0.0) | number
)
PLAIN_KINDS = tuple(kind for kind in NodeKind if kind is not NodeKind.LIFT_CABIN)


def ids(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Ids, each once; a room and a node may not share one, so ask for both at a time."""
    return st.lists(text, min_size=least, max_size=most, unique=True)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site with up to three levels, nine nodes and two lifts."""
    level_ids = draw(ids(1, 3))
    places = draw(ids(4, 12))
    cut = draw(st.integers(3, len(places) - 1))
    node_ids, room_ids = places[:cut], places[cut:]
    lift_ids = draw(ids(0, 2)) if len(level_ids) > 1 else []
    doors = tuple(draw(_door(door_id, level_ids)) for door_id in draw(ids(0, 4)))
    nodes = [draw(_node(node_id, level_ids, room_ids)) for node_id in node_ids]
    cabins = {lift_id: draw(_cabins(lift_id, level_ids)) for lift_id in lift_ids}
    taken = {*node_ids, *room_ids}
    if any(node.node_id in taken for inside in cabins.values() for node in inside):
        cabins = {}
    graphs = draw(st.lists(text, min_size=1, max_size=3, unique=True))
    edges = draw(_edges(nodes, [list(inside) for inside in cabins.values()], doors, graphs))
    every = (*nodes, *(node for inside in cabins.values() for node in inside))
    return Site(
        site_id=draw(text),
        names=draw(names),
        time_zone=draw(st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin"])),
        levels=tuple(draw(_level(level_id)) for level_id in level_ids),
        nodes=every,
        edges=tuple(edges),
        rooms=tuple(draw(_room(room_id, level_ids, nodes, doors)) for room_id in room_ids),
        doors=doors,
        lifts=tuple(draw(_lift(lift_id, inside, doors)) for lift_id, inside in cabins.items()),
        zones=tuple(draw(_zone(zone_id, level_ids)) for zone_id in draw(ids(0, 3))),
        origin=draw(st.none() | origins),
        notes=tuple(draw(st.lists(text, max_size=3))),
    )


@st.composite
def _level(draw: st.DrawFn, level_id: str) -> Level:
    return Level(
        level_id=level_id,
        names=draw(names),
        elevation_m=draw(number),
        walls=draw(walls),
        floor_plan=draw(st.none() | plans),
        scale_measured=draw(st.booleans()),
    )


@st.composite
def _node(draw: st.DrawFn, node_id: str, level_ids: list[str], room_ids: list[str]) -> Node:
    at = draw(point)
    return Node(
        node_id=node_id,
        level=draw(st.sampled_from(level_ids)),
        x_m=at[0],
        y_m=at[1],
        kind=draw(st.sampled_from(PLAIN_KINDS)),
        names=draw(names),
        room=draw(st.none() | st.sampled_from(room_ids)) if room_ids else None,
        side=draw(st.none() | st.sampled_from(Side)),
        yaw_rad=draw(st.none() | angle),
    )


@st.composite
def _cabins(draw: st.DrawFn, lift_id: str, level_ids: list[str]) -> tuple[Node, ...]:
    """The cabin's node on each level that the lift serves; two levels or more."""
    served = draw(st.permutations(level_ids))[: draw(st.integers(2, len(level_ids)))]
    x_m, y_m = draw(point)
    return tuple(
        Node(
            node_id=f"{lift_id} at {level}",
            level=level,
            x_m=x_m,
            y_m=y_m,
            kind=NodeKind.LIFT_CABIN,
            lift=lift_id,
            yaw_rad=draw(st.none() | angle),
        )
        for level in served
    )


@st.composite
def _edges(
    draw: st.DrawFn, nodes: list[Node], cabins: list[list[Node]], doors: tuple[Door, ...], graphs: list[str]
) -> list[Edge]:
    """Lanes on one level (two-way ones among them), and rides that join all levels of a lift."""
    every = [*nodes, *(node for inside in cabins for node in inside)]
    pairs = [(a, b) for a in every for b in every if a.level == b.level and a is not b]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=8)) if pairs else []
    edges: dict[str, Edge] = {}
    for index, (a, b) in enumerate(chosen):
        lane = draw(_lane(a, b, doors, graphs))
        edge_id = draw(st.sampled_from([f"{a.node_id}>{b.node_id}", f"lane {index}"]))
        edges.setdefault(edge_id, Edge(edge_id=edge_id, **lane))
        if draw(st.booleans()):
            back = f"{b.node_id}>{a.node_id}"
            mirrored = {**lane, "source": b.node_id, "target": a.node_id, "doors": ()}
            edges.setdefault(back, Edge(edge_id=back, **mirrored))
    for inside in cabins:
        some = tuple(draw(st.lists(st.sampled_from(graphs), min_size=1, unique=True)))
        for a, b in pairwise(inside):
            for source, target in ((a, b), (b, a)):
                ride = Edge(
                    edge_id=f"ride {source.node_id}>{target.node_id}",
                    source=source.node_id,
                    target=target.node_id,
                    length_m=0.0,
                    lift=a.lift,
                    graphs=some,
                )
                edges.setdefault(ride.edge_id, ride)
    return list(edges.values())


@st.composite
def _lane(draw: st.DrawFn, a: Node, b: Node, doors: tuple[Door, ...], graphs: list[str]) -> dict[str, Any]:
    straight_m = distance_m((a.x_m, a.y_m), (b.x_m, b.y_m))
    passed = draw(st.lists(st.sampled_from([door.door_id for door in doors]), unique=True)) if doors else []
    return {
        "source": a.node_id,
        "target": b.node_id,
        "length_m": draw(st.just(straight_m) | st.floats(0.0, 1e4)),
        "speed_mps_max": draw(st.none() | positive),
        "width_m": draw(st.none() | positive),
        "doors": tuple(DoorCrossing(door=door, at_m=draw(number)) for door in passed),
        "graphs": tuple(draw(st.lists(st.sampled_from(graphs), unique=True))),
        "models": tuple(draw(st.lists(text, max_size=2))),
    }


@st.composite
def _room(
    draw: st.DrawFn, room_id: str, level_ids: list[str], nodes: list[Node], doors: tuple[Door, ...]
) -> Room:
    level = draw(st.sampled_from(level_ids))
    within = tuple(node.node_id for node in nodes if node.room == room_id and node.level == level)
    here = [node.node_id for node in nodes if node.level == level]
    listed = st.just(within)
    if here:
        listed |= st.lists(st.sampled_from(here), unique=True, max_size=3).map(tuple)
    some_doors = (
        st.lists(st.sampled_from([door.door_id for door in doors]), unique=True) if doors else st.just([])
    )
    return Room(
        room_id=room_id,
        level=level,
        names=draw(names),
        polygon=draw(polygon),
        kind=draw(st.sampled_from(RoomKind)),
        height_m=draw(st.just(2.8) | positive),
        risk=draw(st.sampled_from(["ordinary", "raised", "high"])),
        doors=tuple(draw(some_doors)),
        nodes=draw(listed),
        volume_m3=draw(st.none() | positive),
    )


@st.composite
def _door(draw: st.DrawFn, door_id: str, level_ids: list[str]) -> Door:
    return Door(
        door_id=door_id,
        level=draw(st.sampled_from(level_ids)),
        names=draw(names),
        start=draw(point),
        end=draw(point),
        open_s=draw(st.just(3.0) | positive),
        automatic=draw(st.booleans()),
    )


@st.composite
def _lift(draw: st.DrawFn, lift_id: str, inside: tuple[Node, ...], doors: tuple[Door, ...]) -> Lift:
    cabin_nodes = {node.level: node.node_id for node in inside}
    center: Point = draw(point)
    label: Names = draw(some_names)
    shaft = {
        level: tuple(door.door_id for door in doors if door.level == level)
        for level in cabin_nodes
        if draw(st.booleans())
    }
    return Lift(
        lift_id=lift_id,
        names=label,
        cabin_nodes=cabin_nodes,
        center=center,
        width_m=draw(positive),
        depth_m=draw(positive),
        yaw_rad=draw(angle),
        speed_mps=draw(st.just(1.0) | positive),
        door_s=draw(st.just(3.0) | positive),
        home_level=draw(st.sampled_from(["", *cabin_nodes])),
        doors=shaft,
    )


@st.composite
def _zone(draw: st.DrawFn, zone_id: str, level_ids: list[str]) -> Zone:
    kind = draw(st.sampled_from(ZoneKind))
    speed = positive if kind is ZoneKind.SLOW else st.none() | positive
    direction = angle if kind is ZoneKind.ONE_WAY else st.none() | angle
    return Zone(
        zone_id=zone_id,
        level=draw(st.sampled_from(level_ids)),
        names=draw(names),
        kind=kind,
        polygon=draw(polygon),
        speed_mps_max=draw(speed),
        direction_rad=draw(direction),
        times=tuple(draw(st.lists(windows, max_size=2))),
    )
