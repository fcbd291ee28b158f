"""Changing plans: the claimed tail of one agent is dropped or replaced, and all others wait accordingly.

Plans are values: every function answers with new ones.
"""

from collections.abc import Mapping, Sequence

import msgspec

from missions.planning.cells import CellGraph
from missions.planning.problem import AgentPlan, Step

Plans = Mapping[str, AgentPlan]
After = tuple[tuple[str, int], ...]


def without_tail(cells: CellGraph, plans: Plans, agent_id: str) -> dict[str, AgentPlan]:
    """All plans, with this agent's claimed steps dropped; others wait for what it still holds, only."""
    mine = plans[agent_id]
    held = mine.steps[: mine.allocated]
    changed = {other: waiting_for_held(cells, plan, agent_id, held) for other, plan in plans.items()}
    changed[agent_id] = msgspec.structs.replace(mine, steps=held)
    return changed


def with_tail(mine: AgentPlan, steps: Sequence[Step]) -> AgentPlan:
    """The plan, going on with these steps after what is allocated: it does not stay there for ever."""
    return extended(msgspec.structs.replace(mine, steps=mine.steps[: mine.allocated]), steps)


def extended(mine: AgentPlan, steps: Sequence[Step]) -> AgentPlan:
    """The plan, going on with these steps from where it ends."""
    if not steps:
        return mine
    leave_s = steps[0].enter_s - steps[0].drive_s
    last = msgspec.structs.replace(mine.steps[-1], leave_s=leave_s)
    return msgspec.structs.replace(mine, steps=(*mine.steps[:-1], last, *steps))


def without_stops(mine: AgentPlan) -> AgentPlan:
    """The plan, with nothing to do on the rest of the way."""
    steps = tuple(
        step
        if index < mine.allocated
        else msgspec.structs.replace(step, stop="", is_stop=False, hold_room=None, duration_s=0.0)
        for index, step in enumerate(mine.steps)
    )
    return msgspec.structs.replace(mine, steps=steps)


def without_agent(plans: Plans, agent_id: str) -> dict[str, AgentPlan]:
    """All plans but this agent's; nobody waits for it."""
    return {other: forget(plan, agent_id) for other, plan in plans.items() if other != agent_id}


def forget(plan: AgentPlan, agent_id: str) -> AgentPlan:
    """The plan without any waiting for that agent."""
    return _waiting_instead(plan, agent_id, {})


def waiting_for_held(cells: CellGraph, plan: AgentPlan, agent_id: str, held: Sequence[Step]) -> AgentPlan:
    """The plan, waiting for that agent at every claimed step that a held one excludes, and nowhere else."""
    near = excluded(cells, held)
    in_cell = {step.cell: step.step_no for step in held}
    last_hold = {step.hold_room: step.step_no for step in held if step.hold_room is not None}
    added: dict[int, int] = {}
    best = -1
    for step in plan.steps[plan.allocated :]:
        last = near.get(step.cell, -1)
        if step.hold_room is not None:
            room = (in_cell.get(cell, -1) for cell in cells.room_cells(step.hold_room))
            last = max(last, last_hold.get(step.hold_room, -1), *room)
        if last > best:
            best = added[step.step_no] = last
    return _waiting_instead(plan, agent_id, added)


def excluded(cells: CellGraph, held: Sequence[Step]) -> dict[str, int]:
    """Each cell that these steps keep others out of, with the last of them that does."""
    near: dict[str, int] = {}
    for step in held:
        for cell in cells.conflicts(step.cell):
            near[cell] = step.step_no
        if step.hold_room is not None:
            for cell in cells.room_cells(step.hold_room):
                near[cell] = step.step_no
    return near


def _waiting_instead(plan: AgentPlan, agent_id: str, waits: Mapping[int, int]) -> AgentPlan:
    """The plan, waiting for that agent where waits says (step to the other's step), and nowhere else."""
    steps = list(plan.steps)
    for index, step in enumerate(steps):
        until_no = waits.get(step.step_no)
        if until_no is None and not step.after:
            continue
        after = tuple(pair for pair in step.after if pair[0] != agent_id)
        if until_no is not None:
            after = (*after, (agent_id, until_no))
        if after != step.after:
            steps[index] = msgspec.structs.replace(step, after=after)
    return msgspec.structs.replace(plan, steps=tuple(steps))


def add_after(plan: AgentPlan, added: Mapping[int, After]) -> AgentPlan:
    """The plan with more to wait for at some steps."""
    if not added:
        return plan
    steps = tuple(
        msgspec.structs.replace(step, after=(*step.after, *added[step.step_no]))
        if step.step_no in added
        else step
        for step in plan.steps
    )
    return msgspec.structs.replace(plan, steps=steps)
