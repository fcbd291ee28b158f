"""The doors and lifts of an Open-RMF navigation graph; those that the file does not place are assumed."""

import math
from collections.abc import Iterable, Mapping

from maps.elements import Door, Lift, Node, NodeKind, Point
from maps.geometry import RESOLUTION_DIGITS, centre, crossing_m, rounded
from maps.importers.rmf_nav_file import NavGraph, NavLift
from maps.site_lanes import crossings

Lane = tuple[Node, Node, str]
"""Source, target, and the name of the door between them ('' for none)."""

_LEAF_M = 1.0
"""Width of a door that the file does not place."""
_CABIN_M = 1.5
"""Width and depth of a cabin that the file does not measure."""
_SPREAD_M = 0.1
"""Open-RMF refuses cabin vertices that lie further from each other than this."""


# -- doors -----------------------------------------------------------------------------------------------


def doors(raw: NavGraph, lanes: list[Lane], notes: list[str]) -> dict[str, Door]:
    """All doors by id. One that no lane passes is drawn, and nobody commands it."""
    found = {
        name: _door(name, entry.level, entry.start, entry.end, automatic=_is_passed(name, raw, lanes))
        for name, entry in raw.doors.items()
    }
    for source, target, name in lanes:
        if name and name not in found:
            start, end = _leaf(source, target)
            found[name] = _door(name, source.level, start, end, automatic=True)
            notes.append(
                f"Door '{name}' has no place in the file: the middle of the lane from {source.node_id} to"
                f" {target.node_id} is taken."
            )
    return found


def passed(source: Node, target: Node, name: str, known: Mapping[str, Door]) -> dict[str, float]:
    """Door to distance from the source: those that the lane crosses, and the one that it names."""
    a, b = (source.x_m, source.y_m), (target.x_m, target.y_m)
    here = [door for door in known.values() if door.level == source.level]
    found = {crossing.door: crossing.at_m for crossing in crossings(a, b, here)}
    if name and name not in found:
        found[name] = round(math.dist(a, b) / 2, RESOLUTION_DIGITS)
    return dict(sorted(found.items(), key=lambda entry: (entry[1], entry[0])))


def _is_passed(name: str, raw: NavGraph, lanes: list[Lane]) -> bool:
    door = raw.doors[name]
    return any(
        named == name
        or (
            source.level == door.level
            and crossing_m((source.x_m, source.y_m), (target.x_m, target.y_m), door.start, door.end)
            is not None
        )
        for source, target, named in lanes
    )


def _door(name: str, level: str, start: Point, end: Point, *, automatic: bool) -> Door:
    return Door(door_id=name, level=level, names={"en": name}, start=start, end=end, automatic=automatic)


def _leaf(source: Node, target: Node) -> tuple[Point, Point]:
    """A leaf across the middle of the lane."""
    x_m, y_m = (source.x_m + target.x_m) / 2, (source.y_m + target.y_m) / 2
    heading = math.atan2(target.y_m - source.y_m, target.x_m - source.x_m)
    dx_m, dy_m = -math.sin(heading) * _LEAF_M / 2, math.cos(heading) * _LEAF_M / 2
    return rounded((x_m - dx_m, y_m - dy_m)), rounded((x_m + dx_m, y_m + dy_m))


# -- lifts -----------------------------------------------------------------------------------------------


def lifts(raw: NavGraph, nodes: Iterable[Node], notes: list[str]) -> list[Lift]:
    """All lifts: those that the file places, then those that only vertices name."""
    cabins: dict[str, list[Node]] = {name: [] for name in raw.lifts}
    for node in nodes:
        if node.kind is NodeKind.LIFT_CABIN and node.lift:
            cabins.setdefault(node.lift, []).append(node)
    return [_lift(name, raw.lifts.get(name), inside, notes) for name, inside in cabins.items()]


def _lift(name: str, placed: NavLift | None, inside: list[Node], notes: list[str]) -> Lift:
    cabin_nodes: dict[str, str] = {}
    for node in inside:
        if cabin_nodes.setdefault(node.level, node.node_id) != node.node_id:
            notes.append(
                f"Lift {name} has two cabin vertices on {node.level}: {cabin_nodes[node.level]} is taken."
            )
    if len(cabin_nodes) < 2:
        notes.append(f"Lift {name} is joined by lanes on {len(cabin_nodes)} levels: nobody can ride it.")
    cabin = placed or _assumed(name, inside, notes)
    _note_spread(name, inside, notes)
    return Lift(
        lift_id=name,
        names={"en": name},
        cabin_nodes=cabin_nodes,
        center=cabin.center,
        width_m=cabin.width_m,
        depth_m=cabin.depth_m,
        yaw_rad=round(math.remainder(cabin.yaw_rad, math.tau), 6),
        home_level=next(iter(cabin_nodes), ""),
    )


def _assumed(name: str, inside: list[Node], notes: list[str]) -> NavLift:
    middle = rounded(centre([(node.x_m, node.y_m) for node in inside]))
    notes.append(f"The file does not measure lift {name}: {_CABIN_M:g} m by {_CABIN_M:g} m is taken.")
    return NavLift(center=middle, yaw_rad=0.0, width_m=_CABIN_M, depth_m=_CABIN_M)


def _note_spread(name: str, inside: list[Node], notes: list[str]) -> None:
    points = [(node.x_m, node.y_m) for node in inside]
    spread_m = max((math.dist(a, b) for a in points for b in points), default=0.0)
    if spread_m > _SPREAD_M:
        notes.append(
            f"The cabin vertices of lift {name} lie up to {spread_m:.2f} m from each other: look at them."
        )
