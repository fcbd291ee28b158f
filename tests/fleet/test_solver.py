import os
import queue
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.solver import SolverDied, SolverProcess
from maps.graph import SiteGraph
from maps.load import load
from missions.planning.cells import CellGraph
from missions.planning.planner import plan
from missions.planning.problem import Agent, PlanAnswer, PlanProblem, PlanRequest, Stop
from missions.planning.traffic import Traffic

SITE = Path(__file__).parents[2] / "maps/sites/county_hospital.yaml"

pytestmark = pytest.mark.process


@pytest.fixture
def answers() -> "queue.Queue[PlanAnswer | SolverDied]":
    return queue.Queue()


@pytest.fixture
def solver(answers: "queue.Queue[PlanAnswer | SolverDied]") -> Iterator[SolverProcess]:
    process = SolverProcess(SITE)
    process.start(answers.put)
    yield process
    process.close()


@pytest.fixture(scope="module")
def cells() -> CellGraph:
    return CellGraph.build(SiteGraph(load(SITE)))


def problem(cells: CellGraph) -> PlanProblem:
    traffic = Traffic(cells)
    agent = Agent(agent_id="r1", radius_m=0.3, speed_mps=1.0, acceleration_mps2=0.5, graphs=("0",))
    traffic.appear(agent, "charger_l1_a", 0.0)
    stop = Stop(node=SiteGraph(load(SITE)).places["ward_201"].node, duration_s=5.0, task="m/0")
    return traffic.problem((PlanRequest(agent_id="r1", stops=(stop,)),), 0.0)


def test_the_process_answers_as_the_planner_does(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", cells: CellGraph
) -> None:
    asked = problem(cells)
    solver.solve(asked)
    assert answers.get(timeout=30) == plan(cells, asked)


def test_a_killed_process_is_reported_and_the_next_one_answers(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", cells: CellGraph
) -> None:
    assert solver.pid is not None
    os.kill(solver.pid, signal.SIGKILL)
    died = answers.get(timeout=30)
    assert isinstance(died, SolverDied)
    assert died.restarted
    assert "-9" in died.because
    solver.solve(problem(cells))
    assert isinstance(answers.get(timeout=30), PlanAnswer)


def test_the_process_ends_with_its_parent(solver: SolverProcess) -> None:
    pid = solver.pid
    assert pid is not None
    solver.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
