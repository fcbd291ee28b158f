"""How commands show things: JSON for programs, tables for people."""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

PIPE_COLUMNS = 250
"""Where nobody looks, lines are not folded."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def application(help_text: str) -> typer.Typer:
    """A group of commands that looks like all the others."""
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def single() -> typer.Typer:
    """One command without sub-commands."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def show_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Aligned columns; the sentence `empty` when there are no rows."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        drawn.add_column(header, overflow="fold")
    count = 0
    for row in rows:
        count += 1
        drawn.add_row(*row)
    if not count:
        typer.echo(empty)
        return
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(markup=False, highlight=False, emoji=False, width=width).print(drawn)


def clock(stamp_s: float | None) -> str:
    """Local time of day; with the date when it is not today's."""
    if stamp_s is None:
        return "-"
    local = time.localtime(stamp_s)
    same_day = time.strftime("%x", local) == time.strftime("%x")
    return time.strftime("%H:%M:%S" if same_day else "%Y-%m-%d %H:%M", local)


def span(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def name_of(names: dict[str, str]) -> str:
    """The English name, else the first."""
    return names.get("en") or next(iter(names.values()), "")
