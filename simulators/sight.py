"""Who sees what: lines of sight past walls and closed doors, and what a body's sensors make of it."""

import math

from maps.elements import Point
from maps.graph import SiteGraph
from robots.drivers.base import Sensed
from simulators.body import Body
from simulators.building import Building
from simulators.geometry import Segment, crosses
from simulators.people import Crowd

SIGHT_M = 8.0
HEAT_M = 6.0
"""Heat and radar find a motionless person behind a curtain up to here, all round; cameras never do."""
DIGITS = 2


class Sight:
    def __init__(self, graph: SiteGraph, building: Building, crowd: Crowd) -> None:
        self.walls: dict[str, list[Segment]] = {
            level.level_id: [(*wall.start, *wall.end) for wall in level.walls]
            for level in graph.levels.values()
        }
        self._building = building
        self._crowd = crowd

    def is_clear(self, level: str, a: Point, b: Point) -> bool:
        """Nothing between two points of a level."""
        left, right = (a[0], b[0]) if a[0] < b[0] else (b[0], a[0])
        low, high = (a[1], b[1]) if a[1] < b[1] else (b[1], a[1])
        for walls in (self._building.closed_leaves(level), self.walls.get(level, [])):
            for wall in walls:
                x1, y1, x2, y2 = wall
                # most walls are nowhere near: seen without working out where the lines meet
                if (x1 < left and x2 < left) or (x1 > right and x2 > right):
                    continue
                if (y1 < low and y2 < low) or (y1 > high and y2 > high):
                    continue
                if crosses(a, b, wall) is not None:
                    return False
        return True

    def persons_near(self, level: str, point: Point) -> list[float]:
        """Distances to everybody in sight."""
        found = []
        for person in self._crowd.persons():
            if person.level == level:
                gap_m = math.dist(point, person.point)
                far_m = HEAT_M if person.role == "hidden" else SIGHT_M
                if gap_m <= far_m and self.is_clear(level, point, person.point):
                    found.append(gap_m)
        return found

    def sensed(self, body: Body) -> Sensed:
        """What the body's sensors say now."""
        mover = body.mover
        gaps = self.persons_near(mover.level, mover.point)
        return Sensed(
            person_seen=bool(gaps),
            person_m=round(min(gaps), DIGITS) if gaps else None,
            door_closed=self._door_closed(body.watched),
            follower_m=self._follower_m(body),
            loaded=body.loaded,
        )

    def _door_closed(self, door_id: str) -> bool | None:
        """None: no such sensor."""
        leaf = self._building.doors.get(door_id)
        return None if leaf is None else leaf.state == "closed" or leaf.open_fraction == 0.0

    def _follower_m(self, body: Body) -> float | None:
        visitor = self._crowd.follower_of(body.robot_id)
        mover = body.mover
        if visitor is None or visitor.level != mover.level:
            return None
        gap_m = math.dist(mover.point, visitor.point)
        seen = gap_m <= SIGHT_M and self.is_clear(mover.level, mover.point, visitor.point)
        return round(gap_m, DIGITS) if seen else None


class Sensors:
    """When one body's Sensed is worth saying: at every change of what matters, and once a second."""

    PERIOD_S = 1.0
    LOOK_S = 0.25
    """Bodies that watch no door look round this often; the others at every tick."""
    FOLLOWER_M = 0.2

    def __init__(self) -> None:
        self._said: Sensed | None = None
        self._due_s = -math.inf
        self._look_s = -math.inf

    def reset(self) -> None:
        self._said, self._due_s, self._look_s = None, -math.inf, -math.inf

    def report(self, sight: Sight, body: Body, now_s: float) -> Sensed | None:
        if now_s < self._look_s and not body.watched:
            return None
        self._look_s = now_s + self.LOOK_S
        sensed = sight.sensed(body)
        if now_s < self._due_s and self._said is not None and not self._differs(self._said, sensed):
            return None
        self._said, self._due_s = sensed, now_s + self.PERIOD_S
        return sensed

    def _differs(self, a: Sensed, b: Sensed) -> bool:
        if (a.person_seen, a.door_closed, a.loaded) != (b.person_seen, b.door_closed, b.loaded):
            return True
        if a.follower_m is None or b.follower_m is None:
            return a.follower_m is not b.follower_m
        return abs(a.follower_m - b.follower_m) > self.FOLLOWER_M
