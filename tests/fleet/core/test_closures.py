"""Lanes, zones, rooms, doors and lifts are closed and opened while robots drive: what everybody does then."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from fleet.core import commands as cm
from fleet.core import events as ev
from maps.elements import Node, Point, Zone, ZoneKind
from maps.load import load
from maps.site_file import save
from maps.times import parse_window
from missions.lifecycle import MissionState
from missions.planning.closures import ElementKind
from tests.fleet.core.conversation import ROOT, Conversation, Puppet

REST = ("0",)
LANE, ZONE, ROOM, DOOR, LIFT = (
    ElementKind.LANE,
    ElementKind.ZONE,
    ElementKind.ROOM,
    ElementKind.DOOR,
    ElementKind.LIFT,
)


@pytest.fixture(scope="module")
def zoned(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hospital, with a zone around a ward and around two chargers."""
    site = load(ROOT / "maps/sites/county_hospital.yaml")
    ward = next(room for room in site.rooms if room.room_id == "ward_201")
    nodes = {node.node_id: node for node in site.nodes}
    zones = [
        zone("zone_ward_201", ward.level, ZoneKind.QUIET, ward.polygon),
        *(
            zone(f"zone_{name}", nodes[name].level, kind, square(nodes[name]))
            for name, kind in (("charger_l1_a", ZoneKind.NO_GO), ("charger_l1_b", ZoneKind.QUIET))
        ),
    ]
    path: Path = tmp_path_factory.mktemp("zoned") / "hospital.yaml"
    save(replace(site, zones=(*site.zones, *zones)), path)
    return str(path)


def zone(zone_id: str, level: str, kind: ZoneKind, polygon: tuple[Point, ...]) -> Zone:
    """It has hours, so that it holds only while it is closed."""
    times = (parse_window("02:00-02:01"),)
    return Zone(zone_id=zone_id, level=level, names={"en": zone_id}, kind=kind, polygon=polygon, times=times)


def square(node: Node) -> tuple[Point, ...]:
    x, y = node.x_m, node.y_m
    return ((x - 0.5, y - 0.5), (x + 0.5, y - 0.5), (x + 0.5, y + 0.5), (x - 0.5, y + 0.5))


@pytest.fixture
def talk(zoned: str) -> Conversation:
    conversation = Conversation(zoned)
    conversation.join("carrier-1", "charger_l1_a")
    return conversation


def close(talk: Conversation, kind: ElementKind, element_id: str, **more: object) -> cm.AnswerControl:
    said = {"by": "Wang", "because": "flooding", **more}
    out = talk.say(ev.ElementClosed(kind=kind, element_id=element_id, **said))  # type: ignore[arg-type]
    (answer,) = [command for command in out if isinstance(command, cm.AnswerControl)]
    return answer


def open_(talk: Conversation, kind: ElementKind, element_id: str) -> cm.AnswerControl:
    out = talk.say(ev.ElementOpened(kind=kind, element_id=element_id, by="Li"))
    (answer,) = [command for command in out if isinstance(command, cm.AnswerControl)]
    return answer


def deliver(talk: Conversation, key: str = "key-1", **more: object) -> tuple[cm.AnyCommand, ...]:
    return talk.ask("deliver", key, **{"from": "pharmacy", "to": "ward_201", "pin": "4711", **more})


def next_lane(talk: Conversation, robot_id: str, ahead: int = 1) -> str:
    """The lane after `ahead` nodes on the robot's planned way."""
    plan = talk.core.traffic.state.plans[robot_id]
    nodes = [s.cell for s in plan.steps if talk.cells.cells[s.cell].node]
    source, target = list(pairwise(dict.fromkeys(nodes)))[ahead]
    return talk.graph.edges_between(source, target)[0].edge_id


def entered(talk: Conversation, robot_id: str, since: int) -> list[str]:
    """Closed moves that the robot was told to make after so many commands."""
    barred = talk.core.traffic.state.barred
    bases = [c.base for c in talk.said[since:] if isinstance(c, cm.SendOrder) and c.robot_id == robot_id]
    moves = [f"{a.cell} => {b.cell}" for base in bases for a, b in pairwise(base)]
    return [move for move in moves if move in barred]


