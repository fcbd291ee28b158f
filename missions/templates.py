"""Mission templates: what can be asked for, checked against the site graph when it is.

expand() turns a template and parameters into a Mission with places resolved to nodes. Nothing here knows
robots: an action type is a word (a test compares the words with the robots' skills). The files are read by
missions.template_file.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from maps.graph import SiteGraph
from missions import parameters, template_file
from missions.errors import TemplateError
from missions.estimates import exposure_s
from missions.mission import Mission, Param, Task
from missions.parameters import Values
from missions.template_values import Exposure, Step, Template, TemplateParam

__all__ = ["Step", "Template", "TemplateCatalogue", "TemplateError", "TemplateParam"]

PRIORITY_MAX = 3


class TemplateCatalogue:
    """The templates of a folder, in the order of their files."""

    def __init__(self, templates: dict[str, Template]) -> None:
        self._templates = templates

    @classmethod
    def load(cls, folder: Path) -> "TemplateCatalogue":
        """Read and check every *.yaml there. Raises TemplateError naming the file, the field and the fix."""
        return cls(template_file.load_all(folder))

    def __iter__(self) -> Iterator[Template]:
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

    def skills(self, template_id: str) -> tuple[str, ...]:
        """Action types that a robot needs for it. Raises TemplateError for an unknown one."""
        return self.get(template_id).skills

    def expand(
        self,
        template_id: str,
        params: Mapping[str, Any],
        graph: SiteGraph,
        *,
        priority: int = 1,
        robot: str | None = None,
        requested_by: str = "",
    ) -> Mission:
        """A mission without a number (mission_id ''). Raises TemplateError naming field, value and fix."""
        template = self.get(template_id)
        _check_priority(priority)
        values = parameters.check(template, params, graph)
        tasks: list[Task] = []
        for step in template.steps:
            for place_id in _places(step, values):
                tasks += _tasks(step, place_id, len(tasks), values, graph)
        return Mission(
            mission_id="",
            template=template_id,
            family=template.family,
            title=_title(template.names, tasks),
            params=dict(values.given),
            tasks=tuple(tasks),
            priority=priority,
            robot=robot,
            requested_by=requested_by,
        )


def _check_priority(priority: int) -> None:
    if not 0 <= priority <= PRIORITY_MAX:
        raise TemplateError(
            "out_of_range",
            f"priority is {priority}",
            field="priority",
            value=priority,
            hint="Use 0 low, 1 normal, 2 high or 3 emergency.",
        )


def _title(names: dict[str, str], tasks: list[Task]) -> dict[str, str]:
    """'Delivery: Hand over at Ward 201': what it is, and where it ends."""
    last = tasks[-1].title
    return {language: f"{name}: {last.get(language, last['en'])}" for language, name in names.items()}


def _places(step: Step, values: Values) -> tuple[str, ...]:
    found = values.given[step.at]
    return found if isinstance(found, tuple) else (str(found),)


def _tasks(step: Step, place_id: str, seq: int, values: Values, graph: SiteGraph) -> Iterator[Task]:
    """One task, or as many as the exposure has to be divided into."""
    if step.exposure is None:
        yield _task(step, place_id, seq, values, graph)
        return
    target_j_m2, whole_s = _exposure(step.exposure, place_id, values, graph)
    count = max(1, math.ceil(whole_s / step.exposure.each_s_max))
    for index in range(count):
        yield _task(
            step,
            place_id,
            seq + index,
            values,
            graph,
            more_params={"target_j_m2": target_j_m2 / count},
            more_s=whole_s / count,
            suffix=f" ({index + 1}/{count})" if count > 1 else "",
        )


def _exposure(exposure: Exposure, place_id: str, values: Values, graph: SiteGraph) -> tuple[float, float]:
    """The whole dose in J/m2 and how long it takes."""
    target_j_m2 = float(str(parameters.fill(exposure.target_j_m2, values, graph)))
    lamp = graph.point(graph.places[place_id].node)
    outline = graph.rooms[values.text(exposure.room)].polygon
    return target_j_m2, exposure_s(target_j_m2, lamp, outline, exposure.irradiance_1m_w_m2)


def _task(
    step: Step,
    place_id: str,
    seq: int,
    values: Values,
    graph: SiteGraph,
    *,
    more_params: Mapping[str, Param] | None = None,
    more_s: float = 0.0,
    suffix: str = "",
) -> Task:
    place = graph.places[place_id]
    params = {name: parameters.fill(source, values, graph) for name, source in step.params.items()}
    params |= more_params or {}
    titles = _titles(step, place.names, values, graph)
    return Task(
        seq=seq,
        title={language: f"{title}{suffix}" for language, title in titles.items()},
        node=place.node,
        place=place_id,
        action_type=step.action,
        params={name: value for name, value in params.items() if value != ""},
        en_route=step.en_route,
        duration_s=round(_duration_s(step, values) + more_s, 1),
        hold_room=values.text(step.hold_room) if step.hold_room else None,
        close_doors=parameters.doors_of(values.text(step.close_doors), graph) if step.close_doors else (),
        repeatable=step.repeatable,
        pace_mps=step.pace_mps,
    )


def _duration_s(step: Step, values: Values) -> float:
    return step.duration_s + sum(values.number(name) * each for name, each in step.seconds_per.items())


def _titles(step: Step, here: dict[str, str], values: Values, graph: SiteGraph) -> dict[str, str]:
    """The title with names of places in each language; a for_each title names the place of its own task."""
    titles = {}
    for language, text in step.title.items():
        words = {name: parameters.name_in(value, language, graph) for name, value in values.given.items()}
        if step.for_each:
            words[step.at] = parameters.in_language(here, language)
        titles[language] = text.format_map(words)
    return titles
