"""Who gets a mission, after how long, and in which words. On a corridor where a metre takes a second."""

import itertools
import math
import random
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.mission import Task
from missions.planning.allocation import Bidder, Call, Offer, Refusal, choose
from missions.planning.cells import CellGraph
from missions.planning.charging import Battery
from tests.missions.planning import drawn

FULL = Battery(
    fraction=1.0,
    capacity_wh=500.0,
    draw_idle_w=20.0,
    draw_moving_w=80.0,
    draw_action_w={"uv_expose": 340.0},
    reserve_fraction=0.2,
)
PLACES = ("k_a", "k_b")


@cache
def corridor() -> CellGraph:
    return drawn.corridor()


def task(node: str, action: str = "", *, seq: int = 0, duration_s: float = 0.0, **more: object) -> Task:
    return Task(
        seq=seq,
        title={"en": action},
        node=node,
        place=node,
        action_type=action,
        duration_s=duration_s,
        **more,  # type: ignore[arg-type]
    )


def call(*nodes: str, mission_id: str = "m", action: str = "", priority: int = 1, **more: object) -> Call:
    tasks = tuple(task(node, action, seq=seq) for seq, node in enumerate(nodes))
    return Call(mission_id=mission_id, tasks=tasks, priority=priority, **more)  # type: ignore[arg-type]


def bidder(agent_id: str, cell: str, **more: object) -> Bidder:
    given = {"skills": ("load", "unload"), "ready_s": 0.0, "battery": FULL} | more
    return Bidder(agent=drawn.agent(agent_id), ready_cell=cell, **given)  # type: ignore[arg-type]


def offered(asked: Call, *bidders: Bidder, now_s: float = 0.0) -> Offer:
    answer = choose(corridor(), asked, bidders, now_s)
    assert isinstance(answer, Offer), answer
    return answer


def refused(asked: Call, *bidders: Bidder, now_s: float = 0.0) -> Refusal:
    answer = choose(corridor(), asked, bidders, now_s)
    assert isinstance(answer, Refusal), answer
    return answer


# -- who -----------------------------------------------------------------------------------------------


def test_the_nearest_free_robot_gets_it_and_the_answer_says_why() -> None:
    offer = offered(call("k_a"), bidder("far", "p_east"), bidder("near", "w_mid"))
    assert (offer.agent_id, offer.position, offer.start_s) == ("near", 0, 0.0)
    assert offer.duration_s == pytest.approx(12.0)
    assert offer.because == "near is free now and 12 s away; far would end 18 s later"
    assert offer.alternatives == {"near": pytest.approx(12.0), "far": pytest.approx(30.0)}


def test_a_near_robot_that_is_busy_for_long_is_worse_than_a_far_one_that_is_free() -> None:
    busy = bidder("busy", "k_a", ready_s=100.0)
    assert offered(call("k_a"), busy, bidder("far", "p_east")).agent_id == "far"


def test_a_robot_that_is_free_soon_is_better_than_a_far_one() -> None:
    offer = offered(call("k_a"), bidder("soon", "k_a", ready_s=105.0), bidder("far", "p_east"), now_s=100.0)
    assert (offer.agent_id, offer.start_s) == ("soon", 105.0)
    assert offer.because.startswith("soon is free in 5 s and 0 s away")


def test_a_tie_goes_to_the_smaller_id_whatever_the_order_of_asking() -> None:
    twins = [bidder("b", "p_west"), bidder("a", "p_west"), bidder("c", "p_west")]
    for order in itertools.permutations(twins):
        assert offered(call("k_a"), *order).agent_id == "a"


def test_a_pinned_mission_goes_to_its_robot_though_another_is_nearer() -> None:
    offer = offered(call("k_a", pinned="far"), bidder("far", "p_east"), bidder("near", "k_a"))
    assert offer.agent_id == "far"
    assert offer.because == "far is free now and 30 s away; it was asked for"


def test_a_slow_pace_counts_on_the_way_that_it_is_set_for() -> None:
    tasks = (task("k_a"), task("k_b", "lead", seq=1, duration_s=5.0, en_route=True, pace_mps=0.5))
    asked = Call(mission_id="m", tasks=tasks)
    offer = offered(asked, bidder("guide", "p_west", skills=("lead",)))
    assert offer.duration_s == pytest.approx(6.0 + 48.0 + 5.0)


# -- into which place of the queue ---------------------------------------------------------------------


def queue(*priorities: int) -> tuple[Call, ...]:
    return tuple(call("k_b", mission_id=f"q{i}", priority=p) for i, p in enumerate(priorities))


