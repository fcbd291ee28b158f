"""load and unload: the lockable tray, at both ends of a delivery.

load params: timeout_s (300), what (text shown). The tray opens; it locks when something lies on it and
somebody confirmed `loaded`. Result: confirmed_by, waited_s.
unload params: pin (''), timeout_s (300). The tray stays locked until the PIN (Confirmed or CONFIRM with what
`pin`; without a pin it opens at once), then until the goods are taken or `unloaded` is confirmed. Result:
confirmed_by, waited_s, wrong_pins.
"""

from enum import Enum

from robots.drivers.base import Announce, Confirmed, Sensed, SetDevice
from robots.protocol import Action
from robots.skills.base import Begin, Commands, Decline, Result, Skill, SkillEvent, number, text
from robots.tables import Table

WRONG_PINS_MAX = 3
CLOSING_S = 3.0
"""Time to take the hand out before the tray locks."""


class LoadState(Enum):
    WAITING = "waiting"
    OPEN = "awaiting_goods"
    CLOSING = "closing"
    FINISHED = "finished"
    FAILED = "failed"


LOAD = Table(
    name="load",
    states=LoadState,
    rows=(
        ("begin", (LoadState.WAITING,), LoadState.OPEN),
        ("loaded", (LoadState.OPEN,), LoadState.CLOSING),
        ("taken_back", (LoadState.CLOSING,), LoadState.OPEN),
        ("finish", (LoadState.CLOSING,), LoadState.FINISHED),
        ("fail", (LoadState.WAITING, LoadState.OPEN, LoadState.CLOSING), LoadState.FAILED),
    ),
)


def _tray(value: str) -> SetDevice:
    return SetDevice(device="tray_lock", value=value)


class _TraySkill(Skill):
    """What both ends share: the clock of the whole action, the lock, who confirmed."""

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._timeout_s = number(action.params, "timeout_s", 300.0, 1.0, 86400.0)
        self._begun_s = 0.0
        self._confirmed_by = ""

    def _safe(self) -> Commands:
        return (_tray("locked"),)

    def _result(self) -> Result:
        waited_s = round(self._now_s - self._begun_s, 1)
        return {"confirmed_by": self._confirmed_by, "waited_s": waited_s}


class LoadSkill(_TraySkill):
    table = LOAD

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        what = text(action.params, "what")
        self._texts = {
            "zh-CN": f"请放入物品{what and '：'}{what}，然后确认。",
            "en": f"Please put the goods{what and ': '}{what} on the tray, then confirm.",
        }
        self._loaded = False

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        self._observe(event, now_s)
        if isinstance(event, Begin):
            self._begun_s = now_s
            return (
                *self._go("begin", now_s + self._timeout_s),
                _tray("unlocked"),
                Announce(texts=self._texts),
            )
        if isinstance(event, Confirmed):
            return self._confirm(event, now_s)
        return self._watch(now_s)

    def _observe(self, event: SkillEvent, now_s: float) -> None:
        sensed = event.sensed if isinstance(event, Begin) else event
        if isinstance(sensed, Sensed):
            self._loaded = sensed.loaded

    def _confirm(self, event: Confirmed, now_s: float) -> Commands:
        if event.what in ("refuse", "cancel"):
            return self._fail("the sender called it off")
        if event.what != "loaded" or self._state is not LoadState.OPEN:
            return (Decline(because=f"the tray waits for 'loaded', not for '{event.what}'"),)
        self._confirmed_by = event.value or "tray"
        answer = () if self._loaded else (Decline(because="nothing lies on the tray yet"),)
        return (*answer, *self._watch(now_s))

    def _watch(self, now_s: float) -> Commands:
        if self._state is LoadState.OPEN and self._loaded and self._confirmed_by:
            return self._go("loaded", now_s + CLOSING_S)
        if self._state is LoadState.CLOSING and not self._loaded:
            self._confirmed_by = ""
            return self._go("taken_back", self._begun_s + self._timeout_s, "the goods were taken off again")
        return ()

    def _expire(self, now_s: float) -> Commands:
        if self._state is LoadState.CLOSING:
            return self._finish()
        missing = "nobody confirmed" if self._loaded else "nothing was loaded"
        return self._fail(f"{missing} within {self._timeout_s:g} s")

    def _restore(self, now_s: float) -> Commands:
        return (_tray("unlocked"),) if self._state is LoadState.OPEN else ()


