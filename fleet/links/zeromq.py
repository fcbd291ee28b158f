"""The robots' link: a ROUTER for control and a PULL for frames, in one thread with a poller.

Says hello to robots, refuses and quarantines those that misbehave, notices silence, and turns the rest into
events for the runtime and into live values for the views. It decides nothing about missions.
"""

import errno
import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread

import zmq

from fleet import translate
from fleet.core import events as ev
from fleet.errors import UserError
from fleet.links.frames import FramePort
from fleet.links.showing import pose
from fleet.views import LivePose
from robots import protocol as wire

HOLD_S = 3.0
"""A second robot with the same id is refused while the first was heard within this."""
QUARANTINE_S = 60.0
MESSAGES_PER_S_MAX = 500
"""A robot that says more than this floods the link: ten poses and a few reports a second are usual."""
QUEUED_MAX = 5_000
"""Messages to one slow robot; ZeroMQ drops beyond it and the core sends again."""
BATCH = 1_000

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class LinkSettings:
    control: str
    frames: str
    site_id: str
    heartbeat_s: float
    lost_s: float


@dataclass(slots=True)
class _Peer:
    """One connection, before and after it has said who it is."""

    identity: bytes
    hello: wire.Hello | None = None
    joined: bool = False
    heard_s: float = 0.0
    silent: bool = False
    place: LivePose | None = None
    state: wire.State | None = None
    window_s: float = 0.0
    window: int = 0
    banned_until_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class LinkOutlets:
    """Where things go; called from the link's thread."""

    event: Callable[[ev.AnyEvent], None]
    pose: Callable[[str, LivePose], None]
    frame: Callable[[str, str, bytes], None]
    """robot id, tag, JPEG."""
    clock: Callable[[], float] = field(default=time.time)


