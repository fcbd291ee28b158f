"""How fast a served world runs, whether it is paused, and whether it keeps up."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulators.world import WorldError, WorldSettings

SPEED_MIN, SPEED_MAX = 0.1, 20.0
FRAME_S = 0.5
"""Real seconds between two pictures of a robot, at every speed."""
LOCALISATION_M = 0.03
"""How far robots err about their pose."""
TICK_S, TICK_S_MAX = 0.05, 0.25
WINDOW_S = 5.0
BEHIND_S = 1.0
"""A step longer than this (a suspended laptop, a machine too small) is cut: the world does not catch up."""
WARN_S = 10.0
"""Between two warnings that it does not keep up."""


def checked_speed(speed: float) -> float:
    """Raises WorldError naming the limits."""
    if not SPEED_MIN <= speed <= SPEED_MAX:
        raise WorldError(f"the speed is {speed:g}; choose {SPEED_MIN:g} to {SPEED_MAX:g}")
    return speed


def settings_for(speed: float, *, walkers: int, camera: bool) -> WorldSettings:
    """Steps of the world as long as one round of the server's loop, but for the highest speeds."""
    tick_s = min(TICK_S_MAX, max(TICK_S, TICK_S * speed))
    frame_s = FRAME_S * speed if camera else 0.0
    return WorldSettings(walkers=walkers, frame_s=frame_s, tick_s=tick_s, localisation_m=LOCALISATION_M)


@dataclass(slots=True)
class Pace:
    """speed: world seconds per real second. All times here are real seconds but where they say world."""

    speed: float = 1.0
    paused: bool = False
    behind_s: float = 0.0
    """World seconds that were left out because the machine was too slow, since the start."""
    _steps: deque[tuple[float, float]] = field(default_factory=deque)
    """(when it ended, world seconds) of the last WINDOW_S."""
    _warned_s: float = float("-inf")

    def world_s(self, real_s: float) -> float:
        """How far the world goes on in a round that took real_s."""
        if self.paused:
            return 0.0
        self.behind_s += max(0.0, real_s - BEHIND_S) * self.speed
        return min(real_s, BEHIND_S) * self.speed

    def stepped(self, now_s: float, world_s: float) -> None:
        """A round has ended."""
        self._steps.append((now_s, world_s))
        while now_s - self._steps[0][0] > WINDOW_S:
            self._steps.popleft()

    def change(self, speed: float | None, *, paused: bool | None) -> None:
        """None leaves it as it is. Raises WorldError for a speed out of range."""
        if speed is not None:
            self.speed = checked_speed(speed)
        if paused is not None:
            self.paused = paused
        self._steps.clear()

    @property
    def reached(self) -> float | None:
        """World seconds per real second of late; None while too little is known."""
        if len(self._steps) < 3:
            return None
        took_s = self._steps[-1][0] - self._steps[0][0]
        return sum(world_s for _, world_s in list(self._steps)[1:]) / took_s if took_s > 0.0 else None

    def complaint(self, now_s: float) -> str:
        """A sentence when it falls behind, at most every WARN_S; else ''."""
        reached = self.reached
        slow = reached is not None and not self.paused and reached < 0.9 * self.speed
        if reached is None or not slow or now_s - self._warned_s < WARN_S:
            return ""
        if now_s - self._steps[0][0] < WINDOW_S / 2.0:
            return ""
        self._warned_s = now_s
        return (
            f"the world does not keep up: {reached:.1f} of {self.speed:g} times life, {self.behind_s:.0f} s"
            " of it left out so far; lower the speed, leave out --camera, or use fewer robots and people"
        )

    def shown(self) -> dict[str, Any]:
        reached = self.reached
        return {
            "speed": self.speed,
            "paused": self.paused,
            "reached": None if reached is None else round(reached, 2),
            "behind_s": round(self.behind_s, 1),
        }
