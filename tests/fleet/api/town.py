"""The API over a real core, without sockets: requests in, JSON out, robots that say hello when a test wants.

The journal is a list; time passes when a test says so. Nothing is mocked but the disk and the wire.
"""

from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from fleet.api.app import create_app
from fleet.api.services import Link, Services, Status
from fleet.config import Settings
from fleet.core import commands as cm
from fleet.core import events as ev
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import (
    AlertRecord,
    ClosureRecord,
    DoorRecord,
    LiftRecord,
    MissionRecord,
    Record,
    RobotRecord,
)
from maps.graph import SiteGraph
from maps.load import load
from missions.lifecycle import ENDED
from missions.planning.cells import CellGraph
from missions.planning.closures import Elements
from missions.planning.planner import plan
from missions.templates import TemplateCatalogue
from tests.fleet.api.caller import call

ROOT = Path(__file__).parents[3]
SKILLS = {
    "service": ("greet", "lead", "load", "unload", "announce", "charge"),
    "patrol": ("capture", "charge"),
    "disinfection": ("uv_expose", "charge"),
    "guide": ("greet", "lead", "announce", "charge"),
}


def facts(family: str) -> ev.RobotFacts:
    return ev.RobotFacts(
        model=family,
        family=family,
        names={"en": family.title(), "zh-CN": "机器人"},
        skills=SKILLS[family],
        radius_m=0.3,
        speed_mps_max=1.0,
        acceleration_mps2=0.5,
        battery_wh=500.0,
        draw_idle_w=20.0,
        draw_moving_w=100.0,
        draw_action_w={},
        charge_w=300.0,
        reserve_fraction=0.15,
        low_fraction=0.25,
        graphs=("0",),
    )


@cache
def hospital() -> tuple[SiteGraph, CellGraph]:
    """Read once: neither changes."""
    graph = SiteGraph(load(ROOT / "maps" / "sites" / "county_hospital.yaml"))
    return graph, CellGraph.build(graph)


@dataclass(frozen=True, kw_only=True)
class Entry:
    seq: int
    now_s: float
    event: ev.AnyEvent
    commands: tuple[cm.AnyCommand, ...]


@dataclass(frozen=True, kw_only=True)
class Pose:
    level: str
    x_m: float
    y_m: float
    yaw_rad: float = 0.0
    speed_mps: float = 0.0
    at_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Picture:
    cursor: int
    missions: dict[str, MissionRecord] = field(default_factory=dict)
    robots: dict[str, RobotRecord] = field(default_factory=dict)
    alerts: dict[str, AlertRecord] = field(default_factory=dict)
    doors: dict[str, DoorRecord] = field(default_factory=dict)
    lifts: dict[str, LiftRecord] = field(default_factory=dict)
    closures: dict[str, ClosureRecord] = field(default_factory=dict)
    poses: dict[str, Pose] = field(default_factory=dict)


class Town:
    def __init__(self, tmp_path: Path, *, console_dir: Path | None = None) -> None:
        self.graph, self.cells = hospital()
        self.core = Orchestrator(self.graph, self.cells, Settings())
        self.now_s = 1_700_000_000.0
        self.journal: list[Entry] = []
        self.refuse_with: Exception | None = None
        self.views = TownViews(self)
        self.frames_dir = tmp_path / "frames"
        self.services = Services(
            request=self.request,
            graph=self.graph,
            elements=Elements(self.graph, self.cells),
            templates=TemplateCatalogue.load(ROOT / "missions" / "templates"),
            views=self.views,
            history=TownHistory(self),
            status=lambda: Status(
                started_s=self.now_s,
                journal_seq=len(self.journal),
                stopped=self.core.state.stopped,
                fire=self.core.state.fire,
            ),
            clock=lambda: self.now_s,
            link=Link(control="tcp://127.0.0.1:5570", frames="tcp://127.0.0.1:5571"),
            frames_dir=self.frames_dir,
            console_dir=console_dir,
            version="test",
        )
        self.app = create_app(self.services)
        self.say(ev.OrchestratorStarted(version="test", site_id=self.graph.site.site_id))

    # -- the core's side -------------------------------------------------------------------------------

    def request(self, event: ev.AnyEvent) -> "Future[tuple[cm.AnyCommand, ...]]":
        if self.refuse_with is not None:
            raise self.refuse_with
        future: Future[tuple[cm.AnyCommand, ...]] = Future()
        future.set_result(self.say(event))
        return future

    def say(self, event: ev.AnyEvent) -> tuple[cm.AnyCommand, ...]:
        out = self.core.handle(event, self.now_s)
        self.views.changed(self.core.drain_changes())
        self.journal.append(Entry(seq=len(self.journal) + 1, now_s=self.now_s, event=event, commands=out))
        for command in out:
            if isinstance(command, cm.SolvePlan):
                self.say(ev.PlanSolved(answer=plan(self.cells, command.problem)))
        return out

    def robot(self, robot_id: str, family: str, place: str, battery_fraction: float = 0.9) -> None:
        """It says hello from there."""
        node = self.graph.nodes[self.graph.places[place].node]
        self.say(
            ev.RobotJoined(
                robot_id=robot_id,
                boot_id="boot",
                facts=facts(family),
                level=node.level,
                x_m=node.x_m,
                y_m=node.y_m,
                battery_fraction=battery_fraction,
            )
        )
        self.views.poses[robot_id] = Pose(level=node.level, x_m=node.x_m, y_m=node.y_m, at_s=self.now_s)

    # -- the caller's side -----------------------------------------------------------------------------

    def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return call(self.app, method, path, **kwargs)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.call("GET", f"/api/v1{path}", params=params)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", f"/api/v1{path}", json=body if body is not None else {}, headers=named)


