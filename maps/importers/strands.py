"""STRANDS topological maps (a YAML list of nodes with poses and edges) to a Site.

One level for each metric map. Kept: nodes with their heading, edges with their speed, names of places; the
area of influence of a node that is tagged no_go is a no-go zone. Names of persons stay out: a site is read by
everybody. What is left out is said in Site.notes.
Format: github.com/strands-project/strands_navigation, topological_navigation (TopologicalNode, Edge).
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from maps.cursor import Cursor
from maps.elements import Edge, Level, Node, NodeKind, Site, Zone, ZoneKind
from maps.findings import listed
from maps.geometry import distance_m, rounded
from maps.importers.names import distinct_names, slug
from maps.importers.strands_file import Contained, RawEdge, RawNode, read_topological_map
from maps.site_lanes import edge_id
from maps.source import Source

UNNAMED = re.compile(r"(?i)way_?point_?\d+")
"""Node names that a machine gave: ids, and nothing that people say."""
PERSON = "person"
"""The category of things at a node that are people."""
NO_GO = "no_go"
"""The tag of nodes that mark where robots must not go."""
TAG_NODES_MAX = 8
YAW_DIGITS = 4


def read_source(source: Source) -> Site:
    """As maps.formats calls it."""
    return read(source.yaml)


def read(root: Cursor) -> Site:
    """The topological map under this cursor. Raises SiteError that names file, line, element and fix."""
    raw = read_topological_map(root)
    notes: list[str] = []
    nodes = _nodes(raw, notes)
    edges = _paired(_edges(raw, nodes))
    name = next(filter(None, (node.pointset for node in raw)), "") or raw[0].map_name
    notes += _unused(raw)
    notes.append("The map holds no elevations: every level is taken to lie at 0 m.")
    notes.append("The file states neither language nor time zone: names are filed under en, UTC is taken.")
    return Site(
        site_id=slug(name, "topological_map"),
        names={"en": name},
        time_zone="UTC",
        levels=tuple(
            Level(level_id=level, names={"en": level}, elevation_m=0.0)
            for level in dict.fromkeys(node.map_name for node in raw)
        ),
        nodes=tuple(nodes.values()),
        edges=tuple(edges),
        zones=tuple(_zone(node) for node in raw if _is_no_go(node)),
        notes=tuple(notes),
    )


# -- nodes -----------------------------------------------------------------------------------------------


def _nodes(raw: Sequence[RawNode], notes: list[str]) -> dict[str, Node]:
    chargers = {edge.target for node in raw for edge in node.edges if _docks(edge)}
    labels = _labels(raw)
    levels = {node.name: node.map_name for node in raw}
    names = distinct_names(labels, levels, dict.fromkeys(levels, ("0",)), notes)
    return {node.name: _node(node, names.get(node.name, ""), node.name in chargers) for node in raw}


def _node(raw: RawNode, name: str, charges: bool) -> Node:
    usual = NodeKind.CHECKPOINT if name else NodeKind.WAYPOINT
    return Node(
        node_id=raw.name,
        level=raw.map_name,
        x_m=raw.at[0],
        y_m=raw.at[1],
        kind=NodeKind.CHARGER if charges else usual,
        names={"en": name} if name else {},
        yaw_rad=None if raw.yaw_tolerance_rad >= math.pi else round(raw.yaw_rad, YAW_DIGITS),
    )


def _docks(edge: RawEdge) -> bool:
    action = edge.action.lower()
    return "dock" in action and not action.startswith("un")


def _labels(raw: Sequence[RawNode]) -> dict[str, str]:
    """What people call each place: the node's name, or else the first room or department that it leads to."""
    labels = {node.name: node.name for node in raw if not UNNAMED.fullmatch(node.name)}
    taken = {label.casefold() for label in labels.values()}
    for node in raw:
        things = [text for text in _things(node) if text.casefold() not in taken]
        if node.name not in labels and things:
            labels[node.name] = things[0]
    return labels


def _things(raw: RawNode) -> list[str]:
    """What the node leads to, but for people."""
    things = (_described(thing) for thing in raw.contains if thing.category != PERSON)
    return list(dict.fromkeys(things))


