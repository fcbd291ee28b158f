"""Spots: where a road map's nodes go. Room centres first, then halls, doorways, and the medial axis.

The medial axis (Blum; skimage.morphology.medial_axis) of the space in which the robot's centre may be has the
middle of each corridor, each crossing and the middle of each doorway. Its points are taken widest first,
each unless a spot that is already taken sees it from near: that leaves out the twigs into corners.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from maps.roadmap.clearance import Clearance, Points
from maps.roadmap.gates import Gate
from maps.roadmap.images import Labels, Mask, components, medial_axis
from maps.roadmap.rooms import Rooms
from maps.roadmap.settings import HALL_NODES_MAX, RoadMapSettings

Spot = tuple[float, float]

NEAR_CLEARANCES = 1.8
"""A spot serves what it sees within this many times its own clearance ..."""

NEAR_SHARE_MIN, NEAR_SHARE_MAX = 0.3, 0.9
"""... within these shares of the distance between the lanes of halls."""

HALL_EDGE = 0.6
"""A lane of a hall may come this much nearer to the walls than what makes it a hall."""

SITE_SHARE = 0.35
"""Of the side of a square as large as the site: lanes are no farther apart than this."""

AXIS_STEP_CELLS = 3
"""Between crossings every third cell of the medial axis is enough."""

CENTRE_STEP_M = 0.15
"""Clearances that differ by less are the same to a room's centre: the middle wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spots:
    """`points` of shape (n, 2); `room_of` has the room whose centre a spot is, else 0."""

    points: Points
    room_of: Labels
    gates: list[tuple[int, int]]
    """The two spots of each gate."""
    halls: frozenset[int]
    """Those in the rows and columns of halls."""


def hall_spacing_m(passable: Mask, clearance: Clearance, settings: RoadMapSettings) -> float:
    """Between the lanes of open areas: more where there is much of them, less on a small site."""
    core = passable & (clearance.field_m >= settings.hall_clearance_m)
    hall_m2, all_m2 = (float(cells.sum()) * clearance.resolution_m**2 for cells in (core, passable))
    usual_m = min(settings.hall_spacing_m, SITE_SHARE * math.sqrt(all_m2))
    return max(usual_m, math.sqrt(hall_m2 / HALL_NODES_MAX))


def find_spots(
    floor: Mask,
    gates: list[Gate],
    clearance: Clearance,
    rooms: Rooms,
    spacing_m: float,
    settings: RoadMapSettings,
) -> Spots:
    """The spots, no two nearer than two radii; every room that can be entered has one inside.

    `floor` are the passable cells without the doorways that have gates.
    """
    taken = _Taken(clearance, spacing_m, settings)
    ends = [(taken.force(gate.first), taken.force(gate.second)) for gate in gates]
    halls, core = _halls(floor, clearance, spacing_m, settings)
    for room, point in _centres(floor, clearance, rooms, halls):
        taken.force(point, room)
    rows = frozenset(taken.force(point) for point in halls)
    for point in _axis(floor, core, clearance):
        taken.offer(point)
    if not taken.points:
        # A place hardly larger than the robot.
        taken.force(_widest(floor, clearance))
    points = np.array(taken.points).reshape(-1, 2)
    return Spots(points=points, room_of=np.array(taken.rooms, np.int32), gates=ends, halls=rows)


def _widest(floor: Mask, clearance: Clearance) -> Spot:
    best = int(np.argmax(np.where(floor, clearance.field_m, -1.0)))
    row, column = divmod(best, floor.shape[1])
    return (float(column), float(row))


