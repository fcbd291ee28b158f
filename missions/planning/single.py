"""Planning one robot around the present plans of all others, which keep their predicted times.

Some of those wait for this robot to leave the cell that it was allocated last: either it sets out at once,
and they have a time as well, or they come after all that it now does. So precedences never form a circle.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from missions.planning import vetoes
from missions.planning.cell_values import moves_in
from missions.planning.cells import CellGraph
from missions.planning.occupancy import Occupancy
from missions.planning.precedence import held_until_s, ready_s, timeline
from missions.planning.problem import AgentPlan, PlanProblem, PlanRequest, Step, Veto
from missions.planning.routing import Errand, Found, Search, Visit
from missions.planning.tails import After, Plans, add_after, extended, with_tail, without_stops, without_tail

SLACK_S = 2.0
"""So much later than it could a robot may set out when others wait for it to leave."""


@dataclass(slots=True)
class Draft:
    """What has been planned so far."""

    plans: dict[str, AgentPlan]
    planned: dict[str, None] = field(default_factory=dict)
    others_after: dict[str, dict[int, After]] = field(default_factory=dict)
    expansions: int = 0


@dataclass(frozen=True, slots=True)
class _Order:
    """New steps, with what they wait for, and what others' steps must wait for now."""

    steps: tuple[Step, ...]
    others_after: dict[str, dict[int, After]]


def plan_one(
    cells: CellGraph, draft: Draft, request: PlanRequest, problem: PlanProblem, *, may_keep: bool = True
) -> Veto | None:
    """Put a new plan for the request into the draft, or say why there is none.

    may_keep: when nothing but a rest is asked for, the plan that it has will do.
    """
    mine = draft.plans[request.agent_id]
    plans = without_tail(cells, draft.plans, request.agent_id)
    view = _patient_view(cells, plans, mine, request, problem)
    veto = vetoes.before(cells, view.errand, request, plans)
    if veto is None:
        if view.has_late and _adopt_way(
            cells, draft, plans, _brisk_view(cells, plans, view, request, problem)
        ):
            return None
        if _adopt_way(cells, draft, plans, view):
            return None
    goes_to_rest = not request.stops and request.rest is None
    if may_keep and goes_to_rest and _keep_tail(cells, draft, mine, problem.blocked):
        return None
    return veto or vetoes.after(cells, view.errand, request, plans, view.occupancy)


def extend_one(cells: CellGraph, draft: Draft, request: PlanRequest, problem: PlanProblem) -> bool:
    """Let the robot go on from the rest where its plan ends, through the stops, to a rest; False: no way."""
    agent_id = request.agent_id
    mine = draft.plans[agent_id]
    stays = timeline(cells, draft.plans.values(), problem.now_s)
    arrival_s = stays[agent_id][-1].enter_s
    others = [stay for other, found in stays.items() if other != agent_id for stay in found]
    occupancy = Occupancy(cells, others)
    errand = _errand(cells, mine, request, problem, occupancy)
    errand = replace(errand, start=mine.steps[-1].cell, ready_s=arrival_s)
    if math.isinf(arrival_s) or vetoes.before(cells, errand, request, draft.plans) is not None:
        return False
    search = Search(cells, occupancy, errand)
    found_way = search.run()
    draft.expansions += search.expansions
    if found_way is None:
        return False
    order = _order(found_way, mine, occupancy)
    _enter(draft, draft.plans, extended(mine, order.steps), order)
    return True


def step_aside(
    cells: CellGraph, draft: Draft, agent_id: str, places: Iterable[str], problem: PlanProblem
) -> bool:
    """Let the robot go to the nearest of these places, rest or not: it has to go on from there later."""
    mine = draft.plans[agent_id]
    plans = without_tail(cells, draft.plans, agent_id)
    occupancy, _ = _occupancy(cells, plans, agent_id, problem.now_s)
    errand = _errand(cells, mine, PlanRequest(agent_id=agent_id, stops=()), problem, occupancy)
    ends = dict.fromkeys((p for p in places if not occupancy.ends_and_late(p)), 0.0)
    return _adopt_way(cells, draft, plans, _View(mine, replace(errand, ends=ends), occupancy, False))


