"""Plays the agent against a driver and says what it breaks of robots/drivers/base.py. The body moves.

The clock is given: fleet robot check-driver gives the real one, a test its own, which poll() moves on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, sin
from typing import TypeVar

from robots.drivers.base import (
    Blocked,
    Capture,
    Drive,
    Driver,
    Energy,
    Frame,
    FromBody,
    Halt,
    Motion,
    Reached,
    Sensed,
    ToBody,
    Waypoint,
)

E = TypeVar("E", bound=FromBody)
POLL_S = 0.02
TELL_S = 0.05
SPEED_MPS = 0.4
DRIVE_S = 40.0
REST_MPS = 0.02
LAST_M = 0.06
STEPS = 4


class DriverBreach(Exception):  # noqa: N818 - a verdict, caught by check()
    """What the driver did instead; caught by check()."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    name: str
    says: str
    """What base.py asks for."""
    seen: str
    """'' when it keeps to it."""


class Bench:
    """The driver, what it has reported, and the clock."""

    def __init__(
        self, driver: Driver, clock: Callable[[], float], track_m: float, pause: Callable[[float], None]
    ) -> None:
        self._driver = driver
        self._pause = pause
        self._clock = clock
        self._seq = 0
        self._home: Motion | None = None
        self._track_m = track_m
        self.heard: list[tuple[float, FromBody]] = []

    def tell(self, message: ToBody) -> None:
        start_s = self._clock()
        self._driver.tell(message)
        took_s = self._clock() - start_s
        if took_s > TELL_S:
            raise DriverBreach(f"tell({type(message).__name__}) took {took_s:.2f} s: it may never block")

    def reset(self) -> None:
        """Before the next probe, whatever happened."""
        self._driver.tell(Halt())
        self.run(3.0)

    def run(self, limit_s: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Poll until it comes true; False: the time has passed."""
        end_s = self._clock() + limit_s
        while not until():
            if self._clock() >= end_s:
                return False
            found = self._driver.poll(POLL_S)
            if not found:
                self._pause(POLL_S / 2)  # a driver need not wait in poll()
            self.heard += [(self._clock(), event) for event in found]
        return True

    def since(self, mark: int, kind: type[E]) -> list[tuple[float, E]]:
        return [(at_s, event) for at_s, event in self.heard[mark:] if isinstance(event, kind)]

    @property
    def motion(self) -> Motion:
        return self.since(0, Motion)[-1][1]

    def path(self, steps: int) -> tuple[Waypoint, ...]:
        """Straight ahead of where it stood at first, towards where there is more room."""
        here = self.motion
        home = self._home = self._home or here
        along_m = (here.x_m - home.x_m) * cos(home.yaw_rad) + (here.y_m - home.y_m) * sin(home.yaw_rad)
        step_m = self._track_m / (2 * STEPS) * (1 if along_m <= self._track_m / 2 else -1)
        return tuple(self._point(home, along_m + (index + 1) * step_m) for index in range(steps))

    def _point(self, home: Motion, at_m: float) -> Waypoint:
        self._seq += 1
        x_m, y_m = home.x_m + at_m * cos(home.yaw_rad), home.y_m + at_m * sin(home.yaw_rad)
        return Waypoint(x_m=x_m, y_m=y_m, level=home.level, seq=self._seq, speed_mps_max=SPEED_MPS)

    def here(self) -> Waypoint:
        """The point where it stands."""
        self._seq += 1
        here = self.motion
        return Waypoint(x_m=here.x_m, y_m=here.y_m, level=here.level, seq=self._seq, speed_mps_max=SPEED_MPS)

    def reached(self, mark: int) -> list[int]:
        return [event.seq for _, event in self.since(mark, Reached)]

    def wait_reached(self, mark: int, point: Waypoint) -> None:
        if not self.run(DRIVE_S, lambda: point.seq in self.reached(mark)):
            heard, blocked = self.reached(mark), self.since(mark, Blocked)
            why = f"; it says that in its way is: {blocked[-1][1].what}" if blocked else ""
            raise DriverBreach(f"no Reached for seq {point.seq} within {DRIVE_S:g} s; heard {heard}{why}")

    def wait_rest(self, limit_s: float) -> None:
        if not self.run(limit_s, lambda: abs(self.motion.speed_mps) < REST_MPS):
            raise DriverBreach(f"it still moves at {self.motion.speed_mps:.2f} m/s after {limit_s:g} s")


def check(
    driver: Driver,
    clock: Callable[[], float],
    track_m: float = 4.0,
    pause: Callable[[float], None] = lambda _: None,
) -> list[Finding]:
    """All findings, in order. The driver is open already. Raises what the driver raises."""
    bench, found = Bench(driver, clock, track_m, pause), []
    for name, says, play in PROBES:
        try:
            play(bench)
        except DriverBreach as breach:
            found.append(Finding(name=name, says=says, seen=str(breach)))
            if name == "first_words":
                return found  # nothing else can be judged
            bench.reset()
        else:
            found.append(Finding(name=name, says=says, seen=""))
    driver.tell(Halt())
    return found


def _first_words(bench: Bench) -> None:
    bench.run(3.0, lambda: bool(bench.since(0, Motion) and bench.since(0, Energy)))
    for kind in (Motion, Energy):
        if not bench.since(0, kind):
            raise DriverBreach(f"no {kind.__name__} within 3 s of open(): the robot never greets")
    fraction = bench.since(0, Energy)[0][1].battery_fraction
    if not 0.0 <= fraction <= 1.0:
        raise DriverBreach(f"battery_fraction is {fraction:g}: it is 0 to 1")


def _at_rest(bench: Bench) -> None:
    mark = len(bench.heard)
    bench.run(6.0)
    for kind in (Sensed, Motion):
        at_s = [at for at, _ in bench.since(mark, kind)]
        longest_s = max((b - a for a, b in pairwise(at_s)), default=float("inf"))
        if longest_s > 1.5:
            raise DriverBreach(f"{len(at_s)} {kind.__name__} in 6 s at rest: one a second is due")


def _drives(bench: Bench) -> None:
    path, mark = bench.path(STEPS), len(bench.heard)
    bench.tell(Drive(path=path))
    bench.wait_reached(mark, path[-1])
    bench.wait_rest(3.0)
    bench.run(1.5)
    due = [point.seq for point in path]
    if bench.reached(mark) != due:
        raise DriverBreach(f"Reached for seqs {bench.reached(mark)}; due were {due}, each once")
    away_m = hypot(bench.motion.x_m - path[-1].x_m, bench.motion.y_m - path[-1].y_m)
    if away_m > LAST_M:
        raise DriverBreach(f"it rests {away_m:.2f} m from the last point: within 5 cm is asked for")
    fastest = max(abs(event.speed_mps) for _, event in bench.since(mark, Motion))
    if fastest > 1.2 * SPEED_MPS:
        raise DriverBreach(f"it drove {fastest:.2f} m/s where speed_mps_max is {SPEED_MPS:g}")
    _moving_rate([at for at, event in bench.since(mark, Motion) if abs(event.speed_mps) > REST_MPS])


def _moving_rate(at_s: Sequence[float]) -> None:
    longest_s = max((b - a for a, b in pairwise(at_s)), default=float("inf"))
    if longest_s > 0.5:
        raise DriverBreach(f"Motion came up to {longest_s:.1f} s apart while it drove: 10 a second are due")


def _extends(bench: Bench) -> None:
    path, mark = bench.path(STEPS), len(bench.heard)
    bench.tell(Drive(path=path[:2]))
    bench.wait_reached(mark, path[0])
    on_way = len(bench.heard)
    bench.tell(Drive(path=path[1:]))
    bench.wait_reached(mark, path[2])
    if any(abs(event.speed_mps) < REST_MPS for _, event in bench.since(on_way, Motion)):
        raise DriverBreach("it stopped although its path had been extended in time")
    bench.wait_reached(mark, path[-1])


def _brakes(bench: Bench, message: Drive | Halt) -> None:
    path, mark = bench.path(STEPS), len(bench.heard)
    bench.tell(Drive(path=path))
    bench.wait_reached(mark, path[0])
    bench.tell(message)
    bench.wait_rest(3.0)
    start, told = bench.motion, len(bench.heard)
    bench.run(2.0)
    moved_m = hypot(bench.motion.x_m - start.x_m, bench.motion.y_m - start.y_m)
    if moved_m > LAST_M or path[-1].seq in bench.reached(mark):
        raise DriverBreach(f"it went on after {type(message).__name__}")
    if bench.reached(told):
        raise DriverBreach(f"Reached {bench.reached(told)} for a path that was taken back")


def _here(bench: Bench) -> None:
    bench.wait_rest(3.0)
    point, mark = bench.here(), len(bench.heard)
    bench.tell(Drive(path=(point,)))
    if not bench.run(2.0, lambda: point.seq in bench.reached(mark)):
        raise DriverBreach("no Reached within 2 s for the point where it stands")


def _captures(bench: Bench) -> None:
    if not bench.run(1.5, lambda: bool(bench.since(0, Frame))):
        return  # no camera
    bench.tell(Capture(tag="check"))
    if not bench.run(3.0, lambda: any(event.tag == "check" for _, event in bench.since(0, Frame))):
        raise DriverBreach("no Frame with the Capture's tag within 3 s")


PROBES: tuple[tuple[str, str, Callable[[Bench], None]], ...] = (
    ("first_words", "Motion and Energy come as soon as it is open.", _first_words),
    ("at_rest", "Sensed and Motion come once a second at rest.", _at_rest),
    ("here", "A point within reach counts as reached at once.", _here),
    (
        "drives",
        "Drive: points in order, Reached once each, rest at the last within 5 cm, speed kept.",
        _drives,
    ),
    ("extends", "A longer path replaces the old one without a stop.", _extends),
    ("brakes", "An empty Drive brakes and holds.", lambda bench: _brakes(bench, Drive(path=()))),
    ("halts", "Halt brakes and keeps no path.", lambda bench: _brakes(bench, Halt())),
    ("captures", "A Capture is answered with a Frame that has its tag (with a camera).", _captures),
)
