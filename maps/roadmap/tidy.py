"""Tidying a road map: close nodes merged, twigs cut, needless bends taken out, long lanes divided."""

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
from scipy.spatial import KDTree

from maps.roadmap.clearance import Clearance, Points
from maps.roadmap.costs import Costs
from maps.roadmap.settings import RoadMapSettings
from maps.roadmap.spanner import Drawn, way
from maps.roadmap.spots import Spots
from maps.roadmap.ways import Lane

TWIG_SHARE = 0.9
"""Dead ends that serve no room are cut when shorter than this share of the distance between hall lanes."""

KEPT_CLEARANCE = 0.7
"""A straight lane may replace a bent one if it keeps this share of its clearance ..."""

ENOUGH_M = 1.0
"""... or of this, if the bent one has more."""

CORNER_M = 0.8
"""The lanes of halls keep their corners: what bends more than this stays bent."""

LOOP_SHARE = 1.5
"""A lane goes when the way round it is longer by at most this many distances between hall lanes."""


@dataclass(slots=True)
class Network:
    """Nodes by number, in cells; undirected lanes."""

    points: dict[int, Points]
    keep: dict[int, int]
    """Nodes that stay: room centres, node to room."""
    corners: frozenset[int]
    """The nodes of halls."""
    ways: dict[int, dict[int, None]] = field(default_factory=dict)

    def join(self, a: int, b: int) -> None:
        """Add the lane."""
        self.ways[a][b] = None
        self.ways[b][a] = None

    def part(self, a: int, b: int) -> None:
        """Remove the lane."""
        del self.ways[a][b]
        del self.ways[b][a]

    def add(self, point: Points) -> int:
        """A new node."""
        number = max(self.points, default=-1) + 1
        self.points[number] = point
        self.ways[number] = {}
        return number

    def remove(self, node: int) -> None:
        """Remove the node and its lanes."""
        for other in list(self.ways[node]):
            self.part(node, other)
        del self.ways[node]
        del self.points[node]

    def lanes(self) -> list[tuple[int, int]]:
        """Each lane once, lower number first."""
        return sorted((a, b) for a, others in self.ways.items() for b in others if a < b)

    def length(self, a: int, b: int) -> float:
        """In cells."""
        return float(np.hypot(*(self.points[a] - self.points[b])))


def network(spots: Spots, lanes: list[Lane]) -> Network:
    """The kept lanes with their bends as nodes."""
    count = len(spots.points)
    found = Network(
        points=dict(enumerate(spots.points)),
        keep={spot: int(room) for spot, room in enumerate(spots.room_of) if room},
        corners=spots.halls,
        ways={spot: {} for spot in range(count)},
    )
    for lane in lanes:
        inner = [found.add(point) for point in lane.chain[1:-1]]
        for a, b in pairwise([lane.first, *inner, lane.second]):
            found.join(a, b)
    return found


def tidy(
    net: Network, clearance: Clearance, costs: Costs, spacing_m: float, settings: RoadMapSettings
) -> None:
    """In place. What hangs together still does; every lane stays clear."""
    twig_m = TWIG_SHARE * spacing_m
    lines = Lines(net, clearance)
    _merge_close(net, lines, settings)
    _cut_twigs(net, clearance, twig_m)
    _straighten(net, lines, settings)
    _thin(net, lines, costs, LOOP_SHARE * spacing_m, settings)
    _cut_twigs(net, clearance, twig_m)
    _straighten(net, lines, settings)
    _merge_close(net, lines, settings)
    _divide(net, clearance, max(settings.lane_length_m_max, 2.0 * spacing_m))


class Lines:
    """The clearance of straight lines between points, each measured once."""

    def __init__(self, net: Network, clearance: Clearance) -> None:
        self._points = net.points
        self._clearance = clearance
        self._known: dict[tuple[bytes, bytes], float] = {}
        self.resolution_m = clearance.resolution_m

    def between(self, a: int, b: int) -> float:
        """The least clearance between two nodes, in metres."""
        return self.along(self._points[a], self._points[b])

    def along(self, start: Points, end: Points) -> float:
        """The least clearance between two points, in metres."""
        ends = (start.tobytes(), end.tobytes())
        pair = (min(ends), max(ends))
        if pair not in self._known:
            self._known[pair] = self._clearance.along(start, end)
        return self._known[pair]

    def widest_near(self, point: Points, reach_m: float) -> Points:
        """The cell with the most space within this distance."""
        field_m, reach = self._clearance.field_m, int(reach_m / self.resolution_m)
        column, row = round(float(point[0])), round(float(point[1]))
        top, left = max(row - reach, 0), max(column - reach, 0)
        window = field_m[top : row + reach + 1, left : column + reach + 1]
        best_row, best_column = np.unravel_index(int(np.argmax(window)), window.shape)
        return np.array([best_column + left, best_row + top], float)


def _merge_close(net: Network, lines: Lines, settings: RoadMapSettings) -> None:
    """Nodes nearer than two radii become one, where all lanes stay clear."""
    apart = 2.0 * settings.robot_radius_m / lines.resolution_m
    for node, near in _close(net, apart):
        for other in near:
            if node in net.points and other in net.points and not (node in net.keep and other in net.keep):
                _merge(net, node, other, lines, settings)