@dataclass(frozen=True, slots=True)
class _View:
    """The others' times under an assumption about when the robot leaves where it stands."""

    mine: AgentPlan
    errand: Errand
    occupancy: Occupancy
    has_late: bool


def _patient_view(
    cells: CellGraph, plans: Plans, mine: AgentPlan, request: PlanRequest, problem: PlanProblem
) -> _View:
    """It may stay where it is for as long as it likes: who waits for it to leave comes after all it does."""
    occupancy, has_late = _occupancy(cells, plans, request.agent_id, problem.now_s)
    errand = _errand(cells, mine, request, problem, occupancy)
    return _View(mine, errand, occupancy, has_late)


def _errand(
    cells: CellGraph, mine: AgentPlan, request: PlanRequest, problem: PlanProblem, occupancy: Occupancy
) -> Errand:
    """From where the robot's allocation ends, as soon as it can."""
    return Errand(
        agent=mine.agent,
        start=mine.steps[mine.allocated - 1].cell,
        ready_s=max(ready_s(cells, mine, problem.now_s), request.busy_until_s),
        stops=request.stops,
        ends=_ends(cells, mine, request, problem, occupancy),
        blocked=tuple(sorted(dict.fromkeys(problem.blocked))),
    )


def _brisk_view(
    cells: CellGraph, plans: Plans, view: _View, request: PlanRequest, problem: PlanProblem
) -> _View:
    """It sets out at once: who waits for it to leave has a time like all others, and holds it to that."""
    errand, agent = view.errand, view.errand.agent
    hops = cells.hops(errand.start, agent.graphs)
    first_s = max((hop.moves[0].drive_s(agent.speed_mps) for hop in hops), default=0.0)
    lag_s = agent.speed_mps / (2 * agent.acceleration_mps2)
    standing = plans[agent.agent_id]
    rested_s = held_until_s(cells, standing, problem.now_s)
    away = Step(
        step_no=standing.steps[-1].step_no + 1,
        cell=errand.start,
        enter_s=0.0,
        leave_s=math.inf,
        drive_s=errand.ready_s + first_s + lag_s + SLACK_S - rested_s,
    )
    leaving = {**plans, agent.agent_id: with_tail(standing, (away,))}
    occupancy, has_late = _occupancy(cells, leaving, agent.agent_id, problem.now_s)
    ends = _ends(cells, view.mine, request, problem, occupancy)
    return _View(view.mine, replace(errand, ends=ends), occupancy, has_late)


def _occupancy(cells: CellGraph, plans: Plans, agent_id: str, now_s: float) -> tuple[Occupancy, bool]:
    stays = timeline(cells, plans.values(), now_s)
    others = [stay for other, found in stays.items() if other != agent_id for stay in found]
    return Occupancy(cells, others), any(stay.is_late for stay in others)


def _ends(
    cells: CellGraph, mine: AgentPlan, request: PlanRequest, problem: PlanProblem, occupancy: Occupancy
) -> dict[str, float]:
    """Rests where the plan may end, with what each costs."""
    rests = cells.rests(mine.agent.graphs)
    blocked = dict.fromkeys((*problem.blocked, *problem.closed))
    # A charger that is no rest is a stop: the robot leaves it again.
    named = request.rest is not None and request.rest in rests
    return {
        rest: 0.0 if named else cells.rest_cost_s(rest)
        for rest in rests
        if not (named and rest != request.rest) and rest not in blocked and not occupancy.ends_and_late(rest)
    }


def _adopt_way(cells: CellGraph, draft: Draft, plans: Plans, view: _View) -> bool:
    search = Search(cells, view.occupancy, view.errand)
    found = search.run()
    draft.expansions += search.expansions
    if found is None:
        return False
    order = _order(found, view.mine, view.occupancy)
    _enter(draft, plans, with_tail(plans[view.mine.agent.agent_id], order.steps), order)
    return True


