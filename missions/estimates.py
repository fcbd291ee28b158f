"""How long things take that only happen in a room: estimates for plans and forecasts, never for safety."""

import math
from collections.abc import Sequence

from maps.elements import Point


def exposure_s(target_j_m2: float, lamp: Point, outline: Sequence[Point], irradiance_1m_w_m2: float) -> float:
    """Seconds until the farthest corner of the room has the UV-C dose, by the inverse square.

    Too long for near corners and shadows too short: the robot measures, the mission waits for it.
    """
    farthest_m = max(math.dist(lamp, corner) for corner in outline)
    return target_j_m2 * max(1.0, farthest_m) ** 2 / irradiance_1m_w_m2