def _merge(net: Network, node: int, other: int, lines: Lines, settings: RoadMapSettings) -> None:
    """At the one or the other, else where there is more space between; not at all if nowhere is clear."""
    stays, goes = (node, other) if node in net.keep else (other, node)
    around = [n for n in dict.fromkeys((*net.ways[node], *net.ways[other])) if n not in (node, other)]
    places = [net.points[stays]]
    if stays not in net.keep:
        middle = (net.points[node] + net.points[other]) / 2.0
        places += [net.points[goes], lines.widest_near(middle, settings.robot_radius_m)]
    for place in places:
        if all(lines.along(place, net.points[n]) >= settings.robot_radius_m for n in around):
            net.remove(goes)
            net.points[stays] = place
            for n in around:
                net.join(stays, n)
            return


def _close(net: Network, apart: float) -> list[tuple[int, list[int]]]:
    """The nodes with others within this distance, last first, and these others, nearest first."""
    numbers = sorted(net.points)
    tree = KDTree(np.array([net.points[node] for node in numbers]))
    near: dict[int, list[int]] = {}
    for a, b in sorted(tree.query_pairs(apart)):
        near.setdefault(numbers[a], []).append(numbers[b])
        near.setdefault(numbers[b], []).append(numbers[a])
    return [
        (node, sorted(near[node], key=lambda other: (net.length(node, other), other)))
        for node in sorted(near, reverse=True)
    ]


def _cut_twigs(net: Network, clearance: Clearance, longest_m: float) -> None:
    """Shortest first; a twig that was cut may leave another."""
    limit = longest_m / clearance.resolution_m
    grown = dict.fromkeys(net.points, 0.0)
    tips = [_tip(net, node, grown) for node in net.points if _is_tip(net, node)]
    heapify(tips)
    while tips and len(net.points) > 2:
        length, node = heappop(tips)
        if length >= limit:
            return
        if not _is_tip(net, node):  # what it hung on was cut
            continue
        stem = next(iter(net.ways[node]))
        net.remove(node)
        grown[stem] = max(grown[stem], length)
        if _is_tip(net, stem):
            heappush(tips, _tip(net, stem, grown))


def _is_tip(net: Network, node: int) -> bool:
    return len(net.ways[node]) == 1 and node not in net.keep


def _tip(net: Network, node: int, grown: dict[int, float]) -> tuple[float, int]:
    """How long the twig is whose end this node is, with what was cut from it."""
    return grown[node] + net.length(node, next(iter(net.ways[node]))), node


def _straighten(net: Network, lines: Lines, settings: RoadMapSettings) -> None:
    """Nodes between two lanes go where one straight lane does as well."""
    again = True
    while again:
        again = False
        drawn = Drawn()
        for a, b in net.lanes():
            drawn.add(np.array([net.points[a], net.points[b]]))
        for node in sorted(net.points):
            if node in net.keep or len(net.ways[node]) != 2:
                continue
            a, b = net.ways[node]
            ends = net.points[a], net.points[b]
            if (
                b in net.ways[a]
                or not _as_good(net, (a, node, b), lines, settings)
                or drawn.meets(np.array(ends))
            ):
                continue
            net.remove(node)
            net.join(a, b)
            drawn.add(np.array(ends))
            again = True


def _as_good(net: Network, bent: tuple[int, int, int], lines: Lines, settings: RoadMapSettings) -> bool:
    a, node, b = bent
    corner_m = _offset(net.points[node], net.points[a], net.points[b]) * lines.resolution_m
    if node in net.corners and corner_m > CORNER_M:
        return False
    now_m = min(lines.between(a, node), lines.between(node, b))
    wanted_m = max(
        settings.robot_radius_m, min(now_m, settings.need_m), KEPT_CLEARANCE * min(now_m, ENOUGH_M)
    )
    return lines.between(a, b) >= wanted_m


def _offset(point: Points, a: Points, b: Points) -> float:
    """Distance of the point from the line through a and b."""
    along, to = b - a, point - a
    return float(abs(along[0] * to[1] - along[1] * to[0]) / max(np.hypot(*along), 1e-9))


def _thin(net: Network, lines: Lines, costs: Costs, loop_m: float, settings: RoadMapSettings) -> None:
    """Lanes go that others lead round with little detour, the least missed first; doorways stay."""
    graph: dict[int, dict[int, float]] = {node: {} for node in net.points}
    for a, b in net.lanes():
        graph[a][b] = graph[b][a] = costs.of(np.array([net.points[a], net.points[b]]), lines.between(a, b))

    def extra(lane: tuple[int, int]) -> float:
        own = graph[lane[0]][lane[1]]
        limit = max(settings.detour * own, own + loop_m)
        return way(graph, *lane, limit, without_lane=True) - own

    inner = [(a, b) for a, b in net.lanes() if not costs.doorways(net.points[a], net.points[b])]
    missed = {lane: extra(lane) for lane in inner}
    for a, b in sorted(inner, key=lambda lane: (missed[lane], lane)):
        if extra((a, b)) < np.inf:
            net.part(a, b)
            del graph[a][b], graph[b][a]


def _divide(net: Network, clearance: Clearance, longest_m: float) -> None:
    """Nodes on long lanes, evenly."""
    longest = longest_m / clearance.resolution_m
    for a, b in net.lanes():
        pieces = int(np.ceil(net.length(a, b) / longest - 1e-9))
        if pieces > 1:
            net.part(a, b)
            start, end = net.points[a], net.points[b]
            inner = [net.add(start + (end - start) * i / pieces) for i in range(1, pieces)]
            for first, second in pairwise([a, *inner, b]):
                net.join(first, second)
