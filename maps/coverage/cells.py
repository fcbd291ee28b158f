"""Boustrophedon cells: parts of a floor that straight lanes treat one after another without a detour.

A line along x sweeps the region upwards. Between the heights of two corners the region is a row of
trapezoids; those that follow one another without a split, a merge or a step in the wall are one cell.
Source: Choset, Coverage of known spaces: the boustrophedon cellular decomposition, Autonomous Robots 9,
2000.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shapely import Polygon

from maps.coverage.space import rings
from maps.elements import Point

TOUCH_M = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trapezoid:
    """Between two heights; left and right are the x of its sides at the bottom and at the top."""

    bottom_m: float
    top_m: float
    left: tuple[float, float]
    right: tuple[float, float]

    def span(self, y_m: float) -> tuple[float, float]:
        """From where to where it reaches at this height."""
        share = (y_m - self.bottom_m) / (self.top_m - self.bottom_m)
        left = self.left[0] + (self.left[1] - self.left[0]) * share
        right = self.right[0] + (self.right[1] - self.right[0]) * share
        return left, right


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Trapezoids on top of one another."""

    parts: tuple[Trapezoid, ...]
    wall_below_m: float
    """How much of its lower side is rim, not the way into another cell."""
    wall_above_m: float

    @property
    def bottom_m(self) -> float:
        return self.parts[0].bottom_m

    @property
    def top_m(self) -> float:
        return self.parts[-1].top_m

    def span(self, y_m: float) -> tuple[float, float]:
        """From where to where it reaches at a height; where two parts meet, the wider."""
        spans = [p.span(y_m) for p in self.parts if p.bottom_m - TOUCH_M <= y_m <= p.top_m + TOUCH_M]
        return max(spans, key=lambda found: (found[1] - found[0], found))


def cells(region: Polygon, step_m: float = float("inf")) -> tuple[Cell, ...]:
    """The cells of the region, from the lowest up, from left to right.

    Where a side leaps by more than step_m a new cell begins: a lane must run along that step.
    """
    outline = list(_snapped(region))
    edges = [sorted(side, key=lambda p: p[1]) for ring in outline for side in pairwise(ring)]
    upright = [(a, b) for a, b in edges if a[1] < b[1]]
    heights = sorted({y for edge in upright for _, y in edge})
    rows = [_row(upright, low, high) for low, high in pairwise(heights)]
    return tuple(_joined(rows, step_m))


def _snapped(region: Polygon) -> Iterator[list[Point]]:
    """The region's rings, heights closer than TOUCH_M made one: what was turned is never quite level."""
    found = list(rings(region))
    level: dict[float, float] = {}
    last = -math.inf
    for y in sorted(y for ring in found for _, y in ring):
        last = level.setdefault(y, last if y - last < TOUCH_M else y)
    for ring in found:
        yield [(x, level[y]) for x, y in ring]


def _row(edges: Sequence[tuple[Point, Point]], low: float, high: float) -> list[Trapezoid]:
    """The trapezoids between two heights, from left to right: the sides alternate, left and right."""
    sides = [(_x_at(a, b, low), _x_at(a, b, high)) for a, b in edges if a[1] <= low and b[1] >= high]
    sides.sort(key=lambda side: (side[0] + side[1], side))
    return [
        Trapezoid(bottom_m=low, top_m=high, left=left, right=right)
        for left, right in zip(sides[::2], sides[1::2], strict=True)
        if right[0] + right[1] - left[0] - left[1] > 2.0 * TOUCH_M
    ]


def _x_at(a: Point, b: Point, y_m: float) -> float:
    share = min(1.0, max(0.0, (y_m - a[1]) / (b[1] - a[1])))
    return a[0] + (b[0] - a[0]) * share


def _joined(rows: Sequence[Sequence[Trapezoid]], step_m: float) -> Iterator[Cell]:
    """Trapezoids that have one another as the only neighbour across a height belong together."""
    open_cells: list[list[Trapezoid]] = []
    done: list[list[Trapezoid]] = []
    for row in rows:
        below = [(cell, [part for part in row if _meet(cell[-1], part)]) for cell in open_cells]
        above = {id(part): [cell for cell in open_cells if _meet(cell[-1], part)] for part in row}
        grown: list[list[Trapezoid]] = []
        for part in row:
            under = above[id(part)]
            over = next((parts for cell, parts in below if under and cell is under[0]), [])
            if len(under) == len(over) == 1 and _leap_m(under[0][-1], part) <= step_m:
                under[0].append(part)
                grown.append(under[0])
            else:
                grown.append([part])
        done += [cell for cell in open_cells if not any(cell is kept for kept in grown)]
        open_cells = grown
    everything = [part for row in rows for part in row]
    for cell in sorted([*done, *open_cells], key=lambda parts: (parts[0].bottom_m, parts[0].left)):
        lowest, highest = cell[0], cell[-1]
        yield Cell(
            parts=tuple(cell),
            wall_below_m=lowest.right[0] - lowest.left[0] - sum(_common(p, lowest) for p in everything),
            wall_above_m=highest.right[1] - highest.left[1] - sum(_common(highest, p) for p in everything),
        )


def _meet(lower: Trapezoid, upper: Trapezoid) -> bool:
    """Whether one can pass from one into the other across their common height."""
    return _common(lower, upper) > TOUCH_M


def _leap_m(lower: Trapezoid, upper: Trapezoid) -> float:
    return max(abs(lower.left[1] - upper.left[0]), abs(lower.right[1] - upper.right[0]))


def _common(lower: Trapezoid, upper: Trapezoid) -> float:
    """Length of the side that the two share; 0 for none."""
    if lower.top_m != upper.bottom_m:
        return 0.0
    return max(0.0, min(lower.right[1], upper.right[0]) - max(lower.left[1], upper.left[0]))
