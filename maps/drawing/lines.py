"""Lines that are made from others: hatching in an outline, dashes along a line."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from maps.elements import Point
from maps.geometry import rotated


def hatching(outline: Sequence[Point], angle_rad: float, gap_mm: float) -> Iterator[tuple[Point, Point]]:
    """Parallel lines inside the outline (even-odd rule), at distances of the gap from the sheet's corner."""
    turned = [rotated(point, -angle_rad) for point in outline]
    low, high = min(y for _, y in turned), max(y for _, y in turned)
    for number in range(math.ceil(low / gap_mm), math.floor(high / gap_mm) + 1):
        y = number * gap_mm
        crossings = sorted(_crossings(turned, y))
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            yield rotated((left, y), angle_rad), rotated((right, y), angle_rad)


def _crossings(outline: Sequence[Point], y: float) -> Iterator[float]:
    for (x1, y1), (x2, y2) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (y1 > y) != (y2 > y):
            yield x1 + (y - y1) * (x2 - x1) / (y2 - y1)


def dashes(points: Sequence[Point], pattern_mm: Sequence[float]) -> Iterator[list[Point]]:
    """The parts of the line that are drawn: on, off, on, off, ... as SVG's stroke-dasharray has it."""
    index, left = 0, pattern_mm[0]
    part = [points[0]]
    for start, end in pairwise(points):
        at, length = start, math.dist(start, end)
        while length > left:
            share = left / length
            at = (at[0] + (end[0] - at[0]) * share, at[1] + (end[1] - at[1]) * share)
            length -= left
            if index % 2 == 0:
                yield [*part, at]
            index += 1
            left = pattern_mm[index % len(pattern_mm)]
            part = [at]
        left -= length
        part.append(end)
    if index % 2 == 0 and len(part) > 1:
        yield part
