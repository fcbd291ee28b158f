"""Plane geometry of the simulated world: who stands in whose way, who sees whom. Metres; pure functions."""

import math

from maps.elements import Point

Segment = tuple[float, float, float, float]
"""x1_m, y1_m, x2_m, y2_m."""


def wrapped(angle_rad: float) -> float:
    """The same direction within [-pi, pi]."""
    return math.remainder(angle_rad, math.tau)


def crosses(a: Point, b: Point, wall: Segment) -> float | None:
    """Where (0 at a, 1 at b) the line a-b meets the wall; None when it does not."""
    abx, aby = b[0] - a[0], b[1] - a[1]
    wx, wy = wall[2] - wall[0], wall[3] - wall[1]
    determinant = abx * wy - aby * wx
    if abs(determinant) < 1e-12:
        return None
    ox, oy = wall[0] - a[0], wall[1] - a[1]
    along = (ox * wy - oy * wx) / determinant
    across = (ox * aby - oy * abx) / determinant
    return along if 0.0 <= along <= 1.0 and 0.0 <= across <= 1.0 else None


def distance_to(point: Point, segment: Segment) -> float:
    """From a point to the nearest point of a segment."""
    x1, y1, x2, y2 = segment
    dx, dy = x2 - x1, y2 - y1
    length2 = dx * dx + dy * dy
    share = 0.0 if length2 == 0.0 else ((point[0] - x1) * dx + (point[1] - y1) * dy) / length2
    share = min(1.0, max(0.0, share))
    return math.hypot(point[0] - x1 - share * dx, point[1] - y1 - share * dy)


def free_before_circle(a: Point, b: Point, centre: Point, radius_m: float) -> float | None:
    """How far from a towards b one gets before being within radius_m of the centre; None: all the way.

    Who is within it already is held only when the way leads nearer: one may always drive off.
    """
    length_m = math.dist(a, b)
    cx, cy = centre[0] - a[0], centre[1] - a[1]
    if length_m < 1e-9:
        return None
    along_m = (cx * (b[0] - a[0]) + cy * (b[1] - a[1])) / length_m
    if along_m <= 0.0:
        return None
    miss2 = max(0.0, cx * cx + cy * cy - along_m * along_m)
    if miss2 >= radius_m * radius_m:
        return None
    free_m = along_m - math.sqrt(radius_m * radius_m - miss2)
    return None if free_m > length_m else max(0.0, free_m)


def free_before_wall(a: Point, b: Point, wall: Segment, radius_m: float) -> float | None:
    """How far from a towards b a disc gets before it touches the wall that its centre would cross."""
    share = crosses(a, b, wall)
    if share is None:
        return None
    return max(0.0, share * math.dist(a, b) - radius_m)
