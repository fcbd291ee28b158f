"""Walls of an occupancy grid: the outlines of its occupied cells."""

import numpy as np

from maps.elements import Wall
from maps.importers.occupancy_grid import Grid
from maps.roadmap.clearance import Points
from maps.roadmap.outlines import Contour, Frame, contours, simplified

SEGMENTS_MAX = 4000
"""More would be slow to draw, and nobody could see them."""

CELLS_MIN = 3
"""Contours of fewer cells are specks; robots keep clear of them all the same."""


def walls(grid: Grid) -> tuple[Wall, ...]:
    """The outlines, simplified by a cell, or by more when there are too many."""
    outlines = contours(grid.occupied)
    tolerance, cells_min = 1.0, CELLS_MIN
    found = _segments(outlines, tolerance, cells_min)
    while len(found) > SEGMENTS_MAX:
        tolerance, cells_min = tolerance * 1.3, cells_min * 2
        found = _segments(outlines, tolerance, cells_min)
    frame = Frame(grid.values.shape[0], grid.file.resolution_m)
    ends = ((grid.to_site(frame.metres(a)), grid.to_site(frame.metres(b))) for a, b in found)
    return tuple(Wall(start=start, end=end) for start, end in ends)


def _segments(outlines: list[Contour], tolerance: float, cells_min: int) -> list[tuple[Points, Points]]:
    """Pairs of ends, in cells. A wall one cell thick has the same outline there and back: once here."""
    kept = [simplified(outline, tolerance) for outline in outlines if len(outline) >= cells_min]
    if not kept:
        return []
    starts = np.concatenate(kept)
    ends = np.concatenate([np.roll(outline, -1, axis=0) for outline in kept])
    row = np.int64(starts[:, 0].max() + 1)
    one, other = (points[:, 1] * row + points[:, 0] for points in (starts, ends))
    pair = np.minimum(one, other) * row * (starts[:, 1].max() + 1) + np.maximum(one, other)
    _, first = np.unique(pair, return_index=True)
    drawn = [index for index in np.sort(first).tolist() if one[index] != other[index]]
    return list(zip(starts[drawn], ends[drawn], strict=True))