def _keep_tail(cells: CellGraph, draft: Draft, mine: AgentPlan, blocked: tuple[str, ...]) -> bool:
    """Nothing else is asked than to go and rest: the old tail, without its stops, does that too."""
    last_no = mine.steps[-1].step_no
    waits = (step.after for plan in draft.plans.values() for step in plan.steps[plan.allocated :])
    if any((mine.agent.agent_id, last_no) in after for after in waits):
        return False  # it turned up where others have to pass
    closed, barred = dict.fromkeys(blocked), moves_in(blocked)
    way = pairwise(step.cell for step in mine.steps[mine.allocated - 1 :])
    is_closed = any(pair[1] in closed or pair in barred for pair in way)
    if is_closed or mine.steps[-1].cell not in cells.rests(mine.agent.graphs):
        return False
    agent_id = mine.agent.agent_id
    draft.plans[agent_id] = without_stops(mine)
    draft.planned[agent_id] = None
    return True


# -- from a timed way to precedences --------------------------------------------------------------------


def _order(found: Found, mine: AgentPlan, occupancy: Occupancy) -> _Order:
    first_no = max(mine.next_step_no, mine.steps[-1].step_no + 1)
    waited: dict[str, int] = {}
    others_after: dict[str, dict[int, int]] = {}
    steps = []
    for index, visit in enumerate(found.visits):
        left_s = found.visits[index + 1].enter_s if index + 1 < len(found.visits) else math.inf
        hold_room = visit.stop.hold_room if visit.stop else None
        firsts: dict[str, int] = {}
        for stay in occupancy.timed.meeting(visit.cell, hold_room):
            no = stay.step.step_no
            if stay.left_s <= visit.start_s:
                firsts[stay.agent_id] = max(firsts.get(stay.agent_id, -1), no)
            elif left_s <= stay.start_s:
                others_after.setdefault(stay.agent_id, {})[no] = first_no + index
            else:
                raise AssertionError(f"{visit} overlaps {stay}: the search has a bug")
        for stay in occupancy.late.meeting(visit.cell, hold_room):
            others_after.setdefault(stay.agent_id, {})[stay.step.step_no] = first_no + index
        after = tuple((who, no) for who, no in sorted(firsts.items()) if no > waited.get(who, -1))
        waited.update(after)
        steps.append(_step(visit, found.depart_s[index], first_no + index, after))
    me = mine.agent.agent_id
    return _Order(tuple(steps), {who: _rising(me, waits) for who, waits in sorted(others_after.items())})


def _rising(agent_id: str, waits: Mapping[int, int]) -> dict[int, After]:
    """A step need not wait for what an earlier one has waited for."""
    rising: dict[int, After] = {}
    best = -1
    for step_no, until_no in sorted(waits.items()):
        if until_no > best:
            best = until_no
            rising[step_no] = ((agent_id, until_no),)
    return rising


def _step(visit: Visit, depart_s: float, step_no: int, after: After) -> Step:
    stop = visit.stop
    return Step(
        step_no=step_no,
        cell=visit.cell,
        enter_s=round(visit.enter_s, 3),
        leave_s=round(depart_s, 3),
        drive_s=round(visit.drive_s, 3),
        duration_s=stop.duration_s if stop else 0.0,
        stop=stop.task if stop else "",
        is_stop=stop is not None,
        hold_room=stop.hold_room if stop else None,
        pace_mps=visit.pace_mps,
        after=after,
    )


def _enter(draft: Draft, plans: Plans, mine: AgentPlan, order: _Order) -> None:
    """Make the new plan one of the present plans, so that the next robot is planned around it."""
    changed = dict(plans)
    for other, added in order.others_after.items():
        changed[other] = add_after(changed[other], added)
        sums = dict(draft.others_after.get(other, {}))
        for step_no, after in added.items():
            sums[step_no] = (*sums.get(step_no, ()), *after)
        draft.others_after[other] = sums
    changed[mine.agent.agent_id] = mine
    draft.plans = changed
    draft.planned[mine.agent.agent_id] = None
