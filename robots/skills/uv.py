"""uv_expose: UV-C over an empty, closed room, until the lowest point has its dose.

params: target_j_m2 (required), door (required: the room's door, its sensor is paired with the robot),
announce_s (30, never under 8), scan_s (10), warm_up_s (20), cap_s (1800, never over), interruptions_max (3),
clear_timeout_s (300: how long it waits for a closed door and an empty room), partial_ok (false: an exposure
that ends at the cap below the target fails; true: it finishes and reports what it reached, for one of several
poses). Result: dose_min_j_m2, dose_p5_j_m2, covered_fraction, target_j_m2, exposure_s, interruptions.

Start order, never shortened: announce, door closed, scan that finds nobody (motionless too), warm-up, expose.
A person, an open door, a lost or silent sensor: the lamp is off in the same handle() call, the dose is kept,
and the whole order starts again once it is clear. This repeats the body's certified safety circuit and never
replaces it.
"""

from enum import Enum

from robots.drivers.base import Announce, Dose, Sensed, SetDevice, Watch
from robots.protocol import Action
from robots.skills.base import Begin, Commands, Result, Skill, SkillError, SkillEvent, number, text
from robots.tables import Table

ANNOUNCE_S_MIN = 8.0
CAP_S_MAX = 1800.0
SENSOR_SILENCE_S = 3.0
"""Sensors report once a second; three missed reports are a lost sensor."""


class UvState(Enum):
    WAITING = "waiting"
    ANNOUNCING = "announcing"
    CLOSING = "awaiting_door"
    SCANNING = "scanning"
    WARMING_UP = "warming_up"
    EXPOSING = "exposing"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"


_LIT = (UvState.WARMING_UP, UvState.EXPOSING)
_CLEARING = (UvState.CLOSING, UvState.SCANNING)

UV = Table(
    name="uv_expose",
    states=UvState,
    rows=(
        ("begin", (UvState.WAITING,), UvState.ANNOUNCING),
        ("announced", (UvState.ANNOUNCING,), UvState.CLOSING),
        ("door_closed", (UvState.CLOSING,), UvState.SCANNING),
        ("door_opened", (UvState.SCANNING,), UvState.CLOSING),
        ("nobody_seen", (UvState.SCANNING,), UvState.WARMING_UP),
        ("warm", (UvState.WARMING_UP,), UvState.EXPOSING),
        (
            "interrupt",
            (UvState.ANNOUNCING, UvState.CLOSING, UvState.SCANNING, *_LIT),
            UvState.INTERRUPTED,
        ),
        ("clear", (UvState.INTERRUPTED,), UvState.ANNOUNCING),
        ("finish", (UvState.EXPOSING,), UvState.FINISHED),
        (
            "fail",
            (UvState.WAITING, UvState.ANNOUNCING, *_CLEARING, *_LIT, UvState.INTERRUPTED),
            UvState.FAILED,
        ),
    ),
)


