"""The main job as a user starts it: real processes, a real site, real missions. Slow."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx
import pytest

from fleet.cli.demo import crew
from fleet.cli.processes import free_ports

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("process"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        "sim" not in {entry.name for entry in entry_points(group="cityfleet.commands")},
        reason="CityFleet is not installed in this environment (pip install -e .)",
    ),
]
STARTED_S = 120.0
"""A first start compiles the camera."""
CLINIC = Path(__file__).parents[3].parent / "shared/data/open-rmf/clinic/clinic.building.yaml"


class Demo:
    def __init__(self, data_dir: Path, *arguments: str) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (data_dir.parent / "demo.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fleet", "demo", *arguments, *self._options(data_dir)],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def _options(self, data_dir: Path) -> list[str]:
        return ["--no-browser", "--port", str(self.port), "--data-dir", str(data_dir)]

    @property
    def said(self) -> str:
        self._log.flush()
        return Path(self._log.name).read_text()

    def get(self, path: str, **params: Any) -> Any:
        got = httpx.get(f"{self.url}/api/v1{path}", params=params, trust_env=False, timeout=10)
        got.raise_for_status()
        return got.json()

    def answers(self, path: str) -> bool:
        try:
            return bool(self.get(path))
        except httpx.TransportError:
            return False

    def until(self, what: Callable[[], Any], within_s: float, name: str) -> Any:
        """The first truthy answer. Fails with the demo's words when it does not come."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.said
            found = what()
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"{name} did not come within {within_s:.0f} s: {self.said}")

    def started(self) -> "Demo":
        self.until(lambda: "Data:" in self.said, STARTED_S, "the five lines")
        return self

    def pids(self) -> list[int]:
        listed = self.said.partition("process ids:")[2].partition(")")[0]
        return [int(pid) for pid in re.findall(r"[\w-]+ (\d+)", listed)]

    def stop(self) -> float:
        """Ctrl-C; how long it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        self._log.close()
        return time.monotonic() - began


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def demo(data_dir: Path) -> Iterator[Demo]:
    running = Demo(data_dir, "--speed", "5").started()
    yield running
    running.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_demo_runs_missions_of_all_families_says_five_lines_and_stops(demo: Demo, data_dir: Path) -> None:
    assert len(demo.said.strip().splitlines()) == 5
    demo.until(lambda: demo.get("/health")["robots_online"] == 6, 30, "six robots")
    everything = {"patrol", "disinfection", "guide", "service"}
    demo.until(
        lambda: {mission["family"] for mission in demo.get("/missions")} == everything, 60, "four families"
    )
    demo.until(lambda: demo.get("/missions", state="completed"), 120, "a completed mission")
    assert demo.get("/missions", state="failed") == []
    before = {mission["id"] for mission in demo.get("/missions")}
    pids = demo.pids()
    assert len(pids) == 8
    assert demo.stop() < 5.0
    assert not any(alive(pid) for pid in pids)
    assert (data_dir / "logs" / "orchestrator.log").exists()

    again = Demo(data_dir, "--speed", "5").started()
    try:
        missions = {mission["id"] for mission in again.get("/missions", limit=1000)}
        assert before <= missions, "the journal goes on"
    finally:
        again.stop()


def test_a_killed_robot_is_mourned_and_nothing_is_restarted(demo: Demo) -> None:
    demo.until(lambda: demo.get("/health")["robots_online"] == 6, 30, "six robots")
    pid = int(re.findall(r"sentry-2 (\d+)", demo.said)[0])
    os.kill(pid, signal.SIGKILL)
    demo.until(lambda: "sentry-2" in demo.said.partition("Data:")[2], 10, "its obituary")
    assert "SIGKILL" in demo.said


def test_a_killed_orchestrator_started_again_loses_nothing(demo: Demo) -> None:
    demo.until(lambda: len(demo.get("/missions", state="running")) >= 3, 60, "three running missions")
    before = {mission["id"]: mission["state"] for mission in demo.get("/missions")}
    os.kill(int(re.findall(r"orchestrator (\d+)", demo.said)[0]), signal.SIGKILL)
    demo.until(lambda: "Start it again with: fleet up" in demo.said, 10, "how to start it again")
    command = re.findall(r"orchestrator .* Start it again with: fleet (.*)", demo.said)[0]
    again = subprocess.Popen(
        [sys.executable, "-m", "fleet", *shlex.split(command)], stderr=subprocess.DEVNULL
    )
    try:
        demo.until(lambda: demo.answers("/health"), 30, "the orchestrator")
        demo.until(lambda: demo.get("/health")["robots_online"] == 6, 30, "all robots")
        after = {mission["id"]: mission["state"] for mission in demo.get("/missions")}
        assert set(before) <= set(after)
        assert not {mission for mission in before if after[mission] in ("failed", "cancelled")}
        done = {mission for mission, state in after.items() if state == "completed"}
        demo.until(
            lambda: {m["id"] for m in demo.get("/missions", state="completed")} - done, 120, "one more"
        )
    finally:
        again.terminate()
        again.wait(20)


def test_a_port_in_use_is_one_sentence_and_starts_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "fleet", "demo", "--port", port, "--data-dir", str(tmp_path / "x")],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port} is in use" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.skipif(not CLINIC.exists(), reason="the shared data folder is not there")
def test_a_building_that_nobody_here_drew_runs_missions_on_both_levels(data_dir: Path) -> None:
    clinic = Demo(data_dir, str(CLINIC), "--speed", "5").started()
    try:
        clinic.until(lambda: clinic.get("/health")["robots_online"] == 6, 60, "six robots")
        seen = _levels(clinic)
        clinic.until(lambda: clinic.get("/missions", state="completed"), 200, "a completed mission")
        families = {mission["family"] for mission in clinic.get("/missions")}
        assert "disinfection" not in families
        clinic.until(lambda: seen.update(_levels(clinic)) or seen == {"L1", "L2"}, 60, "both levels")
    finally:
        clinic.stop()


def _levels(demo: Demo) -> set[str]:
    return {robot["pose"]["level"] for robot in demo.get("/robots")}


def test_the_crew_has_all_families_and_nobody_disinfects_without_rooms() -> None:
    names = [name for _, name in crew(6, rooms=True)]
    assert names == ["carrier-1", "sentry-1", "lumen-1", "guide-1", "carrier-2", "sentry-2"]
    assert "auto_disinfection" not in [model for model, _ in crew(20, rooms=False)]
    assert len({name for _, name in crew(50, rooms=True)}) == 50
