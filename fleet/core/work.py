"""The workbench of one turn: the state, the tools, and what has come out so far.

Rules (mission_rules, robot_rules, building_rules, dispatch, safety) are functions that take a Work. They
change records only through put_*, speak only through emit, and keep nothing of their own.
"""

from dataclasses import replace

from fleet.config import Settings
from fleet.core.commands import AnyCommand
from fleet.core.events import RobotFacts
from fleet.core.state import (
    AlertRecord,
    ClosureRecord,
    DoorRecord,
    HistoryLine,
    Job,
    LiftRecord,
    MissionRecord,
    Record,
    RobotRecord,
    State,
)
from maps.graph import SiteGraph
from missions.lifecycle import ENDED, MissionLifecycle, MissionState
from missions.planning.allocation import Call
from missions.planning.cells import CellGraph
from missions.planning.closures import Barrier, Elements
from missions.planning.traffic import Traffic


class Work:
    def __init__(self, graph: SiteGraph, cells: CellGraph, settings: Settings) -> None:
        self.graph = graph
        self.cells = cells
        self.settings = settings
        self.lifecycle = MissionLifecycle()
        self.state = State(site_id=graph.site.site_id)
        self.traffic = Traffic(cells)
        self.elements = Elements(graph, cells)
        self.now_s = 0.0
        self.out: list[AnyCommand] = []
        self.dirty: dict[str, None] = {}
        """Robots that dispatch must look at in this turn."""
        self.calls: dict[str, tuple[tuple[str, ...], tuple[Call, ...]]] = {}
        """Robot to its waiting missions as the allocation sees them; derived."""
        self.barrier: tuple[int, Barrier] | None = None
        """Traffic version, and what is closed in it, as the allocation sees it; derived."""
        self._changed: dict[str, Record] = {}

    # -- output ----------------------------------------------------------------------------------------

    def emit(self, command: AnyCommand) -> None:
        self.out.append(command)

    def take_changes(self) -> tuple[Record, ...]:
        changed = tuple(self._changed.values())
        self._changed = {}
        return changed

    def graphs_of(self, facts: RobotFacts) -> tuple[str, ...]:
        """What a robot may drive on: its fleet graphs, and lanes that are for its model."""
        return self.cells.graphs_of(facts.graphs, facts.model)

    def new_id(self, prefix: str) -> str:
        self.state.ids_made += 1
        return f"{prefix}-{self.state.ids_made:06d}"

    # -- records ---------------------------------------------------------------------------------------

    def put_mission(self, record: MissionRecord) -> MissionRecord:
        self.state.missions[record.mission.mission_id] = record
        self._changed[f"mission {record.mission.mission_id}"] = record
        if record.state is MissionState.QUEUED:
            self.state.queued.setdefault(record.mission.mission_id)
        else:
            self.state.queued.pop(record.mission.mission_id, None)
        if record.state in ENDED:
            self.state.ended.setdefault(record.mission.mission_id)
        return record

    def put_robot(self, record: RobotRecord) -> RobotRecord:
        self.state.robots[record.robot_id] = record
        self._changed[f"robot {record.robot_id}"] = record
        return record

    def put_alert(self, record: AlertRecord) -> AlertRecord:
        self.state.alerts[record.alert_id] = record
        self._changed[f"alert {record.alert_id}"] = record
        return record

    def put_door(self, record: DoorRecord) -> DoorRecord:
        self.state.doors[record.door] = record
        self._changed[f"door {record.door}"] = record
        return record

    def put_lift(self, record: LiftRecord) -> LiftRecord:
        self.state.lifts[record.lift] = record
        self._changed[f"lift {record.lift}"] = record
        return record

    def put_closure(self, record: ClosureRecord) -> ClosureRecord:
        """One that is opened leaves the state; it is shown once more."""
        self.state.closures[record.closure_id] = record
        if record.opened_s is not None:
            del self.state.closures[record.closure_id]
        self._changed[f"closure {record.closure_id}"] = record
        return record

    def put_job(self, job: Job) -> Job:
        self.state.jobs[job.robot_id] = job
        return job

    def job(self, robot_id: str) -> Job:
        return self.state.jobs[robot_id]

    def touch(self, robot_id: str) -> None:
        """Dispatch looks at this robot in this turn, and at those who wait for it."""
        self.dirty.setdefault(robot_id)
        for waiter in self.state.waiters.pop(robot_id, {}):
            self.dirty.setdefault(waiter)

    # -- stories and alerts ----------------------------------------------------------------------------

    def tell(
        self, mission_id: str, what: str, because: str, *, robot: str = "", task: int | None = None
    ) -> None:
        """Add a line to the mission's history; the oldest lines go first when it is full."""
        record = self.state.missions[mission_id]
        line = HistoryLine(at_s=self.now_s, what=what, because=because, robot=robot, task=task)
        lines = (*record.history, line)[-self.settings.history_lines_max :]
        self.put_mission(replace(record, history=lines))

    def alert(self, kind: str, severity: str, subject: str, because: str, hint: str) -> None:
        """Raise an alert, or count it when the same one is still open."""
        key = f"{kind} {subject}"
        open_id = self.state.open_alerts.get(key)
        if open_id is not None:
            known = self.state.alerts[open_id]
            self.put_alert(replace(known, count=known.count + 1, because=because))
            return
        self.state.alerts_made += 1
        alert_id = f"alert-{self.state.alerts_made:06d}"
        self.state.open_alerts[key] = alert_id
        self.put_alert(
            AlertRecord(
                alert_id=alert_id,
                kind=kind,
                severity=severity,
                subject=subject,
                because=because,
                hint=hint,
                raised_s=self.now_s,
            )
        )

    def forget_old(self) -> None:
        """Keep memory bounded: the oldest ended missions and handled alerts leave (the store has them)."""
        while len(self.state.ended) > self.settings.missions_ended_kept:
            oldest = next(iter(self.state.ended))
            del self.state.ended[oldest]
            del self.state.missions[oldest]
        while len(self.state.request_keys) > self.settings.request_keys_kept:
            del self.state.request_keys[next(iter(self.state.request_keys))]
        excess = len(self.state.alerts) - len(self.state.open_alerts) - self.settings.alerts_handled_kept
        if excess > 0:
            handled = [a.alert_id for a in self.state.alerts.values() if a.handled_s is not None]
            for alert_id in handled[:excess]:
                del self.state.alerts[alert_id]
