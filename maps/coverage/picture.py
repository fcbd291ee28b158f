"""The dose map of a UV plan as a picture: the floor from above, the walls unrolled, poses with their seconds.

Doses are in mJ/cm2, as people who disinfect have them; colours are shares of the target dose; what no pose
can reach is hatched. One pixel row is one row of the picture array, (height, width, 3) uint8, blue green red
as OpenCV has them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from maps.coverage.space import Space, rings
from maps.coverage.surfaces import Surface
from maps.coverage.uv import UvPlan, doses
from maps.elements import Point

Image = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.uint8]

WIDTH_PX = 1500
HEIGHT_PX_MAX = 900
"""Of the floor: a narrow room is drawn smaller."""
WALL_PX_PER_M_MAX = 42.0
MARGIN_PX = 40
LINE_PX = 26
TITLE = 0.45
"""Size of the titles over the walls."""
TITLE_UP_PX = 7
TITLE_GAP_PX = 18
PLATE_GAP_PX = 40
"""Obstacles nearer than this to one another have their numbers on one plate."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Where an upright piece is drawn."""

    surface: Surface
    left_px: int
    top_px: int
    width_px: int
    height_px: int

    @property
    def bottom_px(self) -> int:
        return self.top_px + self.height_px


def draw(space: Space, plan: UvPlan, title: str) -> Image:
    """The picture. `title` and all words in it are ASCII: the letters of OpenCV have no others."""
    frame, floor_end = frame_of(space)
    upright = [piece for piece in plan.samples.surfaces if piece.rows]
    walls, end = panels(upright, floor_end + MARGIN_PX, min(frame.px_per_m, WALL_PX_PER_M_MAX))
    image = np.full((end, WIDTH_PX, 3), PAPER, dtype=np.uint8)
    _lying(image, space, plan, frame)
    outline(image, space, frame)
    _poses(image, plan, frame)
    for panel in walls:
        _wall(image, plan, panel)
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
            _label(image, str(number), frame.px(_middle((start, end))))
    for (x, y), words in plates(space, frame):
        _label(image, words, (x, y - LINE_PX))


def plates(space: Space, frame: Frame) -> list[tuple[tuple[int, int], str]]:
    """What is written by the obstacles, and where: 'o2', or 'o2 o3' where they stand together."""
    found: list[tuple[tuple[int, int], str]] = []
    for number, obstacle in enumerate(space.obstacles, 1):
        at = frame.px(_middle(obstacle.polygon))
        near = next((i for i, (other, _) in enumerate(found) if math.dist(at, other) < PLATE_GAP_PX), None)
        if near is None:
            found.append((at, f"o{number}"))
        else:
            found[near] = (found[near][0], f"{found[near][1]} o{number}")
    return found


def _middle(points: Sequence[Point]) -> Point:
    return (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))


def _poses(image: Image, plan: UvPlan, frame: Frame) -> None:
    for number, pose in enumerate(plan.poses, 1):
        x, y = frame.px(pose.at)
        cv2.circle(image, (x, y), 13, PAPER, -1, cv2.LINE_AA)
        cv2.circle(image, (x, y), 13, INK, 2, cv2.LINE_AA)
        text(image, str(number), (x, y + 5), 0.5, middle=True)
        _label(image, f"{pose.exposure_s:.0f} s", (x, y + 26))


def panels(upright: Sequence[Surface], top_px: int, px_per_m_max: float) -> tuple[list[Panel], int]:
    """A place for each piece, beside one another as far as the width goes, and the pixel row below them."""
    longest = max((surface.length_m for surface in upright), default=0.0)
    # A slanted wall is longer than its room is wide.
    scale = min(px_per_m_max, (WIDTH_PX - 2 * MARGIN_PX) / max(longest, 1.0))
    found: list[Panel] = []
    row: list[Panel] = []
    left = MARGIN_PX
    for surface in upright:
        wide, high = (max(1, round(size_m * scale)) for size_m in (surface.length_m, surface.height_m))
        # Its title has room, however narrow it is.
        taken = max(wide, text_px(surface.name, TITLE))
        if row and left + taken > WIDTH_PX - MARGIN_PX:
            found += _on_one_line(row, top_px)
            top_px, row, left = found[-1].bottom_px + MARGIN_PX // 2, [], MARGIN_PX
        row.append(Panel(surface=surface, left_px=left, top_px=0, width_px=wide, height_px=high))
        left += max(wide + MARGIN_PX, taken + TITLE_GAP_PX)
    found += _on_one_line(row, top_px)
    return found, max((panel.bottom_px for panel in found), default=top_px) + MARGIN_PX // 2


def _on_one_line(row: Sequence[Panel], top_px: int) -> list[Panel]:
    """The panels of a row, below their titles; all stand on the floor."""
    high = max((panel.height_px for panel in row), default=0)
    return [replace(panel, top_px=top_px + LINE_PX + high - panel.height_px) for panel in row]


def _wall(image: Image, plan: UvPlan, panel: Panel) -> None:
    text(image, panel.surface.name, (panel.left_px, panel.top_px - TITLE_UP_PX), TITLE)
    _upright(image, plan, panel)
    right = panel.left_px + panel.width_px
    cv2.rectangle(image, (panel.left_px, panel.top_px), (right, panel.bottom_px), INK, 1)


def _upright(image: Image, plan: UvPlan, panel: Panel) -> None:
    """The wall as seen from the room, the floor below; its start is at the right hand."""
    surface = panel.surface
    rows, columns = np.mgrid[0 : panel.height_px, 0 : panel.width_px]
    count = surface.count // surface.rows
    column = np.rint((1.0 - (columns + 0.5) / panel.width_px) * (count - 1)).astype(int)
    row = np.rint((1.0 - (rows + 0.5) / panel.height_px) * (surface.rows - 1)).astype(int)
    sample = surface.first + column * surface.rows + row
    _paint(image, (rows + panel.top_px).ravel(), (columns + panel.left_px).ravel(), sample.ravel(), plan)


def _head(image: Image, plan: UvPlan, title: str) -> None:
    text(image, ascii_of(title), (MARGIN_PX, MARGIN_PX - 8), 0.7)
    light_s = sum(pose.exposure_s for pose in plan.poses)
    words = f"{len(plan.poses)} poses, {light_s:.0f} s of light: {doses(plan)}"
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
    text(image, "hatched: cannot be reached; o1: obstacle 1", (left + len(shares) * 92, y + 13), 0.42)


def _label(image: Image, words: str, middle: tuple[int, int]) -> None:
    """On a white plate."""
    (wide, high), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
    x, y = middle
    cv2.rectangle(
        image, (x - wide // 2 - 3, y - high // 2 - 4), (x + wide // 2 + 3, y + high // 2 + 4), PAPER, -1
    )
    text(image, words, (x, y + high // 2), 0.42, middle=True)


def text(image: Image, words: str, at: tuple[int, int], size: float, *, middle: bool = False) -> None:
    x = at[0] - text_px(words, size) // 2 if middle else at[0]
    cv2.putText(image, words, (x, at[1]), cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)


def text_px(words: str, size: float) -> int:
    """How wide the words are."""
    (wide, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    return int(wide)
