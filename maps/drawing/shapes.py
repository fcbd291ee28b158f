"""A drawing of a level: layers of shapes in metres, without colours and without sizes of signs.

`look` is words, the general one first: "zone no_go", "node charger". A painter has a table of how each look
is drawn, so that paper, a picture and the console's page show the same drawing in their own colours. `refs`
name the elements of the site that a shape stands for ("edge:a>b", "door:x"): whoever knows more about an
element (that it is closed, that a robot is there) finds its shape by them.
"""

from dataclasses import dataclass
from typing import Literal

from maps.elements import GeoOrigin, Names, Point

Box = tuple[float, float, float, float]
"""x and y of the lower left, then of the upper right corner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    look: str
    corners: tuple[Point, ...]
    refs: tuple[str, ...] = ()
    title: str = ""
    """A sentence for whoever points at it."""
    shape: Literal["area"] = "area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A chain of points."""

    look: str
    points: tuple[Point, ...]
    refs: tuple[str, ...] = ()
    title: str = ""
    shape: Literal["line"] = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A mark whose size the painter knows."""

    look: str
    at: Point
    yaw_rad: float | None = None
    """Where it points; None for a mark that points nowhere."""
    number: int | None = None
    refs: tuple[str, ...] = ()
    title: str = ""
    shape: Literal["sign"] = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name that wants a place. The painter finds one: no name over another, none over a sign."""

    look: str
    at: Point
    """What it belongs to: a node; the middle of a room."""
    names: Names
    priority: int
    """Lower numbers are placed first."""
    within: tuple[Point, ...] = ()
    """The outline in which it must lie; empty: beside `at`."""
    refs: tuple[str, ...] = ()
    shape: Literal["label"] = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A floor plan. Pixel (0, 0) is its top left corner, `origin` its bottom left one."""

    look: str
    path: str
    """As the site has it: relative to the site file."""
    origin: Point
    yaw_rad: float
    scale_m_per_px: float
    shape: Literal["image"] = "image"


Shape = Area | Line | Sign | Label | Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    name: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What the number of a sign means."""

    number: int | None
    """None: it is about no single place."""
    look: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One level. Frame: metres, x east, y north; the first layer lies lowest."""

    site: str
    site_names: Names
    level: str
    level_names: Names
    bounds: Box
    content_hash: str
    """Of the whole site."""
    origin: GeoOrigin | None = None
    scale_measured: bool = True
    layers: tuple[Layer, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def layer(self, name: str) -> tuple[Shape, ...]:
        """The shapes of the layer; () when the drawing has no such layer."""
        return next((layer.shapes for layer in self.layers if layer.name == name), ())
