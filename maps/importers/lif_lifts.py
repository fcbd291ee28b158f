"""Lifts of a LIF layout: it has none, but edges that lead to another level, on which a robot must ride."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from maps.elements import Lift, Point
from maps.geometry import centre, rounded
from maps.importers.lif_file import LifEdge

CABIN_M = 1.5
"""Width and depth of a cabin that nothing measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A lift, and the nodes that lie in it."""

    lift: Lift
    nodes: tuple[str, ...]


def rides(
    edges: Sequence[LifEdge], levels: Mapping[str, str], points: Mapping[str, Point], notes: list[str]
) -> list[Ride]:
    """One lift for all nodes that edges join over levels; `levels` and `points` say where nodes lie."""
    between = [edge for edge in edges if levels[edge.start_node_id] != levels[edge.end_node_id]]
    found: list[Ride] = []
    for nodes in _joined(between, list(levels)):
        inside = [edge for edge in between if edge.start_node_id in nodes]
        lift_id = _free(_label(inside) or f"lift_{len(found) + 1}", [ride.lift.lift_id for ride in found])
        found.append(Ride(lift=_lift(lift_id, nodes, levels, points, notes), nodes=nodes))
    return found


def _joined(between: list[LifEdge], order: list[str]) -> Iterator[tuple[str, ...]]:
    """Groups of nodes that hang together, in the order of the file."""
    group = {end: {end: None} for edge in between for end in (edge.start_node_id, edge.end_node_id)}
    for edge in between:
        a, b = group[edge.start_node_id], group[edge.end_node_id]
        if a is not b:
            a.update(b)
            group.update(dict.fromkeys(b, a))
    seen: dict[str, None] = {}
    for node_id in order:
        if node_id in group and node_id not in seen:
            seen.update(group[node_id])
            yield tuple(other for other in order if other in group[node_id])


def _label(inside: list[LifEdge]) -> str:
    """The name that all the edges bear."""
    names = list(dict.fromkeys(edge.edge_name for edge in inside))
    return names[0] if len(names) == 1 else ""


def _free(wanted: str, taken: list[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _lift(
    lift_id: str,
    nodes: tuple[str, ...],
    levels: Mapping[str, str],
    points: Mapping[str, Point],
    notes: list[str],
) -> Lift:
    cabins: dict[str, str] = {}
    for node_id in nodes:
        cabins.setdefault(levels[node_id], node_id)
    if len(cabins) < len(nodes):
        notes.append(f"Lift {lift_id} joins several nodes of one level: {', '.join(nodes)}.")
    notes.append(
        f"Edges join the levels {', '.join(cabins)}: lift {lift_id} is taken, {CABIN_M:g} m by {CABIN_M:g} m."
    )
    return Lift(
        lift_id=lift_id,
        names={"en": lift_id},
        cabin_nodes=cabins,
        center=rounded(centre([points[node_id] for node_id in cabins.values()])),
        width_m=CABIN_M,
        depth_m=CABIN_M,
        home_level=next(iter(cabins)),
    )
