"""The live stream: a snapshot, then changes at most ten times a second, at least one message a second.

Every viewer gets the same bytes, rendered once. A viewer who reads too slowly loses its queue and gets a
fresh snapshot when it reads again: no queue grows.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Mapping

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from fleet.api import schemas
from fleet.api.closed import closure_out, in_force
from fleet.api.deps import Context
from fleet.api.errors import ApiError
from fleet.api.health import health
from fleet.api.render import alert_out, building_state, pose_out
from fleet.api.services import Picture, PoseView
from fleet.core.state import AlertRecord, MissionRecord
from missions.lifecycle import ENDED

log = logging.getLogger(__name__)
router = APIRouter(tags=["stream"])

PERIOD_S = 0.1
HEARTBEAT_S = 1.0
BACKLOG_MAX = 20
"""Messages kept for a slow viewer: two seconds."""
ENDED_SHOWN = 50
HANDLED_SHOWN = 20


class Viewer:
    """One connection's outbox."""

    def __init__(self) -> None:
        self._backlog: deque[str] = deque()
        self._wake = asyncio.Event()
        self.needs_snapshot = True

    def offer(self, text: str) -> None:
        """Queue a message; when the queue is full it is dropped whole and a snapshot is due."""
        if len(self._backlog) >= BACKLOG_MAX:
            self._backlog.clear()
            self.needs_snapshot = True
        if not self.needs_snapshot:
            self._backlog.append(text)
        self._wake.set()

    async def take(self) -> str | None:
        """The next message; None: a fresh snapshot is due."""
        while not (self.needs_snapshot or self._backlog):
            self._wake.clear()
            await self._wake.wait()
        if self.needs_snapshot:
            self.needs_snapshot = False
            self._backlog.clear()
            return None
        return self._backlog.popleft()


class Broadcaster:
    """Renders changes once for all viewers; runs only while somebody watches."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._viewers: list[Viewer] = []
        self._task: asyncio.Task[None] | None = None
        self._cursor = 0

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    def join(self) -> Viewer:
        if not self._viewers:
            self._cursor = self._context.services.views.snapshot().cursor
            self._task = asyncio.create_task(self._run())
        viewer = Viewer()
        self._viewers.append(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        self._viewers.remove(viewer)
        if not self._viewers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        silent_s = 0.0
        while True:
            await asyncio.sleep(PERIOD_S)
            silent_s += PERIOD_S
            text = self._next(heartbeat=silent_s >= HEARTBEAT_S)
            if text is not None:
                silent_s = 0.0
                for viewer in self._viewers:
                    viewer.offer(text)

    def _next(self, *, heartbeat: bool) -> str | None:
        picture = self._context.services.views.changes_since(self._cursor)
        self._cursor = picture.cursor
        if not heartbeat and is_empty(picture):
            return None
        return changes(self._context, picture).model_dump_json()

    def snapshot(self) -> str:
        return snapshot(self._context).model_dump_json()


def is_empty(picture: Picture) -> bool:
    return not (
        picture.missions
        or picture.robots
        or picture.alerts
        or picture.doors
        or picture.lifts
        or picture.closures
        or picture.poses
    )


def snapshot(context: Context) -> schemas.Snapshot:
    services, render = context.services, context.renderer
    picture, now_s = services.views.snapshot(), services.clock()
    return schemas.Snapshot(
        now_s=now_s,
        health=health(services),
        missions=[render.mission(record, now_s) for record in shown_missions(picture.missions)],
        robots=[render.robot(picture.robots[robot_id]) for robot_id in sorted(picture.robots)],
        alerts=[alert_out(record) for record in shown_alerts(picture.alerts)],
        building=building_state(picture.doors, picture.lifts),
        closures=[closure_out(record) for record in in_force(picture)],
    )


def changes(context: Context, picture: Picture) -> schemas.Changes:
    """Whole entities that changed; doors and lifts together, since they are small."""
    services, render, now_s = context.services, context.renderer, context.services.clock()
    building = None
    if picture.doors or picture.lifts:
        everything = services.views.snapshot()
        building = building_state(everything.doors, everything.lifts)
    return schemas.Changes(
        now_s=now_s,
        health=health(services),
        missions=[render.mission(record, now_s) for record in picture.missions.values()],
        robots=[render.robot(record) for record in picture.robots.values()],
        poses=moved(picture.poses, picture.robots),
        alerts=[alert_out(record) for record in picture.alerts.values()],
        building=building,
        closures=[closure_out(record) for record in picture.closures.values()],
    )


def moved(poses: Mapping[str, PoseView], robots: Mapping[str, object]) -> dict[str, schemas.PoseOut]:
    return {robot_id: pose_out(pose) for robot_id, pose in poses.items() if robot_id not in robots}


def shown_missions(missions: Mapping[str, MissionRecord]) -> list[MissionRecord]:
    ended = [record for record in missions.values() if record.state in ENDED]
    ended.sort(key=lambda record: (-(record.ended_s or 0.0), record.mission.mission_id))
    return [record for record in missions.values() if record.state not in ENDED] + ended[:ENDED_SHOWN]


def shown_alerts(alerts: Mapping[str, AlertRecord]) -> list[AlertRecord]:
    handled = [record for record in alerts.values() if record.handled_s is not None]
    handled.sort(key=lambda record: (-(record.handled_s or 0.0), record.alert_id))
    return [record for record in alerts.values() if record.handled_s is None] + handled[:HANDLED_SHOWN]


@router.get(
    "/stream",
    summary="WebSocket: live snapshot, then changes",
    response_description="What comes over the WebSocket, one JSON text a message",
    responses={426: {"model": schemas.ErrorOut, "description": "This address speaks WebSocket only."}},
)
async def get_stream() -> schemas.Snapshot | schemas.Changes:
    """Connect with a WebSocket client (`ws://127.0.0.1:8080/api/v1/stream`). The first message is a
    `snapshot`; then `changes` at most ten times a second, in which a thing that changed is sent whole. One
    message a second at least, so that silence means a lost connection. A reader who is too slow gets a new
    `snapshot`.
    """
    raise ApiError(
        426,
        schemas.ErrorOut(
            code="WEBSOCKET_ONLY",
            message="/api/v1/stream is a WebSocket.",
            hint="Connect to ws://127.0.0.1:8080/api/v1/stream, or poll /missions and /robots.",
        ),
    )


@router.websocket("/stream")
async def stream(socket: WebSocket) -> None:
    broadcaster: Broadcaster = socket.app.state.broadcaster
    await socket.accept()
    viewer = broadcaster.join()
    sender = asyncio.create_task(_send(socket, broadcaster, viewer))
    try:
        while True:
            await socket.receive_text()  # nothing is expected; this notices that the viewer has gone
    except (WebSocketDisconnect, KeyError):
        log.debug("a viewer has gone; %d left", broadcaster.viewers - 1)
    finally:
        broadcaster.leave(viewer)
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await sender


async def _send(socket: WebSocket, broadcaster: Broadcaster, viewer: Viewer) -> None:
    while True:
        text = await viewer.take()
        await socket.send_text(broadcaster.snapshot() if text is None else text)
