"""The rooms of an Open-RMF level, which the file does not name: the areas that walls and doors enclose.

A drawing is not exact: walls end short of one another, doors lie beside their wall, and a doorway without a
door is a gap. So ends that hang free are joined to what is near, and gaps in a wall are closed, before the
areas are cut out (shapely.polygonize). Slivers, pillars and lift shafts are no rooms. What the outer wall
does not close is no room either, nor is the hall around islands of rooms: better none than a wrong one.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shapely import LineString, Polygon, STRtree, get_parts, polygonize, unary_union
from shapely import Point as Spot

from maps.elements import Door, Level, Lift, Names, Node, NodeKind, Point, Room, RoomKind
from maps.geometry import rounded
from maps.importers.names import room_behind, slug

SNAP_M = 0.35
"""A free end is joined to a line that is this near."""

TOUCH_M = 1e-6
GRID_M = 1e-3

GAP_M = 2.2
"""A gap in a wall is a doorway up to this width."""

GAP_BEND_RAD = 0.3
"""The two wall ends and the gap may be this far off one line."""

SIMPLIFY_M = 0.05

AREA_MIN_M2 = 2.5
"""Smaller areas are pillars and ducts."""

WIDTH_MIN_M = 1.0
"""So is what no circle of this diameter fits into."""

DOOR_REACH_M = 0.3
"""A door whose middle is this near to an outline is a door of the room."""

CORRIDOR_OPENINGS = 4
CORRIDOR_WIDTH_M = 4.5
CORRIDOR_LENGTHS = 4.0
"""A corridor has at least so many doors and gaps, is this narrow on average, and so many times longer."""

_LAST = {NodeKind.PARKING: 1, NodeKind.CHARGER: 2}
"""Where a robot is sent in a room is a place of work, if there is one, not where another robot rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Area:
    """An enclosed area. `openings` counts its doors, and the doorways without a door."""

    level: str
    shape: Polygon
    doors: tuple[Door, ...]
    openings: int
    nodes: list[Node] = field(default_factory=list)


def rooms(
    levels: Sequence[Level], nodes: Mapping[str, Node], doors: Sequence[Door], lifts: Sequence[Lift]
) -> tuple[list[Room], dict[str, Node]]:
    """The rooms, and the nodes with their room set; `doors` are the building's, without those of shafts."""
    areas = [area for level in levels for area in _areas(level, doors)]
    for node in nodes.values():
        _share_out(node, areas)
    found = list(_rooms([area for area in areas if not _is_shaft(area, lifts)]))
    room_of = {node_id: room.room_id for room in found for node_id in room.nodes}
    return found, {node_id: replace(node, room=room_of.get(node_id)) for node_id, node in nodes.items()}


# -- areas -----------------------------------------------------------------------------------------------


def _areas(level: Level, doors: Sequence[Door]) -> Iterator[_Area]:
    """From top to bottom and left to right."""
    here = [door for door in doors if door.level == level.level_id]
    walls = [LineString([wall.start, wall.end]) for wall in level.walls]
    leaves = [LineString([door.start, door.end]) for door in here]
    gaps = _gaps(walls, leaves)
    lines = [*walls, *leaves, *gaps]
    # On a grid, so that what meets but for the last bit does meet.
    whole = unary_union([*lines, *_joints(lines)], grid_size=GRID_M)
    shapes = list(_outlines(get_parts(polygonize([whole])).tolist()))
    doorways = [gap for gap in gaps if not any(gap.dwithin(leaf.centroid, SNAP_M) for leaf in leaves)]
    for shape in sorted(shapes, key=_reading_order):
        own = [door for door, leaf in zip(here, leaves, strict=True) if _is_at(leaf, shape)]
        openings = len(own) + sum(_is_at(gap, shape) for gap in doorways)
        yield _Area(level=level.level_id, shape=shape, doors=tuple(own), openings=openings)


def _outlines(parts: Sequence[Polygon]) -> Iterator[Polygon]:
    """The parts, without the holes that pillars leave. What lies around other rooms has no outline."""
    wide = [part for part in parts if _is_wide(part)]
    for part in wide:
        whole = Polygon(part.exterior)
        within = (other for other in wide if other is not part)
        if not any(whole.contains(other.representative_point()) for other in within):
            yield whole


def _is_wide(shape: Polygon) -> bool:
    return bool(shape.area >= AREA_MIN_M2 and not shape.buffer(-WIDTH_MIN_M / 2).is_empty)


def _is_at(leaf: LineString, shape: Polygon) -> bool:
    return bool(shape.exterior.dwithin(leaf.centroid, DOOR_REACH_M))


def _reading_order(shape: Polygon) -> Point:
    middle = shape.representative_point()
    return (-round(middle.y, 1), round(middle.x, 1))


def _gaps(walls: Sequence[LineString], leaves: Sequence[LineString]) -> list[LineString]:
    """Lines over doorways: from a free wall end straight on to the nearest free end that looks back."""
    free = list(_free_ends(walls, [*walls, *leaves]))
    pairs = sorted(
        (math.dist(a, b), i, j)
        for i, (a, out_a) in enumerate(free)
        for j, (b, out_b) in enumerate(free[i + 1 :], i + 1)
        if SNAP_M < math.dist(a, b) <= GAP_M and _look_at_each_other(a, out_a, b, out_b)
    )
    taken: dict[int, None] = {}
    found = []
    for _, i, j in pairs:
        if i not in taken and j not in taken:
            taken |= {i: None, j: None}
            found.append(LineString([free[i][0], free[j][0]]))
    return found


