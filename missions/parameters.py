"""Parameters of templates: whether what was given fits, and how it fills a task."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from maps.elements import Place
from maps.errors import AmbiguousPlace, UnknownPlace
from maps.graph import SiteGraph
from missions.errors import TemplateError
from missions.mission import Param
from missions.template_values import Constant, DoorOf, Given, NameOf, Source, Template, TemplateParam

__all__ = ["TemplateParam", "Values", "check", "default_of", "fill"]

PIN_DIGITS = (4, 6)
TEXT_CHARS_MAX = 200
PLACES_MAX = 100
KINDS_NAMED_MAX = 4
"""More kinds than this make no hint that anybody reads."""


@dataclass(frozen=True, slots=True)
class Values:
    """What was given, checked: places as place ids, numbers as floats."""

    given: dict[str, Param]

    def text(self, name: str) -> str:
        return str(self.given[name])

    def number(self, name: str) -> float:
        return float(str(self.given[name]))


def check(template: Template, given: Mapping[str, Any], graph: SiteGraph) -> Values:
    """Every parameter checked and filled. Raises TemplateError naming the first that is wrong."""
    known = {param.name: param for param in template.params}
    for name in sorted(given.keys() - known.keys()):
        hint = f"Use {', '.join(known) or 'no parameters'}."
        raise _wrong("unknown_parameter", name, given[name], f"there is no parameter '{name}'", hint)
    values = Values({name: _value(param, given.get(name), graph) for name, param in known.items()})
    _check_different(template, values)
    return values


def _check_different(template: Template, values: Values) -> None:
    first: dict[Param, str] = {}
    for name in template.different:
        place = values.given[name]
        other = first.setdefault(place, name)
        if other != name:
            message = f"'{other}' and '{name}' are both {place}"
            raise _wrong("same_place", name, place, message, "Choose two different places.")


def _value(param: TemplateParam, value: Any, graph: SiteGraph) -> Param:
    if value is None or value == "":
        return _default(param, graph)
    if param.type in PLACE_CHECKS:
        return PLACE_CHECKS[param.type](param, value, graph)
    return CHECKS[param.type](param, value)


def default_of(param: TemplateParam, graph: SiteGraph) -> Param | None:
    """What is taken on this site when nothing is given; None when something must be."""
    for place_id in param.default_places:
        if place_id in graph.places:
            return place_id
    if param.default is not None:
        return param.default
    return None if param.required else ""


def _default(param: TemplateParam, graph: SiteGraph) -> Param:
    default = default_of(param, graph)
    if default is None:
        label = param.label.get("en", param.name)
        raise _wrong("missing_parameter", param.name, "", f"'{param.name}' ({label}) is missing", "Give it.")
    return default


def _wrong(code: str, name: str, value: object, message: str, hint: str) -> TemplateError:
    return TemplateError(code, message, field=f"params.{name}", value=value, hint=hint)


# -- places -------------------------------------------------------------------------------------------


def _named(param: TemplateParam, value: Any, graph: SiteGraph) -> Place:
    if not isinstance(value, str):
        raise _wrong(
            "wrong_type", param.name, value, f"'{param.name}' is {value!r}, not a place", "Name one place."
        )
    try:
        return graph.resolve_place(value)
    except AmbiguousPlace as error:
        ids = ", ".join(error.suggestions)
        message = f"'{param.name}' is '{value}', which several places are called"
        raise _wrong("ambiguous_place", param.name, value, message, f"Use an id: {ids}.") from error
    except UnknownPlace as error:
        near = ", ".join(error.suggestions)
        hint = f"Did you mean {near}?" if near else "List the places: GET /api/v1/site."
        message = f"'{param.name}' is '{value}', which is no place of {graph.site.site_id}"
        raise _wrong("unknown_place", param.name, value, message, hint) from error


def _place(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    place = _named(param, value, graph)
    _check_kind(param, value, place.kind)
    return place.place_id


def _check_kind(param: TemplateParam, value: Any, kind: str) -> None:
    if not param.kinds or kind in param.kinds:
        return
    words = [word.replace("_", " ") for word in param.kinds]
    hint = f"Choose a {' or '.join(words)}." if len(words) <= KINDS_NAMED_MAX else "Choose another place."
    message = f"'{param.name}' is {value}, a {kind.replace('_', ' ')}"
    raise _wrong("unfitting_place", param.name, value, message, hint)


def _room(param: TemplateParam, value: Any, graph: SiteGraph) -> str:
    """A room by its own name, or by that of a place in it."""
    room_id = _named(param, value, graph).room
    if room_id is None or room_id not in graph.places:
        rooms = ", ".join(list(graph.rooms)[:5]) or "none: this site has no rooms"
        message = f"'{param.name}' is {value}, which is no room"
        raise _wrong("unfitting_place", param.name, value, message, f"Rooms are {rooms}.")
    _check_kind(param, value, graph.places[room_id].kind)
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


PLACE_CHECKS: dict[str, Callable[[TemplateParam, Any, SiteGraph], Param]] = {
    "place": _place,
    "room": _room,
    "places": _places,
}

# -- anything else ------------------------------------------------------------------------------------


def _number(param: TemplateParam, value: Any) -> float:
    unit = f" {param.unit}" if param.unit else ""
    number = _float(value)
    if number is None:
        message = f"'{param.name}' is {value!r}, not a number"
        hint = f"Give a number{' in' + unit if unit else ''}."
        raise _wrong("wrong_type", param.name, value, message, hint)
    low, high = param.minimum, param.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        message = f"'{param.name}' is {number:g}{unit}"
        raise _wrong("out_of_range", param.name, value, message, f"Give a value {_span(param)}{unit}.")
    return number


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _span(param: TemplateParam) -> str:
    low, high = param.minimum, param.maximum
    if low is not None and high is not None:
        return f"between {low:g} and {high:g}"
    return f"of at least {low:g}" if low is not None else f"of at most {high:g}"


def _choice(param: TemplateParam, value: Any) -> str:
    if value not in param.choices:
        message = f"'{param.name}' is {value!r}"
        raise _wrong("unknown_choice", param.name, value, message, f"Use one of: {', '.join(param.choices)}.")
    return str(value)


def _pin(param: TemplateParam, value: Any) -> str:
    """The PIN itself is never repeated in a message."""
    low, high = PIN_DIGITS
    if not isinstance(value, str):
        message = f"'{param.name}' is not a text: a number would lose its leading zeros"
    elif not (value.isascii() and value.isdigit()):
        message = f"'{param.name}' holds something else than digits"
    elif not low <= len(value) <= high:
        message = f"'{param.name}' has {len(value)} digits"
    else:
        return value
    raise _wrong("wrong_pin", param.name, "****", message, f"Give {low} to {high} digits as text.")


def _flag(param: TemplateParam, value: Any) -> bool:
    words = {"true": True, "yes": True, "false": False, "no": False}
    found = value if isinstance(value, bool) else words.get(str(value).lower())
    if found is None:
        raise _wrong("wrong_type", param.name, value, f"'{param.name}' is {value!r}", "Say true or false.")
    return found


def _text(param: TemplateParam, value: Any) -> str:
    if not isinstance(value, str):
        message = f"'{param.name}' is {value!r}, not a text"
        raise _wrong("wrong_type", param.name, value, message, "Give a text.")
    if len(value) > TEXT_CHARS_MAX:
        message = f"'{param.name}' has {len(value)} characters"
        hint = f"Shorten it to {TEXT_CHARS_MAX}."
        raise _wrong("out_of_range", param.name, value, message, hint)
    return value


CHECKS: dict[str, Callable[[TemplateParam, Any], Param]] = {
    "number": _number,
    "choice": _choice,
    "pin": _pin,
    "flag": _flag,
    "text": _text,
}

# -- filling ------------------------------------------------------------------------------------------


def fill(source: Source, values: Values, graph: SiteGraph) -> Param:
    """The value of a task's parameter. Raises TemplateError for a room without exactly one door."""
    match source:
        case Constant(value=value):
            return value
        case Given(param=name, times=times):
            return values.given[name] if times is None else values.number(name) * times
        case DoorOf(room=name):
            return _only_door(values.text(name), name, graph)
        case NameOf(place=name, language=language):
            return name_in(values.given[name], language, graph)


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
    """A place's name in this language, several as a list; anything else as it is."""
    if isinstance(value, tuple):
        return ", ".join(name_in(item, language, graph) for item in value)
    place = graph.places.get(value) if isinstance(value, str) else None
    return in_language(place.names, language) or str(value) if place is not None else str(value)


def in_language(names: dict[str, str], language: str) -> str:
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def nearest(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(word, known, n=3, cutoff=0.4)) or known
