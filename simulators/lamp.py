"""The UV-C lamp and what it does to a room: irradiance at target points, dose over time.

The tube is that of maps.coverage.lamp, by which exposures are planned too: an upright Lambertian line source.
Targets are what hands touch: upright surfaces at TARGET_HEIGHT_M, facing the lamp, on a grid over the floor
where beds and tables stand. A diffuse floor of REFLECTED of the room's mean stands for what walls send back.
The output rises over the warm-up and falls with the lamp's hours (ageing).
Left out: shadows of furniture, ozone.
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

from maps.coverage.lamp import Lamp
from maps.coverage.lamp import irradiance_w_m2 as coverage_irradiance
from maps.elements import Point, Room
from maps.geometry import centre, inside
from simulators.geometry import Segment, distance_to

TUBE_M = 1.2
TUBE_CENTRE_M = 1.1
TARGET_HEIGHT_M = 0.9
TARGET_SPACING_M = 1.0
TARGET_INSET_M = 1.0
"""Furniture stands this far from the walls, bare walls are nobody's target."""
NEAREST_M = 0.4
"""The lamp's own housing: no target is nearer."""
REFLECTED = 0.08
WARM_UP_S = 90.0
COLD_FRACTION = 0.4
"""Output right after switching on."""
LIFE_H = 9000.0
LEFT_AT_END = 0.8
"""Output after LIFE_H hours; between it falls evenly."""
COVERED_J_M2 = 100.0
"""Dose from which a point counts as covered (10 mJ/cm2, vegetative organisms on surfaces)."""


def irradiance_w_m2(power_w: float, gap_m: float, height_m: float) -> float:
    """On an upright surface that faces the tube, gap_m from its axis, height_m above the floor."""
    tube = Lamp(
        power_w=power_w, length_m=TUBE_M, base_height_m=TUBE_CENTRE_M - TUBE_M / 2.0, ageing_fraction=1.0
    )
    return coverage_irradiance(tube, gap_m, height_m)


def ageing(hours: float) -> float:
    """Output of a lamp of that many hours, as a share of a new one's."""
    return 1.0 - (1.0 - LEFT_AT_END) * min(1.0, max(0.0, hours / LIFE_H))


def warm_s(lit_s: float) -> float:
    """Seconds of full output that a lamp gives in its first lit_s seconds."""
    rising_s = min(lit_s, WARM_UP_S)
    rise = 0.5 * (1.0 - COLD_FRACTION) * rising_s * rising_s / WARM_UP_S
    return COLD_FRACTION * rising_s + rise + max(0.0, lit_s - WARM_UP_S)


@dataclass(slots=True)
class Exposure:
    """The doses of one lamp standing at one point of a room. Moving starts another one."""

    lamp: Point
    power_w: float
    room: Room
    irradiance: tuple[float, ...] = ()
    """At each target, warm, W/m2."""
    dose_j_m2: list[float] = field(default_factory=list)
    lit_s: float = 0.0
    """Since the lamp was switched on last; it cools off at once."""

    @classmethod
    def at(cls, lamp: Point, power_w: float, room: Room) -> "Exposure":
        direct = [
            irradiance_w_m2(power_w, max(NEAREST_M, math.dist(lamp, target)), TARGET_HEIGHT_M)
            for target in targets(room)
        ]
        diffuse = REFLECTED * sum(direct) / len(direct)
        field_w_m2 = tuple(value + diffuse for value in direct)
        return cls(lamp, power_w, room, field_w_m2, [0.0] * len(field_w_m2))

    def shine(self, tick_s: float) -> None:
        """Let it shine on; the dose does not depend on how the time is cut."""
        given_s = warm_s(self.lit_s + tick_s) - warm_s(self.lit_s)
        self.lit_s += tick_s
        for index, value in enumerate(self.irradiance):
            self.dose_j_m2[index] += value * given_s

    def minimum_j_m2(self) -> float:
        return min(self.dose_j_m2)

    def p5_j_m2(self) -> float:
        return sorted(self.dose_j_m2)[int(0.05 * (len(self.dose_j_m2) - 1))]

    def covered_fraction(self) -> float:
        return sum(dose >= COVERED_J_M2 for dose in self.dose_j_m2) / len(self.dose_j_m2)


def targets(room: Room) -> list[Point]:
    """The grid over the floor, as far as it lies TARGET_INSET_M from the walls; at least the middle."""
    xs = [x for x, _ in room.polygon]
    ys = [y for _, y in room.polygon]
    columns = int((max(xs) - min(xs)) / TARGET_SPACING_M) + 1
    rows = int((max(ys) - min(ys)) / TARGET_SPACING_M) + 1
    points = (
        (min(xs) + column * TARGET_SPACING_M, min(ys) + row * TARGET_SPACING_M)
        for column in range(columns)
        for row in range(rows)
    )
    walls = _walls(room)
    found = [p for p in points if inside(p, room.polygon) and _inset_m(p, walls) >= TARGET_INSET_M - 1e-9]
    return found or [centre(room.polygon)]


def _walls(room: Room) -> list[Segment]:
    corners = (*room.polygon, room.polygon[0])
    return [(*a, *b) for a, b in pairwise(corners)]


def _inset_m(point: Point, walls: list[Segment]) -> float:
    return min(distance_to(point, wall) for wall in walls)
