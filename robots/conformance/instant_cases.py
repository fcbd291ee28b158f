"""Cases about instant actions and the order's action."""

from math import hypot

import msgspec

from robots import protocol as wire
from robots.conformance.script import (
    ANSWER_S,
    DRIVE_S,
    Broken,
    Case,
    NotApplicable,
    Script,
    Step,
    Wait,
    at_rest,
    give,
    hear,
    over,
    reach,
    refuses,
    rest,
    stays,
)
from robots.conformance.talk import SPEED_MPS, STEPS, Place, Route, Talk

SECTION = "Instant actions"
STOP_SLACK_M = 0.35
Params = dict[str, str | float | bool | tuple[str, ...]]
HARMLESS: tuple[tuple[str, Params], ...] = (
    ("announce", {"text_en": "Conformance test.", "text_zh": "一致性测试。", "announce_s": 2.0}),
    ("dwell", {"dwell_s": 2.0}),
    ("capture", {"dwell_s": 1.0}),
)
ENDS = (wire.ActionStatus.FINISHED, wire.ActionStatus.FAILED)


# -- instant actions --------------------------------------------------------------------------------


def obeys(talk: Talk, instant: wire.InstantAction, *, mark: int) -> Step[wire.Ack]:
    return (
        yield from hear(
            talk,
            wire.Ack,
            f"Ack for {instant.verb.value} ({instant.instant_id})",
            mark=mark,
            where=lambda ack: ack.ref == instant.instant_id,
        )
    )


def does(talk: Talk, verb: wire.InstantVerb) -> Step[wire.InstantAction]:
    """Ask for it; raises Broken unless it is acknowledged with ok."""
    mark = talk.mark()
    instant = talk.instant(verb)
    ack = yield from obeys(talk, instant, mark=mark)
    if not ack.ok:
        raise Broken(f"{verb.value} was answered with ok false: {ack.message!r}")
    return instant


def in_mode(talk: Talk, mode: str) -> Script:
    if not (yield Wait(lambda: talk.state is not None and talk.state.mode == mode, ANSWER_S)):
        found = talk.state.mode if talk.state else "unknown"
        raise Broken(f"State says mode {found} instead of {mode}")


def _under_way(talk: Talk) -> Step[Route]:
    route = talk.route()
    yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, 1)
    return route


def _pause(talk: Talk) -> Script:
    route = yield from _under_way(talk)
    start = talk.place
    yield from does(talk, wire.InstantVerb.PAUSE)
    yield from in_mode(talk, "paused")
    yield from at_rest(talk)
    _stopped_soon(talk, start, "pause")
    yield from stays(talk, 3.0, "while it was paused")
    yield from does(talk, wire.InstantVerb.RESUME)
    yield from in_mode(talk, "autonomous")
    yield from reach(talk, route, STEPS)
    yield from over(talk, route.order_id)


def _stop(talk: Talk) -> Script:
    route = yield from _under_way(talk)
    start = talk.place
    yield from does(talk, wire.InstantVerb.STOP)
    yield from in_mode(talk, "stopped")
    yield from at_rest(talk)
    _stopped_soon(talk, start, "stop")
    yield from does(talk, wire.InstantVerb.PAUSE)
    yield from stays(talk, 3.0, "while it was stopped")
    yield from in_mode(talk, "stopped")
    yield from does(talk, wire.InstantVerb.RESUME)
    yield from reach(talk, route, STEPS)


def _stopped_soon(talk: Talk, start: Place, verb: str) -> None:
    assert talk.hello is not None
    here = talk.place
    braking_m = SPEED_MPS**2 / (2 * talk.hello.factsheet.acceleration_mps2)
    rolled_m = hypot(here.x_m - start.x_m, here.y_m - start.y_m)
    if rolled_m > braking_m + STOP_SLACK_M:
        raise Broken(f"it rolled {rolled_m:.2f} m after a {verb}; its brakes need {braking_m:.2f} m")


def _instant_twice(talk: Talk) -> Script:
    pause = yield from does(talk, wire.InstantVerb.PAUSE)
    yield from does(talk, wire.InstantVerb.RESUME)
    yield from in_mode(talk, "autonomous")
    mark = talk.mark()
    talk.say(pause)
    ack = yield from obeys(talk, pause, mark=mark)
    if not ack.ok:
        raise Broken("the repeated pause was answered differently from the first")
    yield from rest(1.5)
    yield from in_mode(talk, "autonomous")


def _confirm(talk: Talk) -> Script:
    mark = talk.mark()
    instant = talk.instant(wire.InstantVerb.CONFIRM, {"what": "pin", "value": "0000"})
    ack = yield from obeys(talk, instant, mark=mark)
    if ack.ok:
        raise Broken("it took a PIN although no action waits for one")
    if not ack.message:
        raise Broken("the Ack with ok false has no message: nobody can see why")


# -- actions ----------------------------------------------------------------------------------------


def harmless(talk: Talk) -> wire.Action:
    """An action to ask for. Raises NotApplicable."""
    assert talk.hello is not None
    if talk.settings.action is not None:
        return msgspec.structs.replace(talk.settings.action, action_id=talk.fresh_id("action"))
    for action_type, params in HARMLESS:
        if action_type in talk.hello.factsheet.skills:
            return wire.Action(
                action_id=talk.fresh_id("action"), action_type=action_type, params=dict(params)
            )
    names = ", ".join(name for name, _ in HARMLESS)
    raise NotApplicable(f"no skill among {names}: name a harmless one with --action TYPE")


