"""The one entry of route planning: plan(cells, problem) -> PlanAnswer. A pure function.

Robots are planned one after another (single). One that finds no way because others stand in it, who wait for
it in turn, has them go round first (evasion). Every plan ends at a rest of its own, and the order of all
steps has no circle, so everybody can always finish. When there is no plan, the old one stays. See
docs/planning.md.
"""

from missions.planning.cells import CellGraph
from missions.planning.evasion import make_room
from missions.planning.problem import PlanAnswer, PlanProblem, PlanRequest, Veto
from missions.planning.single import Draft, plan_one

HELPED = ("conflict", "no_rest")
"""Vetoes that may go away when others go round."""


def plan(cells: CellGraph, problem: PlanProblem) -> PlanAnswer:
    """Plans for the requests, in their order; vetoes for those that have none now.

    A veto says why, and who stands in the way; the agent's old plan stays. A request that failed is tried
    again after the others: their new ways may make room. The answer may hold plans for agents that were not
    asked for: they go round, and then on to their stops.
    Raises KeyError for a request of an agent without a plan.
    """
    draft = Draft({found.agent.agent_id: found for found in problem.plans})
    refused: dict[str, Veto] = {}
    left = _plan_all(cells, draft, problem, problem.requests, refused)
    for request in left:
        if request.agent_id not in draft.planned and refused[request.agent_id].code in HELPED:
            draft = make_room(cells, draft, request, problem) or draft
    _plan_all(cells, draft, problem, tuple(r for r in left if r.agent_id not in draft.planned), refused)
    vetoed = [request.agent_id for request in problem.requests if request.agent_id not in draft.planned]
    return _answer(problem, draft, tuple(refused[agent_id] for agent_id in vetoed))


def _plan_all(
    cells: CellGraph,
    draft: Draft,
    problem: PlanProblem,
    requests: tuple[PlanRequest, ...],
    refused: dict[str, Veto],
) -> tuple[PlanRequest, ...]:
    """Plan as many as possible; those that are left have their veto in refused."""
    left = requests
    while left:
        for request in left:
            veto = plan_one(cells, draft, request, problem)
            if veto is not None:
                refused[request.agent_id] = veto
        still = tuple(request for request in left if request.agent_id not in draft.planned)
        if still == left:
            break
        left = still
    return left


def _answer(problem: PlanProblem, draft: Draft, refused: tuple[Veto, ...]) -> PlanAnswer:
    return PlanAnswer(
        version=problem.version,
        plans={
            agent_id: draft.plans[agent_id].steps[draft.plans[agent_id].allocated :]
            for agent_id in draft.planned
        },
        others_after={
            other: waits for other, waits in draft.others_after.items() if other not in draft.planned
        },
        follows={agent_id: _last_held(draft, agent_id) for agent_id in draft.planned},
        vetoes=refused,
        expansions=draft.expansions,
    )


def _last_held(draft: Draft, agent_id: str) -> int:
    mine = draft.plans[agent_id]
    return mine.steps[mine.allocated - 1].step_no
