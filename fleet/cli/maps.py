"""`fleet map`: import, check, draw and measure site maps. Works on files; needs no orchestrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.output import AsJson, application, show_json, table
from fleet.cli.sites import site_path
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.elements import Site
    from maps.graph import SiteGraph
    from maps.validate import Finding

app = application("Import, check, draw and measure site maps.")
SiteFile = Annotated[
    str, typer.Argument(metavar="SITE", help="A site YAML, a building.yaml, or a bundled site.")
]
Format = Annotated[
    str | None, typer.Option("--format", help="site or rmf; default: what the file looks like.")
]


@contextmanager
def map_errors() -> Iterator[None]:
    """What is wrong with a map is the user's to mend: say it and leave with 2."""
    from maps.errors import MapError

    try:
        yield
    except MapError as error:
        text = str(error)
        stop = "" if text.endswith((".", "?")) else "."
        raise UserError("BAD_MAP", f"{text[:1].upper()}{text[1:]}{stop}") from error


def load(text: str, file_format: str | None = None) -> "Site":
    from maps.load import load as load_site

    with map_errors():
        return load_site(site_path(text), file_format)


@app.command("import")
def import_(
    file: SiteFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="The site YAML to write.")],
    file_format: Format = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite it.")] = False,
) -> None:
    """Turn a building.yaml into a site YAML that can be edited."""
    from maps.site_file import save
    from maps.stats import stats

    if output.exists() and not force:
        raise UserError(
            "EXISTS", f"{output} is there already.", field="output", hint="Overwrite it with --force."
        )
    site = load(file, file_format)
    save(site, output)
    typer.echo(f"{output}: {summary(stats(site))}")
    for note in site.notes:
        typer.echo(f"note: {note}")
    report(findings(site))


def findings(site: "Site") -> "tuple[Finding, ...]":
    from maps.validate import check as check_site

    return check_site(site)


def report(found: "tuple[Finding, ...]") -> None:
    for finding in found:
        typer.echo(f"{finding.severity}: {finding.message} {finding.fix}".strip())


def plain(value: Any) -> Any:
    import msgspec

    return msgspec.to_builtins(value)


@app.command()
def show(
    file: SiteFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="The SVG to write.")],
    level: Annotated[str | None, typer.Option(help="Which level; default: the first.")] = None,
    file_format: Format = None,
) -> None:
    """Draw a level as SVG, with what `check` finds marked."""
    from maps.render import svg

    site = load(file, file_format)
    levels = [entry.level_id for entry in site.levels]
    chosen = level or levels[0]
    if chosen not in levels:
        hint = f"This site has {', '.join(levels)}."
        raise UserError("NO_LEVEL", f"There is no level '{chosen}'.", field="level", hint=hint)
    output.write_text(svg(site, chosen, findings(site)), encoding="utf-8")
    typer.echo(f"{output}: level {chosen} of {site.site_id} ({', '.join(levels)})")


@app.command()
def stats(file: SiteFile, file_format: Format = None, json: AsJson = False) -> None:
    """Count what there is."""
    from maps.stats import stats as count

    counted = count(load(file, file_format))
    if json:
        show_json(counted)
        return
    typer.echo(summary(counted))
    rows = ((graph["name"], str(graph["nodes"]), str(graph["edges"])) for graph in counted["graphs"])
    table(("fleet graph", "nodes", "edges"), rows, empty="No fleet graphs.")


def summary(counted: dict[str, Any]) -> str:
    words = ("levels", "nodes", "edges", "rooms", "doors", "lifts")
    return ", ".join(f"{counted[word]} {word}" for word in words)


# Commands with a module of their own register themselves.
from fleet.cli import map_check as map_check  # noqa: E402
from fleet.cli import map_close as map_close  # noqa: E402
from fleet.cli import map_cover as map_cover  # noqa: E402
from fleet.cli import map_diff as map_diff  # noqa: E402
from fleet.cli import map_export as map_export  # noqa: E402
from fleet.cli import map_pack as map_pack  # noqa: E402
from fleet.cli import map_route as map_route  # noqa: E402
