"""The shape of a skill: a table and a sans-IO class. What it takes, what it gives, what all skills share.

handle(event, now_s) -> commands and next_deadline_s() -> float | None, like the agent that runs it. A skill
never drives: it may only hold or slow the drive (Pace). It never sees the order, the link or the clock.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum

from robots.drivers.base import FromBody, Sensed, ToBody
from robots.protocol import Action
from robots.tables import Rules, Table

Params = dict[str, str | float | bool | tuple[str, ...]]
Result = dict[str, str | float]

# -- into a skill ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Start. sensed is what the sensors said last, so that a skill does not wait for the next report."""

    sensed: Sensed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """next_deadline_s() has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """The robot is paused or stopped: make the actuators safe now; clocks stand still until Continue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue:
    """The robot is autonomous again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """End at once and leave everything safe."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive:
    """An action that runs on the way: the last node has been reached."""


SkillEvent = Begin | Tick | Suspend | Continue | Abort | Arrive | FromBody

# -- out of a skill ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Wish about the drive: hold it, or go no faster than speed_mps_max."""

    hold: bool = False
    speed_mps_max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The machine is in another state now; because says why where it is not obvious."""

    phase: str
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """A person's confirmation was not taken, and why."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    result: Result = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    because: str
    result: Result = field(default_factory=dict)


SkillCommand = ToBody | Pace | Phase | Decline | Finished | Failed
Commands = tuple[SkillCommand, ...]


class SkillError(ValueError):
    """Parameters that do not fit. The message names field, value and fix: refuse the order with it."""


class Skill(ABC):
    """What all skills share: the machine, one deadline, suspension, the end."""

    table: Table
    """Phases that wait for a person begin with `await`."""
    rests_on_pause = True
    """False: a pause does not suspend it, only a stop or a fault does."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.ended = False
        self.suspended = False
        self._rules = Rules(self.table)
        self._state: Enum = self.table.initial
        self._deadline_s: float | None = None
        self._remaining_s: float | None = None
        self._now_s = 0.0

    @property
    def phase(self) -> str:
        return str(self._state.value)

    def next_deadline_s(self) -> float | None:
        return None if self.suspended or self.ended else self._deadline_s

    def handle(self, event: SkillEvent, now_s: float) -> Commands:
        """Take one event. After Finished or Failed nothing happens any more."""
        if self.ended:
            return ()
        self._now_s = now_s
        if isinstance(event, Abort):
            return self._fail(event.because)
        if isinstance(event, Suspend):
            return self._suspend(now_s)
        if isinstance(event, Continue):
            return self._continue(now_s)
        if self.suspended:
            self._observe(event, now_s)
            return ()
        return self._work(event, now_s)

    # -- what each skill fills in --

    @abstractmethod
    def _take(self, event: SkillEvent, now_s: float) -> Commands:
        """Do what the event asks for in this state."""

    @abstractmethod
    def _expire(self, now_s: float) -> Commands:
        """The deadline of this state has passed."""

    def _safe(self) -> Commands:
        """Leave the actuators safe; said at every end, suspension and abort."""
        return ()

    def _restore(self, now_s: float) -> Commands:
        """Go on after a suspension."""
        return ()

    def _observe(self, event: SkillEvent, now_s: float) -> None:  # noqa: B027 - most remember nothing
        """Remember what is seen while suspended."""

    def _result(self) -> Result:
        """What has been measured so far."""
        return {}

    # -- what they use --

    def _go(self, trigger: str, deadline_s: float | None = None, because: str = "") -> Commands:
        """Advance the machine; its new state's deadline replaces the old one."""
        self._state = self._rules.advance(self._state, trigger)
        self._deadline_s = deadline_s
        return (Phase(phase=self.phase, because=because),)

    def _finish(self, trigger: str = "finish", **more: str | float) -> Commands:
        changed = self._go(trigger)
        self.ended = True
        return (*self._safe(), *changed, Finished(result={**self._result(), **more}))

    def _fail(self, because: str) -> Commands:
        changed = self._go("fail", because=because)
        self.ended = True
        return (*self._safe(), *changed, Failed(because=because, result=self._result()))

    def _work(self, event: SkillEvent, now_s: float) -> Commands:
        done = self._take(event, now_s)
        # a deadline that passed is served with whatever event comes first
        while self._deadline_s is not None and now_s >= self._deadline_s and not self.ended:
            self._deadline_s = None
            done = (*done, *self._expire(now_s))
        return done

    def _suspend(self, now_s: float) -> Commands:
        if self.suspended:
            return ()
        self.suspended = True
        self._remaining_s = None if self._deadline_s is None else max(0.0, self._deadline_s - now_s)
        return self._safe()

    def _continue(self, now_s: float) -> Commands:
        if not self.suspended:
            return ()
        self.suspended = False
        self._deadline_s = None if self._remaining_s is None else now_s + self._remaining_s
        return self._restore(now_s)


# -- parameters ----------------------------------------------------------------------------------------


def number(params: Params, name: str, default: float | None, minimum: float, maximum: float = 1e9) -> float:
    """params[name] as a number within bounds. Raises SkillError."""
    value = params.get(name, default)
    if value is None:
        raise SkillError(f"{name} is missing: give a number from {minimum:g} to {maximum:g}.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not minimum <= value <= maximum:
        raise SkillError(f"{name} is {value!r}: give a number from {minimum:g} to {maximum:g}.")
    return float(value)


def text(params: Params, name: str, default: str | None = "") -> str:
    """params[name] as text; default None means that it must be there. Raises SkillError."""
    value = params.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise SkillError(f"{name} is {value!r}: give a text.")
    return value


def words(params: Params, english: str, chinese: str) -> dict[str, str]:
    """What to say by language: params text_en and text_zh where given."""
    return {"zh-CN": text(params, "text_zh", chinese), "en": text(params, "text_en", english)}
