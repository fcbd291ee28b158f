"""greet and lead: find the visitor, then bring them at their pace.

greet params: name, text_en, text_zh, timeout_s (60). Result: confirmed_by (screen, follower), waited_s.
lead (runs on the way) params: pace_mps (0.7), slow_m (2.5), wait_m (4), unseen_s (3), look_back_s (10),
lost_s (45), place_en, place_zh. Result: waits, waited_s. The robot slows when the visitor falls behind, holds
and speaks when they are far or unseen, and gives up when they are lost: the failure tells the desk.
"""

from enum import Enum

from robots.drivers.base import Announce, Confirmed, Sensed
from robots.protocol import Action
from robots.skills.base import (
    Arrive,
    Begin,
    Commands,
    Decline,
    Pace,
    Result,
    Skill,
    SkillEvent,
    number,
    text,
    words,
)
from robots.tables import Table

GOODBYE_S = 4.0
HYSTERESIS_M = 0.5
"""A visitor at the very limit must not make the robot stutter."""


GIVEN_UP = {
    "zh-CN": "我先离开了。如需帮助请到服务台，再见。",
    "en": "I have to go now. The desk will help you. Goodbye.",
}


class GreetState(Enum):
    WAITING = "waiting"
    GREETING = "awaiting_visitor"
    FINISHED = "finished"
    FAILED = "failed"


GREET = Table(
    name="greet",
    states=GreetState,
    rows=(
        ("begin", (GreetState.WAITING,), GreetState.GREETING),
        ("finish", (GreetState.GREETING,), GreetState.FINISHED),
        ("fail", (GreetState.WAITING, GreetState.GREETING), GreetState.FAILED),
    ),
)


class GreetSkill(Skill):
    table = GREET

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self._timeout_s = number(action.params, "timeout_s", 60.0, 1.0, 3600.0)
        name = text(action.params, "name")
        self._texts = words(
            action.params,
            f"Hello{name and ' '}{name}. Please touch Start and follow me.",
            f"您好{name and '，'}{name}。请点击“开始”，跟我来。",
        )
        self._begun_s = 0.0

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        if isinstance(event, Begin):
            self._begun_s = now_s
            return (*self._go("begin", now_s + self._timeout_s), Announce(texts=self._texts))
        if isinstance(event, Confirmed):
            return self._confirm(event)
        if isinstance(event, Sensed) and event.follower_m is not None:
            return self._finish(confirmed_by="follower")
        return ()

    def _confirm(self, event: Confirmed) -> Commands:
        if event.what in ("refuse", "cancel"):
            return self._fail("the visitor called it off")
        if event.what == "start":
            return self._finish(confirmed_by=event.value or "screen")
        return (Decline(because=f"the robot waits for 'start', not for '{event.what}'"),)

    def _fail(self, because: str) -> Commands:
        return (Announce(texts=GIVEN_UP), *super()._fail(because))

    def _expire(self, now_s: float) -> Commands:
        return self._fail(f"nobody came within {self._timeout_s:g} s")

    def _result(self) -> Result:
        return {"waited_s": round(self._now_s - self._begun_s, 1)}


class LeadState(Enum):
    STANDING_BY = "standing_by"
    LEADING = "leading"
    SLOW = "slow"
    WAITING = "waiting"
    LOOKING_BACK = "looking_back"
    SAYING_GOODBYE = "saying_goodbye"
    FINISHED = "finished"
    LOST = "lost"
    """Failed: the visitor is lost, or called it off."""


_HOLDING = (LeadState.WAITING, LeadState.LOOKING_BACK)
_UNDER_WAY = (LeadState.LEADING, LeadState.SLOW, *_HOLDING)

LEAD = Table(
    name="lead",
    states=LeadState,
    rows=(
        ("begin", (LeadState.STANDING_BY,), LeadState.LEADING),
        ("fell_behind", (LeadState.LEADING,), LeadState.SLOW),
        ("caught_up", (LeadState.SLOW, *_HOLDING), LeadState.LEADING),
        ("dropped_off", (LeadState.LEADING, LeadState.SLOW), LeadState.WAITING),
        ("came_closer", _HOLDING, LeadState.SLOW),
        ("look_back", (LeadState.WAITING,), LeadState.LOOKING_BACK),
        ("arrive", _UNDER_WAY, LeadState.SAYING_GOODBYE),
        ("finish", (LeadState.SAYING_GOODBYE,), LeadState.FINISHED),
        ("fail", (LeadState.STANDING_BY, *_UNDER_WAY, LeadState.SAYING_GOODBYE), LeadState.LOST),
    ),
)


