"""VDMA LIF layouts: what they say, what is not used, what is refused, and that the schema agrees."""

import copy
import json
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maps.elements import NodeKind, Site
from maps.errors import SiteError
from maps.importers.lif import read
from maps.importers.lif_curves import length_m
from maps.importers.lif_file import ControlPoint, Trajectory, read_document
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check


def node(node_id: str, x: float, y: float, *types: str, **more: Any) -> dict[str, Any]:
    vehicles = [{"vehicleTypeId": name} for name in types or ("cart",)]
    position = {"x": x, "y": y}
    return {"nodeId": node_id, "nodePosition": position, "vehicleTypeNodeProperties": vehicles} | more


def edge(start: str, end: str, *vehicles: dict[str, Any], **more: Any) -> dict[str, Any]:
    ways = [{"vehicleTypeId": "cart", "rotationAllowed": True} | way for way in vehicles or ({},)]
    head = {"edgeId": f"{start}-{end}", "startNodeId": start, "endNodeId": end}
    return head | {"vehicleTypeEdgeProperties": ways} | more


def station(station_id: str, *nodes: str, **more: Any) -> dict[str, Any]:
    return {"stationId": station_id, "interactionNodeIds": list(nodes)} | more


def layout(layout_id: str, nodes: list[Any], edges: list[Any], *stations: Any, **more: Any) -> dict[str, Any]:
    head = {"layoutId": layout_id, "layoutVersion": "1", "nodes": nodes, "edges": edges}
    return head | {"stations": list(stations)} | more


def file(*layouts: Any) -> dict[str, Any]:
    meta = {
        "projectIdentification": "Test Hall",
        "creator": "nobody",
        "exportTimestamp": "2026-01-01T00:00:00.00Z",
        "lifVersion": "1.0.0",
    }
    return {"metaInformation": meta, "layouts": list(layouts)}


def hall() -> dict[str, Any]:
    """Every field that the schema knows, once."""
    action = {
        "actionType": "pick",
        "actionDescription": "take it",
        "requirementType": "OPTIONAL",
        "blockingType": "HARD",
        "actionParameters": [{"key": "side", "value": "left"}],
    }
    way = {
        "vehicleTypeId": "cart",
        "vehicleOrientation": 0.0,
        "orientationType": "TANGENTIAL",
        "rotationAllowed": False,
        "rotationAtStartNodeAllowed": "NONE",
        "rotationAtEndNodeAllowed": "CW",
        "maxSpeed": 1.5,
        "maxRotationSpeed": 0.5,
        "minHeight": 0.1,
        "maxHeight": 2,
        "loadRestriction": {"unloaded": True, "loaded": False, "loadSetNames": ["box"]},
        "actions": [action],
        "trajectory": {
            "degree": 2,
            "knotVector": [0, 0, 0, 1, 1, 1],
            "controlPoints": [{"x": 0, "y": 0}, {"x": 2, "y": 2, "weight": 1.0}, {"x": 4, "y": 0}],
        },
        "reentryAllowed": False,
    }
    start = node("A", 0, 0, nodeName="Start", nodeDescription="here", mapId="plan")
    start["vehicleTypeNodeProperties"][0] |= {"theta": 1.5, "actions": [action]}
    place = {"x": 0, "y": 1, "theta": 0.5}
    rack = station(
        "R", "A", stationName="Rack", stationDescription="high", stationHeight=1.0, stationPosition=place
    )
    return file(
        layout(
            "hall",
            [start, node("B", 4, 0)],
            [edge("A", "B", way, edgeName="aisle", edgeDescription="long"), edge("B", "A")],
            rack,
            layoutName="Hall",
            layoutLevelId="0",
            layoutDescription="all of it",
        )
    )


def imported(*layouts: Any) -> Site:
    return read(file(*layouts), "hall.json")


# -- what it says ----------------------------------------------------------------------------------------


def test_sample_layout_is_read(data: Callable[[str], Path]) -> None:
    site = load(data("lif/sample_layout.json"))
    assert (site.site_id, [level.names for level in site.levels]) == ("warehouse", [{"en": "Floor 1"}])
    drop = next(node for node in site.nodes if node.node_id == "N1")
    assert (drop.names, drop.kind, drop.yaw_rad) == ({"en": "Drop station 1"}, NodeKind.CHECKPOINT, 0.0)
    (lane,) = site.edges
    assert (lane.length_m, lane.speed_mps_max, lane.graphs) == (5.0, 1.0, ("agv-default",))


