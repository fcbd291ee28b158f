"""Cases about the first words: Hello, the factsheet, Welcome, Refused, heartbeats."""

from collections.abc import Callable
from itertools import pairwise
from math import isfinite

from robots import protocol as wire
from robots.conformance.script import (
    ANSWER_S,
    CONNECT_S,
    Broken,
    Case,
    NotRun,
    Script,
    Wait,
    hear,
    link_up,
    rest,
)
from robots.conformance.talk import HEARTBEAT_S, Cut, EndProgram, Mend, StartProgram, Talk

POSITIVE = ("radius_m", "speed_mps_max", "acceleration_mps2", "turn_radps_max", "battery_wh", "charge_w")
PLAUSIBLE = {
    "radius_m": (0.05, 3.0),
    "speed_mps_max": (0.05, 10.0),
    "acceleration_mps2": (0.05, 10.0),
    "turn_radps_max": (0.05, 20.0),
    "battery_wh": (5.0, 50_000.0),
    "charge_w": (5.0, 50_000.0),
    "draw_idle_w": (0.0, 5_000.0),
    "draw_moving_w": (0.0, 20_000.0),
}
"""What a robot on wheels among people can have; beyond it a unit is wrong (mm, km/h, degrees, Ah)."""
SECTION = "Connecting"


def reconnect(talk: Talk) -> Script:
    """Break the link and wait for the next Hello, which the case answers itself. Raises NotRun."""
    talk.welcomes = False
    talk.do(Cut())
    yield from rest(0.5)
    talk.do(Mend())
    if not (yield Wait(lambda: talk.connection != 0, CONNECT_S)):
        raise NotRun("the robot did not connect and say Hello")


def _hello(talk: Talk) -> Script:
    talk.welcomes = False
    if not (yield Wait(lambda: bool(talk.lines), CONNECT_S)):
        raise Broken(f"nothing came within {CONNECT_S:g} s: it does not connect, or does not speak")
    first = talk.lines[0]
    if not isinstance(first.message, wire.Hello):
        name = type(first.message).__name__ if first.message is not None else first.problem
        raise Broken(f"the first message was {name}")
    hello = first.message
    if not hello.robot_id or not hello.boot_id:
        raise Broken(f"robot_id is {hello.robot_id!r} and boot_id {hello.boot_id!r}: neither may be empty")
    if hello.protocol_version != wire.PROTOCOL_VERSION:
        raise Broken(f"protocol_version is {hello.protocol_version}, this kit tests {wire.PROTOCOL_VERSION}")


def _factsheet(talk: Talk) -> Script:
    yield from link_up(talk)
    assert talk.hello is not None
    sheet = talk.hello.factsheet
    problem = _figure_problem(sheet) or _word_problem(sheet)
    if problem:
        raise Broken(problem)


def _figure_problem(sheet: wire.Factsheet) -> str:
    for name, (least, most) in PLAUSIBLE.items():
        value: float = getattr(sheet, name)
        if not isfinite(value) or not least <= value <= most:
            return f"factsheet.{name} is {value:g}; plausible is {least:g} to {most:g} (SI units)"
    if not 0 <= sheet.reserve_fraction < sheet.low_fraction < 1:
        return (
            f"reserve_fraction is {sheet.reserve_fraction:g}, low_fraction {sheet.low_fraction:g}: "
            "0 <= reserve < low < 1"
        )
    return ""


def _word_problem(sheet: wire.Factsheet) -> str:
    if not sheet.model or not sheet.family or not sheet.names:
        return "model, family and names may not be empty"
    if not sheet.graphs:
        return "graphs is empty: name at least one fleet graph, usually '0'"
    strange = [name for name in sheet.draw_action_w if name not in sheet.skills]
    return f"draw_action_w names {strange[0]!r}, which is no skill" if strange else ""


def _state_behind_hello(talk: Talk) -> Script:
    yield from reconnect(talk)
    mark = talk.mark()
    came = Wait(lambda: bool(talk.since(mark, wire.State)) or talk.state is not None, ANSWER_S)
    if not (yield came):
        raise Broken(f"no State within {ANSWER_S:g} s of the Hello, before any Welcome")


def _hello_again(talk: Talk) -> Script:
    yield from reconnect(talk)
    mark = talk.mark()
    yield from hear(
        talk, wire.Hello, "second Hello although nobody answered the first", mark=mark, within_s=12
    )


def _refused_waits(talk: Talk) -> Script:
    yield from reconnect(talk)
    mark = talk.mark()
    retry_s = 6.0
    talk.say(wire.Refused(code="duplicate", message="conformance kit: try again", retry_s=retry_s))
    yield from rest(retry_s - 0.7)
    if talk.since(mark, wire.Hello):
        raise Broken(f"it said Hello again before retry_s ({retry_s:g} s) had passed")
    yield from hear(talk, wire.Hello, "Hello after retry_s", mark=mark, within_s=6 + CONNECT_S)


