"""check: what is wrong with a site, said so that it can be mended. Reads only."""

from collections.abc import Iterator

from maps.checks.reach import reach
from maps.checks.space import ROBOT_RADIUS_M, space
from maps.checks.structure import dangling, doors, lifts, names, scales
from maps.checks.zones import zones
from maps.elements import Site
from maps.findings import Finding as Finding
from maps.findings import Severity, error, gathered
from maps.graph import SiteGraph
from maps.times import known_zone

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def check(site: Site, robot_radius_m: float = ROBOT_RADIUS_M) -> tuple[Finding, ...]:
    """All findings, errors first; many of one kind are one finding (maps.findings.gathered).

    `robot_radius_m` is that of a circle around the largest robot: nodes nearer than two such radii cannot
    hold two robots. A site with dangling references is checked no further: mend these first.
    """
    broken = tuple(dangling(site))
    found = gathered(broken or _deeper(site, robot_radius_m))
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


def _deeper(site: Site, robot_radius_m: float) -> Iterator[Finding]:
    yield from _time_zone(site)
    yield from scales(site)
    yield from names(site)
    graph = SiteGraph(site)
    yield from reach(graph)
    yield from space(site, robot_radius_m)
    yield from zones(graph)
    yield from lifts(site)
    yield from doors(site)


def _time_zone(site: Site) -> Iterator[Finding]:
    if known_zone(site.time_zone) is None:
        message = f"Time zone '{site.time_zone}' is not known."
        yield error("time_zone", "site", message, "Write a name such as Asia/Shanghai.")
