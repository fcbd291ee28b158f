import math

import msgspec
import pytest

from robots.drivers.base import Energy, SetDevice
from simulators.air import ACH_PER_H, PPM_M3_PER_ML, RATE_ML_S
from simulators.faults import RadioShadow, WeatherFront, apply_fault
from simulators.surroundings import exposures, surroundings
from simulators.world import World, WorldError, WorldSettings

VOLUME_M3 = 6.0 * 6.0 * 2.8
LOSS_PER_S = ACH_PER_H / 3600.0


@pytest.fixture
def sprayer(facts):
    return msgspec.structs.replace(facts, tanks_ml={"h2o2": 1000.0})


def world_of(graph, **more):
    return World(graph, 1, 1000.0, WorldSettings(**{"walkers": 0, "frame_s": 0.0, **more}))


def spraying(graph, facts, tick_s):
    world = world_of(graph, tick_s=tick_s)
    world.join("r1", facts, "inside")
    world.tell("r1", SetDevice(device="spray", value="on"))
    world.advance(world.now_s + 300.0)
    world.tell("r1", SetDevice(device="spray", value="off"))
    return world


@pytest.mark.parametrize("tick_s", [0.05, 1.0, 60.0])
def test_spraying_fills_the_room_and_drains_the_tank_whatever_the_tick(corridor, sprayer, tick_s):
    world = spraying(corridor, sprayer, tick_s)
    steady = RATE_ML_S * PPM_M3_PER_ML / VOLUME_M3 / LOSS_PER_S
    assert world.air.ppm("room") == pytest.approx(steady * (1.0 - math.exp(-LOSS_PER_S * 300.0)), rel=1e-6)
    assert world.bodies["r1"].tanks_ml["h2o2"] == pytest.approx(1000.0 - 300.0 * RATE_ML_S)


def test_the_air_clears_as_its_changes_say_and_faster_through_an_open_door(corridor, sprayer):
    world, opened = (spraying(corridor, sprayer, 1.0) for _ in range(2))
    peak = world.air.ppm("room")
    opened.building.doors["door"].want = "open"
    for each in (world, opened):
        each.advance(each.now_s + 600.0)
    assert world.air.ppm("room") == pytest.approx(peak * math.exp(-1.0), rel=1e-6)
    assert opened.air.ppm("room") < 0.8 * world.air.ppm("room")
    world.advance(world.now_s + 6 * 3600.0)
    assert world.air.all_ppm() == {}


def test_an_empty_tank_or_no_power_sprays_nothing(corridor, sprayer):
    world = world_of(corridor)
    world.join("r1", msgspec.structs.replace(sprayer, tanks_ml={"h2o2": 5.0}), "inside")
    world.tell("r1", SetDevice(device="spray", value="on"))
    world.advance(world.now_s + 60.0)
    peak = world.air.ppm("room")
    assert world.bodies["r1"].tanks_ml["h2o2"] == 0.0
    world.advance(world.now_s + 60.0)
    assert world.air.ppm("room") < peak


def test_robots_report_peroxide_in_rooms_and_the_weather_outdoors(corridor, sprayer):
    world = spraying(corridor, sprayer, 1.0)
    said = [m for _, m in world.advance(world.now_s + 6.0).from_body if isinstance(m, Energy)]
    assert said[-1].readings["h2o2_ppm"] == pytest.approx(world.air.ppm("room"), rel=0.05)


def test_outdoors_robots_read_the_wind(facts):
    from pathlib import Path

    from maps.graph import SiteGraph
    from maps.load import load

    sites = Path(__file__).parents[2] / "maps" / "sites"
    world = world_of(SiteGraph(load(sites / "community.yaml")))
    world.join("r1", facts, "main_gate")
    apply_fault(world, WeatherFront(wind_mps=10.0, rain_mm_h=3.0))
    said = [m for _, m in world.advance(world.now_s + 60.0).from_body if isinstance(m, Energy)]
    assert {m.readings["rain_mm_h"] for m in said} == {3.0}
    assert len({m.readings["wind_mps"] for m in said}) == len(said)  # gusts
    assert all(5.0 <= m.readings["wind_mps"] <= 15.0 for m in said)


def test_the_dose_field_of_a_treated_room_can_be_read(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "inside")
    assert exposures(world) == {}
    world.tell("r1", SetDevice(device="lamp", value="on"))
    world.advance(world.now_s + 120.0)
    field = exposures(world)["r1"]
    assert field["room"] == "room"
    nearest = min(field["points"], key=lambda p: math.dist(p[:2], field["lamp"]))
    farthest = max(field["points"], key=lambda p: math.dist(p[:2], field["lamp"]))
    assert nearest[2] > farthest[2] > 0.0
    assert msgspec.json.decode(msgspec.json.encode(surroundings(world)))["exposures"]["r1"]["room"] == "room"


def test_a_radio_shadow_is_a_disc_of_one_level_and_goes_away(hospital):
    world = world_of(hospital)
    apply_fault(world, RadioShadow(level="L1", x_m=10.0, y_m=10.0, radius_m=2.0))
    assert world.conditions.is_shadowed("L1", (11.0, 11.0))
    assert not world.conditions.is_shadowed("L1", (12.0, 12.0))
    assert not world.conditions.is_shadowed("L2", (10.0, 10.0))
    apply_fault(world, RadioShadow(level="L1", x_m=10.0, y_m=10.0, present=False))
    assert not world.conditions.is_shadowed("L1", (10.0, 10.0))
    with pytest.raises(WorldError, match="level 'L9' does not exist"):
        apply_fault(world, RadioShadow(level="L9", x_m=0.0, y_m=0.0))


def test_a_robot_in_a_radio_shadow_is_cut_off_and_is_back_when_the_shadow_is_gone(hospital):
    from robots.profiles import load_profile
    from simulators.schedule import Schedule
    from simulators.sim_robot import SimRobot

    schedule, heard = Schedule(1000.0), []
    world = world_of(hospital)
    robot = SimRobot("r1", load_profile("service"), schedule, world, lambda *said: heard.append(said))
    robot.boot()
    schedule.run_until(1002.5)
    assert robot.connection
    mover = world.bodies["r1"].mover
    place = {"level": mover.level, "x_m": mover.x_m, "y_m": mover.y_m}
    apply_fault(world, RadioShadow(**place))
    schedule.run_until(1010.0)
    assert robot.is_cut
    assert not robot.connection
    apply_fault(world, RadioShadow(**place, present=False))
    schedule.run_until(1012.5)
    assert robot.connection


def test_in_a_shut_cabin_there_is_no_radio_when_lifts_cast_shadows(tower, facts):
    from fleet.links.building import LiftRequest

    for shadows in (True, False):
        world = world_of(tower, lift_shadows=shadows)
        world.join("r1", facts, "l1_cabin")
        assert world.is_shadowed(world.bodies["r1"]) is shadows
        world.request(LiftRequest(lift="lift", session="r1", level="L1"))
        world.advance(world.now_s + 10.0)
        assert not world.is_shadowed(world.bodies["r1"])
