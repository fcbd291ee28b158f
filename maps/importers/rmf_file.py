"""What an Open-RMF building.yaml says: pixels (or degrees), indices and properties, nothing converted.

Format: github.com/open-rmf/rmf_traffic_editor, rmf_building_map_tools. A property is written [type, value].
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from maps.cursor import Cursor
from maps.elements import Point

Properties = dict[str, Cursor]

SIZE_MAX = 1e6
"""Pixels, metres or degrees: no drawing is larger, and what is would only overflow later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    """x, y in pixels (y down), metres, or degrees, as the building's coordinate system says."""

    x: float
    y: float
    name: str
    properties: Properties
    entry: Cursor
    """Where it is written."""

    @property
    def at(self) -> Point:
        """x, y"""
        return (self.x, self.y)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A lane, a wall or a door: two vertices by index, and properties."""

    start: int
    end: int
    properties: Properties


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a stretch of the drawing measures in reality."""

    start: int
    end: int
    distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLevel:
    """One level. `fiducials` are named points that levels share."""

    level_id: str
    elevation_m: float
    drawing: str
    vertices: tuple[Vertex, ...]
    lanes: tuple[Link, ...] = ()
    walls: tuple[Link, ...] = ()
    doors: tuple[Link, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    fiducials: dict[str, Point] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShaftDoor:
    """A door of a lift, in the cabin's frame: metres from its centre, y up before the cabin's yaw."""

    x_m: float
    y_m: float
    width_m: float
    yaw_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLift:
    """A lift. `center` is in the drawing of `reference_level`; `level_doors` lists door names by level."""

    lift_id: str
    center: Point
    width_m: float
    depth_m: float
    yaw_rad: float
    reference_level: str
    home_level: str
    doors: dict[str, ShaftDoor]
    level_doors: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """The whole file."""

    name: str
    coordinate_system: str
    reference_level: str
    levels: dict[str, RawLevel]
    lifts: dict[str, RawLift]


def read_building(root: Cursor) -> Building:
    """The building under this cursor. Raises SiteError that names line, element and fix."""
    top = root.entries()
    if "levels" not in top:
        raise root.error("'levels' is missing", "give an Open-RMF building.yaml")
    levels = {name: _level(name, entry) for name, entry in top["levels"].entries("level").items()}
    if not levels:
        raise top["levels"].error("the building has no level", "add a level")
    if "name" not in top:
        # The editor writes its keys in alphabetical order: what is cut off lacks the last ones.
        raise root.error(
            "'name' is missing: the file seems to be cut off", "export it again, or add 'name: ...'"
        )
    first = next(iter(levels))
    lifts = top["lifts"].entries("lift") if "lifts" in top else {}
    return Building(
        name=_text(top, "name", "building"),
        coordinate_system=_text(top, "coordinate_system", "reference_image"),
        reference_level=_text(top, "reference_level_name", first),
        levels=levels,
        lifts={name: _lift(name, entry, first) for name, entry in lifts.items()},
    )


def flag(properties: Properties, key: str) -> bool:
    """Whether the property is there and true."""
    return key in properties and properties[key].boolean()


def words(properties: Properties, key: str) -> str:
    """The property's text; '' when it is not there."""
    return properties[key].text() if key in properties else ""


def amount(properties: Properties, key: str) -> float:
    """The property's number, 0 or more; 0 when it is not there."""
    value = properties[key].number() if key in properties else 0.0
    if value < 0.0:
        raise properties[key].error(f"{key} is {value:g}", "write 0 or more")
    return value


def count(properties: Properties, key: str) -> int:
    """The property's whole number, 0 or more; 0 when it is not there."""
    amount(properties, key)
    return properties[key].integer() if key in properties else 0


def _text(entries: dict[str, Cursor], key: str, usual: str) -> str:
    return (entries[key].text() if key in entries else "") or usual


def _number(entries: dict[str, Cursor], key: str, usual: float) -> float:
    return _size(entries[key]) if key in entries else usual


def _size(entry: Cursor) -> float:
    value = entry.number()
    if abs(value) > SIZE_MAX:
        raise entry.error(f"{value:g} is larger than any drawing", f"write a number up to {SIZE_MAX:g}")
    return value


def _positive(entry: Cursor) -> float:
    entry.positive()
    return _size(entry)


def _level(level_id: str, entry: Cursor) -> RawLevel:
    fields = entry.entries()
    vertices = tuple(_vertex(item) for item in _items(entry, fields, "vertices"))
    drawing = fields["drawing"].entries() if "drawing" in fields else {}
    count = len(vertices)
    return RawLevel(
        level_id=level_id,
        elevation_m=_number(fields, "elevation", 0.0),
        drawing=_text(drawing, "filename", ""),
        vertices=vertices,
        lanes=tuple(_link(item, count) for item in _items(entry, fields, "lanes")),
        walls=tuple(_link(item, count) for item in _items(entry, fields, "walls")),
        doors=tuple(_link(item, count) for item in _items(entry, fields, "doors")),
        measurements=tuple(_measurements(entry, fields, count)),
        fiducials=dict(_fiducial(item) for item in _items(entry, fields, "fiducials")),
    )


def _items(level: Cursor, fields: dict[str, Cursor], key: str) -> list[Cursor]:
    return fields[key].items(f"{level.element}, {key}") if key in fields else []


def _vertex(entry: Cursor) -> Vertex:
    parts = entry.items()
    if len(parts) < 2:
        raise entry.error("a vertex needs x and y", 'write [x, y, 0, ""]')
    return Vertex(
        x=_size(parts[0]),
        y=_size(parts[1]),
        name=parts[3].text() if len(parts) > 3 else "",
        properties=_properties(parts[4]) if len(parts) > 4 else {},
        entry=entry,
    )


def _link(entry: Cursor, count: int) -> Link:
    parts = entry.items()
    if len(parts) < 2:
        raise entry.error("needs two vertices", "write [0, 1, {}]")
    return Link(
        start=_index(parts[0], count),
        end=_index(parts[1], count),
        properties=_properties(parts[2]) if len(parts) > 2 else {},
    )


def _index(entry: Cursor, count: int) -> int:
    index = entry.integer()
    if not 0 <= index < count:
        raise entry.error(
            f"vertex {index} is not there (the level has {count}, counted from 0)",
            "add the vertex or remove this entry",
        )
    return index


def _properties(entry: Cursor) -> Properties:
    found = {}
    for key, pair in entry.entries().items():
        parts = pair.items()
        if len(parts) != 2:
            raise pair.error(f"property '{key}' is not [type, value]", f"write {key}: [4, true], for example")
        found[key] = parts[1]
    return found


def _measurements(level: Cursor, fields: dict[str, Cursor], count: int) -> Iterator[Measurement]:
    for item in _items(level, fields, "measurements"):
        link = _link(item, count)
        if "distance" not in link.properties:
            raise item.error("'distance' is missing", "write distance: [3, metres]")
        distance = _positive(link.properties["distance"])
        yield Measurement(start=link.start, end=link.end, distance_m=distance)


def _fiducial(entry: Cursor) -> tuple[str, Point]:
    parts = entry.items()
    if len(parts) != 3:
        raise entry.error("a fiducial needs x, y and a name", "write [x, y, name]")
    return parts[2].text(), (_size(parts[0]), _size(parts[1]))


def _lift(lift_id: str, entry: Cursor, first_level: str) -> RawLift:
    fields = entry.entries()
    for key in ("x", "y", "width", "depth"):
        if key not in fields:
            raise entry.error(f"'{key}' is missing", f"add '{key}: ...'")
    doors = fields["doors"].entries(f"{entry.element}, door") if "doors" in fields else {}
    level_doors = fields["level_doors"].entries() if "level_doors" in fields else {}
    return RawLift(
        lift_id=lift_id,
        center=(_size(fields["x"]), _size(fields["y"])),
        width_m=_positive(fields["width"]),
        depth_m=_positive(fields["depth"]),
        yaw_rad=_number(fields, "yaw", 0.0),
        reference_level=_text(fields, "reference_floor_name", first_level),
        home_level=_text(fields, "initial_floor_name", first_level),
        doors={name: _shaft_door(door) for name, door in doors.items()},
        level_doors={
            level: tuple(item.text() for item in names.items()) for level, names in level_doors.items()
        },
    )


def _shaft_door(entry: Cursor) -> ShaftDoor:
    fields = entry.entries()
    return ShaftDoor(
        x_m=_number(fields, "x", 0.0),
        y_m=_number(fields, "y", 0.0),
        width_m=_number(fields, "width", 1.0),
        yaw_rad=_number(fields, "motion_axis_orientation", 0.0),
    )
