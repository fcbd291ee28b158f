"""`fleet bench NAME`: figures as tables or JSON lines. Every figure is measured in this run."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.errors import UserError

if TYPE_CHECKING:
    from simulators.bench.measure import Result

app = typer.Typer(add_completion=False)


def _benchmarks(data: Path | None) -> "dict[str, Callable[[], Result]]":
    """Imported here, so that `fleet --help` stays quick."""
    from simulators.bench import live, maps, storage

    return {
        "journal": storage.journal,
        "recover": storage.recovery,
        "dispatch": live.dispatch,
        "ingest": live.ingest,
        "maps": partial(maps.maps, data),
    }


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="journal, recover, dispatch, ingest, maps or all.")],
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of public map files, for maps; without it none is read.", exists=True),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Measure this machine: each figure with commit, machine and a calibration kernel beside it."""
    known = _benchmarks(data)
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
