"""The zones of a level as shapes, and what is written in them."""

from collections.abc import Iterator, Sequence

from maps.drawing.shapes import Area, Sign
from maps.elements import Names, Point, Room, Zone, ZoneKind
from maps.geometry import area_m2, centre, inside
from maps.times import window_text

BELOW = (
    ZoneKind.FIRE_COMPARTMENT,
    ZoneKind.OUTDOORS,
    ZoneKind.PRIVATE,
    ZoneKind.QUIET,
    ZoneKind.SLOW,
    ZoneKind.ONE_WAY,
    ZoneKind.UV_HAZARD,
    ZoneKind.NO_GO,
)
"""What matters more lies above; of one kind the smaller ones."""

SAME_FRACTION = 0.1
"""By how much the areas of a room and of the zone that covers it may differ."""


def zones(found: Sequence[Zone]) -> Iterator[Area | Sign]:
    """The lowest first."""
    ordered = sorted(found, key=lambda zone: (BELOW.index(zone.kind), -area_m2(zone.polygon), zone.zone_id))
    for zone in ordered:
        refs = (f"zone:{zone.zone_id}",)
        names = " / ".join(dict.fromkeys(zone_names(zone).values()))
        title = f"{zone.zone_id}: {names}"
        yield Area(look=f"zone {zone.kind.value}", corners=zone.polygon, refs=refs, title=title)
        if zone.direction_rad is not None:
            at = _inside(zone.polygon)
            yield Sign(look="arrow zone", at=at, yaw_rad=zone.direction_rad, refs=refs)


def zone_names(zone: Zone) -> Names:
    """Its names with the speed and the times that hold in it: what people must know who stand there."""
    rules = [f"{zone.speed_mps_max:g} m/s"] if zone.speed_mps_max is not None else []
    rules += [window_text(window) for window in zone.times]
    names = zone.names or {"en": zone.zone_id}
    return {language: " · ".join((name, *rules)) for language, name in names.items()}


def says_itself(zone: Zone, rooms: Sequence[Room]) -> bool:
    """Whether its pattern says enough: the room that it covers has a name, and the rule holds always."""
    if zone.kind not in (ZoneKind.PRIVATE, ZoneKind.UV_HAZARD) or zone.times or zone.speed_mps_max:
        return False
    area, middle = area_m2(zone.polygon), centre(zone.polygon)
    return any(
        inside(middle, room.polygon) and abs(area_m2(room.polygon) - area) <= SAME_FRACTION * area
        for room in rooms
    )


def _inside(polygon: Sequence[Point]) -> Point:
    """The mean of the corners, else any point that lies in the polygon."""
    middle = centre(polygon)
    if inside(middle, polygon):
        return middle
    import shapely

    point = shapely.Polygon(polygon).representative_point()
    return (point.x, point.y)
