"""Who is connected, who is refused, quarantined or silent; what becomes an event and what a live value.

No sockets and no clock here (fleet.links.zeromq has them), so that every case can be played in a test.
Times called now_s are of the monotonic clock: silence is real time even when the site's time is scaled.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from fleet import translate
from fleet.core import events as ev
from fleet.links.greeting import bad_name, bad_value, misfit
from fleet.links.showing import pose
from fleet.views import LivePose
from robots import protocol as wire

HOLD_S = 3.0
"""A second robot with the same id is refused while the first was heard within this."""
QUARANTINE_S = 60.0
MESSAGES_PER_S_MAX = 1_000
"""A robot that says more than this floods the link: ten poses and a few reports a second are usual."""
AGAIN_S = 1.0
"""A robot that must say hello anew may do so after this."""
CONNECTIONS_PER_ROBOT = 4
"""Bound on connections, known and unknown together, as a multiple of robots_max."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    heartbeat_s: float
    lost_s: float
    robots_max: int = 1_000
    radius_m_max: float = 0.35
    """Of the largest robot that the site's cells allow for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOutlets:
    """Where things go; called from the link's thread, so none of them may block."""

    event: Callable[[ev.AnyEvent], bool]
    """False: it was not taken (too many wait)."""
    pose: Callable[[str, LivePose], None]
    frame: Callable[[str, str, bytes], None]
    """robot id, tag, JPEG."""
    failed: Callable[[BaseException], None]
    """The link's thread has ended with one of our own bugs."""
    clock: Callable[[], float]
    """Site time, Unix seconds."""


@dataclass(slots=True)
class _Peer:
    """One connection, before and after it has said who it is."""

    identity: bytes
    robot_id: str = ""
    boot_id: str = ""
    hello: wire.Hello | None = None
    """None: nothing but a Hello is listened to."""
    joined: bool = False
    state: wire.State | None = None
    """The last one that the core was told of."""
    place: LivePose | None = None
    heard_s: float = 0.0
    silent: bool = False
    gone: bool = False
    """Its socket is closed."""
    window_s: float = 0.0
    window: int = 0
    banned_until_s: float = 0.0


Say = Callable[[bytes, wire.Message], bool]
"""To one connection; False when it is gone."""


