"""Closing an element of the site while robots drive: which moves nobody makes any more, and why not.

A closed element is a set of cells and the moves into it from outside. Whoever is inside may leave, by any
way; nobody enters. So a lane, a zone, a room, a door and a lift all close in the same way, and a robot that
is caught inside is never stuck there.
"""

import difflib
import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import numpy as np

from maps.elements import Edge
from maps.graph import SiteGraph
from maps.planning_view.arrays import Indices
from maps.planning_view.closing import (
    Closure,
    closed_around,
    closed_zone,
    door_cells,
    lift_cells,
    zone_cells,
)
from missions.planning.cell_values import move_key
from missions.planning.cells import CellGraph
from missions.planning.problem import Agent

SUGGESTIONS_MAX = 3
LOOKED_AT_MAX = 200
"""Ids with the longest common beginning that are compared letter by letter: a site has thousands of lanes."""


class ElementKind(StrEnum):
    LANE = "lane"
    ZONE = "zone"
    ROOM = "room"
    DOOR = "door"
    LIFT = "lift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What is closed with an element."""

    cells: tuple[str, ...]
    """Inside it."""
    moves: tuple[str, ...]
    """Into it, as cell_values.move_key writes them."""


class Elements:
    """The elements of a site that can be closed. Areas are worked out when asked for, and kept."""

    def __init__(self, graph: SiteGraph, cells: CellGraph) -> None:
        self._graph = graph
        self._cells = cells
        self._areas: dict[tuple[str, str, bool], Area] = {}

    def ids(self, kind: ElementKind) -> Mapping[str, object]:
        graph = self._graph
        known: dict[ElementKind, Mapping[str, object]] = {
            ElementKind.LANE: graph.edges,
            ElementKind.ZONE: graph.zones,
            ElementKind.ROOM: graph.rooms,
            ElementKind.DOOR: graph.doors,
            ElementKind.LIFT: graph.lifts,
        }
        return known[kind]

    def find(self, kind: ElementKind, text: str, *, one_way: bool = False) -> str | None:
        """The id of the element with this id or name; of a lane closed both ways, of its first direction.

        None when there is none, or when several bear the name.
        """
        known = self.ids(kind)
        if text in known:
            both = kind is ElementKind.LANE and not one_way
            return self._lane(text)[0].edge_id if both else text
        wanted = text.strip().casefold()
        named = [key for key, element in known.items() if wanted in _names(element)] if wanted else []
        return named[0] if len(named) == 1 else None

    def nearest(self, kind: ElementKind, text: str) -> tuple[str, ...]:
        """Ids that look like the text, the likest first."""
        first = heapq.nlargest(LOOKED_AT_MAX, self.ids(kind), key=lambda key: _common(text, key))
        return tuple(difflib.get_close_matches(text, first, n=SUGGESTIONS_MAX, cutoff=0.4))

    def area(self, kind: ElementKind, element_id: str, *, one_way: bool = False) -> Area:
        """one_way: of a lane only this direction. Raises KeyError for an element that is not there."""
        key = (kind, element_id, one_way)
        found = self._areas.get(key)
        if found is None:
            found = self._areas[key] = self._work_out(kind, element_id, one_way)
        return found

    def _work_out(self, kind: ElementKind, element_id: str, one_way: bool) -> Area:
        view = self._cells.view
        if kind is ElementKind.LANE:
            return self._lane_area(element_id, one_way)
        if kind is ElementKind.ZONE:
            zone = self._graph.zones[element_id]
            return self._area(zone_cells(view, zone), closed_zone(view, zone))
        if kind is ElementKind.DOOR and not self._graph.doors[element_id].automatic:
            return Area(cells=(), moves=tuple(self._keys(self._crossing(element_id))))
        if kind is ElementKind.ROOM:
            room = self._cells.room_cells(element_id)
            return self._inside(np.array([view.index[cell] for cell in room], np.int32))
        return self._inside((lift_cells if kind is ElementKind.LIFT else door_cells)(view, element_id))

    def _inside(self, cells: Indices) -> Area:
        return self._area(cells, closed_around(self._cells.view, cells))

    def _area(self, inside: Indices, closure: Closure) -> Area:
        ids = self._cells.view.cell_ids
        return Area(cells=tuple(ids[cell] for cell in inside), moves=tuple(self._keys(closure.order)))

    # -- lanes and doors

    def _lane(self, edge_id: str) -> list[Edge]:
        """All directed lanes between its two ends: they share their points."""
        edge = self._graph.edges[edge_id]
        there = self._graph.edges_between(edge.source, edge.target)
        back = self._graph.edges_between(edge.target, edge.source)
        return sorted((*there, *back), key=lambda e: (e.source, e.target, e.edge_id))

    def _lane_area(self, edge_id: str, one_way: bool) -> Area:
        """Its first moves are closed: whoever is between its ends drives on."""
        source = self._graph.edges[edge_id].source
        edges = [edge for edge in self._lane(edge_id) if not one_way or edge.source == source]
        view = self._cells.view
        number = {edge.edge_id: view.edge_ids.index(edge.edge_id) for edge in edges}
        moves = [
            move
            for edge in edges
            for move in view.out.row(view.index[edge.source]).tolist()
            if view.moves.edge[move] == number[edge.edge_id]
        ]
        inner = () if one_way else tuple(np.flatnonzero(np.isin(view.cells.lane, list(number.values()))))
        return Area(cells=tuple(view.cell_ids[cell] for cell in inner), moves=tuple(self._keys(moves)))

    def _crossing(self, door_id: str) -> Iterator[int]:
        """Moves through a doorway without a drive: no cell knows of it."""
        view, graph = self._cells.view, self._graph
        for number, edge_id in enumerate(view.edge_ids):
            edge = graph.edges[edge_id]
            for crossing in edge.doors:
                if crossing.door == door_id:
                    yield from self._at(number, edge, crossing.at_m)

    def _at(self, number: int, edge: Edge, at_m: float) -> Iterator[int]:
        """The moves of an edge that touch the point at_m from its source."""
        view = self._cells.view
        moves = {int(view.moves.source[m]): int(m) for m in np.flatnonzero(view.moves.edge == number)}
        cell, done_m = view.index[edge.source], 0.0
        while cell in moves:
            move = moves.pop(cell)
            end_m = done_m + float(view.moves.length_m[move])
            if done_m - 1e-9 <= at_m <= end_m + 1e-9:
                yield move
            cell, done_m = int(view.moves.target[move]), end_m

    def _keys(self, moves: Iterable[int]) -> Iterator[str]:
        view = self._cells.view
        for move in moves:
            yield move_key(view.cell_ids[view.moves.source[move]], view.cell_ids[view.moves.target[move]])


def _names(element: object) -> list[str]:
    names = getattr(element, "names", None) or {}
    return [str(name).strip().casefold() for name in names.values()]


def _common(one: str, other: str) -> int:
    """How many letters they begin with alike."""
    pairs = enumerate(zip(one.casefold(), other.casefold(), strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """What nobody may enter now, for those who reckon with travel times."""

    blocked: tuple[str, ...] = ()
    """For CellGraph.travel_table."""
    barred: Mapping[str, str] = field(default_factory=dict)
    """Closed move to closure."""
    closed: Mapping[str, str] = field(default_factory=dict)
    """Cell inside a closed element to closure: nobody is sent there."""
    why: Mapping[str, str] = field(default_factory=dict)
    """Closure to a clause that says who closed what and why."""

    def first(self, cells: CellGraph, agent: Agent, start: str, goal: str) -> str:
        """The closure that the shortest way would meet first; '' when none is on it."""
        way = (start, *cells.way(start, goal, agent.speed_mps, agent.graphs))
        met = (self.barred.get(move_key(*pair), "") for pair in pairwise(way))
        return next(filter(None, met), self.closed.get(goal, ""))


OPEN = Barrier()
