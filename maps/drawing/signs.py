"""The signs of the sheet: which marks make a charger, a parking place, an arrow. Millimetres on paper."""

import math
from collections.abc import Iterator

from maps.drawing.marks import Dot, Mark, Path, Text
from maps.drawing.shapes import Sign
from maps.elements import Point

BOLT = ((0.25, -1.05), (-0.65, 0.18), (-0.05, 0.18), (-0.25, 1.05), (0.65, -0.18), (0.05, -0.18))
ARROW = ((1.1, 0.0), (-0.7, 0.62), (-0.35, 0.0), (-0.7, -0.62))
LETTERS = {"parking": "P", "hold_point": "H"}
RADII_MM = {
    "charger": 1.45,
    "parking": 1.35,
    "hold_point": 1.8,
    "checkpoint": 1.1,
    "lift_cabin": 0.8,
    "room_entrance": 0.75,
    "door": 0.5,
    "waypoint": 0.45,
}
NAMED_MM = 0.75
FINDING_MM = 2.4
ARROW_MM = 1.1
ZONE_ARROW = 2.4
"""How much larger the arrow of a zone is than a lane's."""


def radius_mm(look: str) -> float:
    """How far the sign reaches."""
    words = look.split()
    if words[0] == "finding":
        return FINDING_MM
    if words[0] == "arrow":
        return ARROW_MM * (ZONE_ARROW if "zone" in words else 1.0)
    radius = next((RADII_MM[word] for word in words[1:] if word in RADII_MM), RADII_MM["waypoint"])
    return max(radius, NAMED_MM) if "named" in words else radius


def marks(sign: Sign, at: Point, unit: float = 1.0) -> Iterator[Mark]:
    """The sign at a point of the sheet; `unit` makes it smaller where many crowd."""
    words = sign.look.split()
    if words[0] == "arrow":
        size = ZONE_ARROW if "zone" in words else 1.0
        yield _polygon(sign, at, _turned(ARROW, -(sign.yaw_rad or 0.0), size))
    elif words[0] == "finding":
        yield Dot(look=sign.look, at=at, radius_mm=FINDING_MM, title=sign.title)
    else:
        yield from _node(sign, words, at, radius_mm(sign.look) * unit)


def _node(sign: Sign, words: list[str], at: Point, radius: float) -> Iterator[Mark]:
    if sign.yaw_rad is not None:
        end = (
            at[0] + (radius + 1.3) * math.cos(sign.yaw_rad),
            at[1] - (radius + 1.3) * math.sin(sign.yaw_rad),
        )
        yield Path(look="heading", points=(at, end))
    for side in ("clean", "dirty"):
        if side in words:
            yield Dot(look=f"ring {side}", at=at, radius_mm=radius + 0.45)
    yield from _body(sign, words[1], at, radius)


def _body(sign: Sign, kind: str, at: Point, radius: float) -> Iterator[Mark]:
    if kind in ("parking", "lift_cabin"):
        corners = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
        yield _polygon(sign, at, _turned(corners, 0.0, radius * 0.9))
    elif kind in ("hold_point", "checkpoint"):
        yield _polygon(sign, at, _turned(((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)), 0.0, radius))
    else:
        yield Dot(look=sign.look, at=at, radius_mm=radius, refs=sign.refs, title=sign.title)
    if kind == "charger":
        bolt = tuple((at[0] + x, at[1] + y) for x, y in BOLT)
        yield Path(look="symbol", points=bolt, closed=True)
    if kind in LETTERS:
        size = 2.2 if kind == "parking" else 1.9
        below = (at[0], at[1] + 0.36 * size)
        yield Text(look="symbol", at=below, text=LETTERS[kind], size_mm=size, anchor="middle")


def _polygon(sign: Sign, at: Point, corners: tuple[Point, ...]) -> Path:
    points = tuple((at[0] + x, at[1] + y) for x, y in corners)
    return Path(look=sign.look, points=points, closed=True, refs=sign.refs, title=sign.title)


def _turned(corners: tuple[Point, ...], angle_rad: float, size: float) -> tuple[Point, ...]:
    cos, sin = math.cos(angle_rad) * size, math.sin(angle_rad) * size
    return tuple((cos * x - sin * y, sin * x + cos * y) for x, y in corners)
