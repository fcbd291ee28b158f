"""What must never happen, checked while the closed loop runs. Each violation names its culprits.

On the floor (after every tick of the world): bodies that touch, a body off the cells that it holds, a lift
with a robot inside that is not its session's, a lamp lit in sight of a person or beside an open door.
In the journal (row by row): an order into something closed (simulators.closure_watch).
In the core (after every step): cells given to two, missions that vanish, end twice or go back, a key with two
missions, a command before its journal row, a replay that differs from what was lived.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Protocol

from fleet.core.commands import AcceptMission, AnyCommand
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import MissionRecord, Record
from fleet.store.entry import NewEntry
from missions.lifecycle import MissionState
from missions.mission import TaskState
from missions.planning.checks import too_near
from simulators.body import Body
from simulators.closure_watch import ClosureWatch
from simulators.disk import FaultyJournal
from simulators.geometry import distance_to
from simulators.world import World

OFF_M = 0.5
"""A robot between two cells is this near to the line; one that has just joined, to its cell."""
LIT_S = 0.2
ENDED = (MissionState.COMPLETED, MissionState.FAILED, MissionState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    invariant: str
    at_s: float
    story: str


class Violated(Exception):  # noqa: N818 - the simulation stops here
    def __init__(self, violation: Violation) -> None:
        super().__init__(f"{violation.invariant} at {violation.at_s:.2f} s: {violation.story}")
        self.violation = violation


class SpyJournal(FaultyJournal):
    """Knows which commands are committed."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[int, AnyCommand] = {}
        self.seen: Callable[[Sequence[NewEntry]], None] = lambda _entries: None
        """Told of every row."""

    def append(self, entries: Sequence[NewEntry]) -> None:
        super().append(entries)
        self.seen(entries)
        self._last = {id(command): command for entry in entries for command in entry.commands}

    def holds(self, command: AnyCommand) -> bool:
        """Committed with the latest batch: effects follow before the next one."""
        return id(command) in self._last


class FloorWatch:
    """core is the orchestrator's present or latest core: what robots were told follows from it."""

    def __init__(self, world: World, core: Callable[[], Orchestrator | None], start_s: float) -> None:
        self._world = world
        self._core = core
        self._start_s = start_s
        self._lit_since_s: dict[str, float] = {}
        self._turn = 0

    def check(self) -> None:
        """Raises Violated."""
        for invariant, story in self._stories():
            at_s = self._world.now_s - self._start_s
            raise Violated(Violation(invariant=invariant, at_s=at_s, story=story))

    def _stories(self) -> Iterator[tuple[str, str]]:
        bodies = tuple(self._world.bodies.values())
        for one, other in combinations(bodies, 2):
            if _touch(one, other):
                yield "bodies_overlap", f"{_where(one)} touches {_where(other)}"
        for body in bodies:
            if self._rests(body):
                continue
            for invariant, story in (
                ("off_its_cells", self._off_its_cells(body)),
                ("lift_session", self._foreign_lift(body)),
                ("lamp", self._lit_wrongly(body)),
            ):
                if story:
                    yield invariant, story

    def _rests(self, body: Body) -> bool:
        """It has not moved and lights no lamp: looked at now and then all the same."""
        self._turn += 1
        return not (body.mover.is_moving or body.is_lit or self._turn % 7 == 0)

    def _off_its_cells(self, body: Body) -> str:
        core = self._core()
        if core is None or body.robot_id not in core.traffic.state.plans:
            return ""
        held = core.traffic.held(body.robot_id)
        cells = [core.traffic.cells.cells[cell] for cell in held]
        point, level = body.mover.point, body.mover.level
        if self._is_in_its_cabin(body, core, [cell.lift for cell in cells]):
            return ""  # a fire recall takes it to a level that it was not to go to
        lines = [
            (a.x_m, a.y_m, b.x_m, b.y_m)
            for a, b in pairwise((*cells, cells[-1]))
            if level in (a.level, b.level)
        ]
        off_m = min((distance_to(point, line) for line in lines), default=math.inf)
        return (
            f"{_where(body)} is {off_m:.2f} m off what it holds: {', '.join(held)}" if off_m > OFF_M else ""
        )

    def _is_in_its_cabin(self, body: Body, core: Orchestrator, lifts: list[str | None]) -> bool:
        """In a cabin that is kept for it, wherever that goes."""
        cabin = self._world.building.cabin_at(body.mover.level, body.mover.point)
        if cabin is None:
            return False
        record = core.state.lifts.get(cabin.lift.lift_id)
        kept = record is not None and record.wanted_session == body.robot_id
        return kept or cabin.lift.lift_id in lifts

    def _foreign_lift(self, body: Body) -> str:
        for lift_id, cabin in self._world.building.lifts.items():
            inside = body.mover.level == cabin.level and cabin.contains(body.mover.point, margin_m=-0.3)
            if inside and cabin.session != body.robot_id:
                return f"{_where(body)} is in {lift_id}, which works for {cabin.session or 'nobody'}"
        return ""

    def _lit_wrongly(self, body: Body) -> str:
        danger = self._danger(body) if body.is_lit else ""
        if not danger:
            self._lit_since_s.pop(body.robot_id, None)
            return ""
        since_s = self._lit_since_s.setdefault(body.robot_id, self._world.now_s)
        lit_s = self._world.now_s - since_s
        return f"{body.robot_id}'s lamp is lit for {lit_s:.2f} s with {danger}" if lit_s > LIT_S else ""

    def _danger(self, body: Body) -> str:
        near = self._world.sight.persons_near(body.mover.level, body.mover.point)
        if near:
            return f"a person {min(near):.1f} m away"
        leaf = self._world.building.doors.get(body.watched)
        return f"door {body.watched} not closed" if leaf is not None and leaf.open_fraction > 0.0 else ""


