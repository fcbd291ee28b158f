"""What a site's zones change in its moves: some are not there, some are slower.

A zone counts for a robot's centre. Rules without times, and speed limits and directions with times too: what
may hold now is planned for. A no-go zone with times is closed and opened while robots drive
(docs/maps/closures.md).
"""

from dataclasses import dataclass

import numpy as np

from maps.elements import ZoneKind
from maps.graph import SiteGraph
from maps.planning_view.arrays import Bools, Floats, Ints
from maps.planning_view.outlines import Places, against, overlap


@dataclass(slots=True)
class Rules:
    """For each move whether it is there, and how fast it may be."""

    kept: Bools
    speed_mps_max: Floats


def apply_zones(graph: SiteGraph, places: Places, source: Ints, target: Ints, rules: Rules) -> None:
    """Changes the rules in place."""
    level_of = {level_id: number for number, level_id in enumerate(graph.levels)}
    for zone in graph.zones.values():
        if len(zone.polygon) < 3 or zone.level not in level_of:
            continue
        over = overlap(zone, level_of[zone.level], places, source, target)
        if zone.kind is ZoneKind.NO_GO and not zone.times:
            rules.kept &= ~over.enters
        elif zone.kind is ZoneKind.ONE_WAY and zone.direction_rad is not None:
            rules.kept &= ~(over.middles & against(zone.direction_rad, places, source, target))
        elif zone.kind in (ZoneKind.SLOW, ZoneKind.QUIET) and zone.speed_mps_max is not None:
            slow = over.crosses
            rules.speed_mps_max[slow] = np.minimum(rules.speed_mps_max[slow], zone.speed_mps_max)
