"""fleet doctor says what is missing, and how to mend it."""

import json
import socket
from pathlib import Path

import pytest

from fleet.cli import doctor
from fleet.cli.entry import run


def test_a_good_machine_has_no_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json", "--data-dir", str(tmp_path)]) == 0
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    for name in ("Python", "packages", "data folder", "disk", "numba cache", "console", "Chromium (tests)"):
        assert name in checks
    assert all(check["fix"] for check in checks.values() if check["state"] != "ok")


def test_a_folder_that_cannot_be_written_is_an_error_with_a_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = doctor.writable("data folder", tmp_path / "file" / "data", "Choose another with --data-dir.")
    assert (found.state, found.fix) == ("error", "Choose another with --data-dir.")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor.IMPORTS, "warp-drive", "warp_drive")
    found = doctor.packages()
    assert found.state == "error"
    assert "warp-drive" in found.found
    assert "requirements.lock" in found.fix


def test_an_old_python_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PYTHON_MIN", (99, 0))
    assert doctor.python_version().state == "error"


def test_a_port_in_use_is_a_warning_that_names_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = doctor.port_free(port, "robots")
    assert (found.state, found.name) == ("warning", f"port {port}")
    assert found.fix


def test_missing_things_make_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "PYTHON_MIN", (99, 0))
    assert run(["doctor"]) == 1
    assert "Install Python 99.0" in capsys.readouterr().out
