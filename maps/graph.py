"""SiteGraph: a site with its look-ups and its networkx graph.

Reads only; a changed site is a new SiteGraph. Nothing here plans or reads files.
"""

import difflib
from collections.abc import Iterator

import networkx as nx

from maps.digest import content_hash
from maps.elements import Door, Edge, Level, Lift, Node, NodeKind, Place, Room, Site, Zone
from maps.errors import AmbiguousPlace, SiteError, UnknownPlace

SUGGESTIONS_MAX = 3


class SiteGraph:
    """Typed front over the directed multigraph of a site.

    All dictionaries are keyed by id and keep the order of the site file: iterating them decides the same
    everywhere. `graph` is a networkx MultiDiGraph: its edge key is the edge id, its data are `edge`
    (maps.elements.Edge) and `weight` (length_m). Parallel lanes are parallel edges.

    Raises SiteError for an edge that ends at a node which the site lacks (maps.validate names them all).
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.levels: dict[str, Level] = {level.level_id: level for level in site.levels}
        self.nodes: dict[str, Node] = {node.node_id: node for node in site.nodes}
        self.edges: dict[str, Edge] = {edge.edge_id: edge for edge in site.edges}
        self.rooms: dict[str, Room] = {room.room_id: room for room in site.rooms}
        self.doors: dict[str, Door] = {door.door_id: door for door in site.doors}
        self.lifts: dict[str, Lift] = {lift.lift_id: lift for lift in site.lifts}
        self.zones: dict[str, Zone] = {zone.zone_id: zone for zone in site.zones}
        self.graph: nx.MultiDiGraph[str] = _networkx(site)
        self.places: dict[str, Place] = {place.place_id: place for place in _places(self)}
        self._by_name = _name_index(self.places)

    def resolve_place(self, text: str) -> Place:
        """The place with this id or name in any language, whatever the letter case.

        Raises UnknownPlace with the nearest ids, AmbiguousPlace when several places bear the name.
        """
        exact = self.places.get(text)
        if exact is not None:
            return exact
        ids = self._by_name.get(_folded(text), [])
        if not ids:
            raise UnknownPlace(text, self._suggestions(text))
        if len({self.places[place_id].node for place_id in ids}) > 1:
            raise AmbiguousPlace(text, ids)
        return self.places[ids[0]]

    def edges_from(self, node_id: str) -> list[Edge]:
        """Edges that leave the node, in the order of the site file."""
        return [data["edge"] for _, _, data in self.graph.out_edges(node_id, data=True)]

    def edges_between(self, source: str, target: str) -> list[Edge]:
        """All parallel edges from source to target."""
        if not self.graph.has_edge(source, target):
            return []
        return [data["edge"] for data in self.graph[source][target].values()]

    def reverse_of(self, edge: Edge) -> Edge | None:
        """The other direction of the same lane, or None for a one-way lane.

        Of parallel lanes the one with the same fleet graphs is meant, else the first.
        """
        back = [other for other in self.edges_between(edge.target, edge.source) if other.lift == edge.lift]
        same = [other for other in back if other.graphs == edge.graphs]
        return next(iter(same or back), None)

    def room_of(self, node_id: str) -> Room | None:
        """The room in which the node lies; None for a corridor, a lift, the open."""
        room_id = self.nodes[node_id].room
        return self.rooms.get(room_id) if room_id else None

    def point(self, node_id: str) -> tuple[float, float]:
        """x_m, y_m of the node."""
        node = self.nodes[node_id]
        return (node.x_m, node.y_m)

    def content_hash(self) -> str:
        """A digest of all that the site says: equal for equal sites, on every machine."""
        return content_hash(self.site)

    def _suggestions(self, text: str) -> list[str]:
        close = difflib.get_close_matches(_folded(text), list(self._by_name), n=SUGGESTIONS_MAX, cutoff=0.5)
        ids = [place_id for word in close for place_id in self._by_name[word]]
        return list(dict.fromkeys(ids))[:SUGGESTIONS_MAX]


def _networkx(site: Site) -> "nx.MultiDiGraph[str]":
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in site.nodes:
        graph.add_node(node.node_id, node=node)
    for edge in site.edges:
        for end in (edge.source, edge.target):
            if end not in graph:
                raise SiteError(
                    f"ends at node '{end}', which the site does not have",
                    element=f"edge '{edge.edge_id}'",
                    hint="add the node or remove the edge",
                )
        graph.add_edge(edge.source, edge.target, key=edge.edge_id, edge=edge, weight=edge.length_m)
    return graph


def _places(site: SiteGraph) -> Iterator[Place]:
    for node in site.nodes.values():
        # Nobody is sent to stand in a lift.
        if node.names and node.kind is not NodeKind.LIFT_CABIN:
            yield _node_place(node)
    for room in site.rooms.values():
        if room.nodes:
            yield _room_place(room)


def _node_place(node: Node) -> Place:
    return Place(
        place_id=node.node_id,
        names=node.names,
        level=node.level,
        node=node.node_id,
        room=node.room,
        kind=node.kind.value,
    )


def _room_place(room: Room) -> Place:
    return Place(
        place_id=room.room_id,
        names=room.names,
        level=room.level,
        node=room.nodes[0],
        room=room.room_id,
        kind=room.kind.value,
    )


def _name_index(places: dict[str, Place]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for place in places.values():
        for word in dict.fromkeys(_folded(name) for name in (place.place_id, *place.names.values())):
            index.setdefault(word, []).append(place.place_id)
    return index


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
