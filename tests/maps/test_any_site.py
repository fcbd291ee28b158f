"""What holds for any valid site: its file gives it back, and the tools that read it never fail."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from maps.checks.structure import dangling
from maps.elements import Site
from maps.graph import SiteGraph
from maps.load import load
from maps.site_file import dumps, loads, save
from maps.stats import stats
from maps.validate import check
from tests.maps.strategies import sites

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
# Without shrinking: a whole site is made smaller for minutes, and then the test's time is over.
PHASES = (Phase.explicit, Phase.generate)
EXAMPLES = settings(
    deadline=None, derandomize=True, max_examples=80, phases=PHASES, suppress_health_check=SLOW
)


@EXAMPLES
@given(sites())
def test_site_survives_its_file_exactly(site: Site) -> None:
    assert loads(dumps(site)) == site


@EXAMPLES
@given(sites())
def test_writing_again_writes_the_same(site: Site) -> None:
    text = dumps(site)
    assert dumps(loads(text)) == text


@settings(EXAMPLES, max_examples=40)
@given(sites())
def test_site_survives_the_disk_and_is_recognised(tmp_path: Path, site: Site) -> None:
    save(site, tmp_path / "any.yaml")
    assert load(tmp_path / "any.yaml") == site


@settings(EXAMPLES, max_examples=40)
@given(sites())
def test_check_and_look_ups_take_any_site(site: Site) -> None:
    assert list(dangling(site)) == []
    findings = check(site)
    assert all(finding.message and finding.element for finding in findings)
    graph = SiteGraph(site)
    assert list(graph.nodes) == [node.node_id for node in site.nodes]
    assert all(graph.resolve_place(place_id).place_id == place_id for place_id in graph.places)
    assert stats(site)["levels"] == len(site.levels)


@settings(EXAMPLES, max_examples=40)
@given(sites())
def test_equal_sites_have_equal_hashes(site: Site) -> None:
    again = loads(dumps(site))
    assert SiteGraph(again).content_hash() == SiteGraph(site).content_hash()
