"""Walls of an occupancy grid: the outlines of its occupied cells."""

from itertools import pairwise

import numpy as np

from maps.elements import Wall
from maps.importers.occupancy_grid import Grid
from maps.roadmap.outlines import Frame, lines

SEGMENTS_MAX = 4000
"""More would be slow to draw, and nobody could see them."""

CELLS_MIN = 3
"""Contours of fewer cells are specks; robots keep clear of them all the same."""


def walls(grid: Grid) -> tuple[Wall, ...]:
    """The outlines, simplified by a cell, or by more when there are too many."""
    tolerance, cells_min = 1.0, CELLS_MIN
    while True:
        found = _walls(grid, tolerance, cells_min)
        if len(found) <= SEGMENTS_MAX:
            return found
        tolerance, cells_min = tolerance * 1.3, cells_min * 2


def _walls(grid: Grid, tolerance: float, cells_min: int) -> tuple[Wall, ...]:
    frame = Frame(grid.values.shape[0], grid.file.resolution_m)
    seen: dict[tuple[bytes, bytes], None] = {}
    found = []
    for contour in lines(grid.occupied, tolerance, cells_min):
        for a, b in pairwise(np.concatenate((contour, contour[:1]))):
            ends = (min(a.tobytes(), b.tobytes()), max(a.tobytes(), b.tobytes()))
            # A wall one cell thick has the same outline there and back.
            if ends in seen or ends[0] == ends[1]:
                continue
            seen[ends] = None
            found.append(Wall(start=grid.to_site(frame.metres(a)), end=grid.to_site(frame.metres(b))))
    return tuple(found)
