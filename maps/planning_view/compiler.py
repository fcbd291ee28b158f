"""compile_view: a site and the robots' footprint in, the planning view's arrays out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import shapely

from maps.elements import Edge, Lift, NodeKind
from maps.graph import SiteGraph
from maps.planning_view.arrays import (
    NONE,
    Bools,
    Cells,
    Csr,
    Floats,
    Footprint,
    Indices,
    Ints,
    Moves,
    PlanningView,
)
from maps.planning_view.conflicts import cell_conflicts, csr
from maps.planning_view.cut import Lane, Points, Steps, cut_lanes, place_points, step_along
from maps.planning_view.permits import edge_tokens
from maps.planning_view.zones import Rules, apply_zones

KEPT_MAX = 4
"""Sites, or footprints, that one process works with at a time."""
MOUTH_M = 0.6
"""In front of a lift nobody waits within half its cabin's longer side and this much more."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Equal when the result is."""

    content_hash: str
    footprint: Footprint
    graph: SiteGraph = field(compare=False)


def compile_view(graph: SiteGraph, footprint: Footprint) -> PlanningView:
    """The arrays of a site. Equal sites and footprints give equal arrays on every machine.

    The last few results are kept, so that a site is compiled once in a process.
    """
    return _compiled(_Job(graph.content_hash(), footprint, graph))


@lru_cache(maxsize=KEPT_MAX)
def _compiled(job: _Job) -> PlanningView:
    graph, footprint = job.graph, job.footprint
    lanes = cut_lanes(graph, footprint.step_m)
    points = place_points(graph, lanes)
    cells = _cells(graph, lanes, points, footprint.door_m)
    moves = _moves(graph, lanes, points)
    tokens, permits = _permits(list(graph.edges.values()))
    count = len(points.ids)
    numbers = np.arange(len(moves.source), dtype=np.int32)
    return PlanningView(
        content_hash=job.content_hash,
        footprint=footprint,
        cell_ids=points.ids,
        index={cell_id: number for number, cell_id in enumerate(points.ids)},
        node_count=len(graph.nodes),
        edge_ids=tuple(graph.edges),
        level_ids=tuple(graph.levels),
        lift_ids=tuple(graph.lifts),
        room_ids=tuple(graph.rooms),
        door_ids=tuple(graph.doors),
        tokens=tokens,
        permits=permits,
        cells=cells,
        moves=moves,
        out=csr(moves.source, numbers, count),
        into=csr(moves.target, numbers, count),
        cell_conflicts=cell_conflicts(footprint, points.x_m, points.y_m, points.level, cells.lift),
    )


def _permits(edges: list[Edge]) -> tuple[tuple[str, ...], Bools]:
    wanted = [edge_tokens(edge) for edge in edges]
    tokens = tuple(sorted(dict.fromkeys(token for found in wanted for token in found)))
    row = {token: number for number, token in enumerate(tokens)}
    permits = np.zeros((len(tokens), len(edges)), np.bool_)
    for column, found in enumerate(wanted):
        permits[[row[token] for token in found], column] = True
    return tokens, permits


# -- cells


def _cells(graph: SiteGraph, lanes: list[Lane], points: Points, door_m: float) -> Cells:
    edge_of = {edge_id: number for number, edge_id in enumerate(graph.edges)}
    lane_edge = np.array([edge_of[lane.edges[0].edge_id] for lane in lanes] or [NONE], np.int32)
    lift = np.full(len(points.ids), NONE, np.int32)
    lift[: len(graph.nodes)] = _numbers([node.lift for node in graph.nodes.values()], list(graph.lifts))
    doors = _doors_of_cells(graph, lanes, door_m, len(points.ids))
    stoppable = ~_in_a_mouth(graph, lanes, points)
    nodes = list(graph.nodes.values())
    stoppable[: len(nodes)] = [node.lift is None and node.kind is not NodeKind.DOOR for node in nodes]
    stoppable &= np.diff(doors.start) == 0
    return Cells(
        x_m=points.x_m,
        y_m=points.y_m,
        level=points.level,
        lane=np.where(points.lane == NONE, NONE, lane_edge[points.lane]).astype(np.int32),
        at_m=points.at_m,
        lift=lift,
        room=_rooms_of_cells(graph, points),
        stoppable=stoppable,
        doors=doors,
    )


def _numbers(names: list[str | None], known: list[str]) -> Ints:
    number = {name: index for index, name in enumerate(known)}
    return np.array([NONE if name is None else number.get(name, NONE) for name in names], np.int32)


def _in_a_mouth(graph: SiteGraph, lanes: list[Lane], points: Points) -> Bools:
    """Inner points so near to a cabin that a robot there would stand in its door."""
    found = np.zeros(len(points.ids), np.bool_)
    for lane in lanes:
        inner = slice(lane.inner, lane.inner + lane.steps - 1)
        for node in (lane.first, lane.second):
            if node.lift is not None and node.lift in graph.lifts:
                away_m = np.hypot(points.x_m[inner] - node.x_m, points.y_m[inner] - node.y_m)
                found[inner] |= away_m < _mouth_m(graph.lifts[node.lift])
    return found


