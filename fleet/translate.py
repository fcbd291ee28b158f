"""Between the wire (robots.protocol) and the core's words (fleet.core.events, commands). Pure.

Every float that enters the journal is quantised here: 1 mm, 1 mrad, 1 ms, 0.1 % of a battery.
"""

from collections.abc import Iterable
from math import hypot

from fleet.core import events as ev
from fleet.core.commands import OrderAction, OrderCell, RefuseRobot, SendCancel, SendInstant, SendOrder
from missions.planning.cells import CellGraph
from robots import protocol as wire

REFUSALS = {
    "version": "This orchestrator speaks protocol {version}; update the robot's program.",
    "duplicate": "Another robot with this id is connected; give this one another id, or stop the other.",
    "name": "The id is empty, too long or has characters other than letters, digits, '-', '_' and '.'.",
    "rubbish": "What it sent is not protocol {version}; look at the robot's log and program.",
    "misfit": "This site cannot take it; use a smaller robot, or lay the site's traffic out for it.",
    "full": "This orchestrator has as many robots as it takes; raise robots_max.",
    "hello": "It was thought lost, or the orchestrator was started again: say hello.",
}
"""What to do, by Refused.code."""
TEXT_MAX = 2_000
"""Characters of a reason that are kept."""
STANDING = ("ready_idle", "ready_assigned", "charging")
"""Activities in which a robot does not drive."""
CARRIED_M = 0.25
"""Poses of a robot that stands differ less."""


# -- up ----------------------------------------------------------------------------------------------


def facts(sheet: wire.Factsheet) -> ev.RobotFacts:
    """What the core needs of a factsheet."""
    return ev.RobotFacts(
        model=sheet.model,
        family=sheet.family,
        names=sheet.names,
        skills=sheet.skills,
        radius_m=_thousandths(sheet.radius_m),
        speed_mps_max=_thousandths(sheet.speed_mps_max),
        acceleration_mps2=_thousandths(sheet.acceleration_mps2),
        battery_wh=_thousandths(sheet.battery_wh),
        draw_idle_w=_thousandths(sheet.draw_idle_w),
        draw_moving_w=_thousandths(sheet.draw_moving_w),
        draw_action_w={name: _thousandths(watts) for name, watts in sheet.draw_action_w.items()},
        charge_w=_thousandths(sheet.charge_w),
        reserve_fraction=_thousandths(sheet.reserve_fraction),
        low_fraction=_thousandths(sheet.low_fraction),
        graphs=sheet.graphs,
        languages=sheet.languages,
    )


def joined(hello: wire.Hello, state: wire.State) -> ev.RobotJoined:
    """A greeting says who it is; the State after it says where it stands."""
    return ev.RobotJoined(
        robot_id=hello.robot_id,
        boot_id=hello.boot_id,
        facts=facts(hello.factsheet),
        level=state.level,
        x_m=_thousandths(state.x_m),
        y_m=_thousandths(state.y_m),
        battery_fraction=_thousandths(state.battery_fraction),
        order_id=hello.last_order_id,
        order_update_id=hello.last_order_update_id,
        seq=hello.last_seq,
        action_done=hello.action_done,
    )


def is_news(before: wire.State | None, state: wire.State) -> bool:
    """Whether the core must hear of it. A pose on the way or a tenth of a percent of battery is no news."""
    return before is None or _significant(before) != _significant(state) or _is_carried(before, state)


def reported(robot_id: str, state: wire.State) -> ev.RobotReported:
    return ev.RobotReported(
        robot_id=robot_id,
        activity=state.activity,
        mode=state.mode,
        battery_fraction=_thousandths(state.battery_fraction),
        charging=state.charging,
        skill=state.skill,
        phase=state.phase,
        level=state.level,
        x_m=_thousandths(state.x_m),
        y_m=_thousandths(state.y_m),
    )


def event_of(robot_id: str, message: wire.Up) -> ev.AnyEvent | None:
    """A robot's message as the core's event; None for what is no fact (Hello, State, Pose, Pong)."""
    match message:
        case wire.NodePassed():
            return ev.NodePassed(robot_id=robot_id, order_id=message.order_id, seq=message.seq)
        case wire.OrderAccepted() | wire.OrderRefused():
            return _order_answer(robot_id, message)
        case wire.ActionEvent():
            return _action(robot_id, message)
        case wire.Ack():
            return ev.InstantAcknowledged(
                robot_id=robot_id, ref=message.ref, ok=message.ok, because=shorten(message.message)
            )
        case wire.Fault():
            return ev.FaultReported(
                robot_id=robot_id,
                code=message.code,
                level=str(message.level),
                because=shorten(message.message),
                cleared=message.cleared,
            )
        case wire.Bye():
            return ev.RobotLeft(robot_id=robot_id, because=shorten(message.because))
        case _:
            return None


