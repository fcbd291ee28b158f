"""Changes as lines of text for people, and as plain values for programs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from maps.diff import LONG, Change, Changes, FieldChange

SIGNS = {"removed": "-", "changed": "~", "added": "+"}
POSITION = ("x_m", "y_m", "start", "end", "center")


def lines(changes: Changes) -> Iterator[str]:
    """One line a change; the two directions of a lane are one when both changed alike."""
    for change in _two_way(changes.changes):
        words = [f"{SIGNS[change.what]} {change.kind} {change.element_id}"]
        if change.about:
            words.append(change.about)
        yield ": ".join((*words, *_details(change)))


def summary(changes: Changes) -> str:
    """'2 nodes added, 1 moved; 1 lane removed', or 'no difference'."""
    counted = Counter((change.kind, _verb(change)) for change in _two_way(changes.changes))
    kinds = list(dict.fromkeys(kind for kind, _ in counted))
    parts = []
    for kind in kinds:
        verbs = [f"{counted[kind, verb]} {verb}" for verb in VERBS if counted[kind, verb]]
        parts.append(f"{_plural(kind)}: {', '.join(verbs)}")
    return "; ".join(parts) or "no difference"


VERBS = ("removed", "moved", "changed", "added")


def plain(changes: Changes) -> dict[str, Any]:
    """For JSON: each direction of a lane on its own."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(changes))
    return found


def _verb(change: Change) -> str:
    only_moved = change.moved_m is not None and all(field.field in POSITION for field in change.fields)
    return "moved" if only_moved else change.what


def _plural(kind: str) -> str:
    return kind if kind == "site" else f"{kind}s"


def _details(change: Change) -> Iterator[str]:
    parts = []
    if change.moved_m is not None:
        parts.append(f"moved {change.moved_m:g} m")
    parts += [
        _field(field) for field in change.fields if change.moved_m is None or field.field not in POSITION
    ]
    if parts:
        yield "; ".join(parts)


def _field(change: FieldChange) -> str:
    if isinstance(change.old, tuple) and isinstance(change.new, tuple):
        old, new = Counter(map(repr, change.old)), Counter(map(repr, change.new))
        if max(len(repr(change.old)), len(repr(change.new))) > LONG:
            gone, come = sum((old - new).values()), sum((new - old).values())
            words = [f"{gone} removed"] if gone else []
            words += [f"{come} added"] if come else []
            return f"{change.field}: {', '.join(words) or 'another order'} (now {len(change.new)})"
    if isinstance(change.old, dict) and isinstance(change.new, dict):
        return ", ".join(
            f"{change.field}.{key} {_shown(change.old.get(key))} -> {_shown(change.new.get(key))}"
            for key in dict.fromkeys((*change.old, *change.new))
            if change.old.get(key) != change.new.get(key)
        )
    return f"{change.field} {_shown(change.old)} -> {_shown(change.new)}"


def _shown(value: Any) -> str:
    if value is None or value == () or value == "":
        return "none"
    text = repr(msgspec.to_builtins(value))
    return text if len(text) <= 2 * LONG else f"{text[: 2 * LONG]}..."


def _two_way(changes: tuple[Change, ...]) -> Iterator[Change]:
    """Lanes 'a>b' and 'b>a' with equal changes become 'a<>b'."""
    alike = {_likeness(change) for change in changes if change.kind == "lane"}
    done = set()
    for change in changes:
        likeness = _likeness(change)
        source, _, target = change.element_id.partition(">")
        back = (*likeness[:1], f"{target}>{source}", *likeness[2:])
        if change.kind != "lane" or not target or back not in alike or likeness == back:
            yield change
        elif back not in done:
            done.add(likeness)
            yield replace(change, element_id=f"{source}<>{target}")


def _likeness(change: Change) -> tuple[str, ...]:
    """What two directions have in common when they changed alike; lengths of door crossings mirror."""
    same = [
        f"{field.field} {field.old!r} {field.new!r}"
        for field in change.fields
        if field.field not in ("source", "target", "doors")
    ]
    doors = [field.field for field in change.fields if field.field == "doors"]
    return (change.what, change.element_id, change.about, *same, *doors)
