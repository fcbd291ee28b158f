"""png: the sheet as a picture, drawn by OpenCV. Its built-in font has Chinese: no font file is needed."""

import math
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from maps.drawing.images import Images, decode
from maps.drawing.lines import dashes
from maps.drawing.marks import Dot, Group, Mark, Path, Picture, Sheet, Text
from maps.drawing.shapes import Scene
from maps.drawing.sheet import sheet
from maps.drawing.svg import HALO_MM, NO_IMAGES
from maps.drawing.theme import PRINT, Style, Theme, style_of
from maps.elements import Point

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
"""(height, width, 3) of blue, green, red."""

DPI = 200
DPI_MIN, DPI_MAX = 30, 600
"""A3 at 600 dpi is 70 million pixels."""
MM_PER_INCH = 25.4
BOLD = 600
SHIFT = 4
"""Coordinates are given to OpenCV in sixteenths of a pixel."""


def png(scene: Scene, *, dpi: int = DPI, theme: Theme = PRINT, images: Images = NO_IMAGES) -> bytes:
    """The scene on A3 as a PNG file. Raises ValueError for a resolution out of 30 to 600 dpi."""
    return encoded(sheet(scene, theme, images), dpi, theme, images)


def encoded(page: Sheet, dpi: int, theme: Theme, images: Images = NO_IMAGES) -> bytes:
    """The sheet as a PNG file that says its size on paper."""
    done, data = cv2.imencode(".png", pixels(page, dpi, theme, images))
    assert done, "OpenCV encodes any 8-bit picture"
    return _with_resolution(bytes(data.tobytes()), dpi)


def pixels(page: Sheet, dpi: int, theme: Theme, images: Images = NO_IMAGES) -> Pixels:
    """The sheet as (height, width, 3) of blue, green, red."""
    if not DPI_MIN <= dpi <= DPI_MAX:
        raise ValueError(f"{dpi} dpi is not between {DPI_MIN} and {DPI_MAX}")
    canvas = _Canvas(page, dpi, theme)
    for group in page.groups:
        canvas.group(group, images)
    return canvas.image