class LeadSkill(Skill):
    table = LEAD

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        params = action.params
        self._pace_mps = number(params, "pace_mps", 0.7, 0.1, 1.0)
        self._slow_m = number(params, "slow_m", 2.5, 1.0, 10.0)
        self._wait_m = number(params, "wait_m", 4.0, self._slow_m, 20.0)
        self._unseen_s = number(params, "unseen_s", 3.0, 0.5, 30.0)
        self._look_back_s = number(params, "look_back_s", 10.0, 1.0, 300.0)
        self._lost_s = number(params, "lost_s", 45.0, self._look_back_s, 3600.0)
        self._place = {
            "en": text(params, "place_en", "your destination"),
            "zh-CN": text(params, "place_zh", "目的地"),
        }
        self._unseen_since_s: float | None = None
        self._held_since_s = 0.0
        self._waits = 0
        self._waited_s = 0.0

    # -- events --

    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        if isinstance(event, Begin):
            begun = (*self._go("begin"), self._pace(), self._say("Please follow me to {}.", "请跟我去{}。"))
            return (*begun, *self._follow(event.sensed or Sensed(), now_s))
        if isinstance(event, Arrive) and self._state in _UNDER_WAY:
            self._settle_wait(now_s)
            said = self._say("Here we are: {}. Goodbye.", "{}到了，再见。")
            return (*self._go("arrive", now_s + GOODBYE_S), said)
        if isinstance(event, Confirmed):
            return self._confirm(event)
        if isinstance(event, Sensed) and self._state in _UNDER_WAY:
            return self._follow(event, now_s)
        return ()

    def _confirm(self, event: Confirmed) -> Commands:
        if event.what in ("refuse", "cancel"):
            return self._fail("the visitor called it off")
        return (Decline(because=f"on the way there is nothing to confirm with '{event.what}'"),)

    def _follow(self, sensed: Sensed, now_s: float) -> Commands:
        if sensed.follower_m is None:
            return self._miss(now_s)
        self._unseen_since_s = None
        if self._state in _HOLDING:
            return self._rejoin(sensed.follower_m, now_s)
        if sensed.follower_m > self._wait_m:
            return self._hold(now_s, f"the visitor is {sensed.follower_m:.1f} m behind")
        if self._state is LeadState.LEADING and sensed.follower_m > self._slow_m:
            return (*self._go("fell_behind"), self._pace())
        if self._state is LeadState.SLOW and sensed.follower_m <= self._slow_m - HYSTERESIS_M:
            return (*self._go("caught_up"), self._pace())
        self._deadline_s = None
        return ()

    def _miss(self, now_s: float) -> Commands:
        if self._state in _HOLDING:
            return ()
        if self._unseen_since_s is None:
            self._unseen_since_s = now_s
            self._deadline_s = now_s + self._unseen_s
        return ()

    def _rejoin(self, follower_m: float, now_s: float) -> Commands:
        if follower_m > self._wait_m - HYSTERESIS_M:
            return ()
        self._settle_wait(now_s)
        near = follower_m <= self._slow_m - HYSTERESIS_M
        return (*self._go("caught_up" if near else "came_closer"), self._pace())

    def _expire(self, now_s: float) -> Commands:
        if self._state is LeadState.SAYING_GOODBYE:
            return self._finish()
        if self._state is LeadState.WAITING:
            changed = self._go("look_back", self._held_since_s + self._lost_s)
            return (
                *changed,
                self._say("I am waiting for you. Shall we go on to {}?", "我在等您，继续去{}吗？"),
            )
        if self._state is LeadState.LOOKING_BACK:
            self._settle_wait(now_s)
            return self._fail(f"visitor lost: not back within {self._lost_s:g} s")
        return self._hold(now_s, f"the visitor has not been seen for {self._unseen_s:g} s")

    # -- what follows --

    def _fail(self, because: str) -> Commands:
        return (Announce(texts=GIVEN_UP), *super()._fail(because))

    def _hold(self, now_s: float, because: str) -> Commands:
        self._held_since_s = now_s
        self._waits += 1
        self._unseen_since_s = None
        changed = self._go("dropped_off", now_s + self._look_back_s, because)
        return (*changed, self._pace(), self._say("I am waiting for you.", "我在等您。"))

    def _settle_wait(self, now_s: float) -> None:
        if self._state in _HOLDING:
            self._waited_s += now_s - self._held_since_s

    def _pace(self) -> Pace:
        if self._state in _HOLDING:
            return Pace(hold=True)
        slow = self._state is LeadState.SLOW
        return Pace(speed_mps_max=self._pace_mps / 2 if slow else self._pace_mps)

    def _say(self, english: str, chinese: str) -> Announce:
        texts = {"zh-CN": chinese.format(self._place["zh-CN"]), "en": english.format(self._place["en"])}
        return Announce(texts=texts)

    def _restore(self, now_s: float) -> Commands:
        if self._state in _HOLDING:
            # the visitor gets the whole time again: nobody follows a robot that stood paused
            self._held_since_s = now_s
            self._deadline_s = now_s + (
                self._look_back_s if self._state is LeadState.WAITING else self._lost_s - self._look_back_s
            )
        return ()

    def _result(self) -> Result:
        return {"waits": self._waits, "waited_s": round(self._waited_s, 1)}
