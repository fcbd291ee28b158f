"""The simulated building over ZeroMQ: a DEALER to the world process, in a thread of its own."""

import logging
import time
from collections import deque
from collections.abc import Callable
from threading import Lock, Thread

import msgspec
import zmq

from fleet.links.building import BuildingHello, FromBuilding, ToBuilding
from fleet.links.building_memory import BuildingMemory

HELLO_S = 2.0
"""Said again this often; the building answers with everything, and is told again what it has not done."""
SILENT_S = 10.0
"""A building not heard for this long is not believed: its doors are unknown, its lifts out of use."""
POLL_MS = 200

log = logging.getLogger(__name__)


class ZeroMqBuilding:
    def __init__(
        self, endpoint: str, site_id: str, *, hello_s: float = HELLO_S, silent_s: float = SILENT_S
    ) -> None:
        self._endpoint = endpoint
        self._site_id = site_id
        self._hello_s = hello_s
        self._silent_s = silent_s
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[FromBuilding] = msgspec.msgpack.Decoder(FromBuilding)
        self._memory = BuildingMemory()
        self._outbox: deque[ToBuilding] = deque()
        self._lock = Lock()
        self._stop = False
        self._heard_s: float | None = None
        self._next_hello_s = 0.0
        self._report: Callable[[FromBuilding], bool] = lambda _message: True
        self._thread = Thread(target=self._run, name="building-link", daemon=True)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._wake = self._context.socket(zmq.PULL)
        self._wake.bind("inproc://wake")
        self._poke = self._context.socket(zmq.PUSH)
        self._poke.connect("inproc://wake")

    def start(self, report: Callable[[FromBuilding], bool]) -> None:
        self._report = report
        self._thread.start()

    def request(self, message: ToBuilding) -> None:
        with self._lock:
            self._outbox.append(message)
            if len(self._outbox) == 1 and not self._stop:
                self._poke.send(b"")

    def close(self) -> None:
        with self._lock:
            if self._stop:
                return
            self._stop = True
            self._poke.send(b"")
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)
        self._context.destroy(linger=0)

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        socket = self._context.socket(zmq.DEALER)
        socket.connect(self._endpoint)
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(self._wake, zmq.POLLIN)
        while not self._stop:
            ready = dict(poller.poll(POLL_MS))
            if self._wake in ready:
                self._wake.recv()
            self._speak(socket)
            if socket in ready:
                self._listen(socket)
            self._look_after(socket, time.monotonic())
        socket.close(0)

    def _speak(self, socket: "zmq.Socket[bytes]") -> None:
        with self._lock:
            messages, self._outbox = self._outbox, deque()
        for message in messages:
            self._memory.want(message)
            self._send(socket, message)

    def _look_after(self, socket: "zmq.Socket[bytes]", now_s: float) -> None:
        if now_s >= self._next_hello_s:
            self._next_hello_s = now_s + self._hello_s
            self._send(socket, BuildingHello(site_id=self._site_id))
            for message in self._memory.unmet() if self._heard_s is not None else ():
                self._send(socket, message)
        if self._heard_s is not None and now_s - self._heard_s > self._silent_s:
            self._heard_s = None
            log.warning(
                "The building at %s is silent: its doors and lifts are not relied on.", self._endpoint
            )
            for report in self._memory.doubt():
                self._pass_on(report)

    def _send(self, socket: "zmq.Socket[bytes]", message: ToBuilding) -> None:
        try:
            socket.send(self._encoder.encode(message), zmq.NOBLOCK)
        except zmq.Again:
            log.warning("The building does not read; %s is said again later.", type(message).__name__)

    def _listen(self, socket: "zmq.Socket[bytes]") -> None:
        while socket.poll(0):
            try:
                report = self._decoder.decode(socket.recv())
            except msgspec.DecodeError as error:
                log.warning("A message of the building was left out: %s.", error)
                continue
            self._heard_s = time.monotonic()
            if self._memory.learn(report):
                self._pass_on(report)

    def _pass_on(self, report: FromBuilding) -> None:
        if not self._report(report):
            self._memory.forget(report)
