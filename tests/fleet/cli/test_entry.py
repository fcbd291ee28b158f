"""Exit codes, one sentence, no traces, and a quick --help."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.cli import entry
from fleet.errors import JournalError, UserError


def run(*arguments: str) -> int:
    return entry.run(list(arguments))


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for name in ("demo", "up", "robot", "mission", "robots", "stop-all", "alerts", "map", "db", "doctor"):
        assert f"  {name} " in shown


def test_help_imports_nothing_heavy() -> None:
    heavy = ["networkx", "fastapi", "sqlmodel", "numba", "httpx", "rich", "shapely", "zmq", "pydantic", "cv2"]
    code = (
        "import sys; from fleet.cli.entry import run; run(['--help']); "
        f"sys.exit(', '.join(name for name in {heavy} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["misson"], ["No such command 'misson'", "fleet --help"]),
        (["mission", "list", "--stat", "x"], ["--stat", "fleet mission list --help"]),
        (["mission", "show"], ["'ID'", "fleet mission show --help"]),
        (["mission", "list", "--limit", "many"], ["--limit"]),
        (["stop-all"], ["needs a reason"]),
        (["robot", "--model", "service"], ["--id", "fleet robot --help"]),
        (["robot", "--model", "service", "--id", "a", "--nod"], ["--nod", "fleet robot --help"]),
        (["map", "stats", "nowhere.yaml"], ["nowhere.yaml", "county_hospital"]),
        (["demo", "nowhere"], ["nowhere", "county_hospital"]),
        (["demo", "--robots", "0"], ["--robots is 0", "1 to 50"]),
        (["demo", "--speed", "1000"], ["--speed is 1000"]),
    ],
)
def test_a_mistake_of_the_user_is_one_sentence_and_exit_code_2(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("Error: ")
    assert told.count("\n") == 1
    for word in words:
        assert word in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["mission", "list"],
        ["mission", "submit", "deliver", "from=a", "to=b"],
        ["robots", "list", "--json"],
        ["alerts", "list"],
        ["status"],
        ["stop-all", "--because", "test"],
    ],
)
def test_without_an_orchestrator_the_sentence_says_how_to_start_one(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_SERVER", "http://127.0.0.1:9")
    assert run(*arguments) == 2
    assert capsys.readouterr().err == (
        "Error: No orchestrator answers at http://127.0.0.1:9. Start one with `fleet demo` or "
        "`fleet up --site FILE`, or name it with --server URL.\n"
    )


def raiser(error: Exception) -> "type[object]":
    def dispatch(_: list[str]) -> int:
        raise error

    return dispatch  # type: ignore[return-value]


def test_trouble_of_ours_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "dispatch", raiser(JournalError("Row 7 is corrupt.")))
    assert run() == 1
    assert capsys.readouterr().err == "Error: Row 7 is corrupt.\n"


def test_a_hint_follows_the_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "dispatch", raiser(UserError("X", "It is wrong.", hint="Mend it.")))
    assert run() == 2
    assert capsys.readouterr().err == "Error: It is wrong. Mend it.\n"


def test_the_unexpected_is_one_sentence_and_a_file_with_the_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "errors.log"
    monkeypatch.setenv("FLEET_ERROR_LOG", str(log))
    monkeypatch.setattr(entry, "dispatch", raiser(ZeroDivisionError("division by zero")))
    assert run() == 1
    told = capsys.readouterr().err
    assert str(log) in told
    assert "Traceback" not in told
    assert "ZeroDivisionError" in log.read_text()


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "dispatch", interrupted)
    assert run() == 130


def test_openapi_is_printed_without_an_orchestrator(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("openapi") == 0
    document = json.loads(capsys.readouterr().out)
    assert "/api/v1/missions" in document["paths"]
