"""The closed loop: the real orchestrator and the real agents in a simulated world, in virtual time.

A run has two phases. Safety: anything may fail (simulators.trouble) and nothing wrong may happen
(simulators.invariants). Then everything is healed, and liveness: every accepted mission must end within a
bound, else the run says what each one waits for. A run follows from its seed.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fleet.config import Settings
from fleet.core.state import State
from fleet.store.entry import NewEntry
from maps.graph import SiteGraph
from missions.planning.cells import CellGraph
from missions.templates import TemplateCatalogue
from robots.profiles import load_profile
from robots.protocol import Message
from simulators.cast import Cast
from simulators.closure_watch import ClosureWatch
from simulators.control_room import ControlRoom
from simulators.coverage import Coverage
from simulators.effects_watch import EffectsWatch
from simulators.invariants import CoreWatch, FloorWatch, Judges, SpyJournal, Violated, Violation
from simulators.memory_watch import MemoryWatch
from simulators.network import HEALTHY, Link
from simulators.patience import backlog_s
from simulators.schedule import Schedule
from simulators.sim_robot import SimRobot
from simulators.stop_watch import StopWatch
from simulators.story import Story
from simulators.trouble import Trouble, heal, let_go_on
from simulators.wishes import Askers, Receivers, Wishes
from simulators.world import World, WorldSettings

START_S = 1_800_000_000.0
CREW = (
    ("carrier-1", "service"),
    ("sentry-1", "patrol"),
    ("lumen-1", "auto_disinfection"),
    ("guide-1", "triage_guide"),
    ("carrier-2", "service"),
    ("sentry-2", "patrol"),
)
TEMPLATES = Path(__file__).parents[1] / "missions" / "templates"
OPERATOR_S = 20.0
LOOK_S = 5.0
SNAPSHOT_ROWS = 200
"""Often, so that a recovery begins at a snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What a run is made of, besides its seed. Times are simulated."""

    safety_s: float = 600.0
    liveness_s: float = 1200.0
    """Once everything is mended, everything accepted ends within this and what the backlog takes."""
    wish_s: tuple[float, float] = (15.0, 40.0)
    tick_s: float = 0.25
    motion_s: float = 0.5
    walkers: int = 3
    localisation_m: float = 0.03
    crew: tuple[tuple[str, str], ...] = CREW
    trouble: bool = True
    wishes: bool = True
    """False: nobody asks for anything but whoever drives the run."""
    only_strikes: tuple[int, ...] | None = None
    """Numbers of the troubles that happen; None: all. With the two below a run is made smaller."""
    only_wishes: tuple[int, ...] | None = None
    start_s: float = START_S
    """Unix seconds when it begins: the site's hours follow from it."""
    settings: Settings = field(default_factory=lambda: Settings(snapshot_rows=SNAPSHOT_ROWS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    seed: int
    violation: Violation | None
    simulated_s: float
    wall_s: float
    rows: int
    """Journal rows: what the core decided."""
    digest: str
    """Of the core at the end: equal for equal seeds."""
    ended: dict[str, int]
    kinds: tuple[str, ...]
    log: tuple[str, ...]
    """Troubles, in order."""
    reached: dict[str, int] = field(default_factory=dict)
    """simulators.coverage: how often what was reached."""
    story: tuple[str, ...] = ()
    """The last things that happened."""
    strikes: tuple[int, ...] = ()
    """Numbers of the troubles that happened, and of the wishes below."""
    wishes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What all seeds of one site share: building it takes a second."""

    graph: SiteGraph
    cells: CellGraph
    catalogue: TemplateCatalogue

    @classmethod
    def of(cls, graph: SiteGraph) -> "Stage":
        return cls(graph, CellGraph.build(graph), TemplateCatalogue.load(TEMPLATES))


class ClosedLoop:
    def __init__(self, stage: Stage, seed: int, plan: Arrangement) -> None:
        self.seed = seed
        self._plan = plan
        self.schedule = Schedule(plan.start_s)
        settings = WorldSettings(
            tick_s=plan.tick_s,
            motion_s=plan.motion_s,
            frame_s=0.0,
            walkers=plan.walkers,
            localisation_m=plan.localisation_m,
        )
        self.world = World(stage.graph, seed, plan.start_s, settings)
        rng = random.Random(f"loop {seed}")
        self._journal = SpyJournal()
        self.room = ControlRoom(
            stage.graph, stage.cells, plan.settings, self.schedule, rng, self._say_down, self._journal
        )
        self.room.to_building = Link(self.schedule, rng, HEALTHY, self.world.request)  # type: ignore[arg-type]
        self.room.from_building = Link(self.schedule, rng, HEALTHY, self.room.hear_building)
        wishes = Wishes(stage.graph, stage.catalogue, random.Random(f"wishes {seed}"))
        self.askers = Askers(self.schedule, self.room.submit, wishes, seed, plan.only_wishes)
        Receivers(self.schedule, self.room.submit, self._state, random.Random(f"receivers {seed}"))
        self._rng = random.Random(f"wish times {seed}")
        self.floor = FloorWatch(self.world, lambda: self.room.last_core, plan.start_s)
        self.robots = {
            robot_id: SimRobot(robot_id, load_profile(model), self.schedule, self.world, self.room.hear)
            for robot_id, model in plan.crew
        }
        self.watch = CoreWatch(
            self._journal,
            lambda: self.room.core,
            lambda: self.elapsed_s,
            self.askers.answered,
            ClosureWatch(stage.graph, stage.cells),
            self._judges(),
        )
        self.room.watcher = self.watch
        self.room.on_replayed = self.watch.replayed
        self.coverage = Coverage(lambda: self._journal.latest_snapshot() is not None)
        self.story = Story(plan.start_s)
        self._judge_rows, self._journal.seen = self._journal.seen, self._rows
        self.cast = Cast(self.schedule, self.world, self.room, self.robots)
        self.trouble: Trouble | None = None
        self.after_tick: list[Callable[[], None]] = []
        """Called when the world has moved on, before the floor is judged."""

    def _judges(self) -> Judges:
        settings = self._plan.settings
        effects = EffectsWatch(self.world, self.robots)
        stops = StopWatch(settings, lambda: self.room.core)
        memory = MemoryWatch(settings, lambda: self.room.views, self.robots)
        return Judges(rows=(effects, stops), commands=(effects,), steps=(effects, memory))

    @property
    def elapsed_s(self) -> float:
        return self.schedule.now_s - self._plan.start_s

    # -- the run ---------------------------------------------------------------------------------------

    def run(self, play: Callable[[], None] | None = None) -> Outcome:
        """play: what happens instead of trouble, healing and waiting; it begins with begin()."""
        start_s = time.perf_counter()
        violation = None
        try:
            (play or self._play)()
        except Violated as violated:
            violation = violated.violation
        return self.outcome(violation, time.perf_counter() - start_s)

    def _play(self) -> None:
        self.begin()
        self.schedule.run_until(self._plan.start_s + self._plan.safety_s)
        heal(self.cast)
        self.schedule.every(OPERATOR_S, lambda: let_go_on(self.cast))
        self._live()
        self._replay()

    def begin(self) -> None:
        """Everybody starts; time does not pass yet."""
        plan = self._plan
        self.room.start()
        for robot in self.robots.values():
            robot.boot()
        self.schedule.every(plan.tick_s, self._tick)
        if plan.wishes:
            self._wish()
        if plan.trouble:
            end_s = plan.start_s + plan.safety_s
            self.trouble = Trouble(self.cast, self.seed, end_s, plan.only_strikes, self._struck)

    def _live(self) -> None:
        """Everything accepted ends, and everybody who asked has an answer."""
        until_s = self.schedule.now_s + self._patience_s()
        while self.watch.open_missions() or self.askers.unanswered:
            if self.schedule.now_s >= until_s:
                story = self._why_not_over()
                raise Violated(Violation(invariant="liveness", at_s=self.elapsed_s, story=story))
            self.schedule.run_until(self.schedule.now_s + LOOK_S)

    def _patience_s(self) -> float:
        """The bound for what is still open; it follows the backlog."""
        crew = {name: robot.facts for name, robot in self.robots.items()}
        return self._plan.liveness_s + backlog_s(self.watch.open_missions(), crew, self.room.cells)

    def _replay(self) -> None:
        """At the end once more: the journal makes the same core."""
        self.room.crash()
        self.room.start()

    def _wish(self) -> None:
        if self.elapsed_s < self._plan.safety_s:
            self.askers.ask()
            self.schedule.after(self._rng.uniform(*self._plan.wish_s), self._wish)

    def _tick(self) -> None:
        happened = self.world.advance(self.schedule.now_s)
        for robot_id, message in happened.from_body:
            self.robots[robot_id].feel(message)
        for report in happened.from_building:
            self.room.from_building.send(report)
        for robot in self.robots.values():
            robot.orchestrator_listens = self.room.is_up
            if not self.room.is_up:
                robot.hang_up()
        for look in self.after_tick:
            look()
        self.floor.check()

    def _rows(self, entries: Sequence[NewEntry]) -> None:
        """Committed: told before it is judged, so that the story has what was wrong."""
        self.coverage.rows(entries)
        self.story.rows(entries)
        self._judge_rows(entries)

    def _struck(self, kind: str, detail: str) -> None:
        self.coverage.struck(kind)
        self.story.say(self.schedule.now_s, f"trouble: {kind} {detail}")

    def _say_down(self, robot_id: str, connection: int, message: Message) -> bool:
        return self.robots[robot_id].say(connection, message)

    def _state(self) -> State | None:
        return self.room.core.state if self.room.core is not None else None

    # -- the account -------------------------------------------------------------------------------------

    def _why_not_over(self) -> str:
        stories = [
            f"{record.mission.mission_id} ({record.mission.template}) is {record.state.value} with "
            f"{record.robot or 'nobody'}, waits for {record.waiting or 'nothing'}: {record.because}"
            for record in self.watch.open_missions()
        ]
        stories += [f"{key} has no answer" for key in self.askers.unanswered]
        return "; ".join(stories)

    def outcome(self, violation: Violation | None, wall_s: float) -> Outcome:
        core = self.room.last_core
        return Outcome(
            seed=self.seed,
            violation=violation,
            simulated_s=self.elapsed_s,
            wall_s=wall_s,
            rows=self._journal.last_seq,
            digest=core.digest() if core is not None else "",
            ended=self.watch.ended(),
            kinds=self.trouble.kinds if self.trouble is not None else (),
            log=tuple(self.trouble.log) if self.trouble is not None else (),
            reached=dict(self.coverage.counts),
            story=self.story.lines,
            strikes=tuple(self.trouble.struck) if self.trouble is not None else (),
            wishes=self.askers.made,
        )
