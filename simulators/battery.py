"""The battery: what is drawn and charged, per tick."""

from robots.protocol import Factsheet

JOULES_PER_WH = 3600.0
TAPER_FROM_FRACTION = 0.85
"""Above it a lithium battery takes less and less current."""
TAPER_LEAST = 0.25


class Battery:
    def __init__(self, facts: Factsheet, fraction: float) -> None:
        self._facts = facts
        self.energy_j = fraction * facts.battery_wh * JOULES_PER_WH

    @property
    def fraction(self) -> float:
        return self.energy_j / (self._facts.battery_wh * JOULES_PER_WH)

    @property
    def is_empty(self) -> bool:
        return self.energy_j <= 0.0

    def draw(self, tick_s: float, *, moving: bool, actions: tuple[str, ...]) -> None:
        """actions: skills whose device is on; they draw on top."""
        power_w = self._facts.draw_idle_w
        power_w += self._facts.draw_moving_w if moving else 0.0
        power_w += sum(self._facts.draw_action_w.get(action, 0.0) for action in actions)
        self.energy_j = max(0.0, self.energy_j - power_w * tick_s)

    def charge(self, tick_s: float) -> None:
        full_j = self._facts.battery_wh * JOULES_PER_WH
        over = max(0.0, (self.fraction - TAPER_FROM_FRACTION) / (1.0 - TAPER_FROM_FRACTION))
        power_w = self._facts.charge_w * max(TAPER_LEAST, 1.0 - over)
        self.energy_j = min(full_j, self.energy_j + power_w * tick_s)
