"""A recording is read back by the public mcap library: what it says is what the world was."""

import base64
import json

import cv2
import jsonschema
import numpy as np
import pytest
from mcap.reader import make_reader

from fleet.errors import UserError
from robots.drivers.base import Announce, Drive, Waypoint
from simulators import foxglove as fg
from simulators.camera import Camera
from simulators.recorded import about, records
from simulators.recording import Recorder
from simulators.world import World, WorldSettings

PATH = Drive(path=(Waypoint(x_m=3.0, y_m=0.0, level="L1", seq=7, speed_mps_max=1.0),))


@pytest.fixture
def world(corridor):
    draw = Camera(corridor, 64, 48).draw
    return World(corridor, 1, 1000.0, WorldSettings(walkers=1, frame_s=1.0), draw)


def run(world, recorder, seconds):
    end_s = world.now_s + seconds
    while world.now_s < end_s:
        recorder.happened(world.advance(world.now_s + 0.05))


@pytest.fixture
def recorded(world, facts, tmp_path):
    """Five seconds: r1 drives three metres, says something, and is carried away in the last one."""
    world.join("r1", facts, "west")
    recorder = Recorder(world, tmp_path / "a.mcap", seed=1, speed=2.0)
    world.tell("r1", PATH)
    recorder.told("r1", Announce(texts={"en": "Coming through"}))
    run(world, recorder, 4.0)
    x_m = world.bodies["r1"].mover.x_m
    world.remove("r1")
    run(world, recorder, 1.0)
    recorder.close()
    return tmp_path / "a.mcap", x_m


def read(path):
    with path.open("rb") as file:
        reader = make_reader(file)
        messages = [
            (schema, channel, message, json.loads(message.data))
            for schema, channel, message in reader.iter_messages(log_time_order=False)
        ]
        metadata = [record.metadata for record in reader.iter_metadata()]
        return reader.get_summary(), messages, metadata


def test_the_mcap_library_reads_channels_schemas_and_counts(recorded):
    path, _ = recorded
    summary, messages, (facts,) = read(path)
    schemas = {
        channel.topic: summary.schemas[channel.schema_id].name for channel in summary.channels.values()
    }
    assert schemas == {
        "/world/plan": "foxglove.SceneUpdate",
        "/world/scene": "foxglove.SceneUpdate",
        "/world/events": "foxglove.Log",
        "/world/state": "cityfleet.WorldState",
        "/tf": "foxglove.FrameTransforms",
        "/r1/pose": "foxglove.PoseInFrame",
        "/r1/state": "cityfleet.RobotState",
        "/r1/camera": "foxglove.CompressedImage",
    }
    counts = {channel.topic: 0 for channel in summary.channels.values()}
    for _, channel, _, _ in messages:
        counts[channel.topic] += 1
    assert counts == about(path).counts
    assert 38 <= counts["/r1/pose"] <= 42
    assert 3 <= counts["/r1/camera"] <= 5
    assert {chunk.compression for chunk in summary.chunk_indexes} == {"zstd"}
    assert facts["site"] == "corridor"
    assert facts["seed"] == "1"
    assert facts["speed"] == "2"
    assert len(facts["map_digest"]) == 64


def test_times_are_world_time_and_never_go_back(recorded):
    _, messages, _ = read(recorded[0])
    times_ns = [message.log_time for _, _, message, _ in messages]
    assert times_ns == sorted(times_ns)
    assert times_ns[0] == 1000 * fg.NS
    assert times_ns[-1] == pytest.approx(1005 * fg.NS, abs=0.06 * fg.NS)


def test_every_message_fits_the_schema_that_is_written_with_it(recorded):
    _, messages, _ = read(recorded[0])
    for schema, _, _, message in messages:
        jsonschema.validate(message, json.loads(schema.data))


def test_a_message_without_a_field_that_foxglove_wants_does_not_fit():
    schema = fg.schemas()["foxglove.PoseInFrame"]
    whole = fg.pose_in_frame(5, fg.pose(1.0, 2.0, 0.0))
    jsonschema.validate(whole, schema)
    with pytest.raises(jsonschema.ValidationError, match="frame_id"):
        jsonschema.validate({key: value for key, value in whole.items() if key != "frame_id"}, schema)


