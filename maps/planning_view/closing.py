"""What closing an element of a site means in moves, and the value in which planners hand it about.

Closing changes no array: it is a set of moves that nobody makes. Opening is another set, or none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from maps.elements import Zone
from maps.planning_view.arrays import NONE, Indices, Ints, PlanningView
from maps.planning_view.outlines import overlap, within


@dataclass(frozen=True, slots=True)
class Closure:
    """A set of moves; equal when the moves are."""

    moves: frozenset[int]
    order: Ints = field(compare=False, repr=False)
    """The same, ascending."""

    @classmethod
    def of(cls, moves: Iterable[int]) -> "Closure":
        order = np.unique(np.fromiter(moves, np.int32))
        return cls(frozenset(order.tolist()), order)

    def __or__(self, other: "Closure") -> "Closure":
        return Closure.of((*self.order.tolist(), *other.order.tolist()))

    def __bool__(self) -> bool:
        return bool(self.moves)


NOTHING = Closure.of(())


def together(closures: Iterable[Closure]) -> Closure:
    """All of them closed."""
    return reduce(Closure.__or__, closures, NOTHING)


def closed_cells(view: PlanningView, cells: Iterable[int]) -> Closure:
    """Nobody enters these cells, from one to the next neither; a robot that stands in one may leave."""
    return Closure.of(view.into.rows(np.fromiter(cells, np.int32)).tolist())


def closed_edge(view: PlanningView, edge_id: str) -> Closure:
    """One direction of a lane. Raises ValueError for an edge that the site does not have."""
    return Closure.of(np.flatnonzero(view.moves.edge == view.edge_ids.index(edge_id)).tolist())


# -- what closes as a whole: nobody enters it, and whoever is inside drives on and out


def closed_around(view: PlanningView, cells: Indices) -> Closure:
    """The moves from outside into these cells."""
    inside = np.zeros(view.cell_count, np.bool_)
    inside[cells] = True
    return Closure.of(np.flatnonzero(inside[view.moves.target] & ~inside[view.moves.source]).tolist())


def door_cells(view: PlanningView, door_id: str) -> Indices:
    """Where a robot would stand in the way of the door, which must be automatic. Raises ValueError for an
    unknown door."""
    owner = np.repeat(np.arange(view.cell_count), np.diff(view.cells.doors.start))
    return np.unique(owner[view.cells.doors.items == view.door_ids.index(door_id)])


def lift_cells(view: PlanningView, lift_id: str) -> Indices:
    """The cabins on all levels. Raises ValueError for an unknown lift."""
    return np.flatnonzero(view.cells.lift == view.lift_ids.index(lift_id))


def zone_cells(view: PlanningView, zone: Zone) -> Indices:
    """Cells inside the zone."""
    return np.flatnonzero(within(zone, _level(view, zone), view.cells))


def closed_zone(view: PlanningView, zone: Zone) -> Closure:
    """Moves into the zone, and those through it that do not stop inside: it may be thinner than a step."""
    over = overlap(zone, _level(view, zone), view.cells, view.moves.source, view.moves.target)
    return Closure.of(np.flatnonzero(over.enters).tolist())


def _level(view: PlanningView, zone: Zone) -> int:
    return view.level_ids.index(zone.level) if zone.level in view.level_ids else NONE
