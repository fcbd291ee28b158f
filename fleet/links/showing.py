"""What the link hands to the views directly: paths and poses, never through the core."""

from fleet.core import commands as cm
from fleet.views import LivePath, LivePoint, LivePose
from missions.planning.cells import Cell, CellGraph
from robots import protocol as wire


def path(command: cm.SendOrder, cells: CellGraph) -> LivePath:
    return LivePath(
        order_id=command.order_id, base=_points(command.base, cells), horizon=_points(command.horizon, cells)
    )


def _points(cells_of_order: tuple[cm.OrderCell, ...], cells: CellGraph) -> tuple[LivePoint, ...]:
    return tuple(_point(point, cells.cells[point.cell]) for point in cells_of_order)


def _point(point: cm.OrderCell, cell: Cell) -> LivePoint:
    return LivePoint(cell=point.cell, seq=point.seq, level=cell.level, x_m=cell.x_m, y_m=cell.y_m)


def pose(message: wire.Pose | wire.State, now_s: float) -> LivePose:
    speed = message.speed_mps if isinstance(message, wire.Pose) else 0.0
    return LivePose(
        level=message.level,
        x_m=message.x_m,
        y_m=message.y_m,
        yaw_rad=message.yaw_rad,
        speed_mps=speed,
        at_s=now_s,
    )
