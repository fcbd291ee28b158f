"""The example in docs/drivers.md: somebody else's simulator, its driver, a real orchestrator, the kit."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fleet.cli.processes import free_ports

EXAMPLES = Path(__file__).parents[3] / "robots" / "drivers" / "examples"
DRIVER = EXAMPLES / "toy_driver.py"
SPEED = "8"
LIMIT_S = 60.0

pytestmark = pytest.mark.process


@pytest.fixture
def run() -> Iterator:
    """Starts processes of this test, and ends them; the last one first."""
    started: list[subprocess.Popen] = []

    def start(*words: str, **options) -> subprocess.Popen:
        started.append(subprocess.Popen([sys.executable, *words], text=True, **options))
        return started[-1]

    yield start
    for process in reversed(started):
        process.terminate()
        process.communicate(timeout=LIMIT_S)


def simulator(run, speed: str) -> str:
    """Its address; the base stands at the hospital's charger_l1_a."""
    program = str(EXAMPLES / "other_simulator.py")
    words = (program, "--port", "0", "--x", "7", "--y", "15", "--speed", speed)
    port = run(*words, stdout=subprocess.PIPE).stdout.readline().split()[-1]
    return f"127.0.0.1:{port}"


def robot_words(address: str, data_dir: Path, speed: str) -> list[str]:
    words = ["-m", "fleet", "robot", "--model", "service", "--id", "toy-1", "--speed", speed]
    words += ["--driver", f"python:{DRIVER}:ToyDriver", "--driver-option", f"address={address}"]
    return [*words, "--data-dir", str(data_dir)]


def until(condition, what: str):
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            found = condition()
        except httpx.TransportError:
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {LIMIT_S:g} s: {what}")


def test_the_driver_is_a_hundred_lines() -> None:
    assert DRIVER.read_text().count("\n") <= 100


def test_a_mission_of_a_real_orchestrator_is_driven_by_the_example(run, tmp_path) -> None:
    http, control, frames = map(str, free_ports(3))
    url = f"http://127.0.0.1:{http}"
    words = ["-m", "fleet", "up", "--site", "county_hospital", "--speed", SPEED, "--port", http]
    run(*words, "--control-port", control, "--frames-port", frames, "--data-dir", str(tmp_path / "up"))
    with httpx.Client(base_url=f"{url}/api/v1", trust_env=False, timeout=LIMIT_S) as api:
        until(lambda: api.get("/health").status_code == 200, "the orchestrator answers")
        run(*robot_words(simulator(run, SPEED), tmp_path, SPEED), "--server", url)
        until(lambda: api.get("/robots").json(), "the robot has joined")
        body = {"template": "go_to", "params": {"to": "charger_l1_b"}, "idempotency_key": "example"}
        mission = api.post("/missions", json=body, headers={"Content-Type": "application/json"}).json()
        ended = until(
            lambda: (
                (m := api.get(f"/missions/{mission['id']}").json())["state"] in ("completed", "failed") and m
            ),
            "the mission has ended",
        )
        assert ended["state"] == "completed", ended
        assert ended["robot"] == "toy-1"


def test_the_example_conforms(run, tmp_path) -> None:
    """On real sockets, with its program killed and started again; the whole list is played by hand."""
    start = " ".join(
        [sys.executable, *robot_words(simulator(run, "2"), tmp_path, "2"), "--server", "{server}"]
    )
    cases = "hello order_driven base_end cancel rubbish link_cut restart_order bye"
    only = [word for case in cases.split() for word in ("--only", case)]
    words = ["-m", "fleet", "robot", "conform", "--server", "http://127.0.0.1:0", "--json", "--start", start]
    kit = run(*words, *only, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ))
    said, told = kit.communicate(timeout=100)
    report = json.loads(said)
    assert report["conforms"], told
    assert report["passed"] == len(cases.split()), told
    assert kit.returncode == 0


def test_a_driver_without_its_simulator_says_what_to_start(run, tmp_path) -> None:
    (port,) = free_ports(1)
    robot = run(*robot_words(f"127.0.0.1:{port}", tmp_path, SPEED), stderr=subprocess.PIPE)
    _, told = robot.communicate(timeout=LIMIT_S)
    assert robot.returncode == 1
    assert f"no simulator at 127.0.0.1:{port}" in told
