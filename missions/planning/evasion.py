"""Robots that stand in each other's way are parted: one after another goes to a rest, then on to its stops.

It happens when a robot turns up in the middle of others' ways: it joins there, is found again, or was cut
off. The others wait for it to leave, it waits for them to move. All that are entangled lose their tails;
whoever then finds a way to a rest gets it, until all have one; from there each goes on. All or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from missions.planning.cells import CellGraph
from missions.planning.precedence import timeline
from missions.planning.problem import Agent, AgentPlan, PlanProblem, PlanRequest, Stop
from missions.planning.single import Draft, extend_one, plan_one, step_aside
from missions.planning.tails import After, without_tail

EXPANSIONS_MAX = 200_000
"""No more is tried in one question after so much search: seconds. It is asked again soon."""


@dataclass(frozen=True, slots=True)
class _Tangle:
    """A draft without the tails of those that are entangled, and what each of them is about."""

    draft: Draft
    purposes: dict[str, PlanRequest]


def make_room(cells: CellGraph, draft: Draft, request: PlanRequest, problem: PlanProblem) -> Draft | None:
    """A draft in which the request has a plan, because others go round; None when that does not help."""
    if draft.expansions > EXPANSIONS_MAX:
        return None
    tangle = _tangle(cells, draft, request, problem)
    done = len(tangle.purposes) > 1 and _part(cells, tangle, problem) and _go_on(cells, tangle, problem)
    draft.expansions = tangle.draft.expansions
    return tangle.draft if done else None


def _go_on(cells: CellGraph, tangle: _Tangle, problem: PlanProblem) -> bool:
    """From where they have gone aside to, everybody on to its stops."""
    purposes = (purpose for purpose in tangle.purposes.values() if purpose.stops)
    return all(extend_one(cells, tangle.draft, purpose, problem) for purpose in purposes)


def _tangle(cells: CellGraph, draft: Draft, request: PlanRequest, problem: PlanProblem) -> _Tangle:
    plans = without_tail(cells, draft.plans, request.agent_id)
    stays = timeline(cells, plans.values(), problem.now_s)
    names = [request.agent_id]
    for other, plan in plans.items():
        # Whoever waits for ever, and whoever stands in the open; lost robots, where all is closed, cannot go.
        in_the_open = len(plan.steps) == plan.allocated and not _at_rest(cells, plan)
        is_lost = plan.steps[0].cell in problem.blocked
        if other not in names and not is_lost and (in_the_open or stays[other][-1].is_late):
            names.append(other)
    purposes = {name: _purpose(draft.plans[name], problem) for name in names}
    for name in names:
        plans = without_tail(cells, plans, name)
    others_after = {other: _without(waits, names) for other, waits in draft.others_after.items()}
    copy = replace(draft, plans=plans, planned=dict(draft.planned), others_after=others_after)
    return _Tangle(copy, purposes)


def _without(waits: dict[int, After], names: list[str]) -> dict[int, After]:
    """Nobody waits for steps that are dropped again."""
    kept = {no: tuple(pair for pair in after if pair[0] not in names) for no, after in waits.items()}
    return {no: after for no, after in kept.items() if after}


def _part(cells: CellGraph, tangle: _Tangle, problem: PlanProblem) -> bool:
    """Find everybody a way to a rest, whoever can go first first."""
    left = list(tangle.purposes.values())
    while left:
        if tangle.draft.expansions > EXPANSIONS_MAX:
            return False
        gone = []
        for purpose in left:
            aside = _aside(purpose)
            if plan_one(cells, tangle.draft, aside, problem, may_keep=False) is None:
                gone.append(purpose)
        if not gone and not _let_one_pass(cells, tangle, left, problem):
            return False
        left = [purpose for purpose in left if purpose not in gone]
    return True


def _let_one_pass(cells: CellGraph, tangle: _Tangle, left: list[PlanRequest], problem: PlanProblem) -> bool:
    """Nobody gets out: one steps aside within the room there is, another passes, the first goes on."""
    draft = tangle.draft
    for passing in left:
        way = _way_out(cells, draft, passing.agent_id, problem)
        free = _beside(cells, draft.plans[passing.agent_id].agent, way)
        for giving in left:
            if giving is passing or not way or draft.expansions > EXPANSIONS_MAX:
                continue
            before = replace(draft, planned=dict(draft.planned), others_after=dict(draft.others_after))
            if (
                step_aside(cells, draft, giving.agent_id, free, problem)
                and plan_one(cells, draft, _aside(passing), problem, may_keep=False) is None
                and extend_one(cells, draft, _aside(giving), problem)
            ):
                left.remove(passing)
                left.remove(giving)
                return True
            draft.plans, draft.planned, draft.others_after = before.plans, before.planned, before.others_after
    return False


def _way_out(cells: CellGraph, draft: Draft, agent_id: str, problem: PlanProblem) -> tuple[str, ...]:
    """The cells from where it stands to the nearest rest that is left, if all others were away."""
    mine = draft.plans[agent_id]
    start, agent = mine.steps[mine.allocated - 1].cell, mine.agent
    ends = [plan.steps[-1].cell for other, plan in draft.plans.items() if other != agent_id]
    ways = sorted(
        (cells.travel_s(start, rest, agent.speed_mps, agent.graphs, problem.blocked), rest)
        for rest in cells.rests(agent.graphs)
        if not any(cells.conflict(rest, end) for end in ends)
    )
    for _, rest in ways[:1]:
        return (start, *cells.way(start, rest, agent.speed_mps, agent.graphs, problem.blocked))
    return ()


def _beside(cells: CellGraph, agent: Agent, way: Sequence[str]) -> tuple[str, ...]:
    """Places to wait that are clear of the way."""
    near = dict.fromkeys(cell for step in way for cell in cells.conflicts(step))
    return tuple(
        cell.cell_id
        for cell in cells.cells.values()
        if cell.stoppable and cell.cell_id not in near and cells.moves(cell.cell_id, agent.graphs)
    )


def _aside(purpose: PlanRequest) -> PlanRequest:
    """The same robot, just to a rest; to the one it wants when it wants nothing else."""
    rest = None if purpose.stops else purpose.rest
    return PlanRequest(agent_id=purpose.agent_id, stops=(), rest=rest, busy_until_s=purpose.busy_until_s)


def _at_rest(cells: CellGraph, plan: AgentPlan) -> bool:
    return plan.steps[-1].cell in cells.rests(plan.agent.graphs)


def _purpose(plan: AgentPlan, problem: PlanProblem) -> PlanRequest:
    """What the robot is about: its own request, or the stops that its present plan still has."""
    agent_id = plan.agent.agent_id
    for request in problem.requests:
        if request.agent_id == agent_id:
            return request
    stops = tuple(
        Stop(
            node=step.cell,
            duration_s=step.duration_s,
            task=step.stop,
            hold_room=step.hold_room,
            pace_mps=step.pace_mps,
        )
        for step in plan.steps[plan.allocated :]
        if step.is_stop
    )
    return PlanRequest(agent_id=agent_id, stops=stops)
