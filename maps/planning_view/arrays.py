"""The planning view: a site as plain arrays that a planner, or a compiled kernel, can work on.

A *cell* is a point at which a robot can be: a node, or an inner point of a lane that was cut into equal
steps. A *move* leads from one cell to the next. Cells 0 .. node_count - 1 are the nodes in the order of the
site file; moves are sorted by their source, so that those out of a cell are a slice.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NONE = -1
"""In every index array: there is none."""
MOVE_S_MIN = 0.1
"""No move takes less: the order of events in a plan must be strict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Csr:
    """Rows of different length (compressed sparse rows): row i is items[start[i] : start[i + 1]]."""

    start: Ints
    """[rows + 1], not falling."""
    items: Ints
    """[start[-1]]"""

    def row(self, index: int) -> Ints:
        """Row i; a view, not a copy."""
        return self.items[self.start[index] : self.start[index + 1]]

    def rows(self, indices: Ints) -> Ints:
        """The items of several rows, one after the other."""
        if len(indices) == 0:
            return np.empty(0, np.int32)
        return np.concatenate([self.row(int(index)) for index in indices])


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What the cut and the conflicts depend on, beside the site."""

    radii_m: tuple[float, ...] = (0.35,)
    """Radius of each class of robots, ascending: a robot belongs to the first that is not smaller than it."""
    margin_m: float = 0.1
    """Kept between two robots."""
    step_m: float = 0.8
    """The longest step between two cells."""
    door_m: float = 1.0
    """Nobody waits nearer than this to an automatic door, along the lane."""
    lockstep: bool = False
    """False: robots move whenever they may, and hold a cell until they have reached the next one. True: all
    begin and end each step together, as solvers of path finding on grids have it."""

    def touch_m(self, one: int, other: int) -> float:
        """Centres of robots of two classes keep this distance."""
        return self.radii_m[one] + self.radii_m[other] + self.margin_m

    def reach_m(self, one: int, other: int) -> float:
        """Cells nearer than this conflict.

        A centre is within half a step of a cell that is held. In lockstep it is on it, and far enough from it
        that a robot which passes from one free cell to the next does not touch one that stands.
        """
        touch_m = self.touch_m(one, other)
        return math.hypot(touch_m, self.step_m / 2) if self.lockstep else touch_m + self.step_m

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs of classes, smaller index first: the order of PlanningView.cell_conflicts."""
        count = range(len(self.radii_m))
        return [(one, other) for one in count for other in count if one <= other]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One entry for each cell, C in all. Index arrays hold NONE where there is none."""

    x_m: Floats
    y_m: Floats
    level: Ints
    """Into level_ids."""
    lane: Ints
    """Into edge_ids: the edge that the lane's points are named after; NONE for a node."""
    at_m: Floats
    """Along that edge, from its source; 0 for a node."""
    lift: Ints
    """Into lift_ids: the lift whose cabin this is."""
    room: Ints
    """Into room_ids."""
    stoppable: Bools
    """A robot may wait here: not in a cabin, a lift's mouth or a doorway."""
    doors: Csr
    """Into door_ids: automatic doors in whose way a robot here would stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """One entry for each move, M in all, sorted by source; of one source in the order of the lanes."""

    source: Ints
    target: Ints
    edge: Ints
    """Into edge_ids."""
    length_m: Floats
    """0 for a ride."""
    speed_mps_max: Floats
    """inf where nothing limits it; slow zones are in it."""
    doors_s: Floats
    """Time for the automatic doors on the way to open."""
    ride_s: Floats
    """Time for the cabin to come, to ride and to open, for a ride; 0 for a drive."""
    doors: Csr
    """Into door_ids: automatic doors that are crossed."""

    def drive_s(self, speed_mps: float) -> Floats:
        """Seconds that each move takes at cruising speed, doors and ride included."""
        pace_mps = np.minimum(speed_mps, self.speed_mps_max)
        return np.maximum(MOVE_S_MIN, self.length_m / pace_mps + self.doors_s + self.ride_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningView:
    """A compiled site, shared by all who ask: never write to its arrays.

    Made by maps.planning_view.compiler.compile_view.
    """

    content_hash: str
    """Of the site: SiteGraph.content_hash()."""
    footprint: Footprint
    cell_ids: tuple[str, ...]
    """The node's id, or EDGE#k for the k-th inner point of a lane."""
    index: dict[str, int]
    """Cell id to its number."""
    node_count: int
    edge_ids: tuple[str, ...]
    level_ids: tuple[str, ...]
    lift_ids: tuple[str, ...]
    room_ids: tuple[str, ...]
    door_ids: tuple[str, ...]
    tokens: tuple[str, ...]
    """Fleet graphs, 'GRAPH', and model permits, 'GRAPH@MODEL', sorted (see maps.planning_view.permits)."""
    permits: Bools
    """[tokens, edges]: a robot with this token may use this edge."""
    cells: Cells
    moves: Moves
    out: Csr
    """Cell to the moves that leave it: consecutive numbers."""
    into: Csr
    """Cell to the moves that enter it, ascending."""
    cell_conflicts: tuple[Csr, ...]
    """For each of footprint.pairs(): cell to the cells that a robot of the other class may not hold at the
    same time, itself included, ascending."""

    @property
    def cell_count(self) -> int:
        return len(self.cell_ids)

    @property
    def move_count(self) -> int:
        return len(self.moves.source)

    def conflicts_of(self, one: int = 0, other: int = 0) -> Csr:
        """Cell conflicts between two classes of robots."""
        return self.cell_conflicts[self.footprint.pairs().index((min(one, other), max(one, other)))]

    def usable(self, tokens: tuple[str, ...]) -> Bools:
        """[M]: moves that a robot with these tokens may do; tokens that the site does not know count for
        nothing."""
        rows = [number for number, token in enumerate(self.tokens) if token in tokens]
        allowed: Bools = np.logical_or.reduce(self.permits[rows], axis=0)
        return allowed[self.moves.edge]
