"""What LIF demands, and its schema cannot say: ids used once, references, lists that are not empty."""

import difflib
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import UNSET

from maps.errors import SiteError
from maps.importers.lif_curves import fault, length_m
from maps.importers.lif_file import Document, EdgeVehicle, Layout, LifEdge, LifNode, Station

Named = tuple[str, str]
"""(element in words, id)"""


def refuse(document: Document, file: str) -> None:
    """Raises SiteError, with file, element and fix, for the first rule that is broken."""
    nodes = [node.node_id for layout in document.layouts for node in layout.nodes]
    if not nodes:
        raise SiteError("the layouts hold no node", file=file, hint="export the layout again, with its nodes")
    try:
        for named in _all_ids(document):
            _once(named)
        for layout in document.layouts:
            _layout(layout, nodes)
    except SiteError as error:
        raise SiteError(error.message, file=file, element=error.element, hint=error.hint) from None


def _all_ids(document: Document) -> Iterator[list[Named]]:
    yield [(f"layout '{layout.layout_id}'", layout.layout_id) for layout in document.layouts]
    yield [(_in(layout, node), node.node_id) for layout in document.layouts for node in layout.nodes]
    yield [(_in(layout, edge), edge.edge_id) for layout in document.layouts for edge in layout.edges]
    yield [(_in(layout, entry), entry.station_id) for layout in document.layouts for entry in layout.stations]


def _in(layout: Layout, part: LifNode | LifEdge | Station) -> str:
    if isinstance(part, LifNode):
        return f"layout '{layout.layout_id}', node '{part.node_id}'"
    if isinstance(part, LifEdge):
        return f"layout '{layout.layout_id}', edge '{part.edge_id}'"
    return f"layout '{layout.layout_id}', station '{part.station_id}'"


def _once(named: list[Named]) -> None:
    first: dict[str, str] = {}
    for element, name in named:
        if name in first:
            raise SiteError(
                f"the id is used twice (first by {first[name]})",
                element=element,
                hint="ids are unique in a LIF file; rename one",
            )
        first[name] = element


def _layout(layout: Layout, nodes: list[str]) -> None:
    known = dict.fromkeys(nodes)
    for node in layout.nodes:
        types = [vehicle.vehicle_type_id for vehicle in node.vehicle_type_node_properties]
        _types(types, _in(layout, node), "vehicleTypeNodeProperties")
    for edge in layout.edges:
        element = _in(layout, edge)
        types = [vehicle.vehicle_type_id for vehicle in edge.vehicle_type_edge_properties]
        _types(types, element, "vehicleTypeEdgeProperties")
        _known((edge.start_node_id, edge.end_node_id), known, element)
        for vehicle in edge.vehicle_type_edge_properties:
            _vehicle(vehicle, f"{element}, vehicle type '{vehicle.vehicle_type_id}'")
    for station in layout.stations:
        element = _in(layout, station)
        if not station.interaction_node_ids:
            raise SiteError("interactionNodeIds is empty", element=element, hint="name a node")
        _known(station.interaction_node_ids, known, element)


def _types(types: list[str], element: str, field: str) -> None:
    if not types:
        raise SiteError(
            f"{field} is empty", element=element, hint="name the types of vehicle that may be there"
        )
    twice = [after for before, after in pairwise(sorted(types)) if before == after]
    if twice:
        raise SiteError(
            f"vehicle type '{twice[0]}' is there twice", element=element, hint="keep one entry for each type"
        )


def _known(ids: Iterable[str], known: dict[str, None], element: str) -> None:
    for name in ids:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "add the node or correct the id"
            raise SiteError(f"there is no node '{name}'", element=element, hint=hint)


def _vehicle(vehicle: EdgeVehicle, element: str) -> None:
    if vehicle.max_speed is not UNSET and vehicle.max_speed <= 0.0:
        raise SiteError(
            f"maxSpeed is {vehicle.max_speed:g}",
            element=element,
            hint="write a speed above 0, or leave it out for no limit",
        )
    if vehicle.trajectory is not UNSET:
        wrong = fault(vehicle.trajectory)
        if not wrong and not math.isfinite(length_m(vehicle.trajectory)):
            wrong = "the numbers are too large for a curve"
        if wrong:
            raise SiteError(wrong, element=f"{element}, trajectory", hint="correct it or leave it out")
