"""Finding: one thing that a check noticed about a site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from maps.elements import Node, Point


class Severity(StrEnum):
    ERROR = "error"
    """Robots cannot do what the site promises."""
    WARNING = "warning"
    """It works, and is hardly what was meant."""
    INFO = "info"
    """Worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where to look."""

    level: str
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Another element of which the same is true."""

    element: str
    place: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`code` is stable, for programs; `message` and `fix` are a sentence each, for people."""

    severity: Severity
    code: str
    element: str
    """What it is about: "node 'a'"."""
    message: str
    fix: str
    place: Location | None = None
    """None when it is about no single place."""
    also: tuple[Case, ...] = ()
    """Where there are many, they are one finding (gathered)."""


def error(code: str, element: str, message: str, fix: str, place: Location | None = None) -> Finding:
    """A finding that must be mended."""
    return Finding(severity=Severity.ERROR, code=code, element=element, message=message, fix=fix, place=place)


def warning(
    code: str,
    element: str,
    message: str,
    fix: str,
    place: Location | None = None,
    also: tuple[Case, ...] = (),
) -> Finding:
    """A finding that should be mended."""
    return Finding(
        severity=Severity.WARNING,
        code=code,
        element=element,
        message=message,
        fix=fix,
        place=place,
        also=also,
    )


def info(code: str, element: str, message: str, fix: str, place: Location | None = None) -> Finding:
    """A finding that may be left."""
    return Finding(severity=Severity.INFO, code=code, element=element, message=message, fix=fix, place=place)


def gathered(findings: Iterable[Finding], most: int = 3) -> Iterator[Finding]:
    """The findings; more than `most` of one code and severity become one that names the others.

    A drawn building has the same blemish a hundred times, and nobody reads a hundred lines.
    """
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.code), []).append(finding)
    for group in groups.values():
        if len(group) <= most:
            yield from group
        else:
            yield _together(group)


def _together(group: list[Finding]) -> Finding:
    first, *rest = group
    also = tuple(
        case
        for finding in rest
        for case in (Case(element=finding.element, place=finding.place), *finding.also)
    )
    others = listed([case.element for case in also])
    return replace(first, message=f"{first.message} The same is true of {others}.", also=also)


def at_node(node: Node) -> Location:
    """The node's place."""
    return Location(level=node.level, x_m=node.x_m, y_m=node.y_m)


def at_point(level: str, point: Point) -> Location:
    """A point's place."""
    return Location(level=level, x_m=round(point[0], 3), y_m=round(point[1], 3))


def listed(words: list[str], most: int = 5) -> str:
    """The words with commas; only the first few of many."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"
