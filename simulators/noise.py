"""What a body believes about itself: its pose with a smooth error, and jumps that heal.

The error is a sum of sines of the time whose phases come from the seed, bounded by most_m: a robot that finds
itself by landmarks wanders by centimetres round the truth. Wheels slip: while it drives the pose is ahead of
the truth by up to SLIP of the speed, times the second that landmarks take to correct it. The truth stays in
the body's Mover; judges and traces look there.
"""

import math
import random
from dataclasses import dataclass

PERIODS_S = (11.0, 29.0, 83.0)
YAW_RAD = 0.01
SLIP = 0.02
CORRECTED_S = 1.0
HEALS_S = 3.0
"""How long a jump takes to go back once the robot finds itself again."""


@dataclass(frozen=True, slots=True)
class Jump:
    dx_m: float
    dy_m: float
    until_s: float

    def share(self, now_s: float) -> float:
        """1 until until_s, then down to 0 in HEALS_S."""
        return min(1.0, max(0.0, 1.0 - (now_s - self.until_s) / HEALS_S))


class Localisation:
    """most_m: bound of the error across and along; 0: none, the slip included."""

    def __init__(self, seed: str, most_m: float) -> None:
        rng = random.Random(f"localisation {seed}")
        self._most_m = most_m
        self._phases = [[rng.uniform(0.0, math.tau) for _ in PERIODS_S] for _ in range(3)]
        self._slip = rng.uniform(0.0, SLIP) if most_m > 0.0 else 0.0
        self._jump = Jump(0.0, 0.0, -math.inf)

    def jump(self, dx_m: float, dy_m: float, until_s: float) -> None:
        """It believes itself elsewhere by so much until then."""
        self._jump = Jump(dx_m, dy_m, until_s)

    def error(self, now_s: float, yaw_rad: float, speed_mps: float) -> tuple[float, float, float]:
        """x, y and yaw to be added to the truth, in metres and radians."""
        share, slip_m = self._jump.share(now_s), self._slip * speed_mps * CORRECTED_S
        dx_m = self._most_m * self._wave(0, now_s) + share * self._jump.dx_m + slip_m * math.cos(yaw_rad)
        dy_m = self._most_m * self._wave(1, now_s) + share * self._jump.dy_m + slip_m * math.sin(yaw_rad)
        turn_rad = YAW_RAD * self._wave(2, now_s) if self._most_m > 0.0 else 0.0
        return dx_m, dy_m, turn_rad

    def _wave(self, which: int, now_s: float) -> float:
        """Within -1 and 1."""
        if self._most_m == 0.0:
            return 0.0
        waves = zip(PERIODS_S, self._phases[which], strict=True)
        return math.fsum(math.sin(math.tau * now_s / period + phase) for period, phase in waves) / len(
            PERIODS_S
        )
