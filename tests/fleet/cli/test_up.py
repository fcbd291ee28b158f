"""fleet up: what is wrong is said before anything runs, and a signal ends it in order."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fleet.cli.entry import run
from fleet.cli.processes import free_ports

SITE = "county_hospital"
START_S = 60.0


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and the one sentence; every port is a free one unless it is given."""
    ports = free_ports(3)
    names = ("--port", "--control-port", "--frames-port")
    options = [
        word
        for name, port in zip(names, ports, strict=True)
        if name not in arguments
        for word in (name, str(port))
    ]
    code = run(["up", *arguments, *options])
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Error: ")]
    assert len(said) == 1
    return code, said[0]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_an_unknown_site_lists_ours(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, said = refused(capsys, "--site", "county_hopsital", "--data-dir", str(tmp_path))
    assert code == 2
    assert "county_hospital" in said


@pytest.mark.parametrize("option", ["--port", "--control-port", "--frames-port"])
def test_a_port_in_use_is_named_with_its_option(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, taken: int, option: str
) -> None:
    code, said = refused(capsys, "--site", SITE, "--data-dir", str(tmp_path), option, str(taken))
    assert code == 2
    assert str(taken) in said
    assert option in said


def test_anything_but_loopback_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, said = refused(capsys, "--site", SITE, "--data-dir", str(tmp_path), "--host", "0.0.0.0")
    assert code == 2
    assert "not a loopback address" in said
    assert "tunnel" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("site: [\n", ["site.yaml", "line"]),
        ("site: x\nnames: {en: X}\n", ["site.yaml"]),
    ],
)
def test_a_site_file_that_is_wrong_is_named_with_the_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, words: list[str]
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(text)
    code, said = refused(capsys, "--site", str(site), "--data-dir", str(tmp_path))
    assert code == 2
    for word in words:
        assert word in said


def test_a_data_folder_that_cannot_be_made_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    code, said = refused(capsys, "--site", SITE, "--data-dir", str(tmp_path / "file" / "data"))
    assert code == 2
    assert "--data-dir" in said


def test_a_database_address_that_is_none_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, said = refused(capsys, "--site", SITE, "--data-dir", str(tmp_path), "--db", "nonsense")
    assert code == 2
    assert "nonsense" in said


@pytest.mark.parametrize(("option", "value"), [("--speed", "0"), ("--lost", "1"), ("--speed", "1e9")])
def test_numbers_out_of_range_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str, value: str
) -> None:
    code, said = refused(capsys, "--site", SITE, "--data-dir", str(tmp_path), option, value)
    assert code == 2
    assert option in said


class Up:
    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.port, control, frames = free_ports(3)
        ports = ["--port", str(self.port), "--control-port", str(control), "--frames-port", str(frames)]
        command = [sys.executable, "-m", "fleet", "up", "--site", SITE, "--data-dir", str(data_dir)]
        self.process = subprocess.Popen([*command, *ports, *arguments], stderr=subprocess.PIPE, text=True)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}/api/v1{path}", trust_env=False, timeout=START_S)

    def ended(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=START_S)
        return self.process.returncode, said


@contextmanager
def up(data_dir: Path, *arguments: str) -> Iterator[Up]:
    """Running and answering."""
    started = Up(data_dir, *arguments)
    deadline = time.monotonic() + START_S
    try:
        while True:
            try:
                assert started.get("/health").status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                assert started.process.poll() is None, started.ended()
                time.sleep(0.1)
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


@pytest.mark.process
@pytest.mark.xdist_group("process")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_and_the_next_start_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    body = {"template": "deliver", "params": {"from": "pharmacy", "to": "ward_201", "pin": "4711"}}
    with up(tmp_path) as first:
        asked = httpx.post(
            f"http://127.0.0.1:{first.port}/api/v1/missions", json=body, trust_env=False, timeout=10
        )
        assert asked.status_code in (201, 409), asked.text
        os.kill(first.process.pid, number)
        code, said = first.ended()
        assert code == 0, said
        assert "Traceback" not in said
    with up(tmp_path) as second:
        assert second.get("/journal?limit=1000").json()["rows"][1:], "the journal goes on"


@pytest.mark.process
@pytest.mark.xdist_group("process")
def test_two_orchestrators_do_not_share_a_data_folder(tmp_path: Path) -> None:
    with up(tmp_path):
        code, said = Up(tmp_path).ended()
    assert code == 1
    assert "in use by another orchestrator" in said
    assert "--data-dir" in said


@pytest.mark.process
@pytest.mark.xdist_group("process")
def test_a_corrupt_row_stops_the_start_and_repair_sets_it_aside(tmp_path: Path) -> None:
    with up(tmp_path) as first:
        rows = len(first.get("/journal?limit=1000").json()["rows"])
        first.process.kill()
        first.ended()
    connection = sqlite3.connect(tmp_path / "fleet.db")
    with connection:
        connection.execute("DELETE FROM snapshot")
        connection.execute("UPDATE journal SET event = x'00' WHERE seq = ?", (rows,))
    connection.close()
    code, said = Up(tmp_path).ended()
    assert code == 1
    assert f"row {rows} " in said
    assert "--repair" in said
    with up(tmp_path, "--repair") as repaired:
        assert repaired.get("/health").json()["site"] == SITE
