"""charge: take current until the battery is full enough.

params: until_fraction (0.9). Result: battery_fraction, charged_s.
A pause goes on charging (a paused robot must not run flat); a stop switches the charger off.
"""

from enum import Enum

from robots.drivers.base import Energy, SetDevice
from robots.protocol import Action
from robots.skills.base import Begin, Commands, Result, Skill, SkillEvent, number
from robots.tables import Table

CONTACT_S = 30.0
"""A charger that gives no current for this long has no contact."""


class ChargeState(Enum):
    WAITING = "waiting"
    CONNECTING = "connecting"
    CHARGING = "charging"
    FINISHED = "finished"
    FAILED = "failed"


CHARGE = Table(
    name="charge",
    states=ChargeState,
    rows=(
        ("begin", (ChargeState.WAITING,), ChargeState.CONNECTING),
        ("current", (ChargeState.CONNECTING,), ChargeState.CHARGING),
        ("contact_lost", (ChargeState.CHARGING,), ChargeState.CONNECTING),
        ("finish", (ChargeState.CONNECTING, ChargeState.CHARGING), ChargeState.FINISHED),
        (
            "fail",
            (ChargeState.WAITING, ChargeState.CONNECTING, ChargeState.CHARGING),
            ChargeState.FAILED,
        ),
    ),
)


class ChargeSkill(Skill):
    table = CHARGE
    rests_on_pause = False

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._until_fraction = number(action.params, "until_fraction", 0.9, 0.05, 1.0)
        self._battery_fraction = 0.0
        self._begun_s = 0.0

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        if isinstance(event, Begin):
            self._begun_s = now_s
            return (*self._go("begin", now_s + CONTACT_S), SetDevice(device="charger", value="on"))
        if isinstance(event, Energy):
            self._battery_fraction = event.battery_fraction
            return self._watch(event, now_s)
        return ()

    def _watch(self, energy: Energy, now_s: float) -> Commands:
        if energy.battery_fraction >= self._until_fraction:
            return self._finish()
        if energy.charging and self._state is ChargeState.CONNECTING:
            return self._go("current")
        if not energy.charging and self._state is ChargeState.CHARGING:
            return self._go("contact_lost", now_s + CONTACT_S, "no current")
        return ()

    def _expire(self, now_s: float) -> Commands:
        return self._fail(
            f"the charger gave no current for {CONTACT_S:g} s: clean the contacts, check its power"
        )

    def _safe(self) -> Commands:
        return (SetDevice(device="charger", value="off"),)

    def _restore(self, now_s: float) -> Commands:
        if self._state is ChargeState.CHARGING:
            self._go("contact_lost", now_s + CONTACT_S)
        return (SetDevice(device="charger", value="on"),)

    def _result(self) -> Result:
        return {
            "battery_fraction": self._battery_fraction,
            "charged_s": round(self._now_s - self._begun_s, 1),
        }
