"""A scenario in virtual time: plays it in the closed loop, judges it, gives account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from maps.graph import SiteGraph
from simulators.closed_loop import Arrangement, ClosedLoop, Outcome, Stage
from simulators.scenario import Scenario
from simulators.scenario_checks import Checks, Result, Verdict
from simulators.scenario_log import Log
from simulators.scenario_play import Director
from simulators.scenario_spots import Spots
from simulators.trace import Tracer, Watchers

ALWAYS = "nothing wrong happens"
SLICE_S = 10.0
"""Between two looks at the progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    scenario: Scenario
    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    missions: dict[str, int]
    """How many were in which state at the end; those that were refused too."""
    alerts: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.result is Result.FAILED)


def play(
    scenario: Scenario,
    graph: SiteGraph,
    seed: int,
    *,
    until_s: float | None = None,
    trace: BinaryIO | None = None,
    progress: Callable[[float], None] = lambda _elapsed_s: None,
) -> Played:
    """until_s ends it earlier. Raises simulators.world.WorldError when the crew has no room to start."""
    end_s = min(scenario.duration_s, until_s if until_s is not None else scenario.duration_s)
    plan = _arrangement(scenario)
    loop = ClosedLoop(Stage.of(graph), seed, plan)
    log, spots = Log(lambda: loop.elapsed_s), Spots(graph)
    loop.room.watcher = Watchers(log, loop.room.watcher)
    for member in scenario.crew:
        loop.world.join(member.robot_id, loop.robots[member.robot_id].facts, member.node or None)
    tracer = Tracer(loop, trace, plan.tick_s) if trace is not None else None
    checks = Checks(loop, scenario, log, spots)
    director = Director(loop, scenario, log, spots, tracer.fault if tracer is not None else _nobody)
    verdicts: list[Verdict] = []

    def perform() -> None:
        loop.begin()
        director.begin()
        while loop.elapsed_s < end_s:
            until = min(scenario.start_s + end_s, loop.schedule.now_s + SLICE_S)
            loop.schedule.run_until(until)
            progress(loop.elapsed_s)
        verdicts.extend(checks.verdicts())
        _replay(loop)

    outcome = loop.run(perform)
    if tracer is not None:
        tracer.end(_violation(outcome))
    return Played(
        scenario=scenario,
        outcome=outcome,
        verdicts=(_always(outcome), *(verdicts or checks.verdicts())),
        missions=log.counts(),
        alerts=tuple(_alert_lines(log)),
        notes=tuple(log.notes),
    )


def _arrangement(scenario: Scenario) -> Arrangement:
    return Arrangement(
        safety_s=scenario.duration_s,
        walkers=scenario.people,
        crew=tuple((member.robot_id, member.model) for member in scenario.crew),
        trouble=scenario.trouble,
        wishes=False,
        start_s=scenario.start_s,
    )


def _replay(loop: ClosedLoop) -> None:
    """The journal makes the same core: judged by the invariants."""
    if loop.room.is_up:
        loop.room.crash()
    loop.room.start()


def _nobody(_said: str) -> None:
    """No trace is written."""


def _violation(outcome: Outcome) -> str:
    wrong = outcome.violation
    return f"{wrong.invariant} at {wrong.at_s:.2f} s: {wrong.story}" if wrong is not None else ""


def _always(outcome: Outcome) -> Verdict:
    story = _violation(outcome)
    return Verdict(expectation=ALWAYS, result=Result.FAILED if story else Result.PASSED, story=story)


def _alert_lines(log: Log) -> list[str]:
    return [f"{r.at_s:.0f} s {r.alert.kind} {r.alert.subject}: {r.alert.because}" for r in log.alerts]
