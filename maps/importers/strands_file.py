"""What a STRANDS topological map says: poses, edges, tags; checked, nothing interpreted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from maps.cursor import Cursor
from maps.elements import Point
from maps.geometry import RESOLUTION_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A thing at a node: an office, a department, a person."""

    category: str
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEdge:
    """A directed edge."""

    target: str
    action: str
    speed_mps_max: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawNode:
    """One node of the list."""

    name: str
    map_name: str
    pointset: str
    at: Point
    yaw_rad: float
    yaw_tolerance_rad: float
    area: tuple[Point, ...]
    """The corners of the area of influence, as seen from the node."""
    localise_by: str
    edges: tuple[RawEdge, ...]
    tags: tuple[str, ...]
    contains: tuple[Contained, ...]


def read_topological_map(root: Cursor) -> list[RawNode]:
    """The nodes under this cursor. Raises SiteError for an edge to a node that is not there."""
    entries = [entry for item in root.items("node") for entry in [_renamed(item)]]
    if not entries:
        raise root.error("the map has no node", "give a topological map with nodes")
    names = _names(entries)
    return [_node(entry, name, names) for name, entry in names.items()]


def _renamed(item: Cursor) -> Cursor:
    """The same item, called by the node's name as soon as that is known."""
    name = _words(_fields(_fields(item, "node")["node"], "name"), "name")
    return item.at(item.node, f"node '{name}'") if name else item


def _names(entries: list[Cursor]) -> dict[str, Cursor]:
    found: dict[str, Cursor] = {}
    for entry in entries:
        name = _fields(entry, "node")["node"].entries()["name"].text()
        if name in found:
            raise entry.error(
                f"the name is used twice (first in line {found[name].line})", "rename or remove one"
            )
        found[name] = entry
    return found


def _node(entry: Cursor, name: str, names: dict[str, Cursor]) -> RawNode:
    body = _fields(entry, "node")["node"]
    fields = _fields(body, "edges", "name", "pose")
    meta = entry.entries()["meta"].entries() if "meta" in entry.entries() else {}
    pose = _fields(fields["pose"], "position", "orientation")
    position = _fields(pose["position"], "x", "y")
    return RawNode(
        name=name,
        map_name=_words(fields, "map") or "map",
        pointset=_words(fields, "pointset"),
        at=(_millimetre(position["x"]), _millimetre(position["y"])),
        yaw_rad=_yaw(pose["orientation"]),
        yaw_tolerance_rad=fields["yaw_goal_tolerance"].number() if "yaw_goal_tolerance" in fields else 0.0,
        area=tuple(_area(fields)),
        localise_by=_words(fields, "localise_by_topic"),
        edges=tuple(_edge(item, names) for item in _items(entry, fields, "edges")),
        tags=tuple(tag.text() for tag in _items(entry, meta, "tag")),
        contains=tuple(_contained(item) for item in _items(entry, meta, "contains")),
    )


def _fields(entry: Cursor, *needed: str) -> dict[str, Cursor]:
    found = entry.entries()
    for key in needed:
        if key not in found:
            raise entry.error(f"'{key}' is missing", f"add '{key}: ...'")
    return found


def _items(entry: Cursor, fields: dict[str, Cursor], key: str) -> list[Cursor]:
    return fields[key].items(f"{entry.element}, {key}") if key in fields else []


def _words(fields: dict[str, Cursor], key: str) -> str:
    return " ".join(fields[key].text().split()) if key in fields and not fields[key].empty() else ""


def _millimetre(entry: Cursor) -> float:
    return round(entry.number(), RESOLUTION_DIGITS)


def _yaw(entry: Cursor) -> float:
    """The turn about the vertical axis of a quaternion, which need not have length 1."""
    fields = _fields(entry, "x", "y", "z", "w")
    x, y, z, w = (fields[key].number() for key in ("x", "y", "z", "w"))
    if math.hypot(x, y, z, w) < 0.5:
        raise entry.error("the quaternion has no direction", "write {x: 0, y: 0, z: 0, w: 1}")
    return math.atan2(2.0 * (w * z + x * y), w * w + x * x - y * y - z * z)


def _area(fields: dict[str, Cursor]) -> Iterator[Point]:
    if "verts" in fields:
        for corner in fields["verts"].items():
            found = _fields(corner, "x", "y")
            yield _millimetre(found["x"]), _millimetre(found["y"])


def _edge(entry: Cursor, names: dict[str, Cursor]) -> RawEdge:
    fields = _fields(entry, "node")
    speed_mps = fields["top_vel"].number() if "top_vel" in fields else 0.0
    if speed_mps < 0.0:
        raise fields["top_vel"].error(
            f"the speed is {speed_mps:g}", "write 0 for no limit, or a speed in m/s"
        )
    return RawEdge(
        target=fields["node"].one_of(names, "node"),
        action=_words(fields, "action"),
        speed_mps_max=speed_mps or None,
    )


def _contained(entry: Cursor) -> Contained:
    fields = _fields(entry, "name")
    return Contained(
        category=_words(fields, "category"),
        name=_words(fields, "name"),
        description=_words(fields, "description"),
    )
