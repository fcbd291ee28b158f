"""What the properties of a GeoJSON feature say, in our own words or in OpenStreetMap's tags.

Ours win where both are there. docs/maps/geojson.md lists them.
"""

import math
import re
import unicodedata

from maps.elements import Names, NodeKind
from maps.importers.geojson_file import Feature, Properties

HIGHWAYS = (
    "bridleway",
    "corridor",
    "crossing",
    "cycleway",
    "footway",
    "living_street",
    "path",
    "pedestrian",
    "platform",
    "residential",
    "service",
    "track",
    "unclassified",
)
"""Ways that a robot at walking pace may use. Steps, lifts and roads of fast traffic are not among them."""

OTHER_WAYS = (
    "aerialway",
    "aeroway",
    "boundary",
    "landuse",
    "leisure",
    "man_made",
    "natural",
    "pipeline",
    "power",
    "railway",
    "route",
    "waterway",
)
"""A line that has one of these, and none of our words, is no lane."""

LANGUAGES = {"zh": "zh-CN", "zh-Hans": "zh-CN", "zh-CN": "zh-CN", "zh_CN": "zh-CN"}
BACKWARD = ("-1", "reverse")
CHANGING = ("reversible", "alternating")
KMH = 1 / 3.6
MPH = 0.44704
WALK_MPS = 5.0 * KMH
COMPASS = {"n": 0.0, "ne": 45.0, "e": 90.0, "se": 135.0, "s": 180.0, "sw": 225.0, "w": 270.0, "nw": 315.0}


def names(properties: Properties) -> Names:
    """What people call it, by language; {} for a thing without a name.

    `names: {...}` as in our site file, else name:en, name:zh and the like; a plain `name` is Chinese when it
    is written so, else English.
    """
    if "names" in properties:
        inner = properties.object("names")
        return {language: inner.text(language) for language in inner.values if language in inner}
    found: Names = {}
    for key in properties.values:
        if key.startswith("name:") and key in properties:
            language = key.removeprefix("name:")
            found.setdefault(LANGUAGES.get(language, language), properties.text(key))
    plain = properties.text("name")
    if plain and plain not in found.values():
        found.setdefault("zh-CN" if _is_chinese(plain) else "en", plain)
    return found


def _is_chinese(text: str) -> bool:
    return any(unicodedata.name(letter, "").startswith("CJK UNIFIED") for letter in text)


def is_wall(feature: Feature) -> bool:
    """Whether its lines stop robots."""
    barrier = feature.properties.text("barrier")
    return bool(barrier) and barrier not in ("gate", "no", "kerb", "entrance")


def is_door(feature: Feature) -> bool:
    """Whether its lines are closed door leaves."""
    properties = feature.properties
    return properties.text("door", "no") != "no" or properties.text("barrier") == "gate"


def is_building(feature: Feature) -> bool:
    """Whether its outline is a wall."""
    return feature.properties.text("building", "no") != "no"


def no_lane(feature: Feature) -> str:
    """Why its lines are no lanes; '' when they are."""
    properties = feature.properties
    highway = properties.text("highway")
    if properties.text("access") == "no" or properties.text("foot") == "no":
        return "access=no"
    if highway:
        return "" if highway in HIGHWAYS else f"highway={highway}"
    return next((f"{key}=..." for key in OTHER_WAYS if key in properties), "")


def kind(properties: Properties) -> NodeKind:
    """What a point is."""
    found = properties.choice("kind", NodeKind)
    if found is not None:
        return found
    charging = properties.text("amenity") == "charging_station"
    return NodeKind.CHARGER if charging else NodeKind.WAYPOINT


def is_meant(properties: Properties) -> bool:
    """Whether a point is one of the site, not some thing that happens to stand there."""
    return "kind" in properties or "room" in properties


def directions(properties: Properties) -> tuple[bool, bool]:
    """Whether robots may drive along the line, and against it."""
    word = str(properties.values.get("oneway", "no")).lower()
    if properties.text("oneway:foot") == "no" or word in CHANGING:
        return (True, True)
    if word in BACKWARD:
        return (False, True)
    return (True, not properties.truth("oneway", usual=False))


def changes(properties: Properties) -> bool:
    """Whether the direction of a one-way street changes with the time, which we do not know."""
    return str(properties.values.get("oneway", "")).lower() in CHANGING


def speed_mps(properties: Properties) -> float | None:
    """speed_mps_max, else maxspeed: km/h without a unit, "20 mph", "walk"; None when it says nothing else."""
    if "speed_mps_max" in properties:
        return properties.positive("speed_mps_max")
    word = properties.text("maxspeed").lower()
    if word == "walk":
        return round(WALK_MPS, 3)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", word)
    if match is None or float(match[1]) == 0.0:
        return None
    return round(float(match[1]) * (MPH if match[2] == "mph" else KMH), 3)


def width_m(properties: Properties) -> float | None:
    """width_m, else width: metres without a unit; None when it is given otherwise."""
    if "width_m" in properties:
        return properties.positive("width_m")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*m?", properties.text("width"))
    return (float(match[1]) or None) if match else None


def yaw_rad(properties: Properties) -> float | None:
    """yaw_rad, else direction: degrees clockwise from north, or a compass point."""
    if "yaw_rad" in properties:
        return properties.number("yaw_rad")
    word = properties.text("direction").lower()
    degrees = COMPASS.get(word)
    if degrees is None and re.fullmatch(r"\d+(\.\d+)?", word):
        degrees = float(word)
    return None if degrees is None else round(math.remainder(math.radians(90.0 - degrees), math.tau), 6)