def _free_ends(lines: Sequence[LineString], among: Sequence[LineString]) -> Iterator[tuple[Point, float]]:
    """Ends of `lines` that touch no other line of `among`, with the direction in which they point."""
    tree = STRtree(among)
    for line in lines:
        a, b = line.coords
        for end, other in ((a, b), (b, a)):
            if len(tree.query(Spot(end), predicate="dwithin", distance=TOUCH_M)) == 1:
                yield (end[0], end[1]), math.atan2(end[1] - other[1], end[0] - other[0])


def _look_at_each_other(a: Point, out_a: float, b: Point, out_b: float) -> bool:
    way = math.atan2(b[1] - a[1], b[0] - a[0])
    return _bend(out_a, way) <= GAP_BEND_RAD and _bend(out_b, way + math.pi) <= GAP_BEND_RAD


def _bend(a: float, b: float) -> float:
    return abs(math.remainder(a - b, math.tau))


def _joints(lines: Sequence[LineString]) -> Iterator[LineString]:
    """Short lines from each free end to the nearest other line."""
    tree = STRtree(lines)
    for end, _ in _free_ends(lines, lines):
        spot = Spot(end)
        near = tree.query(spot, predicate="dwithin", distance=SNAP_M).tolist()
        # The line itself is at distance 0; the others are further, or the end would not be free.
        others = sorted((lines[index].distance(spot), index) for index in near)[1:]
        if others:
            line = lines[others[0][1]]
            meet = line.interpolate(line.project(spot))
            yield LineString([end, meet])


# -- rooms -----------------------------------------------------------------------------------------------


def _share_out(node: Node, areas: Sequence[_Area]) -> None:
    """To the smallest area around the node. A cabin is in no room."""
    spot = Spot(node.x_m, node.y_m)
    around = [area for area in areas if area.level == node.level and area.shape.contains(spot)]
    if around and node.kind is not NodeKind.LIFT_CABIN:
        min(around, key=lambda area: area.shape.area).nodes.append(node)


def _is_shaft(area: _Area, lifts: Sequence[Lift]) -> bool:
    """Whether it holds a cabin and nothing else that robots drive to."""
    return not area.nodes and any(
        area.level in {*lift.cabin_nodes, *lift.doors} and area.shape.contains(Spot(lift.center))
        for lift in lifts
    )


def _rooms(areas: Sequence[_Area]) -> Iterator[Room]:
    taken: dict[str, None] = {}
    counts = {RoomKind.CORRIDOR: 0, RoomKind.OTHER: 0}
    behind = [room_behind((door.names["en"] for door in area.doors), area.level) for area in areas]
    for area, stem in zip(areas, behind, strict=True):
        kind = RoomKind.CORRIDOR if _is_corridor(area) else RoomKind.OTHER
        # A door's name that two rooms could claim names neither.
        name = (
            "" if kind is RoomKind.CORRIDOR else _place_in(area) or (stem if behind.count(stem) == 1 else "")
        )
        if name:
            room_id, names = slug(name, "room"), {"en": name}
        else:
            counts[kind] += 1
            names = _numbered(kind, counts[kind])
            room_id = f"{area.level}/{kind if kind is RoomKind.CORRIDOR else 'room'}_{counts[kind]}"
        while room_id in taken:
            room_id += "_2"
        taken[room_id] = None
        yield _room(room_id, names, kind, area)


def _place_in(area: _Area) -> str:
    """The name of the one place in the area where robots work; "" when there is none, or several."""
    named = [node.names["en"] for node in area.nodes if node.names and node.kind not in _LAST]
    return named[0] if len(named) == 1 else ""


def _numbered(kind: RoomKind, number: int) -> Names:
    if kind is RoomKind.CORRIDOR:
        return {"en": f"Corridor {number}", "zh-CN": f"走廊{number}"}
    return {"en": f"Room {number}", "zh-CN": f"房间{number}"}


def _is_corridor(area: _Area) -> bool:
    """Long, narrow, and a way to much else. What is not clearly one is a room like others."""
    width_m = 2.0 * area.shape.area / area.shape.length
    length_m = area.shape.length / 2.0 - width_m
    narrow = width_m <= CORRIDOR_WIDTH_M and length_m >= CORRIDOR_LENGTHS * width_m
    return area.openings >= CORRIDOR_OPENINGS and narrow


def _room(room_id: str, names: Names, kind: RoomKind, area: _Area) -> Room:
    outline = area.shape.exterior.simplify(SIMPLIFY_M).coords[:-1]
    return Room(
        room_id=room_id,
        level=area.level,
        names=names,
        polygon=tuple(rounded((x, y)) for x, y in outline),
        kind=kind,
        doors=tuple(door.door_id for door in area.doors),
        nodes=tuple(node.node_id for node in _first_the_goal(area)),
    )


def _first_the_goal(area: _Area) -> list[Node]:
    """The nodes in their order, but for the first: named, or else furthest from the walls."""

    def rank(node: Node) -> tuple[int, bool, float]:
        clearance_m = area.shape.exterior.distance(Spot(node.x_m, node.y_m))
        return (_LAST.get(node.kind, 0), not node.names, -round(clearance_m, 1))

    if not area.nodes:
        return []
    goal = min(area.nodes, key=rank)
    return [goal, *(node for node in area.nodes if node is not goal)]
