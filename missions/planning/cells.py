"""The planning graph of a site: cells, moves, what conflicts, where one may rest. See docs/planning.md.

Immutable but for its caches; shared by planner, traffic, allocation. It knows no robots and no time.
"""

import heapq
import itertools
import math
from typing import Self

from maps.graph import SiteGraph
from maps.planning_view.permits import robot_tokens
from missions.planning.cell_compiler import Compiled, compile_cells
from missions.planning.cell_values import Cell, CellSizes, Hop, Move, moves_in
from missions.planning.distances import Distances, TravelTable, usable
from missions.planning.rests import RestCandidate, choose_rests, rest_candidates

__all__ = ["Cell", "CellGraph", "Hop", "Move"]


class CellGraph:
    """Made by build(). All answers are the same in every process for the same site."""

    def __init__(self, compiled: Compiled, candidates: tuple[RestCandidate, ...], sizes: CellSizes) -> None:
        self.view = compiled.view
        """The same as arrays: what the answers come from, and what a kernel works on."""
        self.cells: dict[str, Cell] = compiled.cells
        self.sizes = sizes
        self.places = compiled.places
        """Node cells that people send robots to, chargers and parking: rests must not cut them off."""
        self.graph_names = compiled.view.tokens
        """All tokens of the site: its fleet graphs, and 'GRAPH@MODEL' where a lane names models."""
        self._moves = compiled.moves
        self._conflicts = compiled.conflicts
        self._conflict_sets = {cell: frozenset(near) for cell, near in compiled.conflicts.items()}
        self._room_cells = compiled.room_cells
        self._rooms_at = _inverse(compiled.room_cells)
        self._candidates = candidates
        self._distances = Distances(compiled.view)
        self._moves_cache: dict[tuple[str, tuple[str, ...]], tuple[Move, ...]] = {}
        self._hops_cache: dict[tuple[str, tuple[str, ...]], tuple[Hop, ...]] = {}
        self._rests_cache: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._rest_costs: dict[str, float] | None = None

    @classmethod
    def build(
        cls, graph: SiteGraph, *, radius_m: float = 0.35, margin_m: float = 0.1, step_m: float = 0.8
    ) -> Self:
        """Cut the site. radius_m is the largest robot's; step_m the longest step between two cells."""
        sizes = CellSizes(radius_m=radius_m, margin_m=margin_m, step_m=step_m)
        return cls(compile_cells(graph, sizes), rest_candidates(graph), sizes)

    def graphs_of(self, graphs: tuple[str, ...], model: str) -> tuple[str, ...]:
        """What a robot of these fleet graphs and this model asks with: lanes for its model are among them."""
        return robot_tokens(graphs, model, self.graph_names)

    def moves(self, cell_id: str, graphs: tuple[str, ...]) -> tuple[Move, ...]:
        """Moves out of the cell on these fleet graphs. Raises KeyError for an unknown cell."""
        key = (cell_id, graphs)
        found = self._moves_cache.get(key)
        if found is None:
            found = tuple(move for move in self._moves[cell_id] if usable(move, graphs))
            self._moves_cache[key] = found
        return found

    def move(self, source: str, target: str, graphs: tuple[str, ...]) -> Move | None:
        """The move between two neighbouring cells; None when there is none."""
        return next((move for move in self.moves(source, graphs) if move.cell == target), None)

    def conflicts(self, cell_id: str) -> tuple[str, ...]:
        """Cells that no other robot may hold while one holds this; itself included, sorted."""
        return self._conflicts[cell_id]

    def conflict(self, one: str, other: str) -> bool:
        """Whether two robots may not hold these two cells at the same time."""
        return other in self._conflict_sets[one]

    def room_cells(self, room_id: str) -> tuple[str, ...]:
        """Cells in the room and in its doorways. Raises KeyError for an unknown room."""
        return self._room_cells[room_id]

    def rooms_at(self, cell_id: str) -> tuple[str, ...]:
        """Rooms that must let a robot here go before one of them is held."""
        return self._rooms_at.get(cell_id, ())

    def nearest(
        self,
        level: str,
        x_m: float,
        y_m: float,
        within_m: float = 1.5,
        graphs: tuple[str, ...] | None = None,
    ) -> str | None:
        """The cell nearest to a point, None when none is within within_m; on these fleet graphs if given."""
        best: tuple[float, str] | None = None
        for cell in self.cells.values():
            if cell.level == level and (graphs is None or self.moves(cell.cell_id, graphs)):
                distance_m = math.hypot(cell.x_m - x_m, cell.y_m - y_m)
                if distance_m <= within_m and (best is None or (distance_m, cell.cell_id) < best):
                    best = (distance_m, cell.cell_id)
        return None if best is None else best[1]

    def travel_s(
        self,
        from_cell: str,
        to_node: str,
        speed_mps: float,
        graphs: tuple[str, ...],
        blocked: tuple[str, ...] = (),
    ) -> float:
        """Seconds alone on the site, doors and lifts included; inf without a way past what is blocked (cells,
        and moves as cell_values.move_key writes them)."""
        return self.travel_table(to_node, speed_mps, graphs, blocked).get(from_cell, math.inf)

    def travel_table(
        self, to_cell: str, speed_mps: float, graphs: tuple[str, ...], blocked: tuple[str, ...] = ()
    ) -> TravelTable:
        """Seconds to to_cell by cell; a cell that is not in it has no way there."""
        return self._distances.table(to_cell, speed_mps, graphs, tuple(sorted(blocked)))

    def way(
        self,
        from_cell: str,
        to_cell: str,
        speed_mps: float,
        graphs: tuple[str, ...],
        blocked: tuple[str, ...] = (),
    ) -> tuple[str, ...]:
        """The cells of the shortest way, alone on the site, without from_cell; () when there is none."""
        table = self.travel_table(to_cell, speed_mps, graphs, blocked)
        way: list[str] = []
        cell = from_cell
        closed, barred = dict.fromkeys(blocked), moves_in(blocked)
        while cell != to_cell and cell in table:
            onward = [
                move
                for move in self.moves(cell, graphs)
                if move.cell in table and move.cell not in closed and (cell, move.cell) not in barred
            ]
            cell = min(onward, key=lambda m: (m.drive_s(speed_mps) + table.get(m.cell), m.cell)).cell
            way.append(cell)
        return tuple(way)

    def rests(self, graphs: tuple[str, ...]) -> tuple[str, ...]:
        """Cells where robots of these fleet graphs may stand for ever, all at once, in nobody's way."""
        found = self._rests_cache.get(graphs)
        if found is None:
            found = tuple(cell for cell in self._costs() if self.moves(cell, graphs))
            self._rests_cache[graphs] = found
        return found

    def rest_cost_s(self, cell_id: str) -> float:
        """How many seconds of driving it is worth to rest elsewhere: chargers are for who needs them."""
        return self._costs()[cell_id]

    def hops(self, cell_id: str, graphs: tuple[str, ...]) -> tuple[Hop, ...]:
        """From this cell to every place to wait that is reached without passing another one."""
        key = (cell_id, graphs)
        found = self._hops_cache.get(key)
        if found is None:
            found = self._hops_cache[key] = self.hops_between(cell_id, graphs, (), ())
        return found

    def hops_between(
        self, cell_id: str, graphs: tuple[str, ...], ends: tuple[str, ...], blocked: tuple[str, ...]
    ) -> tuple[Hop, ...]:
        """As hops, not cached: ends are places to wait too; blocked cells are not entered, blocked moves (as
        cell_values.move_key writes them) not made."""
        found: list[Hop] = []
        closed, barred = dict.fromkeys((cell_id, *blocked)), moves_in(blocked)
        number = itertools.count()
        # (cost, number, moves): the number breaks ties and keeps moves from being compared
        queue: list[tuple[float, int, tuple[Move, ...]]] = [(0.0, next(number), ())]
        while queue:
            cost, _, moves = heapq.heappop(queue)
            here = moves[-1].cell if moves else cell_id
            if moves and here in closed:
                continue
            closed[here] = None
            passing = not moves or not self.cells[here].stoppable
            if moves and (here in ends or not passing):
                found.append(Hop(moves=moves))
            for move in self.moves(here, graphs) if passing else ():
                if (here, move.cell) in barred:
                    continue
                heapq.heappush(queue, (cost + move.drive_s(1.0), next(number), (*moves, move)))
        return tuple(found)

    def _costs(self) -> dict[str, float]:
        if self._rest_costs is None:
            self._rest_costs = choose_rests(self.view, self.places, self._candidates)
        return self._rest_costs


def _inverse(room_cells: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    rooms: dict[str, list[str]] = {}
    for room_id, cells in room_cells.items():
        for cell in cells:
            rooms.setdefault(cell, []).append(room_id)
    return {cell: tuple(ids) for cell, ids in rooms.items()}
