"""Plane geometry that reading, importing and checking a site share. Metres and radians; pure functions."""

import math
from collections.abc import Sequence

from maps.elements import Point, Room

RESOLUTION_DIGITS = 3
"""Lengths are kept to the millimetre, as everywhere in the journal."""


def distance_m(a: Point, b: Point) -> float:
    """Straight distance, to the millimetre."""
    return round(math.dist(a, b), RESOLUTION_DIGITS)


def rounded(point: Point) -> Point:
    """To the millimetre."""
    x_m, y_m = point
    return (round(x_m, RESOLUTION_DIGITS), round(y_m, RESOLUTION_DIGITS))


def crossing_m(a: Point, b: Point, start: Point, end: Point) -> float | None:
    """How far from `a` the segment a-b meets start-end; None when it does not, or runs along it."""
    ab = (b[0] - a[0], b[1] - a[1])
    leaf = (end[0] - start[0], end[1] - start[1])
    determinant = _cross(ab, leaf)
    if abs(determinant) < 1e-12:
        return None
    offset = (start[0] - a[0], start[1] - a[1])
    along_lane = _cross(offset, leaf) / determinant
    along_leaf = _cross(offset, ab) / determinant
    if not (0.0 <= along_lane <= 1.0 and 0.0 <= along_leaf <= 1.0):
        return None
    return round(along_lane * math.hypot(*ab), RESOLUTION_DIGITS)


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether the point lies in the polygon (even-odd rule; a point on the outline may go either way)."""
    x, y = point
    hit = False
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            hit = not hit
    return hit


def area_m2(polygon: Sequence[Point]) -> float:
    """Area of a simple polygon, whichever way round it is drawn."""
    pairs = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    return abs(sum(_cross(a, b) for a, b in pairs)) / 2.0


def volume_m3(room: Room) -> float:
    """The measured volume, else the outline's area times the height."""
    return room.volume_m3 if room.volume_m3 is not None else area_m2(room.polygon) * room.height_m


def rotated(point: Point, yaw_rad: float) -> Point:
    """The point turned about the origin, counter-clockwise."""
    cos, sin = math.cos(yaw_rad), math.sin(yaw_rad)
    return (cos * point[0] - sin * point[1], sin * point[0] + cos * point[1])


def centre(points: Sequence[Point]) -> Point:
    """Mean of the points: where a label goes."""
    count = len(points)
    return (sum(x for x, _ in points) / count, sum(y for _, y in points) / count)


def _cross(a: Point, b: Point) -> float:
    return a[0] * b[1] - a[1] * b[0]
