"""Does the drawing fit the lanes: clearances, walls, lengths, rooms. Uses shapely's spatial index."""

import math
from collections.abc import Iterator

import shapely
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from maps.elements import Door, Edge, Level, Node, NodeKind, Site
from maps.findings import Finding, Severity, at_node, at_point, error, warning
from maps.geometry import inside

ROBOT_RADIUS_M = 0.35
"""Of a circle around a robot, where nobody says otherwise."""

SAME_SPOT_M = 0.1
"""Nodes nearer than this are one node drawn twice."""

DOOR_REACH_M = 0.3
"""A lane may cross a wall this near to a door: drawings run walls across doors, or set leaves beside."""

LENGTH_TOLERANCE_FRACTION = 0.01
"""A lane may be longer than the straight line (it may bend), never shorter."""


def space(site: Site, robot_radius_m: float = ROBOT_RADIUS_M) -> Iterator[Finding]:
    """All findings of this module, level by level."""
    nodes = {node.node_id: node for node in site.nodes}
    lanes = [(edge, nodes[edge.source], nodes[edge.target]) for edge in site.edges if edge.lift is None]
    for level in site.levels:
        yield from _spacing([node for node in site.nodes if node.level == level.level_id], robot_radius_m)
        here = [lane for lane in lanes if lane[1].level == lane[2].level == level.level_id]
        doors = [door for door in site.doors if door.level == level.level_id]
        yield from _walls(level, here, doors)
    yield from _lengths(lanes)
    yield from _rooms(site, nodes)


Lane = tuple[Edge, Node, Node]


def _spacing(nodes: list[Node], robot_radius_m: float) -> Iterator[Finding]:
    if not nodes:
        return
    spots = shapely.points([(node.x_m, node.y_m) for node in nodes])
    pairs = STRtree(spots).query(spots, predicate="dwithin", distance=2.0 * robot_radius_m)
    for first, second in sorted(zip(*pairs.tolist(), strict=True)):
        a, b = nodes[first], nodes[second]
        gap_m = math.dist((a.x_m, a.y_m), (b.x_m, b.y_m))
        # The query keeps what is exactly as far.
        if first < second and gap_m < 2.0 * robot_radius_m - 1e-9:
            yield _too_close(a, b, gap_m, robot_radius_m)


def _too_close(a: Node, b: Node, gap_m: float, robot_radius_m: float) -> Finding:
    """A warning where robots stand; a remark where they only pass, one after the other."""
    twice = gap_m < SAME_SPOT_M
    serious = twice or (_is_stood_at(a) and _is_stood_at(b))
    apart = f"Move one until they are {2.0 * robot_radius_m:g} m apart, or merge them."
    return Finding(
        severity=Severity.WARNING if serious else Severity.INFO,
        code="nodes_too_close",
        element=f"nodes '{a.node_id}' and '{b.node_id}'",
        message=f"Nodes '{a.node_id}' and '{b.node_id}' are {gap_m:.2f} m apart: two robots of radius"
        f" {robot_radius_m:g} m cannot stand there.",
        fix="Merge them: they look like one node drawn twice." if twice else apart,
        place=at_node(a),
    )


def _is_stood_at(node: Node) -> bool:
    return bool(node.names) or node.kind is not NodeKind.WAYPOINT


def _walls(level: Level, lanes: list[Lane], doors: list[Door]) -> Iterator[Finding]:
    if not lanes or not level.walls:
        return
    walls = STRtree(shapely.linestrings([(wall.start, wall.end) for wall in level.walls]))
    leaves = STRtree([LineString([door.start, door.end]).buffer(DOOR_REACH_M) for door in doors])
    lines = shapely.linestrings([[(a.x_m, a.y_m), (b.x_m, b.y_m)] for _, a, b in lanes])
    # Both directions of a lane are one finding.
    seen: dict[frozenset[str], None] = {}
    for number, index in sorted(zip(*walls.query(lines, predicate="intersects").tolist(), strict=True)):
        edge = lanes[number][0]
        ends = frozenset((edge.source, edge.target))
        meet = lines[number].intersection(walls.geometries[index])
        if ends not in seen and not _in_doorway(meet, leaves):
            seen[ends] = None
            spot = meet.centroid
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
