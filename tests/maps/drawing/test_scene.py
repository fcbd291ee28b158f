"""What a level's drawing holds, before anybody paints it."""

from dataclasses import replace

import pytest

from maps.drawing.scene import scene
from maps.drawing.shapes import Area, Label, Line, Scene, Shape, Sign
from maps.elements import NodeKind, Side, Site, Zone, ZoneKind
from maps.errors import SiteError
from maps.findings import Case, Finding, Location, error, info, warning
from maps.graph import SiteGraph

SQUARE = ((2.0, 2.0), (8.0, 2.0), (8.0, 6.0), (2.0, 6.0))


def _refs(shapes: tuple[Shape, ...]) -> list[str]:
    return [ref for shape in shapes if isinstance(shape, Area | Line | Sign | Label) for ref in shape.refs]


def _looks(shapes: tuple[Shape, ...]) -> list[str]:
    return [shape.look for shape in shapes]


def test_scene_holds_what_lies_on_the_level(two_rooms: Site) -> None:
    drawn = scene(two_rooms, "L1")
    assert _refs(drawn.layer("rooms")) == ["room:room_a", "room:room_b"]
    assert _refs(drawn.layer("doors")) == [f"door:{door.door_id}" for door in two_rooms.doors]
    assert _refs(drawn.layer("nodes")) == [f"node:{node.node_id}" for node in two_rooms.nodes]
    assert sorted(_refs(drawn.layer("lanes"))) == sorted(f"edge:{edge.edge_id}" for edge in two_rooms.edges)
    assert drawn.content_hash == SiteGraph(two_rooms).content_hash()


def test_two_way_lane_is_one_line_that_names_both_edges(two_rooms: Site) -> None:
    lanes = [shape for shape in scene(two_rooms, "L1").layer("lanes") if isinstance(shape, Line)]
    both = next(lane for lane in lanes if "edge:west>door_a" in lane.refs)
    assert both.refs == ("edge:west>door_a", "edge:door_a>west")
    assert both.look == "lane"


def test_one_way_lanes_have_an_arrow_that_points_along_them(tower: Site) -> None:
    drawn = scene(tower, "L1")
    assert _looks(drawn.layer("lanes")).count("lane one_way") == 4
    arrows = {shape.refs: shape.yaw_rad for shape in drawn.layer("arrows") if isinstance(shape, Sign)}
    assert len(arrows) == 4
    assert arrows[("edge:hall_west>hall_south",)] == pytest.approx(-1.5708, abs=1e-3)


def test_rides_are_not_drawn_and_shaft_doors_are_told_from_others(tower: Site) -> None:
    drawn = scene(tower, "L1")
    assert not any("lift_1>lift_2" in ref for ref in _refs(drawn.layer("lanes")))
    assert _looks(drawn.layer("doors")) == ["door shaft"]
    assert _refs(drawn.layer("lifts")) == ["lift:lift"]


def test_floor_is_what_the_walls_enclose_although_there_is_an_entrance(two_rooms: Site) -> None:
    (floor,) = scene(two_rooms, "L1").layer("floor")
    assert isinstance(floor, Area)
    xs, ys = [x for x, _ in floor.corners], [y for _, y in floor.corners]
    assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx((0, 0, 24, 14), abs=0.1)


def test_level_without_anything_is_drawn_empty(tower: Site) -> None:
    bare = replace(tower.levels[0], level_id="roof", walls=())
    drawn = scene(replace(tower, levels=(*tower.levels, bare)), "roof")
    assert all(layer.shapes == () for layer in drawn.layers)
    assert drawn.bounds == (-1.0, -1.0, 1.0, 1.0)


def test_unknown_level_is_refused_with_those_that_are_there(tower: Site) -> None:
    with pytest.raises(SiteError, match="there is no level 'L9'; use one of L1, L2"):
        scene(tower, "L9")


