"""Orders, updates, refusals and cancels, as conversations with a robot on the bench."""

import pytest

from robots import protocol as wire
from robots.agent_io import LinkUp
from robots.drivers.base import Blocked


def test_robot_greets_when_it_knows_its_place_and_is_then_idle(bench):
    robot = bench()
    robot.feed(LinkUp())
    hello, state = robot.sent
    assert (hello.robot_id, hello.boot_id, hello.protocol_version) == ("robot-1", "boot-1", 1)
    assert hello.factsheet.model == "service"
    assert (state.activity, state.mode, state.level, state.battery_fraction) == (
        "ready_idle",
        "autonomous",
        "L1",
        0.8,
    )


def test_greeting_is_repeated_until_it_is_answered(bench):
    robot = bench()
    robot.feed(LinkUp())
    robot.run(12)
    assert len(robot.all(wire.Hello)) == 3
    assert not robot.all(wire.Pose)


def test_refused_robot_greets_again_after_the_time_it_was_told(bench):
    robot = bench()
    robot.feed(LinkUp())
    robot.feed(wire.Refused(code="duplicate", message="another robot-1 is here", retry_s=20))
    robot.run(19)
    assert len(robot.all(wire.Hello)) == 1
    robot.run(2)
    assert len(robot.all(wire.Hello)) == 2


def test_order_is_accepted_driven_and_finished(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), node("c", 2, 6), last=True)
    assert robot.last(wire.OrderAccepted) == wire.OrderAccepted(order_id="order-1", order_update_id=1)
    assert robot.state.activity == "moving"
    robot.run(10)
    assert robot.seqs_passed == [0, 1, 2]
    assert robot.state.activity == "ready_idle"
    assert robot.state.order_id == ""
    assert robot.body.x_m == 6


def test_robot_stops_at_the_end_of_its_base_and_waits(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), horizon=(node("c", 2, 6),))
    robot.run(30)
    assert robot.body.x_m == 3
    assert robot.state.activity == "ready_assigned"
    assert robot.state.order_id == "order-1"


def test_update_extends_the_base_and_the_robot_passes_smoothly_through(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.run(1)
    robot.order(node("b", 1, 3), node("c", 2, 6), update=2, last=True)
    assert [point.seq for point in robot.body.path] == [1, 2]
    robot.run(6)
    assert robot.seqs_passed == [0, 1, 2]


def test_repeated_or_older_update_is_accepted_again_and_changes_nothing(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.order(node("b", 1, 3), node("c", 2, 6), update=2)
    drives, memory = len(robot.body.drives), robot.memory
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.order(node("b", 1, 3), node("c", 2, 6), update=2)
    assert [m.order_update_id for m in robot.all(wire.OrderAccepted)] == [1, 2, 1, 2]
    assert len(robot.body.drives) == drives
    assert robot.memory == memory


def test_repetition_from_an_earlier_node_is_stitched_to_what_is_known(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.run(4)
    robot.order(node("a", 0, 0), node("b", 1, 3), node("c", 2, 6), update=3, last=True)
    assert robot.last(wire.OrderAccepted).order_update_id == 3
    robot.run(4)
    assert robot.seqs_passed == [0, 1, 2]


def test_update_after_a_lost_one_is_left_unanswered_until_the_gap_is_closed(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.order(node("c", 2, 6), node("d", 3, 9), update=3)
    assert not robot.all(wire.OrderRefused)
    assert len(robot.all(wire.OrderAccepted)) == 1
    assert robot.last(wire.Fault).code == "order_gap"
    robot.run(10)
    assert robot.body.x_m == 3
    robot.order(node("b", 1, 3), node("c", 2, 6), node("d", 3, 9), update=3)
    assert robot.last(wire.OrderAccepted).order_update_id == 3
    assert robot.last(wire.Fault).cleared


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        (((0, 0), (1, 99)), "seq 1 is"),
        (((0, 0),), "leaves out seq 1"),
        (((0, 0), (2, 6)), "leaves out seq 1"),
        ((), "base is empty"),
    ],
)
def test_update_that_contradicts_what_was_released_is_refused(bench, node, base, reason):
    robot = bench().connect()
    robot.order(node("n0", 0, 0), node("n3", 1, 3))
    robot.order(*(node(f"n{x}", seq, x) for seq, x in base), update=2)
    assert reason in robot.last(wire.OrderRefused).message
    robot.run(10)
    assert robot.body.x_m == 3


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        (((0, 5.0, "L1"),), "5.0 m away"),
        (((0, 0.0, "L2"),), "on level L2"),
        (((0, 0.0, "L1"), (0, 3.0, "L1")), "seq must count up"),
        (((0, 0.0, "L1"), (1, float("nan"), "L1")), "finite coordinates"),
        (((0, 0.0, "L1"), (1, 1.0, "L2")), "without a lift"),
        (((-3, 0.0, "L1"),), "count from 0"),
        ((), "base is empty"),
    ],
)
def test_new_order_that_cannot_be_driven_is_refused_with_its_reason(bench, node, base, reason):
    robot = bench().connect()
    robot.order(*(node(f"n{seq}", seq, x, 0.0, level) for seq, x, level in base))
    assert reason in robot.last(wire.OrderRefused).message
    assert robot.memory is None


