"""`fleet map pack` and `unpack`: a site with its floor plans, templates and settings as one archive."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.maps import Format, SiteFile, app, in_words, load, map_errors
from fleet.cli.output import AsJson, show_json
from fleet.cli.sites import site_path
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.package import Package


@app.command()
def pack(
    file: SiteFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="The .zip to write.")],
    templates: Annotated[
        Path | None, typer.Option(help="Folder of mission templates; they are all that the site will offer.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="YAML of settings, for example lost_s: 12.")] = None,
    file_format: Format = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite it.")] = False,
    json: AsJson = False,
) -> None:
    """Pack a site with its floor plans, templates and settings into one archive for another machine."""
    from maps.package import is_package, pack

    if not is_package(output):
        hint = "Name a file that ends in .zip."
        raise UserError("NO_ZIP", f"{output} is no zip file.", field="output", hint=hint)
    if output.exists() and not force:
        hint = "Overwrite it with --force."
        raise UserError("EXISTS", f"{output} is there already.", field="output", hint=hint)
    content = gathered(file, file_format, templates, settings)
    write(output, pack(content))
    told(content, output, json=json)


def gathered(file: str, file_format: str | None, templates: Path | None, settings: Path | None) -> "Package":
    """Everything that goes in, checked: what cannot be used there is refused here."""
    from maps.package import is_package, package, read_package, repackaged
    from maps.source import Source

    path = site_path(file)
    with map_errors():
        chosen = read_templates(templates) if templates else None
        set_up = read_settings(settings) if settings else None
        if is_package(path):
            return repackaged(read_package(Source(path)), templates=chosen, settings=set_up)
        folder = path if path.is_dir() else path.parent
        return package(load(file, file_format), folder, templates=chosen, settings=set_up)


def read_templates(folder: Path) -> dict[str, bytes]:
    """Raises UserError for a folder without templates, TemplateError for one that cannot be used."""
    from missions.errors import TemplateError
    from missions.templates import TemplateCatalogue

    found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    if not found:
        hint = "Give the folder in which they lie."
        raise UserError("NO_TEMPLATES", f"{folder} holds no *.yaml.", field="templates", hint=hint)
    try:
        TemplateCatalogue.load(folder)
    except TemplateError as error:
        message = f"A template cannot be used: {error.message.rstrip('.')}."
        raise UserError("BAD_TEMPLATE", message, field="templates", hint=error.hint) from error
    return found


def read_settings(path: Path) -> bytes:
    """Raises SiteError that names the line for settings that cannot be used."""
    from fleet.config import settings_of
    from maps.source import Source

    data = Source(path).data
    settings_of(data, str(path))
    return data


def write(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise UserError("NO_WRITE", message, field="output", hint="Give another -o.") from error


def told(content: "Package", output: Path, *, json: bool) -> None:
    from maps.digest import content_hash

    if json:
        show_json(
            {
                "file": str(output),
                "site": content.site.site_id,
                "content_hash": content_hash(content.site),
                "files": ["site.yaml", *sorted(content.files)],
                "missing": list(content.missing),
            }
        )
        return
    others = len(content.files) - len(content.templates) - (content.settings is not None)
    typer.echo(
        f"{output}: site {content.site.site_id} ({content_hash(content.site)[:12]}),"
        f" {in_words(len(content.templates), 'template')}, {in_words(others, 'floor plan')},"
        f" {'with' if content.settings is not None else 'no'} settings"
    )
    for plan in content.missing:
        typer.echo(f"note: the floor plan {plan} is not there, and was left out")


@app.command()
def unpack(
    file: Annotated[Path, typer.Argument(metavar="PACKAGE", help="A site package (.zip).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write to.")],
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
    json: AsJson = False,
) -> None:
    """Check a site package and write its files into a folder."""
    from maps.package import read_package, unpack
    from maps.source import Source

    if output.is_file() or (output.is_dir() and any(output.iterdir()) and not force):
        hint = "Give an empty folder, or --force."
        raise UserError("EXISTS", f"{output} is not empty.", field="output", hint=hint)
    with map_errors():
        content = read_package(Source(file))
        written = unpack(content, output)
    if json:
        show_json({"folder": str(output), "site": content.site.site_id, "files": written})
        return
    typer.echo(f"{output}: site {content.site.site_id}, {len(written)} files")
