"""The simulated building over ZeroMQ: a DEALER to the world process, in a thread of its own."""

import logging
import time
from collections import deque
from collections.abc import Callable
from threading import Lock, Thread

import msgspec
import zmq

from fleet.links.building import (
    BuildingHello,
    DoorRequest,
    DoorState,
    FromBuilding,
    LiftRelease,
    LiftRequest,
    LiftState,
    ToBuilding,
)

HELLO_S = 2.0
"""Said again this often: a building that was started anew then tells its state, and gets what is wanted."""

log = logging.getLogger(__name__)


class ZeroMqBuilding:
    """What is wanted of each door and lift is remembered, so that a building that forgot is told again."""

    def __init__(self, endpoint: str, site_id: str) -> None:
        self._endpoint = endpoint
        self._site_id = site_id
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[FromBuilding] = msgspec.msgpack.Decoder(FromBuilding)
        self._outbox: deque[ToBuilding] = deque()
        self._lock = Lock()
        self._known: dict[str, FromBuilding] = {}
        self._stop = False
        self._report: Callable[[FromBuilding], None] = lambda _message: None
        self._thread = Thread(target=self._run, name="building-link", daemon=True)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._wake = self._context.socket(zmq.PULL)
        self._wake.bind("inproc://wake")
        self._poke = self._context.socket(zmq.PUSH)
        self._poke.connect("inproc://wake")

    def start(self, report: Callable[[FromBuilding], None]) -> None:
        self._report = report
        self._thread.start()

    def request(self, message: ToBuilding) -> None:
        with self._lock:
            self._outbox.append(message)
            self._poke.send(b"")

    def close(self) -> None:
        self._stop = True
        with self._lock:
            self._poke.send(b"")
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)
        self._wake.close(0)
        self._poke.close(0)
        self._context.term()

    def _run(self) -> None:
        socket = self._context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(self._endpoint)
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(self._wake, zmq.POLLIN)
        next_hello_s = 0.0
        while not self._stop:
            ready = dict(poller.poll(200))
            if self._wake in ready:
                self._wake.recv()
            self._speak(socket)
            if socket in ready:
                self._listen(socket)
            if time.monotonic() >= next_hello_s:
                next_hello_s = time.monotonic() + HELLO_S
                self._send(socket, BuildingHello(site_id=self._site_id))
        socket.close(0)

    def _speak(self, socket: "zmq.Socket[bytes]") -> None:
        with self._lock:
            messages, self._outbox = self._outbox, deque()
        for message in messages:
            self._send(socket, message)

    def _send(self, socket: "zmq.Socket[bytes]", message: ToBuilding) -> None:
        try:
            socket.send(self._encoder.encode(message), zmq.NOBLOCK)
        except zmq.Again:
            log.warning("the building does not read; %s is asked again later", type(message).__name__)

    def _listen(self, socket: "zmq.Socket[bytes]") -> None:
        while socket.poll(0):
            data = socket.recv()
            try:
                message = self._decoder.decode(data)
            except msgspec.DecodeError as error:
                log.warning("a message of the building was left out: %s", error)
                continue
            if self._known.get(_subject(message)) != message:
                self._known[_subject(message)] = message
                self._report(message)


class NoBuilding:
    """No controllers: every door counts as open when it is asked for, and no lift is available."""

    def __init__(self) -> None:
        self._report: Callable[[FromBuilding], None] = lambda _message: None

    def start(self, report: Callable[[FromBuilding], None]) -> None:
        self._report = report

    def request(self, message: ToBuilding) -> None:
        match message:
            case DoorRequest(door=door, want=want):
                self._report(DoorState(door=door, state=want))
            case LiftRequest(lift=lift):
                self._report(LiftState(lift=lift, level="", doors="closed", session="", available=False))
            case LiftRelease() | BuildingHello():
                return

    def close(self) -> None:
        """Nothing is held."""


def _subject(message: FromBuilding) -> str:
    name = getattr(message, "door", "") or getattr(message, "lift", "")
    return f"{type(message).__name__} {name}"
