"""SimDriver: a robot's body in the simulated world, behind the interface that real hardware has.

A thin client: zmq and msgspec only, so that a robot process stays small.
"""

import time

import msgspec
import zmq

from robots.drivers.base import DriverError, FromBody, ToBody
from robots.protocol import Factsheet
from simulators.wire import (
    ALIVE_S,
    Alive,
    FromWorld,
    Join,
    Joined,
    JoinRefused,
    Leave,
    WhoAreYou,
    WorldMessage,
)

DEFAULT_ENDPOINT = "tcp://127.0.0.1:5580"
JOIN_WAIT_S = 30.0
"""The world compiles its camera at its first start."""
JOIN_AGAIN_S = 0.5
LINGER_MS = 200


class SimDriver:
    """One body of the world at endpoint. node: where to start; None: at a free charger."""

    def __init__(
        self,
        robot_id: str,
        factsheet: Factsheet,
        endpoint: str = DEFAULT_ENDPOINT,
        node: str | None = None,
        *,
        join_wait_s: float = JOIN_WAIT_S,
    ) -> None:
        self._endpoint = endpoint
        self._join = Join(robot_id=robot_id, factsheet=factsheet, node=node)
        self._join_wait_s = join_wait_s
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(FromWorld)
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._socket: zmq.Socket[bytes] | None = None
        self._spoke_s = 0.0
        self._early: list[FromBody] = []
        self.start_node = ""

    def open(self) -> None:
        """Join the world. Raises DriverError when it does not answer, or refuses."""
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        self._socket.connect(self._endpoint)
        try:
            self.start_node = self._knock(self._socket)
        except DriverError:
            self.close()
            raise

    def _knock(self, socket: "zmq.Socket[bytes]") -> str:
        problem = "it does not answer: start it with 'fleet sim serve SITE'"
        until_s = time.monotonic() + self._join_wait_s
        while time.monotonic() < until_s:
            self._send(self._join)
            socket.poll(int(JOIN_AGAIN_S * 1000))
            for answer in self._receive(socket):
                if isinstance(answer, Joined):
                    return answer.node
                if not isinstance(answer, WorldMessage):
                    self._early.append(answer)
                if isinstance(answer, JoinRefused):
                    problem = answer.message
                    if not answer.retry:
                        raise DriverError(f"the simulated world at {self._endpoint}: {problem}.")
                    time.sleep(JOIN_AGAIN_S)
        raise DriverError(f"the simulated world at {self._endpoint}: {problem}.")

    def tell(self, message: ToBody) -> None:
        self._send(message)

    def poll(self, timeout_s: float) -> list[FromBody]:
        socket = self._socket
        if socket is None:
            return []
        if time.monotonic() - self._spoke_s > ALIVE_S:
            self._send(Alive())
        found, self._early = self._early, []
        if not found and timeout_s > 0.0:
            socket.poll(int(timeout_s * 1000))
        for message in self._receive(socket):
            if isinstance(message, WhoAreYou):
                self._send(msgspec.structs.replace(self._join, again=True))
            elif not isinstance(message, WorldMessage):
                found.append(message)
        return found

    def fileno(self) -> int | None:
        """Edge-triggered, as ZeroMQ's are: poll() after every tell() before waiting on it."""
        return None if self._socket is None else int(self._socket.getsockopt(zmq.FD))

    def close(self) -> None:
        if self._socket is None or self._context is None:
            return
        self._send(Leave())
        self._socket.close()
        self._context.term()
        self._socket = self._context = None

    def _receive(self, socket: "zmq.Socket[bytes]") -> "list[FromWorld]":
        found: list[FromWorld] = []
        while socket.poll(0):
            found.append(self._decoder.decode(socket.recv()))
        return found

    def _send(self, message: ToBody | WorldMessage) -> None:
        if self._socket is None:
            return
        self._spoke_s = time.monotonic()
        try:
            self._socket.send(self._encoder.encode(message), zmq.NOBLOCK)
        except zmq.Again:
            # the world has been away for thousands of messages; it will ask who we are
            return
