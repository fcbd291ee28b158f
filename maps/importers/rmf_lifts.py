"""The lifts of an Open-RMF building: cabins, shaft doors, rides.

A cabin node is the lane vertex that names the lift (lift_cabin) or, as Open-RMF itself takes it, that lies
inside the cabin's rectangle. Rides join the cabin nodes of all levels served, in every fleet graph that
reaches both.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from maps.elements import Door, Edge, Lift, Node, Point
from maps.geometry import RESOLUTION_DIGITS, rotated, rounded
from maps.importers.rmf_file import Building, RawLift, ShaftDoor
from maps.importers.rmf_frames import Frame
from maps.site_lanes import edge_id

_SPEED_MPS = 1.0
_DOOR_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaft:
    """A lift laid into the site's frame."""

    raw: RawLift
    center: Point
    yaw_rad: float

    def holds(self, point: Point) -> bool:
        """Whether the point lies in the cabin's rectangle."""
        offset = (point[0] - self.center[0], point[1] - self.center[1])
        x, y = rotated(offset, -self.yaw_rad)
        return abs(x) <= self.raw.width_m / 2 and abs(y) <= self.raw.depth_m / 2

    def door_ends(self, door: ShaftDoor) -> tuple[Point, Point]:
        """The closed leaf's two ends."""
        half = rotated((door.width_m / 2, 0.0), door.yaw_rad)
        return (
            self._placed((door.x_m - half[0], door.y_m - half[1])),
            self._placed((door.x_m + half[0], door.y_m + half[1])),
        )

    def _placed(self, offset: Point) -> Point:
        x, y = rotated(offset, self.yaw_rad)
        return rounded((self.center[0] + x, self.center[1] + y))


def shafts(building: Building, frames: Mapping[str, Frame], notes: list[str]) -> dict[str, Shaft]:
    """Every lift in the site's frame, by id."""
    found = {}
    for lift_id, raw in building.lifts.items():
        level = raw.reference_level
        if level not in frames:
            level = next(iter(frames))
            notes.append(
                f"Lift {lift_id} names level '{raw.reference_level}', which is not there: {level} taken."
            )
        frame = frames[level]
        center, yaw_rad = frame.to_site(raw.center), raw.yaw_rad + frame.yaw_rad
        found[lift_id] = Shaft(raw=raw, center=center, yaw_rad=yaw_rad)
    return found


def cabin_of(level: str, point: Point, named: str, lifts: Mapping[str, Shaft]) -> str | None:
    """The lift in whose cabin a lane vertex stands; `named` is what its lift_cabin property says."""
    if named in lifts:
        return named
    for lift_id, shaft in lifts.items():
        if _serves(shaft.raw, level) and shaft.holds(point):
            return lift_id
    return None


def _serves(raw: RawLift, level: str) -> bool:
    return not raw.level_doors or bool(raw.level_doors.get(level))


def shaft_doors(lifts: Mapping[str, Shaft], levels: Mapping[str, Frame]) -> Iterator[tuple[str, Door]]:
    """(lift id, door), one for each level served. The id holds lift and level: files reuse door names."""
    for lift_id, shaft in lifts.items():
        for level, names in shaft.raw.level_doors.items():
            for name in names:
                if level in levels and name in shaft.raw.doors:
                    yield lift_id, _door(shaft, level, name)


def _door(shaft: Shaft, level: str, name: str) -> Door:
    start, end = shaft.door_ends(shaft.raw.doors[name])
    lift_id = shaft.raw.lift_id
    return Door(
        door_id=f"{lift_id}_{level}_{name}",
        level=level,
        names={"en": f"{lift_id} door, {level}"},
        start=start,
        end=end,
        open_s=_DOOR_S,
    )


def lift(shaft: Shaft, nodes: Mapping[str, Node], doors: list[Door], notes: list[str]) -> Lift:
    """The lift with its cabin nodes; `doors` are its shaft doors."""
    lift_id = shaft.raw.lift_id
    cabins: dict[str, str] = {}
    for node in nodes.values():
        if node.lift == lift_id and cabins.setdefault(node.level, node.node_id) != node.node_id:
            notes.append(
                f"Lift {lift_id} has two cabin vertices on {node.level}: {cabins[node.level]} is taken."
            )
    if len(cabins) < 2:
        notes.append(f"Lift {lift_id} is joined by lanes on {len(cabins)} levels: nobody can ride it.")
    return Lift(
        lift_id=lift_id,
        names={"en": lift_id},
        cabin_nodes=cabins,
        center=shaft.center,
        width_m=shaft.raw.width_m,
        depth_m=shaft.raw.depth_m,
        yaw_rad=_wrapped(shaft.yaw_rad),
        speed_mps=_SPEED_MPS,
        door_s=_DOOR_S,
        home_level=shaft.raw.home_level,
        doors=_by_level(doors),
    )


def _wrapped(angle_rad: float) -> float:
    return round(math.remainder(angle_rad, math.tau), RESOLUTION_DIGITS + 3)


def _by_level(doors: list[Door]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for door in doors:
        found[door.level] = (*found.get(door.level, ()), door.door_id)
    return found


def rides(lifts: list[Lift], graphs: Mapping[str, tuple[str, ...]]) -> Iterator[Edge]:
    """From every cabin node to every other of its lift; `graphs` says which fleet graphs touch a node."""
    for entry in lifts:
        for source, target in _both_ways(list(entry.cabin_nodes.values())):
            shared = tuple(graph for graph in graphs[source] if graph in graphs[target])
            if shared:
                yield Edge(
                    edge_id=edge_id(source, target),
                    source=source,
                    target=target,
                    length_m=0.0,
                    lift=entry.lift_id,
                    graphs=shared,
                )


def _both_ways(cabins: list[str]) -> list[tuple[str, str]]:
    """Ordered pairs, each followed by its reverse, so that they are written as one two-way lane."""
    place = {node_id: index for index, node_id in enumerate(cabins)}
    pairs = list(permutations(cabins, 2))
    return sorted(pairs, key=lambda pair: (*sorted((place[pair[0]], place[pair[1]])), place[pair[0]]))
