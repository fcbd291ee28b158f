"""A real orchestrator in a process of its own, a swarm of robots on its wire, and callers at its door."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulators.bench.measure import Result, Row, percentile
from simulators.bench.swarm import Swarm
from simulators.bench.yard import PITCH_M, write_yard

START_S = 60.0
TICKS_PER_S = 100
"""USER_HZ of /proc/PID/stat on Linux."""


@dataclass(frozen=True, slots=True)
class Server:
    process: "subprocess.Popen[bytes]"
    port: int
    control: str

    def cpu_s(self) -> float:
        """User and system time of the orchestrator, without its planner."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def memory_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(robots: int) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        site = write_yard(robots, Path(folder))
        ports = [free_port() for _ in range(3)]
        names = ("--port", "--control-port", "--frames-port")
        options = [word for name, port in zip(names, ports, strict=True) for word in (name, str(port))]
        command = [sys.executable, "-m", "fleet", "up", "--site", str(site), "--data-dir", folder, *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait(ports[0])
            yield Server(process, ports[0], f"tcp://127.0.0.1:{ports[1]}")
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(port: int) -> None:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        with Caller(port) as caller:
            try:
                if caller.get("/api/v1/health"):
                    return
            except OSError:
                time.sleep(0.1)
    raise TimeoutError(f"no orchestrator answered on port {port} within {START_S:.0f} s")


class Caller:
    """One connection that stays open until close(), or the end of a with block."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def get(self, path: str) -> dict[str, object]:
        self._connection.request("GET", path)
        found: dict[str, object] = json.loads(self._connection.getresponse().read())
        return found

    def ask(self, stand: int, robot: str | None) -> dict[str, object]:
        """Raises AssertionError when the mission is not accepted."""
        body = {"template": "go_to", "params": {"to": f"stand-{stand}"}, "robot": robot}
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/api/v1/missions", json.dumps(body), headers)
        response = self._connection.getresponse()
        data: dict[str, object] = json.loads(response.read())
        if response.status != 201:
            raise AssertionError(f"a mission was answered with {response.status}: {data}")
        return data


@contextmanager
def swarm(found: Server, robots: int, poses_hz: float) -> Iterator[Swarm]:
    """Robots that live in a thread until the block ends."""
    places = [(f"r{number:03d}", number * PITCH_M, 6.0) for number in range(robots)]
    members = Swarm(found.control, places, poses_hz)
    stop = threading.Event()
    thread = threading.Thread(target=members.run, args=(stop.is_set,), daemon=True)
    thread.start()
    try:
        _all_joined(found, robots)
        yield members
    finally:
        stop.set()
        thread.join()
        members.close()


def _all_joined(found: Server, robots: int) -> None:
    deadline_s = time.monotonic() + START_S
    with Caller(found.port) as caller:
        while caller.get("/api/v1/health")["robots_online"] != robots:
            if time.monotonic() > deadline_s:
                raise TimeoutError("the robots did not all join")
            time.sleep(0.2)


def dispatch(robots: int = 200, latency_missions: int = 200, missions: int = 2_000) -> Result:
    """POST to order at the robot, durable; then missions a second, pinned and allocated."""
    with server(robots) as found, swarm(found, robots, poses_hz=10.0) as members:
        rows: list[Row] = [{**_latency(found, members, robots, latency_missions), "robots": robots}]
        rows.append(_throughput(found, members, robots, missions, pinned=True))
        rows.append(_throughput(found, members, robots, missions // 2, pinned=False))
        rows.append({"what": "memory", "orchestrator_bytes": found.memory_bytes()})
    return Result("dispatch", rows)


def _latency(found: Server, members: Swarm, robots: int, count: int) -> Row:
    waits_s: list[float] = []
    with Caller(found.port) as caller:
        for number in range(count):
            waits_s.append(_one_latency_s(caller, members, number % robots))
            time.sleep(0.02)
    p50, p99 = percentile(waits_s, 0.50), percentile(waits_s, 0.99)
    return {"what": "post_to_order", "missions": count, "p50_s": round(p50, 4), "p99_s": round(p99, 4)}


def _one_latency_s(caller: Caller, members: Swarm, robot: int) -> float:
    start_s = time.perf_counter()
    mission = str(caller.ask(robot, f"r{robot:03d}")["id"])
    answered_s = time.perf_counter() - start_s
    while mission not in members.counts.seen:
        if time.perf_counter() - start_s > 10.0:
            raise TimeoutError(f"{mission} reached no robot within 10 s")
        time.sleep(0.0005)
    return max(answered_s, members.counts.seen[mission] - start_s)


def _throughput(found: Server, members: Swarm, robots: int, count: int, *, pinned: bool) -> Row:
    """From the first POST until every mission has ended."""
    before = _open_missions(found)
    cpu_s, start_s = found.cpu_s(), time.perf_counter()
    callers = 4
    threads = [
        threading.Thread(target=_ask_many, args=(found.port, robots, range(first, count, callers), pinned))
        for first in range(callers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    posted_s = time.perf_counter() - start_s
    while _open_missions(found) > before:
        if time.perf_counter() - start_s > 300:
            raise TimeoutError("the missions did not all end within 300 s")
        time.sleep(0.05)
    wall_s = time.perf_counter() - start_s
    return {
        "what": "pinned" if pinned else "allocated",
        "missions": count,
        "posted_per_s": round(count / posted_s, 1),
        "ended_per_s": round(count / wall_s, 1),
        "orchestrator_cpu_s": round(found.cpu_s() - cpu_s, 2),
    }


def _open_missions(found: Server) -> int:
    with Caller(found.port) as caller:
        return int(str(caller.get("/api/v1/health")["missions_open"]))


def _ask_many(port: int, robots: int, numbers: range, pinned: bool) -> None:
    with Caller(port) as caller:
        for number in numbers:
            robot = number % robots
            caller.ask(robot, f"r{robot:03d}" if pinned else None)


def ingest(robots: int = 200, poses_hz: float = 10.0, seconds: float = 10.0) -> Result:
    """CPU of the whole orchestrator while robots report poses: how many one core could take."""
    with server(robots) as found, swarm(found, robots, poses_hz) as members:
        time.sleep(1.0)
        poses, cpu_s, start_s = members.counts.poses, found.cpu_s(), time.perf_counter()
        time.sleep(seconds)
        wall_s = time.perf_counter() - start_s
        cpu_s, poses = found.cpu_s() - cpu_s, members.counts.poses - poses
    row: Row = {
        "robots": robots,
        "poses_per_s": round(poses / wall_s),
        "orchestrator_core_fraction": round(cpu_s / wall_s, 3),
        "poses_per_core_s": round(poses / max(cpu_s, 1e-9)),
    }
    return Result("ingest", [row])
