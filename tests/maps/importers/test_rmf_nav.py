"""Compiled Open-RMF navigation graphs: the real one of the office, and what newer compilers write."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from maps.cursor import parse_yaml
from maps.elements import NodeKind, Site
from maps.errors import SiteError
from maps.importers.rmf_nav import read
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check

TOWER = """\
building_name: Test Tower
crs_name: EPSG:3414
levels:
  L1:
    vertices:
      - [0, 0, {name: lobby, is_holding_point: true}]
      - [4, 0, {name: "", lift: lift_a}]
      - [0, 5.00049, {name: dock, is_charger: true, is_parking_spot: true, merge_radius: 0.5}]
    lanes:
      - [0, 1, {speed_limit: 0.5, mutex: hall}]
      - [1, 0, {speed_limit: 0}]
      - [0, 2, {is_bidirectional: true, door_name: gate, dock_name: dock}]
  L2:
    vertices:
      - [4, 0.04, {name: "", lift: lift_a}]
      - [9, 0, {name: ward}]
    lanes:
      - [0, 1, {is_bidirectional: true}]
      - [0, 1, {is_bidirectional: true}]
      - [1, 1, {}]
lifts:
  lift_a: {position: [4, 0, 7.853981], dims: [1.8, 2]}
doors:
  gate: {endpoints: [[-0.5, 2], [0.5, 2]], map: L1}
  cellar: {endpoints: [[20, 2], [21, 2]], map: L1}
