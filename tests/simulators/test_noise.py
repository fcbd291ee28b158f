import itertools
import math

import pytest

from robots.drivers.base import Drive, Motion, Sensed, Waypoint
from simulators.faults import DoorOpened, HiddenPerson, LocalisationJump, Obstruction, apply_fault
from simulators.noise import HEALS_S, SLIP, Localisation
from simulators.sight import HEAT_M, SIGHT_M
from simulators.spots import quiet_spot
from simulators.world import World, WorldError, WorldSettings


def world_of(graph, **more):
    return World(graph, 1, 1000.0, WorldSettings(**{"walkers": 0, "frame_s": 0.0, **more}))


def motions(world, seconds):
    return [m for _, m in world.advance(world.now_s + seconds).from_body if isinstance(m, Motion)]


def test_the_error_is_smooth_bounded_differs_between_robots_and_is_the_same_for_a_seed():
    one, same, other = (Localisation(name, 0.03) for name in ("1 a", "1 a", "1 b"))
    times = [1000.0 + 0.1 * index for index in range(5000)]
    errors = [one.error(t, 0.0, 0.0) for t in times]
    assert errors == [same.error(t, 0.0, 0.0) for t in times]
    assert errors != [other.error(t, 0.0, 0.0) for t in times]
    assert 0.015 < max(abs(dx) for dx, _, _ in errors) <= 0.03
    assert max(math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(errors)) < 0.005


def test_slip_puts_the_pose_ahead_of_the_truth_while_driving():
    noise = Localisation("1 a", 0.03)
    still, driving = noise.error(1000.0, 0.0, 0.0), noise.error(1000.0, 0.0, 1.0)
    assert 0.0 < driving[0] - still[0] <= SLIP
    assert driving[1] == still[1]


def test_reports_err_by_centimetres_while_the_body_keeps_to_the_line(corridor, facts):
    world = world_of(corridor, localisation_m=0.03)
    world.join("r1", facts, "west")
    path = (Waypoint(x_m=20.0, y_m=0.0, level="L1", seq=1, speed_mps_max=1.0),)
    world.tell("r1", Drive(path=path))
    said = motions(world, 30.0)
    assert 0.005 < max(abs(m.y_m) for m in said) < 0.06
    assert (world.bodies["r1"].mover.x_m, world.bodies["r1"].mover.y_m) == (20.0, 0.0)


def test_a_jump_displaces_the_reports_and_not_the_body_and_heals(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    apply_fault(world, LocalisationJump(robot="r1", dx_m=2.0, dy_m=-1.0, for_s=10.0))
    during = motions(world, 9.0)
    assert {(m.x_m, m.y_m) for m in during} == {(2.0, -1.0)}
    assert world.bodies["r1"].mover.point == (0.0, 0.0)
    assert motions(world, HEALS_S + 5.0)[-1].x_m == 0.0
    with pytest.raises(WorldError, match=r"dx_m is 99\.0; give -50 to 50"):
        apply_fault(world, LocalisationJump(robot="r1", dx_m=99.0, dy_m=0.0))


def test_a_hidden_person_is_felt_near_by_and_by_no_sensor_further_off(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "inside")
    mover = world.bodies["r1"].mover
    apply_fault(world, HiddenPerson(room="room"))
    (person,) = world.crowd.persons()
    assert (person.x_m, person.y_m) == quiet_spot(corridor, corridor.rooms["room"])

    def is_seen():
        return [m for _, m in world.advance(world.now_s + 2.0).from_body if isinstance(m, Sensed)][
            -1
        ].person_seen

    assert is_seen()
    mover.x_m, mover.y_m = 20.0 - person.x_m, 10.0 - person.y_m  # the opposite corner
    assert HEAT_M < math.dist(mover.point, person.point) < SIGHT_M
    assert not is_seen()
    mover.x_m, mover.y_m = 10.0, 0.0  # in the corridor, behind the wall
    assert not is_seen()
    world.advance(world.now_s + 700.0)
    assert world.crowd.persons() == []


def test_somebody_opens_a_door_by_hand_and_it_closes_again(corridor, facts):
    world = world_of(corridor)
    apply_fault(world, DoorOpened(door="door"))
    assert world.building.doors["door"].is_passable
    world.advance(world.now_s + 10.0)
    assert world.building.doors["door"].state == "closed"


def test_a_bed_in_the_lane_stops_a_robot_earlier_than_a_box(corridor, facts):
    def stops_at(radius_m):
        world = world_of(corridor)
        world.join("r1", facts, "west")
        apply_fault(world, Obstruction(node="middle", radius_m=radius_m))
        path = (Waypoint(x_m=20.0, y_m=0.0, level="L1", seq=1, speed_mps_max=1.0),)
        world.tell("r1", Drive(path=path))
        world.advance(world.now_s + 30.0)
        return world.bodies["r1"].mover.x_m

    assert stops_at(0.3) - stops_at(1.0) == pytest.approx(0.7, abs=0.05)
