"""A fixed list of seeds on three sites, those that once found a bug, and what all of them must reach."""

from collections import Counter
from pathlib import Path

import pytest

from maps.graph import SiteGraph
from maps.load import load
from simulators.closed_loop import CREW, Arrangement, ClosedLoop, Stage

HERE = Path(__file__).parent
SITES = HERE.parents[1] / "maps" / "sites"
CLINIC = HERE.parents[2] / "shared" / "data" / "open-rmf" / "clinic" / "clinic.building.yaml"
PATHS = {
    "county_hospital": SITES / "county_hospital.yaml",
    "community": SITES / "community.yaml",
    "clinic": CLINIC,
}
FEW = CREW[:4]
"""On imported buildings as many robots as places to rest can wait for each other for ever."""
FIXED = {"county_hospital": (range(12), CREW), "community": (range(3), CREW), "clinic": (range(3), FEW)}
MINUTES = 6.0


def found_seeds(text):
    """seed, site, minutes, date, what it found."""
    lines = text.splitlines()
    return [line.split(maxsplit=4) for line in lines if line and not line.startswith("#")]


def stage_of(site):
    path = PATHS[site]
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return Stage.of(SiteGraph(load(path)))


def played(stage, seed, minutes, crew=CREW):
    outcome = ClosedLoop(stage, seed, Arrangement(safety_s=60.0 * minutes, crew=crew)).run()
    assert outcome.violation is None, f"seed {seed}: {outcome.violation}\n" + "\n".join(outcome.story)
    return outcome


def missing(reached, listed):
    return [name for name in listed if not reached.get(name)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("site", ["community", "clinic"])
def test_nothing_wrong_happens_in_trouble_and_everything_accepted_ends_after_it(site):
    stage, (seeds, crew) = stage_of(site), FIXED[site]
    ended = [sum(played(stage, seed, MINUTES, crew).ended.values()) for seed in seeds]
    assert min(ended) >= 1


@pytest.mark.timeout(900)
def test_the_hospital_s_seeds_go_well_and_reach_what_must_be_reached():
    stage, (seeds, crew) = stage_of("county_hospital"), FIXED["county_hospital"]
    reached = Counter()
    for seed in seeds:
        outcome = played(stage, seed, MINUTES, crew)
        assert sum(outcome.ended.values()) >= 5
        reached.update(outcome.reached)
    assert missing(reached, (HERE / "must_reach.txt").read_text().split()) == []


def test_what_was_not_reached_is_named():
    assert missing({"alert.fire": 2}, ["alert.fire", "recovery.replay"]) == ["recovery.replay"]


@pytest.mark.timeout(600)
def test_seeds_that_found_a_bug_go_well():
    stages = {}
    for seed, site, minutes, *_ in found_seeds((HERE / "found_seeds.txt").read_text()):
        stages.setdefault(site, stage_of(site))
        played(stages[site], int(seed), float(minutes))


def test_a_found_seed_is_a_line_and_what_begins_with_a_hash_is_none():
    text = "# seed site\n\n205  community  10  2026-11-24  two exposures queue on one lamp\n"
    assert found_seeds(text) == [["205", "community", "10", "2026-11-24", "two exposures queue on one lamp"]]
