"""check: what is wrong with a site, said so that it can be mended. Reads only."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maps.checks.reach import reach
from maps.checks.space import space
from maps.checks.structure import dangling, doors, lifts, names
from maps.elements import Site
from maps.findings import Finding as Finding
from maps.findings import Severity, error

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def check(site: Site) -> tuple[Finding, ...]:
    """All findings, errors first. A site with dangling references is checked no further: mend these first."""
    broken = tuple(dangling(site))
    found = broken or tuple(_deeper(site))
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


def _deeper(site: Site) -> Iterator[Finding]:
    yield from _time_zone(site)
    yield from names(site)
    yield from reach(site)
    yield from space(site)
    yield from lifts(site)
    yield from doors(site)


def _time_zone(site: Site) -> Iterator[Finding]:
    try:
        ZoneInfo(site.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"Time zone '{site.time_zone}' is not known."
        yield error("time_zone", "site", message, "Write a name such as Asia/Shanghai.")
