"""Small situations drawn by hand: who goes first, who waits where, who gets no way and why."""

import subprocess
import sys
from pathlib import Path

import pytest

from missions.planning.cells import CellGraph
from missions.planning.checks import plan_faults
from missions.planning.planner import plan
from missions.planning.problem import PlanAnswer, PlanRequest, Stop
from missions.planning.traffic import Traffic
from tests.missions.planning import drawn

ROOT = Path(__file__).parents[3]


def stop(node: str, duration_s: float = 10.0, task: str = "m/0", **more: str) -> Stop:
    return Stop(node=node, duration_s=duration_s, task=task, **more)  # type: ignore[arg-type]


def placed(cells: CellGraph, *rests: str) -> Traffic:
    """Robots r0, r1, ... at these cells."""
    traffic = Traffic(cells)
    for number, rest in enumerate(rests):
        traffic.appear(drawn.agent(f"r{number}"), rest, 0.0)
    return traffic


def ask(
    traffic: Traffic, agent_id: str, *stops: Stop, rest: str | None = None, now_s: float = 0.0
) -> PlanAnswer:
    """Plan for one robot and adopt it; the result is judged."""
    request = PlanRequest(agent_id=agent_id, stops=stops, rest=rest)
    answer = plan(traffic.cells, traffic.problem((request,), now_s))
    traffic.adopt(answer)
    assert plan_faults(traffic.cells, traffic.state.plans) == ()
    return answer


def way(answer: PlanAnswer, agent_id: str) -> list[str]:
    return [step.cell for step in answer.plans[agent_id]]


def drive_all(traffic: Traffic, *agent_ids: str) -> list[str]:
    """All drive as far as they may, in turn, until nobody can; the order of their stops."""
    stops, moved = [], True
    while moved:
        moved = False
        for agent_id in agent_ids:
            traffic.allocate(agent_id, 0.0, 5.0)
            mine = traffic.state.plans[agent_id]
            if mine.allocated > 1:
                traffic.reached(agent_id, mine.steps[1].step_no)
                stops += [mine.steps[1].stop] if mine.steps[1].is_stop else []
                moved = True
    assert all(len(traffic.state.plans[a].steps) == 1 for a in agent_ids)
    return stops


def test_alone_it_takes_the_shortest_way_and_ends_at_a_rest() -> None:
    traffic = placed(drawn.corridor(), "p_west")
    answer = ask(traffic, "r0", stop("k_b"))
    steps = answer.plans["r0"]
    arrival = next(step for step in steps if step.is_stop)
    assert arrival.cell == "k_b"
    assert arrival.enter_s == pytest.approx(30.0, abs=1.5)
    assert steps[-1].cell in traffic.cells.rests(drawn.GRAPH)
    assert steps[-1].leave_s == float("inf")


def test_head_on_in_a_corridor_one_waits_outside_until_the_other_is_through() -> None:
    traffic = placed(drawn.corridor(), "p_west", "p_east")
    ask(traffic, "r0", stop("k_b", task="a/0"))
    answer = ask(traffic, "r1", stop("k_a", task="b/0"))
    assert answer.vetoes == ()
    waits = [step for step in answer.plans["r1"] if step.after]
    assert waits, "somebody has to wait"
    assert sorted(drive_all(traffic, "r0", "r1")) == ["a/0", "b/0"]


def test_two_robots_swap_their_places() -> None:
    traffic = placed(drawn.corridor(), "p_west", "p_east")
    # Each may only end where the other is now: the second is asked when the first has somewhere to go.
    first = ask(traffic, "r0", rest="p_east")
    assert [veto.code for veto in first.vetoes] == ["goal_blocked"]
    assert first.vetoes[0].blocked_by == ("r1",)
    ask(traffic, "r1", rest="p_mid")
    drive_all(traffic, "r0", "r1")
    ask(traffic, "r0", rest="p_east")
    ask(traffic, "r1", rest="p_west")
    drive_all(traffic, "r0", "r1")
    assert (traffic.position("r0"), traffic.position("r1")) == ("p_east", "p_west")


def test_two_robots_and_one_lift_ride_one_after_the_other() -> None:
    traffic = placed(drawn.tower(), "p_a_L1", "p_a_L2")
    ask(traffic, "r0", stop("k_L2", task="a/0"))
    answer = ask(traffic, "r1", stop("k_L1", task="b/0"))
    cabin = [step for step in answer.plans["r1"] if traffic.cells.cells[step.cell].lift]
    assert len(cabin) == 2
    assert sorted(drive_all(traffic, "r0", "r1")) == ["a/0", "b/0"]


