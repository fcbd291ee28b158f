"""The drawing of a level as an HTTP body: maps.drawing.shapes, described for other languages."""

from typing import Annotated, Literal

from pydantic import Field

from fleet.api.schemas import Body, Names, Point

Refs = list[str]
"""Elements that a shape stands for: 'edge:a>b', 'door:x', 'lift:l', 'zone:z', 'room:r', 'node:n'."""


class AreaOut(Body):
    shape: Literal["area"]
    look: str
    corners: list[Point]
    refs: Refs
    title: str


class LineOut(Body):
    shape: Literal["line"]
    look: str
    points: list[Point]
    refs: Refs
    title: str


class SignOut(Body):
    shape: Literal["sign"]
    look: str
    at: Point
    yaw_rad: float | None
    number: int | None
    refs: Refs
    title: str


class LabelOut(Body):
    shape: Literal["label"]
    look: str
    at: Point
    names: Names
    priority: int
    within: list[Point]
    """The outline in which it must lie; empty: beside `at`."""
    refs: Refs


class ImageOut(Body):
    """GET .../floor_plan has the picture."""

    shape: Literal["image"]
    look: str
    path: str
    origin: Point
    yaw_rad: float
    scale_m_per_px: float


class LayerOut(Body):
    name: str
    shapes: list[Annotated[AreaOut | LineOut | SignOut | LabelOut | ImageOut, Field(discriminator="shape")]]


class RemarkOut(Body):
    number: int | None
    look: str
    text: str


class OriginOut(Body):
    latitude: float
    longitude: float
    altitude_m: float


class DrawingOut(Body):
    """One level: layers of shapes in metres, the lowest first; a page knows how each look is painted."""

    site: str
    site_names: Names
    level: str
    level_names: Names
    bounds: tuple[float, float, float, float]
    content_hash: str
    origin: OriginOut | None
    scale_measured: bool
    layers: list[LayerOut]
    remarks: list[RemarkOut]
