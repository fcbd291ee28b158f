"""The lanes of our site file: an entry is a directed edge (from, to) or a two-way lane (between)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from maps.cursor import Cursor
from maps.elements import Door, DoorCrossing, Edge, Node, Point, Site
from maps.geometry import RESOLUTION_DIGITS, crossing_m, distance_m

_ENDS = ("from", "to", "between")
_OPTIONAL = (*_ENDS, "id", "length_m", "speed_mps_max", "width_m", "doors", "lift", "graphs", "models")
_DEFAULT_GRAPHS = ("0",)


def edge_id(source: str, target: str) -> str:
    """The id of an edge that has none of its own."""
    return f"{source}>{target}"


def reversed_edge(edge: Edge) -> Edge:
    """The other direction of a two-way lane, under its default id."""
    doors = [
        DoorCrossing(door=crossing.door, at_m=round(edge.length_m - crossing.at_m, RESOLUTION_DIGITS))
        for crossing in reversed(edge.doors)
    ]
    return Edge(
        edge_id=edge_id(edge.target, edge.source),
        source=edge.target,
        target=edge.source,
        length_m=edge.length_m,
        speed_mps_max=edge.speed_mps_max,
        width_m=edge.width_m,
        doors=tuple(doors),
        lift=edge.lift,
        graphs=edge.graphs,
        models=edge.models,
    )


def crossings(a: Point, b: Point, doors: Sequence[Door]) -> tuple[DoorCrossing, ...]:
    """The doors that the straight lane a-b crosses, in the order of passing."""
    found = [(crossing_m(a, b, door.start, door.end), door.door_id) for door in doors]
    met = sorted((at_m, door_id) for at_m, door_id in found if at_m is not None)
    return tuple(DoorCrossing(door=door_id, at_m=at_m) for at_m, door_id in met)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What lanes may name."""

    points: dict[str, Point]
    doors: dict[str, Door]
    lifts: tuple[str, ...]


def read_lanes(
    entry: Cursor, nodes: Sequence[Node], doors: Sequence[Door], lifts: tuple[str, ...]
) -> Iterator[Edge]:
    """The edges of these lanes. Raises SiteError for one that ends at a node which is not there."""
    known = _Known(
        points={node.node_id: (node.x_m, node.y_m) for node in nodes},
        doors={door.door_id: door for door in doors},
        lifts=lifts,
    )
    for lane in entry.items("lane"):
        yield from _edges(lane, known)


def _edges(lane: Cursor, known: _Known) -> Iterator[Edge]:
    fields = lane.fields((), _OPTIONAL)
    source, target = (end.one_of(known.points, "node") for end in _ends(lane, fields))
    edge = _edge(lane.at(lane.node, f"{lane.element} ({source} to {target})"), source, target, known)
    yield edge
    if "between" in fields:
        if source == target:
            raise fields["between"].error(f"joins node '{source}' with itself", "name two nodes")
        yield reversed_edge(edge)


def _ends(lane: Cursor, fields: dict[str, Cursor]) -> tuple[Cursor, Cursor]:
    if "between" in fields:
        if "from" in fields or "to" in fields:
            raise lane.error("has 'between' and 'from' or 'to'", "use between: [a, b], or from: a, to: b")
        ends = fields["between"].items()
        if len(ends) != 2:
            raise fields["between"].error(f"lists {len(ends)} nodes", "list two: between: [a, b]")
        return ends[0], ends[1]
    if "from" not in fields or "to" not in fields:
        raise lane.error(
            "does not say between which nodes it runs", "write between: [a, b], or from: a, to: b"
        )
    return fields["from"], fields["to"]


