"""Robots join, fall silent, come back, are stopped, charge; and what becomes of their missions and places."""

import msgspec
import pytest

from fleet.core import commands as cm
from fleet.core import events as ev
from missions.lifecycle import MissionState
from missions.planning.closures import ElementKind
from missions.planning.planner import plan
from missions.planning.problem import PlanRequest
from tests.fleet.core.conversation import Conversation

REST = ("0",)


@pytest.fixture
def talk() -> Conversation:
    conversation = Conversation()
    conversation.join("carrier-1", "charger_l1_a")
    conversation.join("carrier-2", "charger_l3_a")
    return conversation


def deliver(talk: Conversation, **more: object) -> None:
    talk.ask("deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "4711", **more})


def silence(talk: Conversation, robot_id: str) -> tuple[cm.AnyCommand, ...]:
    talk.puppets[robot_id].mute = True
    return talk.say(ev.RobotFellSilent(robot_id=robot_id, silent_s=30.0))


def command_robot(talk: Conversation, robot_id: str, verb: ev.RobotVerb) -> cm.AnswerControl:
    out = talk.say(ev.RobotControlled(robot_id=robot_id, verb=verb, by="ann"))
    (answer,) = [command for command in out if isinstance(command, cm.AnswerControl)]
    return answer


def fleet(talk: Conversation, verb: ev.FleetVerb) -> cm.AnswerControl:
    out = talk.say(ev.FleetControlled(verb=verb, by="ann", because="a drill"))
    (answer,) = [command for command in out if isinstance(command, cm.AnswerControl)]
    return answer


def walk(talk: Conversation, steps: int) -> None:
    for _ in range(steps):
        talk.step()


def test_a_robot_that_joins_is_welcomed_and_placed(talk: Conversation) -> None:
    assert talk.robot("carrier-1").node == "charger_l1_a"
    assert [c.robot_id for c in talk.said if isinstance(c, cm.WelcomeRobot)] == ["carrier-1", "carrier-2"]


def test_a_robot_near_no_lane_is_named_and_gets_no_mission(talk: Conversation) -> None:
    event = ev.RobotJoined(
        robot_id="stray",
        boot_id="b",
        facts=talk.robot("carrier-1").facts,
        level="L1",
        x_m=-50.0,
        y_m=-50.0,
        battery_fraction=1.0,
    )
    talk.say(event)
    assert "off_map stray" in talk.alerts()
    deliver(talk, robot="stray")
    assert talk.mission().state is MissionState.QUEUED
    assert "cannot be placed" in talk.mission().because


def test_a_robot_that_appears_on_anothers_place_is_named(talk: Conversation) -> None:
    talk.join("carrier-3", "charger_l1_a")
    assert "off_map carrier-3" in talk.alerts()
    assert "carrier-3" not in talk.core.state.jobs


def test_a_robot_that_joins_in_a_corridor_goes_to_a_rest(talk: Conversation) -> None:
    corridor = next(
        c.node for c in talk.cells.cells.values() if c.node and c.node not in talk.cells.rests(REST)
    )
    talk.join("carrier-3", corridor)
    talk.until(lambda: talk.robot("carrier-3").node in talk.cells.rests(REST))


def test_a_silent_robot_is_lost_with_its_last_place_and_its_mission_goes_to_another(
    talk: Conversation,
) -> None:
    deliver(talk)
    walk(talk, 10)
    held = talk.core.state.jobs["carrier-1"].passed_no
    silence(talk, "carrier-1")
    assert talk.robot("carrier-1").lost
    assert "last place" in talk.robot("carrier-1").because
    assert {"robot_lost carrier-1", "mission_taken_over mission-000001"} <= set(talk.alerts())
    assert talk.mission().robot == "carrier-2"
    talk.until(talk.ended)
    assert talk.mission().state is MissionState.COMPLETED
    assert talk.core.state.jobs["carrier-1"].passed_no == held


def test_what_a_lost_robot_carries_is_not_delivered_by_another(talk: Conversation) -> None:
    deliver(talk)
    talk.until(lambda: talk.mission().tasks[0].state == "done")
    walk(talk, 5)
    silence(talk, "carrier-1")
    assert talk.mission().state is MissionState.FAILED
    assert "cannot be done twice" in talk.mission().because


def test_a_lost_robot_that_comes_back_ends_its_old_order_and_works_again(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 10)
    silence(talk, "carrier-1")
    job, robot = talk.core.state.jobs["carrier-1"], talk.robot("carrier-1")
    talk.puppets["carrier-1"].mute = False
    out = talk.join(
        "carrier-1", robot.node.partition("#")[0] if robot.node in talk.graph.nodes else "charger_l1_a"
    )
    del out
    assert not talk.robot("carrier-1").lost
    assert job.frozen
    talk.until(lambda: talk.ended() and talk.robot("carrier-1").node in talk.cells.rests(REST))
    deliver(talk, robot="carrier-1", key="again")
    talk.until(talk.ended)


def test_a_lost_robot_keeps_its_places_until_a_person_clears_it(talk: Conversation) -> None:
    silence(talk, "carrier-1")
    talk.join("carrier-3", "charger_l1_a")
    assert "off_map carrier-3" in talk.alerts()
    assert command_robot(talk, "carrier-1", ev.RobotVerb.CLEAR).ok
    talk.join("carrier-3", "charger_l1_a")
    assert talk.robot("carrier-3").node == "charger_l1_a"


def test_an_online_robot_cannot_be_cleared(talk: Conversation) -> None:
    assert not command_robot(talk, "carrier-1", ev.RobotVerb.CLEAR).ok


def test_after_a_restart_robots_say_hello_and_go_on_with_the_same_order(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 10)
    before = talk.core.state.jobs["carrier-1"]
    talk.say(ev.OrchestratorStarted(version="test", site_id="county_hospital"))
    assert not talk.robot("carrier-1").online
    cell = talk.cells.cells[talk.robot("carrier-1").node]
    talk.say(
        ev.RobotJoined(
            robot_id="carrier-1",
            boot_id="boot-1",
            facts=talk.robot("carrier-1").facts,
            level=cell.level,
            x_m=cell.x_m,
            y_m=cell.y_m,
            battery_fraction=0.9,
            order_id=before.order_id,
            order_update_id=before.update_id,
            seq=before.passed_no,
        )
    )
    assert talk.core.state.jobs["carrier-1"].order_id == before.order_id
    talk.until(lambda: talk.mission().ended_s is not None)
    assert talk.mission().state is MissionState.COMPLETED
    assert [t.robot for t in talk.mission().tasks] == ["carrier-1", "carrier-1"]


def test_robots_that_never_come_back_after_a_restart_are_lost(talk: Conversation) -> None:
    talk.say(ev.OrchestratorStarted(version="test", site_id="county_hospital"))
    for puppet in talk.puppets.values():
        puppet.mute = True
    walk(talk, int(talk.settings.lost_s) + 2)
    assert talk.robot("carrier-1").lost
    assert talk.robot("carrier-2").lost


def test_stop_all_reaches_every_robot_and_nothing_moves_until_resume_all(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 8)
    answer = fleet(talk, ev.FleetVerb.STOP_ALL)
    assert answer.pending == ("carrier-1", "carrier-2")
    node = talk.robot("carrier-1").node
    walk(talk, 30)
    assert talk.robot("carrier-1").node == node
    assert talk.robot("carrier-1").waiting == "resume_all"
    assert fleet(talk, ev.FleetVerb.RESUME_ALL).ok
    talk.until(talk.ended)


def test_a_robot_that_does_not_acknowledge_stop_all_is_named(talk: Conversation) -> None:
    talk.puppets["carrier-2"].mute = True
    fleet(talk, ev.FleetVerb.STOP_ALL)
    walk(talk, int(talk.settings.ack_s) + 2)
    assert "no_ack carrier-2" in talk.alerts()
    assert "no_ack carrier-1" not in talk.alerts()


def test_a_robot_that_joins_while_all_are_stopped_is_stopped_too(talk: Conversation) -> None:
    fleet(talk, ev.FleetVerb.STOP_ALL)
    out = talk.join("carrier-3", "charger_l1_b")
    assert [c.verb for c in out if isinstance(c, cm.SendInstant)] == ["stop"]


def test_dock_all_gives_missions_back_and_sends_everybody_to_a_charger(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 12)
    fleet(talk, ev.FleetVerb.DOCK_ALL)
    chargers = {n.node_id for n in talk.graph.nodes.values() if n.kind == "charger"}
    talk.until(lambda: {talk.robot(r).node for r in talk.puppets} <= chargers)
    walk(talk, 20)
    assert talk.mission().state is MissionState.QUEUED
    fleet(talk, ev.FleetVerb.RESUME_ALL)
    talk.until(talk.ended)


def test_a_robot_out_of_service_docks_and_gets_nothing_new(talk: Conversation) -> None:
    command_robot(talk, "carrier-1", ev.RobotVerb.OUT_OF_SERVICE)
    deliver(talk)
    assert talk.mission().robot == "carrier-2"


def test_an_order_to_a_lost_robot_is_refused_with_what_to_expect(talk: Conversation) -> None:
    silence(talk, "carrier-1")
    answer = command_robot(talk, "carrier-1", ev.RobotVerb.STOP)
    assert not answer.ok
    assert answer.veto is cm.VetoCode.ROBOT_LOST


def test_an_idle_robot_charges_before_it_is_low(talk: Conversation) -> None:
    talk.join("carrier-3", "parking_l1_a", battery_fraction=0.5)
    talk.say(talk.report("carrier-3", battery_fraction=0.5))
    talk.until(lambda: talk.core.state.jobs["carrier-3"].acting)
    node = talk.robot("carrier-3").node
    assert talk.graph.nodes[node].kind == "charger"
    assert "charge" in {c.action.action_type for c in talk.said if isinstance(c, cm.SendOrder) and c.action}


def test_charging_is_interrupted_for_a_mission(talk: Conversation) -> None:
    talk.say(talk.report("carrier-1", battery_fraction=0.7))
    talk.puppets["carrier-1"].hold_action = True
    talk.until(lambda: talk.core.state.jobs["carrier-1"].acting)
    talk.puppets["carrier-1"].hold_action = False
    deliver(talk, robot="carrier-1")
    talk.until(talk.ended)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_battery_that_would_not_last_is_a_veto_that_passes(talk: Conversation) -> None:
    for robot_id in ("carrier-1", "carrier-2"):
        talk.say(talk.report(robot_id, battery_fraction=0.151))
    deliver(talk)
    assert talk.mission().robot == ""
    assert "reserve" in talk.mission().because
    for robot_id in ("carrier-1", "carrier-2"):
        talk.say(talk.report(robot_id, battery_fraction=0.9))
    walk(talk, 10)
    assert talk.mission().robot


def test_an_order_without_an_answer_is_sent_again(talk: Conversation) -> None:
    talk.puppets["carrier-1"].mute = True
    deliver(talk, robot="carrier-1")
    walk(talk, 10)
    orders = [c for c in talk.said if isinstance(c, cm.SendOrder) and c.robot_id == "carrier-1"]
    assert len(orders) >= 3
    assert len({(o.order_id, o.order_update_id, o.base) for o in orders}) == 1


def test_a_refused_order_gives_the_mission_to_another_and_tells_people(talk: Conversation) -> None:
    talk.puppets["carrier-1"].mute = True
    deliver(talk)
    job = talk.core.state.jobs["carrier-1"]
    talk.puppets["carrier-1"].mute = False
    talk.say(
        ev.OrderRefused(
            robot_id="carrier-1",
            order_id=job.order_id,
            order_update_id=job.update_id,
            because="my wheels are blocked",
        )
    )
    assert talk.mission().robot == "carrier-2"
    assert "robot_fault carrier-1" in talk.alerts()


def test_a_fault_is_shown_until_it_is_gone_and_its_alert_until_it_is_handled(talk: Conversation) -> None:
    talk.say(ev.FaultReported(robot_id="carrier-1", code="bumper", level="error", because="bumper pressed"))
    assert talk.robot("carrier-1").faults == {"bumper": "bumper pressed"}
    talk.say(
        ev.FaultReported(robot_id="carrier-1", code="bumper", level="error", because="free", cleared=True)
    )
    assert talk.robot("carrier-1").faults == {}
    (alert,) = talk.core.state.alerts.values()
    assert alert.handled_s is None
    talk.say(ev.AlertHandled(alert_id=alert.alert_id, by="ann", note="looked"))
    assert talk.core.state.alerts[alert.alert_id].handled_by == "ann"


def test_an_alert_that_comes_again_is_counted_not_repeated(talk: Conversation) -> None:
    for _ in range(3):
        talk.say(ev.FaultReported(robot_id="carrier-1", code="slip", level="warning", because="wheel slip"))
    (alert,) = talk.core.state.alerts.values()
    assert alert.count == 3


def test_fire_holds_everybody_and_needs_a_person_after_the_reset(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 8)
    talk.say(ev.FireReported(active=True))
    assert "fire site" in talk.alerts()
    assert not fleet(talk, ev.FleetVerb.RESUME_ALL).ok
    talk.say(ev.FireReported(active=False))
    node = talk.robot("carrier-1").node
    walk(talk, 10)
    assert talk.robot("carrier-1").node == node
    assert fleet(talk, ev.FleetVerb.RESUME_ALL).ok
    talk.until(talk.ended)


def test_fire_switches_chargers_off_and_pauses_the_others(talk: Conversation) -> None:
    talk.say(talk.report("carrier-1", activity="charging", skill="charge", phase="charging", charging=True))
    commands = talk.say(ev.FireReported(active=True))
    verbs = {c.robot_id: c.verb for c in commands if isinstance(c, cm.SendInstant)}
    assert verbs["carrier-1"] == "stop"
    assert verbs["carrier-2"] == "pause"
    assert fleet(talk, ev.FleetVerb.RESUME_ALL).ok is False
    talk.say(ev.FireReported(active=False))
    assert fleet(talk, ev.FleetVerb.RESUME_ALL).ok


# -- lifts that become free ------------------------------------------------------------------------------


def shut_all_lifts_but(talk: Conversation, lift: str) -> None:
    for other in talk.graph.lifts:
        if other != lift:
            talk.say(ev.ElementClosed(kind=ElementKind.LIFT, element_id=other, because="a test"))


def test_a_robot_that_waits_for_a_lift_goes_on_when_the_one_before_it_is_out(talk: Conversation) -> None:
    talk.join("carrier-3", "charger_l1_b")
    shut_all_lifts_but(talk, "lift_a")
    for number, robot in enumerate(("carrier-1", "carrier-3")):
        talk.ask("go_to", f"go-{number}", to=f"ward_20{number + 1}", robot=robot)
    talk.until(talk.ended, steps=400)
    assert {m.state for m in talk.core.state.missions.values()} == {MissionState.COMPLETED}


def test_a_robot_that_waits_for_a_lift_goes_on_when_the_lift_is_in_service_again(talk: Conversation) -> None:
    shut_all_lifts_but(talk, "lift_a")
    broken = ev.LiftReported(lift="lift_a", level="L1", doors="closed", session="", available=False)
    talk.say(broken)
    talk.ask("go_to", to="ward_201", robot="carrier-1")
    talk.until(lambda: talk.robot("carrier-1").waiting == "lift lift_a")
    walk(talk, 10)
    out = talk.say(ev.LiftReported(lift="lift_a", level="L1", doors="closed", session="", available=True))
    assert [c.session for c in out if isinstance(c, cm.RequestLift)][:1] == ["carrier-1"]
    talk.until(talk.ended)


# -- plans that were not asked for -----------------------------------------------------------------------


def test_a_robot_that_was_only_moved_out_of_the_way_still_gets_the_plan_that_it_wants(
    talk: Conversation,
) -> None:
    """It lost its stops to a closing, is offline, and goes round for another: its mission is kept in mind."""
    deliver(talk, robot="carrier-1")
    talk.until(lambda: talk.robot("carrier-1").node in set(talk.graph.nodes) - {"charger_l1_a"})
    talk.solver_answers = False
    talk.say(ev.ElementClosed(kind=ElementKind.ROOM, element_id="ward_201", because="a test"))
    talk.say(ev.ElementOpened(kind=ElementKind.ROOM, element_id="ward_201"))
    talk.say(ev.OrchestratorStarted(version="test", site_id=talk.graph.site.site_id))
    assert talk.core.state.jobs["carrier-1"].wants_plan
    talk.ask("go_to", "key-2", to="ward_301", robot="carrier-2")
    talk.join("carrier-2", talk.robot("carrier-2").node, boot_id="boot-2")
    asked = [c for c in talk.said if isinstance(c, cm.SolvePlan)][-1].problem
    assert [request.agent_id for request in asked.requests] == ["carrier-2"]
    aside = msgspec.structs.replace(asked, requests=(PlanRequest(agent_id="carrier-1", stops=()),))
    talk.say(ev.PlanSolved(answer=plan(talk.cells, aside)))
    assert talk.core.state.jobs["carrier-1"].wants_plan
    talk.solver_answers = True
    talk.say(ev.SolverFailed(because="the question of before is lost"))
    order = talk.puppets["carrier-1"].order
    assert order is not None
    talk.join(
        "carrier-1",
        talk.robot("carrier-1").node,
        order_id=order.order_id,
        order_update_id=order.order_update_id,
        seq=talk.puppets["carrier-1"].passed,
    )
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_robot_that_a_lift_carried_in_silence_goes_on_from_where_it_is(talk: Conversation) -> None:
    """It was thought lost on level 1; it is found in the same cabin on level 2, with the order of before."""
    deliver(talk, robot="carrier-1")
    talk.until(lambda: talk.cells.cells[talk.robot("carrier-1").node].lift is not None)
    cabin = talk.cells.cells[talk.robot("carrier-1").node]
    order = talk.puppets["carrier-1"].order
    assert order is not None
    assert cabin.lift is not None
    silence(talk, "carrier-1")
    talk.puppets["carrier-1"].mute = False
    above = talk.graph.lifts[cabin.lift].cabin_nodes["L2"]
    talk.join(
        "carrier-1",
        above,
        order_id=order.order_id,
        order_update_id=order.order_update_id,
        seq=talk.puppets["carrier-1"].passed,
    )
    assert talk.robot("carrier-1").node == above
    talk.until(talk.ended, steps=900)
