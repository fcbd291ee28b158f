"""People: walkers in the corridors, visitors who follow a robot, staff at the trays, an intruder on demand.

They read what robots say and show, as people do, and know nothing of orders. PINs are entered elsewhere.
Walkers keep to the corridors. Nobody enters a room under treatment but an intruder, who is an injected fault.
A person in whose face a robot stands steps aside after a while: people always have way, not for ever.
"""

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from maps.elements import NodeKind, Point
from maps.graph import SiteGraph
from robots.drivers.base import Announce, SetDevice, ToBody
from simulators.body import Body

PERSON_RADIUS_M = 0.25
WALK_MPS = (0.7, 1.2)
KEEP_RIGHT_M = 0.7
ASIDE_M = 1.1
PAUSE_S = (4.0, 25.0)
LEGS = (2, 6)
"""Legs of a walk before the next pause."""
PATIENCE_S = 2.0
ASIDE_S = 8.0
FOLLOW_GAP_M = 1.3
RIDE_GAP_M = 0.6
FOLLOW_MPS = 1.1
APPROACH_S = (2.0, 6.0)
DAWDLE_EVERY_S = (20.0, 60.0)
DAWDLE_S = (3.0, 12.0)
TRAY_S = (3.0, 8.0)
CONFIRM_S = 1.5
STAY_S = 20.0


@dataclass(slots=True, kw_only=True)
class Person:
    person_id: str
    role: str
    """walker, visitor, staff, intruder, patient (in bed), hidden (motionless behind a curtain)."""
    level: str
    x_m: float
    y_m: float
    aside_until_s: float = -math.inf
    """Until then it stands flat against the wall and is in nobody's way."""

    @property
    def point(self) -> Point:
        return (self.x_m, self.y_m)


# -- walkers -------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Walker(Person):
    """On one leg of the corridor graph at a time, in closed form: where it is follows from the time."""

    here: str
    before: str = ""
    start: Point = (0.0, 0.0)
    end: Point = (0.0, 0.0)
    start_s: float = 0.0
    end_s: float = 0.0
    """The pause after the leg included."""
    speed_mps: float = 1.0
    legs_left: int = 0

    def move(self, now_s: float) -> None:
        length_m = math.dist(self.start, self.end)
        gone_m = min(length_m, max(0.0, now_s - self.start_s) * self.speed_mps)
        share = gone_m / length_m if length_m > 0.0 else 1.0
        across = (self.end[1] - self.start[1], self.start[0] - self.end[0])
        aside_m = ASIDE_M if now_s < self.aside_until_s else KEEP_RIGHT_M
        aside = aside_m / length_m if length_m > 0.0 else 0.0
        self.x_m = self.start[0] + share * (self.end[0] - self.start[0]) + aside * across[0]
        self.y_m = self.start[1] + share * (self.end[1] - self.start[1]) + aside * across[1]


class Corridors:
    """Where walkers walk: nodes in no room and no lift, lanes without a door; directions do not bind them."""

    _KINDS = (NodeKind.WAYPOINT, NodeKind.CHECKPOINT, NodeKind.ROOM_ENTRANCE, NodeKind.HOLD_POINT)

    def __init__(self, graph: SiteGraph) -> None:
        self.points = {
            node.node_id: (node.x_m, node.y_m)
            for node in graph.nodes.values()
            if node.room is None and node.lift is None and node.kind in self._KINDS
        }
        self.levels = {node_id: graph.nodes[node_id].level for node_id in self.points}
        self.next: dict[str, list[str]] = {node_id: [] for node_id in self.points}
        for edge in graph.edges.values():
            if edge.source in self.points and edge.target in self.points and not (edge.doors or edge.lift):
                self._join(edge.source, edge.target)
                self._join(edge.target, edge.source)

    def _join(self, one: str, other: str) -> None:
        if other not in self.next[one] and self.levels[one] == self.levels[other]:
            self.next[one].append(other)

    def starts(self, level: str) -> list[str]:
        return [node for node, ways in self.next.items() if ways and self.levels[node] == level]


