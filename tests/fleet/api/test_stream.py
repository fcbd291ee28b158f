"""The WebSocket over a real server: snapshot, changes, heartbeat, foreign pages refused."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from fleet.api.server import bind
from fleet.core import events as ev
from fleet.errors import UserError
from tests.fleet.api.serving import serving
from tests.fleet.api.town import Pose, Town

DELIVERY = {"template": "deliver", "params": {"from": "pharmacy", "to": "ward_201", "pin": "4711"}}


@pytest.fixture
def port(town: Town) -> Iterator[int]:
    """A running server on a free port."""
    with serving(town) as found:
        yield found


def watch(port: int) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{port}/api/v1/stream", proxy=None)


def read(viewer: ClientConnection) -> Any:
    return json.loads(viewer.recv(timeout=5))


def read_until(viewer: ClientConnection, key: str) -> Any:
    """The next message with something under this key."""
    for _ in range(50):
        message = read(viewer)
        if message[key]:
            return message
    raise AssertionError(f"no {key} came")


def test_first_comes_a_snapshot_then_what_changes(town: Town, port: int) -> None:
    with watch(port) as viewer:
        snapshot = read(viewer)
        assert snapshot["type"] == "snapshot"
        assert [robot["id"] for robot in snapshot["robots"]] == [
            "carrier-1",
            "guide-1",
            "lumen-1",
            "sentry-1",
        ]
        assert snapshot["missions"] == []
        httpx.post(f"http://127.0.0.1:{port}/api/v1/missions", json=DELIVERY, trust_env=False)
        changes = read_until(viewer, "missions")
        assert changes["type"] == "changes"
        assert changes["missions"][0]["id"] == "mission-000001"
        assert "4711" not in json.dumps(changes)


def test_a_pose_alone_is_sent_as_a_pose(town: Town, port: int) -> None:
    with watch(port) as viewer:
        read(viewer)
        town.views.moved("carrier-1", Pose(level="L1", x_m=1.5, y_m=2.5, at_s=town.now_s))
        changes = read_until(viewer, "poses")
        assert changes["poses"]["carrier-1"]["x_m"] == 1.5
        assert changes["robots"] == []


def test_doors_and_lifts_are_sent_together(town: Town, port: int) -> None:
    with watch(port) as viewer:
        read(viewer)
        door = next(iter(town.graph.doors))
        town.say(ev.DoorReported(door=door, state="open"))
        assert read_until(viewer, "building")["building"]["doors"][door] == "open"


def test_silence_is_broken_once_a_second(town: Town, port: int) -> None:
    with watch(port) as viewer:
        read(viewer)
        began = time.monotonic()
        heartbeat = read(viewer)
        assert heartbeat["type"] == "changes"
        assert heartbeat["health"]["robots_online"] == 4
        assert 0.5 < time.monotonic() - began < 3


def test_many_changes_are_sent_at_most_ten_times_a_second(town: Town, port: int) -> None:
    with watch(port) as viewer:
        read(viewer)
        ending = time.monotonic() + 1.0
        messages = 0
        while time.monotonic() < ending:
            town.views.moved("carrier-1", Pose(level="L1", x_m=time.monotonic(), y_m=0.0))
            try:
                viewer.recv(timeout=0.01)
                messages += 1
            except TimeoutError:
                continue
        assert 3 <= messages <= 11


def test_the_server_notices_that_viewers_have_gone(town: Town, port: int) -> None:
    with watch(port) as one, watch(port) as two:
        read(one)
        read(two)
        assert town.app.state.broadcaster.viewers == 2
    deadline = time.monotonic() + 5
    while town.app.state.broadcaster.viewers and time.monotonic() < deadline:
        time.sleep(0.02)
    assert town.app.state.broadcaster.viewers == 0


def test_a_foreign_page_cannot_watch(port: int) -> None:
    with pytest.raises(InvalidStatus):
        connect(f"ws://127.0.0.1:{port}/api/v1/stream", origin="http://evil.example", proxy=None)  # type: ignore[arg-type]


def test_a_port_in_use_is_one_sentence(port: int) -> None:
    with pytest.raises(UserError, match=f"Port {port} is in use") as caught:
        bind("127.0.0.1", port)
    assert "--port" in caught.value.hint


def test_answers_are_not_held_back_by_the_kernel() -> None:
    listener = bind("127.0.0.1", 0)
    try:
        assert listener.proto == socket.IPPROTO_TCP, "else asyncio leaves Nagle on: 40 ms an answer"
    finally:
        listener.close()
