"""Cases about links that break, programs that start again, rubbish, and the frames socket."""

from itertools import pairwise

import msgspec

from robots import protocol as wire
from robots.conformance.instant_cases import ENDS, act, does, harmless, in_mode
from robots.conformance.script import (
    ANSWER_S,
    CONNECT_S,
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
    link_up,
    not_beyond,
    reach,
    rest,
    stays,
)
from robots.conformance.talk import (
    HEARTBEAT_S,
    STEPS,
    Cut,
    EndProgram,
    Mend,
    ReadFrames,
    Route,
    StartProgram,
    Talk,
)

BREAK_S = 8.0
SILENCE_S = 3 * HEARTBEAT_S + 2.0
FRAMES_WAIT_S = 6.0
UNREAD_S = 6.0
RUBBISH = (b"", b"\xff\x00\xff", b"\x80", b"not a message", b"\x93\x01\x02\x03", b"\x00" * 4096)


def _hello_after(talk: Talk, mark: int) -> Step[wire.Hello]:
    what = "Hello on a new connection"
    return (yield from hear(talk, wire.Hello, what, mark=mark, within_s=CONNECT_S))


def _link_cut(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, 2, horizon=STEPS))
    yield from reach(talk, route, 1)
    before = talk.hello
    talk.do(Cut())
    yield from rest(BREAK_S)
    mark = talk.mark()
    talk.do(Mend())
    hello = yield from _hello_after(talk, mark)
    _same_boot(before, hello)
    if (hello.last_order_id, hello.last_seq) != (route.order_id, 2):
        raise Broken(
            f"Hello says order {hello.last_order_id!r}, last_seq {hello.last_seq}; "
            f"it was to reach seq 2 of {route.order_id} meanwhile"
        )
    yield from _went_on_only_to(talk, route, 2)


def _same_boot(before: wire.Hello | None, hello: wire.Hello) -> None:
    if before is not None and before.boot_id != hello.boot_id:
        raise Broken(f"boot_id changed from {before.boot_id} to {hello.boot_id}, its program was not started")


def _went_on_only_to(talk: Talk, route: Route, index: int) -> Script:
    """After a break it rests at its base's end, still has its order, and drives on with an update."""
    yield from link_up(talk)
    yield from at_rest(talk)
    not_beyond(talk, route, index, "a lost link moves no robot beyond its base")
    yield from give(talk, route.order(index, STEPS, update=2, last=True))
    yield from reach(talk, route, STEPS)


def _link_silent(talk: Talk) -> Script:
    before, mark = talk.hello, talk.mark()
    talk.pings = talk.welcomes = False
    what = f"Hello after {SILENCE_S:g} s of silence (three heartbeats, then connecting again)"
    hello = yield from hear(talk, wire.Hello, what, mark=mark, within_s=SILENCE_S + 10)
    _same_boot(before, hello)
    lines = [line for line in talk.lines[mark:] if isinstance(line.message, wire.Hello)]
    early_s = lines[0].at_s - (talk.lines[mark - 1].at_s if mark else 0.0)
    if early_s < 1.5 * HEARTBEAT_S:
        raise Broken(f"it gave the link up after {early_s:.1f} s of silence; three heartbeats are allowed")


def _outcome_again(talk: Talk) -> Script:
    action = harmless(talk)
    route = yield from act(talk, action)
    yield from reach(talk, route, 1)
    talk.do(Cut())
    yield from rest(BREAK_S + 4.0)
    mark = talk.mark()
    talk.do(Mend())
    hello = yield from _hello_after(talk, mark)
    if hello.action_done:
        raise Broken("action_done is true although nobody has heard the action's end")
    yield from hear(
        talk,
        wire.ActionEvent,
        f"last ActionEvent of {action.action_id} after the Welcome",
        mark=mark,
        where=lambda event: event.action_id == action.action_id and event.status in ENDS,
        within_s=DRIVE_S,
    )


def _pong_comes(talk: Talk, after: str) -> Script:
    mark = talk.mark()
    talk.say(wire.Ping(stamp_s=4.5))
    if not (yield Wait(lambda: bool(talk.since(mark, wire.Pong)), ANSWER_S)):
        raise Broken(f"it does not answer a Ping after {after}")