"""


def _read(text: str) -> Site:
    return read(parse_yaml(text, "0.yaml"))


# -- the office ------------------------------------------------------------------------------------------


def test_office_graph_has_its_vertices_and_directed_lanes(data: Callable[[str], Path]) -> None:
    site = load(data("open-rmf/office/office_nav.yaml"))
    assert (len(site.nodes), len(site.edges), len(site.levels)) == (24, 54, 1)
    assert [door.door_id for door in site.doors] == ["hardware_door", "coe_door"]
    assert not any(finding.severity == "error" for finding in check(site))
    chargers = {node.names["en"] for node in site.nodes if node.kind is NodeKind.CHARGER}
    assert chargers == {"magni1_charger", "magni2_charger"}


def test_office_graph_lies_on_the_building_from_which_it_was_compiled(data: Callable[[str], Path]) -> None:
    """The graph is older than the drawing: vertices were moved by centimetres since, the doors were not."""
    site, building = (
        load(data("open-rmf/office/office_nav.yaml")),
        load(data("open-rmf/office/office.building.yaml")),
    )
    drawn = [(node.x_m, node.y_m) for node in building.nodes]
    gaps = [min(math.dist((node.x_m, node.y_m), point) for point in drawn) for node in site.nodes]
    assert max(gaps) < 0.4
    assert sum(gap < 0.002 for gap in gaps) >= 9
    doors = {door.door_id: door for door in building.doors}
    for door in site.doors:
        a, b = doors[door.door_id].start, doors[door.door_id].end
        middle = ((door.start[0] + door.end[0]) / 2, (door.start[1] + door.end[1]) / 2)
        assert math.dist(middle, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)) < 1.0


def test_door_without_a_place_is_put_across_its_lane_and_said(data: Callable[[str], Path]) -> None:
    site = load(data("open-rmf/office/office_nav.yaml"))
    edge = next(edge for edge in site.edges if edge.edge_id == "L1/9>L1/10")
    assert [crossing.door for crossing in edge.doors] == ["hardware_door"]
    assert edge.doors[0].at_m == pytest.approx(edge.length_m / 2, abs=0.001)
    assert any("'hardware_door' has no place" in note for note in site.notes)


# -- what newer compilers write --------------------------------------------------------------------------


def test_levels_are_joined_by_the_lift() -> None:
    site = _read(TOWER)
    lift = site.lifts[0]
    assert lift.cabin_nodes == {"L1": "L1/1", "L2": "L2/0"}
    assert (lift.width_m, lift.depth_m, lift.center) == (1.8, 2.0, (4.0, 0.0))
    assert lift.yaw_rad == pytest.approx(math.pi / 2, abs=1e-5)
    rides = [(edge.source, edge.target, edge.length_m) for edge in site.edges if edge.lift == "lift_a"]
    assert rides == [("L1/1", "L2/0", 0.0), ("L2/0", "L1/1", 0.0)]
    assert not any(finding.severity == "error" for finding in check(site))


def test_kinds_speeds_doors_and_directions_are_kept() -> None:
    site = _read(TOWER)
    kinds = {node.node_id: node.kind for node in site.nodes}
    assert kinds["L1/0"] is NodeKind.HOLD_POINT
    assert kinds["L1/1"] is NodeKind.LIFT_CABIN
    assert kinds["L1/2"] is NodeKind.CHARGER
    assert kinds["L2/1"] is NodeKind.CHECKPOINT
    edges = {edge.edge_id: edge for edge in site.edges}
    assert edges["L1/0>L1/1"].speed_mps_max == 0.5
    assert edges["L1/1>L1/0"].speed_mps_max is None
    assert [(crossing.door, crossing.at_m) for crossing in edges["L1/2>L1/0"].doors] == [("gate", 3.0)]
    assert {door.door_id: door.automatic for door in site.doors} == {"gate": True, "cellar": False}


def test_lane_that_is_written_twice_is_one_edge_and_a_loop_none() -> None:
    site = _read(TOWER)
    assert [edge.edge_id for edge in site.edges if edge.source == "L2/1"] == ["L2/1>L2/0"]
    assert "A lane starts and ends at L2/1: left out." in site.notes


def test_parallel_lanes_of_different_speed_stay_apart() -> None:
    text = TOWER.replace("- [1, 0, {speed_limit: 0}]", "- [0, 1, {speed_limit: 0.2}]")
    ids = [edge.edge_id for edge in _read(text).edges if edge.source == "L1/0"]
    assert ids[:2] == ["L1/0>L1/1", "L1/0>L1/1~2"]


def test_what_is_not_used_is_said() -> None:
    notes = _read(TOWER).notes
    for note in (
        "Not used: 'merge_radius' of 1 vertices.",
        "Not used: 'mutex' of 1 lanes.",
        "Not used: 'dock_name' of 1 lanes.",
        "Not used: crs_name.",
    ):
        assert note in notes


def test_lift_that_only_vertices_name_is_assumed_and_said() -> None:
    site = _read(TOWER.replace("lift_a}", "lift_b}"))
    lift_a, lift_b = site.lifts
    assert lift_a.cabin_nodes == {}
    assert lift_b.center == (4.0, 0.02)
    assert "The file does not measure lift lift_b: 1.5 m by 1.5 m is taken." in site.notes
    assert "Lift lift_a is joined by lanes on 0 levels: nobody can ride it." in site.notes


def test_cabin_vertices_that_are_far_apart_are_said() -> None:
    notes = _read(TOWER.replace("[4, 0.04,", "[4, 0.5,")).notes
    assert "The cabin vertices of lift lift_a lie up to 0.50 m from each other: look at them." in notes


def test_name_that_two_vertices_share_gets_the_level() -> None:
    names = [node.names for node in _read(TOWER.replace("name: ward", "name: lobby")).nodes if node.names]
    assert {"en": "lobby (L1)"} in names
    assert {"en": "lobby (L2)"} in names


def test_number_of_the_file_is_its_fleet_graph(tmp_path: Path) -> None:
    (tmp_path / "3.yaml").write_text(TOWER, encoding="utf-8")
    assert {edge.graphs for edge in load(tmp_path / "3.yaml").edges} == {("3",)}


def test_site_survives_our_own_file() -> None:
    site = _read(TOWER)
    assert loads(dumps(site)) == site


# -- what people get wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[0, 1, {speed", "[0, 7, {speed", r"level 'L1', lanes 1: vertex 7 is not there \(the level has 3"),
        ("[0, 1, {speed", "[0, -1, {speed", r"vertex -1 is not there"),
        ("[0, 1, {speed", "[0, 0.5, {speed", r"'0\.5' is not a whole number"),
        ("[0, 1, {speed", "[0, .inf, {speed", r"'\.inf' is not a number"),
        ("[9, 0, {", "[.nan, 0, {", r"level 'L2', vertices 2: '\.nan' is not a number"),
        ("[9, 0, {", "[9, {}, {", r"level 'L2', vertices 2: a mapping is not a number"),
        ("[9, 0, {name: ward}]", "[9, 0]", r"a vertex is x, y and its properties"),
        ("[0, 1, {speed_limit: 0.5, mutex: hall}]", "[0, 1]", r"a lane is two vertices and its properties"),
        (
            "    lanes:\n      - [0, 1, {is_bi",
            "    paths:\n      - [0, 1, {is_bi",
            r"level 'L2': 'lanes' is missing",
        ),
        ("[0, 0, {name: lobby, is", "[0, 0, {name: lobby, name: hall, is", r"'name' is written twice"),
        ("is_charger: true", "is_charger: maybe", r"'maybe' is neither true nor false"),
        ("speed_limit: 0.5", "speed_limit: fast", r"'fast' is not a number"),
        ("position: [4, 0, 7.853981]", "position: [4, 0]", r"lift 'lift_a', position: 2 numbers where 3"),
        ("dims: [1.8, 2]", "dims: [1.8, 0]", r"lift 'lift_a', dims: '0' is not above zero"),
        ("dims: [1.8, 2]", "dim: [1.8, 2]", r"lift 'lift_a': 'dims' is missing"),
        ("map: L1}\n  cellar", "map: L9}\n  cellar", r"door 'gate', map: there is no level 'L9'"),
        ("[[-0.5, 2], [0.5, 2]]", "[[-0.5, 2]]", r"door 'gate', endpoints: lists 1 points"),
        ("building_name: Test Tower\n", "", r"'building_name' is missing"),
    ],
)
def test_mistake_is_named_with_file_line_element_and_fix(old: str, new: str, says: str) -> None:
    assert old in TOWER
    with pytest.raises(SiteError, match=says) as caught:
        _read(TOWER.replace(old, new, 1))
    assert str(caught.value).startswith("0.yaml, line ")
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_graph_without_vertices_is_refused() -> None:
    with pytest.raises(SiteError, match="there is no vertex on any level"):
        _read("building_name: b\nlevels:\n  L1: {vertices: [], lanes: []}\n")


def test_file_that_was_cut_off_anywhere_is_refused(data: Callable[[str], Path]) -> None:
    lines = data("open-rmf/office/office_nav.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    for count in range(1, len(lines), 3):
        with pytest.raises(SiteError):
            _read("".join(lines[:count]))
