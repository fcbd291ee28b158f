import math

import cv2
import numpy as np
import pytest

from simulators.camera import Camera
from simulators.world import World, WorldSettings


@pytest.fixture(scope="module")
def camera(corridor):
    return Camera(corridor, 320, 240)


def picture(camera, graph, facts, prepare=lambda world: None, yaw=1.5708):
    """What a robot at the middle, looking at the room's door, sees."""
    world = World(graph, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))
    world.join("r1", facts, "middle")
    world.bodies["r1"].mover.yaw_rad = yaw
    prepare(world)
    return camera.picture(world, world.bodies["r1"]).copy()


def changed(a, b):
    """Pixels that differ clearly."""
    return int((np.abs(a.astype(int) - b.astype(int)).max(axis=2) > 25).sum())


def test_an_open_door_shows_the_room_behind_it(camera, corridor, facts):
    closed = picture(camera, corridor, facts)
    opened = picture(camera, corridor, facts, lambda world: world.building.push_open("door"))
    assert changed(closed, opened) > 2000


def test_a_person_is_drawn_nearer_is_larger_and_behind_a_wall_is_hidden(camera, corridor, facts):
    empty = picture(camera, corridor, facts, yaw=0.0)

    def with_person(x_m, y_m):
        def stand(world):
            world.crowd.intrude("L1", (x_m, y_m), world.now_s)

        return changed(empty, picture(camera, corridor, facts, stand, yaw=0.0))

    near, far = with_person(12.0, 0.0), with_person(16.0, 0.0)
    assert near > 2 * far > 100
    assert with_person(16.0, 3.0) > 50
    assert with_person(5.0, 0.0) == 0  # behind the robot

    front = picture(camera, corridor, facts)
    behind = picture(
        camera, corridor, facts, lambda world: world.crowd.intrude("L1", (10.0, 5.0), world.now_s)
    )
    assert changed(front, behind) == 0


def test_another_robot_and_a_thing_on_the_floor_are_drawn(camera, corridor, facts):
    from simulators.faults import Obstruction, apply_fault

    empty = picture(camera, corridor, facts, yaw=0.0)
    robot = picture(camera, corridor, facts, lambda world: world.join("r2", facts, "east"), yaw=0.0)
    thing = picture(
        camera, corridor, facts, lambda world: apply_fault(world, Obstruction(node="east")), yaw=0.0
    )
    assert changed(empty, robot) > 50
    assert changed(empty, thing) > 20
    assert changed(robot, thing) > 50


def test_the_jpeg_decodes_to_the_size_asked_for_and_carries_a_label(camera, corridor, facts):
    world = World(corridor, 1, 1000.0, WorldSettings(walkers=0), camera.draw)
    world.join("r1", facts, "middle")
    jpeg = camera.draw(world, world.bodies["r1"], world.now_s)
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (240, 320, 3)
    plain = camera.picture(world, world.bodies["r1"])
    assert changed(image[:30], plain[:30]) > 200


def test_frames_come_twice_a_second(camera, corridor, facts):
    from robots.drivers.base import Frame

    world = World(corridor, 1, 1000.0, WorldSettings(walkers=0), camera.draw)
    world.join("r1", facts, "middle")
    frames = [m for _, m in world.advance(1010.0).from_body if isinstance(m, Frame)]
    assert 19 <= len(frames) <= 21


def test_without_light_only_the_headlamps_reach_is_seen(camera, corridor, facts):
    from simulators.faults import LightsOut, apply_fault

    def pitch_dark(world):
        apply_fault(world, LightsOut(place="L1"))

    lit = picture(camera, corridor, facts, yaw=0.0)
    dark = picture(camera, corridor, facts, pitch_dark, yaw=0.0)
    near, horizon = dark[-20:].mean() / lit[-20:].mean(), dark[115:125].mean() / lit[115:125].mean()
    assert dark.mean() < 0.5 * lit.mean()
    assert near > 0.3
    assert horizon < 0.1

    def light_again(world):
        pitch_dark(world)
        apply_fault(world, LightsOut(place="L1", out=False))

    assert changed(lit, picture(camera, corridor, facts, light_again, yaw=0.0)) == 0


def test_a_dark_room_is_dark_behind_its_open_door_and_the_corridor_stays_lit(camera, corridor, facts):
    from simulators.faults import LightsOut, apply_fault

    def open_door(world):
        world.building.push_open("door")

    def dark_room(world):
        open_door(world)
        apply_fault(world, LightsOut(place="room"))

    lit, dark = (picture(camera, corridor, facts, prepare) for prepare in (open_door, dark_room))
    assert dark[120, 160].mean() < 0.5 * lit[120, 160].mean()  # the room's far wall
    assert (dark[:, :60] == lit[:, :60]).all()  # the corridor's wall beside the door


def test_in_smoke_contrast_falls_with_the_distance(camera, corridor, facts):
    from simulators.faults import Smoke, apply_fault

    def contrast(x_m, density):
        def prepare(world, *, person=True):
            apply_fault(world, Smoke(place="L1", density_per_m=density))
            if person:
                world.crowd.intrude("L1", (x_m, 0.0), world.now_s)

        empty = picture(camera, corridor, facts, lambda w: prepare(w, person=False), yaw=0.0).astype(int)
        return int(np.abs(picture(camera, corridor, facts, prepare, yaw=0.0) - empty).max())

    near, far = contrast(11.5, 0.5) / contrast(11.5, 0.0), contrast(16.0, 0.5) / contrast(16.0, 0.0)
    assert 0.3 < near < 0.7
    assert far < 0.1


def test_outdoors_there_is_a_sky_and_rain_falls_in_streaks(facts):
    from pathlib import Path

    from maps.graph import SiteGraph
    from maps.load import load
    from simulators.faults import WeatherFront, apply_fault

    sites = Path(__file__).parents[2] / "maps" / "sites"
    graph = SiteGraph(load(sites / "community.yaml"))
    outside = Camera(graph, 320, 240)
    noon_s = 1_800_000_000.0 // 86400.0 * 86400.0 + 4 * 3600.0
    world = World(graph, 1, noon_s, WorldSettings(walkers=0, weather=False))
    world.join("r1", facts, "main_gate")
    dry = outside.picture(world, world.bodies["r1"]).copy()
    blue, _, red = dry[5].mean(axis=0)
    assert blue > red + 50
    world.bodies["r1"].mover.yaw_rad = -math.pi / 2  # out of the site
    blue, _, red = outside.picture(world, world.bodies["r1"])[5].mean(axis=0)
    assert blue > red + 50
    world.bodies["r1"].mover.yaw_rad = 0.0
    apply_fault(world, WeatherFront(rain_mm_h=8.0))
    wet = outside.picture(world, world.bodies["r1"]).copy()
    assert 300 < changed(dry, wet) < dry.shape[0] * dry.shape[1] / 4
    assert (outside.picture(world, world.bodies["r1"]) == wet).all()
    world.now_s = noon_s + 12 * 3600.0
    assert outside.picture(world, world.bodies["r1"]).mean() < 0.5 * dry.mean()
