"""numba kernels of the simulated camera: walls and doors by projection, floor and ceiling by row, sprites.

Arrays: image (h, w, 3) uint8 BGR; depths (h, w) m along the view, written with every pixel, hide what is
behind; walls (n, 5) [x1, y1, x2, y2 m, kind 0 wall | 1 door | 2 lift door]; view (5,) [x, y, yaw m rad, eye
height m, focal length px]; sprites (n, 8) [x, y, half width, height m, b, g, r, kind 0 person | 1 robot | 2
box], cells and corner (x, y m) as simulators.areas has them, open_air the number of the open air
(-1: none on this level).
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
Depths = NDArray[np.float32]
Cells = NDArray[np.int16]

WALL_HEIGHT_M = 2.8
NEAR_M = 0.05
FAR_M = 60.0
FOG_M = 22.0
SKY_M = 1000.0
"""Depth of the sky: no lamp reaches it, no smoke hides it alone."""
CELLS_PER_M = 4.0
"""1 / simulators.areas.CELL_M."""


@njit(cache=True)
def columns(walls: Floats, view: Floats, width: int) -> Floats:
    """What each column meets first: (width, 4) [depth m, place along the wall m, kind, light 0..1]."""
    hits = np.zeros((width, 4))
    hits[:, 0] = FAR_M
    cos, sin = math.cos(view[2]), math.sin(view[2])
    for index in range(walls.shape[0]):
        ax, ay = walls[index, 0] - view[0], walls[index, 1] - view[1]
        bx, by = walls[index, 2] - view[0], walls[index, 3] - view[1]
        # depth ahead, offset to the left
        d1, l1 = ax * cos + ay * sin, ay * cos - ax * sin
        d2, l2 = bx * cos + by * sin, by * cos - bx * sin
        if d1 < NEAR_M and d2 < NEAR_M:
            continue
        _draw_segment(hits, d1, l1, d2, l2, walls[index, 4], view[4])
    return hits


@njit(cache=True)
def _draw_segment(
    hits: Floats, d1: float, l1: float, d2: float, l2: float, kind: float, focal: float
) -> None:
    width = hits.shape[0]
    dd, dl = d2 - d1, l2 - l1
    length = math.hypot(dd, dl)
    light = 0.78 + 0.22 * abs(dl) / max(length, 1e-9)
    first, last = 0, width - 1
    if d1 > NEAR_M and d2 > NEAR_M:
        c1 = width / 2 - focal * l1 / d1
        c2 = width / 2 - focal * l2 / d2
        first = max(0, int(min(c1, c2)))
        last = min(width - 1, int(max(c1, c2)) + 1)
    for column in range(first, last + 1):
        slope = (width / 2 - column - 0.5) / focal
        below = dl - slope * dd
        if abs(below) < 1e-12:
            continue
        share = (slope * d1 - l1) / below
        depth = d1 + share * dd
        if 0.0 <= share <= 1.0 and NEAR_M < depth < hits[column, 0]:
            hits[column, 0] = depth
            hits[column, 1] = share * length
            hits[column, 2] = kind
            hits[column, 3] = light


@njit(cache=True)
def area_at(cells: Cells, corner: Floats, x: float, y: float) -> int:
    """As simulators.areas.Areas.at."""
    row = min(cells.shape[0] - 1, max(0, int((y - corner[1]) * CELLS_PER_M)))
    column = min(cells.shape[1] - 1, max(0, int((x - corner[0]) * CELLS_PER_M)))
    return int(cells[row, column])


@njit(cache=True)
def ground(
    image: Image, depths: Depths, view: Floats, accent: Floats, cells: Cells, corner: Floats, open_air: int
) -> None:
    """Floor tiles and ceiling panels, row by row; outdoors paving and the sky."""
    height, width = image.shape[0], image.shape[1]
    cos, sin = math.cos(view[2]), math.sin(view[2])
    for row in range(height):
        under = row + 0.5 - height / 2
        rise = view[3] if under > 0 else view[3] - WALL_HEIGHT_M
        depth = min(FAR_M, view[4] * rise / under)
        depths[row, :] = depth
        fog = 1.0 / (1.0 + depth / FOG_M)
        step = depth / view[4]
        left = step * (width / 2 - 0.5)
        x, y = view[0] + depth * cos - left * sin, view[1] + depth * sin + left * cos
        if open_air < 0:
            _indoors(image, row, under, fog, accent, (x, y, step * sin, -step * cos))
            continue
        for column in range(width):
            if area_at(cells, corner, x, y) == open_air:
                _outdoors(image, depths, row, column, under, fog, x, y)
            else:
                tone = _tile(x, y) if under > 0 else _panel(x, y)
                for channel in range(3):
                    tint = accent[channel] if under > 0 else 1.0
                    image[row, column, channel] = min(255.0, tone * fog * tint)
            x += step * sin
            y -= step * cos


@njit(cache=True)
def _indoors(
    image: Image,
    row: int,
    under: float,
    fog: float,
    accent: Floats,
    ray: tuple[float, float, float, float],
) -> None:
    """A row where there is no open air; ray: its first point, and the step to the next."""
    x, y, dx, dy = ray
    blue, green, red = accent[0] * fog, accent[1] * fog, accent[2] * fog
    if under > 0:
        for column in range(image.shape[1]):
            tone = _tile(x, y)
            image[row, column, 0] = tone * blue
            image[row, column, 1] = tone * green
            image[row, column, 2] = tone * red
            x, y = x + dx, y + dy
        return
    for column in range(image.shape[1]):
        value = min(255.0, _panel(x, y) * fog)
        image[row, column, 0] = image[row, column, 1] = image[row, column, 2] = np.uint8(value)
        x, y = x + dx, y + dy


@njit(cache=True)
def _outdoors(
    image: Image, depths: Depths, row: int, column: int, under: float, fog: float, x: float, y: float
) -> None:
    if under > 0:
        # a quarter of the floor's tiles, greyer
        tone = 0.78 * _tile(2.0 * x, 2.0 * y) * fog
        image[row, column, 0], image[row, column, 1], image[row, column, 2] = 0.92 * tone, tone, tone
        return
    rise = min(1.0, -under / image.shape[0] * 2.0)
    depths[row, column] = SKY_M
    image[row, column, 0] = 240.0
    image[row, column, 1] = 225.0 - 50.0 * rise
    image[row, column, 2] = 210.0 - 95.0 * rise


@njit(cache=True)
def _tile(x: float, y: float) -> float:
    fx, fy = x - math.floor(x), y - math.floor(y)
    if fx < 0.02 or fy < 0.02:
        return 150.0
    odd = (math.floor(x) + math.floor(y)) & 1
    return 205.0 if odd else 190.0


@njit(cache=True)
def _panel(x: float, y: float) -> float:
    fx, fy = x / 1.2 - math.floor(x / 1.2), y / 2.4 - math.floor(y / 2.4)
    if 0.3 < fx < 0.7 and 0.25 < fy < 0.75:
        return 275.0
    return 205.0 if fx < 0.03 or fy < 0.02 else 228.0


@njit(cache=True)
def uprights(image: Image, depths: Depths, hits: Floats, view: Floats) -> None:
    """Walls and doors, column by column."""
    height, width = image.shape[0], image.shape[1]
    colour = np.zeros(3)
    for column in range(width):
        depth = hits[column, 0]
        if depth >= FAR_M:
            continue
        scale = view[4] / depth
        top = int(max(0.0, height / 2 - scale * (WALL_HEIGHT_M - view[3])))
        bottom = int(min(float(height), height / 2 + scale * view[3]))
        shade = hits[column, 3] / (1.0 + depth / FOG_M)
        for row in range(top, bottom):
            up_m = view[3] - (row + 0.5 - height / 2) / scale
            if hits[column, 2] == 0.0:
                _wall_colour(colour, hits[column, 1], up_m)
            else:
                _door_colour(colour, hits[column, 1], up_m, hits[column, 2])
            depths[row, column] = depth
            for channel in range(3):
                image[row, column, channel] = colour[channel] * shade


@njit(cache=True)
def _wall_colour(colour: Floats, along_m: float, up_m: float) -> None:
    seam = along_m / 2.0 - math.floor(along_m / 2.0)
    if up_m < 0.12:
        colour[0], colour[1], colour[2] = 110.0, 105.0, 100.0
    elif 0.84 < up_m < 0.94:
        colour[0], colour[1], colour[2] = 120.0, 150.0, 175.0
    elif up_m < 1.1:
        colour[0], colour[1], colour[2] = 205.0, 215.0, 185.0
    else:
        colour[0], colour[1], colour[2] = 232.0, 238.0, 240.0
    if seam < 0.01:
        for channel in range(3):
            colour[channel] *= 0.85


@njit(cache=True)
def _door_colour(colour: Floats, along_m: float, up_m: float, kind: float) -> None:
    if up_m > 2.15:
        colour[0], colour[1], colour[2] = 232.0, 238.0, 240.0
    elif up_m > 2.05 or along_m < 0.06:
        colour[0], colour[1], colour[2] = 90.0, 90.0, 95.0
    elif kind == 2.0:
        grain = 6.0 * math.sin(90.0 * along_m)
        colour[0], colour[1], colour[2] = 175.0 + grain, 172.0 + grain, 168.0 + grain
    elif 1.25 < up_m < 1.85 and 0.35 < along_m < 0.75:
        colour[0], colour[1], colour[2] = 215.0, 190.0, 150.0
    elif 0.98 < up_m < 1.06 and along_m < 0.25:
        colour[0], colour[1], colour[2] = 200.0, 200.0, 200.0
    else:
        colour[0], colour[1], colour[2] = 95.0, 140.0, 180.0


@njit(cache=True)
def billboards(image: Image, depths: Depths, view: Floats, sprites: Floats) -> None:
    """People, robots and boxes, far ones first; hidden behind what is nearer."""
    height, width = image.shape[0], image.shape[1]
    cos, sin = math.cos(view[2]), math.sin(view[2])
    colour = np.zeros(3)
    for index in range(sprites.shape[0]):
        dx, dy = sprites[index, 0] - view[0], sprites[index, 1] - view[1]
        depth, left = dx * cos + dy * sin, dy * cos - dx * sin
        if depth < 0.25:
            continue
        scale = view[4] / depth
        middle, half = width / 2 - scale * left, scale * sprites[index, 2]
        top = int(max(0.0, height / 2 - scale * (sprites[index, 3] - view[3])))
        bottom = int(min(float(height), height / 2 + scale * view[3]))
        fog = 1.0 / (1.0 + depth / FOG_M)
        for column in range(int(max(0.0, middle - half)), int(min(float(width), middle + half))):
            across = (column + 0.5 - middle) / half
            for row in range(top, bottom):
                if depth >= depths[row, column]:
                    continue
                up_m = view[3] - (row + 0.5 - height / 2) / scale
                if _sprite_colour(colour, sprites[index], across, up_m):
                    depths[row, column] = depth
                    for channel in range(3):
                        image[row, column, channel] = colour[channel] * fog


@njit(cache=True)
def _sprite_colour(colour: Floats, sprite: Floats, across: float, up_m: float) -> bool:
    """Fills colour; False where one sees past the sprite."""
    round_off = math.sqrt(max(0.0, 1.0 - 0.75 * across * across))
    for channel in range(3):
        colour[channel] = sprite[4 + channel] * round_off
    if sprite[7] == 0.0:
        return _person(colour, sprite, across, up_m, round_off)
    if sprite[7] == 1.0:
        return _robot(colour, sprite, across, up_m)
    return True


@njit(cache=True)
def _person(colour: Floats, sprite: Floats, across: float, up_m: float, light: float) -> bool:
    rise = up_m / sprite[3]
    if rise > 0.86:
        gap = math.hypot(across * sprite[2], (rise - 0.93) * sprite[3])
        colour[0], colour[1], colour[2] = 150.0 * light, 180.0 * light, 215.0 * light
        if rise > 0.95:
            colour[0], colour[1], colour[2] = 45.0, 45.0, 50.0
        return bool(gap < 0.12)
    if rise > 0.48:
        return bool(abs(across) < 0.95 - 0.25 * max(0.0, rise - 0.78) / 0.08)
    colour[0], colour[1], colour[2] = 95.0 * light, 75.0 * light, 60.0 * light
    return 0.08 < abs(across) < 0.62


@njit(cache=True)
def _robot(colour: Floats, sprite: Floats, across: float, up_m: float) -> bool:
    rise = up_m / sprite[3]
    if rise < 0.12:
        colour[0], colour[1], colour[2] = 60.0, 58.0, 55.0
        return True
    if 0.80 < rise < 0.93 and abs(across) < 0.6:
        colour[0], colour[1], colour[2] = 70.0, 45.0, 30.0
        if abs(abs(across) - 0.25) < 0.09 and 0.84 < rise < 0.89:
            colour[0], colour[1], colour[2] = 255.0, 240.0, 120.0
        return True
    if 0.12 < rise < 0.15:
        colour[0], colour[1], colour[2] = 255.0, 220.0, 90.0
        return True
    taper = 1.0 if rise < 0.9 else 1.0 - 2.0 * (rise - 0.9)
    return abs(across) < taper * (0.82 if 0.35 < rise < 0.75 else 1.0)
