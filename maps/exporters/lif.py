"""A Site as a VDMA LIF 1.0.0 document, and what is lost on the way (maps.exporters.lif_lost).

Fleet graphs are types of vehicle, levels are layouts, rides in a lift are edges to another layout. Places are
stations, with the node's kind as their description; a room is a station with its nodes.
docs/maps/exchange.md has the table.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from maps.elements import Edge, Names, Node, NodeKind, Room, Site
from maps.exporters.lif_lost import lost
from maps.importers.lif_file import (
    VERSION,
    Action,
    BlockingType,
    Document,
    EdgeVehicle,
    Layout,
    LifEdge,
    LifNode,
    MetaInformation,
    NodePosition,
    NodeVehicle,
    Station,
)
from maps.importers.lif_places import CHARGING

CREATOR = "CityFleet"
LAYOUT_VERSION = "1"
UNTIMED = "1970-01-01T00:00:00.00Z"
NO_STATION = (NodeKind.LIFT_CABIN, NodeKind.DOOR)
"""Nobody is sent to wait in a cabin or a doorway."""


def export(site: Site, exported_at: str = UNTIMED) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The document as JSON values, and a sentence for each kind of thing that LIF cannot hold.

    `exported_at` is ISO 8601 in UTC: a site knows no clock.
    """
    document = Document(
        meta_information=MetaInformation(
            project_identification=label(site.names) or site.site_id,
            creator=CREATOR,
            export_timestamp=exported_at,
            lif_version=VERSION,
        ),
        layouts=tuple(_layouts(site)),
    )
    plain: dict[str, Any] = json.loads(msgspec.json.encode(document))
    return plain, lost(site)


def label(names: Names) -> str:
    """The one name that LIF holds: English, else the first."""
    return names.get("en") or next(iter(names.values()), "")


def _layouts(site: Site) -> Iterator[Layout]:
    level_of = {node.node_id: node.level for node in site.nodes}
    types = _vehicle_types(site)
    for level in site.levels:
        here = [node for node in site.nodes if node.level == level.level_id]
        edges = [edge for edge in site.edges if level_of[edge.source] == level.level_id and edge.graphs]
        rooms = [room for room in site.rooms if room.level == level.level_id and room.nodes]
        yield Layout(
            layout_id=level.level_id,
            layout_level_id=level.level_id,
            layout_name=label(level.names),
            layout_version=LAYOUT_VERSION,
            nodes=tuple(_node(node, types[node.node_id]) for node in here),
            edges=tuple(_edge(edge) for edge in edges),
            stations=(*_stations(here, site), *_room_stations(rooms, site)),
        )


def _vehicle_types(site: Site) -> dict[str, tuple[str, ...]]:
    """The fleet graphs that touch a node; all of them for a node on no lane, as LIF wants one."""
    touching: dict[str, dict[str, None]] = {node.node_id: {} for node in site.nodes}
    for edge in site.edges:
        touching[edge.source].update(dict.fromkeys(edge.graphs))
        touching[edge.target].update(dict.fromkeys(edge.graphs))
    everywhere = tuple(dict.fromkeys(graph for edge in site.edges for graph in edge.graphs)) or ("0",)
    return {node_id: tuple(graphs) or everywhere for node_id, graphs in touching.items()}


def _node(node: Node, types: tuple[str, ...]) -> LifNode:
    actions = (
        tuple(Action(action_type=name, blocking_type=BlockingType.HARD) for name in CHARGING)
        if node.kind is NodeKind.CHARGER
        else ()
    )
    theta = UNSET if node.yaw_rad is None else within_a_turn(node.yaw_rad)
    return LifNode(
        node_id=node.node_id,
        node_name=label(node.names),
        map_id=node.level,
        node_position=NodePosition(x=node.x_m, y=node.y_m),
        vehicle_type_node_properties=tuple(
            NodeVehicle(vehicle_type_id=name, theta=theta, actions=actions) for name in types
        ),
    )


def within_a_turn(yaw_rad: float) -> float:
    """The same heading between -pi and pi."""
    return yaw_rad if abs(yaw_rad) <= math.pi else math.remainder(yaw_rad, math.tau)


def _edge(edge: Edge) -> LifEdge:
    speed = UNSET if edge.speed_mps_max is None else edge.speed_mps_max
    return LifEdge(
        edge_id=edge.edge_id,
        edge_name=edge.lift or "",
        start_node_id=edge.source,
        end_node_id=edge.target,
        vehicle_type_edge_properties=tuple(
            # A site does not say that a robot keeps its heading on a lane, so others must reckon with turns.
            EdgeVehicle(vehicle_type_id=name, rotation_allowed=True, max_speed=speed)
            for name in dict.fromkeys(edge.graphs)
        ),
    )


def _stations(nodes: list[Node], site: Site) -> Iterator[Station]:
    """One for each node that has a name or a kind of its own."""
    led_to = {node_id for room in site.rooms for node_id in room.nodes}
    for node in nodes:
        name = label(node.names)
        plain = node.kind is NodeKind.WAYPOINT or (
            node.kind is NodeKind.ROOM_ENTRANCE and node.node_id in led_to
        )
        if node.kind not in NO_STATION and (name or not plain):
            yield Station(
                station_id=node.node_id,
                station_name=name,
                station_description=node.kind.value,
                interaction_node_ids=(node.node_id,),
            )


def _room_stations(rooms: list[Room], site: Site) -> Iterator[Station]:
    for room in rooms:
        yield Station(
            station_id=room.room_id,
            station_name=label(room.names),
            station_description=NodeKind.ROOM_ENTRANCE.value,
            interaction_node_ids=room.nodes,
        )
