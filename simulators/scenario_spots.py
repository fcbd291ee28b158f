"""Spots of a site by name: a node, a room, a zone or a whole level."""

import math
from collections.abc import Sequence

from maps.cursor import Cursor
from maps.elements import NodeKind, Point
from maps.geometry import inside
from maps.graph import SiteGraph

NEAR_M = 0.6
"""A body this near to a node is at it."""
REST_KINDS = (NodeKind.HOLD_POINT, NodeKind.CHARGER, NodeKind.PARKING)


class Spots:
    def __init__(self, graph: SiteGraph) -> None:
        self._graph = graph

    def read(self, cursor: Cursor) -> str:
        """The name of a spot. Raises SiteError that suggests one."""
        graph = self._graph
        known = dict.fromkeys((*graph.nodes, *graph.rooms, *graph.zones, *graph.levels))
        return cursor.one_of(known, "node, room, zone or level")

    def holds(self, spot: str, level: str, point: Point) -> bool:
        """Whether somebody at the point is at the spot."""
        graph = self._graph
        if spot in graph.nodes:
            return graph.nodes[spot].level == level and math.dist(graph.point(spot), point) < NEAR_M
        if spot in graph.levels:
            return spot == level
        where, outline = self._area(spot)
        return where == level and inside(point, outline)

    def at_rest(self, level: str, point: Point) -> bool:
        """At a hold point, charger or parking spot."""
        return any(
            node.level == level and math.dist((node.x_m, node.y_m), point) < NEAR_M
            for node in self._graph.nodes.values()
            if node.kind in REST_KINDS
        )

    def _area(self, spot: str) -> tuple[str, Sequence[Point]]:
        room = self._graph.rooms.get(spot)
        if room is not None:
            return room.level, room.polygon
        zone = self._graph.zones[spot]
        return zone.level, zone.polygon
