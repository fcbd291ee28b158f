"""A sweep as a picture: what the passes treat, the lanes in their order, what is left out."""

from itertools import pairwise

import cv2
import numpy as np
import shapely
from shapely import LinearRing, LineString

from maps.coverage.picture import INK, LINE_PX, MARGIN_PX, PAPER, WIDTH_PX, Image, ascii_of, frame_of, outline
from maps.coverage.picture import text as write
from maps.coverage.space import Space, areas, rings
from maps.coverage.sweep import Sweep

TREATED = (225, 238, 214)
LANE = (150, 110, 30)
WAY = (120, 120, 220)
GAP = (60, 60, 230)
DOT_PX = 6


def draw_sweep(space: Space, swept: Sweep, title: str) -> Image:
    """Blue lanes, light red ways between them, a green dot where the robot comes in, red crosses for gaps."""
    frame, end = frame_of(space)
    image: Image = np.full((end + MARGIN_PX, WIDTH_PX, 3), PAPER, dtype=np.uint8)
    treated = shapely.orient_polygons(
        areas(LineString(swept.path).buffer(swept.width_m / 2.0).intersection(space.floor))
    )
    for ring in rings(treated):
        colour = TREATED if LinearRing(ring).is_ccw else PAPER  # a hole comes after what it is in
        cv2.fillPoly(image, [np.array([frame.px(point) for point in ring], dtype=np.int32)], colour)
    outline(image, space, frame)
    lanes = {frozenset(lane) for lane in swept.lanes}
    for a, b in pairwise(swept.path):
        colour = LANE if frozenset((a, b)) in lanes else WAY
        cv2.line(image, frame.px(a), frame.px(b), colour, 2, cv2.LINE_AA)
    cv2.circle(image, frame.px(swept.path[0]), DOT_PX, (60, 160, 40), -1, cv2.LINE_AA)
    for gap in swept.uncovered:
        cv2.drawMarker(image, frame.px(gap.at), GAP, cv2.MARKER_TILTED_CROSS, 14, 2, cv2.LINE_AA)
    words = (
        f"{len(swept.lanes)} lanes of {swept.width_m:g} m, {swept.length_m:.0f} m to drive,"
        f" {swept.turns} turns, {swept.covered_fraction * 100.0:.1f} % of where the robot fits"
    )
    write(image, ascii_of(title), (MARGIN_PX, MARGIN_PX - 8), 0.7)
    write(image, words, (MARGIN_PX, MARGIN_PX + LINE_PX - 8), 0.5)
    cv2.line(image, (MARGIN_PX, end + 20), (MARGIN_PX + round(frame.px_per_m), end + 20), INK, 2)
    write(image, "1 m", (MARGIN_PX + round(frame.px_per_m) + 8, end + 25), 0.45)
    return image
