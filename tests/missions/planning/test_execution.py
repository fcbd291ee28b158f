"""Whatever the delays: no two robots are ever given places that exclude each other, and all finish."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.planning.cells import CellGraph
from tests.missions.planning import drawn
from tests.missions.planning.execution import Execution, random_day

SITES = {"corridor": drawn.corridor, "crossing": drawn.crossing, "tower": drawn.tower, "ward": drawn.ward}


def start(cells: CellGraph, random: Random, robots: int, deep: bool = False) -> Execution:
    rests = cells.rests(drawn.GRAPH)
    # A mission to a bay where somebody rests is a question of who gives way: the core's, not asked here.
    places = tuple(place for place in cells.places if place not in rests)
    execution = Execution(cells, random, places, deep=deep)
    for number, rest in enumerate(random.sample(rests, min(robots, len(rests)))):
        execution.appear(drawn.agent(f"r{number}"), rest)
    return execution


@pytest.mark.parametrize("name", SITES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), robots=st.integers(2, 5))
def test_small_sites_never_collide_and_always_finish(name: str, seed: int, robots: int) -> None:
    execution = start(SITES[name](), Random(seed), robots, deep=True)
    random_day(execution, 150)
