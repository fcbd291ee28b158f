"""The tray: open for the right person only, locked in every other moment."""

import pytest

from robots import protocol as wire
from robots.drivers.base import Confirmed, Sensed

EMPTY, FULL = Sensed(loaded=False), Sensed(loaded=True)


@pytest.fixture
def robot(bench):
    return bench("service").connect()


def lock(robot):
    return robot.body.devices.get("tray_lock")


def test_tray_opens_for_loading_and_locks_when_goods_lie_on_it_and_are_confirmed(robot):
    robot.act("load", what="samples")
    assert lock(robot) == "unlocked"
    assert "samples" in robot.body.said[-1]["en"]
    robot.body.sensed = FULL
    robot.run(5)
    assert robot.state.phase == "awaiting_goods"
    robot.feed(Confirmed(what="loaded", value="nurse Wang"))
    assert lock(robot) == "unlocked", "the hand is still in it"
    robot.run(4)
    assert lock(robot) == "locked"
    assert robot.outcome.status is wire.ActionStatus.FINISHED
    assert robot.outcome.result["confirmed_by"] == "nurse Wang"


def test_confirmation_before_the_goods_is_kept_but_answered(robot):
    robot.act("load")
    answer = robot.instant("confirm", what="loaded")
    assert (answer.ok, answer.message) == (False, "nothing lies on the tray yet")
    robot.body.sensed = FULL
    robot.run(4)
    assert robot.outcome.status is wire.ActionStatus.FINISHED


def test_goods_taken_off_again_open_the_tray_again(robot):
    robot.act("load")
    robot.body.sensed = FULL
    robot.run(1)
    robot.feed(Confirmed(what="loaded"))
    robot.body.sensed = EMPTY
    robot.run(10)
    assert robot.state.phase == "awaiting_goods"
    assert robot.outcome is None


def test_nothing_loaded_in_time_is_a_failure_with_a_locked_tray(robot):
    robot.act("load", timeout_s=20.0)
    robot.run(21)
    assert robot.outcome.because == "nothing was loaded within 20 s"
    assert lock(robot) == "locked"


def test_sender_may_call_the_loading_off(robot):
    robot.act("load")
    robot.feed(Confirmed(what="cancel"))
    assert robot.outcome.because == "the sender called it off"
    assert lock(robot) == "locked"


def test_goods_are_handed_over_against_the_pin(robot):
    robot.body.sensed = FULL
    robot.act("unload", pin="4711")
    assert (lock(robot), robot.state.phase) == ("locked", "awaiting_pin")
    assert robot.instant("confirm", what="pin", value="4711").ok
    assert (lock(robot), robot.state.phase) == ("unlocked", "awaiting_collection")
    robot.run(10)
    robot.body.sensed = EMPTY
    robot.run(4)
    assert lock(robot) == "locked"
    assert robot.outcome.result["confirmed_by"] == "pin"
    assert robot.outcome.result["wrong_pins"] == 0


def test_pin_typed_at_the_robot_counts_as_well(robot):
    robot.body.sensed = FULL
    robot.act("unload", pin="4711")
    robot.feed(Confirmed(what="pin", value="4711"))
    assert lock(robot) == "unlocked"
    robot.feed(Confirmed(what="unloaded", value="ward 201"))
    robot.run(4)
    assert robot.outcome.result["confirmed_by"] == "ward 201"


def test_three_wrong_pins_end_the_delivery_with_a_locked_tray(robot):
    robot.body.sensed = FULL
    robot.act("unload", pin="4711")
    answers = [robot.instant("confirm", what="pin", value=value).message for value in ("1", "2", "3")]
    assert answers == [
        "wrong PIN, 2 more tries",
        "wrong PIN, 1 more tries",
        "wrong PIN, no try left: the tray stays locked",
    ]
    assert robot.outcome.because == "locked after 3 wrong PINs"
    assert lock(robot) == "locked"
    assert (
        robot.instant("confirm", what="pin", value="4711").message
        == "no action is waiting for a confirmation"
    )


def test_repeated_wrong_pin_message_counts_once(robot):
    robot.act("unload", pin="4711")
    wrong = wire.InstantAction(
        instant_id="i-1", verb=wire.InstantVerb.CONFIRM, params={"what": "pin", "value": "0"}
    )
    for _ in range(5):
        robot.feed(wrong)
    assert robot.state.phase == "awaiting_pin"


def test_uncollected_goods_fail_and_stay_locked(robot):
    robot.body.sensed = FULL
    robot.act("unload", pin="4711", timeout_s=30.0)
    robot.run(31)
    assert robot.outcome.because == "not collected within 30 s"
    assert lock(robot) == "locked"


def test_tray_without_a_pin_opens_on_arrival(robot):
    robot.body.sensed = FULL
    robot.act("unload")
    assert lock(robot) == "unlocked"


def test_receiver_may_refuse(robot):
    robot.body.sensed = FULL
    robot.act("unload", pin="4711")
    robot.feed(Confirmed(what="refuse"))
    assert robot.outcome.because == "the receiver refused the goods"


@pytest.mark.parametrize("verb", ["pause", "stop"])
def test_open_tray_locks_during_a_pause_and_opens_again(robot, verb):
    robot.body.sensed = FULL
    robot.act("unload", pin="4711", timeout_s=60.0)
    robot.instant("confirm", what="pin", value="4711")
    robot.instant(verb)
    assert lock(robot) == "locked"
    assert "resume it first" in robot.instant("confirm", what="unloaded").message
    robot.run(100)
    assert robot.outcome is None, "the clock stands still"
    robot.instant("resume")
    assert lock(robot) == "unlocked"


def test_cancel_locks_the_tray(robot):
    robot.act("load")
    robot.feed(wire.Cancel(cancel_id="c", order_id="order-1"))
    assert lock(robot) == "locked"
    assert robot.last(wire.Ack).ref == "c"
