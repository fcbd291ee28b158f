"""A world that starts again finds its bodies where it left them."""

from pathlib import Path

import msgspec
import pytest

from maps.graph import SiteGraph
from robots.drivers.base import Drive, Waypoint
from robots.protocol import Factsheet
from simulators.keeping import KeepingFile, keep, recall
from simulators.world import World, WorldSettings

SETTINGS = WorldSettings(walkers=0, frame_s=0.0)


def test_bodies_lifts_and_loads_are_found_again(
    hospital: SiteGraph, facts: Factsheet, tmp_path: Path
) -> None:
    world = World(hospital, 1, 0.0, SETTINGS)
    world.join("a", facts)
    body = world.bodies["a"]
    goal = Waypoint(
        x_m=body.mover.x_m + 1.0, y_m=body.mover.y_m, level=body.mover.level, seq=1, speed_mps_max=1.0
    )
    world.tell("a", Drive(path=(goal,)))
    world.advance(2.0)
    body.loaded = True
    lift = next(iter(world.building.lifts.values()))
    lift.level = next(level for level in lift.lift.cabin_nodes if level != lift.level)
    KeepingFile(tmp_path / "world.json").save(keep(world))

    again = World(hospital, 2, 100.0, SETTINGS)
    kept = KeepingFile(tmp_path / "world.json").load()
    assert kept is not None
    assert recall(again, kept)
    assert again.join("a", facts) == "", "its body stood already"
    found = again.bodies["a"]
    assert found.mover.point == body.mover.point
    assert found.mover.yaw_rad == body.mover.yaw_rad
    assert found.battery.fraction == pytest.approx(body.battery.fraction)
    assert found.loaded
    assert again.building.lifts[lift.lift.lift_id].level == lift.level


def test_a_robot_that_has_not_joined_again_is_not_forgotten_and_keeps_its_place(
    hospital: SiteGraph, facts: Factsheet
) -> None:
    world = World(hospital, 1, 0.0, SETTINGS)
    first = world.join("a", facts)
    again = World(hospital, 1, 0.0, SETTINGS)
    assert recall(again, keep(world))
    assert again.join("b", facts) != first
    assert set(keep(again).bodies) == {"a", "b"}


def test_another_site_recalls_nothing(hospital: SiteGraph, corridor: SiteGraph, facts: Factsheet) -> None:
    world = World(hospital, 1, 0.0, SETTINGS)
    world.join("a", facts)
    other = World(corridor, 1, 0.0, SETTINGS)
    assert not recall(other, keep(world))
    assert other.kept == {}


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    file = KeepingFile(tmp_path / "world.json")
    assert file.load() is None
    (tmp_path / "world.json").write_text("{")
    with pytest.raises(msgspec.DecodeError):
        file.load()
