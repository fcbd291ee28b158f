import math

import pytest

from missions.planning.cells import CellGraph
from missions.planning.precedence import find_cycle, find_unordered, group_end, retime, timeline
from missions.planning.problem import AgentPlan, Step
from missions.planning.tails import without_agent, without_tail
from tests.missions.planning import drawn


def route(
    name: str, *cells: str, first_no: int = 0, after: dict[int, tuple[tuple[str, int], ...]] | None = None
):
    """Three seconds from cell to cell; the first is where it stands."""
    steps = tuple(
        Step(
            step_no=first_no + index,
            cell=cell,
            enter_s=0.0,
            leave_s=0.0,
            drive_s=3.0 if index else 0.0,
            after=(after or {}).get(first_no + index, ()),
        )
        for index, cell in enumerate(cells)
    )
    return AgentPlan(agent=drawn.agent(name), steps=steps, allocated=1)


@pytest.fixture
def cells() -> CellGraph:
    return drawn.corridor()


def test_a_step_begins_when_the_one_it_waits_for_is_left(cells: CellGraph) -> None:
    one = route("r0", "k_a", "w_mid", "k_b")
    other = route("r1", "p_mid", "w_mid", after={1: (("r0", 1),)})
    stays = timeline(cells, (one, other), 10.0)
    assert [stay.enter_s for stay in stays["r0"]] == [0.0, 13.0, 16.0]
    assert [stay.start_s for stay in stays["r1"]] == [-math.inf, 16.0]
    assert stays["r0"][1].left_s == 16.0


def test_who_waits_for_one_that_stays_never_comes(cells: CellGraph) -> None:
    one = route("r0", "w_mid")
    other = route("r1", "k_a", "w_mid", "k_b", after={1: (("r0", 0),)})
    stays = timeline(cells, (one, other), 0.0)
    assert [stay.is_late for stay in stays["r1"]] == [False, True, True]
    assert stays["r1"][0].left_s == math.inf


def test_a_group_waits_for_all_that_one_of_its_steps_waits_for() -> None:
    tower = drawn.tower()
    lift = ("w_cabin_L1>w_hall_L1#2", "w_cabin_L1>w_hall_L1#1", "w_cabin_L1", "w_cabin_L2")
    rider = route("r0", *lift, "w_cabin_L2>w_hall_L2#1", "w_cabin_L2>w_hall_L2#2", after={5: (("r1", 0),)})
    guest = route("r1", "w_hall_L2", "k_L2")
    assert group_end(tower, rider.steps, 1) == 6
    stays = timeline(tower, (rider, guest), 0.0)
    assert stays["r0"][1].start_s == stays["r0"][5].start_s == 3.0


def test_retimed_plans_keep_their_steps(cells: CellGraph) -> None:
    one = route("r0", "k_a", "w_mid", "k_b")
    (again,) = retime(cells, (one,), 100.0)
    assert [step.enter_s for step in again.steps] == [0.0, 103.0, 106.0]
    assert again.steps[-1].leave_s == math.inf


def test_two_that_wait_for_each_other_are_a_circle(cells: CellGraph) -> None:
    one = route("r0", "k_a", "w_mid", "k_b", after={1: (("r1", 0),)})
    other = route("r1", "k_b", "w_mid", "k_a", after={1: (("r0", 1),)})
    assert find_cycle(cells, {"r0": one, "r1": other}) == (("r0", 1), ("r1", 1))
    free = route("r0", "k_a", "w_mid", "k_b")
    assert find_cycle(cells, {"r0": free, "r1": other}) == ()


def test_waiting_for_one_that_stays_for_ever_is_no_circle(cells: CellGraph) -> None:
    one = route("r0", "w_mid")
    other = route("r1", "k_a", "w_mid", after={1: (("r0", 0),)})
    assert find_cycle(cells, {"r0": one, "r1": other}) == ()


def test_steps_that_exclude_each_other_need_an_order(cells: CellGraph) -> None:
    one = route("r0", "k_a", "w_mid", "k_b")
    other = route("r1", "p_mid", "w_mid")
    assert find_unordered(cells, {"r0": one, "r1": other}, ("r1",)) == (("r1", 1, "r0", 1),)
    waits = route("r1", "p_mid", "w_mid", after={1: (("r0", 1),)})
    assert find_unordered(cells, {"r0": one, "r1": waits}, ("r1",)) == ()


def test_dropping_a_tail_leaves_others_waiting_for_what_is_held(cells: CellGraph) -> None:
    one = route("r0", "k_a", "w_mid", "k_b")
    other = route("r1", "p_south", "k_a", "w_mid", after={1: (("r0", 2),)})
    plans = without_tail(cells, {"r0": one, "r1": other}, "r0")
    assert [step.cell for step in plans["r0"].steps] == ["k_a"]
    assert [step.after for step in plans["r1"].steps] == [(), (("r0", 0),), ()]
    assert [step.after for step in without_agent(plans, "r0")["r1"].steps] == [(), (), ()]
