import math

import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maps.geometry import centre, crossing_m, distance_m, inside, rotated

coordinate = st.floats(-100, 100).map(lambda value: round(value, 3))
point = st.tuples(coordinate, coordinate)


def test_crossing_is_measured_from_the_first_point() -> None:
    assert crossing_m((0, 0), (10, 0), (4, -1), (4, 1)) == 4.0
    assert crossing_m((10, 0), (0, 0), (4, -1), (4, 1)) == 6.0


def test_segments_that_do_not_meet_or_run_along_each_other_have_no_crossing() -> None:
    assert crossing_m((0, 0), (3, 0), (4, -1), (4, 1)) is None
    assert crossing_m((0, 0), (10, 0), (2, 0), (5, 0)) is None
    assert crossing_m((0, 0), (0, 0), (0, -1), (0, 1)) is None


@settings(deadline=None, derandomize=True)
@given(point, point, point, point)
def test_crossing_agrees_with_shapely(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> None:
    lane, leaf = shapely.LineString([a, b]), shapely.LineString([c, d])
    assume(lane.length > 0.01 and leaf.length > 0.01)
    ours = crossing_m(a, b, c, d)
    if ours is None:
        # Nearly touching or nearly parallel is decided by rounding.
        met = lane.intersection(leaf)
        assert met.is_empty or met.geom_type == "LineString" or _grazing(lane, leaf)
    else:
        assert lane.distance(leaf) < 1e-6
        assert abs(shapely.line_interpolate_point(lane, ours).distance(leaf)) < 2e-3


def _grazing(lane: shapely.LineString, leaf: shapely.LineString) -> bool:
    ends = [shapely.Point(p) for p in (*lane.coords, *leaf.coords)]
    return any(end.distance(lane) < 1e-6 and end.distance(leaf) < 1e-6 for end in ends)


@settings(deadline=None, derandomize=True)
@given(point, st.lists(point, min_size=3, max_size=8))
def test_inside_agrees_with_shapely_away_from_the_outline(
    spot: tuple[float, float], corners: list[tuple[float, float]]
) -> None:
    polygon = shapely.Polygon(corners)
    assume(polygon.is_valid and polygon.exterior.distance(shapely.Point(spot)) > 1e-3)
    assert inside(spot, corners) == polygon.contains(shapely.Point(spot))


def test_a_quarter_turn_is_counter_clockwise() -> None:
    x, y = rotated((1.0, 0.0), math.pi / 2)
    assert (round(x, 9), round(y, 9)) == (0.0, 1.0)


def test_distance_is_to_the_millimetre_and_centre_is_the_mean() -> None:
    assert distance_m((0, 0), (1, 1)) == 1.414
    assert centre([(0, 0), (2, 0), (2, 4), (0, 4)]) == (1, 2)
