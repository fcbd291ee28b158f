"""`fleet sim replay FILE`: a recorded world to look at, or a journal decided again."""

from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.output import AsJson
from fleet.errors import UserError

MCAP_MAGIC = b"\x89MCAP0\r\n"
SQLITE_MAGIC = b"SQLite format 3\x00"
DATABASE = "fleet.db"


def replay(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A recording (.mcap), a journal (fleet.db), or its folder.")
    ],
    speed: Annotated[float, typer.Option(help="Of a recording: how much faster than it was.")] = 1.0,
    start_s: Annotated[float, typer.Option("--from", help="Of a recording: seconds after its begin.")] = 0.0,
    end_s: Annotated[float | None, typer.Option("--to", help="Of a recording: where to end.")] = None,
    rest_port: Annotated[
        int | None, typer.Option(help="Of a recording: GET /state here, as a served world has it.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="Of a journal: the site; default the one kept with it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Play a recording of a world, or let the orchestrator's core decide a journal once more."""
    path = file / DATABASE if file.is_dir() else file
    magic = _magic(path)
    if magic.startswith(MCAP_MAGIC):
        from simulators.replay_world import Playing, play

        play(path, Playing(speed=speed, start_s=start_s, end_s=end_s, rest_port=rest_port, as_json=json))
    elif magic.startswith(SQLITE_MAGIC):
        from simulators.replay_journal import replay_journal

        replay_journal(path, site, as_json=json)
    else:
        hint = "Give a recording of `fleet sim serve --record`, or a journal (fleet.db)."
        text = f"{path} is neither a recording nor a journal."
        raise UserError("BAD_FILE", text, field="file", hint=hint)


def _magic(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        text = f"{path} cannot be read: {error.strerror}."
        raise UserError("BAD_FILE", text, field="file", hint="Give a file that is there.") from error
