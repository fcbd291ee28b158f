"""Does the drawing fit the lanes: clearances, walls, lengths, rooms. Uses shapely's spatial index."""

import math
from collections.abc import Iterator

from shapely import LineString, STRtree
from shapely import Point as Spot
from shapely.geometry.base import BaseGeometry

from maps.elements import Door, Edge, Level, Node, Site
from maps.findings import Finding, at_node, at_point, error, warning
from maps.geometry import inside

NODE_SPACING_M = 0.5
"""Nodes nearer than this cannot hold two robots and are usually one node drawn twice."""

DOOR_REACH_M = 0.3
"""A lane may cross a wall this near to a door: drawings run walls across doors, or set leaves beside."""

LENGTH_TOLERANCE_FRACTION = 0.01
"""A lane may be longer than the straight line (it may bend), never shorter."""


def space(site: Site) -> Iterator[Finding]:
    """All findings of this module, level by level."""
    nodes = {node.node_id: node for node in site.nodes}
    lanes = [(edge, nodes[edge.source], nodes[edge.target]) for edge in site.edges if edge.lift is None]
    for level in site.levels:
        yield from _spacing([node for node in site.nodes if node.level == level.level_id])
        here = [lane for lane in lanes if lane[1].level == lane[2].level == level.level_id]
        doors = [door for door in site.doors if door.level == level.level_id]
        yield from _walls(level, here, doors)
    yield from _lengths(lanes)
    yield from _rooms(site, nodes)


Lane = tuple[Edge, Node, Node]


def _spacing(nodes: list[Node]) -> Iterator[Finding]:
    if not nodes:
        return
    spots = [Spot(node.x_m, node.y_m) for node in nodes]
    pairs = STRtree(spots).query(spots, predicate="dwithin", distance=NODE_SPACING_M)
    for first, second in sorted(zip(*pairs.tolist(), strict=True)):
        if first < second:
            a, b = nodes[first], nodes[second]
            gap_m = math.dist((a.x_m, a.y_m), (b.x_m, b.y_m))
            yield warning(
                "nodes_too_close",
                f"node '{a.node_id}'",
                f"Nodes '{a.node_id}' and '{b.node_id}' are only {gap_m:.2f} m apart.",
                f"Merge them, or move one {NODE_SPACING_M} m away.",
                at_node(a),
            )


def _walls(level: Level, lanes: list[Lane], doors: list[Door]) -> Iterator[Finding]:
    walls = STRtree([LineString([wall.start, wall.end]) for wall in level.walls])
    leaves = STRtree([LineString([door.start, door.end]).buffer(DOOR_REACH_M) for door in doors])
    # Both directions of a lane are one finding.
    seen: dict[frozenset[str], None] = {}
    for edge, a, b in lanes:
        ends = frozenset((edge.source, edge.target))
        line = LineString([(a.x_m, a.y_m), (b.x_m, b.y_m)])
        met = sorted(walls.query(line, predicate="intersects").tolist())
        points = [line.intersection(walls.geometries[index]) for index in met]
        blocked = [point for point in points if not _in_doorway(point, leaves)]
        if blocked and ends not in seen:
            seen[ends] = None
            spot = blocked[0].centroid
            yield warning(
                "lane_through_wall",
                f"edge '{edge.edge_id}'",
                f"The lane between '{edge.source}' and '{edge.target}' goes through a wall.",
                "Move the lane, or add a door or an opening in the wall.",
                at_point(level.level_id, (spot.x, spot.y)),
            )


def _in_doorway(point: BaseGeometry, leaves: STRtree) -> bool:
    return bool(leaves.query(point, predicate="within").size)


def _lengths(lanes: list[Lane]) -> Iterator[Finding]:
    for edge, a, b in lanes:
        straight_m = math.dist((a.x_m, a.y_m), (b.x_m, b.y_m))
        element = f"edge '{edge.edge_id}'"
        if a.level != b.level:
            message = f"Edge '{edge.edge_id}' joins levels '{a.level}' and '{b.level}' without a lift."
            yield error(
                "lane_between_levels", element, message, "Name the lift that it rides in.", at_node(a)
            )
        elif edge.length_m < straight_m * (1.0 - LENGTH_TOLERANCE_FRACTION):
            message = (
                f"Edge '{edge.edge_id}' is {edge.length_m} m long; its ends are {straight_m:.2f} m apart."
            )
            yield warning(
                "length_too_short", element, message, "Correct length_m or leave it out.", at_node(a)
            )


def _rooms(site: Site, nodes: dict[str, Node]) -> Iterator[Finding]:
    for room in site.rooms:
        for node_id in room.nodes:
            node = nodes[node_id]
            if node.level == room.level and inside((node.x_m, node.y_m), room.polygon):
                continue
            yield warning(
                "node_outside_room",
                f"node '{node_id}'",
                f"Node '{node_id}' belongs to room '{room.room_id}' and lies outside its outline.",
                "Move the node or correct the outline.",
                at_node(node),
            )
