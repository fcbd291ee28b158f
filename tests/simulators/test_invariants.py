"""The further invariants can say no: each is shown a run that breaks it (see also test_closed_loop)."""

from dataclasses import replace

import pytest
from msgspec import structs

from fleet.core.commands import ReleaseLift
from fleet.core.events import FleetControlled, FleetVerb
from missions.mission import TaskState
from robots.drivers.base import SetDevice
from robots.protocol import ActionStatus
from simulators.battery import Battery
from simulators.closed_loop import Arrangement, ClosedLoop, Stage

CALM = Arrangement(safety_s=300.0, trouble=False)


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


def sabotaged(stage, sabotage, at_s=20.0, seed=5, plan=CALM):
    """The violation of a run without trouble that is sabotaged(loop) at a time."""
    loop = ClosedLoop(stage, seed, plan)
    loop.schedule.after(at_s, lambda: sabotage(loop))
    violation = loop.run().violation
    assert violation is not None
    return violation


def every_second(look):
    return lambda loop: loop.schedule.every(1.0, lambda: look(loop))


def acting(loop, device, value):
    """Robots whose program has this device on, with their order."""
    for name, body in loop.world.bodies.items():
        agent = loop.robots[name].agent
        order = agent.memory.order if agent is not None else None
        if order is not None and body.devices.get(device) == value:
            yield loop.robots[name], order


# -- effects ------------------------------------------------------------------------------------------


def test_a_tray_that_opens_again_after_the_goods_are_handed_over_is_seen(stage):
    def open_again(loop):
        for robot in loop.robots.values():
            outcome = robot.agent.memory.outcome
            order = robot.agent.memory.order
            if outcome is not None and outcome.status is ActionStatus.FINISHED and order is not None:
                robot.on_device(SetDevice(device="tray_lock", value="unlocked"))

    violation = sabotaged(stage, every_second(open_again))
    assert violation.invariant == "effect_twice"
    assert "which it remembers to have finished" in violation.story


def test_a_lamp_that_is_lit_for_another_order_of_the_same_task_is_seen(stage):
    def light_again(loop):
        for robot, order in acting(loop, "lamp", "on"):
            book = robot.agent._book
            again = f"{order.order_id.rpartition('/')[0]}/9999"
            book.memory = structs.replace(book.memory, order=structs.replace(order, order_id=again))
            robot.on_device(SetDevice(device="lamp", value="on"))

    violation = sabotaged(stage, every_second(light_again))
    assert violation.invariant == "effect_twice"
    assert "may not be repeated" in violation.story


def test_an_effect_for_a_task_that_is_done_is_seen(stage):
    def finish_first(loop):
        effects = loop.watch._judges.commands[0]
        for _robot, order in acting(loop, "tray_lock", "unlocked"):
            mission_id, task, _ = order.order_id.split("/")
            record = effects._missions[mission_id]
            done = tuple(
                replace(t, state=TaskState.DONE) if n == int(task) else t for n, t in enumerate(record.tasks)
            )
            effects._missions[mission_id] = replace(record, tasks=done)
            _robot.on_device(SetDevice(device="tray_lock", value="unlocked"))

    assert "that task is done" in sabotaged(stage, every_second(finish_first)).story


def test_a_lift_that_is_freed_with_its_robot_inside_is_seen(stage):
    def free(loop):
        for name, body in loop.world.bodies.items():
            cabin = loop.world.building.cabin_at(body.mover.level, body.mover.point)
            if cabin is not None and cabin.session == name and not body.mover.is_moving:
                release = ReleaseLift(lift=cabin.lift.lift_id, session=name, because="it must be out by now")
                loop.watch._journal._last[id(release)] = release
                loop.watch.performed(release)

    violation = sabotaged(stage, every_second(free))
    assert violation.invariant == "lift_freed"
    assert "it must be out by now" in violation.story


def test_a_battery_that_runs_low_in_silence_is_seen(stage):
    def drain(loop):
        body = loop.world.bodies["carrier-1"]
        body.battery = Battery(body.facts, body.facts.reserve_fraction - 0.05)
        loop.robots["carrier-1"].agent._reporter.energy = lambda _energy: ()

    violation = sabotaged(stage, drain)
    assert violation.invariant == "battery"
    assert "carrier-1" in violation.story


def test_a_battery_that_runs_low_is_told_and_no_violation(stage):
    def drain(loop):
        body = loop.world.bodies["carrier-1"]
        body.battery = Battery(body.facts, body.facts.reserve_fraction - 0.05)

    loop = ClosedLoop(stage, 5, Arrangement(safety_s=120.0, trouble=False))
    loop.schedule.after(20.0, lambda: drain(loop))
    assert loop.run().violation is None


# -- stop all -----------------------------------------------------------------------------------------


def stop_all(loop):
    loop.room.submit(FleetControlled(verb=FleetVerb.STOP_ALL, by="a test"))


def test_a_robot_that_ignores_stop_all_and_is_named_by_nobody_is_seen(stage):
    def deafen(loop):
        core = loop.room.core
        core._work.alert = lambda kind, *rest: None
        loop.robots["carrier-1"]._codec.decode_down = lambda data: loop.room._switchboard._ping()
        stop_all(loop)

    violation = sabotaged(stage, deafen, plan=Arrangement(safety_s=60.0, trouble=False))
    assert violation.invariant == "stop_unanswered"
    assert "carrier-1" in violation.story


def test_a_robot_that_is_out_of_reach_at_stop_all_is_named(stage):
    loop = ClosedLoop(stage, 5, Arrangement(safety_s=60.0, trouble=False))
    loop.schedule.after(20.0, lambda: loop.robots["carrier-1"].set_cut(True))
    loop.schedule.after(21.0, lambda: stop_all(loop))
    resume = FleetControlled(verb=FleetVerb.RESUME_ALL, by="a test")
    loop.schedule.after(50.0, lambda: loop.room.submit(resume))
    outcome = loop.run()
    assert outcome.violation is None
    alerts = [(a.kind, a.subject) for a in loop.room.last_core.state.alerts.values()]
    assert ("no_ack", "carrier-1") in alerts
    assert loop.watch._judges.rows[1].waited_for == 6


# -- views, memory, snapshots ---------------------------------------------------------------------------


def test_views_that_miss_a_change_are_seen(stage):
    def deafen(loop):
        loop.room.views.changed = lambda records: None

    violation = sabotaged(stage, deafen)
    assert violation.invariant == "views"


def test_a_name_that_is_kept_for_ever_is_seen(stage):
    def litter(loop):
        loop.room.core.state.open_alerts["fire nobody"] = "alert-000999"
        loop.watch._judges.steps[1]._steps = 99

    violation = sabotaged(stage, litter)
    assert violation.invariant == "memory"
    assert "alert-000999" in violation.story


def test_a_collection_above_its_bound_is_seen(stage):
    def fill(loop):
        due_s = loop.schedule.now_s + 1e6
        awaited = {f"instant-{n}": ("carrier-1", "pause", due_s) for n in range(500)}
        loop.room.core.state.ack_due.update(awaited)
        loop.watch._judges.steps[1]._steps = 99

    violation = sabotaged(stage, fill)
    assert violation.invariant == "memory"
    assert "500 awaited acknowledgements" in violation.story


def test_a_snapshot_that_is_not_what_the_rows_say_is_seen(stage):
    def forge(loop):
        core = loop.room.core
        core.state.missions_made += 1
        loop.room._runtime._snapshot_seq = -1
        loop.room._runtime.snapshot()
        loop.room.crash()
        loop.room.start()

    assert sabotaged(stage, forge, at_s=60.0).invariant == "snapshot"
