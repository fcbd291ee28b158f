"""Hydrogen peroxide in the rooms' air, and the tanks that it comes from.

Spraying (device spray or h2o2_fog on, something in the tank) drains the first tank at RATE_ML_S and fills the
room's air at once and evenly; ventilation takes it away, C(t) = C0 exp(-ACH t) when the source is off, and
open doors take more. Closed form between looks, so that the tick's length does not matter; a door counts as
it stands at the look. Left out: surfaces that take up agent, sensors' noise, ozone, and what goes through a
door into the corridor.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from maps.elements import Room
from maps.geometry import volume_m3
from maps.graph import SiteGraph
from robots.drivers.base import SetDevice, ToBody
from simulators.body import Body

DEVICES = ("spray", "h2o2_fog")
RATE_ML_S = 20.0 / 60.0
PPM_M3_PER_ML = 44.0
"""1 mL of a 6 % solution is 0.061 g of H2O2: 44 mL of gas at 25 C."""
ACH_PER_H = 6.0
"""Air changes of an ordinary room (G)."""
DOOR_M3_S = 0.05
"""Exchange through one open door."""
HOUR_S = 3600.0
LEAST_PPM = 1e-3
IsOpen = Callable[[str], bool]


@dataclass(slots=True)
class RoomAir:
    room: Room
    volume_m3: float
    ppm: float
    at_s: float


class Air:
    def __init__(self, graph: SiteGraph, is_open: IsOpen, now_s: float) -> None:
        self._graph = graph
        self._is_open = is_open
        self._rooms: dict[str, RoomAir] = {}
        self._now_s = now_s
        self.ach_per_h: dict[str, float] = {}
        """Rooms whose ventilation differs: 0.5 for one that is sealed."""
        self._sprayers: dict[str, None] = {}

    def told(self, body: Body, message: ToBody) -> None:
        """Remember who sprays: most bodies never do."""
        if isinstance(message, SetDevice) and message.device in DEVICES:
            self._sprayers[body.robot_id] = None
            body.sprayed_s = self._now_s if body.sprayed_s is None else body.sprayed_s

    def forget(self, robot_id: str) -> None:
        """This robot is no more."""
        self._sprayers.pop(robot_id, None)

    def ppm(self, room_id: str) -> float:
        air = self._rooms.get(room_id)
        return 0.0 if air is None else air.ppm

    def all_ppm(self) -> dict[str, float]:
        """Rooms in whose air there is something."""
        return {room_id: round(air.ppm, 3) for room_id, air in self._rooms.items()}

    def set_ppm(self, room: Room, ppm: float) -> None:
        self._rooms[room.room_id] = RoomAir(room, volume_m3(room), ppm, self._now_s)

    def advance(self, now_s: float, bodies: dict[str, Body], room_of: Callable[[Body], Room | None]) -> None:
        """Let time pass until now_s."""
        if not self._sprayers and not self._rooms:
            self._now_s = now_s
            return
        sources: dict[str, float] = {}
        for robot_id in self._sprayers:
            body = bodies[robot_id]
            room, ml_s = room_of(body), self._flow_ml_s(body)
            if room is not None and ml_s > 0.0:
                sources[room.room_id] = sources.get(room.room_id, 0.0) + ml_s * PPM_M3_PER_ML
                if room.room_id not in self._rooms:
                    self.set_ppm(room, 0.0)
        self._drain(now_s, (bodies[robot_id] for robot_id in self._sprayers))
        for room_id, air in tuple(self._rooms.items()):
            self._change(air, now_s, sources.get(room_id, 0.0))
            if air.ppm < LEAST_PPM and room_id not in sources:
                del self._rooms[room_id]
        self._now_s = now_s

    def _drain(self, now_s: float, bodies: Iterable[Body]) -> None:
        for body in bodies:
            since_s, body.sprayed_s = body.sprayed_s, now_s
            flow_ml_s = self._flow_ml_s(body)
            if flow_ml_s > 0.0 and since_s is not None:
                tank = _tank(body)
                body.tanks_ml[tank] = max(0.0, body.tanks_ml[tank] - flow_ml_s * (now_s - since_s))

    def _flow_ml_s(self, body: Body) -> float:
        on = body.powered and any(body.devices.get(device) == "on" for device in DEVICES)
        return RATE_ML_S if on and body.tanks_ml and body.tanks_ml[_tank(body)] > 0.0 else 0.0

    def _change(self, air: RoomAir, now_s: float, source_ppm_m3_s: float) -> None:
        """C' = source / V - loss C, solved exactly."""
        span_s, air.at_s = now_s - air.at_s, now_s
        loss = self.ach_per_h.get(air.room.room_id, ACH_PER_H) / HOUR_S
        loss += DOOR_M3_S * sum(map(self._is_open, air.room.doors)) / air.volume_m3
        steady = source_ppm_m3_s / air.volume_m3 / loss
        air.ppm = steady + (air.ppm - steady) * math.exp(-loss * span_s)


def _tank(body: Body) -> str:
    return next(iter(body.tanks_ml))
