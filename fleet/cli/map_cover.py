"""`fleet map cover`: where a robot stands to treat a room with UV-C, or how it sweeps the floor."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.limits import in_range
from fleet.cli.maps import Format, SiteFile, app, load, map_errors
from fleet.cli.output import AsJson, name_of, show_json, span, table
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.coverage.space import Space
    from maps.coverage.sweep import Sweep
    from maps.coverage.uv import UvPlan
    from maps.elements import Room

TARGET_MJ_CM2 = (0.001, 10_000.0)
SHOWN_MAX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is treated."""

    room: "Room"
    space: "Space"


@app.command()
def cover(  # noqa: PLR0913 - one parameter an option
    file: SiteFile,
    room: Annotated[str, typer.Argument(metavar="ROOM", help="Id or name of a room.")],
    uv: Annotated[
        bool, typer.Option("--uv/--sweep", help="Poses for a lamp, or lanes over the floor.")
    ] = True,
    target_mj_cm2: Annotated[
        float, typer.Option(help="Dose: 10 vegetative bacteria, 100 spores or unknown.")
    ] = 10.0,
    lamp_w: Annotated[float, typer.Option(help="UV-C watts of the new lamp.")] = 100.0,
    lamp_m: Annotated[float, typer.Option(help="Length of the tube.")] = 1.2,
    lamp_base_m: Annotated[float, typer.Option(help="Lower end of the tube above the floor.")] = 0.5,
    ageing: Annotated[float, typer.Option(help="Output of the old lamp, as a share of the new one.")] = 0.8,
    reflected: Annotated[float, typer.Option(help="Diffuse light, as a share of the mean.")] = 0.0,
    sample_m: Annotated[float, typer.Option(help="Distance between points that are checked.")] = 0.25,
    wall_top_m: Annotated[float | None, typer.Option(help="Treat walls up to here; default: all.")] = None,
    width_m: Annotated[float, typer.Option(help="Sweep: width that one pass treats.")] = 0.8,
    overlap: Annotated[float, typer.Option(help="Sweep: share of the width that passes overlap.")] = 0.1,
    robot_radius_m: Annotated[
        float, typer.Option("--robot-radius-m", help="Of a circle around the robot, clearance included.")
    ] = 0.35,
    furniture: Annotated[
        Path | None, typer.Option(help="YAML list of what stands in the room: {polygon, height_m}.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="PNG to draw.")] = None,
    file_format: Format = None,
    json: AsJson = False,
) -> None:
    """Plan how a robot treats a room: few UV-C poses with times, or a sweep of the floor with overlap."""
    require_png(output)
    in_range("target-mj-cm2", target_mj_cm2, TARGET_MJ_CM2)
    subject = read(file, file_format, room, furniture, robot_radius_m)
    with map_errors():
        if not uv:
            from maps.coverage.sweep import sweep

            swept = sweep(subject.space, width_m=width_m, overlap_fraction=overlap)
            show_sweep(subject, swept, output, json=json)
            return
        from maps.coverage.lamp import J_M2_IN_MJ_CM2, Lamp
        from maps.coverage.uv import UvSettings, plan_uv

        lamp = Lamp(power_w=lamp_w, length_m=lamp_m, base_height_m=lamp_base_m, ageing_fraction=ageing)
        settings = UvSettings(sample_m=sample_m, reflected_fraction=reflected, wall_top_m=wall_top_m)
        with bar("Choosing poses", quiet=json) as progress:
            plan = plan_uv(subject.space, lamp, target_mj_cm2 * J_M2_IN_MJ_CM2, settings, progress)
    show_plan(subject, plan, output, json=json)


def read(file: str, file_format: str | None, room: str, furniture: Path | None, radius_m: float) -> Subject:
    site = load(file, file_format)
    with map_errors():
        from maps.coverage.furniture import read_furniture
        from maps.coverage.space import entry_of, inner_walls, room_of, space

        found = room_of(site, room)
        things = read_furniture(furniture) if furniture else ()
        here = space(
            found, (*inner_walls(site, found), *things), radius_m=radius_m, entry=entry_of(site, found)
        )
    return Subject(room=found, space=here)


@contextmanager
def bar(what: str, *, quiet: bool) -> Iterator[Callable[[float], None]]:
    """A progress bar on a terminal that somebody watches, gone when the work is done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _share: None
        return
    with Progress(console=console, transient=True) as shown:
        task = shown.add_task(what, total=1.0)
        yield lambda share: shown.update(task, completed=share)


def show_plan(subject: Subject, plan: "UvPlan", output: Path | None, *, json: bool) -> None:
    from maps.coverage.uv import doses

    if output is not None:
        from maps.coverage.picture import draw, png

        write(output, png(draw(subject.space, plan, title(subject))))
    if json:
        show_json(plan_out(subject, plan))
        return
    light_s = sum(pose.exposure_s for pose in plan.poses)
    typer.echo(
        f"{subject.room.room_id}: {len(plan.poses)} poses, {span(light_s)} of light, about"
        f" {span(plan.total_s)} in all"
    )
    rows = (
        (str(number), f"{pose.at[0]:.2f}", f"{pose.at[1]:.2f}", span(pose.exposure_s))
        for number, pose in enumerate(plan.poses, 1)
    )
    table(("pose", "x m", "y m", "lit"), rows, empty="No pose gives anything its dose.")
    typer.echo(f"Dose: {doses(plan)}.")
    show_unreached(plan)


def title(subject: Subject) -> str:
    return f"{subject.room.room_id}: {name_of(subject.room.names)}"


def show_unreached(plan: "UvPlan") -> None:
    for missed in plan.unreached[:SHOWN_MAX]:
        x, y, z = missed.at
        why = (
            "no pose sees it"
            if missed.best_s is None
            else f"it would take {span(missed.best_s)} from the best pose"
        )
        typer.echo(f"Not reached: {missed.area_m2:.2f} m2 of {missed.surface} near ({x}, {y}, {z}): {why}.")
    if len(plan.unreached) > SHOWN_MAX:
        typer.echo(f"... and parts of {len(plan.unreached) - SHOWN_MAX} more surfaces; --json lists them.")


def plan_out(subject: Subject, plan: "UvPlan") -> dict[str, Any]:
    return {
        "room": subject.room.room_id,
        "target_j_m2": plan.target_j_m2,
        "poses": [{"x_m": p.at[0], "y_m": p.at[1], "exposure_s": p.exposure_s} for p in plan.poses],
        "light_s": sum(pose.exposure_s for pose in plan.poses),
        "total_s": plan.total_s,
        "minimum_j_m2": round(plan.minimum_j_m2, 3),
        "minimum_reachable_j_m2": round(plan.minimum_reachable_j_m2, 3),
        "p5_j_m2": round(plan.p5_j_m2, 3),
        "covered_fraction": round(plan.covered_fraction, 5),
        "samples": len(plan.dose_j_m2),
        "unreached": [
            {
                "surface": missed.surface,
                "area_m2": round(missed.area_m2, 3),
                "samples": missed.count,
                "at": list(missed.at),
                "best_s": None if missed.best_s is None else round(missed.best_s, 1),
            }
            for missed in plan.unreached
        ],
    }


def show_sweep(subject: Subject, swept: "Sweep", output: Path | None, *, json: bool) -> None:
    if output is not None:
        from maps.coverage.picture import png
        from maps.coverage.sweep_picture import draw_sweep

        write(output, png(draw_sweep(subject.space, swept, title(subject))))
    if json:
        show_json(sweep_out(subject, swept))
        return
    degrees = math.degrees(swept.direction_rad)
    typer.echo(
        f"{subject.room.room_id}: {len(swept.lanes)} lanes at {degrees:.0f} degrees, {swept.length_m:.1f} m"
        f" to drive, {swept.turns} turns; {swept.covered_fraction * 100.0:.1f} % of where the robot fits"
    )
    for gap in swept.uncovered:
        typer.echo(f"Not swept: {gap.area_m2:.2f} m2 near ({gap.at[0]:.2f}, {gap.at[1]:.2f}).")


def sweep_out(subject: Subject, swept: "Sweep") -> dict[str, Any]:
    return {
        "room": subject.room.room_id,
        "direction_rad": round(swept.direction_rad, 6),
        "lanes": [[list(start), list(end)] for start, end in swept.lanes],
        "path": [list(point) for point in swept.path],
        "length_m": round(swept.length_m, 3),
        "turns": swept.turns,
        "covered_fraction": round(swept.covered_fraction, 5),
        "uncovered": [{"at": list(gap.at), "area_m2": round(gap.area_m2, 4)} for gap in swept.uncovered],
    }


def require_png(output: Path | None) -> None:
    """Raises UserError for another ending, before anything is planned."""
    if output is not None and output.suffix.lower() != ".png":
        hint = "Name a file that ends in .png."
        raise UserError("NO_PNG", f"{output} is no PNG file.", field="output", hint=hint)


def write(output: Path, data: bytes) -> None:
    """Raises UserError when the file cannot be written."""
    try:
        output.write_bytes(data)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise UserError("NO_WRITE", message, field="output", hint="Give another -o.") from error
    typer.echo(f"Drawn: {output}", err=True)
