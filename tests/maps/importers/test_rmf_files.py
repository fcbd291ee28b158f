"""Small building files written here: what the format allows, and what people get wrong."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from maps.cursor import parse_yaml
from maps.elements import NodeKind, Point, Site
from maps.errors import SiteError
from maps.importers.rmf import read
from maps.load import load

HEAD = "coordinate_system: reference_image\nname: Test House\nlevels:\n"

LEVEL = """\
  L1:
    elevation: 0
    measurements:
      - [0, 1, {distance: [3, 10]}]
    fiducials:
      - [0, 0, f1]
      - [200, 0, f2]
      - [0, 100, f3]
    vertices:
      - [0, 0, 0, ""]
      - [200, 0, 0, ""]
      - [100, 100, 0, here, {is_holding_point: [4, true]}]
      - [200, 100, 0, there]
    lanes:
      - [2, 3, {bidirectional: [4, true], graph_idx: [2, 0]}]
"""


def _read(text: str, folder: Path = Path()) -> Site:
    return read(parse_yaml(text, "house.building.yaml"), folder)


def _at(site: Site, node_id: str) -> Point:
    return next((node.x_m, node.y_m) for node in site.nodes if node.node_id == node_id)


def test_pixels_become_metres_with_y_up_and_unused_vertices_are_left_out() -> None:
    site = _read(HEAD + LEVEL)
    assert (site.site_id, site.names, site.time_zone) == ("test_house", {"en": "Test House"}, "UTC")
    assert [node.node_id for node in site.nodes] == ["L1/2", "L1/3"]
    assert (_at(site, "L1/2"), _at(site, "L1/3")) == ((5.0, -5.0), (10.0, -5.0))
    assert [(edge.edge_id, edge.length_m) for edge in site.edges] == [
        ("L1/2>L1/3", 5.0),
        ("L1/3>L1/2", 5.0),
    ]


def test_kinds_come_from_the_vertex_properties() -> None:
    properties = {
        "is_charger: [4, true], is_parking_spot: [4, true]": NodeKind.CHARGER,
        "is_parking_spot: [4, true], is_holding_point: [4, true]": NodeKind.PARKING,
        "is_charger: [4, false], is_holding_point: [4, true]": NodeKind.HOLD_POINT,
        "pickup_dispenser: [1, coke]": NodeKind.CHECKPOINT,
    }
    for text, kind in properties.items():
        site = _read(HEAD + LEVEL.replace("is_holding_point: [4, true]", text))
        assert site.nodes[0].kind is kind
    assert site.nodes[1].kind is NodeKind.CHECKPOINT


def test_nameless_dispenser_is_a_place_by_its_dispenser() -> None:
    site = _read(
        HEAD + LEVEL.replace("here, {is_holding_point: [4, true]}", '"", {pickup_dispenser: [1, coke]}')
    )
    assert site.nodes[0].names == {"en": "coke"}


def test_same_lane_in_two_fleet_graphs_is_one_edge() -> None:
    again = LEVEL + "      - [3, 2, {bidirectional: [4, true], graph_idx: [2, 4]}]\n"
    assert [edge.graphs for edge in _read(HEAD + again).edges] == [("0", "4"), ("0", "4")]


def test_same_lane_with_another_speed_is_another_edge() -> None:
    slow = LEVEL + "      - [2, 3, {graph_idx: [2, 1], speed_limit: [3, 0.5]}]\n"
    edge = _read(HEAD + slow).edges[-1]
    assert (edge.edge_id, edge.speed_mps_max, edge.graphs) == ("L1/2>L1/3~2", 0.5, ("1",))


def test_lane_without_properties_is_one_way_in_graph_0() -> None:
    text = LEVEL[: LEVEL.index("      - [2, 3, {bi")] + "      - [2, 3]\n"
    edges = _read(HEAD + text).edges
    assert [(edge.source, edge.graphs) for edge in edges] == [("L1/2", ("0",))]


def test_lane_onto_itself_and_properties_not_honoured_are_noted() -> None:
    text = LEVEL + "      - [2, 2, {}]\n      - [3, 2, {mutex: [1, junction]}]\n"
    notes = _read(HEAD + text).notes
    assert any("starts and ends at vertex 2" in note for note in notes)
    assert any("1 lanes of level L1 have 'mutex'" in note for note in notes)


def test_level_turned_by_a_quarter_and_drawn_at_half_the_scale_lies_on_the_first() -> None:
    upper = """\
  L2:
    elevation: 4
    fiducials:
      - [500, 300, f1]
      - [500, 200, f2]
      - [550, 300, f3]
    vertices:
      - [550, 250, 0, above]
      - [550, 200, 0, far]
    lanes:
      - [0, 1, {bidirectional: [4, true]}]