# -- visitors ------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Visitor(Person):
    """Walks in the robot's own trail."""

    robot_id: str
    starts_s: float
    """When it touches Start and begins to follow."""
    following: bool = False
    dawdles_s: float = math.inf
    """When it stops to look at something next."""
    resumes_s: float = -math.inf
    trail: deque[tuple[str, float, float]] = field(default_factory=deque)

    def follow(self, body: Body, way_m: float, now_s: float, gap_m: float, rng: random.Random) -> None:
        self._remember(body)
        if now_s >= self.dawdles_s:
            self.resumes_s = now_s + rng.uniform(*DAWDLE_S)
            self.dawdles_s = self.resumes_s + rng.uniform(*DAWDLE_EVERY_S)
        if now_s < self.resumes_s:
            return
        self._walk(way_m, gap_m)

    def _remember(self, body: Body) -> None:
        mover = body.mover
        last = self.trail[-1] if self.trail else ("", 0.0, 0.0)
        if last[0] != mover.level or math.dist(last[1:], mover.point) > 0.2:
            self.trail.append((mover.level, mover.x_m, mover.y_m))

    def _walk(self, way_m: float, gap_m: float) -> None:
        way_m = min(way_m, self.behind_m() - gap_m)
        while self.trail and way_m > 0.0:
            level, x_m, y_m = self.trail[0]
            step_m = math.dist(self.point, (x_m, y_m)) if level == self.level else 0.0
            if step_m > way_m:
                share = way_m / step_m
                self.x_m, self.y_m = self.x_m + share * (x_m - self.x_m), self.y_m + share * (y_m - self.y_m)
                return
            self.level, self.x_m, self.y_m = level, x_m, y_m
            self.trail.popleft()
            way_m -= step_m

    def behind_m(self) -> float:
        """Way along the trail to the robot."""
        total, here = 0.0, (self.level, self.x_m, self.y_m)
        for place in self.trail:
            total += math.dist(here[1:], place[1:]) if here[0] == place[0] else 0.0
            here = place
        return total


# -- staff ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class TrayVisit:
    """Somebody has seen an open tray: puts something on it or takes it off, then confirms."""

    act_s: float
    confirm_s: float
    acted: bool = False
    loads: bool = False
    person: Person | None = None


# -- everybody -----------------------------------------------------------------------------------------


