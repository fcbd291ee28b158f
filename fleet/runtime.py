"""The single writer: takes events from one queue, asks the core, commits, and only then speaks.

Runtime.step() is synchronous and is all there is: the real thread (run) and the simulator both call it, so
that a crash between the commit and the effects can be played. Nothing here knows links, views or the API.
"""

import logging
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Condition, Event
from typing import Any, Protocol

import msgspec

from fleet.config import Settings
from fleet.core.commands import AnyCommand
from fleet.core.events import AnyEvent, DeadlineReached, OrchestratorStarted
from fleet.core.state import Record
from fleet.errors import FleetError, JournalError, LocalError
from fleet.store.codec import Codec
from fleet.store.entry import Entry, Journal, JournalUnavailableError, NewEntry, Snapshot

log = logging.getLogger(__name__)

BATCH_MAX = 500
"""Events in one commit. More would make the first one wait for the last."""
IDLE_S = 1.0
"""Longest sleep, so that a stop is never far."""
RETRY_S = 1.0
"""Between two attempts to write while the disk is full."""

SHOWN_MAX = 200
"""Characters of a value in an error."""
REPORT = (
    "Please report it with a copy of the database. To start all the same use --repair, which sets the rows "
    "from there on aside (nothing is deleted)."
)

Answer = tuple[AnyCommand, ...]


class Core(Protocol):
    """What the runtime needs of fleet.core.orchestrator.Orchestrator."""

    def handle(self, event: AnyEvent, now_s: float) -> Answer: ...

    def next_deadline_s(self) -> float | None: ...

    def drain_changes(self) -> tuple[Record, ...]: ...

    def snapshot(self) -> bytes: ...

    def restore(self, data: bytes) -> None: ...


class Effects(Protocol):
    """What follows from a committed row. Called by the runtime's thread only; must not block."""

    def perform(self, command: AnyCommand, event: AnyEvent) -> None: ...

    def changed(self, records: Sequence[Record], now_s: float) -> None: ...


class ReplayError(JournalError):
    """A journal row cannot be replayed; all before it could. The message says what to do."""

    def __init__(self, seq: int, message: str) -> None:
        super().__init__(message)
        self.seq = seq


class QueueFull(FleetError):  # noqa: N818
    """More events wait than are allowed. Send it again in a second, or let it go."""


@dataclass(slots=True)
class _Waiting:
    event: AnyEvent
    future: "Future[Answer] | None" = None


