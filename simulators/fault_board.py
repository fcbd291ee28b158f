"""Faults as an operator handles them: which kinds there are, which are on, when they heal by themselves.

Everything is read from the fault structs: a new kind in simulators.faults is known here at once. What can be
turned off (a flag that is true by default, as jammed and present; an amount in CALM) is a state that can be
healed; the rest passes by itself, some of it after a time (TIMES) that 'for' sets.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

import msgspec

from simulators.faults import AnyWorldFault, apply_fault
from simulators.world import World, WorldError

NAMES_SHOWN = 12
CALM: Mapping[str, float | None] = MappingProxyType(
    {"density_per_m": 0.0, "wind_mps": None, "rain_mm_h": None}
)
"""Amounts, and what they are when nothing is wrong."""
TIMES = ("for_s", "stay_s")
"""Fields that say how long a fault that passes by itself lasts."""
Key = tuple[str, ...]
"""Kind and subject: two faults with one key are the same thing said twice."""


def kinds() -> dict[str, type[AnyWorldFault]]:
    return {kind.__name__: kind for kind in get_args(AnyWorldFault)}


def off_values(kind: type[AnyWorldFault]) -> dict[str, Any]:
    """What a fault of this kind says when it is over; empty when it passes by itself."""
    fields = msgspec.structs.fields(kind)
    flags = {field.name: False for field in fields if field.default is True}
    return flags or {field.name: CALM[field.name] for field in fields if field.name in CALM}


def time_of(kind: type[AnyWorldFault]) -> str:
    """Its field that says how long it lasts; '' when it has none."""
    return next((name for name in kind.__struct_fields__ if name in TIMES), "")


def described() -> list[dict[str, Any]]:
    """Every kind with its fields, for `fleet sim faults`."""
    return [
        {
            "fault": name,
            "about": (kind.__doc__ or "").strip().split("\n")[0],
            "fields": {field.name: _field(field) for field in msgspec.structs.fields(kind)},
            "heals": bool(off_values(kind)),
            "lasts": bool(off_values(kind)) or bool(time_of(kind)),
        }
        for name, kind in kinds().items()
    ]


def _field(field: msgspec.structs.FieldInfo) -> str:
    kind = field.type.__name__ if isinstance(field.type, type) else str(field.type)
    return kind if field.required else f"{kind} = {msgspec.to_builtins(field.default)!r}"


def read_fault(name: str, values: dict[str, Any]) -> AnyWorldFault:
    """From a kind's name and its fields, text allowed for numbers. Raises WorldError naming what is known."""
    known = kinds()
    if name not in known:
        raise WorldError(f"fault '{name}' does not exist; there are {', '.join(known)}")
    fields = [field.name for field in msgspec.structs.fields(known[name])]
    for given in values:
        if given not in fields:
            raise WorldError(f"{name} has no field '{given}'; it has {', '.join(fields)}")
    try:
        fault: AnyWorldFault = msgspec.convert({"fault": name, **values}, known[name], strict=False)
    except msgspec.ValidationError as error:
        raise WorldError(f"{name}: {error}; its fields are {', '.join(fields)}") from error
    return fault


def subjects(world: World) -> dict[str, list[str]]:
    """Fields that name something of the world, and what they may name."""
    return {
        "robot": sorted(world.bodies),
        "door": sorted(world.building.doors),
        "lift": sorted(world.building.lifts),
        "room": sorted(world.graph.rooms),
        "node": sorted(world.graph.nodes),
        "level": sorted(world.graph.levels),
        "place": sorted([*world.graph.rooms, *world.graph.levels]),
    }


def _check_subjects(world: World, fault: AnyWorldFault) -> None:
    """Raises WorldError naming those that are there."""
    known = subjects(world)
    for field in msgspec.structs.fields(fault):
        value = getattr(fault, field.name)
        names = known.get(field.name)
        if names is not None and isinstance(value, str) and value and value not in names:
            more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
            shown = f"{', '.join(names[:NAMES_SHOWN])}{more}" or "none"
            raise WorldError(f"{field.name} '{value}' does not exist in this world; there are {shown}")


class FaultBoard:
    """Faults that are on in a served world. heal_s in world seconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._on: dict[Key, tuple[AnyWorldFault, float]] = {}

    def inject(self, fault: AnyWorldFault, for_s: float | None = None) -> None:
        """for_s: it heals by itself after that. Raises WorldError: no such subject, or a bad time."""
        off = _off(fault)
        if for_s is not None and off is None:
            raise WorldError(f"{type(fault).__name__} passes by itself; leave out 'for'")
        if for_s is not None and not (math.isfinite(for_s) and for_s > 0.0):
            raise WorldError(f"for is {for_s:g}; give seconds above 0, for example for=30")
        _check_subjects(self._world, fault)
        apply_fault(self._world, fault)
        if off is None:
            return
        key = _key(fault)
        self._on.pop(key, None)
        if fault != off:
            self._on[key] = (fault, math.inf if for_s is None else self._world.now_s + for_s)

    def heal(self, name: str = "", subject: str = "") -> list[AnyWorldFault]:
        """All faults that are on, or those of a kind, or of a subject. Returns what was healed."""
        if name and name not in kinds():
            raise WorldError(f"fault '{name}' does not exist; there are {', '.join(kinds())}")
        meant = [key for key in self._on if name in ("", key[0]) and (not subject or subject in key[1:])]
        return [self._heal(key) for key in meant]

    def advance(self) -> list[AnyWorldFault]:
        """Heal what is due; returns it."""
        due = [key for key, (_, heal_s) in self._on.items() if heal_s <= self._world.now_s]
        return [self._heal(key) for key in due]

    def active(self) -> list[dict[str, Any]]:
        """What is on, with the seconds until it heals (None: when somebody heals it)."""
        return [
            {
                **msgspec.to_builtins(fault),
                "heals_in_s": None if math.isinf(at_s) else round(at_s - self._world.now_s, 1),
            }
            for fault, at_s in self._on.values()
        ]

    def _heal(self, key: Key) -> AnyWorldFault:
        fault, _ = self._on.pop(key)
        off = _off(fault)
        if off is not None:
            apply_fault(self._world, off)
        return fault


def _key(fault: AnyWorldFault) -> Key:
    """What must be given with a fault names its subject."""
    required = [field.name for field in msgspec.structs.fields(fault) if field.required]
    return (type(fault).__name__, *(str(getattr(fault, name)) for name in required))


def _off(fault: AnyWorldFault) -> AnyWorldFault | None:
    values = off_values(type(fault))
    return msgspec.structs.replace(fault, **values) if values else None


def in_words(fault: AnyWorldFault) -> str:
    values = [f"{name}={getattr(fault, name)}" for name in fault.__struct_fields__]
    return " ".join([type(fault).__name__, *values])