def act(talk: Talk, action: wire.Action, steps: int = 1) -> Step[Route]:
    """Give an order with this action at its end."""
    route = talk.route()
    yield from give(talk, route.order(0, steps, last=True, action=action))
    return route


def told(talk: Talk, action: wire.Action, mark: int = 0) -> list[wire.ActionStatus]:
    events = talk.since(mark, wire.ActionEvent, lambda event: event.action_id == action.action_id)
    return [event.status for event in events]


def _lifecycle(talk: Talk) -> Script:
    action = harmless(talk)
    route = yield from act(talk, action)
    yield from _ended(talk, action)
    yield from over(talk, route.order_id)
    yield from rest(2.0)
    statuses = told(talk, action)
    ends = [status for status in statuses if status in ENDS]
    if len(ends) != 1:
        raise Broken(f"{len(ends)} last events ({', '.join(statuses)}); one is due")
    if wire.ActionStatus.RUNNING not in statuses[: statuses.index(ends[0])]:
        raise Broken(f"it never said running before {ends[0]} ({', '.join(statuses)})")
    if ends[0] is wire.ActionStatus.FAILED:
        event = talk.since(0, wire.ActionEvent, lambda e: e.action_id == action.action_id)[-1]
        raise Broken(f"a harmless {action.action_type} failed: {event.because!r}")


def _ended(talk: Talk, action: wire.Action) -> Script:
    if not (yield Wait(lambda: any(s in ENDS for s in told(talk, action)), DRIVE_S)):
        statuses = ", ".join(told(talk, action)) or "nothing"
        raise Broken(f"{action.action_type} has not ended after {DRIVE_S:g} s; it said {statuses}")


def _paused_action(talk: Talk) -> Script:
    action = harmless(talk)
    yield from act(talk, action)
    running = Wait(lambda: wire.ActionStatus.RUNNING in told(talk, action), DRIVE_S)
    if not (yield running):
        raise Broken(f"{action.action_type} never said running")
    yield from does(talk, wire.InstantVerb.PAUSE)
    yield from rest(4.0)
    statuses = told(talk, action)
    if any(status in ENDS for status in statuses):
        raise Broken("the action ended while the robot was paused: its clocks must stand still")
    if wire.ActionStatus.PAUSED not in statuses:
        raise Broken("no ActionEvent paused after the pause")
    yield from does(talk, wire.InstantVerb.RESUME)
    yield from _ended(talk, action)


def _unknown_action(talk: Talk) -> Script:
    route = talk.route()
    action = wire.Action(action_id=talk.fresh_id("action"), action_type="conformance_juggle")
    order = route.order(0, 1, last=True, action=action)
    yield from refuses(talk, order, "an order with an action type that it does not have")
    yield from stays(talk, 2.0, "for an order that it cannot perform")


def _cancelled_action(talk: Talk) -> Script:
    action = harmless(talk)
    route = yield from act(talk, action)
    running = Wait(lambda: wire.ActionStatus.RUNNING in told(talk, action), DRIVE_S)
    if not (yield running):
        raise Broken(f"{action.action_type} never said running")
    mark, cancel_id = talk.mark(), talk.fresh_id("cancel")
    talk.say(wire.Cancel(cancel_id=cancel_id, order_id=route.order_id, because="conformance kit"))
    ours = lambda ack: ack.ref == cancel_id  # noqa: E731
    yield from hear(talk, wire.Ack, f"Ack for {cancel_id}", mark=mark, where=ours, within_s=ANSWER_S)
    yield from rest(3.0)
    ends = [status for status in told(talk, action, mark) if status in ENDS]
    if ends:
        raise Broken(f"ActionEvent {ends[0]} after the cancel: the Ack ends the action")


CASES = (
    Case(
        case_id="pause_resume",
        section=SECTION,
        says="pause brakes and is acknowledged; the robot stays until resume, then goes on with its order.",
        hint="Ack with ref = instant_id; State.mode says paused, then autonomous.",
        play=_pause,
    ),
    Case(
        case_id="stop_resume",
        section=SECTION,
        says="stop halts at once; only resume ends it, a pause does not.",
        hint="A stop replaces a pause and is not replaced by one.",
        play=_stop,
    ),
    Case(
        case_id="instant_twice",
        section="What a robot must keep to",
        says="An instant_id that was answered gets the same Ack again and is not done again.",
        hint="Keep the Acks of the last instant actions (64 are enough).",
        play=_instant_twice,
    ),
    Case(
        case_id="confirm_without_action",
        section=SECTION,
        says="A confirm that no action waits for is answered with ok false and says why.",
        hint="Fill in Ack.message.",
        play=_confirm,
    ),
    Case(
        case_id="action_lifecycle",
        section="Orders, Actions",
        says="An action says running, then finished or failed exactly once, at the order's last node.",
        hint="status and phase are two fields; one event for the end.",
        play=_lifecycle,
    ),
    Case(
        case_id="action_paused",
        section="Orders, Actions",
        says="A pause stands the action's clocks still; paused and running are said around it.",
        hint="Count the time in which the action runs, not the time since it began.",
        play=_paused_action,
    ),
    Case(
        case_id="action_cancelled",
        section="Orders, Cancel",
        says="A cancel ends a running action; neither finished nor failed follows it.",
        hint="The Ack of the cancel ends the action.",
        play=_cancelled_action,
    ),
    Case(
        case_id="action_unknown",
        section=SECTION,
        says="An order with an unknown action type is refused with a sentence.",
        hint="Check action_type against your skills when the order comes, not when it is reached.",
        play=_unknown_action,
    ),
)
