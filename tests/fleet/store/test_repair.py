from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from fleet.errors import JournalError
from fleet.store.entry import Snapshot
from fleet.store.journal import SqlJournal
from fleet.store.repair import repair, set_aside
from tests.fleet.store.test_journal import entry, url_of


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    opened = SqlJournal.open(url_of(tmp_path))
    opened.append([entry(number) for number in range(1, 11)])
    yield opened
    opened.close()


def change(journal: SqlJournal, statement: str) -> None:
    with journal.engine.begin() as connection:
        connection.execute(text(statement))


def count(journal: SqlJournal, table: str) -> int:
    with journal.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_sound_journal_is_left_alone(journal: SqlJournal) -> None:
    assert repair(journal, 1.0) is None
    assert (count(journal, "journal"), count(journal, "journal_quarantine")) == (10, 0)


def test_corrupt_row_and_all_after_it_are_set_aside_and_nothing_is_deleted(journal: SqlJournal) -> None:
    change(journal, "UPDATE journal SET crc32 = 1 WHERE seq = 7")
    repaired = repair(journal, 99.0)
    assert repaired is not None
    assert (repaired.from_seq, repaired.moved) == (7, {"MissionRequested": 4})
    assert "row 7 is corrupt: its checksum" in str(repaired)
    assert (count(journal, "journal"), count(journal, "journal_quarantine")) == (6, 4)
    assert [found.seq for found in journal.entries(0)] == [1, 2, 3, 4, 5, 6]


def test_writing_goes_on_after_a_repair(journal: SqlJournal) -> None:
    change(journal, "UPDATE journal SET crc32 = 1 WHERE seq = 7")
    repair(journal, 99.0)
    journal.append([entry(20)])
    assert [found.now_s - 1_700_000_000 for found in journal.entries(5)] == [6.0, 20.0]
    assert repair(journal, 100.0) is None


def test_missing_row_sets_aside_what_came_after_it(journal: SqlJournal) -> None:
    change(journal, "DELETE FROM journal WHERE seq = 4")
    repaired = repair(journal, 1.0)
    assert repaired is not None
    assert (repaired.from_seq, sum(repaired.moved.values())) == (4, 6)
    assert "row 4 is missing" in repaired.because


def test_row_before_a_good_snapshot_is_not_needed_and_stays(journal: SqlJournal) -> None:
    journal.save_snapshot(Snapshot(seq=8, created_s=1.0, version="v", data=b"state"))
    change(journal, "UPDATE journal SET crc32 = 1 WHERE seq = 3")
    assert repair(journal, 1.0) is None
    with pytest.raises(JournalError, match="row 3"):
        list(journal.entries(0))
    assert len(list(journal.entries(8))) == 2


def test_snapshot_of_what_is_set_aside_goes_too(journal: SqlJournal) -> None:
    journal.save_snapshot(Snapshot(seq=2, created_s=1.0, version="v", data=b"early"))
    journal.save_snapshot(Snapshot(seq=8, created_s=1.0, version="v", data=b"late"))
    set_aside(journal, 5, "decided differently", 1.0)
    latest = journal.latest_snapshot()
    assert latest is not None
    assert (latest.seq, journal.last_seq) == (2, 4)


def test_numbers_go_on_from_the_snapshot_when_the_rows_before_it_are_elsewhere(
    journal: SqlJournal, tmp_path: Path
) -> None:
    journal.save_snapshot(Snapshot(seq=10, created_s=1_700_000_010.0, version="v", data=b"state"))
    change(journal, "DELETE FROM journal")
    journal.close()
    again = SqlJournal.open(url_of(tmp_path))
    assert (again.last_seq, again.last_s) == (10, 1_700_000_010.0)
    again.append([entry(11)])
    assert [found.seq for found in again.entries(10)] == [11]
    again.close()
