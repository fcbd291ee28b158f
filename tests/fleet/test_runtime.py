import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.config import Settings
from fleet.core.commands import AcceptMission, AnswerControl, AnyCommand
from fleet.core.events import AnyEvent, DeadlineReached, OrchestratorStarted
from fleet.core.state import Record
from fleet.errors import JournalError, LocalError
from fleet.runtime import QueueFull, Runtime, recover
from fleet.store.entry import Journal, NewEntry
from fleet.store.journal import SqlJournal
from fleet.store.memory import MemoryJournal
from tests.fleet.counting_core import CountingCore, ForgetfulCore, asked, control
from tests.fleet.store.test_journal import limit_pages


class Clock:
    def __init__(self, now_s: float = 1_000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


class Recorder:
    """Notes what was done, and how much of the journal was committed at that moment."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.done: list[tuple[AnyCommand, int]] = []
        self.records: list[Record] = []

    def perform(self, command: AnyCommand, event: AnyEvent) -> None:
        assert event is not None
        self.done.append((command, self.journal.last_seq))

    def changed(self, records: Sequence[Record], now_s: float) -> None:
        assert now_s > 0
        self.records.extend(records)


class PowerCut(BaseException):
    pass


class CutBeforeEffects(Recorder):
    def perform(self, command: AnyCommand, event: AnyEvent) -> None:
        raise PowerCut


def build(journal: Journal, clock: Clock | None = None, settings: Settings | None = None) -> Runtime:
    return Runtime(
        CountingCore(), journal, Recorder(journal), clock or Clock(), settings or Settings(), version="v1"
    )


def recorder(runtime: Runtime) -> Recorder:
    effects = runtime._effects
    assert isinstance(effects, Recorder)
    return effects


def test_request_resolves_with_the_commands_of_its_own_event() -> None:
    runtime = build(MemoryJournal())
    futures: list[Future[tuple[AnyCommand, ...]]] = [runtime.request(asked(f"key-{n}")) for n in range(3)]
    runtime.submit(control())
    assert not futures[0].done()
    assert runtime.step() == 4
    answers = [future.result(0)[0] for future in futures]
    assert [(a.request_key, a.mission_id) for a in answers if isinstance(a, AcceptMission)] == [
        ("key-0", "mission-000001"),
        ("key-1", "mission-000002"),
        ("key-2", "mission-000003"),
    ]


def test_nothing_is_done_before_its_row_is_committed() -> None:
    journal = MemoryJournal()
    runtime = build(journal)
    for n in range(5):
        runtime.submit(asked(str(n)))
    runtime.step()
    assert [committed for _, committed in recorder(runtime).done] == [5, 5, 5, 5, 5]


def test_changed_records_are_handed_on_before_the_commands() -> None:
    runtime = build(MemoryJournal())
    runtime.submit(asked("a"))
    runtime.step()
    assert len(recorder(runtime).records) == 1


def test_batch_is_bounded_and_the_rest_comes_in_the_next_step() -> None:
    runtime = build(MemoryJournal())
    for n in range(700):
        runtime.submit(asked(str(n)))
    assert (runtime.step(), runtime.step(), runtime.step()) == (500, 200, 0)


def test_stamps_never_go_back_and_are_whole_milliseconds() -> None:
    journal, clock = MemoryJournal(), Clock(1_000.0004)
    runtime = build(journal, clock)
    for now_s in (1_000.0004, 900.0, 1_000.0021):
        clock.now_s = now_s
        runtime.submit(control())
        runtime.step()
    assert [entry.now_s for entry in journal.entries(0)] == [1_000.001, 1_000.001, 1_000.003]


def test_stamps_go_on_from_the_journal_when_the_clock_was_set_back() -> None:
    journal = MemoryJournal()
    journal.append([NewEntry(now_s=5_000.0, event=control(), commands=())])
    runtime = build(journal, Clock(1_000.0))
    runtime.submit(control())
    runtime.step()
    assert journal.last_s == 5_000.0


@pytest.mark.parametrize("start_s", [1_000.0, 1_700_000_000.1234567, 1_763_973_354.0005])
def test_deadline_is_one_event_at_the_moment_it_is_due(start_s: float) -> None:
    journal, clock = MemoryJournal(), Clock(start_s)
    runtime = build(journal, clock)
    runtime.submit(asked("a"))
    runtime.step()
    due_s = runtime._core.next_deadline_s()
    assert due_s is not None
    clock.now_s = due_s - 0.01
    assert runtime.step() == 0
    clock.now_s = due_s
    assert runtime.step() == 1
    last = list(journal.entries(1))
    assert isinstance(last[0].event, DeadlineReached)
    assert last[0].now_s >= due_s
    assert runtime.step() == 0


def test_full_queue_refuses_and_keeps_what_it_has() -> None:
    runtime = build(MemoryJournal(), settings=replace(Settings(), event_queue_max=2))
    runtime.submit(asked("a"))
    runtime.submit(asked("b"))
    with pytest.raises(QueueFull, match="2 events wait"):
        runtime.request(asked("c"))
    assert runtime.step() == 2


def test_full_disk_tells_nobody_anything_until_it_is_written(tmp_path: Path) -> None:
    journal = SqlJournal.open(f"sqlite:///{tmp_path / 'fleet.db'}")
    runtime = build(journal)
    limit_pages(journal, slack=0)
    futures = [runtime.request(asked(f"{n} {'x' * 200}")) for n in range(300)]
    assert runtime.step() == 0
    assert not any(future.done() for future in futures)
    assert recorder(runtime).done == []
    with pytest.raises(JournalError, match="disk is full"):
        runtime.request(asked("later"))

    assert runtime.step() == 0
    limit_pages(journal, slack=100_000)
    assert runtime.step() == 300
    accepted = [future.result(0)[0] for future in futures]
    assert len({a.mission_id for a in accepted if isinstance(a, AcceptMission)}) == 300
    assert runtime.request(asked("later")) is not None
    assert runtime.step() == 1
    journal.close()


def test_crash_between_commit_and_effects_loses_nothing() -> None:
    journal = MemoryJournal()
    runtime = Runtime(CountingCore(), journal, CutBeforeEffects(journal), Clock(), Settings(), version="v1")
    future = runtime.request(asked("a"))
    with pytest.raises(PowerCut):
        runtime.step()
    assert not future.done()

    core = CountingCore()
    report = recover(core, journal, "v1")
    assert (report.replayed, report.last_seq, report.snapshot_seq) == (1, 1, 0)
    assert core.state.missions == 1


def test_recovery_continues_from_the_snapshot() -> None:
    journal = MemoryJournal()
    runtime = build(journal, settings=replace(Settings(), snapshot_rows=10))
    for n in range(25):
        runtime.submit(asked(str(n)))
        runtime.step()
    core = CountingCore()
    report = recover(core, journal, "v1")
    assert (report.snapshot_seq, report.replayed, core.state.missions) == (20, 5, 25)
    assert core.snapshot() == runtime._core.snapshot()


def test_unreadable_snapshot_gives_way_to_the_whole_journal() -> None:
    journal = MemoryJournal()
    runtime = build(journal)
    for n in range(3):
        runtime.submit(asked(str(n)))
    runtime.step()
    runtime.snapshot()
    snapshot = journal.latest_snapshot()
    assert snapshot is not None
    journal.save_snapshot(replace(snapshot, data=b"\x00"))
    journal.save_snapshot(replace(snapshot, data=b"\x00"))
    core = CountingCore()
    report = recover(core, journal, "v1")
    assert (report.snapshot_seq, report.replayed, core.state.missions) == (0, 3, 3)
    assert len(report.skipped_snapshots) == 2


def started(version: str) -> OrchestratorStarted:
    return OrchestratorStarted(version=version, site_id="corner")


def test_same_version_that_decides_differently_is_refused_with_the_row() -> None:
    journal = MemoryJournal()
    runtime = build(journal)
    for event in (started("v1"), asked("a"), asked("b")):
        runtime.submit(event)
    runtime.step()
    with pytest.raises(
        JournalError,
        match=r"row 2 \(MissionRequested\) is decided differently .* commands\[0\].*was .*000001",
    ):
        recover(ForgetfulCore(), journal, "v1")


def test_other_version_may_decide_differently_and_the_rows_are_reported() -> None:
    journal = MemoryJournal()
    runtime = build(journal)
    for event in (started("v1"), asked("a"), control(), asked("b")):
        runtime.submit(event)
    runtime.step()
    assert recover(ForgetfulCore(), journal, "v2").diverged == (2, 4)


def test_thread_answers_and_stops(tmp_path: Path) -> None:
    journal = SqlJournal.open(f"sqlite:///{tmp_path / 'fleet.db'}")
    clock = Clock()
    runtime = build(journal, clock)
    stop = threading.Event()
    thread = threading.Thread(target=runtime.run, args=(stop,))
    thread.start()
    futures = [runtime.request(control()) for _ in range(200)]
    assert all(isinstance(future.result(10)[0], AnswerControl) for future in futures)
    stop.set()
    runtime.wake()
    thread.join(10)
    assert not thread.is_alive()
    assert journal.last_seq == 200
    journal.close()


def test_closed_runtime_refuses_what_is_left_and_what_comes() -> None:
    runtime = build(MemoryJournal())
    left = runtime.request(asked("a"))
    runtime.close()
    with pytest.raises(LocalError, match="stopped before"):
        left.result(0)
    with pytest.raises(LocalError, match="takes no more"):
        runtime.submit(control())
