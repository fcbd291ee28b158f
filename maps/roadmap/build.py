"""build: a road map for the free cells of a grid: lanes, rooms and doorways.

1. Where may the robot's centre be: the distance to the nearest cell that is not free (clearance).
2. Rooms and the doorways between them (rooms), and the straight ways through these (gates).
3. Spots for nodes: the ends of gates, centres of rooms, rows and columns in halls, the medial axis (spots).
4. Ways between neighbouring spots (ways), of which the needed ones are kept (spanner) and tidied (tidy).

The same grid and settings give the same road map, always.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maps.elements import Point
from maps.roadmap.clearance import Clearance
from maps.roadmap.costs import Costs
from maps.roadmap.gates import close, find_gate
from maps.roadmap.images import Mask, components, distance, window
from maps.roadmap.outlines import Frame, polygons
from maps.roadmap.rooms import Rooms, find_rooms
from maps.roadmap.settings import RoadMapSettings
from maps.roadmap.spanner import Pieces, bridges, spanner
from maps.roadmap.spots import Spots, find_spots, hall_spacing_m
from maps.roadmap.tidy import Network, network, tidy
from maps.roadmap.ways import Lane, Ways

BORDER = 3
"""Cells kept around what is free: no lane leaves the grid, and walls are seen."""

CORRIDOR_DOORS = 4
"""A corridor has at least so many doorways ..."""

CORRIDOR_LENGTHS = 3.0
"""... and so many times the area of the largest square in it."""

HOLE_M2_MIN = 4.0
"""Smaller obstacles, as a table, are part of the room's outline."""

