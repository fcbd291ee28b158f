"""What people make of a run: refused in a sentence, undone, and in nobody's way."""

import random

import pytest

from simulators import trouble_people
from simulators.closed_loop import Arrangement, ClosedLoop, Stage

CALM = Arrangement(safety_s=120.0, trouble=False)


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


@pytest.fixture
def loop(stage):
    loop = ClosedLoop(stage, 5, CALM)
    loop.begin()
    wait(loop, 40.0)
    return loop


def wait(loop, for_s):
    loop.schedule.run_until(loop.schedule.now_s + for_s)


def test_odd_requests_are_each_refused(loop):
    trouble_people.odd_requests(loop.cast, random.Random(1))
    wait(loop, 2.0)
    counts = loop.coverage.counts
    for veto in ("MISSION_UNKNOWN", "ROBOT_UNKNOWN", "ALERT_UNKNOWN", "ELEMENT_UNKNOWN", "WRONG_STATE"):
        assert counts[f"veto.{veto}"] >= 1, veto


def test_missions_for_nobody_and_for_the_unable_are_refused_at_once(loop):
    made = loop.room.core.state.missions_made
    said = trouble_people.odd_missions(loop.cast, random.Random(4))
    assert said != "no place"
    wait(loop, 1.0)
    assert loop.coverage.counts["veto.ROBOT_UNKNOWN"] == 1
    assert loop.coverage.counts["veto.ROBOT_NOT_CAPABLE"] >= 1
    assert loop.room.core.state.missions_made - made <= 2


def test_a_robot_that_says_goodbye_is_offline_and_not_lost_and_comes_back(loop):
    name = trouble_people.robot_left(loop.cast, random.Random(2)).split()[0]
    wait(loop, 3.0)
    record = loop.room.core.state.robots[name]
    assert (record.online, record.lost) == (False, False)
    assert loop.coverage.counts["event.RobotLeft"] == 1
    wait(loop, 70.0)
    assert loop.room.core.state.robots[name].online


def test_rubbish_on_a_link_quarantines_the_robot_for_a_minute(loop):
    name = trouble_people.rubbish(loop.cast, random.Random(2))
    wait(loop, 2.0)
    assert not loop.room.core.state.robots[name].online
    assert loop.coverage.counts["recovery.quarantine"] == 1
    wait(loop, 90.0)
    assert loop.room.core.state.robots[name].online


def test_a_robot_that_is_steered_by_hand_stands_in_mode_manual_until_it_is_given_back(loop):
    name = trouble_people.taken_over(loop.cast, random.Random(2)).split()[0]
    wait(loop, 2.5)
    assert loop.room.core.state.robots[name].mode == "manual"
    wait(loop, 40.0)
    assert loop.room.core.state.robots[name].mode == "autonomous"


def test_open_alerts_are_handled(loop):
    trouble_people.rubbish(loop.cast, random.Random(2))
    wait(loop, 2.0)
    assert loop.room.core.state.open_alerts
    trouble_people.alerts_handled(loop.cast, random.Random(2))
    wait(loop, 1.0)
    assert not loop.room.core.state.open_alerts


def test_with_all_of_it_a_run_still_ends_well(stage):
    loop = ClosedLoop(stage, 6, Arrangement(safety_s=200.0, trouble=False))
    for index, maker in enumerate(trouble_people.KINDS.values()):
        at_s = 30.0 + 20.0 * index
        loop.schedule.after(at_s, lambda m=maker, k=index: m(loop.cast, random.Random(k)))
    assert loop.run().violation is None
