"""Travel times for one round of allocation: each table is looked up once, however many robots bid."""

import math

from missions.planning.cells import CellGraph
from missions.planning.closures import OPEN, Barrier
from missions.planning.distances import TravelTable
from missions.planning.problem import Agent

_Key = tuple[str, float, tuple[str, ...]]


class Travel:
    """Seconds alone on the site, doors and lifts included; inf without a way past what is closed."""

    def __init__(self, cells: CellGraph, chargers: tuple[str, ...] = (), barrier: Barrier = OPEN) -> None:
        self._cells = cells
        self._barrier = barrier
        self._chargers = chargers
        self._tables: dict[_Key, TravelTable] = {}
        self._home: dict[_Key, float] = {}

    def seconds(self, agent: Agent, start: str, goal: str, pace_mps: float | None) -> float:
        """From cell start to cell goal, at the robot's speed or at the pace if that is slower."""
        if goal in self._barrier.closed:
            return math.inf
        speed_mps = agent.speed_mps if pace_mps is None else min(agent.speed_mps, pace_mps)
        return self._table(goal, speed_mps, agent.graphs).get(start, math.inf)

    def to_charger_s(self, agent: Agent, cell: str) -> float:
        """To the nearest charger (to the nearest rest when no charger is known); 0 when there is none:
        a site without one is not the battery's fault."""
        key = (cell, agent.speed_mps, agent.graphs)
        found = self._home.get(key)
        if found is None:
            goals = self._chargers or self._cells.rests(agent.graphs)
            ways = [self.seconds(agent, cell, goal, None) for goal in goals]
            found = self._home[key] = min((way for way in ways if math.isfinite(way)), default=0.0)
        return found

    def closed(self, agent: Agent, start: str, goal: str) -> tuple[str, str] | None:
        """The closure on the way that there would be, and a clause about it; '' for no closure in particular.

        None when there is no way in any case.
        """
        if not math.isfinite(self._cells.travel_s(start, goal, agent.speed_mps, agent.graphs)):
            return None
        closure = self._barrier.first(self._cells, agent, start, goal)
        return closure, self._barrier.why.get(closure, "what stands on the way there does not move")

    def _table(self, goal: str, speed_mps: float, graphs: tuple[str, ...]) -> TravelTable:
        key = (goal, speed_mps, graphs)
        table = self._tables.get(key)
        if table is None:
            table = self._tables[key] = self._cells.travel_table(
                goal, speed_mps, graphs, self._barrier.blocked
            )
        return table
