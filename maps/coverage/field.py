"""How strongly a lamp at each pose lights each sample: exact for the line source, shadows included.

An upright sheet between a surface and the lamp hides the lower part of the tube up to one height; so does the
lamp's own body, and a lying surface sees only what is above it. So the visible part of the tube is one piece,
and its light has a closed form (maps.coverage.lamp).
"""

import numpy as np

from maps.coverage.lamp import Lamp
from maps.coverage.space import Fences, Floats
from maps.coverage.surfaces import Samples

GAP_MIN_M = 0.05
"""The tube is no line: no surface is nearer to its axis than that."""
TOUCH = 1e-9


def irradiance(lamp: Lamp, poses: Floats, samples: Samples, fences: Fences, reflected: float) -> Floats:
    """(n samples, m poses) [W/m2] of the warm, aged lamp at each of the poses (m, 2).

    reflected: the diffuse share, of the mean over all surfaces, that every sample gets besides; 0 for none.
    """
    field = np.empty((len(samples.point), len(poses)))
    share = samples.area_m2 / samples.area_m2.sum()
    for index, pose in enumerate(poses):
        direct = direct_w_m2(lamp, pose, samples.point, samples.normal, fences)
        field[:, index] = direct + reflected * float(share @ direct)
    return field


def direct_w_m2(lamp: Lamp, pose: Floats, point: Floats, normal: Floats, fences: Fences) -> Floats:
    """(n,) irradiance of the points (n, 3) with normals (n, 3) by the lamp at pose (2,)."""
    towards = pose[None, :] - point[:, :2]
    gap_m = np.maximum(np.hypot(towards[:, 0], towards[:, 1]), GAP_MIN_M)
    facing = np.einsum("ij,ij->i", normal[:, :2], towards) / gap_m
    upward, height_m = normal[:, 2], point[:, 2]
    low_m = np.maximum(_above_body(lamp, gap_m, height_m), _above_fences(pose, point, fences))
    low_m = np.maximum(low_m, lamp.base_height_m)
    start, end = _in_front(facing, upward, gap_m, low_m - height_m, lamp.top_m - height_m)
    with np.errstate(invalid="ignore"):
        value = _primitive(facing, upward, gap_m, end) - _primitive(facing, upward, gap_m, start)
    return np.where(end > start, lamp.radiance_w_m_sr * value, 0.0)


def _above_body(lamp: Lamp, gap_m: Floats, height_m: Floats) -> Floats:
    """The height on the axis up to which the body under the tube hides it."""
    share = lamp.body_radius_m / gap_m
    with np.errstate(divide="ignore", invalid="ignore"):
        hidden = (lamp.base_height_m - share * height_m) / (1.0 - share)
    hidden = np.where(share < 1.0, hidden, np.inf)
    return np.where(height_m < lamp.base_height_m, hidden, -np.inf)


def _above_fences(pose: Floats, point: Floats, fences: Fences) -> Floats:
    """The height on the axis up to which sheets between hide it; inf where a wall stands between.

    The way from a point (share 0) to the axis (share 1) crosses a sheet at `share`.
    """
    hidden = np.full(len(point), -np.inf)
    for start, end, height_m in zip(fences.start, fences.end, fences.height_m, strict=True):
        way, leaf = pose[None, :] - point[:, :2], end - start
        offset = start[None, :] - point[:, :2]
        determinant = _cross(way, leaf)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = _cross(offset, leaf) / determinant
            along = _cross(offset, way) / determinant
            top = point[:, 2] + (height_m - point[:, 2]) / share
        hit = (share > TOUCH) & (share < 1.0) & (along >= -TOUCH) & (along <= 1.0 + TOUCH)
        hidden = np.where(hit, np.maximum(hidden, top), hidden)
    return hidden


def _in_front(
    facing: Floats, upward: Floats, gap_m: Floats, start: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """The part of the tube from which light falls on the front: facing * gap + upward * u > 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        horizon = -facing * gap_m / upward
    start = np.where(upward > TOUCH, np.maximum(start, horizon), start)
    end = np.where(upward < -TOUCH, np.minimum(end, horizon), end)
    level = np.abs(upward) <= TOUCH
    return start, np.where(level & (facing <= 0.0), start, end)


def _primitive(facing: Floats, upward: Floats, gap_m: Floats, rise_m: Floats) -> Floats:
    """As maps.coverage.lamp's, for arrays."""
    across = gap_m * gap_m + rise_m * rise_m
    along = rise_m / (2.0 * across) + np.arctan2(rise_m, gap_m) / (2.0 * gap_m)
    return facing * along - upward * gap_m / (2.0 * across)


def _cross(a: Floats, b: Floats) -> Floats:
    found: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return found
