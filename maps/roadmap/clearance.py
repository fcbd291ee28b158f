"""Clearance: how far each point of a grid is from the nearest cell that is not free.

Points are (column, row) in cells, arrays of shape (n, 2); a cell's centre has whole numbers. The grid has a
border of blocked cells, so that nothing leaves it.
"""

from itertools import pairwise

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
        height, width = free.shape
        halves = np.ones((2 * height + 1, 2 * width + 1), np.uint8)
        for down in (0, 1, 2):
            for right in (0, 1, 2):
                halves[down : down + 2 * height - 1 : 2, right : right + 2 * width - 1 : 2] &= free
        steps = cv2.distanceTransform(halves, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        self.resolution_m = resolution_m
        self._halves_m: Field = steps * np.float32(resolution_m / 2.0)
        self.field_m: Field = np.ascontiguousarray(self._halves_m[1::2, 1::2])
        """At the centre of each cell."""

    def at(self, points: Points) -> Points:
        """Clearance at each point, by bilinear interpolation."""
        field = self._halves_m
        height, width = field.shape
        # np.clip takes longer than the rest on the few points of a short line.
        x = np.minimum(np.maximum(2.0 * points[:, 0] + 1.0, 0.0), width - 1.001)
        y = np.minimum(np.maximum(2.0 * points[:, 1] + 1.0, 0.0), height - 1.001)
        column, row = x.astype(np.int64), y.astype(np.int64)
        dx, dy = x - column, y - row
        values, corner = field.ravel(), row * width + column
        above = values[corner] * (1.0 - dx) + values[corner + 1] * dx
        below = values[corner + width] * (1.0 - dx) + values[corner + width + 1] * dx
        found: Points = above * (1.0 - dy) + below * dy
        return found

    def along(self, start: Points, end: Points) -> float:
        """The least clearance of the straight line between two points (each of shape (2,))."""
        steps = int(np.hypot(*(end - start)) * 3.0) + 2
        share = (np.arange(steps) * (1.0 / (steps - 1)))[:, None]
        slack_m = SAMPLING_CELLS * self.resolution_m
        return float(self.at(start + share * (end - start)).min()) - slack_m

    def sees(self, start: tuple[float, float], end: tuple[float, float], clearance_m: float) -> bool:
        """Whether the line has the clearance, quickly and roughly: at the centres of the cells on it."""
        steps = int(max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
        columns = np.rint(np.linspace(start[0], end[0], steps)).astype(np.intp)
        rows = np.rint(np.linspace(start[1], end[1], steps)).astype(np.intp)
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