OUTLINE_M = 0.1
"""How far a room's outline may be from its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadNode:
    """`room` is an index into RoadMap.rooms, None in no room; `is_centre` where a robot goes for it."""

    at: Point
    room: int | None
    is_centre: bool = False
    in_doorway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLane:
    """Both ways. `clearance_m` is its distance to the nearest cell that is not free."""

    first: int
    second: int
    clearance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRoom:
    """`doorways` are indices into RoadMap.doorways."""

    outline: tuple[Point, ...]
    is_corridor: bool
    doorways: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pocket:
    """A free area in which the robot could stand and which it cannot reach."""

    at: Point
    area_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadMap:
    """Points are metres right and up from the lower left corner of the grid.

    All nodes can be reached from each other; every room holds one that is its centre.
    """

    nodes: tuple[RoadNode, ...] = ()
    lanes: tuple[RoadLane, ...] = ()
    rooms: tuple[RoadRoom, ...] = ()
    doorways: tuple[tuple[Point, Point], ...] = ()
    """The two sides of each narrow place between rooms, whether lanes lead through it or not."""
    pockets: tuple[Pocket, ...] = ()
    """Largest first."""


def build(free: Mask, occupied: Mask, resolution_m: float, settings: RoadMapSettings) -> RoadMap:
    """The road map on the free cells; row 0 is at the top. Empty when the robot fits nowhere.

    `occupied` tells walls from what is merely unknown: rooms have walls. Nobody drives on either.
    """
    if not free.any():
        return RoadMap()
    free, occupied = np.pad(free, BORDER), np.pad(occupied, BORDER)
    rows, columns = window(free, BORDER)
    frame = Frame(free.shape[0] - BORDER, resolution_m).at(columns.start - BORDER, rows.start)
    free, occupied = free[rows, columns], occupied[rows, columns]
    clearance = Clearance(free, resolution_m)
    passable, pockets = _main_part(clearance.passable(settings.robot_radius_m), frame, clearance, settings)
    if not passable.any():
        return RoadMap()
    rooms = find_rooms(free, occupied, resolution_m, settings)
    found = [(doorway, find_gate(doorway, passable, clearance, settings)) for doorway in rooms.doorways]
    gates = [gate for _, gate in found if gate is not None]
    floor = close(passable, [doorway for doorway, gate in found if gate is not None])
    spacing_m = hall_spacing_m(passable, clearance, settings)
    spots = find_spots(floor, gates, clearance, rooms, spacing_m, settings)
    costs = Costs(clearance, rooms.labels)
    net = network(spots, _lanes(spots, floor, passable, clearance, costs, settings))
    tidy(net, clearance, costs, spacing_m, settings)
    return _road_map(net, rooms, pockets, clearance, frame, settings)


def _main_part(
    passable: Mask, frame: Frame, clearance: Clearance, settings: RoadMapSettings
) -> tuple[Mask, tuple[Pocket, ...]]:
    """The largest part that hangs together, and what is left out."""
    labels, boxes = components(passable)
    cells = boxes[1:, 4]
    if not len(cells):
        return passable, ()
    order = np.argsort(-cells, kind="stable") + 1
    pockets = []
    for label in order[1:].tolist():
        area_m2 = float(boxes[label, 4]) * clearance.resolution_m**2
        if area_m2 >= settings.room_area_m2_min / 2.0:
            left, top, width, height = boxes[label, :4].tolist()
            where = np.s_[top : top + height, left : left + width]
            # The first of the widest cells, row by row.
            best = int(np.argmax(np.where(labels[where] == label, clearance.field_m[where], -1.0)))
            at = (float(left + best % width), float(top + best // width))
            pockets.append(Pocket(at=frame.metres(at), area_m2=area_m2))
    main: Mask = labels == int(order[0])
    return main, tuple(pockets)


def _lanes(
    spots: Spots,
    floor: Mask,
    passable: Mask,
    clearance: Clearance,
    costs: Costs,
    settings: RoadMapSettings,
) -> list[Lane]:
    """The needed lanes: through gates, then on the floor; what these leave apart is joined over all cells."""
    count = len(spots.points)
    ways = Ways(spots.points, floor, clearance, costs, settings)
    fixed = list(_gate_lanes(spots, clearance, costs, settings))
    lanes = ways.lanes()
    kept = spanner(count, fixed, lanes, ways.found, settings.detour)
    kept += [ways.found(lane) for lane in bridges(count, kept, lanes)]
    pieces = Pieces(count, kept)
    piece_of = [pieces.of(spot) for spot in range(count)]
    if len(dict.fromkeys(piece_of)) > 1:
        ways.widen(passable)
        kept += [ways.found(lane) for lane in bridges(count, kept, ways.lanes(piece_of))]
    return kept


def _gate_lanes(
    spots: Spots, clearance: Clearance, costs: Costs, settings: RoadMapSettings
) -> Iterator[Lane]:
    for first, second in dict.fromkeys((min(pair), max(pair)) for pair in spots.gates):
        chain = spots.points[[first, second]]
        if first != second and clearance.along_chain(chain) >= settings.robot_radius_m:
            yield Lane(first=first, second=second, chain=chain, cost=costs.of(chain))


def _road_map(
    net: Network,
    rooms: Rooms,
    pockets: tuple[Pocket, ...],
    clearance: Clearance,
    frame: Frame,
    settings: RoadMapSettings,
) -> RoadMap:
    """The network in metres: room centres in the order of the rooms, then from the top, left to right."""
    centres = {node: room for node, room in net.keep.items() if node in net.points}
    entered = sorted(centres.values())
    index = {room: position for position, room in enumerate(entered)}
    order = sorted(net.points, key=lambda node: _place(node, net, centres, clearance.resolution_m))
    number = {node: position for position, node in enumerate(order)}
    doorways = rooms.doorways
    middles = np.array([doorway.at for doorway in doorways]).reshape(-1, 2)
    radius = settings.robot_radius_m / clearance.resolution_m
    nodes = []
    for node in order:
        column, row = np.round(net.points[node]).astype(int)
        in_doorway = bool(np.any(np.hypot(*(middles - net.points[node]).T) <= radius))
        room = index.get(int(rooms.labels[row, column]))
        nodes.append(
            RoadNode(
                at=frame.metres(net.points[node]),
                room=index[centres[node]] if node in centres else room,
                is_centre=node in centres,
                in_doorway=in_doorway and node not in centres,
            )
        )
    pairs = sorted(((number[a], number[b]) for a, b in net.lanes()), key=lambda pair: (min(pair), max(pair)))
    at = np.array([net.points[node] for node in order]).reshape(-1, 2)
    along_m = clearance.along_each(at[[a for a, _ in pairs]], at[[b for _, b in pairs]])
    lanes = [
        RoadLane(first=a, second=b, clearance_m=lane_m)
        for (a, b), lane_m in zip(pairs, along_m.tolist(), strict=True)
    ]
    return RoadMap(
        nodes=tuple(nodes),
        lanes=tuple(lanes),
        rooms=tuple(_room(room, rooms, frame, clearance.resolution_m) for room in entered),
        doorways=tuple((frame.metres(d.ends[0]), frame.metres(d.ends[1])) for d in doorways),
        pockets=pockets,
    )


def _place(
    node: int, net: Network, centres: dict[int, int], resolution_m: float
) -> tuple[int, float, float, float]:
    if node in centres:
        return (0, float(centres[node]), 0.0, 0.0)
    x, y = net.points[node]
    return (1, float(y * resolution_m // 3.0), float(x), float(y))


def _room(room: int, rooms: Rooms, frame: Frame, resolution_m: float) -> RoadRoom:
    where = rooms.windows[room - 1]
    area = np.pad(rooms.labels[where] == room, 1)
    here = frame.at(where[1].start - 1, where[0].start - 1)
    outline = polygons(area, here, max(1.0, OUTLINE_M / resolution_m), HOLE_M2_MIN / resolution_m**2)[0]
    touching = tuple(i for i, door in enumerate(rooms.doorways) if room in (door.first, door.second))
    widest = 2.0 * float(distance(area).max())
    is_long = float(area.sum()) >= CORRIDOR_LENGTHS * widest**2
    return RoadRoom(
        outline=outline, is_corridor=is_long and len(touching) >= CORRIDOR_DOORS, doorways=touching
    )
