"""fleet map show: one file a level, and one sentence for what cannot be drawn."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.fleet.cli.test_maps import run

WITH_PLAN = (
    "site: s\nnames: {en: S}\ntime_zone: UTC\nlevels:\n  L1:\n    names: {en: One}\n"
    "    floor_plan: {path: plan.png, origin: [0, 0], scale_m_per_px: 0.05}\n"
    "nodes:\n  a: {level: L1, at: [0, 0]}\n  b: {level: L1, at: [5, 0]}\nlanes:\n  - {between: [a, b]}\n"
)


def test_all_levels_are_drawn_a_file_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "show", "county_hospital", "-o", str(tmp_path / "out"), "--no-findings"]) == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [f"county_hospital_{level}.svg" for level in ("L1", "L2", "L3")]
    assert "1:200 on A3" in capsys.readouterr().out


def test_one_level_is_the_file_that_was_named(tmp_path: Path) -> None:
    picture = tmp_path / "two.png"
    assert run(["map", "show", "county_hospital", "-o", str(picture), "--level", "L2", "--dpi", "60"]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_programs_get_the_files_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "one.svg"
    assert run(["map", "show", "county_hospital", "-o", str(picture), "--level", "L1", "--json"]) == 0
    (drawn,) = json.loads(capsys.readouterr().out)
    assert drawn["path"] == str(picture)
    assert drawn["scale"] == 200


def test_a_floor_plan_that_is_missing_is_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(WITH_PLAN.replace("plan.png", "gone.png"))
    assert run(["map", "show", str(site), "-o", str(tmp_path / "s.svg")]) == 0
    assert "gone.png of level L1 is left out: there is no such file" in capsys.readouterr().out
    assert run(["map", "show", str(site), "-o", str(tmp_path / "s.svg"), "--no-floor-plan"]) == 0
    assert "gone.png" not in capsys.readouterr().out


def test_floor_plans_in_a_package_are_drawn_without_unpacking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, packed = tmp_path / "site.yaml", tmp_path / "elsewhere" / "site.zip"
    packed.parent.mkdir()
    site.write_text(WITH_PLAN)
    cv2.imwrite(str(tmp_path / "plan.png"), np.full((60, 90), 200, np.uint8))
    assert run(["map", "pack", str(site), "-o", str(packed)]) == 0
    (tmp_path / "plan.png").rename(packed.parent / "moved.png")
    drawn, marked = tmp_path / "drawn.svg", tmp_path / "marked.svg"
    assert run(["map", "show", str(packed), "-o", str(drawn), "--no-findings"]) == 0
    assert run(["map", "check", str(packed), "--picture", str(marked)]) == 0
    assert "left out" not in capsys.readouterr().out
    assert drawn.read_text().count("<image") == marked.read_text().count("<image") == 1
    assert run(["map", "show", str(site), "-o", str(drawn), "--no-findings"]) == 0
    assert "plan.png of level L1 is left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dpi", "9"], "9 dpi cannot be drawn. Give 30 to 600"),
        (["--level", "L9"], "There is no level 'L9'. This site has L1, L2, L3."),
        (["-o", "plan.pdf"], "a drawing is no .pdf file; name a .svg or a .png"),
        (["-o", "/dev/null/plan.svg"], "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["map", "show", "county_hospital", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
