"""Ports and folders are checked before anything starts; children are stopped and mourned."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from fleet.cli.demo import obituary
from fleet.cli.processes import Processes, free_ports, last_words, require_folder, require_free
from fleet.errors import UserError


def test_a_port_in_use_is_named_with_the_option_that_chooses_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} is in use") as caught:
            require_free(port, "--port")
    assert "--port N" in caught.value.hint
    require_free(port, "--port")


def test_free_ports_are_all_different() -> None:
    assert len(set(free_ports(20))) == 20


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made") as caught:
        require_folder(tmp_path / "file" / "data")
    assert "--data-dir" in caught.value.hint
    assert require_folder(tmp_path / "a" / "b").is_dir()


@pytest.mark.process
@pytest.mark.xdist_group("process")
def test_a_child_that_dies_is_told_once_with_its_last_words(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    child = processes.start("odd", ["no-such-command"])
    child.process.wait(20)
    assert [dead.name for dead in processes.newly_dead()] == ["odd"]
    assert processes.newly_dead() == []
    assert "No such command" in last_words(child)
    assert "ended with code 2" in obituary(child)


FAKE = """
import signal, sys, time
from pathlib import Path
log = Path("order.log")
def gone(*_):
    time.sleep(0.2)
    with log.open("a") as file:
        file.write(sys.argv[1] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, gone)
print("ready", flush=True)
time.sleep(60)
"""


def fake_fleet(folder: Path, program: str) -> None:
    """A package of that name in this folder, found before the real one."""
    (folder / "fleet").mkdir()
    (folder / "fleet" / "__init__.py").write_text("")
    (folder / "fleet" / "__main__.py").write_text(program)


@pytest.mark.process
@pytest.mark.xdist_group("process")
def test_the_first_child_stops_before_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_fleet(tmp_path, FAKE)
    monkeypatch.chdir(tmp_path)
    processes = Processes(tmp_path)
    children = [processes.start(name, [name]) for name in ("first", "second", "third")]
    deadline = time.monotonic() + 20
    while any("ready" not in child.log.read_text() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    processes.stop()
    stopped = (tmp_path / "order.log").read_text().split()
    assert stopped[0] == "first"
    assert sorted(stopped) == ["first", "second", "third"]


@pytest.mark.process
@pytest.mark.xdist_group("process")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stop_ends_even_a_child_that_ignores_the_polite_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    fake_fleet(tmp_path, f"import signal, time\n{deaf}\nprint('deaf', flush=True)\ntime.sleep(60)\n")
    monkeypatch.chdir(tmp_path)
    processes = Processes(tmp_path)
    child = processes.start("deaf", [])
    deadline = time.monotonic() + 20
    while "deaf" not in child.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    began = time.monotonic()
    processes.stop()
    assert time.monotonic() - began < 6
    assert child.process.returncode == -9
    assert not os.path.exists(f"/proc/{child.pid}")
