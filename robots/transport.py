"""The robot's end of the wire: a ZeroMQ DEALER for control and a PUSH for frames. No decision is taken here.

LinkUp and LinkDown come from what the socket says (connected, disconnected) and from silence: an orchestrator
that hangs keeps its connection. Until keys exist only loopback addresses are taken.
"""

import ipaddress
import logging
import time
from urllib.parse import urlsplit

import zmq
from zmq.utils.monitor import parse_monitor_message

from robots.agent_io import LinkDown, LinkUp
from robots.protocol import (
    MESSAGE_BYTES_MAX,
    Codec,
    Down,
    FrameHeader,
    Message,
    ProtocolError,
    Refused,
    Welcome,
)

SILENCE_S = 3.0
"""Three heartbeats of the usual length."""
REOPEN_S = 1.0
"""Pause before a silent connection is opened again."""
FRAMES_QUEUED_MAX = 2
CONTROL_QUEUED_MAX = 1000
LINGER_S = 0.5
LinkEvent = LinkUp | LinkDown | Down

log = logging.getLogger(__name__)


class TransportError(Exception):
    """The endpoints cannot be used. The message names them and the fix."""


class Transport:
    """One connection. Call from one thread only; every time in it is time.monotonic()."""

    def __init__(self, control: str, frames: str, silence_s: float = SILENCE_S) -> None:
        """silence_s: the link is down after this, until a Welcome asks for more patience.

        Raises TransportError for an address that is not on this machine.
        """
        for address in (control, frames):
            check_loopback(address)
        self._addresses = (control, frames)
        self._codec = Codec()
        self._context = zmq.Context()
        self._up = False
        self._heard_s = time.monotonic()
        self._silence_s = self._silence_least_s = silence_s
        self._patience_s = 0.0
        self._reopen_s: float | None = None
        self._clogged = False
        """Something could not be sent although the link was up."""
        self.frames_dropped = 0
        self._open()

    # -- what the loop needs ---------------------------------------------------------------------------------

    @property
    def sockets(self) -> tuple[zmq.Socket[bytes], ...]:
        """To wait for; they change when the connection is opened again, so ask before every wait."""
        return (self._control, self._monitor) if self._reopen_s is None else ()

    def next_deadline_s(self) -> float | None:
        """When receive() has something to decide although nothing has come."""
        if self._reopen_s is not None:
            return self._reopen_s
        if self._up and self._clogged:
            return time.monotonic()
        return self._silent_at_s() if self._up else None

    def receive(self) -> list[LinkEvent]:
        """All that has happened; never waits."""
        if self._reopen_s is not None:
            if time.monotonic() < self._reopen_s:
                return []
            self._open()
        events = [*self._watch_connection(), *self._messages()]
        if self._up and time.monotonic() >= self._silent_at_s():
            log.warning(
                "Nothing heard from %s for %.0f s: connecting again.", self._addresses[0], self._silence_s
            )
            events.append(self._give_up())
        elif self._up and self._clogged:
            log.warning("%s does not read what is sent: connecting again.", self._addresses[0])
            events.append(self._give_up())
        return events

    def _give_up(self) -> LinkDown:
        self._shut(linger_s=0.0)
        self._reopen_s = time.monotonic() + REOPEN_S
        return self._drop()

    def send(self, message: Message) -> None:
        """Say it, or lose it with the link: what matters is said again after the next greeting.

        A link that takes no more is given up: a fact that is lost on a link that stands is never said again.
        """
        if self._reopen_s is not None:
            return
        try:
            self._control.send(self._codec.encode(message), zmq.NOBLOCK)
        except zmq.Again:
            log.debug("Not sent, the link is down or full: %s", type(message).__name__)
            self._clogged = self._up

    def send_frame(self, header: FrameHeader, jpeg: bytes) -> None:
        """The newest frame is dropped when two already wait."""
        if self._reopen_s is not None:
            return
        try:
            self._frames.send_multipart([self._codec.encode(header), jpeg], zmq.NOBLOCK, copy=False)
        except zmq.Again:
            self.frames_dropped += 1

    def close(self) -> None:
        """What was said last still goes out, for half a second."""
        if self._context.closed:
            return
        if self._reopen_s is None:
            self._shut(linger_s=LINGER_S)
        self._context.term()

    # -- inside ----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._reopen_s = None
        self._clogged = False
        self._control = self._context.socket(zmq.DEALER)
        self._control.setsockopt(zmq.IPV6, 1)
        self._control.setsockopt(zmq.SNDHWM, CONTROL_QUEUED_MAX)
        self._control.setsockopt(zmq.IMMEDIATE, 1)
        self._control.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES_MAX)
        self._control.setsockopt(zmq.RECONNECT_IVL, 100)
        self._control.setsockopt(zmq.RECONNECT_IVL_MAX, 2000)
        self._monitor = self._control.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
        )
        self._frames = self._context.socket(zmq.PUSH)
        self._frames.setsockopt(zmq.IPV6, 1)
        self._frames.setsockopt(zmq.SNDHWM, FRAMES_QUEUED_MAX)
        self._frames.setsockopt(zmq.IMMEDIATE, 1)
        for socket, address in zip((self._control, self._frames), self._addresses, strict=True):
            socket.setsockopt(zmq.LINGER, 0)
            socket.connect(address)

    def _shut(self, linger_s: float) -> None:
        self._control.disable_monitor()
        self._monitor.close(linger=0)
        self._control.close(linger=int(1000 * linger_s))
        self._frames.close(linger=0)

    def _watch_connection(self) -> list[LinkEvent]:
        events: list[LinkEvent] = []
        while self._monitor.poll(0):
            kind = parse_monitor_message(self._monitor.recv_multipart())["event"]
            if kind == zmq.EVENT_HANDSHAKE_SUCCEEDED and not self._up:
                self._up, self._heard_s, self._patience_s = True, time.monotonic(), 0.0
                self._silence_s = self._silence_least_s
                events.append(LinkUp())
            elif kind == zmq.EVENT_DISCONNECTED and self._up:
                events.append(self._drop())
        return events

    def _messages(self) -> list[LinkEvent]:
        events: list[LinkEvent] = []
        while self._control.poll(0):
            parts = self._control.recv_multipart()
            try:
                message = self._codec.decode_down(parts[-1])
            except ProtocolError as error:
                log.warning("Ignored a message of the orchestrator: %s.", error)
                continue
            self._note(message)
            events.append(message)
        return events

    def _note(self, message: Down) -> None:
        self._heard_s, self._patience_s = time.monotonic(), 0.0
        if isinstance(message, Welcome):
            self._silence_s = max(self._silence_least_s, 3 * min(message.heartbeat_s, 60.0))
        if isinstance(message, Refused):
            self._patience_s = min(max(message.retry_s, 0.0), 3600.0)  # nothing is due before that

    def _silent_at_s(self) -> float:
        return self._heard_s + self._silence_s + self._patience_s

    def _drop(self) -> LinkDown:
        self._up = self._clogged = False
        return LinkDown()


def check_loopback(address: str) -> None:
    """Raises TransportError unless the tcp address is on this machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "tcp" or not host:
        raise TransportError(f"Endpoint {address!r} is no address: it looks like tcp://127.0.0.1:5570.")
    if host != "localhost" and not _is_loopback(host):
        raise TransportError(
            f"Endpoint {address!r} is on another machine: without keys only 127.0.0.1 is allowed. "
            "Run the robot on the orchestrator's machine."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
