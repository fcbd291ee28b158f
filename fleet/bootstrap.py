"""Builds an orchestrator from its parts: the only place that knows which concrete ones there are."""

import logging
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
from fleet.errors import JournalError, LocalError, UserError
from fleet.links import building_events
from fleet.links.building import BuildingLink, FromBuilding
from fleet.links.building_zeromq import ZeroMqBuilding
from fleet.links.evidence import keep_evidence
from fleet.links.no_building import NoBuilding
from fleet.links.showing import path
from fleet.links.switchboard import LinkOutlets, LinkSettings
from fleet.links.zeromq import RobotLink
from fleet.runtime import QueueFull, RecoveryReport, ReplayError, Runtime, recover
from fleet.solver import SolverDied, SolverProcess
from fleet.store.journal import SqlJournal
from fleet.store.queries import History
from fleet.store.repair import repair, set_aside
from fleet.store.site_versions import SiteVersions
from fleet.store.version import deciding_version, layout_of
from fleet.timetable import Timetable
from fleet.views import Views
from maps.graph import SiteGraph
from maps.load import load
from maps.site_file import dumps
from missions.planning.cells import CellGraph
from missions.planning.closures import Elements
from missions.planning.problem import PlanAnswer, PlanProblem
from missions.templates import TemplateCatalogue
from robots.protocol import PROTOCOL_VERSION, Message, Welcome

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "missions" / "templates"
CONSOLE = ROOT / "fleet" / "console" / "dist"
DATABASE = "fleet.db"
WRITER_ENDS_S = 10.0
HOURS_S = 0.05
"""Between two looks at the timetable at the least."""
REPAIRS_MAX = 5

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    site: Path
    data_dir: Path
    db: str | None = None
    """Database URL; None: a file in data_dir."""
    control_port: int = 5570
    """0 takes a free one, as for frames_port."""
    frames_port: int = 5571
    world: str | None = None
    """Endpoint of the simulated world's building; None: no controllers."""
    lost_s: float = 30.0
    speed: float = 1.0
    repair: bool = False
    """Set corrupt journal rows aside and start."""
    templates: Path | None = None
    """Folder of all the mission templates there are; None: those that come with CityFleet."""
    settings: Settings | None = None
    """None: the usual ones, with lost_s."""


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

    def __init__(self, views: Views, cells: CellGraph, welcome: Welcome) -> None:
        self._views = views
        self._cells = cells
        self._welcome = welcome
        self.send: Callable[[str, Message], None] = lambda _robot, _message: None
        self.building: BuildingLink = NoBuilding()
        self.solve: Callable[[PlanProblem], None] = lambda _problem: None

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
                self._views.end_path(command.robot_id)
                self.send(command.robot_id, translate.cancel(command))
            case cm.SendInstant():
                self.send(command.robot_id, translate.instant(command))
            case cm.WelcomeRobot():
                self.send(command.robot_id, self._welcome)
            case cm.RefuseRobot():
                self.send(command.robot_id, translate.refusal(command))
            case cm.SolvePlan(problem=problem):
                self.solve(problem)
            case _:
                self._ask_building(command)

    def _ask_building(self, command: cm.AnyCommand) -> None:
        wanted = building_events.request_of(command)
        if wanted is not None:
            self.building.request(wanted)


