"""`fleet map check`: what is wrong with a site, in words, as JSON, and marked on a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.maps import Format, SiteFile, app, load, plain
from fleet.cli.output import AsJson, show_json
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.elements import Site
    from maps.validate import Finding

RADIUS_M = 0.35
RADIUS_HELP = "Of a circle around the largest robot: nodes nearer than two of them are too close."
PICTURE_HELP = "Also draw the levels with the findings marked: a .svg, a .png, or a folder."


@app.command()
def check(
    file: SiteFile,
    file_format: Format = None,
    json: AsJson = False,
    picture: Annotated[Path | None, typer.Option(help=PICTURE_HELP)] = None,
    robot_radius_m: Annotated[float, typer.Option("--robot-radius-m", help=RADIUS_HELP)] = RADIUS_M,
) -> None:
    """Look for mistakes: places cut off, lanes through walls, nodes too close. Exit code 2 for errors."""
    from maps.validate import check as check_site

    if not 0.0 < robot_radius_m <= 10.0:
        message = f"A robot's radius of {robot_radius_m:g} m cannot be."
        raise UserError("BAD_RADIUS", message, field="robot-radius-m", hint="Give metres, such as 0.35.")
    site = load(file, file_format)
    found = check_site(site, robot_radius_m)
    drawn = _drawn(file, site, found, picture) if picture else []
    if json:
        show_json([plain(finding) for finding in found])
    else:
        for finding in found:
            typer.echo(sentence(finding))
        typer.echo(summary(found))
        for path in drawn:
            typer.echo(f"drawn: {path}")
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(2)


def sentence(finding: "Finding") -> str:
    """'warning: what. How to mend it. (L1, x 3.00, y 4.50)'"""
    text = f"{finding.severity}: {finding.message} {finding.fix}".strip()
    place = finding.place
    return f"{text} ({place.level}, x {place.x_m:.2f}, y {place.y_m:.2f})" if place else text


def summary(found: "tuple[Finding, ...]") -> str:
    """'1 error, 2 warnings, 0 remarks'; findings that are gathered count one by one."""
    words = {"error": "error", "warning": "warning", "info": "remark"}
    counts = dict.fromkeys(words, 0)
    for finding in found:
        counts[finding.severity] += 1 + len(finding.also)
    return ", ".join(f"{count} {words[name]}{'' if count == 1 else 's'}" for name, count in counts.items())


def _drawn(file: str, site: "Site", found: "tuple[Finding, ...]", picture: Path) -> list[Path]:
    from fleet.cli.map_show import draw_levels, files_of

    drawn = draw_levels(site, picture, findings=found, files=files_of(file))
    return [level.path for level in drawn]
