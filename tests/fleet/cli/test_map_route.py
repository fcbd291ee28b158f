"""fleet map route: the way that a robot would take."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.cli.entry import run
from maps.elements import Zone, ZoneKind
from maps.site_file import save
from tests.maps.planning_view.sites import box, site, zone

SPOTS = {"a": (0.0, 0.0), "b": (10.0, 0.0), "c": (5.0, 5.0)}


def saved(folder: Path, lanes: str, *zones: Zone) -> str:
    """A site file with these lanes, in which every node is a place."""
    drawn = site(SPOTS, lanes, zones=zones)
    nodes = tuple(replace(node, names={"en": f"Place {node.node_id}"}) for node in drawn.nodes)
    save(replace(drawn, nodes=nodes), folder / "drawn.yaml")
    return str(folder / "drawn.yaml")


@pytest.fixture
def street(tmp_path: Path) -> str:
    """Straight from a to b for carriers, over c and slowly for all."""
    square = zone(ZoneKind.SLOW, *box(4, 4, 2, 2), speed_mps_max=0.5)
    return saved(tmp_path, "a-c c-b a-b@carrier", square)


def found(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert run(["map", "route", *words, "--json"]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_a_model_takes_its_own_lane_and_others_drive_round(
    street: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = {
        model: [node["id"] for node in found(capsys, street, "a", "b", "--model", model)["nodes"]]  # type: ignore[attr-defined]
        for model in ("carrier", "patrol")
    }
    assert ways == {"carrier": ["a", "b"], "patrol": ["a", "c", "b"]}
    assert found(capsys, street, "a", "b")["length_m"] == 10.0


def test_slow_zones_and_the_speed_count(street: str, capsys: pytest.CaptureFixture[str]) -> None:
    quick = found(capsys, street, "a", "c")
    assert float(str(quick["travel_s"])) > float(str(quick["length_m"]))
    slow = found(capsys, street, "a", "c", "--speed-mps", "0.5")
    assert slow["travel_s"] == pytest.approx(2 * float(str(slow["length_m"])))


def test_a_ride_takes_time(capsys: pytest.CaptureFixture[str]) -> None:
    way = found(capsys, "county_hospital", "pharmacy", "ward_201")
    assert way["lifts"]
    assert float(str(way["travel_s"])) > float(str(way["length_m"])) + 10


def test_no_way_and_a_speed_of_nothing_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    street = saved(tmp_path, "a-c")
    assert run(["map", "route", street, "a", "b"]) == 2
    assert "There is no way from a to b." in capsys.readouterr().err
    assert run(["map", "route", street, "a", "b", "--speed-mps", "0"]) == 2
    assert "0.01" in capsys.readouterr().err
