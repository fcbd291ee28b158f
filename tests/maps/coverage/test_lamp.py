import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.coverage.field import direct_w_m2
from maps.coverage.lamp import Lamp, irradiance_w_m2
from maps.coverage.space import Fences
from maps.errors import SiteError

LAMP = Lamp(power_w=100.0, ageing_fraction=1.0, body_radius_m=0.0)
NO_FENCES = Fences(start=np.empty((0, 2)), end=np.empty((0, 2)), height_m=np.empty(0))
PIECES = 20_000


def summed(lamp: Lamp, pose: tuple[float, float], point: np.ndarray, normal: np.ndarray) -> float:
    """Piece by piece from the law itself: radiant intensity, two cosines, the square of the distance."""
    step_m = lamp.length_m / PIECES
    z = lamp.base_height_m + (np.arange(PIECES) + 0.5) * step_m
    way = np.column_stack((np.full(PIECES, pose[0]), np.full(PIECES, pose[1]), z)) - point
    far = np.linalg.norm(way, axis=1)
    sine = np.hypot(way[:, 0], way[:, 1]) / far
    incidence = np.maximum(0.0, way @ normal) / far
    each = lamp.power_w * lamp.ageing_fraction / (math.pi**2 * lamp.length_m) * sine * incidence / far**2
    return float(each.sum() * step_m)


def field_at(lamp: Lamp, point: np.ndarray, normal: np.ndarray, fences: Fences = NO_FENCES) -> float:
    return float(direct_w_m2(lamp, np.zeros(2), point[None, :], normal[None, :], fences)[0])


def test_broadside_at_mid_height_is_the_formula_of_keitz() -> None:
    for gap_m in (0.1, 0.3, 1.0, 3.0):
        angle = math.atan(LAMP.length_m / (2.0 * gap_m))
        keitz = 100.0 / (2.0 * math.pi**2 * gap_m * LAMP.length_m) * (2.0 * angle + math.sin(2.0 * angle))
        assert irradiance_w_m2(LAMP, gap_m, 1.1) == pytest.approx(keitz, rel=1e-12)


def test_a_tube_is_stronger_broadside_than_a_point_and_dark_along_its_axis() -> None:
    far_m = 50.0
    point = 100.0 / (4.0 * math.pi * far_m**2)
    assert irradiance_w_m2(LAMP, far_m, 1.1) / point == pytest.approx(4.0 / math.pi, rel=1e-3)
    above = field_at(LAMP, np.array([0.06, 0.0, 5.0]), np.array([0.0, 0.0, -1.0]))
    assert above < 0.05 * 100.0 / (4.0 * math.pi * 3.9**2)


def test_near_the_tube_the_light_falls_with_the_distance_not_with_its_square() -> None:
    near, twice = irradiance_w_m2(LAMP, 0.02, 1.1), irradiance_w_m2(LAMP, 0.04, 1.1)
    assert near / twice == pytest.approx(2.0, rel=0.01)
    assert irradiance_w_m2(LAMP, 10.0, 1.1) / irradiance_w_m2(LAMP, 20.0, 1.1) == pytest.approx(4.0, rel=0.01)


@given(
    gap_m=st.floats(0.06, 8.0),
    height_m=st.floats(0.0, 4.0),
    azimuth=st.floats(-math.pi, math.pi),
    tilt=st.floats(-math.pi / 2, math.pi / 2),
)
@settings(deadline=None, max_examples=60)
def test_any_surface_gets_what_the_sum_over_the_tube_gives(
    gap_m: float, height_m: float, azimuth: float, tilt: float
) -> None:
    normal = np.array(
        [math.cos(tilt) * math.cos(azimuth), math.cos(tilt) * math.sin(azimuth), math.sin(tilt)]
    )
    point = np.array([gap_m, 0.0, height_m])
    expected = summed(LAMP, (0.0, 0.0), point, normal)
    assert field_at(LAMP, point, normal) == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_a_bed_hides_the_lower_part_of_the_tube() -> None:
    bed = Fences(start=np.array([[1.0, -5.0]]), end=np.array([[1.0, 5.0]]), height_m=np.array([0.6]))
    point, normal = np.array([2.0, 0.0, 0.3]), np.array([-1.0, 0.0, 0.0])
    # seen from the point the bed's edge at half way hides the axis up to 0.9 m
    upper = Lamp(
        power_w=100.0 * 0.8 / 1.2, length_m=0.8, base_height_m=0.9, ageing_fraction=1.0, body_radius_m=0.0
    )
    assert field_at(LAMP, point, normal, bed) == pytest.approx(field_at(upper, point, normal), rel=1e-9)


def test_a_wall_hides_everything() -> None:
    wall = Fences(start=np.array([[1.0, -1.0]]), end=np.array([[1.0, 1.0]]), height_m=np.array([math.inf]))
    normal = np.array([-1.0, 0.0, 0.0])
    assert field_at(LAMP, np.array([2.0, 0.0, 1.0]), normal, wall) == 0.0
    assert field_at(LAMP, np.array([2.0, 3.0, 1.0]), normal, wall) > 0.0


def test_the_body_under_the_tube_darkens_the_floor_beside_it() -> None:
    stout = Lamp(power_w=100.0, ageing_fraction=1.0, body_radius_m=0.3)
    up, point = np.array([0.0, 0.0, 1.0]), np.array([0.6, 0.0, 0.0])
    assert field_at(stout, np.array([0.4, 0.0, 0.0]), up) == 0.0
    assert (
        0.0 < field_at(stout, np.array([0.6, 0.0, 0.0]), up) < field_at(LAMP, np.array([0.6, 0.0, 0.0]), up)
    )
    # up to 0.5 / (1 - 0.3 / 0.6) = 1.0 m the axis is hidden
    upper = Lamp(
        power_w=100.0 * 0.7 / 1.2, length_m=0.7, base_height_m=1.0, ageing_fraction=1.0, body_radius_m=0.0
    )
    assert field_at(stout, point, up) == pytest.approx(field_at(upper, point, up), rel=1e-9)


def test_a_surface_that_faces_away_is_dark() -> None:
    assert field_at(LAMP, np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])) == 0.0
    assert irradiance_w_m2(LAMP, 1.0, 1.0, facing=-1.0) == 0.0


@pytest.mark.parametrize("power_w", [math.nan, math.inf, 0.0, -5.0])
def test_a_lamp_without_a_real_power_is_refused(power_w: float) -> None:
    with pytest.raises(SiteError, match="power_w is"):
        Lamp(power_w=power_w)
