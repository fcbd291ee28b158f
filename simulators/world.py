"""The simulated world of one site: bodies, building, people, things; deterministic for a seed.

Robots' drivers tell their bodies (join, tell), the orchestrator asks the building (request), time passes
(advance) and what has happened comes back. The same in real time (fleet sim serve) and in virtual time
(the closed loop). It knows no missions, orders or plans: only what happens on the floor.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from fleet.links.building import FromBuilding, ToBuilding
from maps.elements import Node, NodeKind, Room
from maps.geometry import inside
from maps.graph import SiteGraph
from robots.drivers.base import Frame, FromBody, Halt, SetDevice, ToBody, Waypoint
from robots.protocol import Factsheet
from simulators.air import Air
from simulators.body import Body
from simulators.building import Building, Cabin
from simulators.conditions import Conditions
from simulators.geometry import Segment
from simulators.keeping import KeptBody
from simulators.noise import Localisation
from simulators.patients import Patients
from simulators.people import Crowd
from simulators.sight import Sensors, Sight
from simulators.starts import Starts
from simulators.surroundings import readings
from simulators.ways import Way, Ways
from simulators.weather import Sky

CHARGER_REACH_M = 0.3
BATTERY_AT_START = (0.7, 0.98)
BLANK_JPEG = b"\xff\xd8\xff\xd9"
"""What a camera sends when nothing draws pictures (virtual time): a JPEG's first and last marker."""
TIME_DIGITS = 6
"""Microseconds: what a float still holds of Unix time."""

Draw = Callable[["World", Body, float], bytes]
"""(world, body, now_s) -> JPEG."""


class WorldError(ValueError):
    """What was asked for is not there. The message names the thing and the fix."""


