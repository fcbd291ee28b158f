"""Recordings are played, journals are decided again, and what is neither is refused."""

import json
import threading
import urllib.request

import pytest
from typer.testing import CliRunner

from fleet.config import Settings
from fleet.core.events import DoorReported, OrchestratorStarted
from fleet.core.orchestrator import Orchestrator
from fleet.errors import UserError
from fleet.runtime import Runtime
from fleet.store.journal import SqlJournal
from fleet.store.site_versions import SiteVersions
from maps.site_file import dumps
from missions.planning.cells import CellGraph
from simulators import foxglove as fg
from simulators.commands import app
from simulators.recorded import about
from simulators.recording import Recorder
from simulators.replay_world import Playing, play
from simulators.world import World, WorldSettings


@pytest.fixture
def recording(corridor, facts, tmp_path):
    """Six seconds of a robot that stands; a note after three."""
    world = World(corridor, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))
    world.join("r1", facts, "west")
    recorder = Recorder(world, tmp_path / "a.mcap", seed=7, speed=1.0)
    for index in range(120):
        recorder.happened(world.advance(1000.0 + (index + 1) * 0.05))
        if index == 60:
            recorder.note(fg.INFO, "door", "opens")
    recorder.close()
    return tmp_path / "a.mcap"


def replay(*words):
    return CliRunner().invoke(app, ["replay", *map(str, words)], catch_exceptions=False)


def test_a_recording_is_told_as_json(recording):
    found = json.loads(replay(recording, "--json").stdout)
    assert found["complete"]
    assert found["facts"]["seed"] == "7"
    assert found["messages"]["/world/state"] >= 30
    assert found["state"]["bodies"]["r1"]["x_m"] == 0.0


def test_a_recording_is_played_with_what_happened_and_where_everybody_ended(recording):
    said = replay(recording, "--speed", "100").stdout
    assert "3.0 s  door: opens" in said
    assert "at the end: r1 L1 (0.0, 0.0), standing" in said


def test_only_a_part_can_be_played(recording):
    assert "door: opens" not in replay(recording, "--speed", "100", "--from", "4").stdout
    early = replay(recording, "--speed", "100", "--to", "2").stdout
    assert "recording of corridor begins" in early
    assert "door: opens" not in early


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--from", "99"), r"--from is 99. The recording is 6\.\d s long"),
        (("--from", "3", "--to", "2"), "Give a later time than --from"),
        (("--speed", "0"), "--speed is 0. Choose 0.1 to 1000"),
    ],
)
def test_times_that_do_not_fit_are_refused(recording, options, sentence):
    with pytest.raises(UserError, match=sentence):
        replay(recording, *options)


def test_a_replay_answers_state_over_rest_as_a_world_does(recording, capsys):
    player = threading.Thread(target=play, args=(recording, Playing(speed=2.0, rest_port=0)))
    player.start()
    try:
        port = None
        while port is None:
            words = capsys.readouterr().err.rpartition("127.0.0.1:")[2].split()
            port = words[0] if words and words[0].isdigit() else None
        state = {}
        while not state and player.is_alive():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/state", timeout=5.0) as answer:
                state = json.load(answer)
    finally:
        player.join()
    assert state["bodies"]["r1"]["model"] == "test"


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89MCAP0\r\n"])
def test_what_is_neither_is_refused_with_what_to_give(tmp_path, content):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"neither a recording nor a journal|holds no whole chunk"):
        replay(path)
    with pytest.raises(UserError, match="cannot be read: No such file"):
        replay(tmp_path / "nowhere")


# -- journals ------------------------------------------------------------------------------------------


class NoEffects:
    def changed(self, records, now_s):
        pass

    def perform(self, command, event):
        pass


@pytest.fixture
def journal(corridor, tmp_path):
    """A start and two reports of a door, with the site kept beside."""
    found = SqlJournal.open(f"sqlite:///{tmp_path / 'fleet.db'}")
    core = Orchestrator(corridor, CellGraph.build(corridor), Settings())
    SiteVersions(found.engine).started(corridor.content_hash(), "corridor", dumps(corridor.site), 1000.0)
    runtime = Runtime(core, found, NoEffects(), lambda: 1000.0, Settings(), version="older")
    for event in (
        OrchestratorStarted(version="older", site_id="corridor"),
        DoorReported(door="door", state="moving"),
        DoorReported(door="door", state="open"),
    ):
        runtime.submit(event)
    runtime.step()
    runtime.snapshot()
    found.close()
    return tmp_path, core.digest()


def test_a_journal_is_decided_again_to_the_same_state(journal):
    folder, digest = journal
    for file in (folder, folder / "fleet.db"):
        found = json.loads(replay(file, "--json").stdout)
        assert found["rows"] == found["replayed"] == 3
        assert found["decided_differently"] == []
        assert found["events"] == {"DoorReported": 2, "OrchestratorStarted": 1}
        assert found["digest"] == digest
        assert found["agrees_with_snapshot"] is True


def test_a_journal_is_told_in_words(journal):
    said = replay(journal[0]).stdout
    assert said.startswith("3 rows up to 3, 3 replayed from the first: all decided alike\n")


def test_a_journal_that_is_in_use_can_be_replayed_and_is_not_changed(journal):
    path = journal[0] / "fleet.db"
    writer = SqlJournal.open(f"sqlite:///{path}")
    try:
        assert json.loads(replay(path, "--json").stdout)["rows"] == 3
    finally:
        writer.close()


def test_a_complete_recording_says_how_long_it_is(recording):
    found = about(recording)
    assert found.end_s - found.begin_s == pytest.approx(6.0, abs=0.06)
