"""fleet map import: grids and their options."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from fleet.cli.entry import run
from maps.load import load

GRIDS = Path(__file__).parents[3].parent / "shared/data/grids"
Out = pytest.CaptureFixture[str]


@pytest.fixture
def grid() -> Callable[[str], str]:
    """Path of a public grid; skips where there is none."""

    def path(name: str) -> str:
        if not (GRIDS / name).exists():
            pytest.skip("the shared data folder is not there")
        return str(GRIDS / name)

    return path


def test_a_folder_with_a_grid_becomes_a_site_with_lanes(
    grid: Callable[[str], str], tmp_path: Path, capsys: Out
) -> None:
    output = tmp_path / "house.yaml"
    assert run(["map", "import", grid("aws_small_house"), "-o", str(output)]) == 0
    said = capsys.readouterr().out
    assert "note: The lanes are made for robots with a radius of 0.35 m" in said
    site = load(output)
    assert site.nodes
    plan = site.levels[0].floor_plan
    assert plan is not None
    assert (output.parent / plan.path).resolve() == (GRIDS / "aws_small_house/map.pgm").resolve()


def test_floor_plans_of_a_package_stay_in_it_and_a_note_says_so(
    grid: Callable[[str], str], tmp_path: Path, capsys: Out
) -> None:
    packed, output = tmp_path / "house.zip", tmp_path / "elsewhere" / "house.yaml"
    output.parent.mkdir()
    assert run(["map", "pack", grid("aws_small_house"), "-o", str(packed)]) == 0
    assert run(["map", "import", str(packed), "-o", str(output)]) == 0
    assert "`fleet map unpack house.zip -o FOLDER` writes map.pgm" in capsys.readouterr().out


def test_options_reach_the_road_map(grid: Callable[[str], str], tmp_path: Path, capsys: Out) -> None:
    output = tmp_path / "sandbox.yaml"
    masks = ["--keepout-mask", grid("nav2/keepout_mask.yaml"), "--speed-mask", grid("nav2/speed_mask.yaml")]
    command = ["map", "import", grid("nav2/tb3_sandbox.yaml"), "-o", str(output), "--robot-radius-m", "0.2"]
    assert run([*command, *masks, "--speed-mps", "0.6", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert any("0.2 m" in note for note in said["notes"])
    zones = yaml.safe_load(output.read_text())["zones"]
    assert {zone["kind"] for zone in zones.values()} == {"no_go", "slow"}
    assert zones["slow_1"]["speed_mps_max"] == 0.3


def test_a_mask_without_effect_is_said(grid: Callable[[str], str], tmp_path: Path, capsys: Out) -> None:
    """Somebody who gives a keep-out mask counts on it: over another map, or over no grid at all."""
    there = Path(grid("nav2/keepout_mask.yaml"))
    elsewhere = tmp_path / "keepout_mask.yaml"
    text = there.read_text().replace("image: ", f"image: {there.parent}/")
    assert "[-10.000000, " in text
    text = text.replace("[-10.000000, ", "[900, ")
    elsewhere.write_text(text)
    output = tmp_path / "sandbox.yaml"
    command = ["map", "import", grid("nav2/tb3_sandbox.yaml"), "-o", str(output)]
    assert run([*command, "--keepout-mask", str(elsewhere)]) == 0
    assert "keepout_mask.yaml forbids nothing of this map" in capsys.readouterr().out
    never = tmp_path / "never.yaml"
    command = ["map", "import", "county_hospital", "-o", str(never), "--keepout-mask", str(there)]
    assert run(command) == 2
    assert (
        "county_hospital.yaml: is a site file, and masks are for occupancy grids" in capsys.readouterr().err
    )
    assert not never.exists()


def test_a_file_is_named_as_it_was_given(
    tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("map.yaml").write_text("site: x\n---\nsite: y\n")
    assert run(["map", "import", "map.yaml", "-o", "out.yaml"]) == 2
    assert "Error: map.yaml, line 2: not valid YAML: a second document begins;" in capsys.readouterr().err


def test_a_movingai_grid_has_the_cell_that_is_said(tmp_path: Path, capsys: Out) -> None:
    source = tmp_path / "small.map"
    source.write_text("type octile\nheight 1\nwidth 3\nmap\n...\n")
    output = tmp_path / "small.yaml"
    assert run(["map", "import", str(source), "-o", str(output), "--cell-m", "2"]) == 0
    assert {edge.length_m for edge in load(output).edges} == {2.0}
    assert "a cell is 2 m" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--robot-radius-m", "0", "robot radius is 0"),
        ("--robot-radius-m", "nan", "robot radius is nan"),
        ("--robot-radius-m", "1e300", "robot radius is 1e+300; give a number above 0, at most 1000"),
        ("--margin-m", "-1", "margin is -1; give 0 or more"),
        ("--cell-m", "-1", "--cell-m -1 cannot be"),
        ("--speed-mps", "inf", "--speed-mps inf cannot be"),
        ("--format", "pgm", "format 'pgm' is not known"),
    ],
)
def test_a_value_that_cannot_be_is_the_users_mistake(
    option: str, value: str, words: str, tmp_path: Path, capsys: Out
) -> None:
    output = tmp_path / "x.yaml"
    assert run(["map", "import", "county_hospital", "-o", str(output), option, value]) == 2
    assert words in capsys.readouterr().err
    assert not output.exists()


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path, capsys: Out) -> None:
    output = tmp_path / "none" / "x.yaml"
    assert run(["map", "import", "county_hospital", "-o", str(output)]) == 2
    assert "cannot be written" in capsys.readouterr().err
