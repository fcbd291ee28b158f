"""The length of a LIF trajectory: a NURBS, walked in small steps."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from maps.elements import Point
from maps.geometry import RESOLUTION_DIGITS
from maps.importers.lif_file import Trajectory

STEPS = 100
"""Chords for each stretch between two knots: a half circle of 5 m is met within a millimetre."""
DEGREE_MAX = 10
POINTS_MAX = 1000
"""A trajectory with more control points than this is no lane."""


def fault(curve: Trajectory) -> str:
    """Why no curve can be drawn from these numbers; '' when one can."""
    count, degree = len(curve.control_points), curve.degree
    if degree != int(degree) or degree > DEGREE_MAX:
        return f"the degree {degree:g} is not a whole number from 1 to {DEGREE_MAX}"
    if not degree < count <= POINTS_MAX:
        return f"{count} control points do not make a curve of degree {degree:g}"
    if len(curve.knot_vector) != count + degree + 1:
        return f"{len(curve.knot_vector)} knots where {count + int(degree) + 1} are needed"
    if any(after < before for before, after in pairwise(curve.knot_vector)):
        return "the knots do not rise"
    if curve.knot_vector[int(degree)] >= curve.knot_vector[count]:
        return "the knots span no curve"
    return ""


def length_m(curve: Trajectory) -> float:
    """Length to the millimetre, of a curve without a fault."""
    return round(sum(math.dist(a, b) for a, b in pairwise(points(curve))), RESOLUTION_DIGITS)


def points(curve: Trajectory) -> Iterator[Point]:
    """Points along the curve, its two ends among them."""
    knots, degree, count = curve.knot_vector, int(curve.degree), len(curve.control_points)
    inner = sorted(set(knots[degree : count + 1]))
    for span, (start, end) in enumerate(pairwise(inner)):
        for step in range(0 if span == 0 else 1, STEPS + 1):
            yield _point(curve, start + (end - start) * step / STEPS)


def _point(curve: Trajectory, at: float) -> Point:
    """De Boor's algorithm with weights (Piegl and Tiller, The NURBS Book, chapter 4)."""
    knots, degree = curve.knot_vector, int(curve.degree)
    last = len(curve.control_points) - 1
    span = max(index for index in range(degree, last + 1) if knots[index] <= at)
    while span > degree and knots[span] == knots[span + 1]:
        span -= 1
    row = [(p.x * p.weight, p.y * p.weight, p.weight) for p in curve.control_points[span - degree : span + 1]]
    for level in range(1, degree + 1):
        for index in range(degree, level - 1, -1):
            row[index] = _between(row[index - 1], row[index], _share(knots, span, degree, level, index, at))
    x, y, weight = row[degree]
    return (x / weight, y / weight)


def _share(knots: Sequence[float], span: int, degree: int, level: int, index: int, at: float) -> float:
    left = knots[span - degree + index]
    width = knots[span + 1 + index - level] - left
    return (at - left) / width if width > 0.0 else 0.0


def _between(
    a: tuple[float, float, float], b: tuple[float, float, float], share: float
) -> tuple[float, float, float]:
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
    )
