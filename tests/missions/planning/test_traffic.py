import math

import msgspec
import pytest

from missions.planning.checks import plan_faults
from missions.planning.planner import plan
from missions.planning.precedence import timeline
from missions.planning.problem import PlanAnswer, PlanProblem, PlanRequest, Step, Stop
from missions.planning.traffic import (
    NotAllocated,
    Occupied,
    PlanRejected,
    StaleAnswer,
    Traffic,
    TrafficState,
    UnknownAgent,
)
from tests.missions.planning import drawn


def stop(node: str, task: str = "m/0", duration_s: float = 10.0) -> Stop:
    return Stop(node=node, duration_s=duration_s, task=task)


@pytest.fixture
def traffic() -> Traffic:
    """r0 at the west end of a corridor, r1 at the east end."""
    made = Traffic(drawn.corridor())
    made.appear(drawn.agent("r0"), "p_west", 0.0)
    made.appear(drawn.agent("r1"), "p_east", 0.0)
    return made


def answer_to(traffic: Traffic, agent_id: str, *stops: Stop) -> PlanAnswer:
    return plan(traffic.cells, traffic.problem((PlanRequest(agent_id=agent_id, stops=stops),), 0.0))


def send(traffic: Traffic, agent_id: str, *stops: Stop) -> None:
    assert traffic.adopt(answer_to(traffic, agent_id, *stops)) == (agent_id,)


def drive(traffic: Traffic, agent_id: str, steps: int) -> None:
    for _ in range(steps):
        traffic.allocate(agent_id, 0.0, 0.0)
        traffic.reached(agent_id, traffic.state.plans[agent_id].steps[1].step_no)


def test_a_robot_holds_where_it_stands(traffic: Traffic) -> None:
    assert traffic.held("r0") == ("p_west",)
    assert traffic.position("r0") == traffic.end("r0") == "p_west"


def test_nobody_may_appear_beside_another(traffic: Traffic) -> None:
    with pytest.raises(Occupied) as error:
        traffic.appear(drawn.agent("r2"), "k_a>p_west#7", 0.0)
    assert (error.value.cell, error.value.by) == ("k_a>p_west#7", "r0")
    with pytest.raises(ValueError, match="r0 is on the site already"):
        traffic.appear(drawn.agent("r0"), "w_mid", 0.0)


def test_nobody_may_appear_in_a_room_that_another_needs_empty() -> None:
    ward = Traffic(drawn.ward())
    ward.appear(drawn.agent("r0"), "k_window", 0.0)
    treatment = Stop(node="k_window", duration_s=9.0, task="uv/0", hold_room="ward")
    send(ward, "r0", treatment)
    ward.allocate("r0", 0.0, 0.0)
    with pytest.raises(Occupied, match="a room that it needs empty"):
        ward.appear(drawn.agent("r1"), "k_bed>w_mid#4", 0.0)


def test_unknown_agents_are_named(traffic: Traffic) -> None:
    with pytest.raises(UnknownAgent, match="ghost"):
        traffic.allocate("ghost", 0.0, 10.0)


