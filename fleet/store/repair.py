"""What --repair does: rows that cannot be trusted are set aside, with all that came after them."""

from dataclasses import dataclass

from fleet.errors import JournalError
from fleet.store.codec import Codec
from fleet.store.journal import SqlJournal, read_entry, read_rows, table
from fleet.store.schema import JournalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What was moved to the table journal_quarantine."""

    from_seq: int
    because: str
    moved: dict[str, int]
    """Rows by kind of event: MissionRequested means that people must ask again."""

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.moved.items())
        return f"Rows from {self.from_seq} on were set aside ({kinds}): {self.because}"


def repair(journal: SqlJournal, now_s: float) -> Repaired | None:
    """Set aside what a recovery cannot read; None when it can read everything.

    Rows before the newest readable snapshot are not needed for a recovery and stay, whatever they are.
    """
    snapshot = journal.latest_snapshot()
    found = first_bad(journal, snapshot.seq if snapshot is not None else 0)
    if found is None:
        return None
    seq, because = found
    return set_aside(journal, seq, because, now_s)


def set_aside(journal: SqlJournal, seq: int, because: str, now_s: float) -> Repaired:
    moved = journal.set_aside(seq, because, now_s)
    return Repaired(from_seq=seq, because=because, moved=moved)


def first_bad(journal: SqlJournal, after_seq: int) -> tuple[int, str] | None:
    """The first row after after_seq that is missing or cannot be trusted, and why."""
    codec, expected = Codec(), after_seq + 1
    with journal.engine.connect() as connection:
        rows = read_rows(connection, table(JournalRow), after_seq)
        try:
            for row in rows:
                if row.seq != expected:
                    return expected, f"row {expected} is missing"
                read_entry(codec, row)
                expected += 1
        except (ValueError, JournalError) as error:
            return expected, f"row {expected} is corrupt: {error}"
    return None
