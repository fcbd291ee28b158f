"""What a run has reached: "sometimes" assertions, counted from outside.

Everything is read from committed journal rows (events, commands, changed records) and from the troubles'
names; the cores know nothing of it. universe() is what there is to reach; a soak names what it never reached.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import get_args

from fleet.core import commands as cmd
from fleet.core import events as ev
from fleet.core.state import AlertRecord, LiftRecord, MissionRecord, RobotRecord
from fleet.store.entry import NewEntry
from missions.lifecycle import TRANSITIONS, MissionState
from missions.planning.closures import ElementKind
from robots.lifecycle import ACTIVITY, MODE
from robots.skills.registry import SKILL_TABLES
from simulators.trouble import all_kinds

PLAN_VETOES = ("no_route", "goal_blocked", "no_rest", "conflict")
ALERTS = (
    "robot_lost",
    "robot_fault",
    "mission_failed",
    "mission_taken_over",
    "door_stuck",
    "lift_out",
    "no_ack",
    "not_done",
    "off_map",
    "quarantined",
    "fire",
    "stop_all",
    "plan_rejected",
    "solver_failed",
)
RECOVERIES = (
    "replay",
    "snapshot",
    "order_sent_again",
    "takeover",
    "lost_robot_found",
    "robot_restarted",
    "lift_out_of_order",
    "order_refused",
    "quarantine",
    "solver_died",
)
"""Ways back to order."""
ENDS = (MissionState.COMPLETED, MissionState.FAILED, MissionState.CANCELLED)


class Coverage:
    """Of one run: counts[name] says how often."""

    def __init__(self, has_snapshot: Callable[[], bool]) -> None:
        self._has_snapshot = has_snapshot
        self.counts: Counter[str] = Counter()
        self._missions: dict[str, MissionRecord] = {}
        self._robots: dict[str, RobotRecord] = {}
        self._orders: dict[str, tuple[str, int]] = {}
        self._starts = 0

    def rows(self, entries: Sequence[NewEntry]) -> None:
        """Journal rows that have just been committed."""
        for entry in entries:
            self.counts.update(_of_event(entry.event))
            if isinstance(entry.event, ev.OrchestratorStarted):
                self._started()
            self.counts.update(name for command in entry.commands for name in self._of_command(command))
            self.counts.update(name for record in entry.changed for name in self._of_record(record))

    def struck(self, kind: str) -> None:
        self.counts[f"trouble.{kind}"] += 1

    def _started(self) -> None:
        self._starts += 1
        if self._starts > 1:
            self.counts["recovery.snapshot" if self._has_snapshot() else "recovery.replay"] += 1

    def _of_command(self, command: cmd.AnyCommand) -> Iterator[str]:
        yield f"command.{type(command).__name__}"
        if isinstance(command, cmd.RejectMission):
            yield f"veto.{command.veto}"
            yield from (f"veto.{veto}" for veto in command.vetoes.values())
        elif isinstance(command, cmd.AnswerControl) and command.veto is not None:
            yield f"veto.{command.veto}"
        elif isinstance(command, cmd.SendInstant):
            yield f"instant.{command.verb}"
        elif isinstance(command, cmd.SendOrder):
            told = (command.order_id, command.order_update_id)
            if self._orders.get(command.robot_id) == told:
                yield "recovery.order_sent_again"
            self._orders[command.robot_id] = told

    def _of_record(self, record: object) -> Iterator[str]:
        if isinstance(record, MissionRecord):
            yield from self._of_mission(record)
        elif isinstance(record, RobotRecord):
            yield from self._of_robot(record)
        elif isinstance(record, AlertRecord):
            yield f"alert.{record.kind}"
        elif isinstance(record, LiftRecord) and not record.available:
            yield "recovery.lift_out_of_order"

    def _of_mission(self, record: MissionRecord) -> Iterator[str]:
        name = record.mission.mission_id
        before = self._missions.get(name)
        self._missions[name] = record
        was = before.state if before is not None else MissionState.QUEUED
        if record.state is not was:
            yield f"mission.{was}>{record.state}"
        if record.state in ENDS:
            yield f"ended.{record.mission.family}.{record.state}"
        if before is not None and record.attempts > before.attempts:
            yield "recovery.takeover"

    def _of_robot(self, record: RobotRecord) -> Iterator[str]:
        before = self._robots.get(record.robot_id)
        self._robots[record.robot_id] = record
        if before is None or (before.activity, before.mode) != (record.activity, record.mode):
            yield f"activity.{record.activity}"
            yield f"mode.{record.mode}"
            yield from _went(before, record)
        if record.skill and (before is None or before.phase != record.phase):
            yield f"skill.{record.skill}.{record.phase}"
            if before is not None and before.skill == record.skill:
                yield f"skill.{record.skill}.{before.phase}>{record.phase}"
        if before is not None and before.lost and not record.lost:
            yield "recovery.lost_robot_found"
        if before is not None and before.boot_id != record.boot_id:
            yield "recovery.robot_restarted"


def _went(before: RobotRecord | None, record: RobotRecord) -> Iterator[str]:
    """Transitions of its two machines, as far as its reports show them."""
    if before is not None and before.activity != record.activity:
        yield f"activity.{before.activity}>{record.activity}"
    if before is not None and before.mode != record.mode:
        yield f"mode.{before.mode}>{record.mode}"


def _of_event(event: ev.AnyEvent) -> Iterator[str]:
    yield f"event.{type(event).__name__}"
    if isinstance(event, ev.MissionControlled | ev.RobotControlled | ev.FleetControlled):
        yield f"verb.{type(event).__name__}.{event.verb}"
    elif isinstance(event, ev.ElementClosed):
        yield f"closed.{event.kind}"
    elif isinstance(event, ev.PlanSolved):
        yield from (f"plan_veto.{veto.code}" for veto in event.answer.vetoes)
    elif isinstance(event, ev.SolverFailed):
        yield "recovery.solver_died"
    elif isinstance(event, ev.RobotQuarantined):
        yield "recovery.quarantine"
    elif isinstance(event, ev.OrderRefused):
        yield "recovery.order_refused"


def universe() -> tuple[str, ...]:
    """Every name that could be reached, in order."""
    return tuple(dict.fromkeys(_universe()))


def _universe() -> Iterator[str]:
    yield from (f"trouble.{kind}" for kind in all_kinds())
    yield from (f"event.{kind.__name__}" for kind in get_args(ev.AnyEvent))
    yield from (f"command.{kind.__name__}" for kind in get_args(cmd.AnyCommand))
    for kind, verbs in (
        ("MissionControlled", ev.MissionVerb),
        ("RobotControlled", ev.RobotVerb),
        ("FleetControlled", ev.FleetVerb),
    ):
        yield from (f"verb.{kind}.{verb}" for verb in verbs)
    yield from (f"closed.{kind}" for kind in ElementKind)
    yield from (f"veto.{code}" for code in cmd.VetoCode)
    yield from (f"plan_veto.{code}" for code in PLAN_VETOES)
    yield from (f"alert.{kind}" for kind in ALERTS)
    yield from _missions()
    yield from (f"activity.{state.value}" for state in ACTIVITY.leaves if state.value != "offline")
    yield from (f"mode.{state.value}" for state in MODE.leaves)
    for table in SKILL_TABLES:
        yield from (f"skill.{table.name}.{state.value}" for state in table.leaves)
    for name, machine in (
        ("activity", ACTIVITY),
        ("mode", MODE),
        *((f"skill.{t.name}", t) for t in SKILL_TABLES),
    ):
        pairs = ((source.value, target.value) for _, source, target in machine.expanded())
        yield from (f"{name}.{source}>{target}" for source, target in pairs if source != target)
    yield from (f"recovery.{name}" for name in RECOVERIES)


def _missions() -> Iterator[str]:
    for _, sources, target in TRANSITIONS:
        pairs = ((MissionState[source], MissionState[str(target)]) for source in sources)
        yield from (f"mission.{source}>{end}" for source, end in pairs if source is not end)


def never_reached(counts: Mapping[str, int]) -> list[str]:
    return [name for name in universe() if not counts.get(name)]
