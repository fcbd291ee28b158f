"""Robots that a served world starts itself: real `fleet robot` processes, which end with it."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.cli.processes import Child, Processes, last_words, wait_for
from robots.profiles import ProfileError, load_profile
from simulators.world import WorldError

ROBOT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
ROBOTS_MAX = 100
STOP_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawn:
    """What is asked for. server: the orchestrator's HTTP address."""

    model: str
    robot_id: str
    server: str
    node: str | None = None


class Spawned:
    """Start robots from a thread that outlives them: the kernel ends them with the thread that began them."""

    def __init__(self, folder: Path, world_endpoint: str) -> None:
        self._folder = folder
        self._world = world_endpoint
        self._processes: Processes | None = None
        self._models: dict[str, str] = {}
        self._children: dict[str, Child] = {}

    def start(self, asked: Spawn, speed: float) -> Child:
        """Raises WorldError naming what is wrong; OSError when the folder cannot be made."""
        self._check(asked)
        if self._processes is None:
            logs = self._folder / "logs"
            logs.mkdir(parents=True, exist_ok=True)
            self._processes = Processes(logs)
        words = ["robot", "--driver", "sim", "--model", asked.model, "--id", asked.robot_id]
        places = ["--server", asked.server, "--world", self._world, "--data-dir", str(self._folder)]
        node = [] if asked.node is None else ["--node", asked.node]
        child = self._processes.start(asked.robot_id, [*words, *places, "--speed", f"{speed:g}", *node])
        self._children[asked.robot_id], self._models[asked.robot_id] = child, asked.model
        return child

    def _check(self, asked: Spawn) -> None:
        if not ROBOT_ID.fullmatch(asked.robot_id):
            raise WorldError(f"id '{asked.robot_id}' is no robot id; use letters, digits, - and _")
        if not asked.server.startswith(("http://", "https://")):
            raise WorldError(f"server '{asked.server}' is no address; give http://127.0.0.1:8080 or alike")
        if self.is_running(asked.robot_id):
            raise WorldError(f"robot '{asked.robot_id}' runs already; choose another id")
        if sum(self.is_running(robot_id) for robot_id in self._children) >= ROBOTS_MAX:
            raise WorldError(f"{ROBOTS_MAX} robots run, the most there may be; remove one")
        try:
            load_profile(asked.model)
        except ProfileError as error:
            raise WorldError(str(error)) from error

    def is_running(self, robot_id: str) -> bool:
        child = self._children.get(robot_id)
        return child is not None and child.process.poll() is None

    def stop(self, robot_id: str) -> bool:
        """False when it is none of ours. Takes at most STOP_S."""
        child = self._children.pop(robot_id, None)
        if child is None:
            return False
        child.process.terminate()
        wait_for([child], time.monotonic() + STOP_S)
        if child.process.poll() is None:
            child.process.kill()
        child.process.wait()
        return True

    def shown(self) -> list[dict[str, Any]]:
        return [
            {
                "id": robot_id,
                "model": self._models[robot_id],
                "pid": child.pid,
                "running": child.process.poll() is None,
                "log": str(child.log),
                "said": "" if child.process.poll() is None else last_words(child),
            }
            for robot_id, child in self._children.items()
        ]

    def close(self) -> None:
        """Stop all of them, at once."""
        children = list(self._children.values())
        for child in children:
            child.process.terminate()
        wait_for(children, time.monotonic() + STOP_S)
        for child in children:
            if child.process.poll() is None:
                child.process.kill()
                child.process.wait()
