"""The zones and the origin of our site file."""

from collections.abc import Sequence
from typing import Any

from maps.cursor import Cursor
from maps.elements import GeoOrigin, Window, Zone, ZoneKind
from maps.times import HINT, parse_window, window_text

_OPTIONAL = ("speed_mps_max", "direction_rad", "times")
NEEDS = {ZoneKind.SLOW: "speed_mps_max", ZoneKind.ONE_WAY: "direction_rad"}
"""What a zone of this kind cannot do without."""


def read_zone(zone_id: str, entry: Cursor, levels: Sequence[str]) -> Zone:
    """The zone under this cursor. Raises SiteError that names line, element and fix."""
    fields = entry.fields(("level", "names", "kind", "polygon"), _OPTIONAL)
    kind = fields["kind"].choice(ZoneKind)
    needed = NEEDS.get(kind)
    if needed and needed not in fields:
        raise entry.error(f"a {kind} zone needs '{needed}'", f"add '{needed}: ...'")
    polygon = tuple(point.point() for point in fields["polygon"].items())
    if len(polygon) < 3:
        raise fields["polygon"].error("a zone needs three corners", "write [[x, y], [x, y], [x, y]]")
    return Zone(
        zone_id=zone_id,
        level=fields["level"].one_of(levels, "level"),
        names={language: text.text() for language, text in fields["names"].entries().items()},
        kind=kind,
        polygon=polygon,
        speed_mps_max=fields["speed_mps_max"].positive() if "speed_mps_max" in fields else None,
        direction_rad=fields["direction_rad"].number() if "direction_rad" in fields else None,
        times=tuple(_window(item) for item in fields["times"].items()) if "times" in fields else (),
    )


def _window(entry: Cursor) -> Window:
    try:
        return parse_window(entry.text())
    except ValueError as error:
        raise entry.error(str(error), HINT) from None


def zone_fields(zone: Zone) -> dict[str, Any]:
    """What the site file says of the zone."""
    fields = {
        "level": zone.level,
        "names": zone.names,
        "kind": zone.kind.value,
        "polygon": [list(corner) for corner in zone.polygon],
        "speed_mps_max": zone.speed_mps_max,
        "direction_rad": zone.direction_rad,
        "times": [window_text(window) for window in zone.times] or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def read_origin(entry: Cursor) -> GeoOrigin:
    """Where (0, 0) lies on the earth."""
    fields = entry.fields(("latitude", "longitude"), ("altitude_m",))
    return GeoOrigin(
        latitude=_within(fields["latitude"], 90.0),
        longitude=_within(fields["longitude"], 180.0),
        altitude_m=fields["altitude_m"].number() if "altitude_m" in fields else 0.0,
    )


def _within(entry: Cursor, most: float) -> float:
    value = entry.number()
    if abs(value) > most:
        raise entry.error(f"{value} is not between -{most:g} and {most:g}", "write decimal degrees")
    return value


def origin_fields(origin: GeoOrigin) -> dict[str, float]:
    """What the site file says of the origin."""
    fields = {"latitude": origin.latitude, "longitude": origin.longitude}
    return fields | ({"altitude_m": origin.altitude_m} if origin.altitude_m else {})
