"""Links that delay, repeat, reorder and lose messages, and break, all from a seed.

A link over TCP does not lose or reorder while it stands: there a loss is a break, and both ends notice
(broken). Links without that promise (datagrams) just lose.
"""

import random
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


HEALTHY = Quality()
ROUGH = Quality(delay_s=(0.005, 0.25), loss=0.004, repeat=0.02)
"""A bad TCP link: slow, and it breaks now and then. What comes twice was sent again by somebody."""


class Link:
    """One direction between two parties. deliver is called with each message when it arrives."""

    def __init__(
        self,
        schedule: Schedule,
        rng: random.Random,
        quality: Quality,
        deliver: Callable[[object], None],
        broken: Callable[[], None] | None = None,
    ) -> None:
        self._broken = broken
        self.quality = quality
        self._schedule = schedule
        self._rng = rng
        self._deliver = deliver
        self._life = 0
        self._in_order_s = 0.0
        self._cut = False

    def send(self, message: object) -> None:
        quality, rng = self.quality, self._rng
        if self._cut:
            return
        if rng.random() < quality.loss:
            self._lose()
            return
        now_s = self._schedule.now_s
        due_s = now_s + rng.uniform(*quality.delay_s)
        if rng.random() < quality.reorder:
            self._enter(due_s + rng.uniform(0.0, quality.late_s), message)
        else:
            self._in_order_s = max(self._in_order_s, due_s)
            self._enter(self._in_order_s, message)
        if rng.random() < quality.repeat:
            self._enter(due_s + rng.uniform(0.0, quality.late_s), message)

    def _lose(self) -> None:
        if self._broken is not None:
            self.cut()
            self._schedule.after(0.0, self._broken)

    def _enter(self, due_s: float, message: object) -> None:
        life = self._life

        def arrive() -> None:
            if life == self._life:
                self._deliver(message)

        self._schedule.at(due_s, arrive)

    def cut(self) -> None:
        """The link breaks: what is under way is lost, and so is what is sent until mend()."""
        self._cut = True
        self._life += 1

    def mend(self) -> None:
        self._cut = False
