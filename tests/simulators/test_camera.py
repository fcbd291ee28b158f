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
