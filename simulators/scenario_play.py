"""Plays a scenario's timeline and load in a closed loop."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from fleet.core.events import AnyEvent, MissionRequested
from maps.times import time_zone
from simulators.closed_loop import ClosedLoop
from simulators.faults import apply_fault
from simulators.scenario import Action, Ask, Condition, Crash, Cut, Entry, Inject, Load, Say, Scenario
from simulators.scenario_log import Log, Request
from simulators.scenario_spots import Spots

ASK_AGAIN_S = 5.0


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    condition: Condition
    met: bool = False


class Director:
    """told: of every fault, in words, for the trace."""

    def __init__(
        self, loop: ClosedLoop, scenario: Scenario, log: Log, spots: Spots, told: Callable[[str], None]
    ) -> None:
        self._loop = loop
        self._scenario = scenario
        self._log = log
        self._spots = spots
        self._told = told
        self._rng = random.Random(f"scenario {loop.seed}")
        self._zone = time_zone(loop.world.graph.site.time_zone)
        self._waiting: list[_Waiting] = []

    def begin(self) -> None:
        """Enter everything into the schedule."""
        for entry in self._scenario.timeline:
            if entry.when is not None:
                self._waiting.append(_Waiting(entry, entry.when))
            elif entry.every_s:
                self._repeat(entry, entry.at_s)
            else:
                self._at(entry.at_s, entry)
        for load in self._scenario.load:
            rng = random.Random(f"load {self._loop.seed} {load.ask.label}")
            self._next_of(load, rng, max(rate for _, rate in load.by_hour))
        if self._waiting:
            self._loop.after_tick.append(self._look)

    def _at(self, at_s: float, entry: Entry) -> None:
        self._loop.schedule.at(self._scenario.start_s + at_s, lambda: self._do(entry))

    def _repeat(self, entry: Entry, at_s: float) -> None:
        def again() -> None:
            self._do(entry)
            self._repeat(entry, at_s + entry.every_s)

        if at_s <= entry.until_s:
            self._loop.schedule.at(self._scenario.start_s + at_s, again)

    def _next_of(self, load: Load, rng: random.Random, most_per_h: float) -> None:
        """Draws at the highest rate of all hours; an hour with fewer lets some of them pass."""

        def ask() -> None:
            hour = datetime.fromtimestamp(self._loop.schedule.now_s, self._zone).hour
            if rng.random() * most_per_h < dict(load.by_hour).get(hour, 0.0):
                self._ask(load.ask)
            self._next_of(load, rng, most_per_h)

        if most_per_h > 0.0:
            self._loop.schedule.after(rng.expovariate(most_per_h / 3600.0), ask)

    # -- conditions ------------------------------------------------------------------------------------

    def _look(self) -> None:
        for waiting in self._waiting:
            if not waiting.met and self._is_met(waiting.condition):
                waiting.met = True
                self._at(self._loop.elapsed_s + waiting.entry.at_s, waiting.entry)

    def _is_met(self, condition: Condition) -> bool:
        if condition.mission:
            requests = self._log.of_label(condition.mission)
            return any(self._log.state_of(request) == condition.state for request in requests)
        if condition.alert:
            return any(raised.alert.kind == condition.alert for raised in self._log.alerts)
        body = self._loop.world.bodies.get(condition.robot_id)
        return body is not None and self._spots.holds(condition.spot, body.mover.level, body.mover.point)

    # -- actions ---------------------------------------------------------------------------------------

    def _do(self, entry: Entry) -> None:
        end = self._begin_action(entry.action)
        if entry.for_s:
            self._loop.schedule.after(entry.for_s, end)

    def _begin_action(self, action: Action) -> Callable[[], None]:
        """Do it; returns what ends it."""
        if isinstance(action, Ask):
            self._ask(action)
        elif isinstance(action, Inject):
            return self._inject(action)
        elif isinstance(action, Crash):
            return self._crash(action)
        elif isinstance(action, Cut):
            self._told(f"{action.robot_id} is cut off")
            robot = self._loop.robots[action.robot_id]
            robot.set_cut(True)
            return lambda: robot.set_cut(False)
        else:
            return self._say(action)
        return lambda: None

    def _ask(self, ask: Ask) -> None:
        count = len(self._log.of_label(ask.label))
        key = f"{ask.label}#{count + 1}" if count else ask.label
        mission = self._rng.choice(ask.missions)
        request = Request(key=key, label=ask.label, mission=mission, asked_s=self._loop.elapsed_s)
        self._log.requests[key] = request
        self._try(request)

    def _try(self, request: Request) -> None:
        """Until there is an answer, as a careful client does."""
        if not request.is_answered:
            self._loop.room.submit(MissionRequested(mission=request.mission, request_key=request.key))
            self._loop.schedule.after(ASK_AGAIN_S, lambda: self._try(request))

    def _inject(self, action: Inject) -> Callable[[], None]:
        world, end = self._loop.world, action.end
        self._told(msgspec.json.encode(action.fault).decode())
        apply_fault(world, action.fault)

        def mend() -> None:
            if end is not None:
                self._told(msgspec.json.encode(end).decode())
                apply_fault(world, end)

        return mend

    def _crash(self, action: Crash) -> Callable[[], None]:
        self._told(f"{action.who or 'the orchestrator'} crashes")
        if not action.who:
            self._loop.room.crash()
            return self._loop.room.start
        robot = self._loop.robots[action.who]
        robot.crash(forget=action.forget)
        return robot.boot

    def _say(self, action: Say) -> Callable[[], None]:
        event, end = action.event, action.end
        if action.mission:
            found = [r.mission_id for r in self._log.of_label(action.mission) if r.mission_id]
            if not found:
                self._note(f"there is no mission '{action.mission}' yet that could be told anything")
                return lambda: None
            event = msgspec.structs.replace(event, mission_id=found[-1])
        self._submit(event)
        return (lambda: self._submit(end)) if end is not None else (lambda: None)

    def _submit(self, event: AnyEvent) -> None:
        if not self._loop.room.submit(event):
            self._note(f"the orchestrator is down and does not hear {type(event).__name__}")

    def _note(self, what: str) -> None:
        self._log.notes.append(f"{self._loop.elapsed_s:.1f} s: {what}")