class UvSkill(Skill):
    table = UV

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        params = action.params
        self._target_j_m2 = number(params, "target_j_m2", None, 0.1, 10_000.0)
        self._door = text(params, "door", None)
        self._announce_s = number(params, "announce_s", 30.0, ANNOUNCE_S_MIN, 600.0)
        self._scan_s = number(params, "scan_s", 10.0, 5.0, 600.0)
        self._warm_up_s = number(params, "warm_up_s", 20.0, 0.0, 600.0)
        self._cap_s = number(params, "cap_s", CAP_S_MAX, 1.0, CAP_S_MAX)
        self._clear_timeout_s = number(params, "clear_timeout_s", 300.0, 1.0, 7200.0)
        self._interruptions_max = int(number(params, "interruptions_max", 3.0, 0.0, 100.0))
        self._partial_ok = _flag(params.get("partial_ok", False))
        self._interruptions = 0
        self._sensed: Sensed | None = None
        self._sensed_s = 0.0
        self._dose = Dose(minimum_j_m2=0.0, p5_j_m2=0.0, covered_fraction=0.0)
        self._lit_since_s: float | None = None
        self._exposure_s = 0.0
        self._clear_by_s = 0.0
        self._scan_until_s: float | None = None
        self._stage_until_s = 0.0

    # -- events --

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        self._observe(event, now_s)
        if isinstance(event, Begin):
            return (Watch(door=self._door), *self._announce("begin", now_s))
        if isinstance(event, Sensed):
            return self._judge(now_s)
        if isinstance(event, Dose) and self._state is UvState.EXPOSING:
            return self._finish_if_reached(now_s)
        return ()

    def _observe(self, event: SkillEvent, now_s: float) -> None:
        if isinstance(event, Sensed):
            if now_s - self._sensed_s > SENSOR_SILENCE_S:
                self._scan_until_s = None  # nobody looked in between: the scan starts again
            self._sensed, self._sensed_s = event, now_s
        if isinstance(event, Dose):
            self._dose = event

    def _judge(self, now_s: float) -> Commands:
        """What the newest sensor report means in this state."""
        danger = self._danger()
        if self._state in _LIT:
            self._deadline_s = self._lit_deadline_s()
            return self._interrupt(danger, now_s) if danger else ()
        if self._state is UvState.INTERRUPTED:
            return () if danger else self._announce("clear", now_s)
        if self._state is UvState.CLOSING:
            return self._scan(now_s) if self._door_closed() else ()
        if self._state is UvState.SCANNING:
            return self._go_on_scanning(danger, now_s)
        return ()

    def _danger(self) -> str:
        """Why the lamp must not be lit; '' when it may."""
        if self._sensed is None or self._sensed.door_closed is None:
            return "the link to the door sensor is lost"
        if not self._sensed.door_closed:
            return "the door was opened"
        return "a person was seen" if self._sensed.person_seen else ""

    def _door_closed(self) -> bool:
        return self._sensed is not None and self._sensed.door_closed is True

    # -- the start order --

    def _announce(self, trigger: str, now_s: float) -> Commands:
        texts = {
            "zh-CN": "紫外线消毒即将开始，请立即离开并关门。",
            "en": "UV disinfection is about to start. Leave the room now and close the door.",
        }
        return (*self._go(trigger, now_s + self._announce_s), Announce(texts=texts))

    def _wait_for_door(self, now_s: float) -> Commands:
        self._clear_by_s = now_s + self._clear_timeout_s
        changed = self._go("announced", self._clear_by_s)
        return (*changed, *self._scan(now_s)) if self._door_closed() else changed

    def _scan(self, now_s: float) -> Commands:
        changed = self._go("door_closed", self._clear_by_s)
        self._scan_until_s = None
        return (*changed, *self._go_on_scanning(self._danger(), now_s))

    def _go_on_scanning(self, danger: str, now_s: float) -> Commands:
        if not self._door_closed():
            return self._go("door_opened", self._clear_by_s, danger)
        if danger:
            self._scan_until_s = None
        elif self._scan_until_s is None:
            self._scan_until_s = now_s + self._scan_s
        ends_s = self._clear_by_s if self._scan_until_s is None else self._scan_until_s
        self._deadline_s = min(ends_s, self._clear_by_s)
        return ()

    def _end_scan(self, now_s: float) -> Commands:
        if now_s - self._sensed_s > SENSOR_SILENCE_S:
            self._deadline_s = self._clear_by_s  # nobody looked: the next report starts it again
            return ()
        self._lit_since_s = now_s
        self._stage_until_s = now_s + self._warm_up_s
        changed = self._go("nobody_seen", self._lit_deadline_s())
        return (*changed, SetDevice(device="lamp", value="on"))

    # -- lit --

    def _lit_deadline_s(self) -> float:
        return min(self._stage_until_s, self._sensed_s + SENSOR_SILENCE_S)

    def _expire(self, now_s: float) -> Commands:
        if self._state is UvState.ANNOUNCING:
            return self._wait_for_door(now_s)
        if self._state in _LIT:
            return self._end_lit_stage(now_s)
        if self._state is UvState.SCANNING and self._scan_until_s is not None and now_s >= self._scan_until_s:
            return self._end_scan(now_s)
        return self._fail(f"{self._danger() or 'not clear'}: not clear within {self._clear_timeout_s:g} s")

    def _end_lit_stage(self, now_s: float) -> Commands:
        if now_s >= self._sensed_s + SENSOR_SILENCE_S:
            return self._interrupt("the sensors fell silent", now_s)
        if self._state is UvState.EXPOSING:
            return self._end_at_cap(now_s)
        self._stage_until_s = now_s + max(0.0, self._cap_s - self._exposure_s)
        changed = self._go("warm", self._lit_deadline_s())
        return (*changed, *self._finish_if_reached(now_s))

    def _finish_if_reached(self, now_s: float) -> Commands:
        if self._dose.minimum_j_m2 < self._target_j_m2:
            return ()
        self._put_out()
        return self._finish()

    def _end_at_cap(self, now_s: float) -> Commands:
        self._put_out()
        if self._partial_ok:
            return self._finish()
        reached = f"{self._dose.minimum_j_m2:.1f} of {self._target_j_m2:g} J/m2"
        return self._fail(f"lowest point has {reached} after the longest exposure ({self._cap_s:g} s)")

    def _interrupt(self, because: str, now_s: float) -> Commands:
        self._put_out()
        self._interruptions += 1
        off = SetDevice(device="lamp", value="off")
        if self._interruptions > self._interruptions_max:
            return (off, *self._fail(f"{because}: interrupted {self._interruptions} times"))
        return (off, *self._go("interrupt", now_s + self._clear_timeout_s, because))

    def _put_out(self) -> None:
        self._exposure_s = self._exposed_s()
        self._lit_since_s = None

    def _exposed_s(self) -> float:
        lit_s = 0.0 if self._lit_since_s is None else self._now_s - self._lit_since_s
        return self._exposure_s + lit_s

    # -- pause, end --

    def _suspend(self, now_s: float) -> Commands:
        already, lit = self.suspended, self._state in _LIT
        self._put_out()
        safe = super()._suspend(now_s)
        started = self._state not in (UvState.WAITING, UvState.INTERRUPTED)
        if already or not started:
            return safe
        self._interruptions += lit
        self._remaining_s = self._clear_timeout_s
        return (*safe, *self._go("interrupt", None, "the robot was paused"))

    def _restore(self, now_s: float) -> Commands:
        # the sensors' next report starts the order again; what was seen before the pause is no proof
        return ()

    def _safe(self) -> Commands:
        off = SetDevice(device="lamp", value="off")
        return (off, Watch(door="")) if self.ended else (off,)

    def _result(self) -> Result:
        return {
            "dose_min_j_m2": self._dose.minimum_j_m2,
            "dose_p5_j_m2": self._dose.p5_j_m2,
            "covered_fraction": self._dose.covered_fraction,
            "target_j_m2": self._target_j_m2,
            "exposure_s": round(self._exposed_s(), 1),
            "interruptions": self._interruptions,
        }


def _flag(value: str | float | bool | tuple[str, ...]) -> bool:
    if isinstance(value, bool):
        return value
    raise SkillError(f"partial_ok is {value!r}: give true or false.")
