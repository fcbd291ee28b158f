"""Polygons, walls and doors of a GeoJSON file: rooms, buildings, zones, and the levels that they lie on."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

from shapely import LineString, MultiLineString, union_all
from shapely import Point as Spot

from maps.elements import Door, Level, Names, Point, Room, RoomKind, Wall, Window, Zone, ZoneKind
from maps.geometry import rounded
from maps.importers import geojson_tags as tags
from maps.importers.geojson_file import Collection, Feature, Line, Properties
from maps.importers.names import slug
from maps.site_zones import NEEDS
from maps.times import HINT, parse_window

DOOR_BESIDE_M = 0.3
"""How far a door may lie beside the outline of its room, and beside the wall in which it opens."""
PLACES = (
    *(("shop", RoomKind.SHOP), ("room", RoomKind.OTHER), ("amenity", RoomKind.PUBLIC)),
    *(("tourism", RoomKind.HALL), ("office", RoomKind.STAFF)),
)
"""OpenStreetMap's keys that make a building with a name a room."""


class Plane(Protocol):
    """What lays features on the site's plane (maps.importers.geojson.Drawing)."""

    def outline(self, feature: Feature, line: Line) -> tuple[Point, ...]: ...

    def level(self, feature: Feature) -> str: ...

    def leave_out(self, why: str) -> None: ...


# -- levels and walls ------------------------------------------------------------------------------------


def levels(collection: Collection, plane: Plane, doors: tuple[Door, ...]) -> Iterator[Level]:
    """The levels that the collection declares, then those that only features name."""
    declared = collection.members.object("levels")
    walls: dict[str, list[Wall]] = {level_id: [] for level_id in declared.values}
    for feature in collection.features:
        level_id = plane.level(feature)
        walls.setdefault(level_id, []).extend(_walls(feature, plane, doors))
    for level_id, found in walls.items():
        fields = declared.object(level_id)
        yield Level(
            level_id=level_id,
            names=tags.names(fields) or {"en": f"Level {level_id}", "zh-CN": f"{level_id}层"},
            elevation_m=fields.number("elevation_m") or 0.0,
            walls=tuple(found),
        )


def _walls(feature: Feature, plane: Plane, doors: tuple[Door, ...]) -> Iterator[Wall]:
    lines: list[tuple[Point, ...]] = []
    if tags.is_wall(feature):
        lines += [plane.outline(feature, line) for line in feature.lines]
    if tags.is_wall(feature) or tags.is_building(feature):
        rings = [plane.outline(feature, ring) for polygon in feature.polygons for ring in polygon]
        lines += [(*ring, ring[0]) for ring in rings]
    here = [door for door in doors if door.level == plane.level(feature)]
    for line in lines:
        yield from _opened(line, here)


def _opened(line: tuple[Point, ...], doors: list[Door]) -> Iterator[Wall]:
    """The wall without the pieces where doors are."""
    wall = LineString(line)
    leaves = [LineString([door.start, door.end]) for door in doors]
    near = [leaf.buffer(DOOR_BESIDE_M, cap_style="flat") for leaf in leaves if leaf.distance(wall) < 1.0]
    rest = wall.difference(union_all(near)) if near else wall
    for part in rest.geoms if isinstance(rest, MultiLineString) else [rest]:
        points = [rounded((x, y)) for x, y in part.coords]
        for start, end in pairwise(points):
            yield Wall(start=start, end=end)


# -- doors -----------------------------------------------------------------------------------------------


def doors(features: tuple[Feature, ...], plane: Plane) -> Iterator[Door]:
    """Lines that are closed leaves; lanes that cross one pass it."""
    number = 0
    for feature in features:
        for line in feature.lines if tags.is_door(feature) else ():
            number += 1
            yield _door(feature, plane.outline(feature, line), number, plane.level(feature))


def _door(feature: Feature, line: tuple[Point, ...], number: int, level: str) -> Door:
    properties = feature.properties
    if len(line) != 2 or len(feature.lines) != 1:
        raise properties.error("a door is a line of two points", "draw its closed leaf, one feature each")
    return Door(
        door_id=feature.feature_id or f"door_{number}",
        level=level,
        names=_named(properties, f"Door {number}", f"门{number}"),
        start=line[0],
        end=line[1],
        open_s=properties.positive("open_s") or 3.0,
        automatic=properties.truth("automatic", usual=True),
    )


