"""Clearance: how far each point of a grid is from the nearest cell that is not free.

Points are (column, row) in cells, arrays of shape (n, 2); a cell's centre has whole numbers. The grid has a
border of blocked cells, so that nothing leaves it.
"""

import math
from itertools import pairwise
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from maps.roadmap.images import Field, Mask

Points = NDArray[np.float64]

SAMPLING_CELLS = 0.02
"""What interpolation between half cells overrates at most, for clearances of two cells and more."""


class Clearance:
    """The distance to the nearest square that is not free, in metres.

    A cell is a square, not a point: the distance transform runs on half cells, where the corners and the
    middles of the sides of blocked squares are blocked too. At cells' centres that is exact.
    """

    def __init__(self, free: Mask, resolution_m: float) -> None:
        steps = cv2.distanceTransform(_halves(free), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        self.resolution_m = resolution_m
        self._halves_m = cast(Field, steps)
        self._halves_m *= np.float32(resolution_m / 2.0)
        self.field_m: Field = np.ascontiguousarray(self._halves_m[1::2, 1::2])
        """At the centre of each cell."""
        self._last = np.array([self._halves_m.shape[1], self._halves_m.shape[0]]) - 1.001
        self._slack_m = SAMPLING_CELLS * resolution_m

    def at(self, points: Points) -> Points:
        """Clearance at each point, by bilinear interpolation."""
        # np.clip takes longer than the rest on the few points of a short line.
        at = np.minimum(np.maximum(2.0 * points + 1.0, 0.0), self._last)
        cell = at.astype(np.int64)
        dx, dy = (at - cell).T
        width = self._halves_m.shape[1]
        values, corner = self._halves_m.ravel(), cell[:, 1] * width + cell[:, 0]
        above = values[corner] * (1.0 - dx) + values[corner + 1] * dx
        corner += width
        below = values[corner] * (1.0 - dx) + values[corner + 1] * dx
        found: Points = above * (1.0 - dy) + below * dy
        return found

    def along(self, start: Points, end: Points) -> float:
        """The least clearance of the straight line between two points (each of shape (2,))."""
        across = end - start
        steps = _samples(math.hypot(across[0], across[1]))
        share = (np.arange(steps) * (1.0 / (steps - 1)))[:, None]
        return float(self.at(start + share * across).min()) - self._slack_m

    def along_each(self, starts: Points, ends: Points) -> Points:
        """The same for many lines at once (each array of shape (n, 2)), in a fraction of the time."""
        if not len(starts):
            return np.zeros(0)
        across = ends - starts
        steps = np.array([_samples(math.hypot(x, y)) for x, y in across.tolist()])
        first = np.cumsum(steps) - steps
        share = (np.arange(int(steps.sum())) - np.repeat(first, steps)) * np.repeat(1.0 / (steps - 1), steps)
        samples = np.repeat(starts, steps, axis=0) + share[:, None] * np.repeat(across, steps, axis=0)
        found: Points = np.minimum.reduceat(self.at(samples), first) - self._slack_m
        return found

    def sees(self, start: tuple[float, float], end: tuple[float, float], clearance_m: float) -> bool:
        """Whether the line has the clearance, quickly and roughly: at the centres of the cells on it."""
        right, down = end[0] - start[0], end[1] - start[1]
        steps = max(int(max(abs(right), abs(down))), 1)
        step = np.arange(steps + 1)
        columns = np.rint(start[0] + step * (right / steps)).astype(np.intp)
        rows = np.rint(start[1] + step * (down / steps)).astype(np.intp)
        return bool(self.field_m[rows, columns].min() >= clearance_m)

    def along_chain(self, chain: Points) -> float:
        """The least clearance of a chain of points."""
        return min(self.along(a, b) for a, b in pairwise(chain))

    def passable(self, radius_m: float) -> Mask:
        """Cells where a disc of this radius may be, such that it may also go from each to its neighbours.

        Between the centres of two cells that touch at a corner the distance to a point dips below that at
        the centres: d(middle)^2 = (d(a)^2 + d(b)^2) / 2 - |ab|^2 / 4.
        """
        dip = float(np.hypot(radius_m, np.sqrt(0.5) * self.resolution_m))
        found: Mask = self.field_m >= dip + SAMPLING_CELLS * self.resolution_m
        return found


def _halves(free: Mask) -> NDArray[np.uint8]:
    """The grid of half cells: centres at odd rows and columns, sides and corners between; 0 is blocked."""
    height, width = free.shape
    found = np.zeros((2 * height + 1, 2 * width + 1), np.uint8)
    beside, below = free[:, :-1] & free[:, 1:], free[:-1] & free[1:]
    found[1::2, 1::2] = free
    found[1::2, 2:-1:2] = beside
    found[2:-1:2, 1::2] = below
    found[2:-1:2, 2:-1:2] = beside[:-1] & beside[1:]
    return found


def _samples(length: float) -> int:
    """On a line of so many cells."""
    return int(length * 3.0) + 2