def test_a_robot_is_never_allocated_a_cabin_without_the_way_out() -> None:
    traffic = placed(drawn.tower(), "p_a_L1")
    ask(traffic, "r0", stop("k_L2"))
    while traffic.state.plans["r0"].allocated < len(traffic.state.plans["r0"].steps):
        held = traffic.held("r0")
        assert traffic.cells.cells[held[-1]].stoppable
        traffic.allocate("r0", 0.0, 0.0)
        mine = traffic.state.plans["r0"]
        traffic.reached("r0", mine.steps[mine.allocated - 1].step_no)


def test_two_missions_to_one_place_are_served_in_turn() -> None:
    traffic = placed(drawn.crossing(), "p_north", "p_south")
    ask(traffic, "r0", stop("k_east", 100.0, "a/0"))
    answer = ask(traffic, "r1", stop("k_east", 10.0, "b/0"))
    late = next(step for step in answer.plans["r1"] if step.is_stop)
    assert late.enter_s > 100.0
    assert drive_all(traffic, "r0", "r1") == ["a/0", "b/0"]


def test_idle_robot_on_the_goal_is_named_in_the_veto() -> None:
    traffic = placed(drawn.crossing(), "p_north", "p_south")
    answer = ask(traffic, "r0", stop("p_south"))
    veto = answer.vetoes[0]
    assert (veto.code, veto.blocked_by) == ("goal_blocked", ("r1",))
    assert veto.because == "p_south is occupied by r1, which rests there"


def test_robot_that_stands_in_the_middle_of_the_lane_goes_to_a_rest_first() -> None:
    traffic = placed(drawn.corridor(), "w_mid", "p_east")
    answer = ask(traffic, "r1", stop("k_a", task="b/0"))
    assert sorted(answer.plans) == ["r0", "r1"]
    assert traffic.end("r0") == "p_mid"
    assert drive_all(traffic, "r0", "r1") == ["b/0"]


def test_two_that_met_head_on_are_parted_and_both_make_their_stops() -> None:
    """Neither has a way that does not lead through the other: r1 turned up where r0 had to pass."""
    traffic = placed(drawn.corridor(), "p_west")
    ask(traffic, "r0", stop("k_b", task="a/0"))
    for _ in range(12):
        traffic.allocate("r0", 0.0, 0.0)
        traffic.reached("r0", traffic.state.plans["r0"].steps[1].step_no)
    traffic.appear(drawn.agent("r1"), "w_mid", 0.0)
    traffic.appear(drawn.agent("r2"), "p_mid", 0.0)
    answer = ask(traffic, "r1", stop("k_a", task="b/0"))
    assert answer.vetoes == ()
    assert [step.stop for step in answer.plans.get("r0", ()) if step.is_stop] in ([], ["a/0"])
    assert sorted(drive_all(traffic, "r0", "r1")) == ["a/0", "b/0"]


def test_where_nobody_gets_out_one_steps_aside_and_comes_back() -> None:
    """Three robots at the ward's door, with two bays left for two of them behind each other."""
    traffic = placed(drawn.ward(), "p_east>w_mid#6", "p_east>w_mid#11", "k_bed>w_mid#7")
    requests = tuple(PlanRequest(agent_id=f"r{n}", stops=()) for n in range(3))
    answer = plan(traffic.cells, traffic.problem(requests, 0.0))
    assert answer.vetoes == ()
    traffic.adopt(answer)
    assert plan_faults(traffic.cells, traffic.state.plans) == ()
    drive_all(traffic, "r0", "r1", "r2")
    ends = sorted(traffic.position(f"r{n}") for n in range(3))
    assert ends == ["p_east", "p_south", "p_west"]


def test_lost_robot_is_not_expected_to_go_round() -> None:
    traffic = placed(drawn.corridor(), "w_mid", "p_east")
    traffic.freeze("r0")
    answer = ask(traffic, "r1", stop("k_a"))
    assert answer.plans == {}
    assert answer.vetoes[0].code == "no_route"


def test_lost_robot_in_a_junction_keeps_its_cells_and_the_others_turn_back() -> None:
    traffic = placed(drawn.crossing(), "w_mid", "k_north", "k_south")
    ask(traffic, "r1", rest="p_north")
    ask(traffic, "r2", rest="p_south")
    traffic.freeze("r0")
    answer = ask(traffic, "r1", stop("k_east"))
    assert answer.vetoes[0].code == "no_route"
    assert "closed" in answer.vetoes[0].because
    drive_all(traffic, "r1", "r2")
    assert (traffic.position("r1"), traffic.position("r2")) == ("p_north", "p_south")
    traffic.remove("r0")
    assert ask(traffic, "r1", stop("k_east")).vetoes == ()


