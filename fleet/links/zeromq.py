"""The robots' link: a ROUTER for control and a PULL for frames, in one thread with a poller.

Sockets, thread and bounds only; who may speak and what it means is in fleet.links.switchboard.
"""

import errno
import ipaddress
import logging
import time
from collections import deque
from threading import Lock, Thread

import zmq

from fleet.errors import UserError
from fleet.links.frames import FRAME_BYTES_MAX, FramePort
from fleet.links.switchboard import LinkOutlets, LinkSettings, Switchboard
from robots import protocol as wire

QUEUED_MAX = 5_000
"""Messages to one slow robot; beyond it they are dropped and the core sends again."""
OUTBOX_MAX = 50_000
"""Messages on their way to the link's thread; it empties the box within milliseconds."""
BATCH = 1_000
"""Messages read before anything else gets its turn."""
BYTES_MAX = 2 * FRAME_BYTES_MAX
"""ZeroMQ itself cuts a connection that sends more at once; the finer limits are ours and give a reason."""
POLL_S_MAX = 1.0

log = logging.getLogger(__name__)


class RobotLink:
    def __init__(self, control: str, frames: str, settings: LinkSettings, outlets: LinkOutlets) -> None:
        """control and frames: addresses, tcp://127.0.0.1:5570; port * takes a free one. Binds at once.

        Raises UserError for an address in use, or one that reaches beyond this machine.
        """
        self._outlets = outlets
        self._heartbeat_s = settings.heartbeat_s
        self._codec = wire.Codec()
        self._outbox: deque[tuple[str, wire.Message]] = deque()
        self._lock = Lock()
        self._stop = False
        self._next_beat_s = 0.0
        self._switchboard = Switchboard(settings, outlets, self._say)
        self._thread = Thread(target=self._guarded, name="robot-link", daemon=True)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        try:
            self._open(control, frames)
        except UserError:
            self._context.destroy(linger=0)
            raise

    @property
    def control_endpoint(self) -> str:
        return self._control.getsockopt_string(zmq.LAST_ENDPOINT)

    @property
    def frames_endpoint(self) -> str:
        return self._frames.endpoint

    def start(self) -> None:
        self._thread.start()

    def send(self, robot_id: str, message: wire.Message) -> None:
        """From any thread; never blocks. A robot that is not connected gets nothing."""
        with self._lock:
            if len(self._outbox) >= OUTBOX_MAX:
                log.error("%d messages wait for the link; one to %s was dropped", OUTBOX_MAX, robot_id)
                return
            self._outbox.append((robot_id, message))
            if len(self._outbox) == 1 and not self._stop:
                self._poke.send(b"")

    def close(self) -> None:
        """What was sent last still goes out."""
        with self._lock:
            if self._stop:
                return
            self._stop = True
            self._poke.send(b"")
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)
        self._context.destroy(linger=200)

    def _open(self, control: str, frames: str) -> None:
        self._control = self._bind(zmq.ROUTER, control, "--control-port")
        self._frames = FramePort(
            self._bind(zmq.PULL, frames, "--frames-port"), self._switchboard.knows, self._outlets.frame
        )
        self._wake = self._context.socket(zmq.PULL)
        self._wake.bind("inproc://wake")
        self._poke = self._context.socket(zmq.PUSH)
        self._poke.connect("inproc://wake")

    def _bind(self, kind: int, address: str, option: str) -> "zmq.Socket[bytes]":
        require_loopback(address, option)
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.SNDHWM, QUEUED_MAX)
        socket.setsockopt(zmq.MAXMSGSIZE, BYTES_MAX)
        socket.setsockopt(zmq.IPV6, int("[" in address))
        if kind == zmq.ROUTER:
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)  # says when a robot's connection is gone
        try:
            socket.bind(address)
        except zmq.ZMQError as error:
            why = "is in use by another program" if error.errno == errno.EADDRINUSE else f"fails: {error}"
            hint = f"Stop that program, or choose another port with {option}."
            raise UserError("PORT_IN_USE", f"{address} {why}.", field=option, hint=hint) from error
        return socket

    # -- the thread ------------------------------------------------------------------------------------

    def _guarded(self) -> None:
        try:
            self._run()
        except Exception as error:  # the top of a loop: a deaf orchestrator must not go on  # noqa: BLE001
            self._outlets.failed(error)

    def _run(self) -> None:
        poller = zmq.Poller()
        for socket in (self._control, self._frames.socket, self._wake):
            poller.register(socket, zmq.POLLIN)
        while not self._stop:
            wait_s = min(max(0.0, self._next_beat_s - time.monotonic()), POLL_S_MAX)
            ready = dict(poller.poll(int(1000 * wait_s) + 1))
            if self._control in ready:
                self._listen()
            if self._frames.socket in ready:
                self._frames.listen()
            if self._wake in ready:
                self._wake.recv()
            self._speak()
            self._beat_if_due()

    def _listen(self) -> None:
        now_s = time.monotonic()
        for _ in range(BATCH):
            try:
                parts = self._control.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self._switchboard.take(parts[0], parts[-1], now_s)

    def _speak(self) -> None:
        with self._lock:
            messages, self._outbox = self._outbox, deque()
        for robot_id, message in messages:
            self._switchboard.send(robot_id, message)

    def _beat_if_due(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._next_beat_s:
            self._next_beat_s = now_s + self._heartbeat_s
            self._switchboard.beat(now_s)

    def _say(self, identity: bytes, message: wire.Message) -> bool:
        try:
            self._control.send_multipart([identity, self._codec.encode(message)], zmq.NOBLOCK)
        except zmq.Again:
            log.warning("A robot reads too slowly: a message to it was dropped and is sent again later.")
        except zmq.ZMQError as error:
            if error.errno != errno.EHOSTUNREACH:
                raise
            return False
        return True


def require_loopback(address: str, option: str) -> None:
    """Raises UserError: until there are keys and sign-in nothing listens beyond this machine."""
    host = address.removeprefix("tcp://").rpartition(":")[0].strip("[]")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        hint = "Use 127.0.0.1; robots on other machines come with enrolment and keys."
        raise UserError("NOT_LOOPBACK", f"{address} is not on this machine.", field=option, hint=hint)
