"""The dose map of a UV plan as a picture: the floor from above, the walls unrolled, poses with their seconds.

Colours are shares of the target dose; what no pose can reach is hatched. One pixel row is one row of the
picture array, (height, width, 3) uint8, blue green red as OpenCV has them.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from maps.coverage.space import Space, rings
from maps.coverage.surfaces import Surface
from maps.coverage.uv import UvPlan
from maps.elements import Point

Image = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.uint8]

WIDTH_PX = 1500
HEIGHT_PX_MAX = 900
"""Of the floor: a narrow room is drawn smaller."""
WALL_PX_PER_M_MAX = 42.0
MARGIN_PX = 40
LINE_PX = 26
INK = (48, 40, 31)
PAPER = (255, 255, 255)
SHARE_MAX = 4.0
"""Of the target; what has more looks the same."""
STEPS = 256
MISSING = ((64, 32, 150), (120, 170, 250))
"""Nothing and nearly the target: below the target everything is red."""
HATCH_PX = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Metres to pixels of the floor."""

    left_m: float
    top_m: float
    px_per_m: float
    y_px: int

    def px(self, at: Point) -> tuple[int, int]:
        return (
            round(MARGIN_PX + (at[0] - self.left_m) * self.px_per_m),
            round(self.y_px + (self.top_m - at[1]) * self.px_per_m),
        )


def draw(space: Space, plan: UvPlan, title: str) -> Image:
    """The picture. `title` and all words in it are ASCII: the letters of OpenCV have no others."""
    frame, floor_end = frame_of(space)
    wall_scale = min(frame.px_per_m, WALL_PX_PER_M_MAX)
    rows = _rows([piece for piece in plan.samples.surfaces if piece.rows], wall_scale)
    image = np.full((_end_px(rows, floor_end, wall_scale), WIDTH_PX, 3), PAPER, dtype=np.uint8)
    _lying(image, space, plan, frame)
    outline(image, space, frame)
    _poses(image, plan, frame)
    _walls(image, plan, rows, floor_end, wall_scale)
    _head(image, plan, title)
    return image


def frame_of(space: Space) -> tuple[Frame, int]:
    """How the floor is drawn, and the pixel row below it."""
    x_min, y_min, x_max, y_max = space.outline.bounds
    scale = min((WIDTH_PX - 2 * MARGIN_PX) / (x_max - x_min), HEIGHT_PX_MAX / (y_max - y_min))
    frame = Frame(left_m=x_min, top_m=y_max, px_per_m=scale, y_px=MARGIN_PX + 3 * LINE_PX)
    return frame, frame.y_px + round((y_max - y_min) * scale)


def ascii_of(words: str) -> str:
    """What OpenCV's letters can write of it."""
    return words.encode("ascii", "replace").decode()


def png(image: Image) -> bytes:
    """The picture as a PNG file."""
    done, data = cv2.imencode(".png", image)
    assert done, "a picture of bytes can be packed"
    return data.tobytes()


def _colours(share: npt.NDArray[np.float64]) -> Colours:
    """(n, 3) colour for each share of the target."""
    enough = np.clip(np.log(np.maximum(share, 1.0)) / math.log(SHARE_MAX), 0.0, 1.0)
    steps = np.arange(STEPS, dtype=np.uint8).reshape(-1, 1)
    ramp = cv2.applyColorMap(steps, cv2.COLORMAP_VIRIDIS)[:, 0, :]
    bright = ramp[(60 + enough * (STEPS - 61)).astype(int)]
    low, high = (np.array(colour, dtype=float) for colour in MISSING)
    short = low + (high - low) * np.clip(share, 0.0, 1.0)[:, None]
    found: Colours = np.where((share >= 1.0 - 1e-6)[:, None], bright, short).astype(np.uint8)
    return found


def _lying(image: Image, space: Space, plan: UvPlan, frame: Frame) -> None:
    """Floor and tops of furniture: each pixel has the colour of the nearest sample."""
    x_min, y_min, x_max, y_max = space.outline.bounds
    (left, top), (right, bottom) = frame.px((x_min, y_max)), frame.px((x_max, y_min))
    rows, columns = np.mgrid[top:bottom, left:right]
    x = frame.left_m + (columns + 0.5 - MARGIN_PX) / frame.px_per_m
    y = frame.top_m - (rows + 0.5 - frame.y_px) / frame.px_per_m
    flat = np.concatenate(
        [np.arange(s.first, s.first + s.count) for s in plan.samples.surfaces if not s.rows]
    )
    nearest = flat[cKDTree(plan.samples.point[flat, :2]).query(np.column_stack((x.ravel(), y.ravel())))[1]]
    inside = shapely.contains_xy(space.outline, x.ravel(), y.ravel())
    _paint(image, rows.ravel()[inside], columns.ravel()[inside], nearest[inside], plan)


def _paint(
    image: Image,
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    sample: npt.NDArray[np.int64],
    plan: UvPlan,
) -> None:
    image[rows, columns] = _colours(plan.dose_j_m2 / plan.target_j_m2)[sample]
    lost = ~plan.reachable[sample] & ((rows + columns) % HATCH_PX < 2)
    image[rows[lost], columns[lost]] = INK


