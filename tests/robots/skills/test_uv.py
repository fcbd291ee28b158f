"""UV-C: nobody is exposed, the dose is real, and an interruption starts the whole order again."""

import pytest

from robots import protocol as wire
from robots.drivers.base import Sensed

CLEAR = Sensed(door_closed=True)


@pytest.fixture
def robot(bench):
    return bench("auto_disinfection").connect()


def expose(robot, **params):
    robot.act("uv_expose", **{"target_j_m2": 60.0, "door": "door_302", **params})


def lit(robot):
    return robot.body.devices.get("lamp") == "on"


def until(robot, phase, limit_s=120.0):
    robot.run_until(lambda: robot.state.phase == phase, limit_s)


def test_room_is_exposed_in_the_start_order_until_the_lowest_point_has_its_dose(robot):
    expose(robot)
    assert robot.body.watched == "door_302"
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.phases == ["announcing", "awaiting_door", "scanning", "warming_up", "exposing", "finished"]
    result = robot.outcome.result
    assert result["dose_min_j_m2"] >= 60
    assert result["dose_p5_j_m2"] == pytest.approx(result["dose_min_j_m2"] * 1.2)
    assert result["covered_fraction"] == 0.9
    assert result["exposure_s"] == pytest.approx(60, abs=2)
    assert result["interruptions"] == 0
    assert not lit(robot)
    assert robot.body.watched == ""


def test_lamp_is_dark_for_announcement_and_scan(robot):
    expose(robot, announce_s=30.0)
    start_s = robot.now_s
    robot.run_until(lambda: lit(robot))
    assert robot.now_s - start_s >= 30 + 10 - 1.1  # the scan may begin with the report of the second before


def test_announcement_is_never_shorter_than_eight_seconds(robot):
    expose(robot, announce_s=7.9)
    assert "announce_s is 7.9" in robot.last(wire.OrderRefused).message


def test_target_and_door_must_be_given(robot):
    robot.act("uv_expose", door="d")
    assert "target_j_m2 is missing" in robot.last(wire.OrderRefused).message
    robot.act("uv_expose", target_j_m2=50.0)
    assert "door is None: give a text" in robot.last(wire.OrderRefused).message


@pytest.mark.parametrize(
    ("danger", "because"),
    [
        (Sensed(door_closed=True, person_seen=True, person_m=2.0), "a person was seen"),
        (Sensed(door_closed=False), "the door was opened"),
        (Sensed(door_closed=None), "the link to the door sensor is lost"),
    ],
)
@pytest.mark.parametrize("phase", ["warming_up", "exposing"])
def test_lamp_is_off_in_the_same_call_in_which_danger_is_seen(robot, danger, because, phase):
    expose(robot)
    until(robot, phase)
    robot.run(3)
    assert lit(robot)
    robot.body.sensed = danger
    robot.feed(danger)
    assert not lit(robot)
    event = robot.last(wire.ActionEvent)
    assert (event.phase, event.because) == ("interrupted", because)


def test_interrupted_exposure_keeps_its_dose_and_runs_the_whole_start_order_again(robot):
    expose(robot)
    until(robot, "exposing")
    robot.run(10)
    dose = robot.body.dose_j_m2
    robot.body.sensed = Sensed(door_closed=True, person_seen=True)
    robot.run(20)
    assert robot.body.dose_j_m2 == pytest.approx(dose, abs=0.2)
    robot.body.sensed = CLEAR
    said, cleared_s = len(robot.body.said), robot.now_s
    robot.run_until(lambda: lit(robot))
    assert robot.now_s - cleared_s >= 38
    assert len(robot.body.said) == said + 1
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.outcome.status is wire.ActionStatus.FINISHED
    assert robot.outcome.result["interruptions"] == 1
    assert robot.outcome.result["exposure_s"] == pytest.approx(60, abs=3)


def test_too_many_interruptions_fail_with_the_partial_dose(robot):
    expose(robot, interruptions_max=1.0)
    for _ in range(2):
        until(robot, "exposing")
        robot.run(5)
        robot.body.sensed = Sensed(door_closed=False)
        robot.run(1)
        robot.body.sensed = CLEAR
        robot.run(0.1)
    assert robot.outcome.status is wire.ActionStatus.FAILED
    assert "interrupted 2 times" in robot.outcome.because
    assert 0 < robot.outcome.result["dose_min_j_m2"] < 60
    assert not lit(robot)


def test_lamp_does_not_light_while_somebody_lies_motionless_in_the_room(robot):
    robot.body.sensed = Sensed(door_closed=True, person_seen=True)
    expose(robot, clear_timeout_s=100.0)
    robot.run(129)
    assert "lamp" not in robot.body.devices
    robot.run(5)
    assert robot.outcome.status is wire.ActionStatus.FAILED
    assert "a person was seen: not clear within 100 s" in robot.outcome.because


