"""The search finds the earliest way there is: compared with a search over every tick of the clock."""

import math
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from missions.planning.cells import CellGraph
from missions.planning.occupancy import Occupancy
from missions.planning.precedence import Stay
from missions.planning.problem import Agent, Step, Stop
from missions.planning.routing import Errand, Search
from tests.missions.planning import drawn

TICK_S = 1.0
TICKS_MAX = 120


def small() -> CellGraph:
    """A cross of short arms whose cells are one second apart; every robot stops and starts at once."""
    nodes = [drawn.node("w_mid", 0, 0), drawn.node("k_east", 4, 0), drawn.node("p_north", 0, 4)]
    nodes += [drawn.node("p_west", -4, 0), drawn.node("p_far", 8, 0)]
    edges = drawn.lanes(nodes, "w_mid-k_east", "w_mid-p_north", "w_mid-p_west", "k_east-p_far")
    return CellGraph.build(drawn.site(nodes, edges), step_m=1.0)


CELLS = small()
BUSY = st.lists(
    st.tuples(st.sampled_from(sorted(CELLS.cells)), st.integers(0, 25), st.integers(1, 12)), max_size=6
)


def stays(busy: list[tuple[str, int, int]]) -> list[Stay]:
    return [
        Stay(
            f"o{n}",
            Step(step_no=0, cell=cell, enter_s=0, leave_s=0),
            start,
            start,
            start + long,
            start + long,
        )
        for n, (cell, start, long) in enumerate(busy)
    ]


def ticks(taken: dict[str, list[tuple[int, int]]], stop: Stop, ends: tuple[str, ...]) -> int | None:
    """Earliest tick at which the robot can be at an end for ever, having made its stop."""

    def free(cell: str, start: int, until: float) -> bool:
        return all(busy >= until or left <= start for busy, left in taken[cell])

    def after(cell: str, made: bool) -> Iterator[tuple[str, bool, int]]:
        if free(cell, tick, tick + 1):
            yield cell, made, tick + 1
        long = int(stop.duration_s)
        if cell == stop.node and not made and free(cell, tick, tick + long):
            yield cell, True, tick + long
        for move in CELLS.moves(cell, drawn.GRAPH):
            if free(cell, tick, tick + 1) and free(move.cell, tick, tick + 1):
                yield move.cell, made, tick + 1

    reached = {0: [("p_west", False)]} if free("p_west", 0, 1) else {}
    for tick in range(TICKS_MAX):
        for cell, made in reached.get(tick, []):
            if made and cell in ends and free(cell, tick, math.inf):
                return tick
            for there, done, then in after(cell, made):
                if (there, done) not in reached.setdefault(then, []):
                    reached[then].append((there, done))
    return None


@settings(max_examples=300, deadline=None)
@given(busy=BUSY, duration_s=st.integers(1, 8))
def test_arrival_is_as_early_as_that_of_a_search_over_all_ticks(
    busy: list[tuple[str, int, int]], duration_s: int
) -> None:
    agent = Agent(agent_id="r", radius_m=0.35, speed_mps=1.0, acceleration_mps2=math.inf, graphs=drawn.GRAPH)
    stop = Stop(node="k_east", duration_s=float(duration_s), task="m/0")
    occupancy = Occupancy(CELLS, stays(busy))
    ends = ("p_north", "p_far", "p_west")
    errand = Errand(agent=agent, start="p_west", ready_s=0.0, stops=(stop,), ends=dict.fromkeys(ends, 0.0))
    found = Search(CELLS, occupancy, errand).run()
    taken = {cell: [(int(a), int(b)) for a, b in occupancy.unsafe(cell)] for cell in CELLS.cells}
    expected = ticks(taken, stop, ends)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert round(found.visits[-1].enter_s) == expected


def test_bound_on_expansions_ends_a_search() -> None:
    agent = drawn.agent("r")
    errand = Errand(agent=agent, start="p_west", ready_s=0.0, stops=(), ends={"p_far": 0.0})
    search = Search(CELLS, Occupancy(CELLS, []), errand, expansions_max=3)
    assert search.run() is None
    assert search.expansions == 3


def test_alone_it_expands_hardly_more_than_the_way_itself() -> None:
    errand = Errand(agent=drawn.agent("r"), start="p_west", ready_s=0.0, stops=(), ends={"p_far": 0.0})
    search = Search(CELLS, Occupancy(CELLS, []), errand)
    found = search.run()
    assert found is not None
    assert search.expansions <= len(found.visits) + 2
