"""How long it takes from every cell to one cell, alone on the site, over the planning view's arrays; cached.

Used as the heuristic of the search, as travel time by the allocator, and to say that there is no way.
"""

import math
from collections.abc import Mapping

from maps.planning_view.arrays import Floats, PlanningView
from maps.planning_view.closing import NOTHING, Closure, closed_cells
from maps.planning_view.routes import Routes
from missions.planning.cell_values import Move, moves_in

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

        A robot may stand on a blocked cell and leave it. blocked must be sorted; it holds cells, and moves as
        cell_values.move_key writes them.
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
            index = self._view.index
            moves = (number for pair in moves_in(blocked) for number in self._between(*pair))
            cells = closed_cells(self._view, (index[cell] for cell in blocked if cell in index))
            found = self._closures[blocked] = cells | Closure.of(moves)
        return found

    def _between(self, source: str, target: str) -> list[int]:
        """The moves from one cell to another: there are several where lanes are parallel."""
        view = self._view
        if source not in view.index or target not in view.index:
            return []
        moves = view.out.row(view.index[source])
        return [int(move) for move in moves if view.moves.target[move] == view.index[target]]


def usable(move: Move, graphs: tuple[str, ...]) -> bool:
    """Whether one of these fleet graphs has the move."""
    return any(graph in move.graphs for graph in graphs)
