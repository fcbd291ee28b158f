"""Which area of a level a point lies in: a room, the open air, or what is left (corridors, halls).

Light, smoke and rain are stated by area; a grid says the area of every point, so that a camera can ask for
each of its pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from maps.elements import Point, ZoneKind
from maps.graph import SiteGraph

CELL_M = 0.25
MARGIN_M = 2.0
FINE_SHIFT = 8
"""fillPoly counts in 1/256 of a cell: walls lie on the edge of cells, not in their middle."""

Cells = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """One level. cells[row, column] is an index into names; row 0 lies south."""

    names: tuple[str, ...]
    """First the level itself, then its rooms, then '' for the open air."""
    x_m: float
    y_m: float
    """South-west corner of the grid."""
    cells: Cells

    @property
    def open_air(self) -> int:
        return len(self.names) - 1

    def at(self, point: Point) -> int:
        """Index of the area; outside the grid that of the nearest cell."""
        rows, columns = self.cells.shape
        row = min(rows - 1, max(0, int((point[1] - self.y_m) / CELL_M)))
        column = min(columns - 1, max(0, int((point[0] - self.x_m) / CELL_M)))
        return int(self.cells[row, column])

    def is_outdoors(self, point: Point) -> bool:
        return self.at(point) == self.open_air


def areas_of(graph: SiteGraph, level: str) -> Areas:
    """Rooms lie over the open air: what has a roof is indoors."""
    rooms = [room for room in graph.rooms.values() if room.level == level]
    outdoors = [
        zone.polygon
        for zone in graph.zones.values()
        if zone.level == level and zone.kind is ZoneKind.OUTDOORS
    ]
    corners = [p for room in rooms for p in room.polygon] + [p for polygon in outdoors for p in polygon]
    corners += [p for wall in graph.levels[level].walls for p in (wall.start, wall.end)]
    corners += [(node.x_m, node.y_m) for node in graph.nodes.values() if node.level == level]
    low = np.min(np.array(corners or [(0.0, 0.0)], float), axis=0) - MARGIN_M
    high = np.max(np.array(corners or [(0.0, 0.0)], float), axis=0) + MARGIN_M
    columns, rows = (int(size / CELL_M) + 1 for size in high - low)
    cells = np.zeros((rows, columns), np.int16)
    if outdoors:
        # round a site with open air there is more of it
        edge = int(MARGIN_M / CELL_M) - 1
        cells[:] = len(rooms) + 1
        cells[edge:-edge, edge:-edge] = 0
    for polygon in outdoors:
        cv2.fillPoly(cells, [_in_cells(polygon, low)], len(rooms) + 1, shift=FINE_SHIFT)
    for index, room in enumerate(rooms):
        cv2.fillPoly(cells, [_in_cells(room.polygon, low)], index + 1, shift=FINE_SHIFT)
    names = (level, *(room.room_id for room in rooms), "")
    return Areas(names=names, x_m=float(low[0]), y_m=float(low[1]), cells=cells)


def _in_cells(polygon: tuple[Point, ...], low: NDArray[np.float64]) -> NDArray[np.int32]:
    """Cell centres are whole numbers."""
    cells = ((np.array(polygon) - low) / CELL_M - 0.5) * 2**FINE_SHIFT
    return np.asarray(np.round(cells), np.int32)
