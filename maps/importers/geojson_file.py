"""A GeoJSON file read into features: geometry flattened to points, lines and polygons, properties with types.

RFC 7946: positions are [longitude, latitude], WGS84, decimal degrees; a third number, the altitude, is not
used. MultiPoint, MultiLineString, MultiPolygon and GeometryCollection are taken apart into their members.
What the properties mean is the caller's business.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from maps.errors import SiteError
from maps.source import Source

Choice = TypeVar("Choice", bound=StrEnum)
Position = tuple[float, float]
"""Latitude and longitude: the order of maps.geodesy, not that of the file."""
Line = tuple[Position, ...]

WGS84 = re.compile(r"(CRS:?84|EPSG:(\d*:)?:?4326)$", re.IGNORECASE)
"""How files from before RFC 7946 name the one frame that it allows."""
TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """A JSON object that knows where it stands, so that every complaint can say it."""

    file: str
    element: str
    values: Mapping[str, Any]

    def __contains__(self, key: str) -> bool:
        """Whether something is written under the key; null and "" are nothing."""
        return self.values.get(key) not in (None, "")

    def error(self, message: str, hint: str = "") -> SiteError:
        """The complaint about this object, for the caller to raise."""
        return SiteError(message, file=self.file, element=self.element, hint=hint)

    def wrong(self, key: str, hint: str) -> SiteError:
        """The complaint about one value."""
        return self.error(f"{key} is {_shown(self.values[key])}", hint)

    def text(self, key: str, usual: str = "") -> str:
        """The words; numbers too."""
        if key not in self:
            return usual
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong(key, "write a word")
        return str(value)

    def number(self, key: str) -> float | None:
        """A finite number; None when there is none."""
        if key not in self:
            return None
        value = finite(self.values[key])
        if value is None:
            raise self.wrong(key, "write a number such as 1.5")
        return value

    def positive(self, key: str) -> float | None:
        """A number above zero; None when there is none."""
        value = self.number(key)
        if value is not None and value <= 0.0:
            raise self.wrong(key, "write a number above 0")
        return value

    def truth(self, key: str, usual: bool) -> bool:
        """true or false, also as OpenStreetMap's yes and no."""
        if key not in self:
            return usual
        found = TRUTH.get(str(self.values[key]).lower())
        if found is None:
            raise self.wrong(key, "write true or false")
        return found

    def choice(self, key: str, kind: type[Choice]) -> Choice | None:
        """One word of an enum; None when there is none."""
        word = self.text(key)
        if not word:
            return None
        if word not in list(kind):
            raise self.error(f"{key} '{word}' is not known", f"use one of {', '.join(kind)}")
        return kind(word)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, or one word."""
        value = self.values[key] if key in self else []
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in found):
            raise self.wrong(key, "write a list of words")
        return tuple(found)

    def object(self, key: str) -> "Properties":
        """The object under the key; an empty one when there is none."""
        value = self.values[key] if key in self else {}
        if not isinstance(value, dict):
            raise self.wrong(key, "write an object: {...}")
        element = f"{self.element}, {key}" if self.element else key
        return Properties(file=self.file, element=element, values=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    number: int
    """Its place in the file, from 1."""
    feature_id: str
    """As the file has it; '' when it has none."""
    properties: Properties
    points: tuple[Position, ...] = ()
    lines: tuple[Line, ...] = ()
    polygons: tuple[tuple[Line, ...], ...] = ()
    """Rings without the repeated last position; the first ring is the outline, the others are holes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    members: Properties
    """What the collection says of itself."""
    features: tuple[Feature, ...]


def read_collection(source: Source) -> Collection:
    """The features of the file. Raises SiteError that names file, feature and fix."""
    top = Properties(file=str(source.path), element="", values=source.json)
    _require_collection(top)
    features = top.values.get("features")
    if not isinstance(features, list):
        raise top.error("'features' is not a list", 'write "features": [...]')
    found = tuple(_feature(value, number, top.file) for number, value in enumerate(features, 1))
    _refuse_double_ids(found, top)
    return Collection(members=top, features=found)


def _require_collection(top: Properties) -> None:
    kind = top.values.get("type")
    if kind != "FeatureCollection":
        hint = 'wrap what it holds: {"type": "FeatureCollection", "features": [...]}'
        raise top.error(f"type is {_shown(kind)} where 'FeatureCollection' is needed", hint)
    crs = top.values.get("crs")
    if crs is not None and not _is_wgs84(crs):
        raise top.error(
            f"the coordinates are in {_crs_name(crs)}, not in WGS84",
            "export it as RFC 7946, that is longitude and latitude in degrees (EPSG:4326)",
        )


def _is_wgs84(crs: Any) -> bool:
    return bool(WGS84.search(_crs_name(crs)))


def _crs_name(crs: Any) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else "a frame without a name"