class RobotLink:
    def __init__(self, settings: LinkSettings, outlets: LinkOutlets) -> None:
        """Binds at once. Raises UserError for an address in use or beyond this machine."""
        self._settings = settings
        self._outlets = outlets
        self._codec = wire.Codec()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._control = self._bind(zmq.ROUTER, settings.control, "--control-port")
        self._frames = FramePort(self._bind(zmq.PULL, settings.frames, "--frames-port"), outlets.frame)
        self._wake = self._context.socket(zmq.PULL)
        self._wake.bind("inproc://wake")
        self._poke = self._context.socket(zmq.PUSH)
        self._poke.connect("inproc://wake")
        self._outbox: deque[tuple[str, wire.Message]] = deque()
        self._lock = Lock()
        self._peers: dict[bytes, _Peer] = {}
        self._robots: dict[str, _Peer] = {}
        self._next_beat_s = 0.0
        self._stop = False
        self._thread = Thread(target=self._run, name="robot-link", daemon=True)

    @property
    def control_endpoint(self) -> str:
        return self._control.getsockopt_string(zmq.LAST_ENDPOINT)

    @property
    def frames_endpoint(self) -> str:
        return self._frames.endpoint

    def start(self) -> None:
        self._thread.start()

    def send(self, robot_id: str, message: wire.Message) -> None:
        """From any thread; never blocks. A message to a robot that is not connected is dropped: the core
        sends again what matters."""
        with self._lock:
            self._outbox.append((robot_id, message))
            if len(self._outbox) == 1:
                self._poke.send(b"")

    def close(self) -> None:
        self._stop = True
        with self._lock:
            self._poke.send(b"")
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)
        for socket in (self._control, self._wake, self._poke):
            socket.close(0)
        self._frames.close()
        self._context.term()

    def _bind(self, kind: int, address: str, option: str) -> "zmq.Socket[bytes]":
        require_loopback(address, option)
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDHWM, QUEUED_MAX)
        socket.setsockopt(zmq.MAXMSGSIZE, 2 * 1024 * 1024)
        try:
            socket.bind(address)
        except zmq.ZMQError as error:
            socket.close(0)
            why = "is in use by another program" if error.errno == errno.EADDRINUSE else f"fails: {error}"
            hint = f"Stop that program, or choose another port with {option}."
            raise UserError("PORT_IN_USE", f"{address} {why}.", field=option, hint=hint) from error
        return socket

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        poller = zmq.Poller()
        for socket in (self._control, self._frames.socket, self._wake):
            poller.register(socket, zmq.POLLIN)
        while not self._stop:
            wait_s = max(0.0, self._next_beat_s - time.monotonic())
            ready = dict(poller.poll(int(1000 * min(wait_s, 1.0)) + 1))
            if self._control in ready:
                self._listen()
            if self._frames.socket in ready:
                self._frames.listen()
            if self._wake in ready:
                self._wake.recv()
            self._speak()
            if time.monotonic() >= self._next_beat_s:
                self._beat(time.monotonic())

    def _listen(self) -> None:
        now_s = time.monotonic()
        for _ in range(BATCH):
            try:
                parts = self._control.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            peer = self._peers.setdefault(parts[0], _Peer(parts[0]))
            if now_s >= peer.banned_until_s:
                self._take(peer, parts[-1], now_s)

    def _take(self, peer: _Peer, data: bytes, now_s: float) -> None:
        if now_s - peer.window_s >= 1.0:
            peer.window_s, peer.window = now_s, 0
        peer.window += 1
        if peer.window > MESSAGES_PER_S_MAX:
            self._ban(peer, f"sent more than {MESSAGES_PER_S_MAX} messages in a second", now_s)
            return
        try:
            message = self._codec.decode_up(data)
        except wire.ProtocolError as error:
            self._ban(peer, f"sent {error}", now_s)
            return
        peer.heard_s, peer.silent = now_s, False
        self._hear(peer, message, now_s)

    def _hear(self, peer: _Peer, message: wire.Up, now_s: float) -> None:
        if isinstance(message, wire.Hello):
            self._greet(peer, message, now_s)
        elif peer.hello is None:
            text = "say Hello first"
            self._say(peer.identity, wire.Refused(code="rubbish", message=text, retry_s=1.0))
        elif isinstance(message, wire.Pose):
            self._show(peer, pose(message, self._outlets.clock()))
        elif isinstance(message, wire.State):
            self._state(peer, peer.hello, message)
        elif peer.joined:
            self._report(peer, peer.hello.robot_id, message)

    def _report(self, peer: _Peer, robot_id: str, message: wire.Up) -> None:
        event = translate.event_of(robot_id, message)
        if event is None:
            return
        self._outlets.event(event)
        if isinstance(event, ev.RobotLeft):
            self._drop(peer)

    def _state(self, peer: _Peer, hello: wire.Hello, state: wire.State) -> None:
        self._show(peer, pose(state, self._outlets.clock()))
        if not peer.joined:
            peer.joined = True
            peer.state = None
            self._outlets.event(translate.joined(hello, state))
        if translate.is_news(peer.state, state):
            self._outlets.event(translate.reported(hello.robot_id, state))
        peer.state = state

    def _show(self, peer: _Peer, place: LivePose) -> None:
        peer.place = place
        if peer.hello is not None:
            self._outlets.pose(peer.hello.robot_id, place)

    # -- greetings and refusals --------------------------------------------------------------------------

    def _greet(self, peer: _Peer, hello: wire.Hello, now_s: float) -> None:
        refusal = self._refusal(peer, hello, now_s)
        if refusal is not None:
            log.warning("%s was refused: %s", hello.robot_id or "a robot", refusal.message)
            self._say(peer.identity, refusal)
            peer.hello = None
            return
        before = self._robots.get(hello.robot_id)
        if before is not None and before is not peer:
            self._peers.pop(before.identity, None)
        peer.hello, peer.joined = hello, False
        self._robots[hello.robot_id] = peer

    def _refusal(self, peer: _Peer, hello: wire.Hello, now_s: float) -> wire.Refused | None:
        if hello.protocol_version != wire.PROTOCOL_VERSION:
            text = (
                f"this orchestrator speaks protocol {wire.PROTOCOL_VERSION}, the robot "
                f"{hello.protocol_version}: install the same version of both"
            )
            return wire.Refused(code="version", message=text, retry_s=60.0)
        if not hello.robot_id or len(hello.robot_id) > 64 or not hello.robot_id.isprintable():
            text = f"robot_id is {hello.robot_id[:64]!r}: use 1 to 64 printable characters"
            return wire.Refused(code="name", message=text, retry_s=60.0)
        other = self._robots.get(hello.robot_id)
        fresh = other is not None and other is not peer and now_s - other.heard_s < HOLD_S
        if fresh and other is not None and other.hello is not None and other.hello.boot_id != hello.boot_id:
            text = f"a robot called {hello.robot_id} is connected already: give this one another --id"
            return wire.Refused(code="duplicate", message=text)
        return None

    def _ban(self, peer: _Peer, because: str, now_s: float) -> None:
        """Quarantine: nothing from this connection is read for a while; all others go on."""
        peer.banned_until_s = now_s + QUARANTINE_S
        robot_id = peer.hello.robot_id if peer.hello is not None else ""
        log.warning("%s is quarantined for %.0f s: it %s", robot_id or "a connection", QUARANTINE_S, because)
        self._say(peer.identity, wire.Refused(code="rubbish", message=because, retry_s=QUARANTINE_S))
        if robot_id:
            self._outlets.event(ev.RobotQuarantined(robot_id=robot_id, because=f"{robot_id} {because}"))
            self._robots.pop(robot_id, None)
        peer.hello, peer.joined = None, False

    def _drop(self, peer: _Peer) -> None:
        if peer.hello is not None and self._robots.get(peer.hello.robot_id) is peer:
            del self._robots[peer.hello.robot_id]
        self._peers.pop(peer.identity, None)

    # -- heartbeats ----------------------------------------------------------------------------------------

    def _beat(self, now_s: float) -> None:
        self._next_beat_s = now_s + self._settings.heartbeat_s
        for robot_id, peer in tuple(self._robots.items()):
            silent_s = now_s - peer.heard_s
            if silent_s < self._settings.lost_s:
                self._say(peer.identity, wire.Ping(stamp_s=round(self._outlets.clock(), 3)))
            elif not peer.silent:
                peer.silent, peer.joined = True, False
                self._outlets.event(_silence(robot_id, silent_s, peer.place))
        self._forget_strangers(now_s)

    def _forget_strangers(self, now_s: float) -> None:
        """Connections that said nothing useful for a minute leave the table."""
        for identity, peer in tuple(self._peers.items()):
            quiet = now_s - max(peer.heard_s, peer.window_s) > QUARANTINE_S
            if peer.hello is None and quiet and now_s >= peer.banned_until_s:
                del self._peers[identity]

    # -- speaking ------------------------------------------------------------------------------------------

    def _speak(self) -> None:
        with self._lock:
            messages, self._outbox = self._outbox, deque()
        for robot_id, message in messages:
            peer = self._robots.get(robot_id)
            if peer is not None:
                self._say(peer.identity, message)

    def _say(self, identity: bytes, message: wire.Message) -> None:
        try:
            self._control.send_multipart([identity, self._codec.encode(message)], zmq.NOBLOCK)
        except zmq.Again:
            log.warning("a robot reads too slowly; a message to it was dropped and will be sent again")


def _silence(robot_id: str, silent_s: float, place: LivePose | None) -> ev.RobotFellSilent:
    if place is None:
        return ev.RobotFellSilent(robot_id=robot_id, silent_s=round(silent_s, 1))
    return ev.RobotFellSilent(
        robot_id=robot_id,
        silent_s=round(silent_s, 1),
        level=place.level,
        x_m=round(place.x_m, 3),
        y_m=round(place.y_m, 3),
    )


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
