import math
from itertools import pairwise

import numpy as np
import pytest
import shapely

from maps.coverage.field import direct_w_m2, irradiance
from maps.coverage.lamp import Lamp
from maps.coverage.space import Obstacle, Space, entry_of, inner_walls, room_of, space
from maps.coverage.surfaces import samples
from maps.coverage.uv import UvPlan, UvSettings, light_of, lit_for, percentile, plan_uv
from maps.elements import Point, Room, RoomKind, Site
from maps.errors import SiteError

LAMP = Lamp(power_w=100.0)
TARGET_J_M2 = 100.0
COARSE = UvSettings(sample_m=0.5, pose_m=1.0)
SQUARE = ((0.0, 0.0), (5.0, 0.0), (5.0, 4.0), (0.0, 4.0))
ELL = ((0.0, 0.0), (8.0, 0.0), (8.0, 3.0), (3.0, 3.0), (3.0, 7.0), (0.0, 7.0))


def room(polygon: tuple[Point, ...] = SQUARE, height_m: float = 2.6) -> Room:
    return Room(
        room_id="r", level="L1", names={"en": "R"}, polygon=polygon, kind=RoomKind.WARD, height_m=height_m
    )


def dose_at(
    plan: UvPlan, lamp: Lamp, here: Space, point: np.ndarray, normal: tuple[float, float, float]
) -> float:
    """The oracle: the light of each pose, times the seconds of full output that its exposure gives."""
    total = 0.0
    for pose in plan.poses:
        light = direct_w_m2(lamp, np.array(pose.at), point[None, :], np.array(normal)[None, :], here.fences)
        full_s = pose.exposure_s - lamp.warm_up_s * (1.0 - lamp.cold_fraction) / 2.0
        total += float(light[0]) * full_s
    return total


@pytest.mark.parametrize("polygon", [SQUARE, ELL], ids=["square", "ell"])
def test_any_point_of_floor_and_walls_gets_the_dose_not_only_the_samples(polygon: tuple[Point, ...]) -> None:
    here = space(room(polygon), radius_m=0.35)
    plan = plan_uv(here, LAMP, TARGET_J_M2, UvSettings(sample_m=0.25, pose_m=0.7))
    assert plan.unreached == ()
    random = np.random.default_rng(7)
    outline = shapely.Polygon(polygon)
    floor = [p for p in random.uniform((0, 0), (8, 7), (400, 2)) if outline.contains(shapely.Point(p))]
    doses = [dose_at(plan, LAMP, here, np.array([*p, 0.0]), (0, 0, 1)) for p in floor]
    for start, end in pairwise((*polygon, polygon[0])):
        along, length_m = np.subtract(end, start), math.dist(start, end)
        normal = (-along[1] / length_m, along[0] / length_m, 0.0)
        for share, z in random.uniform((0.001, 0.0), (0.999, 2.6), (60, 2)):
            point = np.array([*(np.array(start) + along * share + np.array(normal[:2]) * 1e-3), z])
            doses.append(dose_at(plan, LAMP, here, point, normal))
    # between samples a quarter of a metre apart a little less may arrive, at the rim of the body's shadow
    assert min(doses) >= 0.9 * TARGET_J_M2
    assert np.mean(np.array(doses) >= TARGET_J_M2) > 0.99


def test_the_plan_reports_the_doses_that_it_gives() -> None:
    here = space(room(), radius_m=0.35)
    plan = plan_uv(here, LAMP, TARGET_J_M2, COARSE)
    for index in range(0, len(plan.dose_j_m2), 17):
        normal = tuple(plan.samples.normal[index])
        expected = dose_at(plan, LAMP, here, plan.samples.point[index], normal)
        assert plan.dose_j_m2[index] == pytest.approx(expected, rel=1e-3)
    assert plan.minimum_j_m2 == plan.dose_j_m2.min() >= TARGET_J_M2 * (1 - 1e-6)
    assert plan.p5_j_m2 >= plan.minimum_j_m2
    assert plan.covered_fraction == pytest.approx(1.0)


