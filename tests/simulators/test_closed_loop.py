"""The real orchestrator and the real agents in a simulated hospital, and sabotage: invariants that say no.

The seeds of trouble are in tests/closed_loop; `fleet sim soak --seeds A:B` runs more of the same.
"""

import pytest

from fleet.core.commands import RequestDoor
from fleet.core.events import ElementClosed, ElementOpened, MissionControlled, MissionVerb
from missions.planning.closures import ElementKind
from robots.drivers.base import Sensed
from simulators.closed_loop import Arrangement, ClosedLoop, Stage
from simulators.control_room import Crash
from simulators.faults import Intrusion, LiftFailure, apply_fault

CALM = Arrangement(safety_s=300.0, trouble=False)


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


def test_without_trouble_missions_of_all_families_are_completed(stage):
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=600.0, trouble=False))
    outcome = loop.run()
    assert outcome.violation is None
    assert outcome.ended["failed"] + outcome.ended["cancelled"] <= 2
    done = [m for m in loop.room.last_core.state.missions.values() if m.state.value == "completed"]
    assert {str(m.mission.family) for m in done} == {"patrol", "disinfection", "guide", "service"}


# -- the judge judged ---------------------------------------------------------------------------------


def sabotaged(stage, after_s, sabotage, seed=5):
    """The violation of a run without trouble in which sabotage(loop) happens at a time."""
    loop = ClosedLoop(stage, seed, CALM)
    loop.schedule.after(after_s, lambda: sabotage(loop))
    violation = loop.run().violation
    assert violation is not None
    return violation


def test_touching_bodies_are_seen(stage):
    def push(loop):
        one, other = (loop.world.bodies[name].mover for name in ("carrier-1", "sentry-1"))
        one.level, one.x_m, one.y_m = other.level, other.x_m + 0.3, other.y_m

    violation = sabotaged(stage, 30.0, push)
    assert violation.invariant == "bodies_overlap"
    assert "carrier-1" in violation.story
    assert "sentry-1" in violation.story


def moving(loop):
    return next(body for body in loop.world.bodies.values() if body.mover.speed_mps > 0.3)


def test_a_body_off_its_cells_is_seen(stage):
    def push(loop):
        moving(loop).mover.y_m += 0.9

    assert sabotaged(stage, 40.0, push).invariant == "off_its_cells"


def test_a_robot_that_drives_on_beyond_what_it_holds_is_seen(stage):
    def shorten(loop):
        body = moving(loop)
        core = loop.room.core
        plan = core.traffic.state.plans[body.robot_id]
        core.traffic.truncate(body.robot_id, plan.steps[0].step_no)

    assert sabotaged(stage, 40.0, shorten).invariant == "off_its_cells"


def test_a_lift_that_is_taken_from_a_robot_inside_is_seen(stage):
    def steal(loop):
        def look():
            for body in loop.world.bodies.values():
                cabin = loop.world.building.cabin_at(body.mover.level, body.mover.point)
                if cabin is not None and cabin.session == body.robot_id and not body.mover.is_moving:
                    cabin.session = "thief"

        loop.schedule.every(0.5, look)

    violation = sabotaged(stage, 1.0, steal)
    assert violation.invariant == "lift_session"
    assert "thief" in violation.story


def test_a_lamp_that_stays_lit_beside_a_person_is_seen(stage):
    def blind(loop):
        robot = loop.robots["lumen-1"]
        feel = robot.feel

        def deaf(message):
            if not (isinstance(message, Sensed) and message.person_seen):
                feel(message)

        def look():
            body = loop.world.bodies["lumen-1"]
            if body.is_lit:
                robot.feel = deaf
                apply_fault(loop.world, Intrusion(room=loop.world.room_of(body).room_id))
                loop.world.building.doors[body.watched].open_fraction = 0.0

        loop.schedule.every(1.0, look)

    violation = sabotaged(stage, 1.0, blind)
    assert violation.invariant == "lamp"
    assert "a person" in violation.story


def test_a_command_without_a_row_is_seen(stage):
    def speak(loop):
        loop.watch.performed(RequestDoor(door="lab_door", want="open", because="nobody decided this"))

    violation = sabotaged(stage, 20.0, speak)
    assert violation.invariant == "spoke_before_commit"
    assert "nobody decided this" in violation.story


def restart(loop):
    loop.room.crash()
    loop.room.start()


def test_a_mission_that_the_journal_lost_is_seen(stage):
    def lose(loop):
        lost = loop.watch.accepted[0]
        loop.watch._by_key["another wish"] = "mission-999999"
        assert lost
        restart(loop)

    violation = sabotaged(stage, 60.0, lose)
    assert violation.invariant == "mission_lost"
    assert "mission-999999" in violation.story


def test_a_core_that_lived_something_which_its_journal_does_not_say_is_seen(stage):
    def forge(loop):
        loop.room.core.state.missions_made += 1
        restart(loop)

    assert sabotaged(stage, 60.0, forge).invariant == "replay"