def test_closed_lane_is_driven_around_or_vetoed() -> None:
    nodes = [drawn.node(n, x, y) for n, x, y in (("p_a", 0, 0), ("k_b", 8, 0), ("k_c", 8, 8), ("k_d", 16, 0))]
    nodes += [drawn.node("p_e", 24, 0)]
    drawn_lanes = ("p_a-k_b", "k_b-k_d", "k_b-k_c", "k_c-k_d", "k_d-p_e")
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, *drawn_lanes)))
    traffic = placed(cells, "p_a")
    traffic.block("k_b>k_d#4", "wet floor")
    assert "k_c" in way(ask(traffic, "r0", stop("k_d")), "r0")
    traffic.block("k_b>k_c#4", "ladder")
    assert ask(traffic, "r0", stop("k_d")).vetoes[0].code == "no_route"
    assert traffic.crossing("k_b>k_c#4") == ("r0",)


def test_held_room_keeps_others_out_until_the_stop_is_over() -> None:
    traffic = placed(drawn.ward(), "p_west", "p_east")
    ask(traffic, "r0", stop("k_window", 600.0, "uv/0", hold_room="ward"))
    answer = ask(traffic, "r1", stop("k_bed", 5.0, "b/0"))
    entry = next(step for step in answer.plans["r1"] if step.is_stop)
    assert entry.enter_s > 600.0
    assert drive_all(traffic, "r0", "r1") == ["uv/0", "b/0"]


def test_held_room_is_entered_only_when_it_is_empty() -> None:
    traffic = placed(drawn.ward(), "p_west", "p_east")
    ask(traffic, "r1", stop("k_bed", 300.0, "b/0"))
    answer = ask(traffic, "r0", stop("k_window", 600.0, "uv/0", hold_room="ward"))
    treatment = next(step for step in answer.plans["r0"] if step.is_stop)
    assert treatment.enter_s > 300.0
    assert drive_all(traffic, "r0", "r1") == ["b/0", "uv/0"]


def test_held_room_waits_for_a_guest_that_is_not_in_the_way() -> None:
    traffic = placed(drawn.ward(), "p_west", "p_east")
    ask(traffic, "r1", stop("k_window", 300.0, "b/0"))
    while not traffic.state.plans["r1"].steps[0].is_stop:
        traffic.allocate("r1", 0.0, 5.0)
        traffic.reached("r1", traffic.state.plans["r1"].steps[1].step_no)
    assert traffic.position("r1") == "k_window"
    answer = ask(traffic, "r0", stop("k_bed", 600.0, "uv/0", hold_room="ward"))
    treatment = next(step for step in answer.plans["r0"] if step.is_stop)
    assert treatment.enter_s > 300.0


def test_room_is_let_go_when_its_robot_has_to_wait_inside_after_the_stop() -> None:
    """A guest is on its way in. The stop is made before it comes, the way out is free when it has left."""
    traffic = placed(drawn.ward(), "k_window", "p_west")
    ask(traffic, "r1", stop("k_bed", 100.0, "b/0"))
    answer = ask(traffic, "r0", stop("k_window", 5.0, "uv/0", hold_room="ward"))
    first, second = answer.plans["r0"][:2]
    assert (first.cell, first.hold_room, first.enter_s) == ("k_window", "ward", 0.0)
    assert (second.cell, second.hold_room, second.enter_s) == ("k_window", None, 5.0)
    assert drive_all(traffic, "r0", "r1") == ["uv/0", "b/0"]


def test_corridor_beside_a_held_room_stays_open() -> None:
    traffic = placed(drawn.ward(), "p_west", "p_east")
    ask(traffic, "r0", stop("k_window", 600.0, "uv/0", hold_room="ward"))
    for _ in range(100):
        traffic.allocate("r0", 0.0, 5.0)
        mine = traffic.state.plans["r0"]
        if mine.allocated > 1:
            traffic.reached("r0", mine.steps[1].step_no)
        if traffic.state.plans["r0"].steps[0].is_stop:
            break
    answer = ask(traffic, "r1", stop("k_west", 0.0, "b/0"), now_s=60.0)
    assert next(step for step in answer.plans["r1"] if step.is_stop).enter_s < 90.0


def test_pace_of_a_stop_slows_the_way_to_it_only() -> None:
    traffic = placed(drawn.corridor(), "p_west")
    guide = Stop(node="k_b", duration_s=0.0, task="g/0", pace_mps=0.5)
    steps = ask(traffic, "r0", guide).plans["r0"]
    arrival = next(step for step in steps if step.is_stop)
    assert arrival.enter_s == pytest.approx(60.0, abs=1.5)
    assert {step.pace_mps for step in steps if step.step_no <= arrival.step_no} == {0.5}
    assert {step.pace_mps for step in steps if step.step_no > arrival.step_no} == {None}


def test_busy_robot_does_not_leave_before_its_action_ends() -> None:
    traffic = placed(drawn.corridor(), "p_west")
    request = PlanRequest(agent_id="r0", stops=(stop("k_a"),), busy_until_s=50.0)
    answer = plan(traffic.cells, traffic.problem((request,), 0.0))
    assert answer.plans["r0"][0].enter_s > 50.0


