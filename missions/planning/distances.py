"""How long it takes from every cell to one cell, alone on the site: backward Dijkstra, cached.

Used as the heuristic of the search, as travel time by the allocator, and to say that there is no way.
"""

import heapq
from collections.abc import Mapping, Sequence

from missions.planning.cell_values import Move

TABLES_MAX = 4_000
"""About 100 kB each on a large site; the oldest goes first."""

_Key = tuple[str, float, tuple[str, ...], tuple[str, ...]]


class Distances:
    """Tables by goal, speed, fleet graphs and closed cells."""

    def __init__(self, moves: Mapping[str, Sequence[Move]]) -> None:
        self._into: dict[str, list[tuple[str, Move]]] = {cell: [] for cell in moves}
        for cell, outgoing in moves.items():
            for move in outgoing:
                self._into[move.cell].append((cell, move))
        self._tables: dict[_Key, dict[str, float]] = {}
        self._backward: dict[tuple[float, tuple[str, ...]], dict[str, list[tuple[str, float]]]] = {}

    def table(
        self, goal: str, speed_mps: float, graphs: tuple[str, ...], blocked: tuple[str, ...] = ()
    ) -> Mapping[str, float]:
        """Seconds to goal from every cell that reaches it. blocked must be sorted."""
        key = (goal, speed_mps, graphs, blocked)
        table = self._tables.get(key)
        if table is None:
            if len(self._tables) >= TABLES_MAX:
                del self._tables[next(iter(self._tables))]
            table = self._tables[key] = self._dijkstra(goal, speed_mps, graphs, blocked)
        return table

    def _dijkstra(
        self, goal: str, speed_mps: float, graphs: tuple[str, ...], blocked: tuple[str, ...]
    ) -> dict[str, float]:
        closed = frozenset(blocked)
        if goal in closed:
            return {}
        into = self._weighted(speed_mps, graphs)
        table: dict[str, float] = {}
        queue = [(0.0, goal)]
        while queue:
            seconds, cell = heapq.heappop(queue)
            if cell in table:
                continue
            table[cell] = seconds
            # A robot may stand on a closed cell and leave it, but nobody drives through.
            if cell in closed:
                continue
            for source, drive_s in into[cell]:
                if source not in table:
                    heapq.heappush(queue, (seconds + drive_s, source))
        return table

    def _weighted(self, speed_mps: float, graphs: tuple[str, ...]) -> dict[str, list[tuple[str, float]]]:
        weighted = self._backward.get((speed_mps, graphs))
        if weighted is None:
            weighted = {
                cell: [(source, move.drive_s(speed_mps)) for source, move in moves if usable(move, graphs)]
                for cell, moves in self._into.items()
            }
            self._backward[speed_mps, graphs] = weighted
        return weighted


def usable(move: Move, graphs: tuple[str, ...]) -> bool:
    """Whether one of these fleet graphs has the move."""
    return any(graph in move.graphs for graph in graphs)
