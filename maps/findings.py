"""Finding: one thing that a check noticed about a site."""

from dataclasses import dataclass
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


def error(code: str, element: str, message: str, fix: str, place: Location | None = None) -> Finding:
    """A finding that must be mended."""
    return Finding(severity=Severity.ERROR, code=code, element=element, message=message, fix=fix, place=place)


def warning(code: str, element: str, message: str, fix: str, place: Location | None = None) -> Finding:
    """A finding that should be mended."""
    return Finding(
        severity=Severity.WARNING, code=code, element=element, message=message, fix=fix, place=place
    )


def info(code: str, element: str, message: str, fix: str) -> Finding:
    """A finding that may be left."""
    return Finding(severity=Severity.INFO, code=code, element=element, message=message, fix=fix)


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
