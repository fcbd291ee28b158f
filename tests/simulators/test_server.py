"""The world behind its sockets: drivers and a building link as other processes would use them."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest
import zmq

from fleet.links.building import BuildingHello, DoorRequest, DoorState, FromBuilding
from robots.drivers.base import Drive, DriverError, Energy, Motion, Reached, Sensed, Waypoint
from simulators.driver import SimDriver
from simulators.recorded import records
from simulators.rest import RestServer
from simulators.server import WorldServer
from simulators.spawned import Spawned
from simulators.world import World, WorldSettings

PATH = Drive(path=(Waypoint(x_m=3.0, y_m=0.0, level="L1", seq=7, speed_mps_max=1.0),))


@contextmanager
def serving(world, port=0, speed=10.0):
    server, stop = WorldServer(world, port, speed=speed), threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        thread.join()
        server.close()


@pytest.fixture
def world(corridor):
    return World(corridor, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))


def listen(driver, until, seconds=10.0):
    """Messages until one satisfies the condition."""
    said, end_s = [], time.monotonic() + seconds
    while time.monotonic() < end_s:
        for message in driver.poll(0.05):
            said.append(message)
            if until(message):
                return said
    raise AssertionError(f"not within {seconds} s; heard {said[-5:]}")


def die(driver):
    """No goodbye, like a killed process."""
    driver._socket.close()
    driver._context.term()


def test_a_driver_joins_drives_and_hears_its_body(world, facts):
    with serving(world) as server:
        driver = SimDriver("r1", facts, server.endpoint, "west")
        driver.open()
        assert driver.start_node == "west"
        driver.tell(PATH)
        said = listen(driver, lambda m: m == Reached(seq=7))
        assert {Motion, Energy, Sensed} <= {type(message) for message in said}
        driver.close()
        assert world.bodies["r1"].mover.x_m == 3.0


def test_the_body_stays_where_it_is_when_its_process_dies_and_is_joined_again(world, facts):
    with serving(world) as server:
        first = SimDriver("r1", facts, server.endpoint, "west")
        first.open()
        first.tell(PATH)
        listen(first, lambda m: m == Reached(seq=7))
        die(first)
        second = SimDriver("r1", facts, server.endpoint, "west")
        second.open()
        assert second.start_node == ""
        said = listen(second, lambda m: isinstance(m, Motion))
        assert said[-1].x_m == 3.0
        second.close()


def test_a_second_process_with_the_same_id_does_not_get_the_body(world, facts):
    with serving(world) as server:
        first = SimDriver("r1", facts, server.endpoint, "west")
        first.open()
        keep_alive = threading.Event()

        def live():
            while not keep_alive.is_set():
                first.poll(0.05)

        thread = threading.Thread(target=live)
        thread.start()
        second = SimDriver("r1", facts, server.endpoint, join_wait_s=2.5)
        with pytest.raises(DriverError, match="driven by another process; choose another --id"):
            second.open()
        keep_alive.set()
        thread.join()
        first.close()


def test_a_world_that_was_started_again_asks_its_drivers_to_join(corridor, facts):
    def fresh():
        return World(corridor, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))

    with serving(fresh()) as server:
        port = int(server.endpoint.rsplit(":", 1)[1])
        driver = SimDriver("r1", facts, server.endpoint, "west")
        driver.open()
        listen(driver, lambda m: isinstance(m, Motion))
    with serving(fresh(), port) as server:
        # what the first world said last may still be on its way: look until the second one knows the body
        found = listen(driver, lambda m: isinstance(m, Energy) and "r1" in server.world.bodies)
        driver.close()
    assert found


def test_no_world_is_an_error_that_says_what_to_start(facts):
    driver = SimDriver("r1", facts, "tcp://127.0.0.1:9", join_wait_s=0.6)
    with pytest.raises(DriverError, match=r"127\.0\.0\.1:9: it does not answer: start it with 'fleet sim"):
        driver.open()


def test_a_full_site_is_an_error_of_the_robot_that_came_too_late(world, facts):
    with serving(world) as server:
        drivers = [SimDriver(f"r{index}", facts, server.endpoint) for index in range(3)]
        drivers[0].open()
        drivers[1].open()
        with pytest.raises(DriverError, match="no place is left to start at"):
            drivers[2].open()
        for driver in drivers[:2]:
            driver.close()


def test_a_building_link_says_hello_and_moves_a_door(world):
    with serving(world) as server, zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(server.endpoint)
        socket.send(b"rubbish")
        socket.send(msgspec.msgpack.encode(BuildingHello(site_id="corridor")))
        socket.send(msgspec.msgpack.encode(DoorRequest(door="door", want="open")))
        states, end_s = [], time.monotonic() + 10.0
        while "open" not in states and time.monotonic() < end_s:
            if socket.poll(100):
                report = msgspec.msgpack.decode(socket.recv(), type=FromBuilding)
                states += [report.state] if isinstance(report, DoorState) else []
        assert states == ["closed", "moving", "open"]


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=5.0) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_rest_shows_the_state_and_takes_faults(world, facts):
    with serving(world) as server:
        rest = RestServer(server, 0)
        rest.start()
        url = f"http://127.0.0.1:{rest.port}"
        server.call(lambda: world.join("r1", facts, "west"))
        assert ask(f"{url}/state")[1]["bodies"]["r1"]["x_m"] == 0.0
        assert ask(f"{url}/faults", {"fault": "FireContact"}) == (200, {"applied": "FireContact"})
        assert ask(f"{url}/state")[1]["fire"] is True
        status, body = ask(f"{url}/faults", {"fault": "DoorJam", "door": "gate"})
        assert (status, body["message"]) == (422, "door 'gate' does not exist in this world; there are door")
        assert ask(f"{url}/nowhere")[0] == 404
        rest.close()


def test_a_driver_needs_neither_numpy_nor_numba_nor_maps_nor_fleet():
    heavy = "{'numpy', 'numba', 'cv2', 'networkx', 'maps', 'fleet', 'missions'}"
    code = f"import sys, simulators.driver; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def request(url, method, body=None):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, data=data, method=method), timeout=5.0
        ) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@contextmanager
def rest_of(server):
    rest = RestServer(server, 0)
    rest.start()
    try:
        yield f"http://127.0.0.1:{rest.port}"
    finally:
        rest.close()


def test_the_speed_can_be_changed_and_the_world_paused(world):
    with serving(world, speed=1.0) as server, rest_of(server) as url:
        assert request(f"{url}/speed", "PUT", {"speed": 20})[1]["speed"] == 20.0
        begun_s = server.world.now_s
        wait_until(lambda: server.world.now_s > begun_s + 3.0)
        assert request(f"{url}/pause", "POST")[1]["paused"] is True
        halted_s = server.call(lambda: server.world.now_s)
        assert server.call(lambda: server.world.now_s) == halted_s
        assert request(f"{url}/resume", "POST")[1] == {
            "speed": 20.0,
            "paused": False,
            "reached": None,
            "behind_s": 0.0,
        }
        wait_until(lambda: server.world.now_s > halted_s)
        status, body = request(f"{url}/speed", "PUT", {"speed": 21})
        assert (status, body["message"]) == (422, "the speed is 21; choose 0.1 to 20")
        status, body = request(f"{url}/speed", "PUT", {"sped": 2})
        assert status == 422
        assert "fields are speed, paused" in body["message"]


def wait_until(condition, seconds=10.0):
    end_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_faults_heal_by_themselves_or_when_somebody_heals_them(world):
    with serving(world) as server, rest_of(server) as url:
        jam = {"fault": "DoorJam", "door": "door", "for": 2}
        assert request(f"{url}/faults", "POST", jam)[0] == 200
        assert request(f"{url}/faults", "GET")[1]["active"][0]["door"] == "door"
        wait_until(lambda: not request(f"{url}/state", "GET")[1]["faults"])
        assert not server.world.building.doors["door"].jammed
        request(f"{url}/faults", "POST", {"fault": "FireContact"})
        assert request(f"{url}/heal", "POST", {"fault": "FireContact"})[1] == {
            "healed": ["FireContact active=True"]
        }
        assert server.world.building.fire is False


def test_people_come_and_go(world):
    with serving(world) as server, rest_of(server) as url:
        assert request(f"{url}/people", "POST", {"count": 2})[1] == {"people": ["person-1", "person-2"]}
        assert request(f"{url}/people/person-1", "DELETE")[0] == 200
        assert [p["id"] for p in request(f"{url}/state", "GET")[1]["persons"]] == ["person-2"]
        status, body = request(f"{url}/people/person-1", "DELETE")
        assert (status, body["message"]) == (422, "person 'person-1' does not walk here; there are person-2")
        assert request(f"{url}/people", "POST", {"count": 0})[0] == 422
        assert "there are L1" in request(f"{url}/people", "POST", {"level": "L9"})[1]["message"]


def test_a_robot_that_a_program_drives_is_not_carried_away(world, facts):
    with serving(world) as server, rest_of(server) as url:
        driver = SimDriver("r1", facts, server.endpoint, "west")
        driver.open()
        listen(driver, lambda m: isinstance(m, Motion))
        status, body = request(f"{url}/robots/r1", "DELETE")
        assert status == 422
        assert "did not start; stop that first" in body["message"]
        driver.close()
        wait_until(lambda: request(f"{url}/robots/r1", "DELETE")[0] == 200)
        assert "r1" not in server.world.bodies
        assert "there are none" in request(f"{url}/robots/r1", "DELETE")[1]["message"]


def test_a_recording_begins_and_ends_over_rest(world, facts, tmp_path):
    with serving(world) as server, rest_of(server) as url:
        server.call(lambda: world.join("r1", facts, "west"))
        file = str(tmp_path / "a.mcap")
        assert request(f"{url}/recording", "POST", {"file": file}) == (200, {"file": file})
        assert "runs; stop it first" in request(f"{url}/recording", "POST", {"file": file})[1]["message"]
        request(f"{url}/faults", "POST", {"fault": "DoorJam", "door": "door"})
        wait_until(lambda: request(f"{url}/recording", "GET")[1]["messages"] > 50)
        assert request(f"{url}/recording", "DELETE")[1]["file"] == file
        assert (
            "exists; choose another name" in request(f"{url}/recording", "POST", {"file": file})[1]["message"]
        )
        assert request(f"{url}/recording", "DELETE")[0] == 422
        assert request(f"{url}/recording", "POST", {"file": "/nowhere/a.mcap"})[0] == 500
    said = [m["message"] for _, topic, m in records(tmp_path / "a.mcap") if topic == "/world/events"]
    assert "DoorJam door=door jammed=True" in said


class FullDisk:
    """A recorder whose disk takes no more."""

    class file:  # noqa: N801
        path = Path("a.mcap")

    def happened(self, happenings):
        raise OSError(28, "No space left on device")


def test_a_disk_that_is_full_ends_the_recording_and_not_the_world(world, caplog):
    with serving(world) as server:
        server.recorder = FullDisk()
        wait_until(lambda: server.recorder is None)
        begun_s = server.world.now_s
        wait_until(lambda: server.world.now_s > begun_s)
    assert "the recording a.mcap is given up" in caplog.text


@pytest.mark.parametrize("header", [("Origin", "http://evil.example"), ("Host", "evil.example")])
def test_a_web_page_of_another_address_may_not_ask(world, header):
    with serving(world) as server, rest_of(server) as url:
        asked = urllib.request.Request(f"{url}/state", headers=dict([header]))
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            urllib.request.urlopen(asked, timeout=5.0)
        refused.value.close()


def test_a_route_that_is_not_there_names_those_that_are(world):
    with serving(world) as server, rest_of(server) as url:
        status, body = request(f"{url}/speed", "POST", {})
        assert status == 404
        assert "PUT /speed" in body["message"]


@pytest.mark.process
def test_a_world_starts_and_stops_a_real_robot(hospital, tmp_path):
    world = World(hospital, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))
    with serving(world, speed=1.0) as server:
        spawned = Spawned(tmp_path, server.endpoint)
        rest = RestServer(server, 0, spawned)
        rest.start()
        url = f"http://127.0.0.1:{rest.port}"
        # nobody answers there: the robot waits for its orchestrator and is in the world meanwhile, or ends
        asked = {"model": "service", "id": "carrier-9", "server": "http://127.0.0.1:9"}
        pid = request(f"{url}/robots", "POST", asked)[1]["pid"]
        assert psutil.pid_exists(pid)
        assert "runs already" in request(f"{url}/robots", "POST", asked)[1]["message"]
        assert (
            "choose one of"
            in request(f"{url}/robots", "POST", {**asked, "id": "b", "model": "x"})[1]["message"]
        )
        assert "no robot id" in request(f"{url}/robots", "POST", {**asked, "id": "../b"})[1]["message"]
        assert request(f"{url}/robots/carrier-9", "DELETE")[0] == 200
        assert not psutil.pid_exists(pid)
        assert request(f"{url}/robots", "GET")[1]["spawned"] == []
        rest.close()
        spawned.close()
