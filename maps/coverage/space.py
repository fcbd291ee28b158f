"""The room as a robot meets it: where it may stand, what hides the light, what must be treated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiPolygon, Polygon

from maps.elements import Point, Room, Site
from maps.errors import SiteError

Floats = npt.NDArray[np.float64]

WALL_INSET_M = 0.15
"""Walls this near the outline are the room's own."""
NODE_OFF_M = 0.5
"""How far the room's node may lie from where the robot fits, for want of a better drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Something that stands on the floor: furniture, a column, a thin wall (two points)."""

    polygon: tuple[Point, ...]
    height_m: float = float("inf")
    """inf: it reaches the ceiling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fences:
    """Upright sheets that hide what is behind them. start and end (m, 2), height_m (m,), inf for walls."""

    start: Floats
    end: Floats
    height_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A room for one robot. Built by `space`."""

    name: str
    outline: Polygon
    height_m: float
    radius_m: float
    """Of the robot, clearance included."""
    obstacles: tuple[Obstacle, ...]
    floor: Polygon | MultiPolygon
    """The outline without what stands on it."""
    free: Polygon
    """Where the robot's centre can be, reached from the room's node."""
    start: Point
    """Where the robot comes in: the nearest point of `free` to the room's node."""
    fences: Fences


def space(
    room: Room, obstacles: Sequence[Obstacle] = (), *, radius_m: float, entry: Point | None = None
) -> Space:
    """The room for a robot of this radius that comes in at `entry`; None takes the largest part of the floor.

    Raises SiteError when the outline is no simple polygon, or when the robot does not fit in.
    """
    name = f"room '{room.room_id}'"
    outline = _polygon(room.polygon, name)
    solids = tuple(obstacle for obstacle in obstacles if _shape(obstacle, name).intersects(outline))
    shapes = [_shape(obstacle, name) for obstacle in solids]
    solid = shapely.union_all([shape for shape in shapes if shape.area > 0.0])
    free, start = _reachable(outline, shapes, radius_m, entry, name)
    return Space(
        name=name,
        outline=outline,
        height_m=room.height_m,
        radius_m=radius_m,
        obstacles=solids,
        floor=areas(outline.difference(solid)),
        free=free,
        start=start,
        fences=_fences(outline, solids),
    )


def room_of(site: Site, room_id: str) -> Room:
    """The room with this id or name, in any language. Raises SiteError that names what there is."""
    word = room_id.strip().casefold()
    for room in site.rooms:
        if word in (room.room_id.casefold(), *(name.casefold() for name in room.names.values())):
            return room
    known = ", ".join(room.room_id for room in site.rooms[:12]) or "none"
    raise SiteError(f"there is no room '{room_id}'", element=f"site '{site.site_id}'", hint=f"rooms: {known}")


def inner_walls(site: Site, room: Room) -> tuple[Obstacle, ...]:
    """The level's walls that stand inside the room, away from its outline."""
    level = next(level for level in site.levels if level.level_id == room.level)
    inside = _polygon(room.polygon, f"room '{room.room_id}'").buffer(-WALL_INSET_M)
    found = []
    for wall in level.walls:
        line = LineString([wall.start, wall.end]).intersection(inside)
        found += [
            Obstacle(polygon=tuple((float(x), float(y)) for x, y in part.coords))
            for part in shapely.get_parts(line)
            if part.length > 0.0
        ]
    return tuple(found)


def entry_of(site: Site, room: Room) -> Point | None:
    """The room's first node: there a robot comes in."""
    nodes = {node.node_id: node for node in site.nodes}
    return next(((nodes[name].x_m, nodes[name].y_m) for name in room.nodes if name in nodes), None)


def rings(shape: Polygon | MultiPolygon) -> Iterator[list[Point]]:
    """Closed rings, the outline first, its first point repeated at the end."""
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            yield [(float(x), float(y)) for x, y in ring.coords]


