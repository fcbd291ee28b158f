"""The real API and core with toy robots, served on a loopback port: what the browser tests look at.

`python -m tests.browser.live_town 8080` serves it for a person.
"""

import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import uvicorn

from fleet.api.server import bind, server
from fleet.core import commands as cm
from fleet.core import events as ev
from missions.planning.planner import plan
from tests.browser.toys import SPEED_MPS, Places, Toy
from tests.fleet.api.town import Entry, Pose, Town

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "fleet" / "console" / "dist"
TICK_S = 0.1
FLEET = {
    "carrier-1": ("service", "charger_l1_a", 0.92),
    "carrier-2": ("service", "charger_l1_b", 0.61),
    "sentry-1": ("patrol", "charger_l2_a", 0.83),
    "sentry-2": ("patrol", "parking_l1_b", 0.34),
    "lumen-1": ("disinfection", "charger_l2_b", 0.78),
    "guide-1": ("guide", "parking_l1_a", 0.97),
}


@dataclass(frozen=True, kw_only=True)
class Point:
    cell: str
    level: str
    x_m: float
    y_m: float


@dataclass(frozen=True, kw_only=True)
class Path2:
    base: Sequence[Point]
    horizon: Sequence[Point]


class LiveTown(Town):
    """One lock for the core: the API's threads and the clock take turns."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.RLock()
        self._events: deque[ev.AnyEvent] = deque()
        self.toys: dict[str, Toy] = {}
        self.places: Places = {}
        super().__init__(folder, console_dir=CONSOLE)
        self.now_s = time.time()
        self.places = {c.cell_id: (c.level, c.x_m, c.y_m) for c in self.cells.cells.values()}
        self.views.path = self.path  # type: ignore[method-assign,assignment]
        for lift in self.graph.site.lifts:
            level = lift.home_level or next(iter(lift.cabin_nodes))
            self.say(ev.LiftReported(lift=lift.lift_id, level=level, doors="closed", session=""))
        for door in self.graph.site.doors:
            if door.automatic:
                self.say(ev.DoorReported(door=door.door_id, state="closed"))

    def join(self, robot_id: str, family: str, place: str, battery_fraction: float = 0.9) -> None:
        node = self.graph.nodes[self.graph.places[place].node]
        self.toys[robot_id] = Toy(robot_id, node.level, node.x_m, node.y_m, battery_fraction=battery_fraction)
        self.robot(robot_id, family, place, battery_fraction)

    # -- the core's side ----------------------------------------------------------------------------------

    def request(self, event: ev.AnyEvent) -> "Future[tuple[cm.AnyCommand, ...]]":
        with self._lock:
            return super().request(event)

    def say(self, event: ev.AnyEvent) -> tuple[cm.AnyCommand, ...]:
        """One event and all that follows at once."""
        with self._lock:
            self._events.append(event)
            first: tuple[cm.AnyCommand, ...] | None = None
            while self._events:
                out = self._handle(self._events.popleft())
                first = out if first is None else first
                for command in out:
                    self._events.extend(self._answers(command))
            return first or ()

    def _handle(self, event: ev.AnyEvent) -> tuple[cm.AnyCommand, ...]:
        out = self.core.handle(event, self.now_s)
        self.views.changed(self.core.drain_changes())
        self.journal.append(Entry(seq=len(self.journal) + 1, now_s=self.now_s, event=event, commands=out))
        return out

    def _answers(self, command: cm.AnyCommand) -> list[ev.AnyEvent]:
        match command:
            case cm.SolvePlan(problem=problem):
                return [ev.PlanSolved(answer=plan(self.cells, problem))]
            case cm.RequestDoor(door=door, want=want):
                return [ev.DoorReported(door=door, state=want)]
            case cm.RequestLift(lift=lift, session=session, level=level):
                return [ev.LiftReported(lift=lift, level=level, doors="open", session=session)]
            case cm.SendOrder() | cm.SendCancel() | cm.SendInstant():
                toy = self.toys.get(command.robot_id)
                return toy.obey(command) if toy else []
        return []

    # -- time ---------------------------------------------------------------------------------------------

    def tick(self, elapsed_s: float = TICK_S) -> None:
        with self._lock:
            self.now_s = time.time()
            due_s = self.core.next_deadline_s()
            if due_s is not None and due_s <= self.now_s:
                self.say(ev.DeadlineReached())
            for toy in list(self.toys.values()):
                for event in toy.step(self.places, elapsed_s):
                    self.say(event)
                if toy.moved:
                    self.views.moved(toy.robot_id, self._pose(toy))

    def _pose(self, toy: Toy) -> Pose:
        speed_mps = SPEED_MPS if toy.driving else 0.0
        return Pose(
            level=toy.level,
            x_m=toy.x_m,
            y_m=toy.y_m,
            yaw_rad=toy.yaw_rad,
            speed_mps=speed_mps,
            at_s=self.now_s,
        )

    def path(self, robot_id: str) -> Path2 | None:
        toy = self.toys.get(robot_id)
        if toy is None or toy.order is None:
            return None
        return Path2(base=self._points(toy.todo), horizon=self._points(toy.order.horizon))

    def _points(self, cells: Sequence[cm.OrderCell]) -> list[Point]:
        found = [(cell.cell, *self.places[cell.cell]) for cell in cells]
        return [Point(cell=cell, level=level, x_m=x_m, y_m=y_m) for cell, level, x_m, y_m in found]

    # -- what happens to it ---------------------------------------------------------------------------------

    def ask(self, template: str, *, robot: str | None = None, **params: Any) -> str:
        values = {name: tuple(v) if isinstance(v, list) else v for name, v in params.items()}
        mission = self.services.templates.expand(
            template, values, self.graph, robot=robot, requested_by="ward 3"
        )
        said = self.say(ev.MissionRequested(mission=mission, request_key=f"key-{time.monotonic_ns()}"))
        return next(command.mission_id for command in said if isinstance(command, cm.AcceptMission))

    def lose(self, robot_id: str) -> None:
        """It is switched off in the middle of what it does."""
        toy = self.toys[robot_id]
        toy.mute = True
        self.say(
            ev.RobotFellSilent(robot_id=robot_id, silent_s=5.0, level=toy.level, x_m=toy.x_m, y_m=toy.y_m)
        )

    def picture(self, robot_id: str, text: str) -> None:
        """It sends a camera picture."""
        self.views.frames[robot_id] = jpeg(text)

    def evidence(self, mission_id: str, name: str) -> None:
        """A picture was taken for this mission."""
        folder = self.frames_dir / mission_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(jpeg(name))


def jpeg(text: str) -> bytes:
    frame = np.full((480, 640, 3), (90, 80, 60), np.uint8)
    cv2.rectangle(frame, (0, 300), (640, 480), (70, 70, 70), -1)
    cv2.putText(frame, text, (40, 240), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (230, 230, 230), 3)
    return cv2.imencode(".jpg", frame)[1].tobytes()


class Served:
    """A town under an address, until it is closed. stop(), then start(): it died and is back."""

    def __init__(self, town: LiveTown, port: int = 0) -> None:
        self.town = town
        self._port = port
        self._server: uvicorn.Server | None = None
        self._threads: list[threading.Thread] = []
        self._ending = threading.Event()
        self._clock = threading.Thread(target=self._run, daemon=True)
        self.start()
        self._clock.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        listener = bind("127.0.0.1", self._port)
        self._port = listener.getsockname()[1]
        self._server = server(self.town.app)
        thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        self._threads.append(thread)

    def stop(self) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._threads[-1].join(timeout=10)

    def close(self) -> None:
        self._ending.set()
        self._clock.join(timeout=10)
        self.stop()

    def _run(self) -> None:
        while not self._ending.wait(TICK_S):
            self.town.tick()


@contextmanager
def serving(folder: Path, *, port: int = 0) -> Iterator[Served]:
    """The demo's fleet in the county hospital."""
    town = LiveTown(folder)
    for robot_id, (family, place, battery_fraction) in FLEET.items():
        town.join(robot_id, family, place, battery_fraction)
        town.picture(robot_id, robot_id)
    served = Served(town, port)
    try:
        yield served
    finally:
        served.close()


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), port=port) as served:
        served.town.ask("deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "4711", "item": "insulin"})
        served.town.ask("patrol_tour", checkpoints=["pharmacy", "ward_202"])
        threading.Event().wait()


if __name__ == "__main__":
    main()
