from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from fleet.store.journal import SqlJournal
from fleet.store.site_versions import SiteVersions
from tests.fleet.store.test_journal import url_of

FIRST, SECOND = "aa11" * 16, "aa22" * 16


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    opened = SqlJournal.open(url_of(tmp_path))
    yield opened
    opened.close()


def test_a_version_is_kept_with_its_file_and_its_times(journal: SqlJournal) -> None:
    versions = SiteVersions(journal.engine)
    versions.started(FIRST, "town", "site: town\n", 10.0)
    versions.ended(25.0)
    (kept,) = versions.all()
    assert (kept.content_hash, kept.site_id) == (FIRST, "town")
    assert (kept.first_used_s, kept.last_used_s, kept.starts) == (10.0, 25.0, 1)
    assert versions.yaml(FIRST) == "site: town\n"
    assert versions.current == FIRST


def test_a_version_that_comes_back_keeps_its_first_time(journal: SqlJournal) -> None:
    for now_s, content_hash in ((10.0, FIRST), (20.0, SECOND), (30.0, FIRST)):
        SiteVersions(journal.engine).started(content_hash, "town", "site: town\n", now_s)
    newest, older = SiteVersions(journal.engine).all()
    assert (newest.content_hash, newest.first_used_s, newest.last_used_s, newest.starts) == (
        FIRST,
        10.0,
        30.0,
        2,
    )
    assert older.content_hash == SECOND


def test_first_letters_find_one_several_or_none(journal: SqlJournal) -> None:
    versions = SiteVersions(journal.engine)
    versions.started(FIRST, "town", "a", 1.0)
    versions.started(SECOND, "town", "b", 2.0)
    assert [version.content_hash for version in versions.beginning("aa1")] == [FIRST]
    assert len(versions.beginning("aa")) == 2
    assert versions.beginning("a%") == []
    assert versions.beginning("b") == []


def test_a_database_of_before_gets_the_table(tmp_path: Path) -> None:
    journal = SqlJournal.open(url_of(tmp_path))
    with journal.engine.begin() as connection:
        connection.execute(text("DROP TABLE site_version"))
    journal.close()
    journal = SqlJournal.open(url_of(tmp_path))
    SiteVersions(journal.engine).started(FIRST, "town", "a", 1.0)
    assert len(SiteVersions(journal.engine).all()) == 1
    journal.close()
