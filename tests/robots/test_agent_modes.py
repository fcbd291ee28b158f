"""Pause, stop, resume, faults, lifts: who decides, and what the robot does meanwhile."""

import pytest

from robots import protocol as wire
from robots.drivers.base import BodyFault, Energy


def two_floors(node):
    return (
        node("hold", 0, 0),
        node("cabin@L1", 1, 3),
        node("cabin@L2", 2, 3, level="L2", lift="lift"),
        node("exit@L2", 3, 6, level="L2"),
        node("ward", 4, 9, level="L2"),
    )


def test_paused_robot_brakes_and_goes_on_when_resumed(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 6), last=True)
    robot.run(2)
    assert robot.instant("pause").ok
    robot.run(20)
    assert robot.body.x_m == pytest.approx(2.0, abs=0.1)
    assert (robot.state.mode, robot.state.activity) == ("paused", "moving")
    assert robot.instant("resume").ok
    robot.run(6)
    assert robot.seqs_passed == [0, 1]


def test_paused_robot_takes_orders_and_waits_with_them(bench, node):
    robot = bench().connect()
    robot.instant("pause")
    robot.order(node("a", 0, 0), node("b", 1, 3), last=True)
    assert robot.last(wire.OrderAccepted).order_id == "order-1"
    robot.run(5)
    assert robot.body.x_m == 0
    assert robot.state.activity == "ready_assigned"
    robot.instant("resume")
    robot.run(5)
    assert robot.body.x_m == 3


def test_stopped_robot_halts_and_only_a_resume_gets_it_going(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 6), last=True)
    robot.run(2)
    robot.instant("stop")
    robot.instant("pause")
    robot.run(10)
    assert robot.state.mode == "stopped"
    assert robot.body.path == ()
    robot.instant("resume")
    robot.run(6)
    assert robot.body.x_m == 6


def test_stop_puts_the_lamp_out_even_when_no_skill_runs(bench):
    robot = bench("auto_disinfection").connect()
    robot.body.devices["lamp"] = "on"
    robot.instant("stop")
    assert robot.body.devices["lamp"] == "off"


def test_repeated_instant_action_is_acknowledged_but_done_once(bench):
    robot = bench().connect()
    pause = wire.InstantAction(instant_id="i-1", verb=wire.InstantVerb.PAUSE)
    robot.feed(pause)
    robot.instant("resume")
    robot.feed(pause)
    assert robot.state.mode == "autonomous"
    assert [ack.ref for ack in robot.all(wire.Ack)].count("i-1") == 2


def test_robot_in_a_lift_leaves_it_before_it_pauses(bench, node):
    robot = bench().connect()
    robot.order(*two_floors(node), last=True)
    robot.run_until(lambda: 1 in robot.seqs_passed)
    assert robot.instant("pause").ok
    assert robot.state.mode == "autonomous"
    robot.run(20)
    assert robot.seqs_passed[-1] == 3
    assert robot.state.mode == "paused"
    assert robot.body.level == "L2"


def test_robot_on_its_way_into_a_lift_goes_through_before_it_pauses(bench, node):
    robot = bench().connect()
    robot.order(*two_floors(node), last=True)
    robot.run(1.5)
    robot.instant("pause")
    robot.run(30)
    assert robot.seqs_passed[-1] == 3
    assert robot.state.mode == "paused"


def test_robot_waiting_before_a_lift_pauses_at_once(bench, node):
    robot = bench().connect()
    robot.order(node("hold", 0, 0), horizon=two_floors(node)[1:])
    robot.run(1)
    robot.instant("pause")
    assert robot.state.mode == "paused"


def test_cancelled_robot_in_a_lift_leaves_it_first(bench, node):
    robot = bench().connect()
    robot.order(*two_floors(node), last=True)
    robot.run_until(lambda: 1 in robot.seqs_passed)
    robot.feed(wire.Cancel(cancel_id="c", order_id="order-1"))
    robot.run(20)
    assert robot.seqs_passed[-1] == 3
    assert robot.last(wire.Ack).ref == "c"


def test_stopped_robot_acknowledges_a_cancel_only_when_it_stands_at_a_node(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 6), last=True)
    robot.run(2)
    robot.instant("stop")
    robot.feed(wire.Cancel(cancel_id="c", order_id="order-1"))
    robot.run(10)
    assert robot.last(wire.Ack).ref != "c"
    robot.instant("resume")
    robot.run(6)
    assert robot.last(wire.Ack).ref == "c"
    assert robot.body.x_m == 6


def test_body_fault_stops_the_robot_until_it_is_gone(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 6), last=True)
    robot.run(2)
    robot.feed(BodyFault(code="motor_hot", message="left motor at 92 C"))
    assert robot.last(wire.Fault).level is wire.FaultLevel.ERROR
    robot.run(5)
    assert robot.state.mode == "fault"
    assert robot.body.x_m == pytest.approx(2.0, abs=0.1)
    refused = robot.instant("resume")
    assert (refused.ok, refused.message) == (False, "it cannot resume: left motor at 92 C")
    robot.feed(BodyFault(code="motor_hot", message="", cleared=True))
    robot.run(6)
    assert robot.body.x_m == 6


def test_fault_that_ends_during_a_pause_leaves_the_robot_paused(bench):
    robot = bench().connect()
    robot.instant("pause")
    robot.feed(BodyFault(code="motor_hot", message="hot"))
    robot.feed(BodyFault(code="motor_hot", message="", cleared=True))
    assert robot.state.mode == "paused"


def test_harmless_fault_is_told_and_stops_nothing(bench):
    robot = bench().connect()
    robot.feed(BodyFault(code="camera_failed", message="no picture"))
    assert robot.last(wire.Fault).level is wire.FaultLevel.WARNING
    assert robot.state.mode == "autonomous"


def test_robot_that_was_steered_by_hand_waits_for_a_resume(bench):
    robot = bench().connect()
    robot.feed(BodyFault(code="manual", message="joystick"))
    assert robot.state.mode == "manual"
    assert not robot.instant("resume").ok
    robot.feed(BodyFault(code="manual", message="", cleared=True))
    assert robot.state.mode == "paused"
    robot.instant("resume")
    assert robot.state.mode == "autonomous"


def test_node_that_was_passed_while_braking_is_reported_and_not_driven_back_to(bench, node):
    robot = bench().connect()
    robot.order(node("a", 0, 0), node("b", 1, 3), node("c", 2, 9), last=True)
    robot.run(2.8)
    robot.instant("pause")
    robot.body.x_m = 3.6  # it needed 0.8 m to stand
    robot.feed(robot.body.motion())
    robot.instant("resume")
    assert robot.seqs_passed == [0, 1]
    assert [point.seq for point in robot.body.path] == [2]


def test_what_its_environmental_sensors_read_is_in_its_state(bench):
    robot = bench().connect()
    robot.run(2)
    robot.feed(Energy(battery_fraction=0.8, charging=False, readings={"wind_mps": 4.2}))
    robot.run(2)
    assert robot.state.readings == {"wind_mps": 4.2}
