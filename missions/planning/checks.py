"""The judge of plans: it knows the rules and the geometry, not how plans are made.

Judge watches an execution cell by cell; plan_faults looks at a set of plans as they stand. Both answer with
sentences, none when all is well. Deliberately without precedence, routing, planner and CellGraph.conflicts.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from missions.planning.cell_values import Cell
from missions.planning.cells import CellGraph
from missions.planning.problem import AgentPlan, Step


def too_near(cells: CellGraph, one: str, other: str) -> bool:
    """Two robots with these cells could touch, or would be in one lift together."""
    here, there = cells.cells[one], cells.cells[other]
    if here.lift is not None and here.lift == there.lift:
        return True
    if here.level != there.level:
        return False
    sizes = cells.sizes
    # Each centre is at most half a step from the cell that its robot holds.
    reach_m = 2 * sizes.radius_m + sizes.margin_m + sizes.step_m
    return math.hypot(here.x_m - there.x_m, here.y_m - there.y_m) < reach_m - 1e-9


def in_room(cells: CellGraph, cell: Cell, room: str) -> bool:
    """A robot in the cell is in the room or in one of its doorways."""
    return cell.room == room or cell.cell_id in cells.room_cells(room)


def exclude(cells: CellGraph, one: Step, other: Step) -> bool:
    """Two robots may not be at these steps at the same time."""
    if too_near(cells, one.cell, other.cell):
        return True
    for holder, guest in ((one, other), (other, one)):
        if holder.hold_room is not None and in_room(cells, cells.cells[guest.cell], holder.hold_room):
            return True
    return one.hold_room is not None and one.hold_room == other.hold_room


class Judge:
    """Watches who holds what. faults grows by a sentence for each broken rule."""

    def __init__(self, cells: CellGraph) -> None:
        self._cells = cells
        self._held: dict[str, list[Step]] = {}
        self.faults: list[str] = []

    def appear(self, time_s: float, agent: str, step: Step) -> None:
        """A robot stands there."""
        self._held[agent] = []
        self._take(time_s, agent, step)

    def leave(self, agent: str) -> None:
        """A robot is taken off the floor."""
        del self._held[agent]

    def allocate(self, time_s: float, agent: str, step: Step, graphs: tuple[str, ...]) -> None:
        """A robot is given its next step."""
        before = self._held[agent][-1]
        if not _linked(self._cells, before.cell, step.cell, graphs):
            self.faults.append(f"{time_s}: {agent} is sent from {before.cell} to {step.cell}, no move")
        self._take(time_s, agent, step)

    def free(self, agent: str, step_no: int) -> None:
        """The robot has reached this step: what lies before is free."""
        self._held[agent] = [step for step in self._held[agent] if step.step_no >= step_no]

    def truncate(self, agent: str, step_no: int) -> None:
        """The robot stands at this step and gives back what lies ahead."""
        self._held[agent] = [step for step in self._held[agent] if step.step_no == step_no]

    def _take(self, time_s: float, agent: str, step: Step) -> None:
        for other, held in self._held.items():
            if other == agent:
                continue
            for taken in held:
                if exclude(self._cells, step, taken):
                    fault = f"{time_s}: {agent} gets {step.cell} while {other} holds {taken.cell}"
                    self.faults.append(fault)
        self._held[agent].append(step)


def _linked(cells: CellGraph, one: str, other: str, graphs: tuple[str, ...]) -> bool:
    return one == other or any(move.cell == other for move in cells.moves(one, graphs))


# -- a set of plans ---------------------------------------------------------------------------------------


def plan_faults(cells: CellGraph, plans: Mapping[str, AgentPlan]) -> tuple[str, ...]:
    """Every broken rule of a set of plans, as they stand."""
    return (
        *(fault for plan in plans.values() for fault in _way_faults(cells, plan)),
        *_held_faults(cells, plans),
        *_end_faults(cells, plans),
        *_order_faults(cells, plans),
    )


def _way_faults(cells: CellGraph, plan: AgentPlan) -> Iterator[str]:
    name = plan.agent.agent_id
    if not 1 <= plan.allocated <= len(plan.steps):
        yield f"{name} is allocated {plan.allocated} of {len(plan.steps)} steps"
    for before, step in pairwise(plan.steps):
        if step.step_no <= before.step_no:
            yield f"{name}: step {step.step_no} comes after step {before.step_no}"
        if not _linked(cells, before.cell, step.cell, plan.agent.graphs):
            yield f"{name}: there is no move from {before.cell} to {step.cell}"


def _held_faults(cells: CellGraph, plans: Mapping[str, AgentPlan]) -> Iterator[str]:
    for (one, mine), (other, theirs) in combinations(plans.items(), 2):
        for here in mine.steps[: mine.allocated]:
            for there in theirs.steps[: theirs.allocated]:
                if exclude(cells, here, there):
                    yield f"{one} holds {here.cell} and {other} holds {there.cell}"


def _end_faults(cells: CellGraph, plans: Mapping[str, AgentPlan]) -> Iterator[str]:
    """Claimed ways end at rests of their own. One that turned up at another's rest has to be planned away."""
    for name, plan in plans.items():
        end = plan.steps[-1]
        if plan.allocated < len(plan.steps) and end.cell not in cells.rests(plan.agent.graphs):
            yield f"{name}'s way ends at {end.cell}, which is no rest"
    going = {name: plan for name, plan in plans.items() if plan.allocated < len(plan.steps)}
    for (one, mine), (other, theirs) in combinations(going.items(), 2):
        if too_near(cells, mine.steps[-1].cell, theirs.steps[-1].cell):
            yield f"{one} and {other} both end at {mine.steps[-1].cell}"


