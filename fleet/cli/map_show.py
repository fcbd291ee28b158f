"""`fleet map show`: floor plans of a site's levels on A3, as SVG or PNG."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.maps import Format, SiteFile, app, load, map_errors
from fleet.cli.output import AsJson, show_json
from fleet.cli.sites import site_path
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.drawing.files import Drawn
    from maps.drawing.images import Files
    from maps.elements import Site
    from maps.findings import Finding

DPI_MIN, DPI_MAX = 30, 600
OUTPUT_HELP = "A .svg, a .png, or a folder; several levels become out_L1.svg and so on."


@app.command()
def show(
    file: SiteFile,
    output: Annotated[Path, typer.Option("-o", "--output", help=OUTPUT_HELP)] = Path(),
    level: Annotated[list[str] | None, typer.Option(help="Which level (more than once for several).")] = None,
    findings: Annotated[bool, typer.Option(help="Mark what `fleet map check` finds.")] = True,
    floor_plan: Annotated[bool, typer.Option(help="Lay the level's floor plan image beneath.")] = True,
    dpi: Annotated[int, typer.Option(help="Pixels in an inch of a PNG.")] = 200,
    file_format: Format = None,
    json: AsJson = False,
) -> None:
    """Draw the levels: rooms, doors, lifts, lanes with arrows, zones, names, and what `check` finds."""
    from maps.validate import check

    if not DPI_MIN <= dpi <= DPI_MAX:
        hint = f"Give {DPI_MIN} to {DPI_MAX}; 200 prints well on A3."
        raise UserError("BAD_DPI", f"{dpi} dpi cannot be drawn.", field="dpi", hint=hint)
    site = load(file, file_format)
    files = files_of(file) if floor_plan else None
    drawn = list(draw_levels(site, output, level, check(site) if findings else (), files, dpi))
    if json:
        show_json([_fields(one) for one in drawn])
        return
    for one in drawn:
        typer.echo(f"{one.path}: level {one.level} of {site.site_id}, 1:{one.scale} on A3")
        for note in one.notes:
            typer.echo(f"note: {note}")


def _fields(drawn: "Drawn") -> dict[str, Any]:
    return {
        "level": drawn.level,
        "path": str(drawn.path),
        "scale": drawn.scale,
        "names_listed": drawn.listed,
        "notes": drawn.notes,
    }


def files_of(file: str) -> "Files":
    """Those that the site names."""
    from maps.package import beside

    with map_errors():
        return beside(site_path(file))


def draw_levels(
    site: "Site",
    output: Path,
    levels: Sequence[str] | None = None,
    findings: "Sequence[Finding]" = (),
    files: "Files | None" = None,
    dpi: int = 200,
) -> "Iterator[Drawn]":
    """Writes a file for each level (all without `levels`). Raises UserError for what cannot be written."""
    from maps.drawing.files import draw, targets

    known = [entry.level_id for entry in site.levels]
    chosen = list(dict.fromkeys(levels or known))
    unknown = [name for name in chosen if name not in known]
    if unknown:
        hint = f"This site has {', '.join(known)}."
        raise UserError("NO_LEVEL", f"There is no level '{unknown[0]}'.", field="level", hint=hint)
    with map_errors():
        names = targets(site, chosen, output)
    for name, path in names.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield draw(site, name, path, findings=findings, files=files, dpi=dpi)
        except OSError as error:
            hint = "Name a file or a folder that can be written."
            message = f"{path} cannot be written: {error.strerror}."
            raise UserError("NO_FILE", message, field="output", hint=hint) from error
