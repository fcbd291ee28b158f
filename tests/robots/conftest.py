"""A robot on the bench: the real agent, a body with closed-form motion, virtual time. No mocks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import atan2, hypot
from typing import TypeVar

import msgspec
import pytest
import zmq

from robots import protocol as wire
from robots.agent import Agent
from robots.agent_io import (
    AgentEvent,
    LinkDown,
    LinkUp,
    OrderMemory,
    Remember,
    Send,
    SendFrame,
    Tell,
    TimerFired,
)
from robots.drivers import base
from robots.profiles import load_profile

TICK_S = 0.05
LIMIT_S = 10.0
T = TypeVar("T", bound=wire.Message)


@dataclass
class Body:
    """Drives straight at the limit of each waypoint, without inertia; rides take 4 s."""

    level: str = "L1"
    x_m: float = 0.0
    y_m: float = 0.0
    yaw_rad: float = 0.0
    speed_mps: float = 0.0
    battery_fraction: float = 0.8
    charging: bool = False
    sensed: base.Sensed = field(default_factory=lambda: base.Sensed(door_closed=True))
    dose_rate_w_m2: float = 1.0
    dose_j_m2: float = 0.0
    camera_works: bool = True
    charger_works: bool = True
    devices: dict[str, str] = field(default_factory=dict)
    path: tuple[base.Waypoint, ...] = ()
    watched: str = ""
    said: list[dict[str, str]] = field(default_factory=list)
    drives: list[tuple[base.Waypoint, ...]] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)
    trace: list[tuple[str, float, float]] = field(default_factory=list)
    ride_until_s: float | None = None
    _told: base.Sensed | None = None
    _second: int = -1

    def tell(self, message: base.ToBody) -> None:
        if isinstance(message, base.Drive):
            self.path = message.path
            self.drives.append(message.path)
        elif isinstance(message, base.Halt):
            self.path, self.speed_mps = (), 0.0
        elif isinstance(message, base.SetDevice):
            self.devices[message.device] = message.value
            if message.device == "charger":
                self.charging = message.value == "on" and self.charger_works
        elif isinstance(message, base.Capture):
            self.captures.append(message.tag)
        elif isinstance(message, base.Watch):
            self.watched = message.door
        else:
            self.said.append(message.texts)

    def advance(self, now_s: float) -> list[base.FromBody]:
        """What it reports after one more tick."""
        events: list[base.FromBody] = [*self._move(now_s), *self._sense(now_s)]
        if self.camera_works:
            events += [base.Frame(jpeg=b"\xff\xd8", tag=tag) for tag in self.captures]
            self.captures = []
        return events

    def motion(self) -> base.Motion:
        return base.Motion(
            level=self.level, x_m=self.x_m, y_m=self.y_m, yaw_rad=self.yaw_rad, speed_mps=self.speed_mps
        )

    def _move(self, now_s: float) -> list[base.FromBody]:
        before = self.speed_mps
        events = self._drive(now_s)
        self.speed_mps = self.path[0].speed_mps_max if self.path and self.ride_until_s is None else 0.0
        self.trace.append((self.level, self.x_m, self.y_m))
        moving = self.speed_mps > 0 or before > 0
        if (moving and round(now_s / TICK_S) % 2 == 0) or before != self.speed_mps:
            events = [self.motion(), *events]
        return events

    def _drive(self, now_s: float) -> list[base.FromBody]:
        if not self.path:
            self.ride_until_s = None
            return []
        goal = self.path[0]
        if goal.lift is not None and goal.level != self.level:
            return self._ride(goal, now_s)
        away_m = hypot(goal.x_m - self.x_m, goal.y_m - self.y_m)
        step_m = goal.speed_mps_max * TICK_S
        if away_m <= step_m:
            self.x_m, self.y_m, self.path = goal.x_m, goal.y_m, self.path[1:]
            return [base.Reached(seq=goal.seq)]
        self.yaw_rad = atan2(goal.y_m - self.y_m, goal.x_m - self.x_m)
        self.x_m += (goal.x_m - self.x_m) * step_m / away_m
        self.y_m += (goal.y_m - self.y_m) * step_m / away_m
        return []

    def _ride(self, goal: base.Waypoint, now_s: float) -> list[base.FromBody]:
        if self.ride_until_s is None:
            self.ride_until_s = now_s + 4.0
        if now_s < self.ride_until_s:
            return []
        self.level, self.path, self.ride_until_s = goal.level, self.path[1:], None
        return [self.motion(), base.Reached(seq=goal.seq)]

    def _sense(self, now_s: float) -> list[base.FromBody]:
        events: list[base.FromBody] = []
        second = int(now_s + 1e-9)
        new_second, self._second = second != self._second, second
        lit = self.devices.get("lamp") == "on"
        if lit:
            self.dose_j_m2 += self.dose_rate_w_m2 * TICK_S
        if new_second or self.sensed != self._told:
            self._told = self.sensed
            events.append(self.sensed)
        if new_second and lit:
            events.append(
                base.Dose(minimum_j_m2=self.dose_j_m2, p5_j_m2=self.dose_j_m2 * 1.2, covered_fraction=0.9)
            )
        if self.charging:
            self.battery_fraction = min(1.0, self.battery_fraction + 0.001)
        if (new_second and second % 5 == 0) or (self.charging and new_second):
            events.append(self.energy())
        return events

    def energy(self) -> base.Energy:
        return base.Energy(battery_fraction=self.battery_fraction, charging=self.charging)


class Bench:
    """One robot, its body, its clock, and everything it said."""

    def __init__(
        self, model: str = "service", body: Body | None = None, memory: OrderMemory | None = None
    ) -> None:
        self.now_s = 1000.0
        self.body = body or Body()
        self.memory = memory
        self.model = model
        self.sent: list[wire.Message] = []
        self.frames: list[wire.FrameHeader] = []
        self.boots = 0
        self.boot()

    def boot(self) -> None:
        """A new program over the same body, with what was remembered."""
        self.boots += 1
        self.body.path = ()
        self.agent = Agent("robot-1", f"boot-{self.boots}", load_profile(self.model), self.memory)
        self.feed(self.body.motion())
        self.feed(self.body.energy())
        self.feed(self.body.sensed)

    def connect(self, heartbeat_s: float = 1.0) -> "Bench":
        self.feed(LinkUp())
        self.feed(
            wire.Welcome(
                protocol_version=wire.PROTOCOL_VERSION, site_id="site", heartbeat_s=heartbeat_s, lost_s=10.0
            )
        )
        return self

    def disconnect(self) -> None:
        self.feed(LinkDown())

    def feed(self, event: AgentEvent) -> list[object]:
        commands = self.agent.handle(event, self.now_s)
        for index, command in enumerate(commands):
            if isinstance(command, Remember):
                assert index == 0, "what is remembered comes before what is said"
                # through the file format, as a restart would see it
                self.memory = msgspec.json.decode(msgspec.json.encode(command.memory), type=OrderMemory)
            elif isinstance(command, Send):
                self.sent.append(command.message)
            elif isinstance(command, Tell):
                self.body.tell(command.message)
            elif isinstance(command, SendFrame):
                self.frames.append(command.header)
        return list(commands)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.now_s = round(self.now_s + TICK_S, 6)
            for event in self.body.advance(self.now_s):
                self.feed(event)
            for _ in range(5):
                due_s = self.agent.next_deadline_s()
                if due_s is None or due_s > self.now_s:
                    break
                self.feed(TimerFired())
            else:
                raise AssertionError(f"the agent stays due at {due_s}")

    def run_until(self, condition: Callable[[], bool], limit_s: float = 300.0) -> None:
        end_s = self.now_s + limit_s
        while not condition():
            assert self.now_s < end_s, f"not within {limit_s} s"
            self.run(TICK_S)

    # -- speaking to it --

    def order(
        self, *base_nodes: wire.OrderNode, order_id: str = "order-1", update: int = 1, **more: object
    ) -> None:
        self.feed(wire.Order(order_id=order_id, order_update_id=update, base=base_nodes, **more))  # type: ignore[arg-type]

    def instant(self, verb: str, **params: str) -> wire.Ack:
        instant_id = f"instant-{len(self.sent)}"
        self.feed(wire.InstantAction(instant_id=instant_id, verb=wire.InstantVerb(verb), params=params))
        return next(ack for ack in self.all(wire.Ack) if ack.ref == instant_id)

    def act(self, action_type: str, *, en_route: bool = False, **params: object) -> None:
        """An order to do this where the robot stands."""
        action = wire.Action(action_id="action-1", action_type=action_type, params=params, en_route=en_route)  # type: ignore[arg-type]
        self.order(node("here", 0, self.body.x_m, self.body.y_m, self.body.level), action=action, last=True)
        self.run(TICK_S)

    # -- listening to it --

    def all(self, kind: type[T]) -> list[T]:
        return [message for message in self.sent if isinstance(message, kind)]

    def last(self, kind: type[T]) -> T:
        return self.all(kind)[-1]

    @property
    def state(self) -> wire.State:
        return self.last(wire.State)

    @property
    def phases(self) -> list[str]:
        return [event.phase for event in self.all(wire.ActionEvent)]

    @property
    def outcome(self) -> wire.ActionEvent | None:
        ends = (wire.ActionStatus.FINISHED, wire.ActionStatus.FAILED)
        return next((event for event in reversed(self.all(wire.ActionEvent)) if event.status in ends), None)

    @property
    def seqs_passed(self) -> list[int]:
        return [passed.seq for passed in self.all(wire.NodePassed)]


def node(
    name: str, seq: int, x_m: float, y_m: float = 0.0, level: str = "L1", **more: object
) -> wire.OrderNode:
    return wire.OrderNode(node_id=name, seq=seq, x_m=x_m, y_m=y_m, level=level, **more)  # type: ignore[arg-type]


class Orchestrator:
    """The other end, as far as a robot's sockets are concerned."""

    def __init__(self, port: int | None = None) -> None:
        self.codec = wire.Codec()
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.pull = self.context.socket(zmq.PULL)
        if port is None:
            port = self.router.bind_to_random_port("tcp://127.0.0.1")
        else:
            self.router.bind(f"tcp://127.0.0.1:{port}")
        self.port = port
        self.frames_port = self.pull.bind_to_random_port("tcp://127.0.0.1")
        self.peer = b""

    def receive(self, limit_s: float = LIMIT_S) -> wire.Up:
        assert self.router.poll(limit_s * 1000), "nothing came from the robot"
        self.peer, data = self.router.recv_multipart()
        return self.codec.decode_up(data)

    def send(self, message: wire.Message) -> None:
        self.send_bytes(self.codec.encode(message))

    def send_bytes(self, data: bytes) -> None:
        self.router.send_multipart([self.peer, data])

    def close(self) -> None:
        self.router.close(linger=0)
        self.pull.close(linger=0)
        self.context.term()


@pytest.fixture
def new_orchestrator() -> type[Orchestrator]:
    return Orchestrator


@pytest.fixture
def bench() -> type[Bench]:
    """Bench(model, body, memory); call .connect() to have it greeted."""
    return Bench


@pytest.fixture
def new_body() -> type[Body]:
    return Body


@pytest.fixture(name="node")
def node_fixture() -> Callable[..., wire.OrderNode]:
    return node
