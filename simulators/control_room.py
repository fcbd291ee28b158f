"""The orchestrator in virtual time: the real core, runtime, switchboard and outlets; a journal in memory.

It can die between any two effects, and start again from its journal. What is simulated: the sockets below
the switchboard, the building's wire, and the planning process (the real planner, answering after a delay).
"""

import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Protocol

from fleet.bootstrap import Outlets
from fleet.config import Settings
from fleet.core import events as ev
from fleet.core.commands import AnyCommand
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import Record, State
from fleet.links import building_events
from fleet.links.building import BuildingHello, ToBuilding
from fleet.links.building_memory import BuildingMemory
from fleet.links.switchboard import LinkOutlets, LinkSettings, Switchboard
from fleet.runtime import RETRY_S, Answer, Runtime, recover
from fleet.timetable import Timetable
from fleet.views import LivePose, Views
from maps.graph import SiteGraph
from missions.planning.cells import CellGraph
from missions.planning.planner import plan
from missions.planning.problem import PlanProblem
from robots.protocol import PROTOCOL_VERSION, Message, Welcome
from simulators.building_end import BuildingEnd
from simulators.disk import FaultyJournal
from simulators.network import HEALTHY, Link
from simulators.schedule import Schedule

VERSION = "closed-loop"
HEARTBEAT_S = 1.0
BUILDING_HELLO_S = 2.0
BUILDING_SILENT_S = 10.0
"""As fleet.links.building_zeromq: a building not heard for this long is not believed."""
SOLVE_S = (0.02, 0.6)
SOLVER_DIES = 0.01
"""Share of questions over which the planning process dies."""

LATE_S = 5.0
"""How much later a repeated answer comes, at most."""
STAMP_S = 0.001
"""The runtime's stamps are this fine."""
PEOPLE = (
    ev.MissionRequested,
    ev.MissionControlled,
    ev.MissionConfirmed,
    ev.RobotControlled,
    ev.FleetControlled,
    ev.ElementClosed,
    ev.ElementOpened,
    ev.AlertHandled,
)

SayDown = Callable[[str, int, Message], bool]
"""(robot_id, connection, message) -> whether that connection still stands."""


class Watcher(Protocol):
    """Sees everything that the orchestrator does; for the invariants."""

    def performed(self, command: AnyCommand) -> None: ...

    def changed(self, records: Sequence[Record]) -> None: ...

    def stepped(self) -> None: ...

    def recovered(self, fresh: Orchestrator, lived: Orchestrator) -> None: ...


class Crash(Exception):  # noqa: N818 - it is no error
    """The orchestrator's process dies here."""


