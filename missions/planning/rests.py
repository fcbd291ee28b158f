"""Which cells are rests: places where robots may stand for ever, all of them at once, in nobody's way.

With every rest occupied, every other place of the site still reaches every other, and each rest: a
well-formed infrastructure (Cap, Vokrinek, Kleiner: Complete decentralized method for on-line multi-robot
trajectory planning in well-formed infrastructures, 2015). On such a site a robot that stands at a rest can
always plan to anywhere: at worst it waits until all others are at their rests. Chosen greedily.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maps.elements import Node, NodeKind
from maps.graph import SiteGraph

if TYPE_CHECKING:
    from missions.planning.cells import CellGraph

PREFERENCE = {NodeKind.CHARGER: 0, NodeKind.PARKING: 1, NodeKind.HOLD_POINT: 2}
"""Chargers first: robots stay long on them, so they should be rests."""
COST_S = {NodeKind.CHARGER: 120.0, NodeKind.PARKING: 0.0, NodeKind.HOLD_POINT: 30.0}
"""Parking is made for it; chargers are for who needs them."""
DEAD_END_COST_S = 60.0
NAMED_COST_S = 180.0
"""A place that people send robots to is a poor place to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCandidate:
    cell: str
    cost_s: float
    """So much longer a drive is worth to rest elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """One fleet graph: moves forward and backward, and the places that must stay connected."""

    name: str
    forward: dict[str, tuple[str, ...]]
    backward: dict[str, tuple[str, ...]]
    places: tuple[str, ...]


def rest_candidates(graph: SiteGraph) -> tuple[RestCandidate, ...]:
    """Chargers, parking, hold points, then dead ends outside rooms."""
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


def choose_rests(cells: "CellGraph", candidates: Iterable[RestCandidate]) -> dict[str, float]:
    """Rests in order of preference, with what it is worth to avoid them in seconds."""
    candidates = tuple(candidates)
    # A bay beside an occupied bay may be out of reach for a while; another place may not.
    spare = dict.fromkeys(candidate.cell for candidate in candidates)
    chosen: dict[str, float] = {}
    reaches = [_reach(cells, name) for name in cells.graph_names]
    for candidate in candidates:
        if not cells.cells[candidate.cell].stoppable or any(
            cells.conflict(candidate.cell, c) for c in chosen
        ):
            continue
        rests = (*chosen, candidate.cell)
        if all(_well_formed(cells, reach, rests, spare) for reach in reaches):
            chosen[candidate.cell] = candidate.cost_s
    return chosen


def _reach(cells: "CellGraph", name: str) -> _Reach:
    forward = {cell: tuple(move.cell for move in cells.moves(cell, (name,))) for cell in cells.cells}
    sources: dict[str, list[str]] = {cell: [] for cell in cells.cells}
    for cell, targets in forward.items():
        for target in targets:
            sources[target].append(cell)
    backward = {cell: tuple(found) for cell, found in sources.items()}
    places = [cell for cell in cells.places if forward[cell] and backward[cell]]
    main = _largest_component(forward, backward, places)
    return _Reach(name=name, forward=forward, backward=backward, places=main)


def _largest_component(
    forward: dict[str, tuple[str, ...]], backward: dict[str, tuple[str, ...]], places: list[str]
) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    left = dict.fromkeys(places)
    while len(left) > len(best):
        root = next(iter(left))
        both = _flood(backward, root, {})
        ahead = _flood(forward, root, {})
        component = tuple(place for place in left if place in ahead and place in both)
        best = max(best, component, key=len)
        for place in component:
            del left[place]
    return best


def _flood(steps: dict[str, tuple[str, ...]], root: str, closed: dict[str, None]) -> dict[str, None]:
    seen = {root: None}
    stack = [root]
    while stack:
        for cell in steps[stack.pop()]:
            if cell not in seen and cell not in closed:
                seen[cell] = None
                stack.append(cell)
    return seen


def _well_formed(cells: "CellGraph", reach: _Reach, rests: tuple[str, ...], spare: dict[str, None]) -> bool:
    """All places but rests reach each other, and every rest of this graph, with all rests occupied."""
    mine = [rest for rest in rests if reach.forward[rest]]
    closed = dict.fromkeys(near for rest in rests for near in cells.conflicts(rest))
    places = [place for place in reach.places if place not in closed or place not in spare]
    if any(place in closed for place in places):
        return False
    if not places:
        return True
    ahead = _flood(reach.forward, places[0], closed)
    back = _flood(reach.backward, places[0], closed)
    if not all(place in ahead and place in back for place in places):
        return False
    return all(_is_reached(cells, reach, rest, rests, (ahead, back)) for rest in mine)


def _is_reached(
    cells: "CellGraph",
    reach: _Reach,
    rest: str,
    rests: tuple[str, ...],
    open_cells: tuple[dict[str, None], dict[str, None]],
) -> bool:
    """From the open part to this rest and back, through the cells that only its own robot may use."""
    ahead, back = open_cells
    others = (near for other in rests if other != rest for near in cells.conflicts(other))
    closed = dict.fromkeys(others)
    return _touches(reach.forward, rest, closed, back) and _touches(reach.backward, rest, closed, ahead)


def _touches(
    steps: dict[str, tuple[str, ...]], root: str, closed: dict[str, None], goal: dict[str, None]
) -> bool:
    seen = {root: None}
    stack = [root]
    while stack:
        for cell in steps[stack.pop()]:
            if cell in goal:
                return True
            if cell not in seen and cell not in closed:
                seen[cell] = None
                stack.append(cell)
    return False
