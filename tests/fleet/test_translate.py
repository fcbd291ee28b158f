from functools import cache
from pathlib import Path

import pytest

from fleet import translate
from fleet.core import events as ev
from fleet.core.commands import (
    OrderAction,
    OrderCell,
    RefuseRobot,
    SendCancel,
    SendInstant,
    SendOrder,
)
from maps.graph import SiteGraph
from maps.load import load
from missions.planning.cells import CellGraph
from robots import protocol as wire
from tests.fleet.links.paper import factsheet, hello, state

ROOT = Path(__file__).parents[2]


@cache
def cells(site: str = "tests/maps/sites/two_rooms.yaml") -> CellGraph:
    return CellGraph.build(SiteGraph(load(ROOT / site)))


def order(*base: OrderCell, horizon: tuple[OrderCell, ...] = ()) -> SendOrder:
    action = OrderAction(action_id="a", action_type="load", params={"item": "blood", "stops": ("x", "y")})
    return SendOrder(
        robot_id="carrier-1",
        order_id="mission-000001/0/000001",
        order_update_id=3,
        base=base,
        horizon=horizon,
        action=action,
        last=True,
        because="mission-000001: Load",
    )


def test_order_carries_places_so_that_the_robot_needs_no_map() -> None:
    command = order(OrderCell(cell="charger_a", seq=4), OrderCell(cell="door_a", seq=5))
    translated = translate.order(command, cells())
    assert [(n.node_id, n.seq, n.level, n.x_m, n.y_m) for n in translated.base] == [
        ("charger_a", 4, "L1", 6.0, 2.0),
        ("door_a", 5, "L1", 6.0, 5.0),
    ]
    assert (translated.order_id, translated.order_update_id) == ("mission-000001/0/000001", 3)
    assert (translated.last, translated.because) == (True, "mission-000001: Load")
    assert translated.action == wire.Action(
        action_id="a", action_type="load", params={"item": "blood", "stops": ("x", "y")}
    )


def test_translated_order_survives_the_wire() -> None:
    codec = wire.Codec()
    translated = translate.order(order(OrderCell(cell="charger_a", seq=4)), cells())
    assert codec.decode_down(codec.encode(translated)) == translated


@pytest.fixture
def slow_lane(tmp_path: Path) -> CellGraph:
    """Two rooms, with 0.5 m/s between the charger and the corridor."""
    site = (ROOT / "tests/maps/sites/two_rooms.yaml").read_text()
    lane = "{between: [door_a, charger_a]"
    assert lane in site
    path = tmp_path / "two_rooms.yaml"
    path.write_text(site.replace(lane, f"{lane}, speed_mps_max: 0.5"))
    return CellGraph.build(SiteGraph(load(path)))


def way(cells: CellGraph) -> tuple[str, str]:
    return "charger_a", cells.moves("charger_a", cells.graph_names)[0].cell


@pytest.mark.parametrize(("pace_mps", "limit_mps"), [(None, 0.5), (0.25, 0.25), (9.0, 0.5)])
def test_lane_limit_and_pace_both_hold_and_the_lower_one_counts(
    slow_lane: CellGraph, pace_mps: float | None, limit_mps: float
) -> None:
    before, after = way(slow_lane)
    command = order(OrderCell(cell=before, seq=1), OrderCell(cell=after, seq=2, pace_mps=pace_mps))
    assert translate.order(command, slow_lane).base[1].speed_mps_max == limit_mps


def test_horizon_continues_from_the_base(slow_lane: CellGraph) -> None:
    before, after = way(slow_lane)
    command = order(OrderCell(cell=before, seq=1), horizon=(OrderCell(cell=after, seq=2),))
    assert translate.order(command, slow_lane).horizon[0].speed_mps_max == 0.5


def test_pace_alone_is_the_limit_and_without_any_there_is_none() -> None:
    command = order(OrderCell(cell="charger_a", seq=1, pace_mps=0.4), OrderCell(cell="charger_a", seq=2))
    assert [node.speed_mps_max for node in translate.order(command, cells()).base] == [0.4, None]


def test_cancel_and_instant_keep_their_ids_and_reasons() -> None:
    cancel = SendCancel(robot_id="r", cancel_id="c-1", order_id="o", because="wrong ward")
    assert translate.cancel(cancel) == wire.Cancel(cancel_id="c-1", order_id="o", because="wrong ward")
    instant = SendInstant(robot_id="r", instant_id="i-1", verb="confirm", params={"pin": "4711"}, because="x")
    assert translate.instant(instant) == wire.InstantAction(
        instant_id="i-1", verb=wire.InstantVerb.CONFIRM, params={"pin": "4711"}, because="x"
    )