# -- rooms -----------------------------------------------------------------------------------------------


def rooms(features: tuple[Feature, ...], plane: Plane, doors: tuple[Door, ...]) -> Iterator[Room]:
    """Polygons that are rooms, without their nodes."""
    number = 0
    for feature in features:
        if any(len(polygon) > 1 for polygon in feature.polygons) and not tags.is_building(feature):
            plane.leave_out("areas' holes: they count as filled")
        kind = _room_kind(feature) if feature.polygons and "zone" not in feature.properties else None
        if kind is None:
            _note_unknown(feature, plane)
            continue
        number += 1
        yield _room(feature, kind, number, plane, doors)


def _note_unknown(feature: Feature, plane: Plane) -> None:
    known = "zone" in feature.properties or tags.is_building(feature) or tags.is_wall(feature)
    if feature.polygons and not known:
        plane.leave_out("areas that are no room, building or zone")


def _room_kind(feature: Feature) -> RoomKind | None:
    properties = feature.properties
    if "indoor" in properties:
        return RoomKind.CORRIDOR if properties.text("indoor") == "corridor" else RoomKind.OTHER
    if "room" in properties:
        return properties.choice("room", RoomKind)
    if not tags.is_building(feature) or not tags.names(properties):
        return None
    return next((kind for key, kind in PLACES if key in properties), RoomKind.OTHER)


def _room(feature: Feature, kind: RoomKind, number: int, plane: Plane, doors: tuple[Door, ...]) -> Room:
    properties, level = feature.properties, plane.level(feature)
    outline = plane.outline(feature, _only(feature, "room")[0])
    ring = LineString([*outline, outline[0]])
    names = _named(properties, f"Room {number}", f"房间{number}")
    return Room(
        room_id=feature.feature_id or slug(names.get("en", ""), f"room_{number}"),
        level=level,
        names=names,
        polygon=outline,
        kind=kind,
        height_m=properties.positive("height_m") or 2.8,
        risk=properties.text("risk", "ordinary"),
        doors=tuple(door.door_id for door in doors if door.level == level and _opens_into(door, ring)),
    )


def _opens_into(door: Door, ring: LineString) -> bool:
    middle = Spot((door.start[0] + door.end[0]) / 2, (door.start[1] + door.end[1]) / 2)
    return bool(ring.distance(middle) <= DOOR_BESIDE_M)


# -- zones -----------------------------------------------------------------------------------------------


def zones(features: tuple[Feature, ...], plane: Plane) -> Iterator[Zone]:
    """Polygons with `zone`; a MultiPolygon is several zones."""
    for feature in features:
        kind = feature.properties.choice("zone", ZoneKind)
        if kind is None:
            continue
        if not feature.polygons:
            raise feature.properties.error("a zone is an area", "draw it as a Polygon")
        for index, polygon in enumerate(feature.polygons, 1):
            suffix = f"/{index}" if len(feature.polygons) > 1 else ""
            yield _zone(feature, kind, plane.outline(feature, polygon[0]), suffix, plane.level(feature))


def _zone(feature: Feature, kind: ZoneKind, outline: tuple[Point, ...], suffix: str, level: str) -> Zone:
    properties = feature.properties
    needed = NEEDS.get(kind)
    if needed and needed not in properties:
        raise properties.error(f"a {kind} zone needs '{needed}'", f'add "{needed}": ...')
    base = feature.feature_id or f"zone_{feature.number}"
    return Zone(
        zone_id=f"{base}{suffix}",
        level=level,
        names=_named(properties, f"Zone {feature.number}", f"区域{feature.number}"),
        kind=kind,
        polygon=outline,
        speed_mps_max=properties.positive("speed_mps_max"),
        direction_rad=properties.number("direction_rad"),
        times=tuple(_window(word, properties) for word in properties.words("times")),
    )


def _window(text: str, properties: Properties) -> Window:
    try:
        return parse_window(text)
    except ValueError as error:
        raise properties.error(str(error), HINT) from None


def _named(properties: Properties, usual: str, usual_zh: str) -> Names:
    """Names that are never empty."""
    return tags.names(properties) or {"en": usual, "zh-CN": usual_zh}


def _only(feature: Feature, what: str) -> tuple[Line, ...]:
    """The rings of the one polygon."""
    if len(feature.polygons) != 1:
        raise feature.properties.error(f"a {what} of several polygons", "draw each as a feature of its own")
    return feature.polygons[0]
