"""Walls of an occupancy grid: the outlines of its occupied cells."""

from itertools import pairwise

import numpy as np

from maps.elements import Wall
from maps.importers.occupancy_grid import Grid
from maps.roadmap.clearance import Points
from maps.roadmap.outlines import Frame, lines

SEGMENTS_MAX = 4000
"""More would be slow to draw, and nobody could see them."""

CELLS_MIN = 3
"""Contours of fewer cells are specks; robots keep clear of them all the same."""


def walls(grid: Grid) -> tuple[Wall, ...]:
    """The outlines, simplified by a cell, or by more when there are too many."""
    tolerance, cells_min = 1.0, CELLS_MIN
    found = _segments(grid, tolerance, cells_min)
    while len(found) > SEGMENTS_MAX:
        tolerance, cells_min = tolerance * 1.3, cells_min * 2
        found = _segments(grid, tolerance, cells_min)
    frame = Frame(grid.values.shape[0], grid.file.resolution_m)
    ends = ((grid.to_site(frame.metres(a)), grid.to_site(frame.metres(b))) for a, b in found)
    return tuple(Wall(start=start, end=end) for start, end in ends)


def _segments(grid: Grid, tolerance: float, cells_min: int) -> list[tuple[Points, Points]]:
    """Pairs of ends, in cells."""
    seen: dict[tuple[bytes, bytes], None] = {}
    found = []
    for contour in lines(grid.occupied, tolerance, cells_min):
        for a, b in pairwise(np.concatenate((contour, contour[:1]))):
            ends = (min(a.tobytes(), b.tobytes()), max(a.tobytes(), b.tobytes()))
            # A wall one cell thick has the same outline there and back.
            if ends not in seen and ends[0] != ends[1]:
                seen[ends] = None
                found.append((a, b))
    return found
