"""The bound of liveness follows the backlog, and still says no to what never ends."""

from dataclasses import replace

import pytest

from fleet.core.state import MissionRecord, TaskRecord
from missions.lifecycle import MissionState
from missions.mission import TaskState
from robots.profiles import load_profile
from robots.protocol import ActionEvent
from simulators.closed_loop import Arrangement, ClosedLoop, Stage
from simulators.patience import backlog_s

CREW = {"carrier-1": load_profile("service"), "sentry-1": load_profile("patrol")}


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


@pytest.fixture(scope="module")
def records(stage):
    """Of a short run that has just been cut off."""
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=120.0, trouble=False))
    loop.begin()
    loop.schedule.run_until(loop.schedule.now_s + 120.0)
    found = loop.watch.open_missions()
    assert len(found) >= 3
    return found


def test_nothing_open_needs_no_time(stage):
    assert backlog_s([], CREW, stage.cells) == 0.0


def test_twice_the_backlog_takes_twice_the_time(stage, records):
    once_s = backlog_s(records, CREW, stage.cells)
    assert 600.0 < once_s < 20_000.0
    assert backlog_s([*records, *records], CREW, stage.cells) == pytest.approx(2.0 * once_s)


def test_what_is_done_counts_no_more_and_more_hands_are_quicker(stage):
    mission = stage.catalogue.expand("go_to", {"to": "lab"}, stage.graph)
    waiting = MissionRecord(
        mission=mission, state=MissionState.QUEUED, created_s=0.0, tasks=(TaskRecord(),) * len(mission.tasks)
    )
    done = replace(waiting, tasks=tuple(replace(task, state=TaskState.DONE) for task in waiting.tasks))
    assert backlog_s([done], CREW, stage.cells) == 0.0
    pinned = replace(waiting, mission=replace(waiting.mission, robot="carrier-1"))
    assert backlog_s([pinned], CREW, stage.cells) == pytest.approx(
        2.0 * backlog_s([waiting], CREW, stage.cells)
    )


def test_a_robot_that_never_says_that_it_has_finished_is_found_out(stage):
    """A mutant: the bound is late, and not never."""
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=240.0, trouble=False))

    def swallow(robot):
        do = robot._do

        def does(command):
            said = getattr(command, "message", None)
            if not (isinstance(said, ActionEvent) and said.status == "finished"):
                do(command)

        robot._do = does

    for robot in loop.robots.values():
        swallow(robot)
    violation = loop.run().violation
    assert violation is not None
    assert violation.invariant == "liveness"
    assert "waits for" in violation.story
    assert violation.at_s < 4.0 * 3600.0
