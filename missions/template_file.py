"""Reads template files and refuses wrong ones: what is let through here can always be expanded.

Every complaint names the file, the thing in it and the fix. docs/missions.md explains the format.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from maps.elements import NodeKind, RoomKind
from missions import parameters
from missions.errors import TemplateError
from missions.mission import Family
from missions.template_values import (
    PLACE_TYPES,
    TYPES,
    Constant,
    DoorOf,
    Exposure,
    Given,
    NameOf,
    Source,
    Step,
    Template,
    TemplateParam,
)

ID = re.compile(r"[a-z][a-z0-9_]*")
PLACE_KINDS = tuple(kind.value for kind in (*NodeKind, *RoomKind) if kind is not NodeKind.LIFT_CABIN)
TEMPLATE_FIELDS = ("template", "family", "names", "description", "steps")
PARAM_FIELDS: tuple[str, ...] = (
    "name",
    "type",
    "label",
    "help",
    "required",
    "default",
    "default_places",
    "choices",
)
PARAM_FIELDS += ("choice_labels", "minimum", "maximum", "unit", "kinds", "kinds_except")
STEP_FIELDS: tuple[str, ...] = (
    "at",
    "for_each",
    "action",
    "title",
    "params",
    "duration_s",
    "seconds_per",
    "exposure",
)
STEP_FIELDS += ("hold_room", "close_doors", "en_route", "repeatable", "pace_mps")
MAY_BE_EMPTY = ("text", "pin")
"""An optional parameter of another type needs a default: '' is no number and no place."""

_Row = Mapping[str, Any]
_Params = Mapping[str, TemplateParam]


class _BadFileError(Exception):
    """What is wrong and how to mend it; load_all adds the file."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def load_all(folder: Path) -> dict[str, Template]:
    """Every *.yaml of the folder, by template id. Raises TemplateError."""
    templates: dict[str, Template] = {}
    for path in sorted(folder.glob("*.yaml")):
        template = load(path)
        if template.template_id in templates:
            raise _error(
                path, _BadFileError(f"a second template '{template.template_id}'", "Give it another id.")
            )
        templates[template.template_id] = template
    if not templates:
        raise TemplateError("no_templates", f"{folder} holds no template (*.yaml)", hint="Check the folder.")
    return templates


def load(path: Path) -> Template:
    """One file. Raises TemplateError."""
    try:
        return _template(_mapping(yaml.safe_load(path.read_text(encoding="utf-8")), "the file"))
    except _BadFileError as bad:
        raise _error(path, bad) from bad
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise _error(
            path, _BadFileError(f"{where}this is no YAML", "Mend it there or in the lines before.")
        ) from error
    except UnicodeDecodeError as error:
        raise _error(path, _BadFileError("this is no UTF-8 text", "Save it as UTF-8.")) from error


def _error(path: Path, bad: _BadFileError) -> TemplateError:
    return TemplateError("bad_template", f"{path.name}: {bad.message}", value=path.name, hint=bad.hint)


def _template(data: _Row) -> Template:
    _fields(data, "the template", TEMPLATE_FIELDS, ("params", "different"))
    params: dict[str, TemplateParam] = {}
    for row in _list(data.get("params", []), "params"):
        param = _param(_mapping(row, "a parameter"))
        if param.name in params:
            raise _BadFileError(f"two parameters are called '{param.name}'", "Rename one.")
        params[param.name] = param
    steps = _list(data["steps"], "steps")
    if not steps:
        raise _BadFileError("steps is empty", "A mission needs at least one step.")
    return Template(
        template_id=_id(data["template"], "template"),
        family=_family(data["family"]),
        names=_texts(data["names"], "names"),
        description=_texts(data["description"], "description"),
        params=tuple(params.values()),
        steps=tuple(_step(_mapping(row, "a step"), params) for row in steps),
        different=tuple(
            _param_name(name, params, PLACE_TYPES, "different")
            for name in _list(data.get("different", []), "different")
        ),
    )


def _family(value: Any) -> Family:
    if value not in list(Family):
        raise _BadFileError(f"family is {value!r}", f"Use one of: {', '.join(Family)}.")
    return Family(value)


# -- parameters ---------------------------------------------------------------------------------------


