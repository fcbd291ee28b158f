"""Can robots get everywhere, and away again."""

from collections.abc import Iterator

import networkx as nx

from maps.elements import Node, NodeKind, RoomKind
from maps.findings import Finding, at_node, at_point, error, info, listed, warning
from maps.geometry import centre
from maps.graph import SiteGraph
from maps.stats import graph_names

_IN_WORDS = {NodeKind.CHARGER: "Charger", NodeKind.PARKING: "Parking spot", NodeKind.LIFT_CABIN: "Lift cabin"}


def reach(graph: SiteGraph) -> Iterator[Finding]:
    """Nodes outside the main part: the largest set of nodes each of which can be reached from each other."""
    if not graph.nodes:
        yield error("no_nodes", "site", "The site has no nodes.", "Add nodes and lanes.")
        return
    main = main_part(graph.graph, graph)
    if len(main) < len(graph.nodes):
        yield from _apart(graph, main)
    yield from _dead_ends(graph)
    yield from _rooms(graph)
    yield from _energy(graph)
    yield from _fleet_graphs(graph)


def _apart(graph: SiteGraph, main: set[str]) -> Iterator[Finding]:
    inside = next(node_id for node_id in graph.nodes if node_id in main)
    reached = nx.descendants(graph.graph, inside) | {inside}
    returning = nx.ancestors(graph.graph, inside) | {inside}
    for node in graph.nodes.values():
        if node.node_id not in main:
            yield _outside(node, graph, node.node_id in reached, node.node_id in returning)


def main_part(graph: "nx.DiGraph[str]", site: SiteGraph) -> set[str]:
    order = {node_id: index for index, node_id in enumerate(site.nodes)}
    parts = [set(part) for part in nx.strongly_connected_components(graph)]
    return max(parts, key=lambda part: (len(part), -min(order[node_id] for node_id in part)))


def _outside(node: Node, graph: SiteGraph, reached: bool, returning: bool) -> Finding:
    what = _described(node)
    element, place = f"node '{node.node_id}'", at_node(node)
    needed = is_needed(node, graph)
    make = error if needed else warning
    if not graph.graph.degree(node.node_id):
        return make("off_lane", element, f"{what} is on no lane.", "Add a lane to it, or remove it.", place)
    if reached:
        message = f"{what} is a one-way trap: lanes lead in, and none leads out."
        return make(
            "one_way_trap", element, message, "Make a lane two-way, or add one that leads out.", place
        )
    if returning:
        message = f"{what} cannot be reached: lanes lead out, and none leads in."
        return make("unreachable", element, message, "Make a lane two-way, or add one that leads in.", place)
    message = f"{what} is not joined to the rest of the site."
    return make("unreachable", element, message, "Add a lane to the rest, or remove it.", place)


def _described(node: Node) -> str:
    word = _IN_WORDS.get(node.kind, "Place" if node.names else "Node")
    inside = f" in room '{node.room}'" if node.room else ""
    return f"{word} '{node.node_id}'{inside}"


def is_needed(node: Node, graph: SiteGraph) -> bool:
    """Whether somebody will send a robot there."""
    return node.node_id in graph.places or node.room is not None or node.kind in _IN_WORDS


def _dead_ends(graph: SiteGraph) -> Iterator[Finding]:
    """Waypoints with one neighbour, to which nobody is sent. Places and chargers are ends by nature."""
    goals = {node_id for room in graph.rooms.values() for node_id in room.nodes[:1]}
    for node in graph.nodes.values():
        around = {*graph.graph.predecessors(node.node_id), *graph.graph.successors(node.node_id)}
        is_plain = node.kind is NodeKind.WAYPOINT and not node.names and node.node_id not in goals
        if is_plain and len(around - {node.node_id}) == 1:
            yield info(
                "dead_end",
                f"node '{node.node_id}'",
                f"Node '{node.node_id}' is the end of a lane and no place: nobody has business there.",
                "Name it, give it a kind, lead the lane on, or remove it.",
                at_node(node),
            )


def _rooms(graph: SiteGraph) -> Iterator[Finding]:
    for room in graph.rooms.values():
        if not room.nodes:
            # What an importer found in a drawing was not promised to anybody.
            make = info if room.kind is RoomKind.OTHER else warning
            yield make(
                "room_without_node",
                f"room '{room.room_id}'",
                f"Room '{room.room_id}' has no node: no robot can be sent there.",
                "Add a node with the room's id as its room, and a lane to it, if robots are to go there.",
                at_point(room.level, centre(room.polygon)) if room.polygon else None,
            )


def _energy(graph: SiteGraph) -> Iterator[Finding]:
    kinds = [node.kind for node in graph.nodes.values()]
    if NodeKind.CHARGER not in kinds:
        message = "The site has no charger: robots will stop when they are flat."
        yield warning("no_charger", "site", message, "Give a node kind: charger.")
    if NodeKind.PARKING not in kinds:
        message = "The site has no parking spot: idle robots wait at chargers and in dead ends."
        yield info("no_parking", "site", message, "Give a node kind: parking.")


def _fleet_graphs(graph: SiteGraph) -> Iterator[Finding]:
    """Each fleet's own lanes must hang together: its robots have no others."""
    names = graph_names(graph.site)
    for name in names if len(names) > 1 else []:
        part: nx.DiGraph[str] = nx.DiGraph()
        part.add_edges_from(
            (edge.source, edge.target) for edge in graph.edges.values() if name in edge.graphs
        )
        main = main_part(part, graph)
        cut_off = [node_id for node_id in graph.nodes if node_id in part and node_id not in main]
        if cut_off:
            yield warning(
                "fleet_graph_split",
                f"fleet graph '{name}'",
                f"In fleet graph '{name}' {listed(cut_off)} cannot be reached, or not left.",
                "Add lanes to this fleet graph.",
                at_node(graph.nodes[cut_off[0]]),
            )
