"""Who goes first: plans as a graph of steps that wait for others to have left (action dependency graph).

Steps are allocated in groups: up to and including the next cell where the robot may wait, or its stop.
`timeline` predicts when each group is allocated and each step left; `StepIndex` finds the steps whose
stay excludes a given one; `find_cycle` proves that everybody can finish.

Source: Hoenig, Kiesel, Tinka, Durham, Ayanian: Persistent and robust execution of MAPF schedules in
warehouses, 2019. Deviations: cells conflict geometrically, steps are allocated in groups, rooms are held.
"""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from missions.planning.cells import CellGraph
from missions.planning.problem import AgentPlan, Step
from missions.planning.tails import Plans

OVERRUN_S = 10.0
"""A stop that takes longer than planned is expected to take this much more."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stay:
    """A step with its predicted times; left_s is when the robot has reached the next step."""

    agent_id: str
    step: Step
    start_s: float
    """When its cell is allocated: nobody else may hold a conflicting cell from then until left_s."""
    enter_s: float
    leave_s: float
    left_s: float

    @property
    def is_late(self) -> bool:
        """It never comes, unless the robots that it waits for are planned anew."""
        return math.isinf(self.start_s) and self.start_s > 0


class StepIndex(Generic[T]):
    """Entries by the cell of their step, to find those whose stay excludes another step's."""

    def __init__(self, cells: CellGraph) -> None:
        self._cells = cells
        self._by_cell: dict[str, list[T]] = {}
        self._by_room: dict[str, list[T]] = {}

    def add(self, step: Step, entry: T) -> None:
        self._by_cell.setdefault(step.cell, []).append(entry)
        if step.hold_room is not None:
            self._by_room.setdefault(step.hold_room, []).append(entry)

    def meeting(self, cell: str, hold_room: str | None) -> Iterator[T]:
        """Entries that a stay in cell, holding hold_room, excludes. Some may come twice."""
        for near in self._cells.conflicts(cell):
            yield from self._by_cell.get(near, ())
        if self._by_room:
            for room in self._cells.rooms_at(cell):
                yield from self._by_room.get(room, ())
        if hold_room is not None:
            yield from self.in_room(hold_room)

    def in_room(self, room: str) -> Iterator[T]:
        """Entries that stand in the way of holding the room."""
        for cell in self._cells.room_cells(room):
            yield from self._by_cell.get(cell, ())
        yield from self._by_room.get(room, ())


# -- groups and times -----------------------------------------------------------------------------------


def group_end(cells: CellGraph, steps: Sequence[Step], start: int) -> int:
    """Index after the last step of the group that begins at start."""
    for index in range(start, len(steps)):
        if steps[index].is_stop or cells.cells[steps[index].cell].stoppable:
            return index + 1
    return len(steps)


@dataclass(slots=True)
class _Times:
    """One agent's steps while their times are found."""

    plan: AgentPlan
    starts: list[float]
    enters: list[float]
    leaves: list[float]
    bounds: list[int]
    """Index after the last step of each group; group 0 is what is allocated."""
    done: int = 0
    """Groups whose times are known."""

    def entered(self, step_no: int) -> int | None:
        """Index of the first step after step_no; None when there is none."""
        index = bisect_right(self.plan.steps, step_no, key=_number)
        return index if index < len(self.plan.steps) else None


def _number(step: Step) -> int:
    return step.step_no


def timeline(cells: CellGraph, plans: Iterable[AgentPlan], now_s: float) -> dict[str, list[Stay]]:
    """Predicted stays of every agent, by forward pass over the precedences; inf for what never comes."""
    times = {plan.agent.agent_id: _held_times(cells, plan, now_s) for plan in plans}
    todo = deque(times)
    idle = 0
    while todo and idle < len(todo):
        agent_id = todo.popleft()
        moved = _advance(times, times[agent_id])
        is_open = times[agent_id].done < len(times[agent_id].bounds)
        idle = idle + 1 if is_open and not moved else 0
        todo.extend((agent_id,) if is_open else ())
    return {agent_id: _stays(agent_id, found) for agent_id, found in times.items()}