def walk(talk: Conversation, steps: int) -> None:
    for _ in range(steps):
        talk.step()


# -- what is said ----------------------------------------------------------------------------------------


def test_the_answer_says_who_closed_what_until_when_and_why(talk: Conversation) -> None:
    talk.now_s = 1_800_000_000.0  # 16:00 in Shanghai
    answer = close(talk, ZONE, "zone_ward_201", until_s=talk.now_s + 3600.0)
    assert answer.ok
    assert answer.because == "zone zone_ward_201 is closed by Wang until 17:00: flooding"


def test_an_unknown_element_is_refused_with_the_nearest_id(talk: Conversation) -> None:
    answer = close(talk, ZONE, "zone_ward_210")
    assert (answer.ok, answer.veto) == (False, cm.VetoCode.ELEMENT_UNKNOWN)
    assert "zone_ward_201" in answer.hint


def test_a_time_that_has_passed_is_refused(talk: Conversation) -> None:
    assert not close(talk, ROOM, "ward_201", until_s=talk.now_s).ok
    assert not talk.core.state.closures


@pytest.mark.parametrize("until_s", [1e300, 1e12, float("inf"), float("nan")])
def test_a_time_that_no_calendar_can_say_is_refused(talk: Conversation, until_s: float) -> None:
    answer = close(talk, ROOM, "ward_201", until_s=until_s)
    assert (answer.ok, answer.because) == (
        False,
        "room ward_201 cannot be closed until a time that is more than a year away",
    )
    assert not talk.core.state.closures


def test_closing_again_changes_the_words_and_the_time_and_nothing_else(talk: Conversation) -> None:
    close(talk, ROOM, "ward_201")
    answer = close(talk, ROOM, "ward_201", because="painting", by="Li", until_s=talk.now_s + 60.0)
    (record,) = talk.core.state.closures.values()
    assert answer.ok
    assert (record.because, record.by, record.until_s) == ("painting", "Li", talk.now_s + 60.0)


def test_both_directions_of_a_lane_are_one_closure(talk: Conversation) -> None:
    edge = next(e for e in talk.graph.edges.values() if talk.graph.reverse_of(e) and not e.lift)
    back = talk.graph.reverse_of(edge)
    assert back is not None
    close(talk, LANE, edge.edge_id)
    close(talk, LANE, back.edge_id)
    assert len(talk.core.state.closures) == 1
    assert open_(talk, LANE, back.edge_id).ok
    assert not talk.core.state.closures


def test_what_is_not_closed_cannot_be_opened(talk: Conversation) -> None:
    assert open_(talk, ROOM, "ward_201").veto is cm.VetoCode.WRONG_STATE


def test_it_opens_by_itself_when_its_time_has_come(talk: Conversation) -> None:
    close(talk, ROOM, "ward_201", until_s=talk.now_s + 30.0)
    assert talk.core.next_deadline_s() == talk.now_s + 30.0
    walk(talk, 31)
    assert not talk.core.state.closures
    assert not talk.core.traffic.state.barred


def test_what_two_have_closed_is_open_when_both_have_opened(talk: Conversation) -> None:
    close(talk, ROOM, "ward_201")
    close(talk, ZONE, "zone_ward_201")
    open_(talk, ROOM, "ward_201")
    assert talk.core.traffic.state.barred
    open_(talk, ZONE, "zone_ward_201")
    assert not talk.core.traffic.state.barred


# -- robots on their way ---------------------------------------------------------------------------------


def test_a_robot_goes_round_a_lane_that_is_closed_ahead_of_it(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 3)
    since = len(talk.said)
    lane = next_lane(talk, "carrier-1", ahead=3)
    close(talk, LANE, lane)
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED
    assert entered(talk, "carrier-1", since) == []