def test_allocation_reaches_as_far_ahead_as_asked_and_at_least_one_step(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    assert len(traffic.allocate("r0", 0.0, 0.0)) == 1
    assert traffic.allocate("r0", 0.0, 0.0) == ()
    more = traffic.allocate("r0", 0.0, 5.0)
    assert 4.0 <= sum(step.drive_s for step in more) + 0.75 <= 5.0


def test_allocation_never_goes_beyond_a_stop_that_is_not_reached(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_a"))
    steps = traffic.allocate("r0", 0.0, 100.0)
    assert steps[-1].is_stop
    assert traffic.allocate("r0", 0.0, 100.0) == ()
    traffic.reached("r0", steps[-1].step_no)
    assert traffic.allocate("r0", 0.0, 100.0)[-1].cell == traffic.end("r0")


def test_reached_frees_what_lies_before_and_repeats_do_nothing(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    steps = traffic.allocate("r0", 0.0, 5.0)
    traffic.reached("r0", steps[2].step_no)
    assert traffic.position("r0") == steps[2].cell
    before = traffic.state.plans["r0"]
    traffic.reached("r0", steps[0].step_no)
    assert traffic.state.plans["r0"] is before


def test_a_robot_that_says_it_is_where_it_may_not_be_is_reported(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    beyond = traffic.state.plans["r0"].steps[3].step_no
    with pytest.raises(NotAllocated, match=f"r0 says that it is at step {beyond}"):
        traffic.reached("r0", beyond)


def test_who_waits_knows_for_whom_and_where(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    drive(traffic, "r0", 12)
    send(traffic, "r1", stop("k_a"))
    while traffic.allocate("r1", 0.0, 0.0):
        traffic.reached("r1", traffic.state.plans["r1"].steps[1].step_no)
    wait = traffic.waiting_for("r1")
    assert wait is not None
    assert wait.agent_id == "r0"
    assert wait.because == "r0 has to leave first"
    assert traffic.waiting_for("r0") is None


def test_an_answer_to_an_older_question_is_refused(traffic: Traffic) -> None:
    answer = answer_to(traffic, "r0", stop("k_b"))
    send(traffic, "r1", stop("k_a"))
    before = msgspec.msgpack.encode(traffic.state)
    with pytest.raises(StaleAnswer):
        traffic.adopt(answer)
    assert msgspec.msgpack.encode(traffic.state) == before


def test_an_answer_that_lets_one_pass_where_another_was_let_in_meanwhile_is_refused(traffic: Traffic) -> None:
    """Allocation goes on while the planner thinks; the order of what is allocated is a fact."""
    send(traffic, "r1", stop("k_a"))
    answer = answer_to(traffic, "r0", stop("k_a", duration_s=0.0))
    assert answer.others_after, "the planner lets r0 go there first"
    traffic.allocate("r1", 0.0, 60.0)
    with pytest.raises(StaleAnswer, match="r1 has been allocated"):
        traffic.adopt(answer)


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        (lambda steps: steps[1:], "no move from"),
        (lambda steps: steps[:-1], "which is no rest"),
        (lambda steps: (msgspec.structs.replace(steps[0], step_no=0), *steps[1:]), "is used already"),
        (lambda steps: (msgspec.structs.replace(steps[0], cell="moon"), *steps[1:]), "no move from"),
    ],
)
def test_a_broken_answer_is_rejected_and_changes_nothing(traffic: Traffic, spoil, because: str) -> None:
    answer = answer_to(traffic, "r0", stop("k_b"))
    broken = msgspec.structs.replace(answer, plans={"r0": spoil(answer.plans["r0"])})
    before = msgspec.msgpack.encode(traffic.state)
    with pytest.raises(PlanRejected, match=because):
        traffic.adopt(broken)
    assert msgspec.msgpack.encode(traffic.state) == before


def test_an_answer_without_order_between_two_ways_is_rejected(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    answer = answer_to(traffic, "r1", stop("k_a"))
    steps = tuple(msgspec.structs.replace(step, after=()) for step in answer.plans["r1"])
    with pytest.raises(PlanRejected, match="exclude each other, unordered"):
        traffic.adopt(msgspec.structs.replace(answer, plans={"r1": steps}, others_after={}))


def test_an_answer_with_a_circle_is_rejected(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    answer = answer_to(traffic, "r1", stop("k_a"))
    own, last = answer.plans["r1"][0].step_no, traffic.state.plans["r0"].steps[-2].step_no
    first = msgspec.structs.replace(answer.plans["r1"][0], after=(("r0", last),))
    circle = {"r0": {traffic.state.plans["r0"].steps[1].step_no: (("r1", own),)}}
    broken = msgspec.structs.replace(
        answer, plans={"r1": (first, *answer.plans["r1"][1:])}, others_after=circle
    )
    with pytest.raises(PlanRejected, match="wait for each other"):
        traffic.adopt(broken)


def test_cancelled_robot_stands_and_may_still_go_to_its_rest(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    steps = traffic.allocate("r0", 0.0, 8.0)
    traffic.truncate("r0", steps[3].step_no)
    assert traffic.held("r0") == (steps[3].cell,)
    mine = traffic.state.plans["r0"]
    assert not any(step.is_stop for step in mine.steps)
    assert traffic.end("r0") in traffic.cells.rests(drawn.GRAPH)
    assert plan_faults(traffic.cells, traffic.state.plans) == ()


def test_cut_robot_keeps_what_is_allocated_and_others_wait_for_that_only(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    drive(traffic, "r0", 3)
    send(traffic, "r1", stop("k_a"))
    traffic.cut("r0")
    assert traffic.held("r0") == (traffic.end("r0"),)
    assert plan_faults(traffic.cells, traffic.state.plans) == ()


def test_lost_robot_keeps_its_cells_and_names_whom_it_cuts_off(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    drive(traffic, "r0", 12)
    send(traffic, "r1", stop("k_a"))
    held = traffic.held("r0")
    traffic.freeze("r0")
    assert traffic.held("r0") == held
    assert traffic.allocate("r0", 0.0, 100.0) == ()
    assert traffic.cut_off("r0") == ("r1",)
    blocked = traffic.problem((), 0.0).blocked
    assert all(cell in blocked for cell in traffic.cells.conflicts(held[0]))
    traffic.thaw("r0")
    assert traffic.problem((), 0.0).blocked == ()


def test_who_waits_for_a_lost_robot_is_not_expected_any_more() -> None:
    """It holds the junction and cells beyond: it may be anywhere there, and stay."""
    traffic = Traffic(drawn.crossing())
    traffic.appear(drawn.agent("r0"), "k_north>w_mid#4", 0.0)
    traffic.appear(drawn.agent("r1"), "p_west", 0.0)
    send(traffic, "r0", stop("k_south"))
    traffic.allocate("r0", 0.0, 8.0)
    send(traffic, "r1", stop("k_east"))
    assert timeline(traffic.cells, traffic.problem((), 0.0).plans, 0.0)["r1"][-1].enter_s < math.inf
    traffic.freeze("r0")
    assert timeline(traffic.cells, traffic.problem((), 0.0).plans, 0.0)["r1"][-1].enter_s == math.inf


def test_robot_that_appears_on_another_s_way_is_waited_for(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    traffic.appear(drawn.agent("r2"), "w_mid", 0.0)
    assert plan_faults(traffic.cells, {k: v for k, v in traffic.state.plans.items() if k != "r1"}) == ()
    while traffic.allocate("r0", 0.0, 0.0):
        traffic.reached("r0", traffic.state.plans["r0"].steps[1].step_no)
    wait = traffic.waiting_for("r0")
    assert wait is not None
    assert wait.agent_id == "r2"
    assert traffic.waited_for_by("r2") == ("r0",)
    assert traffic.waited_for_by("r1") == ()


def test_removed_robot_frees_everything_and_comes_back_with_new_numbers(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    send(traffic, "r1", stop("k_a"))
    last = traffic.state.plans["r0"].steps[-1].step_no
    traffic.remove("r0")
    assert not any(who == "r0" for step in traffic.state.plans["r1"].steps for who, _ in step.after)
    traffic.appear(drawn.agent("r0"), "p_west", 5.0)
    assert traffic.state.plans["r0"].steps[0].step_no > last


def test_closed_cell_is_not_allocated_and_says_why(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    cell = traffic.state.plans["r0"].steps[2].cell
    traffic.block(cell, "wet floor")
    traffic.allocate("r0", 0.0, 100.0)
    assert traffic.state.plans["r0"].allocated == 2
    wait = traffic.waiting_for("r0")
    assert wait is not None
    assert (wait.agent_id, wait.because) == ("", f"{cell} is closed: wet floor")
    traffic.unblock(cell)
    assert traffic.waiting_for("r0") is None


def test_arrival_forecast_moves_with_the_robot_s_delay(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b", "m/7"))
    forecast = traffic.eta("r0", "m/7")
    assert forecast is not None
    step = traffic.allocate("r0", 0.0, 0.0)[0]
    traffic.reached("r0", step.step_no, step.enter_s + 5.0)
    assert traffic.eta("r0", "m/7") == pytest.approx(forecast + 5.0)
    assert traffic.eta("r0", "m/8") is None


def test_only_changes_of_order_give_a_new_version(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    version = traffic.state.version
    drive(traffic, "r0", 3)
    assert traffic.state.version == version
    traffic.cut("r0")
    assert traffic.state.version == version + 1


def test_state_and_question_survive_the_journal(traffic: Traffic) -> None:
    send(traffic, "r0", stop("k_b"))
    drive(traffic, "r0", 3)
    coded = msgspec.msgpack.encode(traffic.state)
    again = Traffic(traffic.cells)
    again.state = msgspec.msgpack.decode(coded, type=TrafficState)
    assert again.state == traffic.state
    problem = again.problem((PlanRequest(agent_id="r1", stops=(stop("k_a"),)),), 3.0)
    decoded = msgspec.msgpack.decode(msgspec.msgpack.encode(problem), type=PlanProblem)
    assert plan(traffic.cells, decoded) == plan(traffic.cells, problem)


def test_a_step_is_a_plain_value() -> None:
    step = Step(step_no=1, cell="a", enter_s=0.0, leave_s=float("inf"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(step), type=Step) == step