def _version_refused(talk: Talk) -> Script:
    talk.do(EndProgram(hard=True))
    talk.welcomes = False
    talk.do(StartProgram())
    if not (yield Wait(lambda: talk.connection != 0, CONNECT_S)):
        raise NotRun("the robot did not say Hello after its start")
    mark = talk.mark()
    talk.say(wire.Refused(code="version", message="conformance kit: this version is not spoken", retry_s=1))
    yield from rest(12)
    again = len(talk.since(mark, wire.Hello))
    if again:
        raise Broken(f"it said Hello {again} times more after it was refused for its version")
    talk.do(EndProgram(hard=True))


def _state_after_welcome(talk: Talk) -> Script:
    yield from reconnect(talk)
    yield from rest(0.5)
    mark = talk.mark()
    talk.welcome()
    yield from hear(talk, wire.State, "State after the Welcome", mark=mark, within_s=2 * HEARTBEAT_S)


def _pong(talk: Talk) -> Script:
    yield from link_up(talk)
    for stamp_s in (1.5, 1767225600.25):
        mark = talk.mark()
        talk.say(wire.Ping(stamp_s=stamp_s))
        what = f"Pong with the stamp_s of its Ping ({stamp_s})"
        yield from hear(talk, wire.Pong, what, mark=mark, where=_stamped(stamp_s))


def _stamped(stamp_s: float) -> Callable[[wire.Pong], bool]:
    return lambda pong: pong.stamp_s == stamp_s


def _state_heartbeat(talk: Talk) -> Script:
    yield from link_up(talk)
    mark = talk.mark()
    yield from rest(8 * HEARTBEAT_S)
    at_s = [line.at_s for line in talk.lines[mark:] if isinstance(line.message, wire.State)]
    longest_s = max((b - a for a, b in pairwise(at_s)), default=float("inf"))
    if longest_s > 1.6 * HEARTBEAT_S:
        raise Broken(f"{len(at_s)} States in {8 * HEARTBEAT_S:g} s, up to {longest_s:.1f} s apart")


CASES = (
    Case(
        case_id="hello",
        section=SECTION,
        says="The first message of a connection is Hello, with robot_id, boot_id and protocol_version.",
        hint="Connect a DEALER to `control` and send Hello before anything else.",
        play=_hello,
        greets=True,
    ),
    Case(
        case_id="factsheet",
        section="Up: robot to orchestrator",
        says="The factsheet in Hello is complete and in SI units.",
        hint="Look for millimetres, km/h, degrees or percent in the named field.",
        play=_factsheet,
        greets=True,
    ),
    Case(
        case_id="state_behind_hello",
        section=SECTION,
        says="A State follows right behind Hello, without waiting for the Welcome.",
        hint="The orchestrator places the robot by it; send it in the same step as Hello.",
        play=_state_behind_hello,
        greets=True,
    ),
    Case(
        case_id="hello_again",
        section=SECTION,
        says="Without an answer within 5 s, Hello is said again.",
        hint="Keep a timer from Hello to Welcome or Refused.",
        play=_hello_again,
        greets=True,
    ),
    Case(
        case_id="refused_waits",
        section=SECTION,
        says="After Refused, Hello is said again when retry_s has passed, and not before.",
        hint="Set the greeting's timer to retry_s; do not fall back to 5 s.",
        play=_refused_waits,
        greets=True,
    ),
    Case(
        case_id="state_after_welcome",
        section="Connecting, heartbeats",
        says="State is sent at once after a Welcome and then at every heartbeat.",
        hint="A Welcome makes the next State due now.",
        play=_state_after_welcome,
        greets=True,
    ),
    Case(
        case_id="pong",
        section="Connecting, heartbeats",
        says="Every Ping is answered with a Pong that has its stamp.",
        hint="Copy stamp_s; do not send your own clock.",
        play=_pong,
        greets=True,
    ),
    Case(
        case_id="state_heartbeat",
        section="Connecting, heartbeats",
        says="State comes at least every heartbeat_s, also when nothing changes.",
        hint="Use heartbeat_s of the Welcome (here 1 s), on a timer of its own.",
        play=_state_heartbeat,
        greets=True,
    ),
)

LAST_CASES = (
    Case(
        case_id="version_refused",
        section=SECTION,
        says="Refused with code version: the robot gives up until its program is started again.",
        hint="Log the message for a person and end, or stay silent.",
        play=_version_refused,
        greets=True,
        needs_program=True,
    ),
)
