"""Whatever the delays: no two robots are ever given places that exclude each other, and all finish."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.graph import SiteGraph
from maps.load import load
from missions.planning.cells import CellGraph
from tests.missions.planning import drawn
from tests.missions.planning.execution import Execution, random_day

ROOT = Path(__file__).parents[3]
CLINIC = ROOT.parent / "shared/data/open-rmf/clinic/clinic.building.yaml"
SITES = {"corridor": drawn.corridor, "crossing": drawn.crossing, "tower": drawn.tower, "ward": drawn.ward}
SEEDS = st.integers(0, 2**32)


def start(
    cells: CellGraph,
    random: Random,
    robots: int,
    *,
    deep: bool = False,
    graphs: tuple[str, ...] = drawn.GRAPH,
) -> Execution:
    rests = cells.rests(graphs)
    # A mission to a bay where somebody rests is a question of who gives way: the core's, not asked here.
    places = tuple(place for place in cells.places if place not in rests and cells.moves(place, graphs))
    execution = Execution(cells, random, places, deep=deep)
    for number, rest in enumerate(random.sample(rests, min(robots, len(rests)))):
        execution.appear(drawn.agent(f"r{number}", graphs), rest)
    return execution


@pytest.mark.parametrize("name", SITES)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, robots=st.integers(2, 6), losses=st.booleans())
def test_small_sites_never_collide_and_always_finish(name: str, seed: int, robots: int, losses: bool) -> None:
    execution = start(SITES[name](), Random(seed), robots, deep=True)
    random_day(execution, 150, losses=losses)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, losses=st.booleans())
def test_random_sites_never_collide_and_always_finish(seed: int, losses: bool) -> None:
    random = Random(seed)
    execution = start(drawn.warren(random), random, random.randint(2, 8), deep=seed % 4 == 0)
    random_day(execution, 200, losses=losses)


@pytest.mark.parametrize(("seed", "robots"), [(1, 6), (2, 12)])
def test_hospital_never_collides_and_always_finishes(seed: int, robots: int) -> None:
    cells = CellGraph.build(SiteGraph(load(ROOT / "maps/sites/county_hospital.yaml")))
    execution = start(cells, Random(seed), robots, graphs=cells.graph_names)
    random_day(execution, 1500 * robots, losses=True, disruption=0.1)
    assert execution.stops_made >= 2 * robots


@pytest.mark.skipif(not CLINIC.exists(), reason="the Open-RMF buildings are not beside the repository")
@pytest.mark.parametrize(("seed", "graph"), [(1, "0"), (2, "1")])
def test_clinic_never_collides_and_always_finishes(seed: int, graph: str) -> None:
    cells = CellGraph.build(SiteGraph(load(CLINIC)))
    execution = start(cells, Random(seed), 5, graphs=(graph,))
    random_day(execution, 3000, disruption=0.1)
    assert execution.stops_made >= 5
