"""The core's records as HTTP bodies. Pure; PINs come out as ****."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from fleet.api import schemas
from fleet.api.services import JournalEntry, PathPoint, PoseView, Views
from fleet.core.events import MissionConfirmed
from fleet.core.state import (
    AlertRecord,
    DoorRecord,
    HistoryLine,
    LiftRecord,
    MissionRecord,
    RobotRecord,
    TaskRecord,
)
from missions.lifecycle import ENDED
from missions.mission import Param, Task, TaskState

HIDDEN = "****"
SECRET_PARAMS = ("pin",)


class Renderer:
    """Knows which parameters are secret (templates' pin parameters) and where live poses and paths are."""

    def __init__(self, views: Views, secret_params: Iterable[str] = ()) -> None:
        self._views = views
        self._secret = (*SECRET_PARAMS, *secret_params)

    # -- missions --------------------------------------------------------------------------------------

    def mission(self, record: MissionRecord, now_s: float) -> schemas.MissionOut:
        return schemas.MissionOut(**self._mission_fields(record, now_s))

    def mission_detail(self, record: MissionRecord, now_s: float, images: list[str]) -> schemas.MissionDetail:
        return schemas.MissionDetail(
            **self._mission_fields(record, now_s), history=history(record.history), images=images
        )

    def _mission_fields(self, record: MissionRecord, now_s: float) -> dict[str, Any]:
        mission = record.mission
        return {
            "id": mission.mission_id,
            "template": mission.template,
            "family": str(mission.family),
            "title": mission.title,
            "params": self._params(mission.params),
            "priority": mission.priority,
            "state": str(record.state),
            "robot": record.robot,
            "because": record.because,
            "waiting": record.waiting,
            "waiting_since_s": record.waiting_since_s,
            "created_s": record.created_s,
            "start_s": record.start_s,
            "end_s": record.end_s,
            "ended_s": record.ended_s,
            "progress_fraction": progress_fraction(record, now_s),
            "requested_by": mission.requested_by,
            "tasks": [task_out(*pair) for pair in zip(mission.tasks, record.tasks, strict=True)],
        }

    def _params(self, params: Mapping[str, Param]) -> dict[str, schemas.ParamValue]:
        return {name: self._param(name, value) for name, value in params.items()}

    def _param(self, name: str, value: Param) -> schemas.ParamValue:
        if name in self._secret:
            return HIDDEN if value else ""
        return list(value) if isinstance(value, tuple) else value

    # -- robots ----------------------------------------------------------------------------------------

    def robot(self, record: RobotRecord) -> schemas.RobotOut:
        pose = self.pose(record)
        base, horizon = self._path(record.robot_id, pose.level)
        return schemas.RobotOut(
            id=record.robot_id,
            model=record.facts.model,
            family=record.facts.family,
            names=record.facts.names,
            skills=list(record.facts.skills),
            radius_m=record.facts.radius_m,
            online=record.online,
            lost=record.lost,
            in_service=record.in_service,
            activity=record.activity,
            mode=record.mode,
            skill=record.skill,
            phase=record.phase,
            battery_fraction=record.battery_fraction,
            charging=record.charging,
            mission=mission_under_way(record, self._views),
            queue=list(record.queue),
            errand=record.errand,
            because=record.because,
            waiting=record.waiting,
            waiting_since_s=record.waiting_since_s,
            node=record.node,
            pose=pose,
            path=base,
            horizon=horizon,
            faults=record.faults,
            frame=self._views.frame(record.robot_id) is not None,
            seen_s=max(record.last_heard_s, pose.at_s),
        )

    def pose(self, record: RobotRecord) -> schemas.PoseOut:
        """The live pose; before the first one, the place at the last significant event."""
        live = self._views.pose(record.robot_id)
        if live is not None:
            return pose_out(live)
        return schemas.PoseOut(
            level=record.level, x_m=record.x_m, y_m=record.y_m, yaw_rad=0.0, at_s=record.last_heard_s
        )

    def _path(self, robot_id: str, level: str) -> tuple[list[schemas.Point], list[schemas.Point]]:
        path = self._views.path(robot_id)
        if path is None:
            return [], []
        return on_level(path.base, level), on_level(path.horizon, level)

    # -- journal ---------------------------------------------------------------------------------------

    def journal_row(self, entry: JournalEntry) -> schemas.JournalRowOut:
        kind, facts = self._tagged(entry.event)
        if isinstance(entry.event, MissionConfirmed) and entry.event.what in self._secret:
            facts["value"] = HIDDEN
        commands = [self._tagged(command) for command in entry.commands]
        return schemas.JournalRowOut(
            seq=entry.seq,
            at_s=entry.now_s,
            event=kind,
            facts=facts,
            commands=[
                schemas.CommandOut(kind=kind, because=facts.pop("because", ""), facts=facts)
                for kind, facts in commands
            ],
        )

    def _tagged(self, value: msgspec.Struct) -> tuple[str, dict[str, Any]]:
        plain = self._without_secrets(msgspec.to_builtins(value))
        return str(plain.pop("type")), plain

    def _without_secrets(self, value: Any) -> Any:
        if isinstance(value, dict):
            hides = value.get("what") in self._secret
            return {
                key: HIDDEN
                if (key in self._secret or (hides and key == "value")) and isinstance(item, str | float | int)
                else self._without_secrets(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._without_secrets(item) for item in value]
        return value


def task_out(task: Task, record: TaskRecord) -> schemas.TaskOut:
    return schemas.TaskOut(
        seq=task.seq,
        title=task.title,
        place=task.place,
        node=task.node,
        action=task.action_type,
        state=str(record.state),
        robot=record.robot,
        phase=record.phase,
        started_s=record.started_s,
        acting_s=record.acting_s,
        ended_s=record.ended_s,
        because=record.because,
        result=record.result,
    )


def history(lines: Iterable[HistoryLine]) -> list[schemas.HistoryOut]:
    return [
        schemas.HistoryOut(
            at_s=line.at_s, what=line.what, because=line.because, robot=line.robot, task=line.task
        )
        for line in lines
    ]


def progress_fraction(record: MissionRecord, now_s: float) -> float:
    """Tasks that are over, and within the running one the share of the forecast that has passed."""
    if record.state in ENDED and record.ended_s is not None and record.state == "completed":
        return 1.0
    count = max(len(record.tasks), 1)
    over = sum(task.state not in (TaskState.PENDING, TaskState.RUNNING) for task in record.tasks)
    low, high = over / count, min(over + 0.95, count) / count
    if record.current is None or record.start_s is None or record.end_s is None or record.ended_s is not None:
        return round(low, 3)
    span_s = max(record.end_s - record.start_s, 1.0)
    return round(min(max((now_s - record.start_s) / span_s, low), high), 3)


def mission_under_way(record: RobotRecord, views: Views) -> str:
    """The first of its queue, once it has started."""
    if not record.queue:
        return ""
    first = views.mission(record.queue[0])
    return record.queue[0] if first is not None and first.state in ("running", "paused") else ""


def pose_out(pose: PoseView) -> schemas.PoseOut:
    return schemas.PoseOut(
        level=pose.level,
        x_m=round(pose.x_m, 3),
        y_m=round(pose.y_m, 3),
        yaw_rad=round(pose.yaw_rad, 3),
        speed_mps=round(pose.speed_mps, 3),
        at_s=round(pose.at_s, 3),
    )


def on_level(points: Iterable[PathPoint], level: str) -> list[schemas.Point]:
    return [(round(point.x_m, 3), round(point.y_m, 3)) for point in points if point.level == level]


def alert_out(record: AlertRecord) -> schemas.AlertOut:
    return schemas.AlertOut(
        id=record.alert_id,
        kind=record.kind,
        severity=record.severity,  # type: ignore[arg-type]  # Pydantic checks it
        subject=record.subject,
        because=record.because,
        hint=record.hint,
        raised_s=record.raised_s,
        count=record.count,
        handled_s=record.handled_s,
        handled_by=record.handled_by,
        note=record.note,
    )


def building_state(doors: Mapping[str, DoorRecord], lifts: Mapping[str, LiftRecord]) -> schemas.BuildingState:
    return schemas.BuildingState(
        doors={door: record.state for door, record in doors.items()},
        lifts={
            lift: schemas.LiftState(
                level=record.level, doors=record.doors, session=record.session, available=record.available
            )
            for lift, record in lifts.items()
        },
    )
