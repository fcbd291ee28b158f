"""How fast the journal writes, and how fast an orchestrator is back: real core, real SQLite, no network."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from fleet.config import Settings
from fleet.core import events as ev
from fleet.core.commands import AnyCommand, SolvePlan
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import Record
from fleet.runtime import Runtime, recover
from fleet.store.journal import SqlJournal
from maps.graph import SiteGraph
from missions.mission import Family, Mission, Task
from missions.planning.cells import CellGraph
from missions.planning.planner import plan
from missions.planning.problem import PlanProblem
from simulators.bench.measure import Result
from simulators.bench.yard import yard

ROBOTS = 200
MISSIONS = 10_000
JOURNAL_EVENTS = 20_000
VERSION = "bench"


class Quiet:
    """Effects that reach nobody, but for the planner's question, which is kept to be answered."""

    def __init__(self) -> None:
        self.question: PlanProblem | None = None

    def perform(self, command: AnyCommand, event: ev.AnyEvent) -> None:
        del event
        if isinstance(command, SolvePlan):
            self.question = command.problem

    def changed(self, records: Sequence[Record], now_s: float) -> None:
        """Nobody looks."""


def journal(events: int = JOURNAL_EVENTS) -> Result:
    """Events a second through the whole writer: handled, committed in groups, performed."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), robots=10)
        bench.join()
        reports = [_report(number, bench.robots) for number in range(events)]
        start_s, cpu_s = time.perf_counter(), time.process_time()
        for report in reports:
            bench.runtime.submit(report)
        while bench.runtime.step():
            pass
        wall_s, cpu_s = time.perf_counter() - start_s, time.process_time() - cpu_s
        bench.store.close()
    row = {"events": events, "wall_s": round(wall_s, 3), "cpu_s": round(cpu_s, 3)}
    return Result("journal", [{**row, "events_per_s": round(events / wall_s)}])


def recovery(missions: int = MISSIONS, robots: int = ROBOTS) -> Result:
    """A site with open missions and robots at work: CPU seconds from an empty core to the same state."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), robots=robots)
        bench.join()
        for number in range(missions):
            bench.ask(number)
        bench.settle()
        digest = bench.core.digest()
        rows = bench.store.last_seq
        bench.store.close()
        replayed, again = _recovered(bench, Path(folder))
        if again != digest:
            raise AssertionError("the recovered state is not the state that was lost")
    return Result("recover", [{"missions": missions, "robots": robots, "journal_rows": rows, **replayed}])


def _recovered(bench: "_Bench", folder: Path) -> tuple[dict[str, float | int], str]:
    store = SqlJournal.open(f"sqlite:///{folder}/bench.db")
    core = Orchestrator(bench.graph, bench.cells, bench.settings)
    start_s = time.process_time()
    report = recover(core, store, VERSION)
    cpu_s = time.process_time() - start_s
    store.close()
    figures = {
        "replayed_rows": report.replayed,
        "snapshot_seq": report.snapshot_seq,
        "cpu_s": round(cpu_s, 3),
    }
    return figures, core.digest()


def _report(number: int, robots: int) -> ev.RobotReported:
    return ev.RobotReported(
        robot_id=f"r{number % robots:03d}",
        activity="ready_idle",
        mode="autonomous",
        battery_fraction=0.90 - (number // robots % 5) / 100,
        charging=False,
    )


class _Bench:
    def __init__(self, folder: Path, robots: int) -> None:
        self.robots = robots
        self.graph = SiteGraph(yard(robots))
        self.cells = CellGraph.build(self.graph)
        self.settings = Settings(event_queue_max=10**7)
        self.core = Orchestrator(self.graph, self.cells, self.settings)
        self.store = SqlJournal.open(f"sqlite:///{folder}/bench.db")
        self.effects = Quiet()
        self.runtime = Runtime(self.core, self.store, self.effects, time.time, self.settings, version=VERSION)

    def join(self) -> None:
        self.runtime.submit(ev.OrchestratorStarted(version=VERSION, site_id="yard"))
        for number in range(self.robots):
            self.runtime.submit(_joined(self.graph, number))
        self.settle()

    def ask(self, number: int) -> None:
        robot = number % self.robots
        stand = f"stand-{robot}"
        task = Task(seq=0, title={"en": f"Go to {stand}"}, node=stand, place=stand, action_type="")
        mission = Mission(
            mission_id="",
            template="go_to",
            family=Family.SERVICE,
            title={"en": "Go"},
            params={"to": stand},
            tasks=(task,),
            robot=f"r{robot:03d}",
        )
        self.runtime.submit(ev.MissionRequested(mission=mission, request_key=f"bench-{number}"))

    def settle(self) -> None:
        """Everything handled, and the plans that were asked for last answered."""
        while self.runtime.step():
            pass
        while self.effects.question is not None:
            problem, self.effects.question = self.effects.question, None
            self.runtime.submit(ev.PlanSolved(answer=plan(self.cells, problem)))
            while self.runtime.step():
                pass


def _joined(graph: SiteGraph, number: int) -> ev.RobotJoined:
    bay = graph.nodes[f"bay-{number}"]
    facts = ev.RobotFacts(
        model="service",
        family="service",
        names={"en": "Bench"},
        skills=("load", "unload"),
        radius_m=0.3,
        speed_mps_max=1.0,
        acceleration_mps2=0.5,
        battery_wh=5000.0,
        draw_idle_w=10.0,
        draw_moving_w=50.0,
        draw_action_w={},
        charge_w=300.0,
        reserve_fraction=0.1,
        low_fraction=0.2,
        graphs=("0",),
    )
    return ev.RobotJoined(
        robot_id=f"r{number:03d}",
        boot_id="b",
        facts=facts,
        level=bay.level,
        x_m=bay.x_m,
        y_m=bay.y_m,
        battery_fraction=0.95,
    )
