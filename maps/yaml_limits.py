"""What a YAML file may not do to its reader: contain itself, unfold without end, nest without end.

Held against the parser's events, which come one by one, before anything is built from the text: a list that
contains itself would be walked for ever, ten lines of aliases to aliases stand for millions of values, and
a hundred thousand open brackets overflow the stack of the machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from maps.errors import SiteError

DEPTH_MAX = 200
"""Lists and mappings within one another. A map has fewer than ten."""

UNFOLDED_MAX = 1_000_000
"""Values when every alias is written out; only files with aliases are held to it."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping that has begun."""

    anchor: str | None
    values: int = 1


@dataclass(slots=True, kw_only=True)
class _Tally:
    file: str
    open: list[_Open] = field(default_factory=list)
    behind: dict[str, int] = field(default_factory=dict)
    """How many values each anchor stands for."""

    def begin(self, event: yaml.CollectionStartEvent) -> None:
        self.open.append(_Open(anchor=event.anchor))
        if len(self.open) > DEPTH_MAX:
            raise self.error(
                event, f"lists and mappings are nested more than {DEPTH_MAX} deep", "export again"
            )

    def end(self) -> None:
        done = self.open.pop()
        self.add(done.anchor, done.values)

    def add(self, anchor: str | None, values: int) -> None:
        if anchor:
            self.behind[anchor] = values
        if self.open:
            self.open[-1].values += values

    def alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        if any(entry.anchor == name for entry in self.open):
            raise self.error(event, f"'*{name}' lies within '&{name}': it contains itself", "write it out")
        self.add(None, self.behind.get(name, 1))
        if sum(entry.values for entry in self.open) > UNFOLDED_MAX:
            message = f"'*{name}' unfolds to more than {UNFOLDED_MAX} values"
            raise self.error(event, message, "write out what is meant, without aliases of aliases")

    def error(self, event: yaml.Event, message: str, hint: str) -> SiteError:
        line = event.start_mark.line + 1 if event.start_mark else None
        return SiteError(message, file=self.file, line=line, hint=hint)


def refuse_excess(events: Iterable[yaml.Event], file: str) -> None:
    """Raises SiteError that names the line; passes on what the parser raises."""
    tally = _Tally(file=file)
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            tally.add(event.anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            tally.begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            tally.end()
        elif isinstance(event, yaml.AliasEvent):
            tally.alias(event)
