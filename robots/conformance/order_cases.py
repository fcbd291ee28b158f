"""Cases about orders, updates and cancels."""

from collections.abc import Callable
from itertools import pairwise
from math import hypot

import msgspec

from robots import protocol as wire
from robots.conformance.script import (
    ANSWER_S,
    NODE_M,
    Broken,
    Case,
    Script,
    Wait,
    at_rest,
    give,
    not_beyond,
    over,
    reach,
    refuses,
    stays,
)
from robots.conformance.talk import STEPS, Route, Talk

SECTION = "Orders"
KEEP = "What a robot must keep to"
SLOW_MPS = 0.2
MOVES_MPS = 0.03


def _driven(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, STEPS)
    yield from over(talk, route.order_id)
    yield from at_rest(talk)
    end, here = route.nodes[-1], talk.place
    away_m = hypot(here.x_m - end.x_m, here.y_m - end.y_m)
    if away_m > NODE_M:
        raise Broken(f"it rests {away_m:.2f} m from its last node")


def _nodes_passed(talk: Talk) -> Script:
    route = talk.route()
    mark = yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, STEPS)
    yield from over(talk, route.order_id)
    told, due = talk.passed(route.order_id, mark), list(range(STEPS + 1))
    if told != due:
        raise Broken(f"NodePassed for seqs {told}; the order has {due}")


def _base_end(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, 2, horizon=STEPS))
    yield from reach(talk, route, 2)
    yield from at_rest(talk)
    yield from stays(talk, 4.0, "at the end of its base")
    not_beyond(talk, route, 2, "the horizon is for display and is never driven")
    state = talk.state
    if state is None or state.order_id != route.order_id:
        raise Broken("State no longer names the order that waits for a longer base")


def _update_extends(talk: Talk) -> Script:
    route = talk.route()
    mark = yield from give(talk, route.order(0, 2, horizon=STEPS))
    yield from reach(talk, route, 1)
    yield from give(talk, route.order(2, STEPS, update=2, last=True))
    yield from reach(talk, route, 3)
    slow = [f"{pose.speed_mps:.2f}" for pose in _between(talk, mark, route, 1, 3) if pose.speed_mps < 0.05]
    if slow:
        raise Broken("it stopped on the way although its base had been extended in time")
    yield from reach(talk, route, STEPS)
    yield from over(talk, route.order_id)


def _between(talk: Talk, mark: int, route: Route, first: int, end: int) -> list[wire.Pose]:
    """The poses that came between two NodePassed."""
    said = [line.message for line in talk.lines[mark:]]
    at = [i for i, m in enumerate(said) if isinstance(m, wire.NodePassed) and m.seq in (first, end)]
    return [m for m in said[at[0] : at[-1]] if isinstance(m, wire.Pose)]


def _speed_limit(talk: Talk) -> Script:
    route = talk.route(speed_mps=SLOW_MPS)
    mark = yield from give(talk, route.order(0, 2, last=True))
    yield from reach(talk, route, 2)
    fastest = max((pose.speed_mps for pose in talk.since(mark, wire.Pose)), default=0.0)
    if fastest > 1.2 * SLOW_MPS:
        raise Broken(f"it drove {fastest:.2f} m/s where speed_mps_max is {SLOW_MPS:g}")


def _pose_rate(talk: Talk) -> Script:
    route = talk.route()
    mark = yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, STEPS)
    at_s = [line.at_s for line in talk.lines[mark:] if _moves(line.message)]
    if len(at_s) < 3:
        raise Broken(f"{len(at_s)} Poses while it drove {STEPS} nodes far: nobody sees it move")
    crowded = max(sum(1 for t in at_s if start <= t < start + 1.0) for start in at_s)
    if crowded > 13:
        raise Broken(f"{crowded} Poses within a second")
    longest_s = max(b - a for a, b in pairwise(at_s))
    if longest_s > 1.6:
        raise Broken(f"no Pose for {longest_s:.1f} s while it drove")


def _moves(message: object) -> bool:
    return isinstance(message, wire.Pose) and abs(message.speed_mps) > MOVES_MPS


def _order_twice(talk: Talk) -> Script:
    route = talk.route()
    order = route.order(0, 2, last=True)
    mark = yield from give(talk, order)
    yield from reach(talk, route, 1)
    yield from give(talk, order)
    yield from reach(talk, route, 2)
    yield from over(talk, route.order_id)
    yield from give(talk, order)
    yield from stays(talk, 3.0, "after a copy of an order that is finished")
    told = talk.passed(route.order_id, mark)
    if told != [0, 1, 2]:
        raise Broken(f"NodePassed for seqs {told}, with the order sent three times; due were [0, 1, 2]")


def _old_update(talk: Talk) -> Script:
    route = talk.route()
    first = route.order(0, 1, horizon=STEPS)
    yield from give(talk, first)
    yield from give(talk, route.order(1, 3, update=2))
    yield from give(talk, first)
    yield from reach(talk, route, 3)


def _update_contradicts(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, 2))
    wrong = msgspec.structs.replace(route.nodes[2], node_id="elsewhere")
    update = msgspec.structs.replace(route.order(2, STEPS, update=2), base=(wrong, *route.nodes[3:]))
    yield from refuses(talk, update, "an update that renames a node which was released before")
    yield from reach(talk, route, 2)
    yield from at_rest(talk)
    not_beyond(talk, route, 2, "the update had been wrong")


def _gap(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, 1))
    mark = talk.mark()
    update = route.order(3, STEPS, update=3, last=True)
    talk.say(update)
    yield from reach(talk, route, 1)
    yield from at_rest(talk)
    yield from stays(talk, 2.0, "after an update that begins behind its last released node")
    not_beyond(talk, route, 1, "the update before it was lost")
    for kind in (wire.OrderAccepted, wire.OrderRefused):
        if talk.since(mark, kind):
            raise Broken(f"it answered {kind.__name__}: it should wait until the order is repeated")
    yield from give(talk, route.order(1, STEPS, update=3, last=True))
    yield from reach(talk, route, STEPS)