def test_order_with_an_action_the_robot_cannot_do_is_refused(bench, node):
    robot = bench().connect()
    action = wire.Action(action_id="a", action_type="uv_expose", params={"target_j_m2": 100.0, "door": "d"})
    robot.order(node("a", 0, 0), action=action, last=True)
    assert "a service can greet, lead" in robot.last(wire.OrderRefused).message


def test_order_with_wrong_action_parameters_is_refused_naming_the_field(bench, node):
    robot = bench("auto_disinfection").connect()
    action = wire.Action(action_id="a", action_type="uv_expose", params={"target_j_m2": -5.0, "door": "d"})
    robot.order(node("a", 0, 0), action=action, last=True)
    assert "target_j_m2 is -5.0: give a number" in robot.last(wire.OrderRefused).message


def test_second_order_is_refused_while_the_first_one_is_driven(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), last=True)
    robot.order(node("a", 0, 0), order_id="order-2")
    assert "order order-1 is unfinished" in robot.last(wire.OrderRefused).message


def test_robot_that_only_waits_for_a_longer_base_takes_another_order(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.run(5)
    robot.order(node("b", 0, 3), node("c", 1, 6), order_id="order-2", last=True)
    assert robot.last(wire.OrderAccepted).order_id == "order-2"
    robot.run(5)
    assert robot.state.activity == "ready_idle"
    robot.order(node("b", 1, 3), update=2)
    assert "order order-1 is over" in robot.last(wire.OrderRefused).message


def test_finished_order_does_not_run_again(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 1), last=True)
    robot.run(5)
    robot.order(node("a", 0, 0), node("b", 1, 1), last=True)
    assert len(robot.all(wire.OrderAccepted)) == 2
    robot.run(5)
    assert robot.seqs_passed == [0, 1]
    robot.order(node("b", 0, 1), node("c", 1, 2), order_id="order-2", last=True)
    robot.run(5)
    robot.order(node("a", 0, 0), node("b", 1, 1), last=True)
    assert robot.last(wire.OrderRefused).order_id == "order-1"


def test_late_order_after_its_cancel_is_refused(bench, node):
    robot = bench().connect()
    robot.feed(wire.Cancel(cancel_id="cancel-1", order_id="order-1"))
    assert robot.last(wire.Ack) == wire.Ack(ref="cancel-1")
    robot.order(node("a", 0, 0), node("b", 1, 3))
    assert "is over" in robot.last(wire.OrderRefused).message


def test_cancelled_robot_stops_at_the_next_node_and_then_acknowledges(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), node("c", 2, 6), node("d", 3, 9))
    robot.run(2)
    robot.feed(wire.Cancel(cancel_id="cancel-1", order_id="order-1"))
    assert not robot.all(wire.Ack)
    robot.run(5)
    assert robot.body.x_m == 3
    assert robot.last(wire.Ack) == wire.Ack(ref="cancel-1")
    assert robot.sent.index(wire.Ack(ref="cancel-1")) > robot.sent.index(robot.all(wire.NodePassed)[-1])
    assert robot.state.activity == "ready_idle"


