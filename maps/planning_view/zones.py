"""What a site's zones change in its moves: some are not there, some are slower.

A zone counts for a robot's centre. Rules without times, and speed limits and directions with times too: what
may hold now is planned for. A no-go zone with times is closed and opened while robots drive
(docs/maps/closures.md).
"""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from maps.elements import Zone, ZoneKind
from maps.graph import SiteGraph
from maps.planning_view.arrays import Bools, Floats, Ints
from maps.planning_view.cut import Points

_TURN_MIN = -1e-9
"""A move straight across a one-way zone goes both ways, whatever the last bit of its heading."""


@dataclass(slots=True)
class Rules:
    """For each move whether it is there, and how fast it may be."""

    kept: Bools
    speed_mps_max: Floats


@dataclass(frozen=True, slots=True)
class _Outline:
    """A zone over the moves: which start inside, end inside, and cross its inside."""

    zone: Zone
    starts: Bools
    ends: Bools
    crosses: Bools
    middles: Bools
    """Whether the middle of the move lies inside."""


def apply_zones(graph: SiteGraph, points: Points, source: Ints, target: Ints, rules: Rules) -> None:
    """Changes the rules in place."""
    level_of = {level_id: number for number, level_id in enumerate(graph.levels)}
    for zone in graph.zones.values():
        if len(zone.polygon) < 3 or zone.level not in level_of:
            continue
        outline = _outline(zone, level_of[zone.level], points, source, target)
        if zone.kind is ZoneKind.NO_GO and not zone.times:
            # A robot that stands inside may leave: what begins inside is kept.
            rules.kept &= outline.starts | ~(outline.ends | outline.crosses)
        elif zone.kind is ZoneKind.ONE_WAY and zone.direction_rad is not None:
            rules.kept &= ~(outline.middles & _against(points, source, target, zone.direction_rad))
        elif zone.kind in (ZoneKind.SLOW, ZoneKind.QUIET) and zone.speed_mps_max is not None:
            slow = outline.crosses
            rules.speed_mps_max[slow] = np.minimum(rules.speed_mps_max[slow], zone.speed_mps_max)


def cells_in_zone(zone: Zone, level: int, x_m: Floats, y_m: Floats, levels: Ints) -> Ints:
    """Cells that lie inside the zone; `level` is the number of its level."""
    shape = _shape(zone)
    inside = shapely.contains_xy(shape, x_m, y_m) & (levels == level)
    return np.flatnonzero(inside).astype(np.int32)


def _shape(zone: Zone) -> shapely.Geometry:
    """The polygon; one that crosses itself becomes the areas that it surrounds."""
    shape: shapely.Geometry = shapely.make_valid(shapely.Polygon(zone.polygon))
    shapely.prepare(shape)
    return shape


def _outline(zone: Zone, level: int, points: Points, source: Ints, target: Ints) -> _Outline:
    inside = np.zeros(len(points.x_m), np.bool_)
    inside[cells_in_zone(zone, level, points.x_m, points.y_m, points.level)] = True
    crosses = np.zeros(len(source), np.bool_)
    middles = np.zeros(len(source), np.bool_)
    near = _on_level_and_near(zone, level, points, source, target)
    x_m, y_m = (np.stack([axis[source[near]], axis[target[near]]]) for axis in (points.x_m, points.y_m))
    lines = shapely.linestrings(np.stack([x_m.T, y_m.T], axis=2))
    shape = _shape(zone)
    crosses[near] = shapely.relate_pattern(lines, shape, "T********")
    middles[near] = shapely.contains_xy(shape, x_m.mean(axis=0), y_m.mean(axis=0))
    return _Outline(zone, inside[source], inside[target], crosses, middles)


def _on_level_and_near(zone: Zone, level: int, points: Points, source: Ints, target: Ints) -> Ints:
    near = (points.level[source] == level) & (points.level[target] == level)
    xs, ys = zip(*zone.polygon, strict=True)
    for axis, bounds in ((points.x_m, xs), (points.y_m, ys)):
        near &= np.maximum(axis[source], axis[target]) >= min(bounds)
        near &= np.minimum(axis[source], axis[target]) <= max(bounds)
    return np.flatnonzero(near).astype(np.int32)


def _against(points: Points, source: Ints, target: Ints, direction_rad: float) -> Bools:
    """Moves that head more than 90 degrees off the direction."""
    x_m, y_m = points.x_m[target] - points.x_m[source], points.y_m[target] - points.y_m[source]
    along_m = x_m * math.cos(direction_rad) + y_m * math.sin(direction_rad)
    return np.asarray(along_m < _TURN_MIN)