"""
    site = _read(HEAD + LEVEL + upper)
    assert _at(site, "L2/0") == _at(site, "L1/2")
    assert _at(site, "L2/1") == _at(site, "L1/3")


def test_fiducials_a_few_pixels_off_are_no_rotation() -> None:
    upper = LEVEL.replace("L1:", "L2:").replace("[200, 0, f2]", "[204, 1, f2]")
    upper = upper.replace("[0, 100, f3]", "[0, 97, f3]")
    site = _read(HEAD + LEVEL + upper)
    (x1, y1), (x2, y2) = _at(site, "L2/2"), _at(site, "L2/3")
    assert y1 == y2
    assert math.isclose(x2 - x1, 5.0)


def test_level_without_measurement_or_fiducials_is_noted_and_takes_the_scale_of_the_first() -> None:
    upper = """\
  L2:
    vertices: [[0, 0, 0, ""], [200, 0, 0, ""]]
    lanes: [[0, 1, {}]]
"""
    site = _read(HEAD + LEVEL + upper)
    assert _at(site, "L2/1") == (10.0, 0.0)
    assert sum("Level L2" in note for note in site.notes) == 2


def test_reference_level_without_measurement_is_assumed_at_five_centimetres_a_pixel() -> None:
    text = LEVEL.replace("    measurements:\n      - [0, 1, {distance: [3, 10]}]\n", "")
    site = _read(HEAD + text)
    assert _at(site, "L1/2") == (5.0, -5.0)
    assert any("0.05 m per pixel is assumed" in note for note in site.notes)


def test_metric_buildings_keep_their_coordinates() -> None:
    text = (HEAD + LEVEL).replace("reference_image", "cartesian_meters")
    assert _at(_read(text), "L1/2") == (100.0, 100.0)


def test_degrees_become_metres_as_the_haversine_formula_has_them() -> None:
    degrees = """\
  L1:
    vertices:
      - [8.5000, 47.3000, 0, ""]
      - [8.5010, 47.3010, 0, ""]
    lanes:
      - [0, 1, {}]
"""
    text = HEAD.replace("reference_image", "wgs84") + degrees
    length_m = _read(text).edges[0].length_m
    half_lat, half_lon = math.radians(0.001) / 2, math.radians(0.001) / 2
    haversine = math.sin(half_lat) ** 2 + math.cos(math.radians(47.3005)) ** 2 * math.sin(half_lon) ** 2
    # The sphere is within 0.5 % of the ellipsoid.
    assert length_m == pytest.approx(2 * 6371008.8 * math.asin(math.sqrt(haversine)), rel=5e-3)


LIFT = """\
lifts:
  Hoist:
    {depth: 2, width: 2, x: 200, y: 100, yaw: 1.5707963267948966,
     reference_floor_name: L1, initial_floor_name: L2,
     doors: {name: {x: 0, y: 1, width: 1, motion_axis_orientation: 0}},
     level_doors: {L1: [name], L2: [name]}}
"""


def test_vertex_in_the_cabin_is_the_cabin_and_its_levels_are_joined() -> None:
    site = _read(HEAD + LEVEL + LEVEL.replace("L1:", "L2:") + LIFT)
    lift = site.lifts[0]
    assert lift.cabin_nodes == {"L1": "L1/3", "L2": "L2/3"}
    assert (lift.center, lift.home_level) == ((10.0, -5.0), "L2")
    rides = [edge for edge in site.edges if edge.lift]
    assert [(edge.source, edge.target, edge.length_m, edge.graphs) for edge in rides] == [
        ("L1/3", "L2/3", 0.0, ("0",)),
        ("L2/3", "L1/3", 0.0, ("0",)),
    ]


def test_shaft_doors_turn_with_the_cabin_and_keep_their_own_ids() -> None:
    site = _read(HEAD + LEVEL + LEVEL.replace("L1:", "L2:") + LIFT)
    doors = {door.door_id: door for door in site.doors}
    assert site.lifts[0].doors == {"L1": ("Hoist_L1_name",), "L2": ("Hoist_L2_name",)}
    # One metre before the cabin, which looks west.
    assert (doors["Hoist_L1_name"].start, doors["Hoist_L1_name"].end) == ((9.0, -5.5), (9.0, -4.5))
    assert all(not edge.doors for edge in site.edges)


def test_lift_that_no_lane_reaches_is_kept_with_a_note() -> None:
    site = _read(HEAD + LEVEL + LIFT.replace("x: 200", "x: 900"))
    assert site.lifts[0].cabin_nodes == {}
    assert any("nobody can ride it" in note for note in site.notes)


def test_door_on_a_lane_is_commanded_and_another_only_drawn() -> None:
    doors = """\
    doors:
      - [4, 5, {name: [1, gate]}]
      - [0, 1, {name: [1, gate]}]
      - [1, 0, {}]
