"""What closing an element of a site means in moves, and the value in which planners hand it about.

Closing changes no array: it is a set of moves that nobody makes. Opening is another set, or none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from maps.elements import Zone
from maps.planning_view.arrays import NONE, Ints, PlanningView
from maps.planning_view.zones import cells_in_zone


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
    """Nobody enters these cells; a robot that stands in one may leave."""
    return Closure.of(view.into.rows(np.fromiter(cells, np.int32)).tolist())


def closed_edge(view: PlanningView, edge_id: str) -> Closure:
    """One direction of a lane. Raises ValueError for an edge that the site does not have."""
    return Closure.of(np.flatnonzero(view.moves.edge == view.edge_ids.index(edge_id)).tolist())


def closed_door(view: PlanningView, door_id: str) -> Closure:
    """No move crosses the door, which must be automatic. Raises ValueError for an unknown door."""
    number = view.door_ids.index(door_id)
    owner = np.repeat(np.arange(view.move_count), np.diff(view.moves.doors.start))
    return Closure.of(owner[view.moves.doors.items == number].tolist())


def closed_lift(view: PlanningView, lift_id: str) -> Closure:
    """Nobody enters a cabin, or rides. Raises ValueError for an unknown lift."""
    cabins = np.flatnonzero(view.cells.lift == view.lift_ids.index(lift_id))
    return closed_cells(view, cabins.tolist())


def closed_zone(view: PlanningView, zone: Zone) -> Closure:
    """Nobody enters the zone's cells; what begins inside stays open, so that a robot can leave."""
    cells = view.cells
    level = view.level_ids.index(zone.level) if zone.level in view.level_ids else NONE
    inside = np.zeros(view.cell_count, np.bool_)
    inside[cells_in_zone(zone, level, cells.x_m, cells.y_m, cells.level)] = True
    entering = inside[view.moves.target] & ~inside[view.moves.source]
    return Closure.of(np.flatnonzero(entering).tolist())
