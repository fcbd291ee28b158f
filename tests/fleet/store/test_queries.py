from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from fleet.errors import JournalError
from fleet.store.entry import NewEntry
from fleet.store.journal import SqlJournal
from fleet.store.queries import History
from tests.fleet.counting_core import control, mission_record
from tests.fleet.store.test_journal import entry, url_of


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    opened = SqlJournal.open(url_of(tmp_path))
    opened.append([entry(number) for number in range(1, 8)])
    yield opened
    opened.close()


@pytest.fixture
def history(journal: SqlJournal) -> History:
    return History(journal.engine)


def test_mission_comes_back_whole(history: History) -> None:
    assert history.mission("mission-000003") == mission_record("mission-000003", 3.0)
    assert history.mission("mission-999999") is None


def test_missions_come_newest_first_page_by_page(history: History) -> None:
    first = history.missions(before_id=None, limit=3)
    assert [record.mission.mission_id for record in first] == [f"mission-00000{n}" for n in (7, 6, 5)]
    second = history.missions(before_id=first[-1].mission.mission_id, limit=10)
    assert [record.mission.mission_id for record in second] == [f"mission-00000{n}" for n in (4, 3, 2, 1)]
    assert history.missions(before_id="mission-000001", limit=10) == []


def test_order_holds_beyond_a_million_missions(journal: SqlJournal, history: History) -> None:
    for mission_id, created_s in (("mission-999999", 8.0), ("mission-1000000", 9.0)):
        record = mission_record(mission_id, created_s)
        journal.append([NewEntry(now_s=created_s, event=control(), commands=(), changed=(record,))])
    newest = history.missions(before_id=None, limit=2)
    assert [record.mission.mission_id for record in newest] == ["mission-1000000", "mission-999999"]
    older = history.missions(before_id="mission-1000000", limit=1)
    assert [record.mission.mission_id for record in older] == ["mission-999999"]


def test_two_missions_of_one_moment_are_both_on_a_page(journal: SqlJournal, history: History) -> None:
    records = tuple(replace(mission_record(f"mission-00010{n}", 50.0)) for n in range(3))
    journal.append([NewEntry(now_s=50.0, event=control(), commands=(), changed=records)])
    seen: list[str] = []
    before: str | None = None
    for _ in range(3):
        (record,) = history.missions(before_id=before, limit=1)
        before = record.mission.mission_id
        seen.append(before)
    assert seen == ["mission-000102", "mission-000101", "mission-000100"]


def test_journal_comes_page_by_page(history: History) -> None:
    page = history.journal(after=2, limit=3)
    assert [found.seq for found in page] == [3, 4, 5]
    assert page[0].event == entry(3).event
    assert history.journal(after=7, limit=3) == []


def test_corrupt_row_is_named_when_its_page_is_read(journal: SqlJournal, history: History) -> None:
    with journal.engine.begin() as connection:
        connection.execute(text("UPDATE journal SET crc32 = 1 WHERE seq = 5"))
    assert len(history.journal(after=0, limit=4)) == 4
    with pytest.raises(JournalError, match="row 5 is corrupt"):
        history.journal(after=4, limit=4)
