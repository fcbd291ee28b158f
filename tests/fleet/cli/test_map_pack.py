"""fleet map pack, unpack, diff; a package given to fleet up."""

import json
from pathlib import Path

import pytest

from fleet.bootstrap import TEMPLATES
from fleet.cli.entry import run
from fleet.cli.site_opened import opened
from fleet.config import Settings
from fleet.errors import UserError
from maps.load import load
from maps.package import pack, read_package, repackaged
from maps.source import Source
from missions.templates import TemplateCatalogue

SITE = Path(__file__).parents[2] / "maps/sites/two_rooms.yaml"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text("lost_s: 12\nrobots_max: 7\n")
    return path


@pytest.fixture
def packed(tmp_path: Path, settings: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "site.zip"
    command = ["map", "pack", str(SITE), "-o", str(path), "--settings", str(settings)]
    assert run([*command, "--templates", str(TEMPLATES)]) == 0
    assert "two_rooms" in capsys.readouterr().out
    return path


def test_a_package_is_a_map_for_every_command(packed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "stats", str(packed), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["nodes"] == len(load(SITE).nodes)


def test_a_package_is_unpacked_into_an_empty_folder_only(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert run(["map", "unpack", str(packed), "-o", str(folder)]) == 0
    assert load(folder / "site.yaml") == load(SITE)
    assert run(["map", "unpack", str(packed), "-o", str(folder)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert run(["map", "unpack", str(packed), "-o", str(folder), "--force"]) == 0


def test_nothing_is_overwritten_unasked(packed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "pack", str(SITE), "-o", str(packed)]) == 2
    assert "--force" in capsys.readouterr().err


def test_what_could_not_be_used_is_not_packed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "templates"
    bad.mkdir()
    (bad / "odd.yaml").write_text("template: odd\n")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("lost_s: 12\nlots_s: 3\n")
    for more, words in (
        (["--templates", str(bad)], "odd"),
        (["--templates", str(tmp_path / "none")], "holds no *.yaml"),
        (["--settings", str(wrong)], "line 2: lots_s"),
        (["--settings", str(tmp_path / "none.yaml")], "no such file"),
    ):
        assert run(["map", "pack", str(SITE), "-o", str(tmp_path / "site.zip"), *more]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "site.zip").exists()


def test_versions_are_compared_with_all_that_is_packed(
    packed: Path, tmp_path: Path, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = tmp_path / "moved.yaml"
    moved.write_text(
        SITE.read_text().replace("middle: {level: L1, at: [12, 5]", "middle: {level: L1, at: [12, 6]")
    )
    settings.write_text("lost_s: 20\nrobots_max: 7\n")
    other = tmp_path / "other.zip"
    assert run(["map", "pack", str(moved), "-o", str(other), "--settings", str(settings)]) == 0
    capsys.readouterr()
    assert run(["map", "diff", str(packed), str(other)]) == 0
    told = capsys.readouterr().out
    assert "~ node middle: moved 1 m" in told
    assert "-lost_s: 12\n+lost_s: 20" in told
    assert "- file templates/deliver.yaml" in told
    assert run(["map", "diff", str(SITE), str(SITE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_a_damaged_package_is_refused_in_one_sentence(
    packed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed.write_bytes(packed.read_bytes()[:-40])
    for command in (["map", "stats"], ["map", "diff", str(SITE)]):
        assert run([*command, str(packed)]) == 2
        told = capsys.readouterr().err
        assert "no whole zip archive" in told
        assert told.count("\n") == 1


def test_an_orchestrator_takes_templates_and_settings_from_a_package(packed: Path, tmp_path: Path) -> None:
    found = opened(packed, tmp_path / "data", None)
    assert found.settings == Settings(lost_s=12.0, robots_max=7)
    assert found.templates is not None
    assert len(TemplateCatalogue.load(found.templates)) == len(TemplateCatalogue.load(TEMPLATES))
    assert load(found.site) == load(SITE)
    assert opened(packed, tmp_path / "data", 40.0).settings.lost_s == 40.0


def test_a_bare_site_has_the_usual_templates_and_settings(tmp_path: Path) -> None:
    found = opened(SITE, tmp_path, None)
    assert (found.site, found.templates, found.settings) == (SITE, None, Settings())


def test_a_package_with_a_broken_template_does_not_start(packed: Path, tmp_path: Path) -> None:
    broken = repackaged(read_package(Source(packed)), templates={"odd.yaml": b"template: odd\n"})
    packed.write_bytes(pack(broken))
    with pytest.raises(UserError, match=r"odd\.yaml"):
        opened(packed, tmp_path / "data", None)
