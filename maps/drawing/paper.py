"""A sheet of A3: where the drawing and the columns beside it lie, and at which scale. Millimetres."""

import math
from dataclasses import dataclass

from maps.drawing.shapes import Box
from maps.elements import Point

LONG_MM, SHORT_MM = 420.0, 297.0
MARGIN_MM = 10.0
GAP_MM = 5.0
COLUMN_MM = 80.0
BELOW_MM = 62.0
"""Height of the columns when they lie under the drawing."""
SMALLER_MAX = 2
"""How much smaller the drawing may become so that all names and findings have room beside it."""
INSET_MM = 3.0
"""Between the frame and what is drawn."""
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5)
"""Scales are these times a power of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    width_mm: float
    height_mm: float
    frame: Box
    """Of the drawing: left, top, right, bottom."""
    columns: tuple[Box, ...]


def papers() -> tuple[Paper, ...]:
    """A3 with the columns beside or under the drawing; those with much room beside it come last."""
    return (
        _beside(LONG_MM, SHORT_MM, 1),
        _below(SHORT_MM, LONG_MM),
        _below(LONG_MM, SHORT_MM),
        _beside(SHORT_MM, LONG_MM, 1),
        _beside(LONG_MM, SHORT_MM, 2),
        _beside(SHORT_MM, LONG_MM, 2),
        _beside(LONG_MM, SHORT_MM, 3),
    )


def _beside(width: float, height: float, count: int) -> Paper:
    right, bottom = width - MARGIN_MM, height - MARGIN_MM
    lefts = [right - number * (COLUMN_MM + GAP_MM) + GAP_MM for number in range(count, 0, -1)]
    columns = tuple((left, MARGIN_MM, left + COLUMN_MM, bottom) for left in lefts)
    frame = (MARGIN_MM, MARGIN_MM, lefts[0] - GAP_MM, bottom)
    return Paper(width_mm=width, height_mm=height, frame=frame, columns=columns)


def _below(width: float, height: float) -> Paper:
    right, bottom = width - MARGIN_MM, height - MARGIN_MM
    top = bottom - BELOW_MM
    frame = (MARGIN_MM, MARGIN_MM, right, top - GAP_MM)
    count = int((right - MARGIN_MM + GAP_MM) // (COLUMN_MM + GAP_MM))
    lefts = [MARGIN_MM + number * (COLUMN_MM + GAP_MM) for number in range(count)]
    columns = tuple((left, top, left + COLUMN_MM, bottom) for left in lefts)
    return Paper(width_mm=width, height_mm=height, frame=frame, columns=columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A paper and the way from the site's metres to its millimetres."""

    paper: Paper
    scale: int
    """1:scale."""
    middle: Point
    """What lies in the middle of the frame, in metres."""

    def at(self, point: Point) -> Point:
        """Where a point of the site lies on the sheet."""
        left, top, right, bottom = self.paper.frame
        x = (left + right) / 2 + (point[0] - self.middle[0]) * self.mm_per_m
        y = (top + bottom) / 2 - (point[1] - self.middle[1]) * self.mm_per_m
        return (round(x, 3), round(y, 3))

    @property
    def mm_per_m(self) -> float:
        return 1000.0 / self.scale


def placements(bounds: Box) -> list[Placement]:
    """The papers at round scales, the largest drawing first; none where it is less than half of that."""
    x1, y1, x2, y2 = bounds
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    found = [
        Placement(paper=paper, scale=_scale(x2 - x1, y2 - y1, paper), middle=middle) for paper in papers()
    ]
    found.sort(key=lambda option: option.scale)
    return [option for option in found if option.scale <= SMALLER_MAX * found[0].scale]


def _scale(width_m: float, height_m: float, paper: Paper) -> int:
    left, top, right, bottom = paper.frame
    width, height = right - left - 2 * INSET_MM, bottom - top - 2 * INSET_MM
    return _rounded_up(max(1000 * width_m / width, 1000 * height_m / height, 10.0))


def _rounded_up(least: float) -> int:
    power = 10.0 ** math.floor(math.log10(least))
    return round(next((step * power for step in STEPS if step * power >= least - 1e-9), 10 * power))