class _Taken:
    """The spots so far, in a coarse grid of buckets."""

    def __init__(self, clearance: Clearance, spacing_m: float, settings: RoadMapSettings) -> None:
        self.points: list[Spot] = []
        self.rooms: list[int] = []
        self._near: list[float] = []
        self._buckets: dict[tuple[int, int], list[int]] = {}
        self._clearance = clearance
        self._cells_per_m = 1.0 / clearance.resolution_m
        self._apart = 2.0 * settings.robot_radius_m * self._cells_per_m
        self._need_m = settings.need_m
        self._near_m_min, self._near_m_max = NEAR_SHARE_MIN * spacing_m, NEAR_SHARE_MAX * spacing_m
        self._bucket = max(self._near_m_max * self._cells_per_m, self._apart)

    def force(self, point: Spot, room: int = 0) -> int:
        """The spot at this point, or one that is nearer than two radii; it is the room's centre then."""
        for distance, index in self._around(point):
            if distance < self._apart:
                self.rooms[index] = self.rooms[index] or room
                return index
        return self._add(point, room)

    def offer(self, point: Spot) -> None:
        """Take the spot unless one that is taken is near and sees it."""
        for distance, index in self._around(point):
            if distance < self._apart:
                return
            if distance <= self._near[index] and self._clearance.sees(
                self.points[index], point, self._need_m
            ):
                return
        self._add(point, 0)

    def _around(self, point: Spot) -> list[tuple[float, int]]:
        """Distance and index of the spots that may matter to this point, nearest first."""
        column, row = self._key(point)
        found = []
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for index in self._buckets.get((x, y), ()):
                    distance = math.dist(self.points[index], point)
                    if distance <= self._bucket:
                        found.append((distance, index))
        return sorted(found)

    def _key(self, point: Spot) -> tuple[int, int]:
        return int(point[0] // self._bucket), int(point[1] // self._bucket)

    def _add(self, point: Spot, room: int) -> int:
        width_m = float(self._clearance.at(np.array([point]))[0])
        near_m = min(max(NEAR_CLEARANCES * width_m, self._near_m_min), self._near_m_max)
        index = len(self.points)
        self._buckets.setdefault(self._key(point), []).append(index)
        self.points.append(point)
        self.rooms.append(room)
        self._near.append(near_m * self._cells_per_m)
        return index


def _centres(passable: Mask, clearance: Clearance, rooms: Rooms, halls: list[Spot]) -> list[tuple[int, Spot]]:
    """The widest place of each room; of equally wide ones the one in the middle. In the order of the rooms.

    A room with places of a hall has the one of these that is nearest to its middle.
    """
    by_room: dict[int, list[Spot]] = {}
    for spot in halls:
        by_room.setdefault(int(rooms.labels[round(spot[1]), round(spot[0])]), []).append(spot)
    found = []
    for room, window in enumerate(rooms.windows, start=1):
        y, x = np.nonzero(passable[window] & (rooms.labels[window] == room))
        if len(x):
            x, y = x + window[1].start, y + window[0].start
            middle = (float(x.mean()), float(y.mean()))
            if room in by_room:
                found.append((room, min(by_room[room], key=lambda spot: (math.dist(spot, middle), spot))))
            else:
                step = np.floor(clearance.field_m[y, x] / CENTRE_STEP_M)
                best = int(np.lexsort((x, y, np.hypot(x - middle[0], y - middle[1]), -step))[0])
                found.append((room, (float(x[best]), float(y[best]))))
    return found


def _halls(
    passable: Mask, clearance: Clearance, spacing_m: float, settings: RoadMapSettings
) -> tuple[list[Spot], Mask]:
    """Points in rows and columns where there is much space, so that a hall gets lanes along and across.

    Also the cells of these halls: the medial axis is not needed there.
    """
    spacing = spacing_m / clearance.resolution_m
    wide = passable & (clearance.field_m >= HALL_EDGE * settings.hall_clearance_m)
    labels, boxes = components(wide)
    count = len(boxes)
    core = np.where(clearance.field_m >= settings.hall_clearance_m, labels, 0)
    is_hall = np.zeros(count, bool)
    found: list[Spot] = []
    for label, (left, top, width, height) in _boxes(core, count):
        if max(width, height) < spacing / 2.0:
            continue
        places = [
            (x, y)
            for y in _spread(top, height, spacing)
            for x in _spread(left, width, spacing)
            if labels[round(y), round(x)] == label
        ]
        found += places
        is_hall[label] = len(places) > 1
    return found, is_hall[labels]


def _boxes(labels: Labels, count: int) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Left, top, width, height of each label from 1 on that occurs."""
    rows, columns = np.nonzero(labels)
    label = labels[rows, columns]
    low, high = np.full((count, 2), np.iinfo(np.int64).max), np.full((count, 2), -1)
    for axis, values in ((0, columns), (1, rows)):
        np.minimum.at(low[:, axis], label, values)
        np.maximum.at(high[:, axis], label, values)
    size = high - low + 1
    return [
        (i, (int(low[i, 0]), int(low[i, 1]), int(size[i, 0]), int(size[i, 1])))
        for i in range(1, count)
        if high[i, 0] >= 0
    ]


def _spread(start: int, length: int, spacing: float) -> list[float]:
    """Places from one end to the other, about `spacing` apart; one in the middle of what is short."""
    count = int(length / spacing + 0.5) + 1
    if count == 1:
        return [float(start + (length - 1) // 2)]
    return [float(x) for x in np.round(np.linspace(start, start + length - 1, count))]


def _axis(passable: Mask, halls: Mask, clearance: Clearance) -> list[Spot]:
    """Points of the medial axis outside halls: where its branches meet, then others; each widest first."""
    axis = medial_axis(passable)
    around = cv2.boxFilter(axis.astype(np.uint8), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    rows, columns = np.nonzero(axis & ~halls)
    meeting = around[rows, columns] >= 4
    some = meeting | ((rows + columns) % AXIS_STEP_CELLS == 0)
    rows, columns, meeting = rows[some], columns[some], meeting[some]
    order = np.lexsort((columns, rows, -clearance.field_m[rows, columns], ~meeting))
    return [(float(columns[i]), float(rows[i])) for i in order.tolist()]
