"""`fleet sim soak`: the closed loop under many seeds."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.errors import UserError

if TYPE_CHECKING:
    from rich.progress import Progress

    from simulators.closed_loop import Outcome
    from simulators.soak import Request

SHRINK_RUNS = 60


def soak(  # noqa: PLR0913 - a run is given back by its parts
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B.")] = "0:20",
    site: Annotated[
        str, typer.Option(help="A sample site's name, a site YAML or a building.yaml.")
    ] = "county_hospital",
    minutes: Annotated[float, typer.Option(help="Simulated minutes of trouble in each run.")] = 60.0,
    jobs: Annotated[int, typer.Option(min=1, help="Processes; each plays one seed at a time.")] = 1,
    robots: Annotated[str, typer.Option(help="Only these of the crew: carrier-1,guide-1.")] = "",
    wishes: Annotated[str, typer.Option(help="Only these wishes: 3,5; none: nobody asks.")] = "",
    strikes: Annotated[str, typer.Option(help="Only these troubles: 2,7; none: all goes well.")] = "",
    shrink: Annotated[bool, typer.Option("--shrink/--no-shrink", help="Make failing runs smaller.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
    trace: Annotated[
        Path | None, typer.Option(help="Write what really happened, as JSON lines; of one seed.")
    ] = None,
) -> None:
    """Run the closed loop under many seeds: trouble, then healing; ends with 1 when anything was violated."""
    from simulators.soak import Request

    first, end = _seeds(seeds)
    if trace is not None and end - first > 1:
        hint = f"Give one, for example {first}:{first + 1}."
        raise UserError(
            "BAD_TRACE", f"--trace is of one run, --seeds has {end - first}.", field="trace", hint=hint
        )
    if minutes <= 0.0:
        raise UserError("BAD_MINUTES", f"--minutes is {minutes:g}; it must be above 0.", field="minutes")
    request = Request(
        site=site,
        minutes=minutes,
        robots=_robots(robots),
        wishes=_numbers(wishes, "wishes"),
        strikes=_numbers(strikes, "strikes"),
        trace=trace,
    )
    with _silence():
        outcomes = _played(request, first, end, jobs, quiet=as_json)
        wrong = [outcome for outcome in outcomes if outcome.violation is not None]
        lines = {outcome.seed: _explain(outcome, request, shrink=shrink) for outcome in wrong}
    _close(outcomes, lines, as_json=as_json)
    if wrong:
        raise typer.Exit(1)


def _played(request: "Request", first: int, end: int, jobs: int, *, quiet: bool) -> "list[Outcome]":
    """As many as there were until Ctrl-C."""
    from simulators.soak import soak as run
    from simulators.world import WorldError

    outcomes: list[Outcome] = []
    with _progress() as progress:
        task = progress.add_task("soak", total=end - first)
        try:
            for outcome in run(request, first, end, jobs):
                outcomes.append(outcome)
                progress.update(task, advance=1, description=_so_far(outcomes, progress))
                if not quiet:
                    typer.echo(_line(outcome))
        except KeyboardInterrupt:
            typer.echo(f"stopped after {len(outcomes)} of {end - first} seeds", err=True)
        except WorldError as error:
            raise UserError("BAD_SITE", f"{request.site}: {error}", field="site") from error
        except OSError as error:
            if request.trace is None:
                raise
            said, hint = (
                f"{request.trace} cannot be written ({error}).",
                "Name a file in a folder that is there.",
            )
            raise UserError("BAD_FILE", said, field="trace", hint=hint) from error
    return outcomes


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _so_far(outcomes: "list[Outcome]", progress: "Progress") -> str:
    wrong = sum(outcome.violation is not None for outcome in outcomes)
    hours = sum(outcome.simulated_s for outcome in outcomes) / 3600.0
    wall_s = progress.tasks[0].elapsed or 0.001
    return f"{wrong} violations, {hours:.1f} h simulated, {3600.0 * hours / wall_s:.0f} x real time"


def _explain(outcome: "Outcome", request: "Request", *, shrink: bool) -> "dict[str, str]":
    """On stderr, so that the last line of --json stays alone. Returns the lines that play it again."""
    from simulators.soak import command_line

    assert outcome.violation is not None
    wrong = outcome.violation
    typer.echo(f"\nseed {outcome.seed}: VIOLATION {wrong.invariant} at {wrong.at_s:.2f} s", err=True)
    typer.echo(f"  {wrong.story}", err=True)
    lines = {"again": command_line(outcome.seed, request)}
    typer.echo(f"again: {lines['again']}", err=True)
    for line in outcome.story:
        typer.echo(f"  {line}", err=True)
    if shrink and wrong.invariant != "worker_died":
        lines["shrunk"] = _shrunk(outcome, request)
        typer.echo(f"shrunk: {lines['shrunk']}", err=True)
    return lines


def _shrunk(outcome: "Outcome", request: "Request") -> str:
    """The line of the smallest run that was found. Ctrl-C ends the search with an apology, not the report."""
    from simulators.shrink import Budget, Run
    from simulators.soak import command_line, shrunk

    with _progress() as progress:
        task = progress.add_task("shrinking", total=SHRINK_RUNS)

        def show(made: int, best: Run) -> None:
            size = f"{len(best.robots)} robots, {len(best.wishes)} wishes, {len(best.strikes)} troubles"
            progress.update(task, completed=made, description=f"shrinking: {size}, {best.minutes:g} min")

        try:
            small = shrunk(outcome, request, Budget(SHRINK_RUNS, show))
        except KeyboardInterrupt:
            return "not finished"
    return command_line(outcome.seed, small)


def _close(outcomes: "list[Outcome]", lines: dict[int, dict[str, str]], *, as_json: bool) -> None:
    account = _account(outcomes, lines)
    if as_json:
        typer.echo(json.dumps(account, ensure_ascii=False))
        return
    wrong = sum(outcome.violation is not None for outcome in outcomes)
    never = account["never_reached"]
    assert isinstance(never, list)
    if never:
        typer.echo(f"never reached: {', '.join(never)}")
    typer.echo(f"{len(outcomes)} seeds, {wrong} with a violation")


@contextmanager
def _silence() -> Iterator[None]:
    """Simulated crashes are no news."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _seeds(text: str) -> tuple[int, int]:
    first, colon, end = text.partition(":")
    if colon and first.isdigit() and end.isdigit() and int(first) < int(end):
        return int(first), int(end)
    hint = "Give two numbers, the second larger, for example 0:20."
    raise UserError("BAD_SEEDS", f"--seeds is '{text}'.", field="seeds", hint=hint)