def test_a_robot_that_was_told_to_enter_and_has_not_yet_is_stopped_and_goes_round(talk: Conversation) -> None:
    deliver(talk)
    walk(talk, 2)
    since = len(talk.said)
    answer = close(talk, LANE, next_lane(talk, "carrier-1", ahead=1))
    assert answer.pending == ("carrier-1",)
    assert [c.robot_id for c in talk.said[since:] if isinstance(c, cm.SendCancel)] == ["carrier-1"]
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED
    assert entered(talk, "carrier-1", since) == []
    assert talk.mission().attempts == 0


def test_a_lane_closed_under_a_robot_is_left(talk: Conversation) -> None:
    deliver(talk)
    cells = talk.cells.cells
    talk.until(lambda: cells[talk.robot("carrier-1").node].lane is not None)
    lane = cells[talk.robot("carrier-1").node].lane
    assert lane is not None
    close(talk, LANE, lane)
    inside = talk.core.traffic.state.closed
    talk.until(lambda: talk.robot("carrier-1").node not in inside, steps=40)
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_robot_that_rides_when_the_lift_is_closed_gets_out_and_nobody_rides_after_it(
    talk: Conversation,
) -> None:
    deliver(talk)
    talk.until(lambda: talk.cells.cells[talk.robot("carrier-1").node].lift is not None)
    lift = talk.cells.cells[talk.robot("carrier-1").node].lift
    assert lift is not None
    close(talk, LIFT, lift)
    since = len(talk.said)
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED
    assert entered(talk, "carrier-1", since) == []
    talk.until(lambda: talk.core.state.lifts[lift].wanted_session == "")


def test_the_other_lift_is_taken_when_one_is_closed_before_the_door(talk: Conversation) -> None:
    deliver(talk)
    talk.lifts_work = False
    talk.until(lambda: talk.robot("carrier-1").waiting.startswith("lift"))
    lift = talk.robot("carrier-1").waiting.partition(" ")[2]
    since = len(talk.said)
    talk.lifts_work = True
    close(talk, LIFT, lift)
    released = [c.lift for c in talk.said[since:] if isinstance(c, cm.ReleaseLift)]
    assert released == [lift]
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED
    assert entered(talk, "carrier-1", since) == []


def test_an_order_that_is_being_ended_behind_a_lift_ends_before_it_when_the_lift_is_closed(
    talk: Conversation,
) -> None:
    """Its goal is cut off while it waits for the lift: its order is to end where it may go, on level 2."""
    deliver(talk)
    talk.lifts_work = False
    talk.until(lambda: talk.robot("carrier-1").waiting.startswith("lift"))
    lift = talk.robot("carrier-1").waiting.partition(" ")[2]
    close(talk, ROOM, "ward_201")
    job = talk.core.state.jobs["carrier-1"]
    assert job.closing
    assert job.end_no > job.sent_no
    close(talk, LIFT, lift)
    talk.lifts_work = True
    open_(talk, ROOM, "ward_201")
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED


# -- missions into it ------------------------------------------------------------------------------------


def test_a_mission_into_something_closed_is_accepted_and_waits_with_the_reason(talk: Conversation) -> None:
    close(talk, ZONE, "zone_ward_201")
    (answer,) = [c for c in deliver(talk) if isinstance(c, cm.AcceptMission)]
    assert answer.robot == ""
    assert "zone zone_ward_201 is closed by Wang: flooding" in answer.because
    assert talk.mission().waiting == "closure zone zone_ward_201"
    open_(talk, ZONE, "zone_ward_201")
    talk.until(talk.ended)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_mission_behind_a_closed_door_waits_with_the_reason(talk: Conversation) -> None:
    close(talk, DOOR, "ward_201_door")
    deliver(talk)
    assert "door ward_201_door is closed by Wang: flooding" in talk.mission().because
    assert talk.mission().waiting == "closure door ward_201_door"


def test_a_mission_that_nobody_has_begun_is_given_back_when_its_goal_is_closed(talk: Conversation) -> None:
    deliver(talk)
    deliver(talk, "key-2", to="ward_202")
    talk.step()
    close(talk, ROOM, "ward_202")
    second = talk.mission("mission-000002")
    assert (second.state, second.robot) == (MissionState.QUEUED, "")
    talk.step()
    assert "room ward_202 is closed by Wang: flooding" in talk.mission("mission-000002").because
    assert talk.mission("mission-000002").attempts == 0


