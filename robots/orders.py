"""What an order means to a robot: is it acceptable, what is left of it, where may it end early.

Pure functions over OrderMemory; the agent decides when they are asked. Nothing here drives or speaks.
"""

from itertools import pairwise
from math import hypot, isfinite

import msgspec

from robots.agent_io import OrderMemory
from robots.drivers.base import Motion
from robots.protocol import Factsheet, Order, OrderNode
from robots.skills.base import SkillError
from robots.skills.registry import build_skill

START_M = 1.5
"""A new order begins at most this far from where the robot stands."""
AT_NODE_M = 0.3
ON_WAY_M = 0.15
REST_MPS = 0.05
ENDED_KEPT = 32
"""Late repetitions of older orders than this are unheard of."""


class Gap(str):
    """The update before this one has not arrived: no contradiction, the orchestrator says it again."""


# -- what is left ------------------------------------------------------------------------------------------


def is_open(memory: OrderMemory) -> bool:
    return memory.order is not None and not memory.finished


def remaining(memory: OrderMemory) -> tuple[OrderNode, ...]:
    """The released nodes still to be driven to."""
    if memory.order is None or memory.finished:
        return ()
    end = memory.stop_seq
    nodes = (node for node in memory.order.base if node.seq > memory.last_seq)
    return tuple(node for node in nodes if end is None or node.seq <= end)


def last_passed(memory: OrderMemory) -> OrderNode | None:
    if memory.order is None:
        return None
    return next((node for node in memory.order.base if node.seq == memory.last_seq), None)


def passed(memory: OrderMemory, seq: int) -> OrderMemory:
    """The node was reached; what lies behind it is forgotten."""
    if memory.order is None:
        return memory
    base = tuple(node for node in memory.order.base if node.seq >= seq)
    order = msgspec.structs.replace(memory.order, base=base)
    return msgspec.structs.replace(memory, order=order, last_seq=seq)


def end_order(memory: OrderMemory) -> OrderMemory:
    """Forget the order, and never run it again."""
    if memory.order is None:
        return memory
    return refuse_later(OrderMemory(ended=memory.ended, mode=memory.mode), memory.order.order_id)


def refuse_later(memory: OrderMemory, order_id: str) -> OrderMemory:
    known = tuple(name for name in memory.ended if name != order_id)
    return msgspec.structs.replace(memory, ended=(*known, order_id)[-ENDED_KEPT:])


# -- may it be taken ---------------------------------------------------------------------------------------


def refusal_of_new(order: Order, memory: OrderMemory, facts: Factsheet, here: Motion | None) -> str:
    """Why a robot that stands here cannot take this order; '' when it can. Gap: its beginning is missing."""
    if order.order_id in memory.ended:
        return f"order {order.order_id} is over: send a new order_id."
    return refusal_of_nodes(order.base) or _refusal_of_start(order, here) or refusal_of_action(order, facts)


def from_here(order: Order, here: Motion | None) -> Order:
    """A repetition of an order that the robot has forgotten, without what already lies behind it.

    Only a later update is cut: a first one begins where the robot stands, or is wrong.
    """
    if order.order_update_id <= 1 or here is None or refusal_of_nodes(order.base):
        return order
    for index, (node, after) in enumerate(pairwise(order.base)):
        if after.lift is None and _off_way_m(node, after, here) <= ON_WAY_M:
            return msgspec.structs.replace(order, base=order.base[index:])
    return order


def refusal_of_nodes(base: tuple[OrderNode, ...]) -> str:
    if not base:
        return "base is empty: release at least the node where the robot stands."
    for node in base:
        if node.seq < 0:
            return f"node {node.node_id} has seq {node.seq}: count from 0 up."
        if not (isfinite(node.x_m) and isfinite(node.y_m) and isfinite(node.yaw_rad or 0.0)):
            return f"node {node.node_id} is at ({node.x_m}, {node.y_m}): give finite coordinates."
        if node.speed_mps_max is not None and not node.speed_mps_max > 0:
            return f"node {node.node_id} has speed_mps_max {node.speed_mps_max}: give a number above 0."
    for before, node in pairwise(base):
        if node.seq <= before.seq:
            return f"node {node.node_id} has seq {node.seq} after {before.seq}: seq must count up."
        if node.level != before.level and node.lift is None:
            return f"node {node.node_id} is on level {node.level}, without a lift from {before.level}."
    return ""


def _refusal_of_start(order: Order, here: Motion | None) -> str:
    first = order.base[0]
    if here is None:
        return "the robot does not know where it is yet: send the order again in a second."
    away_m = hypot(first.x_m - here.x_m, first.y_m - here.y_m)
    on_way = order.order_update_id > 1 and len(order.base) > 1 and order.base[1].lift is None
    on_way = on_way and _off_way_m(first, order.base[1], here) <= ON_WAY_M
    if (first.level == here.level and away_m <= START_M) or on_way:
        return ""
    text = (
        f"first node {first.node_id} is {away_m:.1f} m away on level {first.level}; the robot stands at "
        f"({here.x_m:.1f}, {here.y_m:.1f}) on level {here.level}: begin within {START_M:g} m of it."
    )
    return Gap(text) if order.order_update_id > 1 else text


def refusal_of_action(order: Order, facts: Factsheet) -> str:
    if order.action is None:
        return ""
    if order.action.action_type not in facts.skills:
        known = ", ".join(facts.skills)
        return f"action_type is {order.action.action_type!r}: a {facts.model} can {known}."
    try:
        build_skill(order.action)
    except SkillError as error:
        return f"action {order.action.action_type}: {error}"
    return ""


