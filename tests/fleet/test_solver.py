import contextlib
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from fleet.solver import LENGTH, MESSAGE_BYTES_MAX, SolverDied, SolverProcess
from maps.graph import SiteGraph
from maps.load import load
from missions.planning.cells import CellGraph
from missions.planning.planner import plan
from missions.planning.problem import Agent, PlanAnswer, PlanProblem, PlanRequest, Stop
from missions.planning.traffic import Traffic

ROOT = Path(__file__).parents[2]
SITE = ROOT / "maps/sites/county_hospital.yaml"
SMALL = ROOT / "tests/maps/sites/two_rooms.yaml"
PATIENCE_S = 60

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


@pytest.fixture(scope="module")
def asked(cells: CellGraph) -> PlanProblem:
    traffic = Traffic(cells)
    agent = Agent(agent_id="r1", radius_m=0.3, speed_mps=1.0, acceleration_mps2=0.5, graphs=("0",))
    traffic.appear(agent, "charger_l1_a", 0.0)
    stop = Stop(node="ward_201_inside", duration_s=5.0, task="m/0")
    return traffic.problem((PlanRequest(agent_id="r1", stops=(stop,)),), 0.0)


def gone(pid: int) -> bool:
    """Within a while; a zombie that nobody waits for counts as gone."""
    for _ in range(200):
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.05)
                continue
        return True
    return False


def killed(solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]") -> SolverDied:
    assert solver.pid is not None
    os.kill(solver.pid, signal.SIGKILL)
    died = answers.get(timeout=PATIENCE_S)
    assert isinstance(died, SolverDied)
    return died


def test_the_process_answers_as_the_planner_does(
    solver: SolverProcess,
    answers: "queue.Queue[PlanAnswer | SolverDied]",
    cells: CellGraph,
    asked: PlanProblem,
) -> None:
    solver.solve(asked)
    answer = answers.get(timeout=PATIENCE_S)
    assert answer == plan(cells, asked)
    assert isinstance(answer, PlanAnswer)
    assert answer.plans["r1"]


def test_many_questions_at_once_are_answered_in_the_order_of_asking(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    for version in range(200):
        solver.solve(msgspec.structs.replace(asked, version=version))
    got = [answers.get(timeout=PATIENCE_S) for _ in range(200)]
    assert [answer.version for answer in got if isinstance(answer, PlanAnswer)] == list(range(200))


def test_a_killed_process_is_reported_and_the_next_one_answers(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    died = killed(solver, answers)
    assert "signal 9" in died.because
    assert died.again_s < 1.0
    solver.solve(asked)
    assert isinstance(answers.get(timeout=PATIENCE_S), PlanAnswer)


def test_a_process_that_dies_over_and_over_is_started_more_and_more_slowly(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    waits = []
    for _ in range(3):
        waits.append(killed(solver, answers).again_s)
        while solver.pid is None:
            time.sleep(0.02)
    assert waits[0] < waits[1] < waits[2]
    solver.solve(asked)
    assert isinstance(answers.get(timeout=PATIENCE_S), PlanAnswer)
    assert killed(solver, answers).again_s < waits[0], "an answer shows that it is sound"


def test_a_question_under_way_when_the_process_dies_is_answered_or_told_as_lost(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    """Asked again after every report, as the orchestrator does, it is answered in the end."""
    assert solver.pid is not None
    solver.solve(asked)
    os.kill(solver.pid, signal.SIGKILL)
    outcome: object = None
    while not isinstance(outcome, PlanAnswer):
        outcome = answers.get(timeout=PATIENCE_S)
        if isinstance(outcome, SolverDied):
            solver.solve(asked)


def test_nobody_waits_while_the_process_does_not_read(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    assert solver.pid is not None
    os.kill(solver.pid, signal.SIGSTOP)
    for _ in range(1000):
        solver.solve(asked)  # far more than a pipe holds
    died = killed(solver, answers)
    assert "signal 9" in died.because


def test_closing_ends_a_process_that_does_not_listen(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    pid = solver.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    for _ in range(1000):
        solver.solve(asked)
    solver.close()
    assert gone(pid)
    assert answers.empty()


def test_closing_ends_the_process_and_reports_nothing(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]"
) -> None:
    pid = solver.pid
    assert pid is not None
    solver.close()
    assert gone(pid)
    assert answers.empty()
    solver.close()  # once more does no harm


def test_the_stop_of_the_whole_group_leaves_it_to_the_parent_to_end_it(
    solver: SolverProcess, answers: "queue.Queue[PlanAnswer | SolverDied]", asked: PlanProblem
) -> None:
    solver.solve(asked)
    assert isinstance(answers.get(timeout=PATIENCE_S), PlanAnswer)
    assert solver.pid is not None
    for unwanted in (signal.SIGINT, signal.SIGTERM):
        os.kill(solver.pid, unwanted)
    solver.solve(asked)
    assert isinstance(answers.get(timeout=PATIENCE_S), PlanAnswer)


def test_a_solver_that_never_started_can_be_closed() -> None:
    SolverProcess(SMALL).close()


def test_a_site_file_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        SolverProcess(Path("nowhere.yaml"))


def test_the_process_plans_on_no_other_site_than_the_orchestrators(
    tmp_path: Path, answers: "queue.Queue[PlanAnswer | SolverDied]"
) -> None:
    site = tmp_path / "site.yaml"
    site.write_bytes(SMALL.read_bytes())
    solver = SolverProcess(site)
    site.write_text(SMALL.read_text().replace("at: [12, 5]", "at: [12, 5.5]"))
    solver.start(answers.put)
    try:
        died = answers.get(timeout=PATIENCE_S)
        assert isinstance(died, SolverDied)
        assert f"{site} has changed" in died.because
        assert "restart the orchestrator" in died.because
    finally:
        solver.close()


def test_nonsense_from_the_process_ends_it(
    tmp_path: Path, answers: "queue.Queue[PlanAnswer | SolverDied]"
) -> None:
    babbler = tmp_path / "babbler"
    huge = LENGTH.pack(MESSAGE_BYTES_MAX + 1)
    babbler.write_text(
        f"#!{sys.executable}\nimport sys, time\nsys.stdout.buffer.write({huge!r})\n"
        "sys.stdout.buffer.flush()\ntime.sleep(60)\n"
    )
    babbler.chmod(0o755)
    solver = SolverProcess(SMALL, python=str(babbler))
    solver.start(answers.put)
    try:
        died = answers.get(timeout=PATIENCE_S)
        assert isinstance(died, SolverDied)
        assert "nonsense" in died.because
    finally:
        solver.close()


PARENT = """
import sys, time
from pathlib import Path
from fleet.solver import SolverProcess
solver = SolverProcess(Path(sys.argv[1]))
solver.start(print)
print(solver.pid, flush=True)
time.sleep(60)
"""


def test_the_process_never_outlives_a_killed_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(SMALL)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    assert gone(pid)


def test_the_process_loads_nothing_that_planning_does_not_need() -> None:
    heavy = (
        "fastapi",
        "pydantic",
        "sqlmodel",
        "sqlalchemy",
        "numba",
        "cv2",
        "zmq",
        "typer",
        "rich",
        "uvicorn",
    )
    code = (
        "import sys, fleet.solver, maps.load, missions.planning.planner\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
