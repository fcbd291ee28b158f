"""How long everything that is accepted may take to end once everything is mended: the bound of liveness.

It follows the backlog: what is still to be done, by estimates, shared among the robots that can do it.
"""

import math
from collections.abc import Iterable, Mapping

from fleet.core.state import MissionRecord
from missions.mission import TaskState
from missions.planning.cells import CellGraph
from robots.protocol import Factsheet

SLACK = 1.5
"""A mission takes this many times its estimate: it waits for others, charges on the way, is interrupted. Runs
after twenty minutes of trouble, 30 missions open, used up to four tenths of the bound."""
PERSON_S = 60.0
"""For what has no estimate: somebody comes, a lift is called."""


def backlog_s(
    records: Iterable[MissionRecord], crew: Mapping[str, Factsheet], cells: CellGraph, slack: float = SLACK
) -> float:
    """Seconds within which the missions end one after the other, those who can do them sharing.

    A mission that nobody can do counts as if one robot could: it must still be refused or fail.
    """
    return slack * math.fsum(_alone_s(record, crew, cells) / _hands(record, crew) for record in records)


def _hands(record: MissionRecord, crew: Mapping[str, Factsheet]) -> int:
    mission = record.mission
    if mission.robot is not None or (record.attempts == 0 and record.current not in (None, 0)):
        return 1  # pinned, or begun: it stays with its robot
    skills = {task.action_type for task in mission.tasks if task.action_type}
    return max(1, sum(skills.issubset(facts.skills) for facts in crew.values()))


def _alone_s(record: MissionRecord, crew: Mapping[str, Factsheet], cells: CellGraph) -> float:
    """Of what is left, driving from task to task at the pace of the slowest."""
    speed_mps = min(facts.speed_mps_max for facts in crew.values())
    total_s, before = 0.0, ""
    for task, done in zip(record.mission.tasks, record.tasks, strict=True):
        if done.state in (TaskState.PENDING, TaskState.RUNNING):
            total_s += task.duration_s + PERSON_S + _drive_s(cells, before, task.node, speed_mps)
        before = task.node
    return total_s


def _drive_s(cells: CellGraph, start: str, end: str, speed_mps: float) -> float:
    """start '': from the place that is farthest."""
    table = cells.travel_table(end, speed_mps, cells.graph_names)
    starts = [start] if start in table else list(cells.cells)
    return max(table.get(cell, 0.0) for cell in starts)
