"""Do the zones leave a site on which robots can work: what they cut off, and where robots go in a fire."""

import math
from collections.abc import Iterator, Sequence

import networkx as nx
import shapely

from maps.checks.reach import is_needed, main_part
from maps.elements import Edge, NodeKind, Site, Zone, ZoneKind
from maps.findings import Case, Finding, at_node, at_point, listed, warning
from maps.geometry import centre
from maps.graph import SiteGraph

_CLOSING = (ZoneKind.NO_GO, ZoneKind.ONE_WAY)


def zones(site: Site) -> Iterator[Finding]:
    """All findings of this module. The site must have no dangling references."""
    yield from _outlines(site)
    if not site.nodes:
        return
    graph = SiteGraph(site)
    yield from _cuts(graph)
    for zone in site.zones:
        if zone.kind is ZoneKind.FIRE_COMPARTMENT:
            yield from _compartment(zone, graph)


def _outlines(site: Site) -> Iterator[Finding]:
    outlines = [(f"zone '{zone.zone_id}'", zone.level, zone.polygon) for zone in site.zones]
    outlines += [(f"room '{room.room_id}'", room.level, room.polygon) for room in site.rooms]
    for element, level, polygon in outlines:
        if len(polygon) < 3 or not shapely.Polygon(polygon).is_valid:
            yield warning(
                "outline_crosses_itself",
                element,
                f"The outline of {element} crosses or touches itself: nobody can tell what lies inside.",
                "List its corners in the order in which one walks around it, each once.",
                at_point(level, centre(polygon)) if polygon else None,
            )


# -- what is cut off -------------------------------------------------------------------------------------


def _cuts(graph: SiteGraph) -> Iterator[Finding]:
    """Each zone alone, then those that hold always together, when none of these cuts anything alone."""
    whole = main_part(graph.graph, graph)
    closing = [zone for zone in graph.zones.values() if zone.kind in _CLOSING and len(zone.polygon) > 2]
    lost = {zone.zone_id: _lost([zone], graph, whole) for zone in closing}
    for zone in closing:
        if lost[zone.zone_id]:
            yield _cut([zone], lost[zone.zone_id], graph)
    always = [zone for zone in closing if not zone.times]
    if len(always) > 1 and not any(lost[zone.zone_id] for zone in always):
        together = _lost(always, graph, whole)
        if together:
            yield _cut(always, together, graph)


def _lost(closing: Sequence[Zone], graph: SiteGraph, whole: set[str]) -> list[str]:
    """The places of the main part that are in it no more; places within a zone with times are meant to be."""
    closed: dict[str, None] = {}
    for zone in closing:
        closed |= _closed_edges(zone, graph)
    rest: nx.DiGraph[str] = nx.DiGraph()
    rest.add_nodes_from(graph.nodes)
    rest.add_edges_from(
        (edge.source, edge.target) for edge in graph.edges.values() if edge.edge_id not in closed
    )
    left = main_part(rest, graph)
    meant = {node_id for zone in closing if zone.times for node_id in _nodes_in(zone, graph)}
    return [
        node_id
        for node_id, node in graph.nodes.items()
        if node_id in whole and node_id not in left and node_id not in meant and is_needed(node, graph)
    ]


def _closed_edges(zone: Zone, graph: SiteGraph) -> dict[str, None]:
    """What nobody drives while the zone holds: into a no-go zone, or against a one-way zone's direction.

    A robot that stands inside a no-go zone may leave it.
    """
    edges = [edge for edge in graph.edges.values() if edge.lift is None and _is_on(edge, zone.level, graph)]
    if not edges:
        return {}
    lines = shapely.linestrings([[graph.point(edge.source), graph.point(edge.target)] for edge in edges])
    shape = _shape(zone)
    crosses = shapely.relate_pattern(lines, shape, "T********").tolist()
    if zone.kind is ZoneKind.NO_GO:
        begins = shapely.contains(shape, shapely.get_point(lines, 0)).tolist()
        closed = [enters and not inside for enters, inside in zip(crosses, begins, strict=True)]
    else:
        closed = [
            enters and _is_against(edge, zone, graph) for enters, edge in zip(crosses, edges, strict=True)
        ]
    return {edge.edge_id: None for edge, is_closed in zip(edges, closed, strict=True) if is_closed}


def _is_on(edge: Edge, level: str, graph: SiteGraph) -> bool:
    return graph.nodes[edge.source].level == graph.nodes[edge.target].level == level


def _is_against(edge: Edge, zone: Zone, graph: SiteGraph) -> bool:
    (x1, y1), (x2, y2) = graph.point(edge.source), graph.point(edge.target)
    direction_rad = zone.direction_rad or 0.0
    return (x2 - x1) * math.cos(direction_rad) + (y2 - y1) * math.sin(direction_rad) < -1e-9


def _shape(zone: Zone) -> shapely.Geometry:
    shape: shapely.Geometry = shapely.make_valid(shapely.Polygon(zone.polygon))
    return shape


def _nodes_in(zone: Zone, graph: SiteGraph) -> list[str]:
    here = [node for node in graph.nodes.values() if node.level == zone.level]
    inside = shapely.contains_xy(_shape(zone), [node.x_m for node in here], [node.y_m for node in here])
    return [node.node_id for node, is_in in zip(here, inside.tolist(), strict=True) if is_in]


def _cut(closing: Sequence[Zone], lost: list[str], graph: SiteGraph) -> Finding:
    ids = " and ".join(f"'{zone.zone_id}'" for zone in closing)
    one = len(closing) == 1
    first, *rest = (graph.nodes[node_id] for node_id in lost)
    return warning(
        "zone_cuts_off",
        f"zone {ids}" if one else f"zones {ids}",
        f"While {'zone' if one else 'zones'} {ids} {'holds' if one else 'hold'}, {listed(lost)} cannot be"
        " reached, or not left.",
        "Make the zone smaller, or add lanes around it.",
        at_node(first),
        also=tuple(Case(element=f"node '{node.node_id}'", place=at_node(node)) for node in rest),
    )


# -- fire ------------------------------------------------------------------------------------------------


def _compartment(zone: Zone, graph: SiteGraph) -> Iterator[Finding]:
    if len(zone.polygon) < 3:
        return
    inside = _nodes_in(zone, graph)
    kinds = [graph.nodes[node_id].kind for node_id in inside]
    if inside and NodeKind.HOLD_POINT not in kinds:
        yield warning(
            "no_hold_point",
            f"zone '{zone.zone_id}'",
            f"Fire compartment '{zone.zone_id}' has no hold point: in a fire its robots would be in the way.",
            "Give a node beside the lanes kind: hold_point.",
            at_point(zone.level, centre(zone.polygon)),
        )
