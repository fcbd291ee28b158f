"""Links that delay, repeat, reorder and lose messages, stall, clog and break, all from a seed.

A link over TCP does not lose or reorder while it stands: there a loss is a break, and both ends notice
(broken). While packets get lost it stalls: what is sent waits and comes in order when they pass again. A
reader that takes its time lets the queue grow to the high-water mark; what comes then is not sent (clogged).
Links without these promises (datagrams) just lose.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulators.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How bad a link is. A healthy one keeps the order, as TCP does."""

    delay_s: tuple[float, float] = (0.002, 0.02)
    loss: float = 0.0
    """Share of messages that vanish, with the link if it has a word for that."""
    repeat: float = 0.0
    """Share that arrives twice."""
    reorder: float = 0.0
    """Share that is overtaken by later ones."""
    late_s: float = 2.0
    """How much later an overtaken or repeated one comes, at most."""
    take_s: tuple[float, float] = (0.0, 0.0)
    """The reader needs this long for each message; the next one waits."""
    queued_max: int = 6_000
    """High-water mark: messages that may be on their way or wait (robots.transport, fleet.links.zeromq)."""


HEALTHY = Quality()
ROUGH = Quality(delay_s=(0.005, 0.25), loss=0.004, repeat=0.02)
"""A bad TCP link: slow, and it breaks now and then. What comes twice was sent again by somebody."""
DATAGRAMS = Quality(delay_s=(0.005, 0.25), loss=0.02, repeat=0.02, reorder=0.1)
"""No promise at all."""


class Link:
    """One direction between two parties. deliver is called with each message when it arrives.

    broken: the link has a word for a loss. clogged: for a message above the high-water mark.
    """

    def __init__(
        self,
        schedule: Schedule,
        rng: random.Random,
        quality: Quality,
        deliver: Callable[[object], None],
        broken: Callable[[], None] | None = None,
        clogged: Callable[[], None] | None = None,
    ) -> None:
        self._broken = broken
        self._clogged = clogged
        self.quality = quality
        self._schedule = schedule
        self._rng = rng
        self._deliver = deliver
        self._life = 0
        self._in_order_s = 0.0
        self._cut = False
        self.is_stalled = False
        self.queued = 0
        """Sent and not delivered."""
        self._held: deque[object] = deque()

    def send(self, message: object) -> None:
        quality, rng = self.quality, self._rng
        if self._cut:
            return
        if self.queued >= quality.queued_max:
            if self._clogged is not None:
                self._schedule.after(0.0, self._clogged)
            return
        if rng.random() < quality.loss:
            self._lose()
            return
        due_s = self._schedule.now_s + rng.uniform(*quality.delay_s)
        if rng.random() < quality.reorder:
            self._enter(due_s + rng.uniform(0.0, quality.late_s), message)
        else:
            taken_s = rng.uniform(*quality.take_s) if quality.take_s[1] else 0.0
            self._in_order_s = max(self._in_order_s + taken_s, due_s)
            self._enter(self._in_order_s, message)
        if rng.random() < quality.repeat:
            self._enter(due_s + rng.uniform(0.0, quality.late_s), message)

    def _lose(self) -> None:
        if self._broken is not None:
            self.cut()
            self._schedule.after(0.0, self._broken)

    def _enter(self, due_s: float, message: object) -> None:
        life = self._life
        self.queued += 1

        def arrive() -> None:
            if life != self._life:
                return
            if self.is_stalled or self._held:
                self._held.append(message)
            else:
                self._hand_over(message)

        self._schedule.at(due_s, arrive)

    def _hand_over(self, message: object) -> None:
        self.queued -= 1
        self._deliver(message)

    def stall(self) -> None:
        """No packet passes, and nobody is told: what is sent waits."""
        self.is_stalled = True

    def resume(self) -> None:
        """Packets pass again: what waited comes now, in order."""
        self.is_stalled = False
        life = self._life

        def flush() -> None:
            while self._held and life == self._life and not self.is_stalled:
                self._hand_over(self._held.popleft())

        self._schedule.after(0.0, flush)

    def cut(self) -> None:
        """The link breaks: what is under way is lost, and so is what is sent until mend()."""
        self._cut = True
        self._life += 1
        self.queued = 0
        self._in_order_s = 0.0
        self._held.clear()

    def mend(self) -> None:
        self._cut = False