def test_a_loaded_robot_whose_goal_is_closed_rests_says_why_and_goes_on(talk: Conversation) -> None:
    deliver(talk)
    talk.until(lambda: talk.mission().tasks[0].state == "done")
    walk(talk, 5)
    close(talk, ROOM, "ward_201")
    rests = talk.cells.rests(("0",))
    talk.until(lambda: talk.robot("carrier-1").node in rests)
    walk(talk, 10)
    mission, robot = talk.mission(), talk.robot("carrier-1")
    assert (mission.state, mission.robot) == (MissionState.RUNNING, "carrier-1")
    assert mission.waiting == robot.waiting == "closure room ward_201"
    assert mission.because == "room ward_201 is closed by Wang: flooding"
    asked = sum(isinstance(c, cm.SolvePlan) for c in talk.said)
    walk(talk, 20)
    assert sum(isinstance(c, cm.SolvePlan) for c in talk.said) == asked, "it asks again and again"
    close(talk, ROOM, "ward_302")
    open_(talk, ROOM, "ward_302")
    walk(talk, 10)
    assert talk.robot("carrier-1").because == talk.mission().because == mission.because, "another opening"
    open_(talk, ROOM, "ward_201")
    walk(talk, 5)
    assert talk.mission().because == "carrier-1 is on its way", "what was in its way is no reason any more"
    talk.until(talk.ended)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_robot_that_is_cut_off_by_a_lane_far_from_its_goal_waits_too(talk: Conversation) -> None:
    deliver(talk)
    talk.until(lambda: talk.mission().tasks[0].state == "done")
    for lift in talk.graph.lifts:
        close(talk, LIFT, lift)
    talk.until(lambda: talk.mission().waiting.startswith("closure lift"))
    assert talk.mission().state is MissionState.RUNNING
    for lift in talk.graph.lifts:
        open_(talk, LIFT, lift)
    talk.until(talk.ended)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_tour_does_what_comes_before_the_closed_place(talk: Conversation) -> None:
    talk.join("sentry-1", "charger_l2_a", "patrol")
    points = [p.place_id for p in talk.graph.places.values() if p.kind == "checkpoint"][:3]
    talk.ask("patrol_tour", "tour", checkpoints=points)
    talk.until(lambda: talk.mission().tasks[0].state == "done")
    node = talk.graph.nodes[talk.mission().mission.tasks[2].node]
    lanes = [edge for edge in talk.graph.site.edges if edge.target == node.node_id]
    for edge in lanes:
        close(talk, LANE, edge.edge_id, one_way=True)
    talk.until(lambda: talk.mission().tasks[1].state == "done", steps=900)
    talk.until(lambda: talk.mission().waiting.startswith("closure lane"))
    for edge in lanes:
        open_(talk, LANE, edge.edge_id)
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_guide_whose_goal_is_closed_waits_with_its_visitor_where_it_is(talk: Conversation) -> None:
    talk.join("guide-1", "parking_l1_a", "guide")
    talk.ask("guide_visitor", **{"from": "pharmacy", "to": "lab", "robot": "guide-1"})
    puppet = talk.puppets["guide-1"]
    talk.until(
        lambda: puppet.order is not None and puppet.order.action is not None and puppet.order.action.en_route
    )
    walk(talk, 3)
    order = puppet.order
    assert order is not None
    assert order.action is not None
    talk.say(
        ev.ActionReported(
            robot_id="guide-1",
            order_id=order.order_id,
            action_id=order.action.action_id,
            status="running",
            phase="leading",
        )
    )
    since = len(talk.said)
    close(talk, ROOM, "lab")
    talk.until(lambda: talk.mission().waiting == "closure room lab")
    walk(talk, 20)
    assert not any(isinstance(c, cm.SendCancel) for c in talk.said[since:])
    assert entered(talk, "guide-1", since) == []
    assert puppet.order is not None
    assert puppet.order.order_id == order.order_id
    open_(talk, ROOM, "lab")
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED


