"""The planning process: PlanProblem in, PlanAnswer out, over a pipe, in the order of asking.

The orchestrator starts it with `python -m fleet.solver SITE`; it loads the site once and ends when its pipe
closes, so it never outlives its parent. Planning takes milliseconds to a second; here it blocks nobody.
"""

import logging
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from missions.planning.problem import PlanAnswer, PlanProblem

LENGTH = struct.Struct("<I")
RESTARTS_MAX = 20
"""A planner that dies this often in one run of the orchestrator is broken, not unlucky."""

log = logging.getLogger(__name__)


class SolverDied(msgspec.Struct, frozen=True, kw_only=True):
    """The process ended; restarted says whether there is a new one."""

    because: str
    restarted: bool


Report = Callable[[PlanAnswer | SolverDied], None]


class SolverProcess:
    """The parent's side. solve() may be called from any thread and does not wait for the answer."""

    def __init__(self, site: Path, python: str = sys.executable) -> None:
        self._command = [python, "-m", "fleet.solver", str(site)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._report: Report = lambda _answer: None
        self._encoder = msgspec.msgpack.Encoder()
        self._closing = False
        self._restarts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self, report: Report) -> None:
        """report is called from a thread of this object for every answer and for every death."""
        self._report = report
        self._spawn()

    def solve(self, problem: PlanProblem) -> None:
        data = self._encoder.encode(problem)
        with self._lock:
            pipe = self._process.stdin if self._process is not None else None
            if pipe is None:
                return
            try:
                pipe.write(LENGTH.pack(len(data)) + data)
                pipe.flush()
            except OSError as error:
                log.warning(
                    "the planning process takes no questions: %s", error
                )  # its reader reports the death

    def close(self) -> None:
        self._closing = True
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> None:
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with self._lock:
            self._process = process
        threading.Thread(target=self._read, args=(process,), name="solver-reader", daemon=True).start()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        decoder = msgspec.msgpack.Decoder(PlanAnswer)
        assert process.stdout is not None
        while (data := read_message(process.stdout)) is not None:
            self._report(decoder.decode(data))
        process.stdout.close()
        if not self._closing:
            self._revive(process)

    def _revive(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()
        if process.stdin is not None:
            process.stdin.close()
        self._restarts += 1
        restarted = self._restarts <= RESTARTS_MAX
        if restarted:
            self._spawn()
        because = f"the planning process ended with code {code}"
        self._report(SolverDied(because=because, restarted=restarted))


def read_message(pipe: IO[bytes]) -> bytes | None:
    """The next message; None when the pipe is closed."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else None


def main(site: str) -> None:
    """The child's side: answer until the pipe closes."""
    from maps.graph import SiteGraph
    from maps.load import load
    from missions.planning.cells import CellGraph
    from missions.planning.planner import plan

    cells = CellGraph.build(SiteGraph(load(Path(site))))
    decoder, encoder = msgspec.msgpack.Decoder(PlanProblem), msgspec.msgpack.Encoder()
    while (data := read_message(sys.stdin.buffer)) is not None:
        answer = encoder.encode(plan(cells, decoder.decode(data)))
        sys.stdout.buffer.write(LENGTH.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
