"""A trace of a real run passes the judge; the same trace, doctored, does not."""

import io
import json
import subprocess
import sys

import msgspec
import pytest
from typer.testing import CliRunner

from fleet.errors import UserError
from simulators import trace_lines as line
from simulators.closed_loop import Arrangement, ClosedLoop, Stage
from simulators.commands import app
from simulators.faults import PowerFailure, apply_fault
from simulators.trace import Tracer
from simulators.trace_check import TraceError, check, main, read

PLAN = Arrangement(safety_s=240.0)


@pytest.fixture(scope="module")
def traced(hospital):
    """The outcome and the trace of a run with trouble."""
    loop, out = ClosedLoop(Stage.of(hospital), 3, PLAN), io.BytesIO()
    tracer = Tracer(loop, out, PLAN.tick_s)
    loop.schedule.after(200.0, lambda: apply_fault(loop.world, PowerFailure(robot="guide-1")))
    outcome = loop.run()
    tracer.end("")
    return outcome, out.getvalue()


@pytest.fixture(scope="module")
def entries(traced):
    return list(read(traced[1].splitlines()))


def test_watching_changes_nothing(hospital, traced):
    loop = ClosedLoop(Stage.of(hospital), 3, PLAN)
    loop.schedule.after(200.0, lambda: apply_fault(loop.world, PowerFailure(robot="guide-1")))
    assert loop.run().digest == traced[0].digest


def test_the_judge_has_nothing_to_say_about_a_real_run(entries):
    assert check(entries) == []


def test_all_kinds_of_lines_occur_and_each_line_is_documented_json(traced):
    kinds = {json.loads(text)["what"] for text in traced[1].splitlines()}
    assert kinds == {kind.__name__.lower() for kind in line.AnyLine.__args__}


def test_a_moving_robot_has_a_pose_at_least_every_second(entries):
    last = {}
    for entry in entries:
        if isinstance(entry, line.Pose):
            before = last.get(entry.robot)
            if before is not None and before.speed_mps > 0.0:
                assert entry.t_s - before.t_s <= 1.0
            last[entry.robot] = entry
    assert len(last) == 6


def test_every_mission_line_names_a_new_state_or_robot(entries):
    ended = [e for e in entries if isinstance(e, line.Mission) and e.state == "completed"]
    assert ended
    assert len({entry.mission for entry in ended}) == len(ended)


def doctored(entries, change):
    """The trace with change(entry) instead of each entry."""
    return check(change(entry) for entry in entries)


def test_robots_put_onto_each_other_are_seen(entries):
    def push(entry):
        if isinstance(entry, line.Pose) and entry.robot == "sentry-1" and entry.t_s > 60.0:
            return msgspec.structs.replace(entry, level=there.level, x_m=there.x_m + 0.1, y_m=there.y_m)
        return entry

    there = next(e for e in entries if isinstance(e, line.Pose) and e.robot == "guide-1")
    faults = doctored([e for e in entries if getattr(e, "robot", "") != "guide-1" or e is there], push)
    assert any("sentry-1" in fault and "overlap" in fault for fault in faults)


def test_a_lift_that_works_for_another_is_seen(entries):
    def steal(entry):
        if isinstance(entry, line.Lift) and entry.session:
            return msgspec.structs.replace(entry, session="thief")
        return entry

    assert any("works for thief" in fault for fault in doctored(entries, steal))


def test_a_lamp_that_is_lit_beside_a_person_for_longer_than_allowed_is_seen(entries):
    header = entries[0]
    room = header.rooms[0]
    x_m, y_m = (sum(axis) / len(room.polygon) for axis in zip(*room.polygon, strict=True))
    pose = line.Pose(t_s=1.0, robot="lumen-1", level=room.level, x_m=x_m, y_m=y_m, yaw_rad=0.0, speed_mps=0.0)
    person = line.Person(
        t_s=2.0, person="person-1", role="intruder", level=room.level, x_m=x_m + 0.5, y_m=y_m
    )
    on = line.Lamp(t_s=1.5, robot="lumen-1", lit=True)
    off = line.Lamp(t_s=2.2, robot="lumen-1", lit=False)
    late = msgspec.structs.replace(off, t_s=3.0)
    assert check([header, pose, on, person, off]) == []
    assert "lumen-1's lamp is lit for 1.00 s with" in check([header, pose, on, person, late])[0]
    assert check([header, pose, on, person, line.Stop(t_s=2.5, stopped=False, fire=False)]) != []


def test_a_file_that_is_no_trace_is_refused_with_its_line():
    with pytest.raises(TraceError, match="line 1"):
        list(read([b"{}"]))
    with pytest.raises(TraceError, match="begins with its one header"):
        list(read([b'{"what":"end","t_s":1.0,"violation":""}']))
    with pytest.raises(TraceError, match="empty"):
        list(read([]))


def test_a_soak_writes_the_trace_of_one_seed(tmp_path):
    path = tmp_path / "trace.jsonl"
    words = ["soak", "--minutes", "0.5", "--trace"]
    assert CliRunner().invoke(app, [*words, str(path), "--seeds", "3:4"]).exit_code == 0
    assert check(read(path.read_bytes().splitlines())) == []
    with pytest.raises(UserError, match="--trace is of one run, --seeds has 2"):
        CliRunner().invoke(app, [*words, str(path), "--seeds", "3:5"], catch_exceptions=False)
    with pytest.raises(UserError, match="cannot be written"):
        CliRunner().invoke(app, [*words, "/nowhere/x", "--seeds", "3:4"], catch_exceptions=False)


def test_the_judge_is_a_program_that_ends_with_1_when_something_is_wrong(tmp_path, traced):
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_bytes(traced[1])
    bad.write_bytes(traced[1].replace(b'"session":"', b'"session":"not-'))
    done = subprocess.run(
        [sys.executable, "-m", "simulators.trace_check", str(good)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "nothing wrong\n"
    assert main([str(bad)]) == 1
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert main([]) == 2