def _rubbish(talk: Talk) -> Script:
    for data in RUBBISH:
        talk.say_bytes(data)
        yield from _pong_comes(talk, f"{len(data)} bytes that are no message ({data[:12]!r})")
    route = talk.route()
    yield from give(talk, route.order(0, 1, last=True))
    yield from reach(talk, route, 1)


def _unknown_message(talk: Talk) -> Script:
    encode = msgspec.msgpack.encode
    talk.say_bytes(encode({"type": "Teleport", "x_m": 1.0}))
    yield from _pong_comes(talk, "a message of an unknown type")
    mark = talk.mark()
    talk.say_bytes(encode({"type": "Ping", "stamp_s": 99.5, "mood": "fine", "more": [1, {"a": 2}]}))
    if not (yield Wait(lambda: bool(talk.since(mark, wire.Pong)), ANSWER_S)):
        raise Broken("a Ping with unknown fields was not answered: they are to be ignored")


# -- restarts ---------------------------------------------------------------------------------------


def _restarted(talk: Talk) -> Step[wire.Hello]:
    """Kill the program and start it again; its first Hello."""
    talk.do(EndProgram(hard=True))
    yield from rest(1.0)
    mark = talk.mark()
    talk.do(StartProgram())
    return (yield from _hello_after(talk, mark))


def _restart_boot(talk: Talk) -> Script:
    before = talk.hello
    hello = yield from _restarted(talk)
    if before is not None and before.boot_id == hello.boot_id:
        raise Broken(f"boot_id is still {hello.boot_id} after a restart of the program")


def _restart_order(talk: Talk) -> Script:
    route = talk.route()
    mark = yield from give(talk, route.order(0, 3, horizon=STEPS))
    yield from reach(talk, route, 1)
    hello = yield from _restarted(talk)
    heard = max(talk.passed(route.order_id, mark))
    if hello.last_order_id != route.order_id:
        raise Broken(f"Hello says order {hello.last_order_id!r} after the restart; it had {route.order_id}")
    if hello.last_seq < heard:
        raise Broken(f"Hello says last_seq {hello.last_seq}, it had said NodePassed for {heard}")
    yield from link_up(talk)
    yield from reach(talk, route, 3)
    yield from at_rest(talk)
    not_beyond(talk, route, 3, "the base ends there")


def _restart_done(talk: Talk) -> Script:
    action = harmless(talk)
    yield from act(talk, action)

    def ended(event: wire.ActionEvent) -> bool:
        return event.action_id == action.action_id and event.status in ENDS

    yield from hear(talk, wire.ActionEvent, "the action's end", mark=0, where=ended, within_s=DRIVE_S)
    yield from rest(3 * HEARTBEAT_S)
    mark = talk.mark()
    yield from _restarted(talk)
    yield from link_up(talk)
    yield from rest(4.0)
    again = [
        e for e in talk.since(mark, wire.ActionEvent) if e.action_id == action.action_id and not ended(e)
    ]
    if again:
        raise Broken(f"it said {again[0].status} for an action that had ended before the restart")


def _restart_paused(talk: Talk) -> Script:
    route = talk.route()
    yield from give(talk, route.order(0, STEPS, last=True))
    yield from reach(talk, route, 1)
    yield from does(talk, wire.InstantVerb.PAUSE)
    yield from in_mode(talk, "paused")
    yield from _restarted(talk)
    yield from link_up(talk)
    yield from in_mode(talk, "paused")
    yield from stays(talk, 3.0, "although it had been paused before the restart")
    yield from does(talk, wire.InstantVerb.RESUME)
    yield from reach(talk, route, STEPS)


def _bye(talk: Talk) -> Script:
    mark = talk.mark()
    talk.do(EndProgram(hard=False))
    yield from hear(
        talk, wire.Bye, "Bye after its program was asked to end (SIGTERM)", mark=mark, within_s=10
    )
    yield from rest(1.0)
    talk.do(StartProgram())


# -- frames -----------------------------------------------------------------------------------------