class Crowd:
    def __init__(self, graph: SiteGraph, seed: int, walkers: int, now_s: float) -> None:
        self._rng = random.Random(f"people {seed}")
        self._corridors = Corridors(graph)
        self._count = 0
        self._walkers = self._spawn_walkers(list(graph.levels), walkers, now_s)
        self._visitors: dict[str, Visitor] = {}
        self._visits: dict[str, TrayVisit] = {}
        self._intruders: list[tuple[Person, float]] = []
        self.abed: list[Person] = []
        """Patients in bed, by simulators.patients."""
        self._facing: dict[str, tuple[float, float]] = {}
        """Person to since and until when a robot has stood before it."""

    def persons(self) -> list[Person]:
        staff = [visit.person for visit in self._visits.values() if visit.person is not None]
        return [
            *self._walkers,
            *self._visitors.values(),
            *staff,
            *(person for person, _ in self._intruders),
            *self.abed,
        ]

    def follower_of(self, robot_id: str) -> Visitor | None:
        visitor = self._visitors.get(robot_id)
        return visitor if visitor is not None and visitor.following else None

    def _new_id(self) -> str:
        self._count += 1
        return f"person-{self._count}"

    def _spawn_walkers(self, levels: list[str], count: int, now_s: float) -> list[Walker]:
        walkers: list[Walker] = []
        usable = [level for level in levels if self._corridors.starts(level)]
        for index in range(count if usable else 0):
            level = usable[index % len(usable)]
            node = self._rng.choice(self._corridors.starts(level))
            point = self._corridors.points[node]
            walker = Walker(
                person_id=self._new_id(),
                role="walker",
                level=level,
                x_m=point[0],
                y_m=point[1],
                here=node,
                start=point,
                end=point,
                start_s=now_s,
                end_s=now_s,
            )
            walkers.append(walker)
        return walkers

    def enter(self, levels: list[str], count: int, now_s: float) -> list[str]:
        """More people who walk about, spread over the levels. Returns their ids: none where nobody can."""
        fresh = self._spawn_walkers(levels, count, now_s)
        self._walkers += fresh
        return [walker.person_id for walker in fresh]

    def leave(self, person_id: str) -> bool:
        """A walker goes home. False: there is no such walker."""
        staying = [walker for walker in self._walkers if walker.person_id != person_id]
        gone = len(staying) < len(self._walkers)
        self._walkers = staying
        return gone

    def forget(self, robot_id: str) -> None:
        """This robot is no more: nobody follows it or stands at its tray."""
        self._visitors.pop(robot_id, None)
        self._visits.pop(robot_id, None)

    # -- what people notice -----------------------------------------------------------------------------

    def notice(self, body: Body, message: ToBody, now_s: float) -> None:
        """A robot says something, or its tray opens or locks."""
        if isinstance(message, Announce):
            self._hear(body, message.texts.get("en", ""), now_s)
        elif isinstance(message, SetDevice) and message.device == "tray_lock":
            if message.value == "unlocked":
                self._see_open_tray(body, now_s)
            else:
                self._visits.pop(body.robot_id, None)

    def _hear(self, body: Body, text: str, now_s: float) -> None:
        words = text.lower()
        if "goodbye" in words:
            self._visitors.pop(body.robot_id, None)
        elif "follow me" in words and body.robot_id not in self._visitors:
            self._visitors[body.robot_id] = self._visitor(body, now_s)

    def _visitor(self, body: Body, now_s: float) -> Visitor:
        yaw, mover = body.mover.yaw_rad, body.mover
        return Visitor(
            person_id=self._new_id(),
            role="visitor",
            level=mover.level,
            x_m=mover.x_m - FOLLOW_GAP_M * math.cos(yaw),
            y_m=mover.y_m - FOLLOW_GAP_M * math.sin(yaw),
            robot_id=body.robot_id,
            starts_s=now_s + self._rng.uniform(*APPROACH_S),
        )

    def _see_open_tray(self, body: Body, now_s: float) -> None:
        act_s = now_s + self._rng.uniform(*TRAY_S)
        self._visits[body.robot_id] = TrayVisit(act_s, act_s + CONFIRM_S)

    def faced(self, person: Person, now_s: float) -> None:
        """A robot stands before this person and wants to pass."""
        since_s, until_s = self._facing.get(person.person_id, (now_s, now_s))
        if now_s - until_s > PATIENCE_S:
            since_s = now_s
        self._facing[person.person_id] = (since_s, now_s)
        if now_s - since_s >= PATIENCE_S:
            person.aside_until_s = now_s + ASIDE_S
            del self._facing[person.person_id]

    # -- faults -----------------------------------------------------------------------------------------

    def intrude(
        self, level: str, point: Point, now_s: float, stay_s: float = STAY_S, role: str = "intruder"
    ) -> None:
        """Somebody stands (or lies hidden) at a point for a while, wherever that is."""
        person = Person(person_id=self._new_id(), role=role, level=level, x_m=point[0], y_m=point[1])
        self._intruders.append((person, now_s + stay_s))

    def lose_visitor(self, robot_id: str, now_s: float, for_s: float) -> None:
        """The visitor of this robot stays behind for a while, then catches up as far as it can."""
        visitor = self._visitors.get(robot_id)
        if visitor is not None:
            visitor.resumes_s = now_s + for_s

    # -- time passes ------------------------------------------------------------------------------------

    def advance(
        self, tick_s: float, now_s: float, bodies: dict[str, Body], in_cabin: Callable[[Body], bool]
    ) -> None:
        for walker in self._walkers:
            if now_s >= walker.end_s:
                self._next_leg(walker, now_s)
            walker.move(now_s)
        for robot_id, visitor in tuple(self._visitors.items()):
            gap_m = RIDE_GAP_M if in_cabin(bodies[robot_id]) else FOLLOW_GAP_M
            self._accompany(bodies[robot_id], visitor, tick_s, now_s, gap_m)
        for robot_id, visit in tuple(self._visits.items()):
            self._serve(bodies[robot_id], visit, now_s)
        self._intruders = [(person, end_s) for person, end_s in self._intruders if end_s > now_s]

    def _next_leg(self, walker: Walker, now_s: float) -> None:
        ways = [node for node in self._corridors.next[walker.here] if node != walker.before]
        target = self._rng.choice(ways or self._corridors.next[walker.here])
        walker.before, walker.here = walker.here, target
        walker.start = self._corridors.points[walker.before]
        walker.end = self._corridors.points[target]
        walker.start_s, walker.speed_mps = now_s, self._rng.uniform(*WALK_MPS)
        walker.legs_left -= 1
        pause_s = 0.0
        if walker.legs_left <= 0:
            walker.legs_left, pause_s = self._rng.randint(*LEGS), self._rng.uniform(*PAUSE_S)
        walker.end_s = now_s + math.dist(walker.start, walker.end) / walker.speed_mps + pause_s

    def _accompany(self, body: Body, visitor: Visitor, tick_s: float, now_s: float, gap_m: float) -> None:
        if body.at_charger and visitor.following:
            del self._visitors[body.robot_id]
        elif visitor.following:
            visitor.follow(body, tick_s * FOLLOW_MPS, now_s, gap_m, self._rng)
        elif now_s >= visitor.starts_s:
            visitor.following = True
            visitor.dawdles_s = now_s + self._rng.uniform(*DAWDLE_EVERY_S)
            body.confirm("start")

    def _serve(self, body: Body, visit: TrayVisit, now_s: float) -> None:
        if not visit.acted and now_s >= visit.act_s:
            visit.acted = True
            visit.person = self._beside(body)
            visit.loads = _asks_for_goods(body) or not body.loaded
            body.loaded = visit.loads
        if visit.acted and now_s >= visit.confirm_s:
            del self._visits[body.robot_id]
            body.confirm("loaded" if visit.loads else "unloaded", "staff")

    def _beside(self, body: Body) -> Person:
        yaw, mover = body.mover.yaw_rad, body.mover
        return Person(
            person_id=self._new_id(),
            role="staff",
            level=mover.level,
            x_m=mover.x_m - 0.8 * math.sin(yaw),
            y_m=mover.y_m + 0.8 * math.cos(yaw),
            aside_until_s=math.inf,
        )


def _asks_for_goods(body: Body) -> bool:
    """What its screen says: a tray that is to be filled may still hold what nobody fetched."""
    return "put the goods" in body.texts.get("en", "").lower()
