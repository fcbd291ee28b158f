"""How a case is written: a generator that says things and waits, in the judge's time.

A case yields Wait and is sent whether it came true. It raises Broken with what was seen, NotApplicable when
this robot has nothing to test, or returns: then it has passed.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from math import hypot
from typing import TypeVar

from robots import protocol as wire
from robots.conformance.talk import EndProgram, Mend, Place, Route, StartProgram, Talk

T = TypeVar("T", bound=wire.Message)
A = TypeVar("A", bound=wire.OrderAccepted | wire.OrderRefused)

ANSWER_S = 2.0
"""Answers that need no driving."""
DRIVE_S = 40.0
"""An order of a few metres, with a turn on the spot before it and a person in the way."""
CONNECT_S = 25.0
"""A robot that has lost its link, or starts, says Hello within this."""
BEYOND_M = 0.15
NODE_M = 0.3


@dataclass(frozen=True, slots=True)
class Wait:
    until: Callable[[], bool]
    limit_s: float


Script = Generator[Wait, bool, None]
R = TypeVar("R")
Step = Generator[Wait, bool, R]


class Broken(Exception):  # noqa: N818 - a verdict, caught by the judge
    """The robot breaks the protocol here; the message says what was seen."""


class NotApplicable(Exception):  # noqa: N818
    """Nothing to test with this robot or these options; the message says why."""


class NotRun(Exception):  # noqa: N818
    """The robot could not be brought into the state in which the case begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    case_id: str
    section: str
    """Of docs/protocol.md."""
    says: str
    """What the protocol asks for, in one sentence."""
    hint: str
    """Where to look when it is broken."""
    play: Callable[[Talk], Script]
    greets: bool = False
    """It begins with whatever the link is: nothing is set up before it."""
    needs_program: bool = False
    """It starts and kills the robot's program."""


# -- waiting ----------------------------------------------------------------------------------------


def rest(seconds: float) -> Script:
    """Let time pass."""
    yield Wait(lambda: False, seconds)


def hear(
    talk: Talk,
    kind: type[T],
    what: str,
    *,
    mark: int,
    where: Callable[[T], bool] = lambda _: True,
    within_s: float = ANSWER_S,
) -> Step[T]:
    """The first such message after the mark. Raises Broken: 'no <what> within ...'."""
    if not (yield Wait(lambda: bool(talk.since(mark, kind, where)), within_s)):
        raise Broken(f"no {what} within {within_s:g} s{_instead(talk, mark)}")
    return talk.since(mark, kind, where)[0]


def _instead(talk: Talk, mark: int) -> str:
    """What came instead, without the chatter."""
    chatter = (wire.State, wire.Pose, wire.Pong)
    found = [line.message for line in talk.lines[mark:] if line.message is not None]
    heard = [type(message).__name__ for message in found if not isinstance(message, chatter)]
    blocked = [f.message for f in talk.since(0, wire.Fault) if f.code == "blocked" and not f.cleared]
    refused = [m.message for m in found if isinstance(m, wire.OrderRefused)]
    heard += [f"it says: {refused[-1]}"] if refused else []
    words = f"; heard {', '.join(heard[-6:])}" if heard else ""
    return words + (f"; the robot said: {blocked[-1]}" if blocked else "")


def stays(talk: Talk, seconds: float, why: str) -> Script:
    """Raises Broken when it moves within this time."""
    start = talk.place
    yield from rest(seconds)
    end = talk.place
    moved_m = hypot(end.x_m - start.x_m, end.y_m - start.y_m)
    if moved_m > BEYOND_M:
        raise Broken(f"it moved {moved_m:.2f} m in {seconds:g} s {why}")


# -- orders -----------------------------------------------------------------------------------------


def give(talk: Talk, order: wire.Order) -> Step[int]:
    """Say an order or update that must be accepted; the mark from before it."""
    mark = talk.mark()
    talk.say(order)
    name = f"OrderAccepted for update {order.order_update_id}"
    yield from hear(talk, wire.OrderAccepted, name, mark=mark, where=lambda a: _answers(a, order))
    return mark


