"""Robots on paper: a factsheet, and a robot that speaks the protocol over a real socket and obeys at once."""

import time
from collections.abc import Callable
from typing import TypeVar

import msgspec
import zmq

from robots import protocol as wire

Said = TypeVar("Said", bound=wire.Message)


def factsheet(**changes: object) -> wire.Factsheet:
    sheet = wire.Factsheet(
        model="service",
        family="service",
        names={"en": "Carrier", "zh-CN": "送物机器人"},
        skills=("load", "unload", "charge"),
        radius_m=0.3,
        speed_mps_max=1.0,
        acceleration_mps2=0.5,
        turn_radps_max=1.0,
        battery_wh=500.0,
        draw_idle_w=20.0,
        draw_moving_w=100.0,
        draw_action_w={"load": 10.0},
        charge_w=300.0,
        reserve_fraction=0.15,
        low_fraction=0.25,
    )
    return msgspec.structs.replace(sheet, **changes)


def hello(robot_id: str = "carrier-1", boot_id: str = "boot-1", **changes: object) -> wire.Hello:
    greeting = wire.Hello(
        robot_id=robot_id,
        boot_id=boot_id,
        protocol_version=wire.PROTOCOL_VERSION,
        factsheet=factsheet(),
    )
    return msgspec.structs.replace(greeting, **changes)


def state(**changes: object) -> wire.State:
    now = wire.State(
        activity="ready_idle",
        mode="autonomous",
        battery_fraction=0.9,
        charging=False,
        level="L1",
        x_m=6.0,
        y_m=2.0,
    )
    return msgspec.structs.replace(now, **changes)


class PaperRobot:
    """A DEALER; drives by reporting, waits at most wait_s for what it expects."""

    def __init__(self, endpoint: str, robot_id: str = "carrier-1", boot_id: str = "boot-1") -> None:
        self.robot_id = robot_id
        self._codec = wire.Codec()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.connect(endpoint)
        self.heard: list[wire.Down] = []
        self.boot_id = boot_id

    def __enter__(self) -> "PaperRobot":
        return self

    def __exit__(self, *_: object) -> None:
        self._context.destroy(linger=0)

    def say(self, *messages: wire.Message) -> None:
        for message in messages:
            self._socket.send(self._codec.encode(message))

    def say_bytes(self, data: bytes) -> None:
        self._socket.send(data)

    def greet(self, place: wire.State | None = None, **changes: object) -> None:
        self.say(hello(self.robot_id, self.boot_id, **changes), place or state())

    def listen(self, wait_s: float) -> list[wire.Down]:
        """What comes within wait_s; returns at once when something has come."""
        heard = []
        while self._socket.poll(0 if heard else int(1000 * wait_s)):
            heard.append(self._codec.decode_down(self._socket.recv()))
        self.heard += heard
        return heard

    def expect(self, kind: type[Said], wait_s: float = 5.0) -> Said:
        """The next message of this kind; others are left aside."""
        deadline_s = time.monotonic() + wait_s
        while time.monotonic() < deadline_s:
            for message in self.listen(0.05):
                if isinstance(message, kind):
                    return message
        raise AssertionError(f"no {kind.__name__} within {wait_s} s; heard {self.heard}")

    def obey(self, order: wire.Order) -> None:
        """Pass every released node; do the action at once when it is the last update."""
        self.say(wire.OrderAccepted(order_id=order.order_id, order_update_id=order.order_update_id))
        for node in order.base:
            self.say(wire.NodePassed(order_id=order.order_id, node_id=node.node_id, seq=node.seq))
        if order.last and order.action is not None:
            for status in (wire.ActionStatus.RUNNING, wire.ActionStatus.FINISHED):
                self.say(
                    wire.ActionEvent(order_id=order.order_id, action_id=order.action.action_id, status=status)
                )


def eventually(holds: Callable[[], object], wait_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + wait_s
    while not holds():
        assert time.monotonic() < deadline_s, f"not within {wait_s} s"
        time.sleep(0.01)
