"""sweep: lanes to and fro over a floor, for spray, a scrubber or a patrol that must pass everywhere.

The floor of the robot's centre is divided into boustrophedon cells; in each the lanes lie evenly, no farther
apart than the width less the overlap. Of the directions of the walls that with the fewest lanes is taken: a
turn costs more than a metre. Where a slanted wall leaves a corner out, the path makes a small detour to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely
from shapely import LineString, MultiPolygon, Polygon, STRtree

from maps.coverage.cells import Cell, cells
from maps.coverage.space import Space, areas, rings
from maps.coverage.ways import Ways
from maps.elements import Point
from maps.errors import SiteError
from maps.geometry import rotated

Lane = tuple[Point, Point]

DIRECTIONS_MAX = 12
DETOURS_MAX = 300
LANES_MAX = 5_000
SLIVER_M = 0.02
"""Thinner gaps are no gaps: the path's own roundings."""
BARE_M = 0.03
"""A lane is needed where it alone treats a strip twice this wide."""
STRAIGHT_RAD = math.radians(5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A piece of floor that the path leaves out."""

    at: Point
    area_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    direction_rad: float
    """Of the lanes, from 0 to pi."""
    lanes: tuple[Lane, ...]
    """In the order in which they are driven, each from its start to its end."""
    path: tuple[Point, ...]
    """All that is driven, from where the robot comes in."""
    length_m: float
    turns: int
    """Changes of direction on the path."""
    width_m: float
    covered_fraction: float
    """Share of where the robot's centre can be that lies within half a width of the path."""
    uncovered: tuple[Gap, ...]


def sweep(space: Space, *, width_m: float, overlap_fraction: float = 0.1) -> Sweep:
    """Lanes and a path for a pass of this width. Every point of `space.free` is within width_m / 2 or listed.

    Raises SiteError for a width or an overlap that means nothing, or for a floor that needs too many lanes.
    """
    _check(space, width_m, overlap_fraction)
    spacing_m = width_m * (1.0 - overlap_fraction)
    radius_m = space.radius_m
    plans = [(angle, _lanes(space.free, angle, width_m, spacing_m, radius_m)) for angle in _directions(space)]
    angle, by_cell = min(plans, key=lambda plan: (_count(plan[1]), _length(plan[1]), plan[0]))
    ways = Ways(space.free)
    by_cell = _pruned(by_cell, space.floor, width_m)
    lanes = _ordered(by_cell, space.start, ways)
    path = _detours(_path(lanes, space.start, ways), space.free, width_m, ways)
    left = _left_out(path, space.free, width_m)
    gaps = sum(gap.area for gap in left)
    return Sweep(
        direction_rad=angle,
        lanes=tuple(lanes),
        path=tuple(path),
        length_m=sum(math.dist(a, b) for a, b in pairwise(path)),
        turns=_turns(path),
        width_m=width_m,
        covered_fraction=1.0 - gaps / space.free.area,
        uncovered=tuple(_gap(piece) for piece in left),
    )


def _check(space: Space, width_m: float, overlap_fraction: float) -> None:
    if not 0.05 <= width_m <= 100.0:
        raise SiteError(f"the width is {width_m:g} m", element=space.name, hint="give one from 0.05 to 100")
    if not 0.0 <= overlap_fraction <= 0.9:
        raise SiteError(
            f"the overlap is {overlap_fraction:g}", element=space.name, hint="give a share from 0 to 0.9"
        )
    wanted = math.sqrt(space.free.area) / (width_m * (1.0 - overlap_fraction))
    if wanted > LANES_MAX:
        raise SiteError(
            f"a pass of {width_m:g} m would need some {wanted:.0f} lanes",
            element=space.name,
            hint="give a larger width",
        )


# -- lanes -----------------------------------------------------------------------------------------------


def _directions(space: Space) -> list[float]:
    """Along the longest sides of the outline and of what stands on the floor, each once, from 0 to pi."""
    sides: dict[float, float] = {0.0: 0.0}
    for ring in rings(space.floor):
        for (x1, y1), (x2, y2) in pairwise(ring):
            angle = round(math.atan2(y2 - y1, x2 - x1) % math.pi, 3)
            angle = 0.0 if math.pi - angle < 2e-3 else angle
            sides[angle] = sides.get(angle, 0.0) + math.hypot(x2 - x1, y2 - y1)
    return sorted(sides, key=lambda angle: (-sides[angle], angle))[:DIRECTIONS_MAX]


def _lanes(
    region: Polygon, angle: float, width_m: float, spacing_m: float, radius_m: float
) -> list[list[Lane]]:
    """The lanes of each cell, from one side to the other."""
    return [
        [
            (rotated((left, y), angle), rotated((right, y), angle))
            for y in _heights(cell, width_m, spacing_m, radius_m)
            for left, right in (cell.span(y),)
        ]
        for cell in cells(_turned(region, -angle), width_m / 2.0)
    ]


def _turned(region: Polygon, angle: float) -> Polygon:
    """Counter-clockwise about the origin."""
    shell, *holes = ([rotated(point, angle) for point in ring] for ring in rings(region))
    return Polygon(shell, holes)


def _heights(cell: Cell, width_m: float, spacing_m: float, radius_m: float) -> list[float]:
    """Evenly. At a wall half a width from it, or as near as the robot comes; beside a cell half a spacing."""
    at_wall_m, at_cell_m = max(0.0, width_m / 2.0 - radius_m), spacing_m / 2.0
    (left, right), (left_up, right_up) = cell.span(cell.bottom_m), cell.span(cell.top_m)
    walled_below = cell.wall_below_m > min(spacing_m, (right - left) / 2.0)
    walled_above = cell.wall_above_m > min(spacing_m, (right_up - left_up) / 2.0)
    low = cell.bottom_m + (at_wall_m if walled_below else at_cell_m)
    high = cell.top_m - (at_wall_m if walled_above else at_cell_m)
    if high - low < SLIVER_M:
        return [(cell.bottom_m + cell.top_m) / 2.0]
    steps = max(1, math.ceil((high - low) / spacing_m - 1e-9))
    return [low + (high - low) * index / steps for index in range(steps + 1)]


def _pruned(by_cell: list[list[Lane]], floor: Polygon | MultiPolygon, width_m: float) -> list[list[Lane]]:
    """Without the lanes, the shortest first, whose floor the others treat all the same."""
    lanes = [lane for cell in by_cell for lane in cell]
    strips = [areas(LineString(lane).buffer(width_m / 2.0).intersection(floor)) for lane in lanes]
    tree, gone = STRtree(strips), set[int]()
    for index in sorted(range(len(lanes)), key=lambda i: (round(math.dist(*lanes[i]), 3), lanes[i])):
        near = sorted({int(other) for other in tree.query(strips[index])} - gone - {index})
        alone = strips[index].difference(shapely.union_all([strips[other] for other in near]))
        if alone.buffer(-BARE_M).is_empty:
            gone.add(index)
    kept = iter(index not in gone for index in range(len(lanes)))
    thinned = [[lane for lane in cell if next(kept)] for cell in by_cell]
    return [cell for cell in thinned if cell]


def _count(by_cell: list[list[Lane]]) -> int:
    return sum(len(lanes) for lanes in by_cell)


def _length(by_cell: list[list[Lane]]) -> float:
    return round(sum(math.dist(a, b) for lanes in by_cell for a, b in lanes), 3)


# -- path ------------------------------------------------------------------------------------------------


def _ordered(by_cell: list[list[Lane]], start: Point, ways: Ways) -> list[Lane]:
    """Cell by cell, the nearest next, each begun at the nearest of its four corners."""
    left, here, found = list(range(len(by_cell))), start, []
    while left:
        options = [
            (ways.length_m(here, lanes[0][0]), cell, number, lanes)
            for cell in left
            for number, lanes in enumerate(_begun(by_cell[cell]))
        ]
        _, cell, _, lanes = min(options, key=lambda option: option[:3])
        found += lanes
        here = lanes[-1][1]
        left.remove(cell)
    return found


def _begun(lanes: list[Lane]) -> list[list[Lane]]:
    """To and fro, begun from the first or the last lane, at its left or its right end."""
    return [
        [(a, b) if (index % 2 == 0) == forwards else (b, a) for index, (a, b) in enumerate(order)]
        for order in (lanes, lanes[::-1])
        for forwards in (True, False)
    ]


def _path(lanes: list[Lane], start: Point, ways: Ways) -> list[Point]:
    path = [start]
    for a, b in lanes:
        path += ways.way(path[-1], a)[1:]
        path.append(b)
    return path


def _detours(path: list[Point], region: Polygon, width_m: float, ways: Ways) -> list[Point]:
    """The path with a visit to what it leaves out, the largest first, as long as that is any use."""
    left = _left_out(path, region, width_m)
    for _ in range(DETOURS_MAX):
        if not left:
            break
        tried = _inserted(path, _visit(left[0], region, width_m, ways), ways)
        after = _left_out(tried, region, width_m)
        if sum(gap.area for gap in after) > sum(gap.area for gap in left) - SLIVER_M**2:
            break
        path, left = tried, after
    return path


def _visit(gap: Polygon, region: Polygon, width_m: float, ways: Ways) -> list[Point]:
    """A run along the middle of a long gap, a stop in a short one. All in the region."""
    box = shapely.get_coordinates(gap.minimum_rotated_rectangle)[:4]
    corners = [(float(x), float(y)) for x, y in box]
    sides = sorted(pairwise([*corners, corners[0]]), key=lambda side: (math.dist(*side), side))
    ends = [shapely.Point((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0) for a, b in sides[:2]]
    run = [_in(region, end) for end in ends]
    if ends[0].distance(ends[1]) > width_m / 2.0 and ways.sees(*run):
        return run
    return [_in(region, gap.representative_point())]


def _in(region: Polygon | LineString, point: shapely.Point) -> Point:
    """The nearest place in the region."""
    x, y = shapely.shortest_line(region, point).coords[0]
    return float(x), float(y)


def _inserted(path: list[Point], visit: list[Point], ways: Ways) -> list[Point]:
    """There and back from where the path passes nearest: the rest of it stays as it is."""
    legs = sorted(
        (leg.distance(shapely.Point(visit[0])), index)
        for index, leg in enumerate(LineString(side) for side in pairwise(path))
    )
    for _, index in legs:
        leave = _in(LineString(path[index : index + 2]), shapely.Point(visit[0]))
        if ways.sees(leave, visit[0]):
            return [*path[: index + 1], leave, *visit, *ways.way(visit[-1], leave)[1:], *path[index + 1 :]]
    return [*path, *ways.way(path[-1], visit[0])[1:], *visit[1:]]


def _left_out(path: Sequence[Point], region: Polygon, width_m: float) -> list[Polygon]:
    """Pieces of the region farther than half a width from the path, the largest first."""
    swept = LineString(path).buffer(width_m / 2.0, quad_segs=16)
    gaps = region.difference(swept)
    real = [
        part for part in shapely.get_parts(gaps) if part.area > 0.0 and not part.buffer(-SLIVER_M).is_empty
    ]
    return sorted(real, key=lambda part: (-round(part.area, 6), part.bounds))


def _gap(piece: Polygon) -> Gap:
    middle = piece.representative_point()
    return Gap(at=(round(float(middle.x), 3), round(float(middle.y), 3)), area_m2=float(piece.area))


def _turns(path: Sequence[Point]) -> int:
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(path) if math.dist(a, b) > 1e-6]
    return sum(
        abs((after - before + math.pi) % (2.0 * math.pi) - math.pi) > STRAIGHT_RAD
        for before, after in pairwise(headings)
    )
