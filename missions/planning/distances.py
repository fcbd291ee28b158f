"""How long it takes from every cell to one cell, alone on the site, over the planning view's arrays; cached.

Used as the heuristic of the search, as travel time by the allocator, and to say that there is no way.
"""

import math
from collections.abc import Mapping

from maps.planning_view.arrays import Floats, PlanningView
from maps.planning_view.closing import NOTHING, Closure, closed_cells
from maps.planning_view.routes import Routes
from missions.planning.cell_values import Move

KINDS_MAX = 64
"""Speeds and fleet graphs whose trees are kept; the oldest goes first."""


class TravelTable:
    """Seconds to one cell, by cell."""

    __slots__ = ("_index", "_seconds")

    def __init__(self, index: Mapping[str, int], seconds: Floats) -> None:
        self._index = index
        self._seconds = seconds.data

    def get(self, cell: str, otherwise: float = math.inf) -> float:
        """Seconds from the cell; `otherwise` when it has no way there, or is none of the site's."""
        number = self._index.get(cell)
        seconds: float = math.inf if number is None else self._seconds[number]
        return otherwise if seconds == math.inf else seconds

    def __contains__(self, cell: str) -> bool:
        return self.get(cell) < math.inf


class Distances:
    """Tables by goal, speed, tokens and closed cells."""

    def __init__(self, view: PlanningView) -> None:
        self._view = view
        self._routes: dict[tuple[float, tuple[str, ...]], Routes] = {}
        self._closures: dict[tuple[str, ...], Closure] = {(): NOTHING}
        self._nowhere = TravelTable({}, view.cells.x_m[:0])

    def table(
        self, goal: str, speed_mps: float, graphs: tuple[str, ...], blocked: tuple[str, ...] = ()
    ) -> TravelTable:
        """Seconds to goal from every cell that reaches it without entering a blocked one.

        A robot may stand on a blocked cell and leave it. blocked must be sorted.
        """
        if goal in blocked:
            return self._nowhere
        routes = self._routes.get((speed_mps, graphs))
        if routes is None:
            if len(self._routes) >= KINDS_MAX:
                del self._routes[next(iter(self._routes))]
            routes = self._routes[speed_mps, graphs] = Routes(self._view, speed_mps=speed_mps, tokens=graphs)
        tree = routes.tree(self._view.index[goal], self._closure(blocked))
        return TravelTable(self._view.index, tree.seconds)

    def _closure(self, blocked: tuple[str, ...]) -> Closure:
        found = self._closures.get(blocked)
        if found is None:
            if len(self._closures) >= KINDS_MAX:
                self._closures = {(): NOTHING}
            cells = (self._view.index[cell] for cell in blocked)
            found = self._closures[blocked] = closed_cells(self._view, cells)
        return found


def usable(move: Move, graphs: tuple[str, ...]) -> bool:
    """Whether one of these fleet graphs has the move."""
    return any(graph in move.graphs for graph in graphs)
