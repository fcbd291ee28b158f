"""When a robot says what: the greeting, heartbeats, poses at a bounded rate, faults once. Sans-IO.

Three stages of the link: down (nothing is said), greeting (Hello was said, only answers go out), up.
"""

from enum import Enum

from robots.drivers.base import Energy, Motion
from robots.order_book import OrderBook
from robots.performing import Performer
from robots.protocol import Factsheet, Fault, FaultLevel, Message, Pose, State

POSE_MOVING_S = 0.095
"""At most 10 a second, with some slack for the body's own rhythm."""
POSE_RESTING_S = 0.995
HELLO_AGAIN_S = 5.0
BLOCKED_S = 5.0
"""Something in the way for less than this is not worth a word."""
BATTERY_MARGIN_FRACTION = 0.05


class Link(Enum):
    DOWN = "down"
    GREETING = "greeting"
    UP = "up"


class Reporter:
    """What has been said last, and what is due."""

    def __init__(self, facts: Factsheet) -> None:
        self._facts = facts
        self.link = Link.DOWN
        self.faults: dict[str, Fault] = {}
        self._unsaid: dict[str, Fault] = {}
        """Faults that were cleared while nobody heard it."""
        self._heartbeat_s = 1.0
        self._hello_due_s: float | None = None
        self._state_due_s: float | None = None
        self._said: State | None = None
        self._pose_s = float("-inf")
        self._moving = False
        self._blocked: tuple[str, float] | None = None

    # -- the link --

    def linked(self, now_s: float) -> None:
        self.link, self._hello_due_s, self._state_due_s, self._said = Link.GREETING, now_s, None, None

    def unlinked(self) -> None:
        self.link, self._hello_due_s, self._state_due_s = Link.DOWN, None, None

    def welcomed(self, heartbeat_s: float, now_s: float) -> tuple[Message, ...]:
        """What is to be said first: the faults that are gone, then those that stand."""
        if self.link is Link.DOWN:
            return ()
        self.link, self._hello_due_s, self._said = Link.UP, None, None
        self._heartbeat_s = heartbeat_s if 0.1 <= heartbeat_s <= 60.0 else 1.0
        self._state_due_s = now_s
        news = (*self._unsaid.values(), *self.faults.values())
        self._unsaid = {}
        return news

    def refused(self, retry_s: float, now_s: float) -> None:
        """Say Hello again later."""
        if self.link is not Link.DOWN:
            self.link, self._state_due_s = Link.GREETING, None
            self._hello_due_s = now_s + (retry_s if 1.0 <= retry_s <= 3600.0 else 10.0)

    def next_deadline_s(self) -> float | None:
        blocked_s = None if self._blocked is None else self._blocked[1] + BLOCKED_S
        if "blocked" in self.faults:
            blocked_s = None
        due = [at for at in (self._hello_due_s, self._state_due_s, blocked_s) if at is not None]
        return min(due, default=None)

    # -- words --

    def must_greet(self, now_s: float) -> bool:
        """Whether Hello is due; true once, then again when nobody has answered it.

        State goes right behind it: the orchestrator needs both to place the robot.
        """
        if self.link is not Link.GREETING or self._hello_due_s is None or now_s < self._hello_due_s:
            return False
        self._hello_due_s = now_s + HELLO_AGAIN_S
        return True

    def heartbeat(self, state: State, now_s: float) -> tuple[Message, ...]:
        """State, at once when it changed and otherwise at the heartbeat."""
        if self.link is not Link.UP:
            return ()
        due = self._state_due_s is None or now_s >= self._state_due_s
        if not due and self._said is not None and _key(self._said) == _key(state):
            return ()
        self._said, self._state_due_s = state, now_s + self._heartbeat_s
        return (state,)

    def pose(self, motion: Motion, now_s: float) -> tuple[Message, ...]:
        moving = motion.speed_mps != 0.0
        least_s = POSE_MOVING_S if moving or self._moving else POSE_RESTING_S
        if self.link is not Link.UP or now_s - self._pose_s < least_s:
            return ()
        self._pose_s, self._moving = now_s, moving
        pose = Pose(
            stamp_s=now_s,
            level=motion.level,
            x_m=motion.x_m,
            y_m=motion.y_m,
            yaw_rad=motion.yaw_rad,
            speed_mps=motion.speed_mps,
        )
        return (pose,)

    # -- faults --

    def fault(self, code: str, level: FaultLevel, message: str) -> tuple[Message, ...]:
        """Raise a fault; the same one with the same words is said once."""
        fault = Fault(code=code, level=level, message=message)
        if self.faults.get(code) == fault:
            return ()
        self._unsaid.pop(code, None)
        self.faults[code] = fault
        return (fault,)

    def clear(self, code: str) -> tuple[Message, ...]:
        known = self.faults.pop(code, None)
        if known is None:
            return ()
        gone = Fault(code=code, level=known.level, message=known.message, cleared=True)
        if self.link is not Link.UP:
            self._unsaid[code] = gone
        return (gone,)

    def energy(self, energy: Energy) -> tuple[Message, ...]:
        low, left = self._facts.low_fraction, energy.battery_fraction
        if left < low:
            text = f"battery is below {low:.0%}: it must charge"
            return self.fault("battery_low", FaultLevel.WARNING, text)
        return self.clear("battery_low") if left >= low + BATTERY_MARGIN_FRACTION else ()

    def blocked(self, what: str, now_s: float) -> tuple[Message, ...]:
        if what in ("", "nothing"):
            self._blocked = None
            return self.clear("blocked")
        since_s = now_s if self._blocked is None else self._blocked[1]
        self._blocked = (what, since_s)
        return self.still_blocked(now_s)

    def still_blocked(self, now_s: float) -> tuple[Message, ...]:
        if self._blocked is None or now_s < self._blocked[1] + BLOCKED_S:
            return ()
        text = f"a {self._blocked[0]} stands in the way"
        return self.fault("blocked", FaultLevel.INFO, text)


def state_of(
    activity: Enum, mode: Enum, book: OrderBook, performer: Performer, motion: Motion, energy: Energy
) -> State:
    """The robot's own account of itself."""
    order = book.memory.order if book.is_open else None
    return State(
        activity=str(activity.value),
        mode=str(mode.value),
        battery_fraction=energy.battery_fraction,
        charging=energy.charging,
        order_id=order.order_id if order else "",
        order_update_id=order.order_update_id if order else 0,
        last_seq=book.memory.last_seq,
        skill=performer.skill,
        phase=performer.phase,
        level=motion.level,
        x_m=motion.x_m,
        y_m=motion.y_m,
        yaw_rad=motion.yaw_rad,
        tanks_ml=energy.tanks_ml,
        lamps_hours=energy.lamps_hours,
        readings=energy.readings,
    )


def _key(state: State) -> tuple[object, ...]:
    """What is said at once when it changes; nodes and poses have messages of their own."""
    return (
        state.activity,
        state.mode,
        state.charging,
        state.order_id,
        state.order_update_id,
        state.skill,
        state.phase,
    )
