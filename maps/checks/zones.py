"""Do the zones leave a site on which robots can work: what they cut off, and where robots go in a fire."""

from collections.abc import Iterator

import shapely

from maps.checks.cuts import Ways, cuts
from maps.elements import NodeKind, Site, Zone, ZoneKind
from maps.findings import Finding, at_point, warning
from maps.geometry import centre
from maps.graph import SiteGraph


def zones(graph: SiteGraph) -> Iterator[Finding]:
    """All findings of this module."""
    site = graph.site
    yield from _outlines(site)
    if not (site.nodes and site.zones):
        return
    ways = Ways(graph)
    yield from cuts(ways)
    for zone in site.zones:
        if zone.kind is ZoneKind.FIRE_COMPARTMENT and len(zone.polygon) > 2:
            yield from _compartment(zone, ways)


def _outlines(site: Site) -> Iterator[Finding]:
    outlines = [(f"zone '{zone.zone_id}'", zone.level, zone.polygon) for zone in site.zones]
    outlines += [(f"room '{room.room_id}'", room.level, room.polygon) for room in site.rooms]
    for element, level, polygon in outlines:
        if len(polygon) < 3 or not shapely.Polygon(polygon).is_valid:
            yield warning(
                "outline_crosses_itself",
                element,
                f"The outline of {element} crosses or touches itself: nobody can tell what lies inside.",
                "List its corners in the order in which one walks around it, each once.",
                at_point(level, centre(polygon)) if polygon else None,
            )


def _compartment(zone: Zone, ways: Ways) -> Iterator[Finding]:
    kinds = [node.kind for node in ways.nodes_in(zone)]
    if kinds and NodeKind.HOLD_POINT not in kinds:
        yield warning(
            "no_hold_point",
            f"zone '{zone.zone_id}'",
            f"Fire compartment '{zone.zone_id}' has no hold point: in a fire its robots would be in the way.",
            "Give a node beside the lanes kind: hold_point.",
            at_point(zone.level, centre(zone.polygon)),
        )
