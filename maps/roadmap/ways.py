"""Ways from spot to spot: which spots are neighbours, and how a robot gets from one to the other.

Neighbours are spots whose parts of the floor touch (a Voronoi diagram with distances measured on the floor),
so that lanes between all neighbours join all of the floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects
from skimage.graph import MCP_Geometric

from maps.roadmap.clearance import Clearance, Points
from maps.roadmap.costs import Costs
from maps.roadmap.images import Field, Labels, Mask, flooded
from maps.roadmap.settings import RoadMapSettings

BEND_GAIN_M = 0.02
"""A bend is worth this much more clearance."""

NARROW_M = 0.3
"""Round obstacles, a place with this clearance costs twice as much as a wide one."""

Window = tuple[slice, slice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A chain of points from one spot to another, by index.

    Not `is_found`: no straight lane is clear; the chain is the straight line, and the cost is the least that
    the lane can have. Ways.found finds it.
    """

    first: int
    second: int
    chain: Points
    cost: float
    is_found: bool = True


class Ways:
    """The lanes between neighbours on a floor."""

    def __init__(
        self, points: Points, floor: Mask, clearance: Clearance, costs: Costs, settings: RoadMapSettings
    ) -> None:
        self._points = points
        self._clearance = clearance
        self._costs = costs
        self._settings = settings
        self._divide(_parts(points, floor))

    def widen(self, floor: Mask) -> None:
        """Take in more floor: each of its cells joins a part that touches it."""
        self._divide(_grown(self._parts, floor))

    def _divide(self, parts: Labels) -> None:
        self._parts = parts
        self._boxes = cast(list[Window], find_objects(parts))

    def lanes(self, pieces: Sequence[int] | None = None) -> list[Lane]:
        """One for each pair of neighbours; with the piece of each spot only between different pieces."""
        pairs = [
            pair
            for pair in _neighbours(self._parts, self._clearance.field_m)
            if pieces is None or pieces[pair[0]] != pieces[pair[1]]
        ]
        first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        straight_m = self._clearance.along_each(self._points[first], self._points[second])
        return [self._lane(*pair, here_m) for pair, here_m in zip(pairs, straight_m.tolist(), strict=True)]

    def found(self, lane: Lane) -> Lane:
        """The lane with its way round the obstacles over the two parts, rather not through narrow places."""
        if lane.is_found:
            return lane
        window = _around(self._boxes[lane.first], self._boxes[lane.second])
        parts, clearance_m = self._parts[window], self._clearance.field_m[window]
        inside = (parts == lane.first + 1) | (parts == lane.second + 1)
        costs = np.where(inside, 1.0 + NARROW_M / np.maximum(clearance_m, 0.01), -1.0)
        corner = (window[1].start, window[0].start)
        start, end = (np.round(point).astype(int) - corner for point in lane.chain)
        way = MCP_Geometric(costs, fully_connected=True)
        way.find_costs([(start[1], start[0])], [(end[1], end[0])])
        cells = np.array(way.traceback((end[1], end[0])))[:, ::-1] + corner
        chain = self._straightened(cells.astype(float))
        return Lane(first=lane.first, second=lane.second, chain=chain, cost=self._costs.of(chain))

    def _lane(self, first: int, second: int, at: Points, clearance_m: float) -> Lane:
        """The straight lane, or the one with one bend at the widest place between, if one is clear.

        `clearance_m` is that of the straight lane.
        """
        start, end = self._points[first], self._points[second]
        chain = np.array([start, end])
        if clearance_m < self._settings.need_m:
            bent = np.array([start, at, end])
            bent_m = self._clearance.along_chain(bent)
            gain_m = BEND_GAIN_M if clearance_m >= self._settings.robot_radius_m else 0.0
            if bent_m > clearance_m + gain_m:
                chain, clearance_m = bent, bent_m
        if clearance_m < self._settings.robot_radius_m:
            cost = self._costs.least(np.array([start, end]))
            return Lane(first=first, second=second, chain=chain[[0, -1]], cost=cost, is_found=False)
        return Lane(first=first, second=second, chain=chain, cost=self._costs.of(chain, clearance_m))

    def _straightened(self, cells: Points) -> Points:
        """The chain with the fewest bends, taken greedily."""
        cells_m = self._clearance.at(cells)
        kept, here, last = [0], 0, len(cells) - 1
        while here < last:
            reach, step = here + 1, 2
            while here + step <= last and self._may_skip(cells, cells_m, here, here + step):
                reach, step = here + step, step * 2
            beyond = min(here + step, last + 1)
            while beyond - reach > 1:
                middle = (reach + beyond) // 2
                if self._may_skip(cells, cells_m, here, middle):
                    reach = middle
                else:
                    beyond = middle
            kept.append(reach)
            here = reach
        return cells[kept]

    def _may_skip(self, cells: Points, cells_m: Points, start: int, end: int) -> bool:
        """Whether the straight line keeps the clearance that is needed, or that the cells have."""
        has_m = float(cells_m[start : end + 1].min())
        wanted_m = max(self._settings.robot_radius_m, min(self._settings.need_m, has_m - BEND_GAIN_M))
        return self._clearance.along(cells[start], cells[end]) >= wanted_m


