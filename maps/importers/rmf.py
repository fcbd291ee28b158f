"""Open-RMF building.yaml to a Site: levels, walls, lanes, doors, lifts and named places.

Kept: what robots need. Left out: models, crowds, textures, floors; vertices on no lane. What is assumed or
left out is said in Site.notes. Several fleet graphs share one node set; an edge lists those that may use it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from maps.cursor import Cursor
from maps.elements import Door, Edge, FloorPlan, Level, Node, NodeKind, Point, Site, Wall
from maps.errors import SiteError
from maps.geometry import distance_m
from maps.importers.images import png_size_px
from maps.importers.names import distinct_names
from maps.importers.rmf_file import (
    Building,
    Link,
    RawLevel,
    Vertex,
    amount,
    count,
    flag,
    read_building,
    words,
)
from maps.importers.rmf_frames import Frame, frames
from maps.importers.rmf_lifts import Shaft, cabin_of, lift, rides, shaft_doors, shafts
from maps.importers.rmf_notes import robots, unused
from maps.importers.rmf_rooms import rooms
from maps.site_lanes import crossings, edge_id
from maps.source import Source

PLACE_PROPERTIES = ("dock_name", "pickup_dispenser", "dropoff_ingestor")
"""A vertex that has one of these is a place, by its value when the vertex itself has no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    """A directed lane of one fleet graph."""

    source: str
    target: str
    graph: str
    speed_mps_max: float | None


def read_source(source: Source) -> Site:
    """As maps.formats calls it."""
    return read(source.yaml, source.folder)


def read(root: Cursor, folder: Path) -> Site:
    """The building under this cursor; `folder` holds its drawings (only their size is read).

    Raises SiteError that names file, line, element and fix.
    """
    building = read_building(root)
    notes: list[str] = []
    try:
        placed = frames(building, notes)
    except SiteError as error:
        raise SiteError(
            error.message, file=root.file, element=error.element, line=error.line, hint=error.hint
        ) from None
    return _site(building, placed, folder, notes)


def _site(building: Building, placed: dict[str, Frame], folder: Path, notes: list[str]) -> Site:
    lanes = [lane for level in building.levels.values() for lane in _lanes(level, notes)]
    graphs = _graphs_at(lanes)
    lifts = shafts(building, placed, notes)
    nodes = _nodes(building, placed, graphs, lifts, notes)
    shaft = list(shaft_doors(lifts, placed))
    doors = _doors(building, placed)
    edges = list(_edges(lanes, nodes, doors))
    built = [
        lift(entry, nodes, [d for who, d in shaft if who == name], notes) for name, entry in lifts.items()
    ]
    levels = [_level(level, placed[name], folder, notes) for name, level in building.levels.items()]
    notes += [*unused(building, graphs), *robots(building)]
    found, nodes = rooms(levels, nodes, doors, built)
    notes.append("The building file states no time zone: UTC is taken.")
    return Site(
        site_id=re.sub(r"\W+", "_", building.name).strip("_").lower() or "building",
        names={"en": building.name},
        time_zone="UTC",
        levels=tuple(levels),
        nodes=tuple(nodes.values()),
        edges=(*edges, *rides(built, graphs)),
        rooms=tuple(found),
        doors=(*_driven(doors, edges), *(door for _, door in shaft)),
        lifts=tuple(built),
        origin=next(iter(placed.values())).origin,
        notes=tuple(notes),
    )


# -- lanes -----------------------------------------------------------------------------------------------


def _node_id(level: RawLevel, index: int) -> str:
    return f"{level.level_id}/{index}"


def _lanes(level: RawLevel, notes: list[str]) -> Iterator[_Lane]:
    for link in level.lanes:
        if link.start == link.end:
            notes.append(
                f"A lane of level {level.level_id} starts and ends at vertex {link.start}: left out."
            )
        else:
            yield from _directed(level, link)


def _directed(level: RawLevel, link: Link) -> Iterator[_Lane]:
    start, end = _node_id(level, link.start), _node_id(level, link.end)
    ways = [(start, end), (end, start)] if flag(link.properties, "bidirectional") else [(start, end)]
    for source, target in ways:
        yield _Lane(
            source=source,
            target=target,
            graph=str(count(link.properties, "graph_idx")),
            # 0 says "no limit".
            speed_mps_max=amount(link.properties, "speed_limit") or None,
        )


def _graphs_at(lanes: list[_Lane]) -> dict[str, tuple[str, ...]]:
    """The fleet graphs that touch each node."""
    found: dict[str, dict[str, None]] = {}
    for lane in lanes:
        for node_id in (lane.source, lane.target):
            found.setdefault(node_id, {})[lane.graph] = None
    return {node_id: tuple(sorted(graphs, key=_graph_order)) for node_id, graphs in found.items()}


def _graph_order(graph: str) -> int:
    return int(graph)


def _edges(lanes: list[_Lane], nodes: Mapping[str, Node], doors: list[Door]) -> Iterator[Edge]:
    """One edge for the same lane in several fleet graphs."""
    merged: dict[tuple[str, str, float | None], list[str]] = {}
    for lane in lanes:
        graphs = merged.setdefault((lane.source, lane.target, lane.speed_mps_max), [])
        if lane.graph not in graphs:
            graphs.append(lane.graph)
    by_level: dict[str, list[Door]] = {}
    for door in doors:
        by_level.setdefault(door.level, []).append(door)
    parallel: dict[str, int] = {}
    for (source, target, speed_mps_max), graphs in merged.items():
        name = edge_id(source, target)
        parallel[name] = parallel.get(name, 0) + 1
        a, b = _at(nodes[source]), _at(nodes[target])
        yield Edge(
            edge_id=name if parallel[name] == 1 else f"{name}~{parallel[name]}",
            source=source,
            target=target,
            length_m=distance_m(a, b),
            speed_mps_max=speed_mps_max,
            doors=crossings(a, b, by_level.get(nodes[source].level, [])),
            graphs=tuple(sorted(graphs, key=_graph_order)),
        )


