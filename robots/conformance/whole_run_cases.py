"""Cases that look back over all that was heard: they come last."""

from math import isfinite

from robots import protocol as wire
from robots.conformance.script import Broken, Case, NotApplicable, Script, link_up
from robots.conformance.talk import Talk

ACTIVITIES = (*("offline", "starting", "ready_idle", "ready_assigned", "moving", "acting", "charging"),)
MODES = ("autonomous", "paused", "manual", "fault", "stopped")


def _speaks(talk: Talk) -> Script:
    yield from link_up(talk)
    bad = [line.problem for line in talk.lines if line.message is None]
    if bad:
        raise Broken(f"{len(bad)} messages could not be read, the first: {bad[0]}")


def _values(talk: Talk) -> Script:
    yield from link_up(talk)
    for line in talk.lines:
        problem = _problem(line.message)
        if problem:
            raise Broken(problem)


def _problem(message: object) -> str:
    if isinstance(message, wire.Pose) and not isfinite(message.x_m + message.y_m + message.yaw_rad):
        return "a Pose has a place that is no number"
    if not isinstance(message, wire.State):
        return ""
    if not isfinite(message.x_m + message.y_m + message.yaw_rad) or not message.level:
        return "a State has no level, or a place that is no number"
    if not 0.0 <= message.battery_fraction <= 1.0:
        return f"State.battery_fraction is {message.battery_fraction:g}; it is 0 to 1"
    if message.activity not in ACTIVITIES:
        return f"State.activity is {message.activity!r}; there are {', '.join(ACTIVITIES)}"
    if message.mode not in MODES:
        return f"State.mode is {message.mode!r}; there are {', '.join(MODES)}"
    return ""


def _order_of_nodes(talk: Talk) -> Script:
    """Never backwards, and twice only when a Welcome lies between."""
    yield from link_up(talk)
    welcomes = [mark for _, mark in talk.welcomed]
    last: dict[str, tuple[int, int]] = {}
    for at, line in enumerate(talk.lines):
        told = line.message
        if not isinstance(told, wire.NodePassed):
            continue
        seq, before = last.get(told.order_id, (-1, 0))
        greeted = any(before < mark <= at for mark in welcomes)
        if told.seq < seq or (told.seq == seq and not greeted):
            raise Broken(f"NodePassed for seq {told.seq} of {told.order_id} after seq {seq}")
        last[told.order_id] = (told.seq, at)
    if not last:
        raise NotApplicable("no node was passed in this run")


CASES = (
    Case(
        case_id="speaks_protocol",
        section="Connecting",
        says="Every message of the whole run is one of the protocol's.",
        hint="One msgpack map per ZeroMQ frame, with the key `type`; check names and types of its fields.",
        play=_speaks,
        greets=True,
    ),
    Case(
        case_id="values_in_range",
        section="Up: robot to orchestrator",
        says="Places are numbers, fractions lie in 0 to 1, activity and mode are the protocol's words.",
        hint="Check units and spelling in State and Pose.",
        play=_values,
        greets=True,
    ),
    Case(
        case_id="nodes_once",
        section="Orders",
        says="Over the whole run no node is reported twice or backwards (except again after a Welcome).",
        hint="Report a node when it is reached, not while the robot stands at it.",
        play=_order_of_nodes,
        greets=True,
    ),
)
