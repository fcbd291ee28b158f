"""The planning process: PlanProblem in, PlanAnswer out, over a pipe, in the order of asking.

The orchestrator starts it with `python -m fleet.solver SITE DIGEST`. It loads the site once and ends when its
pipe closes, so it never outlives its parent. Planning takes milliseconds to a second; here it blocks nobody.

Every question is answered, or followed by a SolverDied: whoever asks may wait without a clock.
"""

import contextlib
import gc
import hashlib
import logging
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from missions.planning.problem import PlanAnswer, PlanProblem

if TYPE_CHECKING:
    from missions.planning.cells import CellGraph

LENGTH = struct.Struct("<I")
MESSAGE_BYTES_MAX = 64 * 1024 * 1024
"""A thousand robots with long plans take a quarter of it; more is no message."""
RESTART_S_MIN = 0.1
RESTART_S_MAX = 30.0
"""A process that dies again before it has answered is started again after twice the time, up to this."""
ENDS_S = 2.0
"""A question under way is finished within this, else the process is killed when the orchestrator stops."""
SITE_CHANGED = 3
"""Exit code: other cells than the orchestrator's must not be planned on."""

log = logging.getLogger(__name__)


class SolverDied(msgspec.Struct, frozen=True, kw_only=True):
    """The process ended. Questions before this are lost; later ones wait for the next process."""

    because: str
    again_s: float
    """Until the next one is started."""


Report = Callable[[PlanAnswer | SolverDied], None]


