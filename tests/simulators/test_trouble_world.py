"""Trouble of what surrounds the bodies does what it says and ends by itself."""

import random

import pytest

from simulators import trouble, trouble_bodies, trouble_network, trouble_programs
from simulators.closed_loop import Arrangement, ClosedLoop, Stage
from simulators.trouble_world import KINDS, heal

CALM = Arrangement(safety_s=120.0, trouble=False)


@pytest.fixture(scope="module")
def stage(hospital):
    return Stage.of(hospital)


@pytest.fixture
def loop(stage):
    loop = ClosedLoop(stage, 5, CALM)
    loop.begin()
    wait(loop, 30.0)
    return loop


def wait(loop, for_s):
    loop.schedule.run_until(loop.schedule.now_s + for_s)


def test_seeds_pick_among_all_kinds():
    for module in (trouble_network, trouble_programs, trouble_bodies):
        assert set(module.KINDS) <= set(trouble.all_kinds())
    assert set(KINDS) <= set(trouble.all_kinds())
    assert len(trouble.all_kinds()) == len(set(trouble.all_kinds()))


def test_every_kind_says_what_it_does(loop):
    for name, maker in KINDS.items():
        assert maker(loop.cast, random.Random(3)), name
    conditions = loop.world.conditions
    assert any(conditions.dark.values())
    assert conditions.shadows
    assert max(conditions.smoke_per_m.values()) >= 0.2
    assert conditions.sky.front.wind_mps >= 5.0
    assert min(body.battery.health for body in loop.world.bodies.values()) < 1.0


@pytest.mark.parametrize("healed", [False, True])
def test_light_smoke_radio_and_weather_come_back(loop, healed):
    for maker in KINDS.values():
        maker(loop.cast, random.Random(3))
    if healed:
        heal(loop.cast)
    else:
        wait(loop, 95.0)
    conditions = loop.world.conditions
    assert not any(conditions.dark.values())
    assert not any(conditions.smoke_per_m.values())
    assert not conditions.shadows
    assert conditions.sky.front.wind_mps is None


def test_another_machine_under_the_same_id_is_slower_and_the_fleet_is_told(loop):
    before = {name: robot.facts for name, robot in loop.robots.items()}
    said = trouble_bodies.another_model(loop.cast, random.Random(1))
    name = said.split()[0]
    wait(loop, 45.0)
    facts, body = loop.robots[name].facts, loop.world.bodies[name]
    assert facts.speed_mps_max < before[name].speed_mps_max
    assert body.facts is facts
    known = loop.room.core.state.robots[name]
    assert known.facts.speed_mps_max == pytest.approx(facts.speed_mps_max, abs=1e-3)
    assert known.online
