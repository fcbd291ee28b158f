"""A robot that says hello where it cannot be placed keeps what it held, until it stands better."""

from dataclasses import replace

import pytest

from fleet.core import commands as cm
from fleet.core import events as ev
from missions.lifecycle import MissionState
from tests.fleet.core.conversation import Conversation


@pytest.fixture
def talk():
    conversation = Conversation()
    conversation.join("carrier-1", "charger_l1_a")
    conversation.join("carrier-2", "charger_l1_b")
    return conversation


def hello(talk, x_m, y_m, robot_id="carrier-1", boot_id="boot-2", **changes):
    return talk.say(
        ev.RobotJoined(
            robot_id=robot_id,
            boot_id=boot_id,
            facts=talk.robot("carrier-1").facts,
            level="L1",
            x_m=x_m,
            y_m=y_m,
            battery_fraction=0.9,
            **changes,
        )
    )


def stands(talk, x_m, y_m, robot_id="carrier-1"):
    report = talk.report(robot_id)
    changes = {"level": "L1", "x_m": x_m, "y_m": y_m}
    return talk.say(
        ev.RobotReported(**{**{f: getattr(report, f) for f in report.__struct_fields__}, **changes})
    )


def on_the_way(talk):
    """carrier-1 with cells ahead of it that it was told to take."""
    talk.ask("deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "4711"})
    talk.until(lambda: len(talk.core.traffic.held(talk.mission().robot)) > 2)
    assert talk.mission().robot == "carrier-1"
    return talk.core.traffic.held("carrier-1"), talk.core.state.jobs["carrier-1"]


def test_its_known_places_stay_taken_and_its_mission_goes_to_another(talk):
    held = talk.core.traffic.held("carrier-1")
    hello(talk, -50.0, -50.0)
    assert "off_map carrier-1" in talk.alerts()
    talk.ask("deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "4711"})
    talk.until(talk.ended)
    assert (talk.mission().state, talk.mission().robot) == (MissionState.COMPLETED, "carrier-2")
    assert talk.core.traffic.held("carrier-1") == held


def test_what_it_was_doing_is_taken_from_it_and_its_way_stays_taken(talk):
    held, _job = on_the_way(talk)
    hello(talk, -50.0, -50.0)
    talk.step()
    assert talk.mission().state is MissionState.QUEUED
    assert talk.core.traffic.held("carrier-1") == held


def test_nobody_is_placed_where_it_stood(talk):
    hello(talk, -50.0, -50.0)
    talk.join("carrier-3", "charger_l1_a")
    assert "off_map carrier-3" in talk.alerts()


def test_it_is_told_to_stop_what_it_does_and_the_answer_frees_nothing(talk):
    held, job = on_the_way(talk)
    out = hello(talk, -50.0, -50.0, order_id=job.order_id, seq=job.passed_no)
    assert [c.order_id for c in out if isinstance(c, cm.SendCancel)] == [job.order_id]
    assert talk.core.state.jobs["carrier-1"].cancel_id == ""
    assert talk.core.traffic.held("carrier-1") == held


def test_it_is_placed_at_the_next_report_from_near_a_lane(talk):
    held, _job = on_the_way(talk)
    hello(talk, -50.0, -50.0)
    place = talk.graph.nodes["charger_l1_c" if "charger_l1_c" in talk.graph.nodes else "lab_door"]
    stands(talk, place.x_m, place.y_m)
    assert talk.core.state.astray == {}
    assert talk.core.traffic.held("carrier-1")[0] not in held
    assert not talk.core.state.jobs["carrier-1"].frozen


def test_one_that_has_found_itself_where_it_was_goes_on_from_there(talk):
    held, _job = on_the_way(talk)
    hello(talk, -50.0, -50.0)
    there = talk.cells.cells[held[1]]
    stands(talk, there.x_m, there.y_m)
    assert talk.core.state.astray == {}
    assert talk.robot("carrier-1").node == held[1]
    talk.ask("go_to", key="again", to="lab", robot="carrier-1")
    talk.until(talk.ended)
    assert talk.mission("mission-000002").robot == "carrier-1"


def test_one_that_stood_too_near_to_another_is_placed_when_the_other_has_gone(talk):
    talk.join("carrier-3", "charger_l1_b")
    assert "carrier-3" in talk.core.state.astray
    talk.ask("go_to", to="lab", robot="carrier-2")
    talk.until(lambda: "carrier-3" not in talk.core.state.astray)
    assert talk.robot("carrier-3").node == "charger_l1_b"
    talk.until(talk.ended)


def test_one_that_falls_silent_off_the_map_is_lost_and_can_be_cleared(talk):
    held, _job = on_the_way(talk)
    hello(talk, -50.0, -50.0)
    talk.say(ev.RobotFellSilent(robot_id="carrier-1", silent_s=30.0))
    assert talk.robot("carrier-1").lost
    assert talk.core.traffic.held("carrier-1") == held
    talk.say(ev.RobotControlled(robot_id="carrier-1", verb=ev.RobotVerb.CLEAR))
    assert "carrier-1" not in talk.core.traffic.state.plans


def test_a_snapshot_keeps_who_is_astray(talk):
    hello(talk, -50.0, -50.0)
    other = Conversation()
    other.core.restore(talk.core.snapshot())
    assert other.core.state.astray == talk.core.state.astray != {}
    assert other.core.digest() == talk.core.digest()


def test_old_reports_without_a_place_change_nothing(talk):
    hello(talk, -50.0, -50.0)
    before = talk.core.state.robots["carrier-1"]
    talk.say(talk.report("carrier-1", activity="charging"))
    now = replace(talk.robot("carrier-1"), activity=before.activity, last_heard_s=before.last_heard_s)
    assert (now.level, now.x_m, now.y_m) == (before.level, before.x_m, before.y_m)
    assert "carrier-1" in talk.core.state.astray