def refuses(talk: Talk, order: wire.Order, why: str) -> Script:
    """Raises Broken unless the order is refused, with a reason that a person can read."""
    mark = talk.mark()
    talk.say(order)
    if not (yield Wait(lambda: bool(_answers_of(talk, mark, order)), ANSWER_S)):
        raise Broken(f"neither accepted nor refused within {ANSWER_S:g} s: {why}")
    if answers(talk, mark, order, wire.OrderAccepted):
        raise Broken(f"it accepted {why}")
    if not answers(talk, mark, order, wire.OrderRefused)[0].message.strip():
        raise Broken("OrderRefused has no message: nobody can see why")


def _answers_of(talk: Talk, mark: int, order: wire.Order) -> list[wire.OrderAccepted | wire.OrderRefused]:
    return [*answers(talk, mark, order, wire.OrderAccepted), *answers(talk, mark, order, wire.OrderRefused)]


def answers(talk: Talk, mark: int, order: wire.Order, kind: type[A]) -> list[A]:
    return talk.since(mark, kind, lambda answer: _answers(answer, order))


def _answers(answer: wire.OrderAccepted | wire.OrderRefused, order: wire.Order) -> bool:
    return answer.order_id == order.order_id and answer.order_update_id == order.order_update_id


def reach(talk: Talk, route: Route, seq: int) -> Script:
    """Wait for NodePassed of this node."""
    what = f"NodePassed for seq {seq} of {route.order_id}"
    yield from hear(
        talk,
        wire.NodePassed,
        what,
        mark=0,
        where=lambda told: told.order_id == route.order_id and told.seq == seq,
        within_s=DRIVE_S,
    )


def over(talk: Talk, order_id: str) -> Script:
    """Wait until State names the order no longer."""
    gone = Wait(lambda: talk.state is not None and talk.state.order_id != order_id, DRIVE_S)
    if not (yield gone):
        raise Broken(f"State still names order {order_id} after {DRIVE_S:g} s: it has not ended")


def at_rest(talk: Talk, limit_s: float = DRIVE_S) -> Script:
    if not (yield Wait(talk.stands, limit_s)):
        raise Broken(f"it does not come to rest within {limit_s:g} s, or reports no place at rest")


def not_beyond(talk: Talk, route: Route, index: int, why: str) -> None:
    """Raises Broken when any place reported so far lies behind this node of the route."""
    far_m = max(route.beyond_m(index, place) for place in _places_of(talk, route))
    if far_m > BEYOND_M:
        raise Broken(f"it was {far_m:.2f} m beyond node {route.nodes[index].node_id}: {why}")


def _places_of(talk: Talk, route: Route) -> list[Place]:
    since_s = next((line.at_s for line in talk.lines if _is_about(line.message, route)), talk.now_s)
    return [place for place in talk.places if place.at_s >= since_s] or [talk.place]


def _is_about(message: object, route: Route) -> bool:
    return getattr(message, "order_id", "") == route.order_id


# -- setting up -------------------------------------------------------------------------------------


def link_up(talk: Talk) -> Script:
    """Connected, welcomed and heard; its program started (again) when that helps. Raises NotRun."""
    talk.welcomes = talk.pings = True
    if talk.is_cut:
        talk.do(Mend())
    if talk.settings.has_program:
        talk.do(StartProgram())
    if (yield Wait(lambda: talk.is_up, CONNECT_S)):
        return
    if talk.settings.has_program:
        talk.do(EndProgram(hard=True))
        talk.do(StartProgram())
        if (yield Wait(lambda: talk.is_up, CONNECT_S)):
            return
    raise NotRun("the robot is not connected, or says no State after the Welcome")


def ready(talk: Talk) -> Script:
    """The robot stands, has no order and nobody has paused it. Raises NotRun."""
    yield from link_up(talk)
    state = talk.state
    assert state is not None
    if state.order_id:
        talk.say(wire.Cancel(cancel_id=talk.fresh_id("cancel"), order_id=state.order_id, because="next case"))
    if state.mode != "autonomous":
        talk.instant(wire.InstantVerb.RESUME)
    if not (yield Wait(lambda: talk.is_idle, DRIVE_S)):
        raise NotRun(_why_not_ready(talk))


def _why_not_ready(talk: Talk) -> str:
    state = talk.state
    if state is None:
        return "the robot says no State"
    if state.order_id:
        return f"order {state.order_id} does not end, although it was cancelled"
    if state.mode != "autonomous":
        return f"the robot stays {state.mode}, although it was told to resume"
    return "the robot does not come to rest"
