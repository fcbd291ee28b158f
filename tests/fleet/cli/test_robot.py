"""fleet robot: which driver it takes, and the conformance kit's command line."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fleet.cli.drivers import build_driver, driver_class
from fleet.cli.entry import run
from fleet.errors import UserError
from robots.profiles import load_profile
from simulators.driver import SimDriver

SOUND = """
class Mine:
    def __init__(self, robot_id, facts, address="here"):
        self.robot_id, self.address = robot_id, address
    def open(self): pass
    def tell(self, message): pass
    def poll(self, timeout_s): return []
    def fileno(self): return None
    def close(self): pass

class Half:
    def __init__(self, robot_id, facts): pass
    def open(self): pass
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(SOUND)
    return path


def test_an_installed_driver_is_found_by_its_name() -> None:
    assert driver_class("sim") is SimDriver


def test_a_driver_of_a_file_is_built_with_its_options(file: Path) -> None:
    driver = build_driver(f"python:{file}:Mine", ["address=1.2.3.4:5"], "r-1", load_profile("service"))
    assert vars(driver) == {"robot_id": "r-1", "address": "1.2.3.4:5"}


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("tank", [], ["no driver 'tank'", "sim", "python:my_driver.py:MyDriver"]),
        ("python:FILE", [], ["Write python:FILE.py:CLASS"]),
        ("python:nowhere.py:Mine", [], ["no file nowhere.py"]),
        ("python:FILE:Yours", [], ["has no class Yours"]),
        ("python:FILE:Half", [], ["lacks tell, poll, fileno, close()"]),
        ("python:FILE:Mine", ["adress=1"], ["unexpected keyword argument 'adress'"]),
        ("python:FILE:Mine", ["address"], ["Write KEY=VALUE"]),
    ],
)
def test_a_driver_that_cannot_be_used_is_named_with_the_fix(
    file: Path, name: str, options: list[str], words: list[str]
) -> None:
    with pytest.raises(UserError) as caught:
        build_driver(name.replace("FILE", str(file)), options, "r-1", load_profile("service"))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_driver_file_that_raises_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("import math\nimport nothing_of_that_name\n")
    with pytest.raises(UserError, match=r"bad\.py, line 2: ModuleNotFoundError"):
        driver_class(f"python:{path}:Mine")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "cancle"], ["no case 'cancle'", "cancel"]),
        (["--server", "127.0.0.1:8080"], ["--server is '127.0.0.1:8080'", "http://127.0.0.1:8080"]),
        (["--server", "tcp://10.0.0.1:5570"], ["another machine"]),
        (["--track-m", "0.5"], ["--track-m is 0.5", "Choose 2 to 50"]),
        (["--param", "x=1"], ["--action TYPE"]),
        (["--action", "dwell", "--param", "x"], ["KEY=VALUE"]),
        (["--start", "'"], ["Mend the quotes"]),
    ],
)
def test_bad_input_of_conform_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert run(["robot", "conform", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert all(word in said for word in words), said


def test_cases_are_listed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["robot", "conform", "--list", "--json", "--only", "cancel"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["case"] == "cancel"
    assert row["section"] == "Orders, Cancel"


def test_a_program_that_never_speaks_is_reported_as_json_and_junit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robots.conformance.greeting_cases.CONNECT_S", 0.3)
    junit = tmp_path / "out.xml"
    words = ["--server", "http://127.0.0.1:0", "--start", "sleep 60", "--only", "hello", "--json"]
    assert run(["robot", "conform", *words, "--junit", str(junit)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["conforms"], told["broken"]) == (False, 1)
    assert told["cases"][0]["seen"].startswith("nothing came within 0.3 s")
    suite = ElementTree.parse(junit).getroot()
    assert suite.get("failures") == "1"
    assert suite[0][0].get("message") == told["cases"][0]["seen"]


def test_a_mute_driver_is_reported_and_the_exit_code_is_one(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    assert run(["robot", "check-driver", "--driver", f"python:{file}:Mine", "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert told["kept"] is False
    assert "no Motion within 3 s of open()" in told["seen"]


def test_check_driver_names_what_is_wrong_with_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["robot", "check-driver"]) == 2
    assert "--driver" in capsys.readouterr().err
    assert run(["robot", "check-driver", "--driver", "sim", "--model", "tank"]) == 2
    assert "choose one of" in capsys.readouterr().err