def test_every_field_is_kept_or_said() -> None:
    site = read(hall(), "hall.json")
    lane = site.edges[0]
    assert (lane.edge_id, lane.speed_mps_max, lane.length_m) == ("A-B", 1.5, pytest.approx(4.591, abs=0.001))
    assert site.nodes[0].names == {"en": "Rack"}
    assert site.nodes[0].yaw_rad == 1.5
    notes = "\n".join(site.notes)
    for field in (
        "vehicleOrientation",
        "rotationAtStartNodeAllowed",
        "rotationAtEndNodeAllowed",
        "maxRotationSpeed",
        "minHeight",
        "maxHeight",
        "loadRestriction",
        "rotationAllowed: false",
        "reentryAllowed: false",
        "nodeDescription",
        "stationDescription",
        "stationHeight",
        "stationPosition",
    ):
        assert f"Not used: '{field}' of 1 " in notes
    assert "Not used: actions of edges: pick." in notes
    assert "Not used: action 'pick' at A." in notes
    assert "Not used: mapId plan." in notes
    assert "1 edges follow a trajectory" in notes


def test_layouts_of_one_level_are_one_level() -> None:
    site = imported(
        layout("west", [node("A", 0, 0)], [edge("A", "B")], layoutLevelId="0", layoutName="West"),
        layout("east", [node("B", 3, 4)], [edge("B", "A")], layoutLevelId="0", layoutName="East"),
    )
    assert [(level.level_id, level.names) for level in site.levels] == [("0", {"en": "0"})]
    assert [(edge.length_m, edge.lift) for edge in site.edges] == [(5.0, None), (5.0, None)]


def test_edges_to_another_level_are_rides_in_a_lift() -> None:
    site = imported(
        layout("L0", [node("A", 0, 0), node("cab0", 4, 0)], [edge("A", "cab0"), edge("cab0", "cab1")]),
        layout("L1", [node("cab1", 4, 0.1)], [edge("cab1", "cab0"), edge("cab1", "cab2")]),
        layout("L2", [node("cab2", 4, 0)], [edge("cab2", "cab1")]),
    )
    (lift,) = site.lifts
    assert (lift.lift_id, lift.cabin_nodes) == ("lift_1", {"L0": "cab0", "L1": "cab1", "L2": "cab2"})
    assert [edge.edge_id for edge in site.edges if edge.lift] == [
        "cab0-cab1",
        "cab1-cab0",
        "cab1-cab2",
        "cab2-cab1",
    ]
    assert {edge.length_m for edge in site.edges if edge.lift} == {0.0}
    assert [node.node_id for node in site.nodes if node.kind is NodeKind.LIFT_CABIN] == [
        "cab0",
        "cab1",
        "cab2",
    ]
    assert any(note.startswith("Edges join the levels L0, L1, L2: lift lift_1") for note in site.notes)


def test_two_lifts_are_told_apart_and_take_the_name_that_their_edges_share() -> None:
    first = [edge("a0", "a1", edgeName="East lift"), edge("b0", "b1")]
    site = imported(
        layout("L0", [node("a0", 0, 0), node("b0", 9, 0)], first),
        layout("L1", [node("a1", 0, 0), node("b1", 9, 0)], [edge("a1", "a0", edgeName="East lift")]),
    )
    assert [(lift.lift_id, lift.center) for lift in site.lifts] == [
        ("East lift", (0.0, 0.0)),
        ("lift_2", (9.0, 0.0)),
    ]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (station("S", "A", stationDescription="parking"), NodeKind.PARKING),
        (station("S", "A", stationDescription="hold_point"), NodeKind.HOLD_POINT),
        (station("S", "A", stationDescription="lift_cabin"), NodeKind.CHECKPOINT),
        (station("S", "A", stationName="Charging bay"), NodeKind.CHARGER),
        (station("charger_3", "A"), NodeKind.CHARGER),
        (station("S", "A", stationName="Discharge belt"), NodeKind.CHECKPOINT),
        (station("S", "A", stationName="Parking spot 2"), NodeKind.PARKING),
        (station("S", "A", stationName="Parked goods"), NodeKind.CHECKPOINT),
        (station("S", "A", stationName="Ward"), NodeKind.CHECKPOINT),
    ],
)
def test_kind_of_a_place_comes_from_its_station(entry: dict[str, Any], kind: NodeKind) -> None:
    assert imported(layout("L", [node("A", 0, 0)], [], entry)).nodes[0].kind is kind


def test_node_where_vehicles_charge_is_a_charger_whatever_the_station_says() -> None:
    charger = node("A", 0, 0)
    action = {"actionType": "startCharging", "blockingType": "HARD"}
    charger["vehicleTypeNodeProperties"][0]["actions"] = [action]
    site = imported(layout("L", [charger], [], station("S", "A", stationDescription="checkpoint")))
    assert site.nodes[0].kind is NodeKind.CHARGER


