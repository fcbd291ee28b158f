"""STRANDS topological maps: the two real ones of a care home, and small ones written here."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from maps.cursor import parse_yaml
from maps.elements import NodeKind, Site, ZoneKind
from maps.errors import SiteError
from maps.graph import SiteGraph
from maps.importers.strands import read
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check

FOLDER = "grids/strands_carehome"

SMALL = """\
- meta: {map: home, node: Desk, pointset: day, tag: [quiet, no_go]}
  node:
    edges:
    - {action: docking, edge_id: Desk_Charger, node: Charger, top_vel: 0.55}
    - {action: move_base, edge_id: Desk_WayPoint1, node: WayPoint1, top_vel: 0.0}
    map: home
    name: Desk
    pointset: day
    pose: {orientation: {w: 0.0, x: 0.0, y: 0.0, z: 2.0}, position: {x: 1.00049, y: 2, z: 0.0}}
    verts: [{x: 1, y: 1}, {x: -1, y: 1}, {x: 0, y: -1}]
    yaw_goal_tolerance: 0.1
- meta:
    contains:
    - {at_node: true, category: person, description: Director, name: A. Person}
    - {at_node: true, category: office, description: '', name: Desk}
    - {at_node: true, category: office, description: Kitchen, name: EG-1}
    map: home
    node: WayPoint1
  node:
    edges:
    - {action: move_base, edge_id: WayPoint1_Desk, node: Desk, top_vel: 0.0}
    - {action: move_base, edge_id: WayPoint1_WayPoint1, node: WayPoint1}
    map: home
    name: WayPoint1
    pose: {orientation: {w: 1, x: 0, y: 0, z: 0}, position: {x: 4, y: 6, z: 0}}
    yaw_goal_tolerance: 6.28
- meta: {}
  node:
    edges:
    - {action: undocking, edge_id: Charger_Desk, node: Desk, top_vel: 0.55}
    map: home
    name: Charger
    pose: {orientation: {w: 1, x: 0, y: 0, z: 1}, position: {x: 0, y: 2, z: 0}}
