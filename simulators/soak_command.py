"""`fleet sim soak`: the closed loop under many seeds."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.errors import UserError
from simulators.site_names import load_site

if TYPE_CHECKING:
    from simulators.closed_loop import ClosedLoop, Outcome


def soak(
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B.")] = "0:20",
    site: Annotated[
        str, typer.Option(help="A sample site's name, a site YAML or a building.yaml.")
    ] = "county_hospital",
    minutes: Annotated[float, typer.Option(help="Simulated minutes of trouble in each run.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
    trace: Annotated[
        Path | None, typer.Option(help="Write what really happened, as JSON lines; of one seed.")
    ] = None,
) -> None:
    """Run the closed loop under many seeds: trouble, then healing; ends with 1 when anything was violated."""
    from maps.graph import SiteGraph
    from simulators.closed_loop import Arrangement, ClosedLoop, Outcome, Stage
    from simulators.world import WorldError

    first, end = _seeds(seeds)
    if trace is not None and end - first > 1:
        hint = f"Give one, for example {first}:{first + 1}."
        raise UserError(
            "BAD_TRACE", f"--trace is of one run, --seeds has {end - first}.", field="trace", hint=hint
        )
    stage, plan = Stage.of(SiteGraph(load_site(site))), Arrangement(safety_s=60.0 * minutes)
    outcomes: list[Outcome] = []
    with _silence():
        for seed in range(first, end):
            try:
                outcomes.append(_run(ClosedLoop(stage, seed, plan), trace, plan.tick_s))
            except WorldError as error:
                raise UserError("BAD_SITE", f"{site}: {error}", field="site") from error
            if not as_json:
                typer.echo(_line(outcomes[-1]))
    wrong = [outcome for outcome in outcomes if outcome.violation is not None]
    if as_json:
        typer.echo(json.dumps(_account(outcomes), ensure_ascii=False))
    else:
        typer.echo(f"{len(outcomes)} seeds, {len(wrong)} with a violation")
    if wrong:
        raise typer.Exit(1)


def _run(loop: "ClosedLoop", trace: Path | None, step_s: float) -> "Outcome":
    from simulators.trace import run_traced

    if trace is None:
        return loop.run()
    try:
        return run_traced(loop, trace, step_s)
    except OSError as error:
        hint = "Name a file in a folder that is there."
        raise UserError(
            "BAD_FILE", f"{trace} cannot be written ({error}).", field="trace", hint=hint
        ) from error


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


def _line(outcome: "Outcome") -> str:
    done = ", ".join(f"{count} {state}" for state, count in outcome.ended.items())
    said = f"seed {outcome.seed}: {outcome.simulated_s:.0f} s simulated in {outcome.wall_s:.1f} s, {done}"
    wrong = outcome.violation
    if wrong is None:
        return said
    story = f"VIOLATION {wrong.invariant} at {wrong.at_s:.2f} s: {wrong.story}"
    return "\n".join((said, story, *(f"  {trouble}" for trouble in outcome.log)))


def _account(outcomes: "list[Outcome]") -> dict[str, object]:
    return {
        "seeds": len(outcomes),
        "violations": [
            {"seed": o.seed, "invariant": o.violation.invariant, "story": o.violation.story}
            for o in outcomes
            if o.violation is not None
        ],
        "simulated_s": round(sum(o.simulated_s for o in outcomes), 1),
        "wall_s": round(sum(o.wall_s for o in outcomes), 1),
    }
