import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from maps.coverage.cells import cells
from maps.coverage.space import Obstacle, Space, entry_of, room_of, space
from maps.coverage.sweep import Sweep, sweep
from maps.coverage.ways import Ways
from maps.elements import Point, Room, RoomKind, Site
from maps.errors import SiteError
from maps.geometry import rotated

HALL = ((0.0, 0.0), (12.0, 0.0), (12.0, 8.0), (0.0, 8.0))
ELL = ((0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (4.0, 4.0), (4.0, 9.0), (0.0, 9.0))
WEDGE = ((0.0, 0.0), (11.0, 0.0), (7.0, 6.0), (1.0, 3.0))


def floor(polygon: tuple[Point, ...], *holes: tuple[Point, ...], radius_m: float = 0.35) -> Space:
    room = Room(room_id="r", level="L1", names={"en": "R"}, polygon=polygon, kind=RoomKind.HALL)
    return space(room, [Obstacle(polygon=hole) for hole in holes], radius_m=radius_m)


def box(x: float, y: float, wide: float, deep: float, yaw_rad: float = 0.0) -> tuple[Point, ...]:
    corners = ((0.0, 0.0), (wide, 0.0), (wide, deep), (0.0, deep))
    return tuple((x + p, y + q) for p, q in (rotated(corner, yaw_rad) for corner in corners))


def assert_swept(here: Space, swept: Sweep, width_m: float) -> None:
    """The oracle: it knows the walls, the path and the gaps that are listed, not how the path was made."""
    path = LineString(swept.path)
    walls = shapely.union_all(
        [here.outline.exterior, *(Polygon(obstacle.polygon).exterior for obstacle in here.obstacles)]
    )
    x_min, y_min, x_max, y_max = here.outline.bounds
    random = np.random.default_rng(3)
    points = shapely.points(random.uniform((x_min, y_min), (x_max, y_max), (1500, 2)))
    # a corner's arc is driven round in three straight pieces: 8 % of the radius farther out at most
    inside = here.floor.contains(points) & (walls.distance(points) >= 1.09 * here.radius_m)
    inside &= here.free.distance(points) < 0.1 * here.radius_m  # not in a pocket that cannot be reached
    far = points[inside & (path.distance(points) > width_m / 2.0 + 0.03)]
    listed = [shapely.Point(gap.at) for gap in swept.uncovered]
    assert all(any(point.distance(gap) < width_m for gap in listed) for point in far)
    assert walls.distance(path) >= here.radius_m - 1e-4
    assert here.free.buffer(1e-4).covers(path)


@pytest.mark.parametrize(
    "here",
    [
        floor(HALL),
        floor(ELL),
        floor(WEDGE),
        floor(HALL, box(3, 2, 2, 1), box(7, 4, 1, 2, 0.6)),
        floor(HALL, box(2, 0, 1, 5), box(5, 3, 1, 5), box(8, 0, 1, 5)),
        floor(tuple(rotated(point, 0.4) for point in ELL)),
    ],
    ids=["hall", "ell", "wedge", "furniture", "maze", "turned"],
)
def test_every_point_is_passed_within_half_a_width(here: Space) -> None:
    swept = sweep(here, width_m=0.8)
    assert_swept(here, swept, 0.8)
    assert swept.uncovered == ()
    assert swept.covered_fraction == pytest.approx(1.0, abs=0.002)


@given(
    corners=st.lists(st.tuples(st.floats(0.6, 1.0), st.floats(0.0, 0.9)), min_size=4, max_size=9),
    hole=st.tuples(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.2, 2.0), st.floats(0.2, 2.0)),
    yaw_rad=st.floats(0.0, 3.0),
    width_m=st.floats(0.4, 2.0),
)
@settings(deadline=None, max_examples=60)
def test_any_star_shaped_floor_with_an_obstacle_is_swept_or_the_gap_is_listed(
    corners: list[tuple[float, float]],
    hole: tuple[float, float, float, float],
    yaw_rad: float,
    width_m: float,
) -> None:
    step = 2.0 * math.pi / len(corners)
    polygon = tuple(
        (6.0 * far * math.cos((index + turn) * step), 6.0 * far * math.sin((index + turn) * step))
        for index, (far, turn) in enumerate(corners)
    )
    assume(Polygon(polygon).is_valid and Polygon(polygon).area > 8.0)
    try:
        here = floor(polygon, box(*hole, yaw_rad))
    except SiteError:
        return  # the robot does not fit in
    assert_swept(here, sweep(here, width_m=width_m, overlap_fraction=0.15), width_m)


