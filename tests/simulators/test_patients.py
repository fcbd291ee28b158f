import pytest

from maps.elements import RoomKind
from maps.geometry import inside
from simulators.patients import Patients
from simulators.world import World, WorldSettings


def test_who_is_in_bed_follows_from_seed_and_hour_and_wards_are_emptiest_at_noon(hospital):
    patients = Patients(hospital, 1)
    by_hour = [len(patients.in_bed(hour)) for hour in range(24)]
    assert by_hour == [len(Patients(hospital, 1).in_bed(hour)) for hour in range(24)]
    assert by_hour[2] == by_hour[23] == max(by_hour) > min(by_hour) == min(by_hour[8:19])
    wards = [room for room in hospital.rooms.values() if room.kind is RoomKind.WARD]
    assert 0 < max(by_hour) < len(wards)
    for person in patients.in_bed(2.0):
        room = hospital.rooms[person.person_id.removeprefix("patient-")]
        assert inside(person.point, room.polygon)
        assert room.kind is RoomKind.WARD


@pytest.mark.parametrize(("patients", "seen"), [(True, True), (False, False)])
def test_a_robot_in_an_occupied_ward_sees_the_patient_and_is_not_stopped_by_the_bed(
    hospital, facts, patients, seen
):
    from robots.drivers.base import Drive, Sensed, Waypoint

    night_s = 1_800_000_000.0 // 86400.0 * 86400.0 + 18 * 3600.0  # two in the morning in Shanghai
    world = World(hospital, 1, night_s, WorldSettings(walkers=0, frame_s=0.0, patients=patients))
    ward = Patients(hospital, 1).in_bed(2.0)[0].person_id.removeprefix("patient-")
    inner = next(hospital.nodes[node] for node in hospital.rooms[ward].nodes)
    world.join("r1", facts, inner.node_id)
    x_m, y_m = inner.x_m + 1.0, inner.y_m
    path = (Waypoint(x_m=x_m, y_m=y_m, level=inner.level, seq=1, speed_mps_max=1.0),)
    world.tell("r1", Drive(path=path))
    said = [m for _, m in world.advance(night_s + 20.0).from_body if isinstance(m, Sensed)]
    assert said[-1].person_seen == seen
    assert world.bodies["r1"].mover.point == (x_m, y_m)
