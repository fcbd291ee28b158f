"""What a LIF file holds and a site does not, in sentences."""

from collections.abc import Iterator

from msgspec import UNSET

from maps.findings import listed
from maps.importers.lif_file import VERSION, Document, EdgeVehicle, Layout, LifEdge
from maps.importers.lif_places import CHARGING, SAID, actions, all_nodes, all_stations

OPTIONAL = (
    ("vehicle_orientation", "vehicleOrientation"),
    ("rotation_at_start_node_allowed", "rotationAtStartNodeAllowed"),
    ("rotation_at_end_node_allowed", "rotationAtEndNodeAllowed"),
    ("max_rotation_speed", "maxRotationSpeed"),
    ("min_height", "minHeight"),
    ("max_height", "maxHeight"),
    ("load_restriction", "loadRestriction"),
)
"""Of an edge and type of vehicle; a site has no word for them."""


def unused(document: Document) -> Iterator[str]:
    """The notes, one sentence each."""
    meta = document.meta_information
    yield f"LIF {meta.lif_version}, exported by {meta.creator} at {meta.export_timestamp}."
    if meta.lif_version.split(".")[0] not in ("0", VERSION.split(".")[0]):
        yield f"The file says LIF {meta.lif_version}: it is read as {VERSION}."
    yield from _of_edges([edge for layout in document.layouts for edge in layout.edges])
    yield from _of_nodes(document)
    yield from _of_stations(document)
    yield "LIF has neither walls, doors nor elevations: every level is taken to lie at 0 m."
    yield "LIF states neither language nor time zone: names are filed under en, UTC is taken."


def _of_edges(edges: list[LifEdge]) -> Iterator[str]:
    curved = [edge for edge in edges if any(v.trajectory is not UNSET for v in _vehicles(edge))]
    if curved:
        yield f"{len(curved)} edges follow a trajectory: they have its length, and are drawn straight."
    for attribute, field in OPTIONAL:
        count = sum(any(getattr(v, attribute) is not UNSET for v in _vehicles(edge)) for edge in edges)
        if count:
            yield f"Not used: '{field}' of {count} edges."
    for field, holds in (("rotationAllowed: false", _stiff), ("reentryAllowed: false", _no_entry)):
        count = sum(any(holds(vehicle) for vehicle in _vehicles(edge)) for edge in edges)
        if count:
            yield f"Not used: '{field}' of {count} edges."
    types = {action.action_type: None for edge in edges for v in _vehicles(edge) for action in v.actions}
    if types:
        yield f"Not used: actions of edges: {listed(list(types))}."


def _vehicles(edge: LifEdge) -> tuple[EdgeVehicle, ...]:
    return edge.vehicle_type_edge_properties


def _stiff(vehicle: EdgeVehicle) -> bool:
    return not vehicle.rotation_allowed


def _no_entry(vehicle: EdgeVehicle) -> bool:
    return vehicle.reentry_allowed is False


def _of_nodes(document: Document) -> Iterator[str]:
    holders: dict[str, list[str]] = {}
    for node in all_nodes(document):
        for name in actions(node):
            if name not in CHARGING:
                holders.setdefault(name, []).append(node.node_id)
    for name, node_ids in holders.items():
        yield f"Not used: action '{name}' at {listed(node_ids)}."
    named = [(layout, node) for layout in document.layouts for node in layout.nodes]
    maps = {node.map_id: None for layout, node in named if node.map_id not in ("", *_ids(layout))}
    if maps:
        yield f"Not used: mapId {listed(list(maps))}."
    count = sum(bool(node.node_description) for node in all_nodes(document))
    if count:
        yield f"Not used: 'nodeDescription' of {count} nodes."


def _ids(layout: Layout) -> tuple[str, str]:
    return (layout.layout_id, layout.layout_level_id)


def _of_stations(document: Document) -> Iterator[str]:
    stations = list(all_stations(document))
    told = [s for s in stations if s.station_description and s.station_description not in SAID]
    for field, count in (
        ("stationDescription", len(told)),
        ("stationHeight", sum(s.station_height is not UNSET for s in stations)),
        ("stationPosition", sum(s.station_position is not UNSET for s in stations)),
    ):
        if count:
            yield f"Not used: '{field}' of {count} stations."
