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
    with pytest.raises(SiteError, match="format 'dwg' is not known; use one of site, rmf"):
        load(SITES / "tower.yaml", "dwg")


def test_file_of_neither_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("apples: 3\n", encoding="utf-8")
    with pytest.raises(SiteError, match=r"neither a site file .* nor an Open-RMF building"):
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
