"""What stands in a body's way: closed doors, persons, other bodies, things left in the lane."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from maps.elements import Point
from simulators.body import Body
from simulators.building import Building
from simulators.geometry import Segment, distance_to, free_before_circle, free_before_wall
from simulators.people import PERSON_RADIUS_M, Crowd, Person

ROBOT_MARGIN_M = 0.05
PERSON_MARGIN_M = 0.15
DOOR_MARGIN_M = 0.05
LOOK_M = 0.6
"""Seen this much earlier than needed to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A thing somebody left on the floor."""

    level: str
    x_m: float
    y_m: float
    radius_m: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    what: str
    centre: Point
    radius_m: float
    person: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """clear_m is inf when nothing is near enough to matter."""

    clear_m: float = math.inf
    what: str = "nothing"
    person: Person | None = None


class Ways:
    def __init__(self, building: Building, crowd: Crowd) -> None:
        self._building = building
        self._crowd = crowd
        self.obstacles: dict[str, Obstacle] = {}

    def ahead(self, body: Body, bodies: dict[str, Body], tick_s: float, now_s: float) -> Way:
        """The free way of a driving body."""
        mover = body.mover
        look_m = mover.stopping_m(tick_s) + LOOK_M
        route = mover.route(look_m)
        reach_m = look_m + 1.0
        discs = [
            disc
            for disc in self._discs(body, bodies, now_s)
            if math.dist(disc.centre, mover.point) < reach_m + disc.radius_m
        ]
        found, gone_m = Way(), 0.0
        for a, b in pairwise(route):
            for way in self._on(a, b, body, discs, gone_m):
                if way.clear_m < min(found.clear_m, look_m):
                    found = way
            gone_m += math.dist(a, b)
        return found

    def _on(self, a: Point, b: Point, body: Body, discs: list[Disc], gone_m: float) -> Iterator[Way]:
        radius_m = body.facts.radius_m
        for leaf in self._building.closed_leaves(body.mover.level):
            free_m = free_before_wall(a, b, leaf, radius_m + DOOR_MARGIN_M)
            if free_m is not None:
                yield Way(clear_m=gone_m + free_m, what="door")
        for disc in discs:
            free_m = free_before_circle(a, b, disc.centre, disc.radius_m + radius_m)
            if free_m is not None:
                yield Way(clear_m=gone_m + free_m, what=disc.what, person=disc.person)

    def _discs(self, body: Body, bodies: dict[str, Body], now_s: float) -> Iterator[Disc]:
        level = body.mover.level
        for other in bodies.values():
            if other is not body and other.mover.level == level:
                radius_m = other.facts.radius_m + ROBOT_MARGIN_M
                yield Disc(what="robot", centre=other.mover.point, radius_m=radius_m)
        for person in self._crowd.persons():
            if person.level == level and person.aside_until_s < now_s:
                radius_m = PERSON_RADIUS_M + PERSON_MARGIN_M
                yield Disc(what="person", centre=person.point, radius_m=radius_m, person=person)
        for thing in self.obstacles.values():
            if thing.level == level:
                yield Disc(what="obstacle", centre=(thing.x_m, thing.y_m), radius_m=thing.radius_m)

    def is_occupied(self, level: str, leaf: Segment, bodies: dict[str, Body], now_s: float) -> bool:
        """Somebody stands in a doorway: its door does not close. A person takes the hint after a while."""
        standing = [
            person
            for person in self._crowd.persons()
            if person.level == level
            and person.aside_until_s < now_s
            and distance_to(person.point, leaf) < PERSON_RADIUS_M
        ]
        for person in standing:
            self._crowd.faced(person, now_s)
        return bool(standing) or any(
            body.mover.level == level
            and distance_to(body.mover.point, leaf) < body.facts.radius_m + DOOR_MARGIN_M
            for body in bodies.values()
        )
