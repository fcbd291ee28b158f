"""Plays the orchestrator, case by case. Sans-IO: handle(event, now_s) -> commands, next_deadline_s()."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from robots import protocol as wire
from robots.conformance.script import Broken, Case, NotApplicable, NotRun, Script, Wait, ready
from robots.conformance.talk import (
    HEARTBEAT_S,
    Arrived,
    Began,
    EndProgram,
    FrameArrived,
    JudgeCommand,
    JudgeEvent,
    ProgramEnded,
    Settings,
    StartProgram,
    Talk,
)


class Verdict(StrEnum):
    PASSED = "passed"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"
    """The robot could not be brought to where the case begins: mend what is broken before it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    case: Case
    verdict: Verdict
    seen: str
    """What was seen; for a passed case ''."""
    took_s: float


class Judge:
    """One run over these cases. results grows as they end; is_over says that nothing is left."""

    def __init__(self, cases: Iterable[Case], settings: Settings | None = None) -> None:
        self._cases = list(cases)
        self._talk = Talk(settings or Settings())
        self._script: Script | None = None
        self._wait: Wait | None = None
        self._wait_end_s = 0.0
        self._began_s = 0.0
        self._beat_s = float("-inf")
        self.results: list[Result] = []
        self.is_over = False

    @property
    def present(self) -> Case | None:
        """The case that is being played."""
        done = len(self.results)
        return self._cases[done] if done < len(self._cases) else None

    def handle(self, event: JudgeEvent, now_s: float) -> tuple[JudgeCommand, ...]:
        self._talk.now_s = now_s
        self._take(event)
        self._beat()
        while not self.is_over and self._step():
            pass
        return self._talk.taken_out()

    def next_deadline_s(self) -> float | None:
        """When to call handle(TimerFired()); None: it is over."""
        return None if self.is_over else min(self._wait_end_s, self._beat_s + HEARTBEAT_S)

    def _take(self, event: JudgeEvent) -> None:
        talk = self._talk
        match event:
            case Began():
                if talk.settings.has_program:
                    talk.do(StartProgram())
            case Arrived():
                talk.hear(event)
            case FrameArrived():
                talk.hear_frame(event.parts)
            case ProgramEnded():
                talk.exits.append(event.exit_code)
            case _:
                pass

    def _beat(self) -> None:
        now_s = self._talk.now_s
        if now_s >= self._beat_s + HEARTBEAT_S:
            self._beat_s = now_s
            if self._talk.pings:
                self._talk.say(wire.Ping(stamp_s=now_s))

    # -- cases --

    def _step(self) -> bool:
        """Go on with the script as far as can be now; False: it waits."""
        if self._script is None:
            return self._begin()
        assert self._wait is not None
        came_true = self._wait.until()
        if not came_true and self._talk.now_s < self._wait_end_s:
            return False
        self._advance(came_true)
        return True

    def _begin(self) -> bool:
        case = self.present
        if case is None:
            self.is_over = True
            if self._talk.settings.has_program:
                self._talk.do(EndProgram(hard=False))
            return False
        self._began_s = self._talk.now_s
        self._script = self._whole(case)
        self._advance(None)
        return True

    def _whole(self, case: Case) -> Script:
        if case.needs_program and not self._talk.settings.has_program:
            raise NotApplicable("it starts and kills the robot's program: give its command with --start")
        if not case.greets:
            yield from ready(self._talk)
        yield from case.play(self._talk)

    def _advance(self, came_true: bool | None) -> None:
        """came_true None: the script begins."""
        assert self._script is not None
        try:
            wait = next(self._script) if came_true is None else self._script.send(came_true)
        except StopIteration:
            self._end(Verdict.PASSED, "")
        except Broken as error:
            self._end(Verdict.BROKEN, str(error))
        except NotApplicable as error:
            self._end(Verdict.NOT_APPLICABLE, str(error))
        except NotRun as error:
            self._end(Verdict.NOT_RUN, str(error))
        else:
            self._wait, self._wait_end_s = wait, self._talk.now_s + wait.limit_s

    def _end(self, verdict: Verdict, seen: str) -> None:
        case = self.present
        assert case is not None
        took_s = round(self._talk.now_s - self._began_s, 2)
        self._script = self._wait = None
        self.results.append(Result(case=case, verdict=verdict, seen=seen, took_s=took_s))
