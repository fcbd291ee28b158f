"""fleet map: import, check, show, stats, route."""

import json
from pathlib import Path

import pytest

from fleet.cli.entry import run
from fleet.cli.maps import FORMAT_NAMES
from maps.formats import FORMATS

CLINIC = Path(__file__).parents[3].parent / "shared/data/open-rmf/clinic/clinic.building.yaml"


def test_stats_count_a_bundled_site(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "stats", "county_hospital", "--json"]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["levels"] == 3
    assert set(counted) >= {"nodes", "edges", "levels", "rooms", "doors", "lifts", "graphs"}


def test_our_hospital_has_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "check", "county_hospital"]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_a_route_names_doors_and_lifts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "route", "county_hospital", "pharmacy", "ward_201", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["lifts"]
    assert found["doors"]
    assert found["length_m"] > 10
    assert found["nodes"][0]["level"] == "L1"
    assert found["nodes"][-1]["level"] == "L2"


def test_an_unknown_place_is_named_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "route", "county_hospital", "farmacy", "ward_201"]) == 2
    told = capsys.readouterr().err
    assert "farmacy" in told
    assert "pharmacy" in told


def test_a_level_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "l2.svg"
    assert run(["map", "show", "county_hospital", "-o", str(picture), "--level", "L2"]) == 0
    assert picture.read_text().startswith("<svg")
    assert run(["map", "show", "county_hospital", "-o", str(picture), "--level", "L9"]) == 2
    assert "L1, L2, L3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nodes: [\n", ["bad.yaml"]),
        ("levels: {}\n", ["bad.yaml"]),
        ("", ["bad.yaml"]),
    ],
)
def test_a_file_that_is_no_site_is_one_sentence(
    tmp_path: Path, text: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(text)
    assert run(["map", "stats", str(bad)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    for word in words:
        assert word in told


def test_nothing_is_overwritten_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "site.yaml"
    there.write_text("mine")
    assert run(["map", "import", "county_hospital", "-o", str(there)]) == 2
    assert "--force" in capsys.readouterr().err
    assert there.read_text() == "mine"


@pytest.mark.skipif(not CLINIC.exists(), reason="the shared data folder is not there")
def test_a_building_is_imported_and_reads_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "clinic.yaml"
    assert run(["map", "import", str(CLINIC), "-o", str(site)]) == 0
    capsys.readouterr()
    counts = []
    for file in (CLINIC, site):
        assert run(["map", "stats", str(file), "--json"]) == 0
        counts.append(json.loads(capsys.readouterr().out))
    assert counts[0] == counts[1]
    assert counts[0]["lifts"] == 4
    assert counts[0]["doors"] == 132


def test_the_help_lists_every_format_that_is_read() -> None:
    assert sorted(FORMAT_NAMES) == sorted(FORMATS)


def test_one_of_a_thing_is_said_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "two.map").write_text("type octile\nheight 1\nwidth 2\nmap\n..\n")
    assert run(["map", "stats", str(tmp_path / "two.map")]) == 0
    assert "1 level, 2 nodes, 2 edges, 0 rooms" in capsys.readouterr().out


def test_what_has_no_room_on_the_sheet_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = "".join(
        f"  p{n}: {{level: L1, at: [{n % 20}, {n // 20}], names: {{en: The name of a place {n}}}}}\n"
        for n in range(400)
    )
    (tmp_path / "many.yaml").write_text(
        "site: many\nnames: {en: Many}\ntime_zone: UTC\nlevels:\n  L1: {names: {en: L1}, elevation_m: 0}\n"
        f"nodes:\n{places}lanes: []\n"
    )
    assert run(["map", "show", str(tmp_path / "many.yaml"), "-o", str(tmp_path / "many.svg")]) == 0
    assert "lines of legend, findings or names had no room" in capsys.readouterr().out
