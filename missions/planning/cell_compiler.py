"""The cells and moves of a planning view as the values that the planner works with. See docs/planning.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from maps.elements import Node, NodeKind, Room
from maps.graph import SiteGraph
from maps.planning_view.arrays import Csr, Footprint, PlanningView
from maps.planning_view.compiler import compile_view
from maps.planning_view.permits import edge_tokens
from missions.planning.cell_values import Cell, CellSizes, Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The result, in the order of the site file. Everything in it says what the view's arrays say."""

    view: PlanningView
    cells: dict[str, Cell]
    moves: dict[str, list[Move]]
    conflicts: dict[str, tuple[str, ...]]
    room_cells: dict[str, tuple[str, ...]]
    places: tuple[str, ...]
    """Nodes that people or missions send robots to."""


def compile_cells(graph: SiteGraph, sizes: CellSizes) -> Compiled:
    """Cells, moves, conflicts and rooms of a site."""
    footprint = Footprint(
        radii_m=(sizes.radius_m,), margin_m=sizes.margin_m, step_m=sizes.step_m, door_m=sizes.door_m
    )
    view = compile_view(graph, footprint)
    cells = {cell.cell_id: cell for cell in _cells(view)}
    return Compiled(
        view=view,
        cells=cells,
        moves=_moves(graph, view),
        conflicts=_conflicts(view),
        room_cells={room_id: tuple(_cells_of(room, cells)) for room_id, room in graph.rooms.items()},
        places=tuple(node.node_id for node in graph.nodes.values() if _is_place(node)),
    )


def _is_place(node: Node) -> bool:
    if node.kind is NodeKind.LIFT_CABIN:
        return False
    ordinary = node.kind in (NodeKind.WAYPOINT, NodeKind.DOOR)
    return bool(node.names) or node.room is not None or not ordinary


def _cells(view: PlanningView) -> Iterator[Cell]:
    cells = view.cells
    doors = _names(cells.doors, view.door_ids)
    lanes, levels = _or_none(view.edge_ids), view.level_ids
    lifts, rooms = _or_none(view.lift_ids), _or_none(view.room_ids)
    columns = (cells.x_m, cells.y_m, cells.level, cells.lane, cells.lift, cells.room, cells.stoppable)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for number, (x_m, y_m, level, lane, lift, room, stoppable) in enumerate(rows):
        cell_id = view.cell_ids[number]
        yield Cell(
            cell_id=cell_id,
            level=levels[level],
            x_m=x_m,
            y_m=y_m,
            node=cell_id if number < view.node_count else None,
            lane=lanes[lane],
            doors=tuple(sorted(doors[number])),
            lift=lifts[lift],
            room=rooms[room],
            stoppable=stoppable,
        )


def _moves(graph: SiteGraph, view: PlanningView) -> dict[str, list[Move]]:
    moves, edges = view.moves, list(graph.edges.values())
    tokens = [edge_tokens(edge) for edge in edges]
    doors = _names(moves.doors, view.door_ids)
    columns = (
        moves.source,
        moves.target,
        moves.edge,
        moves.length_m,
        moves.speed_mps_max,
        moves.doors_s,
        moves.ride_s,
    )
    found: dict[str, list[Move]] = {cell_id: [] for cell_id in view.cell_ids}
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for number, (source, target, edge, length_m, limit_mps, doors_s, ride_s) in enumerate(rows):
        found[view.cell_ids[source]].append(
            Move(
                cell=view.cell_ids[target],
                length_m=length_m,
                graphs=tokens[edge],
                speed_mps_max=None if limit_mps == float("inf") else limit_mps,
                lift=edges[edge].lift,
                doors=doors[number],
                doors_s=doors_s,
                ride_s=ride_s,
            )
        )
    return found


def _conflicts(view: PlanningView) -> dict[str, tuple[str, ...]]:
    near = _names(view.conflicts_of(), view.cell_ids)
    return {cell_id: tuple(sorted(near[number])) for number, cell_id in enumerate(view.cell_ids)}


def _names(table: Csr, ids: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each row of the table in words."""
    items, starts = table.items.tolist(), table.start.tolist()
    return [tuple(ids[item] for item in items[a:b]) if a < b else () for a, b in pairwise(starts)]


def _or_none(ids: tuple[str, ...]) -> tuple[str | None, ...]:
    """The ids, and None where an index says NONE (-1: the last)."""
    return (*ids, None)


def _cells_of(room: Room, cells: dict[str, Cell]) -> Iterator[str]:
    """Cells in the room and in its doorways: a room that must be empty has its doors closed too."""
    doors = dict.fromkeys(room.doors)
    nodes = dict.fromkeys(room.nodes)
    for cell in cells.values():
        if cell.room == room.room_id or cell.cell_id in nodes or any(door in doors for door in cell.doors):
            yield cell.cell_id
