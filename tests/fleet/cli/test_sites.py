"""Which site a word on the command line means, and who works there in the demo."""

from pathlib import Path

import pytest

from fleet.cli.demo import planned
from fleet.cli.entry import run
from fleet.cli.sites import bundled, site_path
from fleet.errors import UserError


def test_three_sites_come_with_the_product_whatever_their_format() -> None:
    assert bundled() == ["ancient_town", "community", "county_hospital"]
    assert [site_path(name).suffix for name in bundled()] == [".geojson", ".yaml", ".yaml"]


def test_a_file_is_taken_before_a_site_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "community").write_text("site: mine")
    assert site_path("community") == Path("community")


def test_a_site_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UserError, match="ancient_twon") as raised:
        site_path("ancient_twon")
    assert "ancient_town, community, county_hospital" in str(raised.value.hint)


@pytest.mark.parametrize(("site", "lamps"), [("ancient_town", 0), ("community", 1), ("county_hospital", 1)])
def test_lamps_stay_out_of_the_open_air(site: str, lamps: int, tmp_path: Path) -> None:
    plan = planned(site, 6, 1.0, 8080, tmp_path, 1, browser=False)
    models = [model for model, _ in plan.robots]
    assert models.count("auto_disinfection") == lamps
    assert {"patrol", "service", "triage_guide"} <= set(models)


def test_a_town_in_geojson_is_imported_as_a_site_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "town.yaml"
    assert run(["map", "import", "ancient_town", "-o", str(target)]) == 0
    assert "origin: {latitude: 30.7412" in target.read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(["map", "check", str(target)]) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out