class ControlRoom:
    def __init__(
        self,
        graph: SiteGraph,
        cells: CellGraph,
        settings: Settings,
        schedule: Schedule,
        rng: random.Random,
        say_down: SayDown,
        journal: FaultyJournal | None = None,
    ) -> None:
        self.graph = graph
        self.cells = cells
        self.settings = settings
        self.journal = journal or FaultyJournal()
        self.watcher: Watcher | None = None
        self.on_replayed: Callable[[Orchestrator, Orchestrator], None] | None = None
        """Told at a start from a snapshot: the new core, and one made from all rows."""
        self.core: Orchestrator | None = None
        """None while the process is dead."""
        self.last_core: Orchestrator | None = None
        """The present core, or the last one that lived: what the robots were told follows from it."""
        self.starts = 0
        self.commit_s = 0.0
        """Longer than a turn of the writer usually takes: its disk is slow."""
        self.clock_off_s = 0.0
        """How far the process's clock is wrong."""
        self.solve_s = SOLVE_S
        self.solver_dies = SOLVER_DIES
        self.solver_repeats = 0.0
        """Share of answers that come a second time."""
        self.people_twice = False
        """What people ask for comes twice."""
        self._schedule = schedule
        self._rng = rng
        self._say_down = say_down
        self.views: Views | None = None
        """What readers of the present process see."""
        self._runtime: Runtime | None = None
        self._switchboard: Switchboard | None = None
        self._building_memory = BuildingMemory()
        self._building_heard_s: float | None = None
        self._timetable = Timetable(graph.site)
        self.to_building = Link(schedule, rng, HEALTHY, lambda _message: None)
        self.from_building = Link(schedule, rng, HEALTHY, self.hear_building)
        self._dies_after: int | None = None
        self._half_done = False
        """It has decided what it could not write; that dies with it, and nobody was told."""
        self._step_due = False
        self._stuck = False
        """What was decided last is not written yet."""
        self._deadline_s: float | None = None
        schedule.every(HEARTBEAT_S, self._beat)
        schedule.every(BUILDING_HELLO_S, self._greet_building)

    # -- life ------------------------------------------------------------------------------------------

    @property
    def is_up(self) -> bool:
        return self._runtime is not None

    def start(self) -> None:
        """A new process: recover from the journal, then open the doors."""
        if self.is_up:
            return
        self.starts += 1
        core = Orchestrator(self.graph, self.cells, self.settings)
        recover(core, self.journal, VERSION)
        if self.watcher is not None and self.last_core is not None:
            self.watcher.recovered(core, core if self._half_done else self.last_core)
        self._half_done = False
        if self.on_replayed is not None and self.journal.latest_snapshot() is not None:
            self.on_replayed(core, self._replayed())
        self.views = views = Views()
        for records in _all_records(core.state):
            views.changed(records)
        outlets = self._outlets(views)
        self.core = self.last_core = core
        self._runtime = Runtime(
            core, self.journal, _Effects(self, outlets), self._clock, self.settings, version=VERSION
        )
        self._building_memory = BuildingMemory()
        self._building_heard_s = None
        self._timetable = Timetable(self.graph.site)
        self.to_building.mend()
        self.submit(ev.OrchestratorStarted(version=VERSION, site_id=self.graph.site.site_id))
        self._greet_building()

    def _replayed(self) -> Orchestrator:
        """A core made of the whole journal, row by row."""
        core = Orchestrator(self.graph, self.cells, self.settings)
        recover(core, self.journal.rows_only(), VERSION)
        return core

    def crash(self) -> None:
        """The process dies: queue, connections and half-done effects are gone, the journal stays."""
        self._half_done = self._half_done or self._stuck
        self._stuck = False
        self.core = self._runtime = self._switchboard = self.views = None
        self._dies_after = self._deadline_s = None
        self._step_due = False
        self.to_building.cut()

    def crash_after(self, effects: int) -> None:
        """Die in the middle: after so many more effects, whatever was committed with them."""
        self._dies_after = effects

    def _clock(self) -> float:
        return self._schedule.now_s + self.clock_off_s

    def step_clock(self, by_s: float) -> None:
        """Somebody sets the clock; the runtime's stamps never go back."""
        self.clock_off_s += by_s
        self._deadline_s = None
        self._set_deadline()

    def _outlets(self, views: Views) -> Outlets:
        welcome = Welcome(
            protocol_version=PROTOCOL_VERSION,
            site_id=self.graph.site.site_id,
            heartbeat_s=HEARTBEAT_S,
            lost_s=self.settings.lost_s,
        )
        outlets = Outlets(views, self.cells, welcome)
        switchboard = self._switchboard = self._new_switchboard(views)
        outlets.send = switchboard.send
        outlets.building = BuildingEnd(self.ask_building)
        outlets.solve = self._solve
        return outlets

    def _new_switchboard(self, views: Views) -> Switchboard:
        def show(robot_id: str, pose: LivePose) -> None:
            views.put_pose(robot_id, pose)

        link_outlets = LinkOutlets(
            event=self.submit,
            pose=show,
            frame=lambda _robot, _tag, _jpeg: None,
            failed=lambda _error: None,
            clock=self._clock,
        )
        settings = LinkSettings(
            heartbeat_s=HEARTBEAT_S,
            lost_s=self.settings.lost_s,
            robots_max=self.settings.robots_max,
            radius_m_max=self.cells.sizes.radius_m,
        )
        return Switchboard(settings, link_outlets, self._say)

    # -- in --------------------------------------------------------------------------------------------

    def submit(self, event: ev.AnyEvent) -> bool:
        """False while the process is dead."""
        if self._runtime is None:
            return False
        for _ in range(2 if self.people_twice and isinstance(event, PEOPLE) else 1):
            self._runtime.submit(event)
        self._step_soon()
        return True

    def request(self, event: ev.AnyEvent) -> "Future[Answer] | None":
        """None while the process is dead."""
        if self._runtime is None:
            return None
        answer = self._runtime.request(event)
        self._step_soon()
        return answer

    def hear(self, robot_id: str, connection: int, data: bytes) -> None:
        """A robot's message arrives."""
        if self._switchboard is not None:
            self._switchboard.take(_identity(robot_id, connection), data, self._schedule.now_s)

    def hear_building(self, message: object) -> None:
        self._building_heard_s = self._schedule.now_s
        if self.is_up and self._building_memory.learn(message):  # type: ignore[arg-type]
            self.submit(building_events.event_of(message))  # type: ignore[arg-type]

    def _say(self, identity: bytes, message: Message) -> bool:
        robot_id, _, connection = identity.decode().rpartition("/")
        return self._say_down(robot_id, int(connection), message)

    def _beat(self) -> None:
        if self._switchboard is not None:
            self._switchboard.beat(self._schedule.now_s)
            for event in self._timetable.due(self._clock()):
                self.submit(event)

    # -- the writer --------------------------------------------------------------------------------------

    def _step_soon(self) -> None:
        if not self._step_due:
            self._step_due = True
            runtime = self._runtime
            self._schedule.after(self.commit_s, lambda: self._step(runtime))

    def _step(self, runtime: Runtime | None) -> None:
        """One turn of the writer's loop; it may die in it."""
        if runtime is None or runtime is not self._runtime:
            return
        self._step_due = False
        try:
            self._stuck = runtime.step() == 0 and self.journal.is_full
        except Crash:
            self.crash()
            return
        if self._stuck:
            self._try_again(runtime)
            return
        if self.watcher is not None:
            self.watcher.stepped()
        if runtime.queued:
            self._step_soon()
        self._set_deadline()

    def _try_again(self, runtime: Runtime) -> None:
        """As the writer's thread does while nothing can be written."""
        self._step_due = True
        self._schedule.after(RETRY_S, lambda: self._step(runtime))

    def _set_deadline(self) -> None:
        due_s = self.core.next_deadline_s() if self.core is not None else None
        if due_s is None or due_s == self._deadline_s:
            return
        self._deadline_s = due_s
        runtime = self._runtime

        def reached() -> None:
            if self._deadline_s == due_s:
                self._deadline_s = None
                self._step(runtime)

        self._schedule.at(due_s - self.clock_off_s + (STAMP_S if self.clock_off_s else 0.0), reached)

    def perform(self, outlets: Outlets, command: AnyCommand, event: ev.AnyEvent) -> None:
        if self._dies_after is not None:
            self._dies_after -= 1
            if self._dies_after < 0:
                raise Crash
        if self.watcher is not None:
            self.watcher.performed(command)
        outlets.perform(command, event)

    # -- building and planner ------------------------------------------------------------------------------

    def _greet_building(self) -> None:
        if not self.is_up:
            return
        self.to_building.send(BuildingHello(site_id=self.graph.site.site_id))
        if self._building_heard_s is None:
            return
        for message in self._building_memory.unmet():
            self.to_building.send(message)
        if self._schedule.now_s - self._building_heard_s > BUILDING_SILENT_S:
            self._building_heard_s = None
            for report in self._building_memory.doubt():
                self.submit(building_events.event_of(report))

    def ask_building(self, message: ToBuilding) -> None:
        self._building_memory.want(message)
        self.to_building.send(message)

    def _solve(self, problem: PlanProblem) -> None:
        runtime = self._runtime

        def answer() -> None:
            if runtime is not self._runtime:
                return
            if self._rng.random() < self.solver_dies:
                self.submit(ev.SolverFailed(because="the planning process was killed"))
            else:
                solved = ev.PlanSolved(answer=plan(self.cells, problem))
                self.submit(solved)
                self._repeat(solved)

        self._schedule.after(self._rng.uniform(*self.solve_s), answer)

    def _repeat(self, solved: ev.PlanSolved) -> None:
        if self.solver_repeats and self._rng.random() < self.solver_repeats:
            self._schedule.after(self._rng.uniform(0.0, LATE_S), lambda: self._say_again(solved))

    def _say_again(self, solved: ev.PlanSolved) -> None:
        self.submit(solved)


class _Effects:
    """What the runtime calls: the real outlets, behind the place where the process may die."""

    def __init__(self, room: ControlRoom, outlets: Outlets) -> None:
        self._room = room
        self._outlets = outlets

    def perform(self, command: AnyCommand, event: ev.AnyEvent) -> None:
        self._room.perform(self._outlets, command, event)

    def changed(self, records: Sequence[Record], now_s: float) -> None:
        if self._room.watcher is not None:
            self._room.watcher.changed(records)
        self._outlets.changed(records, now_s)


def _all_records(state: State) -> tuple[Iterable[Record], ...]:
    """As fleet.bootstrap shows them when it starts."""
    return (
        state.missions.values(),
        state.robots.values(),
        state.alerts.values(),
        state.doors.values(),
        state.lifts.values(),
        state.closures.values(),
    )


def _identity(robot_id: str, connection: int) -> bytes:
    return f"{robot_id}/{connection}".encode()