def test_poses_lie_where_the_robot_fits_and_exposures_keep_the_cap() -> None:
    here = space(room(ELL), radius_m=0.4)
    plan = plan_uv(here, Lamp(power_w=20.0), TARGET_J_M2, UvSettings(sample_m=0.5, exposure_s_max=900.0))
    assert plan.poses
    for pose in plan.poses:
        assert here.outline.exterior.distance(shapely.Point(pose.at)) >= 0.4 - 1e-3
        assert 0.0 < pose.exposure_s <= 900.0


def test_the_same_room_gives_the_same_plan() -> None:
    plans = [plan_uv(space(room(ELL), radius_m=0.35), LAMP, TARGET_J_M2, COARSE) for _ in range(2)]
    assert plans[0].poses == plans[1].poses


def test_surfaces_that_nobody_sees_are_listed_and_lower_the_minimum() -> None:
    screen = Obstacle(polygon=((3.5, 0.0), (3.5, 4.0)))
    here = space(room(), (screen,), radius_m=0.35, entry=(1.0, 1.0))
    plan = plan_uv(here, LAMP, TARGET_J_M2, COARSE)
    hidden = {missed.surface: missed for missed in plan.unreached}
    assert hidden["floor"].best_s is None
    assert hidden["floor"].area_m2 == pytest.approx(1.5 * 4.0, rel=0.15)
    assert {"wall 2", "obstacle 1 side 2"} <= set(hidden)
    assert plan.minimum_j_m2 == 0.0
    assert plan.minimum_reachable_j_m2 >= TARGET_J_M2 * (1 - 1e-6)
    assert 0.6 < plan.covered_fraction < 0.8


def test_what_is_too_far_for_one_exposure_is_listed_with_the_time_it_would_need() -> None:
    plan = plan_uv(
        space(room(), radius_m=0.35), Lamp(power_w=1.0), 6000.0, UvSettings(sample_m=0.5, exposure_s_max=600)
    )
    assert plan.unreached
    assert all(missed.best_s is not None and missed.best_s > 594.0 for missed in plan.unreached)


def test_furniture_is_treated_too_and_shades_the_floor_behind_it() -> None:
    bed = Obstacle(polygon=((2.0, 0.0), (3.0, 0.0), (3.0, 2.0), (2.0, 2.0)), height_m=0.9)
    here = space(room(), (bed,), radius_m=0.35, entry=(1.0, 3.0))
    plan = plan_uv(here, LAMP, TARGET_J_M2, COARSE)
    names = [surface.name for surface in plan.samples.surfaces]
    assert "obstacle 1 top" in names
    assert sum(name.startswith("obstacle 1 side") for name in names) == 3, "one side stands at the wall"
    one_side = irradiance(LAMP, np.array([[1.0, 1.0]]), plan.samples, here.fences, 0.0)[:, 0]
    floor = plan.samples.point[: plan.samples.surfaces[0].count]
    behind = np.argmin(np.hypot(floor[:, 0] - 3.1, floor[:, 1] - 1.0))
    before = np.argmin(np.hypot(floor[:, 0] - 1.7, floor[:, 1] - 1.0))
    assert one_side[behind] < 0.2 * one_side[before]


def test_an_aged_lamp_burns_longer_for_the_same_dose() -> None:
    lamp = Lamp(power_w=100.0, ageing_fraction=1.0)
    new = plan_uv(space(room(), radius_m=0.35), lamp, TARGET_J_M2, COARSE)
    old = plan_uv(space(room(), radius_m=0.35), Lamp(power_w=100.0, ageing_fraction=0.5), TARGET_J_M2, COARSE)
    assert sum(p.exposure_s for p in old.poses) > 1.5 * sum(p.exposure_s for p in new.poses)


