"""fleet db check reads every row and names the bad one."""

import json
import sqlite3
from pathlib import Path

import pytest

from fleet.cli.entry import run
from fleet.core.events import DeadlineReached
from fleet.store.entry import NewEntry
from fleet.store.journal import SqlJournal


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A journal of five rows."""
    journal = SqlJournal.open(f"sqlite:///{tmp_path / 'fleet.db'}")
    journal.append([NewEntry(now_s=float(n), event=DeadlineReached(), commands=()) for n in range(5)])
    journal.close()
    return tmp_path


def change(data_dir: Path, statement: str) -> None:
    with sqlite3.connect(data_dir / "fleet.db") as connection:
        connection.execute(statement)
    connection.close()


def test_a_good_journal_is_counted(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "check", "--data-dir", str(data_dir), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": 5, "last_seq": 5, "problems": []}


def test_a_corrupt_row_is_named_with_the_remedy(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(data_dir, "UPDATE journal SET event = x'00' WHERE seq = 3")
    assert run(["db", "check", "--data-dir", str(data_dir)]) == 1
    told = capsys.readouterr().err
    assert "Row 3 is corrupt" in told
    assert "--repair" in told


def test_a_missing_row_is_named(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(data_dir, "DELETE FROM journal WHERE seq = 2")
    assert run(["db", "check", "--data-dir", str(data_dir)]) == 1
    assert "Rows 2 to 2 are missing" in capsys.readouterr().err


def test_a_folder_without_a_database_is_the_users_mistake_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "check", "--data-dir", str(tmp_path)]) == 2
    assert "--data-dir" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fleet.db").write_bytes(b"no database at all" * 100)
    assert run(["db", "check", "--data-dir", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "fleet.db" in told