class SolverProcess:
    """The parent's side. solve() may be called from any thread and never waits."""

    def __init__(self, site: Path, python: str = sys.executable) -> None:
        """Raises OSError for a site file that cannot be read."""
        self._site = site.resolve()
        self._command = [python, "-m", "fleet.solver", str(self._site), _digest(self._site)]
        self._questions: queue.SimpleQueue[PlanProblem | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._report: Report = lambda _answer: None

    @property
    def pid(self) -> int | None:
        """None before start, and between two processes."""
        with self._changed:
            return self._process.pid if self._process is not None else None

    def start(self, report: Report) -> None:
        """report is called from a thread of this object for every answer and for every death.

        Raises OSError when no process can be started at all.
        """
        self._report = report
        first = self._spawn()
        if first is None:
            return
        self._threads = [
            threading.Thread(target=self._supervise, args=(first,), name="solver-reader", daemon=True),
            threading.Thread(target=self._write, name="solver-writer", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def solve(self, problem: PlanProblem) -> None:
        self._questions.put(problem)

    def close(self) -> None:
        """End the process and the threads. Reports nothing more once it returns."""
        with self._changed:
            self._closed.set()
            process = self._process
            self._changed.notify_all()
        self._questions.put(None)
        if process is not None:
            try:
                process.wait(timeout=ENDS_S)
            except subprocess.TimeoutExpired:
                process.kill()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    # -- reading and restarting ------------------------------------------------------------------------

    def _spawn(self) -> "subprocess.Popen[bytes] | None":
        """None when this is closed already."""
        with self._changed:
            if self._closed.is_set():
                return None
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._changed.notify_all()
            return self._process

    def _supervise(self, first: "subprocess.Popen[bytes]") -> None:
        process: subprocess.Popen[bytes] | None = first
        again_s = RESTART_S_MIN
        while process is not None:
            answers, because = self._read(process)
            because = because or self._why(process.wait())
            with self._changed:
                self._process = None
            _hang_up(process)
            if self._closed.is_set():
                return
            self._forget_questions()
            again_s = RESTART_S_MIN if answers else min(RESTART_S_MAX, 2.0 * again_s)
            self._report(SolverDied(because=because, again_s=again_s))
            process = self._next(again_s)

    def _next(self, again_s: float) -> "subprocess.Popen[bytes] | None":
        while not self._closed.wait(again_s):
            try:
                return self._spawn()
            except OSError as error:  # no memory, too many processes: others may end
                log.error("the planning process cannot be started: %s", error)
                again_s = RESTART_S_MAX
        return None

    def _read(self, process: "subprocess.Popen[bytes]") -> tuple[int, str]:
        """Report answers until the process ends; how many there were, and why it had to be ended, if so."""
        decoder, answers = msgspec.msgpack.Decoder(PlanAnswer), 0
        assert process.stdout is not None
        with process.stdout as pipe:
            while True:
                try:
                    data = read_message(pipe)
                    answer = decoder.decode(data) if data is not None else None
                except (msgspec.MsgspecError, ValueError) as error:
                    process.kill()
                    process.wait()
                    return answers, f"the planning process answered nonsense: {error}"
                if answer is None:
                    return answers, ""
                answers += 1
                if not self._closed.is_set():
                    self._report(answer)

    def _why(self, code: int) -> str:
        if code == SITE_CHANGED:
            return f"{self._site} has changed since the orchestrator started: restart the orchestrator"
        if code < 0:
            return f"the planning process was ended by signal {-code} ({signal.strsignal(-code)})"
        return f"the planning process ended with code {code}: the log has its last words"

    def _forget_questions(self) -> None:
        """The report that follows tells that they are lost; asked again, they are fresher."""
        with contextlib.suppress(queue.Empty):
            while True:
                if self._questions.get_nowait() is None:
                    self._questions.put(None)  # the writer's word to stop
                    return

    # -- writing ----------------------------------------------------------------------------------------

    def _write(self) -> None:
        encoder = msgspec.msgpack.Encoder()
        while (problem := self._questions.get()) is not None:
            process = self._alive()
            if process is not None:
                _send(process, encoder.encode(problem))
        process = self._alive()
        if process is not None:
            _hang_up(process)

    def _alive(self) -> "subprocess.Popen[bytes] | None":
        """The process, once there is one; None when this is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._process is not None or self._closed.is_set())
            return self._process


def _send(process: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(LENGTH.pack(len(data)) + data)
        process.stdin.flush()
    except (OSError, ValueError) as error:  # its reader reports the death, and with it this question
        log.warning("the planning process took no question: %s", error)


def _hang_up(process: "subprocess.Popen[bytes]") -> None:
    """Close its questions' pipe: it ends after the question under way."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # what a dead process has not read
        process.stdin.close()


def _digest(site: Path) -> str:
    return hashlib.sha256(site.read_bytes()).hexdigest()


def read_message(pipe: IO[bytes]) -> bytes | None:
    """The next message; None when the pipe is closed. Raises ValueError for an impossible length."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > MESSAGE_BYTES_MAX:
        raise ValueError(f"a message of {length} bytes")
    data = pipe.read(length)
    return data if len(data) == length else None


# -- the child's side ----------------------------------------------------------------------------------


def main(site: Path, digest: str) -> int:
    """Answer until the pipe closes; the exit code."""
    for unwanted in (signal.SIGINT, signal.SIGTERM):
        # Ctrl-C and systemd's stop reach the whole group: the parent decides, and its end closes the pipe.
        signal.signal(unwanted, signal.SIG_IGN)
    from maps.graph import SiteGraph
    from maps.load import load
    from missions.planning.cells import CellGraph

    answers = _take_stdout()
    try:
        if _digest(site) != digest:
            return SITE_CHANGED
    except OSError:
        return SITE_CHANGED
    cells = CellGraph.build(SiteGraph(load(site)))
    cells.rests(cells.graph_names)  # the first question need not wait for this
    gc.freeze()  # the site lives as long as the process
    with contextlib.suppress(BrokenPipeError), answers:
        _answer(cells, sys.stdin.buffer, answers)
    return 0


def _take_stdout() -> IO[bytes]:
    """Answers only: whatever a library prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _answer(cells: "CellGraph", questions: IO[bytes], answers: IO[bytes]) -> None:
    from missions.planning.planner import plan

    decoder, encoder = msgspec.msgpack.Decoder(PlanProblem), msgspec.msgpack.Encoder()
    while (data := read_message(questions)) is not None:
        answer = encoder.encode(plan(cells, decoder.decode(data)))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
