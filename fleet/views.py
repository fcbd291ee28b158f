"""The live read model: the latest value of everything that is shown. Written after the commit.

Records are frozen, so a reader may keep what it got. Poses and frames come here directly from the link and
are never journalled. Nothing here decides, waits or does I/O.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from fleet.core.state import (
    AlertRecord,
    ClosureRecord,
    DoorRecord,
    LiftRecord,
    MissionRecord,
    Record,
    RobotRecord,
)
from missions.lifecycle import ENDED

ENDED_KEPT = 500
"""Ended missions that are answered from memory; older ones are in the database."""
HANDLED_KEPT = 200
OPENED_KEPT = 50
"""Closures that have ended: long enough for readers to learn that they have."""
LOG_KEPT = 50_000
"""Changes that a late reader can still catch up with; a later one gets everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePose:
    level: str
    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float
    at_s: float
    """When it was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePoint:
    cell: str
    seq: int
    level: str
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePath:
    """base: from the last cell that the robot passed to the end of what is released; horizon: beyond it."""

    order_id: str = ""
    base: tuple[LivePoint, ...] = ()
    horizon: tuple[LivePoint, ...] = ()
    ending: bool = False
    """The order was cancelled: the path goes when the robot has nothing to do any more."""

    def extended(self, update: "LivePath") -> "LivePath":
        """With an order's update, which begins at the end of what was released before, or earlier."""
        if update.order_id != self.order_id or not update.base:
            return update
        kept = tuple(point for point in self.base if point.seq < update.base[0].seq)
        return replace(update, base=(*kept, *update.base))

    def passed(self, cell: str) -> "LivePath":
        """Without what lies behind the robot."""
        for index, point in enumerate(self.base):
            if point.cell == cell:
                return replace(self, base=self.base[index:]) if index else self
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All of the fleet at one moment, or what changed since a cursor; keyed by id."""

    cursor: int
    missions: dict[str, MissionRecord] = field(default_factory=dict)
    robots: dict[str, RobotRecord] = field(default_factory=dict)
    alerts: dict[str, AlertRecord] = field(default_factory=dict)
    doors: dict[str, DoorRecord] = field(default_factory=dict)
    lifts: dict[str, LiftRecord] = field(default_factory=dict)
    closures: dict[str, ClosureRecord] = field(default_factory=dict)
    poses: dict[str, LivePose] = field(default_factory=dict)


class Views:
    """Every method may be called from any thread; the lock is held for microseconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cursor = 0
        self._log: deque[tuple[int, str, str]] = deque(maxlen=LOG_KEPT)
        self._kinds: dict[str, dict[str, object]] = {
            name: {} for name in ("missions", "robots", "alerts", "doors", "lifts", "closures", "poses")
        }
        self._ended: dict[str, None] = {}
        self._handled: dict[str, None] = {}
        self._opened: dict[str, None] = {}
        self._paths: dict[str, LivePath] = {}
        self._frames: dict[str, bytes] = {}

    # -- writing ---------------------------------------------------------------------------------------

    def changed(self, records: Iterable[Record]) -> None:
        with self._lock:
            for record in records:
                kind, key = _place(record)
                self._put(kind, key, record)
                if isinstance(record, RobotRecord):
                    self._follow(record)
                self._bound(record)

    def pose(self, robot_id: str) -> LivePose | None:
        found = self._kinds["poses"].get(robot_id)
        return found if isinstance(found, LivePose) else None

    def put_pose(self, robot_id: str, pose: LivePose) -> None:
        with self._lock:
            self._put("poses", robot_id, pose)

    def put_path(self, robot_id: str, path: LivePath) -> None:
        """An order's first path, or its update."""
        with self._lock:
            self._paths[robot_id] = self._paths.get(robot_id, LivePath()).extended(path)
            self._touch(robot_id)

    def end_path(self, robot_id: str) -> None:
        """The order is cancelled: nothing is planned beyond what is released."""
        with self._lock:
            path = self._paths.get(robot_id)
            if path is not None:
                self._paths[robot_id] = replace(path, horizon=(), ending=True)
                self._touch(robot_id)

    def put_frame(self, robot_id: str, jpeg: bytes) -> None:
        """The caller has checked that it is a JPEG of bounded size."""
        with self._lock:
            first = robot_id not in self._frames
            self._frames[robot_id] = jpeg
            if first:
                self._touch(robot_id)  # readers learn that there is a camera

    def _put(self, kind: str, key: str, value: object) -> None:
        self._cursor += 1
        self._kinds[kind][key] = value
        self._log.append((self._cursor, kind, key))

    def _touch(self, robot_id: str) -> None:
        record = self._kinds["robots"].get(robot_id)
        if record is not None:
            self._put("robots", robot_id, record)

    def _follow(self, record: RobotRecord) -> None:
        path = self._paths.get(record.robot_id)
        if path is None:
            return
        if path.ending and record.activity == "ready_idle":
            del self._paths[record.robot_id]
        else:
            self._paths[record.robot_id] = path.passed(record.node)

    def _bound(self, record: Record) -> None:
        if isinstance(record, MissionRecord) and record.state in ENDED:
            self._ended.setdefault(record.mission.mission_id)
            self._drop_oldest(self._ended, "missions", ENDED_KEPT)
        elif isinstance(record, AlertRecord) and record.handled_s is not None:
            self._handled.setdefault(record.alert_id)
            self._drop_oldest(self._handled, "alerts", HANDLED_KEPT)
        elif isinstance(record, ClosureRecord) and record.opened_s is not None:
            self._opened.setdefault(record.closure_id)
            self._drop_oldest(self._opened, "closures", OPENED_KEPT)

    def _drop_oldest(self, order: dict[str, None], kind: str, kept: int) -> None:
        while len(order) > kept:
            oldest = next(iter(order))
            del order[oldest]
            self._kinds[kind].pop(oldest, None)

    # -- reading ---------------------------------------------------------------------------------------

    def snapshot(self) -> Picture:
        with self._lock:
            return _picture(self._cursor, {kind: dict(values) for kind, values in self._kinds.items()})

    def changes_since(self, cursor: int) -> Picture:
        """What has a newer value than at cursor; everything when cursor is too old."""
        with self._lock:
            if cursor < self._cursor and (not self._log or self._log[0][0] > cursor + 1):
                return _picture(self._cursor, {kind: dict(values) for kind, values in self._kinds.items()})
            found: dict[str, dict[str, object]] = {kind: {} for kind in self._kinds}
            for at, kind, key in reversed(self._log):
                if at <= cursor:
                    break
                value = self._kinds[kind].get(key)
                if value is not None:
                    found[kind].setdefault(key, value)
            return _picture(self._cursor, found)

    def mission(self, mission_id: str) -> MissionRecord | None:
        found = self._kinds["missions"].get(mission_id)
        return found if isinstance(found, MissionRecord) else None

    def robot(self, robot_id: str) -> RobotRecord | None:
        found = self._kinds["robots"].get(robot_id)
        return found if isinstance(found, RobotRecord) else None

    def closure(self, closure_id: str) -> ClosureRecord | None:
        found = self._kinds["closures"].get(closure_id)
        return found if isinstance(found, ClosureRecord) else None

    def path(self, robot_id: str) -> LivePath | None:
        return self._paths.get(robot_id)

    def frame(self, robot_id: str) -> bytes | None:
        """The latest camera picture, a JPEG."""
        return self._frames.get(robot_id)

    def counts(self) -> tuple[int, int]:
        """Robots online, missions open."""
        robots: Sequence[object] = tuple(self._kinds["robots"].values())
        online = sum(isinstance(robot, RobotRecord) and robot.online for robot in robots)
        return online, len(self._kinds["missions"]) - len(self._ended)


def _picture(cursor: int, kinds: dict[str, dict[str, object]]) -> Picture:
    return Picture(cursor=cursor, **kinds)  # type: ignore[arg-type]  # _put keeps kinds apart


def _place(record: Record) -> tuple[str, str]:
    if isinstance(record, MissionRecord):
        return "missions", record.mission.mission_id
    if isinstance(record, RobotRecord):
        return "robots", record.robot_id
    if isinstance(record, AlertRecord):
        return "alerts", record.alert_id
    if isinstance(record, DoorRecord):
        return "doors", record.door
    if isinstance(record, ClosureRecord):
        return "closures", record.closure_id
    return "lifts", record.lift
