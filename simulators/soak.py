"""Many seeds of the closed loop, in processes of their own; results in order, nothing lost.

A worker has one site and plays one seed after another. One that dies is reported with its seed, and replaced.
"""

import logging
import multiprocessing
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path

from maps.graph import SiteGraph
from simulators.closed_loop import CREW, Arrangement, ClosedLoop, Outcome, Stage
from simulators.invariants import Violation
from simulators.shrink import Budget, Run, shrink
from simulators.site_names import load_site
from simulators.world import WorldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every seed of a soak has in common. None: all."""

    site: str
    minutes: float
    robots: tuple[str, ...] | None = None
    wishes: tuple[int, ...] | None = None
    strikes: tuple[int, ...] | None = None
    trace: Path | None = None
    """Of one seed: where to write what really happened (simulators.trace)."""

    def arrangement(self) -> Arrangement:
        crew = tuple(member for member in CREW if self.robots is None or member[0] in self.robots)
        return Arrangement(
            safety_s=60.0 * self.minutes, crew=crew, only_wishes=self.wishes, only_strikes=self.strikes
        )


def play(stage: Stage, seed: int, request: Request) -> Outcome:
    """A seed's outcome. A bug that raises is one too, named by its exception."""
    loop, start_s = ClosedLoop(stage, seed, request.arrangement()), time.perf_counter()
    try:
        return loop.run() if request.trace is None else _traced(loop, request.trace)
    except (WorldError, OSError):
        raise  # no room for this crew, or for the trace: no seed's fault
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed that found it must be told
        story = f"{type(error).__name__}: {error} ({_where(error)})"
        wrong = Violation(invariant="exception", at_s=loop.elapsed_s, story=story)
        return loop.outcome(wrong, time.perf_counter() - start_s)


def _traced(loop: ClosedLoop, trace: Path) -> Outcome:
    from simulators.trace import run_traced

    return run_traced(loop, trace, Arrangement().tick_s)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "nowhere"


def soak(request: Request, first: int, end: int, jobs: int) -> Iterator[Outcome]:
    """The outcomes of the seeds first .. end-1, in order. Raises WorldError when the site has no room."""
    if jobs == 1 or request.trace is not None:
        stage = Stage.of(SiteGraph(load_site(request.site)))
        yield from (play(stage, seed, request) for seed in range(first, end))
        return
    crowd = _Crowd(request, first, end, min(jobs, end - first))
    try:
        yield from crowd.outcomes()
    finally:
        crowd.close()


class _Worker:
    def __init__(self, request: Request) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(request, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.seed = -1

    def give(self, seed: int) -> None:
        self.seed = seed
        self.pipe.send(seed)


class _Crowd:
    def __init__(self, request: Request, first: int, end: int, jobs: int) -> None:
        self._request = request
        self._seeds = iter(range(first, end))
        self._range = range(first, end)
        self._workers: list[_Worker] = []
        self._done: dict[int, Outcome | str] = {}
        for _ in range(jobs):
            self._employ()

    def outcomes(self) -> Iterator[Outcome]:
        for seed in self._range:
            while seed not in self._done:
                self._listen()
            found = self._done.pop(seed)
            if isinstance(found, str):
                raise WorldError(found)
            yield found

    def close(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
            worker.process.join()

    def _employ(self) -> None:
        seed = next(self._seeds, None)
        if seed is not None:
            worker = _Worker(self._request)
            self._workers.append(worker)
            worker.give(seed)

    def _listen(self) -> None:
        ready = wait([worker.pipe for worker in self._workers])
        for worker in [worker for worker in self._workers if worker.pipe in ready]:
            self._take(worker)

    def _take(self, worker: _Worker) -> None:
        try:
            self._done[worker.seed] = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            self._done[worker.seed] = _died(worker.seed, worker.process.exitcode)
            self._workers.remove(worker)
            self._employ()
            return
        seed = next(self._seeds, None)
        if seed is None:
            self._workers.remove(worker)
            worker.process.terminate()
            worker.process.join()
        else:
            worker.give(seed)


def _died(seed: int, code: int | None) -> Outcome:
    story = f"the process that played seed {seed} died with exit code {code}"
    wrong = Violation(invariant="worker_died", at_s=0.0, story=story)
    return Outcome(
        seed=seed,
        violation=wrong,
        simulated_s=0.0,
        wall_s=0.0,
        rows=0,
        digest="",
        ended={},
        kinds=(),
        log=(),
    )


def _work(request: Request, pipe: "Connection[object, object]") -> None:
    """A worker's life: it is told seeds until it is ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who counts
    logging.disable(logging.CRITICAL)
    stage = Stage.of(SiteGraph(load_site(request.site)))
    while True:
        try:
            seed = pipe.recv()
        except EOFError:
            return
        assert isinstance(seed, int)
        try:
            pipe.send(play(stage, seed, request))
        except WorldError as error:
            pipe.send(str(error))


def command_line(seed: int, request: Request) -> str:
    """What reproduces a run."""
    parts = [f"fleet sim soak --seeds {seed}:{seed + 1} --site {request.site} --minutes {request.minutes:g}"]
    for option, some in (
        ("robots", request.robots),
        ("wishes", request.wishes),
        ("strikes", request.strikes),
    ):
        if some is not None:
            parts.append(f"--{option} {','.join(str(one) for one in some) or 'none'}")
    return " ".join(parts)


def shrunk(outcome: Outcome, request: Request, budget: Budget) -> Request:
    """The smallest request found whose run of this seed violates the same invariant; request if none does."""
    assert outcome.violation is not None
    stage, invariant = Stage.of(SiteGraph(load_site(request.site))), outcome.violation.invariant
    robots = tuple(name for name, _ in request.arrangement().crew)
    whole = Run(robots=robots, wishes=outcome.wishes, strikes=outcome.strikes, minutes=request.minutes)

    def fails(run: Run) -> bool:
        found = play(stage, outcome.seed, _of(run, request)).violation
        return found is not None and found.invariant == invariant

    start = next((run for run in (_cut(whole, outcome), whole) if fails(run)), None)
    return request if start is None else _of(shrink(start, fails, budget), request)


def _cut(run: Run, outcome: Outcome) -> Run:
    """What comes after the violation has no part in it; of liveness everything may have."""
    assert outcome.violation is not None
    minutes = outcome.violation.at_s / 60.0
    return replace(run, minutes=round(minutes + 0.1, 1)) if minutes < run.minutes else run


def _of(run: Run, request: Request) -> Request:
    return replace(
        request, trace=None, robots=run.robots, wishes=run.wishes, strikes=run.strikes, minutes=run.minutes
    )
