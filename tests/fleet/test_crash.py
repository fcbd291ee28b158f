"""Kill the orchestrator with SIGKILL in the middle of everything; what was accepted must be done, once."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from robots import protocol as wire
from tests.fleet.links.paper import PaperRobot, eventually, factsheet, state

ROOT = Path(__file__).parents[2]
SITE = ROOT / "tests/maps/sites/two_rooms.yaml"
START_S = 30.0

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("process")]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for opened in sockets:
        opened.bind(("127.0.0.1", 0))
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


class Server:
    """`fleet up` in a process of its own, on ports that stay the same when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http, self.control, self.frames = free_ports(3)
        self.url = f"http://127.0.0.1:{self.http}/api/v1"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        ports = ("--port", self.http, "--control-port", self.control, "--frames-port", self.frames)
        command = [sys.executable, "-m", "fleet", "up", "--site", SITE, "--data-dir", self.folder, *ports]
        with (self.folder.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)
        eventually(self.answers, START_S)

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder.parent / "server.log").read_text()
        try:
            return httpx.get(f"{self.url}/health", timeout=2.0).is_success
        except httpx.TransportError:
            return False

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            os.kill(self.process.pid, number)
            self.process.wait(15.0)
            self.process = None

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.url}{path}", timeout=5.0).raise_for_status().json()

    def order_delivery(self, key: str) -> dict[str, Any]:
        body = {"template": "deliver", "params": {"from": "room_a", "to": "room_b", "pin": "4711"}}
        headers = {"Idempotency-Key": key}
        response = httpx.post(f"{self.url}/missions", json=body, headers=headers, timeout=10.0)
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path / "data")
    started.start()
    yield started
    started.kill()


class Carrier:
    """A robot that remembers its order, as real ones do, and says hello when it is asked to."""

    def __init__(self, robot: PaperRobot) -> None:
        self.robot = robot
        self.memory = wire.Hello(
            robot_id=robot.robot_id, boot_id=robot.boot_id, protocol_version=1, factsheet=factsheet()
        )
        self.place = state()
        self.loads = 0
        self.unloads = 0
        self.done: dict[str, None] = {}
        self.said_s = 0.0

    def greet(self) -> None:
        self.robot.say(self.memory, self.place)

    def work(self, wait_s: float = 0.05, orders_max: int = 1_000) -> int:
        """Do what has come and say where it is; returns how many orders were obeyed."""
        obeyed = 0
        if time.monotonic() - self.said_s > 0.3:
            self.said_s = time.monotonic()
            self.robot.say(self.place)
        for message in self.robot.listen(wait_s):
            match message:
                case wire.Refused(code="hello"):
                    self.greet()
                case wire.Cancel():
                    self.robot.say(wire.Ack(ref=message.cancel_id))
                case wire.Order() if obeyed < orders_max:
                    obeyed += 1
                    self._obey(message)
        return obeyed

    def _obey(self, order: wire.Order) -> None:
        if order.order_id in self.done:
            return
        last = order.base[-1]
        self.place = msgspec.structs.replace(self.place, x_m=last.x_m, y_m=last.y_m, level=last.level)
        time.sleep(0.01)  # at least a little of what driving takes, else it floods the link with reports
        finished = order.last
        self.memory = msgspec.structs.replace(
            self.memory,
            last_order_id=order.order_id,
            last_order_update_id=order.order_update_id,
            last_seq=last.seq,
            action_done=finished,
        )
        if finished:
            self.done[order.order_id] = None
            self._count(order)
        self.robot.obey(order)

    def _count(self, order: wire.Order) -> None:
        action = order.action.action_type if order.action is not None else ""
        self.loads += action == "load"
        self.unloads += action == "unload"

    def work_until(self, server: Server, mission_id: str, wait_s: float = 40.0) -> dict[str, Any]:
        deadline_s = time.monotonic() + wait_s
        while time.monotonic() < deadline_s:
            self.work()
            mission: dict[str, Any] = server.get(f"/missions/{mission_id}")
            if mission["state"] in ("completed", "failed", "cancelled"):
                return mission
        raise AssertionError(f"{mission_id} did not end: {mission}, {server.get('/robots')}")


@pytest.fixture
def carrier(server: Server) -> Iterator[Carrier]:
    with PaperRobot(f"tcp://127.0.0.1:{server.control}") as robot:
        built = Carrier(robot)
        built.greet()
        robot.expect(wire.Welcome)
        yield built


def test_accepted_mission_is_done_once_after_a_kill_in_the_middle(server: Server, carrier: Carrier) -> None:
    answer = server.order_delivery("key-1")
    while carrier.loads == 0:
        carrier.work(orders_max=1)
    server.kill()
    server.start()
    mission = carrier.work_until(server, answer["id"])
    assert mission["state"] == "completed", mission
    assert (carrier.loads, carrier.unloads) == (1, 1)
    again = server.order_delivery("key-1")
    assert (again["id"], again["repeated"]) == (answer["id"], True)
    assert len(server.get("/missions")) == 1


def test_kill_right_after_the_answer_forgets_nothing(server: Server, carrier: Carrier) -> None:
    answers = [server.order_delivery(f"key-{n}") for n in range(5)]
    server.kill()
    server.start()
    known = {mission["id"] for mission in server.get("/missions")}
    assert known == {answer["id"] for answer in answers}
    for answer in answers:
        mission = carrier.work_until(server, answer["id"])
        assert mission["state"] == "completed", mission
    assert (carrier.loads, carrier.unloads) == (5, 5)


def test_three_kills_in_a_row_still_end_the_mission(server: Server, carrier: Carrier) -> None:
    answer = server.order_delivery("key-1")
    for _ in range(3):
        carrier.work(0.3)
        server.kill()
        server.start()
    assert carrier.work_until(server, answer["id"])["state"] == "completed"
    assert (carrier.loads, carrier.unloads) == (1, 1)


def test_polite_stop_leaves_nothing_to_replay(server: Server, carrier: Carrier) -> None:
    server.order_delivery("key-1")
    server.kill(signal.SIGTERM)
    server.start()
    log = (server.folder.parent / "server.log").read_text()
    assert "(0 replayed on snapshot" in log.splitlines()[-1]
