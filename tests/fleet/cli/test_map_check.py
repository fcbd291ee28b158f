"""fleet map check: words, JSON, a picture, and what it refuses."""

import json
from pathlib import Path

import pytest

from fleet.cli.entry import run

SITE = """\
site: small
names: {en: Small}
time_zone: UTC
levels: {L1: {names: {en: Ground}, scale_measured: false}}
nodes:
  a: {level: L1, at: [0, 0], kind: charger, names: {en: A}}
  b: {level: L1, at: [5, 0], kind: parking, names: {en: B}}
  c: {level: L1, at: [10, 0], kind: checkpoint, names: {en: C}}
lanes:
  - {between: [a, b]}
  - {from: b, to: c}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SITE, encoding="utf-8")
    return path


def test_each_finding_has_severity_fix_and_place(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "check", str(small)]) == 2
    trap, scale, count = capsys.readouterr().out.splitlines()
    assert trap == (
        "error: Place 'c' is a one-way trap: lanes lead in, and none leads out."
        " Make a lane two-way, or add one that leads out. (L1, x 10.00, y 0.00)"
    )
    assert scale.startswith("warning: Nothing in the source says how large level 'L1' is")
    assert count == "1 error, 1 warning, 0 remarks"


def test_json_has_all_fields(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "check", str(small), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in found] == ["one_way_trap", "missing_scale"]
    assert found[0]["place"] == {"level": "L1", "x_m": 10.0, "y_m": 0.0}
    assert set(found[0]) == {"severity", "code", "element", "message", "fix", "place", "also"}


@pytest.mark.parametrize(("ending", "start"), [(".svg", b"<svg"), (".png", b"\x89PNG")])
def test_findings_are_marked_on_a_picture(
    small: Path, ending: str, start: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = small.with_name(f"marked{ending}")
    assert run(["map", "check", str(small), "--picture", str(picture)]) == 2
    assert picture.read_bytes().startswith(start)
    assert f"drawn: {picture}" in capsys.readouterr().out


def test_warnings_alone_are_no_failure_and_the_radius_is_ones_own(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write_text(SITE.replace("from: b, to: c", "between: [b, c]"), encoding="utf-8")
    assert run(["map", "check", str(small)]) == 0
    assert "0 errors, 1 warning, 0 remarks" in capsys.readouterr().out
    assert run(["map", "check", str(small), "--robot-radius-m", "2.6"]) == 0
    assert "0 errors, 3 warnings, 0 remarks" in capsys.readouterr().out


def test_radius_and_picture_that_cannot_be_are_one_sentence(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--robot-radius-m", "nan"], ["--robot-radius-m", "0"], ["--picture", "plan.gif"]):
        assert run(["map", "check", str(small), *words]) == 2
        told = capsys.readouterr().err
        assert words[1].removeprefix("plan") in told
        assert "Traceback" not in told