def test_place_is_called_after_the_station_then_the_node_then_the_stations_id() -> None:
    nodes = [node("A", 0, 0, nodeName="a"), node("B", 1, 0, nodeName="b"), node("C", 2, 0), node("D", 3, 0)]
    stations = [station("S1", "A", stationName="Rack"), station("S2", "B"), station("S3", "C")]
    names = [entry.names for entry in imported(layout("L", nodes, [], *stations)).nodes]
    assert names == [{"en": "Rack"}, {"en": "b"}, {"en": "S3"}, {}]


def test_first_of_a_stations_nodes_bears_its_name() -> None:
    site = imported(
        layout("L", [node("A", 0, 0), node("B", 1, 0)], [], station("S", "B", "A", stationName="Rack"))
    )
    assert [entry.names for entry in site.nodes] == [{}, {"en": "Rack"}]
    assert {entry.kind for entry in site.nodes} == {NodeKind.CHECKPOINT}
    assert "Station 'S' has 2 nodes: B bears its name." in site.notes


def test_types_of_vehicle_are_fleet_graphs_and_split_a_lane_where_they_differ() -> None:
    ways = (
        {"vehicleTypeId": "cart", "maxSpeed": 1.0},
        {"vehicleTypeId": "lifter", "maxSpeed": 0.5},
        {"vehicleTypeId": "tug", "maxSpeed": 1.0},
    )
    types = ("cart", "lifter", "tug")
    site = imported(layout("L", [node("A", 0, 0, *types), node("B", 1, 0, *types)], [edge("A", "B", *ways)]))
    assert [(entry.edge_id, entry.graphs, entry.speed_mps_max) for entry in site.edges] == [
        ("A-B", ("cart", "tug"), 1.0),
        ("A-B~2", ("lifter",), 0.5),
    ]


def test_edge_is_no_way_for_a_type_that_may_not_be_at_its_nodes_or_on_it() -> None:
    load_of_none = {"loadRestriction": {"unloaded": False, "loaded": False}}
    ways = ({"vehicleTypeId": "cart"}, {"vehicleTypeId": "tug"}, {"vehicleTypeId": "lifter"} | load_of_none)
    ends = [node("A", 0, 0, "cart", "tug", "lifter"), node("B", 1, 0, "cart", "lifter")]
    site = imported(layout("L", ends, [edge("A", "B", *ways)]))
    assert [entry.graphs for entry in site.edges] == [("cart",)]
    assert any(note.startswith("Edge A-B is no way for tug, lifter") for note in site.notes)


def test_edge_that_goes_nowhere_is_left_out() -> None:
    site = imported(layout("L", [node("A", 0, 0)], [edge("A", "A")]))
    assert site.edges == ()
    assert "Edge A-A starts and ends at node A: left out." in site.notes


def test_other_version_is_read_and_said() -> None:
    document = hall()
    document["metaInformation"]["lifVersion"] = "3.1.0"
    assert "The file says LIF 3.1.0: it is read as 1.0.0." in read(document, "a.json").notes


def test_site_survives_our_own_file() -> None:
    site = read(hall(), "hall.json")
    assert loads(dumps(site)) == site
    assert not [finding for finding in check(site) if finding.code == "length_too_short"]


# -- curves ----------------------------------------------------------------------------------------------


def curve(degree: int, knots: list[float], points: list[tuple[float, float, float]]) -> Trajectory:
    return Trajectory(
        degree=degree,
        knot_vector=tuple(knots),
        control_points=tuple(ControlPoint(x=x, y=y, weight=weight) for x, y, weight in points),
    )


def test_length_of_a_polyline_is_exact() -> None:
    assert length_m(curve(1, [0, 0, 0.5, 1, 1], [(0, 0, 1), (3, 4, 1), (3, 0, 1)])) == 9.0


def test_length_of_a_half_circle_is_met_to_the_millimetre() -> None:
    """A circle is rational: weights 1 and the root of 2, scaled so that none is below 1, as LIF wants."""
    root = math.sqrt(2)
    points = [(0, 0, root), (0, 5, 1), (5, 5, root), (10, 5, 1), (10, 0, root)]
    assert length_m(curve(2, [0, 0, 0, 0.5, 0.5, 1, 1, 1], points)) == pytest.approx(5 * math.pi, abs=0.001)


