"""What is where in a world, as JSON values: for REST, recordings and their replay."""

from typing import Any

from simulators.surroundings import surroundings
from simulators.world import World


def state_of(world: World) -> dict[str, Any]:
    """Bodies, doors, lifts, people and obstacles."""
    return {
        "site": world.graph.site.site_id,
        "now_s": world.now_s,
        "fire": world.building.fire,
        "bodies": {robot_id: body_of(world, robot_id) for robot_id in world.bodies},
        "doors": {door_id: leaf.state for door_id, leaf in world.building.doors.items()},
        "lifts": {
            lift_id: {
                "level": cabin.level,
                "doors": cabin.doors,
                "session": cabin.session,
                "available": cabin.available,
            }
            for lift_id, cabin in world.building.lifts.items()
        },
        "persons": [
            {"id": p.person_id, "role": p.role, "level": p.level, "x_m": p.x_m, "y_m": p.y_m}
            for p in world.crowd.persons()
        ],
        "obstacles": sorted(world.ways.obstacles),
        **surroundings(world),
    }


def body_of(world: World, robot_id: str) -> dict[str, Any]:
    """One robot's body."""
    body = world.bodies[robot_id]
    mover = body.mover
    return {
        "model": body.facts.model,
        "level": mover.level,
        "x_m": mover.x_m,
        "y_m": mover.y_m,
        "yaw_rad": mover.yaw_rad,
        "speed_mps": mover.speed_mps,
        "battery_fraction": body.battery.fraction,
        "charging": body.is_charging,
        "powered": body.powered,
        "loaded": body.loaded,
        "lit": body.is_lit,
        "blocked_by": body.blocked_by,
        "devices": dict(body.devices),
    }
