import math

import cv2
import pytest

from maps.elements import NodeKind
from simulators import signs
from simulators.camera import Camera
from simulators.world import World, WorldSettings


@pytest.fixture(scope="module")
def camera(hospital):
    return Camera(hospital)


@pytest.fixture
def world(hospital, facts):
    world = World(hospital, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))
    world.join("r1", facts, "checkpoint_l1_west")
    return world


def aruco_numbers(image):
    found = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(signs.DICTIONARY)).detectMarkers(image)
    return [] if found[1] is None else sorted(int(number) for number in found[1].ravel())


def seen(camera, world, x_m, y_m, yaw_rad):
    mover = world.bodies["r1"].mover
    mover.x_m, mover.y_m, mover.yaw_rad = x_m, y_m, yaw_rad
    return camera.picture(world, world.bodies["r1"]).copy()


@pytest.mark.parametrize("distance_m", [1.0, 1.5, 2.0, 2.5, 3.0])
def test_the_markers_of_a_checkpoint_are_read_back_from_one_to_three_metres(
    camera, hospital, world, distance_m
):
    image = seen(camera, world, distance_m, 18.0, math.pi)
    assert aruco_numbers(image) == [signs.node_markers(hospital)["checkpoint_l1_west"]]
    # a code at 3 m has 2.6 pixels a module: detectors want it enlarged
    larger = cv2.resize(image, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_CUBIC)
    text, *_ = cv2.QRCodeDetector().detectAndDecode(larger)
    assert text == "checkpoint_l1_west"


@pytest.mark.parametrize("distance_m", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("yaw_rad", [0.0, math.pi / 2, 2.5])
def test_a_robot_is_known_by_its_marker_from_every_side(camera, world, facts, distance_m, yaw_rad):
    world.join("r2", facts, "l1_s3_outer")
    other = world.bodies["r2"].mover
    other.x_m, other.y_m, other.yaw_rad = 30.0 + distance_m, 10.0, yaw_rad
    assert signs.robot_marker(1) in aruco_numbers(seen(camera, world, 30.0, 10.0, 0.0))


def test_every_checkpoint_and_charger_carries_a_marker_that_faces_it(hospital):
    marked = signs.node_markers(hospital)
    kinds = (NodeKind.CHECKPOINT, NodeKind.CHARGER)
    assert set(marked) == {node.node_id for node in hospital.nodes.values() if node.kind in kinds}
    assert len(set(marked.values())) == len(marked)
    rows = [row for level in hospital.levels for row in signs.panels_of(hospital, level, signs.Atlas())]
    assert len(rows) == 3 * len(marked) + sum(len(room.doors) for room in hospital.rooms.values())


def test_a_sign_hangs_beside_the_door_outside_the_room_and_not_behind_it(camera, world):
    """The pharmacy's door is at (29.2, 8) to (30.8, 8), the room south of it."""
    blue = (140, 85, 30)

    def plate_px(image):
        return int((abs(image.astype(int) - blue).max(axis=2) < 40).sum())

    assert plate_px(seen(camera, world, 30.0, 10.5, -math.pi / 2)) > 1000
    assert plate_px(seen(camera, world, 30.0, 5.5, math.pi / 2)) == 0


def test_a_sign_shows_both_languages(hospital):
    both = signs.text_picture(hospital.rooms["pharmacy"].names, signs.PLATE_M)
    one = signs.text_picture({"en": "Pharmacy"}, signs.PLATE_M)
    upper, lower = (abs(half.astype(int) - both[0, 0]).max(axis=2).any() for half in (both[:40], both[56:]))
    assert upper
    assert lower
    assert both.shape == one.shape
    assert (both != one).any()


def test_a_node_without_a_wall_near_it_has_its_marker_on_a_post(corridor):
    rows = signs.panels_of(corridor, "L1", signs.Atlas())
    qr = rows[1]  # after the door's plate
    middle = ((qr[0] + qr[2]) / 2.0, (qr[1] + qr[3]) / 2.0)
    assert math.dist(middle, (-3.0, 0.0)) < 2.0
