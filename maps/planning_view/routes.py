"""Shortest ways over a planning view: a tree of ways to each goal that is asked for, kept by goal.

A tree is found by Dijkstra's algorithm backwards from the goal (scipy.sparse.csgraph). It stays right while
moves are closed that it does not use; when others are opened again, the tree of before is still there.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maps.planning_view.arrays import NONE, Floats, Ints, PlanningView
from maps.planning_view.closing import NOTHING, Closure

PAIRS_MAX = 2_000
"""Cells up to which all pairs are worth their time (a third of a second) and memory (16 MB)."""
TREES_BYTES_MAX = 128 * 2**20
"""The trees of the goal that was asked for first go first."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The shortest ways to one goal with these moves closed."""

    closure: Closure
    seconds: Floats
    """[C]; inf where there is no way."""
    next_cell: Ints
    """[C]: the next cell on one of the shortest ways; NONE at the goal and without a way."""


class Routes:
    """Ways of robots of one speed and one set of tokens. Weights are seconds, doors and rides included."""

    def __init__(self, view: PlanningView, *, speed_mps: float, tokens: tuple[str, ...]) -> None:
        """Raises ValueError for a speed that is not above zero."""
        if not speed_mps > 0.0:
            raise ValueError(f"a speed of {speed_mps} m/s leads nowhere: give one above 0")
        self.view = view
        self.seconds = np.where(view.usable(tokens), view.moves.drive_s(speed_mps), np.inf)
        """[M]: of each move; inf for one that these robots may not do."""
        self._backward = _Backward(view, self.seconds)
        self._trees: dict[int, tuple[Tree, ...]] = {}
        self._goals_max = max(16, TREES_BYTES_MAX // (12 * max(1, view.cell_count)))
        self._open_graph = self._backward.graph(NOTHING)
        self._closed_graph: tuple[Closure, Any] = (NOTHING, self._open_graph)
        """Of the latest closure: most goals are asked for with the same."""
        self._steps: dict[tuple[int, Closure], Ints] = {}

    def tree(self, goal: int, closure: Closure = NOTHING) -> Tree:
        """The ways to the cell `goal`. Equal to that of a view in which the closed moves never were."""
        known = self._trees.get(goal, ())
        for tree in known:
            if _is_right(tree, closure, self.view):
                return tree
        tree = self._dijkstra(goal, closure)
        if not known and len(self._trees) >= self._goals_max:
            del self._trees[next(iter(self._trees))]
        # the open tree, and the latest detour
        self._trees[goal] = (*(t for t in known if not t.closure), tree)
        return tree

    def route(self, start: int, goal: int, closure: Closure = NOTHING) -> list[int]:
        """The cells of the shortest way, both ends included; [] when there is none. Of ways that are equally
        short, the one through the move with the lower number."""
        tree = self.tree(goal, closure)
        if not np.isfinite(tree.seconds[start]):
            return []
        step = self._next_steps(tree, goal, closure).item
        way = [start]
        while start != goal:
            start = step(start)
            way.append(start)
        return way

    def moves_along(self, way: list[int], closure: Closure = NOTHING) -> Ints:
        """The quickest open move of each step of a route. Raises ValueError for a step that there is not."""
        seconds = self.seconds.copy()
        seconds[closure.order] = np.inf
        found = []
        for here, there in pairwise(way):
            moves = self.view.out.row(here)
            steps = moves[(self.view.moves.target[moves] == there) & np.isfinite(seconds[moves])]
            if len(steps) == 0:
                ids = self.view.cell_ids
                raise ValueError(f"nothing leads from {ids[here]} to {ids[there]}: give a route")
            found.append(steps[np.argmin(seconds[steps])])
        return np.array(found, np.int32)

    def all_pairs_s(self, closure: Closure = NOTHING) -> npt.NDArray[np.float32]:
        """[goal, start]: seconds, inf without a way. Raises ValueError beyond PAIRS_MAX cells."""
        if self.view.cell_count > PAIRS_MAX:
            raise ValueError(
                f"all pairs of {self.view.cell_count} cells are too many (at most {PAIRS_MAX}): ask by goal"
            )
        found: npt.NDArray[np.float32] = dijkstra(self._graph(closure)).astype(np.float32)
        return found

    def _dijkstra(self, goal: int, closure: Closure) -> Tree:
        seconds, before = dijkstra(self._graph(closure), indices=goal, return_predecessors=True)
        return Tree(closure, seconds, np.where(before < 0, NONE, before).astype(np.int32))

    def _graph(self, closure: Closure) -> Any:
        if not closure:
            return self._open_graph
        if self._closed_graph[0] != closure:
            self._closed_graph = (closure, self._backward.graph(closure))
        return self._closed_graph[1]

    def _next_steps(self, tree: Tree, goal: int, closure: Closure) -> Ints:
        """[C]: the next cell; ties go to the lower move that is open."""
        key = (goal, closure)
        found = self._steps.get(key)
        if found is None:
            if len(self._steps) >= self._goals_max:
                del self._steps[next(iter(self._steps))]
            found = self._steps[key] = self._best_steps(tree, closure)
        return found

    def _best_steps(self, tree: Tree, closure: Closure) -> Ints:
        moves = self.view.moves
        total_s = self.seconds + tree.seconds[moves.target]
        total_s[closure.order] = np.inf
        best = np.flatnonzero((total_s == tree.seconds[moves.source]) & np.isfinite(total_s))
        steps = np.full(self.view.cell_count, NONE, np.int32)
        steps[moves.source[best[::-1]]] = moves.target[best[::-1]]
        return steps


def _is_right(tree: Tree, closure: Closure, view: PlanningView) -> bool:
    """Whether the tree is that of the closure too: it has no less open, and uses nothing that is closed."""
    if tree.closure == closure:
        return True
    if not tree.closure.moves <= closure.moves:
        return False
    source, target = view.moves.source[closure.order], view.moves.target[closure.order]
    return not bool((tree.next_cell[source] == target).any())


class _Backward:
    """The moves from target to source, as scipy wants them: no two between the same cells."""

    def __init__(self, view: PlanningView, seconds: Floats) -> None:
        moves = view.moves
        self._count = view.cell_count
        self._seconds = seconds
        self._order = np.lexsort((moves.source, moves.target))
        self._rows = moves.target[self._order].astype(np.int64)
        self._columns = moves.source[self._order]

    def graph(self, closure: Closure) -> Any:
        seconds = self._seconds
        if closure:
            seconds = seconds.copy()
            seconds[closure.order] = np.inf
        weights = seconds[self._order]
        there = np.isfinite(weights)
        rows, columns, weights = self._rows[there], self._columns[there], weights[there]
        first = np.ones(len(rows), np.bool_)
        first[1:] = (np.diff(rows) != 0) | (np.diff(columns) != 0)
        starts = np.flatnonzero(first)
        if len(starts):
            weights = np.minimum.reduceat(weights, starts)
        row_starts = np.searchsorted(rows[starts], np.arange(self._count + 1)).astype(np.int32)
        shape = (self._count, self._count)
        return csr_array((weights, columns[starts].astype(np.int32), row_starts), shape=shape)
