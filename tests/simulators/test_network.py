"""Links that stall, clog and are read slowly; and robots whose link is half open (see also test_schedule)."""

import random
from itertools import pairwise

import pytest

from simulators.closed_loop import Arrangement, ClosedLoop, Stage
from simulators.network import DATAGRAMS, HEALTHY, Link, Quality
from simulators.schedule import Schedule
from simulators.trouble import FURTHER
from simulators.trouble_network import KINDS, heal


@pytest.fixture
def line():
    """A schedule, a healthy link on it, and what has arrived: (time, message)."""
    schedule, got = Schedule(0.0), []
    link = Link(schedule, random.Random(1), HEALTHY, lambda message: got.append((schedule.now_s, message)))
    return schedule, link, got


def test_what_is_sent_on_a_stalled_link_comes_later_in_order_with_what_was_under_way(line):
    schedule, link, got = line
    link.send("under way")
    link.stall()
    link.send("sent in vain")
    schedule.run_until(5.0)
    assert got == []
    assert link.queued == 2
    link.resume()
    link.send("after it")
    schedule.run_until(6.0)
    assert [message for _, message in got] == ["under way", "sent in vain", "after it"]
    assert link.queued == 0


def test_a_stalled_link_that_breaks_forgets_what_waited(line):
    schedule, link, got = line
    link.stall()
    link.send("lost")
    schedule.run_until(1.0)
    link.cut()
    link.resume()
    link.mend()
    link.send("heard")
    schedule.run_until(2.0)
    assert [message for _, message in got] == ["heard"]


def test_a_slow_reader_takes_one_message_after_the_other(line):
    schedule, link, got = line
    link.quality = Quality(take_s=(1.0, 1.0))
    for number in range(5):
        link.send(number)
    schedule.run_until(3.5)
    assert [message for _, message in got] == [0, 1, 2]
    assert link.queued == 2
    schedule.run_until(10.0)
    times = [at_s for at_s, _ in got]
    assert all(later - sooner >= 0.99 for sooner, later in pairwise(times))


def test_above_the_high_water_mark_nothing_is_sent_and_the_sender_knows():
    schedule, got, clogged = Schedule(0.0), [], []
    slow = Quality(take_s=(1.0, 1.0), queued_max=3)
    link = Link(schedule, random.Random(1), slow, got.append, clogged=lambda: clogged.append(True))
    for number in range(5):
        link.send(number)
    schedule.run_until(10.0)
    assert got == [0, 1, 2]
    assert len(clogged) == 2


def test_datagrams_come_out_of_order_and_some_never():
    schedule, got = Schedule(0.0), []
    link = Link(schedule, random.Random(1), DATAGRAMS, got.append)
    for number in range(1000):
        schedule.at(number * 0.01, lambda number=number: link.send(number))
    schedule.run_until(60.0)
    assert got != sorted(got)
    assert 900 < len(set(got)) < 1000


# -- robots -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


def settled(stage):
    """A run without trouble after 30 s."""
    loop = ClosedLoop(stage, 5, Arrangement(trouble=False))
    loop.begin()
    loop.schedule.run_until(loop.schedule.now_s + 30.0)
    return loop


def wait(loop, for_s):
    loop.schedule.run_until(loop.schedule.now_s + for_s)


def test_a_robot_that_hears_nothing_gives_up_and_comes_back_when_the_way_is_free(stage):
    loop = settled(stage)
    robot = loop.robots["carrier-1"]
    before = robot.connection
    robot.set_half_cut(up=False, down=True)
    wait(loop, 8.0)
    assert robot.connection == 0
    robot.set_cut(False)
    wait(loop, 4.0)
    assert robot.connection > before
    assert loop.room.core.state.robots["carrier-1"].online


def test_a_robot_that_is_not_heard_is_lost_in_time_though_it_hears(stage):
    loop = settled(stage)
    robot = loop.robots["carrier-1"]
    robot.set_half_cut(up=True, down=False)
    wait(loop, 20.0)
    assert robot.connection
    wait(loop, 20.0)
    assert loop.room.core.state.robots["carrier-1"].lost


def test_the_orchestrator_talks_to_a_connection_whose_end_was_not_heard(stage):
    loop = settled(stage)
    robot = loop.robots["carrier-1"]
    connection = robot.connection
    robot.set_cut(True)
    robot.drop()
    assert robot.say(connection, loop.room._switchboard._ping())
    robot.set_cut(False)
    assert not robot.say(connection, loop.room._switchboard._ping())


def test_a_robot_learns_of_the_orchestrators_end_only_when_packets_pass(stage):
    loop = settled(stage)
    robot = loop.robots["carrier-1"]
    connection = robot.connection
    robot.set_half_cut(up=False, down=True)
    robot.hang_up()
    assert robot.connection == connection
    robot.set_cut(False)
    assert robot.connection == 0


def test_a_building_that_is_cut_off_is_not_believed_until_it_is_heard_again(stage):
    loop = settled(stage)
    for link in (loop.room.to_building, loop.room.from_building):
        link.stall()
    wait(loop, 14.0)
    assert {door.state for door in loop.room.core.state.doors.values()} == {"unknown"}
    heal(loop.cast)
    wait(loop, 5.0)
    assert "unknown" not in {door.state for door in loop.room.core.state.doors.values()}


def test_every_kind_of_network_trouble_ends_by_itself(stage):
    loop = settled(stage)
    for name, maker in KINDS.items():
        assert name in FURTHER
        assert " for " in f" {maker(loop.cast, random.Random(3))}"
    wait(loop, 75.0)
    assert not any(robot.is_cut for robot in loop.robots.values())
    assert not loop.room.to_building.is_stalled
    assert {robot._up.quality for robot in loop.robots.values()} == {HEALTHY}
    assert {robot._down.quality for robot in loop.robots.values()} == {HEALTHY}