class Runtime:
    """clock: Unix seconds; it may go backwards, the stamps never do. version: fleet.store.version."""

    def __init__(
        self,
        core: Core,
        journal: Journal,
        effects: Effects,
        clock: Callable[[], float],
        settings: Settings,
        *,
        version: str = "",
    ) -> None:
        self._core = core
        self._journal = journal
        self._effects = effects
        self._clock = clock
        self._settings = settings
        self._version = version
        self._queue: deque[_Waiting] = deque()
        self._taken: deque[_Waiting] = deque()
        """Off the queue, not handled yet."""
        self._wake = Condition()
        self._handled: list[tuple[_Waiting, NewEntry]] = []
        """Decided by the core but not committed yet; not empty between steps only while the disk is full."""
        self._last_s = journal.last_s
        self._snapshot_seq = 0
        self._trouble: JournalError | None = None
        self._closed = False

    # -- from any thread -------------------------------------------------------------------------------

    def submit(self, event: AnyEvent) -> None:
        """Queue an event. Raises QueueFull."""
        self._put(_Waiting(event))

    def request(self, event: AnyEvent) -> "Future[Answer]":
        """Resolves after the commit, with the commands of this very event.

        Raises QueueFull, or JournalError while nothing can be written (it says what to do).
        """
        if self._trouble is not None:
            raise self._trouble
        future: Future[Answer] = Future()
        self._put(_Waiting(event, future))
        return future

    def wake(self) -> None:
        with self._wake:
            self._wake.notify()

    @property
    def queued(self) -> int:
        return len(self._queue)

    def _put(self, waiting: _Waiting) -> None:
        with self._wake:
            if self._closed:
                raise LocalError("The orchestrator is stopping and takes no more events.")
            if len(self._queue) >= self._settings.event_queue_max:
                raise QueueFull(
                    f"{len(self._queue)} events wait for the orchestrator, the most that are kept."
                )
            self._queue.append(waiting)
            self._wake.notify()

    # -- the writer ------------------------------------------------------------------------------------

    def step(self) -> int:
        """Handle what is queued, commit it in one transaction, then do what follows. Returns how many.

        While the disk is full the same entries are tried again at the next step and nothing new is handled.
        """
        if not self._handled:
            self._take()
            self._handle()
        if not self._handled:
            return 0
        if not self._commit():
            return 0
        done, self._handled = self._handled, []
        for waiting, entry in done:
            self._follow(waiting, entry)
        self._snapshot_if_due()
        return len(done)

    def run(self, stop: Event) -> None:
        """step() until stop is set (then wake() it). Raises when one of our own bugs shows."""
        while not stop.is_set():
            if self.step() == 0:
                self._sleep(stop)
        self.step()

    def close(self) -> None:
        """Take no more events and refuse those that are left. Call it when the writer's thread has ended."""
        with self._wake:
            self._closed = True
            waiting, self._queue = self._queue, deque()
        _refuse(waiting, "The orchestrator stopped before this was accepted.")
        begun = [*(waiting for waiting, _ in self._handled), *self._taken]
        _refuse(begun, "The orchestrator stopped in the middle of this: send it again with the same key.")

    def snapshot(self) -> None:
        """Save the core's state now; the next start replays only what comes after."""
        seq = self._journal.last_seq
        if self._handled or seq == self._snapshot_seq:
            return
        data = self._core.snapshot()
        self._journal.save_snapshot(
            Snapshot(seq=seq, created_s=self._last_s, version=self._version, data=data)
        )
        self._snapshot_seq = seq

    def _take(self) -> None:
        if self._deadline_passed():
            self._taken.append(_Waiting(DeadlineReached()))
        with self._wake:
            for _ in range(min(len(self._queue), BATCH_MAX)):
                self._taken.append(self._queue.popleft())

    def _handle(self) -> None:
        while self._taken:
            waiting, now_s = self._taken[0], self._stamp()
            commands = self._core.handle(waiting.event, now_s)
            changed = self._core.drain_changes()
            entry = NewEntry(now_s=now_s, event=waiting.event, commands=commands, changed=changed)
            self._handled.append((waiting, entry))
            self._taken.popleft()

    def _deadline_passed(self) -> bool:
        deadline_s = self._core.next_deadline_s()
        return deadline_s is not None and deadline_s <= self._stamp()

    def _stamp(self) -> float:
        """Whole milliseconds, upwards: a deadline that the clock has reached is reached by the stamp too."""
        self._last_s = max(self._last_s, math.ceil(self._clock() * 1000) / 1000)
        return self._last_s

    def _commit(self) -> bool:
        try:
            self._journal.append([entry for _, entry in self._handled])
        except JournalUnavailableError as error:
            if self._trouble is None:
                log.error("%s", error)
            self._trouble = error
            return False
        if self._trouble is not None:
            log.warning("The journal can be written again.")
        self._trouble = None
        return True

    def _follow(self, waiting: _Waiting, entry: NewEntry) -> None:
        if entry.changed:
            self._effects.changed(entry.changed, entry.now_s)
        for command in entry.commands:
            self._effects.perform(command, entry.event)
        if waiting.future is not None and waiting.future.set_running_or_notify_cancel():
            waiting.future.set_result(entry.commands)

    def _snapshot_if_due(self) -> None:
        if self._journal.last_seq - self._snapshot_seq < self._settings.snapshot_rows:
            return
        try:
            self.snapshot()
        except JournalUnavailableError as error:
            log.warning("No snapshot: %s", error)

    def _sleep(self, stop: Event) -> None:
        deadline_s = self._core.next_deadline_s()
        with self._wake:
            if self._trouble is not None:
                self._wake.wait(RETRY_S)
            elif not self._queue and not stop.is_set():
                due_s = IDLE_S if deadline_s is None else deadline_s - self._clock()
                self._wake.wait(min(max(due_s, 0.001), IDLE_S))


