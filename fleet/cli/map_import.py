"""`fleet map import`: a map in any format to a site YAML that can be edited."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.maps import Format, app, map_errors, plain, report, summary
from fleet.cli.output import AsJson, show_json
from fleet.cli.sites import site_path
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.elements import Site
    from maps.importers.options import ImportOptions

Source = Annotated[
    str, typer.Argument(metavar="MAP", help="A map file in any format, or the folder that holds one.")
]
Output = Annotated[Path, typer.Option("-o", "--output", help="The site YAML to write.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite it.")]
Radius = Annotated[
    float, typer.Option("--robot-radius-m", help="Occupancy grids: of the robot that the lanes are made for.")
]
Margin = Annotated[
    float, typer.Option("--margin-m", help="Occupancy grids: kept beside it where there is room.")
]
Spacing = Annotated[
    float, typer.Option("--hall-spacing-m", help="Occupancy grids: between lanes in open areas.")
]
Keepout = Annotated[
    Path | None, typer.Option("--keepout-mask", help="Occupancy grids: YAML of a mask of no-go areas.")
]
Speed = Annotated[
    Path | None, typer.Option("--speed-mask", help="Occupancy grids: YAML of a mask of speed limits.")
]
FullSpeed = Annotated[float, typer.Option("--speed-mps", help="What 100 % in the speed mask is.")]
Cell = Annotated[
    float | None, typer.Option("--cell-m", help="MovingAI grids: the side of a cell; else 1 is guessed.")
]


@app.command("import")
def import_(  # noqa: PLR0913 - each is an option of the command line
    file: Source,
    output: Output,
    file_format: Format = None,
    force: Force = False,
    robot_radius_m: Radius = 0.35,
    margin_m: Margin = 0.05,
    hall_spacing_m: Spacing = 4.0,
    keepout_mask: Keepout = None,
    speed_mask: Speed = None,
    speed_mps: FullSpeed = 1.0,
    cell_m: Cell = None,
    json: AsJson = False,
) -> None:
    """Turn a map in any format into a site YAML that can be edited."""
    if output.exists() and not force:
        raise UserError(
            "EXISTS", f"{output} is there already.", field="output", hint="Overwrite it with --force."
        )
    with map_errors(), _progress(f"Reading {file}"):
        from maps.importers.options import ImportOptions
        from maps.roadmap.settings import RoadMapSettings

        roadmap = RoadMapSettings(
            robot_radius_m=robot_radius_m, margin_m=margin_m, hall_spacing_m=hall_spacing_m
        )
        options = ImportOptions(
            roadmap=roadmap,
            keepout_mask=keepout_mask,
            speed_mask=speed_mask,
            speed_mps=_above_zero(speed_mps, "speed-mps"),
            cell_m=None if cell_m is None else _above_zero(cell_m, "cell-m"),
        )
        site = _read(file, file_format, options, output)
    _write(site, output)
    _tell(site, output, robot_radius_m, json)


def _read(file: str, file_format: str | None, options: "ImportOptions", output: Path) -> "Site":
    from maps.load import load
    from maps.package import is_package

    path = Path(file) if Path(file).is_dir() else site_path(file)
    site = load(path, file_format, options)
    if path.is_dir():
        return _beside(site, path, output.parent)
    return _left_in(site, path) if is_package(path) else _beside(site, path.parent, output.parent)


def _left_in(site: "Site", package: Path) -> "Site":
    """The site with a note that its drawings are in the package still."""
    plans = dict.fromkeys(level.floor_plan.path for level in site.levels if level.floor_plan)
    if not plans:
        return site
    command = f"fleet map unpack {package.name} -o FOLDER"
    note = f"Floor plans stay in the package: `{command}` writes {', '.join(plans)}."
    return replace(site, notes=(*site.notes, note))


def _beside(site: "Site", folder: Path, written_to: Path) -> "Site":
    """The site with its drawings' paths as seen from where it is written."""
    levels = []
    for level in site.levels:
        plan = level.floor_plan
        if plan is not None and written_to.resolve() != folder.resolve():
            seen = os.path.relpath(folder.resolve() / plan.path, written_to.resolve())
            level = replace(level, floor_plan=replace(plan, path=Path(seen).as_posix()))
        levels.append(level)
    return replace(site, levels=tuple(levels))


def _above_zero(value: float, option: str) -> float:
    if not 0.0 < value < float("inf"):
        message = f"--{option} {value:g} cannot be."
        raise UserError("BAD_NUMBER", message, field=option, hint="Give a number above 0.")
    return value


def _write(site: "Site", output: Path) -> None:
    from maps.site_file import save

    try:
        save(site, output)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            "NOT_WRITTEN", f"{output} cannot be written: {reason}.", field="output", hint="Give another path."
        ) from error


def _tell(site: "Site", output: Path, robot_radius_m: float, json: bool) -> None:
    from maps.stats import stats
    from maps.validate import check

    counted, found = stats(site), check(site, robot_radius_m)
    if json:
        show_json(_as_json(site, output, counted, [plain(finding) for finding in found]))
        return
    typer.echo(f"{output}: {summary(counted)}")
    for note in site.notes:
        typer.echo(f"note: {note}")
    report(found)


def _as_json(site: "Site", output: Path, counted: dict[str, Any], found: list[Any]) -> dict[str, Any]:
    return {
        "output": str(output),
        "site": site.site_id,
        "stats": counted,
        "notes": list(site.notes),
        "findings": found,
    }


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """A spinner for people who watch: a large grid takes some seconds."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True, markup=False).status(what):
        yield
