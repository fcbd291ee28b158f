"""capture, dwell, announce, charge."""

import pytest

from robots import protocol as wire
from robots.drivers.base import Frame


def test_checkpoint_is_proved_by_a_picture_with_the_actions_tag(bench, node):
    robot = bench("patrol").connect()
    robot.act("capture", dwell_s=2.0)
    robot.run(3)
    assert robot.outcome.result == {"image": "action-1", "dwell_s": 2.0}
    assert [frame.tag for frame in robot.frames] == ["action-1"]
    assert robot.phases == ["dwelling", "capturing", "finished"]


def test_camera_that_gives_no_picture_fails_the_checkpoint(bench):
    robot = bench("patrol").connect()
    robot.body.camera_works = False
    robot.act("capture", dwell_s=0.0)
    robot.run(6)
    assert robot.outcome.status is wire.ActionStatus.FAILED
    assert "no picture came within 5 s" in robot.outcome.because


def test_somebody_elses_frame_is_no_proof(bench):
    robot = bench("patrol").connect()
    robot.body.camera_works = False
    robot.act("capture", dwell_s=0.0)
    robot.feed(Frame(jpeg=b"", tag=""))
    robot.feed(Frame(jpeg=b"", tag="action-0"))
    assert robot.outcome is None
    assert [frame.sequence for frame in robot.frames] == [1, 2]


def test_dwelling_robot_stays_for_its_time(bench):
    robot = bench("patrol").connect()
    robot.act("dwell", dwell_s=5.0)
    robot.run(4.8)
    assert robot.outcome is None
    robot.run(0.3)
    assert robot.outcome.status is wire.ActionStatus.FINISHED


def test_pause_stops_the_dwelling_clock(bench):
    robot = bench("patrol").connect()
    robot.act("dwell", dwell_s=5.0)
    robot.run(3)
    robot.instant("pause")
    robot.run(60)
    robot.instant("resume")
    robot.run(1.8)
    assert robot.outcome is None
    robot.run(0.5)
    assert robot.outcome is not None


def test_announcement_is_said_in_both_languages(bench):
    robot = bench("service").connect()
    robot.act("announce", text_en="Visiting hours end.", text_zh="探视时间结束。", announce_s=3.0)
    assert robot.body.said == [{"zh-CN": "探视时间结束。", "en": "Visiting hours end."}]
    robot.run(4)
    assert robot.outcome.status is wire.ActionStatus.FINISHED


def test_robot_charges_until_it_is_full_enough(bench):
    robot = bench("service").connect()
    robot.act("charge", until_fraction=0.9)
    assert robot.body.devices["charger"] == "on"
    robot.run(2)
    assert (robot.state.activity, robot.state.charging) == ("charging", True)
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.body.devices["charger"] == "off"
    assert robot.outcome.result["battery_fraction"] >= 0.9
    assert robot.state.activity == "ready_idle"


def test_pause_goes_on_charging_and_stop_does_not(bench):
    robot = bench("service").connect()
    robot.act("charge")
    robot.run(2)
    robot.instant("pause")
    assert robot.body.devices["charger"] == "on"
    robot.instant("stop")
    assert robot.body.devices["charger"] == "off"
    robot.run(60)
    robot.instant("resume")
    assert robot.body.devices["charger"] == "on"
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.outcome.status is wire.ActionStatus.FINISHED


def test_charger_without_current_is_a_failure(bench):
    robot = bench("service").connect()
    robot.body.charger_works = False
    robot.act("charge")
    robot.run(31)
    assert "gave no current for 30 s" in robot.outcome.because
    assert robot.body.devices["charger"] == "off"


def test_lost_contact_is_given_half_a_minute(bench):
    robot = bench("service").connect()
    robot.act("charge", until_fraction=1.0)
    robot.run(3)
    robot.body.charging = False
    robot.feed(robot.body.energy())
    assert robot.state.phase == "connecting"
    robot.body.charging = True
    robot.run(2)
    assert robot.state.phase == "charging"


@pytest.mark.parametrize(
    ("action_type", "params", "message"),
    [
        ("announce", {"announce_s": "long"}, "announce_s is 'long': give a number"),
        ("announce", {"announce_s": True}, "announce_s is True: give a number"),
        ("announce", {"text_en": 5.0}, "text_en is 5.0: give a text"),
        ("lead", {"pace_mps": 3.0}, "pace_mps is 3.0: give a number from 0.1 to 1."),
        ("unload", {"pin": 4711.0}, "pin is 4711.0: give a text"),
        ("charge", {"until_fraction": float("nan")}, "until_fraction is nan"),
    ],
)
def test_wrong_parameter_is_refused_with_its_name_value_and_fix(bench, action_type, params, message):
    robot = bench("service").connect()
    robot.act(action_type, **params)
    assert message in robot.last(wire.OrderRefused).message