def _order_answer(robot_id: str, message: wire.OrderAccepted | wire.OrderRefused) -> ev.AnyEvent:
    order_id, update_id = message.order_id, message.order_update_id
    if isinstance(message, wire.OrderAccepted):
        return ev.OrderAccepted(robot_id=robot_id, order_id=order_id, order_update_id=update_id)
    return ev.OrderRefused(
        robot_id=robot_id, order_id=order_id, order_update_id=update_id, because=shorten(message.message)
    )


def _action(robot_id: str, message: wire.ActionEvent) -> ev.ActionReported:
    return ev.ActionReported(
        robot_id=robot_id,
        order_id=message.order_id,
        action_id=message.action_id,
        status=str(message.status),
        phase=message.phase,
        because=shorten(message.because),
        result={
            name: value if isinstance(value, str) else _thousandths(value)
            for name, value in message.result.items()
        },
    )


def _significant(state: wire.State) -> tuple[object, ...]:
    percent = int(state.battery_fraction * 100 + 1e-9)
    return state.activity, state.mode, state.charging, state.skill, state.phase, percent


def _is_carried(before: wire.State, state: wire.State) -> bool:
    """It has neither driven nor done anything, and stands elsewhere: somebody has moved it, or it errs."""
    moved_m = hypot(state.x_m - before.x_m, state.y_m - before.y_m)
    return state.activity in STANDING and (state.level != before.level or moved_m > CARRIED_M)


def shorten(text: str) -> str:
    """A reason of bounded length: it is journalled and shown."""
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"


def _thousandths(value: float) -> float:
    return float(round(value, 3))


# -- down --------------------------------------------------------------------------------------------


def order(command: SendOrder, cells: CellGraph) -> wire.Order:
    """With coordinates and speed limits, so that the robot needs no map."""
    base = _nodes(None, command.base, cells)
    last = command.base[-1] if command.base else None
    return wire.Order(
        order_id=command.order_id,
        order_update_id=command.order_update_id,
        base=base,
        horizon=_nodes(last, command.horizon, cells),
        action=None if command.action is None else _wire_action(command.action),
        last=command.last,
        because=command.because,
    )


def cancel(command: SendCancel) -> wire.Cancel:
    return wire.Cancel(cancel_id=command.cancel_id, order_id=command.order_id, because=command.because)


def instant(command: SendInstant) -> wire.InstantAction:
    """Raises ValueError for a verb that the protocol does not have: a bug of the core."""
    return wire.InstantAction(
        instant_id=command.instant_id,
        verb=wire.InstantVerb(command.verb),
        params=command.params,
        because=command.because,
    )


def refused(code: str, retry_s: float, because: str = "") -> wire.Refused:
    advice = REFUSALS.get(code, "Ask the operator.").format(version=wire.PROTOCOL_VERSION)
    return wire.Refused(code=code, message=f"{because} {advice}".strip(), retry_s=retry_s)


def refusal(command: RefuseRobot) -> wire.Refused:
    return refused(command.code, command.retry_s, f"{command.because}.")


def _wire_action(action: OrderAction) -> wire.Action:
    return wire.Action(
        action_id=action.action_id,
        action_type=action.action_type,
        params=action.params,
        en_route=action.en_route,
    )


def _nodes(
    before: OrderCell | None, points: Iterable[OrderCell], cells: CellGraph
) -> tuple[wire.OrderNode, ...]:
    nodes = []
    for point in points:
        cell = cells.cells[point.cell]
        nodes.append(
            wire.OrderNode(
                node_id=point.cell,
                seq=point.seq,
                x_m=cell.x_m,
                y_m=cell.y_m,
                level=cell.level,
                speed_mps_max=_limit_mps(before, point, cells),
                lift=point.lift,
            )
        )
        before = point
    return tuple(nodes)


def _limit_mps(before: OrderCell | None, point: OrderCell, cells: CellGraph) -> float | None:
    """The lane's limit on the way to this point, or the task's pace if that is less."""
    move = None if before is None else cells.move(before.cell, point.cell, cells.graph_names)
    limits = [
        limit for limit in (point.pace_mps, None if move is None else move.speed_mps_max) if limit is not None
    ]
    return min(limits, default=None)
