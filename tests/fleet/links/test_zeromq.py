import socket as sockets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import zmq

from fleet.core import events as ev
from fleet.errors import UserError
from fleet.links.frames import FRAME_BYTES_MAX
from fleet.links.switchboard import LinkOutlets, LinkSettings
from fleet.links.zeromq import RobotLink, require_loopback
from fleet.views import LivePose
from robots import protocol as wire
from tests.fleet.links.paper import PaperRobot, eventually

FREE = "tcp://127.0.0.1:*"
JPEG = b"\xff\xd8" + b"picture" * 100
SETTINGS = LinkSettings(heartbeat_s=0.05, lost_s=0.4)


@dataclass
class Ear:
    events: list[ev.AnyEvent] = field(default_factory=list)
    poses: dict[str, LivePose] = field(default_factory=dict)
    frames: list[tuple[str, str, bytes]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    broken: bool = False

    def take_event(self, event: ev.AnyEvent) -> bool:
        if self.broken:
            raise ZeroDivisionError("a bug of ours")
        self.events.append(event)
        return True

    def outlets(self) -> LinkOutlets:
        return LinkOutlets(
            event=self.take_event,
            pose=self.poses.__setitem__,
            frame=lambda *frame: self.frames.append(frame),
            failed=self.failures.append,
            clock=time.time,
        )

    def joined(self) -> list[str]:
        return [event.robot_id for event in self.events if isinstance(event, ev.RobotJoined)]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def link(ear: Ear) -> Iterator[RobotLink]:
    built = RobotLink(FREE, FREE, SETTINGS, ear.outlets())
    built.start()
    yield built
    built.close()
    assert not [t for t in threading.enumerate() if t.name == "robot-link"]


@pytest.fixture
def camera() -> Iterator["zmq.Socket[bytes]"]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    yield context.socket(zmq.PUSH)
    context.destroy(linger=0)


def test_robot_joins_over_a_real_socket_and_is_pinged(link: RobotLink, ear: Ear) -> None:
    with PaperRobot(link.control_endpoint) as robot:
        robot.greet()
        robot.expect(wire.Ping)
        eventually(lambda: ear.joined() == ["carrier-1"])


def test_message_reaches_the_robot_it_is_for(link: RobotLink, ear: Ear) -> None:
    with (
        PaperRobot(link.control_endpoint, "r1") as first,
        PaperRobot(link.control_endpoint, "r2") as second,
    ):
        first.greet()
        second.greet()
        eventually(lambda: len(ear.joined()) == 2)
        link.send("r2", wire.Cancel(cancel_id="c", order_id="o"))
        assert second.expect(wire.Cancel).cancel_id == "c"
        first.listen(0.1)
        assert not any(isinstance(message, wire.Cancel) for message in first.heard)


def test_robot_that_stops_talking_is_reported_silent(link: RobotLink, ear: Ear) -> None:
    with PaperRobot(link.control_endpoint) as robot:
        robot.greet()
        eventually(lambda: any(isinstance(event, ev.RobotFellSilent) for event in ear.events))


def test_restarted_robot_is_taken_at_once(link: RobotLink, ear: Ear) -> None:
    with PaperRobot(link.control_endpoint, boot_id="one") as robot:
        robot.greet()
        eventually(lambda: ear.joined() == ["carrier-1"])
    with PaperRobot(link.control_endpoint, boot_id="two") as again:
        deadline_s = time.monotonic() + 2.0
        while len(ear.joined()) < 2 and time.monotonic() < deadline_s:
            again.greet()  # ZeroMQ needs a moment to notice that the old connection is gone
            again.listen(0.05)
        assert len(ear.joined()) == 2


def test_rubbish_from_one_robot_leaves_the_others_alone(link: RobotLink, ear: Ear) -> None:
    with (
        PaperRobot(link.control_endpoint, "good") as good,
        PaperRobot(link.control_endpoint, "bad") as bad,
    ):
        good.greet()
        bad.greet()
        eventually(lambda: len(ear.joined()) == 2)
        bad.say_bytes(b"\xff\xff rubbish")
        assert bad.expect(wire.Refused).code == "rubbish"
        good.say(wire.NodePassed(order_id="o", node_id="n", seq=1))
        eventually(lambda: ev.NodePassed(robot_id="good", order_id="o", seq=1) in ear.events)


def test_tremendous_message_does_not_stop_the_link(link: RobotLink, ear: Ear) -> None:
    with PaperRobot(link.control_endpoint, "bad") as bad:
        bad.greet()
        bad.say_bytes(b"x" * 10_000_000)
    with PaperRobot(link.control_endpoint, "good") as good:
        good.greet()
        eventually(lambda: "good" in ear.joined())


def send_frame(camera: "zmq.Socket[bytes]", robot_id: str, jpeg: bytes, tag: str = "") -> None:
    header = wire.FrameHeader(robot_id=robot_id, sequence=1, stamp_s=0.0, tag=tag)
    camera.send_multipart([wire.Codec().encode(header), jpeg])


def test_frames_of_known_robots_arrive_and_the_rest_is_left_out(
    link: RobotLink, ear: Ear, camera: "zmq.Socket[bytes]"
) -> None:
    camera.connect(link.frames_endpoint)
    with PaperRobot(link.control_endpoint) as robot:
        robot.greet()
        eventually(ear.joined)
        camera.send(b"one part only")
        camera.send_multipart([b"no header", JPEG])
        send_frame(camera, "stranger", JPEG)
        send_frame(camera, "carrier-1", b"GIF89a")
        send_frame(camera, "carrier-1", JPEG + b"x" * FRAME_BYTES_MAX)
        send_frame(camera, "carrier-1", JPEG, tag="mission-000001/0/000001")
        eventually(lambda: ear.frames)
        assert ear.frames == [("carrier-1", "mission-000001/0/000001", JPEG)]


def test_bug_of_ours_ends_the_link_and_is_told(ear: Ear) -> None:
    link = RobotLink(FREE, FREE, SETTINGS, ear.outlets())
    link.start()
    ear.broken = True
    with PaperRobot(link.control_endpoint) as robot:
        robot.greet()
        eventually(lambda: ear.failures)
    assert isinstance(ear.failures[0], ZeroDivisionError)
    link.close()


@pytest.mark.parametrize(("which", "option"), [("control", "--control-port"), ("frames", "--frames-port")])
def test_port_in_use_names_the_port_and_the_option(ear: Ear, which: str, option: str) -> None:
    with sockets.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        control, frames = (taken, FREE) if which == "control" else (FREE, taken)
        with pytest.raises(UserError) as caught:
            RobotLink(control, frames, SETTINGS, ear.outlets())
    assert str(caught.value) == (
        f"{taken} is in use by another program. Stop that program, or choose another port with {option}."
    )


@pytest.mark.parametrize(
    "address", ["tcp://0.0.0.0:5570", "tcp://192.168.1.5:5570", "tcp://*:5570", "tcp://host:1"]
)
def test_address_beyond_this_machine_is_refused(address: str) -> None:
    with pytest.raises(UserError, match="is not on this machine"):
        require_loopback(address, "--control-port")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:5570", "tcp://localhost:5570", "tcp://[::1]:5570"])
def test_address_on_this_machine_is_taken(address: str) -> None:
    require_loopback(address, "--control-port")
