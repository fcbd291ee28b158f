from collections.abc import Callable
from pathlib import Path

import pytest

from maps.errors import SiteError
from maps.load import load

SITES = Path(__file__).parent / "sites"


def test_format_is_recognised(building: Callable[[str], Path]) -> None:
    assert load(SITES / "tower.yaml").site_id == "tower"
    assert load(str(building("office"))).levels[0].level_id == "L1"


def test_format_can_be_named() -> None:
    assert load(SITES / "tower.yaml", "site").site_id == "tower"


def test_wrong_format_is_refused_in_one_sentence() -> None:
    with pytest.raises(SiteError, match=r"tower\.yaml, line \d+: level 'L1', walls 1: .* is not a number"):
        load(SITES / "tower.yaml", "rmf")


def test_unknown_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SiteError, match="format 'dwg' is not known; use one of site, package, rmf_nav, rmf"):
        load(SITES / "tower.yaml", "dwg")


def test_file_of_no_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("apples: 3\n", encoding="utf-8")
    with pytest.raises(SiteError, match=r"none of the formats that are known: a site file; .*--format"):
        load(tmp_path / "list.yaml")


def test_site_with_a_dangling_lane_is_refused_with_line_and_fix(tmp_path: Path) -> None:
    text = (SITES / "tower.yaml").read_text(encoding="utf-8").replace("to: hall_west}", "to: hall_wst}")
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(
        SiteError, match=r"line 32: lane 1, to: there is no node 'hall_wst'; did you mean"
    ) as caught:
        load(tmp_path / "broken.yaml")
    assert caught.value.line == 32


def test_two_lanes_of_one_id_are_refused(tmp_path: Path) -> None:
    text = (SITES / "tower.yaml").read_text(encoding="utf-8")
    again = text.replace("  - {between: [hall, charger_1]}\n", "  - {between: [hall, charger_1]}\n" * 2)
    (tmp_path / "twice.yaml").write_text(again, encoding="utf-8")
    with pytest.raises(SiteError, match=r"id of edge 'hall>charger_1' is used 2 times \(and 1 more"):
        load(tmp_path / "twice.yaml")


def test_folder_with_one_map_is_that_map(tmp_path: Path) -> None:
    (tmp_path / "tower.yaml").write_bytes((SITES / "tower.yaml").read_bytes())
    (tmp_path / "settings.yaml").write_text("colour: blue\n", encoding="utf-8")
    assert load(tmp_path).site_id == "tower"


def test_folder_with_two_maps_or_none_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="holds no map"):
        load(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_bytes((SITES / "tower.yaml").read_bytes())
    with pytest.raises(SiteError, match=r"holds 2 maps: a\.yaml, b\.yaml; name the file"):
        load(tmp_path)
