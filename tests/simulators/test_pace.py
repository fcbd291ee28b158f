"""How fast a served world runs, and what it says when the machine is too slow."""

import pytest

from simulators.pace import Pace, settings_for
from simulators.world import WorldError


def test_the_world_goes_on_by_speed_times_real_time():
    assert Pace(20.0).world_s(0.05) == 1.0
    assert Pace(0.1).world_s(0.5) == pytest.approx(0.05)


def test_a_paused_world_stands_still():
    pace = Pace(2.0)
    pace.change(None, paused=True)
    assert pace.world_s(0.5) == 0.0
    pace.change(None, paused=False)
    assert pace.world_s(0.5) == 1.0


def test_what_is_left_out_of_a_long_round_is_counted():
    pace = Pace(10.0)
    assert pace.world_s(3.0) == 10.0
    assert pace.shown()["behind_s"] == 20.0


def rounds(pace, seconds, took_s, world_s):
    now_s = 0.0
    while now_s < seconds:
        now_s += took_s
        pace.stepped(now_s, world_s)
    return now_s


def test_a_world_that_falls_behind_says_by_how_much_but_not_all_the_time():
    pace = Pace(20.0)
    now_s = rounds(pace, 8.0, 2.0, 20.0)
    assert "10.0 of 20 times life" in pace.complaint(now_s)
    assert pace.complaint(now_s) == ""
    assert "does not keep up" in pace.complaint(now_s + 11.0)


def test_a_world_that_keeps_up_says_nothing():
    pace = Pace(20.0)
    now_s = rounds(pace, 8.0, 0.05, 1.0)
    assert pace.reached == pytest.approx(20.0)
    assert pace.complaint(now_s) == ""


@pytest.mark.parametrize("speed", [0.0, 0.09, 20.1, float("nan"), float("inf")])
def test_a_speed_out_of_range_is_refused_with_the_limits(speed):
    with pytest.raises(WorldError, match=r"choose 0\.1 to 20"):
        Pace().change(speed, paused=None)


def test_pictures_come_twice_a_real_second_at_every_speed():
    assert settings_for(4.0, walkers=0, camera=True).frame_s == 2.0
    assert settings_for(4.0, walkers=0, camera=False).frame_s == 0.0
    assert settings_for(20.0, walkers=0, camera=True).tick_s == 0.25
