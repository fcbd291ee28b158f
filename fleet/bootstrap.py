"""Builds an orchestrator from its parts: the only place that knows which concrete ones there are."""

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from threading import Event, Thread

import msgspec

from fleet import translate
from fleet.api.services import Link, Services, Status
from fleet.config import Settings
from fleet.core import commands as cm
from fleet.core import events as ev
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import Record
from fleet.errors import UserError
from fleet.links import building_events
from fleet.links.building import BuildingLink
from fleet.links.building_zeromq import NoBuilding, ZeroMqBuilding
from fleet.links.showing import path
from fleet.links.zeromq import LinkOutlets, LinkSettings, RobotLink
from fleet.runtime import QueueFull, RecoveryReport, Runtime, recover
from fleet.solver import SolverDied, SolverProcess
from fleet.store.journal import SqlJournal
from fleet.store.queries import History
from fleet.store.version import deciding_version
from fleet.views import LivePose, Views
from maps.graph import SiteGraph
from maps.load import load
from missions.planning.cells import CellGraph
from missions.planning.problem import PlanAnswer
from missions.templates import TemplateCatalogue
from robots.protocol import PROTOCOL_VERSION, Message, Welcome

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "missions" / "templates"
CONSOLE = ROOT / "fleet" / "console" / "dist"
DATABASE = "fleet.db"
NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    site: Path
    data_dir: Path
    db: str | None = None
    control_port: int = 5570
    frames_port: int = 5571
    world: str | None = None
    """Endpoint of the simulated world's building; None: no controllers."""
    lost_s: float = 30.0
    speed: float = 1.0
    repair: bool = False


class Clock:
    """Unix seconds, scaled; never before the journal's last stamp."""

    def __init__(self, speed: float, not_before_s: float) -> None:
        self._speed = speed
        self._start_s = max(time.time(), not_before_s)
        self._origin_s = time.monotonic()

    def __call__(self) -> float:
        return self._start_s + (time.monotonic() - self._origin_s) * self._speed


class Outlets:
    """Carries committed commands out; fleet.runtime calls it from its thread."""

    def __init__(self, views: Views, cells: CellGraph, heartbeat: Welcome) -> None:
        self._views = views
        self._cells = cells
        self._welcome = heartbeat
        self.send: Callable[[str, Message], None] = lambda _robot, _message: None
        self.building: BuildingLink = NoBuilding()
        self.solver: SolverProcess | None = None

    def changed(self, records: Sequence[Record], now_s: float) -> None:
        del now_s
        self._views.changed(records)

    def perform(self, command: cm.AnyCommand, event: ev.AnyEvent) -> None:
        del event
        match command:
            case cm.SendOrder():
                self._views.put_path(command.robot_id, path(command, self._cells))
                self.send(command.robot_id, translate.order(command, self._cells))
            case cm.SendCancel():
                self.send(command.robot_id, translate.cancel(command))
            case cm.SendInstant():
                self.send(command.robot_id, translate.instant(command))
            case cm.RefuseRobot():
                self.send(command.robot_id, translate.refusal(command))
            case cm.WelcomeRobot():
                self.send(command.robot_id, self._welcome)
            case cm.RequestDoor() | cm.RequestLift() | cm.ReleaseLift():
                wanted = building_events.request_of(command)
                if wanted is not None:
                    self.building.request(wanted)
            case cm.SolvePlan(problem=problem):
                if self.solver is not None:
                    self.solver.solve(problem)