@pytest.mark.parametrize(
    ("priority", "position"), [(0, 3), (1, 2), (2, 1), (3, 0)], ids=["low", "normal", "high", "emergency"]
)
def test_higher_goes_before_lower_and_equal_waits_behind_equal(priority: int, position: int) -> None:
    robot = bidder("r", "p_west", queue=queue(2, 1, 0))
    assert offered(call("k_a", priority=priority), robot).position == position


def test_even_an_emergency_waits_for_the_mission_under_way() -> None:
    offer = offered(call("k_a", priority=3), bidder("r", "k_a", ready_s=40.0, queue=queue(1)), now_s=10.0)
    assert (offer.position, offer.start_s) == (0, 40.0)


def test_the_start_is_after_all_that_is_queued_before_it() -> None:
    robot = bidder("r", "k_a", queue=(call("k_b", "k_a", mission_id="q"),))
    offer = offered(call("k_a"), robot)
    assert offer.position == 1
    assert offer.start_s == pytest.approx(48.0)


def test_pushing_others_back_counts_as_much_as_being_late() -> None:
    # First at the place, but three missions would have to wait for it.
    crowded = bidder("crowded", "w_mid", queue=queue(0, 0, 0))
    assert offered(call("k_a", priority=2), crowded, bidder("free", "p_east")).agent_id == "free"


def test_a_mission_on_the_way_of_the_next_one_delays_it_by_nothing() -> None:
    robot = bidder("r", "p_west", queue=(call("k_b", mission_id="q", priority=0),))
    offer = offered(call("k_a", priority=2), robot)
    assert offer.cost_s == pytest.approx(6.0)


# -- who cannot ----------------------------------------------------------------------------------------


def test_without_the_skill_the_refusal_says_which() -> None:
    refusal = refused(call("k_a", action="uv_expose"), bidder("a", "k_a"), bidder("b", "k_b"))
    assert (refusal.code, refusal.because) == ("NO_CAPABLE_ROBOT", "no robot on the site can uv_expose")
    assert refusal.vetoes == {"a": "ROBOT_NOT_CAPABLE", "b": "ROBOT_NOT_CAPABLE"}
    assert "model" in refusal.hint


def test_on_a_site_without_robots_nobody_can() -> None:
    assert refused(call("k_a", action="load")).code == "NO_CAPABLE_ROBOT"


def test_a_robot_that_is_lost_is_passed_over_and_named() -> None:
    lost = bidder("a", "k_a", veto="ROBOT_LOST", veto_because="is lost")
    offer = offered(call("k_a"), lost, bidder("b", "k_b"))
    assert offer.agent_id == "b"
    assert offer.because == "b is free now and 24 s away; a is lost"
    assert offer.alternatives["a"] == "ROBOT_LOST"


def test_when_all_that_could_are_kept_from_it_the_refusal_passes() -> None:
    lost = bidder("a", "k_a", veto="ROBOT_LOST", veto_because="is lost")
    out = bidder("b", "k_b", veto="ROBOT_OUT_OF_SERVICE", veto_because="is out of service")
    other = bidder("c", "k_b", skills=())
    refusal = refused(call("k_a", action="load"), lost, out, other)
    assert refusal.code == "ROBOT_LOST"
    assert refusal.because == "a is lost; b is out of service"
    assert refusal.hint == "It starts when one of them can."
    assert refusal.vetoes["c"] == "ROBOT_NOT_CAPABLE"


def test_of_a_crowd_only_the_first_are_named() -> None:
    crowd = [bidder(f"r{i}", "k_a", veto="ROBOT_LOST", veto_because="is lost") for i in range(9)]
    assert refused(call("k_a"), *crowd).because == "r0 is lost; r1 is lost; r2 is lost; 6 more cannot"


def test_no_way_is_told_with_the_place_that_cannot_be_reached() -> None:
    islander = bidder("r", "k_a")
    elsewhere = replace(islander, agent=drawn.agent("r", graphs=("1",)))
    refusal = refused(call("k_a", "k_b"), elsewhere)
    assert (refusal.code, refusal.because) == ("NO_ROUTE", "r has no way to k_b")
    assert refusal.hint == "Check the place and the map."


def test_a_pinned_robot_that_nobody_knows_is_answered_with_those_that_are_known() -> None:
    refusal = refused(call("k_a", pinned="ghost"), bidder("b", "k_a"), bidder("a", "k_b"))
    assert refusal.code == "ROBOT_UNKNOWN"
    assert "ghost" in refusal.because
    assert "a, b" in refusal.hint


def test_a_pinned_robot_that_cannot_is_refused_by_its_own_reason() -> None:
    refusal = refused(call("k_a", action="uv_expose", pinned="b"), bidder("b", "k_a"), bidder("a", "k_b"))
    assert refusal.code == "ROBOT_NOT_CAPABLE"
    assert refusal.because == "b cannot uv_expose"
    assert refusal.vetoes == {"b": "ROBOT_NOT_CAPABLE"}