class Orchestration:
    """A running orchestrator without its HTTP server. start() it, serve services(), close() it."""

    def __init__(self, options: Options) -> None:
        """Recovers the journal and binds the robots' ports.

        Raises UserError and JournalError, each with what to do; then nothing is left open.
        """
        self.options = options
        self.settings = options.settings or Settings(lost_s=options.lost_s)
        prepare(options.data_dir)
        self.templates = TemplateCatalogue.load(options.templates or TEMPLATES)
        self.graph = SiteGraph(load(options.site))
        self.cells = CellGraph.build(self.graph)
        self.cells.rests(self.cells.graph_names)  # the first robot need not wait for this
        self.version = deciding_version(
            inputs=(self.graph.content_hash().encode(), msgspec.json.encode(self.settings)),
            layout=msgspec.json.encode(self.cells.cells),
        )
        self.frames_dir = options.data_dir / "frames"
        self.views = Views()
        self.stop = Event()
        self.failure: BaseException | None = None
        self.on_failure: Callable[[], object] = self.stop.set
        """Called from the thread that fails: the server must end, so that it is started again."""
        self.journal = SqlJournal.open(options.db or f"sqlite:///{options.data_dir.resolve() / DATABASE}")
        try:
            self.core, self.recovered = self._recover()
            self._build()
        except BaseException:
            self.journal.close()
            raise

    def _recover(self) -> tuple[Orchestrator, RecoveryReport]:
        require_same_site(self.journal, self.version, self.graph.site.site_id)
        repairing = self.options.repair
        if repairing:
            _tell_repaired(repair(self.journal, time.time()))
        for _ in range(REPAIRS_MAX):
            core = Orchestrator(self.graph, self.cells, self.settings)
            try:
                return core, recover(core, self.journal, self.version)
            except ReplayError as error:
                if not repairing:
                    raise
                _tell_repaired(set_aside(self.journal, error.seq, str(error), time.time()))
        raise JournalError(f"{self.options.data_dir} could not be repaired: restore a backup.")

    def _build(self) -> None:
        options, site_id = self.options, self.graph.site.site_id
        self.clock = Clock(options.speed, self.journal.last_s)
        self.started_s = self.clock()
        self.site_versions = SiteVersions(self.journal.engine)
        self.site_versions.started(self.graph.content_hash(), site_id, dumps(self.graph.site), self.started_s)
        self.outlets = Outlets(self.views, self.cells, self._welcome())
        self.runtime = Runtime(
            self.core, self.journal, self.outlets, self.clock, self.settings, version=self.version
        )
        self.link = self._robot_link()
        self.solver = SolverProcess(options.site)
        self.building: BuildingLink = (
            NoBuilding(lifts=tuple(self.graph.lifts))
            if options.world is None
            else ZeroMqBuilding(options.world, site_id)
        )
        self.outlets.send = self.link.send
        self.outlets.building = self.building
        self.outlets.solve = self.solver.solve
        self._writer = Thread(target=self._write, name="writer", daemon=True)
        self._timetable = Timetable(self.graph.site)

    def _welcome(self) -> Welcome:
        return Welcome(
            protocol_version=PROTOCOL_VERSION,
            site_id=self.graph.site.site_id,
            heartbeat_s=self.settings.heartbeat_s,
            lost_s=self.settings.lost_s,
        )

    def _robot_link(self) -> RobotLink:
        settings = LinkSettings(
            heartbeat_s=self.settings.heartbeat_s,
            lost_s=self.settings.lost_s,
            robots_max=self.settings.robots_max,
            radius_m_max=self.cells.sizes.radius_m,
        )
        outlets = LinkOutlets(
            event=self._submit,
            pose=self.views.put_pose,
            frame=self._frame,
            failed=self._fail,
            clock=self.clock,
        )
        control, frames = (address(port) for port in (self.options.control_port, self.options.frames_port))
        return RobotLink(control, frames, settings, outlets)

    # -- life ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Everything that was known is shown again, then the doors open."""
        state = self.core.state
        for records in (
            state.missions,
            state.robots,
            state.alerts,
            state.doors,
            state.lifts,
            state.closures,
        ):
            self.views.changed(records.values())
        self.runtime.submit(ev.OrchestratorStarted(version=self.version, site_id=self.graph.site.site_id))
        self.solver.start(self._solved)
        self.building.start(self._building_reported)
        self._writer.start()
        self.link.start()
        if not self._timetable.is_empty:
            Thread(target=self._keep_hours, name="timetable", daemon=True).start()

    def close(self) -> None:
        """Links first, so that nothing new comes; the writer commits what it has."""
        self.link.close()
        self.building.close()
        self.solver.close()
        self.stop.set()
        self.runtime.wake()
        if self._writer.is_alive():
            self._writer.join(timeout=WRITER_ENDS_S)
        if self.failure is None:
            self._snapshot()
        self.journal.close()

    def _snapshot(self) -> None:
        try:
            self.runtime.snapshot()
            self.site_versions.ended(self.clock())
        except JournalError as error:
            log.warning("The next start replays more: %s", error)

    def services(self) -> Services:
        return Services(
            request=self.runtime.request,
            graph=self.graph,
            elements=Elements(self.graph, self.cells),
            templates=self.templates,
            views=self.views,
            history=History(self.journal.engine),
            status=self._status,
            clock=self.clock,
            link=Link(control=self.link.control_endpoint, frames=self.link.frames_endpoint),
            frames_dir=self.frames_dir,
            console_dir=CONSOLE,
            version=metadata.version("cityfleet"),
            site_versions=self.site_versions,
            site_file=self.options.site,
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
        except Exception as error:  # the top of the loop  # noqa: BLE001
            self._fail(error)
        self.runtime.close()

    def _keep_hours(self) -> None:
        """Zones with hours: what was not taken (a full queue) is said again at the next look."""
        waiting: list[ev.AnyEvent] = []
        while not self.stop.is_set():
            waiting = [
                event for event in (*waiting, *self._timetable.due(self.clock())) if not self._submit(event)
            ]
            now_s = self.clock()
            ahead_s = (self._timetable.next_s(now_s) - now_s) / self.options.speed
            self.stop.wait(min(max(ahead_s, HOURS_S), 1.0))

    def _fail(self, error: BaseException) -> None:
        """Crash, restart, replay: a bug of ours must not be lived with."""
        self.failure = self.failure or error
        log.critical("The orchestrator stops: %r", error, exc_info=error)
        self.stop.set()
        self.runtime.wake()
        self.on_failure()

    # -- what comes in ---------------------------------------------------------------------------------

    def _submit(self, event: ev.AnyEvent) -> bool:
        try:
            self.runtime.submit(event)
        except (QueueFull, LocalError) as error:
            log.error("%s was not taken: %s", type(event).__name__, error)
            return False
        return True

    def _building_reported(self, report: FromBuilding) -> bool:
        return self._submit(building_events.event_of(report))

    def _solved(self, answer: PlanAnswer | SolverDied) -> None:
        if isinstance(answer, PlanAnswer):
            self._submit(ev.PlanSolved(answer=answer))
        elif not self.stop.is_set():
            self._submit(ev.SolverFailed(because=answer.because))

    def _frame(self, robot_id: str, tag: str, jpeg: bytes) -> None:
        self.views.put_frame(robot_id, jpeg)
        if tag:
            keep_evidence(self.frames_dir, tag, jpeg)


def address(port: int) -> str:
    return f"tcp://127.0.0.1:{port or '*'}"


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


def require_same_site(journal: SqlJournal, version: str, site_id: str) -> None:
    """Robots' places and plans are told in the site's cells: a journal belongs to one layout of one site.

    Raises UserError naming both.
    """
    last = journal.last_started()
    if last is None or (last.site_id == site_id and layout_of(last.version) == layout_of(version)):
        return
    what = f"site '{last.site_id}'" if last.site_id != site_id else f"another layout of site '{site_id}'"
    hint = "Start with that site's file, or give a new --data-dir for this one."
    message = f"The journal in the data folder was written for {what}, not for this one."
    raise UserError("SITE_CHANGED", message, field="site", hint=hint)


def _tell_repaired(repaired: object) -> None:
    if repaired is not None:
        log.warning("Repaired: %s", repaired)
