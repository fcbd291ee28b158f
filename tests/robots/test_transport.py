"""The robot's sockets against a real ROUTER and PULL on this machine."""

import time

import pytest

from robots import protocol as wire
from robots.agent_io import LinkDown, LinkUp
from robots.transport import Transport, TransportError, check_loopback

LIMIT_S = 10.0


@pytest.fixture
def orchestrator(new_orchestrator):
    ours = new_orchestrator()
    yield ours
    ours.close()


@pytest.fixture
def connect(orchestrator):
    """Opens the robot's end; closed again at the end of the test."""
    opened = []

    def opening(**more):
        addresses = (orchestrator.port, orchestrator.frames_port)
        opened.append(Transport(*(f"tcp://127.0.0.1:{port}" for port in addresses), **more))
        return opened[-1]

    yield opening
    for transport in opened:
        transport.close()


@pytest.fixture
def transport(connect):
    return connect()


def expect(transport, wanted, limit_s=LIMIT_S):
    """Receive until something of this kind has come."""
    end_s = time.monotonic() + limit_s
    while time.monotonic() < end_s:
        for event in transport.receive():
            if isinstance(event, wanted):
                return event
        time.sleep(0.005)
    raise AssertionError(f"no {wanted.__name__} within {limit_s} s")


def connected(transport, orchestrator):
    expect(transport, LinkUp)
    transport.send(wire.Bye())
    orchestrator.receive()


def test_robot_connects_speaks_and_is_spoken_to(transport, orchestrator):
    connected(transport, orchestrator)
    order = wire.Order(order_id="o", order_update_id=1, base=())
    orchestrator.send(order)
    assert expect(transport, wire.Order) == order


def test_frame_arrives_with_its_header(transport, orchestrator):
    connected(transport, orchestrator)
    header = wire.FrameHeader(robot_id="r", sequence=1, stamp_s=2.0, tag="a")
    transport.send_frame(header, b"\xff\xd8jpeg")
    assert orchestrator.pull.poll(LIMIT_S * 1000)
    data, jpeg = orchestrator.pull.recv_multipart()
    assert orchestrator.codec.decode_header(data) == header
    assert jpeg == b"\xff\xd8jpeg"


def test_frames_that_nobody_takes_are_dropped_without_waiting(orchestrator):
    ours = Transport(f"tcp://127.0.0.1:{orchestrator.port}", "tcp://127.0.0.1:1")
    start_s = time.monotonic()
    for number in range(50):
        ours.send_frame(wire.FrameHeader(robot_id="r", sequence=number, stamp_s=0.0), bytes(100_000))
    assert ours.frames_dropped == 50
    assert time.monotonic() - start_s < 1
    ours.close()


def test_rubbish_from_the_orchestrator_is_ignored_and_the_next_message_taken(transport, orchestrator, caplog):
    connected(transport, orchestrator)
    orchestrator.send_bytes(b"\xc1 rubbish")
    orchestrator.send(wire.Ping(stamp_s=5.0))
    assert expect(transport, wire.Ping) == wire.Ping(stamp_s=5.0)
    assert "not a message of protocol 1" in caplog.text


def test_dead_orchestrator_is_noticed_at_once_and_found_again_on_the_same_port(
    transport, orchestrator, new_orchestrator
):
    connected(transport, orchestrator)
    port = orchestrator.port
    orchestrator.router.close(linger=0)
    expect(transport, LinkDown, 2.0)
    transport.send(wire.Bye())  # lost, and nobody waits for it
    again = new_orchestrator(port)
    try:
        expect(transport, LinkUp)
        transport.send(wire.Bye(because="back"))
        assert again.receive() == wire.Bye(because="back")
    finally:
        again.close()


def test_silent_orchestrator_is_given_up_and_greeted_again(connect, orchestrator):
    transport = connect(silence_s=0.3)
    connected(transport, orchestrator)
    expect(transport, LinkDown, 3.0)
    assert transport.sockets == ()
    expect(transport, LinkUp, 3.0)


def test_pings_keep_the_link_up(connect, orchestrator):
    transport = connect(silence_s=0.3)
    connected(transport, orchestrator)
    for _ in range(8):
        orchestrator.send(wire.Ping(stamp_s=0.0))
        time.sleep(0.1)
        assert not any(isinstance(event, LinkDown) for event in transport.receive())


def test_refused_robot_waits_patiently(connect, orchestrator):
    transport = connect(silence_s=0.2)
    connected(transport, orchestrator)
    orchestrator.send(wire.Refused(code="duplicate", message="", retry_s=60.0))
    expect(transport, wire.Refused)
    time.sleep(0.4)
    assert transport.receive() == []


def test_link_that_takes_no_more_is_given_up_because_what_was_lost_on_it_is_never_said_again(
    transport, orchestrator
):
    connected(transport, orchestrator)
    for _ in range(20_000):  # the orchestrator is there and does not read
        transport.send(wire.Bye(because="x" * 4_000))
        if transport.next_deadline_s() <= time.monotonic():
            break
    expect(transport, LinkDown, 1.0)
    expect(transport, LinkUp, 5.0)


def test_slow_heartbeat_of_the_orchestrator_is_respected(transport, orchestrator):
    connected(transport, orchestrator)
    orchestrator.send(wire.Welcome(protocol_version=1, site_id="s", heartbeat_s=10.0, lost_s=60.0))
    expect(transport, wire.Welcome)
    assert transport.next_deadline_s() - time.monotonic() == pytest.approx(30, abs=1)


def test_goodbye_still_goes_out_when_the_robot_closes(transport, orchestrator):
    connected(transport, orchestrator)
    transport.send(wire.Bye(because="end"))
    transport.close()
    assert orchestrator.receive() == wire.Bye(because="end")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:5570", "tcp://localhost:1", "tcp://[::1]:5570"])
def test_loopback_is_allowed(address):
    check_loopback(address)


@pytest.mark.parametrize("address", ["tcp://10.0.0.7:5570", "tcp://example.org:1", "tcp://0.0.0.0:5570"])
def test_other_machines_are_refused_with_the_reason(address):
    with pytest.raises(TransportError, match="without keys only"):
        check_loopback(address)


@pytest.mark.parametrize("address", ["127.0.0.1:5570", "ipc:///tmp/x", "", "tcp://"])
def test_what_is_no_address_is_named(address):
    with pytest.raises(TransportError, match="is no address"):
        check_loopback(address)
