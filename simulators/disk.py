"""The orchestrator's disk in virtual time: it may be full, as a journal on a real one would say."""

from collections.abc import Sequence

from fleet.store.entry import JournalUnavailableError, NewEntry
from fleet.store.memory import MemoryJournal


class FaultyJournal(MemoryJournal):
    def __init__(self) -> None:
        super().__init__()
        self.is_full = False
        self.refusals = 0

    def append(self, entries: Sequence[NewEntry]) -> None:
        if self.is_full:
            self.refusals += 1
            raise JournalUnavailableError("The disk is full: free some space; nothing is lost meanwhile.")
        super().append(entries)