def test_verb_that_the_protocol_lacks_is_a_bug_and_raises() -> None:
    with pytest.raises(ValueError, match="dance"):
        translate.instant(SendInstant(robot_id="r", instant_id="i", verb="dance", because="x"))


def test_refusal_says_what_and_what_to_do() -> None:
    refusal = translate.refusal(RefuseRobot(robot_id="r", boot_id="b", code="full", because="1000 are here"))
    assert (refusal.code, refusal.retry_s) == ("full", 10.0)
    assert refusal.message.startswith("1000 are here. This orchestrator has as many robots")


def test_hello_and_state_make_one_joined_with_quantised_floats() -> None:
    joined = translate.joined(
        hello(last_order_id="o", last_order_update_id=2, last_seq=9, action_done=True),
        state(x_m=1.23456, y_m=-0.00049, battery_fraction=0.87654321),
    )
    assert (joined.x_m, joined.y_m, joined.battery_fraction) == (1.235, 0.0, 0.877)
    assert (joined.order_id, joined.order_update_id, joined.seq, joined.action_done) == ("o", 2, 9, True)
    assert joined.facts.skills == ("load", "unload", "charge")


def test_whole_numbers_become_floats_so_that_a_replay_reads_the_same() -> None:
    facts = translate.facts(factsheet(battery_wh=500, draw_action_w={"load": 10}))
    assert isinstance(facts.battery_wh, float)
    assert isinstance(facts.draw_action_w["load"], float)
    assert isinstance(translate.joined(hello(), state(x_m=2)).x_m, float)


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ({}, False),
        ({"x_m": 6.2}, False),
        ({"x_m": 6.3}, True),
        ({"level": "L2"}, True),
        ({"battery_fraction": 0.9049}, False),
        ({"battery_fraction": 0.8999}, True),
        ({"activity": "moving"}, True),
        ({"mode": "paused"}, True),
        ({"charging": True}, True),
        ({"skill": "load"}, True),
        ({"phase": "unlocked"}, True),
        ({"last_seq": 5}, False),
    ],
)
def test_news_is_what_the_core_decides_by(change: dict[str, object], news: bool) -> None:
    assert (
        translate.is_news(state(battery_fraction=0.9), state(**{"battery_fraction": 0.9, **change})) is news
    )


def test_where_a_robot_drives_is_no_news() -> None:
    assert not translate.is_news(state(activity="moving"), state(activity="moving", x_m=99.0))


def test_first_state_is_news() -> None:
    assert translate.is_news(None, state())


REPORTS: list[tuple[wire.Up, ev.AnyEvent | None]] = [
    (wire.NodePassed(order_id="o", node_id="n", seq=3), ev.NodePassed(robot_id="r", order_id="o", seq=3)),
    (
        wire.OrderAccepted(order_id="o", order_update_id=1),
        ev.OrderAccepted(robot_id="r", order_id="o", order_update_id=1),
    ),
    (
        wire.OrderRefused(order_id="o", order_update_id=1, message="no"),
        ev.OrderRefused(robot_id="r", order_id="o", order_update_id=1, because="no"),
    ),
    (
        wire.ActionEvent(
            order_id="o",
            action_id="a",
            status=wire.ActionStatus.FINISHED,
            phase="done",
            result={"dose_min_j_m2": 250.12345, "image": "x.jpg"},
        ),
        ev.ActionReported(
            robot_id="r",
            order_id="o",
            action_id="a",
            status="finished",
            phase="done",
            result={"dose_min_j_m2": 250.123, "image": "x.jpg"},
        ),
    ),
    (
        wire.Ack(ref="i-1", ok=False, message="too fast"),
        ev.InstantAcknowledged(robot_id="r", ref="i-1", ok=False, because="too fast"),
    ),
    (
        wire.Fault(code="battery_low", level=wire.FaultLevel.WARNING, message="24 %", cleared=True),
        ev.FaultReported(robot_id="r", code="battery_low", level="warning", because="24 %", cleared=True),
    ),
    (wire.Bye(because="night"), ev.RobotLeft(robot_id="r", because="night")),
    (wire.Pong(stamp_s=1.0), None),
    (state(), None),
    (wire.Pose(stamp_s=0.0, level="L1", x_m=0.0, y_m=0.0, yaw_rad=0.0), None),
    (hello(), None),
]


@pytest.mark.parametrize(("message", "event"), REPORTS, ids=lambda value: type(value).__name__)
def test_every_message_has_its_event_or_none(message: wire.Up, event: ev.AnyEvent | None) -> None:
    assert translate.event_of("r", message) == event


def test_no_kind_of_message_is_left_out() -> None:
    assert {type(message) for message, _ in REPORTS} == set(wire.Up.__args__)
