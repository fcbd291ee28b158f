"""Faults as an operator handles them."""

from typing import get_args

import pytest

from simulators.fault_board import FaultBoard, described, kinds, read_fault
from simulators.faults import AnyWorldFault
from simulators.world import World, WorldError, WorldSettings


@pytest.fixture
def world(corridor):
    return World(corridor, 1, 1000.0, WorldSettings(walkers=0, frame_s=0.0))


def jam(**more):
    return read_fault("DoorJam", {"door": "door", **more})


def test_every_kind_of_fault_is_listed_with_its_fields():
    listed = {kind["fault"]: kind for kind in described()}
    assert list(listed) == [kind.__name__ for kind in get_args(AnyWorldFault)] == list(kinds())
    assert listed["DoorJam"]["fields"] == {"door": "str", "jammed": "bool = True"}
    assert listed["DoorJam"]["heals"]
    assert not listed["VisitorStays"]["heals"]


def test_a_fault_with_a_time_heals_by_itself_in_world_time(world):
    board = FaultBoard(world)
    board.inject(jam(), 30.0)
    assert world.building.doors["door"].jammed
    assert board.active() == [{"fault": "DoorJam", "door": "door", "jammed": True, "heals_in_s": 30.0}]
    world.advance(1029.0)
    assert board.advance() == []
    world.advance(1030.0)
    assert board.advance() == [jam()]
    assert not world.building.doors["door"].jammed
    assert board.active() == []


def test_the_same_fault_again_sets_its_time_anew(world):
    board = FaultBoard(world)
    board.inject(jam(), 5.0)
    board.inject(jam())
    world.advance(1010.0)
    assert board.advance() == []
    assert board.active()[0]["heals_in_s"] is None


def test_a_fault_that_is_said_to_be_over_is_not_active(world):
    board = FaultBoard(world)
    board.inject(jam())
    board.inject(jam(jammed="false"))
    assert board.active() == []
    assert not world.building.doors["door"].jammed


def test_healing_can_mean_all_one_kind_or_one_thing(world):
    board = FaultBoard(world)
    fire, thing = read_fault("FireContact", {}), read_fault("Obstruction", {"node": "middle"})
    for fault in (jam(), fire, thing):
        board.inject(fault)
    assert board.heal("DoorJam", "gate") == []
    assert board.heal(subject="door") == [jam()]
    assert board.heal("FireContact") == [fire]
    assert board.heal() == [thing]
    assert not world.building.fire
    assert world.ways.obstacles == {}


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("Flood", {}, "fault 'Flood' does not exist; there are .*PowerFailure, DoorJam"),
        ("DoorJam", {"gate": "x"}, "DoorJam has no field 'gate'; it has door, jammed"),
        ("DoorJam", {}, "missing required field `door`.*its fields are door, jammed"),
        ("Intrusion", {"room": "room", "stay_s": "long"}, r"stay_s.*its fields are room, stay_s"),
    ],
)
def test_what_is_no_fault_is_refused_with_what_there_is(name, values, sentence):
    with pytest.raises(WorldError, match=sentence):
        read_fault(name, values)


def test_a_thing_that_is_not_there_is_refused_with_those_that_are(world):
    with pytest.raises(WorldError, match="door 'gate' does not exist in this world; there are door"):
        FaultBoard(world).inject(read_fault("DoorJam", {"door": "gate"}))


@pytest.mark.parametrize("for_s", [0.0, -3.0, float("nan"), float("inf")])
def test_a_time_to_heal_that_is_none_is_refused(world, for_s):
    with pytest.raises(WorldError, match="give seconds above 0"):
        FaultBoard(world).inject(jam(), for_s)


def test_what_passes_by_itself_takes_no_time_to_heal(world):
    with pytest.raises(WorldError, match="Intrusion passes by itself"):
        FaultBoard(world).inject(read_fault("Intrusion", {"room": "room"}), 5.0)


def test_smoke_and_weather_are_healed_to_what_is_calm(world):
    board = FaultBoard(world)
    smoke = read_fault("Smoke", {"place": "room", "density_per_m": "0.8"})
    board.inject(smoke, 10.0)
    board.inject(read_fault("WeatherFront", {"wind_mps": 12.0}))
    world.advance(1010.0)
    assert board.advance() == [smoke]
    assert world.conditions.smoke_per_m["room"] == 0.0
    assert [fault["fault"] for fault in board.active()] == ["WeatherFront"]
    board.heal()
    assert world.conditions.sky.front.wind_mps is None
