"""Rooms of a grid: areas that hang together through nothing wider than a door.

The distance transform is flooded from its peaks (watershed); basins are joined again unless what joins them
is a doorway: narrow, and clearly narrower than both sides. After R. Bormann et al., Room segmentation:
survey, implementation, and analysis, ICRA 2016. Furniture is looked through: it parts no rooms.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from scipy.ndimage import find_objects

from maps.roadmap.clearance import Points
from maps.roadmap.images import Field, Labels, Mask, components, distance, flooded
from maps.roadmap.settings import RoadMapSettings

NARROWING = 0.72
"""A doorway is at most this share of the half width of the narrower side."""

FURNITURE_M = 2.2
"""Obstacles that stand alone, with no larger diagonal, part no rooms: tables, pillars, crates."""

PEAK_M = 0.4
"""Peaks nearer than this are one."""

ENCLOSED_FRACTION = 0.5
"""Of a room's edge that must be obstacle, not merely unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """Where two rooms meet. `first` and `second` are labels, points are (column, row)."""

    first: int
    second: int
    at: tuple[float, float]
    ends: tuple[tuple[float, float], tuple[float, float]]
    """The two obstacles between which it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """`labels` has 0 where there is no room, else 1, 2, ... ; `count` is the greatest."""

    labels: Labels
    count: int
    windows: tuple[tuple[slice, slice], ...]
    """Rows and columns that have all cells of room 1, 2, ..."""
    doorways: tuple[Doorway, ...]


def find_rooms(free: Mask, occupied: Mask, resolution_m: float, settings: RoadMapSettings) -> Rooms:
    """The rooms among the free cells, and the doorways between them."""
    open_cells = free | _furniture(free, resolution_m)
    height_m = distance(open_cells) * np.float32(resolution_m)
    basins = _basins(height_m, open_cells, resolution_m)
    borders = _Borders(basins, height_m)
    joined = _join(basins, borders, height_m, resolution_m, settings)
    rooms = joined[basins]
    kept = _kept(rooms, free, occupied, resolution_m, settings)
    labels = kept[rooms]
    doorways = _doorways(joined, kept, borders, open_cells, resolution_m, settings)
    windows = tuple(cast(list[tuple[slice, slice]], find_objects(labels)))
    return Rooms(labels=labels, count=int(kept.max(initial=0)), windows=windows, doorways=doorways)


def _furniture(free: Mask, resolution_m: float) -> Mask:
    labels, boxes = components(~free)
    size = np.hypot(boxes[:, 2], boxes[:, 3]) * resolution_m
    small = size <= FURNITURE_M
    small[0] = False
    found: Mask = small[labels]
    return found


def _basins(height_m: Field, mask: Mask, resolution_m: float) -> Labels:
    """Watershed of the distance transform: one basin for each peak, labels 1, 2, ..."""
    reach = 2 * max(1, round(PEAK_M / resolution_m)) + 1
    highest = cv2.dilate(height_m, np.ones((reach, reach), np.uint8))
    peaks = (height_m >= highest) & mask
    markers, _ = components(peaks)
    return flooded(-height_m, markers, mask, corners=False)


class _Borders:
    """Pairs of basins that touch, with the highest (widest) place of each border; highest first."""

    def __init__(self, basins: Labels, height_m: Field) -> None:
        first, second, height, cell = [], [], [], []
        index = np.arange(basins.size, dtype=np.int64).reshape(basins.shape)
        for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1, :], np.s_[1:, :])):
            a, b = basins[here], basins[there]
            touch = (a != b) & (a > 0) & (b > 0)
            first.append(np.minimum(a, b)[touch])
            second.append(np.maximum(a, b)[touch])
            lower = height_m[here] <= height_m[there]
            height.append(np.where(lower, height_m[here], height_m[there])[touch])
            cell.append(np.where(lower, index[here], index[there])[touch])
        a, b = np.concatenate(first), np.concatenate(second)
        h, c = np.concatenate(height), np.concatenate(cell)
        order = np.lexsort((c, -h, b, a))
        a, b, h, c = a[order], b[order], h[order], c[order]
        new = np.ones(len(a), bool)
        new[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
        a, b, h, c = a[new], b[new], h[new], c[new]
        order = np.lexsort((c, -h))
        self.first, self.second, self.height_m, self.cell = a[order], b[order], h[order], c[order]


def _join(
    basins: Labels,
    borders: _Borders,
    height_m: Field,
    resolution_m: float,
    settings: RoadMapSettings,
) -> Labels:
    """The room of each basin: basins joined from the widest border down, unless it is a doorway."""
    count = int(basins.max(initial=0)) + 1
    parent = list(range(count))
    # In the type of the heights: numpy takes ten times as long when it must convert them.
    highest = np.zeros(count, height_m.dtype)
    np.maximum.at(highest, basins.ravel(), height_m.ravel())
    peak = highest.astype(float)
    area = np.bincount(basins.ravel(), minlength=count) * resolution_m**2

    def root(basin: int) -> int:
        while parent[basin] != basin:
            parent[basin] = parent[parent[basin]]
            basin = parent[basin]
        return basin

    for first, second, height in zip(
        borders.first.tolist(), borders.second.tolist(), borders.height_m.tolist(), strict=True
    ):
        a, b = root(first), root(second)
        if a == b:
            continue
        narrow = height <= settings.door_width_m_max / 2.0 and height <= NARROWING * min(peak[a], peak[b])
        if narrow and min(area[a], area[b]) >= settings.room_area_m2_min:
            continue
        low, high = min(a, b), max(a, b)
        parent[high] = low
        peak[low] = max(peak[a], peak[b])
        area[low] = area[a] + area[b]
    return np.array([root(basin) for basin in range(count)], dtype=np.int32)


def _kept(
    rooms: Labels, free: Mask, occupied: Mask, resolution_m: float, settings: RoadMapSettings
) -> Labels:
    """New label of each room, by position (from the top left, row by row); 0 for what is no room."""
    count = int(rooms.max(initial=0)) + 1
    cells = np.bincount(rooms.ravel(), minlength=count)
    area = cells * resolution_m**2
    ring = cv2.dilate(occupied.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    outside = cv2.dilate((rooms == 0).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    edge = outside & (rooms > 0)
    length = np.bincount(rooms[edge], minlength=count)
    walled = np.bincount(rooms[edge & ring], minlength=count)
    good = (area >= settings.room_area_m2_min) & (walled >= ENCLOSED_FRACTION * length) & (length > 0)
    good[0] = False
    rows, columns = np.arange(rooms.shape[0])[:, None], np.arange(rooms.shape[1])[None, :]
    cells = np.maximum(cells, 1)
    x = np.bincount(rooms.ravel(), weights=np.broadcast_to(columns, rooms.shape).ravel(), minlength=count)
    y = np.bincount(rooms.ravel(), weights=np.broadcast_to(rows, rooms.shape).ravel(), minlength=count)
    band = np.floor(y / cells * resolution_m / 3.0)
    order = np.lexsort((np.arange(count), x / cells, band))
    kept = np.zeros(count, np.int32)
    kept[order[good[order]]] = np.arange(1, int(good.sum()) + 1)
    return kept


def _doorways(
    joined: Labels,
    kept: Labels,
    borders: _Borders,
    open_cells: Mask,
    resolution_m: float,
    settings: RoadMapSettings,
) -> tuple[Doorway, ...]:
    """One for each narrow place where two rooms, or a room and what is none, meet."""
    width = open_cells.shape[1]
    found: list[Doorway] = []
    for first, second, height, cell in zip(
        joined[borders.first].tolist(),
        joined[borders.second].tolist(),
        borders.height_m.tolist(),
        borders.cell.tolist(),
        strict=True,
    ):
        if first == second or not (kept[first] or kept[second]):
            continue
        row, column = divmod(cell, width)
        ends = _ends(open_cells, np.array([column, row], float), height / resolution_m)
        if (
            ends is not None
            and np.hypot(*(ends[1] - ends[0])) * resolution_m <= 1.2 * settings.door_width_m_max
        ):
            found.append(
                Doorway(
                    first=int(kept[first]),
                    second=int(kept[second]),
                    at=(float(column), float(row)),
                    ends=(_pair(ends[0]), _pair(ends[1])),
                )
            )
    return tuple(found)


def _pair(point: Points) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _ends(open_cells: Mask, at: Points, radius: float) -> tuple[Points, Points] | None:
    """The nearest obstacle, and the nearest one on the other side of the place. None: no other side."""
    reach = int(np.ceil(radius * 1.6)) + 2
    row, column = int(at[1]), int(at[0])
    top, left = max(row - reach, 0), max(column - reach, 0)
    rows, columns = np.nonzero(~open_cells[top : row + reach + 1, left : column + reach + 1])
    if not len(rows):
        return None
    offset = np.column_stack((columns + left - at[0], rows + top - at[1])).astype(float)
    distance = np.hypot(offset[:, 0], offset[:, 1])
    nearest = int(np.argmin(distance))
    cosine = offset @ offset[nearest] / np.maximum(distance * distance[nearest], 1e-9)
    other = np.flatnonzero(cosine < -0.7)
    if not len(other):
        return None
    second = int(other[np.argmin(distance[other])])
    return at + offset[nearest], at + offset[second]
