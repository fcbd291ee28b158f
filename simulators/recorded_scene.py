"""The world as simple shapes: walls and lettering once, robots, people, doors and things as they move."""

import math
from collections.abc import Iterator

from simulators import foxglove as fg
from simulators.body import Body
from simulators.foxglove import Colour, Json
from simulators.world import World

ROBOT_M, PERSON_M, WALL_M, DOOR_M = 1.2, 1.72, 0.12, 2.0
EYE_M = 1.15
PERSON_RADIUS_M = 0.25
WALL_PAINT: Colour = (0.45, 0.48, 0.52, 1.0)
ROOM_PAINT: Colour = (0.35, 0.38, 0.42, 1.0)
FAMILY_PAINT: dict[str, Colour] = {
    "patrol": (0.24, 0.47, 0.78, 1.0),
    "disinfection": (0.67, 0.35, 0.82, 1.0),
    "guide": (0.43, 0.75, 0.35, 1.0),
    "service": (0.92, 0.92, 0.92, 1.0),
}
OTHER_PAINT: Colour = (0.8, 0.6, 0.3, 1.0)
PERSON_PAINT: dict[str, Colour] = {
    "staff": (0.95, 0.95, 0.95, 1.0),
    "intruder": (0.9, 0.2, 0.2, 1.0),
    "visitor": (0.2, 0.7, 0.7, 1.0),
}
WALKER_PAINT: Colour = (0.85, 0.65, 0.45, 1.0)
DOOR_PAINT: dict[str, Colour] = {
    "closed": (0.7, 0.45, 0.2, 1.0),
    "stuck": (0.9, 0.2, 0.2, 1.0),
    "open": (0.3, 0.7, 0.3, 0.4),
}
MOVING_PAINT: Colour = (0.9, 0.75, 0.2, 0.8)
THING_PAINT: Colour = (0.75, 0.55, 0.35, 1.0)
LAMP_PAINT: Colour = (0.6, 0.3, 1.0, 0.35)


class Scenery:
    def __init__(self, world: World) -> None:
        self._world = world
        self._heights = {level.level_id: level.elevation_m for level in world.graph.levels.values()}

    def pose_of(self, body: Body) -> Json:
        """On its level's floor, in the site's frame."""
        mover = body.mover
        return fg.pose(mover.x_m, mover.y_m, self._heights[mover.level], mover.yaw_rad)

    def plan(self, at_ns: int) -> Json:
        """What never moves: walls and the names of rooms."""
        walls, names = [], []
        for level in self._world.graph.levels.values():
            z = level.elevation_m
            ends = [(*end, z) for wall in level.walls for end in (wall.start, wall.end)]
            walls.append(fg.lines(ends, WALL_M, WALL_PAINT))
        for room in self._world.graph.rooms.values():
            count = len(room.polygon)
            x, y = sum(x for x, _ in room.polygon) / count, sum(y for _, y in room.polygon) / count
            words = room.names.get("en") or room.room_id
            names.append(fg.text(fg.pose(x, y, self._heights[room.level]), words, 0.5, ROOM_PAINT))
        return fg.scene([fg.entity(at_ns, "walls", lines=walls), fg.entity(at_ns, "rooms", texts=names)])

    def moving(self, at_ns: int) -> list[Json]:
        """All of it each time: whoever jumps into a recording sees everything at once."""
        return [
            *(self._robot(at_ns, body) for body in self._world.bodies.values()),
            fg.entity(at_ns, "people", cylinders=self._people()),
            fg.entity(at_ns, "doors", cubes=self._doors()),
            fg.entity(at_ns, "lifts", cubes=self._lifts()),
            fg.entity(at_ns, "things", cubes=self._things()),
        ]

    def _robot(self, at_ns: int, body: Body) -> Json:
        """In the robot's own frame, so that it moves smoothly with it."""
        paint = FAMILY_PAINT.get(body.facts.family, OTHER_PAINT)
        if not body.powered:
            paint = (*paint[:3], 0.4)
        width_m = 2.0 * body.facts.radius_m
        shapes = [fg.cylinder(fg.pose(0.0, 0.0, ROBOT_M / 2.0), (width_m, width_m, ROBOT_M), paint, 0.8)]
        if body.is_lit:
            shapes.append(fg.cylinder(fg.pose(0.0, 0.0, ROBOT_M), (2.0, 2.0, ROBOT_M), LAMP_PAINT))
        nose = fg.cube(fg.pose(body.facts.radius_m, 0.0, EYE_M), (0.15, 0.2, 0.1), ROOM_PAINT)
        name = fg.text(fg.pose(0.0, 0.0, ROBOT_M + 0.4), body.robot_id, 0.4, (1.0, 1.0, 1.0, 1.0))
        return fg.entity(at_ns, body.robot_id, body.robot_id, cylinders=shapes, cubes=[nose], texts=[name])

    def _people(self) -> Iterator[Json]:
        for person in self._world.crowd.persons():
            at = fg.pose(person.x_m, person.y_m, self._heights[person.level] + PERSON_M / 2.0)
            paint = PERSON_PAINT.get(person.role, WALKER_PAINT)
            yield fg.cylinder(at, (2 * PERSON_RADIUS_M, 2 * PERSON_RADIUS_M, PERSON_M), paint, 0.6)

    def _doors(self) -> Iterator[Json]:
        for leaf in self._world.building.doors.values():
            yield _leaf(leaf.segment, self._heights[leaf.door.level], leaf.state, 1.0 - leaf.open_fraction)
        for cabin in self._world.building.lifts.values():
            for level, leaves in cabin.leaves.items():
                here = cabin.level == level and not cabin.riding_to
                for segment in leaves:
                    shut = 1.0 - cabin.open_fraction if here else 1.0
                    state = cabin.doors if here else "closed"
                    yield _leaf(segment, self._heights[level], state, shut)

    def _lifts(self) -> Iterator[Json]:
        for cabin in self._world.building.lifts.values():
            (x, y), z = cabin.lift.center, self._heights[cabin.level]
            floor = (cabin.lift.width_m, cabin.lift.depth_m, 0.06)
            paint = MOVING_PAINT if cabin.available else DOOR_PAINT["stuck"]
            yield fg.cube(fg.pose(x, y, z, cabin.lift.yaw_rad), floor, paint)

    def _things(self) -> Iterator[Json]:
        for thing in self._world.ways.obstacles.values():
            width_m = 2.0 * thing.radius_m
            at = fg.pose(thing.x_m, thing.y_m, self._heights[thing.level] + 0.3)
            yield fg.cube(at, (width_m, width_m, 0.6), THING_PAINT)


def _leaf(segment: tuple[float, ...], z: float, state: str, shut_fraction: float) -> Json:
    """A sliding leaf: as long as it still covers its opening."""
    x1, y1, x2, y2 = segment
    share = max(0.08, shut_fraction)
    dx, dy = share * (x2 - x1), share * (y2 - y1)
    at = fg.pose(x1 + dx / 2.0, y1 + dy / 2.0, z + DOOR_M / 2.0, math.atan2(dy, dx))
    length_m = math.hypot(dx, dy)
    return fg.cube(at, (length_m, 0.08, DOOR_M), DOOR_PAINT.get(state, MOVING_PAINT))
