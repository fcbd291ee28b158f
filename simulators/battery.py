"""The battery: what is drawn and charged, per tick, and how it ages."""

from robots.protocol import Factsheet

JOULES_PER_WH = 3600.0
TAPER_FROM_FRACTION = 0.85
"""Above it a lithium battery takes less and less current."""
TAPER_LEAST = 0.25
FADE_PER_CYCLE = 0.2 / 800.0
"""Share of the capacity lost by charging it once over: 80 % are left after 800 cycles."""
LOSS_WHEN_WORN = 0.5
"""Of what a charger gives, this times the lost health becomes heat."""
HEALTH_LEAST = 0.3


class Battery:
    """health: the capacity that age has left, as a share of the factsheet's."""

    def __init__(self, facts: Factsheet, fraction: float) -> None:
        self._facts = facts
        self.health = 1.0
        self.energy_j = fraction * facts.battery_wh * JOULES_PER_WH

    @property
    def fraction(self) -> float:
        """Of what it holds when full at its present health."""
        return self.energy_j / self.capacity_j

    @property
    def capacity_j(self) -> float:
        return self._facts.battery_wh * JOULES_PER_WH * self.health

    def wear(self, health: float) -> None:
        """It has aged; the state of charge stays as it is."""
        fraction, self.health = self.fraction, max(HEALTH_LEAST, min(1.0, health))
        self.energy_j = fraction * self.capacity_j

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
        over = max(0.0, (self.fraction - TAPER_FROM_FRACTION) / (1.0 - TAPER_FROM_FRACTION))
        power_w = self._facts.charge_w * max(TAPER_LEAST, 1.0 - over)
        gained_j = power_w * tick_s * (1.0 - LOSS_WHEN_WORN * (1.0 - self.health))
        self.energy_j = min(self.capacity_j, self.energy_j + gained_j)
        self.wear(self.health - FADE_PER_CYCLE * gained_j / self.capacity_j)