"""
    more = '      - [150, 80, 0, ""]\n      - [150, 120, 0, ""]\n    lanes:\n'
    site = _read(HEAD + LEVEL.replace("    lanes:\n", more) + doors)
    assert [(door.door_id, door.automatic) for door in site.doors] == [
        ("gate", True),
        ("L1_gate", False),
        ("door_3", False),
    ]
    assert [(crossing.door, crossing.at_m) for crossing in site.edges[0].doors] == [("gate", 2.5)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "[2, 3, {bi",
            "[2, 33, {bi",
            r"line 18: level 'L1', lanes 1: vertex 33 is not there \(the level has 4",
        ),
        ("[2, 3, {bi", "[2, -1, {bi", r"level 'L1', lanes 1: vertex -1 is not there"),
        ("[2, 3, {bi", "[2, 2.5, {bi", r"'2\.5' is not a whole number"),
        ("[4, true], graph_idx", "true, graph_idx", r"lanes 1, bidirectional: 'true' is not a list"),
        ("[4, true], graph_idx", "[4, perhaps], graph_idx", r"'perhaps' is neither true nor false"),
        ("distance: [3, 10]", "distance: [3, 0]", r"measurements 1, distance: '0' is not above zero"),
        ("distance: [3, 10]", "length: [3, 10]", r"measurements 1: 'distance' is missing"),
        ("[200, 0, f2]", "[200, 0]", r"fiducials 2: a fiducial needs x, y and a name"),
        ('- [200, 0, 0, ""]', "- [200]", r"vertices 2: a vertex needs x and y"),
        ("graph_idx: [2, 0]", "graph_idx: [2, -1]", r"lanes 1, graph_idx: graph_idx is -1; write 0 or more"),
        ("graph_idx: [2, 0]", "graph_idx: [2, 0.5]", r"lanes 1, graph_idx: '0\.5' is not a whole number"),
        ("graph_idx: [2, 0]", "speed_limit: [3, .nan]", r"speed_limit: '\.nan' is not a number"),
        ('- [200, 0, 0, ""]', '- [.inf, 0, 0, ""]', r"vertices 2: '\.inf' is not a number"),
        ('- [200, 0, 0, ""]', '- [1e300, 0, 0, ""]', r"vertices 2: 1e\+300 is larger than any drawing"),
        (
            "distance: [3, 10]",
            "distance: [3, 1e-9]",
            r"measurements of level 'L1' give a scale of 5e-12 m per",
        ),
        ("reference_image", "mars", r"^house\.building\.yaml: coordinate_system 'mars' is not known; use"),
        ("reference_image", "wgs84", r"line 15: level 'L1', vertices 3: latitude 100\.0, longitude 100"),
        ("name: Test House", "name: T\nreference_level_name: L7", r"reference_level_name 'L7' is no level"),
    ],
)
def test_mistake_is_one_sentence_with_its_place(old: str, new: str, says: str) -> None:
    text = HEAD + LEVEL
    assert text.count(old) == 1
    with pytest.raises(SiteError, match=says) as caught:
        _read(text.replace(old, new))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("house.building.yaml")


def test_building_without_levels_or_lift_without_size_is_refused() -> None:
    with pytest.raises(SiteError, match="the building has no level"):
        _read("levels: {}\n")
    with pytest.raises(SiteError, match="'levels' is missing"):
        _read("name: x\n")
    with pytest.raises(SiteError, match="lift 'Hoist': 'width' is missing"):
        _read(HEAD + LEVEL + LIFT.replace("width: 2, x", "x"))


def test_drawing_that_is_no_png_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "plan.png").write_bytes(b"GIF89a, in truth a picture of another kind")
    text = HEAD + LEVEL + "    drawing: {filename: plan.png}\n"
    site = _read(text, tmp_path)
    assert site.levels[0].floor_plan is None
    assert any("plan.png is no PNG" in note for note in site.notes)


def test_file_that_was_cut_off_between_two_lines_is_refused() -> None:
    with pytest.raises(SiteError, match="'name' is missing: the file seems to be cut off; export it again"):
        _read((HEAD + LEVEL).replace("name: Test House\n", ""))


@pytest.mark.parametrize("name", ["office", "hotel"])
def test_no_cut_leaves_half_a_building(name: str, building: Callable[[str], Path], tmp_path: Path) -> None:
    text = building(name).read_text(encoding="utf-8")
    cut = tmp_path / "cut.building.yaml"
    for part in range(1, 20):
        cut.write_text(text[: len(text) * part // 20], encoding="utf-8")
        with pytest.raises(SiteError) as caught:
            load(cut)
        assert "\n" not in str(caught.value)
