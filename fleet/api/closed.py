"""What is closed, as HTTP bodies, and what a closing would mean."""

import math
from itertools import pairwise

from fleet.api.closure_schemas import ClosureEffect, ClosureOut
from fleet.api.services import Picture, Views
from fleet.core.state import ClosureRecord, MissionRecord
from missions.lifecycle import ENDED
from missions.mission import TaskState
from missions.planning.cell_values import move_key
from missions.planning.closures import Area, Elements


def closure_out(record: ClosureRecord) -> ClosureOut:
    return ClosureOut(
        id=record.closure_id,
        kind=record.kind.value,
        element=record.element_id,
        one_way=record.one_way,
        timed=record.timed,
        by=record.by,
        because=record.because,
        closed_s=record.closed_s,
        until_s=record.until_s,
        diverted=list(record.diverted),
        opened_s=record.opened_s,
        opened_by=record.opened_by,
    )


def in_force(picture: Picture) -> list[ClosureRecord]:
    """The oldest first."""
    return [record for record in picture.closures.values() if record.opened_s is None]


def is_of(record: ClosureRecord, text: str, elements: Elements) -> bool:
    """It closes the element with this id or name; of a lane both ways, or this way."""
    return record.element_id in [elements.find(record.kind, text, one_way=way) for way in (False, True)]


def effect(element_id: str, area: Area, views: Views) -> ClosureEffect:
    """By what is shown now: robots that are planned anew in this moment may come out differently."""
    picture = views.snapshot()
    cells, moves = dict.fromkeys(area.cells), dict.fromkeys(area.moves)
    return ClosureEffect(
        element=element_id,
        missions=[
            mission_id for mission_id, record in picture.missions.items() if _has_step_in(record, cells)
        ],
        passing=[robot_id for robot_id in sorted(picture.robots) if _passes(views, robot_id, moves)],
        inside=[robot_id for robot_id, robot in sorted(picture.robots.items()) if robot.node in cells],
    )


def _has_step_in(record: MissionRecord, cells: dict[str, None]) -> bool:
    if record.state in ENDED:
        return False
    steps = zip(record.mission.tasks, record.tasks, strict=True)
    ahead = (TaskState.PENDING, TaskState.RUNNING)
    return any(task.node in cells and progress.state in ahead for task, progress in steps)


def _passes(views: Views, robot_id: str, moves: dict[str, None]) -> bool:
    path = views.path(robot_id)
    if path is None:
        return False
    way = [point.cell for point in (*path.base, *path.horizon)]
    return any(move_key(*pair) in moves for pair in pairwise(way))


def until_s(minutes: float | None, until: float | None, now_s: float) -> float | None:
    return now_s + math.floor(minutes * 60_000.0) / 1000.0 if minutes is not None else until