@dataclass(slots=True)
class Happenings:
    from_body: list[tuple[str, FromBody]] = field(default_factory=list)
    from_building: list[FromBuilding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    tick_s: float = 0.05
    """Longest step; longer advances are cut."""
    motion_s: float = 0.1
    """Between Motion reports of a moving body."""
    frame_s: float = 0.5
    """Between camera frames; 0: only those asked for."""
    walkers: int = 6
    localisation_m: float = 0.0
    """Bound of the error of the poses that robots report; their wheels slip with it."""
    patients: bool = False
    """Wards have patients in bed, by the hour: nobody treats such a room with UV."""
    lift_shadows: bool = False
    """No radio reaches a cabin whose doors are not open."""
    weather: bool = True
    """Off: no rain and a light air, whatever the seed; the fault Weather still works."""


class World:
    def __init__(
        self,
        graph: SiteGraph,
        seed: int,
        now_s: float,
        settings: WorldSettings | None = None,
        draw: Draw | None = None,
    ) -> None:
        self.graph = graph
        self._starts = Starts(graph)
        self.now_s = round(now_s, TIME_DIGITS)
        self.bodies: dict[str, Body] = {}
        self.building = Building(graph)
        self._settings = settings or WorldSettings()
        self.crowd = Crowd(graph, seed, self._settings.walkers, now_s)
        self._patients = Patients(graph, seed) if self._settings.patients else None
        self.sight = Sight(graph, self.building, self.crowd)
        self.ways = Ways(self.building, self.crowd)
        self.conditions = Conditions(Sky(seed, graph.site.time_zone, settled=not self._settings.weather))
        self.air = Air(graph, self._is_open, self.now_s)
        self._seed = seed
        self._rng = random.Random(f"bodies {seed}")
        self._draw = draw
        self._sensors: dict[str, Sensors] = {}
        self._frame_due_s: dict[str, float] = {}
        self.kept: dict[str, KeptBody] = {}
        """Bodies of an earlier run whose robots have not joined yet."""
        self._chargers = [node for node in graph.nodes.values() if node.kind is NodeKind.CHARGER]

    # -- joining ---------------------------------------------------------------------------------------

    def join(self, robot_id: str, facts: Factsheet, node: str | None = None) -> str:
        """A robot's program connects. Returns the node at which its body was put ('' when it stood already).

        Raises WorldError: unknown node, or no free place to start.
        """
        body = self.bodies.get(robot_id)
        start = ""
        if body is None:
            body, start = self._new_body(robot_id, facts, node)
            self.bodies[robot_id] = body
            self._sensors[robot_id] = Sensors()
            self._frame_due_s[robot_id] = self.now_s
        body.report_all()
        self._sensors[robot_id].reset()
        return start

    def remove(self, robot_id: str) -> None:
        """Its body is carried away, with whoever follows it."""
        del self.bodies[robot_id], self._sensors[robot_id], self._frame_due_s[robot_id]
        self.crowd.forget(robot_id)
        self.air.forget(robot_id)

    def set_pace(self, tick_s: float, frame_s: float) -> None:
        """Another longest step, another time between frames; from now on."""
        self._settings = replace(self._settings, tick_s=tick_s, frame_s=frame_s)
        for robot_id in self._frame_due_s:
            self._frame_due_s[robot_id] = self.now_s

    def _new_body(self, robot_id: str, facts: Factsheet, node: str | None) -> tuple[Body, str]:
        """Where the last run of this world left it, else fresh at a start node; and that node."""
        kept = self.kept.pop(robot_id, None)
        start = "" if kept is not None else self._start_node(facts, node)
        if kept is not None:
            waypoint, charge = kept.waypoint(), kept.battery_fraction
        else:
            place = self.graph.nodes[start]
            waypoint = Waypoint(x_m=place.x_m, y_m=place.y_m, level=place.level, seq=-1, speed_mps_max=0.0)
            charge = self._rng.uniform(*BATTERY_AT_START)
        body = Body(robot_id, facts, waypoint, charge, motion_s=self._settings.motion_s)
        body.localisation = Localisation(f"{self._seed} {robot_id}", self._settings.localisation_m)
        body.read = partial(readings, self, body)
        if kept is not None:
            kept.furnish(body)
        return body, start

    def _start_node(self, facts: Factsheet, node: str | None) -> str:
        if node is not None:
            if node not in self.graph.nodes:
                raise WorldError(f"node '{node}' does not exist; leave it out to start at a free charger")
            return node
        for candidate in self._starts.candidates(facts):
            taken = any(self._is_at(body, candidate) for body in self.bodies.values())
            if not taken and not any(kept.is_near(candidate) for kept in self.kept.values()):
                return candidate.node_id
        raise WorldError(
            "no place is left to start at where a robot is in nobody's way; use fewer robots, or name a node"
        )

    def _is_at(self, body: Body, node: Node) -> bool:
        mover = body.mover
        near_m = 2 * body.facts.radius_m + 0.1
        return mover.level == node.level and abs(mover.x_m - node.x_m) + abs(mover.y_m - node.y_m) < near_m

    # -- told --------------------------------------------------------------------------------------------

    def tell(self, robot_id: str, message: ToBody) -> None:
        body = self.bodies[robot_id]
        body.tell(message)
        self.air.told(body, message)
        if body.powered:
            self.crowd.notice(body, message, self.now_s)

    def abandon(self, robot_id: str) -> None:
        """Its driver is gone: the body's own circuits brake it, put its lamp out and lock its tray."""
        self.tell(robot_id, Halt())
        if self.bodies[robot_id].facts.lamps_w:
            self.tell(robot_id, SetDevice(device="lamp", value="off"))
        self.tell(robot_id, SetDevice(device="tray_lock", value="locked"))

    def request(self, message: ToBuilding) -> None:
        self.building.request(message)

    # -- time passes -------------------------------------------------------------------------------------

    def advance(self, now_s: float) -> Happenings:
        """Let time pass until now_s. Returns what bodies and building have to say, in order."""
        happened, until_s = Happenings(), round(now_s, TIME_DIGITS)
        while self.now_s < until_s:
            tick_s = min(self._settings.tick_s, until_s - self.now_s)
            self.now_s = round(self.now_s + tick_s, TIME_DIGITS)
            self._tick(tick_s)
            self._collect(happened)
        return happened

    def _tick(self, tick_s: float) -> None:
        for cabin in self.building.advance(tick_s, self._is_occupied):
            self._carry(cabin)
        if self._patients is not None:
            self.crowd.abed = self._patients.in_bed(self.conditions.sky.hour(self.now_s))
        self.crowd.advance(tick_s, self.now_s, self.bodies, self._is_in_cabin)
        for body in self.bodies.values():
            self._move(body, tick_s)
            if body.is_lit:
                body.shine(tick_s, self.room_of(body))
        self.air.advance(self.now_s, self.bodies, self.room_of)

    def _is_open(self, door_id: str) -> bool:
        leaf = self.building.doors.get(door_id)
        return leaf is not None and leaf.open_fraction > 0.0

    def _is_occupied(self, level: str, leaf: Segment) -> bool:
        return self.ways.is_occupied(level, leaf, self.bodies, self.now_s)

    def _is_in_cabin(self, body: Body) -> bool:
        return self.building.cabin_at(body.mover.level, body.mover.point) is not None

    def is_shadowed(self, body: Body) -> bool:
        """No radio reaches it here."""
        level, point = body.mover.level, body.mover.point
        cabin = self.building.cabin_at(level, point) if self._settings.lift_shadows else None
        in_lift = cabin is not None and not cabin.opens_to(level)
        return in_lift or self.conditions.is_shadowed(level, point)

    def _carry(self, cabin: Cabin) -> None:
        """The cabin has arrived: whoever stands in it is at its level."""
        served = cabin.lift.cabin_nodes
        for body in self.bodies.values():
            if body.mover.level in served and body.mover.level != cabin.level and self._rides(body, cabin):
                body.mover.level = cabin.level

    def _rides(self, body: Body, cabin: Cabin) -> bool:
        return cabin.contains(body.mover.point, margin_m=0.0) and body.mover.level == cabin.came_from

    def _move(self, body: Body, tick_s: float) -> None:
        if body.mover.is_idle and not body.mover.is_moving:
            self._rest(body, tick_s)
            return
        way = Way()
        if body.mover.has_path:
            way = self.ways.ahead(body, self.bodies, tick_s, self.now_s)
        if way.person is not None and body.mover.speed_mps < 0.05:
            self.crowd.faced(way.person, self.now_s)
        body.at_charger = False
        body.advance(tick_s, way.clear_m, way.what)

    def _rest(self, body: Body, tick_s: float) -> None:
        if not body.at_charger and body.devices.get("charger") == "on":
            body.at_charger = any(self._touches(body, node) for node in self._chargers)
        body.advance(tick_s, float("inf"), "nothing")

    def _touches(self, body: Body, node: Node) -> bool:
        mover = body.mover
        gap_m = ((mover.x_m - node.x_m) ** 2 + (mover.y_m - node.y_m) ** 2) ** 0.5
        return mover.level == node.level and gap_m < CHARGER_REACH_M

    def room_of(self, body: Body) -> Room | None:
        for room in self.graph.rooms.values():
            if room.level == body.mover.level and inside(body.mover.point, room.polygon):
                return room
        return None

    # -- reports -----------------------------------------------------------------------------------------

    def _collect(self, happened: Happenings) -> None:
        for robot_id, body in self.bodies.items():
            happened.from_body += [(robot_id, message) for message in body.reports(self.now_s)]
            if body.powered:
                sensed = self._sensors[robot_id].report(self.sight, body, self.now_s)
                if sensed is not None:
                    happened.from_body.append((robot_id, sensed))
                happened.from_body += [(robot_id, frame) for frame in self._frames(body)]
        happened.from_building += self.building.reports()

    def _frames(self, body: Body) -> list[Frame]:
        tags, body.captures = body.captures, []
        period_s = self._settings.frame_s
        if period_s and self.now_s >= self._frame_due_s[body.robot_id]:
            self._frame_due_s[body.robot_id] = self.now_s + period_s
            tags = [*tags, ""]
        if not tags:
            return []
        jpeg = self._draw(self, body, self.now_s) if self._draw else BLANK_JPEG
        return [Frame(jpeg=jpeg, tag=tag) for tag in tags]
