"""Parameters of templates: what they may be, whether what was given fits, how they fill a task."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from maps.errors import AmbiguousPlace, UnknownPlace
from maps.graph import SiteGraph
from missions.errors import TemplateError
from missions.mission import Param

TYPES = ("place", "places", "room", "number", "choice", "text", "pin", "flag")
PIN_DIGITS = (4, 6)
TEXT_CHARS_MAX = 200
PLACES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParam:
    name: str
    type: str
    label: dict[str, str]
    help: dict[str, str] = field(default_factory=dict)
    required: bool = True
    default: Param | None = None
    choices: tuple[str, ...] = ()
    choice_labels: dict[str, dict[str, str]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    kinds: tuple[str, ...] = ()
    """Place kinds that fit (NodeKind or RoomKind values); empty: any."""


@dataclass(frozen=True, slots=True)
class Values:
    """What was given, checked: places as place ids, numbers as floats."""

    given: dict[str, Param]

    def plain(self) -> dict[str, Param]:
        return dict(self.given)


def read(row: dict[str, Any]) -> TemplateParam:
    """A parameter from YAML. Raises ValueError, KeyError, TypeError for a wrong one."""
    values = dict(row)
    if values["type"] not in TYPES:
        raise ValueError(
            f"parameter '{values['name']}' has the type '{values['type']}': use {', '.join(TYPES)}"
        )
    for name in ("choices", "kinds"):
        values[name] = tuple(values.get(name, ()))
    if values["type"] == "choice" and not values["choices"]:
        raise ValueError(f"parameter '{values['name']}' is a choice of nothing")
    if values["type"] == "number" and values.get("default") is not None:
        values["default"] = float(values["default"])
    return TemplateParam(**values)


def check(params: tuple[TemplateParam, ...], given: dict[str, Any], graph: SiteGraph) -> Values:
    """Every parameter checked and filled. Raises TemplateError naming the first that is wrong."""
    known = {param.name for param in params}
    for name in sorted(set(given) - known):
        hint = f"Use {', '.join(sorted(known)) or 'no parameters'}."
        raise _wrong("unknown_parameter", name, given[name], f"there is no parameter '{name}'", hint)
    return Values({param.name: _value(param, given.get(param.name), graph) for param in params})


def _value(param: TemplateParam, value: Any, graph: SiteGraph) -> Param:
    if value is None or value == "":
        if param.default is not None:
            return param.default
        if not param.required:
            return ""
        label = param.label.get("en", param.name)
        raise _wrong("missing_parameter", param.name, "", f"'{param.name}' ({label}) is missing", "Give it.")
    checkers: dict[str, Callable[[TemplateParam, Any, SiteGraph], Param]] = {
        "place": _place,
        "room": _room,
        "places": _places,
        "number": _number,
        "choice": _choice,
        "pin": _pin,
        "flag": _flag,
        "text": _text,
    }
    return checkers[param.type](param, value, graph)


def _wrong(code: str, name: str, value: object, message: str, hint: str) -> TemplateError:
    in_params = name if code == "unknown_template" else f"params.{name}"
    return TemplateError(code, message, field=in_params, value=value, hint=hint)


def _place(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    if not isinstance(value, str):
        raise _wrong(
            "wrong_type", param.name, value, f"'{param.name}' is {value!r}, not a place", "Name one place."
        )
    try:
        place = graph.resolve_place(value)
    except UnknownPlace as error:
        near = [place_id for place_id in error.suggestions if place_id in graph.places]
        hint = f"Did you mean {', '.join(near)}?" if near else "List the places: GET /api/v1/site."
        message = f"'{param.name}' is '{value}', which is no place of {graph.site.site_id}"
        raise _wrong("unknown_place", param.name, value, message, hint) from error
    except AmbiguousPlace as error:
        raise _wrong("ambiguous_place", param.name, value, str(error), "Use the place's id.") from error
    if param.kinds and place.kind not in param.kinds:
        message = f"'{param.name}' is {value}, a {place.kind}"
        raise _wrong("unfitting_place", param.name, value, message, f"Choose a {' or '.join(param.kinds)}.")
    return place.place_id


def _room(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    place_id = _place(param, value, graph)
    room_id = graph.places[place_id].room
    if room_id is None or room_id not in graph.places:
        rooms = ", ".join(list(graph.rooms)[:5]) or "none: this site has no rooms"
        message = f"'{param.name}' is {value}, which is no room"
        raise _wrong("unfitting_place", param.name, value, message, f"Rooms are {rooms}.")
    return room_id


def _places(param: TemplateParam, value: Any, graph: SiteGraph) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not listed:
        message = f"'{param.name}' is {value!r}, not a list of places"
        raise _wrong("wrong_type", param.name, value, message, "Name at least one place.")
    if len(listed) > PLACES_MAX:
        message = f"'{param.name}' lists {len(listed)} places"
        raise _wrong("out_of_range", param.name, value, message, f"At most {PLACES_MAX} are allowed.")
    return tuple(_place(param, item.strip() if isinstance(item, str) else item, graph) for item in listed)


def _number(param: TemplateParam, value: Any, graph: SiteGraph) -> float:
    del graph
    unit = f" {param.unit}" if param.unit else ""
    try:
        number = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        number = None
    if number is None or not isfinite(number):
        message = f"'{param.name}' is {value!r}, not a number"
        raise _wrong(
            "wrong_type", param.name, value, message, f"Give a number{' in' + unit if unit else ''}."
        )
    low, high = param.minimum, param.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        span = f"between {low:g} and {high:g}" if low is not None and high is not None else "in range"
        message = f"'{param.name}' is {number:g}{unit}"
        raise _wrong("out_of_range", param.name, value, message, f"Give a value {span}{unit}.")
    return number


def _choice(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    del graph
    if value not in param.choices:
        message = f"'{param.name}' is {value!r}"
        raise _wrong("unknown_choice", param.name, value, message, f"Use one of: {', '.join(param.choices)}.")
    return str(value)


def _pin(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    """The PIN itself is never repeated in a message."""
    del graph
    text = str(value)
    if not (
        isinstance(value, str)
        and text.isdigit()
        and text.isascii()
        and PIN_DIGITS[0] <= len(text) <= PIN_DIGITS[1]
    ):
        message = f"'{param.name}' has {len(text)} characters or is not a text of digits"
        raise _wrong("wrong_pin", param.name, "****", message, "Give 4 to 6 digits as text.")
    return text


def _flag(param: TemplateParam, value: Any, graph: SiteGraph) -> bool:
    del graph
    words = {"true": True, "yes": True, "false": False, "no": False}
    found = value if isinstance(value, bool) else words.get(str(value).lower())
    if found is None:
        raise _wrong("wrong_type", param.name, value, f"'{param.name}' is {value!r}", "Say true or false.")
    return found


def _text(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    del graph
    if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX:
        message = f"'{param.name}' is not a text of at most {TEXT_CHARS_MAX} characters"
        raise _wrong("wrong_type", param.name, value, message, "Shorten it.")
    return value


# -- filling -------------------------------------------------------------------------------------------


def fill(source: Any, values: Values, graph: SiteGraph) -> Param:
    """A task's parameter: a constant, $name, or a mapping (param times, door_of, name_of)."""
    if isinstance(source, str) and source.startswith("$"):
        return values.given[source[1:]]
    if not isinstance(source, dict):
        return source  # type: ignore[no-any-return]
    if "door_of" in source:
        return _only_door(str(values.given[source["door_of"]]), source["door_of"], graph)
    if "name_of" in source:
        return name_in(values.given[source["name_of"]], source["language"], graph)
    return float(str(values.given[source["param"]])) * float(source.get("times", 1.0))


def doors_of(room_id: str, graph: SiteGraph) -> tuple[str, ...]:
    """The room's doors that can be commanded."""
    return tuple(door for door in graph.rooms[room_id].doors if graph.doors[door].automatic)


def _only_door(room_id: str, name: str, graph: SiteGraph) -> str:
    doors = doors_of(room_id, graph)
    if len(doors) != 1:
        message = f"'{name}' is {room_id}, which has {len(doors)} doors that can be closed and watched"
        raise _wrong("unfitting_place", name, room_id, message, "Choose a room with exactly one such door.")
    return doors[0]


def name_in(value: Param, language: str, graph: SiteGraph) -> str:
    """A place's name in this language; anything else as it is."""
    place = graph.places.get(value) if isinstance(value, str) else None
    return in_language(place.names, language) or str(value) if place is not None else str(value)


def in_language(names: dict[str, str], language: str) -> str:
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def nearest(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(word, known, n=3, cutoff=0.4)) or known
