"""numba kernels of the simulated camera: what lies between the eye and the scene: darkness and smoke.

areas (n, 2) by area number (simulators.areas): light 0 to 1, and extinction of smoke per metre. The picture
is drawn lit and clear first; these darken and veil it by the depth of each pixel. Smoke is added up along
each column's line of sight once (clearness); smoke in the dark is lit by a little of the headlamp only.
"""

import math

import numpy as np
from numba import njit

from simulators.raycast import FAR_M, SKY_M, Cells, Depths, Floats, Image, area_at

LAMP_M = 2.5
"""Up to here a headlamp lights as well as the ceiling does; then it falls with the square of the distance."""
LAMP_WIDE = 1.1
LAMP_SHARE = 0.9
SMOKE_GREY = 165.0
SMOKE_GLOW = 0.04
"""Least light of smoke: what the headlamp scatters."""
WALL_M = 0.15
"""The area of a surface is looked up this far before it: walls stand between areas."""
STEP_M = 0.25
"""Length of the pieces of a line of sight over which smoke is added up."""
STEPS = 240


@njit(cache=True, fastmath=True)
def darken(
    image: Image, depths: Depths, view: Floats, areas: Floats, cells: Cells, corner: Floats, daylight: float
) -> None:
    """Multiply each pixel by the light there: the area's, or the robot's own headlamp."""
    height, width = image.shape[0], image.shape[1]
    cos, sin = math.cos(view[2]), math.sin(view[2])
    per_px = 1.0 / view[4]
    for row in range(height):
        down = (row + 0.5 - height / 2) * per_px
        for column in range(width):
            depth = depths[row, column]
            light = daylight
            if depth < SKY_M:
                left = (width / 2 - column - 0.5) * per_px
                near = max(0.0, depth - WALL_M)
                x, y = view[0] + near * (cos - left * sin), view[1] + near * (sin + left * cos)
                light = _light(areas[area_at(cells, corner, x, y), 0], depth, left, down)
            for channel in range(3):
                image[row, column, channel] = image[row, column, channel] * light


@njit(cache=True, fastmath=True)
def _light(room: float, depth: float, left: float, down: float) -> float:
    if room >= 1.0:
        return 1.0
    aside = 1.0 + (left * left + down * down) * LAMP_WIDE
    far = LAMP_M / max(LAMP_M, depth)
    return room + (1.0 - room) * LAMP_SHARE * far * far / (aside * aside)


@njit(cache=True, fastmath=True)
def clearness(view: Floats, width: int, areas: Floats, cells: Cells, corner: Floats) -> Floats:
    """(width, STEPS + 1, 2): after so many steps, the share of light let through and the smoke's own glow."""
    table = np.zeros((width, STEPS + 1, 2))
    cos, sin = math.cos(view[2]), math.sin(view[2])
    for column in range(width):
        left = (width / 2 - column - 0.5) / view[4]
        dx, dy, length = cos - left * sin, sin + left * cos, math.sqrt(1.0 + left * left)
        gone, glow = 1.0, 0.0
        table[column, 0, 0] = 1.0
        for step in range(STEPS):
            along = (step + 0.5) * STEP_M
            area = area_at(cells, corner, view[0] + along * dx, view[1] + along * dy)
            if areas[area, 1] > 0.0:
                kept = math.exp(-areas[area, 1] * STEP_M * length)
                glow += gone * (1.0 - kept) * max(SMOKE_GLOW, areas[area, 0])
                gone *= kept
            table[column, step + 1, 0], table[column, step + 1, 1] = gone, glow
    return table


@njit(cache=True, fastmath=True)
def veil(image: Image, depths: Depths, table: Floats) -> None:
    """Mix the smoke's grey into each pixel by its depth."""
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            steps = min(FAR_M, depths[row, column]) / STEP_M
            step = min(STEPS - 1, int(steps))
            part = min(1.0, steps - step)
            gone = table[column, step, 0] * (1.0 - part) + table[column, step + 1, 0] * part
            glow = table[column, step, 1] * (1.0 - part) + table[column, step + 1, 1] * part
            if gone < 1.0:
                for channel in range(3):
                    image[row, column, channel] = image[row, column, channel] * gone + SMOKE_GREY * glow
