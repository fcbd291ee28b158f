import math

import pytest

from maps.elements import Room, RoomKind
from maps.geometry import inside
from simulators.lamp import COLD_FRACTION, TUBE_CENTRE_M, TUBE_M, Exposure, irradiance_w_m2, targets

SQUARE = Room(
    room_id="room",
    level="L1",
    names={},
    kind=RoomKind.WARD,
    polygon=((0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)),
)


@pytest.mark.parametrize("gap_m", [0.5, 1.0, 3.0, 8.0])
def test_broadside_it_agrees_with_the_keitz_formula(gap_m):
    half_angle = math.atan(TUBE_M / 2 / gap_m)
    keitz = 100.0 / (2 * math.pi**2 * gap_m * TUBE_M) * (2 * half_angle + math.sin(2 * half_angle))
    assert irradiance_w_m2(100.0, gap_m, TUBE_CENTRE_M) == pytest.approx(keitz, rel=0.01)


def test_far_away_it_falls_with_the_square_of_the_distance():
    near, far = irradiance_w_m2(100.0, 20.0, 1.0), irradiance_w_m2(100.0, 40.0, 1.0)
    assert near / far == pytest.approx(4.0, rel=0.01)


def test_targets_lie_in_the_room_and_off_its_walls():
    points = targets(SQUARE)
    assert len(points) == 25
    assert all(inside(p, SQUARE.polygon) and min(*p, 6 - p[0], 6 - p[1]) >= 1.0 - 1e-9 for p in points)


def test_a_tiny_room_still_has_a_target():
    cupboard = Room(
        room_id="c",
        level="L1",
        names={},
        kind=RoomKind.STORE,
        polygon=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    )
    assert targets(cupboard) == [(0.5, 0.5)]


def test_the_farthest_target_gets_the_lowest_dose_and_the_report_never_shows_the_mean():
    exposure = Exposure.at((1.0, 1.0), 100.0, SQUARE)
    for _ in range(600):
        exposure.shine(0.5)
    lowest = exposure.dose_j_m2.index(exposure.minimum_j_m2())
    assert targets(SQUARE)[lowest] == (5.0, 5.0)
    mean = sum(exposure.dose_j_m2) / len(exposure.dose_j_m2)
    assert exposure.minimum_j_m2() < exposure.p5_j_m2() < mean


def test_a_cold_lamp_gives_less_than_a_warm_one():
    exposure = Exposure.at((3.0, 3.0), 100.0, SQUARE)
    exposure.shine(1.0)
    first = exposure.minimum_j_m2()
    for _ in range(120):
        exposure.shine(1.0)
    before = exposure.minimum_j_m2()
    exposure.shine(1.0)
    assert first / (exposure.minimum_j_m2() - before) == pytest.approx(COLD_FRACTION, abs=0.01)


def test_coverage_counts_points_with_a_dose_that_kills_vegetative_organisms():
    exposure = Exposure.at((1.0, 1.0), 100.0, SQUARE)
    assert exposure.covered_fraction() == 0.0
    while exposure.minimum_j_m2() < 100.0:
        exposure.shine(1.0)
    assert exposure.covered_fraction() == 1.0
