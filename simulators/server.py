"""The world process: robots' drivers and the orchestrator's building link connect to one ROUTER.

A loop in one thread owns the world: messages, 20 rounds a second, reports. A small REST server (simulators.
rest) hands its requests to that loop. Everything listens on loopback only.
"""

import logging
import math
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import zmq

from fleet.links.building import BuildingHello, DoorRequest, FromBuilding, LiftRelease, LiftRequest
from robots.drivers.base import FromBody
from simulators.fault_board import FaultBoard, in_words
from simulators.pace import Pace, settings_for
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
from simulators.world import Happenings, World, WorldError

if TYPE_CHECKING:
    from simulators.recording import Recorder

T = TypeVar("T")
logger = logging.getLogger(__name__)

ROUND_S = 0.05
CALL_S = 10.0
INFO, WARNING = 2, 3
"""Levels of a recording's events."""

AnyMessage = ToWorld | BuildingHello | DoorRequest | LiftRequest | LiftRelease
ToBuildingTypes = (BuildingHello, DoorRequest, LiftRequest, LiftRelease)


@dataclass(slots=True)
class _Seat:
    """One driver's connection."""

    robot_id: str
    heard_s: float
    abandoned: bool = False


class WorldServer:
    """speed: world seconds per real second. seed is written down in recordings."""

    def __init__(
        self, world: World, port: int, *, speed: float = 1.0, seed: int = 0, camera: bool = False
    ) -> None:
        self.world = world
        self.pace = Pace(speed)
        self.faults = FaultBoard(world)
        self.recorder: Recorder | None = None
        self._seed = seed
        self._camera = camera
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
        next_s = last_s + ROUND_S
        while not stop.is_set():
            self._listen(max(0.0, next_s - time.monotonic()))
            now_s = time.monotonic()
            if now_s < next_s:
                continue
            self._step(now_s - last_s)
            last_s, next_s = now_s, max(next_s + ROUND_S, now_s)

    def close(self) -> None:
        self._socket.close()
        self._context.term()

    def call(self, what: Callable[[], T]) -> T:
        """Run something in the world's thread and wait for it; for the REST server. Raises what it raises."""
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(what())
            except (WorldError, OSError) as error:
                answer.set_exception(error)

        self._calls.put(run)
        return answer.result(timeout=CALL_S)

    # -- what is asked of it: all in its own thread ------------------------------------------------------

    def set_pace(self, speed: float | None = None, *, paused: bool | None = None) -> None:
        """From now on. Raises WorldError for a speed out of range."""
        self.pace.change(speed, paused=paused)
        chosen = settings_for(self.pace.speed, walkers=0, camera=self._camera)
        self.world.set_pace(chosen.tick_s, chosen.frame_s)
        self.note(INFO, "pace", f"speed {self.pace.speed:g}{', paused' if self.pace.paused else ''}")

    def note(self, level: int, name: str, message: str) -> None:
        """An event in words: logged, and recorded when something records."""
        logger.log(logging.INFO if level == INFO else logging.WARNING, "%s: %s", name, message)
        if self.recorder is not None:
            self._record(lambda recorder: recorder.note(level, name, message))

    def record(self, path: Path) -> None:
        """Begin a recording. Raises WorldError: one runs, or the file exists; OSError: it cannot be made."""
        from simulators.recording import Recorder

        if self.recorder is not None:
            raise WorldError(f"a recording to {self.recorder.file.path} runs; stop it first")
        if path.exists():
            raise WorldError(f"{path} exists; choose another name, or move it away")
        self.recorder = Recorder(self.world, path, seed=self._seed, speed=self.pace.speed)

    def stop_recording(self) -> dict[str, Any]:
        """Close it; what it holds. Raises WorldError when nothing records, OSError when the disk is full."""
        if self.recorder is None:
            raise WorldError("nothing is recorded; start with `fleet sim record FILE.mcap`")
        recorder, self.recorder = self.recorder, None
        recorder.close()
        return {"file": str(recorder.file.path), "messages": recorder.file.messages}

    def _record(self, what: Callable[["Recorder"], None]) -> None:
        """A recording that the disk does not take is given up; the world goes on."""
        if self.recorder is None:
            return
        try:
            what(self.recorder)
        except OSError as error:
            path, self.recorder = self.recorder.file.path, None
            logger.error("the recording %s is given up: %s", path, error)

    def _step(self, real_s: float) -> None:
        while not self._calls.empty():
            self._calls.get()()
        self._abandon_silent()
        world_s = self.pace.world_s(real_s)
        happened = self.world.advance(self.world.now_s + world_s)
        for fault in self.faults.advance():
            self.note(INFO, "fault", f"healed by itself: {in_words(fault)}")
        self._pass_on(happened)
        self._record(lambda recorder: recorder.happened(happened))
        self._keep_pace(world_s)

    def _keep_pace(self, world_s: float) -> None:
        now_s = time.monotonic()
        self.pace.stepped(now_s, world_s)
        if complaint := self.pace.complaint(now_s):
            self.note(WARNING, "pace", complaint)

    def _pass_on(self, happened: Happenings) -> None:
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
        elif not isinstance(message, Alive | Join) and seat.robot_id in self.world.bodies:
            self.world.tell(seat.robot_id, message)
            self._record(lambda recorder: recorder.told(seat.robot_id, message))

    def let_go(self, robot_id: str) -> None:
        """Its program has ended for sure: its body need not be kept for it."""
        identity = self._drivers.pop(robot_id, None)
        if identity is not None:
            self._seats.pop(identity, None)

    def remove(self, robot_id: str) -> None:
        """Take a body off the floor. Raises WorldError: unknown, or a program still drives it."""
        if robot_id not in self.world.bodies:
            names = ", ".join(sorted(self.world.bodies)) or "none"
            raise WorldError(f"robot '{robot_id}' does not exist in this world; there are {names}")
        identity = self._drivers.get(robot_id)
        seat = self._seats.get(identity) if identity is not None else None
        if seat is not None and time.monotonic() - seat.heard_s < HOLD_S:
            raise WorldError(
                f"robot '{robot_id}' is driven by a process that this world did not start; stop that first"
            )
        if identity is not None:
            del self._seats[identity], self._drivers[robot_id]
        self.world.remove(robot_id)
        self.note(INFO, robot_id, "was taken off the floor")

    def _send(self, identity: bytes, message: FromBody | FromBuilding | WorldMessage) -> None:
        self._socket.send_multipart([identity, self._encoder.encode(message)])
