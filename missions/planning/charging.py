"""Energy along a robot's day: what a way and an action take, and what is left. No units but SI and Wh.

A linear model: idle draw always, moving draw while it drives, an action's draw while it acts.
"""

from dataclasses import dataclass, field

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A robot's battery and draws, from its factsheet."""

    fraction: float
    capacity_wh: float
    draw_idle_w: float
    draw_moving_w: float
    reserve_fraction: float
    draw_action_w: dict[str, float] = field(default_factory=dict)

    def drive_wh(self, drive_s: float) -> float:
        return self.draw_moving_w * drive_s / SECONDS_PER_HOUR

    def act_wh(self, action_type: str, duration_s: float) -> float:
        draw_w = self.draw_idle_w + self.draw_action_w.get(action_type, 0.0)
        return draw_w * duration_s / SECONDS_PER_HOUR

    def fraction_after(self, used_wh: float) -> float:
        """What is left after using this much; may be negative: then it cannot be done."""
        return self.fraction - used_wh / self.capacity_wh

    def keeps_reserve(self, used_wh: float) -> bool:
        return self.fraction_after(used_wh) >= self.reserve_fraction
