"""Reads scenario files: everything is checked before anything runs. See docs/simulators/scenarios.md.

Every complaint (maps.errors.SiteError) names the file, the line, the field, the value and the fix.
"""

from pathlib import Path

from fleet.cli.sites import site_path
from fleet.errors import UserError
from maps.cursor import Cursor, open_yaml
from maps.graph import SiteGraph
from maps.load import load
from missions.templates import TemplateCatalogue
from robots.profiles import models
from simulators import scenario_words as say
from simulators.scenario import Expected, Load, Member, Scenario
from simulators.scenario_actions import Actions
from simulators.scenario_expect import Expectations
from simulators.scenario_spots import Spots

FOLDER = Path(__file__).parent / "scenarios"
TEMPLATES = Path(__file__).parents[1] / "missions" / "templates"
REQUIRED = ("names", "site", "duration", "crew", "expect")
OPTIONAL = ("about", "start", "people", "trouble", "timeline", "load")
PEOPLE_MAX = 500


def bundled() -> list[Path]:
    """The scenarios that come with CityFleet."""
    return sorted(FOLDER.glob("*.yaml"))


def scenario_path(text: str) -> Path:
    """A file, or one of ours by name. Raises UserError that lists them."""
    named = FOLDER / f"{text}.yaml"
    if Path(text).is_file():
        return Path(text)
    if named in bundled():
        return named
    hint = f"Give a YAML file, or one of: {', '.join(path.stem for path in bundled())}."
    raise UserError("NO_SCENARIO", f"There is no scenario '{text}'.", field="scenario", hint=hint)


def read_scenario(path: Path) -> tuple[Scenario, SiteGraph]:
    """Raises SiteError in one sentence."""
    root = open_yaml(path)
    fields = root.fields(REQUIRED, OPTIONAL)
    site = _site(fields["site"], path)
    graph = SiteGraph(load(site))
    crew = _crew(fields["crew"], graph)
    catalogue = TemplateCatalogue.load(TEMPLATES)
    robots = {member.robot_id: member.model for member in crew}
    duration_s = say.positive_seconds(fields["duration"])
    spots = Spots(graph)
    actions = Actions(graph, catalogue, robots, spots)
    timeline = tuple(actions.entry(row) for row in _rows(fields, "timeline"))
    loads = tuple(_load(row, actions) for row in _rows(fields, "load"))
    actions.check_labels()
    expectations = Expectations(spots, robots, actions.labels, duration_s)
    scenario = Scenario(
        name=path.stem,
        names=say.names(fields["names"]),
        file=str(path),
        site=site,
        start_s=_start_s(fields, graph),
        duration_s=duration_s,
        crew=crew,
        people=_people(fields),
        trouble="trouble" in fields and fields["trouble"].boolean(),
        timeline=timeline,
        load=loads,
        expected=tuple(_expected(row, expectations) for row in fields["expect"].items("expect")),
    )
    if not scenario.expected:
        raise fields["expect"].error("nothing is expected", "write at least one line, such as missions: all")
    return scenario, graph


def _rows(fields: dict[str, Cursor], key: str) -> list[Cursor]:
    return fields[key].items(key) if key in fields else []


def _site(cursor: Cursor, path: Path) -> Path:
    """A name of ours, or a file beside the scenario."""
    beside = path.parent / cursor.text()
    if beside.is_file():
        return beside
    try:
        return site_path(cursor.text())
    except UserError as error:
        raise cursor.error(f"there is no site '{cursor.text()}'", error.hint.rstrip(".")) from None


def _start_s(fields: dict[str, Cursor], graph: SiteGraph) -> float:
    if "start" in fields:
        return say.clock(fields["start"], graph.site.time_zone)
    return say.monday_s(9, 0, graph.site.time_zone)


def _people(fields: dict[str, Cursor]) -> int:
    count = fields["people"].integer() if "people" in fields else 0
    if not 0 <= count <= PEOPLE_MAX:
        raise fields["people"].error(f"{count} people", f"write 0 to {PEOPLE_MAX}")
    return count


def _crew(cursor: Cursor, graph: SiteGraph) -> tuple[Member, ...]:
    crew: dict[str, Member] = {}
    for row in cursor.items("crew"):
        fields = row.fields(("robot", "model"), ("at",))
        robot_id = fields["robot"].text()
        if robot_id in crew:
            raise fields["robot"].error(f"'{robot_id}' is there twice", "give each robot its own id")
        node = fields["at"].one_of(graph.nodes, "node") if "at" in fields else ""
        if node and node in [member.node for member in crew.values()]:
            raise fields["at"].error(f"somebody starts at '{node}' already", "give each its own node")
        model = fields["model"].one_of(models(), "model")
        crew[robot_id] = Member(robot_id=robot_id, model=model, node=node)
    if not crew:
        raise cursor.error("nobody is there", "write '- {robot: carrier-1, model: service}' lines")
    return tuple(crew.values())


def _load(row: Cursor, actions: Actions) -> Load:
    fields = row.fields(("by_hour", "one_of"), ("label",))
    label = fields["label"].text() if "label" in fields else row.element.replace(" ", "-")
    ask = actions.one_of(fields["one_of"], label)
    rates = []
    for hour, rate in fields["by_hour"].entries().items():
        if not hour.isdigit() or int(hour) > 23 or rate.number() < 0.0:
            raise rate.error(
                f"'{hour}: {rate.text()}' is no rate", "write the hour 0 to 23: missions an hour"
            )
        rates.append((int(hour), rate.number()))
    if not rates:
        raise fields["by_hour"].error("no hour is named", "write {9: 20, 10: 30}")
    return Load(ask=ask, by_hour=tuple(rates))


def _expected(row: Cursor, expectations: Expectations) -> Expected:
    what, words = expectations.read(row)
    return Expected(what=what, words=words, line=row.line)


def describe(path: Path) -> dict[str, object]:
    """What a list of scenarios shows. Raises SiteError."""
    fields = open_yaml(path).fields(REQUIRED, OPTIONAL)
    about = say.names(fields["about"]) if "about" in fields else {}
    return {
        "name": path.stem,
        "names": say.names(fields["names"]),
        "about": about,
        "site": fields["site"].text(),
        "duration_s": say.positive_seconds(fields["duration"]),
        "robots": len(fields["crew"].items()),
        "expectations": len(fields["expect"].items()),
    }
