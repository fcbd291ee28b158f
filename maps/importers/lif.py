"""VDMA LIF layouts to a Site: levels, nodes, lanes for each type of vehicle, stations as places.

Types of vehicle are fleet graphs. Edges to another level are rides in a lift. What is assumed or not used is
said in Site.notes. Shapes: maps.importers.lif_file; rules: lif_rules.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from maps.elements import Edge, Level, Node, NodeKind, Point, Site
from maps.geometry import distance_m
from maps.importers.lif_curves import length_m
from maps.importers.lif_file import Document, EdgeVehicle, Layout, LifEdge, LifNode, read_document
from maps.importers.lif_lifts import Ride, rides
from maps.importers.lif_notes import unused
from maps.importers.lif_places import all_nodes, kinds, labels
from maps.importers.lif_rules import refuse
from maps.importers.names import distinct_names, slug
from maps.source import Source


def read_source(source: Source) -> Site:
    """As maps.formats calls it."""
    return read(source.json, str(source.path))


def read(value: Any, file: str) -> Site:
    """The site in this JSON value. Raises SiteError that names file, element and fix."""
    document = read_document(value, file)
    refuse(document, file)
    notes: list[str] = []
    levels = {node.node_id: _level_of(layout) for layout in document.layouts for node in layout.nodes}
    points = {node.node_id: (node.node_position.x, node.node_position.y) for node in all_nodes(document)}
    edges = [edge for layout in document.layouts for edge in layout.edges]
    found = rides(edges, levels, points, notes)
    name = document.meta_information.project_identification
    return Site(
        site_id=slug(name, "layout"),
        names={"en": name or "layout"},
        time_zone="UTC",
        levels=tuple(_levels(document)),
        nodes=tuple(_nodes(document, levels, found, notes)),
        edges=tuple(_edges(document, levels, points, found, notes)),
        lifts=tuple(ride.lift for ride in found),
        notes=(*notes, *unused(document)),
    )


# -- levels and nodes ------------------------------------------------------------------------------------


def _level_of(layout: Layout) -> str:
    return layout.layout_level_id or layout.layout_id


def _levels(document: Document) -> Iterator[Level]:
    """A level may be drawn in several layouts; the name of one is not that of the level then."""
    names: dict[str, list[str]] = {}
    for layout in document.layouts:
        names.setdefault(_level_of(layout), []).append(layout.layout_name)
    for level_id, given in names.items():
        name = given[0] if len(given) == 1 else ""
        yield Level(level_id=level_id, names={"en": name or level_id}, elevation_m=0.0)


def _nodes(
    document: Document, levels: Mapping[str, str], found: list[Ride], notes: list[str]
) -> Iterator[Node]:
    told, words = kinds(document, notes), labels(document, notes)
    names = distinct_names(words, levels, {node.node_id: _types(node) for node in all_nodes(document)}, notes)
    lifts = {node_id: ride.lift.lift_id for ride in found for node_id in ride.nodes}
    for node in all_nodes(document):
        name, lift = names.get(node.node_id, ""), lifts.get(node.node_id)
        yield Node(
            node_id=node.node_id,
            level=levels[node.node_id],
            x_m=node.node_position.x,
            y_m=node.node_position.y,
            kind=NodeKind.LIFT_CABIN if lift else told.get(node.node_id, NodeKind.WAYPOINT),
            names={"en": name} if name else {},
            lift=lift,
            yaw_rad=_yaw(node, notes),
        )


def _types(node: LifNode) -> tuple[str, ...]:
    return tuple(vehicle.vehicle_type_id for vehicle in node.vehicle_type_node_properties)


def _yaw(node: LifNode, notes: list[str]) -> float | None:
    given = [vehicle.theta for vehicle in node.vehicle_type_node_properties if vehicle.theta is not UNSET]
    if len(dict.fromkeys(given)) > 1:
        notes.append(
            f"Vehicle types stand at node {node.node_id} in different ways: {given[0]:g} rad is taken."
        )
    return given[0] if given else None


# -- lanes -----------------------------------------------------------------------------------------------


def _edges(
    document: Document,
    levels: Mapping[str, str],
    points: Mapping[str, Point],
    found: list[Ride],
    notes: list[str],
) -> Iterator[Edge]:
    allowed = {node.node_id: _types(node) for node in all_nodes(document)}
    lifts = {node_id: ride.lift.lift_id for ride in found for node_id in ride.nodes}
    taken = dict.fromkeys(edge.edge_id for layout in document.layouts for edge in layout.edges)
    for edge in (edge for layout in document.layouts for edge in layout.edges):
        start, end = edge.start_node_id, edge.end_node_id
        if start == end:
            notes.append(f"Edge {edge.edge_id} starts and ends at node {start}: left out.")
            continue
        ride = levels[start] != levels[end]
        straight_m = 0.0 if ride else distance_m(points[start], points[end])
        ways = _ways(edge, allowed, straight_m, ride, notes)
        for (speed_mps_max, metres), graphs in ways.items():
            yield Edge(
                edge_id=_own_id(edge.edge_id, taken, first=graphs == next(iter(ways.values()))),
                source=start,
                target=end,
                length_m=metres,
                speed_mps_max=speed_mps_max,
                lift=lifts[start] if ride else None,
                graphs=tuple(graphs),
            )


def _ways(
    edge: LifEdge, allowed: Mapping[str, tuple[str, ...]], straight_m: float, ride: bool, notes: list[str]
) -> dict[tuple[float | None, float], list[str]]:
    """Speed limit and length to the types of vehicle for which they hold."""
    ways: dict[tuple[float | None, float], list[str]] = {}
    barred: list[str] = []
    for vehicle in edge.vehicle_type_edge_properties:
        name = vehicle.vehicle_type_id
        if name not in allowed[edge.start_node_id] or name not in allowed[edge.end_node_id] or _shut(vehicle):
            barred.append(name)
            continue
        speed_mps = None if vehicle.max_speed is UNSET else vehicle.max_speed
        bent = vehicle.trajectory is not UNSET and not ride
        metres = length_m(vehicle.trajectory) if bent and vehicle.trajectory is not UNSET else straight_m
        ways.setdefault((speed_mps, metres), []).append(name)
    if barred:
        notes.append(
            f"Edge {edge.edge_id} is no way for {', '.join(barred)}: its nodes are not theirs, or it is shut."
        )
    return ways


def _shut(vehicle: EdgeVehicle) -> bool:
    """Neither loaded nor unloaded may the vehicle go here."""
    load = vehicle.load_restriction
    return load is not UNSET and not load.loaded and not load.unloaded


def _own_id(edge_id: str, taken: dict[str, None], *, first: bool) -> str:
    """The edge's own id for its first way; a free one for each further."""
    if first:
        return edge_id
    number = 2
    while f"{edge_id}~{number}" in taken:
        number += 1
    taken[f"{edge_id}~{number}"] = None
    return f"{edge_id}~{number}"
