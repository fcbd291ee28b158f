"""One robot as a process: the agent, its body's driver and the wire, in one loop and one thread.

The loop waits for the body and the orchestrator at once and serves the body first: a person in front of the
lamp must never wait for the network.
"""

import logging
import math
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Protocol

import msgspec
import zmq

from robots.agent import Agent
from robots.agent_io import (
    AgentEvent,
    LinkDown,
    LinkUp,
    Remember,
    Send,
    SendFrame,
    ShutDown,
    Tell,
    TimerFired,
)
from robots.drivers.base import Driver
from robots.locator import Endpoints, Locator
from robots.memory_file import MemoryFile
from robots.profiles import load_profile
from robots.protocol import PROTOCOL_VERSION, Refused, Welcome
from robots.transport import LinkEvent, Transport

WAIT_S_MAX = 0.25
"""A stop is noticed within this."""
UNPOLLABLE_S = 0.02
EXIT_VERSION = 2
LOCATE_AGAIN_S = 5.0
"""A link that stays down this long may have moved to other ports: ask the server again."""

log = logging.getLogger(__name__)


class Stop(Protocol):
    """threading.Event fits."""

    def is_set(self) -> bool: ...


def run(
    robot_id: str,
    model: str,
    server_url: str,
    driver: Driver,
    data_dir: Path,
    stop: Stop,
    speed: float = 1.0,
) -> int:
    """Run the robot until stop is set. The exit code: 0 stopped, 2 the orchestrator speaks another version.

    speed scales the robot's clock like the simulated world's; heartbeats stay real. Raises ProfileError,
    MemoryFileError, DriverError, TransportError; each message says what to do.
    """
    facts = load_profile(model)
    with closing(MemoryFile(data_dir, robot_id)) as memory:
        driver.open()
        with closing(driver):
            agent = Agent(robot_id, uuid.uuid4().hex[:12], facts, memory.load())
            return Runtime(agent, driver, memory, Locator(server_url), speed).run(stop)


class Runtime:
    def __init__(
        self, agent: Agent, driver: Driver, memory: MemoryFile, locator: Locator, speed: float = 1.0
    ) -> None:
        self._agent = agent
        self._driver = driver
        self._memory = memory
        self._locator = locator
        self._speed = speed
        self._transport: Transport | None = None
        self._endpoints: Endpoints | None = None
        self._down_since_s: float | None = float("-inf")
        self._told_body = False
        self._exit_code: int | None = None
        self._wall_s, self._start_s = time.time(), time.monotonic()

    def run(self, stop: Stop) -> int:
        try:
            while not stop.is_set() and self._exit_code is None:
                self._wait()
                self._serve_body()
                self._serve_link()
                self._serve_time()
            self._feed(ShutDown("its program was stopped" if stop.is_set() else "wrong protocol version"))
        finally:
            if self._transport is not None:
                self._transport.close()
        return self._exit_code or 0

    @property
    def now_s(self) -> float:
        """Unix time that never jumps back, scaled."""
        return self._wall_s + (time.monotonic() - self._start_s) * self._speed

    # -- the loop's four steps -------------------------------------------------------------------------------

    def _wait(self) -> None:
        poller = zmq.Poller()
        body = self._driver.fileno()
        if body is not None:
            poller.register(body, zmq.POLLIN)
        for socket in self._transport.sockets if self._transport is not None else ():
            poller.register(socket, zmq.POLLIN)
        longest_s = WAIT_S_MAX if body is not None else UNPOLLABLE_S
        # a socket behind the descriptor may have news that a send has swallowed the signal of: look again
        wait_s = 0.0 if self._told_body else max(0.0, min(longest_s, self._due_in_s()))
        self._told_body = False
        poller.poll(math.ceil(1000 * wait_s))

    def _due_in_s(self) -> float:
        agent_s = self._agent.next_deadline_s()
        link_s = self._transport.next_deadline_s() if self._transport is not None else None
        in_s = [] if agent_s is None else [(agent_s - self.now_s) / self._speed]
        in_s += [] if link_s is None else [link_s - time.monotonic()]
        return min(in_s, default=WAIT_S_MAX)

    def _serve_body(self) -> None:
        for event in self._driver.poll(0.0):
            self._feed(event)

    def _serve_link(self) -> None:
        if self._transport is not None:
            for event in self._transport.receive():
                self._take(event)
        if self._down_since_s is not None and time.monotonic() >= self._down_since_s + LOCATE_AGAIN_S:
            self._locate()

    def _serve_time(self) -> None:
        due_s = self._agent.next_deadline_s()
        if due_s is not None and self.now_s >= due_s:
            self._feed(TimerFired())

    # -- the link --------------------------------------------------------------------------------------------

    def _take(self, event: LinkEvent) -> None:
        if isinstance(event, LinkUp):
            self._down_since_s = None
        elif isinstance(event, LinkDown):
            self._down_since_s = time.monotonic()
        elif isinstance(event, Welcome):
            event = msgspec.structs.replace(event, heartbeat_s=event.heartbeat_s * self._speed)
        elif isinstance(event, Refused):
            self._say_refused(event)
            event = msgspec.structs.replace(event, retry_s=event.retry_s * self._speed)
        self._feed(event)

    def _say_refused(self, refused: Refused) -> None:
        if refused.code == "version":
            log.error("The orchestrator refused this robot: %s", refused.message)
            self._exit_code = EXIT_VERSION
            return
        again = f"Trying again in {refused.retry_s:.0f} s."
        log.warning("The orchestrator refused this robot (%s): %s %s", refused.code, refused.message, again)

    def _locate(self) -> None:
        self._locator.ask()
        endpoints = self._locator.answer()
        if endpoints is None:
            return
        if endpoints.protocol_version != PROTOCOL_VERSION:
            log.error(
                "The orchestrator speaks protocol %d, this robot %d: install the same version of both.",
                endpoints.protocol_version,
                PROTOCOL_VERSION,
            )
            self._exit_code = EXIT_VERSION
            return
        self._down_since_s = time.monotonic()
        if endpoints != self._endpoints:
            self._connect(endpoints)

    def _connect(self, endpoints: Endpoints) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = Transport(endpoints.control, endpoints.frames)
        self._endpoints = endpoints

    # -- carrying out ----------------------------------------------------------------------------------------

    def _feed(self, event: AgentEvent) -> None:
        for command in self._agent.handle(event, self.now_s):
            if isinstance(command, Tell):
                self._driver.tell(command.message)
                self._told_body = True
            elif isinstance(command, Remember):
                self._memory.save(command.memory)
            elif self._transport is None:
                continue  # nobody to say it to
            elif isinstance(command, Send):
                self._transport.send(command.message)
            elif isinstance(command, SendFrame):
                self._transport.send_frame(command.header, command.jpeg)