def _refuse(events: Iterable[_Waiting], because: str) -> None:
    for waiting in events:
        if waiting.future is not None and not waiting.future.done():
            waiting.future.set_exception(LocalError(because))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    snapshot_seq: int
    """The snapshot that the core was restored from; 0 for none."""
    last_seq: int
    replayed: int
    diverged: tuple[int, ...] = ()
    """Rows of another version that this one decides differently. Never of its own version."""
    skipped_snapshots: tuple[str, ...] = ()
    """Snapshots that could not be read, and why; an older one or the whole journal was used instead."""


def recover(core: Core, journal: Journal, version: str = "") -> RecoveryReport:
    """Bring a new core to where the journal ends, with effects off.

    Raises JournalError when a row cannot be read; ReplayError when the core fails on a row, or decides a row
    of this very version differently now: going on would contradict what robots were told.
    """
    snapshot, skipped = _restore(core, journal)
    seq = snapshot.seq if snapshot is not None else 0
    written_by = snapshot.version if snapshot is not None else ""
    replay = _Replay(core, version, written_by)
    for entry in journal.entries(seq):
        replay.feed(entry)
    core.drain_changes()
    return RecoveryReport(
        snapshot_seq=seq,
        last_seq=journal.last_seq,
        replayed=replay.count,
        diverged=tuple(replay.diverged),
        skipped_snapshots=tuple(skipped),
    )


def _restore(core: Core, journal: Journal) -> tuple[Snapshot | None, list[str]]:
    skipped = []
    for snapshot in journal.snapshots():
        try:
            core.restore(snapshot.data)
        except msgspec.DecodeError as error:
            skipped.append(f"snapshot {snapshot.seq} of version {snapshot.version}: {error}")
        else:
            return snapshot, skipped
    return None, skipped


class _Replay:
    def __init__(self, core: Core, version: str, written_by: str) -> None:
        self._core = core
        self._codec = Codec()
        self._version = version
        self._written_by = written_by
        self.count = 0
        self.diverged: list[int] = []

    def feed(self, entry: Entry) -> None:
        if isinstance(entry.event, OrchestratorStarted):
            self._written_by = entry.event.version
        try:
            commands = self._core.handle(entry.event, entry.now_s)
        except Exception as error:
            raise ReplayError(entry.seq, f"{_row(entry)} cannot be replayed: {error!r}. {REPORT}") from error
        self._core.drain_changes()
        self.count += 1
        if commands != entry.commands and self._as_read(commands) != entry.commands:
            self._differs(entry, self._as_read(commands))

    def _as_read(self, commands: Answer) -> Answer:
        """Through the codec once, as the journalled ones have been (lists become tuples)."""
        return self._codec.decode_commands(self._codec.encode_commands(commands))

    def _differs(self, entry: Entry, commands: Answer) -> None:
        if self._written_by != self._version:
            self.diverged.append(entry.seq)
            return
        differs = first_difference(msgspec.to_builtins(entry.commands), msgspec.to_builtins(commands))
        raise ReplayError(
            entry.seq, f"{_row(entry)} is decided differently by the same version: {differs}. {REPORT}"
        )


def first_difference(then: Any, now: Any, path: str = "commands") -> str:
    """Where two decoded values differ first: 'commands[0].duration_s was 12.5, is 12.4'."""
    if isinstance(then, dict) and isinstance(now, dict):
        pairs = [(f"{path}.{key}", then.get(key), now.get(key)) for key in (*then, *now)]
    elif isinstance(then, list | tuple) and isinstance(now, list | tuple) and len(then) == len(now):
        pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(then, now, strict=True))]
    else:
        return "" if then == now else f"{path} was {str(then)[:SHOWN_MAX]}, is {str(now)[:SHOWN_MAX]}"
    return next(filter(None, (first_difference(was, is_, where) for where, was, is_ in pairs)), "")


def _row(entry: Entry) -> str:
    return f"Journal row {entry.seq} ({type(entry.event).__name__})"