def _param(row: _Row) -> TemplateParam:
    _fields(row, f"parameter {row.get('name')!r}", ("name", "type", "label"), PARAM_FIELDS)
    name = _id(row["name"], "a parameter's name")
    where = f"parameter '{name}'"
    if row["type"] not in TYPES:
        raise _BadFileError(f"{where} has the type {row['type']!r}", f"Use one of: {', '.join(TYPES)}.")
    param = TemplateParam(
        name=name,
        type=row["type"],
        label=_texts(row["label"], f"{where}: label"),
        help=_texts(row["help"], f"{where}: help") if "help" in row else {},
        required=_flag(row.get("required", True), f"{where}: required"),
        default_places=_words(row.get("default_places", []), f"{where}: default_places"),
        choices=_words(row.get("choices", []), f"{where}: choices"),
        choice_labels={
            str(choice): _texts(texts, f"{where}: label of {choice}")
            for choice, texts in _mapping(row.get("choice_labels", {}), f"{where}: choice_labels").items()
        },
        minimum=_number(row.get("minimum"), f"{where}: minimum"),
        maximum=_number(row.get("maximum"), f"{where}: maximum"),
        unit=str(row.get("unit", "")),
        kinds=_kinds(row, where),
    )
    _check_choices(param)
    return _with_default(param, row.get("default"))


def _kinds(row: _Row, where: str) -> tuple[str, ...]:
    fitting = _words(row.get("kinds", []), f"{where}: kinds")
    other = _words(row.get("kinds_except", []), f"{where}: kinds_except")
    for kind in (*fitting, *other):
        if kind not in PLACE_KINDS:
            raise _BadFileError(
                f"{where} names the place kind '{kind}'", f"Kinds are {', '.join(PLACE_KINDS)}."
            )
    return tuple(kind for kind in PLACE_KINDS if kind not in other) if other else fitting


def _check_choices(param: TemplateParam) -> None:
    if (param.type == "choice") != bool(param.choices):
        raise _BadFileError(
            f"parameter '{param.name}': choices belong to type choice", "Mend one of the two."
        )
    for choice in param.choice_labels:
        if choice not in param.choices:
            raise _BadFileError(
                f"parameter '{param.name}' labels '{choice}', which is no choice", "Remove the label."
            )


def _with_default(param: TemplateParam, default: Any) -> TemplateParam:
    """The default must pass the same check as what people give."""
    if default is None or default == "":
        if not param.required and param.type not in MAY_BE_EMPTY and not param.default_places:
            raise _BadFileError(
                f"parameter '{param.name}' is not required but has no default", "Give it one."
            )
        return replace(param, default=default)
    if param.type in PLACE_TYPES:
        raise _BadFileError(
            f"parameter '{param.name}' has a place as default", "List place ids as default_places."
        )
    try:
        return replace(param, default=parameters.CHECKS[param.type](param, default))
    except TemplateError as error:
        raise _BadFileError(f"the default does not fit: {error.message}", error.hint) from error


# -- steps --------------------------------------------------------------------------------------------


def _step(row: _Row, params: _Params) -> Step:
    _fields(row, "a step", ("title",), STEP_FIELDS)
    if ("at" in row) == ("for_each" in row):
        raise _BadFileError("a step needs either at or for_each", "at: $place, or for_each: $places.")
    types = ("places",) if "for_each" in row else ("place", "room")
    title = _texts(row["title"], "a step's title")
    _check_placeholders(title, params)
    return Step(
        at=_reference(row.get("for_each", row.get("at")), params, types),
        for_each="for_each" in row,
        action=_id(row["action"], "action") if row.get("action") else "",
        title=title,
        params={
            str(name): _source(value, params)
            for name, value in _mapping(row.get("params", {}), "a step's params").items()
        },
        duration_s=_number(row.get("duration_s", 0.0), "duration_s", least=0.0) or 0.0,
        seconds_per={
            _param_name(name, params, ("number",), "seconds_per"): _number(each, "seconds_per", least=0.0)
            or 0.0
            for name, each in _mapping(row.get("seconds_per", {}), "seconds_per").items()
        },
        exposure=_exposure(_mapping(row["exposure"], "exposure"), params) if "exposure" in row else None,
        hold_room=_reference(row["hold_room"], params, ("room",)) if "hold_room" in row else "",
        close_doors=_reference(row["close_doors"], params, ("room",)) if "close_doors" in row else "",
        en_route=_flag(row.get("en_route", False), "en_route"),
        repeatable=_flag(row.get("repeatable", True), "repeatable"),
        pace_mps=_number(row.get("pace_mps"), "pace_mps", least=0.05),
    )


def _check_placeholders(title: Mapping[str, str], params: _Params) -> None:
    for text in title.values():
        try:
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise _BadFileError(f"the title '{text}' has an odd brace", "Write {parameter}.") from error
        for name in names:
            _param_name(name, params, TYPES, f"the title '{text}'")


