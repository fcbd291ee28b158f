"""Sites as VDMA LIF: valid against the format's schema, and the same again in what LIF holds."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from maps.elements import Edge, Level, Lift, Names, Node, NodeKind, Site
from maps.exporters.lif import NO_STATION, export, within_a_turn
from maps.geometry import centre, distance_m
from maps.importers.lif import read
from maps.importers.names import distinct_names, slug
from maps.load import load
from tests.maps.strategies import sites

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
# Without shrinking: a whole site is made smaller for minutes, and then the test's time is over.
PHASES = (Phase.explicit, Phase.generate)
EXAMPLES = settings(
    deadline=None, derandomize=True, max_examples=80, phases=PHASES, suppress_health_check=SLOW
)


@pytest.fixture(scope="session")
def schema(data: Callable[[str], Path]) -> Any:
    """The format's own schema, as a validator."""
    text = data("lif/LIF.schema").read_text(encoding="utf-8")
    return jsonschema.Draft7Validator(json.loads(text))


# -- valid -----------------------------------------------------------------------------------------------


@EXAMPLES
@given(site=sites())
def test_export_of_any_site_is_valid_lif(schema: Any, site: Site) -> None:
    document, _ = export(site)
    assert [error.message for error in schema.iter_errors(json.loads(json.dumps(document)))] == []


def test_export_of_real_buildings_is_valid_lif(
    schema: Any, building: Callable[[str], Path], hospital: Site
) -> None:
    for site in (hospital, load(building("clinic")), load(building("office"))):
        document, lost = export(site, "2026-01-01T00:00:00.00Z")
        schema.validate(document)
        assert lost


# -- there and back --------------------------------------------------------------------------------------


@EXAMPLES
@given(sites())
def test_any_site_comes_back_the_same_in_what_lif_holds(site: Site) -> None:
    document, _ = export(site)
    back = read(json.loads(json.dumps(document)), "any.json")
    assert replace(back, notes=()) == what_lif_holds(site)


@settings(EXAMPLES, max_examples=40)
@given(sites())
def test_what_came_through_lif_once_comes_through_it_again_unchanged(site: Site) -> None:
    once = read(export(site)[0], "once.json")
    again = read(export(once)[0], "twice.json")
    assert replace(again, notes=()) == replace(once, notes=())


def test_real_buildings_come_back_the_same_in_what_lif_holds(
    building: Callable[[str], Path], hospital: Site
) -> None:
    for site in (hospital, load(building("clinic")), load(building("office"))):
        assert replace(read(export(site)[0], "b.json"), notes=()) == what_lif_holds(site)


def what_lif_holds(site: Site) -> Site:
    """The site without what LIF 1.0.0 has no place for, as `read` should give it back.

    Kept: levels with one name, nodes with position, heading, kind and one name, directed lanes with speed
    limit and fleet graphs, which nodes lift rides join. Everything else is gone or has its default.
    """
    order = [level.level_id for level in site.levels]
    nodes = sorted(site.nodes, key=lambda node: order.index(node.level))
    name = one(site.names) or site.site_id
    lifts = [lift_of_lif(lift, nodes) for lift in site.lifts if len(lift.cabin_nodes) > 1]
    first = {node.node_id: index for index, node in enumerate(nodes)}
    return Site(
        site_id=slug(name, "layout"),
        names={"en": name},
        time_zone="UTC",
        levels=tuple(
            Level(level_id=level.level_id, names={"en": one(level.names) or level.level_id}, elevation_m=0.0)
            for level in site.levels
        ),
        nodes=tuple(nodes_of_lif(site, nodes)),
        edges=tuple(edges_of_lif(site, order)),
        lifts=tuple(sorted(lifts, key=lambda lift: min(first[node] for node in lift.cabin_nodes.values()))),
    )


def one(names: Names) -> str:
    return names.get("en") or next(iter(names.values()), "")


def nodes_of_lif(site: Site, nodes: list[Node]) -> list[Node]:
    """A room becomes a station: the first of its nodes bears its name if it has none, all are entrances."""
    labels, kinds = {}, {}
    for node in nodes:
        if one(node.names) and node.kind not in NO_STATION:
            labels[node.node_id] = one(node.names)
        if node.kind not in NO_STATION and (node.kind is not NodeKind.WAYPOINT or one(node.names)):
            kinds[node.node_id] = node.kind
    rooms = [
        room for level in site.levels for room in site.rooms if room.level == level.level_id and room.nodes
    ]
    for room in rooms:
        for node_id in room.nodes:
            kinds.setdefault(node_id, NodeKind.ROOM_ENTRANCE)
        if one(room.names):
            labels.setdefault(room.nodes[0], one(room.names))
    # A doorway has a name, but no station: the room's station goes before it.
    for node in nodes:
        if one(node.names):
            labels.setdefault(node.node_id, one(node.names))
    levels, graphs = {node.node_id: node.level for node in nodes}, graphs_at(site)
    names = distinct_names(
        {n.node_id: labels[n.node_id] for n in nodes if n.node_id in labels}, levels, graphs, []
    )
    return [
        Node(
            node_id=node.node_id,
            level=node.level,
            x_m=node.x_m,
            y_m=node.y_m,
            kind=NodeKind.LIFT_CABIN if rides(node, site) else kinds.get(node.node_id, NodeKind.WAYPOINT),
            names={"en": names[node.node_id]} if node.node_id in names else {},
            lift=node.lift if rides(node, site) else None,
            yaw_rad=None if node.yaw_rad is None else within_a_turn(node.yaw_rad),
        )
        for node in nodes
    ]


