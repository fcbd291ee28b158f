"""Many robots in one thread: they speak the protocol and are at once wherever they are sent.

Used by the dispatch and ingest benchmarks, beside a real orchestrator in a process of its own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import zmq

from robots.protocol import (
    PROTOCOL_VERSION,
    Ack,
    Cancel,
    Codec,
    Factsheet,
    Hello,
    InstantAction,
    NodePassed,
    Order,
    OrderAccepted,
    Ping,
    Pong,
    Pose,
    State,
)

STATE_S = 1.0


@dataclass(slots=True)
class Member:
    robot_id: str
    x_m: float
    y_m: float
    socket: "zmq.Socket[bytes]"
    next_pose_s: float = 0.0
    next_state_s: float = 0.0
    order_id: str = ""
    passed: int = -1
    orders: int = 0


@dataclass(slots=True)
class Counts:
    poses: int = 0
    orders: int = 0
    done: int = 0
    seen: dict[str, float] = field(default_factory=dict)
    """Mission to when its first order arrived, on this process's clock."""


class Swarm:
    """robots: (id, x_m, y_m). poses_hz: of each robot; 0 for none."""

    def __init__(self, control: str, robots: list[tuple[str, float, float]], poses_hz: float) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._poller = zmq.Poller()
        self._codec = Codec()
        self._period_s = 1.0 / poses_hz if poses_hz else float("inf")
        self.counts = Counts()
        self.members: dict[int, Member] = {}
        for number, (robot_id, x_m, y_m) in enumerate(robots):
            self._add(control, robot_id, x_m, y_m, number / max(1, len(robots)))

    def _add(self, control: str, robot_id: str, x_m: float, y_m: float, phase: float) -> None:
        socket = self._context.socket(zmq.DEALER)
        socket.linger = 0
        socket.connect(control)
        now_s = time.monotonic()
        member = Member(robot_id, x_m, y_m, socket, now_s + phase * self._period_s, now_s + phase)
        self.members[socket.fileno()] = member
        self._poller.register(socket, zmq.POLLIN)
        self._send(member, _hello(robot_id))
        self._send(member, self._state(member))

    def run(self, until: Callable[[], bool]) -> None:
        """Live until the condition holds."""
        while not until():
            for socket, _ in self._poller.poll(2):
                self._read(self.members[socket.fileno()])
            self._speak(time.monotonic())

    def close(self) -> None:
        for member in self.members.values():
            member.socket.close()
        self._context.term()

    def _speak(self, now_s: float) -> None:
        for member in self.members.values():
            if member.next_pose_s <= now_s:
                member.next_pose_s += self._period_s
                self.counts.poses += 1
                self._send(member, _pose(member))
            if member.next_state_s <= now_s:
                member.next_state_s += STATE_S
                self._send(member, self._state(member))

    def _read(self, member: Member) -> None:
        while member.socket.poll(0, zmq.POLLIN):
            message = self._codec.decode_down(member.socket.recv())
            if isinstance(message, Order):
                self._obey(member, message)
            elif isinstance(message, Ping):
                self._send(member, Pong(stamp_s=message.stamp_s))
            elif isinstance(message, Cancel):
                member.order_id = ""
                self._send(member, Ack(ref=message.cancel_id))
            elif isinstance(message, InstantAction):
                self._send(member, Ack(ref=message.instant_id))

    def _obey(self, member: Member, order: Order) -> None:
        self.counts.orders += 1
        self.counts.seen.setdefault(order.order_id.partition("/")[0], time.perf_counter())
        if order.order_id != member.order_id:
            member.order_id, member.passed = order.order_id, order.base[0].seq
        self._send(member, OrderAccepted(order_id=order.order_id, order_update_id=order.order_update_id))
        for node in order.base:
            if node.seq > member.passed:
                member.passed, member.x_m, member.y_m = node.seq, node.x_m, node.y_m
                passed = NodePassed(order_id=order.order_id, node_id=node.node_id, seq=node.seq)
                self._send(member, passed)
        self.counts.done += order.last

    def _send(
        self, member: Member, message: Hello | State | Pose | OrderAccepted | NodePassed | Pong | Ack
    ) -> None:
        member.socket.send(self._codec.encode(message), zmq.NOBLOCK)

    def _state(self, member: Member) -> State:
        return State(
            activity="ready_idle",
            mode="autonomous",
            battery_fraction=0.95,
            charging=False,
            level="L1",
            x_m=member.x_m,
            y_m=member.y_m,
        )


def _hello(robot_id: str) -> Hello:
    facts = Factsheet(
        model="service",
        family="service",
        names={"en": "Bench"},
        skills=("load", "unload", "charge"),
        radius_m=0.3,
        speed_mps_max=1.0,
        acceleration_mps2=0.5,
        turn_radps_max=1.0,
        battery_wh=5000.0,
        draw_idle_w=10.0,
        draw_moving_w=50.0,
        draw_action_w={},
        charge_w=300.0,
        reserve_fraction=0.1,
        low_fraction=0.2,
    )
    return Hello(robot_id=robot_id, boot_id="b", protocol_version=PROTOCOL_VERSION, factsheet=facts)


def _pose(member: Member) -> Pose:
    return Pose(stamp_s=time.time(), level="L1", x_m=member.x_m, y_m=member.y_m, yaw_rad=0.0, speed_mps=0.0)
