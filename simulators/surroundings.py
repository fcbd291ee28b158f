"""What surrounds the bodies as JSON values, for REST and traces: weather, air, light, smoke, doses."""

from typing import TYPE_CHECKING, Any

import msgspec

from maps.elements import ZoneKind
from maps.geometry import inside
from simulators.body import Body
from simulators.lamp import targets

if TYPE_CHECKING:
    from simulators.world import World

DIGITS = 3


def surroundings(world: "World") -> dict[str, Any]:
    conditions = world.conditions
    return {
        "weather": msgspec.to_builtins(conditions.sky.at(world.now_s)),
        "daylight": conditions.sky.daylight(world.now_s),
        "h2o2_ppm": world.air.all_ppm(),
        "dark": sorted(place for place, dark in conditions.dark.items() if dark),
        "smoke_per_m": {place: value for place, value in conditions.smoke_per_m.items() if value > 0.0},
        "radio_shadows": [msgspec.to_builtins(shadow) for shadow in conditions.shadows.values()],
        "exposures": exposures(world),
    }


def exposures(world: "World") -> dict[str, Any]:
    """The dose field of each treated room, by robot: its lamp, and [x m, y m, J/m2] at each target."""
    found = {}
    for robot_id, body in world.bodies.items():
        if body.exposure is not None:
            doses = zip(targets(body.exposure.room), body.exposure.dose_j_m2, strict=True)
            found[robot_id] = {
                "room": body.exposure.room.room_id,
                "lamp": body.exposure.lamp,
                "points": [[x, y, round(dose, DIGITS)] for (x, y), dose in doses],
            }
    return found


def readings(world: "World", body: Body) -> dict[str, float]:
    """What the body's environmental sensors read: weather in the open air, peroxide in a room."""
    room = world.room_of(body)
    if room is not None:
        ppm = world.air.ppm(room.room_id)
        return {"h2o2_ppm": round(ppm, DIGITS)} if ppm > 0.0 else {}
    if not _is_outdoors(world, body):
        return {}
    weather = world.conditions.sky.at(world.now_s)
    return {
        "wind_mps": round(weather.gust_mps, DIGITS),
        "rain_mm_h": round(weather.rain_mm_h, DIGITS),
        "temperature_c": round(weather.temperature_c, DIGITS),
        "humidity_fraction": round(weather.humidity_fraction, DIGITS),
    }


def _is_outdoors(world: "World", body: Body) -> bool:
    return any(
        zone.kind is ZoneKind.OUTDOORS
        and zone.level == body.mover.level
        and inside(body.mover.point, zone.polygon)
        for zone in world.graph.zones.values()
    )