class TownViews:
    def __init__(self, town: Town) -> None:
        self._state = town.core.state
        self._cursor = 0
        self._changes: list[tuple[int, Record]] = []
        self._moves: list[tuple[int, str]] = []
        self.poses: dict[str, Pose] = {}
        self.frames: dict[str, bytes] = {}

    def changed(self, records: tuple[Record, ...]) -> None:
        self._cursor += 1
        self._changes += [(self._cursor, record) for record in records]

    def moved(self, robot_id: str, pose: Pose) -> None:
        self._cursor += 1
        self.poses[robot_id] = pose
        self._moves += [(self._cursor, robot_id)]

    def snapshot(self) -> Picture:
        state = self._state
        return Picture(
            cursor=self._cursor,
            missions=dict(state.missions),
            robots=dict(state.robots),
            alerts=dict(state.alerts),
            doors=dict(state.doors),
            lifts=dict(state.lifts),
            closures=dict(state.closures),
            poses=dict(self.poses),
        )

    def changes_since(self, cursor: int) -> Picture:
        fresh = [record for at, record in self._changes if at > cursor]
        return Picture(
            cursor=self._cursor,
            missions={r.mission.mission_id: r for r in fresh if isinstance(r, MissionRecord)},
            robots={r.robot_id: r for r in fresh if isinstance(r, RobotRecord)},
            alerts={r.alert_id: r for r in fresh if isinstance(r, AlertRecord)},
            doors={r.door: r for r in fresh if isinstance(r, DoorRecord)},
            lifts={r.lift: r for r in fresh if isinstance(r, LiftRecord)},
            closures={r.closure_id: r for r in fresh if isinstance(r, ClosureRecord)},
            poses={robot_id: self.poses[robot_id] for at, robot_id in self._moves if at > cursor},
        )

    def counts(self) -> tuple[int, int]:
        online = sum(robot.online for robot in self._state.robots.values())
        return online, sum(record.state not in ENDED for record in self._state.missions.values())

    def mission(self, mission_id: str) -> MissionRecord | None:
        return self._state.missions.get(mission_id)

    def robot(self, robot_id: str) -> RobotRecord | None:
        return self._state.robots.get(robot_id)

    def closure(self, closure_id: str) -> ClosureRecord | None:
        return self._state.closures.get(closure_id)

    def pose(self, robot_id: str) -> Pose | None:
        return self.poses.get(robot_id)

    def path(self, robot_id: str) -> None:
        return None

    def frame(self, robot_id: str) -> bytes | None:
        return self.frames.get(robot_id)


class TownHistory:
    def __init__(self, town: Town) -> None:
        self._town = town

    def mission(self, mission_id: str) -> MissionRecord | None:
        return None

    def missions(self, *, before_id: str | None, limit: int) -> list[MissionRecord]:
        return []

    def journal(self, *, after: int, limit: int) -> list[Entry]:
        return [entry for entry in self._town.journal if entry.seq > after][:limit]
