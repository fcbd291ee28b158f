"""The sample hospital keeps the rules that let traffic flow (docs/maps.md)."""

import math
from itertools import combinations

import networkx as nx
from shapely import LineString, Point

from maps.elements import Edge, NodeKind, Site
from maps.graph import SiteGraph
from maps.validate import check

RESTS = (NodeKind.CHARGER, NodeKind.PARKING)
CLEAR_M = 2.0


def _line(graph: SiteGraph, edge: Edge) -> LineString:
    return LineString([graph.point(edge.source), graph.point(edge.target)])


def _lanes(graph: SiteGraph) -> list[Edge]:
    """One direction of every lane."""
    ends = {}
    for edge in graph.edges.values():
        if edge.lift is None:
            ends.setdefault(frozenset((edge.source, edge.target)), edge)
    return list(ends.values())


def test_hospital_has_no_finding(hospital: Site) -> None:
    assert check(hospital) == ()


def test_hospital_is_as_large_as_it_should_be(hospital: Site) -> None:
    kinds = [node.kind for node in hospital.nodes]
    assert (len(hospital.levels), len(hospital.lifts)) == (3, 2)
    assert len(hospital.rooms) >= 16
    assert kinds.count(NodeKind.CHARGER) >= 6
    assert kinds.count(NodeKind.PARKING) >= 8
    assert 80 <= len(hospital.nodes) <= 160


def test_everything_people_name_has_both_languages(hospital: Site) -> None:
    places = SiteGraph(hospital).places.values()
    others = (*hospital.levels, *hospital.doors, *hospital.lifts, hospital)
    assert all(set(thing.names) == {"en", "zh-CN"} for thing in (*places, *others))


def test_whole_hospital_is_one_strong_component(hospital: Site) -> None:
    assert nx.is_strongly_connected(SiteGraph(hospital).graph)


def test_every_level_stays_connected_without_the_lifts(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for level in graph.levels:
        nodes = [node.node_id for node in hospital.nodes if node.level == level]
        assert nx.is_strongly_connected(graph.graph.subgraph(nodes))


def test_resting_robot_is_in_nobodys_way(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for rest in (node for node in hospital.nodes if node.kind in RESTS):
        at = Point(rest.x_m, rest.y_m)
        spur = [edge for edge in _lanes(graph) if rest.node_id in (edge.source, edge.target)]
        assert len(spur) == 1
        for edge in _lanes(graph):
            if edge is not spur[0] and graph.nodes[edge.source].level == rest.level:
                assert _line(graph, edge).distance(at) >= CLEAR_M, (rest.node_id, edge.edge_id)


def test_lanes_that_do_not_meet_are_two_metres_apart(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for first, second in combinations(_lanes(graph), 2):
        same_level = graph.nodes[first.source].level == graph.nodes[second.source].level
        apart = {first.source, first.target}.isdisjoint({second.source, second.target})
        if same_level and apart:
            distance_m = _line(graph, first).distance(_line(graph, second))
            assert distance_m >= CLEAR_M, (first.edge_id, second.edge_id)


def test_every_room_is_entered_by_one_two_way_lane_through_its_automatic_door(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for room in hospital.rooms:
        (node,) = room.nodes
        (door_id,) = room.doors
        (leave,) = graph.edges_from(node)
        (crossing,) = leave.doors
        assert crossing.door == door_id
        assert graph.doors[door_id].automatic
        assert crossing.at_m >= CLEAR_M
        assert graph.reverse_of(leave) is not None


def test_robots_wait_for_a_lift_well_before_its_door_and_leave_another_way(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for lift in hospital.lifts:
        for level, cabin in lift.cabin_nodes.items():
            (shaft_door,) = lift.doors[level]
            door = graph.doors[shaft_door]
            front, wait = (f"{level.lower()}_{lift.lift_id}_{name}" for name in ("front", "wait"))
            for node in (front, wait):
                assert LineString([door.start, door.end]).distance(Point(graph.point(node))) >= 2.5
            way_out = [edge for edge in graph.edges_from(front) if edge.target != cabin]
            assert len(way_out) == 1
            assert _line(graph, way_out[0]).distance(Point(graph.point(wait))) >= CLEAR_M


def test_corridors_carry_two_opposite_one_way_rings(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for level in graph.levels:
        one_way: nx.DiGraph = nx.DiGraph()
        for edge in hospital.edges:
            if graph.nodes[edge.source].level == level and graph.reverse_of(edge) is None:
                one_way.add_edge(edge.source, edge.target)
        rings = [ring for ring in nx.simple_cycles(one_way) if not any("_wait" in node for node in ring)]
        areas = [_signed_area([graph.point(node) for node in ring]) for ring in rings]
        assert len(areas) == 2
        assert min(areas) < 0 < max(areas)
        assert math.isclose(max(areas), 57.5 * 17.5)


def _signed_area(points: list[tuple[float, float]]) -> float:
    pairs = zip(points, (*points[1:], points[0]), strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2