def test_zone_says_its_kind_its_way_and_its_rules(two_rooms: Site) -> None:
    slow = Zone(
        zone_id="slow",
        level="L1",
        names={"en": "Slow"},
        kind=ZoneKind.SLOW,
        polygon=SQUARE,
        speed_mps_max=0.5,
    )
    way = replace(slow, zone_id="way", kind=ZoneKind.ONE_WAY, speed_mps_max=None, direction_rad=0.5)
    barred = replace(slow, zone_id="barred", kind=ZoneKind.NO_GO, names={"en": "Barred"})
    drawn = scene(replace(two_rooms, zones=(barred, slow, way)), "L1")
    # What bars the way lies above what only slows it.
    assert _looks(drawn.layer("zones")) == ["zone slow", "zone one_way", "arrow zone", "zone no_go"]
    names = {
        ref: label.names for label in drawn.layer("names") if isinstance(label, Label) for ref in label.refs
    }
    assert names["zone:slow"] == {"en": "Slow · 0.5 m/s"}


def test_arrow_of_a_bent_zone_lies_in_it(two_rooms: Site) -> None:
    bent = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (9.0, 10.0), (9.0, 1.0), (0.0, 1.0))
    zone = Zone(zone_id="bent", level="L1", names={}, kind=ZoneKind.ONE_WAY, polygon=bent, direction_rad=0.0)
    (arrow,) = [
        one for one in scene(replace(two_rooms, zones=(zone,)), "L1").layer("zones") if isinstance(one, Sign)
    ]
    x, y = arrow.at
    assert (0 < x < 10 and 0 < y < 1) or (9 < x < 10 and 0 < y < 10)


def test_node_says_kind_side_and_heading(two_rooms: Site) -> None:
    nodes = tuple(
        replace(node, kind=NodeKind.HOLD_POINT, side=Side.DIRTY, yaw_rad=1.0)
        if node.node_id == "west"
        else node
        for node in two_rooms.nodes
    )
    signs = {
        one.refs: one
        for one in scene(replace(two_rooms, nodes=nodes), "L1").layer("nodes")
        if isinstance(one, Sign)
    }
    assert signs[("node:west",)].look == "node hold_point dirty"
    assert signs[("node:west",)].yaw_rad == 1.0


def _marks(drawn: Scene) -> list[tuple[str, int | None]]:
    return [(one.look, one.number) for one in drawn.layer("findings") if isinstance(one, Sign)]


def test_findings_are_marked_where_they_are_the_gravest_first(tower: Site) -> None:
    here = Location(level="L2", x_m=8.0, y_m=6.0)
    there = Location(level="L1", x_m=1.0, y_m=1.0)
    found = [
        info("no_parking", "site", "No parking.", "Add one."),
        warning("w", "node 'y'", "Odd.", "Look.", here),
        error("off_lane", "node 'x'", "Look here.", "Mend it.", here),
        error("off_lane", "node 'z'", "Elsewhere.", "Mend it.", there),
    ]
    drawn = scene(tower, "L2", found)
    assert _marks(drawn) == [("finding error", 1), ("finding warning", 2)]
    assert [(remark.number, remark.text) for remark in drawn.remarks] == [
        (1, "Look here. Mend it."),
        (2, "Odd. Look."),
        (None, "No parking. Add one."),
    ]


def test_finding_that_holds_in_several_places_is_marked_in_each(tower: Site) -> None:
    here, there = Location(level="L2", x_m=8.0, y_m=6.0), Location(level="L2", x_m=3.0, y_m=6.0)
    found: list[Finding] = [
        warning("w", "node 'y'", "Odd.", "Look.", here, (Case(element="node 'z'", place=there),))
    ]
    assert _marks(scene(tower, "L2", found)) == [("finding warning", 1), ("finding warning", 1)]


def test_zone_that_covers_a_room_is_known_by_its_pattern_alone(two_rooms: Site) -> None:
    room = two_rooms.rooms[0]
    zone = Zone(zone_id="z", level="L1", names={"en": "Z"}, kind=ZoneKind.PRIVATE, polygon=room.polygon)
    assert "zone:z" not in _refs(scene(replace(two_rooms, zones=(zone,)), "L1").layer("names"))
    wider = replace(zone, polygon=((0.0, 0.0), (24.0, 0.0), (24.0, 14.0), (0.0, 14.0)))
    assert "zone:z" in _refs(scene(replace(two_rooms, zones=(wider,)), "L1").layer("names"))
