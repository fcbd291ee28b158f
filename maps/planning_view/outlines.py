"""Where a zone lies: which places are inside it, which straight ways between two places cross it.

Checks, the planning view and closings ask here, so that they agree. Places are points with a level: the nodes
of a site, the cells of a view. A place on the outline is outside.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely

from maps.elements import Zone
from maps.planning_view.arrays import Bools, Floats, Ints

_TURN_MIN = -1e-9
"""A way straight across a one-way zone goes both ways, whatever the last bit of its heading."""


class Places(Protocol):
    @property
    def x_m(self) -> Floats: ...
    @property
    def y_m(self) -> Floats: ...
    @property
    def level(self) -> Ints: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A zone over ways, one entry for each."""

    starts: Bools
    """It begins inside."""
    ends: Bools
    crosses: Bools
    """Some of it lies inside."""
    middles: Bools
    """Its middle lies inside."""

    @property
    def enters(self) -> Bools:
        """It leads from outside into the zone, or through it. A robot that stands inside may leave."""
        return ~self.starts & (self.ends | self.crosses)


def within(zone: Zone, level: int, places: Places) -> Bools:
    """Places inside the zone; `level` is the number of its level."""
    inside = shapely.contains_xy(_shape(zone), places.x_m, places.y_m)
    return np.asarray(inside & (places.level == level))


def overlap(zone: Zone, level: int, places: Places, source: Ints, target: Ints) -> Overlap:
    """The zone over the straight ways from source to target, which are numbers of places."""
    inside = within(zone, level, places)
    crosses = np.zeros(len(source), np.bool_)
    middles = np.zeros(len(source), np.bool_)
    near = _on_level_and_near(zone, level, places, source, target)
    x_m, y_m = (np.stack([axis[source[near]], axis[target[near]]]) for axis in (places.x_m, places.y_m))
    lines = shapely.linestrings(np.stack([x_m.T, y_m.T], axis=2))
    shape = _shape(zone)
    crosses[near] = shapely.relate_pattern(lines, shape, "T********")
    middles[near] = shapely.contains_xy(shape, x_m.mean(axis=0), y_m.mean(axis=0))
    return Overlap(starts=inside[source], ends=inside[target], crosses=crosses, middles=middles)


def against(direction_rad: float, places: Places, source: Ints, target: Ints) -> Bools:
    """Ways that head more than 90 degrees off the direction."""
    x_m, y_m = places.x_m[target] - places.x_m[source], places.y_m[target] - places.y_m[source]
    along_m = x_m * math.cos(direction_rad) + y_m * math.sin(direction_rad)
    return np.asarray(along_m < _TURN_MIN)


def _shape(zone: Zone) -> shapely.Geometry:
    """The polygon; one that crosses itself becomes the areas that it surrounds."""
    shape: shapely.Geometry = shapely.make_valid(shapely.Polygon(zone.polygon))
    shapely.prepare(shape)
    return shape


def _on_level_and_near(zone: Zone, level: int, places: Places, source: Ints, target: Ints) -> Ints:
    near = (places.level[source] == level) & (places.level[target] == level)
    xs, ys = zip(*zone.polygon, strict=True)
    for axis, bounds in ((places.x_m, xs), (places.y_m, ys)):
        near &= np.maximum(axis[source], axis[target]) >= min(bounds)
        near &= np.minimum(axis[source], axis[target]) <= max(bounds)
    return np.flatnonzero(near).astype(np.int32)
