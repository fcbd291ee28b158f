import itertools
import math

import pytest

from robots.drivers.base import Waypoint
from simulators.motion import Mover

ACCELERATION = 0.5


def at(x_m, y_m, seq, *, level="L1", speed=1.0, yaw=None, lift=None):
    return Waypoint(x_m=x_m, y_m=y_m, level=level, seq=seq, speed_mps_max=speed, yaw_rad=yaw, lift=lift)


def mover(x_m=0.0, y_m=0.0):
    return Mover(at(x_m, y_m, -1), speed_mps_max=1.0, acceleration_mps2=ACCELERATION, turn_radps=1.0)


def run(body, until_s, tick_s, clear_m=math.inf):
    """(time, x, y, speed, reached seqs) after each tick."""
    story = []
    for index in range(round(until_s / tick_s)):
        reached = body.advance(tick_s, clear_m)
        story.append(((index + 1) * tick_s, body.x_m, body.y_m, body.speed_mps, reached))
    return story


def when(story, seq):
    return next(t for t, _, _, _, reached in story if seq in reached)


@pytest.mark.parametrize("tick_s", [0.02, 0.05, 0.25, 1.0])
def test_it_comes_to_rest_exactly_at_the_last_point_whatever_the_tick(tick_s):
    body = mover()
    body.drive((at(10.0, 0.0, 1),))
    story = run(body, 20.0, tick_s)
    assert body.point == (10.0, 0.0)
    assert body.speed_mps == 0.0
    assert max(x for _, x, _, _, _ in story) <= 10.0


@pytest.mark.parametrize("tick_s", [0.02, 0.25])
def test_ten_metres_take_as_long_as_the_trapezoid_says(tick_s):
    body = mover()
    body.drive((at(10.0, 0.0, 1),))
    # 2 s up to 1 m/s over 1 m, 8 m at 1 m/s, 2 s down
    assert when(run(body, 20.0, tick_s), 1) == pytest.approx(12.0, abs=max(0.3, 2 * tick_s))


def test_it_never_accelerates_or_brakes_harder_than_its_limit_on_a_free_way():
    body = mover()
    body.drive((at(3.0, 0.0, 1, speed=0.4), at(6.0, 0.0, 2), at(6.0, 5.0, 3)))
    # the last two centimetres are a snap to the point
    speeds = [0.0, *(speed for _, _, y, speed, _ in run(body, 25.0, 0.05) if y < 4.97)]
    steps = [b - a for a, b in itertools.pairwise(speeds)]
    assert max(steps) <= ACCELERATION * 0.05 + 1e-9
    assert min(steps) >= -ACCELERATION * 0.05 - 0.02


def test_it_passes_points_in_the_middle_without_slowing():
    body = mover()
    body.drive(tuple(at(float(x), 0.0, x) for x in range(1, 11)))
    story = run(body, 15.0, 0.05)
    middle = [speed for _, x, _, speed, _ in story if 2.0 < x < 8.0]
    assert min(middle) > 0.95
    assert [seq for *_, reached in story for seq in reached] == list(range(1, 11))


def test_each_point_is_reported_when_the_centre_is_there():
    body = mover()
    body.drive(tuple(at(float(x), 0.0, x) for x in range(1, 6)))
    for _, x, _, _, reached in run(body, 12.0, 0.05):
        for seq in reached:
            assert x == pytest.approx(seq, abs=0.06)


def test_a_longer_path_of_the_same_way_is_taken_up_without_a_stop():
    body = mover()
    body.drive((at(3.0, 0.0, 1), at(6.0, 0.0, 2)))
    story = run(body, 3.0, 0.05)
    body.drive((at(6.0, 0.0, 2), at(9.0, 0.0, 3)))
    story += run(body, 9.0, 0.05)
    assert min(speed for _, x, _, speed, _ in story if 2.0 < x < 7.0) > 0.95
    assert body.x_m == 9.0


def test_a_limit_on_the_way_to_a_point_holds_before_and_not_after():
    body = mover()
    body.drive((at(4.0, 0.0, 1), at(8.0, 0.0, 2, speed=0.3), at(12.0, 0.0, 3)))
    story = run(body, 40.0, 0.05)
    assert max(speed for _, x, _, speed, _ in story if 4.1 < x < 7.9) <= 0.3 + 1e-9
    assert max(speed for _, x, _, speed, _ in story if x > 9.0) > 0.7


