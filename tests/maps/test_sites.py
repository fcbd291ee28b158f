"""The sites that come with the product keep the rules that let traffic flow (docs/maps.md)."""

from collections.abc import Iterator
from itertools import combinations

import networkx as nx
import pytest
from shapely import LineString, Point, Polygon

from maps.elements import Door, Edge, Level, Lift, NodeKind, Room, Site, Zone, ZoneKind
from maps.findings import Severity
from maps.geometry import inside
from maps.graph import SiteGraph
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check
from missions.planning.cells import CellGraph
from tests.maps.conftest import SAMPLES

NAMES = ("county_hospital.yaml", "community.yaml", "ancient_town.geojson")
Named = Level | Door | Lift | Room | Zone
RESTS = (NodeKind.CHARGER, NodeKind.PARKING, NodeKind.HOLD_POINT)
CLEAR_M = 2.0
WAIT_M = 2.5


@pytest.fixture(scope="module", params=NAMES)
def site(request: pytest.FixtureRequest) -> Site:
    return load(SAMPLES / request.param)


@pytest.fixture(scope="module")
def graph(site: Site) -> SiteGraph:
    return SiteGraph(site)


@pytest.fixture(scope="module")
def cells(graph: SiteGraph) -> CellGraph:
    return CellGraph.build(graph)


def line(graph: SiteGraph, edge: Edge) -> LineString:
    return LineString([graph.point(edge.source), graph.point(edge.target)])


def lanes(graph: SiteGraph) -> list[Edge]:
    """One direction of every lane; no rides."""
    ends: dict[frozenset[str], Edge] = {}
    for edge in graph.edges.values():
        if edge.lift is None:
            ends.setdefault(frozenset((edge.source, edge.target)), edge)
    return list(ends.values())


def zones(site: Site, kind: ZoneKind) -> Iterator[Zone]:
    return (zone for zone in site.zones if zone.kind is kind)


def test_nothing_is_wrong_with_it(site: Site) -> None:
    assert [f for f in check(site) if f.severity is not Severity.INFO] == []


def test_it_is_of_a_credible_size(site: Site) -> None:
    assert 60 <= len(site.nodes) <= 400


def test_everything_people_name_has_both_languages(site: Site, graph: SiteGraph) -> None:
    parts: tuple[Named, ...] = (*site.levels, *site.doors, *site.lifts, *site.rooms, *site.zones)
    things = (site.names, *(place.names for place in graph.places.values()), *(part.names for part in parts))
    assert [names for names in things if not {"en", "zh-CN"} <= set(names)] == []


def test_every_node_where_somebody_stops_has_a_name_or_a_room(site: Site) -> None:
    stops = [node for node in site.nodes if node.kind not in (NodeKind.WAYPOINT, NodeKind.LIFT_CABIN)]
    assert [node.node_id for node in stops if not node.names and node.room is None] == []


def test_its_file_says_all_that_it_is(site: Site) -> None:
    assert loads(dumps(site)) == site


def test_everything_is_reached_from_everywhere_on_each_level(site: Site, graph: SiteGraph) -> None:
    assert nx.is_strongly_connected(graph.graph)
    for level in graph.levels:
        nodes = [node.node_id for node in site.nodes if node.level == level]
        assert nx.is_strongly_connected(graph.graph.subgraph(nodes))


def test_zones_cut_no_place_off_for_a_planner(site: Site, graph: SiteGraph, cells: CellGraph) -> None:
    goals = [place.node for place in graph.places.values()]
    for goal in goals:
        table = cells.travel_table(goal, 1.0, cells.graph_names)
        assert [node for node in goals if node not in table] == []


