"""spanner: of all lanes between neighbours the few that are needed.

A greedy spanner (Althöfer et al., On sparse spanners of weighted graphs, 1993): a lane is left out when
others lead round with little detour. None is drawn across another.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from maps.roadmap.clearance import Points
from maps.roadmap.ways import Lane

Graph = Mapping[int, Mapping[int, float]]
"""Node to neighbour to the lane's cost; each lane in both directions."""


def spanner(
    count: int, fixed: list[Lane], lanes: list[Lane], found: Callable[[Lane], Lane], detour: float
) -> list[Lane]:
    """The fixed lanes and those of the others that are needed, cheapest first.

    `count` is the number of spots; `found` finds the way of a lane that is not straight.
    """
    graph: dict[int, dict[int, float]] = {spot: {} for spot in range(count)}
    kept: list[Lane] = []
    drawn = Drawn()

    def is_needed(lane: Lane) -> bool:
        limit = detour * lane.cost
        return way(graph, lane.first, lane.second, limit) > limit

    def keep(lane: Lane) -> None:
        kept.append(lane)
        drawn.add(lane.chain)
        graph[lane.first][lane.second] = graph[lane.second][lane.first] = lane.cost

    for lane in fixed:
        keep(lane)
    for lane in _cheapest_first(lanes, found, is_needed):
        if not drawn.meets(lane.chain):
            keep(lane)
    return kept


class Pieces:
    """Which spots hang together."""

    def __init__(self, count: int, lanes: Iterable[Lane] = ()) -> None:
        self._parent = list(range(count))
        for lane in lanes:
            self.joins(lane)

    def of(self, spot: int) -> int:
        """The piece of this spot."""
        parent = self._parent
        while parent[spot] != spot:
            parent[spot] = parent[parent[spot]]
            spot = parent[spot]
        return spot

    def joins(self, lane: Lane) -> bool:
        """Add the lane; whether it joined two pieces."""
        a, b = self.of(lane.first), self.of(lane.second)
        self._parent[max(a, b)] = min(a, b)
        return a != b


def bridges(count: int, kept: list[Lane], lanes: list[Lane]) -> list[Lane]:
    """The cheapest of the lanes that join what the kept ones leave apart (Kruskal)."""
    pieces = Pieces(count, kept)
    return [lane for lane in sorted(lanes, key=_order) if pieces.joins(lane)]


def way(graph: Graph, start: int, goal: int, limit: float, without_lane: bool = False) -> float:
    """The cost of the cheapest way (Dijkstra); infinity when it is more than the limit.

    `without_lane` leaves out the lane from start to goal itself.
    """
    best, queue = {start: 0.0}, [(0.0, start)]
    while queue:
        cost, here = heapq.heappop(queue)
        if here == goal:
            return cost
        for there, step in graph[here].items() if cost <= best[here] else ():
            reached = cost + step
            if without_lane and here == start and there == goal:
                continue
            if reached <= limit and reached < best.get(there, np.inf):
                best[there] = reached
                heapq.heappush(queue, (reached, there))
    return np.inf


class Drawn:
    """Straight pieces of lanes, to see whether another one would cross them."""

    def __init__(self) -> None:
        self._pieces = np.zeros((64, 4))
        self._count = 0

    def add(self, chain: Points) -> None:
        """Draw the pieces of a chain."""
        for a, b in pairwise(chain):
            if self._count == len(self._pieces):
                self._pieces = np.concatenate((self._pieces, np.zeros_like(self._pieces)))
            self._pieces[self._count] = (*a, *b)
            self._count += 1

    def meets(self, chain: Points) -> bool:
        """Whether a piece of the chain crosses what is drawn; ends that touch do not count."""
        return any(self._crosses(a, b) for a, b in pairwise(chain))

    def _crosses(self, a: Points, b: Points) -> bool:
        pieces = self._pieces[: self._count]
        apart = pieces[_turn(a, b, pieces[:, :2]) * _turn(a, b, pieces[:, 2:]) < -1e-9]
        c, d = apart[:, :2], apart[:, 2:]
        return bool(np.any(_turn(c, d, a) * _turn(c, d, b) < -1e-9))


def _turn(a: Points, b: Points, c: Points) -> Points:
    """Twice the signed area of each triangle a, b, c: its sign is the side of a-b on which c lies."""
    ab, ac = b - a, c - a
    found: Points = ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]
    return found


def _cheapest_first(
    lanes: list[Lane], found: Callable[[Lane], Lane], is_needed: Callable[[Lane], bool]
) -> Iterator[Lane]:
    """The needed lanes. One whose way is not found has its least cost, and comes again with its true one."""
    queue = [(_order(lane), index, lane) for index, lane in enumerate(lanes)]
    heapq.heapify(queue)
    while queue:
        _, index, lane = heapq.heappop(queue)
        if not is_needed(lane):
            continue
        if lane.is_found:
            yield lane
        else:
            lane = found(lane)
            heapq.heappush(queue, (_order(lane), index, lane))


def _order(lane: Lane) -> tuple[float, int, int]:
    return (lane.cost, lane.first, lane.second)
