"""One robot in virtual time: the real agent, its disk, its link and its body in the world.

The link behaves like ZeroMQ over TCP: a break is noticed at once or by silence, then it connects again. Where
packets get lost a direction stalls and nobody is told: each end finds out by silence, and an end that hung up
meanwhile leaves the other one talking to nobody.
A crash of the program loses everything but the disk, and sometimes that too.
"""

import random
from collections.abc import Callable

from robots import protocol as wire
from robots.agent import Agent
from robots.agent_io import (
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
from robots.drivers.base import SetDevice
from robots.protocol import Codec, Factsheet
from simulators.network import HEALTHY, Link, Quality
from simulators.schedule import Schedule
from simulators.world import World

LINGER_S = 1.0
"""What was said last is still sent for so long."""
SILENCE_S = 3.0
CONNECT_S = (0.1, 1.5)
CHECK_S = 0.5
SLACK_S = 1e-6
"""What its clock is reckoned with may fall short of a deadline by a rounding."""

Listener = Callable[[str, int, bytes], None]
"""(robot_id, connection number, bytes) at the orchestrator's end."""


class SimRobot:
    def __init__(
        self, robot_id: str, facts: Factsheet, schedule: Schedule, world: World, listener: Listener
    ) -> None:
        self.robot_id = robot_id
        self.facts = self.nominal = facts
        """Of the machine that it has now, and of the one that it began with."""
        self.memory: OrderMemory | None = None
        """Its disk."""
        self.boots = 0
        self.connection = 0
        """Number of the present connection; 0 while there is none."""
        self.agent: Agent | None = None
        self.orchestrator_listens = True
        self.on_device: Callable[[SetDevice], None] = lambda _message: None
        """Told of every device that its program switches; for the invariants."""
        self._listener = listener
        self._schedule = schedule
        self._world = world
        self._codec = Codec()
        self._rng = random.Random(f"robot {robot_id} {world.now_s}")
        self._up = Link(schedule, self._rng, HEALTHY, self._arrive, self.drop, self.drop)
        self._down = Link(schedule, self._rng, HEALTHY, self._hear, self.drop)
        self._half_open: dict[int, None] = {}
        """Connections that are closed here, which the orchestrator does not know."""
        self._hung_up = False
        """The orchestrator's end is closed, which the robot does not know."""
        self._clock_rate, self._clock_from_s, self._clock_at_s = 1.0, schedule.now_s, schedule.now_s
        self._connections = 0
        self._heard_s = 0.0
        self._connecting = False
        self._shadowed = False
        self._timer_s: float | None = None
        self._dies_after: int | None = None
        schedule.every(CHECK_S, self._watch)

    # -- life ----------------------------------------------------------------------------------------------

    def boot(self) -> None:
        """The program starts (again)."""
        if self.agent is not None:
            return
        if self.connection:
            self._drop()  # of the program before this one
        self.boots += 1
        self._dies_after = None
        self.agent = Agent(self.robot_id, f"boot-{self.boots}", self.facts, self.memory)
        self._world.join(self.robot_id, self.facts)
        self._set_timer()

    def crash(self, *, forget: bool = False) -> None:
        """The program dies; forget: its disk is lost too. The body brakes when its driver is gone."""
        self.agent = None
        self._drop()
        if forget:
            self.memory = None
        self._world.abandon(self.robot_id)

    def shut_down(self) -> None:
        """The program ends on purpose: it says goodbye, and its link closes a moment later."""
        self._feed(ShutDown(because="its program was ended"))
        self.agent = None
        self._world.abandon(self.robot_id)
        self._schedule.after(LINGER_S, lambda: self._drop() if self.agent is None else None)

    def crash_after(self, commands: int) -> None:
        """Die in the middle: after so many more commands of the agent."""
        self._dies_after = commands

    # -- the link ------------------------------------------------------------------------------------------

    def set_quality(self, quality: Quality) -> None:
        self._up.quality = self._down.quality = quality

    def read_slowly(self, quality: Quality) -> None:
        """Only what comes to the robot."""
        self._down.quality = quality

    def is_read_slowly(self, quality: Quality) -> None:
        """Only what comes from the robot."""
        self._up.quality = quality

    @property
    def queued(self) -> tuple[int, int]:
        """Messages on their way to the orchestrator, and to the robot."""
        return self._up.queued, self._down.queued

    def say(self, connection: int, message: wire.Message) -> bool:
        """The orchestrator says something on a connection; False: it knows that this one is gone."""
        if connection == self.connection and not self._hung_up:
            self._down.send(self._codec.encode(message))
            return True
        return connection in self._half_open

    def drop(self) -> None:
        """The connection breaks, and both ends notice."""
        if self.connection:
            self._drop()
            self._feed(LinkDown())

    def hang_up(self) -> None:
        """The orchestrator's end closes. Where no packet comes down, only silence will tell the robot."""
        self._half_open.clear()
        if self._down.is_stalled:
            self._hung_up = True
        else:
            self.drop()

    def _drop(self) -> None:
        if self.connection and self._up.is_stalled and not self._hung_up:
            self._half_open[self.connection] = None
        self.connection = 0
        self._connecting = self._hung_up = False
        self._up.cut()
        self._down.cut()

    @property
    def is_cut(self) -> bool:
        """At least one direction lets nothing through: no new connection is made."""
        return self._up.is_stalled or self._down.is_stalled

    def set_cut(self, is_cut: bool) -> None:
        """The network lets nothing through; nobody is told."""
        self.set_half_cut(up=is_cut, down=is_cut)

    def set_half_cut(self, *, up: bool, down: bool) -> None:
        """Nothing comes up, or nothing comes down."""
        for link, stalled in ((self._up, up), (self._down, down)):
            if stalled:
                link.stall()
            elif link.is_stalled:
                link.resume()
        if not up:
            self._half_open.clear()  # the first packet is answered: no such connection
        if not down and self._hung_up:
            self.drop()

    def _feel_shadow(self) -> None:
        """Where no radio reaches, nothing comes through; at its edge it comes back."""
        body = self._world.bodies.get(self.robot_id)
        is_shadowed = body is not None and self._world.is_shadowed(body)
        if is_shadowed != self._shadowed:
            self._shadowed = is_shadowed
            self.set_cut(is_shadowed)

    def _watch(self) -> None:
        self._feel_shadow()
        if self.agent is None:
            return
        if self.connection and self._schedule.now_s - self._heard_s > SILENCE_S:
            self.drop()
        if not self.connection and not self._connecting:
            self._connecting = True
            self._schedule.after(self._rng.uniform(*CONNECT_S), self._connect)

    def _connect(self) -> None:
        self._connecting = False
        if self.agent is None or self.connection or self.is_cut or not self.orchestrator_listens:
            return
        self._connections += 1
        self.connection = self._connections
        self._heard_s = self._schedule.now_s
        self._half_open.clear()
        self._up.mend()
        self._down.mend()
        self._feed(LinkUp())

    def _arrive(self, data: object) -> None:
        assert isinstance(data, bytes)
        if not self._hung_up:
            self._listener(self.robot_id, self.connection, data)

    def _hear(self, data: object) -> None:
        assert isinstance(data, bytes)
        self._heard_s = self._schedule.now_s
        self._feed(self._codec.decode_down(data))

    # -- its clock -----------------------------------------------------------------------------------------

    def set_clock_rate(self, rate: float) -> None:
        """From now on its seconds are this much shorter (above 1) or longer."""
        now_s = self._schedule.now_s
        self._clock_at_s, self._clock_from_s, self._clock_rate = self._clock_s(), now_s, rate

    def _clock_s(self) -> float:
        if self._clock_is_right:
            return self._schedule.now_s
        return self._clock_at_s + (self._schedule.now_s - self._clock_from_s) * self._clock_rate

    def _when_s(self, clock_s: float) -> float:
        """When its clock will say so."""
        if self._clock_is_right:
            return clock_s
        return self._clock_from_s + (clock_s - self._clock_at_s) / self._clock_rate + SLACK_S

    @property
    def _clock_is_right(self) -> bool:
        return self._clock_rate == 1.0 and self._clock_at_s == self._clock_from_s

    # -- the agent -----------------------------------------------------------------------------------------

    def feel(self, event: AgentEvent) -> None:
        """The body reports."""
        self._feed(event)

    def _feed(self, event: AgentEvent) -> None:
        if self.agent is None:
            return
        for command in self.agent.handle(event, self._clock_s()):
            if self._dies_after is not None:
                self._dies_after -= 1
                if self._dies_after < 0:
                    self.crash()
                    return
            self._do(command)
        self._set_timer()

    def _do(self, command: Remember | Send | Tell | SendFrame) -> None:
        if isinstance(command, Remember):
            self.memory = command.memory
        elif isinstance(command, Send):
            self._up.send(self._codec.encode(command.message))
        elif isinstance(command, Tell):
            if isinstance(command.message, SetDevice):
                self.on_device(command.message)
            self._world.tell(self.robot_id, command.message)

    def _set_timer(self) -> None:
        due_s = self.agent.next_deadline_s() if self.agent is not None else None
        if due_s is None or (self._timer_s is not None and self._timer_s <= due_s):
            return
        self._timer_s = due_s

        def fire() -> None:
            if self._timer_s == due_s:
                self._timer_s = None
                if self.agent is not None:
                    self._fire()

        self._schedule.at(self._when_s(due_s), fire)

    def _fire(self) -> None:
        """A timer may have been put off meanwhile."""
        assert self.agent is not None
        due_s = self.agent.next_deadline_s()
        if due_s is not None and due_s <= self._clock_s():
            self._feed(TimerFired())
        else:
            self._set_timer()
