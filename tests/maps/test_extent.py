import math
from dataclasses import replace
from pathlib import Path

import pytest

from maps.elements import Room, RoomKind, Site, Zone, ZoneKind
from maps.errors import SiteError
from maps.extent import refuse_far
from maps.load import load

SITES = Path(__file__).parent / "sites"
FAR = ((0.0, 0.0), (1e300, 0.0), (0.0, 1.0))


def test_sites_on_earth_are_taken(tower: Site, two_rooms: Site) -> None:
    refuse_far(tower, "tower.yaml")
    refuse_far(two_rooms, "two_rooms.yaml")
    moved = tuple(replace(node, x_m=node.x_m + 2.0e7) for node in tower.nodes)
    refuse_far(replace(tower, nodes=moved), "web_mercator.yaml")


@pytest.mark.parametrize("far", [1e8, -1e308, math.inf, math.nan])
def test_node_beyond_the_earth_is_refused(tower: Site, far: float) -> None:
    nodes = (replace(tower.nodes[0], y_m=far), *tower.nodes[1:])
    with pytest.raises(SiteError, match=r"tower\.yaml: node 'hall': .* lies beyond the earth; write metres"):
        refuse_far(replace(tower, nodes=nodes), "tower.yaml")


def test_whatever_lies_beyond_is_named(tower: Site) -> None:
    level, door, lift = tower.levels[0], tower.doors[0], tower.lifts[0]
    wall = replace(level.walls[0], end=FAR[1])
    room = Room(room_id="r", level="L1", names={}, polygon=FAR, kind=RoomKind.OTHER)
    zone = Zone(zone_id="z", level="L1", names={}, kind=ZoneKind.NO_GO, polygon=FAR)
    for changed, element in (
        (replace(tower, levels=(replace(level, walls=(wall,)),)), "walls of level 'L1'"),
        (replace(tower, doors=(replace(door, start=FAR[1]),)), f"door '{door.door_id}'"),
        (replace(tower, lifts=(replace(lift, center=FAR[1]),)), f"lift '{lift.lift_id}'"),
        (replace(tower, rooms=(room,)), "room 'r'"),
        (replace(tower, zones=(zone,)), "zone 'z'"),
    ):
        with pytest.raises(SiteError, match=element):
            refuse_far(changed, "tower.yaml")


def test_file_with_a_slip_of_the_pen_is_refused(tmp_path: Path) -> None:
    text = (SITES / "tower.yaml").read_text(encoding="utf-8").replace("at: [13, 3]", "at: [1.0e+308, 3]")
    (tmp_path / "tower.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=r"node 'charger_2': .* lies beyond the earth"):
        load(tmp_path / "tower.yaml")
