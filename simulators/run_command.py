"""`fleet sim run` and `fleet sim scenarios`: a scenario in virtual time, with an account and an exit code."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from fleet.cli.output import AsJson, name_of, show_json, table
from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.graph import SiteGraph
    from simulators.scenario import Scenario
    from simulators.scenario_run import Played

MARKS = {"passed": "ok     ", "failed": "FAILED ", "skipped": "skipped"}


def run(
    scenario: Annotated[str, typer.Argument(help="A YAML file, or a name from: fleet sim scenarios.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same run.")] = 1,
    as_json: AsJson = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML for a CI server.")] = None,
    trace: Annotated[Path | None, typer.Option(help="Write what really happened, as JSON lines.")] = None,
    until: Annotated[str | None, typer.Option(help="End earlier: 90 s, 5 min, 1 h.")] = None,
) -> None:
    """Play a scenario as fast as it is computed; ends with 1 when an expectation is not met."""
    read, graph = _read(scenario)
    until_s = _until_s(until)
    with _opened(trace) as file, _silence(), _progress(read, until_s, show=not as_json) as progress:
        played = _play(read, graph, seed, until_s, file, progress)
    if junit is not None:
        _write_junit(junit, played)
    if as_json:
        typer.echo(json.dumps(_account(played), ensure_ascii=False))
    else:
        _show(played)
    if played.failed:
        raise typer.Exit(1)


def scenarios(as_json: AsJson = False) -> None:
    """The scenarios that come with CityFleet."""
    from maps.errors import SiteError
    from simulators.scenario_file import bundled, describe

    try:
        rows = [describe(path) for path in bundled()]
    except SiteError as error:
        raise UserError("BAD_SCENARIO", f"{error}.", field="scenario") from error
    if as_json:
        show_json(rows)
        return
    shown = [
        (
            str(row["name"]),
            name_of(row["names"]),  # type: ignore[arg-type]
            str(row["site"]),
            f"{float(str(row['duration_s'])) / 60.0:g} min",
            str(row["robots"]),
            str(row["expectations"]),
        )
        for row in rows
    ]
    headers = ("NAME", "TITLE", "SITE", "TIME", "ROBOTS", "EXPECTS")
    table(headers, shown, empty="There are no scenarios.")


def _read(text: str) -> "tuple[Scenario, SiteGraph]":
    from maps.errors import SiteError
    from simulators.scenario_file import read_scenario, scenario_path

    try:
        return read_scenario(scenario_path(text))
    except SiteError as error:
        raise UserError("BAD_SCENARIO", f"{error}.", field="scenario") from error


def _until_s(text: str | None) -> float | None:
    from simulators.scenario_words import span_s

    until_s = span_s(text) if text is not None else None
    if text is not None and not until_s:
        raise UserError(
            "BAD_UNTIL", f"--until is '{text}'.", field="until", hint="Write 90 s, 5 min or 1.5 h."
        )
    return until_s


def _play(
    scenario: "Scenario",
    graph: "SiteGraph",
    seed: int,
    until_s: float | None,
    file: BinaryIO | None,
    progress: Callable[[float], None],
) -> "Played":
    from simulators.scenario_run import play
    from simulators.world import WorldError

    try:
        return play(scenario, graph, seed, until_s=until_s, trace=file, progress=progress)
    except WorldError as error:
        raise UserError("BAD_SCENARIO", f"{scenario.file}: {error}.", field="crew") from error


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("wb")
    except OSError as error:
        hint = "Name a file in a folder that is there."
        raise UserError(
            "BAD_FILE", f"{path} cannot be written ({error}).", field="trace", hint=hint
        ) from error
    with file:
        yield file


def _write_junit(path: Path, played: "Played") -> None:
    from simulators.junit import junit_xml

    try:
        path.write_bytes(junit_xml(played))
    except OSError as error:
        hint = "Name a file in a folder that is there."
        raise UserError(
            "BAD_FILE", f"{path} cannot be written ({error}).", field="junit", hint=hint
        ) from error


@contextmanager
def _silence() -> Iterator[None]:
    """Simulated crashes are no news."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def _progress(
    scenario: "Scenario", until_s: float | None, *, show: bool
) -> Iterator[Callable[[float], None]]:
    """On stderr, and only for people."""
    from rich.console import Console
    from rich.progress import Progress

    end_s = min(scenario.duration_s, until_s or scenario.duration_s)
    console = Console(stderr=True)
    bar = Progress(console=console, transient=True) if show and console.is_terminal else None
    with bar or nullcontext():
        if bar is None:
            yield lambda _elapsed_s: None
        else:
            task = bar.add_task(scenario.name, total=end_s)
            yield lambda elapsed_s: bar.update(task, completed=elapsed_s)


def _show(played: "Played") -> None:
    outcome = played.outcome
    for verdict in played.verdicts:
        story = f": {verdict.story}" if verdict.story else ""
        typer.echo(f"{MARKS[verdict.result]} {verdict.expectation}{story}")
    for note in played.notes:
        typer.echo(f"note    {note}")
    counts = ", ".join(f"{count} {state}" for state, count in played.missions.items()) or "none"
    typer.echo(f"missions: {counts}; alerts: {len(played.alerts)}")
    for alert in played.alerts:
        typer.echo(f"  {alert}")
    times = outcome.simulated_s / max(outcome.wall_s, 1e-9)
    typer.echo(
        f"{played.scenario.name}, seed {outcome.seed}: {outcome.simulated_s:.0f} s simulated in "
        f"{outcome.wall_s:.1f} s, {times:.0f} times real time"
    )


def _account(played: "Played") -> dict[str, object]:
    outcome = played.outcome
    return {
        "scenario": played.scenario.name,
        "site": played.scenario.site.name.partition(".")[0],
        "seed": outcome.seed,
        "passed": not played.failed,
        "expectations": [
            {
                "expectation": verdict.expectation,
                "result": verdict.result.value,
                "story": verdict.story,
                "line": verdict.line,
            }
            for verdict in played.verdicts
        ],
        "missions": played.missions,
        "alerts": played.alerts,
        "notes": played.notes,
        "digest": outcome.digest,
        "simulated_s": round(outcome.simulated_s, 1),
        "wall_s": round(outcome.wall_s, 1),
        "times_real_time": round(outcome.simulated_s / max(outcome.wall_s, 1e-9), 1),
    }
