"""What a compiled Open-RMF navigation graph says: metres, indices and properties, nothing converted.

Format: github.com/open-rmf/rmf_traffic_editor, rmf_building_map_tools (it writes such files), and
rmf_fleet_adapter (parse_graph reads them). Properties are plain `key: value`, without types.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from maps.cursor import Cursor
from maps.elements import Point
from maps.geometry import rounded

Properties = dict[str, Cursor]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavVertex:
    """A waypoint."""

    at: Point
    properties: Properties

    def word(self, key: str) -> str:
        """The property's text; '' when it is not there."""
        return _word(self.properties, key)

    def flag(self, key: str) -> bool:
        """Whether the property is there and true."""
        return key in self.properties and self.properties[key].boolean()


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLane:
    """A directed lane between two vertices of one level, by index."""

    level: str
    start: int
    end: int
    door: str
    """'' when it passes none."""
    speed_mps_max: float | None
    both_ways: bool
    properties: Properties


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLevel:
    """One level."""

    level_id: str
    vertices: tuple[NavVertex, ...]
    lanes: tuple[NavLane, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavDoor:
    """A door's ends when closed."""

    level: str
    start: Point
    end: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLift:
    """A cabin."""

    center: Point
    yaw_rad: float
    width_m: float
    depth_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGraph:
    """The whole file. Files of older compilers have no doors and lifts."""

    name: str
    levels: dict[str, NavLevel]
    doors: dict[str, NavDoor]
    lifts: dict[str, NavLift]
    other_keys: tuple[str, ...]


def read_nav_graph(root: Cursor) -> NavGraph:
    """The graph under this cursor. Raises SiteError for a lane to a vertex that is not there."""
    top = root.entries()
    for key in ("building_name", "levels"):
        if key not in top:
            raise root.error(f"'{key}' is missing", "give a compiled navigation graph (nav_graphs/0.yaml)")
    levels = {name: _level(name, entry) for name, entry in top["levels"].entries("level").items()}
    if not any(level.vertices for level in levels.values()):
        raise top["levels"].error("there is no vertex on any level", "compile the navigation graph again")
    doors = top["doors"].entries("door") if "doors" in top else {}
    lifts = top["lifts"].entries("lift") if "lifts" in top else {}
    known = ("building_name", "levels", "doors", "lifts")
    return NavGraph(
        name=_word(top, "building_name"),
        levels=levels,
        doors={name: _door(entry, levels) for name, entry in doors.items()},
        lifts={name: _lift(entry) for name, entry in lifts.items()},
        other_keys=tuple(key for key in top if key not in known),
    )


def _word(entries: Properties, key: str) -> str:
    return entries[key].text() if key in entries and not entries[key].empty() else ""


def _level(level_id: str, entry: Cursor) -> NavLevel:
    fields = entry.entries()
    for key in ("lanes", "vertices"):
        if key not in fields:
            # Compilers write both, also when they are empty, in alphabetical order.
            raise entry.error(f"'{key}' is missing: the file seems to be cut off", "compile the graph again")
    vertices = tuple(_vertex(item) for item in _items(entry, fields, "vertices"))
    lanes = tuple(_lanes(level_id, _items(entry, fields, "lanes"), len(vertices)))
    return NavLevel(level_id=level_id, vertices=vertices, lanes=lanes)


def _items(level: Cursor, fields: dict[str, Cursor], key: str) -> list[Cursor]:
    return fields[key].items(f"{level.element}, {key}") if key in fields else []


def _vertex(entry: Cursor) -> NavVertex:
    parts = entry.items()
    if len(parts) != 3:
        raise entry.error("a vertex is x, y and its properties", 'write [x, y, {name: ""}]')
    return NavVertex(at=_point(parts[:2]), properties=parts[2].entries())


def _point(parts: list[Cursor]) -> Point:
    """To the millimetre."""
    x_m, y_m = (part.number() for part in parts)
    return rounded((x_m, y_m))


def _lanes(level_id: str, items: list[Cursor], count: int) -> Iterator[NavLane]:
    for item in items:
        parts = item.items()
        if len(parts) != 3:
            raise item.error("a lane is two vertices and its properties", "write [0, 1, {}]")
        properties = parts[2].entries()
        yield NavLane(
            level=level_id,
            start=_index(parts[0], count),
            end=_index(parts[1], count),
            door=_word(properties, "door_name"),
            speed_mps_max=_speed(properties),
            both_ways="is_bidirectional" in properties and properties["is_bidirectional"].boolean(),
            properties=properties,
        )


def _index(entry: Cursor, count: int) -> int:
    index = entry.integer()
    if not 0 <= index < count:
        raise entry.error(
            f"vertex {index} is not there (the level has {count}, counted from 0)",
            "add the vertex or remove this lane",
        )
    return index


def _speed(properties: Properties) -> float | None:
    """Open-RMF takes 0 and less for no limit."""
    limit = properties["speed_limit"].number() if "speed_limit" in properties else 0.0
    return limit if limit > 0.0 else None


def _door(entry: Cursor, levels: dict[str, NavLevel]) -> NavDoor:
    fields = entry.entries()
    for key in ("endpoints", "map"):
        if key not in fields:
            raise entry.error(f"'{key}' is missing", f"add '{key}: ...'")
    ends = fields["endpoints"].items()
    if len(ends) != 2:
        raise fields["endpoints"].error(f"lists {len(ends)} points", "write [[x, y], [x, y]]")
    start, end = (_point(_pair(point)) for point in ends)
    return NavDoor(level=fields["map"].one_of(levels, "level"), start=start, end=end)


def _pair(entry: Cursor) -> list[Cursor]:
    parts = entry.items()
    if len(parts) != 2:
        raise entry.error(f"{len(parts)} numbers where 2 are needed", "write [x, y]")
    return parts


def _lift(entry: Cursor) -> NavLift:
    fields = entry.entries()
    for key in ("position", "dims"):
        if key not in fields:
            raise entry.error(f"'{key}' is missing", f"add '{key}: ...'")
    x_m, y_m, yaw_rad = fields["position"].numbers(3)
    width, depth = _pair(fields["dims"])
    return NavLift(
        center=rounded((x_m, y_m)),
        yaw_rad=yaw_rad,
        width_m=width.positive(),
        depth_m=depth.positive(),
    )
