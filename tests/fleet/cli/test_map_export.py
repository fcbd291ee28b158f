"""fleet map export."""

import json
from pathlib import Path

import pytest

from fleet.cli.entry import run


def test_export_writes_lif_and_says_what_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "hospital.json"
    assert run(["map", "export", "county_hospital", "--format", "lif", "-o", str(output)]) == 0
    document = json.loads(output.read_text(encoding="utf-8"))
    assert document["metaInformation"]["lifVersion"] == "1.0.0"
    assert [layout["layoutId"] for layout in document["layouts"]] == ["L1", "L2", "L3"]
    told = capsys.readouterr().out
    assert f"{output}: county_hospital as lif" in told
    assert " rooms: a station without outline" in told


def test_what_is_exported_can_be_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "hospital.lif"
    assert run(["map", "export", "county_hospital", "--format", "lif", "-o", str(output), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["format"]) == (str(output), "lif")
    assert "1 time zone: LIF has none." in told["lost"]
    assert run(["map", "stats", str(output), "--json"]) == 0
    exported = json.loads(capsys.readouterr().out)
    assert run(["map", "stats", "county_hospital", "--json"]) == 0
    own = json.loads(capsys.readouterr().out)
    assert (exported["nodes"], exported["edges"]) == (own["nodes"], own["edges"])


def test_file_that_is_there_is_kept_unless_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "taken.json"
    output.write_text("mine", encoding="utf-8")
    arguments = ["map", "export", "county_hospital", "--format", "lif", "-o", str(output)]
    assert run(arguments) == 2
    assert "is there already. Overwrite it with --force." in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "mine"
    assert run([*arguments, "--force"]) == 0


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "nowhere" / "out.json"
    assert run(["map", "export", "county_hospital", "--format", "lif", "-o", str(output)]) == 2
    assert "cannot be written: No such file or directory." in capsys.readouterr().err
    assert run(["map", "export", "county_hospital", "--format", "dxf", "-o", str(output)]) == 2
    assert "'dxf' is not one of 'lif'" in capsys.readouterr().err
