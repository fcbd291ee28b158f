"""numba kernel of the simulated camera: flat upright panels with a picture on them, as signs and markers are.

panels (n, 9) [x1, y1, x2, y2 m, bottom, top m, first row in the atlas, rows, columns]: point 1 is the left
end seen from the front; from behind a panel is not seen. atlas (rows, columns, 3) uint8: one picture below
another. Pixels are means of several samples, so that a distant marker fades to grey as a real camera's does.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simulators.raycast import FOG_M, NEAR_M, Depths, Floats, Image

SAMPLES_MAX = 4
Atlas = NDArray[np.uint8]


@njit(cache=True)
def panels_on(image: Image, depths: Depths, view: Floats, panels: Floats, atlas: Atlas) -> None:
    cos, sin = math.cos(view[2]), math.sin(view[2])
    for index in range(panels.shape[0]):
        ax, ay = panels[index, 0] - view[0], panels[index, 1] - view[1]
        bx, by = panels[index, 2] - view[0], panels[index, 3] - view[1]
        # from behind, or edge on
        if (bx - ax) * -ay - (by - ay) * -ax >= 0.0:
            continue
        d1, l1 = ax * cos + ay * sin, ay * cos - ax * sin
        d2, l2 = bx * cos + by * sin, by * cos - bx * sin
        if d1 > NEAR_M and d2 > NEAR_M:
            _draw(image, depths, view, panels[index], atlas, (d1, l1, d2, l2))


@njit(cache=True)
def _draw(
    image: Image,
    depths: Depths,
    view: Floats,
    panel: Floats,
    atlas: Atlas,
    ends: tuple[float, float, float, float],
) -> None:
    height, width, focal = image.shape[0], image.shape[1], view[4]
    d1, l1, d2, l2 = ends
    first = max(0, int(width / 2 - focal * l1 / d1))
    last = min(width - 1, int(width / 2 - focal * l2 / d2) + 1)
    for column in range(first, last + 1):
        slope = (width / 2 - column - 0.5) / focal
        below = (l2 - l1) - slope * (d2 - d1)
        if abs(below) < 1e-12:
            continue
        share = (slope * d1 - l1) / below
        depth = d1 + share * (d2 - d1)
        if share < 0.0 or share >= 1.0 or depth < NEAR_M:
            continue
        # how much of the picture one pixel covers
        wide = depth / (focal * abs(below)) if abs(below) > 1e-9 else 0.0
        scale = focal / depth
        tall = 1.0 / (scale * (panel[5] - panel[4]))
        top = int(max(0.0, math.floor(height / 2 - scale * (panel[5] - view[3]))))
        bottom = int(min(float(height), math.ceil(height / 2 + scale * (view[3] - panel[4]))))
        fog = 1.0 / (1.0 + depth / FOG_M)
        for row in range(top, bottom):
            down = (panel[5] - view[3]) / (panel[5] - panel[4]) + (row + 0.5 - height / 2) * tall
            if 0.0 <= down < 1.0 and depth < depths[row, column]:
                depths[row, column] = depth
                _sample(image, row, column, panel, atlas, (share, down, wide, tall), fog)


@njit(cache=True)
def _sample(
    image: Image,
    row: int,
    column: int,
    panel: Floats,
    atlas: Atlas,
    pixel: tuple[float, float, float, float],
    fog: float,
) -> None:
    """pixel: its place on the picture (across, down) and its size there, as shares of the picture."""
    across, down, wide, tall = pixel
    start, rows, columns = int(panel[6]), int(panel[7]), int(panel[8])
    nx = min(SAMPLES_MAX, max(2, int(wide * columns) + 1))
    ny = min(SAMPLES_MAX, max(2, int(tall * rows) + 1))
    blue, green, red = 0.0, 0.0, 0.0
    for j in range(ny):
        v = min(0.9999, max(0.0, down + ((j + 0.5) / ny - 0.5) * tall))
        for i in range(nx):
            u = min(0.9999, max(0.0, across + ((i + 0.5) / nx - 0.5) * wide))
            texel = atlas[start + int(v * rows), int(u * columns)]
            blue += texel[0]
            green += texel[1]
            red += texel[2]
    image[row, column, 0] = blue / (nx * ny) * fog
    image[row, column, 1] = green / (nx * ny) * fog
    image[row, column, 2] = red / (nx * ny) * fog
