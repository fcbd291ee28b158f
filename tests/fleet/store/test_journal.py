import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from fleet.core.commands import AcceptMission, SolvePlan
from fleet.core.events import DeadlineReached
from fleet.errors import JournalError, UserError
from fleet.store.entry import JournalUnavailableError, NewEntry, Snapshot
from fleet.store.journal import SqlJournal
from fleet.store.memory import MemoryJournal
from missions.planning.problem import Agent, AgentPlan, PlanProblem, Step
from tests.fleet.counting_core import asked, mission_record


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'fleet.db'}"


def entry(number: int) -> NewEntry:
    mission_id = f"mission-{number:06d}"
    return NewEntry(
        now_s=1_700_000_000.0 + number,
        event=asked(f"key-{number}"),
        commands=(AcceptMission(request_key=f"key-{number}", mission_id=mission_id, because="asked"),),
        changed=(mission_record(mission_id, float(number)),),
    )


def long_entry() -> NewEntry:
    agent = Agent(agent_id="r", radius_m=0.3, speed_mps=1.0, acceleration_mps2=0.5, graphs=("0",))
    steps = tuple(Step(step_no=n, cell=f"E{n}#1", enter_s=float(n), leave_s=float("inf")) for n in range(400))
    problem = PlanProblem(
        version=3, now_s=1.0, plans=(AgentPlan(agent=agent, steps=steps, allocated=1),), requests=()
    )
    return NewEntry(now_s=1.0, event=DeadlineReached(), commands=(SolvePlan(problem=problem, because="due"),))


def corrupt(url: str, statement: str) -> None:
    journal = SqlJournal.open(url)
    with journal.engine.begin() as connection:
        connection.execute(text(statement))
    journal.close()


