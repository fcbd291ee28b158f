"""Faults of the world, as values: what goes wrong on the floor, from REST, scenarios or a seed.

Each names its subject; apply() checks that it is there. Sent twice they change nothing more.
"""

import math

import msgspec

from maps.elements import Point, Room
from simulators.body import Body
from simulators.conditions import SMOKE_PER_M_MAX
from simulators.ways import Obstacle
from simulators.weather import Front
from simulators.world import World, WorldError

WIND_MPS_MAX = 40.0
RAIN_MM_H_MAX = 100.0


class WorldFault(msgspec.Struct, frozen=True, kw_only=True, tag_field="fault", tag=True):
    """Root."""


class PowerFailure(WorldFault, frozen=True):
    """The body goes dead where it is (failed False: it is switched on again)."""

    robot: str
    failed: bool = True


class DoorJam(WorldFault, frozen=True):
    door: str
    jammed: bool = True


class LiftFailure(WorldFault, frozen=True):
    lift: str
    failed: bool = True


class Intrusion(WorldFault, frozen=True):
    """Somebody opens the room's first door, walks in and stays for a while."""

    room: str
    stay_s: float = 20.0


class Obstruction(WorldFault, frozen=True):
    """Something stands in the lane at this node (present False: it is taken away)."""

    node: str
    present: bool = True


class FireContact(WorldFault, frozen=True):
    active: bool = True


class VisitorStays(WorldFault, frozen=True):
    """The visitor who follows this robot stays behind for good."""

    robot: str


class LightsOut(WorldFault, frozen=True):
    """The light of a room, or of a whole level, goes out (out False: it is on again)."""

    place: str
    out: bool = True


class Smoke(WorldFault, frozen=True):
    """Smoke in a room, or in a level's corridors; density 0 clears it. At 1 per metre one sees about 3 m."""

    place: str
    density_per_m: float = 0.5


class WeatherFront(WorldFault, frozen=True):
    """Wind and rain outdoors as stated; what is null follows the seed again."""

    wind_mps: float | None = None
    rain_mm_h: float | None = None


AnyWorldFault = (
    PowerFailure
    | DoorJam
    | LiftFailure
    | Intrusion
    | Obstruction
    | FireContact
    | VisitorStays
    | LightsOut
    | Smoke
    | WeatherFront
)


def parse_fault(data: bytes) -> AnyWorldFault:
    """From JSON: {"fault": "DoorJam", "door": "ward_201_door"}. Raises WorldError in one sentence."""
    decoder: msgspec.json.Decoder[AnyWorldFault] = msgspec.json.Decoder(AnyWorldFault)
    try:
        return decoder.decode(data)
    except msgspec.DecodeError as error:
        kinds = ", ".join(kind.__name__ for kind in AnyWorldFault.__args__)
        raise WorldError(f"not a fault ({error}); 'fault' is one of {kinds}") from error


def apply_fault(world: World, fault: AnyWorldFault) -> None:
    """Make it so. Raises WorldError for a subject that is not there."""
    if isinstance(fault, PowerFailure):
        _power(_body(world, fault.robot), fault.failed)
    elif isinstance(fault, DoorJam):
        _known("door", fault.door, world.building.doors)
        world.building.jam(fault.door, fault.jammed)
    elif isinstance(fault, LiftFailure):
        _known("lift", fault.lift, world.building.lifts)
        world.building.kill_lift(fault.lift, fault.failed)
    elif isinstance(fault, Intrusion):
        _intrude(world, fault)
    elif isinstance(fault, Obstruction):
        _obstruct(world, fault)
    elif isinstance(fault, FireContact):
        world.building.set_fire(fault.active)
    elif isinstance(fault, LightsOut | Smoke | WeatherFront):
        apply_surroundings(world, fault)
    else:
        world.crowd.lose_visitor(_body(world, fault.robot).robot_id, world.now_s)


def apply_surroundings(world: World, fault: LightsOut | Smoke | WeatherFront) -> None:
    """Light, smoke and weather."""
    conditions = world.conditions
    if isinstance(fault, WeatherFront):
        _limited("wind_mps", fault.wind_mps or 0.0, WIND_MPS_MAX)
        _limited("rain_mm_h", fault.rain_mm_h or 0.0, RAIN_MM_H_MAX)
        conditions.sky.front = Front(fault.wind_mps, fault.rain_mm_h)
        return
    _known("room or level", fault.place, {**world.graph.rooms, **world.graph.levels})
    if isinstance(fault, LightsOut):
        conditions.dark[fault.place] = fault.out
    else:
        _limited("density_per_m", fault.density_per_m, SMOKE_PER_M_MAX)
        conditions.smoke_per_m[fault.place] = fault.density_per_m


def _limited(name: str, value: float, most: float) -> None:
    if not 0.0 <= value <= most:
        raise WorldError(f"{name} is {value}; give 0 to {most:g}")


def _known(kind: str, name: str, known: object) -> None:
    if not isinstance(known, dict) or name not in known:
        raise WorldError(f"{kind} '{name}' does not exist in this world")


def _body(world: World, robot_id: str) -> Body:
    _known("robot", robot_id, world.bodies)
    return world.bodies[robot_id]


def _power(body: Body, failed: bool) -> None:
    if failed:
        body.cut_power()
    elif not body.powered:
        body.restarted("its power was gone for a while; it holds still until it is told to drive")


def _obstruct(world: World, fault: Obstruction) -> None:
    _known("node", fault.node, world.graph.nodes)
    node = world.graph.nodes[fault.node]
    if fault.present:
        thing = Obstacle(level=node.level, x_m=node.x_m, y_m=node.y_m)
        world.ways.obstacles[fault.node] = thing
    else:
        world.ways.obstacles.pop(fault.node, None)


def _intrude(world: World, fault: Intrusion) -> None:
    _known("room", fault.room, world.graph.rooms)
    room = world.graph.rooms[fault.room]
    doors = [door_id for door_id in room.doors if door_id in world.building.doors]
    for door_id in doors[:1]:
        world.building.push_open(door_id)
    world.crowd.intrude(room.level, _step_inside(world, room, doors), world.now_s, fault.stay_s)


def _step_inside(world: World, room: Room, doors: list[str]) -> Point:
    """A step behind the door, towards the middle of the room, beside the lane."""
    middle = (
        math.fsum(x for x, _ in room.polygon) / len(room.polygon),
        math.fsum(y for _, y in room.polygon) / len(room.polygon),
    )
    if not doors:
        return middle
    door = world.graph.doors[doors[0]]
    x, y = (door.start[0] + door.end[0]) / 2.0, (door.start[1] + door.end[1]) / 2.0
    return (x + 0.35 * (middle[0] - x), y + 0.35 * (middle[1] - y))
