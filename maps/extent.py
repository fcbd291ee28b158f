"""No site is larger than the earth: a coordinate beyond is a slip, and spoils every sum that it enters."""

from collections.abc import Iterator

from maps.elements import Point, Site
from maps.errors import SiteError

FARTHEST_M = 4.0e7
"""Once round the earth: any projected coordinate is nearer to its origin."""


def refuse_far(site: Site, file: str) -> None:
    """Raises SiteError for the first thing that lies beyond FARTHEST_M, or nowhere (NaN)."""
    for element, points in _points(site):
        for x_m, y_m in points:
            if not (abs(x_m) <= FARTHEST_M and abs(y_m) <= FARTHEST_M):
                raise SiteError(
                    f"({x_m:g}, {y_m:g}) lies beyond the earth",
                    file=file,
                    element=element,
                    hint="write metres from an origin at the site",
                )


def _points(site: Site) -> Iterator[tuple[str, tuple[Point, ...]]]:
    """(element, where it lies)"""
    for node in site.nodes:
        yield f"node '{node.node_id}'", ((node.x_m, node.y_m),)
    for level in site.levels:
        ends = tuple(end for wall in level.walls for end in (wall.start, wall.end))
        yield f"walls of level '{level.level_id}'", ends
        if level.floor_plan:
            yield f"floor plan of level '{level.level_id}'", (level.floor_plan.origin,)
    for door in site.doors:
        yield f"door '{door.door_id}'", (door.start, door.end)
    for room in site.rooms:
        yield f"room '{room.room_id}'", room.polygon
    for zone in site.zones:
        yield f"zone '{zone.zone_id}'", zone.polygon
    for lift in site.lifts:
        yield f"lift '{lift.lift_id}'", (lift.center,)
