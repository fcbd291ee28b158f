"""Mission templates: YAML that says what can be asked for, checked against the site graph when it is.

expand() turns a template and parameters into a Mission with places resolved to nodes. Nothing here knows
robots: an action type is a word (a test compares the words with the robots' skills).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from maps.graph import SiteGraph
from missions import parameters
from missions.errors import TemplateError
from missions.mission import Family, Mission, Param, Task
from missions.parameters import TemplateParam, Values

__all__ = ["Step", "Template", "TemplateCatalogue", "TemplateError", "TemplateParam"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One task, or one for each place of a parameter."""

    at: str
    """The place parameter; of type places when for_each."""
    for_each: bool = False
    action: str = ""
    title: dict[str, str]
    params: dict[str, Any] = field(default_factory=dict)
    duration_s: float = 0.0
    seconds_per: dict[str, float] = field(default_factory=dict)
    """Seconds added for each unit of a number parameter."""
    hold_room: str = ""
    close_doors: str = ""
    en_route: bool = False
    repeatable: bool = True
    pace_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    template_id: str
    family: Family
    names: dict[str, str]
    description: dict[str, str]
    params: tuple[TemplateParam, ...]
    steps: tuple[Step, ...]

    @property
    def skills(self) -> tuple[str, ...]:
        """Action types that a robot needs for it."""
        return tuple(dict.fromkeys(step.action for step in self.steps if step.action))


class TemplateCatalogue:
    """The templates of a folder, in the order of their ids."""

    def __init__(self, templates: dict[str, Template]) -> None:
        self._templates = templates

    @classmethod
    def load(cls, folder: Path) -> "TemplateCatalogue":
        """Read and check every *.yaml there. Raises TemplateError naming the file, the field and the fix."""
        read = [_read(path) for path in sorted(folder.glob("*.yaml"))]
        if not read:
            raise TemplateError(
                "no_templates", f"{folder} holds no template (*.yaml)", hint="Check the folder."
            )
        return cls({template.template_id: template for template in read})

    def __iter__(self) -> Any:
        return iter(self._templates.values())

    def __len__(self) -> int:
        return len(self._templates)

    def get(self, template_id: str) -> Template:
        """Raises TemplateError with the nearest names for an unknown one."""
        template = self._templates.get(template_id)
        if template is None:
            known = parameters.nearest(template_id, tuple(self._templates))
            raise TemplateError(
                "unknown_template",
                f"there is no template '{template_id}'",
                field="template",
                value=template_id,
                hint=f"Use one of: {', '.join(known)}.",
            )
        return template

    def expand(
        self,
        template_id: str,
        params: dict[str, Any],
        graph: SiteGraph,
        *,
        priority: int = 1,
        robot: str | None = None,
        requested_by: str = "",
    ) -> Mission:
        """A mission without a number (mission_id ''). Raises TemplateError naming field, value and fix."""
        template = self.get(template_id)
        values = parameters.check(template.params, params, graph)
        tasks: list[Task] = []
        for step in template.steps:
            for place in _places(step, values):
                tasks.append(_task(step, place, len(tasks), values, graph))
        return Mission(
            mission_id="",
            template=template_id,
            family=template.family,
            title=_title(template.names, tasks),
            params=values.plain(),
            tasks=tuple(tasks),
            priority=priority,
            robot=robot,
            requested_by=requested_by,
        )


def _title(names: dict[str, str], tasks: list[Task]) -> dict[str, str]:
    """'Delivery: Hand over at Ward 201': what it is, and where it ends."""
    last = tasks[-1].title
    return {language: f"{name}: {last.get(language, last['en'])}" for language, name in names.items()}


def _places(step: Step, values: Values) -> tuple[str, ...]:
    found = values.given[step.at]
    return tuple(found) if isinstance(found, tuple) else (str(found),)


def _task(step: Step, place_id: str, seq: int, values: Values, graph: SiteGraph) -> Task:
    place = graph.places[place_id]
    seconds = sum(float(str(values.given[name])) * each for name, each in step.seconds_per.items())
    room = values.given[step.hold_room] if step.hold_room else None
    closed = values.given[step.close_doors] if step.close_doors else None
    params: dict[str, Param] = {
        name: parameters.fill(source, values, graph) for name, source in step.params.items()
    }
    return Task(
        seq=seq,
        title=_filled(step, place.names, values, graph),
        node=place.node,
        place=place_id,
        action_type=step.action,
        params={name: value for name, value in params.items() if value != ""},
        en_route=step.en_route,
        duration_s=step.duration_s + seconds,
        hold_room=str(room) if room is not None else None,
        close_doors=parameters.doors_of(str(closed), graph) if closed is not None else (),
        repeatable=step.repeatable,
        pace_mps=step.pace_mps,
    )


def _filled(step: Step, here: dict[str, str], values: Values, graph: SiteGraph) -> dict[str, str]:
    """The title with names of places in each language; a for_each title names the place of its own task."""
    return {
        language: text.format_map(
            {name: parameters.name_in(value, language, graph) for name, value in values.given.items()}
            | ({step.at: parameters.in_language(here, language)} if step.for_each else {})
        )
        for language, text in step.title.items()
    }


# -- reading ------------------------------------------------------------------------------------------


def _read(path: Path) -> Template:
    try:
        data = yaml.safe_load(path.read_text())
        return _template(data)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else "somewhere"
        raise TemplateError(
            "bad_template", f"{path.name}, {where}: this is no YAML", hint="Mend it."
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TemplateError("bad_template", f"{path.name}: {_why(error)}", hint="Mend the file.") from error


def _why(error: Exception) -> str:
    return f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)


def _template(data: dict[str, Any]) -> Template:
    params = tuple(parameters.read(row) for row in data.get("params", []))
    by_name = {param.name: param for param in params}
    return Template(
        template_id=data["template"],
        family=Family(data["family"]),
        names=data["names"],
        description=data["description"],
        params=params,
        steps=tuple(_step(row, by_name) for row in data["steps"]),
    )


def _step(row: dict[str, Any], params: dict[str, TemplateParam]) -> Step:
    known = {"at", "for_each", "action", "title", "params", "duration_s", "seconds_per", "hold_room"}
    known |= {"close_doors", "en_route", "repeatable", "pace_mps"}
    unknown = sorted(set(row) - known)
    if unknown:
        raise ValueError(f"a step has the field '{unknown[0]}', which means nothing here")
    at = row["for_each"] if "for_each" in row else _reference(row["at"], params)
    if at not in params or params[at].type not in ("place", "room", "places"):
        raise ValueError(f"a step is at '{at}', which is no place parameter")
    return Step(
        at=at,
        for_each="for_each" in row,
        action=row.get("action", ""),
        title=row["title"],
        params=row.get("params", {}),
        duration_s=float(row.get("duration_s", 0.0)),
        seconds_per={_reference(f"${n}", params): float(v) for n, v in row.get("seconds_per", {}).items()},
        hold_room=_reference(row["hold_room"], params) if "hold_room" in row else "",
        close_doors=_reference(row["close_doors"], params) if "close_doors" in row else "",
        en_route=bool(row.get("en_route", False)),
        repeatable=bool(row.get("repeatable", True)),
        pace_mps=row.get("pace_mps"),
    )


def _reference(text: str, params: dict[str, TemplateParam]) -> str:
    name = str(text).removeprefix("$")
    if not str(text).startswith("$") or name not in params:
        raise ValueError(f"'{text}' refers to no parameter: write $ and one of {', '.join(params)}")
    return name
