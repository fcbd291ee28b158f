"""The judge must find what is wrong: each rule is broken once."""

import msgspec
import pytest

from missions.planning.cells import CellGraph
from missions.planning.checks import Judge, plan_faults
from missions.planning.planner import plan
from missions.planning.problem import AgentPlan, PlanRequest, Step, Stop
from missions.planning.traffic import Traffic
from tests.missions.planning import drawn

Plans = dict[str, AgentPlan]


def step(step_no: int, cell: str, **more: object) -> Step:
    return Step(step_no=step_no, cell=cell, enter_s=0.0, leave_s=0.0, **more)  # type: ignore[arg-type]


@pytest.fixture
def cells() -> CellGraph:
    return drawn.corridor()


@pytest.fixture
def plans(cells: CellGraph) -> Plans:
    """Two robots that pass through one corridor in opposite directions."""
    traffic = Traffic(cells)
    for name, rest, goal in (("r0", "p_west", "k_b"), ("r1", "p_east", "k_a")):
        traffic.appear(drawn.agent(name), rest, 0.0)
        request = PlanRequest(agent_id=name, stops=(Stop(node=goal, duration_s=5.0, task="m/0"),))
        traffic.adopt(plan(cells, traffic.problem((request,), 0.0)))
    return traffic.state.plans


def changed(plans: Plans, name: str, **fields: object) -> Plans:
    return {**plans, name: msgspec.structs.replace(plans[name], **fields)}


def test_good_plans_have_no_faults(cells: CellGraph, plans: Plans) -> None:
    assert plan_faults(cells, plans) == ()


def test_a_gap_in_the_way_is_found(cells: CellGraph, plans: Plans) -> None:
    steps = plans["r0"].steps
    faults = plan_faults(cells, changed(plans, "r0", steps=(*steps[:5], *steps[6:])))
    assert any("no move from" in fault for fault in faults)


def test_a_missing_order_is_found(cells: CellGraph, plans: Plans) -> None:
    name = next(n for n in plans if any(s.after for s in plans[n].steps))
    steps = tuple(msgspec.structs.replace(s, after=()) for s in plans[name].steps)
    assert any("not ordered" in fault for fault in plan_faults(cells, changed(plans, name, steps=steps)))


def test_every_single_dependency_is_needed(cells: CellGraph, plans: Plans) -> None:
    """What the planner writes down has no redundant waiting: leave out any one and an order is missing."""
    for name, mine in plans.items():
        for index, one in enumerate(mine.steps):
            for pair in one.after:
                left = tuple(other for other in one.after if other != pair)
                steps = list(mine.steps)
                steps[index] = msgspec.structs.replace(one, after=left)
                assert plan_faults(cells, changed(plans, name, steps=tuple(steps))), (name, index)


def test_a_circle_is_found(cells: CellGraph, plans: Plans) -> None:
    first, last = plans["r1"].steps[1], plans["r0"].steps[-2]
    waits = msgspec.structs.replace(first, after=(("r0", last.step_no),))
    circle = msgspec.structs.replace(plans["r0"].steps[1], after=(("r1", first.step_no),))
    bad = changed(plans, "r1", steps=(plans["r1"].steps[0], waits, *plans["r1"].steps[2:]))
    bad = changed(bad, "r0", steps=(plans["r0"].steps[0], circle, *plans["r0"].steps[2:]))
    assert any("circle" in fault for fault in plan_faults(cells, bad))


def test_two_that_hold_places_too_near_are_found(cells: CellGraph) -> None:
    near = {
        name: AgentPlan(agent=drawn.agent(name), steps=(step(0, cell),), allocated=1)
        for name, cell in (("r0", "w_mid"), ("r1", "k_a>w_mid#14"))
    }
    assert any(fault.startswith("r0 holds w_mid and r1") for fault in plan_faults(cells, near))


def test_a_way_that_ends_in_the_open_is_found(cells: CellGraph, plans: Plans) -> None:
    faults = plan_faults(cells, changed(plans, "r0", steps=plans["r0"].steps[:-1]))
    assert any("which is no rest" in fault for fault in faults)


def test_the_judge_sees_who_gets_too_near(cells: CellGraph) -> None:
    judge = Judge(cells)
    judge.appear(0.0, "r0", step(0, "w_mid"))
    judge.appear(0.0, "r1", step(0, "k_a"))
    assert judge.faults == []
    judge.allocate(1.0, "r1", step(1, "w_mid"), drawn.GRAPH)
    assert len(judge.faults) == 2
    assert "no move" in judge.faults[0]
    assert "while r0 holds w_mid" in judge.faults[1]


def test_the_judge_sees_two_in_one_lift() -> None:
    judge = Judge(drawn.tower())
    judge.appear(0.0, "r0", step(0, "w_cabin_L1"))
    judge.appear(0.0, "r1", step(0, "w_cabin_L2"))
    assert len(judge.faults) == 1


def test_the_judge_sees_a_guest_in_a_held_room() -> None:
    judge = Judge(drawn.ward())
    judge.appear(0.0, "r0", step(0, "k_bed>w_mid#6"))
    judge.appear(0.0, "r1", step(0, "k_window", hold_room="ward"))
    assert judge.faults == []
    judge.allocate(0.0, "r0", step(1, "k_bed>w_mid#5"), drawn.GRAPH)
    assert len(judge.faults) == 1


def test_the_judge_forgets_what_is_freed(cells: CellGraph) -> None:
    judge = Judge(cells)
    judge.appear(0.0, "r0", step(0, "k_a"))
    judge.allocate(0.0, "r0", step(1, "k_a>w_mid#1"), drawn.GRAPH)
    judge.allocate(0.0, "r0", step(2, "k_a>w_mid#2"), drawn.GRAPH)
    judge.allocate(0.0, "r0", step(3, "k_a>w_mid#3"), drawn.GRAPH)
    judge.free("r0", 3)
    judge.appear(1.0, "r1", step(0, "k_a"))
    assert judge.faults == []