def test_an_unbegun_mission_is_offered_to_a_robot_on_the_other_side(talk: Conversation) -> None:
    talk.join("carrier-2", "charger_l2_a")
    talk.ask("go_to", to="pharmacy")
    assert talk.mission().robot == "carrier-1"
    bay = talk.graph.edges_from("charger_l1_a")[0].edge_id
    close(talk, LANE, bay)
    talk.until(talk.ended, steps=900)
    assert talk.mission().state is MissionState.COMPLETED
    assert talk.mission().tasks[0].robot == "carrier-2"


def test_a_mission_is_not_given_to_the_same_robot_again_and_again_while_a_lost_one_blocks_it(
    talk: Conversation,
) -> None:
    """The allocation knows what the planner knows: the way past a lost robot is closed."""
    talk.puppets["sentry-1"] = Puppet("sentry-1", mute=True)
    talk.join("sentry-1", talk.graph.places["ward_201"].node, "patrol")
    talk.say(ev.RobotFellSilent(robot_id="sentry-1", silent_s=30.0))
    talk.ask("go_to", to="ward_201")
    before = len(talk.mission().history)
    walk(talk, 60)
    assert talk.mission().state is MissionState.QUEUED
    assert len(talk.mission().history) <= before + 1
    assert "does not move" in talk.mission().because


# -- robots that rest there ------------------------------------------------------------------------------


def test_a_robot_that_rests_in_a_closed_area_may_stay(talk: Conversation) -> None:
    lane = talk.graph.edges_from("charger_l1_a")[0].edge_id
    close(talk, LANE, lane)
    walk(talk, 10)
    assert talk.robot("carrier-1").node == "charger_l1_a"


def test_nobody_is_sent_to_rest_or_charge_in_a_closed_area(talk: Conversation) -> None:
    rests = [rest for rest in talk.cells.rests(("0",)) if rest != "charger_l1_a"]
    kept = next(rest for rest in rests if rest.startswith("charger_l1"))
    for rest in rests:
        if rest != kept:
            close(talk, LANE, talk.graph.edges_from(rest)[0].edge_id)
    talk.ask("go_to", to="pharmacy")
    talk.join("carrier-2", "charger_l3_a")
    talk.until(talk.ended)
    talk.say(talk.report("carrier-1", battery_fraction=0.4))
    close(talk, LANE, talk.graph.edges_from("charger_l1_a")[0].edge_id)
    talk.until(lambda: talk.robot("carrier-1").node == kept, steps=900)


def test_an_idle_robot_leaves_a_closed_no_go_zone_and_may_stay_in_a_quiet_one(talk: Conversation) -> None:
    talk.join("carrier-2", "charger_l1_b")
    close(talk, ZONE, "zone_charger_l1_b")
    close(talk, ZONE, "zone_charger_l1_a")
    talk.until(lambda: talk.robot("carrier-1").node != "charger_l1_a", steps=100)
    talk.until(lambda: talk.robot("carrier-1").node in talk.cells.rests(REST))
    assert talk.robot("carrier-2").node == "charger_l1_b"


# -- journal and snapshot --------------------------------------------------------------------------------


def test_closures_are_in_the_snapshot_and_a_replay_decides_the_same(talk: Conversation, zoned: str) -> None:
    deliver(talk)
    walk(talk, 4)
    close(talk, LANE, next_lane(talk, "carrier-1", ahead=2), until_s=talk.now_s + 50.0)
    close(talk, ROOM, "ward_201")
    walk(talk, 100)
    fresh = Conversation(zoned).core
    fresh.restore(talk.core.snapshot())
    assert fresh.state.closures == talk.core.state.closures
    assert fresh.digest() == talk.core.digest()
    again = type(fresh)(talk.graph, talk.cells, talk.settings)
    for now_s, event, commands in talk.journal:
        assert again.handle(event, now_s) == commands
    assert again.digest() == talk.core.digest()
