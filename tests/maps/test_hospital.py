"""What is particular to the sample hospital; test_sites.py holds it to the rules for all of our sites."""

import math

import networkx as nx

from maps.elements import NodeKind, RoomKind, Side, Site, ZoneKind
from maps.graph import SiteGraph
from maps.validate import check


def test_hospital_has_no_finding(hospital: Site) -> None:
    assert check(hospital) == ()


def test_hospital_is_as_large_as_it_should_be(hospital: Site) -> None:
    kinds = [node.kind for node in hospital.nodes]
    assert (len(hospital.levels), len(hospital.lifts)) == (3, 2)
    assert len(hospital.rooms) >= 24
    assert kinds.count(NodeKind.CHARGER) >= 6
    assert kinds.count(NodeKind.PARKING) >= 8
    assert kinds.count(NodeKind.HOLD_POINT) == 12
    assert 160 <= len(hospital.nodes) <= 200


def test_clean_and_dirty_places_are_told_apart(hospital: Site) -> None:
    rooms = {node.room: node.side for node in hospital.nodes if node.side is not None}
    assert {room for room, side in rooms.items() if side is Side.DIRTY} == {
        f"waste_room_l{level}" for level in (1, 2, 3)
    }
    assert {"theatre_1", "theatre_2", "sterile_supply", "scrub_room"} <= rooms.keys()


def test_a_zone_warns_of_the_lamps_in_theatres(hospital: Site) -> None:
    warned = {zone.polygon for zone in hospital.zones if zone.kind is ZoneKind.UV_HAZARD}
    theatres = [room for room in hospital.rooms if room.kind is RoomKind.THEATRE]
    assert theatres
    assert all(room.polygon in warned for room in theatres)


def test_corridors_carry_two_opposite_one_way_rings(hospital: Site) -> None:
    graph = SiteGraph(hospital)
    for level in graph.levels:
        one_way: nx.DiGraph[str] = nx.DiGraph()
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
