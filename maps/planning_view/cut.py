"""Cuts the lanes of a site into points and steps.

Two directions of a lane, and parallel lanes between the same two nodes, share their points: they are
straight lines between the same places.
"""

import math
from dataclasses import dataclass

import numpy as np

from maps.elements import Edge, Node
from maps.graph import SiteGraph
from maps.planning_view.arrays import NONE, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """All edges between two nodes. Its points run from first to second, both included."""

    edges: tuple[Edge, ...]
    """The first gives the inner points their names."""
    first: Node
    second: Node
    steps: int
    inner: int
    """The cell of its first inner point."""
    first_cell: int
    second_cell: int

    @property
    def length_m(self) -> float:
        return self.edges[0].length_m

    def cell(self, point: int) -> int:
        """The cell of a point, 0 .. steps."""
        if point == 0:
            return self.first_cell
        return self.second_cell if point == self.steps else self.inner + point - 1

    def offset_m(self, point: int) -> float:
        """Along the lane, from first."""
        return self.length_m * point / self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Where all cells are: the nodes, then the inner points lane by lane."""

    ids: tuple[str, ...]
    x_m: Floats
    y_m: Floats
    level: Ints
    lane: Ints
    """Number of the lane; NONE for a node."""
    at_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """All moves, lane by lane, not sorted yet."""

    source: Ints
    target: Ints
    edge: Ints
    length_m: Floats
    place: Ints
    """Which step of its edge it is."""


def cut_lanes(graph: SiteGraph, step_m: float) -> list[Lane]:
    """The lanes in the order in which the site file names them first."""
    number = {node_id: index for index, node_id in enumerate(graph.nodes)}
    lanes, next_cell = [], len(number)
    for edges in _edges_by_pair(graph):
        first, second = graph.nodes[edges[0].source], graph.nodes[edges[0].target]
        steps = _step_count(edges[0], first, second, step_m)
        lanes.append(
            Lane(
                edges=edges,
                first=first,
                second=second,
                steps=steps,
                inner=next_cell,
                first_cell=number[first.node_id],
                second_cell=number[second.node_id],
            )
        )
        next_cell += steps - 1
    return lanes


def _edges_by_pair(graph: SiteGraph) -> list[tuple[Edge, ...]]:
    pairs: dict[tuple[str, str], list[Edge]] = {}
    for edge in graph.edges.values():
        ends = (edge.source, edge.target)
        pairs.setdefault((min(ends), max(ends)), []).append(edge)
    return [tuple(sorted(edges, key=lambda e: (e.source, e.target, e.edge_id))) for edges in pairs.values()]


def _step_count(edge: Edge, first: Node, second: Node, step_m: float) -> int:
    if edge.lift is not None or first.level != second.level:
        return 1
    return max(1, math.ceil(edge.length_m / step_m - 1e-9))


def place_points(graph: SiteGraph, lanes: list[Lane]) -> Points:
    """All cells with their places, to the accuracy of the nodes."""
    level_of = {level_id: number for number, level_id in enumerate(graph.levels)}
    nodes = list(graph.nodes.values())
    lane, point = _inner_points(lanes)
    steps = np.array([found.steps for found in lanes], np.float64)
    share = point / steps[lane]
    x_m, y_m = np.array([n.x_m for n in nodes]), np.array([n.y_m for n in nodes])
    first = np.array([found.first_cell for found in lanes], np.int32)[lane]
    second = np.array([found.second_cell for found in lanes], np.int32)[lane]
    lengths_m = np.array([found.length_m for found in lanes])
    level = np.array([level_of[n.level] for n in nodes], np.int32)
    names = (f"{found.edges[0].edge_id}#{k}" for found in lanes for k in range(1, found.steps))
    return Points(
        ids=(*graph.nodes, *names),
        x_m=np.concatenate([x_m, x_m[first] + share * (x_m[second] - x_m[first])]),
        y_m=np.concatenate([y_m, y_m[first] + share * (y_m[second] - y_m[first])]),
        level=np.concatenate([level, level[first]]),
        lane=np.concatenate([np.full(len(nodes), NONE, np.int32), lane]),
        at_m=np.concatenate([np.zeros(len(nodes)), lengths_m[lane] * point / steps[lane]]),
    )


def _inner_points(lanes: list[Lane]) -> tuple[Ints, Ints]:
    """Of each inner point its lane, and which one of it (from 1)."""
    counts = np.array([lane.steps - 1 for lane in lanes], np.int32)
    number = np.repeat(np.arange(len(lanes), dtype=np.int32), counts)
    return number, _within(counts) + np.int32(1)


def _within(counts: Ints) -> Ints:
    """0 1 2 0 1 0 ... for counts 3 2 1 ..."""
    starts = np.cumsum(counts) - counts
    return (np.arange(int(counts.sum())) - np.repeat(starts, counts)).astype(np.int32)


def step_along(graph: SiteGraph, lanes: list[Lane]) -> Steps:
    """The moves of every edge, in its direction."""
    edge_of = {edge_id: number for number, edge_id in enumerate(graph.edges)}
    runs = [(lane, edge) for lane in lanes for edge in lane.edges]
    counts = np.array([lane.steps for lane, _ in runs], np.int32)
    place = _within(counts)
    forward = np.array([edge.source == lane.first.node_id for lane, edge in runs], np.bool_)
    run = np.repeat(np.arange(len(runs)), counts)
    total = counts[run]
    ahead = forward[run]
    start = np.where(ahead, place, total - place)
    end = np.where(ahead, place + 1, total - place - 1)
    columns = np.array(
        [(lane.first_cell, lane.second_cell, lane.inner) for lane, _ in runs], np.int32
    ).reshape(-1, 3)[run]
    lengths_m = np.array([edge.length_m for _, edge in runs])
    return Steps(
        source=_cells_of(start, total, columns),
        target=_cells_of(end, total, columns),
        edge=np.array([edge_of[edge.edge_id] for _, edge in runs], np.int32)[run],
        length_m=lengths_m[run] / total,
        place=place,
    )


def _cells_of(point: Ints, total: Ints, columns: Ints) -> Ints:
    first, second, inner = columns.T
    cells = np.where(point == 0, first, np.where(point == total, second, inner + point - 1))
    return np.asarray(cells, np.int32)
