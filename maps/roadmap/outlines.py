"""Outlines of areas in a grid as polygons, in metres from its lower left corner."""

from collections.abc import Iterator
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from maps.elements import Point
from maps.roadmap.clearance import Points
from maps.roadmap.images import Mask, components, window

Contour = NDArray[np.int32]

SLIT_CELLS = 3
"""Of a slit from a hole to the outside."""


class Frame:
    """From cells (column, row; row 0 at the top) to metres right and up from the lower left corner.

    A window of a grid has the frame whose `height` is the rows from its first to the grid's last, and whose
    `left` is its first column.
    """

    def __init__(self, height: int, resolution_m: float, left: int = 0) -> None:
        self._height = height
        self._resolution_m = resolution_m
        self._left = left

    def at(self, column: int, row: int) -> "Frame":
        """The frame of a window whose first cell this is."""
        return Frame(self._height - row, self._resolution_m, self._left + column)

    def metres(self, cell: Points | tuple[float, float]) -> Point:
        """The point at these cell coordinates; a cell's centre has whole numbers."""
        x = (float(cell[0]) + self._left + 0.5) * self._resolution_m
        y = (self._height - float(cell[1]) - 0.5) * self._resolution_m
        return (x, y)


def polygons(
    area: Mask, frame: Frame, tolerance_cells: float, hole_cells_min: float, cells_min: float = 1.0
) -> list[tuple[Point, ...]]:
    """One simple polygon for each part of the area of at least cells_min cells, largest first.

    Holes of at least hole_cells_min cells are opened by a slit to the outside; smaller ones are filled.
    """
    found = []
    for part, corner in _parts(area, cells_min):
        ring = _opened(part, hole_cells_min) + corner
        polygon = Polygon(ring) if len(ring) >= 4 else Polygon()
        # The ring runs through the centres of the outermost cells; the outline goes round these.
        whole = _whole(polygon).buffer(0.5, join_style="mitre")
        outline = _whole(_whole(whole).simplify(tolerance_cells))
        if outline.area > 0.0:
            corners = np.array(outline.exterior.coords)[:-1]
            found.append((outline.area, tuple(frame.metres(cell) for cell in corners)))
    return [polygon for _, polygon in sorted(found, key=lambda entry: (-entry[0], entry[1]))]


def contours(area: Mask) -> list[Contour]:
    """The closed contours of the parts of the area and of their holes: each cell on them."""
    return _contours(area.astype(np.uint8))[0]


def simplified(contour: Contour, tolerance_cells: float) -> Contour:
    """The contour with fewer corners; no cell on it is farther from it than the tolerance."""
    return cast(Contour, cv2.approxPolyDP(contour.reshape(-1, 1, 2), tolerance_cells, True).reshape(-1, 2))


def _parts(area: Mask, cells_min: float) -> Iterator[tuple[Mask, Contour]]:
    """Each part of the area in its own window, and the window's first column and row.

    What hangs on by a corner is a part of its own.
    """
    rows, columns = window(area)
    labels, boxes = components(area[rows, columns], corners=False)
    for label, (x, y, width, height, cells) in enumerate(boxes.tolist()):
        if label and cells >= cells_min:
            part: Mask = labels[y : y + height, x : x + width] == label
            yield part, np.array([x + columns.start, y + rows.start], np.int32)


def _opened(part: Mask, hole_cells_min: float) -> Contour:
    """The outline of the part, with a slit to each large hole."""
    cells = part.astype(np.uint8)
    found, is_hole = _contours(cells)
    outer = found[is_hole.index(False)]
    holes = [contour for contour, inner in zip(found, is_hole, strict=True) if inner]
    for hole in sorted(holes, key=lambda hole: tuple(hole.min(axis=0).tolist())):
        if cv2.contourArea(hole) >= hole_cells_min:
            gap, at = KDTree(outer).query(hole)
            nearest = int(np.argmin(gap))
            start, end = hole[nearest], outer[int(at[nearest])]
            cv2.line(cells, start.tolist(), end.tolist(), 0, thickness=SLIT_CELLS)
    found, is_hole = _contours(cells)
    return max((c for c, inner in zip(found, is_hole, strict=True) if not inner), key=len)


def _contours(cells: NDArray[np.uint8]) -> tuple[list[Contour], list[bool]]:
    """All contours, and which of them are those of holes."""
    found, tree = cv2.findContours(cells, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outlines = [cast(Contour, contour.reshape(-1, 2)) for contour in found]
    return outlines, [] if tree is None else [parent >= 0 for parent in tree.reshape(-1, 4)[:, 3].tolist()]


def _whole(polygon: BaseGeometry) -> Polygon:
    """The largest simple polygon of what an outline that touches itself describes."""
    mended = polygon if polygon.is_valid else polygon.buffer(0.0)
    parts = list(getattr(mended, "geoms", [mended]))
    largest = max(parts, key=lambda part: part.area, default=Polygon())
    return largest if isinstance(largest, Polygon) else Polygon()
