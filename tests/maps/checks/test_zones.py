"""Zones on a corridor with two rooms: west - middle - east, room A in the west, room B in the east."""

import math
from dataclasses import replace
from itertools import permutations

import pytest

from maps.checks.cuts import Ways
from maps.elements import Edge, Node, NodeKind, Point, Site, Window, Zone, ZoneKind
from maps.findings import Finding, Severity
from maps.graph import SiteGraph
from maps.validate import check

MIDDLE = ((10.0, 4.0), (14.0, 4.0), (14.0, 6.0), (10.0, 6.0))
CORRIDOR = ((0.5, 4.0), (23.5, 4.0), (23.5, 6.0), (0.5, 6.0))


def _with(site: Site, kind: ZoneKind, polygon: tuple[Point, ...], **more: object) -> Site:
    number = len(site.zones) + 1
    zone = Zone(zone_id=f"z{number}", level="L1", names={}, kind=kind, polygon=polygon, **more)
    return replace(site, zones=(*site.zones, zone))


def _only(site: Site) -> Finding:
    (finding,) = check(site)
    return finding


def test_no_go_zone_across_the_only_way_names_what_it_cuts_off(two_rooms: Site) -> None:
    finding = _only(_with(two_rooms, ZoneKind.NO_GO, MIDDLE))
    assert (finding.severity, finding.code, finding.element) == (
        Severity.WARNING,
        "zone_cuts_off",
        "zone 'z1'",
    )
    named = {finding.message.split("holds, ")[1].split(",")[0], *(case.element for case in finding.also)}
    assert len(named) >= 3


def test_places_within_a_zone_with_times_are_meant_to_be_closed_and_others_not(two_rooms: Site) -> None:
    night = (Window(start_s=79200.0, end_s=21600.0),)
    (end,) = (node for node in two_rooms.nodes if node.node_id == "charger_b")
    around = tuple((end.x_m + dx, end.y_m + dy) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    assert check(_with(two_rooms, ZoneKind.NO_GO, around, times=night)) == ()
    always = _only(_with(two_rooms, ZoneKind.NO_GO, around))
    assert "While zone 'z1' holds, charger_b cannot be reached" in always.message
    assert _only(_with(two_rooms, ZoneKind.NO_GO, MIDDLE, times=night)).code == "zone_cuts_off"


def test_no_go_zone_over_a_lift_cabin_closes_the_rides_to_it(tower: Site) -> None:
    (lift,) = tower.lifts
    level, cabin = list(lift.cabin_nodes.items())[-1]
    node = next(node for node in tower.nodes if node.node_id == cabin)
    around = tuple((node.x_m + dx, node.y_m + dy) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    zone = Zone(zone_id="wet", level=level, names={}, kind=ZoneKind.NO_GO, polygon=around)
    closed = Ways(SiteGraph(tower)).closed_by(zone).tolist()
    rides = [(edge, shut) for edge, shut in zip(tower.edges, closed, strict=True) if edge.lift]
    assert {shut for edge, shut in rides if edge.target == cabin} == {True}
    assert {shut for edge, shut in rides if edge.target != cabin} == {False}


def test_no_go_zone_beside_the_lanes_cuts_nothing(two_rooms: Site) -> None:
    beside = ((10.0, 1.0), (14.0, 1.0), (14.0, 3.0), (10.0, 3.0))
    assert check(_with(two_rooms, ZoneKind.NO_GO, beside)) == ()


@pytest.mark.parametrize("direction_rad", [0.0, math.pi])
def test_one_way_zone_on_the_only_way_is_a_trap(two_rooms: Site, direction_rad: float) -> None:
    site = _with(two_rooms, ZoneKind.ONE_WAY, MIDDLE, direction_rad=direction_rad)
    assert _only(site).code == "zone_cuts_off"


def test_one_way_zone_across_the_lanes_changes_nothing(two_rooms: Site) -> None:
    assert check(_with(two_rooms, ZoneKind.ONE_WAY, MIDDLE, direction_rad=math.pi / 2)) == ()


def test_zone_on_a_site_without_lanes_cuts_nothing_more(two_rooms: Site) -> None:
    bare = replace(two_rooms, edges=())
    assert [finding.code for finding in check(_with(bare, ZoneKind.NO_GO, MIDDLE))] == [
        finding.code for finding in check(bare)
    ]


def test_other_zones_cut_nothing(two_rooms: Site) -> None:
    for kind in (ZoneKind.SLOW, ZoneKind.QUIET, ZoneKind.PRIVATE, ZoneKind.OUTDOORS, ZoneKind.UV_HAZARD):
        assert check(_with(two_rooms, kind, CORRIDOR)) == ()


def test_fire_compartment_needs_a_hold_point_only_where_robots_drive(two_rooms: Site) -> None:
    finding = _only(_with(two_rooms, ZoneKind.FIRE_COMPARTMENT, CORRIDOR))
    assert (finding.severity, finding.code) == (Severity.WARNING, "no_hold_point")
    nodes = tuple(
        replace(node, kind=NodeKind.HOLD_POINT) if node.node_id == "middle" else node
        for node in two_rooms.nodes
    )
    assert check(replace(_with(two_rooms, ZoneKind.FIRE_COMPARTMENT, CORRIDOR), nodes=nodes)) == ()
    empty = ((10.0, 1.0), (14.0, 1.0), (14.0, 3.0), (10.0, 3.0))
    assert check(_with(two_rooms, ZoneKind.FIRE_COMPARTMENT, empty)) == ()


def test_outline_that_crosses_itself_is_a_warning(two_rooms: Site) -> None:
    bow = ((10.0, 1.0), (14.0, 3.0), (14.0, 1.0), (10.0, 3.0))
    finding = _only(_with(two_rooms, ZoneKind.SLOW, bow, speed_mps_max=0.3))
    assert (finding.code, finding.element) == ("outline_crosses_itself", "zone 'z1'")


def test_zones_that_only_together_cut_the_site_are_one_finding(two_rooms: Site) -> None:
    bypass = Node(node_id="bypass", level="L1", x_m=12.0, y_m=3.0)
    lanes = tuple(
        Edge(edge_id=f"{source}>{target}", source=source, target=target, length_m=6.4)
        for source, target in permutations(("door_a", "bypass", "door_b"), 2)
        if "bypass" in (source, target)
    )
    ring = replace(two_rooms, nodes=(*two_rooms.nodes, bypass), edges=(*two_rooms.edges, *lanes))
    straight = ((8.0, 4.5), (9.0, 4.5), (9.0, 5.5), (8.0, 5.5))
    around = ((11.5, 2.5), (12.5, 2.5), (12.5, 3.5), (11.5, 3.5))
    assert check(_with(ring, ZoneKind.NO_GO, straight)) == ()
    assert check(_with(ring, ZoneKind.NO_GO, around)) == ()
    finding = _only(_with(_with(ring, ZoneKind.NO_GO, straight), ZoneKind.NO_GO, around))
    assert (finding.code, finding.element) == ("zone_cuts_off", "zones 'z1' and 'z2'")
    assert finding.message.startswith("While zones 'z1' and 'z2' hold, ")
