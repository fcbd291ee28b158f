"""Kinds of trouble do what they say, end by themselves, and lose nothing."""

import random

import pytest

from fleet.core.events import FleetControlled, FleetVerb
from fleet.errors import JournalError
from simulators.closed_loop import Arrangement, ClosedLoop, Stage
from simulators.control_room import SOLVE_S
from simulators.faults import BatteryLevel, PowerFailure, apply_fault, parse_fault
from simulators.trouble_bodies import cut_at
from simulators.trouble_programs import KINDS, heal, impostor
from simulators.world import WorldError

CALM = Arrangement(safety_s=120.0, trouble=False)


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


def settled(stage, for_s=30.0):
    """A run without trouble after a while."""
    loop = ClosedLoop(stage, 5, CALM)
    loop.begin()
    loop.schedule.run_until(loop.schedule.now_s + for_s)
    return loop


def wait(loop, for_s):
    loop.schedule.run_until(loop.schedule.now_s + for_s)


def somebody_who_drives(loop):
    for _ in range(200):
        for name, body in loop.world.bodies.items():
            if body.mover.speed_mps > 0.3:
                return name
        wait(loop, 1.0)
    raise AssertionError("nobody drives")


def stop(loop):
    return FleetControlled(verb=FleetVerb.STOP_ALL, by="a test")


# -- the disk -----------------------------------------------------------------------------------------


def test_a_full_disk_refuses_requests_with_a_reason_keeps_events_and_writes_them_later(stage):
    loop = settled(stage)
    journal, rows = loop.room.journal, loop.room.journal.last_seq
    journal.is_full = True
    wait(loop, 10.0)
    assert journal.last_seq == rows
    assert 5 <= journal.refusals <= 40
    with pytest.raises(JournalError, match="disk is full"):
        loop.room.request(stop(loop))
    journal.is_full = False
    wait(loop, 3.0)
    assert journal.last_seq > rows
    assert loop.room.request(stop(loop)) is not None


def test_what_was_decided_and_not_written_dies_with_the_orchestrator_and_nothing_accepted_is_lost(stage):
    loop = ClosedLoop(stage, 5, CALM)

    def fill_and_die():
        loop.room.journal.is_full = True
        loop.schedule.after(6.0, loop.room.crash)
        loop.schedule.after(8.0, lambda: setattr(loop.room.journal, "is_full", False))
        loop.schedule.after(9.0, loop.room.start)

    for at_s in (30.0, 60.0, 90.0):
        loop.schedule.after(at_s, fill_and_die)
    outcome = loop.run()
    assert outcome.violation is None
    assert loop.room.starts == 5


def test_on_a_slow_disk_everything_is_late_and_nothing_is_lost(stage):
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=90.0, trouble=False))
    loop.room.commit_s = 3.0
    loop.schedule.after(90.0, lambda: heal(loop.cast))
    assert loop.run().violation is None


# -- clocks -------------------------------------------------------------------------------------------


def test_stamps_never_go_back_when_the_clock_does(stage):
    loop = settled(stage)
    before_s, last_s = loop.schedule.now_s, loop.room.journal.last_s
    loop.room.step_clock(-20.0)
    wait(loop, 10.0)
    assert last_s <= loop.room.journal.last_s <= before_s
    wait(loop, 30.0)
    stamps = [entry.now_s for entry in loop.room.journal.entries(0)]
    assert stamps == sorted(stamps)
    assert stamps[-1] > last_s


def test_a_robots_clock_runs_at_its_own_rate_and_never_jumps(stage):
    robot = settled(stage).robots["carrier-1"]
    before_s = robot._clock_s()
    robot.set_clock_rate(1.5)
    assert robot._clock_s() == pytest.approx(before_s, abs=1e-5)
    assert robot._when_s(before_s + 3.0) - robot._schedule.now_s == pytest.approx(2.0, abs=1e-5)


# -- planner, people, impostors -----------------------------------------------------------------------


def test_stale_answers_of_the_planner_are_refused(stage):
    loop = ClosedLoop(stage, 5, CALM)
    loop.room.solver_repeats = 1.0
    outcome = loop.run()
    assert outcome.violation is None
    assert outcome.ended["completed"] >= 3


def test_what_people_say_twice_is_done_once(stage):
    loop = ClosedLoop(stage, 5, CALM)
    loop.room.people_twice = True
    outcome = loop.run()
    assert outcome.violation is None
    assert 3 <= len(loop.watch.accepted) == len(loop.room.last_core.state.missions) <= loop.askers.asked


def test_a_second_program_with_a_robots_id_is_refused_and_the_first_goes_on(stage):
    loop = settled(stage)
    boot = loop.room.core.state.robots["carrier-1"].boot_id
    for seed in range(12):
        impostor(loop.cast, random.Random(seed))
    wait(loop, 15.0)
    robots = loop.room.core.state.robots.values()
    assert {robot.boot_id for robot in robots} == {boot}
    assert all(robot.online for robot in robots)


def test_every_kind_ends_by_itself(stage):
    loop = settled(stage)
    for maker in KINDS.values():
        assert maker(loop.cast, random.Random(2))
    wait(loop, 70.0)
    room = loop.room
    assert not room.journal.is_full
    assert (room.commit_s, room.solve_s, room.people_twice) == (0.0, SOLVE_S, False)
    assert room.clock_off_s == pytest.approx(0.0)


# -- bodies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["tray", "lamp", "lift"])
def test_power_is_cut_in_the_middle_of_something_and_every_mission_still_ends(stage, phase):
    loop, dead = ClosedLoop(stage, 5, Arrangement(safety_s=400.0, trouble=False)), []
    loop.schedule.after(5.0, lambda: cut_at(loop.cast, phase, dies=True, off_s=20.0, patience_s=600.0))

    def look():
        dead.extend(name for name, body in loop.world.bodies.items() if not body.powered)

    loop.schedule.every(0.5, look)
    assert loop.run().violation is None
    assert dead


def test_a_robot_that_ran_flat_on_its_way_goes_on_with_another_battery(stage):
    loop = settled(stage)
    name = somebody_who_drives(loop)
    apply_fault(loop.world, BatteryLevel(robot=name, fraction=0.0))
    wait(loop, 5.0)
    assert loop.room.core.state.robots[name].mode == "fault"
    assert not loop.world.bodies[name].powered
    apply_fault(loop.world, BatteryLevel(robot=name, fraction=0.6))
    apply_fault(loop.world, PowerFailure(robot=name, failed=False))
    wait(loop, 5.0)
    assert "battery_empty" not in loop.room.core.state.robots[name].faults


def test_a_battery_level_that_is_no_fraction_is_refused(stage):
    loop = settled(stage, 1.0)
    with pytest.raises(WorldError, match="fraction is 3"):
        apply_fault(loop.world, BatteryLevel(robot="carrier-1", fraction=3.0))
    assert parse_fault(b'{"fault": "BatteryLevel", "robot": "r", "fraction": 0.2}').fraction == 0.2
