import math

import pytest

from fleet.links.building import DoorRequest, LiftRequest
from robots.drivers.base import (
    Announce,
    Blocked,
    BodyFault,
    Capture,
    Confirmed,
    Dose,
    Drive,
    Energy,
    Frame,
    Motion,
    Reached,
    Sensed,
    SetDevice,
    Watch,
    Waypoint,
)
from simulators.faults import (
    FireContact,
    Intrusion,
    Obstruction,
    PowerFailure,
    VisitorStays,
    apply_fault,
    parse_fault,
)
from simulators.world import World, WorldError, WorldSettings

QUIET = WorldSettings(walkers=0, frame_s=0.0)


def world_of(graph, **more):
    return World(graph, 1, 1000.0, WorldSettings(**{"walkers": 0, "frame_s": 0.0, **more}))


def way(*points, level="L1"):
    return Drive(
        path=tuple(
            Waypoint(x_m=x, y_m=y, level=level, seq=seq, speed_mps_max=1.0)
            for seq, (x, y) in enumerate(points, 1)
        )
    )


def run(world, seconds, kind=None):
    """What bodies said over that time; of one kind, when given."""
    said = [message for _, message in world.advance(world.now_s + seconds).from_body]
    return said if kind is None else [message for message in said if isinstance(message, kind)]


def test_a_robot_starts_at_a_free_charger_then_at_parking_then_nowhere(corridor, facts):
    world = world_of(corridor)
    assert world.join("r1", facts) == "charger"
    assert world.join("r2", facts) == "east"
    with pytest.raises(WorldError, match="no place is left to start at"):
        world.join("r3", facts)
    assert world.join("r3", facts, "middle") == "middle"
    with pytest.raises(WorldError, match="'moon' does not exist"):
        world.join("r4", facts, "moon")


def test_robots_are_spread_over_the_levels(hospital, facts):
    world = world_of(hospital)
    starts = [world.join(f"r{index}", facts) for index in range(6)]
    assert [hospital.nodes[start].level for start in starts] == ["L1", "L2", "L3"] * 2


def test_a_robot_of_another_fleet_graph_finds_no_place(corridor, facts):
    import msgspec

    with pytest.raises(WorldError):
        world_of(corridor).join("r1", msgspec.structs.replace(facts, graphs=("7",)))