def test_a_corner_is_taken_slowly_and_a_way_back_after_a_turn_in_place():
    body = mover()
    body.drive((at(4.0, 0.0, 1), at(4.0, 4.0, 2), at(4.0, 0.0, 3)))
    story = run(body, 40.0, 0.05)
    at_corner = min(speed for t, x, y, speed, _ in story if t < when(story, 2) - 4.0 and x > 3.9)
    assert 0.05 < at_corner < 0.5
    back = [speed for _, x, y, speed, _ in story if y > 3.95]
    assert min(back) == 0.0
    assert body.point == (4.0, 0.0)


def test_drive_with_nothing_brakes_and_keeps_to_the_way():
    body = mover()
    body.drive((at(10.0, 0.0, 1),))
    run(body, 4.0, 0.05)
    x_m = body.x_m
    assert body.drive(()) == []
    run(body, 5.0, 0.05)
    assert body.speed_mps == 0.0
    assert body.x_m - x_m == pytest.approx(1.0, abs=0.1)
    assert body.is_idle


def test_halt_stops_in_half_that_way():
    body = mover()
    body.drive((at(10.0, 0.0, 1),))
    run(body, 4.0, 0.05)
    x_m = body.x_m
    body.halt()
    run(body, 5.0, 0.05)
    assert body.x_m - x_m == pytest.approx(0.5, abs=0.1)


def test_a_path_that_leads_back_is_taken_up_after_braking():
    body = mover()
    body.drive((at(10.0, 0.0, 1),))
    run(body, 4.0, 0.05)
    body.drive((at(0.0, 0.0, 2),))
    story = run(body, 20.0, 0.05)
    assert body.x_m == 0.0
    assert when(story, 2) > 4.0


def test_a_point_that_was_passed_before_the_sender_knew_it_is_reported_again_and_not_driven_back_to():
    body = mover()
    body.drive((at(2.0, 0.0, 1), at(6.0, 0.0, 2)))
    run(body, 4.0, 0.05)
    assert body.x_m > 2.2
    assert body.drive((at(2.0, 0.0, 1), at(6.0, 0.0, 2), at(8.0, 0.0, 3))) == [1]
    x_m = body.x_m
    assert min(x for _, x, _, _, _ in run(body, 8.0, 0.05)) > x_m
    assert body.x_m == 8.0


def test_it_stops_before_what_stands_in_the_way_and_goes_on_when_it_is_gone():
    body = mover()
    body.drive((at(10.0, 0.0, 1),))
    while body.x_m < 4.99 and body.advance(0.05, 5.0 - body.x_m) == []:
        if body.speed_mps < 1e-3 and body.x_m > 4.0:
            break
    assert body.x_m == pytest.approx(5.0, abs=0.05)
    run(body, 12.0, 0.05)
    assert body.x_m == 10.0


def test_a_ride_is_not_driven_and_is_over_when_the_cabin_is_there():
    body = mover()
    body.drive((at(2.0, 0.0, 1), at(2.0, 0.0, 2, level="L2", lift="lift"), at(0.0, 0.0, 3, level="L2")))
    story = run(body, 10.0, 0.05)
    assert when(story, 1) < 6.0
    assert (body.level, body.x_m, body.awaits_ride) == ("L1", 2.0, True)
    body.level = "L2"
    assert body.advance(0.05) == [2]
    run(body, 10.0, 0.05)
    assert body.point == (0.0, 0.0)


def test_the_last_heading_is_taken_in_place():
    body = mover()
    body.drive((at(2.0, 0.0, 1, yaw=math.pi / 2),))
    run(body, 10.0, 0.05)
    assert body.yaw_rad == pytest.approx(math.pi / 2)
    assert body.is_idle


def test_the_last_point_is_driven_back_to_when_it_was_rolled_past():
    body = mover()
    body.drive((at(4.0, 0.0, 1), at(6.0, 0.0, 2)))
    run(body, 4.5, 0.05)
    body.halt()
    run(body, 3.0, 0.05)
    assert body.x_m > 3.6
    assert body.drive((at(3.0, 0.0, 0), at(3.5, 0.0, 1))) == []
    run(body, 10.0, 0.05)
    assert body.point == (3.5, 0.0)
