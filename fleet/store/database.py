"""Opening a database: engine, pragmas, tables, and the lock that keeps a second writer out."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlmodel import SQLModel

from fleet.errors import JournalError, UserError
from fleet.store import schema

SCHEMA_VERSION = 1
BUSY_TIMEOUT_MS = 5_000


def open_engine(url: str) -> Engine:
    """An engine with its tables made. Raises UserError (unusable URL) or JournalError (unusable database)."""
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _unusable(url, error) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    try:
        _make_tables(engine)
    except DatabaseError as error:
        engine.dispose()
        raise JournalError(
            f"The database {where(url)} cannot be opened: {error.orig}. "
            "Check the path and its permissions, or restore the file from a backup."
        ) from error
    return engine


def _unusable(url: str, error: Exception) -> UserError:
    return UserError(
        "DB_URL",
        f"'{url}' is no database address that can be used: {error}.",
        field="db",
        hint="Write sqlite:////absolute/path/fleet.db.",
    )


def where(url: str) -> str:
    """The database as people know it, without a password."""
    parsed = make_url(url)
    return parsed.database or "in memory" if parsed.drivername.startswith("sqlite") else repr(parsed)


def _pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _make_tables(engine: Engine) -> None:
    assert schema.JournalRow.metadata is SQLModel.metadata  # the import above has declared the tables
    if engine.dialect.name == "sqlite":
        _check_version(engine)
    SQLModel.metadata.create_all(engine)


def _check_version(engine: Engine) -> None:
    with engine.begin() as connection:
        found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
        if found > SCHEMA_VERSION:
            raise JournalError(
                f"The database {engine.url.database} has layout {found}, made by a newer CityFleet; "
                f"this one knows up to {SCHEMA_VERSION}. Start the newer one, or use another --db."
            )
        connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))


class WriterLock:
    """One writer per database file. The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise _unusable(url, error) from error
        self._file: IO[str] | None = None
        if parsed.drivername.startswith("sqlite") and parsed.database not in (None, "", ":memory:"):
            self._file = _locked(Path(str(parsed.database)))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _locked(database: Path) -> IO[str]:
    path = database.with_name(database.name + ".lock")
    try:
        file = path.open("a+")
    except OSError as error:
        raise JournalError(
            f"The database {database} cannot be written: {error.strerror}. "
            "Make its folder writable, or give another --data-dir."
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise JournalError(
            f"The database {database} is in use by another orchestrator (process {holder}). "
            "Stop that one first, or give another --data-dir."
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()} since {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC")
    file.flush()
    return file
