"""What is read from the database: ended missions, the journal's pages. Connections of its own, read only."""

from collections.abc import Sequence

from sqlalchemy import Engine, func, select, tuple_

from fleet.core.state import MissionRecord
from fleet.errors import JournalError
from fleet.store.codec import Codec
from fleet.store.entry import Entry
from fleet.store.journal import read_entry, table
from fleet.store.rows import mission_record
from fleet.store.schema import JournalRow, MissionRow


class History:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mission(self, mission_id: str) -> MissionRecord | None:
        rows = table(MissionRow)
        with self._engine.connect() as connection:
            row = connection.execute(select(rows.c.data).where(rows.c.mission_id == mission_id)).first()
        return None if row is None else mission_record(row.data)

    def missions(self, *, before_id: str | None, limit: int) -> Sequence[MissionRecord]:
        """The newest first; before_id: older than that one."""
        rows = table(MissionRow)
        age = (rows.c.created_s, func.length(rows.c.mission_id), rows.c.mission_id)
        query = select(rows.c.data).order_by(*(part.desc() for part in age)).limit(limit)
        if before_id is not None:
            created_s = select(rows.c.created_s).where(rows.c.mission_id == before_id).scalar_subquery()
            query = query.where(tuple_(*age) < tuple_(created_s, len(before_id), before_id))
        with self._engine.connect() as connection:
            return [mission_record(row.data) for row in connection.execute(query)]

    def journal(self, *, after: int, limit: int) -> Sequence[Entry]:
        """Rows after seq, oldest first. Raises JournalError naming a row that cannot be read."""
        rows, codec = table(JournalRow), Codec()
        query = select(rows).where(rows.c.seq > after).order_by(rows.c.seq).limit(limit)
        with self._engine.connect() as connection:
            found = connection.execute(query).all()
        entries = []
        for row in found:
            try:
                entries.append(read_entry(codec, row))
            except ValueError as error:
                raise JournalError(f"Journal row {row.seq} is corrupt: {error}.") from error
        return entries
