"""The journal in a database: append-only rows, group commit, snapshots. One process writes."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import SQLModel

from fleet.core.events import OrchestratorStarted
from fleet.core.state import Record
from fleet.errors import JournalError
from fleet.store.codec import Codec, seal
from fleet.store.database import WriterLock, open_engine, where
from fleet.store.entry import Entry, JournalUnavailableError, NewEntry, Snapshot
from fleet.store.rows import Row, latest, rows_by_table
from fleet.store.schema import JournalRow, QuarantinedRow, SnapshotRow

READ_ROWS = 1_000
SNAPSHOTS_KEPT = 3
ROWS_KEPT = 1_000_000
"""Journal rows kept behind a snapshot, to look back: about 700 MB, two weeks of a busy hospital."""

REMEDY = (
    "Look at it with `fleet db check`. Then restore the database from a backup, or start with --repair, "
    "which sets the rows from there on aside (nothing is deleted)."
)


def table(model: type[SQLModel]) -> Table:
    return model.metadata.tables[str(model.__tablename__)]


class SqlJournal:
    """Open it with SqlJournal.open(url). The writer's thread alone may append and save snapshots."""

    def __init__(self, url: str, lock: WriterLock) -> None:
        self.rows_kept = ROWS_KEPT
        self._lock = lock
        self._where = where(url)
        self.engine = open_engine(url)
        """Readers (fleet.store.queries) take their own connections from it."""
        self._codec = Codec()
        self._connection = self.engine.connect()
        self._journal = table(JournalRow)
        self._snapshot = table(SnapshotRow)
        self._upserts = {model: self._upsert(table(model)) for model in rows_by_table(())}
        self._last_seq, self._last_s = self._last()

    @classmethod
    def open(cls, url: str) -> "SqlJournal":
        """Raises JournalError when another process writes there, or when the database cannot be used."""
        lock = WriterLock(url)
        try:
            return cls(url, lock)
        except BaseException:
            lock.close()
            raise

    @property
    def last_seq(self) -> int:
        return self._last_seq

    @property
    def last_s(self) -> float:
        return self._last_s

    # -- writing ---------------------------------------------------------------------------------------

    def append(self, entries: Sequence[NewEntry]) -> None:
        """One transaction for all of them and for the records that they changed."""
        if not entries:
            return
        rows = [self._row(self._last_seq + 1 + index, entry) for index, entry in enumerate(entries)]
        changed = latest(chain.from_iterable(entry.changed for entry in entries))
        try:
            with self._connection.begin():
                self._connection.execute(insert(self._journal), rows)
                self._write_records(changed)
        except OperationalError as error:
            raise self._unavailable(error) from error
        self._last_seq += len(rows)
        self._last_s = entries[-1].now_s

    def save_snapshot(self, snapshot: Snapshot) -> None:
        values = {
            "seq": snapshot.seq,
            "created_s": snapshot.created_s,
            "version": snapshot.version,
            "data": snapshot.data,
            "crc32": seal(snapshot.seq, snapshot.created_s, snapshot.data),
        }
        column = self._snapshot.c.seq
        kept = select(column).order_by(column.desc()).limit(SNAPSHOTS_KEPT)
        try:
            with self._connection.begin():
                self._connection.execute(delete(self._snapshot).where(column == snapshot.seq))
                self._connection.execute(insert(self._snapshot), values)
                self._connection.execute(delete(self._snapshot).where(column.not_in(kept)))
                old = self._journal.c.seq <= snapshot.seq - self.rows_kept
                self._connection.execute(delete(self._journal).where(old))
        except OperationalError as error:
            raise self._unavailable(error) from error

    def set_aside(self, from_seq: int, because: str, now_s: float) -> dict[str, int]:
        """Move all rows from from_seq on to the quarantine table. Returns how many of each kind."""
        tail = self._journal.c.seq >= from_seq
        with self._connection.begin():
            kinds = select(self._journal.c.kind, func.count()).where(tail).group_by(self._journal.c.kind)
            moved = {row[0]: row[1] for row in self._connection.execute(kinds.order_by(self._journal.c.kind))}
            extra = (literal(because).label("because"), literal(now_s).label("moved_s"))
            names = [*self._journal.c.keys(), "because", "moved_s"]
            rows = select(*self._journal.c, *extra).where(tail)
            self._connection.execute(insert(table(QuarantinedRow)).from_select(names, rows))
            self._connection.execute(delete(self._journal).where(tail))
            self._connection.execute(delete(self._snapshot).where(self._snapshot.c.seq >= from_seq))
        self._last_seq, self._last_s = self._last()
        return moved

    def _row(self, seq: int, entry: NewEntry) -> Row:
        event = self._codec.encode_event(entry.event)
        commands = self._codec.encode_commands(entry.commands)
        keys = self._codec.encode_keys(entry.changed)
        return {
            "seq": seq,
            "now_s": entry.now_s,
            "kind": type(entry.event).__name__,
            "event": event,
            "commands": commands,
            "records": keys,
            "crc32": seal(seq, entry.now_s, event, commands, keys),
        }

    def _write_records(self, records: Sequence[Record]) -> None:
        for model, rows in rows_by_table(records).items():
            if rows:
                self._connection.execute(self._upserts[model], rows)

    def _upsert(self, target: Table) -> Any:
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(target)
        keys = [column.name for column in target.primary_key]
        values = {
            column.name: statement.excluded[column.name] for column in target.c if column.name not in keys
        }
        return statement.on_conflict_do_update(index_elements=keys, set_=values)

    def _unavailable(self, error: OperationalError) -> JournalUnavailableError:
        return JournalUnavailableError(
            f"The journal {self._where} cannot be written: {error.orig}. "
            "Make room on the disk; writing goes on by itself then, and nothing is lost."
        )

    # -- reading ---------------------------------------------------------------------------------------

    def entries(self, after_seq: int) -> Iterator[Entry]:
        """In order, without a gap. Raises JournalError naming the first row that cannot be trusted."""
        expected = after_seq + 1
        for row in read_rows(self._connection, self._journal, after_seq):
            if row.seq != expected:
                raise JournalError(f"Journal row {expected} of {self._where} is missing. {REMEDY}")
            yield self._entry(row)
            expected += 1

    def _entry(self, row: Any) -> Entry:
        try:
            return read_entry(self._codec, row)
        except ValueError as error:
            raise JournalError(
                f"Journal row {row.seq} of {self._where} is corrupt: {error}. {REMEDY}"
            ) from error

    def snapshots(self) -> Iterator[Snapshot]:
        with self._connection.begin():
            rows = self._connection.execute(
                select(self._snapshot).order_by(self._snapshot.c.seq.desc())
            ).all()
        for row in rows:
            if row.crc32 == seal(row.seq, row.created_s, row.data):
                yield Snapshot(seq=row.seq, created_s=row.created_s, version=row.version, data=row.data)

    def latest_snapshot(self) -> Snapshot | None:
        return next(self.snapshots(), None)

    def last_started(self) -> OrchestratorStarted | None:
        """Which version, for which site, wrote here last."""
        column = self._journal.c
        query = select(column.event).where(column.kind == OrchestratorStarted.__name__)
        with self._connection.begin():
            row = self._connection.execute(query.order_by(column.seq.desc()).limit(1)).first()
        if row is None:
            return None
        try:
            event = self._codec.decode_event(row.event)
        except (msgspec.DecodeError, zlib.error):
            return None  # the replay or the repair names the row
        return event if isinstance(event, OrchestratorStarted) else None

    def _last(self) -> tuple[int, float]:
        newest = select(func.max(self._journal.c.seq)).scalar_subquery()
        with self._connection.begin():
            row = self._connection.execute(
                select(self._journal.c.seq, self._journal.c.now_s).where(self._journal.c.seq == newest)
            ).first()
        seq, now_s = (row.seq, row.now_s) if row is not None else (0, 0.0)
        snapshot = self.latest_snapshot()
        if snapshot is not None and snapshot.seq > seq:  # the rows before it were moved elsewhere
            return snapshot.seq, snapshot.created_s
        return seq, now_s

    def close(self) -> None:
        self._connection.close()
        self.engine.dispose()
        self._lock.close()


