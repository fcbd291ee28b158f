"""Whether a planner's answer may become the present plans: the rules are checked again, here, every time."""

from collections.abc import Mapping, Sequence

from missions.planning.cells import CellGraph
from missions.planning.precedence import find_cycle, find_unordered
from missions.planning.problem import AgentPlan, PlanAnswer, Step
from missions.planning.tails import After, Plans, add_after, with_tail, without_tail


class TrafficError(Exception):
    """Root; the tree is drawn in missions.planning.traffic."""


class StaleAnswer(TrafficError):  # noqa: N818
    """The world has moved on since the question was asked: ask again."""


class PlanRejected(TrafficError):  # noqa: N818
    """The answer breaks a rule: the planner has a bug. Nothing was changed."""


def adopted_plans(
    cells: CellGraph, present: Plans, next_step: Mapping[str, int], answer: PlanAnswer
) -> dict[str, AgentPlan]:
    """The present plans with the answer's in them. Raises StaleAnswer, PlanRejected."""
    for agent_id, steps in answer.plans.items():
        if agent_id not in present:
            raise PlanRejected(f"there is no agent {agent_id}")
        mine = present[agent_id]
        last_no = mine.steps[mine.allocated - 1].step_no
        if answer.follows.get(agent_id, last_no) != last_no:
            raise StaleAnswer(f"{agent_id} has been allocated more steps since it was planned")
        _check_way(cells, mine, next_step[agent_id], steps)
    plans = dict(present)
    for agent_id, steps in answer.plans.items():
        if not _same_tail(present[agent_id], steps):
            plans = without_tail(cells, plans, agent_id)
    for agent_id, steps in answer.plans.items():
        plans[agent_id] = with_tail(plans[agent_id], steps)
    for other, added in answer.others_after.items():
        plans[other] = _with_waits(plans, other, added)
    _check_order(cells, plans, tuple(answer.plans))
    return plans


def _same_tail(mine: AgentPlan, steps: Sequence[Step]) -> bool:
    """It keeps its way, without the stops: whoever waits for it goes on waiting."""
    old = [(step.step_no, step.cell) for step in mine.steps[mine.allocated :]]
    return bool(old) and old == [(step.step_no, step.cell) for step in steps]


def _check_way(cells: CellGraph, mine: AgentPlan, next_no: int, steps: Sequence[Step]) -> None:
    agent_id = mine.agent.agent_id
    same = _same_tail(mine, steps)
    before = mine.steps[mine.allocated - 1]
    for step in steps:
        if step.step_no <= before.step_no or (not same and step.step_no < next_no):
            raise PlanRejected(f"{agent_id}: step number {step.step_no} is used already")
        linked = step.cell == before.cell or cells.move(before.cell, step.cell, mine.agent.graphs)
        if step.cell not in cells.cells or not linked:
            raise PlanRejected(f"{agent_id}: there is no move from {before.cell} to {step.cell}")
        before = step
    if before.cell not in cells.rests(mine.agent.graphs):
        raise PlanRejected(f"{agent_id}: the plan ends at {before.cell}, which is no rest")


def _with_waits(plans: Plans, other: str, added: Mapping[int, After]) -> AgentPlan:
    plan = plans.get(other)
    claimed = {step.step_no for step in plan.steps[plan.allocated :]} if plan is not None else set()
    if plan is None or not all(step_no in claimed for step_no in added):
        raise StaleAnswer(f"{other} has been allocated steps that the answer lets another go before")
    return add_after(plan, added)


def _check_order(cells: CellGraph, plans: Plans, changed: Sequence[str]) -> None:
    cycle = find_cycle(cells, plans)
    if cycle:
        raise PlanRejected(f"these steps would wait for each other: {cycle}")
    unordered = find_unordered(cells, plans, changed)
    if unordered:
        agent_id, step_no, other, other_no = unordered[0]
        raise PlanRejected(
            f"{agent_id}'s step {step_no} and {other}'s step {other_no} exclude each other, unordered"
        )
