"""Where in a room somebody is in nobody's way: a bed behind its curtain, far from the lanes."""

import math
from itertools import pairwise

from maps.elements import Point, Room
from maps.geometry import centre, inside
from maps.graph import SiteGraph
from simulators.geometry import Segment, distance_to

STEP_M = 0.5
FROM_WALL_M = 0.6


def quiet_spot(graph: SiteGraph, room: Room) -> Point:
    """The point of the room farthest from every lane on its level; the first one of equals."""
    lanes = _lanes(graph, room.level)
    corners = (*room.polygon, room.polygon[0])
    walls: list[Segment] = [(*a, *b) for a, b in pairwise(corners)]

    def away_m(point: Point) -> float:
        return round(min((distance_to(point, lane) for lane in lanes), default=0.0), 6)

    free = [p for p in _grid(room) if min(distance_to(p, wall) for wall in walls) >= FROM_WALL_M]
    return max(free, key=away_m, default=centre(room.polygon))


def _grid(room: Room) -> list[Point]:
    xs, ys = [x for x, _ in room.polygon], [y for _, y in room.polygon]
    columns = math.ceil((max(xs) - min(xs)) / STEP_M)
    rows = math.ceil((max(ys) - min(ys)) / STEP_M)
    points = (
        (min(xs) + (column + 0.5) * STEP_M, min(ys) + (row + 0.5) * STEP_M)
        for column in range(columns)
        for row in range(rows)
    )
    return [point for point in points if inside(point, room.polygon)]


def _lanes(graph: SiteGraph, level: str) -> list[Segment]:
    ends = [(graph.nodes[edge.source], graph.nodes[edge.target]) for edge in graph.edges.values()]
    return [(a.x_m, a.y_m, b.x_m, b.y_m) for a, b in ends if a.level == b.level == level]