def read_rows(connection: Connection, journal: Table, after_seq: int) -> Iterator[Any]:
    """Journal rows as they are, in pages, so that a long journal is never in memory whole."""
    while True:
        page = select(journal).where(journal.c.seq > after_seq).order_by(journal.c.seq).limit(READ_ROWS)
        try:
            with connection.begin():
                rows = connection.execute(page).all()
        except DatabaseError as error:
            raise JournalError(
                f"The journal cannot be read after row {after_seq}: {error.orig}. {REMEDY}"
            ) from error
        if not rows:
            return
        yield from rows
        after_seq = rows[-1].seq


def read_entry(codec: Codec, row: Any) -> Entry:
    """Check and decode one row. Raises ValueError saying what is wrong with it."""
    if not all(isinstance(blob, bytes) for blob in (row.event, row.commands, row.records)):
        raise ValueError("it holds text where bytes belong")
    if row.crc32 != seal(row.seq, row.now_s, row.event, row.commands, row.records):
        raise ValueError("its checksum does not fit its content")
    try:
        return Entry(
            seq=row.seq,
            now_s=row.now_s,
            event=codec.decode_event(row.event),
            commands=codec.decode_commands(row.commands),
            changed=codec.decode_keys(row.records),
        )
    except (msgspec.DecodeError, zlib.error) as error:
        raise ValueError(f"this version cannot decode it ({error})") from error
