"""Shortest ways inside a region with corners: the visibility graph of its corners."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse.csgraph import dijkstra
from shapely import Polygon

from maps.coverage.space import Floats, rings
from maps.elements import Point

SLACK_M = 1e-5
"""Ways may run along the rim."""


class Ways:
    """Ways of a point in the region. Corners and what sees what are found once."""

    def __init__(self, region: Polygon) -> None:
        self._room = region.buffer(SLACK_M, join_style="mitre")
        shapely.prepare(self._room)
        self._corners = [point for ring in rings(region) for point in ring[:-1]]
        apart = self._apart(self._corners, self._corners)
        lengths = np.where(np.isfinite(apart), np.maximum(apart, SLACK_M), 0.0)
        self._length, self._before = dijkstra(lengths, return_predecessors=True)

    def sees(self, a: Point, b: Point) -> bool:
        """Whether the straight way lies in the region."""
        return bool(self._room.covers(shapely.LineString([a, b]))) if a != b else True

    def way(self, a: Point, b: Point) -> list[Point]:
        """Points from a to b, both included. Both must lie in the region, which hangs together."""
        if self.sees(a, b):
            return [a, b]
        first, last = self._apart([a], self._corners)[0], self._apart([b], self._corners)[0]
        whole = first[:, None] + self._length + last[None, :]
        i, j = np.unravel_index(int(np.argmin(whole)), whole.shape)
        return [a, *self._between(int(i), int(j)), b]

    def length_m(self, a: Point, b: Point) -> float:
        return sum(math.dist(p, q) for p, q in pairwise(self.way(a, b)))

    def _between(self, i: int, j: int) -> list[Point]:
        found = [j]
        while found[-1] != i and self._before[i, found[-1]] >= 0:
            found.append(int(self._before[i, found[-1]]))
        return [self._corners[index] for index in reversed(found)]

    def _apart(self, starts: Sequence[Point], ends: Sequence[Point]) -> Floats:
        """Straight distances; inf where the way leaves the region."""
        a, b = np.array(starts, dtype=float), np.array(ends, dtype=float)
        pairs = np.empty((len(a), len(b), 2, 2))
        pairs[:, :, 0], pairs[:, :, 1] = a[:, None], b[None, :]
        lines = shapely.linestrings(pairs.reshape(-1, 2, 2))
        inside: npt.NDArray[np.bool_] = shapely.covers(self._room, lines).reshape(len(a), len(b))
        lengths = np.hypot(*(pairs[:, :, 1] - pairs[:, :, 0]).transpose(2, 0, 1))
        found: Floats = np.where(inside, lengths, np.inf)
        return found
