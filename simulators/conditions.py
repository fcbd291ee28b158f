"""What surrounds the bodies: light, smoke and weather. Faults change it, cameras and bodies read it."""

import math
from dataclasses import dataclass, field

from maps.elements import Point
from simulators.weather import Sky

SMOKE_PER_M_MAX = 5.0
"""Extinction; at 5 per metre one sees 0.6 m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """A disc in which no radio reaches."""

    level: str
    x_m: float
    y_m: float
    radius_m: float


@dataclass(slots=True)
class Conditions:
    sky: Sky
    dark: dict[str, bool] = field(default_factory=dict)
    """Levels and rooms whose light is out."""
    smoke_per_m: dict[str, float] = field(default_factory=dict)
    """Room or level to the extinction coefficient of its smoke."""
    shadows: dict[tuple[str, float, float], Shadow] = field(default_factory=dict)

    def is_dark(self, level: str, area: str) -> bool:
        """area is a room of the level, or the level itself for its corridors."""
        return self.dark.get(level, False) or self.dark.get(area, False)

    def is_shadowed(self, level: str, point: Point) -> bool:
        """No radio link here."""
        return any(
            shadow.level == level and math.dist(point, (shadow.x_m, shadow.y_m)) < shadow.radius_m
            for shadow in self.shadows.values()
        )

    def smoke(self, area: str) -> float:
        return self.smoke_per_m.get(area, 0.0)
