"""Views equal the core's state; what is kept in memory belongs to something and has a bound.

Bounds are those of fleet.config, robots.agent and the links: a run of a day must not need more than one of an
hour. What is kept under the name of a mission, robot or alert that is gone would stay for ever.
"""

from collections.abc import Callable, Iterable, Iterator

from fleet.config import Settings
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import State
from fleet.views import Picture, Views
from simulators.sim_robot import SimRobot

KINDS = ("missions", "robots", "alerts", "doors", "lifts", "closures")
EVERY = 10
"""Steps between two looks at views; memory is looked at every tenth of these."""
LINK_MAX = 6_000


class MemoryWatch:
    def __init__(
        self, settings: Settings, views: Callable[[], Views | None], robots: dict[str, SimRobot]
    ) -> None:
        self._settings = settings
        self._views = views
        self._robots = robots
        self._steps = 0

    def steps(self, core: Orchestrator) -> Iterator[tuple[str, str]]:
        """The orchestrator has done a step: committed, and followed."""
        self._steps += 1
        if self._steps % EVERY:
            return
        views = self._views()
        if views is not None:
            yield from _differences(core.state, views.snapshot())
        if self._steps % (EVERY * EVERY) == 0:
            yield from self._grown(core)

    def _grown(self, core: Orchestrator) -> Iterator[tuple[str, str]]:
        for what, count, bound in self._counts(core.state):
            if count > bound:
                yield "memory", f"{count} {what} are kept, at most {bound} should be"
        for what, keys, owners in _owned(core):
            for key in keys:
                if key not in owners:
                    yield "memory", f"{what} is kept for {key}, which is gone"

    def _counts(self, state: State) -> Iterator[tuple[str, int, int]]:
        settings, robots = self._settings, len(state.robots)
        handled = sum(alert.handled_s is not None for alert in state.alerts.values())
        yield "request keys", len(state.request_keys), settings.request_keys_kept
        yield "ended missions", len(state.ended), settings.missions_ended_kept
        yield "handled alerts", handled, settings.alerts_handled_kept
        yield "awaited acknowledgements", len(state.ack_due), 64 * max(robots, 1)
        for mission_id, record in state.missions.items():
            yield f"lines of {mission_id}'s story", len(record.history), settings.history_lines_max
        for robot_id, robot in self._robots.items():
            for way, queued in zip(("from", "to"), robot.queued, strict=True):
                yield f"messages {way} {robot_id}", queued, LINK_MAX


def _differences(state: State, picture: Picture) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        held, shown = getattr(state, kind), getattr(picture, kind)
        for key, record in held.items():
            if shown.get(key) != record:
                yield "views", f"{key}: the core has {record}, readers see {shown.get(key)}"
    for mission_id, mission in picture.missions.items():
        if mission_id not in state.missions and mission.ended_s is None:
            yield "views", f"readers see {mission_id} as {mission.state.value}, the core has forgotten it"


def _owned(core: Orchestrator) -> Iterator[tuple[str, Iterable[str], Iterable[str]]]:
    """What, whose keys, who must be there."""
    state = core.state
    yield "a place in the queue", state.queued, state.missions
    yield "an end", state.ended, state.missions
    yield "a job", state.jobs, state.robots
    yield "a plan", core.traffic.state.plans, state.robots
    yield "a frozen place", core.traffic.state.frozen, core.traffic.state.plans
    yield "an open alert", state.open_alerts.values(), state.alerts
    yield "an acknowledgement", (robot for robot, _, _ in state.ack_due.values()), state.robots
