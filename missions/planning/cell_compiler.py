"""Cuts a site graph into cells and moves, and finds which cells conflict. See docs/planning.md.

Two directions of a lane, and parallel lanes between the same two nodes, share their points: they are
straight lines between the same places.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import shapely

from maps.elements import Edge, Lift, Node, NodeKind, Room
from maps.graph import SiteGraph
from missions.planning.cell_values import Cell, CellSizes, Move


@dataclass(slots=True)
class Compiled:
    """The result, in the order of the site file."""

    cells: dict[str, Cell] = field(default_factory=dict)
    moves: dict[str, list[Move]] = field(default_factory=dict)
    conflicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    room_cells: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    """Nodes that people or missions send robots to."""
    graph_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Lane:
    """All edges between two nodes. points run from first to second, both included."""

    edges: tuple[Edge, ...]
    first: Node
    second: Node
    points: tuple[str, ...]

    @property
    def canonical(self) -> Edge:
        return self.edges[0]

    def offset_m(self, index: int) -> float:
        return self.canonical.length_m * index / (len(self.points) - 1)


def compile_cells(graph: SiteGraph, sizes: CellSizes) -> Compiled:
    """Cells, moves, conflicts and rooms of a site."""
    compiled = Compiled()
    for node in graph.nodes.values():
        _add(compiled, _node_cell(node))
    lanes = [_lane(graph, edges, sizes.step_m) for edges in _edges_by_pair(graph)]
    for lane in lanes:
        for cell in _inner_cells(graph, lane):
            _add(compiled, cell)
    _mark_rooms(graph, compiled)
    for lane in lanes:
        _mark_doors(graph, compiled, lane, sizes.door_m)
        for edge in lane.edges:
            _add_moves(graph, compiled, lane, edge)
    compiled.conflicts = find_conflicts(compiled.cells, sizes.conflict_m)
    compiled.room_cells = {room_id: tuple(_cells_of(room, compiled)) for room_id, room in graph.rooms.items()}
    compiled.places = tuple(node.node_id for node in graph.nodes.values() if _is_place(node))
    names = (name for edge in graph.edges.values() for name in edge.graphs)
    compiled.graph_names = tuple(sorted(dict.fromkeys(names)))
    return compiled


def _is_place(node: Node) -> bool:
    if node.kind is NodeKind.LIFT_CABIN:
        return False
    return bool(node.names) or node.room is not None or node.kind is not NodeKind.WAYPOINT


def _add(compiled: Compiled, cell: Cell) -> None:
    compiled.cells[cell.cell_id] = cell
    compiled.moves[cell.cell_id] = []


def _node_cell(node: Node) -> Cell:
    return Cell(
        cell_id=node.node_id,
        level=node.level,
        x_m=node.x_m,
        y_m=node.y_m,
        node=node.node_id,
        lift=node.lift,
        room=node.room,
        stoppable=node.lift is None,
    )


def _edges_by_pair(graph: SiteGraph) -> list[tuple[Edge, ...]]:
    pairs: dict[tuple[str, str], list[Edge]] = {}
    for edge in graph.edges.values():
        ends = (edge.source, edge.target)
        pairs.setdefault((min(ends), max(ends)), []).append(edge)
    return [tuple(sorted(edges, key=lambda e: (e.source, e.target, e.edge_id))) for edges in pairs.values()]


def _lane(graph: SiteGraph, edges: tuple[Edge, ...], step_m: float) -> _Lane:
    canonical = edges[0]
    first, second = graph.nodes[canonical.source], graph.nodes[canonical.target]
    steps = 1
    if canonical.lift is None and first.level == second.level:
        steps = max(1, math.ceil(canonical.length_m / step_m - 1e-9))
    inner = (f"{canonical.edge_id}#{k}" for k in range(1, steps))
    return _Lane(edges, first, second, (first.node_id, *inner, second.node_id))


def _inner_cells(graph: SiteGraph, lane: _Lane) -> Iterator[Cell]:
    mouths = [_mouth(graph, node) for node in (lane.first, lane.second)]
    steps = len(lane.points) - 1
    for k in range(1, steps):
        share = k / steps
        x_m = lane.first.x_m + share * (lane.second.x_m - lane.first.x_m)
        y_m = lane.first.y_m + share * (lane.second.y_m - lane.first.y_m)
        in_mouth = any(math.hypot(x_m - x, y_m - y) < reach_m for x, y, reach_m in mouths)
        yield Cell(
            cell_id=lane.points[k],
            level=lane.first.level,
            x_m=x_m,
            y_m=y_m,
            lane=lane.canonical.edge_id,
            stoppable=not in_mouth,
        )


def _mouth(graph: SiteGraph, node: Node) -> tuple[float, float, float]:
    """Centre and reach of the place before a lift where nobody waits; reach 0 at other nodes."""
    if node.lift is None or node.lift not in graph.lifts:
        return (node.x_m, node.y_m, 0.0)
    lift = graph.lifts[node.lift]
    return (node.x_m, node.y_m, max(lift.width_m, lift.depth_m) / 2 + 0.6)


def _mark_rooms(graph: SiteGraph, compiled: Compiled) -> None:
    """The smallest room that contains a point is its room; a node keeps what the site says of it."""
    ids = [c.cell_id for c in compiled.cells.values() if c.room is None and c.lift is None]
    shapes = sorted(
        ((shapely.Polygon(r.polygon), r) for r in graph.rooms.values() if len(r.polygon) > 2),
        key=lambda pair: (-pair[0].area, pair[1].room_id),
    )
    xs = [compiled.cells[i].x_m for i in ids]
    ys = [compiled.cells[i].y_m for i in ids]
    for shape, room in shapes:
        inside = shapely.contains_xy(shape, xs, ys)
        for cell_id, within in zip(ids, inside.tolist(), strict=True):
            cell = compiled.cells[cell_id]
            if within and cell.level == room.level:
                compiled.cells[cell_id] = replace(cell, room=room.room_id)


def _mark_doors(graph: SiteGraph, compiled: Compiled, lane: _Lane, door_m: float) -> None:
    for door_id, at_m in _crossings(graph, lane):
        for index, cell_id in enumerate(lane.points):
            cell = compiled.cells[cell_id]
            if abs(lane.offset_m(index) - at_m) <= door_m and door_id not in cell.doors:
                doors = tuple(sorted((*cell.doors, door_id)))
                compiled.cells[cell_id] = replace(cell, doors=doors, stoppable=False)


def _crossings(graph: SiteGraph, lane: _Lane) -> Iterator[tuple[str, float]]:
    """Automatic doors of the lane, measured from its first node."""
    for edge in lane.edges:
        for crossing in edge.doors:
            if graph.doors[crossing.door].automatic:
                forward = edge.source == lane.first.node_id
                yield crossing.door, crossing.at_m if forward else edge.length_m - crossing.at_m


def _add_moves(graph: SiteGraph, compiled: Compiled, lane: _Lane, edge: Edge) -> None:
    forward = edge.source == lane.first.node_id
    points = lane.points if forward else lane.points[::-1]
    step_m = edge.length_m / (len(points) - 1)
    for index, (here, there) in enumerate(pairwise(points)):
        doors = tuple(_doors_between(graph, edge, index * step_m, (index + 1) * step_m))
        compiled.moves[here].append(
            Move(
                cell=there,
                length_m=step_m,
                graphs=edge.graphs,
                speed_mps_max=edge.speed_mps_max,
                lift=edge.lift,
                doors=doors,
                doors_s=max((graph.doors[door].open_s for door in doors), default=0.0),
                ride_s=_ride_s(graph, edge),
            )
        )


def _doors_between(graph: SiteGraph, edge: Edge, start_m: float, end_m: float) -> Iterator[str]:
    # A door exactly at a cell belongs to the moves on both sides: it must be open for both.
    for crossing in edge.doors:
        if start_m - 1e-9 <= crossing.at_m <= end_m + 1e-9 and graph.doors[crossing.door].automatic:
            yield crossing.door


def _ride_s(graph: SiteGraph, edge: Edge) -> float:
    """The cabin comes from as far as it then rides, and opens twice: an estimate."""
    if edge.lift is None:
        return 0.0
    lift: Lift = graph.lifts[edge.lift]
    source, target = graph.nodes[edge.source].level, graph.nodes[edge.target].level
    rise_m = abs(graph.levels[source].elevation_m - graph.levels[target].elevation_m)
    return 4 * lift.door_s + 2 * rise_m / lift.speed_mps


def _cells_of(room: Room, compiled: Compiled) -> Iterator[str]:
    """Cells in the room and in its doorways: a room that must be empty has its doors closed too."""
    doors = dict.fromkeys(room.doors)
    nodes = dict.fromkeys(room.nodes)
    for cell in compiled.cells.values():
        if cell.room == room.room_id or cell.cell_id in nodes or any(door in doors for door in cell.doors):
            yield cell.cell_id


def find_conflicts(cells: dict[str, Cell], conflict_m: float) -> dict[str, tuple[str, ...]]:
    """For each cell the cells that no other robot may hold at the same time; itself included, sorted."""
    tiles: dict[tuple[str, int, int], list[Cell]] = {}
    cabins: dict[str, list[str]] = {}
    for cell in cells.values():
        tiles.setdefault(_tile(cell, conflict_m), []).append(cell)
        if cell.lift is not None:
            cabins.setdefault(cell.lift, []).append(cell.cell_id)
    found: dict[str, tuple[str, ...]] = {}
    for cell in cells.values():
        near = dict.fromkeys(other.cell_id for other in _near(tiles, cell, conflict_m))
        near.update(dict.fromkeys(cabins[cell.lift] if cell.lift is not None else ()))
        found[cell.cell_id] = tuple(sorted(near))
    return found


def _tile(cell: Cell, size_m: float) -> tuple[str, int, int]:
    return (cell.level, math.floor(cell.x_m / size_m), math.floor(cell.y_m / size_m))


def _near(tiles: dict[tuple[str, int, int], list[Cell]], cell: Cell, reach_m: float) -> Iterator[Cell]:
    level, column, row = _tile(cell, reach_m)
    for x in (column - 1, column, column + 1):
        for y in (row - 1, row, row + 1):
            for other in tiles.get((level, x, y), ()):
                if math.hypot(cell.x_m - other.x_m, cell.y_m - other.y_m) < reach_m - 1e-9:
                    yield other