def _exposure(row: _Row, params: _Params) -> Exposure:
    _fields(row, "exposure", ("room", "target_j_m2", "irradiance_1m_w_m2", "each_s_max"), ())
    target = _source(row["target_j_m2"], params)
    if not isinstance(target, Given) or params[target.param].type != "number":
        raise _BadFileError(
            "exposure: target_j_m2 is no number parameter", "Write {param: NAME, times: FACTOR}."
        )
    return Exposure(
        room=_reference(row["room"], params, ("room",)),
        target_j_m2=target,
        irradiance_1m_w_m2=_number(row["irradiance_1m_w_m2"], "irradiance_1m_w_m2", least=0.001) or 0.0,
        each_s_max=_number(row["each_s_max"], "each_s_max", least=1.0) or 0.0,
    )


def _source(value: Any, params: _Params) -> Source:
    """A constant, $name, {param, times}, {door_of} or {name_of, language}."""
    if isinstance(value, str) and value.startswith("$"):
        return Given(param=_reference(value, params, TYPES))
    if isinstance(value, str | bool | int | float):
        return Constant(value=float(value) if type(value) is int else value)
    row = _mapping(value, "a step's params")
    if "door_of" in row:
        _fields(row, "door_of", ("door_of",), ())
        return DoorOf(room=_param_name(row["door_of"], params, ("room",), "door_of"))
    if "name_of" in row:
        _fields(row, "name_of", ("name_of", "language"), ())
        place = _param_name(row["name_of"], params, PLACE_TYPES, "name_of")
        return NameOf(place=place, language=str(row["language"]))
    _fields(row, "a step's params", ("param", "times"), ())
    name = _param_name(row["param"], params, ("number",), "param")
    return Given(param=name, times=_number(row["times"], "times"))


# -- small things -------------------------------------------------------------------------------------


def _reference(value: Any, params: _Params, types: tuple[str, ...]) -> str:
    if not isinstance(value, str) or not value.startswith("$"):
        raise _BadFileError(f"{value!r} refers to no parameter", "Write $ and a parameter's name.")
    return _param_name(value[1:], params, types, value)


def _param_name(value: Any, params: _Params, types: tuple[str, ...], where: str) -> str:
    fitting = [name for name, param in params.items() if param.type in types]
    if value not in fitting:
        hint = f"Use one of: {', '.join(fitting)}." if fitting else f"Add a parameter of type {types[0]}."
        raise _BadFileError(f"{where} names {value!r}, which is no fitting parameter", hint)
    return str(value)


def _fields(row: _Row, where: str, needed: tuple[str, ...], more: tuple[str, ...]) -> None:
    for name in needed:
        if name not in row:
            raise _BadFileError(f"{where} has no '{name}'", "Add it.")
    for name in row:
        if name not in (*needed, *more):
            near = parameters.nearest(str(name), (*needed, *more))
            raise _BadFileError(
                f"{where} has the field '{name}', which means nothing", f"Known: {', '.join(near)}."
            )


def _mapping(value: Any, where: str) -> _Row:
    if not isinstance(value, dict):
        raise _BadFileError(f"{where} is {value!r}, not a mapping", "Write key: value.")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _BadFileError(f"{where} is {value!r}, not a list", "Write a list.")
    return value


def _words(value: Any, where: str) -> tuple[str, ...]:
    words = _list(value, where)
    for word in words:
        if not isinstance(word, str):
            raise _BadFileError(f"{where} holds {word!r}, not a word", "Put it into quotes.")
    return tuple(words)


def _texts(value: Any, where: str) -> dict[str, str]:
    """Text by language; English at least, for everybody who has no other."""
    texts = _mapping(value, where)
    for language, text in texts.items():
        if not isinstance(language, str) or not isinstance(text, str) or not text:
            raise _BadFileError(
                f"{where} holds {language!r}: {text!r}", "Write language: text, in quotes if need be."
            )
    if "en" not in texts:
        raise _BadFileError(f"{where} has no text in en", "Add one.")
    return dict(texts)


def _id(value: Any, where: str) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise _BadFileError(f"{where} is {value!r}", "Use small letters, digits and _, a letter first.")
    return value


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _BadFileError(f"{where} is {value!r}", "Say true or false.")
    return value


def _number(value: Any, where: str, least: float | None = None) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or (least is not None and value < least):
        span = "a number" if least is None else f"a number of at least {least:g}"
        raise _BadFileError(f"{where} is {value!r}", f"Give {span}.")
    return float(value)