"""


def _read(text: str) -> Site:
    return read(parse_yaml(text, "home.yaml"))


# -- the care home ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "nodes", "edges"), [("aaf_simulation", 91, 222), ("sim_deployment16", 112, 296)]
)
def test_care_home_is_read_whole(data: Callable[[str], Path], name: str, nodes: int, edges: int) -> None:
    site = load(data(f"{FOLDER}/{name}.yaml"))
    assert (len(site.nodes), len(site.edges), len(site.levels)) == (nodes, edges, 1)
    assert {edge.speed_mps_max for edge in site.edges} == {0.55}
    assert [node.node_id for node in site.nodes if node.kind is NodeKind.CHARGER] == ["ChargingPoint"]
    assert not any(finding.severity == "error" for finding in check(site))


def test_poses_and_edges_are_those_of_the_file(data: Callable[[str], Path]) -> None:
    path = data(f"{FOLDER}/sim_deployment16.yaml")
    raw: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    site = SiteGraph(load(path))
    for entry in (item["node"] for item in raw):
        node, pose = site.nodes[entry["name"]], entry["pose"]
        assert math.dist((node.x_m, node.y_m), (pose["position"]["x"], pose["position"]["y"])) < 0.001
        heading = 2.0 * math.atan2(pose["orientation"]["z"], pose["orientation"]["w"])
        assert node.yaw_rad is not None
        # The file's quaternions lean by up to some thousandths.
        assert abs(math.remainder(node.yaw_rad - heading, math.tau)) < 0.01
        assert {edge.target for edge in site.edges_from(node.node_id)} == {
            edge["node"] for edge in entry["edges"]
        }


def test_places_bear_the_names_that_people_use(data: Callable[[str], Path]) -> None:
    site = SiteGraph(load(data(f"{FOLDER}/aaf_simulation.yaml")))
    assert site.resolve_place("rezeption").node == "Rezeption"
    assert site.resolve_place("EG-0-034 (Pflegedirektion)").node == "WayPoint51"
    assert site.resolve_place("Frisoer").node == "Frisoer"
    assert "WayPoint11" not in site.places


def test_names_of_persons_stay_out(data: Callable[[str], Path]) -> None:
    path = data(f"{FOLDER}/aaf_simulation.yaml")
    raw: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    things = [thing for item in raw for thing in item["meta"].get("contains", [])]
    people = {thing["name"] for thing in things if thing["category"] == "person"}
    written = dumps(load(path))
    assert len(people) == 37
    assert not [name for name in people if name in written]
    assert "The names of 37 persons at nodes are left out." in written


def test_nodes_tagged_no_go_are_zones_that_no_lane_enters(data: Callable[[str], Path]) -> None:
    site = load(data(f"{FOLDER}/sim_deployment16.yaml"))
    assert [zone.zone_id for zone in site.zones] == [f"WayPoint{number}" for number in range(69, 75)]
    assert {zone.kind for zone in site.zones} == {ZoneKind.NO_GO}
    assert {end for edge in site.edges for end in (edge.source, edge.target)}.isdisjoint(
        zone.zone_id for zone in site.zones
    )


def test_two_way_lanes_are_written_as_one(data: Callable[[str], Path]) -> None:
    site = load(data(f"{FOLDER}/sim_deployment16.yaml"))
    text = dumps(site)
    assert loads(text) == site
    assert text.count("{between:") == 148


# -- small maps ------------------------------------------------------------------------------------------


def test_speed_zero_is_no_limit_and_a_one_way_edge_stays_one_way() -> None:
    text = SMALL.replace(
        "    - {action: undocking, edge_id: Charger_Desk, node: Desk, top_vel: 0.55}\n", ""
    ).replace(
        "    edges:\n    map: home\n    name: Charger", "    edges: []\n    map: home\n    name: Charger"
    )
    edges = {edge.edge_id: edge.speed_mps_max for edge in _read(text).edges}
    assert edges == {"Desk>Charger": 0.55, "Desk>WayPoint1": None, "WayPoint1>Desk": None}


def test_heading_comes_from_the_quaternion_and_not_where_any_heading_will_do() -> None:
    headings = {node.node_id: node.yaw_rad for node in _read(SMALL).nodes}
    assert headings["Desk"] == pytest.approx(math.pi, abs=1e-4)
    assert headings["Charger"] == pytest.approx(math.pi / 2, abs=1e-4)
    assert headings["WayPoint1"] is None


def test_unnamed_node_is_called_after_a_room_whose_name_is_free() -> None:
    names = {node.node_id: node.names for node in _read(SMALL).nodes}
    assert names == {
        "Desk": {"en": "Desk"},
        "WayPoint1": {"en": "EG-1 (Kitchen)"},
        "Charger": {"en": "Charger"},
    }


def test_area_of_a_no_go_node_lies_around_the_node() -> None:
    assert _read(SMALL).zones[0].polygon == ((2.0, 3.0), (0.0, 3.0), (1.0, 1.0))


def test_what_is_not_used_is_said() -> None:
    notes = _read(SMALL).notes
    assert "Not used: tags of one node: quiet (Desk)." in notes
    assert "Edges that start and end at one node are left out: WayPoint1." in notes
    assert any(note.startswith("Not used: the edges' actions: docking (1), move_base (3)") for note in notes)


def test_two_metric_maps_are_two_levels() -> None:
    text = SMALL.replace("    map: home\n    name: Charger", "    map: cellar\n    name: Charger")
    assert [level.level_id for level in _read(text).levels] == ["home", "cellar"]


# -- what people get wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "node: WayPoint1, top",
            "node: WayPoint7, top",
            r"node 'Desk', edges 2, node: there is no node 'WayPoint7'; did",
        ),
        ("node: WayPoint1, top_vel: 0.0}", "top_vel: 0.0}", r"node 'Desk', edges 2: 'node' is missing"),
        ("name: WayPoint1", "name: Desk", r"node 'Desk': the name is used twice \(first in line 1\)"),
        ("x: 4, y: 6", "x: .nan, y: 6", r"node 'WayPoint1', .*x: '\.nan' is not a number"),
        ("x: 4, y: 6", "x: 1e999, y: 6", r"'1e999' is not a number"),
        ("x: 4, y: 6", "x: 4", r"position: 'y' is missing"),
        ("{w: 1, x: 0, y: 0, z: 0}", "{w: 0, x: 0, y: 0, z: 0}", r"the quaternion has no direction"),
        ("{w: 1, x: 0, y: 0, z: 0}", "{w: 1, x: 0, y: 0}", r"'z' is missing"),
        ("top_vel: 0.55", "top_vel: -0.55", r"node 'Desk', edges 1, top_vel: the speed is -0\.55"),
        ("- meta: {}\n  node:", "- meta: {}\n  knot:", r"node 3: 'node' is missing"),
        ("verts: [{x: 1, y: 1}", "verts: [{x: 1}", r"verts: 'y' is missing"),
    ],
)
def test_mistake_is_named_with_file_line_element_and_fix(old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(SiteError, match=says) as caught:
        _read(SMALL.replace(old, new, 1))
    assert str(caught.value).startswith("home.yaml, line ")
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_empty_map_is_refused() -> None:
    with pytest.raises(SiteError, match="the map has no node"):
        _read("[]")


def test_map_that_was_cut_off_between_two_nodes_is_refused(data: Callable[[str], Path]) -> None:
    text = data(f"{FOLDER}/aaf_simulation.yaml").read_text(encoding="utf-8")
    starts = [place for place in range(len(text)) if text.startswith("- meta:", place)][1::9]
    assert len(starts) == 10
    for start in starts:
        with pytest.raises(SiteError, match="there is no node"):
            _read(text[:start])