def test_a_hall_is_swept_along_its_longer_side() -> None:
    swept = sweep(floor(HALL), width_m=0.8)
    assert swept.direction_rad == 0.0
    upright = sweep(floor(tuple((y, x) for x, y in reversed(HALL))), width_m=0.8)
    assert upright.direction_rad == pytest.approx(math.pi / 2.0, abs=1e-3)
    assert len(upright.lanes) == len(swept.lanes)


def test_lanes_of_an_empty_hall_overlap_as_asked_and_reach_the_walls() -> None:
    swept = sweep(floor(HALL), width_m=1.0, overlap_fraction=0.2)
    heights = sorted({round(start[1], 6) for start, _ in swept.lanes})
    gaps = [b - a for a, b in pairwise(heights)]
    assert max(gaps) <= 0.8 + 1e-6
    assert heights[0] == pytest.approx(0.5)
    assert heights[-1] == pytest.approx(7.5)
    assert len(swept.lanes) == 10


def test_the_path_begins_where_the_robot_comes_in(hospital: Site) -> None:
    room = room_of(hospital, "ward_201")
    entry = entry_of(hospital, room)
    swept = sweep(space(room, radius_m=0.35, entry=entry), width_m=0.8)
    assert swept.path[0] == entry == (17.0, 5.0)
    assert swept.turns == pytest.approx(2 * len(swept.lanes), abs=3)


def test_the_same_floor_is_swept_the_same_way() -> None:
    here = floor(HALL, box(3, 2, 2, 1), box(7, 4, 1, 2, 0.6))
    assert sweep(here, width_m=0.7) == sweep(here, width_m=0.7)


def test_a_hall_with_a_column_has_four_cells() -> None:
    ring = Polygon(HALL, [box(5, 3, 2, 2)])
    found = cells(ring)
    assert [(cell.bottom_m, cell.top_m) for cell in found] == [(0.0, 3.0), (3.0, 5.0), (3.0, 5.0), (5.0, 8.0)]
    assert found[1].span(4.0) == (0.0, 5.0)
    assert (found[0].wall_below_m, found[0].wall_above_m) == (12.0, 2.0)


def test_a_step_in_the_wall_begins_a_cell_when_a_lane_must_run_along_it() -> None:
    assert len(cells(Polygon(ELL), step_m=7.0)) == 1
    assert len(cells(Polygon(ELL), step_m=1.0)) == 2


def test_ways_go_round_corners_by_the_shortest_way() -> None:
    ways = Ways(Polygon(ELL))
    assert ways.way((9.0, 3.0), (1.0, 8.0)) == [(9.0, 3.0), (4.0, 4.0), (1.0, 8.0)]
    assert ways.length_m((9.0, 3.0), (1.0, 8.0)) == pytest.approx(math.hypot(5, 1) + 5.0)
    assert ways.way((1.0, 1.0), (1.0, 8.0)) == [(1.0, 1.0), (1.0, 8.0)]


@pytest.mark.parametrize(
    ("width_m", "overlap"), [(0.0, 0.1), (math.nan, 0.1), (math.inf, 0.1), (1.0, 1.0), (1.0, math.nan)]
)
def test_a_width_or_an_overlap_that_is_none_is_refused(width_m: float, overlap: float) -> None:
    with pytest.raises(SiteError, match=r"width|overlap"):
        sweep(floor(HALL), width_m=width_m, overlap_fraction=overlap)