def _held_times(cells: CellGraph, plan: AgentPlan, now_s: float) -> _Times:
    steps = plan.steps
    bounds = [plan.allocated]
    while bounds[-1] < len(steps):
        bounds.append(group_end(cells, steps, bounds[-1]))
    size = len(steps)
    never = [math.inf] * size
    times = _Times(plan, never, list(never), list(never), bounds, done=1)
    clock_s = -math.inf
    for index in range(plan.allocated):
        times.starts[index] = -math.inf
        times.enters[index] = clock_s + steps[index].drive_s if index else steps[0].enter_s
        clock_s = times.leaves[index] = _leaves(plan, index, times.enters[index], now_s)
    return times


def _leaves(plan: AgentPlan, index: int, enter_s: float, now_s: float) -> float:
    """When a robot that has the next step too would set out."""
    step = plan.steps[index]
    stays_for_ever = math.isinf(step.leave_s) and index + 1 < len(plan.steps)
    if stays_for_ever:
        return math.inf
    ready_s = enter_s + step.duration_s
    if ready_s < now_s:
        ready_s = now_s + (OVERRUN_S if step.duration_s > 0 else 0.0)
    return ready_s


def _advance(times: dict[str, _Times], mine: _Times) -> bool:
    """Time the agent's next groups as far as the groups that they wait for are timed."""
    progress = False
    while mine.done < len(mine.bounds):
        first, end = mine.bounds[mine.done - 1], mine.bounds[mine.done]
        freed_s = _freed_s(times, mine.plan.steps[first:end])
        if freed_s is None:
            return progress
        _time_group(mine, first, end, freed_s)
        mine.done += 1
        progress = True
    return progress


def _freed_s(times: dict[str, _Times], group: Sequence[Step]) -> float | None:
    """When everybody that the group waits for has left; None while that is not known."""
    freed_s = -math.inf
    for step in group:
        for other, step_no in step.after:
            if other not in times:
                continue
            index = times[other].entered(step_no)
            if index is None:
                return math.inf
            if index >= times[other].bounds[times[other].done - 1]:
                return None
            if index > 0:
                freed_s = max(freed_s, times[other].enters[index])
    return freed_s


def _time_group(mine: _Times, first: int, end: int, freed_s: float) -> None:
    start_s = max(mine.leaves[first - 1], freed_s)
    mine.leaves[first - 1] = clock_s = start_s
    for index in range(first, end):
        step = mine.plan.steps[index]
        mine.starts[index] = start_s
        mine.enters[index] = clock_s + step.drive_s
        clock_s = mine.leaves[index] = mine.enters[index] + step.duration_s


def _stays(agent_id: str, times: _Times) -> list[Stay]:
    last = len(times.plan.steps) - 1
    return [
        Stay(
            agent_id,
            step,
            times.starts[index],
            times.enters[index],
            times.leaves[index] if index < last else math.inf,
            times.enters[index + 1] if index < last else math.inf,
        )
        for index, step in enumerate(times.plan.steps)
    ]


def retime(cells: CellGraph, plans: Iterable[AgentPlan], now_s: float) -> tuple[AgentPlan, ...]:
    """The plans with new predicted times: enter_s and leave_s are inf for what waits for ever."""
    plans = tuple(plans)
    stays = timeline(cells, plans, now_s)
    return tuple(_with_times(plan, stays[plan.agent.agent_id]) for plan in plans)


def _with_times(plan: AgentPlan, stays: list[Stay]) -> AgentPlan:
    steps = tuple(
        msgspec.structs.replace(stay.step, enter_s=stay.enter_s, leave_s=stay.leave_s) for stay in stays
    )
    return msgspec.structs.replace(plan, steps=steps)


