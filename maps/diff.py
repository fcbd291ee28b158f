"""diff: what one version of a site says otherwise than another, element by element."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from maps.digest import content_hash
from maps.elements import Site

KINDS = {
    "level": ("levels", "level_id"),
    "node": ("nodes", "node_id"),
    "lane": ("edges", "edge_id"),
    "room": ("rooms", "room_id"),
    "door": ("doors", "door_id"),
    "lift": ("lifts", "lift_id"),
    "zone": ("zones", "zone_id"),
}
"""Kind to the site's field and the id's field."""
SITE_FIELDS = ("site_id", "names", "time_zone", "origin", "notes")
ORDER = "(order)"
"""Stands for an element's id where the same elements come in another order."""
LONG = 60
"""Longer values are not shown but counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    what: str
    """'added', 'removed' or 'changed'."""
    kind: str
    """'site', 'level', 'node', 'lane', 'room', 'door', 'lift' or 'zone'."""
    element_id: str
    fields: tuple[FieldChange, ...] = ()
    """Only of what changed."""
    moved_m: float | None = None
    """How far a node, a door's middle or a lift moved; None when it did not, or changed its level."""
    about: str = ""
    """Of what was added or removed, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    old_hash: str
    new_hash: str
    changes: tuple[Change, ...]
    """The site first, then kind by kind; in each what was removed, changed and added, in the files' order."""

    def __bool__(self) -> bool:
        return bool(self.changes)


def diff(old: Site, new: Site) -> Changes:
    """What must change to make the new site of the old one. Elements are the same when kind and id are."""
    found = list(_site_changes(old, new))
    for kind, (field, key) in KINDS.items():
        before = {getattr(element, key): element for element in getattr(old, field)}
        after = {getattr(element, key): element for element in getattr(new, field)}
        found += _of_kind(kind, before, after)
    return Changes(old_hash=content_hash(old), new_hash=content_hash(new), changes=tuple(found))


def _site_changes(old: Site, new: Site) -> Iterator[Change]:
    changed = tuple(_fields(old, new, SITE_FIELDS))
    if changed:
        yield Change(what="changed", kind="site", element_id=new.site_id, fields=changed)


def _of_kind(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, element in before.items():
        if name not in after:
            yield Change(what="removed", kind=kind, element_id=name, about=_about(element))
    for name, element in after.items():
        if name in before and before[name] != element:
            names = [field.name for field in fields(element)]
            yield Change(
                what="changed",
                kind=kind,
                element_id=name,
                fields=tuple(_fields(before[name], element, names)),
                moved_m=_moved_m(before[name], element),
            )
    for name, element in after.items():
        if name not in before:
            yield Change(what="added", kind=kind, element_id=name, about=_about(element))
    if [name for name in before if name in after] != [name for name in after if name in before]:
        # the order decides between equals, so it is part of what a site says
        yield Change(what="changed", kind=kind, element_id=ORDER, about="listed in another order")


def _fields(old: Any, new: Any, names: Sequence[str]) -> Iterator[FieldChange]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield FieldChange(field=name, old=before, new=after)


def _moved_m(old: Any, new: Any) -> float | None:
    if getattr(old, "level", None) != getattr(new, "level", None):
        return None
    before, after = _place(old), _place(new)
    if before is None or after is None or before == after:
        return None
    return round(math.dist(before, after), 3)


def _place(element: Any) -> tuple[float, float] | None:
    """Where a node, a door or a lift is; None for what has an extent."""
    if hasattr(element, "x_m"):
        return (element.x_m, element.y_m)
    if hasattr(element, "center"):
        return (element.center[0], element.center[1])
    if hasattr(element, "open_s"):
        (x1, y1), (x2, y2) = element.start, element.end
        return ((x1 + x2) / 2.0, (y1 + y2) / 2.0)
    return None


def _about(element: Any) -> str:
    """Name, kind, place: what helps to know it again."""
    names = getattr(element, "names", {})
    words = [names.get("en") or next(iter(names.values()), ""), str(getattr(element, "kind", ""))]
    words.append(getattr(element, "level", ""))
    if hasattr(element, "length_m"):
        words.append(f"{element.length_m:g} m")
    place = _place(element)
    if place is not None:
        words.append(f"({place[0]:g}, {place[1]:g})")
    return ", ".join(word for word in words if word)
