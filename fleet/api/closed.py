"""What is closed, as HTTP bodies: with the shapes to mark, and what a closing would mean."""

import math
from collections.abc import Iterator
from itertools import pairwise

from fleet.api.closure_schemas import ClosedShape, ClosureEffect, ClosureOut
from fleet.api.services import Picture, Views
from fleet.core.state import ClosureRecord, MissionRecord
from maps.elements import Lift, Point
from maps.geometry import rotated
from maps.graph import SiteGraph
from missions.lifecycle import ENDED
from missions.mission import TaskState
from missions.planning.cell_values import move_key
from missions.planning.closures import Area, ElementKind


def closure_out(record: ClosureRecord, graph: SiteGraph) -> ClosureOut:
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
        shapes=list(shapes(record.kind, record.element_id, graph)),
    )


def shapes(kind: ElementKind, element_id: str, graph: SiteGraph) -> Iterator[ClosedShape]:
    if kind is ElementKind.LANE:
        edge = graph.edges[element_id]
        points = [graph.point(edge.source), graph.point(edge.target)]
        yield ClosedShape(level=graph.nodes[edge.source].level, points=points, area=False)
    elif kind is ElementKind.DOOR:
        door = graph.doors[element_id]
        yield ClosedShape(level=door.level, points=[door.start, door.end], area=False)
    elif kind is ElementKind.LIFT:
        lift = graph.lifts[element_id]
        for level in lift.cabin_nodes:
            yield ClosedShape(level=level, points=_cabin(lift), area=True)
    else:
        area = graph.zones[element_id] if kind is ElementKind.ZONE else graph.rooms[element_id]
        yield ClosedShape(level=area.level, points=list(area.polygon), area=True)


def _cabin(lift: Lift) -> list[Point]:
    x, y = lift.width_m / 2.0, lift.depth_m / 2.0
    corners = (rotated(corner, lift.yaw_rad) for corner in ((-x, -y), (x, -y), (x, y), (-x, y)))
    return [(lift.center[0] + dx, lift.center[1] + dy) for dx, dy in corners]


def in_force(picture: Picture) -> list[ClosureRecord]:
    """The oldest first."""
    return [record for record in picture.closures.values() if record.opened_s is None]


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
