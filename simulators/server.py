"""The world process: robots' drivers and the orchestrator's building link connect to one ROUTER.

A loop in one thread owns the world: messages, 20 ticks a second, reports. A small REST server (state,
faults) hands its requests to that loop. Everything listens on loopback only.
"""

import logging
import math
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

import msgspec
import zmq

from fleet.links.building import BuildingHello, DoorRequest, FromBuilding, LiftRelease, LiftRequest
from robots.drivers.base import FromBody
from simulators.wire import (
    HOLD_S,
    MESSAGE_BYTES_MAX,
    SILENT_S,
    Alive,
    Join,
    Joined,
    JoinRefused,
    Leave,
    ToWorld,
    WhoAreYou,
    WorldMessage,
)
from simulators.world import World, WorldError

T = TypeVar("T")
logger = logging.getLogger(__name__)

TICK_S = 0.05
BEHIND_S = 1.0
"""A world that is further behind than this (a suspended laptop) does not catch up."""

AnyMessage = ToWorld | BuildingHello | DoorRequest | LiftRequest | LiftRelease
ToBuildingTypes = (BuildingHello, DoorRequest, LiftRequest, LiftRelease)


@dataclass(slots=True)
class _Seat:
    """One driver's connection."""

    robot_id: str
    heard_s: float
    abandoned: bool = False


class WorldServer:
    """speed: world seconds per real second."""

    def __init__(self, world: World, port: int, *, speed: float = 1.0) -> None:
        self.world = world
        self._speed = speed
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES_MAX)
        self._socket.bind(f"tcp://127.0.0.1:{port}")
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(AnyMessage)
        self._seats: dict[bytes, _Seat] = {}
        self._drivers: dict[str, bytes] = {}
        self._building: list[bytes] = []
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    # -- the loop ------------------------------------------------------------------------------------------

    def run(self, stop: Event) -> None:
        """Until stop is set."""
        last_s = time.monotonic()
        next_s = last_s + TICK_S
        while not stop.is_set():
            self._listen(max(0.0, next_s - time.monotonic()))
            now_s = time.monotonic()
            if now_s < next_s:
                continue
            self._step(min(now_s - last_s, BEHIND_S))
            last_s, next_s = now_s, max(next_s + TICK_S, now_s)

    def close(self) -> None:
        self._socket.close()
        self._context.term()

    def call(self, what: Callable[[], T]) -> T:
        """Run something in the world's thread and wait for it; for the REST server. Raises what it raises."""
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(what())
            except WorldError as error:
                answer.set_exception(error)

        self._calls.put(run)
        return answer.result(timeout=10.0)

    def _step(self, real_s: float) -> None:
        while not self._calls.empty():
            self._calls.get()()
        self._abandon_silent()
        happened = self.world.advance(self.world.now_s + real_s * self._speed)
        for robot_id, message in happened.from_body:
            identity = self._drivers.get(robot_id)
            if identity is not None:
                self._send(identity, message)
        for report in happened.from_building:
            for identity in self._building:
                self._send(identity, report)

    def _abandon_silent(self) -> None:
        for seat in self._seats.values():
            if not seat.abandoned and time.monotonic() - seat.heard_s > SILENT_S:
                seat.abandoned = True
                self.world.abandon(seat.robot_id)

    # -- messages ------------------------------------------------------------------------------------------

    def _listen(self, wait_s: float) -> None:
        if not self._socket.poll(int(wait_s * 1000) + 1):
            return
        while self._socket.poll(0):
            identity, *_, data = self._socket.recv_multipart()
            self._take(identity, data)

    def _take(self, identity: bytes, data: bytes) -> None:
        try:
            message = self._decoder.decode(data)
        except msgspec.DecodeError as error:
            logger.warning("a message that nobody understands was left out: %s", error)
            return
        if isinstance(message, Join):
            self._join(identity, message)
        elif isinstance(message, ToBuildingTypes):
            self._ask_building(identity, message)
        else:
            self._tell(identity, message)

    def _ask_building(
        self, identity: bytes, message: BuildingHello | DoorRequest | LiftRequest | LiftRelease
    ) -> None:
        if isinstance(message, BuildingHello):
            self._greet_building(identity, message)
        self.world.request(message)

    def _greet_building(self, identity: bytes, message: BuildingHello) -> None:
        site_id = self.world.graph.site.site_id
        if message.site_id != site_id:
            logger.warning("the orchestrator is for site '%s', this world is '%s'", message.site_id, site_id)
        if identity not in self._building:
            self._building.append(identity)

    def _join(self, identity: bytes, message: Join) -> None:
        holder = self._drivers.get(message.robot_id, identity)
        heard_s = self._seats[holder].heard_s if holder in self._seats else -math.inf
        if holder != identity and time.monotonic() - heard_s < HOLD_S:
            text = f"robot '{message.robot_id}' is driven by another process; choose another --id"
            self._send(identity, JoinRefused(message=text, retry=True))
            return
        try:
            node = self.world.join(message.robot_id, message.factsheet, message.node)
        except WorldError as error:
            self._send(identity, JoinRefused(message=str(error)))
            return
        if message.again:
            self.world.bodies[message.robot_id].restarted("its world was started again")
        self._seats.pop(holder, None)
        self._drivers[message.robot_id] = identity
        self._seats[identity] = _Seat(message.robot_id, time.monotonic())
        self._send(identity, Joined(node=node))

    def _tell(self, identity: bytes, message: ToWorld) -> None:
        seat = self._seats.get(identity)
        if seat is None:
            self._send(identity, WhoAreYou())
            return
        seat.heard_s, seat.abandoned = time.monotonic(), False
        if isinstance(message, Leave):
            self.world.abandon(seat.robot_id)
            del self._seats[identity], self._drivers[seat.robot_id]
        elif not isinstance(message, Alive | Join):
            self.world.tell(seat.robot_id, message)

    def _send(self, identity: bytes, message: FromBody | FromBuilding | WorldMessage) -> None:
        self._socket.send_multipart([identity, self._encoder.encode(message)])