def test_cancelled_robot_does_not_brake_harder_than_it_can(bench, node):
    robot = bench().connect()
    robot.order(*(node(f"n{i}", i, i * 0.4) for i in range(12)))
    robot.run(1)
    robot.feed(wire.Cancel(cancel_id="cancel-1", order_id="order-1"))
    stop_m = robot.body.path[-1].x_m
    assert stop_m - robot.body.x_m >= 1.0  # 1 m/s at 0.5 m/s2
    assert stop_m - robot.body.x_m < 1.5


def test_standing_robot_acknowledges_a_cancel_at_once_and_twice(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.run(10)
    for _ in range(2):
        robot.feed(wire.Cancel(cancel_id="cancel-1", order_id="order-1"))
    assert robot.all(wire.Ack) == [wire.Ack(ref="cancel-1")] * 2


def test_cancel_of_an_unknown_order_is_acknowledged_and_ends_nothing(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), last=True)
    robot.feed(wire.Cancel(cancel_id="cancel-9", order_id="order-9"))
    assert robot.last(wire.Ack) == wire.Ack(ref="cancel-9")
    robot.run(5)
    assert robot.seqs_passed == [0, 1]


def test_silence_of_the_orchestrator_stops_the_robot_at_its_base_end(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.disconnect()
    said = len(robot.sent)
    robot.run(60)
    assert robot.body.x_m == 3
    assert len(robot.sent) == said


def test_what_happened_in_silence_is_told_after_the_next_welcome(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3))
    robot.disconnect()
    robot.run(10)
    robot.sent.clear()
    robot.connect()
    assert robot.last(wire.Hello).last_seq == 1
    assert robot.last(wire.NodePassed).seq == 1


def test_the_end_of_an_order_without_an_action_is_told_after_the_next_welcome_too(bench, node):
    """It may have been said between a hello and its answer, where nobody listens."""
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), last=True)
    robot.disconnect()
    robot.run(10)
    robot.sent.clear()
    robot.connect()
    assert robot.last(wire.NodePassed).seq == 1


def test_poses_come_ten_times_a_second_moving_and_once_standing(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 20))
    robot.run(10)
    assert 90 <= len(robot.all(wire.Pose)) <= 101
    robot.run(15)
    robot.sent.clear()
    for _ in range(40):
        robot.run(0.25)
        robot.feed(robot.body.motion())
    assert 9 <= len(robot.all(wire.Pose)) <= 11


def test_state_comes_at_every_heartbeat_and_at_once_on_change(bench, node):
    robot = bench().connect(heartbeat_s=2.0)
    robot.sent.clear()
    robot.run(20)
    assert len(robot.all(wire.State)) == 10
    robot.order(node("a", 0, 0), node("b", 1, 20))
    assert robot.state.activity == "moving"
    assert robot.state.order_id == "order-1"


def test_ping_is_answered_with_its_stamp(bench):
    robot = bench().connect()
    robot.feed(wire.Ping(stamp_s=123.5))
    assert robot.last(wire.Pong) == wire.Pong(stamp_s=123.5)


def test_low_battery_is_told_once_and_cleared_with_a_margin(bench):
    robot = bench().connect()
    for fraction in (0.26, 0.24, 0.23, 0.26, 0.31):
        robot.body.battery_fraction = fraction
        robot.feed(robot.body.energy())
    faults = [fault for fault in robot.all(wire.Fault) if fault.code == "battery_low"]
    assert [fault.cleared for fault in faults] == [False, True]


def test_fault_that_ended_in_silence_is_told_as_cleared(bench):
    robot = bench().connect()
    robot.body.battery_fraction = 0.2
    robot.feed(robot.body.energy())
    robot.disconnect()
    robot.body.battery_fraction = 0.9
    robot.feed(robot.body.energy())
    robot.connect()
    assert robot.last(wire.Fault).cleared


def test_something_in_the_way_is_told_after_five_seconds(bench):
    robot = bench().connect()
    robot.feed(Blocked(what="person"))
    robot.run(4)
    assert not robot.all(wire.Fault)
    robot.run(2)
    assert robot.last(wire.Fault).message == "a person stands in the way"
    robot.feed(Blocked(what="nothing"))
    assert robot.last(wire.Fault).cleared