def _edge(lane: Cursor, source: str, target: str, known: _Known) -> Edge:
    fields = lane.fields((), _OPTIONAL)
    ends = (known.points[source], known.points[target])
    ride = "lift" in fields
    return Edge(
        edge_id=fields["id"].text() if "id" in fields else edge_id(source, target),
        source=source,
        target=target,
        length_m=_length(fields["length_m"]) if "length_m" in fields else _usual_length(ends, ride),
        speed_mps_max=fields["speed_mps_max"].positive() if "speed_mps_max" in fields else None,
        width_m=fields["width_m"].positive() if "width_m" in fields else None,
        doors=tuple(_crossings(fields["doors"], ends, known.doors)) if "doors" in fields else (),
        lift=fields["lift"].one_of(known.lifts, "lift") if ride else None,
        graphs=tuple(g.text() for g in fields["graphs"].items()) if "graphs" in fields else _DEFAULT_GRAPHS,
        models=tuple(model.text() for model in fields["models"].items()) if "models" in fields else (),
    )


def _length(entry: Cursor) -> float:
    length_m = entry.number()
    if length_m < 0.0:
        raise entry.error(f"length_m is {length_m}", "a length is 0 or more")
    return length_m


def _usual_length(ends: tuple[Point, Point] | None, ride: bool) -> float:
    return distance_m(*ends) if ends and not ride else 0.0


def _crossings(entry: Cursor, ends: tuple[Point, Point], doors: dict[str, Door]) -> Iterator[DoorCrossing]:
    """Each item is a door's id, or {id: distance from the source}."""
    for item in entry.items(entry.element):
        if item.is_mapping():
            for door_id, at_m in item.entries().items():
                if door_id not in doors:
                    raise at_m.error(f"there is no door '{door_id}'", "add the door or correct the id")
                yield DoorCrossing(door=door_id, at_m=at_m.number())
        else:
            yield DoorCrossing(door=item.text(), at_m=_found_crossing(item, ends, doors))


def _found_crossing(item: Cursor, ends: tuple[Point, Point], doors: dict[str, Door]) -> float:
    door = doors[item.one_of(doors, "door")]
    at_m = crossing_m(*ends, door.start, door.end)
    if at_m is None:
        raise item.error(
            f"the straight lane does not cross door '{door.door_id}'",
            f"move the door or the nodes, or write {{{door.door_id}: metres from the lane's first node}}",
        )
    return at_m


# -- writing ---------------------------------------------------------------------------------------------


def write_lanes(site: Site) -> list[dict[str, Any]]:
    """One mapping for each lane; an edge followed by its mirror image is one two-way lane."""
    points = {node.node_id: (node.x_m, node.y_m) for node in site.nodes}
    doors = {door.door_id: door for door in site.doors}
    lanes = []
    index = 0
    while index < len(site.edges):
        edge = site.edges[index]
        two_way = site.edges[index + 1 : index + 2] == (reversed_edge(edge),)
        lanes.append(_lane(edge, two_way, points, doors))
        index += 2 if two_way else 1
    return lanes


def _lane(edge: Edge, two_way: bool, points: dict[str, Point], doors: dict[str, Door]) -> dict[str, Any]:
    both = edge.source in points and edge.target in points
    ends = (points[edge.source], points[edge.target]) if both else None
    head: dict[str, Any] = (
        {"between": [edge.source, edge.target]} if two_way else {"from": edge.source, "to": edge.target}
    )
    usual = {
        "id": edge_id(edge.source, edge.target),
        "length_m": _usual_length(ends, edge.lift is not None),
        "speed_mps_max": None,
        "width_m": None,
        "doors": [],
        "lift": None,
        "graphs": list(_DEFAULT_GRAPHS),
        "models": [],
    }
    fields = {
        "id": edge.edge_id,
        "length_m": edge.length_m,
        "speed_mps_max": edge.speed_mps_max,
        "width_m": edge.width_m,
        "doors": [_written(crossing, ends, doors) for crossing in edge.doors],
        "lift": edge.lift,
        "graphs": list(edge.graphs),
        "models": list(edge.models),
    }
    return head | {key: value for key, value in fields.items() if value != usual[key]}


def _written(
    crossing: DoorCrossing, ends: tuple[Point, Point] | None, doors: dict[str, Door]
) -> str | dict[str, float]:
    door = doors.get(crossing.door)
    if door and ends and crossing_m(*ends, door.start, door.end) == crossing.at_m:
        return crossing.door
    return {crossing.door: crossing.at_m}
