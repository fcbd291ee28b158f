"""Trouble of what surrounds the bodies: light, smoke, weather, radio, hidden people, odd poses."""

import random

from simulators.cast import Cast, Maker, later, somebody
from simulators.faults import (
    AnyWorldFault,
    BatteryWorn,
    DoorOpened,
    HiddenPerson,
    LightsOut,
    LocalisationJump,
    RadioShadow,
    Smoke,
    WeatherFront,
    apply_fault,
)

WHILE_S = (10.0, 90.0)
STAY_S = (5.0, 60.0)
JUMP_M = 0.3
"""Places follow from the pose that a robot says hello with: further off it would be placed where it is not,
and no judge could blame anybody but its localisation."""
SHADOW_M = (1.5, 6.0)
HEALTH = (0.7, 0.95)


def localisation_jump(cast: Cast, rng: random.Random) -> str:
    robot = somebody(cast, rng).robot_id
    dx_m, dy_m = (round(rng.uniform(-JUMP_M, JUMP_M), 2) for _ in range(2))
    return _done(cast, LocalisationJump(robot=robot, dx_m=dx_m, dy_m=dy_m, for_s=rng.uniform(*STAY_S)))


def hidden_person(cast: Cast, rng: random.Random) -> str:
    """Preferably where a lamp is at work or will be."""
    world = cast.world
    at_work = [world.room_of(body) for body in world.bodies.values() if body.facts.lamps_w]
    rooms = [room.room_id for room in at_work if room is not None] or list(world.graph.rooms)
    if not rooms:
        return "no room"
    return _done(cast, HiddenPerson(room=rng.choice(rooms), stay_s=rng.uniform(*STAY_S)))


def door_opened(cast: Cast, rng: random.Random) -> str:
    """By hand; half of the time that of a room in which a lamp is lit."""
    doors = list(cast.world.building.doors)
    watched = [body.watched for body in cast.world.bodies.values() if body.is_lit and body.watched in doors]
    if not doors:
        return "no door"
    return _done(cast, DoorOpened(door=rng.choice(watched if watched and rng.random() < 0.5 else doors)))


def radio_shadow(cast: Cast, rng: random.Random) -> str:
    """Around where somebody is now."""
    mover = cast.world.bodies[somebody(cast, rng).robot_id].mover
    place = {"level": mover.level, "x_m": round(mover.x_m, 1), "y_m": round(mover.y_m, 1)}
    shadow = RadioShadow(**place, radius_m=rng.uniform(*SHADOW_M))  # type: ignore[arg-type]
    return _while(cast, rng, shadow, RadioShadow(**place, present=False))  # type: ignore[arg-type]


def lights_out(cast: Cast, rng: random.Random) -> str:
    place = _place(cast, rng)
    return _while(cast, rng, LightsOut(place=place), LightsOut(place=place, out=False))


def smoke(cast: Cast, rng: random.Random) -> str:
    place = _place(cast, rng)
    thick = Smoke(place=place, density_per_m=rng.uniform(0.2, 2.0))
    return _while(cast, rng, thick, Smoke(place=place, density_per_m=0.0))


def weather_front(cast: Cast, rng: random.Random) -> str:
    front = WeatherFront(wind_mps=rng.uniform(5.0, 20.0), rain_mm_h=rng.uniform(0.0, 30.0))
    return _while(cast, rng, front, WeatherFront())


def battery_worn(cast: Cast, rng: random.Random) -> str:
    """For good."""
    worn = BatteryWorn(robot=somebody(cast, rng).robot_id, health_fraction=rng.uniform(*HEALTH))
    return _done(cast, worn)


def _place(cast: Cast, rng: random.Random) -> str:
    graph = cast.world.graph
    return rng.choice([*graph.levels, *graph.rooms])


def _done(cast: Cast, fault: AnyWorldFault) -> str:
    apply_fault(cast.world, fault)
    return str(fault)


def _while(cast: Cast, rng: random.Random, fault: AnyWorldFault, end: AnyWorldFault) -> str:
    apply_fault(cast.world, fault)
    return f"{fault} {later(cast, rng, *WHILE_S, lambda: apply_fault(cast.world, end))}"


def heal(cast: Cast) -> None:
    """Light, clear air, calm, radio everywhere."""
    conditions = cast.world.conditions
    conditions.dark.clear()
    conditions.smoke_per_m.clear()
    conditions.shadows.clear()
    apply_fault(cast.world, WeatherFront())


KINDS: dict[str, Maker] = {
    "localisation_jump": localisation_jump,
    "hidden_person": hidden_person,
    "door_opened": door_opened,
    "radio_shadow": radio_shadow,
    "lights_out": lights_out,
    "smoke": smoke,
    "weather_front": weather_front,
    "battery_worn": battery_worn,
}