def merge(memory: OrderMemory, update: Order, facts: Factsheet, *, begun: bool) -> Order | str:
    """The order in hand with its update; or why not (Gap: one in between is missing).

    The update's base must contain the last released node and agree with all that is still to be driven; it
    may begin before it, as a repetition does. begun: the action runs or has ended and cannot be replaced.
    """
    order = memory.order
    if order is None:
        return "no order to update"
    problem = refusal_of_nodes(update.base)
    if problem:
        return problem
    end = order.base[-1]
    if update.base[0].seq > end.seq:
        return Gap(f"base begins at seq {update.base[0].seq}, the last released one is {end.seq}")
    problem = _contradiction(order, update, memory.last_seq)
    fresh = tuple(node for node in update.base if node.seq > end.seq)
    if fresh and (order.last or memory.cancel_ids or memory.finished):
        problem = problem or f"order {order.order_id} ends at {end.node_id}: nothing can be added to it."
    if begun and _id_of(update) != _id_of(order):
        problem = problem or f"action {_id_of(order)} has begun: it cannot be replaced by an update."
    problem = problem or ("" if begun else refusal_of_action(update, facts))
    return problem or msgspec.structs.replace(update, base=(*order.base, *fresh))


def _contradiction(order: Order, update: Order, last_seq: int) -> str:
    theirs = {node.seq: node for node in update.base}
    for node in order.base:
        there = theirs.get(node.seq)
        if there is None and (node is order.base[-1] or node.seq >= max(update.base[0].seq, last_seq + 1)):
            return f"base leaves out seq {node.seq} ({node.node_id}), which was released before."
        if there is not None and there.node_id != node.node_id:
            return f"seq {node.seq} is {there.node_id}, it was released as {node.node_id}."
    return ""


def _id_of(order: Order) -> str:
    return order.action.action_id if order.action is not None else ""


# -- lifts, early ends ---------------------------------------------------------------------------------------


def in_lift(memory: OrderMemory, here: Motion) -> bool:
    """It is in a cabin, or on its way in: nowhere to pause."""
    if memory.order is None or memory.finished or memory.last_seq < 0:
        return False
    known = (*memory.order.base, *memory.order.horizon)
    ahead = [node for node in known if node.seq >= memory.last_seq][:3]
    if any(node.lift is not None for node in ahead[:2]):
        return True
    enters = len(ahead) == 3 and ahead[2].lift is not None and ahead[1] in memory.order.base
    return enters and not _stands_at(ahead[0], here)


def stop_seq(memory: OrderMemory, here: Motion, acceleration_mps2: float) -> int:
    """The seq at which an order that ends early comes to rest: the next node it can brake for.

    last_seq when it stands there already. Never inside a lift if a node behind it is released.
    """
    ahead, behind = remaining(memory), last_passed(memory)
    at_rest = abs(here.speed_mps) < REST_MPS
    stands = at_rest and (behind is None or _stands_at(behind, here)) and not in_lift(memory, here)
    if not ahead or stands:
        return memory.last_seq
    braking_m = here.speed_mps**2 / (2 * acceleration_mps2)
    way_m, x_m, y_m = 0.0, here.x_m, here.y_m
    for node in ahead:
        way_m += hypot(node.x_m - x_m, node.y_m - y_m)
        x_m, y_m = node.x_m, node.y_m
        if way_m >= braking_m and not _is_cabin(memory, node):
            return node.seq
    return ahead[-1].seq


def _is_cabin(memory: OrderMemory, node: OrderNode) -> bool:
    if memory.order is None or node.lift is not None:
        return node.lift is not None
    known = (*memory.order.base, *memory.order.horizon)
    after = next((other for other in known if other.seq > node.seq), None)
    return after is not None and after.lift is not None


def _stands_at(node: OrderNode, here: Motion) -> bool:
    return node.level == here.level and hypot(node.x_m - here.x_m, node.y_m - here.y_m) <= AT_NODE_M


def overrun_seq(memory: OrderMemory, here: Motion) -> int | None:
    """The last node that the body rolled past while it braked off the path; None when it passed none."""
    ahead = remaining(memory)
    found = None
    for node, after in pairwise(ahead):
        rides = after.lift is not None or after.level != node.level
        if rides or _stands_at(node, here) or _off_way_m(node, after, here) > ON_WAY_M:
            break
        found = node.seq
    return found


def is_displaced(memory: OrderMemory, here: Motion) -> bool:
    """The body is not on the way of the order it remembers: somebody carried it."""
    ahead = remaining(memory)
    if not ahead:
        return False
    behind = last_passed(memory) or ahead[0]
    return _off_way_m(behind, ahead[0], here) > START_M


def _off_way_m(start: OrderNode, end: OrderNode, here: Motion) -> float:
    """Distance to the straight way between two nodes; on a ride, to the nearer one. inf: another level."""
    if here.level not in (start.level, end.level):
        return float("inf")
    if start.level != end.level:
        start = end = start if here.level == start.level else end
    dx_m, dy_m = end.x_m - start.x_m, end.y_m - start.y_m
    length2 = dx_m**2 + dy_m**2
    along = 0.0 if length2 == 0 else ((here.x_m - start.x_m) * dx_m + (here.y_m - start.y_m) * dy_m) / length2
    along = min(1.0, max(0.0, along))
    return hypot(start.x_m + along * dx_m - here.x_m, start.y_m + along * dy_m - here.y_m)
