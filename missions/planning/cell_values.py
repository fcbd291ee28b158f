"""A cell, a move between two cells, a hop between two places where a robot may wait. Values only."""

from collections.abc import Iterable
from dataclasses import dataclass

from maps.planning_view.arrays import MOVE_S_MIN

__all__ = ["MOVE_S_MIN", "Cell", "CellSizes", "Hop", "Move", "move_key", "moves_in"]

_MOVE = " => "


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A point at which a robot can be: a node of the site graph, or a point on a lane."""

    cell_id: str
    """The node's id, or EDGE#k for the k-th point of a lane."""
    level: str
    x_m: float
    y_m: float
    node: str | None = None
    lane: str | None = None
    """Canonical edge of the lane this is a point of; None for a node."""
    doors: tuple[str, ...] = ()
    """Automatic doors in whose way a robot here would stand."""
    lift: str | None = None
    """The lift whose cabin this is."""
    room: str | None = None
    stoppable: bool = True
    """A robot may wait here. Never in a cabin, a lift's mouth or a doorway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From one cell to the next."""

    cell: str
    """Where it ends."""
    length_m: float
    """0 for a ride."""
    graphs: tuple[str, ...]
    """Tokens of which a robot needs one: fleet graphs, or 'GRAPH@MODEL' of a lane for some models."""
    speed_mps_max: float | None = None
    lift: str | None = None
    """Set on a ride."""
    doors: tuple[str, ...] = ()
    """Automatic doors that are crossed."""
    doors_s: float = 0.0
    """Time for them to open."""
    ride_s: float = 0.0
    """Time for the cabin to come, to ride and to open, for a ride."""

    def drive_s(self, speed_mps: float) -> float:
        """Seconds that the move takes at cruising speed, doors and ride included."""
        pace = speed_mps if self.speed_mps_max is None else min(speed_mps, self.speed_mps_max)
        return max(MOVE_S_MIN, self.length_m / pace + self.doors_s + self.ride_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A chain of moves that is allocated as one, because a robot may wait only at its end."""

    moves: tuple[Move, ...]

    @property
    def end(self) -> str:
        return self.moves[-1].cell


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSizes:
    """What the cut depends on."""

    radius_m: float = 0.35
    """Largest robot in use."""
    margin_m: float = 0.1
    step_m: float = 0.8
    door_m: float = 1.0
    """Nobody waits nearer than this to an automatic door, along the lane."""


def move_key(source: str, target: str) -> str:
    """How a list of what is closed writes the move from one cell to the next; a cell is written by its id."""
    return f"{source}{_MOVE}{target}"


def moves_in(blocked: Iterable[str]) -> dict[tuple[str, str], None]:
    """The moves among closed cells and moves, as pairs of cells."""
    pairs = (entry.partition(_MOVE) for entry in blocked if _MOVE in entry)
    return {(source, target): None for source, _, target in pairs}