def test_a_body_that_is_there_is_joined_where_it_stands_and_says_everything_again(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", way((10.0, 0.0)))
    run(world, 20.0)
    assert world.join("r1", facts, "west") == ""
    said = run(world, 0.1)
    kinds = [type(message) for message in said]
    assert Motion in kinds
    assert Energy in kinds
    assert Sensed in kinds
    assert next(m for m in said if isinstance(m, Motion)).x_m == 10.0


def test_it_drives_reports_its_points_and_where_it_is(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", way((5.0, 0.0), (10.0, 0.0)))
    said = run(world, 20.0)
    assert [m.seq for m in said if isinstance(m, Reached)] == [1, 2]
    motions = [m for m in said if isinstance(m, Motion)]
    assert max(m.speed_mps for m in motions) == 1.0
    assert (motions[-1].x_m, motions[-1].speed_mps) == (10.0, 0.0)
    assert 110 < len(motions) < 150  # ten a second for 12 s, then one a second


def test_the_same_seed_and_the_same_words_make_the_same_world(hospital, facts):
    def story(tick_s):
        world = world_of(hospital, walkers=6)
        world.join("r1", facts)
        return [world.advance(1000.0 + index * tick_s) for index in range(200)]

    assert story(0.25) == story(0.25)


def test_the_battery_falls_faster_while_driving_and_is_reported_every_five_seconds(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.bodies["r1"].battery.energy_j = 500.0 * 3600 * 0.5
    resting = run(world, 100.0, Energy)
    assert len(resting) == 20
    lost = 0.5 - resting[-1].battery_fraction
    assert lost == pytest.approx(20.0 * 100.0 / (500.0 * 3600), rel=0.1)
    world.tell("r1", way((20.0, 0.0)))
    moving = run(world, 20.0, Energy)
    assert moving[0].battery_fraction - moving[-1].battery_fraction > 2.5 * lost * 15.0 / 100.0


def test_it_charges_only_at_a_charger(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", SetDevice(device="charger", value="on"))
    assert not any(m.charging for m in run(world, 10.0, Energy))
    world.tell("r1", way((-3.0, 0.0)))
    said = run(world, 30.0, Energy)
    assert said[-1].charging
    assert said[-1].battery_fraction > said[0].battery_fraction
    world.tell("r1", SetDevice(device="charger", value="off"))
    assert not run(world, 0.1, Energy)[-1].charging


def test_an_empty_battery_is_a_fault_and_the_body_goes_dead(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.bodies["r1"].battery.energy_j = 200.0
    world.tell("r1", way((20.0, 0.0)))
    said = run(world, 10.0)
    assert said[-1] == BodyFault(code="battery_empty", message="the battery is empty: push it to a charger")
    x_m = world.bodies["r1"].mover.x_m
    assert run(world, 10.0) == []
    assert world.bodies["r1"].mover.x_m == x_m < 5.0


def test_it_brakes_for_a_closed_door_says_so_and_goes_on_when_it_opens(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "middle")
    world.tell("r1", way((10.0, 5.0)))
    said = run(world, 20.0, Blocked)
    assert [m.what for m in said] == ["door"]
    body = world.bodies["r1"]
    assert 1.2 < body.mover.y_m <= 2.0 - facts.radius_m
    world.request(DoorRequest(door="door", want="open"))
    assert [m.what for m in run(world, 20.0, Blocked)] == ["nothing"]
    assert body.mover.y_m == 5.0


def test_it_brakes_for_another_robot_and_for_a_thing_on_the_floor(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.join("r2", facts, "middle")
    world.tell("r1", way((20.0, 0.0)))
    assert [m.what for m in run(world, 30.0, Blocked)] == ["robot"]
    gap_m = 10.0 - world.bodies["r1"].mover.x_m
    assert 2 * facts.radius_m < gap_m < 1.2
    world.tell("r2", way((10.0, -5.0)))
    apply_fault(world, Obstruction(node="east"))
    assert run(world, 30.0, Blocked)[-1].what == "obstacle"
    assert 18.0 < world.bodies["r1"].mover.x_m < 19.5
    apply_fault(world, Obstruction(node="east", present=False))
    run(world, 10.0)
    assert world.bodies["r1"].mover.x_m == 20.0


def test_a_body_rides_with_the_cabin_and_another_in_front_of_it_does_not(tower, facts):
    world = world_of(tower)
    world.join("r1", facts, "l1_cabin")
    world.join("r2", facts, "l1_hall")
    path = (
        Waypoint(x_m=0.0, y_m=0.0, level="L2", seq=1, speed_mps_max=1.0, lift="lift"),
        Waypoint(x_m=0.0, y_m=-4.0, level="L2", seq=2, speed_mps_max=1.0),
    )
    world.tell("r1", Drive(path=path))
    assert run(world, 10.0, Reached) == []
    world.request(LiftRequest(lift="lift", session="r1", level="L2"))
    said = run(world, 30.0, Reached)
    assert [m.seq for m in said] == [1, 2]
    assert world.bodies["r1"].mover.level == "L2"
    assert world.bodies["r1"].mover.y_m == -4.0
    assert world.bodies["r2"].mover.level == "L1"


def test_nobody_drives_into_a_shaft(tower, facts):
    world = world_of(tower)
    world.join("r1", facts, "l2_hall")
    world.tell("r1", way((0.0, 0.0), level="L2"))
    run(world, 20.0)
    assert world.bodies["r1"].mover.y_m <= -1.2 - facts.radius_m


def test_a_paired_door_sensor_is_reported_at_once(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "inside")
    assert run(world, 2.0, Sensed)[-1].door_closed is None
    world.tell("r1", Watch(door="door"))
    assert run(world, 0.05, Sensed)[-1].door_closed is True
    world.request(DoorRequest(door="door", want="open"))
    assert run(world, 0.05, Sensed)[-1].door_closed is False


def test_a_person_behind_a_closed_door_is_not_seen_and_an_intruder_is_seen_within_a_tick(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "inside")
    world.tell("r1", Watch(door="door"))
    world.crowd.intrude("L1", (10.0, 0.5), world.now_s, 100.0)
    assert not run(world, 2.0, Sensed)[-1].person_seen
    apply_fault(world, Intrusion(room="room", stay_s=5.0))
    sensed = run(world, 0.05, Sensed)[-1]
    assert (sensed.person_seen, sensed.door_closed) == (True, False)
    assert sensed.person_m is not None
    assert sensed.person_m < 4.0
    assert not run(world, 20.0, Sensed)[-1].person_seen
    assert world.building.doors["door"].state == "closed"


def test_the_lamp_gives_a_dose_each_second_and_a_new_treatment_starts_at_zero(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "inside")
    world.tell("r1", Watch(door="door"))
    world.tell("r1", SetDevice(device="lamp", value="on"))
    doses = run(world, 30.0, Dose)
    assert 28 <= len(doses) <= 31
    assert doses[-1].minimum_j_m2 > doses[5].minimum_j_m2 > 0.0
    world.tell("r1", SetDevice(device="lamp", value="off"))
    assert run(world, 5.0, Dose) == []
    world.tell("r1", SetDevice(device="lamp", value="on"))
    assert run(world, 1.0, Dose)[0].minimum_j_m2 >= doses[-1].minimum_j_m2
    world.tell("r1", Watch(door="door"))
    assert run(world, 0.1, Dose) == [] or world.bodies["r1"].exposure.minimum_j_m2() < 1.0


def test_staff_load_an_open_tray_and_take_the_goods_after_the_journey(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", SetDevice(device="tray_lock", value="unlocked"))
    said = run(world, 15.0)
    assert Confirmed(what="loaded", value="staff") in said
    assert any(m.loaded for m in said if isinstance(m, Sensed))
    world.tell("r1", SetDevice(device="tray_lock", value="locked"))
    world.tell("r1", way((10.0, 0.0)))
    run(world, 20.0)
    assert world.bodies["r1"].loaded
    world.tell("r1", SetDevice(device="tray_lock", value="unlocked"))
    assert not run(world, 15.0, Sensed)[-1].loaded


def test_goods_are_not_taken_off_a_tray_that_asks_for_goods(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", Announce(texts={"en": "Please put the goods on the tray, then confirm."}))
    for _ in range(2):  # a pause locks the tray and opens it again
        world.tell("r1", SetDevice(device="tray_lock", value="unlocked"))
        assert Confirmed(what="loaded", value="staff") in run(world, 15.0)
        world.tell("r1", SetDevice(device="tray_lock", value="locked"))
    assert world.bodies["r1"].loaded


def test_nobody_reaches_into_a_tray_that_was_locked_again(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", SetDevice(device="tray_lock", value="unlocked"))
    run(world, 1.0)
    world.tell("r1", SetDevice(device="tray_lock", value="locked"))
    assert run(world, 20.0, Confirmed) == []
    assert not world.bodies["r1"].loaded


FOLLOW = Announce(texts={"en": "Please touch Start and follow me."})


def test_a_visitor_starts_follows_and_leaves_at_the_goodbye(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", FOLLOW)
    said = run(world, 10.0)
    assert Confirmed(what="start") in said
    world.tell("r1", way((20.0, 0.0)))
    gaps = [m.follower_m for m in run(world, 30.0, Sensed) if m.follower_m is not None]
    assert gaps
    assert max(gaps) < 8.0
    run(world, 30.0)
    visitor = world.crowd.follower_of("r1")
    assert visitor is not None
    assert math.dist(visitor.point, (20.0, 0.0)) < 1.6
    world.tell("r1", Announce(texts={"en": "Here we are: Ward 1. Goodbye."}))
    assert world.crowd.follower_of("r1") is None
    assert run(world, 2.0, Sensed)[-1].follower_m is None


def test_a_lost_visitor_stays_behind(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", FOLLOW)
    run(world, 10.0)
    apply_fault(world, VisitorStays(robot="r1"))
    world.tell("r1", way((20.0, 0.0)))
    assert run(world, 40.0, Sensed)[-1].follower_m is None


def test_a_visitor_who_stayed_for_a_while_comes_after(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", FOLLOW)
    run(world, 10.0)
    apply_fault(world, VisitorStays(robot="r1", for_s=20.0))
    world.tell("r1", way((20.0, 0.0)))
    assert run(world, 20.0, Sensed)[-1].follower_m is None
    assert run(world, 30.0, Sensed)[-1].follower_m < 1.6


def test_a_visitor_rides_along(tower, facts):
    world = world_of(tower)
    world.join("r1", facts, "l1_hall")
    world.tell("r1", FOLLOW)
    run(world, 10.0)
    world.request(LiftRequest(lift="lift", session="r1", level="L1"))
    run(world, 10.0)
    world.tell("r1", way((0.0, 0.0)))
    run(world, 15.0)
    world.request(LiftRequest(lift="lift", session="r1", level="L2"))
    ride = Waypoint(x_m=0.0, y_m=0.0, level="L2", seq=8, speed_mps_max=1.0, lift="lift")
    out = Waypoint(x_m=0.0, y_m=-4.0, level="L2", seq=9, speed_mps_max=1.0)
    world.tell("r1", Drive(path=(ride, out)))
    run(world, 60.0)
    visitor = world.crowd.follower_of("r1")
    assert (visitor.level, visitor.y_m < -2.0) == ("L2", True)


def test_a_person_in_the_way_steps_aside_after_a_while(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.crowd.intrude("L1", (5.0, 0.0), world.now_s, 1000.0)
    world.tell("r1", way((10.0, 0.0)))
    assert [m.what for m in run(world, 40.0, Blocked)] == ["person", "nothing"]
    assert world.bodies["r1"].mover.x_m == 10.0


def test_walkers_keep_to_the_corridors(hospital):
    world = world_of(hospital, walkers=9)
    for _ in range(120):
        world.advance(world.now_s + 5.0)
        for walker in world.crowd.persons():
            assert walker.here not in {n for room in hospital.rooms.values() for n in room.nodes}
    assert len({(w.level, round(w.x_m), round(w.y_m)) for w in world.crowd.persons()}) > 6


def test_a_capture_is_answered_with_its_tag(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", Capture(tag="a1"))
    frames = run(world, 0.05, Frame)
    assert [frame.tag for frame in frames] == ["a1"]
    assert frames[0].jpeg.startswith(b"\xff\xd8\xff")


def test_a_dead_body_hears_nothing_and_comes_back_when_power_does(corridor, facts):
    world = world_of(corridor)
    world.join("r1", facts, "west")
    world.tell("r1", SetDevice(device="lamp", value="on"))
    apply_fault(world, PowerFailure(robot="r1"))
    world.tell("r1", way((10.0, 0.0)))
    assert run(world, 10.0) == []
    assert not world.bodies["r1"].is_lit
    apply_fault(world, PowerFailure(robot="r1", failed=False))
    assert run(world, 0.1, Motion)[0].x_m == 0.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", "not a fault"),
        (b'{"fault": "Earthquake"}', "one of .*PowerFailure"),
        (b'{"fault": "DoorJam"}', "door"),
    ],
)
def test_a_fault_that_is_none_is_refused_in_one_sentence(text, words):
    with pytest.raises(WorldError, match=words):
        parse_fault(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"fault": "DoorJam", "door": "gate"}',
        b'{"fault": "LiftFailure", "lift": "hoist"}',
        b'{"fault": "PowerFailure", "robot": "r9"}',
        b'{"fault": "Intrusion", "room": "attic"}',
        b'{"fault": "Obstruction", "node": "moon"}',
    ],
)
def test_a_fault_of_something_that_is_not_there_names_it(text, corridor):
    with pytest.raises(WorldError, match="does not exist in this world"):
        apply_fault(world_of(corridor), parse_fault(text))


def test_fire_reaches_the_building(tower):
    world = world_of(tower)
    apply_fault(world, FireContact())
    assert world.building.fire


def test_a_body_that_is_removed_takes_its_follower_and_its_spray_with_it(corridor, facts):
    world = World(corridor, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))
    world.join("r1", facts, "west")
    world.tell("r1", Announce(texts={"en": "Please follow me"}))
    world.tell("r1", SetDevice(device="spray", value="on"))
    world.advance(1010.0)
    assert len(world.crowd.persons()) == 1
    world.remove("r1")
    world.advance(1020.0)
    assert world.bodies == {}
    assert world.crowd.persons() == []
    assert world.join("r1", facts, "east") == "east"