class UnloadState(Enum):
    WAITING = "waiting"
    LOCKED = "awaiting_pin"
    OPEN = "awaiting_collection"
    CLOSING = "closing"
    FINISHED = "finished"
    FAILED = "failed"


UNLOAD = Table(
    name="unload",
    states=UnloadState,
    rows=(
        ("begin", (UnloadState.WAITING,), UnloadState.LOCKED),
        ("unlock", (UnloadState.LOCKED,), UnloadState.OPEN),
        ("taken", (UnloadState.OPEN,), UnloadState.CLOSING),
        ("finish", (UnloadState.CLOSING,), UnloadState.FINISHED),
        (
            "fail",
            (UnloadState.WAITING, UnloadState.LOCKED, UnloadState.OPEN, UnloadState.CLOSING),
            UnloadState.FAILED,
        ),
    ),
)


class UnloadSkill(_TraySkill):
    table = UNLOAD

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._pin = text(action.params, "pin")
        self._wrong_pins = 0

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        if isinstance(event, Begin):
            return self._begin(now_s)
        if isinstance(event, Confirmed):
            return self._confirm(event, now_s)
        if isinstance(event, Sensed) and self._state is UnloadState.OPEN and not event.loaded:
            self._confirmed_by = self._confirmed_by or "tray"
            return self._go("taken", now_s + CLOSING_S)
        return ()

    def _begin(self, now_s: float) -> Commands:
        self._begun_s = now_s
        texts = {"zh-CN": "您的物品到了，请输入取件码。", "en": "Your goods are here. Please enter the PIN."}
        begun = (*self._go("begin", now_s + self._timeout_s), _tray("locked"), Announce(texts=texts))
        return begun if self._pin else (*begun, *self._unlock())

    def _unlock(self) -> Commands:
        return (*self._go("unlock", self._begun_s + self._timeout_s), _tray("unlocked"))

    def _confirm(self, event: Confirmed, now_s: float) -> Commands:
        if event.what in ("refuse", "cancel"):
            return self._fail("the receiver refused the goods")
        if event.what == "pin" and self._state is UnloadState.LOCKED:
            return self._try_pin(event.value)
        if event.what == "unloaded" and self._state is UnloadState.OPEN:
            self._confirmed_by = event.value or self._confirmed_by or "tray"
            return self._go("taken", now_s + CLOSING_S)
        waited_for = "pin" if self._state is UnloadState.LOCKED else "unloaded"
        return (Decline(because=f"the tray waits for '{waited_for}', not for '{event.what}'"),)

    def _try_pin(self, value: str) -> Commands:
        if value == self._pin:
            self._confirmed_by = "pin"
            return self._unlock()
        self._wrong_pins += 1
        left = WRONG_PINS_MAX - self._wrong_pins
        if left <= 0:
            declined = Decline(because="wrong PIN, no try left: the tray stays locked")
            return (declined, *self._fail(f"locked after {WRONG_PINS_MAX} wrong PINs"))
        return (Decline(because=f"wrong PIN, {left} more tries"),)

    def _expire(self, now_s: float) -> Commands:
        if self._state is UnloadState.CLOSING:
            return self._finish()
        return self._fail(f"not collected within {self._timeout_s:g} s")

    def _restore(self, now_s: float) -> Commands:
        return (_tray("unlocked"),) if self._state is UnloadState.OPEN else ()

    def _result(self) -> Result:
        return {**super()._result(), "wrong_pins": self._wrong_pins}