def test_several_stops_in_one_cell_are_several_steps() -> None:
    traffic = placed(drawn.corridor(), "p_west")
    answer = ask(traffic, "r0", stop("k_a", task="a/0"), stop("k_a", task="a/1"))
    assert [(s.cell, s.stop) for s in answer.plans["r0"] if s.is_stop] == [("k_a", "a/0"), ("k_a", "a/1")]


def test_a_stop_where_it_stands_already_is_a_step_of_its_own() -> None:
    traffic = placed(drawn.corridor(), "p_west")
    answer = ask(traffic, "r0", stop("p_west", task="a/0"))
    assert [(s.cell, s.stop) for s in answer.plans["r0"]] == [("p_west", "a/0")]


def test_unknown_place_and_lift_cabin_are_refused_in_words() -> None:
    traffic = placed(drawn.tower(), "p_a_L1")
    unknown = ask(traffic, "r0", stop("nowhere")).vetoes[0]
    assert (unknown.code, unknown.because) == ("no_route", "the site has no place 'nowhere'")
    cabin = ask(traffic, "r0", stop("w_cabin_L2")).vetoes[0]
    assert "inside lift lift" in cabin.because


def test_no_free_rest_is_a_veto_of_its_own() -> None:
    cells = drawn.ward()
    traffic = placed(cells, "w_mid", "p_west", "p_east", "p_south")
    assert ask(traffic, "r0").vetoes[0].code == "no_rest"


def test_without_stops_the_old_way_to_rest_is_kept_when_there_is_no_better() -> None:
    """Somebody waits on each side: turning round is impossible, going on is not."""
    traffic = placed(drawn.corridor(), "p_west", "p_south")
    ask(traffic, "r0", rest="p_east")
    for _ in range(12):
        traffic.allocate("r0", 0.0, 0.0)
        traffic.reached("r0", traffic.state.plans["r0"].steps[1].step_no)
    before = way_left(traffic, "r0")
    traffic.truncate("r0", traffic.state.plans["r0"].steps[0].step_no)
    assert way_left(traffic, "r0") == before


def way_left(traffic: Traffic, agent_id: str) -> list[str]:
    return [step.cell for step in traffic.state.plans[agent_id].steps]


def test_a_robot_with_another_close_behind_may_still_go_once_round_a_ring() -> None:
    """The follower waits for the leader to move on; the leader's new way leads through where it is now."""
    corners = {
        "k_a": (0, 0),
        "k_b": (16, 0),
        "k_c": (16, 16),
        "k_d": (0, 16),
        "p_in": (-6, 0),
        "p_out": (22, 16),
    }
    nodes = [drawn.node(name, x, y) for name, (x, y) in corners.items()]
    ring = ("k_a>k_b", "k_b>k_c", "k_c>k_d", "k_d>k_a", "k_a-p_in", "k_c-p_out")
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, *ring)))
    traffic = placed(cells, "k_a>k_b#6", "k_a>k_b#2")
    requests = (PlanRequest(agent_id="r0", stops=()), PlanRequest(agent_id="r1", stops=()))
    traffic.adopt(plan(cells, traffic.problem(requests, 0.0)))
    assert any(who == "r0" for step in traffic.state.plans["r1"].steps for who, _ in step.after)
    round_trip = ask(traffic, "r0", stop("k_a", task="a/0"))
    assert list(round_trip.plans) == ["r0"]
    assert drive_all(traffic, "r0", "r1") == ["a/0"]


def test_requests_that_fail_are_tried_again_after_the_others() -> None:
    """r1 stands in r0's way and is asked second: its new way makes room."""
    traffic = placed(drawn.corridor(), "p_west", "w_mid")
    requests = (
        PlanRequest(agent_id="r0", stops=(stop("k_b"),)),
        PlanRequest(agent_id="r1", stops=()),
    )
    answer = plan(traffic.cells, traffic.problem(requests, 0.0))
    assert answer.vetoes == ()
    traffic.adopt(answer)
    assert plan_faults(traffic.cells, traffic.state.plans) == ()
    drive_all(traffic, "r0", "r1")


def test_the_same_question_gets_the_same_answer_under_any_hash_seed() -> None:
    script = """
import hashlib, msgspec
from random import Random
from tests.missions.planning import drawn
from tests.missions.planning.execution import Execution, random_day
cells = drawn.tower()
rests = cells.rests(drawn.GRAPH)
day = Execution(cells, Random(7), tuple(p for p in cells.places if p not in rests))
for number, rest in enumerate(rests[:4]):
    day.appear(drawn.agent(f"r{number}"), rest)
random_day(day, 300)
print(hashlib.sha256(msgspec.msgpack.encode(day.traffic.state)).hexdigest())
"""
    digests = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert digests[0] == digests[1]