def _elsewhere(talk: Talk) -> Script:
    route = talk.route()
    nodes = tuple(msgspec.structs.replace(node, x_m=node.x_m + 10.0) for node in route.nodes)
    order = Route(route.order_id, nodes).order(0, 2, last=True)
    yield from refuses(talk, order, "a new order that begins 10 m from where it stands")
    yield from stays(talk, 2.0, "after an order that begins elsewhere")


def _busy(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, 1)
    other = Route(talk.fresh_id("order"), route.nodes)
    yield from refuses(talk, other.order(1, 3, last=True), "a new order while another one is driven")
    yield from reach(talk, route, STEPS)


def _replaces_waiting(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, 1))
    yield from reach(talk, route, 1)
    yield from at_rest(talk)
    other = talk.route()
    yield from give(talk, other.order(0, 2, last=True))
    yield from reach(talk, other, 2)
    yield from over(talk, other.order_id)


def _ended_stays_ended(talk: Talk) -> Script:
    route = talk.route()
    order = route.order(0, 1, last=True)
    yield from give(talk, order)
    yield from reach(talk, route, 1)
    yield from over(talk, route.order_id)
    other = talk.route()
    yield from give(talk, other.order(0, 1, last=True))
    yield from reach(talk, other, 1)
    yield from over(talk, other.order_id)
    yield from refuses(talk, order, "a late copy of an order that ended before the last one")
    yield from stays(talk, 2.0, "for an order that had ended")


def _lone_node(talk: Talk) -> Script:
    """An order of one node, where it stands."""
    route = talk.route()
    yield from give(talk, route.order(0, 0, last=True))
    yield from reach(talk, route, 0)
    yield from over(talk, route.order_id)


def _empty_base(talk: Talk) -> Script:
    order = wire.Order(order_id=talk.fresh_id("order"), order_update_id=1, base=(), last=True)
    yield from refuses(talk, order, "an order with an empty base")
    mark = talk.mark()
    talk.say(wire.Ping(stamp_s=7.0))
    if not (yield Wait(lambda: bool(talk.since(mark, wire.Pong)), ANSWER_S)):
        raise Broken("it does not answer a Ping after an order with an empty base")


def _case(case_id: str, play: Callable[[Talk], Script], says: str, hint: str, section: str = SECTION) -> Case:
    return Case(case_id=case_id, section=section, says=says, hint=hint, play=play)


CASES = (
    _case(
        "order_driven",
        _driven,
        "An order is accepted, driven to its last node, and over when it stands there.",
        "Answer OrderAccepted with the same ids; State.order_id is empty when the order has ended.",
    ),
    _case(
        "nodes_passed",
        _nodes_passed,
        "NodePassed is sent for every node, the first one included, in order, once.",
        "Send it when the centre reaches the node; also for the node where the robot stands.",
    ),
    _case(
        "lone_node",
        _lone_node,
        "An order may have one node, where the robot stands.",
        "It is reached at once.",
    ),
    _case(
        "empty_base",
        _empty_base,
        "An order that cannot be driven is refused with a sentence.",
        "Check the order before anything is remembered.",
    ),
    _case(
        "base_end",
        _base_end,
        "The robot drives base only and rests at its last node; horizon is never driven.",
        "Give the wheels base, and nothing else.",
        KEEP,
    ),
    _case(
        "update_extends",
        _update_extends,
        "An update extends the base; the robot does not stop where the old one ended.",
        "Replace the path while driving; do not wait for the old end.",
    ),
    _case(
        "speed_limit",
        _speed_limit,
        "speed_mps_max of a node limits the speed on the way to it.",
        "The lower of the node's and the robot's own limit counts.",
    ),
    _case(
        "pose_rate",
        _pose_rate,
        "Pose comes at most 10 times a second while moving, and at least once a second.",
        "Thin out the localisation's rate before sending.",
        "Up: robot to orchestrator",
    ),
    _case(
        "order_twice",
        _order_twice,
        "The same order again is answered with OrderAccepted and changes nothing.",
        "Compare order_id and order_update_id before anything else.",
        KEEP,
    ),
    _case(
        "old_update",
        _old_update,
        "An older update is answered with OrderAccepted and takes nothing back.",
        "An order_update_id that is not higher changes nothing.",
        KEEP,
    ),
    _case(
        "update_contradicts",
        _update_contradicts,
        "An update that contradicts what was released is refused.",
        "Compare node_id for every seq that is known.",
    ),
    _case(
        "update_gap",
        _gap,
        "An update that begins after the last released node is neither answered nor driven.",
        "One in between was lost; the orchestrator repeats the order.",
    ),
    _case(
        "order_elsewhere",
        _elsewhere,
        "A new order that begins more than 1.5 m away is refused with a sentence.",
        "Compare the first node with where the robot stands.",
    ),
    _case(
        "order_while_busy",
        _busy,
        "A new order is refused while another one is driven, which goes on.",
        "Only a robot that stands and waits for a longer base takes another order.",
    ),
    _case(
        "order_replaces_waiting",
        _replaces_waiting,
        "A robot that stands and waits for a longer base takes a new order instead.",
        "At the base's end, with no action begun, the old order is simply over.",
    ),
    _case(
        "ended_stays_ended",
        _ended_stays_ended,
        "An order that was finished never runs again; a late copy is refused.",
        "Remember the ids of the last orders that ended (32 are enough).",
        KEEP,
    ),
)
