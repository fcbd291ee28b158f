"""`fleet db`: look after the journal. Reads the database itself; the orchestrator may run meanwhile."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.output import AsJson, application, show_json
from fleet.errors import JournalError, UserError

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = application("Look after the journal.")
DATABASE_NAME = "fleet.db"
BAD_SHOWN = 10


@app.callback()
def main() -> None:
    """Look after the journal."""


@app.command()
def check(
    data_dir: Annotated[Path, typer.Option(help="The orchestrator's data folder.")] = Path("data"),
    db: Annotated[str | None, typer.Option(help="Database URL, instead of the folder's file.")] = None,
    json: AsJson = False,
) -> None:
    """Read every row of the journal and its checksum. Exit code 1 when one cannot be trusted."""
    from fleet.store.database import open_engine

    engine = open_engine(database_url(data_dir, db))
    try:
        found = examine(engine)
    finally:
        engine.dispose()
    if json:
        show_json(found)
    else:
        typer.echo(f"{found['rows']} rows, the last is {found['last_seq']}")
        for problem in found["problems"][:BAD_SHOWN]:
            typer.echo(problem)
    if found["problems"]:
        hint = "Restore a backup, or start with `fleet up --repair`, which sets the rows from there on aside."
        raise JournalError(f"{found['problems'][0]} {hint}")


def database_url(data_dir: Path, db: str | None) -> str:
    """Raises UserError when the folder holds no database: a check must not make an empty one."""
    if db is not None:
        return db
    path = data_dir / DATABASE_NAME
    if not path.is_file():
        hint = "Name the folder with --data-dir; `fleet demo` uses data/demo-SITE."
        raise UserError("NO_DATABASE", f"There is no database {path}.", field="data_dir", hint=hint)
    return f"sqlite:///{path.resolve()}"


def examine(engine: "Engine") -> dict[str, Any]:
    """Rows in order, every checksum; each problem in a sentence."""
    from fleet.store.codec import Codec
    from fleet.store.journal import read_entry, read_rows, table
    from fleet.store.schema import JournalRow

    codec, problems, expected, count = Codec(), [], 1, 0
    with engine.connect() as connection:
        for row in read_rows(connection, table(JournalRow), 0):
            if row.seq != expected:
                problems.append(f"Rows {expected} to {row.seq - 1} are missing.")
            try:
                read_entry(codec, row)
            except ValueError as error:
                problems.append(f"Row {row.seq} is corrupt: {error}.")
            expected, count = row.seq + 1, count + 1
    return {"rows": count, "last_seq": expected - 1, "problems": problems}