def rides(node: Node, site: Site) -> bool:
    """Whether the node is the cabin of a lift that joins levels: only then LIF shows a lift."""
    return any(len(lift.cabin_nodes) > 1 and node.node_id in lift.cabin_nodes.values() for lift in site.lifts)


def graphs_at(site: Site) -> dict[str, tuple[str, ...]]:
    every = tuple(dict.fromkeys(graph for edge in site.edges for graph in edge.graphs)) or ("0",)
    found = {}
    for node in site.nodes:
        touching = [edge for edge in site.edges if node.node_id in (edge.source, edge.target)]
        found[node.node_id] = tuple(dict.fromkeys(g for edge in touching for g in edge.graphs)) or every
    return found


def edges_of_lif(site: Site, order: list[str]) -> list[Edge]:
    nodes = {node.node_id: node for node in site.nodes}
    kept = [edge for edge in site.edges if edge.graphs]
    kept.sort(key=lambda edge: order.index(nodes[edge.source].level))
    return [
        Edge(
            edge_id=edge.edge_id,
            source=edge.source,
            target=edge.target,
            length_m=0.0 if edge.lift else distance_m(at(nodes[edge.source]), at(nodes[edge.target])),
            speed_mps_max=edge.speed_mps_max,
            lift=edge.lift,
            graphs=edge.graphs,
        )
        for edge in kept
    ]


def at(node: Node) -> tuple[float, float]:
    return (node.x_m, node.y_m)


def lift_of_lif(lift: Lift, nodes: list[Node]) -> Lift:
    inside = [node for node in nodes if node.node_id in lift.cabin_nodes.values()]
    x_m, y_m = centre([at(node) for node in inside])
    return Lift(
        lift_id=lift.lift_id,
        names={"en": lift.lift_id},
        cabin_nodes={node.level: node.node_id for node in inside},
        center=(round(x_m, 3), round(y_m, 3)),
        width_m=1.5,
        depth_m=1.5,
        home_level=inside[0].level,
    )


# -- what is lost ----------------------------------------------------------------------------------------


def test_what_lif_cannot_hold_is_counted(tower: Site) -> None:
    lost = export(tower)[1]
    assert "2 doors: LIF has none." in lost or any(sentence.endswith("LIF has none.") for sentence in lost)
    kinds = [sentence.partition(": ")[0] for sentence in lost]
    assert any(kind.endswith(("wall", "walls")) for kind in kinds)
    assert "1 lift" in kinds
    assert "1 time zone" in kinds


def test_hospital_loses_exactly_what_it_has(hospital: Site) -> None:
    lost = {sentence.partition(": ")[0] for sentence in export(hospital)[1]}
    for count, words in (
        (len(hospital.rooms), "rooms"),
        (len(hospital.doors), "doors"),
        (len(hospital.lifts), "lifts"),
        (len(hospital.zones), "zones"),
        (sum(len(level.walls) for level in hospital.levels), "walls"),
        (sum(node.side is not None for node in hospital.nodes), "nodes' sides"),
    ):
        assert (f"{count} {words}" in lost) == (count > 0)


def test_site_of_lanes_alone_loses_only_its_time_zone() -> None:
    nodes = (
        Node(node_id="a", level="L", x_m=0.0, y_m=0.0),
        Node(node_id="b", level="L", x_m=3.0, y_m=4.0, kind=NodeKind.CHARGER, names={"en": "Charger"}),
    )
    site = Site(
        site_id="s",
        names={"en": "S"},
        time_zone="UTC",
        levels=(Level(level_id="L", names={"en": "L"}, elevation_m=0.0),),
        nodes=nodes,
        edges=(Edge(edge_id="a>b", source="a", target="b", length_m=5.0),),
    )
    document, lost = export(site, "2026-01-01T00:00:00.00Z")
    assert lost == ("1 time zone: LIF has none.",)
    assert document["metaInformation"] == {
        "projectIdentification": "S",
        "creator": "CityFleet",
        "exportTimestamp": "2026-01-01T00:00:00.00Z",
        "lifVersion": "1.0.0",
    }
    charger = document["layouts"][0]["nodes"][1]["vehicleTypeNodeProperties"][0]
    assert [action["actionType"] for action in charger["actions"]] == ["startCharging", "stopCharging"]


def test_export_is_the_same_every_time(hospital: Site) -> None:
    assert json.dumps(export(hospital)) == json.dumps(export(hospital))
