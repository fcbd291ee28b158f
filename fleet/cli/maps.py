"""`fleet map`: import, check, draw and measure site maps. Works on files; needs no orchestrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.output import AsJson, application, show_json, table
from fleet.cli.sites import site_path
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.elements import Site
    from maps.validate import Finding

app = application("Import, check, draw and measure site maps.")
SiteFile = Annotated[
    str, typer.Argument(metavar="SITE", help="A site YAML, a map in another format, or a bundled site.")
]
FORMAT_NAMES = ("site", "package", "rmf", "rmf_nav", "occupancy", "strands", "lif", "geojson", "movingai")
"""Those of maps.formats, which is imported when it is used."""

FORMAT_HELP = f"Of the file: {', '.join(FORMAT_NAMES)}; default: what it looks like."
Format = Annotated[str | None, typer.Option("--format", help=FORMAT_HELP)]


@contextmanager
def map_errors() -> Iterator[None]:
    """What is wrong with a map is the user's to mend: say it and leave with 2."""
    from maps.errors import MapError, SiteError

    try:
        yield
    except MapError as error:
        text = str(error)
        stop = "" if text.endswith((".", "?")) else "."
        # A sentence that begins with a file name keeps the name as it is.
        first = text[:1] if isinstance(error, SiteError) and error.file else text[:1].upper()
        raise UserError("BAD_MAP", f"{first}{text[1:]}{stop}") from error


def load(text: str, file_format: str | None = None) -> "Site":
    from maps.load import load as load_site

    with map_errors():
        return load_site(site_path(text), file_format)


def report(found: "tuple[Finding, ...]") -> None:
    for finding in found:
        typer.echo(f"{finding.severity}: {finding.message} {finding.fix}".strip())


def plain(value: Any) -> Any:
    import msgspec

    return msgspec.to_builtins(value)


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
    words = ("level", "node", "edge", "room", "door", "lift")
    return ", ".join(in_words(counted[f"{word}s"], word) for word in words)


def in_words(count: int, word: str) -> str:
    """'1 level', '2 levels'"""
    return f"{count} {word}{'' if count == 1 else 's'}"


# Commands with a module of their own register themselves.
from fleet.cli import map_check as map_check  # noqa: E402
from fleet.cli import map_close as map_close  # noqa: E402
from fleet.cli import map_cover as map_cover  # noqa: E402
from fleet.cli import map_diff as map_diff  # noqa: E402
from fleet.cli import map_export as map_export  # noqa: E402
from fleet.cli import map_import as map_import  # noqa: E402
from fleet.cli import map_pack as map_pack  # noqa: E402
from fleet.cli import map_route as map_route  # noqa: E402
from fleet.cli import map_show as map_show  # noqa: E402
