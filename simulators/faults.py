"""Faults of the world, as values: what goes wrong on the floor, from REST, scenarios or a seed.

Each names its subject; apply() checks that it is there. Sent twice they change nothing more.
"""

import math

import msgspec

from maps.elements import Point, Room
from simulators.battery import HEALTH_LEAST
from simulators.body import Body
from simulators.conditions import SMOKE_PER_M_MAX, Shadow
from simulators.spots import quiet_spot
from simulators.ways import Obstacle
from simulators.weather import Front
from simulators.world import World, WorldError

WIND_MPS_MAX = 40.0
OBSTACLE_M_MAX = 2.0
JUMP_M_MAX = 50.0
SHADOW_M_MAX = 100.0
STAY_S_MAX = 86400.0
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
    """Something stands in the lane at this node (present False: it is taken away). A bed is 1 m in radius."""

    node: str
    present: bool = True
    radius_m: float = 0.3


class FireContact(WorldFault, frozen=True):
    active: bool = True


class VisitorStays(WorldFault, frozen=True):
    """The visitor who follows this robot stays behind: for good, or comes back after for_s."""

    robot: str
    for_s: float = 3600.0


class LocalisationJump(WorldFault, frozen=True):
    """The robot believes itself elsewhere by so much, for a while; then it finds itself again."""

    robot: str
    dx_m: float
    dy_m: float
    for_s: float = 20.0


class BatteryWorn(WorldFault, frozen=True):
    """The battery has aged to this share of its capacity; it also charges with more loss."""

    robot: str
    health_fraction: float


class HiddenPerson(WorldFault, frozen=True):
    """Somebody lies motionless behind a curtain: no camera sees him, only heat and radar near by."""

    room: str
    stay_s: float = 600.0


class DoorOpened(WorldFault, frozen=True):
    """Somebody opens a door by hand; it goes back to what was requested by itself."""

    door: str


class RadioShadow(WorldFault, frozen=True):
    """No radio reaches a disc of a level (present False: it does again); only virtual time heeds it."""

    level: str
    x_m: float
    y_m: float
    radius_m: float = 3.0
    present: bool = True


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


class BatteryLevel(WorldFault, frozen=True):
    """The battery is suddenly this full (of what it holds at most): a bad cell, or a changed battery."""

    robot: str
    fraction: float = 0.1


AnyWorldFault = (
    BatteryLevel
    | PowerFailure
    | DoorJam
    | LiftFailure
    | Intrusion
    | Obstruction
    | FireContact
    | VisitorStays
    | LocalisationJump
    | BatteryWorn
    | HiddenPerson
    | DoorOpened
    | RadioShadow
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
    elif isinstance(fault, BatteryLevel):
        _charge(_body(world, fault.robot), fault.fraction)
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
        _surround(world, fault)
    elif isinstance(fault, RadioShadow):
        _shadow(world, fault)
    elif isinstance(fault, HiddenPerson):
        _hide(world, fault)
    elif isinstance(fault, DoorOpened):
        _known("door", fault.door, world.building.doors)
        world.building.push_open(fault.door)
    elif isinstance(fault, LocalisationJump):
        _jump(world, fault)
    elif isinstance(fault, BatteryWorn):
        body = _body(world, fault.robot)
        _limited("health_fraction", fault.health_fraction, 1.0, HEALTH_LEAST)
        body.battery.wear(fault.health_fraction)
    else:
        _limited("for_s", fault.for_s, STAY_S_MAX)
        world.crowd.lose_visitor(_body(world, fault.robot).robot_id, world.now_s, fault.for_s)


def _surround(world: World, fault: LightsOut | Smoke | WeatherFront) -> None:
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


def _jump(world: World, fault: LocalisationJump) -> None:
    body = _body(world, fault.robot)
    _limited("dx_m", fault.dx_m, JUMP_M_MAX, -JUMP_M_MAX)
    _limited("dy_m", fault.dy_m, JUMP_M_MAX, -JUMP_M_MAX)
    _limited("for_s", fault.for_s, STAY_S_MAX)
    body.localisation.jump(fault.dx_m, fault.dy_m, world.now_s + fault.for_s)


def _shadow(world: World, fault: RadioShadow) -> None:
    _known("level", fault.level, world.graph.levels)
    _limited("radius_m", fault.radius_m, SHADOW_M_MAX)
    place = (fault.level, fault.x_m, fault.y_m)
    if fault.present:
        shadow = Shadow(level=fault.level, x_m=fault.x_m, y_m=fault.y_m, radius_m=fault.radius_m)
        world.conditions.shadows[place] = shadow
    else:
        world.conditions.shadows.pop(place, None)


def _hide(world: World, fault: HiddenPerson) -> None:
    _known("room", fault.room, world.graph.rooms)
    _limited("stay_s", fault.stay_s, STAY_S_MAX)
    room = world.graph.rooms[fault.room]
    world.crowd.intrude(room.level, quiet_spot(world.graph, room), world.now_s, fault.stay_s, role="hidden")


def _limited(name: str, value: float, most: float, least: float = 0.0) -> None:
    if not least <= value <= most:
        raise WorldError(f"{name} is {value}; give {least:g} to {most:g}")


def _known(kind: str, name: str, known: object) -> None:
    if not isinstance(known, dict) or name not in known:
        raise WorldError(f"{kind} '{name}' does not exist in this world")


def _body(world: World, robot_id: str) -> Body:
    _known("robot", robot_id, world.bodies)
    return world.bodies[robot_id]


def _charge(body: Body, fraction: float) -> None:
    if not 0.0 <= fraction <= 1.0:
        raise WorldError(f"fraction is {fraction}: give a number from 0 to 1")
    body.battery.energy_j = fraction * body.battery.capacity_j


def _power(body: Body, failed: bool) -> None:
    if failed:
        body.cut_power()
    elif not body.powered:
        body.restarted("its power was gone for a while; it holds still until it is told to drive")


def _obstruct(world: World, fault: Obstruction) -> None:
    _known("node", fault.node, world.graph.nodes)
    node = world.graph.nodes[fault.node]
    if fault.present:
        _limited("radius_m", fault.radius_m, OBSTACLE_M_MAX)
        thing = Obstacle(level=node.level, x_m=node.x_m, y_m=node.y_m, radius_m=fault.radius_m)
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
