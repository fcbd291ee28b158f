"""GeoJSON in, a site out: our own words and OpenStreetMap's, and one sentence for what cannot be meant."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.elements import GeoOrigin, NodeKind, RoomKind, Site, Window, ZoneKind
from maps.errors import SiteError
from maps.findings import Severity
from maps.geodesy import to_geo
from maps.graph import SiteGraph
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check

PAGE = Path(__file__).parents[3] / "docs" / "maps" / "geojson.md"
ORIGIN = GeoOrigin(latitude=30.0, longitude=120.0)
Metres = tuple[float, float]
Write = Callable[..., Path]


def geo(point: Metres) -> list[float]:
    """Longitude and latitude of a point in metres, as a map editor writes them."""
    latitude, longitude = to_geo(ORIGIN, point)
    return [round(longitude, 7), round(latitude, 7)]


def feature(shape: str, coordinates: Any, id: str | None = None, **properties: Any) -> dict[str, Any]:  # noqa: A002
    found = {"type": "Feature", "properties": properties}
    found["geometry"] = {"type": shape, "coordinates": coordinates}
    return found | ({"id": id} if id else {})


def line(*points: Metres, **properties: Any) -> dict[str, Any]:
    return feature("LineString", [geo(point) for point in points], **properties)


def point(at: Metres, **properties: Any) -> dict[str, Any]:
    return feature("Point", geo(at), **properties)


def area(*points: Metres, **properties: Any) -> dict[str, Any]:
    return feature("Polygon", [[geo(p) for p in (*points, points[0])]], **properties)


def square(x_m: float, y_m: float, side_m: float, **properties: Any) -> dict[str, Any]:
    corners = [(x_m, y_m), (x_m + side_m, y_m), (x_m + side_m, y_m + side_m), (x_m, y_m + side_m)]
    return area(*corners, **properties)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(*features: dict[str, Any], **members: Any) -> Path:
        path = tmp_path / "town.geojson"
        known = {"type": "FeatureCollection", "origin": {"latitude": 30.0, "longitude": 120.0}}
        path.write_text(json.dumps({**known, **members, "features": list(features)}), encoding="utf-8")
        return path

    return file


def ends(site: Site) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in site.edges}


def spots(site: Site) -> list[tuple[int, int]]:
    """To the metre: seven decimals of a degree are a centimetre."""
    return [(round(node.x_m), round(node.y_m)) for node in site.nodes]


def test_a_line_becomes_two_way_lanes_in_metres(write: Write) -> None:
    site = load(write(line((0, 0), (10, 0), (10, 5), id="way")))
    assert [node.node_id for node in site.nodes] == ["way/1", "way/2", "way/3"]
    assert spots(site) == [(0, 0), (10, 0), (10, 5)]
    assert ends(site) == {("way/1", "way/2"), ("way/2", "way/1"), ("way/2", "way/3"), ("way/3", "way/2")}
    assert site.edges[0].length_m == pytest.approx(10, abs=0.02)
    assert (site.site_id, site.time_zone, site.origin) == ("town", "UTC", ORIGIN)


def test_lines_that_share_a_vertex_join_and_lines_that_cross_do_not(write: Write) -> None:
    shared = load(write(line((0, 0), (5, 0), (10, 0), id="a"), line((5, 0), (5, 8), id="b")))
    assert ("a/2", "b/2") in ends(shared)
    crossed = load(write(line((0, 0), (10, 0), id="a"), line((5, -8), (5, 8), id="b")))
    assert ends(crossed) == {("a/1", "a/2"), ("a/2", "a/1"), ("b/1", "b/2"), ("b/2", "b/1")}
    assert any("1 crossings" in note and "bridges" in note for note in crossed.notes)


def test_an_end_that_falls_short_of_a_line_is_drawn_to_it(write: Write) -> None:
    site = load(write(line((0, 0), (10, 0), id="street"), line((4, 0.3), (4, 9), id="spur")))
    assert ends(site) >= {("street/1", "spur/1"), ("spur/1", "street/2"), ("spur/1", "spur/2")}
    assert ("street/1", "street/2") not in ends(site)


def test_an_end_takes_the_vertex_that_is_near(write: Write) -> None:
    site = load(write(line((0, 0), (10, 0), id="a"), line((10.4, 0.1), (20, 0), id="b")))
    assert {("a/1", "b/1"), ("b/1", "b/2")} <= ends(site)
    assert len(site.nodes) == 3


def test_an_end_that_is_too_far_away_stays_where_it_is(write: Write) -> None:
    site = load(write(line((0, 0), (10, 0), id="a"), line((10.7, 0), (20, 0), id="b")))
    assert len(site.nodes) == 4


def test_a_point_on_a_line_is_a_node_of_it(write: Write) -> None:
    gate = point((4, 0.2), id="gate", kind="checkpoint", names={"en": "Gate", "zh-CN": "大门"})
    site = load(write(line((0, 0), (10, 0), id="street"), gate))
    assert site.nodes[0].node_id == "gate"
    assert site.nodes[0].kind is NodeKind.CHECKPOINT
    assert ends(site) >= {("street/1", "gate"), ("gate", "street/2")}


def test_a_point_where_lines_cross_joins_them(write: Write) -> None:
    lines = (line((0, 0), (10, 0), id="a"), line((5, -8), (5, 8), id="b"))
    site = load(write(*lines, point((5, 0), id="middle", kind="waypoint")))
    assert ends(site) >= {("a/1", "middle"), ("middle", "b/2"), ("b/1", "middle"), ("middle", "a/2")}


def test_a_thing_of_the_town_is_left_out_and_a_charger_on_no_lane_is_not(write: Write) -> None:
    tree = point((3, 9), natural="tree", name="Old willow")
    charger = point((5, 9), id="charger", kind="charger", name="Charger")
    site = load(write(line((0, 0), (10, 0)), tree, charger))
    assert [node.node_id for node in site.nodes] == ["charger", "way/1", "way/2"]
    assert "Left out: 1 points on no lane." in site.notes
    assert [f.code for f in check(site) if f.element == "node 'charger'"] == ["off_lane"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, {("way/1", "way/2"), ("way/2", "way/1")}),
        ({"oneway": "yes"}, {("way/1", "way/2")}),
        ({"oneway": True}, {("way/1", "way/2")}),
        ({"oneway": "-1"}, {("way/2", "way/1")}),
        ({"oneway": "no"}, {("way/1", "way/2"), ("way/2", "way/1")}),
        ({"oneway": "yes", "oneway:foot": "no"}, {("way/1", "way/2"), ("way/2", "way/1")}),
        ({"oneway": "reversible"}, {("way/1", "way/2"), ("way/2", "way/1")}),
    ],
)
def test_one_way_streets_are_understood(
    write: Write, tags: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert ends(load(write(line((0, 0), (10, 0), **tags)))) == expected


@pytest.mark.parametrize(
    ("tags", "speed_mps", "width_m"),
    [
        ({"speed_mps_max": 0.6, "width_m": 2.5}, 0.6, 2.5),
        ({"maxspeed": "5", "width": "2.5 m"}, 1.389, 2.5),
        ({"maxspeed": "20 mph", "width": 3}, 8.941, 3.0),
        ({"maxspeed": "walk", "width": "8'2\""}, 1.389, None),
        ({"maxspeed": "none"}, None, None),
    ],
)
def test_speeds_and_widths_are_understood(
    write: Write, tags: dict[str, Any], speed_mps: float | None, width_m: float | None
) -> None:
    edge = load(write(line((0, 0), (10, 0), **tags))).edges[0]
    assert (edge.speed_mps_max, edge.width_m) == (speed_mps, width_m)


def test_lanes_may_be_for_some_models_and_fleet_graphs(write: Write) -> None:
    edge = load(write(line((0, 0), (10, 0), models=["patrol"], graphs=["1"]))).edges[0]
    assert (edge.models, edge.graphs) == (("patrol",), ("1",))


def test_ways_that_robots_cannot_drive_are_left_out_and_said(write: Write) -> None:
    ways = [{"highway": "steps"}, {"highway": "primary"}, {"waterway": "canal"}, {"access": "no"}]
    site = load(write(line((0, 0), (10, 0)), *(line((0, 5), (10, 5), **tags) for tags in ways)))
    assert len(site.edges) == 2
    left_out = [note for note in site.notes if note.startswith("Left out")]
    assert left_out == [
        "Left out: 1 lines with highway=steps.",
        "Left out: 1 lines with highway=primary.",
        "Left out: 1 lines with waterway=....",
        "Left out: 1 lines with access=no.",
    ]


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ({"names": {"en": "Tower", "zh-CN": "塔"}}, {"en": "Tower", "zh-CN": "塔"}),
        ({"name": "鼓楼", "name:en": "Drum tower"}, {"en": "Drum tower", "zh-CN": "鼓楼"}),
        ({"name": "Drum tower", "name:zh": "鼓楼"}, {"en": "Drum tower", "zh-CN": "鼓楼"}),
        ({"name": "Tower", "name:en": "Tower", "name:fr": "Tour"}, {"en": "Tower", "fr": "Tour"}),
        ({"name": ""}, {}),
    ],
)
def test_names_are_taken_in_every_language(write: Write, tags: dict[str, Any], names: dict[str, str]) -> None:
    site = load(write(line((0, 0), (10, 0)), point((0, 0), **tags)))
    assert site.nodes[0].names == names


def test_headings_sides_and_chargers_are_understood(write: Write) -> None:
    dock = point((0, 0), id="dock", amenity="charging_station", direction="E", side="clean")
    spot = point((10, 0), id="spot", kind="parking", yaw_rad=1.5)
    first, second = load(write(line((0, 0), (10, 0)), dock, spot)).nodes
    assert (first.kind, first.yaw_rad, first.side) == (NodeKind.CHARGER, 0.0, "clean")
    assert (second.kind, second.yaw_rad) == (NodeKind.PARKING, 1.5)


def test_a_shop_has_its_outline_as_walls_its_door_open_in_them_and_its_node(write: Write) -> None:
    shop = square(0, 5, 10, id="shop", room="shop", building="yes", name="Shop", height_m=3.5)
    leaf = line((4, 5), (6, 5), id="leaf", door="yes", open_s=4)
    site = load(write(line((0, 0), (5, 0), (10, 0), id="street"), shop, leaf, line((5, 0), (5, 9), id="in")))
    (room,) = site.rooms
    assert (room.room_id, room.kind, room.names) == ("shop", RoomKind.SHOP, {"en": "Shop"})
    assert (room.height_m, room.nodes, room.doors) == (3.5, ("in/2",), ("leaf",))
    inside = next(node for node in site.nodes if node.node_id == "in/2")
    assert (inside.room, inside.kind) == ("shop", NodeKind.ROOM_ENTRANCE)
    (way_in,) = [edge for edge in site.edges if edge.target == "in/2"]
    assert [crossing.door for crossing in way_in.doors] == ["leaf"]
    assert way_in.doors[0].at_m == pytest.approx(5, abs=0.02)
    length_m = sum(math.dist(wall.start, wall.end) for wall in site.levels[0].walls)
    assert length_m == pytest.approx(38, abs=0.1)


def test_walls_gates_and_buildings_of_openstreetmap_are_understood(write: Write) -> None:
    wall = line((0, 3), (10, 3), barrier="wall")
    gate = line((4, 3), (6, 3), barrier="gate", name="Gate")
    house = square(0, 5, 4, building="yes")
    cafe = square(6, 5, 4, building="yes", amenity="cafe", name="Café")
    site = load(write(line((0, 0), (10, 0)), wall, gate, house, cafe))
    assert [door.names for door in site.doors] == [{"en": "Gate"}]
    assert [(room.names, room.kind) for room in site.rooms] == [({"en": "Café"}, RoomKind.PUBLIC)]
    assert len(site.levels[0].walls) == 2 + 4 + 4


def test_zones_have_their_rules(write: Write) -> None:
    quiet = square(0, 0, 5, id="quiet", zone="quiet", times=["22:00-06:00"], speed_mps_max=0.5)
    one_way = square(5, 0, 5, id="lane", zone="one_way", direction_rad=1.57, name="Alley")
    site = load(write(line((0, 0), (10, 0)), quiet, one_way))
    assert [(zone.zone_id, zone.kind) for zone in site.zones] == [
        ("quiet", ZoneKind.QUIET),
        ("lane", ZoneKind.ONE_WAY),
    ]
    assert site.zones[0].times == (Window(start_s=79200, end_s=21600),)
    assert (site.zones[0].speed_mps_max, site.zones[1].direction_rad) == (0.5, 1.57)
    assert len(site.zones[0].polygon) == 4


def test_multi_geometries_and_collections_are_taken_apart(write: Write) -> None:
    lines = feature("MultiLineString", [[geo((0, 0)), geo((9, 0))], [geo((9, 0)), geo((9, 9))]], id="ways")
    points = feature("MultiPoint", [geo((0, 0)), geo((9, 9))], id="spot", kind="parking")
    corners = [geo(p) for p in ((0, 0), (3, 0), (3, 3), (0, 0))]
    zones = feature("MultiPolygon", [[corners], [corners]], id="grass", zone="no_go")
    mixed = {
        "type": "Feature",
        "properties": {"id": "more"},
        "geometry": {
            "type": "GeometryCollection",
            "geometries": [{"type": "LineString", "coordinates": [geo((9, 9)), geo((9, 20))]}],
        },
    }
    site = load(write(lines, points, zones, mixed))
    assert ends(site) >= {("spot/1", "ways/1/2"), ("ways/1/2", "spot/2"), ("spot/2", "more/2")}
    assert [zone.zone_id for zone in site.zones] == ["grass/1", "grass/2"]


def test_levels_are_kept_apart(write: Write) -> None:
    levels = {"G": {"names": {"en": "Ground"}}, "D": {"names": {"en": "Deck"}, "elevation_m": 4}}
    ways = (line((0, 0), (9, 0), id="a"), line((0, 0), (9, 0), id="b", level="D"))
    site = load(write(*ways, levels=levels))
    assert [(level.level_id, level.elevation_m) for level in site.levels] == [("G", 0.0), ("D", 4.0)]
    assert [node.level for node in site.nodes] == ["G", "G", "D", "D"]


def test_without_an_origin_the_middle_of_the_lines_is_taken(write: Write) -> None:
    site = load(write(line((100, 50), (110, 50)), origin=None))
    assert spots(site) == [(-5, 0), (5, 0)]
    assert any(note.startswith("The origin is the middle of the lines") for note in site.notes)


def test_features_without_a_place_and_the_frame_of_old_files_are_allowed(write: Write) -> None:
    nowhere = {"type": "Feature", "properties": None, "geometry": None}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(load(write(line((0, 0), (10, 0)), nowhere, crs=crs)).nodes) == 2


LINE = [[120.0, 30.0], [120.001, 30.0]]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (feature("LineString", [[120.0, 30.0], [220.0, 30.0]], id="x"), "feature 2 ('x'): longitude 220.0"),
        (feature("LineString", [[30.0, 120.0], [30.0, 120.1]]), "longitude first; they seem swapped"),
        (feature("Point", [120.0]), "is not a position; write [longitude, latitude]"),
        (feature("Point", [120.0, "30"]), "is not a position"),
        (feature("Point", [True, 30.0]), "is not a position"),
        (feature("Point", []), "is not a position"),
        (feature("LineString", []), "the geometry is empty"),
        (feature("MultiPolygon", []), "the geometry is empty"),
        (feature("LineString", LINE[:1]), "a line of one point"),
        (feature("Polygon", [[*LINE, [120.0, 30.1]]], zone="no_go"), "a ring of 3 points"),
        (feature("Polygon", [[*LINE, [120.0, 30.1], [120.0, 30.2]]], zone="no_go"), "is not closed"),
        (feature("Curve", LINE), "geometry type 'Curve' is not known"),
        (feature("LineString", [[120.0, 30.0], [121.5, 30.0]]), "more than 50 km from the site's origin"),
        (point((0, 0), kind="chargr"), "kind 'chargr' is not known"),
        (square(0, 0, 5, zone="no-go"), "zone 'no-go' is not known"),
        (square(0, 0, 5, zone="slow"), "a slow zone needs 'speed_mps_max'"),
        (square(0, 0, 5, zone="quiet", times=["late"]), "'late' is not a time window"),
        (square(0, 0, 5, room="shopp"), "room 'shopp' is not known"),
        (line((0, 0), (5, 0), speed_mps_max=-1), "speed_mps_max is -1; write a number above 0"),
        (line((0, 0), (5, 0), speed_mps_max="fast"), "speed_mps_max is 'fast'; write a number"),
        (line((0, 0), (5, 0), oneway="maybe"), "oneway is 'maybe'; write true or false"),
        (line((0, 0), (5, 0), (5, 5), door="yes"), "a door is a line of two points"),
        (line((0, 0), (5, 0), zone="no_go"), "a zone is an area"),
        (point((0, 0), kind="waypoint", room="hall"), "names room 'hall', which is not there"),
        ({"type": "feature"}, "feature 2: is not a Feature"),
        ({"type": "Feature", "properties": [], "geometry": None}, "'properties' is not an object"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(
    write: Write, broken: dict[str, Any], words: str
) -> None:
    with pytest.raises(SiteError) as raised:
        load(write(line((0, 0), (10, 0)), broken))
    assert words in str(raised.value)
    assert "town.geojson" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "FeatureCollection", "features": 7}', "'features' is not a list"),
        ('{"type": "FeatureCollection", "features": []}', "town.geojson: holds no line that is a lane"),
        ('{"type": "Feature"}', "where 'FeatureCollection' is needed"),
        ('{"type": "FeatureCollection", "features": [', "not valid JSON"),
        ("[]", "none of the formats"),
        (
            '{"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:3857"}}, "features": []}',
            "in EPSG:3857, not in WGS84",
        ),
        (
            '{"type": "FeatureCollection", "origin": {"latitude": 95}, "features": [{"type": "Feature",'
            ' "properties": {}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [0, 1]]}}]}',
            "origin: is no place on earth",
        ),
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry":'
            ' {"type": "LineString", "coordinates": [[120, 1e999], [120, 30]]}}]}',
            "1e999 is not a finite number",
        ),
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry":'
            ' {"type": "LineString", "coordinates": [[120, NaN], [120, 30]]}}]}',
            "NaN is not a finite number",
        ),
    ],
)
def test_files_that_are_no_map_are_refused_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "town.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=words):
        load(path)


def test_two_features_with_one_id_are_refused(write: Write) -> None:
    with pytest.raises(SiteError, match="features 1 and 2 both have id 'a'"):
        load(write(line((0, 0), (10, 0), id="a"), point((0, 0), id="a")))


@pytest.mark.parametrize(
    "only",
    [
        point((0, 0), kind="charger"),
        line((3, 3), (3, 3)),
        line((0, 0), (9, 0), highway="steps"),
        line((0, 0), (9, 0), barrier="wall"),
    ],
)
def test_a_file_without_a_lane_is_refused(write: Write, only: dict[str, Any]) -> None:
    with pytest.raises(SiteError, match="holds no line that is a lane"):
        load(write(only, point((3, 3), kind="parking")))


def test_a_line_that_stays_where_it_is_adds_nothing(write: Write) -> None:
    assert len(load(write(line((0, 0), (9, 0)), line((3, 3), (3, 3)))).nodes) == 2


def test_the_example_of_the_documentation_is_a_site(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    path = tmp_path / "small_town.geojson"
    path.write_text(text.partition("```json\n")[2].partition("```")[0], encoding="utf-8")
    site = load(path)
    assert site.names == {"en": "Small town", "zh-CN": "小镇"}
    assert [place.names["zh-CN"] for place in SiteGraph(site).places.values()] == ["充电位A"]
    assert [f for f in check(site) if f.severity is Severity.ERROR] == []


GRID = st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(lambda p: (p[0] * 3.0, p[1] * 3.0))


@settings(deadline=None, max_examples=60)
@given(lines=st.lists(st.lists(GRID, min_size=2, max_size=5, unique=True), min_size=1, max_size=6))
def test_any_lines_become_a_site_that_is_written_and_read_again(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[Metres]]
) -> None:
    path = tmp_path_factory.mktemp("town") / "town.geojson"
    found = {"type": "FeatureCollection", "features": [line(*points) for points in lines]}
    path.write_text(json.dumps(found), encoding="utf-8")
    site = load(path)
    assert loads(dumps(site)) == site
    assert load(path) == site
    places = [(node.x_m, node.y_m) for node in site.nodes]
    assert len(site.nodes) <= len({point for points in lines for point in points})
    assert all(math.dist(a, b) > 0.05 for index, a in enumerate(places) for b in places[:index])
