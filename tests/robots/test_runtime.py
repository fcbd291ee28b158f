"""The whole robot in real time: HTTP for the endpoints, real sockets, a body with a clock of its own."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from robots import protocol as wire
from robots.drivers.base import DriverError
from robots.profiles import ProfileError
from robots.runtime import run
from robots.transport import TransportError

SPEED = 10.0
STEP_S = 0.05


class BodyDriver:
    """A driver without a file descriptor over the bench's body, ten times faster than life."""

    def __init__(self, body) -> None:
        self.body = body
        self.opened = self.closed = False

    def open(self) -> None:
        self.opened, self._start_s, self._ticks = True, time.monotonic(), 0

    def tell(self, message) -> None:
        self.body.tell(message)

    def poll(self, timeout_s):
        due = int((time.monotonic() - self._start_s) * SPEED / STEP_S)
        events = [] if self._ticks else [self.body.motion(), self.body.energy()]
        while self._ticks < due:
            self._ticks += 1
            events += self.body.advance(round(self._ticks * STEP_S, 6))
        return events

    def fileno(self):
        return None

    def close(self) -> None:
        self.closed = True
        self.body.path = ()


class Server:
    """GET /api/v1/link."""

    def __init__(self, answer: dict[str, object] | str) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                known = self.path == "/api/v1/link"
                self.send_response(200 if known else 404)
                self.end_headers()
                self.wfile.write(text.encode() if known else b"")

            def log_message(self, *args):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def orchestrator(new_orchestrator):
    ours = new_orchestrator()
    yield ours
    ours.close()


@pytest.fixture
def serve():
    servers = []

    def start(answer):
        servers.append(Server(answer))
        return servers[-1].url

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def link(orchestrator):
    return {
        "control": f"tcp://127.0.0.1:{orchestrator.port}",
        "frames": f"tcp://127.0.0.1:{orchestrator.frames_port}",
        "protocol_version": wire.PROTOCOL_VERSION,
        "site": "test",
    }


@pytest.fixture
def start(new_body, tmp_path):
    """Runs a robot in a thread; finish() stops it and gives its exit code."""
    running = []

    class Running:
        def __init__(self, url, body=None) -> None:
            self.driver = BodyDriver(body or new_body())
            self.stop, self.code, self.error = threading.Event(), None, None
            self.thread = threading.Thread(target=self._run, args=(url,))
            self.thread.start()

        def _run(self, url) -> None:
            try:
                self.code = run("robot-1", "service", url, self.driver, tmp_path, self.stop, SPEED)
            except (TransportError, DriverError) as error:
                self.error = error

        def finish(self, *, stop=True):
            if stop:
                self.stop.set()
            self.thread.join(10)
            assert not self.thread.is_alive()
            return self.code

    def starting(url, body=None):
        running.append(Running(url, body))
        return running[-1]

    yield starting
    for robot in running:
        robot.finish()


def until(orchestrator, kind, condition=lambda message: True):
    end_s = time.monotonic() + 10
    while time.monotonic() < end_s:
        message = orchestrator.receive()
        if isinstance(message, kind) and condition(message):
            return message
    raise AssertionError(f"no {kind.__name__}")


def welcome(orchestrator):
    hello = until(orchestrator, wire.Hello)
    orchestrator.send(wire.Welcome(protocol_version=1, site_id="test", heartbeat_s=0.2, lost_s=10.0))
    return hello


def way(*xs, first=0, **more):
    nodes = tuple(
        wire.OrderNode(node_id=f"n{x}", seq=first + i, x_m=float(x), y_m=0.0, level="L1")
        for i, x in enumerate(xs)
    )
    return wire.Order(order_id="order-1", base=nodes, **more)


def test_robot_finds_its_orchestrator_carries_an_order_out_and_says_goodbye(start, serve, orchestrator, link):
    robot = start(serve(link))
    hello = welcome(orchestrator)
    assert (hello.robot_id, hello.factsheet.model) == ("robot-1", "service")
    orchestrator.send(way(0, 2, 4, order_update_id=1, last=True))
    assert until(orchestrator, wire.OrderAccepted).order_update_id == 1
    assert until(orchestrator, wire.NodePassed, lambda m: m.seq == 2).node_id == "n4"
    assert until(orchestrator, wire.State, lambda m: m.activity == "ready_idle").order_id == ""
    assert robot.finish() == 0
    assert until(orchestrator, wire.Bye).because == "its program was stopped"
    assert robot.driver.closed