def _frames(talk: Talk) -> Script:
    if not (yield Wait(lambda: len(talk.frames) >= 2, FRAMES_WAIT_S)):
        raise NotApplicable(f"{len(talk.frames)} frames came within {FRAMES_WAIT_S:g} s: it has no camera")
    for frame in talk.frames:
        header = frame.header
        if header is None:
            raise Broken(f"a frame without a header: {frame.problem}")
        if talk.hello is not None and header.robot_id != talk.hello.robot_id:
            raise Broken(f"a frame's robot_id is {header.robot_id!r}, the robot is {talk.hello.robot_id!r}")
        if not (frame.jpeg.startswith(b"\xff\xd8") and header.mime == "image/jpeg"):
            raise Broken(
                f"frame {header.sequence} ({header.mime}) is no JPEG: it begins with {frame.jpeg[:4]!r}"
            )
    numbers = [frame.header.sequence for frame in talk.frames if frame.header is not None]
    if any(after == before for before, after in pairwise(numbers)):
        raise Broken("two frames have the same sequence number")


def _frames_unread(talk: Talk) -> Script:
    if not (yield Wait(lambda: bool(talk.frames), FRAMES_WAIT_S)):
        raise NotApplicable("no frames came: it has no camera")
    talk.do(ReadFrames(False))
    mark = talk.mark()
    yield from rest(UNREAD_S)
    at_s = [line.at_s for line in talk.lines[mark:] if isinstance(line.message, wire.State)]
    talk.do(ReadFrames(True))
    longest_s = max((b - a for a, b in pairwise(at_s)), default=float("inf"))
    if longest_s > 2 * HEARTBEAT_S:
        raise Broken(f"State came up to {longest_s:.1f} s apart while nobody read the frames")


CASES = (
    Case(
        case_id="link_cut",
        section="What a robot must keep to",
        says="A robot whose link breaks rests at the end of its base, connects again and says where it is.",
        hint="Hello after every connect: same boot_id, last_order_id and last_seq as they are now.",
        play=_link_cut,
    ),
    Case(
        case_id="link_silent",
        section="Connecting, heartbeats",
        says="After three silent heartbeats (at least 3 s) it connects again and says Hello.",
        hint="A hanging orchestrator keeps its TCP connection: count the time since the last message.",
        play=_link_silent,
    ),
    Case(
        case_id="outcome_again",
        section="Orders, Actions",
        says="An action's end that may be unheard is said again after the Welcome.",
        hint="Keep the last ActionEvent until something came from the orchestrator after it was sent.",
        play=_outcome_again,
    ),
    Case(
        case_id="rubbish",
        section="Connecting",
        says="Bytes that are no message do not end or deafen the robot.",
        hint="Catch the decoder's error, log it, go on.",
        play=_rubbish,
    ),
    Case(
        case_id="unknown_message",
        section="Connecting",
        says="Unknown message types and unknown fields are ignored.",
        hint="Later versions add fields; do not decode strictly.",
        play=_unknown_message,
    ),
    Case(
        case_id="frames",
        section="Frames",
        says="A frame is two ZeroMQ frames: the header (robot_id, sequence) in msgpack, the JPEG.",
        hint="Send header and JPEG as one multipart message on the PUSH socket.",
        play=_frames,
    ),
    Case(
        case_id="frames_unread",
        section="Connecting",
        says="Frames that nobody reads hold nothing up.",
        hint="PUSH with a high-water mark of 2, send without waiting, drop the newest.",
        play=_frames_unread,
    ),
    Case(
        case_id="restart_boot_id",
        section="Up: robot to orchestrator",
        says="boot_id changes with every start of the robot's program.",
        hint="Draw it at random when the program starts; keep it for all connections of that run.",
        play=_restart_boot,
        needs_program=True,
    ),
    Case(
        case_id="restart_order",
        section="What a robot must keep to",
        says="A robot that starts again says in Hello where in its order it is, and goes on with it.",
        hint="Write the order and the last node to disk before you say OrderAccepted and NodePassed.",
        play=_restart_order,
        needs_program=True,
    ),
    Case(
        case_id="restart_action_done",
        section="What a robot must keep to",
        says="A finished action is not repeated after a restart.",
        hint="Write the action's end to disk before you say it.",
        play=_restart_done,
        needs_program=True,
    ),
    Case(
        case_id="restart_paused",
        section="What a robot must keep to",
        says="Paused before a restart means paused after it.",
        hint="Write what people asked for to disk.",
        play=_restart_paused,
        needs_program=True,
    ),
    Case(
        case_id="bye",
        section="Up: robot to orchestrator",
        says="A program that ends on purpose says Bye.",
        hint="Handle SIGTERM, and let the socket linger for half a second.",
        play=_bye,
        needs_program=True,
    ),
)
