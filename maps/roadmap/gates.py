"""Gates: how lanes lead through doorways: straight, from one room's open floor to the other's."""

from dataclasses import dataclass

import cv2
import numpy as np

from maps.roadmap.clearance import Clearance, Points
from maps.roadmap.images import Mask
from maps.roadmap.rooms import Doorway
from maps.roadmap.settings import RoadMapSettings

STEP_ASIDE_M = 0.3
"""The lane may pass this far beside the narrowest place: furniture may stand in the doorway."""

REACH_M = 2.5
"""A gate reaches this far into a room at most: to the middle of a corridor, not across a hall."""

EQUAL_M = 0.1
"""Clearances that differ by less are the same: the nearer place is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The ends of the straight lane through a doorway."""

    first: tuple[float, float]
    second: tuple[float, float]


def find_gate(
    doorway: Doorway, passable: Mask, clearance: Clearance, settings: RoadMapSettings
) -> Gate | None:
    """None when the robot cannot go straight through."""
    ends = np.array(doorway.ends)
    along = ends[1] - ends[0]
    across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
    at = _middle(doorway, passable, clearance)
    if at is None:
        return None
    sides = [_side(at, direction, passable, clearance, settings) for direction in (across, -across)]
    first, second = sides
    if first is None or second is None or clearance.along(first, second) < settings.robot_radius_m:
        return None
    return Gate(first=(float(first[0]), float(first[1])), second=(float(second[0]), float(second[1])))


def close(passable: Mask, doorways: list[Doorway]) -> Mask:
    """The cells without those in these doorways."""
    found = passable.astype(np.uint8)
    for doorway in doorways:
        (x1, y1), (x2, y2) = doorway.ends
        cv2.line(found, (round(x1), round(y1)), (round(x2), round(y2)), 0, thickness=3)
    return found.astype(bool)


def _middle(doorway: Doorway, passable: Mask, clearance: Clearance) -> Points | None:
    """The passable place nearest to the narrowest."""
    reach = max(1, round(STEP_ASIDE_M / clearance.resolution_m))
    column, row = round(doorway.at[0]), round(doorway.at[1])
    top, left = max(row - reach, 0), max(column - reach, 0)
    rows, columns = np.nonzero(passable[top : row + reach + 1, left : column + reach + 1])
    if not len(rows):
        return None
    gap = np.hypot(rows + top - row, columns + left - column)
    best = int(np.lexsort((columns, rows, gap))[0])
    return np.array([columns[best] + left, rows[best] + top], float)


def _side(
    at: Points, direction: Points, passable: Mask, clearance: Clearance, settings: RoadMapSettings
) -> Points | None:
    """The nearest of the widest places straight ahead: in a corridor its middle."""
    steps = np.arange(1, int(REACH_M / clearance.resolution_m) + 1)
    cells = np.round(at + steps[:, None] * direction)
    height, width = passable.shape
    cells = np.clip(cells, 0, (width - 1, height - 1))
    columns, rows = cells[:, 0].astype(int), cells[:, 1].astype(int)
    free = passable[rows, columns]
    ahead = len(free) if free.all() else int(np.argmin(free))
    least = int(np.ceil(2.0 * settings.robot_radius_m / clearance.resolution_m))
    if ahead <= least:
        return None
    wide_m = clearance.field_m[rows[least:ahead], columns[least:ahead]]
    best = least + int(np.argmax(wide_m >= wide_m.max() - EQUAL_M))
    found: Points = cells[best]
    return found