def test_a_standing_robot_is_in_nobodys_way(site: Site, graph: SiteGraph) -> None:
    for rest in (node for node in site.nodes if node.kind in RESTS):
        at = Point(rest.x_m, rest.y_m)
        spur = [edge for edge in lanes(graph) if rest.node_id in (edge.source, edge.target)]
        assert len(spur) == 1, rest.node_id
        for edge in lanes(graph):
            if edge is not spur[0] and graph.nodes[edge.source].level == rest.level:
                assert line(graph, edge).distance(at) >= CLEAR_M, (rest.node_id, edge.edge_id)


def test_lanes_that_do_not_meet_are_two_metres_apart(graph: SiteGraph) -> None:
    for first, second in combinations(lanes(graph), 2):
        same_level = graph.nodes[first.source].level == graph.nodes[second.source].level
        apart = {first.source, first.target}.isdisjoint({second.source, second.target})
        if same_level and apart:
            distance_m = line(graph, first).distance(line(graph, second))
            assert distance_m >= CLEAR_M, (first.edge_id, second.edge_id)


def test_every_room_is_entered_by_one_two_way_lane_through_its_automatic_door(
    site: Site, graph: SiteGraph
) -> None:
    for room in site.rooms:
        (node,) = room.nodes
        (door_id,) = room.doors
        (leave,) = graph.edges_from(node)
        (crossing,) = leave.doors
        assert crossing.door == door_id
        assert graph.doors[door_id].automatic
        assert crossing.at_m >= CLEAR_M
        assert graph.reverse_of(leave) is not None


def test_robots_wait_for_a_lift_well_before_its_door_beside_the_way_out(site: Site, graph: SiteGraph) -> None:
    for lift in site.lifts:
        for level, cabin in lift.cabin_nodes.items():
            (shaft_door,) = lift.doors[level]
            leaf = LineString([graph.doors[shaft_door].start, graph.doors[shaft_door].end])
            (front,) = [edge.target for edge in graph.edges_from(cabin) if edge.lift is None]
            (wait,) = [source for source, _ in graph.graph.in_edges(front) if source != cabin]
            (way_out,) = [edge for edge in graph.edges_from(front) if edge.target != cabin]
            assert min(leaf.distance(Point(graph.point(node))) for node in (front, wait)) >= WAIT_M
            assert line(graph, way_out).distance(Point(graph.point(wait))) >= CLEAR_M


def test_there_are_more_rests_than_robots(cells: CellGraph) -> None:
    assert len(cells.rests(cells.graph_names)) >= 10


def test_every_node_lies_in_one_fire_compartment_that_has_a_hold_point(site: Site) -> None:
    blocks = list(zones(site, ZoneKind.FIRE_COMPARTMENT))
    for node in site.nodes:
        if node.kind is not NodeKind.LIFT_CABIN:
            around = [b for b in blocks if b.level == node.level and inside((node.x_m, node.y_m), b.polygon)]
            assert len(around) == 1, node.node_id
    for block in blocks:
        holds = [node for node in site.nodes if node.kind is NodeKind.HOLD_POINT]
        here = [n for n in holds if n.level == block.level and inside((n.x_m, n.y_m), block.polygon)]
        assert here, block.zone_id


def test_wards_dwellings_and_toilets_are_never_recorded(site: Site) -> None:
    private = list(zones(site, ZoneKind.PRIVATE))
    assert private
    for room in site.rooms:
        if room.kind in ("ward", "dwelling") or "toilets" in room.room_id:
            covers = [
                z for z in private if z.level == room.level and Polygon(z.polygon).covers(_core(room.polygon))
            ]
            assert covers, room.room_id


def _core(polygon: tuple[tuple[float, float], ...]) -> Polygon:
    """A hand's breadth smaller: outlines are drawn to the millimetre."""
    return Polygon(polygon).buffer(-0.1)


def test_it_has_quiet_hours_and_slow_places(site: Site) -> None:
    quiet = list(zones(site, ZoneKind.QUIET))
    assert quiet
    assert all(zone.times for zone in quiet)
    assert list(zones(site, ZoneKind.SLOW))
