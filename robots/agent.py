"""The robot's mind: orders in, driving and skills out. Sans-IO like fleet.core: no clock, socket or disk.

handle(event, now_s) -> commands, next_deadline_s() -> when it wants TimerFired. robots.runtime carries the
commands out in their order; the simulator does the same in virtual time. What survives a restart is one
value, OrderMemory; it is always remembered before anything that depends on it is said.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from robots import orders
from robots import protocol as wire
from robots.agent_io import (
    AgentCommand,
    AgentEvent,
    LinkDown,
    LinkUp,
    OrderMemory,
    Remember,
    Send,
    SendFrame,
    ShutDown,
    Tell,
    TimerFired,
)
from robots.drivers import base as body
from robots.lifecycle import ACTIVITY, Activity, Mode
from robots.modes import ModeKeeper
from robots.order_book import OrderBook
from robots.performing import Deed, Performer
from robots.protocol import ActionStatus, Factsheet, FaultLevel, InstantVerb, Message
from robots.reporting import Link, Reporter, state_of
from robots.steering import Steering
from robots.tables import Rules

INSTANTS_KEPT = 64
"""Repetitions of instant actions older than these count as new."""
DISPLACED = "displaced"


class Agent:
    def __init__(
        self, robot_id: str, boot_id: str, factsheet: Factsheet, memory: OrderMemory | None = None
    ) -> None:
        self._robot_id = robot_id
        self._boot_id = boot_id
        self._facts = factsheet
        self._book = OrderBook(memory or OrderMemory(), factsheet)
        self._activities = Rules(ACTIVITY)
        self._activity: Enum = Activity.OFFLINE
        self._modes = ModeKeeper(self._book.memory.mode)
        self._steering = Steering(factsheet)
        self._performer = Performer()
        self._reporter = Reporter(factsheet)
        self._motion: body.Motion | None = None
        self._energy: body.Energy | None = None
        self._sensed: body.Sensed | None = None
        self._answered: dict[str, wire.Ack] = {}
        self._frames = 0
        self._out: list[AgentCommand] = []
        self._now_s = 0.0
        self._handlers = self._table()
        self._fire("boot")

    # -- the two methods -------------------------------------------------------------------------------------

    def handle(self, event: AgentEvent, now_s: float) -> tuple[AgentCommand, ...]:
        """Take one event; do what is returned, in this order."""
        before, self._out, self._now_s = self._book.memory, [], now_s
        self._handlers[type(event)](event)
        if self._activity is not Activity.OFFLINE:
            self._settle()
            self._speak()
        if self._modes.asked != self._book.memory.mode:
            self._book.keep(mode=self._modes.asked)
        memory = self._book.memory
        kept = (Remember(memory),) if memory is not before else ()
        return (*kept, *self._out)

    def next_deadline_s(self) -> float | None:
        """When to call handle(TimerFired()); None: only when something happens."""
        if self._activity is Activity.OFFLINE:
            return None
        # before the body has spoken there is nothing to say, however long it has been due
        says_s = self._reporter.next_deadline_s() if self._knows_itself else None
        due = (says_s, self._performer.next_deadline_s())
        return min((at for at in due if at is not None), default=None)

    @property
    def _knows_itself(self) -> bool:
        return self._motion is not None and self._energy is not None

    @property
    def activity(self) -> str:
        return str(self._activity.value)

    @property
    def mode(self) -> str:
        return str(self._modes.mode.value)

    @property
    def memory(self) -> OrderMemory:
        return self._book.memory

    def _table(self) -> dict[type[Any], Callable[[Any], None]]:
        return {
            LinkUp: lambda _: self._reporter.linked(self._now_s),
            LinkDown: lambda _: self._reporter.unlinked(),
            TimerFired: lambda _: None,
            ShutDown: self._shut_down,
            wire.Welcome: self._welcome,
            wire.Refused: lambda refused: self._reporter.refused(refused.retry_s, self._now_s),
            wire.Order: self._order,
            wire.Cancel: self._cancel,
            wire.InstantAction: self._instant,
            wire.Ack: lambda _: None,
            wire.Ping: self._ping,
            body.Motion: self._moved,
            body.Reached: self._reached,
            body.Blocked: lambda event: self._report(self._reporter.blocked(event.what, self._now_s)),
            body.Energy: self._powered,
            body.Sensed: self._felt,
            body.Confirmed: self._observe,
            body.Dose: self._observe,
            body.Frame: self._frame,
            body.BodyFault: self._body_fault,
        }

    # -- the link --------------------------------------------------------------------------------------------

    def _welcome(self, welcome: wire.Welcome) -> None:
        self._report(self._reporter.welcomed(welcome.heartbeat_s, self._now_s))
        passed = self._book.last_passed()
        self._report([passed] if passed is not None else [])
        self._say_outcome()

    def _ping(self, ping: wire.Ping) -> None:
        self._answer(wire.Pong(stamp_s=ping.stamp_s))
        if self._reporter.link is Link.UP:
            self._book.heard(self._now_s)

    def _shut_down(self, event: ShutDown) -> None:
        self._tell(self._steering.halt())
        self._do(self._performer.obey(Mode.STOPPED, self._now_s))
        self._answer(wire.Bye(because=event.because))
        self._fire("shut_down")

    # -- orders ----------------------------------------------------------------------------------------------

    def _order(self, order: wire.Order) -> None:
        order_id, update_id = order.order_id, order.order_update_id
        verdict = self._book.take(order, self._motion, acts=self._performer.is_busy)
        if isinstance(verdict, orders.Gap):
            text = f"order {order_id}, update {update_id}: {verdict}"
            self._report(self._reporter.fault("order_gap", FaultLevel.INFO, text))
        elif verdict:
            refusal = wire.OrderRefused(order_id=order_id, order_update_id=update_id, message=verdict)
            self._answer(refusal)
        else:
            self._fire_if("assign", self._book.is_open)
            self._report(self._reporter.clear("order_gap"))
            self._answer(wire.OrderAccepted(order_id=order_id, order_update_id=update_id))

    def _cancel(self, cancel: wire.Cancel) -> None:
        if self._book.cancel(cancel):
            because = f"cancelled: {cancel.because or 'by the orchestrator'}"
            self._do(self._performer.abort(because, self._now_s))
            self._stop_early()
        else:
            self._answer(wire.Ack(ref=cancel.cancel_id))

    def _stop_early(self) -> None:
        if self._motion is not None:
            self._book.stop_early(self._motion, displaced=DISPLACED in self._reporter.faults)

    # -- instant actions -------------------------------------------------------------------------------------

    def _instant(self, instant: wire.InstantAction) -> None:
        ack = self._answered.get(instant.instant_id)
        if ack is None:
            problem = self._carry_out(instant)
            ack = wire.Ack(ref=instant.instant_id, ok=not problem, message=problem)
            self._answered[instant.instant_id] = ack
            if len(self._answered) > INSTANTS_KEPT:
                del self._answered[next(iter(self._answered))]
        self._answer(ack)

    def _carry_out(self, instant: wire.InstantAction) -> str:
        """What was wrong with it; '' when it is done."""
        if instant.verb is InstantVerb.CONFIRM:
            return self._confirm(instant.params)
        if instant.verb is InstantVerb.PAUSE:
            self._modes.pause()
        elif instant.verb is InstantVerb.STOP:
            self._stop()
        else:
            return self._modes.resume()
        self._apply_mode()
        return ""

    def _stop(self) -> None:
        """The skill makes its own actuators safe; the lamp is put out even if none runs."""
        self._modes.stop()
        self._tell(self._steering.halt())
        if self._facts.lamps_w:
            self._tell([body.SetDevice(device="lamp", value="off")])

    def _confirm(self, params: dict[str, str]) -> str:
        if not self._performer.is_busy:
            return "no action is waiting for a confirmation"
        if self._modes.mode is not Mode.AUTONOMOUS:
            return f"the robot is {self._modes.mode.value}: resume it first"
        what = params.get("what", "pin" if "pin" in params else "")
        value = params.get("value", params.get("pin", ""))
        deed = self._performer.observe(body.Confirmed(what=what, value=value), self._now_s)
        self._do(deed)
        return deed.declined

    # -- the body --------------------------------------------------------------------------------------------

    def _moved(self, motion: body.Motion) -> None:
        first = self._motion is None
        self._motion = motion
        if first:
            self._locate(motion)
        self._report(self._reporter.pose(motion, self._now_s))

    def _locate(self, motion: body.Motion) -> None:
        self._fire("locate")
        if self._book.is_open:
            self._fire("assign")
        if orders.is_displaced(self._book.memory, motion):
            text = "the robot is not where its order left it: cancel the order"
            self._report(self._reporter.fault(DISPLACED, FaultLevel.ERROR, text))
            self._modes.fault(DISPLACED, text)
        if self._book.memory.cancel_ids:
            self._stop_early()

    def _reached(self, event: body.Reached) -> None:
        self._steering.reached(event.seq)
        self._report(self._book.pass_nodes(event.seq))

    def _powered(self, energy: body.Energy) -> None:
        self._energy = energy
        self._report(self._reporter.energy(energy))
        self._observe(energy)

    def _felt(self, sensed: body.Sensed) -> None:
        self._sensed = sensed
        self._observe(sensed)

    def _frame(self, frame: body.Frame) -> None:
        self._frames += 1
        header = wire.FrameHeader(
            robot_id=self._robot_id, sequence=self._frames, stamp_s=self._now_s, tag=frame.tag
        )
        self._out.append(SendFrame(header, frame.jpeg))
        self._observe(frame)

    def _body_fault(self, fault: body.BodyFault) -> None:
        if fault.cleared:
            self._modes.clear(fault.code)
            self._report(self._reporter.clear(fault.code))
            return
        self._modes.fault(fault.code, fault.message)
        level = FaultLevel.ERROR if self._modes.mode is Mode.FAULT else FaultLevel.WARNING
        self._report(self._reporter.fault(fault.code, level, fault.message))

    def _observe(self, event: body.FromBody) -> None:
        self._do(self._performer.observe(event, self._now_s))

    # -- what follows ----------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Advance as far as everything allows now."""
        self._do(self._performer.tick(self._now_s))
        if self._motion is None:
            return
        self._apply_mode()
        if self._modes.mode is Mode.AUTONOMOUS:
            self._advance(self._motion)
        else:
            self._brake()
        if self._book.has_stopped_early:
            self._end_early()

    def _apply_mode(self) -> None:
        inside = self._motion is not None and orders.in_lift(self._book.memory, self._motion)
        self._modes.settle(may_pause=not inside)
        self._do(self._performer.obey(self._modes.mode, self._now_s))

    def _brake(self) -> None:
        paused = self._modes.mode is Mode.PAUSED
        self._tell(self._steering.aim((), self._performer.pace) if paused else self._steering.halt())

    def _end_early(self) -> None:
        """A cancel, or an action that failed on the way: the robot stands at a node now."""
        if not self._book.memory.cancel_ids:
            self._finish_order()
            return
        self._come_to_rest()
        self._fire_if("finish")
        self._report(self._reporter.clear(DISPLACED))
        self._modes.clear(DISPLACED)
        for cancel_id in self._book.forget():
            self._answer(wire.Ack(ref=cancel_id))

    def _advance(self, motion: body.Motion) -> None:
        if not self._steering.is_driving:
            self._catch_up(motion)
        self._fire_if("drive", bool(self._book.remaining))
        if self._book.has_arrived:
            self._come_to_rest(moving_only=True)
        if self._book.is_open and self._book.memory.stop_seq is None:
            self._act()
        held = self._performer.pace.hold and not orders.in_lift(self._book.memory, motion)
        self._tell(self._steering.aim(() if held else self._book.remaining, self._performer.pace))

    def _catch_up(self, motion: body.Motion) -> None:
        """What it rolled past while it braked is behind it."""
        seq = orders.overrun_seq(self._book.memory, motion)
        self._report(() if seq is None else self._book.pass_nodes(seq))

    def _act(self) -> None:
        """Begin and end the order's action, and the order."""
        order = self._book.memory.order
        assert order is not None
        at_place, action = self._book.has_arrived and order.last, order.action
        if action is not None and self._book.memory.outcome is None:
            if not self._performer.is_busy and (at_place or action.en_route):
                self._do(self._performer.begin(order, self._sensed, self._now_s))
            if at_place and self._performer.is_busy:
                self._fire_if("charge" if action.action_type == "charge" else "act")
                self._do(self._performer.arrive(self._now_s))
        if at_place and (action is None or self._book.memory.outcome is not None):
            self._finish_order()

    def _finish_order(self) -> None:
        self._book.finish()
        self._come_to_rest()
        self._fire_if("finish")
        self._say_outcome()

    def _say_outcome(self) -> None:
        if self._reporter.link is Link.UP:
            outcome = self._book.sent_outcome(self._now_s)
            self._report([outcome] if outcome is not None else [])

    def _come_to_rest(self, *, moving_only: bool = False) -> None:
        self._fire_if("end_action", not moving_only)
        self._fire_if("stand")

    def _do(self, deed: Deed) -> None:
        """Carry a skill's step out. An outcome is said when its order is over."""
        self._tell(deed.tells)
        if deed.outcome is None:
            self._report(deed.news)
            return
        self._book.keep(outcome=deed.outcome)
        if deed.outcome.status is ActionStatus.FAILED and self._book.remaining:
            self._stop_early()

    # -- small words -----------------------------------------------------------------------------------------

    def _fire(self, trigger: str) -> None:
        self._activity = self._activities.advance(self._activity, trigger)

    def _fire_if(self, trigger: str, also: bool = True) -> None:
        if also and self._activities.may(self._activity, trigger):
            self._fire(trigger)

    def _tell(self, messages: Iterable[body.ToBody]) -> None:
        self._out.extend(Tell(message) for message in messages)

    def _answer(self, message: Message) -> None:
        if self._reporter.link is not Link.DOWN:
            self._out.append(Send(message))

    def _report(self, messages: Iterable[Message]) -> None:
        if self._reporter.link is Link.UP:
            self._out.extend(Send(message) for message in messages)

    def _speak(self) -> None:
        """Greeting, State and what is due by time."""
        if self._motion is None or self._energy is None:
            return
        self._report(self._reporter.still_blocked(self._now_s))
        state = state_of(
            self._activity, self._modes.mode, self._book, self._performer, self._motion, self._energy
        )
        said = self._reporter.heartbeat(state, self._now_s)
        if self._reporter.must_greet(self._now_s):
            said = (self._book.hello(self._robot_id, self._boot_id), state)
        self._out.extend(Send(message) for message in said)