def _around(a: Window, b: Window) -> Window:
    """The smallest window that holds both."""
    rows, columns = (slice(min(p.start, q.start), max(p.stop, q.stop)) for p, q in zip(a, b, strict=True))
    return rows, columns


def _parts(points: Points, floor: Mask) -> Labels:
    """For each cell of the floor 1 + the index of the spot that is nearest on the floor."""
    markers = np.zeros(floor.shape, np.int32)
    cells = np.round(points).astype(np.int64)
    markers[cells[:, 1], cells[:, 0]] = np.arange(1, len(points) + 1)
    flat = np.zeros(floor.shape, np.uint8)
    return flooded(flat, markers, floor, corners=True)


def _grown(parts: Labels, floor: Mask) -> Labels:
    """The parts, and what of the floor hangs on them; where two reach a cell at once, the higher number."""
    grown = parts.astype(np.float32)
    while True:
        wider = cv2.dilate(grown, np.ones((3, 3), np.uint8))
        new = floor & (grown == 0) & (wider > 0)
        if not new.any():
            return grown.astype(np.int32)
        grown[new] = wider[new]


def _neighbours(parts: Labels, clearance_m: Field) -> list[tuple[int, int, Points]]:
    """Pairs of spots whose parts touch, and the widest place where they do."""
    size = int(parts.max(initial=0)) + 1
    key, height_m, cell = _touching(parts, clearance_m, size)
    order = np.lexsort((cell, -height_m, key))
    key, cell = key[order], cell[order]
    _, first_of = np.unique(key, return_index=True)
    width = parts.shape[1]
    return [
        (
            int(key[i] // size) - 1,
            int(key[i] % size) - 1,
            np.array([cell[i] % width, cell[i] // width], float),
        )
        for i in first_of.tolist()
    ]


def _touching(
    parts: Labels, clearance_m: Field, size: int
) -> tuple[NDArray[np.int64], Field, NDArray[np.int64]]:
    """For each two cells of different parts that touch: the parts as a key, the clearance, the cell."""
    keys, heights, cells = [], [], []
    index = np.arange(parts.size, dtype=np.int64).reshape(parts.shape)
    beside = ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1, :], np.s_[1:, :]))
    corner = ((np.s_[:-1, :-1], np.s_[1:, 1:]), (np.s_[:-1, 1:], np.s_[1:, :-1]))
    for here, there in (*beside, *corner):
        a, b = parts[here], parts[there]
        touch = (a != b) & (a > 0) & (b > 0)
        one, two = a[touch].astype(np.int64), b[touch].astype(np.int64)
        keys.append(np.minimum(one, two) * size + np.maximum(one, two))
        heights.append(np.minimum(clearance_m[here][touch], clearance_m[there][touch]))
        cells.append(index[here][touch])
    return np.concatenate(keys), np.concatenate(heights), np.concatenate(cells)
