"""The way of one robot through its stops to a rest, around the others: safe interval path planning.

A* over (stops made, cell, safe interval of the cell), earliest arrival first. Robots wait only where a hop
ends. Others' stays are fixed; cells that others take later ("late") are free.

Source: Phillips, Likhachev: SIPP: Safe interval path planning for dynamic environments, 2011. Deviations: a
move is a hop of several cells that are all free from its start; stops are part of the state, so that the
search is complete over the whole sequence; starting after a wait costs the time to get up to speed.
"""

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from missions.planning.cell_values import MOVE_S_MIN, moves_in
from missions.planning.cells import CellGraph, Hop
from missions.planning.occupancy import Interval, Occupancy
from missions.planning.problem import Agent, Stop

EXPANSIONS_MAX = 60_000
"""About a second; a site has fewer states unless it is crowded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is asked of the search."""

    agent: Agent
    start: str
    ready_s: float
    """When it can leave start."""
    stops: tuple[Stop, ...]
    ends: Mapping[str, float]
    """Rests where it may end, with what each costs in seconds on top of the way there."""
    blocked: tuple[str, ...] = ()
    """Cells that it may not enter and moves that it may not make (cell_values.move_key), sorted."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A cell on the way that was found."""

    cell: str
    start_s: float
    """When it is allocated: at the start of its hop."""
    enter_s: float
    drive_s: float
    stop: Stop | None
    pace_mps: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """visits are empty when the robot stays where it is."""

    visits: tuple[Visit, ...]
    depart_s: tuple[float, ...]
    """When it sets out from each visit; inf for the last."""
    expansions: int


@dataclass(frozen=True, slots=True)
class _State:
    leg: int
    """Stops made."""
    cell: str
    gap: int
    """Which safe interval of the cell."""
    time_s: float
    """From then on it may leave."""
    parent: int
    hop: Hop | None
    """None at the start, for a stop in the same cell, and for the end."""
    start_s: float = 0.0
    lag_s: float = 0.0
    """Time to get up to speed after a wait, on this hop."""
    is_stop: bool = False
    room: str | None = None
    """Held since the stop, until the robot goes on or lets go of it."""
    room_gap: int | None = None
    """Which gap of that room the stop is in."""
    is_end: bool = False

    @property
    def key(self) -> "_Key":
        return (self.leg, self.cell, self.gap, self.room_gap)


_Key = tuple[int, str, int, int | None]


