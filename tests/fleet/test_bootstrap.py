import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from fleet.bootstrap import Clock, Options, Orchestration, prepare
from fleet.core import commands as cm
from fleet.core import events as ev
from fleet.errors import JournalError, UserError
from fleet.store.journal import SqlJournal
from missions.lifecycle import ENDED, MissionState
from robots import protocol as wire
from tests.fleet.links.paper import PaperRobot, eventually, state

ROOT = Path(__file__).parents[2]
SITE = ROOT / "tests/maps/sites/two_rooms.yaml"


def options(folder: Path, site: Path = SITE, **changes: object) -> Options:
    values: dict[str, object] = {
        "site": site,
        "data_dir": folder / "data",
        "control_port": 0,
        "frames_port": 0,
        **changes,
    }
    return Options(**values)  # type: ignore[arg-type]


@pytest.fixture
def orchestration(tmp_path: Path) -> Iterator[Orchestration]:
    built = Orchestration(options(tmp_path))
    built.start()
    yield built
    built.close()


def ask_for_delivery(orchestration: Orchestration, key: str = "key") -> cm.AcceptMission:
    services = orchestration.services()
    mission = services.templates.expand(
        "deliver",
        {"from": "room_a", "to": "room_b", "pin": "4711", "item": "blood"},
        services.graph,
        priority=1,
        robot=None,
        requested_by="a nurse",
    )
    (answer,) = (
        command
        for command in services.request(ev.MissionRequested(mission=mission, request_key=key)).result(10)
        if isinstance(command, cm.AcceptMission)
    )
    return answer


class Obedient:
    """Does every order in a thread, until the test is over."""

    def __init__(self, orchestration: Orchestration) -> None:
        self._endpoint = orchestration.link.control_endpoint
        self._stop = Event()
        self._thread = Thread(target=self._run)
        self.orders: list[wire.Order] = []

    def __enter__(self) -> "Obedient":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with PaperRobot(self._endpoint) as robot:
            robot.greet()
            while not self._stop.is_set():
                for message in robot.listen(0.05):
                    if isinstance(message, wire.Order):
                        self.orders.append(message)
                        robot.obey(message)
                    elif isinstance(message, wire.Cancel):
                        robot.say(wire.Ack(ref=message.cancel_id))


def mission_state(orchestration: Orchestration, mission_id: str) -> MissionState:
    record = orchestration.views.mission(mission_id)
    assert record is not None
    return record.state


def test_delivery_is_done_by_a_robot_over_real_sockets(orchestration: Orchestration) -> None:
    with Obedient(orchestration) as robot:
        eventually(lambda: orchestration.views.robot("carrier-1"))
        answer = ask_for_delivery(orchestration)
        assert (answer.robot, answer.repeated) == ("carrier-1", False)
        eventually(lambda: mission_state(orchestration, answer.mission_id) == MissionState.COMPLETED, 30.0)
    actions = [order.action.action_type for order in robot.orders if order.action is not None and order.last]
    assert [action for action in dict.fromkeys(actions) if action != "charge"] == ["load", "unload"]


def test_everything_is_journalled_and_can_be_read_while_it_runs(orchestration: Orchestration) -> None:
    with Obedient(orchestration):
        eventually(lambda: orchestration.views.robot("carrier-1"))
        answer = ask_for_delivery(orchestration)
        eventually(lambda: mission_state(orchestration, answer.mission_id) == MissionState.COMPLETED, 30.0)
    history = orchestration.services().history
    kinds = [type(entry.event).__name__ for entry in history.journal(after=0, limit=1000)]
    assert kinds[0] == "OrchestratorStarted"
    assert {"RobotJoined", "MissionRequested", "PlanSolved", "NodePassed", "ActionReported"} <= set(kinds)
    assert [record.state for record in history.missions(before_id=None, limit=5)] == [MissionState.COMPLETED]


def test_clean_restart_replays_nothing_and_knows_everything(tmp_path: Path) -> None:
    first = Orchestration(options(tmp_path))
    first.start()
    with PaperRobot(first.link.control_endpoint) as robot:
        robot.greet()
        robot.expect(wire.Welcome)
        answer = ask_for_delivery(first)
    first.close()

    second = Orchestration(options(tmp_path))
    assert second.recovered.replayed == 0
    assert second.recovered.last_seq > 0
    second.start()
    assert mission_state(second, answer.mission_id) not in ENDED
    again = ask_for_delivery(second)
    assert (again.mission_id, again.repeated) == (answer.mission_id, True)
    second.close()