def test_reflected_light_shortens_a_plan() -> None:
    here = space(room(), radius_m=0.35)
    bare = plan_uv(here, LAMP, TARGET_J_M2, COARSE)
    white = plan_uv(here, LAMP, TARGET_J_M2, UvSettings(sample_m=0.5, pose_m=1.0, reflected_fraction=0.1))
    assert white.total_s < bare.total_s


def test_a_hall_that_needs_very_many_poses_is_planned_all_the_same() -> None:
    hall = room(((0.0, 0.0), (60.0, 0.0), (60.0, 40.0), (0.0, 40.0)), height_m=3.0)
    settings = UvSettings(sample_m=2.0, exposure_s_max=1200.0, wall_top_m=2.0)
    plan = plan_uv(space(hall, radius_m=0.35), LAMP, 10.0 * TARGET_J_M2, settings)
    assert len(plan.poses) > 60
    assert plan.minimum_reachable_j_m2 >= 10.0 * TARGET_J_M2 * (1 - 1e-6)


def test_samples_stand_for_the_whole_surface() -> None:
    found = samples(space(room(), radius_m=0.35), 0.3)
    assert found.area_m2.sum() == pytest.approx(20.0 + 18.0 * 2.6)
    floor = found.surfaces[0]
    assert found.area_m2[: floor.count].sum() == pytest.approx(20.0)
    assert (found.surfaces[1].name, found.surfaces[1].first) == ("wall 1", floor.count)


def test_warm_up_is_paid_in_seconds_of_burning() -> None:
    for light_s in (0.5, 3.0, 12.0, 13.999, 14.0, 100.3):
        lit_s = lit_for(LAMP, light_s)
        assert light_of(LAMP, lit_s) >= light_s - 1e-9
        assert light_of(LAMP, lit_s - 1.0) < light_s


def test_the_percentile_is_one_of_the_area() -> None:
    values, weights = np.array([5.0, 1.0, 3.0]), np.array([0.9, 0.04, 0.06])
    assert percentile(values, weights, 0.05) == 3.0


def test_rooms_of_the_hospital_are_found_by_id_and_by_name(hospital: Site) -> None:
    assert room_of(hospital, "WARD_201").room_id == room_of(hospital, "201病房").room_id == "ward_201"
    with pytest.raises(SiteError, match="there is no room 'ward_999'"):
        room_of(hospital, "ward_999")


def test_a_room_of_the_hospital_is_covered(hospital: Site) -> None:
    triage = room_of(hospital, "triage_desk")
    assert inner_walls(hospital, triage) == ()
    here = space(triage, radius_m=0.35, entry=entry_of(hospital, triage))
    plan = plan_uv(here, LAMP, TARGET_J_M2)
    assert plan.unreached == ()
    assert 2 <= len(plan.poses) <= 6


@pytest.mark.parametrize(
    ("polygon", "radius_m", "words"),
    [
        (((0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)), 0.3, "crosses itself"),
        (((0.0, 0.0), (1.0, 0.0), (2.0, 0.0)), 0.3, "no area"),
        (((0.0, 0.0), (4.0, math.nan), (4.0, 4.0)), 0.3, "not finite"),
        (SQUARE, 3.0, "does not fit"),
        (SQUARE, math.nan, "radius"),
    ],
)
def test_a_room_that_is_none_is_refused(polygon: tuple[Point, ...], radius_m: float, words: str) -> None:
    with pytest.raises(SiteError, match=words):
        space(room(polygon), radius_m=radius_m)


def test_a_node_far_from_where_the_robot_fits_is_named() -> None:
    with pytest.raises(SiteError, match=r"its node at \(9, 9\)"):
        space(room(), radius_m=0.3, entry=(9.0, 9.0))


@pytest.mark.parametrize("target", [math.nan, math.inf, 0.0, -1.0])
def test_a_dose_that_is_none_is_refused(target: float) -> None:
    with pytest.raises(SiteError, match="target_j_m2"):
        plan_uv(space(room(), radius_m=0.3), LAMP, target, COARSE)
