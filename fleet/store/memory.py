"""A journal in memory, for simulation: the same bytes as on disk, so that a replay proves the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fleet.store.codec import Codec
from fleet.store.entry import Entry, NewEntry, Snapshot


@dataclass(frozen=True, slots=True)
class _Stored:
    now_s: float
    event: bytes
    commands: bytes
    keys: bytes


class MemoryJournal:
    def __init__(self) -> None:
        self._codec = Codec()
        self._rows: list[_Stored] = []
        self._snapshots: list[Snapshot] = []

    @property
    def last_seq(self) -> int:
        return len(self._rows)

    @property
    def last_s(self) -> float:
        return self._rows[-1].now_s if self._rows else 0.0

    def append(self, entries: Sequence[NewEntry]) -> None:
        codec = self._codec
        self._rows.extend(
            _Stored(
                entry.now_s,
                codec.encode_event(entry.event),
                codec.encode_commands(entry.commands),
                codec.encode_keys(entry.changed),
            )
            for entry in entries
        )

    def entries(self, after_seq: int) -> Iterator[Entry]:
        for index in range(after_seq, len(self._rows)):
            row = self._rows[index]
            yield Entry(
                seq=index + 1,
                now_s=row.now_s,
                event=self._codec.decode_event(row.event),
                commands=self._codec.decode_commands(row.commands),
                changed=self._codec.decode_keys(row.keys),
            )

    def snapshots(self) -> Iterator[Snapshot]:
        return iter(reversed(self._snapshots))

    def latest_snapshot(self) -> Snapshot | None:
        return self._snapshots[-1] if self._snapshots else None

    def save_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshots = [*self._snapshots[-1:], snapshot]

    def rows_only(self) -> "MemoryJournal":
        """The same rows, without snapshots: a recovery from it replays them all."""
        rows = MemoryJournal()
        rows._rows = self._rows
        return rows

    def close(self) -> None:
        """Nothing to let go of: the rows stay, so that a crashed core can be recovered from them."""
