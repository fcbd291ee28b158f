"""What must be treated, as points with a normal and a share of the area: floor, walls, furniture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from maps.coverage.space import Floats, Space, areas, rings
from maps.elements import Point

NUDGE_M = 0.005
"""Samples lie this far in front of their surface, so that it does not hide them from themselves."""
SAMPLES_MAX = 12_000
"""Beyond it the spacing grows: a hall need not be known to the hand's breadth."""
UP = (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One flat piece. Its samples are those from `first` on."""

    name: str
    """For people: 'floor', 'wall 3', 'obstacle 1 side 2', 'obstacle 1 top'."""
    count: int
    first: int = 0
    rows: int = 0
    """Of an upright piece: samples lie in columns from its start on, each from the floor up. 0: it lies."""
    length_m: float = 0.0
    height_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """point (n, 3) [m], normal (n, 3), area_m2 (n,): shares that sum to the surfaces' areas."""

    point: Floats
    normal: Floats
    area_m2: Floats
    surfaces: tuple[Surface, ...]
    spacing_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    surface: Surface
    point: Floats
    normal: tuple[float, float, float]
    area_m2: Floats


def samples(space: Space, spacing_m: float, wall_top_m: float | None = None) -> Samples:
    """Points no farther apart than spacing_m, edges and corners among them: there the dose is least.

    wall_top_m: how high walls and furniture are treated; None for all of them.
    """
    top_m = min(space.height_m, wall_top_m or space.height_m)
    step_m = max(spacing_m, math.sqrt(_surface_m2(space, top_m) / SAMPLES_MAX))
    pieces = [_lying("floor", space.floor, 0.0, step_m), *_walls(space, step_m, top_m)]
    pieces += _furniture(space, step_m, top_m)
    starts = np.cumsum([0, *(piece.surface.count for piece in pieces)])
    return Samples(
        point=np.vstack([piece.point for piece in pieces]),
        normal=np.vstack([np.tile(piece.normal, (piece.surface.count, 1)) for piece in pieces]),
        area_m2=np.concatenate([piece.area_m2 for piece in pieces]),
        surfaces=tuple(
            replace(piece.surface, first=int(start)) for piece, start in zip(pieces, starts, strict=False)
        ),
        spacing_m=step_m,
    )


def _surface_m2(space: Space, top_m: float) -> float:
    """About how much there is to treat."""
    return float(space.floor.area + space.outline.length * top_m)


def _walls(space: Space, step_m: float, top_m: float) -> Iterator[_Piece]:
    """The outline runs counter-clockwise and holes clockwise: the room lies to the left of each edge."""
    number = 0
    for ring in rings(space.outline):
        for start, end in pairwise(ring):
            number += 1
            yield _upright(f"wall {number}", start, end, top_m, step_m)


def _furniture(space: Space, step_m: float, top_m: float) -> Iterator[_Piece]:
    for number, obstacle in enumerate(space.obstacles, 1):
        name, high_m = f"obstacle {number}", min(obstacle.height_m, top_m)
        if len(obstacle.polygon) == 2:
            start, end = obstacle.polygon
            sides = [(start, end), (end, start)]
        else:
            shape = shapely.orient_polygons(Polygon(obstacle.polygon), exterior_cw=True)
            sides = list(pairwise(next(rings(shape))))
            if obstacle.height_m <= top_m:
                shown = areas(shape.intersection(space.outline))
                yield _lying(f"{name} top", shown, obstacle.height_m, step_m)
        for side, (start, end) in enumerate(sides, 1):
            piece = _upright(f"{name} side {side}", start, end, high_m, step_m)
            if shapely.contains_xy(space.floor, piece.point[:, 0], piece.point[:, 1]).any():
                yield piece  # a side against the wall is nobody's target


def _upright(name: str, start: Point, end: Point, high_m: float, step_m: float) -> _Piece:
    """A grid over the rectangle, its rim included; the surface faces the left of start-end."""
    length_m = math.dist(start, end)
    along, share_x = _ticks(length_m, step_m)
    up, share_z = _ticks(high_m, step_m)
    direction = ((end[0] - start[0]) / length_m, (end[1] - start[1]) / length_m)
    normal = (-direction[1], direction[0], 0.0)
    x, z = np.repeat(along, len(up)), np.tile(up, len(along))
    point = np.column_stack(
        (
            start[0] + direction[0] * x + normal[0] * NUDGE_M,
            start[1] + direction[1] * x + normal[1] * NUDGE_M,
            z,
        )
    )
    surface = Surface(name=name, count=len(x), rows=len(up), length_m=length_m, height_m=high_m)
    return _Piece(
        surface=surface,
        point=point,
        normal=normal,
        area_m2=np.repeat(share_x, len(up)) * np.tile(share_z, len(along)),
    )


def _ticks(length_m: float, step_m: float) -> tuple[Floats, Floats]:
    """Places from end to end (a nudge inside), and the length that each stands for."""
    count = max(1, math.ceil(length_m / step_m))
    share = np.full(count + 1, length_m / count)
    share[[0, -1]] /= 2.0
    inset_m = min(NUDGE_M, length_m / 4.0)
    return np.clip(np.linspace(0.0, length_m, count + 1), inset_m, length_m - inset_m), share


def _lying(name: str, shape: Polygon | MultiPolygon, height_m: float, step_m: float) -> _Piece:
    """Middles of square cells, and points along the rim that stand for no area."""
    middles = _grid(shape, step_m)
    rim = _rim(shape, step_m)
    flat = np.vstack((middles, rim))
    count = len(flat)
    area_m2 = np.zeros(count)
    if len(middles):
        area_m2[: len(middles)] = shape.area / len(middles)
    elif count:
        area_m2[:] = shape.area / count
    point = np.column_stack((flat, np.full(count, height_m)))
    return _Piece(surface=Surface(name=name, count=count), point=point, normal=UP, area_m2=area_m2)


def _grid(shape: Polygon | MultiPolygon, step_m: float) -> Floats:
    """Points in the shape, step_m apart, placed evenly about the middle of its bounds."""
    x_min, y_min, x_max, y_max = shape.bounds
    xs, ys = _cells(x_min, x_max, step_m), _cells(y_min, y_max, step_m)
    x, y = (axis.ravel() for axis in np.meshgrid(xs, ys, indexing="ij"))
    inside = shapely.contains_xy(shape, x, y)
    return np.column_stack((x[inside], y[inside]))


def _cells(low: float, high: float, step_m: float) -> Floats:
    count = max(1, math.ceil((high - low) / step_m))
    edges = np.linspace(low, high, count + 1)
    return (edges[:-1] + edges[1:]) / 2.0


def _rim(shape: Polygon | MultiPolygon, step_m: float) -> Floats:
    inner = shape.buffer(-NUDGE_M, join_style="mitre")
    points = [
        (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
        for ring in rings(inner)
        for start, end in pairwise(ring)
        for share in np.linspace(0.0, 1.0, max(1, math.ceil(math.dist(start, end) / step_m)), endpoint=False)
    ]
    return np.array(points, dtype=float).reshape(-1, 2)