def test_site_that_has_changed_under_the_journal_is_refused(tmp_path: Path) -> None:
    first = Orchestration(options(tmp_path))
    first.start()
    first.close()

    moved = tmp_path / "moved.yaml"
    moved.write_text(SITE.read_text().replace("at: [22, 5]", "at: [21, 5]"))
    with pytest.raises(UserError, match=r"another layout of site 'two_rooms'.*new --data-dir"):
        Orchestration(options(tmp_path, moved))
    with pytest.raises(UserError, match=r"written for site 'two_rooms', not for this one"):
        Orchestration(options(tmp_path, ROOT / "tests/maps/sites/tower.yaml"))

    renamed = tmp_path / "renamed.yaml"
    renamed.write_text(SITE.read_text().replace("en: Room A", "en: Blue room"))
    Orchestration(options(tmp_path, renamed)).close()


def break_journal(folder: Path, statement: str) -> None:
    journal = SqlJournal.open(f"sqlite:///{folder / 'data' / 'fleet.db'}")
    with journal.engine.begin() as connection:
        connection.execute(text(statement))
    journal.close()


def last_request(folder: Path) -> int:
    journal = SqlJournal.open(f"sqlite:///{folder / 'data' / 'fleet.db'}")
    seq = max(e.seq for e in journal.entries(0) if isinstance(e.event, ev.MissionRequested))
    journal.close()
    return seq


def test_corrupt_journal_is_refused_and_repaired_on_demand(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = Orchestration(options(tmp_path))
    first.start()
    with PaperRobot(first.link.control_endpoint) as robot:
        robot.greet()
        robot.expect(wire.Welcome)
        for key in ("a", "b"):
            ask_for_delivery(first, key)
    first.close()
    break_journal(tmp_path, "DELETE FROM snapshot")
    seq = last_request(tmp_path)
    break_journal(tmp_path, f"UPDATE journal SET crc32 = 1 WHERE seq = {seq}")

    with pytest.raises(JournalError, match=rf"row {seq} .*corrupt.*--repair"):
        Orchestration(options(tmp_path))
    with caplog.at_level(logging.WARNING):
        repaired = Orchestration(options(tmp_path, repair=True))
    assert f"Rows from {seq} on were set aside" in caplog.text
    assert repaired.recovered.last_seq == seq - 1
    assert len(repaired.core.state.missions) == 1
    repaired.close()


def test_second_orchestrator_on_the_same_folder_is_refused(
    orchestration: Orchestration, tmp_path: Path
) -> None:
    with pytest.raises(JournalError, match="in use by another orchestrator"):
        Orchestration(options(tmp_path))


def test_port_in_use_leaves_the_folder_free(orchestration: Orchestration, tmp_path: Path) -> None:
    port = int(orchestration.link.control_endpoint.rpartition(":")[2])
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(UserError, match=rf"{port} is in use by another program.*--control-port"):
        Orchestration(options(elsewhere, control_port=port))
    Orchestration(options(elsewhere)).close()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder belongs")
    with pytest.raises(UserError, match=r"data folder .*data cannot be written: .*--data-dir"):
        prepare(tmp_path / "data")


def test_bug_in_the_core_stops_the_orchestrator_and_is_told(tmp_path: Path) -> None:
    built = Orchestration(options(tmp_path))
    told = Event()
    built.on_failure = told.set
    built.start()

    def fail(_event: ev.AnyEvent, _now_s: float) -> tuple[cm.AnyCommand, ...]:
        raise ZeroDivisionError("a bug of ours")

    built.core.handle = fail  # type: ignore[method-assign]
    future = built.runtime.request(ev.FleetControlled(verb=ev.FleetVerb.DOCK_ALL))
    assert told.wait(10.0)
    assert isinstance(built.failure, ZeroDivisionError)
    assert future.exception(10.0) is not None
    built.close()


def test_clock_never_starts_before_the_journals_last_stamp() -> None:
    assert Clock(1.0, 9e9)() >= 9e9


def test_clock_runs_faster_when_it_is_told_to() -> None:
    clock = Clock(1000.0, 0.0)
    before_s = clock()
    eventually(lambda: clock() - before_s > 10.0, 1.0)


def test_pose_frame_and_path_are_shown_live(orchestration: Orchestration) -> None:
    with PaperRobot(orchestration.link.control_endpoint) as robot:
        robot.greet(state(x_m=6.0, y_m=2.0))
        robot.expect(wire.Welcome)
        robot.say(wire.Pose(stamp_s=0.0, level="L1", x_m=6.5, y_m=2.0, yaw_rad=0.1, speed_mps=0.3))
        eventually(lambda: (pose := orchestration.views.pose("carrier-1")) and pose.x_m == 6.5)
        ask_for_delivery(orchestration)
        order = robot.expect(wire.Order, 20.0)
        path = orchestration.views.path("carrier-1")
        assert path is not None
        assert [point.cell for point in path.base] == [node.node_id for node in order.base]
