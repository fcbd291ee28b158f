"""The journal's values and face: what the runtime writes, what a recovery reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fleet.core.commands import AnyCommand
from fleet.core.events import AnyEvent
from fleet.core.state import Record
from fleet.errors import JournalError


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One event and what followed from it; the journal numbers it."""

    now_s: float
    event: AnyEvent
    commands: tuple[AnyCommand, ...]
    changed: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A journal row, read back."""

    seq: int
    now_s: float
    event: AnyEvent
    commands: tuple[AnyCommand, ...]
    changed: tuple[str, ...] = ()
    """Keys of the changed records, 'mission mission-000001'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    seq: int
    created_s: float
    version: str
    data: bytes


class JournalUnavailableError(JournalError):
    """Nothing can be written at the moment (disk full, file locked). The same append may succeed later."""


class Journal(Protocol):
    """One thread writes. last_seq and last_s are those of the last committed entry (0 and 0.0 for none)."""

    @property
    def last_seq(self) -> int: ...

    @property
    def last_s(self) -> float: ...

    def append(self, entries: Sequence[NewEntry]) -> None:
        """Commit all or none. Raises JournalUnavailableError: keep them and try again."""

    def entries(self, after_seq: int) -> Iterator[Entry]:
        """In order. Raises JournalError naming the row that cannot be read, and what to do."""

    def snapshots(self) -> Iterator[Snapshot]:
        """Readable ones, the newest first."""

    def latest_snapshot(self) -> Snapshot | None: ...

    def save_snapshot(self, snapshot: Snapshot) -> None: ...

    def close(self) -> None: ...
