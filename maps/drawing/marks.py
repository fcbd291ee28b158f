"""Marks on a sheet of paper, which painters understand: millimetres, x right and y down from the top left."""

from dataclasses import dataclass
from typing import Literal

from maps.elements import Point

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A polygon if closed, else a line."""

    look: str
    points: tuple[Point, ...]
    closed: bool = False
    refs: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    look: str
    at: Point
    radius_mm: float
    refs: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line. `at` is on its base line."""

    look: str
    at: Point
    text: str
    size_mm: float
    anchor: Anchor = "start"
    halo: bool = False
    """Whether it must stand out from lines under it."""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image: sheet = (a u + c v + e, b u + d v + f) of pixel column u and row v."""

    look: str
    path: str
    matrix: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f, as SVG's matrix() has them."""


Mark = Path | Dot | Text | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    marks: tuple[Mark, ...]
    clipped: bool = False
    """Nothing of it shows outside the drawing's frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    width_mm: float
    height_mm: float
    title: str
    scale: int
    """1:scale."""
    frame: tuple[float, float, float, float]
    """Left, top, right and bottom of the drawing."""
    groups: tuple[Group, ...]
    listed: tuple[str, ...] = ()
    """Names that are in the list beside the drawing, since they have no room in it."""
    left_out: int = 0
    """Lines of the lists that have no room on the sheet."""
