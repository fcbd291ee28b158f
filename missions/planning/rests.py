"""Which cells are rests: places where robots may stand for ever, all of them at once, in nobody's way.

With every rest occupied, every other place of the site still reaches every other, and each rest: a
well-formed infrastructure (Cap, Vokrinek, Kleiner: Complete decentralized method for on-line multi-robot
trajectory planning in well-formed infrastructures, 2015). On such a site a robot that stands at a rest can
always plan to anywhere: at worst it waits until all others are at their rests. Chosen greedily.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from maps.elements import Node, NodeKind
from maps.graph import SiteGraph
from maps.planning_view.arrays import Bools, Ints, PlanningView
from maps.planning_view.permits import robot_kinds

PREFERENCE = {NodeKind.CHARGER: 0, NodeKind.PARKING: 1, NodeKind.HOLD_POINT: 5}
"""Chargers first: robots stay long on them, so they should be rests. Hold points after everything else."""
COST_S = {NodeKind.CHARGER: 120.0, NodeKind.PARKING: 0.0, NodeKind.HOLD_POINT: 600.0}
"""Parking is made for it; chargers are for who needs them; a hold point must be free in a fire, so that a
robot rests there only when there is nothing else."""
DEAD_END_COST_S = 60.0
NAMED_COST_S = 180.0
"""A place that people send robots to is a poor place to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCandidate:
    cell: str
    cost_s: float
    """So much longer a drive is worth to rest elsewhere."""


def rest_candidates(graph: SiteGraph) -> tuple[RestCandidate, ...]:
    """Chargers, parking, dead ends outside rooms, then hold points."""
    ranked = []
    for node in graph.nodes.values():
        rank = PREFERENCE.get(node.kind)
        if rank is not None:
            ranked.append((rank, node.node_id, COST_S[node.kind]))
        elif _is_dead_end(graph, node):
            ranked.append(
                (3 + bool(node.names), node.node_id, NAMED_COST_S if node.names else DEAD_END_COST_S)
            )
    return tuple(RestCandidate(cell=cell, cost_s=cost_s) for _, cell, cost_s in sorted(ranked))


def _is_dead_end(graph: SiteGraph, node: Node) -> bool:
    if node.lift is not None or node.room is not None or node.kind is NodeKind.ROOM_ENTRANCE:
        return False
    near = [edge.target for edge in graph.edges_from(node.node_id)]
    near += [source for source, _ in graph.graph.in_edges(node.node_id)]
    return len(dict.fromkeys(near)) == 1


def choose_rests(
    view: PlanningView, places: Iterable[str], candidates: Iterable[RestCandidate]
) -> dict[str, float]:
    """Rests in order of preference, with what it is worth to avoid them in seconds.

    places: node cells that must stay within reach.
    """
    candidates = tuple(candidates)
    chooser = _Chooser(view, places, candidates)
    for candidate in candidates:
        chooser.consider(candidate)
    return chooser.chosen


class _Reach:
    """One kind of robots: its moves as a graph, the places that must stay connected, its rests so far."""

    def __init__(self, view: PlanningView, tokens: tuple[str, ...], places: Ints) -> None:
        usable = view.usable(tokens)
        self.source, self.target = view.moves.source[usable], view.moves.target[usable]
        self.forward = _steps(self.source, self.target, view.cell_count)
        self.backward = _steps(self.target, self.source, view.cell_count)
        self._count = view.cell_count
        ways = [place for place in places.tolist() if self.forward[place] and self.backward[place]]
        self.places = self._largest_component(np.array(ways, np.int32))
        self.rests: list[int] = []

    def ahead(self, root: int, closed: Bools) -> Bools:
        """Cells that are reached from root without entering a closed one."""
        return self._flood(self.source, self.target, root, closed)

    def behind(self, root: int, closed: Bools) -> Bools:
        """Cells from which root is reached so."""
        return self._flood(self.target, self.source, root, closed)

    def _flood(self, source: Ints, target: Ints, root: int, closed: Bools) -> Bools:
        found = np.zeros(self._count, np.bool_)
        there = ~closed[target]
        shape = (self._count, self._count)
        graph = csr_array((np.ones(int(there.sum())), (source[there], target[there])), shape=shape)
        found[breadth_first_order(graph, root, return_predecessors=False)] = True
        return found

    def _largest_component(self, places: Ints) -> Ints:
        nothing = np.zeros(self._count, np.bool_)
        best, left = places[:0], places
        while len(left) > len(best):
            root = int(left[0])
            mutual = self.ahead(root, nothing) & self.behind(root, nothing)
            component = left[mutual[left]]
            best = max(best, component, key=len)
            left = left[~mutual[left]]
        return best


class _Chooser:
    def __init__(
        self, view: PlanningView, places: Iterable[str], candidates: Iterable[RestCandidate]
    ) -> None:
        self._view = view
        self._conflicts = view.conflicts_of()
        self._held = np.zeros(view.cell_count, np.int32)
        """How many rests keep others out of each cell."""
        # A bay beside an occupied bay may be out of reach for a while; another place may not.
        self._spare = np.zeros(view.cell_count, np.bool_)
        self._spare[[view.index[candidate.cell] for candidate in candidates]] = True
        numbers = np.array([view.index[place] for place in places], np.int32)
        self.reaches = [_Reach(view, kind, numbers) for kind in robot_kinds(view.tokens)]
        self.chosen: dict[str, float] = {}

    def consider(self, candidate: RestCandidate) -> None:
        """Take the candidate as a rest, if that leaves the site well-formed."""
        cell = self._view.index[candidate.cell]
        if not self._view.cells.stoppable[cell] or self._held[cell]:
            return
        self._hold(cell, 1)
        if not all(self._well_formed(reach, cell) for reach in self.reaches):
            self._hold(cell, -1)
            return
        self.chosen[candidate.cell] = candidate.cost_s
        for reach in self.reaches:
            reach.rests += [cell] if reach.forward[cell] else []

    def _hold(self, cell: int, change: int) -> None:
        self._held[self._conflicts.row(cell)] += change

    def _well_formed(self, reach: _Reach, new: int) -> bool:
        """All places but rests reach each other, and every rest of these robots, with all rests occupied."""
        closed = self._held > 0
        places = reach.places[~(closed[reach.places] & self._spare[reach.places])]
        if bool(closed[places].any()):
            return False
        if len(places) == 0:
            return True
        ahead, behind = (flood(int(places[0]), closed) for flood in (reach.ahead, reach.behind))
        if not bool((ahead[places] & behind[places]).all()):
            return False
        mine = [*reach.rests, new] if reach.forward[new] else reach.rests
        return all(self._is_reached(reach, rest, ahead, behind) for rest in mine)

    def _is_reached(self, reach: _Reach, rest: int, ahead: Bools, behind: Bools) -> bool:
        """From the open part to this rest and back, through the cells that only its own robot may use."""
        own = dict.fromkeys(self._conflicts.row(rest).tolist())
        return self._touches(reach.forward, rest, own, behind) and self._touches(
            reach.backward, rest, own, ahead
        )

    def _touches(self, steps: list[list[int]], root: int, own: dict[int, None], goal: Bools) -> bool:
        seen, stack, held = {root: None}, [root], self._held.item
        while stack:
            for cell in steps[stack.pop()]:
                if goal.item(cell):
                    return True
                if cell not in seen and held(cell) <= (cell in own):
                    seen[cell] = None
                    stack.append(cell)
        return False


def _steps(source: Ints, target: Ints, count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for one, other in zip(source.tolist(), target.tolist(), strict=True):
        found[one].append(other)
    return found