def test_the_last_pose_is_where_the_robot_stood(recorded):
    path, x_m = recorded
    last = [message for _, topic, message in records(path) if topic == "/r1/pose"][-1]
    moves = [message for _, topic, message in records(path) if topic == "/tf"][-1]
    assert last["pose"]["position"]["x"] == pytest.approx(x_m, abs=1e-3)
    assert moves["transforms"][0]["translation"] == last["pose"]["position"]
    assert moves["transforms"][0]["child_frame_id"] == "r1"


def test_a_frame_is_a_jpeg_that_opens(recorded):
    image = next(message for _, topic, message in records(recorded[0]) if topic == "/r1/camera")
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(image["data"]), np.uint8), cv2.IMREAD_COLOR)
    assert image["format"] == "jpeg"
    assert picture.shape == (48, 64, 3)


def test_what_a_robot_says_is_an_event(recorded):
    said = [m["message"] for _, topic, m in records(recorded[0]) if topic == "/world/events"]
    assert "says: Coming through" in said
    assert said[-1] == "recording ends"


def test_the_scene_holds_walls_robots_people_and_doors_and_lets_go_of_what_was_removed(recorded, world):
    updates = [(topic, m) for _, topic, m in records(recorded[0]) if m.keys() >= {"entities"}]
    plan = next(m for topic, m in updates if topic == "/world/plan")
    walls = next(entity for entity in plan["entities"] if entity["id"] == "walls")
    assert len(walls["lines"][0]["points"]) == 2 * 5
    scenes = [m for topic, m in updates if topic == "/world/scene"]
    first = {entity["id"]: entity for entity in scenes[0]["entities"]}
    assert first["r1"]["frame_id"] == "r1"
    assert len(first["people"]["cylinders"]) == 1
    assert len(first["doors"]["cubes"]) == 1
    assert [gone["id"] for scene in scenes for gone in scene["deletions"]] == ["r1"]
    assert "r1" not in {entity["id"] for entity in scenes[-1]["entities"]}


def test_a_recording_that_was_cut_off_is_read_up_to_there(world, facts, tmp_path):
    world.join("r1", facts, "west")
    recorder = Recorder(world, tmp_path / "a.mcap", seed=1, speed=1.0)
    run(world, recorder, 2.0)
    recorder.file.flush()
    killed = tmp_path / "killed.mcap"
    killed.write_bytes((tmp_path / "a.mcap").read_bytes()[:-7])
    recorder.close()
    (tmp_path / "cut.mcap").write_bytes((tmp_path / "a.mcap").read_bytes()[:-2000])
    for path in (killed, tmp_path / "cut.mcap"):
        found = about(path)
        assert not found.complete
        assert found.facts["site"] == "corridor"
        assert found.counts["/world/plan"] == 1
    assert about(tmp_path / "a.mcap").complete


def test_a_recording_may_end_at_any_byte(recorded, tmp_path):
    whole = recorded[0].read_bytes()
    path = tmp_path / "cut.mcap"
    readable = 0
    for length in range(400, len(whole), 397):
        path.write_bytes(whole[:length])
        try:
            found = about(path)
        except UserError:
            assert readable == 0  # what could be read once is not lost by more of it
        else:
            readable += 1
            assert not found.complete
            assert found.counts == about(path).counts
    assert readable > 5


def test_a_recording_without_one_whole_chunk_is_refused(tmp_path, recorded):
    path = tmp_path / "short.mcap"
    path.write_bytes(recorded[0].read_bytes()[:300])
    with pytest.raises(UserError, match="holds no whole chunk"):
        about(path)


def test_the_same_world_makes_the_same_recording(corridor, facts, tmp_path):
    made = []
    for name in ("one", "two"):
        world = World(corridor, 3, 1000.0, WorldSettings(walkers=2, frame_s=0.0))
        world.join("r1", facts, "west")
        recorder = Recorder(world, tmp_path / name, seed=3, speed=1.0)
        run(world, recorder, 2.0)
        recorder.close()
        made.append(list(records(tmp_path / name)))
    assert made[0] == made[1]