def lanes_ahead(loop, robot_id):
    """Lanes on the robot's planned way, the nearest first."""
    core = loop.room.core
    cells = core.traffic.cells.cells
    steps = core.traffic.state.plans[robot_id].steps[1:]
    return list(dict.fromkeys(cells[step.cell].lane for step in steps if cells[step.cell].lane))


def test_an_order_into_something_closed_is_seen(stage):
    def close_and_forget(loop):
        for lane in lanes_ahead(loop, moving(loop).robot_id)[1:4]:
            loop.room.submit(ElementClosed(kind=ElementKind.LANE, element_id=lane, because="a test"))
        loop.schedule.after(0.1, lambda: loop.room.core.traffic.bar({}, {}))

    violation = sabotaged(stage, 40.0, close_and_forget)
    assert violation.invariant == "entered_closed"
    assert "into the closed lane" in violation.story


def test_a_mission_that_ends_twice_is_seen(stage):
    from dataclasses import replace

    from missions.lifecycle import MissionState

    def revive(loop):
        record = next(iter(loop.room.core.state.missions.values()))
        loop.watch.changed([replace(record, state=MissionState.COMPLETED)])
        loop.watch.changed([replace(record, state=MissionState.RUNNING)])

    assert sabotaged(stage, 60.0, revive).invariant == "ended_twice"


def test_missions_that_never_end_are_named_with_what_they_wait_for(stage):
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=100.0, liveness_s=300.0, trouble=False))

    def kill(again=loop):
        for lift in again.world.building.lifts:
            apply_fault(again.world, LiftFailure(lift=lift))

    loop.schedule.every(1.0, kill)
    violation = loop.run().violation
    assert violation.invariant == "liveness"
    assert "waits for" in violation.story


def test_the_orchestrator_can_die_between_two_effects_of_one_row(stage):
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=200.0, trouble=False))
    deaths = []
    perform = loop.room.perform

    def counted(*words):
        try:
            perform(*words)
        except Crash:
            deaths.append(loop.elapsed_s)
            raise

    loop.room.perform = counted
    for index, at_s in enumerate(range(20, 200, 20)):
        loop.schedule.after(at_s, lambda k=index % 3: loop.room.crash_after(k))
        loop.schedule.after(at_s + 10.0, loop.room.start)
    outcome = loop.run()
    assert outcome.violation is None
    assert len(deaths) >= 7
    assert loop.room.starts >= 8


def test_a_robot_that_ended_a_cancelled_order_unheard_holds_the_place_where_it_stands(stage):
    """It went on to its next point and forgot the order while the orchestrator was down."""
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=150.0, trouble=False))

    def cancel_and_die():
        jobs = loop.room.core.state.jobs
        under_way = (
            jobs[name].mission
            for name, body in loop.world.bodies.items()
            if body.mover.speed_mps > 0.3 and jobs[name].mission and not jobs[name].acting
        )
        mission = next(under_way, None)
        if mission is None:
            loop.schedule.after(1.0, cancel_and_die)
            return
        loop.room.submit(MissionControlled(mission_id=mission, verb=MissionVerb.CANCEL))
        loop.schedule.after(0.05, loop.room.crash)
        loop.schedule.after(15.0, loop.room.start)

    for at_s in (40.0, 70.0, 100.0):
        loop.schedule.after(at_s, cancel_and_die)
    outcome = loop.run()
    assert outcome.violation is None
    assert outcome.ended["cancelled"] == 3


def test_a_lane_closed_under_a_robot_is_left_and_nobody_follows(stage):
    """Every 15 s the lane that somebody drives on, for 40 s: all get out, all missions end."""
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=300.0, trouble=False))
    still_s = {}

    def placed():
        traffic = loop.room.core.traffic
        return ((loop.world.bodies[name], traffic.position(name)) for name in traffic.state.plans)

    def close():
        cells = loop.room.core.traffic.cells.cells
        driving = (cells[cell].lane for body, cell in placed() if body.mover.speed_mps > 0.3)
        lane = next(filter(None, driving), None)
        if lane is not None:
            loop.room.submit(ElementClosed(kind=ElementKind.LANE, element_id=lane, because="a leak"))
            opened = ElementOpened(kind=ElementKind.LANE, element_id=lane)
            loop.schedule.after(40.0, lambda: loop.room.submit(opened))

    def look():
        closed = loop.room.core.traffic.state.closed
        for body, cell in placed():
            stands = cell in closed and not body.mover.is_moving
            still_s[body.robot_id] = still_s.get(body.robot_id, 0.0) + 1.0 if stands else 0.0
            assert still_s[body.robot_id] < 35.0, f"{body.robot_id} stands in a closed lane"

    for at_s in range(20, 290, 15):
        loop.schedule.after(float(at_s), close)
    loop.schedule.every(1.0, look)
    outcome = loop.run()
    assert outcome.violation is None
    assert loop.watch.closures.closings >= 10
    assert outcome.ended["failed"] == 0