def test_entries_come_back_as_they_were_written(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    written = [entry(1), entry(2), long_entry()]
    journal.append(written[:2])
    journal.append(written[2:])
    journal.close()

    journal = SqlJournal.open(url_of(tmp_path))
    read = list(journal.entries(0))
    assert (journal.last_seq, journal.last_s) == (3, 1.0)
    assert [e.seq for e in read] == [1, 2, 3]
    assert [(e.now_s, e.event, e.commands) for e in read] == [(e.now_s, e.event, e.commands) for e in written]
    assert read[0].changed == ("mission mission-000001",)
    assert [e.seq for e in journal.entries(2)] == [3]
    journal.close()


def test_memory_journal_reads_back_the_same_as_the_database(tmp_path: Path) -> None:
    memory, disk = MemoryJournal(), SqlJournal.open(url_of(tmp_path))
    for journal in (memory, disk):
        journal.append([entry(1), long_entry(), entry(2)])
    assert list(memory.entries(0)) == list(disk.entries(0))
    assert list(memory.entries(1)) == list(disk.entries(1))
    assert (memory.last_seq, memory.last_s) == (disk.last_seq, disk.last_s)
    disk.close()


def test_a_batch_leaves_one_current_row_per_record(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    first, second = mission_record("mission-000001", 1.0), mission_record("mission-000001", 2.0)
    journal.append([NewEntry(now_s=1.0, event=DeadlineReached(), commands=(), changed=(first,))])
    journal.append([NewEntry(now_s=2.0, event=DeadlineReached(), commands=(), changed=(second, second))])
    with journal.engine.connect() as connection:
        assert connection.execute(text("SELECT mission_id, created_s FROM mission")).all() == [
            ("mission-000001", 2.0)
        ]
    journal.close()


def test_second_process_on_the_same_database_is_told_who_holds_it(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    code = f"from fleet.store.journal import SqlJournal; SqlJournal.open({url_of(tmp_path)!r})"
    second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert "is in use by another orchestrator (process" in second.stderr
    with pytest.raises(JournalError, match="in use by another orchestrator"):
        SqlJournal.open(url_of(tmp_path))
    journal.close()
    SqlJournal.open(url_of(tmp_path)).close()


def test_changed_byte_is_found_and_the_row_is_named(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    journal.append([entry(n) for n in range(1, 6)])
    journal.close()
    corrupt(
        url_of(tmp_path), "UPDATE journal SET event = CAST(X'00' || substr(event, 2) AS BLOB) WHERE seq = 4"
    )

    journal = SqlJournal.open(url_of(tmp_path))
    good = []
    with pytest.raises(JournalError, match=r"row 4 .*checksum.*fleet db check.*--repair"):
        good.extend(journal.entries(0))
    journal.close()


def test_missing_row_is_found_and_named(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    journal.append([entry(n) for n in range(1, 6)])
    journal.close()
    corrupt(url_of(tmp_path), "DELETE FROM journal WHERE seq = 3")

    journal = SqlJournal.open(url_of(tmp_path))
    with pytest.raises(JournalError, match=r"row 3 .*is missing"):
        list(journal.entries(0))
    assert [e.seq for e in journal.entries(3)] == [4, 5]
    journal.close()


def test_full_disk_writes_nothing_and_the_same_append_succeeds_later(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    journal.append([entry(1)])
    limit_pages(journal, slack=0)
    batch = [entry(n) for n in range(2, 400)]
    with pytest.raises(JournalUnavailableError, match=r"full.*Make room"):
        journal.append(batch)
    assert journal.last_seq == 1
    assert [e.seq for e in journal.entries(0)] == [1]
    limit_pages(journal, slack=100_000)
    journal.append(batch)
    assert [e.seq for e in journal.entries(0)] == list(range(1, 400))
    journal.close()


def limit_pages(journal: SqlJournal, *, slack: int) -> None:
    """SQLite's own limit gives the very error that a full disk gives."""
    with journal._connection.begin():
        count = journal._connection.execute(text("PRAGMA page_count")).scalar_one()
        journal._connection.execute(text(f"PRAGMA max_page_count = {count + slack}"))


def test_damaged_snapshot_is_passed_over(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    for seq in (1, 2, 3, 4, 5):
        journal.save_snapshot(Snapshot(seq=seq, created_s=1.0, version="a", data=b"state %d" % seq))
    assert [s.seq for s in journal.snapshots()] == [5, 4, 3]
    journal.close()
    corrupt(url_of(tmp_path), "UPDATE snapshot SET data = X'00' WHERE seq = 5")
    journal = SqlJournal.open(url_of(tmp_path))
    latest = journal.latest_snapshot()
    assert latest is not None
    assert (latest.seq, latest.data) == (4, b"state 4")
    journal.close()


def test_old_rows_leave_with_a_snapshot_and_the_tail_is_still_read(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    journal.rows_kept = 2
    journal.append([entry(number) for number in range(1, 6)])
    journal.save_snapshot(Snapshot(seq=4, created_s=1.0, version="a", data=b"state 4"))
    assert [found.seq for found in journal.entries(4)] == [5]
    assert [found.seq for found in journal.entries(2)] == [3, 4, 5]
    assert journal.last_seq == 5
    journal.close()


def test_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "fleet.db").write_text("this is not a database, " * 100)
    with pytest.raises(JournalError, match=r"fleet.db cannot be opened: file is not a database.*backup"):
        SqlJournal.open(url_of(tmp_path))


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"nowhere/fleet.db cannot be written.*--data-dir"):
        SqlJournal.open(url_of(tmp_path / "nowhere"))


def test_database_of_a_newer_layout_is_refused(tmp_path: Path) -> None:
    corrupt(url_of(tmp_path), "PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="layout 99, made by a newer CityFleet"):
        SqlJournal.open(url_of(tmp_path))


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "oracle://x"])
def test_url_that_is_none_is_the_users_mistake(url: str) -> None:
    with pytest.raises(UserError, match="no database address"):
        SqlJournal.open(url)