def _at(node: Node) -> Point:
    return (node.x_m, node.y_m)


# -- nodes -----------------------------------------------------------------------------------------------


def _nodes(
    building: Building,
    placed: Mapping[str, Frame],
    graphs: Mapping[str, tuple[str, ...]],
    lifts: Mapping[str, Shaft],
    notes: list[str],
) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    left_out = []
    for level in building.levels.values():
        for index, vertex in enumerate(level.vertices):
            node_id = _node_id(level, index)
            if node_id in graphs:
                nodes[node_id] = _node(node_id, level, vertex, placed[level.level_id], lifts)
                _note_cabin(nodes[node_id], vertex, lifts, notes)
            elif _place_name(vertex):
                left_out.append(f"{_place_name(vertex)} ({node_id})")
    if left_out:
        notes.append(f"Named vertices on no lane were left out: {', '.join(left_out)}.")
    labels = {node.node_id: node.names["en"] for node in nodes.values() if node.names}
    levels = {node_id: node.level for node_id, node in nodes.items()}
    for node_id, label in distinct_names(labels, levels, graphs, notes).items():
        nodes[node_id] = replace(nodes[node_id], names={"en": label})
    return nodes


def _node(node_id: str, level: RawLevel, vertex: Vertex, frame: Frame, lifts: Mapping[str, Shaft]) -> Node:
    point = frame.to_site(vertex.at)
    inside = cabin_of(level.level_id, point, words(vertex.properties, "lift_cabin"), lifts)
    name = _place_name(vertex)
    return Node(
        node_id=node_id,
        level=level.level_id,
        x_m=point[0],
        y_m=point[1],
        kind=NodeKind.LIFT_CABIN if inside else _kind(vertex),
        names={"en": name} if name else {},
        lift=inside,
    )


def _note_cabin(node: Node, vertex: Vertex, lifts: Mapping[str, Shaft], notes: list[str]) -> None:
    named = words(vertex.properties, "lift_cabin")
    if named and named not in lifts:
        taken = f"lift {node.lift}, in whose cabin it lies" if node.lift else "no lift"
        notes.append(f"Vertex {node.node_id} names lift '{named}', which is not there: {taken} is taken.")


def _place_name(vertex: Vertex) -> str:
    if vertex.name:
        return vertex.name
    return next((words(vertex.properties, key) for key in PLACE_PROPERTIES if key in vertex.properties), "")


def _kind(vertex: Vertex) -> NodeKind:
    for key, kind in (
        ("is_charger", NodeKind.CHARGER),
        ("is_parking_spot", NodeKind.PARKING),
        ("is_holding_point", NodeKind.HOLD_POINT),
    ):
        if flag(vertex.properties, key):
            return kind
    return NodeKind.CHECKPOINT if _place_name(vertex) else NodeKind.WAYPOINT


# -- doors, levels ---------------------------------------------------------------------------------------


def _doors(building: Building, placed: Mapping[str, Frame]) -> list[Door]:
    found: dict[str, Door] = {}
    for level in building.levels.values():
        for number, link in enumerate(level.doors, 1):
            name = words(link.properties, "name") or f"door_{number}"
            door_id = name if name not in found else f"{level.level_id}_{name}"
            while door_id in found:
                door_id += "_2"
            start, end = _ends(level, link, placed[level.level_id])
            found[door_id] = Door(
                door_id=door_id, level=level.level_id, names={"en": name}, start=start, end=end
            )
    return list(found.values())


def _driven(doors: list[Door], edges: list[Edge]) -> Iterator[Door]:
    """A door that no lane crosses is drawn, but nobody commands it."""
    used = {crossing.door for edge in edges for crossing in edge.doors}
    return (door if door.door_id in used else replace(door, automatic=False) for door in doors)


def _ends(level: RawLevel, link: Link, frame: Frame) -> tuple[Point, Point]:
    return frame.to_site(level.vertices[link.start].at), frame.to_site(level.vertices[link.end].at)


def _level(level: RawLevel, frame: Frame, folder: Path, notes: list[str]) -> Level:
    ends = [_ends(level, wall, frame) for wall in level.walls]
    return Level(
        level_id=level.level_id,
        names={"en": level.level_id},
        elevation_m=level.elevation_m,
        walls=tuple(Wall(start=start, end=end) for start, end in ends if start != end),
        floor_plan=_floor_plan(level, frame, folder, notes),
        scale_measured=frame.measured,
    )


def _floor_plan(level: RawLevel, frame: Frame, folder: Path, notes: list[str]) -> FloorPlan | None:
    if not level.drawing:
        return None
    size = png_size_px(folder / level.drawing)
    if size is None:
        there = (folder / level.drawing).exists()
        why = "is no PNG that can be read" if there else "is not beside the building file"
        notes.append(f"Level {level.level_id}: drawing {level.drawing} {why}; left out.")
        return None
    return FloorPlan(
        path=level.drawing,
        origin=frame.to_site((0.0, float(size[1]))),
        yaw_rad=frame.yaw_rad,
        scale_m_per_px=frame.scale_m_per_px,
    )
