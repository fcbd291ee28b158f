"""`fleet map export`: a site in a format that other systems read, and what that format cannot hold."""

import json as json_text
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.maps import SiteFile, app, load
from fleet.cli.output import AsJson, show_json
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.elements import Site


class Target(StrEnum):
    LIF = "lif"


@app.command()
def export(
    file: SiteFile,
    target: Annotated[Target, typer.Option("--format", help="lif: VDMA LIF 1.0.0.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite it.")] = False,
    json: AsJson = False,
) -> None:
    """Write a site for other systems, and say what their format cannot hold."""
    if output.exists() and not force:
        raise UserError(
            "EXISTS", f"{output} is there already.", field="output", hint="Overwrite it with --force."
        )
    site = load(file)
    document, lost = exported(site)
    text = json_text.dumps(document, ensure_ascii=False, indent=2) + "\n"
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "Name a file in a folder that is there."
        raise UserError(
            "NO_FILE", f"{output} cannot be written: {error.strerror}.", field="output", hint=hint
        ) from error
    if json:
        show_json({"file": str(output), "format": target.value, "lost": list(lost)})
        return
    typer.echo(f"{output}: {site.site_id} as {target.value}")
    for sentence in lost:
        typer.echo(f"lost: {sentence}")


def exported(site: "Site") -> tuple[dict[str, Any], tuple[str, ...]]:
    """The document and what is lost, stamped with the time of day."""
    from maps.exporters.lif import export as lif

    now = datetime.now(UTC)
    return lif(site, f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 10_000:02d}Z")