# -- proofs ----------------------------------------------------------------------------------------------


def find_cycle(cells: CellGraph, plans: Plans) -> tuple[tuple[str, int], ...]:
    """First steps of the groups that wait for each other in a circle or behind one; () when there is none.

    Plays the plans out without times: who may go on goes on, until nobody can.
    """
    at = {agent_id: plan.allocated for agent_id, plan in plans.items()}
    waiters: dict[str, list[str]] = {agent_id: [] for agent_id in plans}
    todo = deque(plans)
    while todo:
        agent_id = todo.popleft()
        before = at[agent_id]
        at[agent_id], blocker = _played(cells, plans, at, agent_id)
        if blocker is not None:
            waiters[blocker].append(agent_id)
        if at[agent_id] > before:
            todo.extend(waiters[agent_id])
            waiters[agent_id] = []
    return tuple(
        (agent_id, plan.steps[at[agent_id]].step_no)
        for agent_id, plan in plans.items()
        if at[agent_id] < len(plan.steps)
    )


def _played(cells: CellGraph, plans: Plans, at: Mapping[str, int], agent_id: str) -> tuple[int, str | None]:
    """How far the agent comes while the others are where they are, and who stops it."""
    steps = plans[agent_id].steps
    index = first = at[agent_id]
    while index < len(steps):
        step = steps[index]
        for other, step_no in step.after:
            if other in plans and _still_there(plans[other], at[other], step_no):
                return first, other
        index += 1
        if step.is_stop or cells.cells[step.cell].stoppable:
            first = index
    return index, None


def _still_there(plan: AgentPlan, reached: int, step_no: int) -> bool:
    """It has not left that step yet, but will."""
    return plan.steps[reached - 1].step_no <= step_no < plan.steps[-1].step_no


def find_unordered(
    cells: CellGraph, plans: Plans, changed: Iterable[str]
) -> tuple[tuple[str, int, str, int], ...]:
    """Claimed steps of changed agents that another's step excludes, without either waiting for the other.

    Each is (agent, step_no, other, its step_no). Two allocated steps are not looked at: those are a fact.
    """
    index: StepIndex[tuple[str, int, int]] = StepIndex(cells)
    for other, plan in plans.items():
        for number, step in enumerate(plan.steps):
            index.add(step, (other, number, step.step_no))
    waits: dict[tuple[str, str], list[int]] = {}
    found = []
    for agent_id in changed:
        mine = plans[agent_id]
        for number in range(mine.allocated, len(mine.steps)):
            step = mine.steps[number]
            for other, other_number, other_no in index.meeting(step.cell, step.hold_room):
                if other == agent_id or _until(plans, waits, (agent_id, other))[number] >= other_no:
                    continue
                if _until(plans, waits, (other, agent_id))[other_number] < step.step_no:
                    found.append((agent_id, step.step_no, other, other_no))
    return tuple(found)


def _until(plans: Plans, waits: dict[tuple[str, str], list[int]], pair: tuple[str, str]) -> list[int]:
    """By step of the first agent, the last step of the other that is left before it."""
    if pair not in waits:
        waits[pair] = list(_waits_for(plans[pair[0]], pair[1]))
    return waits[pair]


def _waits_for(plan: AgentPlan, other: str) -> Iterator[int]:
    """For each step the last step of the other that is left before it; -1 for none."""
    best = -1
    for step in plan.steps:
        for who, step_no in step.after:
            if who == other and step_no > best:
                best = step_no
        yield best


def held_until_s(cells: CellGraph, plan: AgentPlan, now_s: float) -> float:
    """When the robot has done all that is allocated to it."""
    return _held_times(cells, plan, now_s).leaves[plan.allocated - 1]


def ready_s(cells: CellGraph, plan: AgentPlan, now_s: float) -> float:
    """When the robot can leave its last allocated cell: it has arrived, and its stop there is over."""
    return max(now_s, held_until_s(cells, plan, now_s))