def outline(image: Image, space: Space, frame: Frame) -> None:
    for obstacle in space.obstacles:
        corners = np.array([frame.px(point) for point in obstacle.polygon], dtype=np.int32)
        cv2.polylines(image, [corners], True, INK, 2, cv2.LINE_AA)
    number = 0
    for ring in rings(space.outline):
        corners = np.array([frame.px(point) for point in ring], dtype=np.int32)
        cv2.polylines(image, [corners], True, INK, 3, cv2.LINE_AA)
        for start, end in pairwise(ring):
            number += 1
            middle = frame.px(((start[0] + end[0]) / 2.0, (start[1] + end[1]) / 2.0))
            _label(image, str(number), middle)


def _poses(image: Image, plan: UvPlan, frame: Frame) -> None:
    for number, pose in enumerate(plan.poses, 1):
        x, y = frame.px(pose.at)
        cv2.circle(image, (x, y), 13, PAPER, -1, cv2.LINE_AA)
        cv2.circle(image, (x, y), 13, INK, 2, cv2.LINE_AA)
        text(image, str(number), (x, y + 5), 0.5, middle=True)
        _label(image, f"{pose.exposure_s:.0f} s", (x, y + 26))


def _rows(upright: list[Surface], scale: float) -> list[list[Surface]]:
    """Surfaces beside one another as far as the width goes."""
    rows: list[list[Surface]] = []
    used = math.inf
    for surface in upright:
        width = surface.length_m * scale + MARGIN_PX
        if used + width > WIDTH_PX - MARGIN_PX:
            rows.append([])
            used = 0.0
        rows[-1].append(surface)
        used += width
    return rows


def _end_px(rows: list[list[Surface]], floor_end: int, scale: float) -> int:
    heights = [max(surface.height_m for surface in row) * scale + LINE_PX + MARGIN_PX // 2 for row in rows]
    return round(floor_end + MARGIN_PX + sum(heights))


def _walls(image: Image, plan: UvPlan, rows: list[list[Surface]], floor_end: int, scale: float) -> None:
    y_px = floor_end + MARGIN_PX
    for row in rows:
        x_px, high_px = MARGIN_PX, round(max(surface.height_m for surface in row) * scale)
        for surface in row:
            wide, high = max(1, round(surface.length_m * scale)), max(1, round(surface.height_m * scale))
            top = y_px + LINE_PX + high_px - high
            text(image, surface.name, (x_px, top - 7), 0.45)
            _upright(image, plan, surface, (x_px, top), (wide, high))
            cv2.rectangle(image, (x_px, top), (x_px + wide, top + high), INK, 1)
            x_px += wide + MARGIN_PX
        y_px += LINE_PX + high_px + MARGIN_PX // 2


def _upright(
    image: Image, plan: UvPlan, surface: Surface, corner: tuple[int, int], size: tuple[int, int]
) -> None:
    """The wall as seen from the room, the floor below; its start is at the right hand."""
    (left, top), (wide, high) = corner, size
    rows, columns = np.mgrid[0:high, 0:wide]
    count = surface.count // surface.rows
    column = np.rint((1.0 - (columns + 0.5) / wide) * (count - 1)).astype(int)
    row = np.rint((1.0 - (rows + 0.5) / high) * (surface.rows - 1)).astype(int)
    sample = surface.first + column * surface.rows + row
    _paint(image, (rows + top).ravel(), (columns + left).ravel(), sample.ravel(), plan)


def _head(image: Image, plan: UvPlan, title: str) -> None:
    light_s = sum(pose.exposure_s for pose in plan.poses)
    words = (
        f"target {plan.target_j_m2:g} J/m2, {len(plan.poses)} poses, {light_s:.0f} s of light, minimum"
        f" {plan.minimum_j_m2:.0f}, 5th percentile {plan.p5_j_m2:.0f} J/m2, covered"
        f" {plan.covered_fraction * 100.0:.1f} %"
    )
    text(image, ascii_of(title), (MARGIN_PX, MARGIN_PX - 8), 0.7)
    text(image, words, (MARGIN_PX, MARGIN_PX + LINE_PX - 8), 0.5)
    _scale(image)


def _scale(image: Image) -> None:
    """Colours with the shares of the target that they mean."""
    y, left = MARGIN_PX + LINE_PX + 4, MARGIN_PX
    shares = (0.0, 0.5, 0.99, 1.0, 1.5, 2.0, 3.0, 4.0)
    colours = _colours(np.array(shares))
    for index, (share, colour) in enumerate(zip(shares, colours, strict=True)):
        x = left + index * 92
        cv2.rectangle(image, (x, y), (x + 22, y + 16), tuple(int(c) for c in colour), -1)
        word = "short" if 0.9 < share < 1.0 else f"{share:g} x" if share else "none"
        text(image, word, (x + 28, y + 13), 0.42)
    text(image, "hatched: cannot be reached", (left + len(shares) * 92, y + 13), 0.42)


def _label(image: Image, words: str, middle: tuple[int, int]) -> None:
    """On a white plate."""
    (wide, high), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
    x, y = middle
    cv2.rectangle(
        image, (x - wide // 2 - 3, y - high // 2 - 4), (x + wide // 2 + 3, y + high // 2 + 4), PAPER, -1
    )
    text(image, words, (x, y + high // 2), 0.42, middle=True)


def text(image: Image, words: str, at: tuple[int, int], size: float, *, middle: bool = False) -> None:
    (wide, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    x = at[0] - wide // 2 if middle else at[0]
    cv2.putText(image, words, (x, at[1]), cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)
