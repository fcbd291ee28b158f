"""Cases about cancelled orders."""

from math import hypot

from robots import protocol as wire
from robots.conformance.script import (
    ANSWER_S,
    DRIVE_S,
    NODE_M,
    Broken,
    Case,
    Script,
    at_rest,
    give,
    hear,
    not_beyond,
    over,
    reach,
    refuses,
    stays,
)
from robots.conformance.talk import STEPS, Talk


def cancels(talk: Talk, order_id: str, cancel_id: str, *, within_s: float) -> Script:
    mark = talk.mark()
    talk.say(wire.Cancel(cancel_id=cancel_id, order_id=order_id, because="conformance kit"))
    what = f"Ack for {cancel_id}"
    ours = lambda ack: ack.ref == cancel_id  # noqa: E731
    ack = yield from hear(talk, wire.Ack, what, mark=mark, where=ours, within_s=within_s)
    if not ack.ok:
        raise Broken(f"the cancel was answered with ok false: {ack.message!r}")


def _cancel(talk: Talk) -> Script:
    route = talk.route(steps=STEPS)
    yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, 1)
    yield from cancels(talk, route.order_id, talk.fresh_id("cancel"), within_s=DRIVE_S)
    acked = talk.place
    yield from stays(talk, 2.0, "after it had acknowledged the cancel")
    not_beyond(talk, route, STEPS - 1, "it could have stopped at an earlier node")
    away_m = min(hypot(acked.x_m - node.x_m, acked.y_m - node.y_m) for node in route.nodes)
    if away_m > NODE_M:
        raise Broken(f"it acknowledged {away_m:.2f} m from the nearest node")
    yield from over(talk, route.order_id)


def _cancel_twice(talk: Talk) -> Script:
    route = talk.route()
    order = route.order(0, 1)
    yield from give(talk, order)
    yield from reach(talk, route, 1)
    yield from at_rest(talk)
    cancel_id = talk.fresh_id("cancel")
    yield from cancels(talk, route.order_id, cancel_id, within_s=ANSWER_S)
    yield from cancels(talk, route.order_id, cancel_id, within_s=ANSWER_S)
    yield from refuses(talk, order, "a late copy of a cancelled order")


def _cancel_unknown(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, 2, last=True))
    yield from cancels(talk, "order-of-nobody", talk.fresh_id("cancel"), within_s=ANSWER_S)
    yield from reach(talk, route, 2)


CASES = (
    Case(
        case_id="cancel",
        section="Orders, Cancel",
        says="A cancelled robot stops at the next node for which its brakes suffice, then acknowledges.",
        hint="Ack with ref = cancel_id, once it stands; drive no farther than needed.",
        play=_cancel,
    ),
    Case(
        case_id="cancel_twice",
        section="Orders, Cancel",
        says="A cancel is acknowledged at once by a robot that stands, again when repeated, and stays.",
        hint="Remember the cancelled order_id as ended.",
        play=_cancel_twice,
    ),
    Case(
        case_id="cancel_unknown",
        section="Orders, Cancel",
        says="A cancel of an unknown order is acknowledged at once and ends nothing.",
        hint="Compare order_id.",
        play=_cancel_unknown,
    ),
)
