from fleet.links.building import (
    BuildingHello,
    DoorRequest,
    DoorState,
    FireState,
    LiftRelease,
    LiftRequest,
    LiftState,
)
from simulators.building import Building


def nobody(level, leaf):
    return False


def somebody(level, leaf):
    return True


def run(building, seconds, occupied=nobody):
    """Reports over that time, in order."""
    said = []
    for _ in range(round(seconds / 0.1)):
        building.advance(0.1, occupied)
        said += building.reports()
    return said


def states(said, kind=DoorState):
    return [report.state for report in said if isinstance(report, kind)]


def test_hello_is_answered_with_the_state_of_everything(tower, corridor):
    for graph, kinds in ((corridor, [DoorState, FireState]), (tower, [LiftState, FireState])):
        building = Building(graph)
        run(building, 0.1)
        building.request(BuildingHello(site_id="x"))
        assert [type(report) for report in building.reports()] == kinds


def test_a_door_opens_in_its_time_and_says_each_state_once(corridor):
    building = Building(corridor)
    run(building, 0.1)
    building.request(DoorRequest(door="door", want="open"))
    assert states(run(building, 2.8)) == ["moving"]
    assert states(run(building, 0.5)) == ["open"]
    building.request(DoorRequest(door="door", want="open"))
    assert states(run(building, 1.0)) == []
    building.request(DoorRequest(door="door", want="closed"))
    assert states(run(building, 4.0))[-1] == "closed"


def test_a_door_does_not_close_on_anybody_and_closes_when_they_are_gone(corridor):
    building = Building(corridor)
    building.request(DoorRequest(door="door", want="open"))
    run(building, 4.0)
    building.request(DoorRequest(door="door", want="closed"))
    run(building, 1.0)
    run(building, 5.0, somebody)
    assert building.doors["door"].is_passable
    assert states(run(building, 4.0))[-1] == "closed"


def test_a_jammed_door_says_that_it_is_stuck_and_moves_when_freed(corridor):
    building = Building(corridor)
    run(building, 0.1)
    building.jam("door", True)
    building.request(DoorRequest(door="door", want="open"))
    assert states(run(building, 5.0)) == ["stuck"]
    building.jam("door", False)
    assert states(run(building, 4.0))[-1] == "open"


def test_shaft_doors_are_no_doors_of_their_own(tower):
    assert Building(tower).doors == {}


def lift_state(building):
    return building.lifts["lift"].state()


def test_a_lift_comes_opens_and_stays_open_for_its_session(tower):
    building = Building(tower)
    building.request(LiftRequest(lift="lift", session="r1", level="L2"))
    said = run(building, 15.0)
    assert LiftState(lift="lift", level="L1", doors="closed", session="r1") in said
    assert lift_state(building) == LiftState(lift="lift", level="L2", doors="open", session="r1")
    run(building, 60.0)
    assert lift_state(building).doors == "open"


def test_a_second_session_has_to_wait_until_the_first_is_released(tower):
    building = Building(tower)
    building.request(LiftRequest(lift="lift", session="r1", level="L2"))
    run(building, 15.0)
    building.request(LiftRequest(lift="lift", session="r2", level="L1"))
    assert run(building, 10.0) == []
    assert lift_state(building).session == "r1"
    building.request(LiftRelease(lift="lift", session="r2"))
    assert lift_state(building).session == "r1"
    building.request(LiftRelease(lift="lift", session="r1"))
    assert lift_state(building).session == ""
    building.request(LiftRequest(lift="lift", session="r2", level="L1"))
    run(building, 15.0)
    assert lift_state(building) == LiftState(lift="lift", level="L1", doors="open", session="r2")


def test_a_cabin_does_not_leave_while_somebody_stands_in_its_doorway(tower):
    building = Building(tower)
    building.request(LiftRequest(lift="lift", session="r1", level="L1"))
    run(building, 5.0)
    building.request(LiftRequest(lift="lift", session="r1", level="L2"))
    run(building, 20.0, somebody)
    assert lift_state(building).level == "L1"
    run(building, 20.0)
    assert lift_state(building).level == "L2"


def test_fire_recalls_the_lifts_and_keeps_them_open_until_reset(tower):
    building = Building(tower)
    building.request(LiftRequest(lift="lift", session="r1", level="L2"))
    run(building, 15.0)
    building.set_fire(True)
    said = run(building, 30.0)
    assert FireState(active=True) in said
    state = lift_state(building)
    assert (state.level, state.doors, state.available, state.session) == ("L1", "open", False, "r1")
    building.set_fire(False)
    assert lift_state(building).available
    assert FireState(active=False) in run(building, 0.2)


def test_a_dead_lift_stands_still_and_says_that_it_is_not_available(tower):
    building = Building(tower)
    run(building, 0.1)
    building.kill_lift("lift", True)
    building.request(LiftRequest(lift="lift", session="r1", level="L2"))
    run(building, 30.0)
    assert not lift_state(building).available
    assert lift_state(building).level == "L1"
    building.kill_lift("lift", False)
    run(building, 15.0)
    assert lift_state(building) == LiftState(lift="lift", level="L2", doors="open", session="r1")


def test_requests_for_what_is_not_there_change_nothing(corridor):
    building = Building(corridor)
    run(building, 0.1)
    building.request(DoorRequest(door="gate", want="open"))
    building.request(DoorRequest(door="door", want="ajar"))
    building.request(LiftRequest(lift="hoist", session="r1", level="L1"))
    building.request(LiftRelease(lift="hoist", session="r1"))
    assert run(building, 1.0) == []
