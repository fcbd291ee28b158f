"""fleet map cover: UV-C poses and sweeps of a room."""

import json
from pathlib import Path

import cv2
import pytest

from fleet.cli.entry import run

COVER = ["map", "cover", "county_hospital", "triage_desk", "--sample-m", "0.5"]


def test_poses_and_doses_are_told_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*COVER, "--target-mj-cm2", "25", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["target_j_m2"] == 250.0
    assert told["minimum_j_m2"] >= 249.9
    assert told["covered_fraction"] == 1.0
    assert told["light_s"] == sum(pose["exposure_s"] for pose in told["poses"])
    assert told["unreached"] == []


def test_people_are_told_the_minimum_and_see_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "dose.png"
    assert run([*COVER, "-o", str(picture)]) == 0
    told = capsys.readouterr().out
    assert "minimum 10.0" in told
    assert "mean" not in told
    image = cv2.imread(str(picture))
    assert image is not None
    assert image.shape[1] == 1500
    assert len({tuple(pixel) for pixel in image[200:800:40, 60:1200:40].reshape(-1, 3)}) > 20


def test_what_cannot_be_reached_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screen = tmp_path / "screen.yaml"
    screen.write_text("- {polygon: [[16, 13], [16.1, 13], [16.1, 18], [16, 18]]}\n")
    assert run([*COVER, "--furniture", str(screen)]) == 0
    told = capsys.readouterr().out
    assert "of floor near" in told
    assert "no pose sees it" in told


def test_a_sweep_is_told_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "sweep.png"
    assert run([*COVER, "--sweep", "--width-m", "1", "--json", "-o", str(picture)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"][0] == [17.0, 15.6]
    assert told["uncovered"] == []
    assert len(told["lanes"]) == 6
    assert cv2.imread(str(picture)) is not None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--robot-radius-m", "9"], "does not fit"),
        (["--robot-radius-m", "nan"], "radius is nan"),
        (["--target-mj-cm2", "0"], "--target-mj-cm2 is 0. Choose 0.001 to 10000."),
        (["--target-mj-cm2", "nan"], "--target-mj-cm2 is nan"),
        (["--lamp-w", "inf"], "power_w is inf"),
        (["--sweep", "--overlap", "1"], "overlap is 1"),
        (["-o", "dose.svg"], "no PNG"),
        (["--furniture", "nothing.yaml"], "no such file"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(
    more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*COVER, *more]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_an_unknown_room_is_named_with_those_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "cover", "county_hospital", "ward_999"]) == 2
    assert "there is no room 'ward_999'; rooms: outpatient_hall" in capsys.readouterr().err
