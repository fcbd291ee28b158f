"""A driver in 100 lines: other_simulator.py's base behind our interface. docs/drivers.md explains it."""

import json
import math
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

from robots.drivers import base as body
from robots.protocol import Factsheet

LAST_M, PASSED_M, ALIGNED_RAD = 0.05, 0.15, 0.3


class ToyDriver:
    """address: HOST:PORT of the simulator. level: the base knows no floors, the site's name for its one."""

    def __init__(self, robot_id: str, facts: Factsheet, address: str = "127.0.0.1:7000", level: str = "L1"):
        self._address, self._level, self._turn_radps = address, level, min(1.0, facts.turn_radps_max)
        self._path: tuple[body.Waypoint, ...] = ()
        self._unread, self._charging = b"", False
        self._moved_s = self._sensed_s = self._energy_s = float("-inf")

    def open(self) -> None:
        host, _, port = self._address.rpartition(":")
        try:
            self._socket = socket.create_connection((host, int(port)), timeout=5.0)
        except (OSError, ValueError) as error:
            raise body.DriverError(f"no simulator at {self._address} ({error}): start it.") from error
        self._socket.setblocking(False)

    def tell(self, message: body.ToBody) -> None:
        if isinstance(message, body.Drive | body.Halt):  # the new path replaces the old one, at once
            self._path = message.path if isinstance(message, body.Drive) else ()
        elif isinstance(message, body.SetDevice) and message.device == "charger":
            self._charging, self._energy_s = message.value == "on", float("-inf")

    def poll(self, timeout_s: float) -> list[body.FromBody]:
        try:
            data = self._socket.recv(65536)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            raise body.DriverError(f"the simulator at {self._address} has gone: start both again.")
        *lines, self._unread = (self._unread + data).split(b"\n")
        return [event for line in lines for event in self._read(json.loads(line), time.monotonic())]

    def fileno(self) -> int | None:
        return self._socket.fileno()

    def close(self) -> None:
        self._velocity(0.0, 0.0)
        self._socket.close()

    def _read(self, pose: dict[str, float], now_s: float) -> Iterator[body.FromBody]:
        if now_s >= self._moved_s + 0.1:
            self._moved_s = now_s
            x_m, y_m, yaw_rad, v = (pose[name] for name in ("x", "y", "theta", "v"))
            yield body.Motion(level=self._level, x_m=x_m, y_m=y_m, yaw_rad=yaw_rad, speed_mps=v)
        if now_s >= self._energy_s + 5.0:
            self._energy_s = now_s
            yield body.Energy(battery_fraction=pose["battery"], charging=self._charging)
        if now_s >= self._sensed_s + 1.0:
            self._sensed_s = now_s
            yield body.Sensed()
        while self._path and self._away_m(pose) <= (PASSED_M if len(self._path) > 1 else LAST_M):
            yield body.Reached(seq=self._path[0].seq)
            self._path = self._path[1:]
        self._steer(pose)

    def _away_m(self, pose: dict[str, float]) -> float:
        return math.hypot(self._path[0].x_m - pose["x"], self._path[0].y_m - pose["y"])

    def _steer(self, pose: dict[str, float]) -> None:
        """Turn towards the next point, then go, no faster than the brakes can do at the next corner."""
        v = w = 0.0
        if self._path:
            bearing = math.atan2(self._path[0].y_m - pose["y"], self._path[0].x_m - pose["x"])
            off_rad = math.remainder(bearing - pose["theta"], math.tau)
            w = max(-self._turn_radps, min(self._turn_radps, 2.0 * off_rad))
            if abs(off_rad) < ALIGNED_RAD:
                v = min(self._path[0].speed_mps_max, (0.6 * self._straight_m(pose, bearing)) ** 0.5)
        self._velocity(v, w)

    def _straight_m(self, pose: dict[str, float], bearing: float) -> float:
        way_m = self._away_m(pose)
        for a, b in pairwise(self._path):
            turn = math.atan2(b.y_m - a.y_m, b.x_m - a.x_m) - bearing
            if abs(math.remainder(turn, math.tau)) > ALIGNED_RAD:
                return way_m
            way_m += math.hypot(b.x_m - a.x_m, b.y_m - a.y_m)
        return way_m

    def _velocity(self, v: float, w: float) -> None:
        with suppress(OSError):  # poll() says so
            self._socket.sendall(json.dumps({"cmd": "velocity", "v": v, "w": w}).encode() + b"\n")