def _described(thing: Contained) -> str:
    if thing.description in ("", thing.name):
        return thing.name
    return f"{thing.name} ({thing.description})"


def _is_no_go(raw: RawNode) -> bool:
    return NO_GO in raw.tags and len(raw.area) >= 3


def _zone(raw: RawNode) -> Zone:
    (x_m, y_m) = raw.at
    return Zone(
        zone_id=raw.name,
        level=raw.map_name,
        names={"en": raw.name},
        kind=ZoneKind.NO_GO,
        polygon=tuple(rounded((x_m + dx_m, y_m + dy_m)) for dx_m, dy_m in raw.area),
    )


# -- edges -----------------------------------------------------------------------------------------------


def _edges(raw: Sequence[RawNode], nodes: dict[str, Node]) -> Iterator[Edge]:
    """One edge for an edge that is written several times; edges that differ in speed stay apart."""
    parallel: dict[str, list[float | None]] = {}
    for node in raw:
        for edge in node.edges:
            name = edge_id(node.name, edge.target)
            speeds = parallel.setdefault(name, [])
            if edge.speed_mps_max in speeds or edge.target == node.name:
                continue
            speeds.append(edge.speed_mps_max)
            a, b = nodes[node.name], nodes[edge.target]
            yield Edge(
                edge_id=name if len(speeds) == 1 else f"{name}~{len(speeds)}",
                source=node.name,
                target=edge.target,
                length_m=distance_m((a.x_m, a.y_m), (b.x_m, b.y_m)),
                speed_mps_max=edge.speed_mps_max,
            )


def _paired(edges: Iterator[Edge]) -> Iterator[Edge]:
    """Each edge followed by its other direction, so that a two-way lane is written as one."""
    waiting = {edge.edge_id: edge for edge in edges}
    while waiting:
        edge = waiting.pop(next(iter(waiting)))
        yield edge
        back = waiting.get(edge_id(edge.target, edge.source))
        if back is not None and replace(back, edge_id="") == _turned(edge):
            yield waiting.pop(back.edge_id)


def _turned(edge: Edge) -> Edge:
    return replace(edge, edge_id="", source=edge.target, target=edge.source)


# -- what is not used ------------------------------------------------------------------------------------


def _unused(raw: Sequence[RawNode]) -> Iterator[str]:
    labels = _labels(raw)
    for node in raw:
        more = [text for text in _things(node) if text not in labels.get(node.name, "")]
        if more:
            yield f"At {node.name}: {'; '.join(more)}."
    people = {thing.name for node in raw for thing in node.contains if thing.category == PERSON}
    if people:
        yield f"The names of {len(people)} persons at nodes are left out."
    yield from _tags(raw)
    yield from _actions(raw)
    loops = [node.name for node in raw for edge in node.edges if edge.target == node.name]
    if loops:
        yield f"Edges that start and end at one node are left out: {', '.join(loops)}."
    if any(node.area and not _is_no_go(node) for node in raw):
        yield "Not used: the nodes' areas of influence (verts), but for those tagged no_go."
    if any(node.localise_by for node in raw):
        yield "Not used: 'localise_by_topic'."


def _tags(raw: Sequence[RawNode]) -> Iterator[str]:
    holders: dict[str, list[str]] = {}
    for node in raw:
        for tag in node.tags:
            if not (tag == NO_GO and _is_no_go(node)):
                holders.setdefault(tag, []).append(node.name)
    single = [f"{tag} ({names[0]})" for tag, names in holders.items() if len(names) == 1]
    if single:
        yield f"Not used: tags of one node: {', '.join(single)}."
    for tag, names in holders.items():
        if len(names) > 1:
            yield f"Not used: tag '{tag}' of {listed(names, TAG_NODES_MAX)}."


def _actions(raw: Sequence[RawNode]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for edge in (edge for node in raw for edge in node.edges):
        counts[edge.action] = counts.get(edge.action, 0) + 1
    counted = ", ".join(f"{action} ({count})" for action, count in counts.items() if action)
    if counted:
        yield f"Not used: the edges' actions: {counted}; where an edge docks is a charger."