def _mouth_m(lift: Lift) -> float:
    return max(lift.width_m, lift.depth_m) / 2 + MOUTH_M


def _doors_of_cells(graph: SiteGraph, lanes: list[Lane], door_m: float, count: int) -> Csr:
    numbers = {door_id: number for number, door_id in enumerate(graph.doors)}
    pairs = {
        (lane.cell(point), numbers[door_id]): None
        for lane in lanes
        for door_id, at_m in _crossings(graph, lane)
        for point in range(lane.steps + 1)
        if abs(lane.offset_m(point) - at_m) <= door_m
    }
    found = np.array(list(pairs), np.int32).reshape(-1, 2)
    return csr(found[:, 0], found[:, 1], count)


def _crossings(graph: SiteGraph, lane: Lane) -> Iterator[tuple[str, float]]:
    """Automatic doors of the lane, measured from its first node."""
    for edge in lane.edges:
        for crossing in edge.doors:
            if graph.doors[crossing.door].automatic:
                forward = edge.source == lane.first.node_id
                yield crossing.door, crossing.at_m if forward else edge.length_m - crossing.at_m


def _rooms_of_cells(graph: SiteGraph, points: Points) -> Ints:
    """The smallest room that contains a point is its room; a node keeps what the site says of it."""
    level_of = {level_id: number for number, level_id in enumerate(graph.levels)}
    number = {room_id: index for index, room_id in enumerate(graph.rooms)}
    nodes = list(graph.nodes.values())
    found = np.full(len(points.ids), NONE, np.int32)
    said = _numbers([node.room for node in nodes], list(graph.rooms))
    free = np.ones(len(points.ids), np.bool_)
    free[: len(nodes)] = [node.room is None and node.lift is None for node in nodes]
    shapes = sorted(
        ((shapely.Polygon(room.polygon), room) for room in graph.rooms.values() if len(room.polygon) > 2),
        key=lambda pair: (-pair[0].area, pair[1].room_id),
    )
    for shape, room in shapes:
        mine = np.flatnonzero(free & (points.level == level_of.get(room.level, NONE)))
        inside = shapely.contains_xy(shape, points.x_m[mine], points.y_m[mine])
        found[mine[inside]] = number[room.room_id]
    found[: len(nodes)] = np.where(said != NONE, said, found[: len(nodes)])
    return found


# -- moves


def _moves(graph: SiteGraph, lanes: list[Lane], points: Points) -> Moves:
    steps = step_along(graph, lanes)
    edges = list(graph.edges.values())
    limits = np.array([math.inf if e.speed_mps_max is None else e.speed_mps_max for e in edges] or [0.0])
    rules = Rules(kept=np.ones(len(steps.source), np.bool_), speed_mps_max=limits[steps.edge])
    apply_zones(graph, points, steps.source, steps.target, rules)
    order = np.argsort(steps.source, kind="stable")
    order = order[rules.kept[order]]
    doors, doors_s = _doors_of_moves(graph, edges, steps, order)
    rides_s = np.array([_ride_s(graph, edge) for edge in edges] or [0.0])
    return Moves(
        source=steps.source[order],
        target=steps.target[order],
        edge=steps.edge[order],
        length_m=steps.length_m[order],
        speed_mps_max=rules.speed_mps_max[order],
        doors_s=doors_s,
        ride_s=rides_s[steps.edge[order]],
        doors=doors,
    )


def _doors_of_moves(graph: SiteGraph, edges: list[Edge], steps: Steps, order: Indices) -> tuple[Csr, Floats]:
    numbers = {door_id: number for number, door_id in enumerate(graph.doors)}
    with_doors = np.array([bool(edge.doors) for edge in edges] or [False], np.bool_)
    start, items, opens_s = np.zeros(len(order) + 1, np.int32), [], np.zeros(len(order))
    for move in np.flatnonzero(with_doors[steps.edge[order]]):
        step = order[move]
        edge, place, step_m = edges[steps.edge[step]], steps.place[step], float(steps.length_m[step])
        crossed = list(_doors_between(graph, edge, place * step_m, (place + 1) * step_m))
        items += [numbers[door_id] for door_id in crossed]
        start[move + 1] = len(crossed)
        opens_s[move] = max((graph.doors[door_id].open_s for door_id in crossed), default=0.0)
    return Csr(start=np.cumsum(start, dtype=np.int32), items=np.array(items, np.int32)), opens_s


def _doors_between(graph: SiteGraph, edge: Edge, start_m: float, end_m: float) -> Iterator[str]:
    # A door exactly at a cell belongs to the moves on both sides: it must be open for both.
    for crossing in edge.doors:
        if start_m - 1e-9 <= crossing.at_m <= end_m + 1e-9 and graph.doors[crossing.door].automatic:
            yield crossing.door


def _ride_s(graph: SiteGraph, edge: Edge) -> float:
    """The cabin comes from as far as it then rides, and opens twice: an estimate."""
    if edge.lift is None:
        return 0.0
    lift = graph.lifts[edge.lift]
    source, target = graph.nodes[edge.source].level, graph.nodes[edge.target].level
    rise_m = abs(graph.levels[source].elevation_m - graph.levels[target].elevation_m)
    return 4 * lift.door_s + 2 * rise_m / lift.speed_mps