def _refuse_double_ids(features: tuple[Feature, ...], top: Properties) -> None:
    seen: dict[str, int] = {}
    for feature in features:
        first = seen.setdefault(feature.feature_id, feature.number)
        if feature.feature_id and first != feature.number:
            raise top.error(
                f"features {first} and {feature.number} both have id '{feature.feature_id}'", "rename one"
            )


def _feature(value: Any, number: int, file: str) -> Feature:
    if not isinstance(value, dict) or value.get("type") != "Feature":
        raise SiteError("is not a Feature", file=file, element=f"feature {number}", hint='"type": "Feature"')
    properties = value.get("properties")
    if not isinstance(properties, dict | None):
        hint = 'write "properties": {...}'
        raise SiteError("'properties' is not an object", file=file, element=f"feature {number}", hint=hint)
    feature_id = _id(value, properties or {})
    element = f"feature {number} ('{feature_id}')" if feature_id else f"feature {number}"
    known = Properties(file=file, element=element, values=properties or {})
    return Feature(number=number, feature_id=feature_id, properties=known, **_parts(value, known))


def _id(value: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    for found in (properties.get("id"), value.get("id"), properties.get("@id")):
        if isinstance(found, str | int) and not isinstance(found, bool):
            return str(found)
    return ""


def _parts(value: Mapping[str, Any], known: Properties) -> dict[str, Any]:
    """The three lists of a Feature. RFC 7946 allows a feature without a place: geometry null."""
    found: dict[str, list[Any]] = {"points": [], "lines": [], "polygons": []}
    if value.get("geometry") is not None:
        for geometry in _simple(value["geometry"], known):
            _add(found, geometry, known)
    return {key: tuple(parts) for key, parts in found.items()}


def _simple(geometry: Any, known: Properties) -> Iterator[Mapping[str, Any]]:
    if not isinstance(geometry, dict):
        raise known.error("'geometry' is not an object", 'write {"type": ..., "coordinates": ...}')
    if geometry.get("type") != "GeometryCollection":
        yield geometry
        return
    inner = geometry.get("geometries")
    if not isinstance(inner, list) or not inner:
        raise known.error("a GeometryCollection without geometries", "remove it, or give it geometries")
    for part in inner:
        if not isinstance(part, dict) or part.get("type") == "GeometryCollection":
            raise known.error("a GeometryCollection holds what is no simple geometry", "take it apart")
        yield part


def _add(found: dict[str, list[Any]], geometry: Mapping[str, Any], known: Properties) -> None:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    several = str(kind).startswith("Multi")
    parts = _list(coordinates, known) if several else [coordinates]
    match str(kind).removeprefix("Multi"):
        case "Point":
            found["points"] += [_position(part, known) for part in parts]
        case "LineString":
            found["lines"] += [_line(part, known) for part in parts]
        case "Polygon":
            found["polygons"] += [tuple(_ring(ring, known) for ring in _list(part, known)) for part in parts]
        case _:
            hint = "use Point, LineString, Polygon, their Multi forms or a GeometryCollection"
            raise known.error(f"geometry type {_shown(kind)} is not known", hint)


def _list(value: Any, known: Properties) -> list[Any]:
    if not isinstance(value, list):
        raise known.error(f"coordinates are {_shown(value)} where a list is needed", "write [...]")
    if not value:
        raise known.error("the geometry is empty", "draw it, or remove the feature")
    return value


def _line(value: Any, known: Properties) -> Line:
    positions = tuple(_position(item, known) for item in _list(value, known))
    if len(positions) < 2:
        raise known.error("a line of one point", "give it two or more points")
    return positions


def _ring(value: Any, known: Properties) -> Line:
    positions = tuple(_position(item, known) for item in _list(value, known))
    if len(positions) < 4:
        raise known.error(f"a ring of {len(positions)} points", "a polygon's ring has four or more")
    if positions[0] != positions[-1]:
        raise known.error("a polygon's ring is not closed", "repeat its first point at the end")
    return positions[:-1]


def _position(value: Any, known: Properties) -> Position:
    numbers = [finite(number) for number in value] if isinstance(value, list) else []
    if len(numbers) < 2 or None in numbers:
        raise known.error(f"{_shown(value)} is not a position", "write [longitude, latitude]")
    longitude, latitude = numbers[0] or 0.0, numbers[1] or 0.0
    if abs(longitude) <= 180.0 and abs(latitude) <= 90.0:
        return (latitude, longitude)
    swapped = abs(longitude) <= 90.0 and abs(latitude) <= 180.0
    hint = "GeoJSON writes the longitude first; they seem swapped" if swapped else "write degrees (WGS84)"
    raise known.error(f"longitude {longitude}, latitude {latitude} is no place on earth", hint)


def finite(value: Any) -> float | None:
    """The JSON value as a finite number; None when it is none (1e999 is read as infinity)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
        return None
    return float(value) if math.isfinite(value) else None


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