# -- battery -------------------------------------------------------------------------------------------


def uv(duration_s: float) -> Call:
    return Call(mission_id="m", tasks=(task("k_a", "uv_expose", duration_s=duration_s),))


def uv_robot(agent_id: str, fraction: float, cell: str = "k_a", **more: object) -> Bidder:
    return bidder(agent_id, cell, skills=("uv_expose",), battery=replace(FULL, fraction=fraction), **more)


def test_a_robot_that_would_end_below_its_reserve_is_passed_over() -> None:
    # 360 W for 1000 s are 100 Wh of 500: 40 % becomes 20 % less the way home.
    offer = offered(uv(1000.0), uv_robot("tired", 0.40), uv_robot("fresh", 0.9, "p_east"))
    assert offer.agent_id == "fresh"
    assert offer.alternatives["tired"] == "BATTERY_TOO_LOW"
    assert "tired has 40 % left and would end at 20 %, its reserve is 20 %" in offer.because


def test_the_way_to_a_charger_afterwards_counts() -> None:
    way_home_fraction = 100.0 * 24.0 / 3600.0 / 500.0
    enough = 0.4 + way_home_fraction + 1e-9
    asked, robot = uv(1000.0), uv_robot("r", enough)
    assert isinstance(choose(corridor(), asked, (robot,), 0.0, chargers=("k_b",)), Offer)
    short = uv_robot("r", enough - 1e-6)
    refusal = choose(corridor(), asked, (short,), 0.0, chargers=("k_b",))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "BATTERY_TOO_LOW"
    # A charger at its feet saves the way.
    assert isinstance(choose(corridor(), asked, (short,), 0.0, chargers=("k_b", "k_a")), Offer)


def test_what_is_queued_and_under_way_is_paid_first() -> None:
    fine = uv_robot("r", 0.55)
    assert offered(uv(1000.0), fine).agent_id == "r"
    assert refused(uv(1000.0), replace(fine, queue=(uv(1000.0),))).code == "BATTERY_TOO_LOW"
    assert refused(uv(1000.0), replace(fine, busy_wh=130.0)).code == "BATTERY_TOO_LOW"


def test_what_takes_more_than_one_battery_is_refused_for_good() -> None:
    refusal = refused(uv(6000.0), uv_robot("r", 1.0))
    assert refusal.code == "NO_CAPABLE_ROBOT"
    assert refusal.because == "r cannot on one charge: it takes 120 % of its battery"
    assert refusal.hint.startswith("Ask for less")


# -- any fleet -----------------------------------------------------------------------------------------

CELLS = ("p_west", "p_south", "k_a", "w_mid", "p_mid", "k_b", "p_east", "p_north")
calls = st.builds(
    lambda nodes, priority: call(*nodes, priority=priority),
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=3),
    st.integers(0, 3),
)
fleets = st.lists(
    st.tuples(st.sampled_from(CELLS), st.floats(0, 200), st.floats(0.15, 1.0), st.lists(calls, max_size=3)),
    min_size=1,
    max_size=5,
)


def crew(fleet: list[tuple[str, float, float, list[Call]]]) -> list[Bidder]:
    return [
        bidder(
            f"r{i}",
            cell,
            ready_s=ready_s,
            battery=replace(FULL, fraction=fraction, capacity_wh=20.0),
            queue=tuple(sorted(queued, key=lambda c: -c.priority)),
        )
        for i, (cell, ready_s, fraction, queued) in enumerate(fleet)
    ]


@settings(max_examples=60, deadline=None)
@given(calls, fleets, st.integers())
def test_the_answer_does_not_depend_on_the_order_of_asking_and_is_the_best(
    asked: Call, fleet: list[tuple[str, float, float, list[Call]]], seed: int
) -> None:
    bidders = crew(fleet)
    answer = choose(corridor(), asked, bidders, 10.0)
    shuffled = random.Random(seed).sample(bidders, len(bidders))
    again = choose(corridor(), asked, shuffled, 10.0)
    if isinstance(answer, Refusal):
        assert isinstance(again, Refusal)
        assert again.vetoes == answer.vetoes
        return
    assert isinstance(again, Offer)
    assert (again.agent_id, again.cost_s, again.because) == (answer.agent_id, answer.cost_s, answer.because)
    costs = [cost for cost in answer.alternatives.values() if isinstance(cost, float)]
    assert answer.cost_s == min(costs)
    assert answer.cost_s > answer.duration_s - 0.01
    assert answer.start_s >= 10.0
    assert math.isfinite(answer.duration_s)
    winner = bidders[int(answer.agent_id[1:])]
    before, behind = winner.queue[: answer.position], winner.queue[answer.position :]
    assert all(queued.priority >= asked.priority for queued in before)
    assert all(queued.priority < asked.priority for queued in behind)
