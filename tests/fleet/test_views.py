from dataclasses import replace

from fleet import views as live
from fleet.core.state import AlertRecord, DoorRecord, LiftRecord, MissionRecord, RobotRecord
from fleet.translate import facts
from fleet.views import LivePath, LivePoint, LivePose, Views
from missions.lifecycle import MissionState
from tests.fleet.counting_core import alert, mission_record
from tests.fleet.links.paper import factsheet


def robot(robot_id: str = "r1", **changes: object) -> RobotRecord:
    return replace(RobotRecord(robot_id=robot_id, boot_id="b", facts=facts(factsheet())), **changes)  # type: ignore[arg-type]


def pose(x_m: float = 0.0) -> LivePose:
    return LivePose(level="L1", x_m=x_m, y_m=0.0, yaw_rad=0.0, speed_mps=0.0, at_s=1.0)


def path(first: int, last: int, order_id: str = "o1", horizon: int = 0) -> LivePath:
    return LivePath(
        order_id=order_id,
        base=tuple(point(seq) for seq in range(first, last + 1)),
        horizon=tuple(point(last + 1 + n) for n in range(horizon)),
    )


def point(seq: int) -> LivePoint:
    return LivePoint(cell=f"c{seq}", seq=seq, level="L1", x_m=float(seq), y_m=0.0)


def seqs(points: tuple[LivePoint, ...]) -> list[int]:
    return [point.seq for point in points]


def test_snapshot_holds_the_latest_of_everything() -> None:
    views = Views()
    views.changed([robot(), mission_record("m1", 1.0), alert("a1", 1.0)])
    views.changed([DoorRecord(door="d"), LiftRecord(lift="l"), robot(activity="moving")])
    views.put_pose("r1", pose(2.0))
    picture = views.snapshot()
    assert picture.robots["r1"].activity == "moving"
    assert (list(picture.missions), list(picture.alerts), list(picture.doors), list(picture.lifts)) == (
        ["m1"],
        ["a1"],
        ["d"],
        ["l"],
    )
    assert picture.poses["r1"].x_m == 2.0


def test_changes_are_only_what_came_after_the_cursor_each_once_and_latest() -> None:
    views = Views()
    views.changed([robot("r1"), robot("r2")])
    cursor = views.snapshot().cursor
    assert views.changes_since(cursor).robots == {}
    views.changed([robot("r2", activity="moving")])
    views.changed([robot("r2", activity="charging")])
    changes = views.changes_since(cursor)
    assert {key: record.activity for key, record in changes.robots.items()} == {"r2": "charging"}
    assert views.changes_since(changes.cursor).robots == {}


def test_reader_that_comes_too_late_gets_everything() -> None:
    views = Views()
    views.changed([robot("r1")])
    for n in range(live.LOG_KEPT + 10):
        views.put_pose("r2", pose(float(n)))
    assert "r1" in views.changes_since(0).robots
    assert "r1" not in views.changes_since(20).robots


def test_picture_does_not_change_after_it_was_taken() -> None:
    views = Views()
    views.changed([robot("r1")])
    picture = views.snapshot()
    views.changed([robot("r2")])
    assert list(picture.robots) == ["r1"]


def ended(number: int) -> MissionRecord:
    return replace(mission_record(f"m{number}", 1.0), state=MissionState.COMPLETED, ended_s=float(number))


def handled(number: int) -> AlertRecord:
    return replace(alert(f"a{number}", 1.0), handled_s=2.0)


def test_ended_missions_and_handled_alerts_are_bounded_and_open_ones_stay() -> None:
    views = Views()
    views.changed([mission_record("open", 0.0), alert("open", 0.0)])
    views.changed([ended(n) for n in range(live.ENDED_KEPT + 5)])
    views.changed([handled(n) for n in range(live.HANDLED_KEPT + 5)])
    picture = views.snapshot()
    assert len(picture.missions) == live.ENDED_KEPT + 1
    assert len(picture.alerts) == live.HANDLED_KEPT + 1
    assert ("open" in picture.missions, "m4" in picture.missions, "m5" in picture.missions) == (
        True,
        False,
        True,
    )
    assert views.mission("m4") is None


def test_path_reaches_from_the_robot_to_the_end_of_what_is_released() -> None:
    views = Views()
    views.changed([robot(node="c1")])
    views.put_path("r1", path(1, 3, horizon=2))
    views.put_path("r1", path(3, 6))
    found = views.path("r1")
    assert found is not None
    assert (seqs(found.base), seqs(found.horizon)) == ([1, 2, 3, 4, 5, 6], [])

    views.changed([robot(node="c4")])
    found = views.path("r1")
    assert found is not None
    assert seqs(found.base) == [4, 5, 6]


def test_order_that_is_sent_again_does_not_lengthen_the_path() -> None:
    views = Views()
    views.put_path("r1", path(1, 3))
    views.put_path("r1", path(2, 3))
    views.put_path("r1", path(1, 3))
    found = views.path("r1")
    assert found is not None
    assert seqs(found.base) == [1, 2, 3]


def test_new_order_replaces_the_path_of_the_former() -> None:
    views = Views()
    views.put_path("r1", path(1, 3, "o1"))
    views.put_path("r1", path(3, 4, "o2"))
    found = views.path("r1")
    assert found is not None
    assert seqs(found.base) == [3, 4]


def test_cancelled_path_loses_its_horizon_and_goes_when_the_robot_is_idle() -> None:
    views = Views()
    views.changed([robot(activity="moving", node="c1")])
    views.put_path("r1", path(1, 3, horizon=4))
    views.end_path("r1")
    views.changed([robot(activity="moving", node="c2")])
    found = views.path("r1")
    assert found is not None
    assert (seqs(found.base), found.horizon) == ([2, 3], ())
    views.changed([robot(activity="ready_idle", node="c3")])
    assert views.path("r1") is None


def test_new_path_shows_the_robot_as_changed() -> None:
    views = Views()
    views.changed([robot()])
    cursor = views.snapshot().cursor
    views.put_path("r1", path(1, 2))
    assert list(views.changes_since(cursor).robots) == ["r1"]


def test_first_frame_shows_the_robot_as_changed_and_later_ones_do_not() -> None:
    views = Views()
    views.changed([robot()])
    cursor = views.snapshot().cursor
    views.put_frame("r1", b"one")
    changes = views.changes_since(cursor)
    assert list(changes.robots) == ["r1"]
    views.put_frame("r1", b"two")
    assert views.changes_since(changes.cursor).robots == {}
    assert views.frame("r1") == b"two"
    assert views.frame("r2") is None
