"""A lifecycle as a table, the one who follows it, and its picture. No table lives here.

A table is data: Enum states, rows (trigger, sources, target). Rules runs it with `transitions` and keeps no
subject's state, so that whoever has a lifecycle stays a plain value.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from transitions import Machine, MachineError
from transitions.extensions.nesting import HierarchicalMachine

Row = tuple[str, tuple[Enum, ...], Enum]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All rules about which state may follow which. A parent is entered through its first child."""

    name: str
    states: type[Enum]
    rows: tuple[Row, ...]
    children: dict[Enum, type[Enum]] = field(default_factory=dict)

    @property
    def initial(self) -> Enum:
        return next(iter(self.states))

    @property
    def leaves(self) -> tuple[Enum, ...]:
        """The states that something can be in."""
        found: list[Enum] = []
        for state in self.states:
            found.extend(self.children.get(state, (state,)))
        return tuple(found)

    @property
    def triggers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(trigger for trigger, _, _ in self.rows))

    def expanded(self) -> tuple[tuple[str, Enum, Enum], ...]:
        """(trigger, source, target) between leaves, in table order."""
        return tuple(
            (trigger, leaf, self.entry(target))
            for trigger, sources, target in self.rows
            for source in sources
            for leaf in self.children.get(source, (source,))
        )

    def entry(self, state: Enum) -> Enum:
        return next(iter(self.children.get(state, (state,))))


class IllegalTransitionError(Exception):
    """A trigger that the table does not allow in this state: a bug of the caller."""


class Rules:
    """A table in use. advance() is pure; building one takes 0.3 ms, so keep it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._listed = {(trigger, source): target for trigger, source, target in table.expanded()}
        self._probe = _Probe()
        states: Any = [_declared(table, state) for state in table.states]
        rows: Any = [[trigger, list(sources), target] for trigger, sources, target in table.rows]
        kind = HierarchicalMachine if table.children else Machine
        self._machine = kind(
            model=self._probe,
            states=states,
            initial=table.initial,
            transitions=rows,
            auto_transitions=False,
            ignore_invalid_triggers=False,
        )

    def advance(self, state: Enum, trigger: str) -> Enum:
        """The state after trigger. Raises IllegalTransitionError, naming both."""
        self._machine.set_state(state, self._probe)
        try:
            self._probe.trigger(trigger)
        except (MachineError, AttributeError) as error:
            raise IllegalTransitionError(f"{self.table.name}: {state.value} cannot {trigger}") from error
        return self._probe.state

    def may(self, state: Enum, trigger: str) -> bool:
        """Whether the table lists this pair."""
        return (trigger, state) in self._listed


class _Probe:
    """What transitions moves. It binds trigger itself; with model_override it would log every other name."""

    state: Enum
    trigger: Callable[[str], bool]


def _declared(table: Table, state: Enum) -> object:
    if state not in table.children:
        return state
    children = table.children[state]
    return {"name": state, "children": children, "initial": next(iter(children))}


def mermaid(table: Table) -> str:
    """The table as a mermaid state diagram; the same table always gives the same text."""
    lines = ["stateDiagram-v2", f"    [*] --> {table.initial.value}"]
    for parent, children in table.children.items():
        lines.append(f"    state {parent.value} {{")
        lines.append(f"        [*] --> {table.entry(parent).value}")
        lines.extend(f"        {child.value}" for child in children)
        lines.append("    }")
    for trigger, sources, target in table.rows:
        lines.extend(f"    {source.value} --> {target.value}: {trigger}" for source in sources)
    return "\n".join(lines)