class Switchboard:
    def __init__(self, settings: LinkSettings, outlets: LinkOutlets, say: Say) -> None:
        self._settings = settings
        self._outlets = outlets
        self._say = say
        self._codec = wire.Codec()
        self._peers: dict[bytes, _Peer] = {}
        self._robots: dict[str, _Peer] = {}

    def knows(self, robot_id: str) -> bool:
        return robot_id in self._robots

    def send(self, robot_id: str, message: wire.Message) -> None:
        """To a robot that is not connected: dropped; the core says again what matters."""
        peer = self._robots.get(robot_id)
        if peer is not None:
            self._tell(peer, message)

    # -- listening ---------------------------------------------------------------------------------------

    def take(self, identity: bytes, data: bytes, now_s: float) -> None:
        """One message of one connection."""
        peer = self._peers.get(identity)
        if peer is None:
            if len(self._peers) >= CONNECTIONS_PER_ROBOT * self._settings.robots_max:
                return  # its messages are left out until strangers have been forgotten
            peer = self._peers[identity] = _Peer(identity)
        if now_s < peer.banned_until_s:
            return
        if self._floods(peer, now_s):
            self._ban(peer, f"sent more than {MESSAGES_PER_S_MAX} messages in a second", now_s)
            return
        try:
            message = self._codec.decode_up(data)
        except wire.ProtocolError as error:
            self._ban(peer, f"sent {error}", now_s)
            return
        problem = bad_value(message)
        if problem:
            self._ban(peer, f"sent {problem}", now_s)
            return
        peer.heard_s = now_s
        self._hear(peer, message, now_s)

    def _hear(self, peer: _Peer, message: wire.Up, now_s: float) -> None:
        if isinstance(message, wire.Hello):
            self._greet(peer, message, now_s)
        elif peer.hello is None:
            if not isinstance(message, wire.Bye):
                self._ask_hello(peer)
        elif isinstance(message, wire.Pose):
            self._show(peer, pose(message, self._outlets.clock()))
        elif isinstance(message, wire.State):
            self._hear_state(peer, peer.hello, message)
        elif peer.joined:
            self._report(peer, message)

    def _report(self, peer: _Peer, message: wire.Up) -> None:
        event = translate.event_of(peer.robot_id, message)
        if event is not None and self._pass_on(peer, event) and isinstance(event, ev.RobotLeft):
            self._drop(peer)

    def _hear_state(self, peer: _Peer, hello: wire.Hello, state: wire.State) -> None:
        self._show(peer, pose(state, self._outlets.clock()))
        if not peer.joined:
            if not self._pass_on(peer, translate.joined(hello, state)):
                return
            peer.joined, peer.state = True, None
        news = translate.is_news(peer.state, state)
        if news and self._pass_on(peer, translate.reported(peer.robot_id, state)):
            peer.state = state

    def _show(self, peer: _Peer, place: LivePose) -> None:
        peer.place = place
        self._outlets.pose(peer.robot_id, place)

    def _pass_on(self, peer: _Peer, event: ev.AnyEvent) -> bool:
        """A fact that was not taken would be missed for ever: a new Hello says where the robot is by then."""
        taken = self._outlets.event(event)
        if not taken:
            self._ask_hello(peer)
        return taken

    def _floods(self, peer: _Peer, now_s: float) -> bool:
        if now_s - peer.window_s >= 1.0:
            peer.window_s, peer.window = now_s, 0
        peer.window += 1
        return peer.window > MESSAGES_PER_S_MAX

    # -- greetings, refusals, quarantine -------------------------------------------------------------------

    def _greet(self, peer: _Peer, hello: wire.Hello, now_s: float) -> None:
        refusal = self._refusal(peer, hello, now_s)
        if refusal is not None:
            log.warning("%s was refused: %s", hello.robot_id[:64] or "A robot", refusal.message)
            self._tell(peer, refusal)
            peer.hello = None
            return
        before = self._robots.get(hello.robot_id)
        if before is not None and before is not peer:
            self._peers.pop(before.identity, None)
        peer.robot_id, peer.boot_id, peer.hello = hello.robot_id, hello.boot_id, hello
        peer.joined, peer.silent = False, False
        self._robots[hello.robot_id] = peer

    def _refusal(self, peer: _Peer, hello: wire.Hello, now_s: float) -> wire.Refused | None:
        if hello.protocol_version != wire.PROTOCOL_VERSION:
            return translate.refused(
                "version", QUARANTINE_S, f"The robot speaks protocol {hello.protocol_version}."
            )
        problem = bad_name(hello.robot_id)
        if problem or (peer.robot_id and peer.robot_id != hello.robot_id):
            problem = problem or f"this connection is {peer.robot_id}'s"
            return translate.refused("name", QUARANTINE_S, f"{problem}.")
        problem = misfit(hello.factsheet, self._settings.radius_m_max)
        if problem:
            return translate.refused("misfit", QUARANTINE_S, f"{problem}.")
        if self._is_double(peer, hello, now_s):
            return translate.refused("duplicate", HOLD_S, f"{hello.robot_id} is connected already.")
        if hello.robot_id not in self._robots and len(self._robots) >= self._settings.robots_max:
            return translate.refused("full", QUARANTINE_S, f"{len(self._robots)} robots are connected.")
        return None

    def _is_double(self, peer: _Peer, hello: wire.Hello, now_s: float) -> bool:
        """The other one counts while it was heard lately and its connection still takes messages."""
        other = self._robots.get(hello.robot_id)
        if other is None or other is peer or other.boot_id == hello.boot_id:
            return False
        if now_s - other.heard_s >= HOLD_S or other.gone:
            return False
        return self._tell(other, self._ping())

    def _ban(self, peer: _Peer, because: str, now_s: float) -> None:
        """Quarantine: nothing from this connection is read for a while; all others go on."""
        peer.banned_until_s = now_s + QUARANTINE_S
        name = peer.robot_id or "A connection"
        log.warning("%s is quarantined for %.0f s: it %s.", name, QUARANTINE_S, because)
        self._tell(peer, translate.refused("rubbish", QUARANTINE_S, f"It {because}."))
        was_robot, peer.hello, peer.joined = peer.hello is not None, None, False
        if was_robot:
            reason = translate.shorten(f"{peer.robot_id} {because}")
            self._outlets.event(ev.RobotQuarantined(robot_id=peer.robot_id, because=reason))

    def _ask_hello(self, peer: _Peer) -> None:
        peer.hello, peer.joined = None, False
        self._tell(peer, translate.refused("hello", AGAIN_S))

    def _drop(self, peer: _Peer) -> None:
        if self._robots.get(peer.robot_id) is peer:
            del self._robots[peer.robot_id]
        self._peers.pop(peer.identity, None)

    # -- heartbeats ----------------------------------------------------------------------------------------

    def beat(self, now_s: float) -> None:
        """Once a heartbeat: ping those that are there, notice those that are not, forget strangers."""
        ping = self._ping()
        for robot_id, peer in tuple(self._robots.items()):
            silent_s = now_s - peer.heard_s
            if silent_s < self._settings.lost_s:
                self._tell(peer, ping)
            elif not peer.silent:
                peer.silent = self._outlets.event(_silence(robot_id, silent_s, peer.place))
                peer.hello, peer.joined = None, False
        for peer in tuple(self._peers.values()):
            quiet_s = now_s - max(peer.heard_s, peer.window_s)
            known = self._robots.get(peer.robot_id) is peer
            if not known and quiet_s > QUARANTINE_S and now_s >= peer.banned_until_s:
                del self._peers[peer.identity]

    def _ping(self) -> wire.Ping:
        return wire.Ping(stamp_s=round(self._outlets.clock(), 3))

    def _tell(self, peer: _Peer, message: wire.Message) -> bool:
        if not peer.gone:
            peer.gone = not self._say(peer.identity, message)
        return not peer.gone


def _silence(robot_id: str, silent_s: float, place: LivePose | None) -> ev.RobotFellSilent:
    if place is None:
        return ev.RobotFellSilent(robot_id=robot_id, silent_s=round(silent_s, 1))
    return ev.RobotFellSilent(
        robot_id=robot_id,
        silent_s=round(silent_s, 1),
        level=place.level,
        x_m=float(round(place.x_m, 3)),
        y_m=float(round(place.y_m, 3)),
    )