class Search:
    """One use: Search(...).run()."""

    def __init__(
        self, cells: CellGraph, occupancy: Occupancy, errand: Errand, expansions_max: int = EXPANSIONS_MAX
    ) -> None:
        self._cells = cells
        self._occupancy = occupancy
        self._errand = errand
        self._expansions_max = expansions_max
        agent = errand.agent
        self._start_lag_s = agent.speed_mps / (2 * agent.acceleration_mps2)
        self._speeds = [min(agent.speed_mps, stop.pace_mps or math.inf) for stop in errand.stops]
        self._speeds.append(agent.speed_mps)
        self._states: list[_State] = []
        self._queue: list[tuple[float, float, int]] = []
        self._best: dict[_Key, float] = {}
        self._hops: dict[str, tuple[Hop, ...]] = {}
        self._offsets: dict[tuple[int, int], tuple[float, ...]] = {}
        self._rest_s: dict[str, float] = {}
        self._special = tuple(s.node for s in errand.stops if not cells.cells[s.node].stoppable)
        self._closed = dict.fromkeys(errand.blocked)
        self._barred = moves_in(errand.blocked)
        self._tables = [
            cells.travel_table(stop.node, self._speeds[leg], agent.graphs, errand.blocked)
            for leg, stop in enumerate(errand.stops)
        ]
        self._end_tables = {
            end: cells.travel_table(end, agent.speed_mps, agent.graphs, errand.blocked) for end in errand.ends
        }
        self._after_stop = self._remaining()
        self.expansions = 0

    def run(self) -> Found | None:
        """The way that ends earliest; None when there is none, or none within the bound on expansions."""
        errand = self._errand
        start = self._gap_at(errand.start, errand.ready_s)
        if start is None:
            return None
        self._push(_State(0, errand.start, start, errand.ready_s, -1, None))
        while self._queue and self.expansions < self._expansions_max:
            _, _, number = heapq.heappop(self._queue)
            state = self._states[number]
            if state.is_end:
                return self._found(state)
            if state.time_s > self._best[state.key]:
                continue
            self.expansions += 1
            for child in self._children(state, number):
                self._push(child)
        return None

    # -- estimates

    def _remaining(self) -> list[float]:
        """Seconds from the end of each stop to the end of all, alone on the site."""
        stops = self._errand.stops
        after = [0.0] * len(stops)
        for leg in range(len(stops) - 1, -1, -1):
            here = stops[leg].node
            if leg + 1 < len(stops):
                way_s = self._tables[leg + 1].get(here, math.inf)
                after[leg] = way_s + stops[leg + 1].duration_s + after[leg + 1]
            else:
                after[leg] = self._to_rest_s(here)
        return after

    def _to_rest_s(self, cell: str) -> float:
        found = self._rest_s.get(cell)
        if found is None:
            ways = (
                table.get(cell, math.inf) + self._errand.ends[end] for end, table in self._end_tables.items()
            )
            found = self._rest_s[cell] = min(ways, default=math.inf)
        return found

    def _estimate_s(self, leg: int, cell: str) -> float:
        if leg == len(self._errand.stops):
            return self._to_rest_s(cell)
        way_s = self._tables[leg].get(cell, math.inf)
        return way_s + self._errand.stops[leg].duration_s + self._after_stop[leg]

    # -- the search

    def _push(self, state: _State) -> None:
        if state.is_end:
            total_s = state.time_s + self._errand.ends[state.cell]
        else:
            if state.time_s >= self._best.get(state.key, math.inf):
                return
            total_s = state.time_s + self._estimate_s(state.leg, state.cell)
            if math.isinf(total_s):
                return
            self._best[state.key] = state.time_s
        heapq.heappush(self._queue, (total_s, -state.time_s, len(self._states)))
        self._states.append(state)

    def _gap_at(self, cell: str, time_s: float) -> int | None:
        for index, (free_s, until_s) in enumerate(self._occupancy.safe(cell)):
            if free_s <= time_s < until_s:
                return index
        return None

    def _children(self, state: _State, number: int) -> Iterator[_State]:
        stops = self._errand.stops
        if state.room is not None:
            yield self._lets_go(state, number)
        elif state.leg == len(stops):
            until_s = self._occupancy.safe(state.cell)[state.gap][1]
            if state.cell in self._errand.ends and math.isinf(until_s):
                yield _State(state.leg, state.cell, state.gap, state.time_s, number, None, is_end=True)
        elif stops[state.leg].node == state.cell:
            yield from self._stops_here(state, number, stops[state.leg])
        for hop in self._hops_from(state.cell):
            yield from self._hop(state, number, hop)

    def _lets_go(self, state: _State, number: int) -> _State:
        """Stay in the cell after the stop without holding the room any longer: a step of its own."""
        return _State(state.leg, state.cell, state.gap, state.time_s, number, None, state.time_s)

    def _stops_here(self, state: _State, number: int, stop: Stop) -> Iterator[_State]:
        """The next stop is where it stands already: it may have to wait for the room to be empty."""
        until_s = self._occupancy.safe(state.cell)[state.gap][1]
        need_s = max(MOVE_S_MIN, stop.duration_s)
        room = [(self._occupancy.room_unsafe(stop.hold_room), need_s)] if stop.hold_room else []
        start_s = _earliest(state.time_s, math.inf, room)
        if start_s is not None and start_s + stop.duration_s <= until_s:
            yield self._stopped(state, number, None, (state.gap, start_s, 0.0, start_s), stop)

    def _stopped(
        self,
        state: _State,
        number: int,
        hop: Hop | None,
        when: tuple[int, float, float, float],
        stop: Stop,
    ) -> _State:
        gap, start_s, lag_s, arrive_s = when
        room_gap = self._occupancy.room_gap(stop.hold_room, start_s) if stop.hold_room else None
        return _State(
            state.leg + 1,
            stop.node,
            gap,
            arrive_s + stop.duration_s,
            number,
            hop,
            start_s,
            lag_s,
            is_stop=True,
            room=stop.hold_room,
            room_gap=room_gap,
        )

    def _held_until_s(self, state: _State) -> float:
        """By then the robot must have reached its next cell."""
        until_s = self._occupancy.safe(state.cell)[state.gap][1]
        if state.room is None or state.room_gap is None:
            return until_s
        return min(until_s, self._occupancy.room_safe(state.room)[state.room_gap][1])

    def _hops_from(self, cell: str) -> tuple[Hop, ...]:
        found = self._hops.get(cell)
        if found is None:
            graphs = self._errand.agent.graphs
            found = self._cells.hops(cell, graphs)
            closed = self._closed and any(self._is_closed(cell, hop) for hop in found)
            if closed or self._special:
                found = self._cells.hops_between(cell, graphs, self._special, self._errand.blocked)
            self._hops[cell] = found
        return found

    def _is_closed(self, start: str, hop: Hop) -> bool:
        cells = (start, *(move.cell for move in hop.moves))
        return any(pair[1] in self._closed or pair in self._barred for pair in pairwise(cells))

    def _hop(self, state: _State, number: int, hop: Hop) -> Iterator[_State]:
        stops = self._errand.stops
        if self._cells.cells[hop.end].stoppable:
            yield from self._arrivals(state, number, hop, None)
        if state.leg < len(stops) and stops[state.leg].node == hop.end:
            yield from self._arrivals(state, number, hop, stops[state.leg])

    def _arrivals(self, state: _State, number: int, hop: Hop, stop: Stop | None) -> Iterator[_State]:
        """One child for each safe interval of the hop's end that can be reached."""
        offsets = self._offsets_s(hop, state.leg)
        held_until_s = self._held_until_s(state)
        lags: tuple[tuple[float, float], ...] = ((math.inf, self._start_lag_s),)
        if not state.is_stop:  # passing through without a wait costs nothing
            lags = ((state.time_s, 0.0), *lags)
        for gap, (free_s, until_s) in enumerate(self._occupancy.safe(hop.end)):
            if free_s > held_until_s:
                break
            if until_s <= state.time_s:
                continue
            for latest_s, lag_s in lags:
                within = (max(state.time_s, free_s), latest_s, held_until_s, until_s)
                start_s = self._departure(hop, stop, offsets, lag_s, within)
                if start_s is not None:
                    arrive_s = start_s + (offsets[-1] + lag_s)
                    when = (gap, start_s, lag_s, arrive_s)
                    if stop is not None:
                        yield self._stopped(state, number, hop, when, stop)
                    else:
                        yield _State(state.leg, hop.end, gap, arrive_s, number, hop, start_s, lag_s)
                    break

    def _departure(
        self,
        hop: Hop,
        stop: Stop | None,
        offsets: tuple[float, ...],
        lag_s: float,
        within: tuple[float, float, float, float],
    ) -> float | None:
        """Earliest start of the hop such that every cell is free from then until it is left.

        within: start not before, start not after, first cell reached by, end cell left by.
        """
        first_s, latest_s, held_until_s, until_s = within
        duration_s = stop.duration_s if stop else 0.0
        windows = [
            (self._occupancy.unsafe(move.cell), offsets[index + 1] + lag_s)
            for index, move in enumerate(hop.moves[:-1])
        ]
        if stop is not None and stop.hold_room is not None:
            windows.append((self._occupancy.room_unsafe(stop.hold_room), offsets[-1] + lag_s + duration_s))
        start_s = _earliest(first_s, latest_s, windows)
        if start_s is None or start_s + (offsets[0] + lag_s) > held_until_s:
            return None
        return start_s if start_s + (offsets[-1] + lag_s) + duration_s <= until_s else None

    def _offsets_s(self, hop: Hop, leg: int) -> tuple[float, ...]:
        """Arrival at each of the hop's cells after its start."""
        key = (id(hop), leg)
        found = self._offsets.get(key)
        if found is None:
            clock_s, offsets = 0.0, []
            for move in hop.moves:
                clock_s += move.drive_s(self._speeds[leg])
                offsets.append(clock_s)
            found = self._offsets[key] = tuple(offsets)
        return found

    # -- the answer

    def _found(self, end: _State) -> Found:
        chain: list[_State] = []
        state = self._states[end.parent]
        while state.parent >= 0:
            chain.append(state)
            state = self._states[state.parent]
        visits: list[Visit] = []
        departs: list[float] = []
        for state in reversed(chain):
            if visits:
                departs.append(state.start_s)
            self._add_visits(state, visits, departs)
        if visits:
            departs.append(math.inf)
        return Found(tuple(visits), tuple(departs), self.expansions)

    def _add_visits(self, state: _State, visits: list[Visit], departs: list[float]) -> None:
        leg = state.leg - state.is_stop
        stop = self._errand.stops[leg] if state.is_stop else None
        pace = self._errand.stops[leg].pace_mps if leg < len(self._errand.stops) else None
        if state.hop is None:
            visits.append(Visit(state.cell, state.start_s, state.start_s, 0.0, stop, pace))
            return
        offsets = self._offsets_s(state.hop, leg)
        before_s = 0.0
        for index, move in enumerate(state.hop.moves):
            last = index + 1 == len(offsets)
            enter_s = state.start_s + (offsets[index] + state.lag_s)
            drive_s = offsets[index] - before_s
            before_s = offsets[index]
            visits.append(Visit(move.cell, state.start_s, enter_s, drive_s, stop if last else None, pace))
            if not last:
                departs.append(enter_s)


def _earliest(from_s: float, latest_s: float, windows: list[tuple[list[Interval], float]]) -> float | None:
    """The first time not before from_s at which every window is clear for as long as it is needed."""
    start_s = from_s
    moved = True
    while moved:
        moved = False
        for unsafe, need_s in windows:
            for busy_s, left_s in unsafe:
                if left_s <= start_s:
                    continue
                if busy_s >= start_s + need_s:
                    break
                start_s = left_s
                moved = True
        if start_s > latest_s:
            return None
    return start_s
