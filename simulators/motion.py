"""How a body moves: along the lines between its waypoints, under its limits of speed, acceleration, turning.

One step per tick, whatever its length: the speed at its end is the highest from which everything ahead
(corners, limits, the end, an obstacle) can still be met: a long tick brakes as exactly as a short one.
Deviations from a real body: the centre follows the lines exactly, corners included; the heading lags behind
at the turning rate and slows the body down; it turns in place where the way leads back.
"""

import itertools
import math
from collections import deque
from collections.abc import Iterator

from maps.elements import Point
from robots.drivers.base import Waypoint
from simulators.geometry import wrapped

REACHED_M = 0.02
HARD_BRAKE = 2.0
"""A halt and an obstacle brake at this multiple of the usual deceleration."""
TURN_IN_PLACE_RAD = 1.75
CORNER_RAD = 0.35
CORNER_RADIUS_M = 0.35
"""Of the curve that a corner stands for: it is taken at turning rate times this."""
PASSED_KEPT = 16


class Mover:
    """Pose, speed and path of one body."""

    def __init__(
        self, place: Waypoint, *, speed_mps_max: float, acceleration_mps2: float, turn_radps: float
    ) -> None:
        self.level, self.x_m, self.y_m = place.level, place.x_m, place.y_m
        self.yaw_rad = place.yaw_rad or 0.0
        self.speed_mps = 0.0
        self._speed_mps_max = speed_mps_max
        self._acceleration_mps2 = acceleration_mps2
        self._turn_radps = turn_radps
        self._path: deque[Waypoint] = deque()
        self._braking = False
        self._hard = False
        self._next: tuple[Waypoint, ...] | None = None
        """A path that can be taken up only after braking: it leads elsewhere."""
        self._goal_yaw_rad: float | None = None
        self._passed: deque[Waypoint] = deque(maxlen=PASSED_KEPT)

    @property
    def point(self) -> Point:
        return (self.x_m, self.y_m)

    @property
    def is_moving(self) -> bool:
        return self.speed_mps > 0.0

    @property
    def is_idle(self) -> bool:
        """Nothing will change without being told."""
        return not self._path and self._next is None and self._goal_yaw_rad is None

    @property
    def has_path(self) -> bool:
        return bool(self._path) and not self._braking

    @property
    def awaits_ride(self) -> bool:
        return self.has_path and self._path[0].lift is not None

    # -- what it is told --

    def drive(self, path: tuple[Waypoint, ...]) -> list[int]:
        """Take up another path. Returns the seqs of its head that were reached before."""
        reached = [point.seq for point in self._behind(path)]
        ahead = path[len(reached) :]
        self._goal_yaw_rad = None
        if not ahead:
            self._brake(hard=False)
        elif self.is_moving and not self._leads_on(ahead[0]):
            self._brake(hard=False)
            self._next = ahead
        else:
            self._take(ahead)
        return reached

    def halt(self) -> None:
        self._brake(hard=True)

    def _behind(self, path: tuple[Waypoint, ...]) -> Iterator[Waypoint]:
        """Those at the head which it passed when the sender did not know it yet; not the last."""
        places = [(point.seq, point.x_m, point.y_m, point.level) for point in self._passed]
        for point in path[:-1]:
            if (point.seq, point.x_m, point.y_m, point.level) not in places:
                return
            yield point

    def _take(self, path: tuple[Waypoint, ...]) -> None:
        self._path = deque(path)
        self._braking = self._hard = False
        self._next = None

    def _brake(self, *, hard: bool) -> None:
        self._braking, self._hard, self._next = True, hard, None
        if not self.is_moving:
            self._path.clear()

    def _leads_on(self, point: Waypoint) -> bool:
        """Whether one can go there without stopping first."""
        if point.lift is not None or point.level != self.level:
            return False
        return self._turn_to(point) < TURN_IN_PLACE_RAD or self._gap_m(point) < REACHED_M

    # -- the way ahead --

    def route(self, length_m: float) -> list[Point]:
        """Points of the way ahead, from the centre, for about length_m; it ends before a ride."""
        points = [self.point]
        for point in self._path:
            if point.lift is not None or point.level != self.level:
                break
            length_m -= math.dist(points[-1], (point.x_m, point.y_m))
            points.append((point.x_m, point.y_m))
            if length_m <= 0.0:
                break
        return points

    def stopping_m(self, tick_s: float) -> float:
        """How far it still gets, at most, when something appears in its way."""
        top_mps = min(self._speed_mps_max, self.speed_mps + self._acceleration_mps2 * tick_s)
        return top_mps * tick_s + top_mps * top_mps / (2.0 * self._acceleration_mps2)

    # -- time passes --

    def advance(self, tick_s: float, clear_m: float = math.inf) -> list[int]:
        """Move for tick_s; clear_m is the free way to the nearest obstacle. Returns the seqs reached."""
        if self._braking:
            self._come_to_rest(tick_s)
            return []
        if not self._path:
            self._turn_at_rest(tick_s)
            return []
        if self._path[0].lift is not None:
            return self._ride()
        reached = self._pass_what_is_here()
        if self._path and self._path[0].lift is None:
            reached += self._go(tick_s, clear_m)
        return reached

    def _come_to_rest(self, tick_s: float) -> None:
        slower = self._acceleration_mps2 * (HARD_BRAKE if self._hard else 1.0) * tick_s
        after_mps = max(0.0, self.speed_mps - slower)
        self._roll(0.5 * (self.speed_mps + after_mps) * tick_s)
        self.speed_mps = after_mps if self._path else 0.0
        if not self.is_moving:
            self._path.clear()
            self._braking, self._goal_yaw_rad = False, None
            if self._next is not None:
                self._take(self._next)

    def _turn_at_rest(self, tick_s: float) -> None:
        self.speed_mps = 0.0
        if self._goal_yaw_rad is not None and self._turn(self._goal_yaw_rad, tick_s) < 1e-6:
            self._goal_yaw_rad = None

    def _ride(self) -> list[int]:
        """Arrived when the cabin is: the world moves the level."""
        self.speed_mps = 0.0
        point = self._path[0]
        if point.level != self.level:
            return []
        self.x_m, self.y_m = point.x_m, point.y_m
        return [self._pop()]

    def _pass_what_is_here(self) -> list[int]:
        reached = []
        while self._path and self._path[0].lift is None and self._gap_m(self._path[0]) < REACHED_M:
            reached.append(self._pop())
        return reached

    def _go(self, tick_s: float, clear_m: float) -> list[int]:
        point = self._path[0]
        error = self._turn_to(point)
        self._turn(self._direction(point), tick_s)
        before_mps, stop_m = self.speed_mps, self._stop_m()
        wish = min(
            before_mps + self._acceleration_mps2 * tick_s, point.speed_mps_max, self._corner_mps(error)
        )
        for gap_m, limit_mps in (*self._limits(), (clear_m, 0.0)):
            wish = min(wish, self._speed_before(gap_m, limit_mps, tick_s))
        slowest = before_mps - HARD_BRAKE * self._acceleration_mps2 * tick_s
        self.speed_mps = max(0.0, wish, slowest)
        way_m = 0.5 * (before_mps + self.speed_mps) * tick_s
        reached = self._roll(min(way_m, stop_m))
        if not self._path or self._path[0].lift is not None:
            self.speed_mps = 0.0
        return reached

    def _stop_m(self) -> float:
        """Way to where it must stand: the end, or the cabin where a ride begins."""
        points = self.route(math.inf)
        return sum(math.dist(a, b) for a, b in itertools.pairwise(points))

    def _limits(self) -> Iterator[tuple[float, float]]:
        """(distance ahead, highest speed there) of everything on the path that can matter now."""
        far_m = self.stopping_m(1.0)
        gap_m, here = 0.0, self.point
        for index, point in enumerate(self._path):
            there = (point.x_m, point.y_m)
            gap_m += math.dist(here, there)
            after = self._path[index + 1] if index + 1 < len(self._path) else None
            if after is None or after.lift is not None:
                yield gap_m, 0.0
                return
            turn = abs(wrapped(_bearing(there, (after.x_m, after.y_m)) - _bearing(here, there)))
            yield gap_m, min(after.speed_mps_max, self._corner_mps(turn))
            if gap_m > far_m:
                return
            here = there

    def _speed_before(self, gap_m: float, limit_mps: float, tick_s: float) -> float:
        """Highest speed at the tick's end from which limit_mps can be reached at gap_m by usual braking.

        Solves v^2 - limit^2 + a t (v0 + v) = 2 a gap for v (v0: speed now, t: tick).
        """
        if math.isinf(gap_m):
            return math.inf
        rate = self._acceleration_mps2
        spare = 2.0 * rate * gap_m + limit_mps * limit_mps - rate * tick_s * self.speed_mps
        half = 0.5 * rate * tick_s
        return max(0.0, math.sqrt(max(0.0, half * half + spare)) - half) if spare > 0.0 else 0.0

    def _corner_mps(self, turn_rad: float) -> float:
        if turn_rad > TURN_IN_PLACE_RAD:
            return 0.0
        return self._turn_radps * CORNER_RADIUS_M if turn_rad > CORNER_RAD else math.inf

    def _roll(self, way_m: float) -> list[int]:
        """Move along the path; returns the seqs passed."""
        reached = []
        while self._path and self._path[0].lift is None:
            point = self._path[0]
            gap_m = self._gap_m(point)
            if way_m < gap_m - REACHED_M:
                share = way_m / gap_m
                self.x_m += share * (point.x_m - self.x_m)
                self.y_m += share * (point.y_m - self.y_m)
                break
            way_m = max(0.0, way_m - gap_m)
            self.x_m, self.y_m = point.x_m, point.y_m
            reached.append(self._pop())
        return reached

    def _pop(self) -> int:
        point = self._path.popleft()
        self._passed.append(point)
        if not self._path:
            self._goal_yaw_rad = point.yaw_rad
        return point.seq

    # -- small geometry --

    def _gap_m(self, point: Waypoint) -> float:
        return math.dist(self.point, (point.x_m, point.y_m))

    def _direction(self, point: Waypoint) -> float:
        return _bearing(self.point, (point.x_m, point.y_m))

    def _turn_to(self, point: Waypoint) -> float:
        return abs(wrapped(self._direction(point) - self.yaw_rad))

    def _turn(self, goal_rad: float, tick_s: float) -> float:
        """Turn towards goal_rad; returns what is left."""
        error = wrapped(goal_rad - self.yaw_rad)
        step = max(-self._turn_radps * tick_s, min(self._turn_radps * tick_s, error))
        self.yaw_rad = wrapped(self.yaw_rad + step)
        return abs(error - step)


def _bearing(a: Point, b: Point) -> float:
    return math.atan2(b[1] - a[1], b[0] - a[0])