def _polygon(points: Sequence[Point], name: str) -> Polygon:
    if not np.isfinite(np.asarray(points, dtype=float)).all():
        raise SiteError("the outline holds a number that is not finite", element=name, hint="correct it")
    polygon = Polygon(_rounded(points)) if len(points) >= 3 else Polygon()
    if not polygon.is_valid or polygon.area <= 0.0:
        raise SiteError(
            "the outline crosses itself or has no area", element=name, hint="list the corners in order"
        )
    return shapely.orient_polygons(polygon)


def _rounded(points: Sequence[Point]) -> list[Point]:
    """To the micrometre: numbers that are nearly nothing upset the geometry library."""
    return [(round(x, 6) + 0.0, round(y, 6) + 0.0) for x, y in points]


def _shape(obstacle: Obstacle, name: str) -> Polygon | LineString:
    if not obstacle.height_m > 0.0:
        raise SiteError("an obstacle has no height", element=name, hint="give height_m above 0")
    if len(obstacle.polygon) == 2:
        return LineString(_rounded(obstacle.polygon))
    return _polygon(obstacle.polygon, f"{name}: obstacle at {obstacle.polygon[:1]}")


def _reachable(
    outline: Polygon,
    shapes: Sequence[Polygon | LineString],
    radius_m: float,
    entry: Point | None,
    name: str,
) -> tuple[Polygon, Point]:
    """The part of the floor that the robot's centre can reach, and where it comes in."""
    if not 0.0 < radius_m < float("inf"):
        raise SiteError(f"the robot's radius is {radius_m:g} m", element=name, hint="give a radius above 0")
    grown = shapely.union_all([_kept_off(shape, radius_m) for shape in shapes])
    inner = _kept_off(outline, -radius_m)
    parts = [part for part in shapely.get_parts(inner.difference(grown)) if part.area > 0]
    if not parts:
        raise SiteError(
            f"a robot of radius {radius_m:g} m does not fit in", element=name, hint="give a smaller radius"
        )
    if entry is None:
        free = max(parts, key=lambda part: part.area)
        middle = free.representative_point()
        return free, (float(middle.x), float(middle.y))
    here = shapely.Point(entry)
    free = min(parts, key=lambda part: part.distance(here))
    if free.distance(here) > radius_m + NODE_OFF_M:
        raise SiteError(
            f"its node at ({entry[0]:g}, {entry[1]:g}) lies {free.distance(here):.1f} m from where a robot of"
            f" radius {radius_m:g} m fits",
            element=name,
            hint="move the node into the room, or away from furniture",
        )
    nearest = shapely.shortest_line(free, here).coords[0]
    return free, (float(nearest[0]), float(nearest[1]))


def _kept_off(shape: Polygon | LineString, distance_m: float) -> Polygon:
    """Grown (or shrunk) by at least this, with eight-cornered arcs that lie outside the circle."""
    grown: Polygon = shape.buffer(distance_m, cap_style="square", join_style="mitre", mitre_limit=1.0)
    return grown


def areas(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    """Only what has an area."""
    return MultiPolygon([part for part in shapely.get_parts(shape) if part.area > 0.0])


def _fences(outline: Polygon, obstacles: Sequence[Obstacle]) -> Fences:
    found: list[tuple[Point, Point, float]] = []
    if outline.area < outline.convex_hull.area * (1.0 - 1e-9):
        # a convex outline hides nothing from itself
        found += [(a, b, float("inf")) for ring in rings(outline) for a, b in pairwise(ring)]
    for obstacle in obstacles:
        corners = obstacle.polygon if len(obstacle.polygon) == 2 else (*obstacle.polygon, obstacle.polygon[0])
        found += [(a, b, obstacle.height_m) for a, b in pairwise(corners)]
    return Fences(
        start=np.array([a for a, _, _ in found], dtype=float).reshape(-1, 2),
        end=np.array([b for _, b, _ in found], dtype=float).reshape(-1, 2),
        height_m=np.array([height for _, _, height in found], dtype=float),
    )
