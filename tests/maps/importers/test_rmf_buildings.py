"""The real buildings, compared with graphs that somebody else derived from the same files."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from shapely import LineString, Polygon, unary_union

from maps.elements import NodeKind, RoomKind, Site
from maps.geometry import inside
from maps.graph import SiteGraph
from maps.load import load
from maps.site_file import dumps, loads
from maps.stats import stats

BUILDINGS = ("clinic", "hotel", "office", "campus", "conference", "turtlebot3_world")
LENGTH_FRACTION, LENGTH_M = 0.01, 0.01
POSITION_M = 0.1


@pytest.fixture(scope="module", params=BUILDINGS)
def pair(request: pytest.FixtureRequest, building: Callable[[str], Path]) -> tuple[Site, dict[str, Any]]:
    """Our site and the reference graph of one building."""
    path = building(request.param)
    reference = json.loads((path.parent / f"{request.param}.nav_graph.json").read_text(encoding="utf-8"))
    return load(path), reference


def _ours(site: Site, graph: str) -> nx.MultiDiGraph:
    found = nx.MultiDiGraph()
    for edge in site.edges:
        if graph in edge.graphs:
            found.add_edge(edge.source, edge.target, length_m=edge.length_m)
    return found


def _theirs(reference: dict[str, Any], graph: int) -> nx.MultiDiGraph:
    found = nx.MultiDiGraph()
    for edge in reference["edges"]:
        if edge["graph"] == graph:
            found.add_edge(edge["source"], edge["target"], length_m=edge["length"])
    return found


def _parts(graph: nx.MultiDiGraph) -> set[frozenset[str]]:
    return {frozenset(part) for part in nx.strongly_connected_components(graph)}


def test_fleet_graphs_are_those_of_the_reference(pair: tuple[Site, dict[str, Any]]) -> None:
    site, reference = pair
    names = [graph["name"] for graph in stats(site)["graphs"]]
    assert names == [str(graph) for graph in reference["graphs"]]
    for graph in reference["graphs"]:
        ours, theirs = _ours(site, str(graph)), _theirs(reference, graph)
        assert set(ours) == set(theirs)
        assert sorted(ours.edges()) == sorted(theirs.edges())
        assert _parts(ours) == _parts(theirs)


def test_lengths_agree_to_a_hundredth(pair: tuple[Site, dict[str, Any]]) -> None:
    site, reference = pair
    ours = {(edge.source, edge.target): edge.length_m for edge in site.edges}
    for edge in reference["edges"]:
        gap_m = abs(ours[edge["source"], edge["target"]] - edge["length"])
        assert gap_m <= max(LENGTH_M, LENGTH_FRACTION * edge["length"]), edge


def test_nodes_lie_where_the_reference_has_them_with_y_up(pair: tuple[Site, dict[str, Any]]) -> None:
    site, reference = pair
    ours = {node.node_id: node for node in site.nodes}
    assert list(ours) == sorted(ours, key=lambda name: (name.split("/")[0], int(name.split("/")[1])))
    assert set(ours) == {node["id"] for node in reference["nodes"]}
    for node in reference["nodes"]:
        here = ours[node["id"]]
        assert math.dist((here.x_m, here.y_m), (node["x"], node["y"])) < POSITION_M, node
        assert here.level == node["level"]


def test_kinds_and_names_are_those_of_the_reference(pair: tuple[Site, dict[str, Any]]) -> None:
    site, reference = pair
    ours = {node.node_id: node for node in site.nodes}
    for node in reference["nodes"]:
        here = ours[node["id"]]
        assert (here.kind is NodeKind.CHARGER) == bool(node.get("is_charger"))
        assert (here.kind is NodeKind.LIFT_CABIN) == bool(node.get("lift_cabin"))
        assert here.names.get("en", "").startswith(node["name"])
        assert bool(here.names) == bool(node["name"])


def test_names_are_unique_and_lead_to_their_node(pair: tuple[Site, dict[str, Any]]) -> None:
    site, _ = pair
    graph = SiteGraph(site)
    for place in graph.places.values():
        assert graph.resolve_place(place.names["en"]).node == place.node


def test_imported_site_survives_our_file_exactly(pair: tuple[Site, dict[str, Any]]) -> None:
    site, _ = pair
    assert loads(dumps(site)) == site


def test_clinic_has_the_levels_doors_and_lifts_of_its_file(building: Callable[[str], Path]) -> None:
    site = load(building("clinic"))
    counted = stats(site)
    assert [counted[key] for key in ("levels", "nodes", "doors", "lifts")] == [2, 95, 132, 4]
    cabins = {lift.lift_id: lift.cabin_nodes for lift in site.lifts}
    assert cabins == {
        "lift_1": {"L1": "L1/370", "L2": "L2/281"},
        "lift_2": {},
        "lift_24": {},
        "lift_25": {"L1": "L1/363", "L2": "L2/280"},
    }
    assert [len(level.walls) for level in site.levels] == [360, 259]


def test_duplicate_names_in_the_clinic_are_told_apart_by_fleet_graph(building: Callable[[str], Path]) -> None:
    site = load(building("clinic"))
    names = {node.node_id: node.names.get("en") for node in site.nodes}
    assert names["L1/422"] == "L1_sub_waiting_area_4 (graph 0)"
    assert names["L1/445"] == "L1_sub_waiting_area_4 (graph 1)"
    assert sum("used several times" in note for note in site.notes) == 2


@pytest.mark.parametrize(("name", "count"), [("clinic", 4), ("hotel", 6), ("conference", 2)])
def test_cabins_are_entered_through_their_shaft_doors_alone(
    name: str, count: int, building: Callable[[str], Path]
) -> None:
    graph = SiteGraph(load(building(name)))
    entered = 0
    for lift in graph.lifts.values():
        for level, cabin in lift.cabin_nodes.items():
            (shaft_door,) = lift.doors[level]
            leaf = LineString([graph.doors[shaft_door].start, graph.doors[shaft_door].end])
            ways = [edge for edge in graph.edges_from(cabin) if edge.lift is None]
            assert all(not edge.doors for edge in ways)
            assert any(LineString([graph.point(e.source), graph.point(e.target)]).crosses(leaf) for e in ways)
            entered += 1
    assert entered == count


def test_doors_are_commanded_where_a_lane_crosses_them_and_lie_on_it(building: Callable[[str], Path]) -> None:
    graph = SiteGraph(load(building("clinic")))
    crossed = {crossing.door for edge in graph.edges.values() for crossing in edge.doors}
    shaft = {door for lift in graph.lifts.values() for ids in lift.doors.values() for door in ids}
    assert {door.door_id for door in graph.doors.values() if door.automatic} == crossed | shaft
    assert len(crossed) == 13
    for edge in graph.edges.values():
        line = LineString([graph.point(edge.source), graph.point(edge.target)])
        for crossing in edge.doors:
            leaf = LineString([graph.doors[crossing.door].start, graph.doors[crossing.door].end])
            assert line.interpolate(crossing.at_m).distance(leaf) < 0.01


def test_lift_property_that_names_no_lift_is_settled_by_the_cabin(building: Callable[[str], Path]) -> None:
    site = load(building("conference"))
    assert site.lifts[0].cabin_nodes == {"L1": "L1/47", "L2": "L2/8"}
    assert any("names lift 'lift_1', which is not there" in note for note in site.notes)


def test_one_way_lanes_of_the_campus_stay_one_way(building: Callable[[str], Path]) -> None:
    graph = SiteGraph(load(building("campus")))
    one_way = [edge for edge in graph.edges.values() if graph.reverse_of(edge) is None]
    assert len(one_way) == 127


def test_campus_says_where_on_earth_it_lies(building: Callable[[str], Path]) -> None:
    origin = load(building("campus")).origin
    assert origin is not None
    assert (round(origin.latitude, 3), round(origin.longitude, 3)) == (1.301, 103.78)
    assert load(building("clinic")).origin is None


def test_scale_of_every_level_of_the_real_buildings_is_measured(pair: tuple[Site, dict[str, Any]]) -> None:
    site, _ = pair
    assert all(level.scale_measured for level in site.levels)


@pytest.mark.parametrize(
    ("name", "rooms", "corridors"),
    [
        ("clinic", 71, 0),
        ("hotel", 40, 2),
        ("office", 3, 0),
        ("conference", 6, 1),
        ("turtlebot3_world", 1, 0),
        ("campus", 0, 0),
    ],
)
def test_rooms_are_what_walls_and_doors_enclose(
    name: str, rooms: int, corridors: int, building: Callable[[str], Path]
) -> None:
    kinds = [room.kind for room in load(building(name)).rooms]
    assert (kinds.count(RoomKind.OTHER), kinds.count(RoomKind.CORRIDOR)) == (rooms, corridors)


def test_outlines_of_rooms_are_simple_and_do_not_overlap(pair: tuple[Site, dict[str, Any]]) -> None:
    site, _ = pair
    for level in site.levels:
        shapes = [Polygon(room.polygon) for room in site.rooms if room.level == level.level_id]
        assert all(shape.is_valid for shape in shapes)
        # Outlines are simplified by some centimetres, each on its own.
        total = sum(shape.area for shape in shapes)
        assert total - unary_union(shapes).area <= 0.01 * total


def test_nodes_lie_in_their_rooms_and_cabins_in_none(pair: tuple[Site, dict[str, Any]]) -> None:
    site, _ = pair
    nodes = {node.node_id: node for node in site.nodes}
    for room in site.rooms:
        for node_id in room.nodes:
            node = nodes[node_id]
            assert (node.room, node.level) == (room.room_id, room.level)
            assert inside((node.x_m, node.y_m), room.polygon)
            assert node.kind is not NodeKind.LIFT_CABIN
    assert {n.node_id for n in site.nodes if n.room} == {n for room in site.rooms for n in room.nodes}


def test_rooms_bear_the_name_of_the_one_place_in_them(building: Callable[[str], Path]) -> None:
    rooms = {room.room_id: room for room in load(building("office")).rooms}
    assert {room_id: room.names for room_id, room in rooms.items()} == {
        "pantry": {"en": "pantry"},
        "coe": {"en": "coe"},
        "hardware_2": {"en": "hardware_2"},
    }
    assert (rooms["coe"].nodes[0], rooms["coe"].doors) == ("L1/52", ("coe_door",))
    # Its doorway has no door.
    assert rooms["pantry"].doors == ()


def test_rooms_that_no_place_names_are_called_as_their_doors_are(building: Callable[[str], Path]) -> None:
    rooms = {room.room_id: room for room in load(building("clinic")).rooms}
    room = rooms["l1_left_consult_rm_13"]
    assert room.names == {"en": "L1_left_consult_rm_13"}
    assert room.doors == ("L1_left_consult_rm_13_outer", "L1_left_consult_rm_13_inner")
    assert [room_id for room_id in rooms if "/" in room_id] == []
    # Doors that are only numbered name nothing.
    hotel = {room.room_id: room.names for room in load(building("hotel")).rooms}
    assert hotel["L1/room_1"] == {"en": "Room 1", "zh-CN": "房间1"}
    assert hotel["L2/corridor_1"] == {"en": "Corridor 1", "zh-CN": "走廊1"}


def test_shafts_of_the_lifts_are_no_rooms(building: Callable[[str], Path]) -> None:
    site = load(building("hotel"))
    for lift in site.lifts:
        for level in lift.cabin_nodes:
            around = [r.room_id for r in site.rooms if r.level == level and inside(lift.center, r.polygon)]
            assert around == []


def test_notes_say_where_the_file_lets_robots_start(building: Callable[[str], Path]) -> None:
    notes = load(building("office")).notes
    (note,) = (note for note in notes if note.startswith("Robots start"))
    assert note.count("(Open-RMF/TinyRobot) at L1/") == 2


def test_drawing_is_placed_with_the_walls_on_it(building: Callable[[str], Path]) -> None:
    plan = load(building("clinic")).levels[0].floor_plan
    assert plan is not None
    assert plan.path == "clinic.png"
    assert plan.scale_m_per_px == pytest.approx(0.026922, rel=1e-4)
    # The image's bottom left corner: its height in pixels below the origin.
    assert plan.origin[0] == 0.0
    assert -plan.origin[1] / plan.scale_m_per_px == pytest.approx(_png_height(building("clinic")), abs=0.1)


def _png_height(building: Path) -> int:
    return int.from_bytes((building.parent / "clinic.png").read_bytes()[20:24], "big")


def test_missing_drawing_is_left_out_with_a_note(building: Callable[[str], Path]) -> None:
    site = load(building("office"))
    assert site.levels[0].floor_plan is None
    assert any("office.png is not beside the building file" in note for note in site.notes)
