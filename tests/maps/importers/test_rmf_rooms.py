"""Rooms from walls and doors drawn here: what closes an area, what is none, what it is called."""

import math
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from maps.elements import Door, Level, Lift, Node, NodeKind, Point, Room, RoomKind, Wall
from maps.geometry import area_m2, rotated
from maps.importers.rmf_rooms import rooms


def _level(*chains: list[Point]) -> Level:
    walls = [Wall(start=a, end=b) for chain in chains for a, b in pairwise(chain)]
    return Level(level_id="L1", names={}, elevation_m=0.0, walls=tuple(walls))


def _door(name: str, start: Point, end: Point) -> Door:
    return Door(door_id=name, level="L1", names={"en": name}, start=start, end=end)


def _node(node_id: str, at: Point, name: str = "", kind: NodeKind = NodeKind.WAYPOINT) -> Node:
    names = {"en": name} if name else {}
    return Node(node_id=node_id, level="L1", x_m=at[0], y_m=at[1], kind=kind, names=names)


def _found(level: Level, *things: Door | Node | Lift) -> list[Room]:
    nodes = {thing.node_id: thing for thing in things if isinstance(thing, Node)}
    doors = [thing for thing in things if isinstance(thing, Door)]
    lifts = [thing for thing in things if isinstance(thing, Lift)]
    return rooms([level], nodes, doors, lifts)[0]


# 6 x 4 m with a doorway from 2 to 3 m in the south.
BOX: list[Point] = [(3, 0), (6, 0), (6, 4), (0, 4), (0, 0), (2, 0)]


def test_door_closes_an_area_and_is_its_door() -> None:
    (room,) = _found(_level(BOX), _door("d", (2, 0), (3, 0)))
    assert (area_m2(room.polygon), room.doors, room.kind) == (24.0, ("d",), RoomKind.OTHER)


def test_doorway_without_a_door_closes_an_area_too() -> None:
    (room,) = _found(_level(BOX))
    assert (area_m2(room.polygon), room.doors) == (24.0, ())


def test_opening_wider_than_a_doorway_leaves_the_area_open() -> None:
    assert _found(_level([(3, 0), (3.2, 0), (6, 0), (6, 4), (0, 4), (0, 0), (0.5, 0)])) == []


def test_walls_that_end_a_little_short_and_doors_beside_their_wall_are_joined() -> None:
    short = _level([(3, 0), (6, 0), (6, 4), (0.2, 4)], [(0, 4.1), (0, 0), (2, 0)])
    (room,) = _found(short, _door("d", (2, 0.2), (3, 0.2)))
    assert math.isclose(area_m2(room.polygon), 24.0, rel_tol=0.05)
    assert room.doors == ("d",)


def test_pillars_and_ducts_are_no_rooms_and_leave_no_hole() -> None:
    pillar: list[Point] = [(2, 2), (2.5, 2), (2.5, 2.5), (2, 2.5), (2, 2)]
    duct: list[Point] = [(0, 3.5), (6, 3.5)]
    (room,) = _found(_level(BOX, pillar, duct))
    assert area_m2(room.polygon) == 21.0


def test_area_around_an_island_of_rooms_is_no_room() -> None:
    island: list[Point] = [(2, 1), (4, 1), (4, 3), (2, 3), (2, 1)]
    assert [area_m2(room.polygon) for room in _found(_level(BOX, island))] == [4.0]


def test_shaft_is_no_room_and_a_cabin_drawn_in_a_hall_leaves_the_hall() -> None:
    lift = Lift(
        lift_id="lift",
        names={},
        cabin_nodes={"L1": "cabin"},
        center=(1, 1),
        width_m=1.5,
        depth_m=1.5,
    )
    cabin = _node("cabin", (1, 1), kind=NodeKind.LIFT_CABIN)
    assert _found(_level(BOX), lift, cabin) == []
    (hall,) = _found(_level(BOX), lift, cabin, _node("desk", (4, 2)))
    assert hall.nodes == ("desk",)


def test_room_takes_the_name_of_its_one_place_which_is_where_one_goes() -> None:
    way, place = _node("L1/1", (1, 1)), _node("L1/2", (4, 2), "Ward 3", NodeKind.CHECKPOINT)
    charger = _node("L1/3", (5, 3), "charger_1", NodeKind.CHARGER)
    (room,) = _found(_level(BOX), way, charger, place)
    assert (room.room_id, room.names, room.nodes) == ("ward_3", {"en": "Ward 3"}, ("L1/2", "L1/1", "L1/3"))


def test_room_with_two_places_or_none_is_numbered() -> None:
    one, two = (_node(f"L1/{n}", (n, 2), f"Desk {n}", NodeKind.CHECKPOINT) for n in (1, 3))
    (room,) = _found(_level(BOX), one, two)
    assert (room.room_id, room.names) == ("L1/room_1", {"en": "Room 1", "zh-CN": "房间1"})
    # Further from the walls.
    assert room.nodes == ("L1/3", "L1/1")
    assert [room.room_id for room in _found(_level(BOX))] == ["L1/room_1"]


def test_door_that_two_rooms_could_claim_names_neither() -> None:
    wall: list[Point] = [(6, 4), (10, 4), (10, 0), (6, 0)]
    level = _level([(6, 0), (0, 0), (0, 4), (6, 4), (6, 2.5)], [(6, 0), (6, 1.5)], wall)
    found = _found(level, _door("archive_door", (6, 1.5), (6, 2.5)))
    assert [room.names["en"] for room in found] == ["Room 1", "Room 2"]
    assert [room.doors for room in found] == [("archive_door",), ("archive_door",)]


def test_long_and_narrow_area_with_many_doorways_is_a_corridor() -> None:
    south = [[(x, 0.0), (x + 3.0, 0.0)] for x in (0.0, 4.0, 8.0, 12.0, 16.0)]
    outline: list[Point] = [(0, 0), (0, 2), (19, 2), (19, 0)]
    (room,) = _found(_level(outline, *south))
    assert (room.kind, room.names) == (RoomKind.CORRIDOR, {"en": "Corridor 1", "zh-CN": "走廊1"})
    (hall,) = _found(_level([(0, 0), (0, 12), (19, 12), (19, 0)], *south))
    assert hall.kind is RoomKind.OTHER


@settings(deadline=None, max_examples=40)
@given(
    turn_rad=st.floats(-math.pi, math.pi),
    slip=st.lists(st.floats(-0.05, 0.05), min_size=12, max_size=12),
)
def test_turned_and_sloppy_drawing_holds_the_same_room(turn_rad: float, slip: list[float]) -> None:
    walls = _level(BOX).walls
    ends = [wall.start for wall in walls] + [wall.end for wall in walls]
    moved = iter(slip)
    sloppy = {end: (end[0] + next(moved), end[1] + next(moved)) for end in dict.fromkeys(ends)}
    level = replace(
        _level(),
        walls=tuple(
            Wall(start=rotated(sloppy[wall.start], turn_rad), end=rotated(sloppy[wall.end], turn_rad))
            for wall in walls
        ),
    )
    door = _door("d", rotated((2, 0), turn_rad), rotated((3, 0), turn_rad))
    (room,) = _found(level, door)
    assert math.isclose(area_m2(room.polygon), 24.0, abs_tol=1.5)
    assert room.doors == ("d",)