def test_person_seen_during_the_scan_starts_the_scan_again(robot):
    expose(robot)
    until(robot, "scanning")
    robot.run(8)
    robot.body.sensed = Sensed(door_closed=True, person_seen=True)
    robot.run(0.5)
    robot.body.sensed = CLEAR
    seen_s = robot.now_s
    robot.run_until(lambda: lit(robot))
    assert robot.now_s - seen_s >= 10


def test_open_door_is_waited_for(robot):
    robot.body.sensed = Sensed(door_closed=False)
    expose(robot)
    robot.run(60)
    assert robot.state.phase == "awaiting_door"
    robot.body.sensed = CLEAR
    robot.run_until(lambda: lit(robot), 12)


def test_door_that_opens_during_the_scan_is_waited_for_again(robot):
    expose(robot)
    until(robot, "scanning")
    robot.run(5)
    robot.body.sensed = Sensed(door_closed=False)
    robot.run(1)
    assert robot.state.phase == "awaiting_door"
    robot.body.sensed = CLEAR
    closed_s = robot.now_s
    robot.run_until(lambda: lit(robot))
    assert robot.now_s - closed_s >= 10


def test_silent_sensors_put_the_lamp_out(robot):
    expose(robot)
    until(robot, "exposing")
    robot.run(2)
    heard_s = robot.now_s
    robot.body._sense = lambda now_s: []
    robot.run_until(lambda: not lit(robot), 10)
    assert robot.now_s - heard_s <= 4.1
    assert robot.last(wire.ActionEvent).because == "the sensors fell silent"


def test_silent_sensors_during_the_scan_never_light_the_lamp(robot):
    expose(robot)
    until(robot, "scanning")
    robot.body._sense = lambda now_s: []
    robot.run(200)
    assert not lit(robot)


def test_shaded_point_that_never_gets_its_dose_fails_at_the_cap(robot):
    robot.body.dose_rate_w_m2 = 0.1
    expose(robot, cap_s=100.0)
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.outcome.status is wire.ActionStatus.FAILED
    assert "of 60 J/m2 after the longest exposure (100 s)" in robot.outcome.because
    assert robot.outcome.result["exposure_s"] == pytest.approx(120, abs=1)  # warm-up counts as lit
    assert not lit(robot)


def test_one_of_several_poses_may_end_at_the_cap_and_says_what_it_reached(robot):
    robot.body.dose_rate_w_m2 = 0.1
    expose(robot, cap_s=100.0, partial_ok=True)
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.outcome.status is wire.ActionStatus.FINISHED
    assert robot.outcome.result["dose_min_j_m2"] < robot.outcome.result["target_j_m2"]


def test_exposure_is_never_longer_than_half_an_hour(robot):
    expose(robot, cap_s=1801.0)
    assert "cap_s is 1801.0" in robot.last(wire.OrderRefused).message


@pytest.mark.parametrize("verb", ["pause", "stop"])
def test_pause_and_stop_put_the_lamp_out_and_a_resume_starts_over(robot, verb):
    expose(robot)
    until(robot, "exposing")
    robot.run(2)
    robot.instant(verb)
    assert not lit(robot)
    robot.run(60)
    assert not lit(robot)
    assert robot.last(wire.ActionEvent).status is wire.ActionStatus.PAUSED
    robot.instant("resume")
    resumed_s = robot.now_s
    robot.run_until(lambda: lit(robot))
    assert robot.now_s - resumed_s >= 38
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.outcome.result["interruptions"] == 1


def test_lost_link_leaves_the_exposure_as_safe_as_before(robot):
    expose(robot)
    until(robot, "exposing")
    robot.disconnect()
    robot.run(5)
    assert lit(robot)
    robot.feed(Sensed(door_closed=False))
    assert not lit(robot)


def test_cancel_puts_the_lamp_out_and_tells_the_partial_dose_before_it_is_acknowledged(robot):
    expose(robot)
    until(robot, "exposing")
    robot.run(10)
    robot.feed(wire.Cancel(cancel_id="c", order_id="order-1", because="wrong room"))
    assert not lit(robot)
    event, ack = robot.last(wire.ActionEvent), robot.last(wire.Ack)
    assert event.because == "cancelled: wrong room"
    assert event.result["dose_min_j_m2"] > 0
    assert robot.sent.index(event) < robot.sent.index(ack)
    assert robot.outcome is None


def test_restarted_program_does_not_go_on_exposing_without_the_start_order(robot):
    expose(robot)
    until(robot, "exposing")
    robot.body.devices["lamp"] = "off"  # the body lets the lamp go when its program ends
    robot.boot()
    robot.connect()
    booted_s = robot.now_s
    robot.run_until(lambda: lit(robot))
    assert robot.now_s - booted_s >= 38