def test_length_of_a_curve_whose_knots_do_not_reach_its_ends_agrees_with_scipy() -> None:
    from scipy.interpolate import BSpline

    knots = [0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 1]
    corners = [(0.0, 0.0), (3.0, 4.0), (3.0, 0.0), (5.0, 1.0), (2.0, 2.0)]
    spline = BSpline(knots, corners, 3)
    along = [tuple(spline(0.3 + 0.3 * step / 4000)) for step in range(4001)]
    expected = sum(math.dist(a, b) for a, b in pairwise(along))
    assert length_m(curve(3, knots, [(x, y, 1) for x, y in corners])) == pytest.approx(expected, abs=0.001)


# -- what is refused -------------------------------------------------------------------------------------

TWO = [node("A", 0, 0), node("B", 1, 0)]
LINE = {"knotVector": [0, 0, 1, 1], "controlPoints": [{"x": 0, "y": 0}, {"x": 1, "y": 0}]}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (file(), r"the layouts hold no node; export the layout again"),
        (file(layout("L", [], [])), r"the layouts hold no node"),
        (
            file(layout("L", TWO, []), layout("L", [node("C", 0, 0)], [])),
            r"layout 'L': the id is used twice \(first by layout 'L'\)",
        ),
        (
            file(layout("L", TWO, []), layout("M", [node("A", 0, 0)], [])),
            r"layout 'M', node 'A': the id is used twice \(first by layout 'L', node 'A'\)",
        ),
        (file(layout("L", TWO, [edge("A", "B"), edge("A", "B")])), r"edge 'A-B': the id is used twice"),
        (
            file(layout("L", TWO, [], station("S", "A"), station("S", "B"))),
            r"station 'S': the id is used twice",
        ),
        (file(layout("L", TWO, [edge("A", "C")])), r"layout 'L', edge 'A-C': there is no node 'C'"),
        (file(layout("L", TWO, [], station("S", "b"))), r"station 'S': there is no node 'b'; add the node"),
        (file(layout("L", TWO, [], station("S"))), r"station 'S': interactionNodeIds is empty"),
        (
            file(layout("L", [node("A", 0, 0) | {"vehicleTypeNodeProperties": []}], [])),
            r"node 'A': vehicleTypeNodeProperties is empty",
        ),
        (
            file(layout("L", TWO, [edge("A", "B") | {"vehicleTypeEdgeProperties": []}])),
            r"edge 'A-B': vehicleTypeEdgeProperties is empty",
        ),
        (file(layout("L", [node("A", 0, 0, "cart", "cart")], [])), r"vehicle type 'cart' is there twice"),
        (
            file(layout("L", TWO, [edge("A", "B", {"maxSpeed": 0})])),
            r"edge 'A-B', vehicle type 'cart': maxSpeed is 0; write a speed above 0",
        ),
        (
            file(layout("L", TWO, [edge("A", "B", {"trajectory": LINE | {"degree": 1.5}})])),
            r"trajectory: the degree 1\.5 is not a whole number",
        ),
        (
            file(layout("L", TWO, [edge("A", "B", {"trajectory": LINE | {"degree": 2}})])),
            r"trajectory: 2 control points do not make a curve of degree 2",
        ),
        (
            file(layout("L", TWO, [edge("A", "B", {"trajectory": LINE | {"knotVector": [0, 1]}})])),
            r"trajectory: 2 knots where 4 are needed",
        ),
        (
            file(layout("L", TWO, [edge("A", "B", {"trajectory": LINE | {"knotVector": [0, 1, 0, 1]}})])),
            r"trajectory: the knots do not rise",
        ),
        (
            file(layout("L", TWO, [edge("A", "B", {"trajectory": LINE | {"knotVector": [0, 1, 1, 1]}})])),
            r"trajectory: the knots span no curve",
        ),
        ({"origins": []}, r"is a LIF 2 file, which has 'origins'; export the layout as LIF 1\.0\.0"),
    ],
)
def test_broken_rule_is_named_with_file_element_and_fix(document: Any, says: str) -> None:
    with pytest.raises(SiteError, match=says) as caught:
        read(document, "hall.json")
    assert str(caught.value).startswith("hall.json: ")
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nodePosition": {"x": "4", "y": 0}}, r"node 'A', nodePosition, x: text is written where a number"),
        ({"nodePosition": {"x": True, "y": 0}}, r"nodePosition, x: true or false is written where a number"),
        ({"nodePosition": {"x": 4}}, r"layout 'L', node 'A', nodePosition: 'y' is missing"),
        ({"nodePosition": None}, r"null is written where a group of fields is needed"),
        ({"nodeName": None}, r"node 'A', nodeName: null is written where text is needed"),
        (
            {"vehicleTypeNodeProperties": {}},
            r"vehicleTypeNodeProperties: a group of fields .* a list is needed",
        ),
        (
            {"vehicleTypeNodeProperties": [{"vehicleTypeId": "a", "actions": [{"actionType": "x"}]}]},
            r"node 'A', vehicleTypeNodeProperties 1, actions 1: 'blockingType' is missing",
        ),
        (
            {
                "vehicleTypeNodeProperties": [
                    {"vehicleTypeId": "a", "actions": [{"actionType": "x", "blockingType": "SOMETIMES"}]}
                ]
            },
            r"actions 1, blockingType: 'SOMETIMES' is not a word that is known here",
        ),
    ],
)
def test_what_the_schema_refuses_is_named_in_words(change: dict[str, Any], says: str) -> None:
    with pytest.raises(SiteError, match=says) as caught:
        read(file(layout("L", [node("A", 0, 0) | change], [])), "hall.json")
    assert str(caught.value).startswith("hall.json: layout 'L', node 'A'")
    assert "LIF 1.0.0 schema" in caught.value.hint


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_number_that_is_not_finite_is_refused(tmp_path: Path, number: str) -> None:
    text = json.dumps(hall()).replace('"x": 4', f'"x": {number}')
    (tmp_path / "hall.json").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=r"hall\.json: .*(not a finite number|number out of range)"):
        load(tmp_path / "hall.json")


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    text = json.dumps(hall()).replace("Rack", "\\ud800")
    (tmp_path / "hall.json").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=r"hall\.json: cannot be read"):
        load(tmp_path / "hall.json")


