"""What a world remembers over its own restart: where bodies stand, what they carry, where the lifts are.

The orchestrator's journal and the robots' memories go on after a restart; without this their bodies would be
back at the chargers. People, doors and faults start afresh.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from maps.elements import Node
from robots.drivers.base import Waypoint
from simulators.body import Body

if TYPE_CHECKING:
    from simulators.world import World

NEAR_M = 1.0


class KeptBody(msgspec.Struct, frozen=True, kw_only=True):
    level: str
    x_m: float
    y_m: float
    yaw_rad: float
    battery_fraction: float
    loaded: bool
    tray_lock: str
    tanks_ml: dict[str, float]
    battery_health: float = 1.0
    lamps_hours: dict[str, float] = {}

    def waypoint(self) -> Waypoint:
        return Waypoint(
            x_m=self.x_m, y_m=self.y_m, level=self.level, seq=-1, speed_mps_max=0.0, yaw_rad=self.yaw_rad
        )

    def furnish(self, body: Body) -> None:
        """Put back what it carried."""
        body.loaded = self.loaded
        body.devices["tray_lock"] = self.tray_lock
        body.tanks_ml = dict(self.tanks_ml)
        body.battery.wear(self.battery_health)
        body.lamps_hours.update(self.lamps_hours)

    def is_near(self, node: Node) -> bool:
        distance_m = abs(self.x_m - node.x_m) + abs(self.y_m - node.y_m)
        return self.level == node.level and distance_m < NEAR_M


class KeptWorld(msgspec.Struct, frozen=True, kw_only=True):
    site_hash: str
    bodies: dict[str, KeptBody]
    lifts: dict[str, str]
    """Lift to the level of its cabin."""


def keep(world: "World") -> KeptWorld:
    """Bodies that stand or drive, and those that have not joined again yet."""
    bodies = {robot_id: _kept(body) for robot_id, body in world.bodies.items()}
    lifts = {lift_id: cabin.level for lift_id, cabin in world.building.lifts.items()}
    return KeptWorld(site_hash=world.graph.content_hash(), bodies={**world.kept, **bodies}, lifts=lifts)


def recall(world: "World", kept: KeptWorld) -> bool:
    """Into a new world; bodies appear when their robots join. False: it is of another site, not used."""
    if kept.site_hash != world.graph.content_hash():
        return False
    world.kept = dict(kept.bodies)
    for lift_id, level in kept.lifts.items():
        world.building.lifts[lift_id].level = level
    return True


def _kept(body: Body) -> KeptBody:
    mover = body.mover
    return KeptBody(
        level=mover.level,
        x_m=mover.x_m,
        y_m=mover.y_m,
        yaw_rad=mover.yaw_rad,
        battery_fraction=body.battery.fraction,
        loaded=body.loaded,
        tray_lock=body.devices["tray_lock"],
        tanks_ml=dict(body.tanks_ml),
        battery_health=body.battery.health,
        lamps_hours=dict(body.lamps_hours),
    )


class KeepingFile:
    """The memory on disk, replaced whole. Written by one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> KeptWorld | None:
        """None when there is none. Raises msgspec.DecodeError for one that cannot be read."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return msgspec.json.decode(data, type=KeptWorld)

    def save(self, kept: KeptWorld) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(kept))
        fresh.replace(self._path)
