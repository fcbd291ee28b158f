"""Every version of the site that this orchestrator has run with, by content hash, as the YAML it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Engine, func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, SQLModel

from fleet.store.entry import JournalUnavailableError
from fleet.store.journal import table


class SiteVersionRow(SQLModel, table=True):
    __tablename__ = "site_version"

    content_hash: str = Field(primary_key=True)
    site_id: str
    first_used_s: float
    last_used_s: float = Field(index=True)
    starts: int
    """How often an orchestrator was started with it."""
    yaml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteVersion:
    content_hash: str
    site_id: str
    first_used_s: float
    last_used_s: float
    starts: int


class SiteVersions:
    """Connections of its own, each for one statement. `current` is the hash of the version that runs.

    Writing raises JournalUnavailableError when the database cannot be written.
    """

    def __init__(self, engine: Engine, current: str = "") -> None:
        self._engine = engine
        self.current = current
        self._rows = table(SiteVersionRow)
        # a database that was made before this table existed gets it now
        self._rows.create(engine, checkfirst=True)

    def started(self, content_hash: str, site_id: str, yaml: str, now_s: float) -> None:
        """An orchestrator starts with this site."""
        self.current = content_hash
        rows = self._rows
        with self._written() as connection:
            known = connection.execute(
                update(rows)
                .where(rows.c.content_hash == content_hash)
                .values(last_used_s=now_s, starts=rows.c.starts + 1)
            )
            if known.rowcount:
                return
            values = {"content_hash": content_hash, "site_id": site_id, "yaml": yaml, "starts": 1}
            connection.execute(insert(rows).values(first_used_s=now_s, last_used_s=now_s, **values))

    def ended(self, now_s: float) -> None:
        """The orchestrator ends."""
        rows = self._rows
        with self._written() as connection:
            connection.execute(
                update(rows).where(rows.c.content_hash == self.current).values(last_used_s=now_s)
            )

    def all(self) -> Sequence[SiteVersion]:
        """The one that was used last comes first."""
        rows = self._rows
        query = select(*self._shown()).order_by(rows.c.last_used_s.desc(), rows.c.content_hash)
        with self._engine.connect() as connection:
            return [SiteVersion(**row._mapping) for row in connection.execute(query)]

    def beginning(self, letters: str) -> Sequence[SiteVersion]:
        """Those whose hash begins like that: none, one, or several."""
        start = func.substr(self._rows.c.content_hash, 1, len(letters))
        query = select(*self._shown()).where(start == letters).order_by(self._rows.c.content_hash)
        with self._engine.connect() as connection:
            return [SiteVersion(**row._mapping) for row in connection.execute(query)]

    def yaml(self, content_hash: str) -> str:
        """The site file of a version that all() or beginning() named."""
        rows = self._rows
        with self._engine.connect() as connection:
            found = connection.execute(select(rows.c.yaml).where(rows.c.content_hash == content_hash))
            return str(found.scalar_one())

    @contextmanager
    def _written(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise JournalUnavailableError(
                f"The version of the site cannot be noted: {error.orig}. Free some disk space, or look who"
                " else holds the database."
            ) from error

    def _shown(self) -> list[Column[Any]]:
        return [self._rows.c[name] for name in SiteVersion.__slots__]
