"""Why there is no plan, in words that people understand, and who stands in the way."""

import math
from collections.abc import Iterator, Sequence

from missions.planning.cells import CellGraph
from missions.planning.occupancy import Occupancy
from missions.planning.problem import PlanRequest, Stop, Veto
from missions.planning.routing import Errand
from missions.planning.tails import Plans


def before(cells: CellGraph, errand: Errand, request: PlanRequest, plans: Plans) -> Veto | None:
    """What can be said without a search: a stop that does not exist, is cut off or is taken; no rest."""
    start = errand.start
    for stop in request.stops:
        because = _impossible(cells, errand, stop, start)
        if because:
            return Veto(agent_id=request.agent_id, code="no_route", because=because, stop=stop.task)
        taken = _taken(cells, stop, request.agent_id, plans)
        if taken:
            because = f"{stop.node} is occupied by {_names(taken)}, which rests there"
            return Veto(agent_id=request.agent_id, code="goal_blocked", because=because, blocked_by=taken)
        start = stop.node
    return None if errand.ends else _no_rest(cells, errand, request, plans)


def _impossible(cells: CellGraph, errand: Errand, stop: Stop, start: str) -> str:
    cell = cells.cells.get(stop.node)
    if cell is None:
        return f"the site has no place '{stop.node}'"
    if cell.lift is not None:
        return f"{stop.node} is inside lift {cell.lift}, where no robot may stop"
    if stop.hold_room is not None and not cells.room_cells(stop.hold_room):
        return f"no lane leads into room {stop.hold_room}, so it cannot be held"
    agent = errand.agent
    if math.isinf(cells.travel_s(start, stop.node, agent.speed_mps, agent.graphs, errand.blocked)):
        open_way = cells.travel_s(start, stop.node, agent.speed_mps, agent.graphs)
        why = "is closed now" if math.isfinite(open_way) else "does not exist on its fleet graph"
        return f"the way from {start} to {stop.node} {why}"
    return ""


def _taken(cells: CellGraph, stop: Stop, agent_id: str, plans: Plans) -> tuple[str, ...]:
    """Agents that stand, and will stand, where the stop is to be made or in the room that it needs empty."""
    near = dict.fromkeys(cells.conflicts(stop.node))
    if stop.hold_room is not None:
        near.update(dict.fromkeys(cells.room_cells(stop.hold_room)))
    return tuple(sorted(other for other, cell in _standing(plans) if other != agent_id and cell in near))


def _standing(plans: Plans) -> Iterator[tuple[str, str]]:
    """Agents that have no way before them, and their cell."""
    for agent_id, plan in plans.items():
        if len(plan.steps) == 1:
            yield agent_id, plan.steps[0].cell


def _no_rest(cells: CellGraph, errand: Errand, request: PlanRequest, plans: Plans) -> Veto:
    if request.rest is not None and request.rest in cells.rests(errand.agent.graphs):
        near = dict.fromkeys(cells.conflicts(request.rest))
        ends = ((other, plan.steps[-1].cell) for other, plan in plans.items())
        taken = tuple(sorted(o for o, cell in ends if o != request.agent_id and cell in near))
        if taken:
            because = f"{request.rest} is taken by {_names(taken)}"
            return Veto(agent_id=request.agent_id, code="goal_blocked", because=because, blocked_by=taken)
    because = f"no free place to rest is left for {request.agent_id}; add parking places or take robots off"
    return Veto(agent_id=request.agent_id, code="no_rest", because=because)


def after(cells: CellGraph, errand: Errand, request: PlanRequest, plans: Plans, occupancy: Occupancy) -> Veto:
    """The search has found nothing: name those that do not move on by themselves and are on the way."""
    in_the_way: dict[str, None] = {}
    start = errand.start
    goals = [stop.node for stop in request.stops]
    agent = errand.agent
    for goal in (*goals, *_nearest_end(cells, errand, goals[-1] if goals else start)):
        for cell in cells.way(start, goal, agent.speed_mps, agent.graphs, errand.blocked):
            in_the_way.update(dict.fromkeys(occupancy.endless(cell)))
        start = goal
    for stop in request.stops:
        in_the_way.update(dict.fromkeys(occupancy.endless(stop.node, stop.hold_room)))
    taken = tuple(sorted(in_the_way))
    goal_name = goals[-1] if goals else "a place to rest"
    because = f"{request.agent_id} finds no way from {errand.start} to {goal_name} now"
    if taken:
        because += f"; {_names(taken)} {'stands' if len(taken) == 1 else 'stand'} in the way"
    return Veto(agent_id=request.agent_id, code="conflict", because=because, blocked_by=taken)


def _nearest_end(cells: CellGraph, errand: Errand, start: str) -> list[str]:
    agent = errand.agent
    ways = (
        (cells.travel_s(start, end, agent.speed_mps, agent.graphs, errand.blocked), end)
        for end in errand.ends
    )
    return [end for _, end in sorted(ways)[:1]]


def _names(agent_ids: Sequence[str]) -> str:
    if len(agent_ids) == 1:
        return agent_ids[0]
    return f"{', '.join(agent_ids[:-1])} and {agent_ids[-1]}"
