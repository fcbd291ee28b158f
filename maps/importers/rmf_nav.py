"""Open-RMF compiled navigation graphs (nav_graphs/0.yaml) to a Site: one fleet's lanes, metres, y up.

Such a file holds vertices, directed lanes, and in newer files where doors and lifts stand; it has no walls
and no elevations. What is assumed or left out is said in Site.notes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from maps.cursor import Cursor
from maps.elements import Door, DoorCrossing, Edge, Level, Node, NodeKind, Site
from maps.geometry import distance_m
from maps.importers.names import distinct_names, slug
from maps.importers.rmf_lifts import rides
from maps.importers.rmf_nav_file import NavGraph, NavLane, NavVertex, read_nav_graph
from maps.importers.rmf_nav_parts import doors, lifts, passed
from maps.site_lanes import edge_id
from maps.source import Source

PLACE_KEYS = ("dock_name", "workcell_name", "pickup_dispenser", "dropoff_ingestor")
"""A vertex that has one of these is a place, by its value when it has no name of its own."""

KINDS = (
    ("is_charger", NodeKind.CHARGER),
    ("is_parking_spot", NodeKind.PARKING),
    ("is_holding_point", NodeKind.HOLD_POINT),
)
"""The first that is true decides: a charger is also a parking spot in most files."""

USED_OF_VERTEX = ("name", "lift", *PLACE_KEYS, *(key for key, _ in KINDS))
USED_OF_LANE = ("door_name", "speed_limit", "is_bidirectional")


def read_source(source: Source) -> Site:
    """As maps.formats calls it. A file called 0.yaml holds fleet graph 0, 3.yaml graph 3."""
    stem = source.path.stem
    return read(source.yaml, stem if stem.isdecimal() else "0")


def read(root: Cursor, graph: str = "0") -> Site:
    """The navigation graph under this cursor. Raises SiteError that names file, line, element and fix."""
    raw = read_nav_graph(root)
    notes: list[str] = []
    nodes = _nodes(raw, graph, notes)
    lanes = list(_lanes(raw, notes))
    ends = [(nodes[_id(lane.level, lane.start)], nodes[_id(lane.level, lane.end)]) for lane in lanes]
    joined = [(source, target, lane.door) for (source, target), lane in zip(ends, lanes, strict=True)]
    found = doors(raw, joined, notes)
    built = lifts(raw, nodes.values(), notes)
    edges = _edges(lanes, ends, graph, found)
    notes += _unused(raw)
    notes.append("A navigation graph has neither walls nor elevations: every level is taken to lie at 0 m.")
    notes.append("The file states no time zone: UTC is taken.")
    return Site(
        site_id=slug(raw.name, "building"),
        names={"en": raw.name or "building"},
        time_zone="UTC",
        levels=tuple(Level(level_id=name, names={"en": name}, elevation_m=0.0) for name in raw.levels),
        nodes=tuple(nodes.values()),
        edges=(*edges, *rides(built, dict.fromkeys(nodes, (graph,)))),
        doors=tuple(found.values()),
        lifts=tuple(built),
        notes=tuple(notes),
    )


# -- nodes -----------------------------------------------------------------------------------------------


def _id(level_id: str, index: int) -> str:
    """Level and vertex index, as the importer of buildings names nodes."""
    return f"{level_id}/{index}"


def _nodes(raw: NavGraph, graph: str, notes: list[str]) -> dict[str, Node]:
    nodes = {
        _id(level_id, index): _node(level_id, index, vertex)
        for level_id, level in raw.levels.items()
        for index, vertex in enumerate(level.vertices)
    }
    labels = {node.node_id: node.names["en"] for node in nodes.values() if node.names}
    levels = {node_id: node.level for node_id, node in nodes.items()}
    for node_id, label in distinct_names(labels, levels, dict.fromkeys(nodes, (graph,)), notes).items():
        nodes[node_id] = replace(nodes[node_id], names={"en": label})
    return nodes


def _node(level_id: str, index: int, vertex: NavVertex) -> Node:
    name = next(filter(None, map(vertex.word, ("name", *PLACE_KEYS))), "")
    lift = vertex.word("lift") or None
    return Node(
        node_id=_id(level_id, index),
        level=level_id,
        x_m=vertex.at[0],
        y_m=vertex.at[1],
        kind=NodeKind.LIFT_CABIN if lift else _kind(vertex, name),
        names={"en": name} if name else {},
        lift=lift,
    )


def _kind(vertex: NavVertex, name: str) -> NodeKind:
    usual = NodeKind.CHECKPOINT if name else NodeKind.WAYPOINT
    return next((kind for key, kind in KINDS if vertex.flag(key)), usual)


# -- lanes -----------------------------------------------------------------------------------------------


def _lanes(raw: NavGraph, notes: list[str]) -> Iterator[NavLane]:
    """Every direction of every lane."""
    for level in raw.levels.values():
        for lane in level.lanes:
            if lane.start == lane.end:
                notes.append(f"A lane starts and ends at {_id(lane.level, lane.start)}: left out.")
                continue
            yield lane
            if lane.both_ways:
                yield replace(lane, start=lane.end, end=lane.start)


def _edges(
    lanes: list[NavLane], ends: list[tuple[Node, Node]], graph: str, known: Mapping[str, Door]
) -> Iterator[Edge]:
    """One edge for a lane that is written several times; lanes that differ in speed or door stay apart."""
    parallel: dict[str, list[tuple[float | None, str]]] = {}
    for lane, (source, target) in zip(lanes, ends, strict=True):
        name = edge_id(source.node_id, target.node_id)
        kinds = parallel.setdefault(name, [])
        if (lane.speed_mps_max, lane.door) in kinds:
            continue
        kinds.append((lane.speed_mps_max, lane.door))
        met = passed(source, target, lane.door, known)
        yield Edge(
            edge_id=name if len(kinds) == 1 else f"{name}~{len(kinds)}",
            source=source.node_id,
            target=target.node_id,
            length_m=distance_m((source.x_m, source.y_m), (target.x_m, target.y_m)),
            speed_mps_max=lane.speed_mps_max,
            doors=tuple(DoorCrossing(door=door, at_m=at_m) for door, at_m in met.items()),
            graphs=(graph,),
        )


# -- what is not used ------------------------------------------------------------------------------------


def _unused(raw: NavGraph) -> Iterator[str]:
    vertices = [vertex.properties for level in raw.levels.values() for vertex in level.vertices]
    lanes = [lane.properties for level in raw.levels.values() for lane in level.lanes]
    for what, found, used in (("vertices", vertices, USED_OF_VERTEX), ("lanes", lanes, USED_OF_LANE)):
        counts: dict[str, int] = {}
        for key in (key for properties in found for key in properties if key not in used):
            counts[key] = counts.get(key, 0) + 1
        yield from (f"Not used: '{key}' of {count} {what}." for key, count in counts.items())
    if raw.other_keys:
        yield f"Not used: {', '.join(raw.other_keys)}."
