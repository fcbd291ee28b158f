"""Which cells, and which moves, two robots may not have at the same time.

Cells: discs of the two robots' radii and a margin, centred within half a step of each cell, could touch (in
lockstep: centred on each cell, or passing it). Moves: discs anywhere on the two segments could touch.

Robots that step together stay apart, whatever the timing within a step, when they keep three rules: their
cells before the step do not conflict, nor those after it, nor their moves. On a plain grid of points (radius
and margin 0) these are the rules of the textbook: no two in one cell, no two that exchange places, none
across a diagonal. Robots that do not step together hold both cells of a move, and the first rule is enough:
outside lockstep there are hardly any move conflicts that cells do not exclude.
"""

import numpy as np
import numpy.typing as npt
import shapely

from maps.planning_view.arrays import NONE, Bools, Csr, Floats, Footprint, Indices, Ints, PlanningView

Shapes = npt.NDArray[np.object_]
"""Of shapely."""

_TIE_M = 1e-9
"""Cells exactly as far apart as needed do not conflict, whatever the last bit of the distance."""


def csr(rows: Ints, items: Ints, count: int) -> Csr:
    """Rows of `count` from pairs (row, item); items of a row are sorted."""
    order = np.lexsort((items, rows))
    start = np.searchsorted(rows[order], np.arange(count + 1)).astype(np.int32)
    return Csr(start=start, items=items[order].astype(np.int32))


def cell_conflicts(
    footprint: Footprint, x_m: Floats, y_m: Floats, level: Ints, lift: Ints
) -> tuple[Csr, ...]:
    """For each of footprint.pairs(): the cells that conflict; all cabins of one lift do."""
    widest_m = max(footprint.reach_m(*pair) for pair in footprint.pairs())
    one, other = _near_points(x_m, y_m, level, widest_m)
    gap_m = np.hypot(x_m[one] - x_m[other], y_m[one] - y_m[other])
    cabins = _cabin_pairs(lift)
    apart = (lift[one] != lift[other]) | (lift[one] == NONE)
    found = []
    for pair in footprint.pairs():
        near = apart & (gap_m < footprint.reach_m(*pair) - _TIE_M)
        rows = np.concatenate([one[near], cabins[0]])
        items = np.concatenate([other[near], cabins[1]])
        found.append(csr(rows, items, len(x_m)))
    return tuple(found)


def _near_points(x_m: Floats, y_m: Floats, level: Ints, within_m: float) -> tuple[Ints, Ints]:
    """Pairs of cells of one level, both ways round, each with itself."""
    found_one, found_other = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for number in range(int(level.max(initial=NONE)) + 1):
        mine = np.flatnonzero(level == number)
        points = np.asarray(shapely.points(x_m[mine], y_m[mine]))
        one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=within_m)
        found_one.append(mine[one])
        found_other.append(mine[other])
    return np.concatenate(found_one).astype(np.int32), np.concatenate(found_other).astype(np.int32)


def _cabin_pairs(lift: Ints) -> tuple[Ints, Ints]:
    cabins = np.flatnonzero(lift != NONE)
    same = lift[cabins][:, None] == lift[cabins][None, :]
    one, other = np.nonzero(same)
    return cabins[one].astype(np.int32), cabins[other].astype(np.int32)


def move_conflicts(view: PlanningView, one: int = 0, other: int = 0) -> Csr:
    """Move to the moves that a robot of class `other` may not do in the same step as one of class `one`.

    Only pairs that cell conflicts do not exclude already: neither their sources nor their targets conflict.
    The reverse of a move is always among them, unless they do. Row i and item j: j's row holds i too.
    """
    moves = view.moves
    first, second = _near_moves(view, view.footprint.touch_m(one, other))
    exchange = (moves.source[first] == moves.target[second]) & (moves.target[first] == moves.source[second])
    back = _reverses(moves.source, moves.target)
    first = np.concatenate([first[~exchange], back[0]])
    second = np.concatenate([second[~exchange], back[1]])
    conflicts = view.conflicts_of(one, other)
    apart = ~_holds(conflicts, moves.source[first], moves.source[second])
    apart &= ~_holds(conflicts, moves.target[first], moves.target[second])
    return csr(first[apart], second[apart], view.move_count)


def _near_moves(view: PlanningView, touch_m: float) -> tuple[Ints, Ints]:
    """Pairs of drives on one level whose segments come nearer than touch_m, or cross."""
    cells, moves = view.cells, view.moves
    drives = np.flatnonzero(cells.level[moves.source] == cells.level[moves.target])
    lines = _segments(view, drives)
    found: list[tuple[Ints, Ints]] = [(np.empty(0, np.int32), np.empty(0, np.int32))]
    for number in range(len(view.level_ids)):
        mine = np.flatnonzero(cells.level[moves.source[drives]] == number)
        tree = shapely.STRtree(lines[mine])
        one, other = tree.query(lines[mine], predicate="dwithin", distance=touch_m)
        one, other = mine[one], mine[other]
        keep = _apart_less(lines, one, other, touch_m)
        found.append((drives[one[keep]].astype(np.int32), drives[other[keep]].astype(np.int32)))
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _apart_less(lines: Shapes, one: Indices, other: Indices, touch_m: float) -> Bools:
    """Nearer than touch_m; points without a size (touch_m 0) only when the segments truly cross."""
    if touch_m > _TIE_M:
        return np.asarray(shapely.distance(lines[one], lines[other]) < touch_m - _TIE_M)
    return np.asarray(shapely.crosses(lines[one], lines[other]))


def _segments(view: PlanningView, moves: Indices) -> Shapes:
    cells, ends = view.cells, (view.moves.source[moves], view.moves.target[moves])
    coordinates = np.stack([np.stack([cells.x_m[end], cells.y_m[end]], axis=1) for end in ends], axis=1)
    return np.asarray(shapely.linestrings(coordinates))


def _reverses(source: Ints, target: Ints) -> tuple[Ints, Ints]:
    """Pairs of moves between the same two cells, in opposite directions."""
    count = np.int64(max(int(source.max(initial=0)), int(target.max(initial=0))) + 1)
    there, back = source * count + target, target * count + source
    order = np.argsort(there, kind="stable")
    low = np.searchsorted(there[order], back, side="left")
    high = np.searchsorted(there[order], back, side="right")
    one = np.repeat(np.arange(len(source)), high - low)
    steps = np.arange(len(one)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    return one.astype(np.int32), order[np.repeat(low, high - low) + steps].astype(np.int32)


def _holds(table: Csr, rows: Ints, items: Ints) -> Bools:
    """Whether each item is in its row."""
    count = np.int64(len(table.start))
    owners = np.repeat(np.arange(len(table.start) - 1, dtype=np.int64), np.diff(table.start))
    codes = owners * count + table.items
    asked = rows * count + items
    at = np.searchsorted(codes, asked)
    return np.asarray((at < len(codes)) & (codes[np.minimum(at, len(codes) - 1)] == asked))
