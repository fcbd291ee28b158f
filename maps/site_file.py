"""Our site file: YAML that people read and write. docs/maps.md explains it with an example.

What can be worked out is not written: a lane's length (straight distance), where it crosses a door that
it lists, which nodes lie in a room. `save` then `load` gives an equal Site.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from maps.cursor import Cursor, open_yaml, parse_yaml
from maps.elements import (
    Door,
    FloorPlan,
    Level,
    Lift,
    Names,
    Node,
    NodeKind,
    Room,
    RoomKind,
    Side,
    Site,
    Wall,
)
from maps.one_line import one_line
from maps.site_lanes import read_lanes, write_lanes
from maps.site_zones import origin_fields, read_origin, read_zone, zone_fields
from maps.source import Source

REQUIRED = ("site", "names", "time_zone", "levels", "nodes", "lanes")
OPTIONAL = ("rooms", "doors", "lifts", "zones", "origin", "notes")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    """What a reference may name."""

    levels: tuple[str, ...]
    nodes: tuple[str, ...]
    rooms: tuple[str, ...]
    doors: tuple[str, ...]
    lifts: tuple[str, ...]


def load(path: Path) -> Site:
    """The site in this file. Raises SiteError that names line, element and fix."""
    return read(open_yaml(path))


def loads(text: str, file: str = "site.yaml") -> Site:
    """The site in this text; `file` is its name in complaints."""
    return read(parse_yaml(text, file))


def read_source(source: Source) -> Site:
    """As maps.formats calls it."""
    return read(source.yaml)


def read(root: Cursor) -> Site:
    """The site under this cursor."""
    top = root.fields(REQUIRED, OPTIONAL)
    ids = _Ids(**{key: tuple(top[key].entries()) if key in top else () for key in _Ids.__slots__})
    nodes = tuple(_node(name, entry, ids) for name, entry in top["nodes"].entries("node").items())
    doors = tuple(_door(name, entry, ids) for name, entry in _section(top, "doors", "door"))
    return Site(
        site_id=top["site"].text(),
        names=_names(top["names"]),
        time_zone=top["time_zone"].text(),
        levels=tuple(_level(name, entry) for name, entry in top["levels"].entries("level").items()),
        nodes=nodes,
        edges=tuple(read_lanes(top["lanes"], nodes, doors, ids.lifts)),
        rooms=tuple(_room(name, entry, nodes, ids) for name, entry in _section(top, "rooms", "room")),
        doors=doors,
        lifts=tuple(_lift(name, entry, ids) for name, entry in _section(top, "lifts", "lift")),
        zones=tuple(read_zone(name, entry, ids.levels) for name, entry in _section(top, "zones", "zone")),
        origin=read_origin(top["origin"]) if "origin" in top else None,
        notes=tuple(note.text() for note in top["notes"].items()) if "notes" in top else (),
    )


def _section(top: dict[str, Cursor], key: str, what: str) -> Iterator[tuple[str, Cursor]]:
    if key in top:
        yield from top[key].entries(what).items()


def _names(entry: Cursor) -> Names:
    return {language: text.text() for language, text in entry.entries().items()}


def _each(entry: Cursor, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    return tuple(item.one_of(known, what) for item in entry.items())


def _level(level_id: str, entry: Cursor) -> Level:
    fields = entry.fields(("names",), ("elevation_m", "floor_plan", "scale_measured", "walls"))
    return Level(
        level_id=level_id,
        names=_names(fields["names"]),
        elevation_m=fields["elevation_m"].number() if "elevation_m" in fields else 0.0,
        walls=tuple(_walls(fields["walls"])) if "walls" in fields else (),
        floor_plan=_floor_plan(fields["floor_plan"]) if "floor_plan" in fields else None,
        scale_measured=fields["scale_measured"].boolean() if "scale_measured" in fields else True,
    )


def _walls(entry: Cursor) -> Iterator[Wall]:
    """Each line of the list is a chain of points."""
    for chain in entry.items(f"{entry.element}: chain"):
        points = [point.point() for point in chain.items()]
        if len(points) < 2:
            raise chain.error("a wall needs two points", "write [[x, y], [x, y]]")
        for start, end in pairwise(points):
            yield Wall(start=start, end=end)


def _floor_plan(entry: Cursor) -> FloorPlan:
    fields = entry.fields(("path", "origin", "scale_m_per_px"), ("yaw_rad",))
    return FloorPlan(
        path=fields["path"].text(),
        origin=fields["origin"].point(),
        yaw_rad=fields["yaw_rad"].number() if "yaw_rad" in fields else 0.0,
        scale_m_per_px=fields["scale_m_per_px"].positive(),
    )


def _node(node_id: str, entry: Cursor, ids: _Ids) -> Node:
    fields = entry.fields(("level", "at"), ("kind", "names", "lift", "room", "side", "yaw_rad"))
    x_m, y_m = fields["at"].point()
    return Node(
        node_id=node_id,
        level=fields["level"].one_of(ids.levels, "level"),
        x_m=x_m,
        y_m=y_m,
        kind=fields["kind"].choice(NodeKind) if "kind" in fields else NodeKind.WAYPOINT,
        names=_names(fields["names"]) if "names" in fields else {},
        lift=fields["lift"].one_of(ids.lifts, "lift") if "lift" in fields else None,
        room=fields["room"].one_of(ids.rooms, "room") if "room" in fields else None,
        side=fields["side"].choice(Side) if "side" in fields else None,
        yaw_rad=fields["yaw_rad"].number() if "yaw_rad" in fields else None,
    )


def _door(door_id: str, entry: Cursor, ids: _Ids) -> Door:
    fields = entry.fields(("level", "names", "from", "to"), ("open_s", "automatic"))
    return Door(
        door_id=door_id,
        level=fields["level"].one_of(ids.levels, "level"),
        names=_names(fields["names"]),
        start=fields["from"].point(),
        end=fields["to"].point(),
        open_s=fields["open_s"].positive() if "open_s" in fields else 3.0,
        automatic=fields["automatic"].boolean() if "automatic" in fields else True,
    )


def _room(room_id: str, entry: Cursor, nodes: tuple[Node, ...], ids: _Ids) -> Room:
    optional = ("height_m", "volume_m3", "risk", "doors", "nodes")
    fields = entry.fields(("level", "names", "kind", "polygon"), optional)
    polygon = tuple(point.point() for point in fields["polygon"].items())
    if len(polygon) < 3:
        raise fields["polygon"].error("a room needs three corners", "write [[x, y], [x, y], [x, y]]")
    return Room(
        room_id=room_id,
        level=fields["level"].one_of(ids.levels, "level"),
        names=_names(fields["names"]),
        polygon=polygon,
        kind=fields["kind"].choice(RoomKind),
        height_m=fields["height_m"].positive() if "height_m" in fields else 2.8,
        risk=fields["risk"].text() if "risk" in fields else "ordinary",
        doors=_each(fields["doors"], ids.doors, "door") if "doors" in fields else (),
        nodes=_each(fields["nodes"], ids.nodes, "node") if "nodes" in fields else _room_nodes(room_id, nodes),
        volume_m3=fields["volume_m3"].positive() if "volume_m3" in fields else None,
    )


def _room_nodes(room_id: str, nodes: tuple[Node, ...]) -> tuple[str, ...]:
    return tuple(node.node_id for node in nodes if node.room == room_id)


def _lift(lift_id: str, entry: Cursor, ids: _Ids) -> Lift:
    fields = entry.fields(
        ("names", "cabin_nodes", "center", "width_m", "depth_m"),
        ("yaw_rad", "speed_mps", "door_s", "home_level", "doors"),
    )
    cabin_nodes = _by_level(fields["cabin_nodes"], ids)
    doors = _by_level(fields["doors"], ids) if "doors" in fields else {}
    return Lift(
        lift_id=lift_id,
        names=_names(fields["names"]),
        cabin_nodes={level: node.one_of(ids.nodes, "node") for level, node in cabin_nodes.items()},
        center=fields["center"].point(),
        width_m=fields["width_m"].positive(),
        depth_m=fields["depth_m"].positive(),
        yaw_rad=fields["yaw_rad"].number() if "yaw_rad" in fields else 0.0,
        speed_mps=fields["speed_mps"].positive() if "speed_mps" in fields else 1.0,
        door_s=fields["door_s"].positive() if "door_s" in fields else 3.0,
        home_level=fields["home_level"].one_of(ids.levels, "level") if "home_level" in fields else "",
        doors={level: _each(entry, ids.doors, "door") for level, entry in doors.items()},
    )


def _by_level(entry: Cursor, ids: _Ids) -> dict[str, Cursor]:
    found = entry.entries()
    for level, value in found.items():
        if level not in ids.levels:
            raise value.error(f"there is no level '{level}'", f"use one of {', '.join(ids.levels)}")
    return found


# -- writing ---------------------------------------------------------------------------------------------


def save(site: Site, path: Path) -> None:
    """Write the site file; replaces what is there."""
    path.write_text(dumps(site), encoding="utf-8")


def dumps(site: Site) -> str:
    """The site as YAML text, one line an element."""
    out = io.StringIO()
    out.write(f"site: {one_line(site.site_id)}\nnames: {one_line(site.names)}\n")
    out.write(f"time_zone: {one_line(site.time_zone)}\n")
    if site.origin:
        out.write(f"origin: {one_line(origin_fields(site.origin))}\n")
    if site.notes:
        out.write("notes:\n" + "".join(f"  - {one_line(note)}\n" for note in site.notes))
    out.write("levels:\n" if site.levels else "levels: {}\n")
    for level in site.levels:
        _write_level(out, level)
    _write_section(out, "nodes", {node.node_id: _node_fields(node) for node in site.nodes}, always=True)
    lanes = write_lanes(site)
    out.write("lanes:\n" if lanes else "lanes: []\n")
    out.writelines(f"  - {one_line(lane)}\n" for lane in lanes)
    _write_section(out, "rooms", {room.room_id: _room_fields(room, site.nodes) for room in site.rooms})
    _write_section(out, "doors", {door.door_id: _door_fields(door) for door in site.doors})
    _write_section(out, "lifts", {lift.lift_id: _lift_fields(lift) for lift in site.lifts})
    _write_section(out, "zones", {zone.zone_id: zone_fields(zone) for zone in site.zones})
    return out.getvalue()


def _write_section(
    out: io.StringIO, title: str, entries: dict[str, dict[str, Any]], always: bool = False
) -> None:
    if entries:
        out.write(f"{title}:\n")
        out.writelines(f"  {one_line(key)}: {one_line(fields)}\n" for key, fields in entries.items())
    elif always:
        out.write(f"{title}: {{}}\n")


def _write_level(out: io.StringIO, level: Level) -> None:
    out.write(f"  {one_line(level.level_id)}:\n    names: {one_line(level.names)}\n")
    out.write(f"    elevation_m: {one_line(level.elevation_m)}\n")
    if level.floor_plan:
        plan = level.floor_plan
        fields = {"path": plan.path, "origin": list(plan.origin), "yaw_rad": plan.yaw_rad}
        out.write(f"    floor_plan: {one_line({**fields, 'scale_m_per_px': plan.scale_m_per_px})}\n")
    if not level.scale_measured:
        out.write("    scale_measured: false\n")
    if level.walls:
        out.write("    walls:\n")
        out.writelines(f"      - {one_line(chain)}\n" for chain in _chains(level.walls))


def _chains(walls: tuple[Wall, ...]) -> list[list[list[float]]]:
    """Walls that follow one another, joined."""
    chains: list[list[list[float]]] = []
    for wall in walls:
        if not (chains and chains[-1][-1] == list(wall.start)):
            chains.append([list(wall.start)])
        chains[-1].append(list(wall.end))
    return chains


def _set(**fields: Any) -> dict[str, Any]:
    """The fields that are not None."""
    return {key: value for key, value in fields.items() if value is not None}


def _other(value: Any, usual: Any) -> Any:
    """The value, or None when it is the usual one that need not be written."""
    return None if value == usual else value


def _node_fields(node: Node) -> dict[str, Any]:
    kind = _other(node.kind.value, NodeKind.WAYPOINT.value)
    at = {"level": node.level, "at": [node.x_m, node.y_m]}
    side = node.side.value if node.side else None
    return at | _set(
        kind=kind,
        names=node.names or None,
        lift=node.lift,
        room=node.room,
        side=side,
        yaw_rad=node.yaw_rad,
    )


def _room_fields(room: Room, nodes: tuple[Node, ...]) -> dict[str, Any]:
    listed = None if room.nodes == _room_nodes(room.room_id, nodes) else list(room.nodes)
    return _set(
        level=room.level,
        names=room.names,
        kind=room.kind.value,
        height_m=_other(room.height_m, 2.8),
        volume_m3=room.volume_m3,
        risk=_other(room.risk, "ordinary"),
        polygon=[list(corner) for corner in room.polygon],
        doors=list(room.doors) or None,
        nodes=listed,
    )


def _door_fields(door: Door) -> dict[str, Any]:
    fields = {"level": door.level, "names": door.names, "from": list(door.start), "to": list(door.end)}
    return fields | _set(open_s=_other(door.open_s, 3.0), automatic=_other(door.automatic, True))


def _lift_fields(lift: Lift) -> dict[str, Any]:
    return _set(
        names=lift.names,
        cabin_nodes=lift.cabin_nodes,
        center=list(lift.center),
        width_m=lift.width_m,
        depth_m=lift.depth_m,
        yaw_rad=_other(lift.yaw_rad, 0.0),
        speed_mps=_other(lift.speed_mps, 1.0),
        door_s=_other(lift.door_s, 3.0),
        home_level=lift.home_level or None,
        doors={level: list(ids) for level, ids in lift.doors.items()} or None,
    )
