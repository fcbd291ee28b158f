"""500 robots that move ten times a second cost at most 6 ms of script a frame."""

import json
import math
import threading
import time
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served

ROBOTS = 500
RATE_HZ = 10
MEASURED_S = 2.0
TRIES = 3
"""Where other work takes the processor there are few frames, and each carries more of the messages' cost."""
SCRIPT_MS_MAX = 6.0
FAMILIES = ("service", "patrol", "disinfection", "guide")


def pose(number: int, at_s: float) -> dict[str, Any]:
    angle = number * 0.7 + at_s * 0.25
    return {
        "level": "L1",
        "x_m": 30 + (4 + number % 25) * math.cos(angle),
        "y_m": 18 + (2 + number % 15) * math.sin(angle),
        "yaw_rad": angle + math.pi / 2,
        "speed_mps": 1.0,
        "at_s": at_s,
    }


def robot(number: int, template: dict[str, Any], at_s: float) -> dict[str, Any]:
    here = pose(number, at_s)
    ahead = [(here["x_m"] + step, here["y_m"] + step / 2) for step in range(4)]
    return {
        **template,
        "id": f"robot-{number}",
        "family": FAMILIES[number % 4],
        "activity": "moving",
        "battery_fraction": number / ROBOTS,
        "pose": here,
        "path": ahead,
        "horizon": [(x + 5, y + 2) for x, y in ahead],
    }


class Swarm:
    """Speaks instead of the orchestrator on the stream."""

    def __init__(self, served: Served) -> None:
        self._snapshot = json.loads(served.town.app.state.broadcaster.snapshot())
        self._template = self._snapshot["robots"][0]
        self.ending = threading.Event()

    def speak(self, socket: WebSocketRoute) -> None:
        now_s = time.time()
        robots = [robot(number, self._template, now_s) for number in range(ROBOTS)]
        socket.send(json.dumps({**self._snapshot, "robots": robots}))

    def changes(self, tick: int) -> str:
        """All robots moved; one in fifty changed otherwise, as a node passed would do."""
        now_s = time.time()
        whole = range(tick % 50, ROBOTS, 50)
        return json.dumps(
            {
                "type": "changes",
                "now_s": now_s,
                "health": None,
                "missions": [],
                "robots": [robot(number, self._template, now_s) for number in whole],
                "poses": {f"robot-{n}": pose(n, now_s) for n in range(ROBOTS) if n not in whole},
                "alerts": [],
                "building": None,
            }
        )


COUNT_FRAMES = """() => {
    window.frames_seen = 0;
    const count = () => { window.frames_seen += 1; requestAnimationFrame(count); };
    requestAnimationFrame(count);
}"""


def script_s(metrics: dict[str, Any]) -> float:
    return next(entry["value"] for entry in metrics["metrics"] if entry["name"] == "ScriptDuration")


def measure(page: Page, sockets: list[WebSocketRoute], swarm: Swarm) -> tuple[float, float]:
    """Script ms of CPU a frame, frames a second."""
    profiler = page.context.new_cdp_session(page)
    profiler.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(COUNT_FRAMES)
    before, begun_s = script_s(profiler.send("Performance.getMetrics")), time.monotonic()
    tick = 0
    while time.monotonic() - begun_s < MEASURED_S:
        sockets[-1].send(swarm.changes(tick))
        tick += 1
        page.wait_for_timeout(max(begun_s + tick / RATE_HZ - time.monotonic(), 0.001) * 1000)
    frames = page.evaluate("window.frames_seen")
    spent_s = script_s(profiler.send("Performance.getMetrics")) - before
    return spent_s / frames * 1000, frames / (time.monotonic() - begun_s)


def test_500_moving_robots_cost_at_most_6_ms_of_script_a_frame(open_page: OpenPage, served: Served) -> None:
    swarm = Swarm(served)
    sockets: list[WebSocketRoute] = []
    page = open_page("/operations")
    page.context.route_web_socket(
        "**/api/v1/stream", lambda socket: (sockets.append(socket), swarm.speak(socket))
    )
    page.reload()
    expect(page.get_by_role("tab", name=f"Robots {ROBOTS}")).to_be_visible()
    page.wait_for_timeout(1000)
    figures = [measure(page, sockets, swarm) for _ in range(TRIES)]
    best_ms = min(script_ms for script_ms, _ in figures)
    assert best_ms <= SCRIPT_MS_MAX, f"(script ms a frame, frames a second): {figures}"