def test_truncated_file_is_refused_with_its_line(tmp_path: Path) -> None:
    text = json.dumps(hall(), indent=1)
    (tmp_path / "hall.lif").write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(SiteError, match=r"hall\.lif, line \d+: not valid JSON"):
        load(tmp_path / "hall.lif", "lif")


def test_key_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    text = json.dumps(hall()).replace('"nodes": [', '"nodes": [], "nodes": [', 1)
    (tmp_path / "hall.json").write_text(text, encoding="utf-8")
    with pytest.raises(
        SiteError, match=r"hall\.json: 'nodes' is written twice in one object; remove or rename"
    ):
        load(tmp_path / "hall.json")


def test_file_of_the_next_version_is_recognised_and_refused(tmp_path: Path) -> None:
    (tmp_path / "next.json").write_text(json.dumps({"metaInformation": {}, "origins": []}), encoding="utf-8")
    with pytest.raises(SiteError, match=r"next\.json: is a LIF 2 file"):
        load(tmp_path / "next.json")


# -- the schema agrees -----------------------------------------------------------------------------------

VALUES = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2.5,
    "",
    "x",
    "HARD",
    "BOTH",
    "GLOBAL",
    [],
    {},
    [1],
    [{}],
    ["x"],
    {"x": 1},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each value below."""
    yield path
    if isinstance(value, dict):
        for key, child in value.items():
            yield from places(child, (*path, key))
    if isinstance(value, list):
        for index, child in enumerate(value):
            yield from places(child, (*path, index))


PLACES = list(places(hall()))[1:]


@pytest.fixture(scope="session")
def schema(data: Callable[[str], Path]) -> Any:
    """The format's own schema, as a validator."""
    text = data("lif/LIF.schema").read_text(encoding="utf-8")
    return jsonschema.Draft7Validator(json.loads(text))


def accepted(document: Any) -> bool:
    try:
        read_document(document, "a.json")
    except SiteError:
        return False
    return True


def test_document_with_every_field_is_valid(schema: Any) -> None:
    schema.validate(hall())
    assert accepted(hall())


@settings(
    deadline=None,
    derandomize=True,
    max_examples=1000,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(PLACES), st.sampled_from(["remove", "add", *VALUES]))
def test_any_changed_document_is_accepted_if_and_only_if_the_schema_accepts_it(
    schema: Any, path: tuple[Any, ...], change: Any
) -> None:
    document = copy.deepcopy(hall())
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    if change == "remove":
        del holder[path[-1]]
    elif change == "add" and isinstance(holder, dict):
        holder["more"] = 1
    else:
        holder[path[-1]] = change
    assert accepted(document) == schema.is_valid(document)


@pytest.mark.parametrize("document", [None, 3, "x", [], {}, [{}], {"layouts": []}, {"metaInformation": {}}])
def test_document_of_another_shape_is_accepted_if_and_only_if_the_schema_accepts_it(
    schema: Any, document: Any
) -> None:
    assert accepted(document) == schema.is_valid(document)