def _robots(text: str) -> tuple[str, ...] | None:
    from simulators.closed_loop import CREW

    names, crew = tuple(filter(None, text.split(","))), [name for name, _ in CREW]
    for name in names:
        if name not in crew:
            hint = f"Give some of {', '.join(crew)}."
            raise UserError("BAD_ROBOTS", f"--robots names '{name}'.", field="robots", hint=hint)
    return names or None


def _numbers(text: str, option: str) -> tuple[int, ...] | None:
    if text == "none":
        return ()
    parts = text.split(",") if text else []
    if all(part.isdigit() for part in parts):
        return tuple(int(part) for part in parts) or None
    hint = "Give numbers with commas, for example 3,5, or none."
    raise UserError("BAD_NUMBERS", f"--{option} is '{text}'.", field=option, hint=hint)


def _line(outcome: "Outcome") -> str:
    done = ", ".join(f"{count} {state}" for state, count in outcome.ended.items())
    said = f"seed {outcome.seed}: {outcome.simulated_s:.0f} s simulated in {outcome.wall_s:.1f} s, {done}"
    wrong = outcome.violation
    return said if wrong is None else f"{said}, VIOLATION {wrong.invariant}"


def _account(outcomes: "list[Outcome]", lines: dict[int, dict[str, str]]) -> dict[str, object]:
    from simulators.coverage import never_reached

    reached: Counter[str] = Counter()
    for outcome in outcomes:
        reached.update(outcome.reached)
    return {
        "seeds": len(outcomes),
        "violations": [
            {
                "seed": o.seed,
                "invariant": o.violation.invariant,
                "story": o.violation.story,
                **lines.get(o.seed, {}),
            }
            for o in outcomes
            if o.violation is not None
        ],
        "simulated_s": round(sum(o.simulated_s for o in outcomes), 1),
        "wall_s": round(sum(o.wall_s for o in outcomes), 1),
        "never_reached": never_reached(reached),
        "counts": dict(sorted(reached.items())),
    }
