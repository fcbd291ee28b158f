"""What the wheels were told last, so that they hear it again only when it changes."""

from robots.drivers.base import Drive, Halt, ToBody, Waypoint
from robots.protocol import Factsheet, OrderNode
from robots.skills.base import Pace

SLOWEST_MPS = 0.05


class Steering:
    def __init__(self, facts: Factsheet) -> None:
        self._facts = facts
        self._path: tuple[Waypoint, ...] | None = None
        """None: unknown, a body may still follow an earlier program's path."""
        self._halted = False
        self._aim: tuple[tuple[OrderNode, ...], Pace] | None = None
        """What the path was made of, to see quickly that nothing is new."""

    @property
    def is_driving(self) -> bool:
        return bool(self._path)

    def aim(self, nodes: tuple[OrderNode, ...], pace: Pace) -> tuple[ToBody, ...]:
        """Follow these nodes; empty: brake and hold."""
        if self._aim is not None and self._aim[0] is nodes and self._aim[1] == pace:
            return ()
        self._aim = (nodes, pace)
        path = tuple(self._waypoint(node, pace) for node in nodes)
        if path == self._path:
            return ()
        self._path, self._halted = path, False
        return (Drive(path=path),)

    def halt(self) -> tuple[ToBody, ...]:
        if self._halted:
            return ()
        self._path, self._halted, self._aim = (), True, None
        return (Halt(),)

    def reached(self, seq: int) -> None:
        """The body has passed this waypoint: what is left of the path needs no repeating."""
        if self._path is not None:
            self._path = tuple(point for point in self._path if point.seq > seq)

    def _waypoint(self, node: OrderNode, pace: Pace) -> Waypoint:
        limits = (self._facts.speed_mps_max, node.speed_mps_max, pace.speed_mps_max)
        return Waypoint(
            x_m=node.x_m,
            y_m=node.y_m,
            level=node.level,
            seq=node.seq,
            speed_mps_max=max(SLOWEST_MPS, min(limit for limit in limits if limit is not None)),
            yaw_rad=node.yaw_rad,
            lift=node.lift,
        )
