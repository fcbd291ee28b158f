"""Energy along a robot's day: what a way and an action take, and what is left. SI and Wh.

A linear model, the same as the factsheet's words: idle draw always, moving draw on top while it drives, an
action's draw on top while it acts. It forgets cold, age and slopes: the reserve is there for those.
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

    def idle_wh(self, wait_s: float) -> float:
        return self.draw_idle_w * wait_s / SECONDS_PER_HOUR

    def drive_wh(self, drive_s: float, action_type: str = "") -> float:
        """Driving for drive_s; action_type is what it does on the way, if anything."""
        draw_w = self.draw_idle_w + self.draw_moving_w + self.draw_action_w.get(action_type, 0.0)
        return draw_w * drive_s / SECONDS_PER_HOUR

    def act_wh(self, action_type: str, duration_s: float) -> float:
        """Acting for duration_s on the spot."""
        draw_w = self.draw_idle_w + self.draw_action_w.get(action_type, 0.0)
        return draw_w * duration_s / SECONDS_PER_HOUR

    def fraction_after(self, used_wh: float) -> float:
        """What is left after using this much; may be negative: then it cannot be done."""
        return self.fraction - used_wh / self.capacity_wh

    def keeps_reserve(self, used_wh: float) -> bool:
        return self.fraction_after(used_wh) >= self.reserve_fraction

    def could_when_full(self, used_wh: float) -> bool:
        """False: no charging helps, it takes more than one battery."""
        return used_wh <= (1.0 - self.reserve_fraction) * self.capacity_wh
