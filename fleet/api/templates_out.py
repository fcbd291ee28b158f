"""Mission templates as HTTP bodies, and whether this fleet and site can carry them out."""

from collections.abc import Iterable

from fleet.api import schemas
from fleet.core.state import RobotRecord
from maps.graph import SiteGraph
from missions.mission import Param
from missions.parameters import TemplateParam
from missions.templates import Template, TemplateCatalogue


def secret_params(catalogue: TemplateCatalogue) -> tuple[str, ...]:
    """Names of parameters that are never shown."""
    return tuple(
        dict.fromkeys(
            param.name for template in catalogue for param in template.params if param.type == "pin"
        )
    )


def templates_out(
    catalogue: TemplateCatalogue, graph: SiteGraph, robots: Iterable[RobotRecord]
) -> list[schemas.TemplateOut]:
    crew = [tuple(robot.facts.skills) for robot in robots]
    return [_template(template, graph, crew) for template in catalogue]


def _template(template: Template, graph: SiteGraph, crew: list[tuple[str, ...]]) -> schemas.TemplateOut:
    because = _missing_place(template, graph) or _missing_skill(template, crew)
    return schemas.TemplateOut(
        id=template.template_id,
        family=str(template.family),
        names=template.names,
        description=template.description,
        params=[_param(param) for param in template.params],
        available=not because,
        because=because,
    )


def _missing_place(template: Template, graph: SiteGraph) -> str:
    """Which parameter no place of this site can fill; '' when all can be filled."""
    for param in template.params:
        if param.type == "room" and not graph.rooms:
            return f"This site has no rooms for '{param.name}'."
        kinds = [place.kind for place in graph.places.values()]
        if param.kinds and param.required and not any(kind in param.kinds for kind in kinds):
            return f"This site has no {' or '.join(param.kinds)} for '{param.name}'."
    return ""


def _missing_skill(template: Template, crew: list[tuple[str, ...]]) -> str:
    needed = template.skills
    if any(all(skill in skills for skill in needed) for skills in crew):
        return ""
    if not crew:
        return "No robot has connected yet."
    return f"No robot that has connected can {' and '.join(needed)}."


def _param(param: TemplateParam) -> schemas.ParamOut:
    return schemas.ParamOut(
        name=param.name,
        type=param.type,  # type: ignore[arg-type]  # Pydantic checks it
        label=param.label,
        help=param.help,
        required=param.required and param.default is None,
        default=plain(param.default),
        choices=list(param.choices),
        choice_labels=param.choice_labels,
        minimum=param.minimum,
        maximum=param.maximum,
        unit=param.unit,
        kinds=list(param.kinds),
    )


def plain(value: Param | None) -> schemas.ParamValue | None:
    return list(value) if isinstance(value, tuple) else value