def _order_faults(cells: CellGraph, plans: Mapping[str, AgentPlan]) -> Iterator[str]:
    """Every two steps that exclude each other are ordered, and no order goes in a circle."""
    order = _Order(cells, plans)
    if order.has_cycle():
        yield f"steps wait for each other in a circle: {order.circle()}"
        return
    for (one, mine), (other, theirs) in combinations(plans.items(), 2):
        for i, here in enumerate(mine.steps):
            for j, there in enumerate(theirs.steps):
                both_held = i < mine.allocated and j < theirs.allocated
                if both_held or not exclude(cells, here, there):
                    continue
                if not (order.leaves_before(one, i, other, j) or order.leaves_before(other, j, one, i)):
                    yield f"{one}'s step {here.step_no} and {other}'s {there.step_no} are not ordered"


_Event = tuple[str, int]


class _Order:
    """The allocation of every claimed step as an event, and which events must have been before it."""

    def __init__(self, cells: CellGraph, plans: Mapping[str, AgentPlan]) -> None:
        self._plans = plans
        self._needs: dict[_Event, list[_Event]] = {}
        self._stuck: dict[_Event, bool] = {}
        for name, plan in plans.items():
            self._needs.update({(name, index): [(name, index - 1)] for index in range(1, plan.allocated)})
            for group in _groups(cells, plan):
                self._add_group(name, plan.steps, group)
            # Going on beyond the end of the plan, which some may wait for.
            self._needs[name, len(plan.steps)] = [(name, len(plan.steps) - 1)]
        self._before = self._closure()

    def _add_group(self, name: str, steps: Sequence[Step], group: range) -> None:
        """A group is allocated as one: all that one of its steps waits for, the others wait for."""
        needs = [(name, group.start - 1)]
        for index in group:
            for other, step_no in steps[index].after:
                if other in self._plans:
                    needs.extend(self._left(other, step_no))
        for index in group:
            self._needs[name, index] = needs if index == group.start else [(name, index - 1)]

    def _left(self, other: str, step_no: int) -> Iterator[_Event]:
        """The event after which that step is left: the next step is allocated; beyond the end never."""
        steps = self._plans[other].steps
        later = [index for index, step in enumerate(steps) if step.step_no > step_no]
        if not later:
            yield (other, len(steps))
        elif later[0] > 0:
            yield (other, later[0])

    def _closure(self) -> dict[_Event, set[_Event]]:
        before: dict[_Event, set[_Event]] = {}
        progress = True
        while progress:
            progress = False
            for event, needs in self._needs.items():
                if event not in before and all(n in before or n not in self._needs for n in needs):
                    before[event] = set(needs).union(*(before.get(n, ()) for n in needs))
                    progress = True
        return before

    def has_cycle(self) -> bool:
        return len(self._before) < len(self._needs)

    def circle(self) -> list[_Event]:
        return [event for event in self._needs if event not in self._before]

    def leaves_before(self, one: str, i: int, other: str, j: int) -> bool:
        """Step j of other is allocated only when step i of one has been left."""
        if j < self._plans[other].allocated:
            return False
        return (one, i + 1) in self._before[other, j] or i + 1 == 0


def _groups(cells: CellGraph, plan: AgentPlan) -> Iterator[range]:
    first = plan.allocated
    for index in range(plan.allocated, len(plan.steps)):
        step = plan.steps[index]
        if step.is_stop or cells.cells[step.cell].stoppable or index + 1 == len(plan.steps):
            yield range(first, index + 1)
            first = index + 1
