"""Judges a scenario: one verdict for each expectation, with the story when it is not met."""

import math
from dataclasses import dataclass
from enum import StrEnum

from missions.lifecycle import ENDED
from simulators.body import Body
from simulators.closed_loop import ClosedLoop
from simulators.scenario import (
    AlertRaised,
    AllStill,
    CountAtEnd,
    Expectation,
    Expected,
    MissionsEnd,
    NobodyIn,
    RobotAt,
    Scenario,
)
from simulators.scenario_log import Log, Request
from simulators.scenario_spots import Spots

NAMED_MAX = 3
"""Culprits in one story; more are counted."""


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The run ended before it could be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    expectation: str
    result: Result
    story: str = ""
    line: int = 0


class Checks:
    """Make it before the run begins: what holds at a time is looked at then."""

    def __init__(self, loop: ClosedLoop, scenario: Scenario, log: Log, spots: Spots) -> None:
        self._loop = loop
        self._scenario = scenario
        self._log = log
        self._spots = spots
        self._stories: dict[int, str] = {}
        """What was seen during the run, by the expectation's number: '' is good."""
        for number, expected in enumerate(scenario.expected):
            self._attach(number, expected.what)

    def verdicts(self) -> list[Verdict]:
        """After the run."""
        return [self._verdict(number, expected) for number, expected in enumerate(self._scenario.expected)]

    def _attach(self, number: int, what: Expectation) -> None:
        after_tick, at = self._loop.after_tick, self._loop.schedule.at
        if isinstance(what, NobodyIn):
            after_tick.append(lambda: self._look_for_strangers(number, what))
        elif isinstance(what, RobotAt):
            after_tick.append(lambda: self._look_for(number, what))
        elif isinstance(what, AllStill):
            at(self._scenario.start_s + what.at_s, lambda: self._look_at_all(number, what))

    # -- during the run --------------------------------------------------------------------------------

    def _look_for_strangers(self, number: int, what: NobodyIn) -> None:
        elapsed_s = self._loop.elapsed_s
        if self._stories.get(number) or not what.from_s <= elapsed_s <= what.until_s:
            return
        bodies = self._loop.world.bodies.values()
        inside = [body for body in bodies if self._is_at(body, what.spot)]
        self._stories[number] = f"{_where(inside[0])} is there at {elapsed_s:.1f} s" if inside else ""

    def _look_for(self, number: int, what: RobotAt) -> None:
        """A time falls into a tick: the last one before it counts too."""
        elapsed_s = self._loop.elapsed_s
        past = elapsed_s > max(what.until_s, what.from_s + 1.0)
        if self._stories.get(number) == "" or elapsed_s < what.from_s or past:
            return
        body = self._loop.world.bodies[what.robot_id]
        story = "" if self._is_at(body, what.spot) else f"{_where(body)} at {elapsed_s:.1f} s"
        self._stories[number] = story

    def _look_at_all(self, number: int, what: AllStill) -> None:
        wrong = [story for body in self._loop.world.bodies.values() if (story := self._unsafe(body, what))]
        self._stories[number] = _some(wrong)

    def _unsafe(self, body: Body, what: AllStill) -> str:
        if body.mover.is_moving:
            return f"{_where(body)} is moving at {body.mover.speed_mps:.2f} m/s"
        if body.is_lit:
            return f"{_where(body)} has its lamp lit"
        if body.is_charging:
            return f"{_where(body)} is charging"
        held = not what.held or self._spots.at_rest(body.mover.level, body.mover.point)
        return "" if held or self._is_named(body.robot_id) else f"{_where(body)} is at no hold point"

    def _is_named(self, robot_id: str) -> bool:
        core = self._loop.room.last_core
        alerts = core.state.alerts.values() if core is not None else ()
        return any(alert.subject == robot_id and alert.handled_s is None for alert in alerts)

    def _is_at(self, body: Body, spot: str) -> bool:
        return self._spots.holds(spot, body.mover.level, body.mover.point)

    # -- after it --------------------------------------------------------------------------------------

    def _verdict(self, number: int, expected: Expected) -> Verdict:
        result, story = self._judge(number, expected.what)
        return Verdict(expectation=expected.words, result=result, story=story, line=expected.line)

    def _judge(self, number: int, what: Expectation) -> tuple[Result, str]:
        early = self._loop.elapsed_s < min(_due_s(what), self._scenario.duration_s)
        if isinstance(what, MissionsEnd):
            story = self._missions(what, early)
            if early and not story and self._has_open(what):
                return Result.SKIPPED, f"the run ended at {self._loop.elapsed_s:.0f} s"
        elif isinstance(what, AlertRaised):
            story = self._alert(what)
        elif isinstance(what, CountAtEnd):
            story = self._count(what)
        else:
            story = self._stories.get(number, "was never looked at")
        if not story and not (early and isinstance(what, NobodyIn | CountAtEnd)):
            return Result.PASSED, ""
        final = isinstance(what, NobodyIn) and bool(story)
        if early and not final and not (isinstance(what, MissionsEnd) and story):
            return Result.SKIPPED, f"the run ended at {self._loop.elapsed_s:.0f} s"
        return Result.FAILED, story

    def _missions(self, what: MissionsEnd, early: bool) -> str:
        requests = self._meant(what)
        missing = [label for label in what.labels if not self._log.of_label(label)]
        if (missing or not requests) and not early:
            return f"nobody asked for {', '.join(missing) or 'anything'}"
        stories = (self._mission(request, what, early) for request in requests)
        return _some([story for story in stories if story])

    def _meant(self, what: MissionsEnd) -> list[Request]:
        return [r for r in self._log.requests.values() if not what.labels or r.label in what.labels]

    def _has_open(self, what: MissionsEnd) -> bool:
        """Or not asked for yet."""
        states = [self._log.state_of(request) for request in self._meant(what)]
        return not states or any(state not in (*ENDED, "refused") for state in states)

    def _mission(self, request: Request, what: MissionsEnd, early: bool) -> str:
        state = self._log.state_of(request)
        name = f"{request.key} ({request.mission_id or request.mission.template})"
        within_s = math.inf if what.within_s is None else what.within_s
        took_s = self._log.ended_s.get(request.mission_id, self._loop.elapsed_s) - request.asked_s
        if state == what.state:
            return f"{name} took {took_s:.0f} s" if took_s > within_s else ""
        if state in ENDED or state == "refused":
            return f"{name} is {state}: {request.refused or self._log.missions[request.mission_id].because}"
        still_has_time = took_s <= within_s if what.within_s is not None else early
        return "" if still_has_time else f"{name} is {state} after {took_s:.0f} s{self._waits(request)}"

    def _waits(self, request: Request) -> str:
        record = self._log.missions.get(request.mission_id)
        if record is None:
            return ", without an answer"
        waiting = record.waiting or "nothing"
        return f" with {record.robot or 'nobody'}, waits for {waiting}: {record.because}"

    def _alert(self, what: AlertRaised) -> str:
        """The clock of an alert may be a moment behind: a window includes its ends."""
        same = [
            raised
            for raised in self._log.alerts
            if raised.alert.kind == what.kind and what.subject in ("", raised.alert.subject)
        ]
        if any(what.from_s <= raised.at_s <= what.until_s for raised in same):
            return ""
        others = _some([f"{r.alert.kind} {r.alert.subject} at {r.at_s:.0f} s" for r in self._log.alerts])
        return f"it was not raised; raised were: {others or 'none'}"

    def _count(self, what: CountAtEnd) -> str:
        count = self._log.counts().get(what.state, 0)
        most = what.most if what.most is not None else count
        return "" if what.least <= count <= most else f"there are {count}"


def _due_s(what: Expectation) -> float:
    """When it can be judged at the latest; inf: at the end of the scenario."""
    if isinstance(what, AllStill):
        return what.at_s
    if isinstance(what, RobotAt | AlertRaised | NobodyIn):
        return what.until_s
    return math.inf


def _some(stories: list[str]) -> str:
    more = f"; and {len(stories) - NAMED_MAX} more" if len(stories) > NAMED_MAX else ""
    return "; ".join(stories[:NAMED_MAX]) + more


def _where(body: Body) -> str:
    mover = body.mover
    return f"{body.robot_id} ({mover.level} {mover.x_m:.1f} {mover.y_m:.1f})"
