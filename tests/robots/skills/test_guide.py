"""Greeting and leading: at the visitor's pace, never far ahead, and honest when they are gone."""

import pytest

from robots import protocol as wire
from robots.drivers.base import Confirmed, Sensed


@pytest.fixture
def robot(bench):
    return bench("triage_guide").connect()


def follow(robot, distance_m):
    robot.body.sensed = Sensed(follower_m=distance_m)
    robot.run(0.05)


def lead(robot, node, length_m=40.0, **params):
    action = wire.Action(action_id="action-1", action_type="lead", params=params, en_route=True)
    nodes = (node("a", 0, 0), node("b", 1, length_m / 2), node("c", 2, length_m))
    robot.order(*nodes, action=action, last=True)


def test_visitor_who_touches_start_is_greeted_and_taken_along(robot):
    robot.act("greet", name="Li")
    assert "Hello Li" in robot.body.said[-1]["en"]
    assert robot.state.phase == "awaiting_visitor"
    robot.run(10)
    robot.feed(Confirmed(what="start"))
    assert robot.outcome.status is wire.ActionStatus.FINISHED
    assert robot.outcome.result["confirmed_by"] == "screen"
    assert robot.outcome.result["waited_s"] == pytest.approx(10, abs=0.1)


def test_visitor_who_steps_behind_the_robot_needs_no_button(robot):
    robot.act("greet")
    robot.run(3)
    follow(robot, 1.2)
    assert robot.outcome.result["confirmed_by"] == "follower"


def test_nobody_came_is_a_failure_after_a_minute(robot):
    robot.act("greet")
    robot.run(61)
    assert robot.outcome.status is wire.ActionStatus.FAILED
    assert robot.outcome.because == "nobody came within 60 s"


def test_visitor_is_led_at_their_pace_and_said_goodbye_to(robot, node):
    robot.body.sensed = Sensed(follower_m=1.5)
    lead(robot, node, 14.0, pace_mps=0.7, place_en="Radiology")
    assert "Radiology" in robot.body.said[-1]["en"]
    start_s = robot.now_s
    robot.run_until(lambda: robot.outcome is not None)
    assert robot.now_s - start_s == pytest.approx(14 / 0.7 + 4, abs=1)
    assert robot.phases == ["leading", "saying_goodbye", "finished"]
    assert robot.outcome.result == {"waits": 0, "waited_s": 0.0}
    assert robot.state.activity == "ready_idle"


def test_robot_slows_when_the_visitor_falls_behind_and_speeds_up_again(robot, node):
    follow(robot, 1.5)
    lead(robot, node)
    robot.run(2)
    assert robot.body.speed_mps == pytest.approx(0.7)
    follow(robot, 3.0)
    robot.run(0.1)
    assert robot.body.speed_mps == pytest.approx(0.35)
    follow(robot, 2.2)
    robot.run(0.1)
    assert robot.body.speed_mps == pytest.approx(0.35), "at the limit it must not stutter"
    follow(robot, 1.5)
    robot.run(0.1)
    assert robot.body.speed_mps == pytest.approx(0.7)


def test_robot_holds_and_speaks_when_the_visitor_is_far_behind(robot, node):
    follow(robot, 1.5)
    lead(robot, node)
    robot.run(2)
    said, place_m = len(robot.body.said), robot.body.x_m
    follow(robot, 4.5)
    robot.run(5)
    assert robot.state.phase == "waiting"
    assert robot.body.x_m == pytest.approx(place_m, abs=0.1)
    assert len(robot.body.said) == said + 1
    follow(robot, 3.0)
    robot.run(1)
    assert robot.state.phase == "slow"
    assert robot.body.speed_mps == pytest.approx(0.35)


def test_robot_holds_after_three_seconds_without_seeing_the_visitor(robot, node):
    follow(robot, 1.5)
    lead(robot, node)
    robot.run(2)
    follow(robot, None)
    robot.run(2.5)
    assert robot.state.phase == "leading"
    robot.run(1)
    assert robot.state.phase == "waiting"
    follow(robot, 1.0)
    assert robot.state.phase == "leading"


def test_visitor_seen_again_in_time_is_not_waited_for(robot, node):
    follow(robot, 1.5)
    lead(robot, node)
    for _ in range(5):
        follow(robot, None)
        robot.run(2)
        follow(robot, 1.5)
        robot.run(1)
    assert robot.phases == ["leading"]


def test_lost_visitor_ends_the_escort_at_the_next_node_with_the_desk_told(robot, node):
    follow(robot, 1.5)
    lead(robot, node, 20.0)
    robot.run(5)
    follow(robot, None)
    robot.run(3 + 10 + 1)
    assert robot.state.phase == "looking_back"
    robot.run(36)
    assert robot.outcome is None, "it drives to the next node before it gives up its way"
    robot.run(20)
    assert robot.outcome.status is wire.ActionStatus.FAILED
    assert robot.outcome.because == "visitor lost: not back within 45 s"
    assert robot.outcome.result == {"waits": 1, "waited_s": 45.0}
    assert "The desk will help you" in robot.body.said[-1]["en"]
    assert robot.body.x_m == 10
    assert robot.seqs_passed == [0, 1]
    assert robot.state.activity == "ready_idle"


def test_waiting_time_is_counted_without_the_pauses(robot, node):
    follow(robot, 1.5)
    lead(robot, node)
    robot.run(2)
    follow(robot, 5.0)
    robot.run(9)
    robot.instant("pause")
    robot.run(100)
    assert robot.outcome is None
    robot.instant("resume")
    robot.run(20)
    assert robot.state.phase == "looking_back"


def test_visitor_may_call_the_escort_off(robot, node):
    follow(robot, 1.5)
    lead(robot, node, 10.0)
    robot.run(3)
    robot.feed(Confirmed(what="cancel"))
    robot.run(20)
    assert robot.outcome.because == "the visitor called it off"
    assert robot.body.x_m == 5


def test_robot_with_a_visitor_out_of_sight_does_not_stop_inside_a_lift(robot, node):
    robot.body.sensed = Sensed(follower_m=1.5)
    action = wire.Action(action_id="action-1", action_type="lead", en_route=True)
    nodes = (
        node("hold", 0, 0),
        node("cabin@L1", 1, 2),
        node("cabin@L2", 2, 2, level="L2", lift="lift"),
        node("exit", 3, 4, level="L2"),
        node("ward", 4, 20, level="L2"),
    )
    robot.order(*nodes, action=action, last=True)
    robot.run_until(lambda: 1 in robot.seqs_passed)
    follow(robot, None)
    robot.run_until(lambda: 3 in robot.seqs_passed, 15)
    robot.run(1)
    assert robot.state.phase == "waiting"
    assert robot.body.speed_mps == 0


def test_update_of_the_base_does_not_start_the_escort_again(robot, node):
    robot.body.sensed = Sensed(follower_m=1.5)
    action = wire.Action(action_id="action-1", action_type="lead", en_route=True)
    robot.order(node("a", 0, 0), node("b", 1, 3), action=action)
    robot.run(2)
    robot.order(node("b", 1, 3), node("c", 2, 6), update=2, action=action, last=True)
    robot.run(20)
    assert robot.phases == ["leading", "saying_goodbye", "finished"]
