import math

import pytest

from missions.planning.charging import Battery

BATTERY = Battery(
    fraction=0.5,
    capacity_wh=100.0,
    draw_idle_w=20.0,
    draw_moving_w=80.0,
    draw_action_w={"uv_expose": 340.0, "lead": 10.0},
    reserve_fraction=0.15,
)


def test_driving_takes_the_moving_draw_on_top_of_the_idle_draw() -> None:
    assert BATTERY.drive_wh(3600.0) == pytest.approx(100.0)


def test_an_action_on_the_way_takes_its_draw_too() -> None:
    assert BATTERY.drive_wh(3600.0, "lead") == pytest.approx(110.0)


def test_acting_takes_the_actions_draw_on_top_of_the_idle_draw() -> None:
    assert BATTERY.act_wh("uv_expose", 600.0) == pytest.approx(60.0)


def test_an_action_without_a_draw_of_its_own_costs_no_more_than_waiting() -> None:
    assert BATTERY.act_wh("capture", 30.0) == BATTERY.idle_wh(30.0) > 0.0


def test_what_is_left_may_be_less_than_nothing() -> None:
    assert BATTERY.fraction_after(25.0) == pytest.approx(0.25)
    assert BATTERY.fraction_after(80.0) == pytest.approx(-0.3)


@pytest.mark.parametrize(("used_wh", "kept"), [(0.0, True), (34.9, True), (35.1, False), (200.0, False)])
def test_the_reserve_is_never_planned_away(used_wh: float, kept: bool) -> None:
    assert BATTERY.keeps_reserve(used_wh) is kept


def test_more_than_a_full_battery_above_its_reserve_can_never_be_done() -> None:
    assert BATTERY.could_when_full(85.0)
    assert not BATTERY.could_when_full(math.nextafter(85.0, math.inf))