class RowJudge(Protocol):
    def rows(self, entries: Sequence[NewEntry]) -> Iterable[tuple[str, str]]: ...


class CommandJudge(Protocol):
    def performs(self, command: AnyCommand) -> Iterable[tuple[str, str]]: ...


class StepJudge(Protocol):
    def steps(self, core: Orchestrator) -> Iterable[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """Further invariants, by what they look at; each names an invariant and tells a story."""

    rows: Sequence[RowJudge] = ()
    commands: Sequence[CommandJudge] = ()
    steps: Sequence[StepJudge] = ()


class CoreWatch:
    """Implements simulators.control_room.Watcher."""

    def __init__(
        self,
        journal: SpyJournal,
        core: Callable[[], Orchestrator | None],
        elapsed_s: Callable[[], float],
        answered: Callable[[str], None],
        closures: ClosureWatch,
        judges: Judges | None = None,
    ) -> None:
        self._judges = judges or Judges()
        self._journal = journal
        self.closures = closures
        journal.seen = self.appended
        self._core = core
        self._elapsed_s = elapsed_s
        self._answered = answered
        self._by_key: dict[str, str] = {}
        self._seen: dict[str, MissionRecord] = {}
        self._version = -1

    # -- what the control room tells -------------------------------------------------------------------

    def appended(self, entries: Sequence[NewEntry]) -> None:
        for fault in self.closures.all_faults(entries):
            self._fail("entered_closed", fault)
        for judge in self._judges.rows:
            self._hear(judge.rows(entries))

    def performed(self, command: AnyCommand) -> None:
        if not self._journal.holds(command):
            self._fail("spoke_before_commit", f"{type(command).__name__} before its row: {command.because}")
        for judge in self._judges.commands:
            self._hear(judge.performs(command))
        if isinstance(command, AcceptMission):
            self._accepted(command)
        key = getattr(command, "request_key", "")
        if key:
            self._answered(key)

    def changed(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, MissionRecord):
                self._went_on(record)

    def stepped(self) -> None:
        """Cells are looked at when the traffic has changed."""
        core = self._core()
        if core is None:
            return
        for judge in self._judges.steps:
            self._hear(judge.steps(core))
        if core.traffic.state.version == self._version:
            return
        self._version = core.traffic.state.version
        held = {robot_id: core.traffic.held(robot_id) for robot_id in core.traffic.state.plans}
        for (one, mine), (other, theirs) in combinations(held.items(), 2):
            for cell in mine:
                near = next((c for c in theirs if core.traffic.cells.conflict(cell, c)), None)
                if near is not None and too_near(core.traffic.cells, cell, near):
                    self._fail("cells_shared", f"{one} holds {cell} while {other} holds {near}")

    def recovered(self, fresh: Orchestrator, lived: Orchestrator) -> None:
        """A core was brought back from the journal; lived is the one that died."""
        if fresh.digest() != lived.digest():
            self._fail("replay", f"{len(self._seen)} missions: the replayed core differs from the lived one")
        for mission_id in self._by_key.values():
            if mission_id not in fresh.state.missions and not self._has_ended(mission_id):
                self._fail("mission_lost", f"{mission_id} was accepted and is unknown after the restart")

    def replayed(self, fresh: Orchestrator, whole: Orchestrator) -> None:
        """The same from a snapshot and its tail as from all rows."""
        if fresh.digest() != whole.digest():
            self._fail("snapshot", "the core made from a snapshot differs from the one made from all rows")

    def _hear(self, found: Iterable[tuple[str, str]]) -> None:
        for invariant, story in found:
            self._fail(invariant, story)

    # -- missions --------------------------------------------------------------------------------------

    @property
    def accepted(self) -> tuple[str, ...]:
        return tuple(self._by_key.values())

    def open_missions(self) -> list[MissionRecord]:
        """Accepted and not ended, as last heard of."""
        return [self._seen[m] for m in self._by_key.values() if not self._has_ended(m)]

    def ended(self) -> dict[str, int]:
        """State to how many missions ended so."""
        counts = dict.fromkeys((str(state.value) for state in ENDED), 0)
        for record in self._seen.values():
            if record.state in ENDED:
                counts[str(record.state.value)] += 1
        return counts

    def _accepted(self, command: AcceptMission) -> None:
        known = self._by_key.setdefault(command.request_key, command.mission_id)
        if known != command.mission_id:
            self._fail(
                "mission_doubled", f"{command.request_key} is {known} and {command.mission_id}, one wish"
            )
        if list(self._by_key.values()).count(command.mission_id) > 1:
            self._fail("mission_shared", f"{command.mission_id} answers two wishes")

    def _went_on(self, record: MissionRecord) -> None:
        mission_id = record.mission.mission_id
        before = self._seen.get(mission_id)
        self._seen[mission_id] = record
        if before is None:
            return
        if before.state in ENDED and record.state is not before.state:
            self._fail("ended_twice", f"{mission_id} was {before.state.value} and is {record.state.value}")
        for seq, (was, now) in enumerate(zip(before.tasks, record.tasks, strict=True)):
            if was.state is TaskState.DONE and now.state is not TaskState.DONE:
                self._fail("task_undone", f"{mission_id}/{seq} was done and is {now.state.value}")

    def _has_ended(self, mission_id: str) -> bool:
        record = self._seen.get(mission_id)
        return record is not None and record.state in ENDED

    def _fail(self, invariant: str, story: str) -> None:
        raise Violated(Violation(invariant=invariant, at_s=self._elapsed_s(), story=story))


def _touch(one: Body, other: Body) -> bool:
    if one.mover.level != other.mover.level:
        return False
    return math.dist(one.mover.point, other.mover.point) < one.facts.radius_m + other.facts.radius_m


def _where(body: Body) -> str:
    mover = body.mover
    return f"{body.robot_id} ({mover.level} {mover.x_m:.2f} {mover.y_m:.2f})"
