"""What LIF stations and actions say about nodes: names, and kinds."""

import re
from collections.abc import Iterator

from maps.elements import NodeKind
from maps.importers.lif_file import Document, LifNode, Station

CHARGING = ("startCharging", "stopCharging")
"""The actions of VDA 5050 by which a charger is known."""
WORDS = (
    (NodeKind.CHARGER, re.compile(r"(?i)(?<![a-z])(?:re)?charg|ladestation")),
    (NodeKind.PARKING, re.compile(r"(?i)(?<![a-z])park(?:ing|[ _-]?(?:spot|place|position|platz))")),
)
"""In the texts of a station that says its kind in no other way."""
SAID = {kind.value: kind for kind in NodeKind if kind not in (NodeKind.LIFT_CABIN, NodeKind.DOOR)}
"""Station descriptions that are one of our own kinds, as our exporter writes them."""


def all_stations(document: Document) -> Iterator[Station]:
    """Of all layouts."""
    for layout in document.layouts:
        yield from layout.stations


def all_nodes(document: Document) -> Iterator[LifNode]:
    """Of all layouts."""
    for layout in document.layouts:
        yield from layout.nodes


def kinds(document: Document, notes: list[str]) -> dict[str, NodeKind]:
    """The kind of each node that a station or an action tells about.

    An action that charges comes first, then a station's description, then a word in its texts.
    """
    found = {node.node_id: NodeKind.CHARGER for node in all_nodes(document) if CHARGING[0] in actions(node)}
    for station in all_stations(document):
        if station.station_description in SAID:
            for node_id in station.interaction_node_ids:
                found.setdefault(node_id, SAID[station.station_description])
    for station in all_stations(document):
        guess = _guess(station)
        for node_id in station.interaction_node_ids:
            if node_id not in found and guess:
                notes.append(f"Station '{station.station_id}' is taken for a {guess}, by its words.")
            found.setdefault(node_id, guess or NodeKind.CHECKPOINT)
    return found


def actions(node: LifNode) -> dict[str, None]:
    """The types of the node's actions, each once."""
    vehicles = node.vehicle_type_node_properties
    return {action.action_type: None for vehicle in vehicles for action in vehicle.actions}


def _guess(station: Station) -> NodeKind | None:
    texts = f"{station.station_id}\n{station.station_name}\n{station.station_description}"
    return next((kind for kind, words in WORDS if words.search(texts)), None)


def labels(document: Document, notes: list[str]) -> dict[str, str]:
    """What people call each place: the station's name, else the node's, else the station's id.

    The first of a station's nodes bears its name: nobody can tell two nodes of one name apart. A station
    that only tells our own kind of a node, as our exporter writes them, gives no name.
    """
    found: dict[str, str] = {}
    for station in all_stations(document):
        first, count = station.interaction_node_ids[0], len(station.interaction_node_ids)
        if station.station_name:
            found.setdefault(first, station.station_name)
        if count > 1:
            notes.append(f"Station '{station.station_id}' has {count} nodes: {first} bears its name.")
    for node in all_nodes(document):
        if node.node_name:
            found.setdefault(node.node_id, node.node_name)
    for station in all_stations(document):
        if station.station_description not in SAID:
            found.setdefault(station.interaction_node_ids[0], station.station_id)
    return found
