"""What the link hands to the views directly: paths and poses, never through the core."""

from fleet.core import commands as cm
from fleet.views import LivePath, LivePoint, LivePose
from missions.planning.cells import CellGraph
from robots import protocol as wire


def path(command: cm.SendOrder, cells: CellGraph) -> LivePath:
    return LivePath(base=_points(command.base, cells), horizon=_points(command.horizon, cells))


def _points(found: tuple[cm.OrderCell, ...], cells: CellGraph) -> tuple[LivePoint, ...]:
    places = [cells.cells[cell.cell] for cell in found]
    return tuple(LivePoint(level=place.level, x_m=place.x_m, y_m=place.y_m) for place in places)


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