def test_heartbeats_are_in_real_time_although_the_robot_runs_faster(start, serve, orchestrator, link):
    start(serve(link))
    welcome(orchestrator)
    until(orchestrator, wire.State)
    start_s = time.monotonic()
    for _ in range(5):
        until(orchestrator, wire.State)
    assert 0.6 <= time.monotonic() - start_s <= 2.5


def test_restarted_robot_goes_on_with_its_order(start, serve, orchestrator, link, new_body):
    url, body = serve(link), new_body()
    robot = start(url, body)
    welcome(orchestrator)
    orchestrator.send(way(0, 30, 60, order_update_id=1))
    until(orchestrator, wire.Pose, lambda pose: pose.x_m > 3)
    robot.finish()
    assert 3 < body.x_m < 60
    start(url, body)
    hello = until(orchestrator, wire.Hello, lambda hello: hello.last_order_id == "order-1")
    assert (hello.last_order_update_id, hello.last_seq) == (1, 0)
    orchestrator.send(wire.Welcome(protocol_version=1, site_id="test", heartbeat_s=0.2, lost_s=10.0))
    until(orchestrator, wire.NodePassed, lambda m: m.seq == 1)


def test_robot_waits_for_an_orchestrator_that_starts_later(start, serve, orchestrator, link, caplog):
    gone = Server(link)
    gone.close()
    robot = start(gone.url)
    time.sleep(0.3)
    assert caplog.text.count("does not answer") == 1
    assert gone.url in caplog.text
    assert robot.driver.opened
    assert robot.finish() == 0


def test_other_answers_than_endpoints_are_named(start, serve, caplog):
    start(serve("<html>")).stop.wait(0.5)
    assert "answered something else than endpoints" in caplog.text


def test_robot_of_another_version_ends_with_the_users_exit_code(start, serve, link, caplog):
    robot = start(serve({**link, "protocol_version": 7}))
    assert robot.finish(stop=False) == 2
    assert "speaks protocol 7, this robot 1" in caplog.text


def test_robot_refused_for_its_version_ends_with_the_users_exit_code(
    start, serve, orchestrator, link, caplog
):
    robot = start(serve(link))
    until(orchestrator, wire.Hello)
    orchestrator.send(wire.Refused(code="version", message="protocol 1 is not spoken here"))
    assert robot.finish(stop=False) == 2
    assert "protocol 1 is not spoken here" in caplog.text


def test_duplicate_robot_says_so_and_tries_again(start, serve, orchestrator, link, caplog):
    start(serve(link))
    until(orchestrator, wire.Hello)
    orchestrator.send(wire.Refused(code="duplicate", message="Another robot-1 is here.", retry_s=1.0))
    until(orchestrator, wire.Hello)
    assert "refused this robot (duplicate): Another robot-1 is here. Trying again in 1 s." in caplog.text


def test_endpoint_on_another_machine_ends_the_robot_with_a_reason(start, serve, link):
    robot = start(serve({**link, "control": "tcp://10.1.2.3:5570"}))
    robot.finish(stop=False)
    assert "without keys only 127.0.0.1 is allowed" in str(robot.error)
    assert robot.driver.closed


def test_unknown_model_is_refused_before_the_body_is_touched(new_body, tmp_path):
    driver = BodyDriver(new_body())
    with pytest.raises(ProfileError, match="choose one of"):
        run("robot-1", "tank", "http://127.0.0.1:1", driver, tmp_path, threading.Event())
    assert not driver.opened


START = """
import sys, time
start = time.process_time()
import robots.runtime
from robots.profiles import load_profile
load_profile("service")
cpu_s = time.process_time() - start
status = open("/proc/self/status").read()  # ru_maxrss would be the parent's at the fork
rss_mb = int(status.partition("VmHWM:")[2].split()[0]) / 1024
unwanted = ("numba", "numpy", "cv2", "networkx", "fastapi", "pydantic", "httpx")
print(cpu_s, rss_mb, *(name for name in unwanted if name in sys.modules))
"""


@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux' /proc")
def test_robot_process_is_small_and_starts_fast():
    command = [sys.executable, "-c", START]
    runs = [subprocess.run(command, capture_output=True, text=True, timeout=60, check=True) for _ in range(3)]
    figures = [run.stdout.split() for run in runs]
    assert all(len(words) == 2 for words in figures), figures
    assert min(float(cpu_s) for cpu_s, _ in figures) < 0.6  # 0.2 on an idle machine
    assert max(float(rss_mb) for _, rss_mb in figures) < 60
