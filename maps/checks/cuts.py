"""What zones cut off: the places that nobody can reach, or leave, while a no-go or one-way zone holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from maps.checks.reach import is_needed
from maps.elements import Node, Zone, ZoneKind
from maps.findings import Case, Finding, at_node, listed, warning
from maps.graph import SiteGraph
from maps.planning_view.arrays import NONE, Bools, Floats, Ints
from maps.planning_view.outlines import against, overlap, within

_CLOSING = (ZoneKind.NO_GO, ZoneKind.ONE_WAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spots:
    """Where the nodes are."""

    x_m: Floats
    y_m: Floats
    level: Ints


class Ways:
    """The site's nodes and edges as arrays: a site may have many zones, and each is tried on all edges."""

    def __init__(self, graph: SiteGraph) -> None:
        self.graph = graph
        self.nodes = list(graph.nodes.values())
        level = {level_id: number for number, level_id in enumerate(graph.levels)}
        index = {node.node_id: number for number, node in enumerate(self.nodes)}
        edges = list(graph.edges.values())
        self._spots = _Spots(
            x_m=np.array([node.x_m for node in self.nodes], np.float64),
            y_m=np.array([node.y_m for node in self.nodes], np.float64),
            level=np.array([level[node.level] for node in self.nodes], np.int32),
        )
        self._source = np.array([index[edge.source] for edge in edges], np.int32)
        self._target = np.array([index[edge.target] for edge in edges], np.int32)

    def main_part(self, closed: Bools | None = None) -> Bools:
        """For each node whether it is in the largest set of nodes that reach each other by open edges."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        is_open = np.ones(len(self._source), np.bool_) if closed is None else ~closed
        source, target = self._source[is_open], self._target[is_open]
        count = len(self.nodes)
        matrix = coo_array((np.ones(len(source), np.int8), (source, target)), shape=(count, count))
        _, part = connected_components(matrix, directed=True, connection="strong")
        # Of parts of one size the one that holds the first node of the site file.
        sizes = np.bincount(part)
        return np.asarray(part == part[np.argmax(sizes[part])])

    def closed_by(self, zone: Zone) -> Bools:
        """Edges that nobody drives while the zone holds: into a no-go zone, or against a one-way zone."""
        over = overlap(zone, self._level(zone), self._spots, self._source, self._target)
        if zone.kind is ZoneKind.NO_GO:
            return over.enters
        return over.crosses & against(zone.direction_rad or 0.0, self._spots, self._source, self._target)

    def nodes_in(self, zone: Zone) -> list[Node]:
        """Nodes inside the zone."""
        inside = np.flatnonzero(within(zone, self._level(zone), self._spots))
        return [self.nodes[number] for number in inside.tolist()]

    def _level(self, zone: Zone) -> int:
        return list(self.graph.levels).index(zone.level) if zone.level in self.graph.levels else NONE


def cuts(ways: Ways) -> Iterator[Finding]:
    """Each zone alone, then those that hold always together, when none of these cuts anything alone."""
    zones = [zone for zone in ways.graph.zones.values() if zone.kind in _CLOSING and len(zone.polygon) > 2]
    if not zones:
        return
    whole = ways.main_part()
    lost = {zone.zone_id: _lost([zone], ways, whole) for zone in zones}
    for zone in zones:
        if lost[zone.zone_id]:
            yield _cut([zone], lost[zone.zone_id])
    always = [zone for zone in zones if not zone.times]
    if len(always) > 1 and not any(lost[zone.zone_id] for zone in always):
        together = _lost(always, ways, whole)
        if together:
            yield _cut(always, together)


def _lost(zones: Sequence[Zone], ways: Ways, whole: Bools) -> list[Node]:
    """The places of the main part that are in it no more; places within a zone with times are meant to be."""
    closed = np.logical_or.reduce([ways.closed_by(zone) for zone in zones])
    if not closed.any():
        return []
    gone = np.flatnonzero(whole & ~ways.main_part(closed)).tolist()
    meant = {node.node_id for zone in zones if zone.times for node in ways.nodes_in(zone)}
    nodes = (ways.nodes[number] for number in gone)
    return [node for node in nodes if node.node_id not in meant and is_needed(node, ways.graph)]


def _cut(zones: Sequence[Zone], lost: list[Node]) -> Finding:
    ids = " and ".join(f"'{zone.zone_id}'" for zone in zones)
    what, holds = ("zone", "holds") if len(zones) == 1 else ("zones", "hold")
    names = listed([node.node_id for node in lost])
    return warning(
        "zone_cuts_off",
        f"{what} {ids}",
        f"While {what} {ids} {holds}, {names} cannot be reached, or not left.",
        "Make the zone smaller, or add lanes around it.",
        at_node(lost[0]),
        also=tuple(Case(element=f"node '{node.node_id}'", place=at_node(node)) for node in lost[1:]),
    )
