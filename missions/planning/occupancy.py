"""When a cell is free: the predicted stays of the others as unsafe intervals. See docs/planning.md."""

import math
from collections.abc import Iterable

from missions.planning.cells import CellGraph
from missions.planning.precedence import Stay, StepIndex

Interval = tuple[float, float]
"""From, until: half open."""


class Occupancy:
    """Others' stays, as the search for one robot sees them. Late stays come after all that it does."""

    def __init__(self, cells: CellGraph, stays: Iterable[Stay]) -> None:
        self.timed: StepIndex[Stay] = StepIndex(cells)
        self.late: StepIndex[Stay] = StepIndex(cells)
        for stay in stays:
            (self.late if stay.is_late else self.timed).add(stay.step, stay)
        self._unsafe: dict[str, list[Interval]] = {}
        self._safe: dict[str, list[Interval]] = {}
        self._rooms: dict[str, list[Interval]] = {}

    def unsafe(self, cell: str) -> list[Interval]:
        """When another robot excludes this cell, in order, without overlaps."""
        found = self._unsafe.get(cell)
        if found is None:
            found = self._unsafe[cell] = _merged(self.timed.meeting(cell, None))
        return found

    def safe(self, cell: str) -> list[Interval]:
        """The gaps between the unsafe intervals; the last may be endless."""
        found = self._safe.get(cell)
        if found is None:
            found = self._safe[cell] = _gaps(self.unsafe(cell))
        return found

    def room_unsafe(self, room: str) -> list[Interval]:
        """When another robot is in the room or holds it."""
        found = self._rooms.get(room)
        if found is None:
            found = self._rooms[room] = _merged(self.timed.in_room(room))
        return found

    def room_gap(self, room: str, time_s: float) -> int | None:
        """Which gap between others' stays in the room this time lies in; None when the room is taken."""
        for index, (free_s, until_s) in enumerate(self.room_safe(room)):
            if free_s <= time_s < until_s:
                return index
        return None

    def room_safe(self, room: str) -> list[Interval]:
        """The gaps between the times at which the room is taken."""
        return _gaps(self.room_unsafe(room))

    def endless(self, cell: str, hold_room: str | None = None) -> tuple[str, ...]:
        """Agents that never leave as long as they are not planned anew, and exclude the cell."""
        return _agents(stay for stay in self.timed.meeting(cell, hold_room) if math.isinf(stay.left_s))

    def ends_and_late(self, cell: str) -> tuple[str, ...]:
        """Agents in whose way a robot would be that stands in the cell for ever."""
        return tuple(sorted((*self.endless(cell), *_agents(self.late.meeting(cell, None)))))


def _agents(stays: Iterable[Stay]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(stay.agent_id for stay in stays)))


def _merged(stays: Iterable[Stay]) -> list[Interval]:
    merged: list[Interval] = []
    for start_s, left_s in sorted((stay.start_s, stay.left_s) for stay in stays):
        if merged and start_s <= merged[-1][1]:
            if left_s > merged[-1][1]:
                merged[-1] = (merged[-1][0], left_s)
        else:
            merged.append((start_s, left_s))
    return merged


def _gaps(unsafe: list[Interval]) -> list[Interval]:
    gaps: list[Interval] = []
    free_s = -math.inf
    for start_s, left_s in unsafe:
        if start_s > free_s:
            gaps.append((free_s, start_s))
        free_s = left_s
    if not math.isinf(free_s) or free_s < 0:
        gaps.append((free_s, math.inf))
    return gaps
