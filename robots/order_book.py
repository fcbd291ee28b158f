"""The order in hand: what is taken, refused, ended early, and remembered. It neither drives nor speaks."""

from typing import Any

from msgspec.structs import replace

from robots import orders
from robots.agent_io import OrderMemory
from robots.drivers.base import Motion
from robots.protocol import (
    PROTOCOL_VERSION,
    ActionEvent,
    ActionStatus,
    Cancel,
    Factsheet,
    Hello,
    NodePassed,
    Order,
    OrderNode,
)

REPORTED_S = 1.0
"""A message from the orchestrator this long after an outcome was sent proves that the link carried it."""


class OrderBook:
    def __init__(self, memory: OrderMemory, facts: Factsheet) -> None:
        self.memory = memory
        self._facts = facts
        self._outcome_sent_s: float | None = None
        self._ahead: tuple[OrderMemory, tuple[OrderNode, ...]] = (memory, orders.remaining(memory))

    # -- looking -------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return orders.is_open(self.memory)

    @property
    def remaining(self) -> tuple[OrderNode, ...]:
        """The very same tuple as long as nothing was passed, released or cancelled."""
        if self._ahead[0] is not self.memory:
            ahead = orders.remaining(self.memory)
            self._ahead = (self.memory, self._ahead[1] if ahead == self._ahead[1] else ahead)
        return self._ahead[1]

    @property
    def has_arrived(self) -> bool:
        """It stands at the end of what was released."""
        return self.is_open and self.memory.last_seq >= 0 and not self.remaining

    @property
    def has_stopped_early(self) -> bool:
        memory = self.memory
        return self.is_open and memory.stop_seq is not None and memory.last_seq >= memory.stop_seq

    @property
    def finished_well(self) -> bool:
        """The action is done and the orchestrator knows what it measured."""
        outcome = self.memory.outcome
        well = outcome is not None and outcome.status is ActionStatus.FINISHED
        return well and self.memory.finished and self.memory.reported

    def last_passed(self) -> NodePassed | None:
        """The newest NodePassed of the present order, to say again: also of one that ended while no link was
        up, for an order without an action ends with it."""
        node, order = orders.last_passed(self.memory), self.memory.order
        if order is None or node is None:
            return None
        return NodePassed(order_id=order.order_id, node_id=node.node_id, seq=node.seq)

    def hello(self, robot_id: str, boot_id: str) -> Hello:
        """The greeting, with what is remembered."""
        order = self.memory.order
        return Hello(
            robot_id=robot_id,
            boot_id=boot_id,
            protocol_version=PROTOCOL_VERSION,
            factsheet=self._facts,
            last_order_id=order.order_id if order else "",
            last_order_update_id=order.order_update_id if order else 0,
            last_seq=self.memory.last_seq,
            action_done=self.finished_well,
        )

    # -- taking ----------------------------------------------------------------------------------------------

    def take(self, order: Order, here: Motion | None, *, acts: bool) -> str:
        """'' when the order or update is taken (again), else why not. acts: an action is running."""
        mine = self.memory.order
        if mine is not None and order.order_id == mine.order_id:
            return self._update(mine, order, acts)
        if mine is not None and self.is_open and not self._is_replaceable(mine, acts):
            return f"order {mine.order_id} is unfinished: cancel it first."
        order = orders.from_here(order, here)
        problem = orders.refusal_of_new(order, self.memory, self._facts, here)
        if not problem:
            ended = orders.end_order(self.memory).ended
            self.memory = OrderMemory(order=order, ended=ended, mode=self.memory.mode)
            self._outcome_sent_s = None
        return problem

    def _update(self, mine: Order, update: Order, acts: bool) -> str:
        if update.order_update_id <= mine.order_update_id:
            return ""
        begun = acts or self.memory.outcome is not None
        merged = orders.merge(self.memory, update, self._facts, begun=begun)
        if isinstance(merged, str):
            return merged
        self.keep(order=merged)
        return ""

    def _is_replaceable(self, mine: Order, acts: bool) -> bool:
        """It stands and waits for a longer base, and nothing has begun: another order may come instead."""
        return not mine.last and self.memory.stop_seq is None and self.has_arrived and not acts

    # -- going through it ------------------------------------------------------------------------------------

    def pass_nodes(self, seq: int) -> tuple[NodePassed, ...]:
        """Every node up to seq is reached; nothing when seq is not ahead (a late report)."""
        order = self.memory.order
        ahead = [node for node in self.remaining if node.seq <= seq]
        if order is None or not ahead or ahead[-1].seq != seq:
            return ()
        self.memory = orders.passed(self.memory, seq)
        return tuple(
            NodePassed(order_id=order.order_id, node_id=node.node_id, seq=node.seq) for node in ahead
        )

    def finish(self) -> None:
        self.keep(finished=True)

    def sent_outcome(self, now_s: float) -> ActionEvent | None:
        """The outcome, if it is to be said (again) now."""
        if not self.memory.finished or self.memory.reported or self.memory.outcome is None:
            return None
        self._outcome_sent_s = now_s
        return self.memory.outcome

    def heard(self, now_s: float) -> None:
        """Something came from the orchestrator over a link that is up."""
        if self._outcome_sent_s is not None and now_s >= self._outcome_sent_s + REPORTED_S:
            self._outcome_sent_s = None
            self.keep(reported=True)

    # -- ending early ----------------------------------------------------------------------------------------

    def cancel(self, cancel: Cancel) -> bool:
        """True: the order has to be ended first. False: there is nothing to end, acknowledge now."""
        mine = self.memory.order
        ours = mine is not None and mine.order_id == cancel.order_id
        if ours and self.is_open:
            if cancel.cancel_id not in self.memory.cancel_ids:
                self.keep(cancel_ids=(*self.memory.cancel_ids, cancel.cancel_id))
            return True
        forgotten = orders.end_order(self.memory) if ours else self.memory
        self.memory = orders.refuse_later(forgotten, cancel.order_id)
        return False

    def stop_early(self, here: Motion, *, displaced: bool) -> None:
        """Find the node where it ends; said again it changes nothing."""
        if self.memory.stop_seq is not None or not self.is_open:
            return
        seq = orders.stop_seq(self.memory, here, self._facts.acceleration_mps2)
        self.keep(stop_seq=self.memory.last_seq if displaced else seq)

    def forget(self) -> tuple[str, ...]:
        """The cancelled order is over: the cancels to acknowledge."""
        cancel_ids = self.memory.cancel_ids
        self.memory = orders.end_order(self.memory)
        return cancel_ids

    def keep(self, **changes: Any) -> None:
        self.memory = replace(self.memory, **changes)
