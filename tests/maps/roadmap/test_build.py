"""Road maps of grids that are drawn here."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from shapely import LineString

from maps.errors import SiteError
from maps.roadmap.build import RoadMap, build
from maps.roadmap.settings import RoadMapSettings
from tests.maps.roadmap.oracle import blocked_squares

Cells = NDArray[np.bool_]
RESOLUTION_M = 0.1


def walled(height: int, width: int) -> Cells:
    """A free area with walls around."""
    free = np.ones((height, width), bool)
    free[[0, -1]] = False
    free[:, [0, -1]] = False
    return free


def two_rooms(door_cells: int) -> Cells:
    """Two rooms of 6 x 5 m, a wall between them with a door."""
    free = walled(60, 122)
    free[:, 60:62] = False
    free[30 : 30 + door_cells, 60:62] = True
    return free


def road_map(free: Cells, **changes: float) -> RoadMap:
    return build(free, ~free, RESOLUTION_M, RoadMapSettings(**changes))


def assert_clear_and_whole(road: RoadMap, free: Cells, radius_m: float, resolution_m: float) -> None:
    squares = blocked_squares(free, resolution_m)
    joined = {0} if road.nodes else set()
    for _ in road.nodes:
        for lane in road.lanes:
            if joined & {lane.first, lane.second}:
                joined |= {lane.first, lane.second}
    assert joined == set(range(len(road.nodes)))
    for lane in road.lanes:
        line = LineString([road.nodes[lane.first].at, road.nodes[lane.second].at])
        assert line.distance(squares.geometries[squares.nearest(line)]) >= radius_m - 1e-9


def test_a_lane_leads_straight_through_the_door_between_two_rooms() -> None:
    free = two_rooms(10)
    road = road_map(free)
    assert len(road.rooms) == 2
    assert len(road.doorways) == 1
    through = [
        lane for lane in road.lanes if {road.nodes[lane.first].room, road.nodes[lane.second].room} == {0, 1}
    ]
    assert len(through) == 1
    start, end = (road.nodes[node].at for node in (through[0].first, through[0].second))
    assert start[1] == pytest.approx(end[1], abs=RESOLUTION_M)
    assert_clear_and_whole(road, free, 0.35, RESOLUTION_M)


def test_each_room_has_one_centre_and_rooms_are_counted_from_the_left() -> None:
    road = road_map(two_rooms(10))
    centres = [node for node in road.nodes if node.is_centre]
    assert [node.room for node in centres] == [0, 1]
    assert centres[0].at[0] < 6.0 < centres[1].at[0]


def test_what_lies_behind_a_door_that_is_too_narrow_is_a_pocket() -> None:
    narrow = road_map(two_rooms(6))
    assert len(narrow.rooms) == 1
    assert len(narrow.pockets) == 1
    assert narrow.pockets[0].area_m2 > 15.0
    small = road_map(two_rooms(6), robot_radius_m=0.2)
    assert (len(small.rooms), len(small.pockets)) == (2, 0)


def test_a_corridor_has_its_lane_in_the_middle() -> None:
    free = walled(22, 300)
    road = road_map(free)
    assert {round(node.at[1], 2) for node in road.nodes} <= {1.05, 1.15}
    assert all(lane.clearance_m > 0.85 for lane in road.lanes)


def test_a_hall_has_lanes_along_and_across() -> None:
    road = road_map(walled(160, 160))
    assert len(road.lanes) > len(road.nodes)
    across = [lane for lane in road.lanes if _is_along(road, lane.first, lane.second, 0)]
    along = [lane for lane in road.lanes if _is_along(road, lane.first, lane.second, 1)]
    assert len(across) >= 6
    assert len(along) >= 6
    assert len(across) + len(along) == len(road.lanes)


def _is_along(road: RoadMap, first: int, second: int, axis: int) -> bool:
    return abs(road.nodes[first].at[axis] - road.nodes[second].at[axis]) < 1e-9


def test_long_lanes_have_nodes_on_the_way() -> None:
    road = road_map(walled(22, 600), lane_length_m_max=5.0)
    lengths = [
        np.hypot(*np.subtract(road.nodes[lane.first].at, road.nodes[lane.second].at)) for lane in road.lanes
    ]
    assert max(lengths) <= 8.0 + 1e-6


def test_a_room_with_four_doors_that_is_long_is_a_corridor() -> None:
    free = walled(64, 242)
    free[40:42] = False
    for left in range(0, 241, 60):
        free[:40, left : left + 2] = False
    for left in range(0, 240, 60):
        free[40:42, left + 25 : left + 35] = True
    road = road_map(free)
    assert sorted(room.is_corridor for room in road.rooms) == [False] * 4 + [True]


def test_furniture_parts_no_rooms() -> None:
    free = walled(60, 60)
    free[28:32, ::12] = False
    assert len(road_map(free, robot_radius_m=0.2).rooms) == 1


def test_a_grid_in_which_the_robot_fits_nowhere_has_an_empty_road_map() -> None:
    assert road_map(np.zeros((20, 20), bool)) == RoadMap()
    assert road_map(walled(6, 30)) == RoadMap()


def test_one_node_is_enough_for_a_place_as_large_as_the_robot() -> None:
    road = road_map(walled(11, 11))
    assert len(road.nodes) == 1
    assert road.lanes == ()


@pytest.mark.parametrize("changes", [{"robot_radius_m": 0.0}, {"margin_m": -0.1}, {"detour": float("nan")}])
def test_settings_that_make_no_sense_are_refused_by_name(changes: dict[str, float]) -> None:
    with pytest.raises(SiteError, match=next(iter(changes)).removesuffix("_m").replace("_", " ")):
        RoadMapSettings(**changes)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.data_too_large])
@given(
    blocks=arrays(bool, (9, 12), elements=st.booleans()),
    size=st.integers(2, 7),
    radius_m=st.floats(0.08, 0.6),
    resolution_m=st.sampled_from([0.05, 0.1, 0.25]),
)
def test_no_lane_of_any_grid_comes_nearer_than_the_radius(
    blocks: Cells, size: int, radius_m: float, resolution_m: float
) -> None:
    free = np.kron(blocks, np.ones((size, size), bool)).astype(bool)
    road = build(free, ~free, resolution_m, RoadMapSettings(robot_radius_m=radius_m))
    assert_clear_and_whole(road, free, radius_m, resolution_m)
    assert all(
        any(node.room == room and node.is_centre for node in road.nodes) for room in range(len(road.rooms))
    )


@settings(deadline=None, max_examples=30)
@given(noise=st.integers(0, 2**32 - 1), share=st.floats(0.0, 0.08))
def test_nor_does_one_among_scattered_obstacles(noise: int, share: float) -> None:
    free = walled(60, 60)
    free &= np.random.default_rng(noise).random((60, 60)) >= share
    road = road_map(free, robot_radius_m=0.2)
    assert_clear_and_whole(road, free, 0.2, RESOLUTION_M)
    assert road == road_map(free, robot_radius_m=0.2)