class Orchestration:
    """A running orchestrator without its HTTP server. start() it, serve services, close() it."""

    def __init__(self, options: Options) -> None:
        """Raises UserError and JournalError, each with what to do; then nothing is left open."""
        self.options = options
        self.settings = Settings(lost_s=options.lost_s)
        prepare(options.data_dir)
        self.graph = SiteGraph(load(options.site))
        self.cells = CellGraph.build(self.graph)
        self.core = Orchestrator(self.graph, self.cells, self.settings)
        self.version = deciding_version(
            self.graph.content_hash().encode(), msgspec.json.encode(self.settings)
        )
        self.journal = SqlJournal.open(options.db or f"sqlite:///{options.data_dir.resolve() / DATABASE}")
        self.views = Views()
        self.stop = Event()
        self.frames_dir = options.data_dir / "frames"
        try:
            self._build()
        except BaseException:
            self.journal.close()
            raise

    def _build(self) -> None:
        options, site_id = self.options, self.graph.site.site_id
        self.recovered: RecoveryReport = recover(self.core, self.journal, self.version)
        self.clock = Clock(options.speed, self.journal.last_s)
        self.started_s = self.clock()
        welcome = Welcome(
            protocol_version=PROTOCOL_VERSION,
            site_id=site_id,
            heartbeat_s=self.settings.heartbeat_s,
            lost_s=self.settings.lost_s,
        )
        self.outlets = Outlets(self.views, self.cells, welcome)
        self.runtime = Runtime(
            self.core, self.journal, self.outlets, self.clock, self.settings, version=self.version
        )
        self.link = RobotLink(
            LinkSettings(
                control=f"tcp://127.0.0.1:{options.control_port}",
                frames=f"tcp://127.0.0.1:{options.frames_port}",
                site_id=site_id,
                heartbeat_s=self.settings.heartbeat_s,
                lost_s=self.settings.lost_s,
            ),
            LinkOutlets(event=self._submit, pose=self._pose, frame=self._frame, clock=self.clock),
        )
        self.solver = SolverProcess(options.site)
        self.building: BuildingLink = (
            NoBuilding() if options.world is None else ZeroMqBuilding(options.world, site_id)
        )
        self.outlets.send, self.outlets.building, self.outlets.solver = (
            self.link.send,
            self.building,
            self.solver,
        )
        self._writer = Thread(target=self._write, name="writer", daemon=True)
        self.failure: BaseException | None = None
        self.on_failure: Callable[[], object] = self.stop.set
        """Called from the writer's thread when it fails: the server must end, so that it is started again."""

    # -- life ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Everything that was known is shown again, then the doors open."""
        state = self.core.state
        for records in (state.missions, state.robots, state.alerts, state.doors, state.lifts):
            self.views.changed(records.values())
        self.runtime.submit(ev.OrchestratorStarted(version=self.version, site_id=self.graph.site.site_id))
        self.solver.start(self._solved)
        self.building.start(lambda message: self._submit(building_events.event_of(message)))
        self._writer.start()
        self.link.start()

    def close(self) -> None:
        """Links first, so that nothing new comes; the writer commits what it has."""
        self.link.close()
        self.building.close()
        self.solver.close()
        self.stop.set()
        self.runtime.wake()
        if self._writer.is_alive():
            self._writer.join(timeout=10.0)
        self.runtime.close()
        if self.failure is None:
            self.runtime.snapshot()
        self.journal.close()

    def services(self) -> Services:
        return Services(
            request=self.runtime.request,
            graph=self.graph,
            templates=TemplateCatalogue.load(TEMPLATES),
            views=self.views,
            history=History(self.journal.engine),
            status=self._status,
            clock=self.clock,
            link=Link(control=self.link.control_endpoint, frames=self.link.frames_endpoint),
            frames_dir=self.frames_dir,
            console_dir=CONSOLE,
            version=metadata.version("cityfleet"),
        )

    def _status(self) -> Status:
        return Status(
            started_s=self.started_s,
            journal_seq=self.journal.last_seq,
            stopped=self.core.state.stopped,
            fire=self.core.state.fire,
        )

    def _write(self) -> None:
        try:
            self.runtime.run(self.stop)
        except BaseException as error:
            self.failure = error
            log.critical("the orchestrator's writer stopped", exc_info=error)
            self.runtime.close()
            self.on_failure()

    # -- what comes in ---------------------------------------------------------------------------------

    def _submit(self, event: ev.AnyEvent) -> None:
        try:
            self.runtime.submit(event)
        except QueueFull as error:
            log.error("%s %s was dropped; robots and doors say it again.", error, type(event).__name__)

    def _solved(self, answer: PlanAnswer | SolverDied) -> None:
        if isinstance(answer, PlanAnswer):
            self._submit(ev.PlanSolved(answer=answer))
        elif not self.stop.is_set():
            self._submit(ev.SolverFailed(because=answer.because))

    def _pose(self, robot_id: str, place: LivePose) -> None:
        self.views.put_pose(robot_id, place)

    def _frame(self, robot_id: str, tag: str, jpeg: bytes) -> None:
        self.views.put_frame(robot_id, jpeg)
        if tag:
            keep_evidence(self.frames_dir, tag, jpeg)


def prepare(folder: Path) -> None:
    """Raises UserError when the data folder cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        hint = "Make it writable, or give another --data-dir."
        message = f"The data folder {folder} cannot be written: {error.strerror}."
        raise UserError("DATA_DIR", message, field="data_dir", hint=hint) from error


def keep_evidence(folder: Path, tag: str, jpeg: bytes) -> None:
    """A picture taken for an action, 'mission/task/order', as frames/<mission>/<task>-<order>.jpg."""
    parts = tag.split("/")
    if len(parts) != 3 or not all(NAME.fullmatch(part) and set(part) != {"."} for part in parts):
        log.warning("a picture for %r was left out: it belongs to no action", tag[:100])
        return
    place = folder / parts[0]
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{parts[1]}-{parts[2]}.jpg").write_bytes(jpeg)
    except OSError as error:
        log.error("a picture for %s could not be kept: %s", tag, error.strerror)
