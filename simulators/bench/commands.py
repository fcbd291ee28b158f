"""`fleet bench NAME`: figures as tables or JSON lines. Every figure is measured in this run."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.errors import UserError

if TYPE_CHECKING:
    from simulators.bench.measure import Result

app = typer.Typer(add_completion=False)


def _benchmarks() -> "dict[str, Callable[[], Result]]":
    """Imported here, so that `fleet --help` stays quick."""
    from simulators.bench import live, storage

    return {
        "journal": storage.journal,
        "recover": storage.recovery,
        "dispatch": live.dispatch,
        "ingest": live.ingest,
    }


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="journal, recover, dispatch, ingest or all.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Measure this machine: each figure with commit, machine and a calibration kernel beside it."""
    known = _benchmarks()
    if name not in known and name != "all":
        hint = f"Use one of: {', '.join(known)}, all."
        raise UserError("UNKNOWN_BENCHMARK", f"There is no benchmark '{name}'.", field="name", hint=hint)
    for each in known if name == "all" else (name,):
        result = known[each]()
        typer.echo(json.dumps(result.as_json()) if as_json else _table(result))


def _table(result: "Result") -> str:
    lines = [f"{result.name}"]
    for row in result.rows:
        lines.append("  " + ", ".join(f"{key} {value}" for key, value in row.items()))
    return "\n".join(lines)