class _Canvas:
    def __init__(self, page: Sheet, dpi: int, theme: Theme) -> None:
        self.px_per_mm: float = dpi / MM_PER_INCH
        height, width = round(page.height_mm * self.px_per_mm), round(page.width_mm * self.px_per_mm)
        self.image: Pixels = np.full((height, width, 3), _bgr(theme["paper"].fill or "#ffffff"), np.uint8)
        self.theme = theme
        self.paper = _bgr(theme["paper"].fill or "#ffffff")
        self.font = cv2.FontFace("uni")
        self._styles: dict[str, Style] = {}
        left, top, right, bottom = (round(edge * self.px_per_mm) for edge in page.frame)
        self.frame = (slice(top, bottom), slice(left, right))

    def group(self, group: Group, images: Images) -> None:
        if not group.clipped or not group.marks:
            self._marks(group.marks, images)
            return
        before = self.image
        drawn = before.copy()
        self.image = drawn
        self._marks(group.marks, images)
        before[self.frame] = self.image[self.frame]
        self.image = before

    def _marks(self, marks: Sequence[Mark], images: Images) -> None:
        for mark in marks:
            style = self._style(mark.look)
            if isinstance(mark, Text):
                self._text(mark, style)
            elif isinstance(mark, Picture):
                self._picture(mark, style, images)
            elif isinstance(mark, Dot):
                self._dot(mark, style)
            else:
                self._path(mark, style)

    def _style(self, look: str) -> Style:
        if look not in self._styles:
            self._styles[look] = style_of(self.theme, look)
        return self._styles[look]

    def _path(self, path: Path, style: Style) -> None:
        corners = self._fixed(path.points)
        if path.closed and style.fill and style.fill != "none":
            self._filled(corners, style)
        if style.stroke:
            self._stroked(path, style)

    def _filled(self, corners: Pixels, style: Style) -> None:
        share = 1.0 if style.fill_opacity is None else style.fill_opacity
        colour = _bgr(style.fill or "#000000")
        if share >= 1.0:
            cv2.fillPoly(self.image, [corners], colour, cv2.LINE_AA, SHIFT)
            return
        x, y, width, height = _box(corners, self.image.shape)
        if width <= 0 or height <= 0:
            return
        part = self.image[y : y + height, x : x + width]
        moved = corners - np.array([x, y]) * 2**SHIFT
        over = part.copy()
        cv2.fillPoly(over, [moved.astype(np.int32)], colour, cv2.LINE_AA, SHIFT)
        cv2.addWeighted(over, share, part, 1.0 - share, 0.0, dst=part)

    def _stroked(self, path: Path, style: Style) -> None:
        colour, width = _bgr(style.stroke or "#000000"), self._width(style)
        points = (*path.points, path.points[0]) if path.closed else path.points
        parts = dashes(points, style.dash_mm) if style.dash_mm else [list(points)]
        lines = [self._fixed(part) for part in parts]
        cv2.polylines(self.image, lines, False, colour, width, cv2.LINE_AA, SHIFT)

    def _dot(self, dot: Dot, style: Style) -> None:
        centre = (self._sixteenths(dot.at[0]), self._sixteenths(dot.at[1]))
        radius = self._sixteenths(dot.radius_mm)
        if style.fill and style.fill != "none":
            cv2.circle(self.image, centre, radius, _bgr(style.fill), cv2.FILLED, cv2.LINE_AA, SHIFT)
        if style.stroke and style.dash_mm:
            circle = Path(look=dot.look, points=_round(dot), closed=True)
            self._stroked(circle, style)
        elif style.stroke:
            width = self._width(style)
            cv2.circle(self.image, centre, radius, _bgr(style.stroke), width, cv2.LINE_AA, SHIFT)

    def _text(self, text: Text, style: Style) -> None:
        size = max(1, round(text.size_mm * self.px_per_mm))
        weight = style.weight or 400
        left, _, right, _ = self._extent(text.text, size, weight)
        width = right - left
        x = text.at[0] * self.px_per_mm - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
        place = (round(x), round(text.at[1] * self.px_per_mm))
        colour = _bgr(style.fill or "#000000")
        if text.halo:
            self._halo(text.text, place, size, weight)
        cv2.putText(self.image, text.text, place, colour, self.font, size, weight)
        if weight >= BOLD:
            # The font has one weight.
            beside = (place[0] + max(1, round(size / 24)), place[1])
            cv2.putText(self.image, text.text, beside, colour, self.font, size, weight)

    def _extent(self, text: str, size: int, weight: int) -> tuple[int, int, int, int]:
        x, y, width, height = cv2.getTextSize((0, 0), text, (0, 0), self.font, size, weight)
        return (x, y, x + width, y + height)

    def _halo(self, text: str, place: tuple[int, int], size: int, weight: int) -> None:
        away = max(1, round(HALO_MM / 2 * self.px_per_mm))
        for step in range(8):
            angle = step * math.pi / 4
            around = (place[0] + round(away * math.cos(angle)), place[1] + round(away * math.sin(angle)))
            cv2.putText(self.image, text, around, self.paper, self.font, size, weight)

    def _picture(self, picture: Picture, style: Style, images: Images) -> None:
        """Warped into place and mixed with what lies beneath."""
        grey: Any = decode(images[picture.path])
        a, b, c, d, e, f = (value * self.px_per_mm for value in picture.matrix)
        shrink = min(1.0, math.hypot(a, b))
        if shrink < 1.0:
            grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        matrix = np.array([[a / shrink, c / shrink, e], [b / shrink, d / shrink, f]])
        size = (self.image.shape[1], self.image.shape[0])
        laid = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR)
        there = cv2.warpAffine(np.full_like(grey, 255), matrix, size, flags=cv2.INTER_NEAREST)
        share = 1.0 if style.opacity is None else style.opacity
        mixed = cv2.addWeighted(self.image, 1.0 - share, cv2.cvtColor(laid, cv2.COLOR_GRAY2BGR), share, 0.0)
        cv2.copyTo(mixed, there, self.image)

    def _width(self, style: Style) -> int:
        return max(1, round((style.width_mm or 0.1) * self.px_per_mm))

    def _sixteenths(self, length_mm: float) -> int:
        scaled: int = round(length_mm * self.px_per_mm * 2**SHIFT)
        return scaled

    def _fixed(self, points: Sequence[Point]) -> Any:
        scaled = np.asarray(points, np.float64) * (self.px_per_mm * 2**SHIFT)
        # Pixel (0, 0) of OpenCV is the middle of the first one, not its corner.
        return np.rint(scaled - 2 ** (SHIFT - 1)).astype(np.int32).reshape(-1, 1, 2)


def _round(dot: Dot) -> tuple[Point, ...]:
    steps = [index * math.pi / 16 for index in range(32)]
    return tuple(
        (dot.at[0] + dot.radius_mm * math.cos(step), dot.at[1] + dot.radius_mm * math.sin(step))
        for step in steps
    )


def _box(corners: Any, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The pixels around the polygon, within the picture: x, y, width, height."""
    flat = corners.reshape(-1, 2) / 2**SHIFT
    low, high = np.floor(flat.min(0)).astype(int) - 1, np.ceil(flat.max(0)).astype(int) + 2
    x, y = max(int(low[0]), 0), max(int(low[1]), 0)
    return x, y, min(int(high[0]), shape[1]) - x, min(int(high[1]), shape[0]) - y


def _bgr(colour: str) -> tuple[int, int, int]:
    return (int(colour[5:7], 16), int(colour[3:5], 16), int(colour[1:3], 16))


def _with_resolution(data: bytes, dpi: int) -> bytes:
    """The PNG with its size on paper (pHYs chunk, PNG specification 11.3.4.3), so that it prints 1:1."""
    per_metre = round(dpi / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    # The header chunk comes first: 8 bytes of signature, 25 of IHDR.
    return data[:33] + chunk + data[33:]
