"""No robot is told to enter what is closed: looked at row by row, in the order of the journal.

What it was told before the closing may be said again to a robot that does something on its way; it is never
more than was released then, and every robot drives only what is released (simulators.invariants).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from fleet.core.commands import SendOrder
from fleet.core.state import ClosureRecord
from fleet.store.entry import NewEntry
from maps.graph import SiteGraph
from missions.planning.cell_values import move_key
from missions.planning.cells import CellGraph
from missions.planning.closures import Elements

Told = dict[str, None]


class ClosureWatch:
    def __init__(self, graph: SiteGraph, cells: CellGraph) -> None:
        self._elements = Elements(graph, cells)
        self._open: dict[str, ClosureRecord] = {}
        self._told: dict[str, tuple[str, Told]] = {}
        """Robot to its order and the moves that were released with it."""
        self.closings = 0

    def faults(self, entry: NewEntry) -> list[str]:
        """A sentence for each move into something closed that this row releases."""
        for record in entry.changed:
            if isinstance(record, ClosureRecord):
                self._follow(record)
        orders = [command for command in entry.commands if isinstance(command, SendOrder)]
        return [fault for order in orders for fault in self._into_closed(order)]

    def all_faults(self, entries: Sequence[NewEntry]) -> Iterator[str]:
        for entry in entries:
            yield from self.faults(entry)

    def _follow(self, record: ClosureRecord) -> None:
        if record.opened_s is not None:
            self._open.pop(record.closure_id, None)
        else:
            self.closings += record.closure_id not in self._open
            self._open[record.closure_id] = record

    def _into_closed(self, order: SendOrder) -> Iterator[str]:
        order_id, told = self._told.get(order.robot_id, ("", {}))
        if order_id != order.order_id:
            told = {}
        moves = [move_key(here.cell, there.cell) for here, there in pairwise(order.base)]
        for closure in self._open.values():
            area = self._elements.area(closure.kind, closure.element_id, one_way=closure.one_way)
            for move in moves:
                if move in area.moves and move not in told:
                    what = f"{closure.kind} {closure.element_id}"
                    yield f"{order.robot_id} is sent {move}, into the closed {what} ({order.order_id})"
        self._told[order.robot_id] = (order.order_id, {**told, **dict.fromkeys(moves)})
