"""The Typer application `fleet`. Its commands are imported when they are called, so that --help is quick."""

import importlib
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from fleet.cli.entry import USER, fail
from fleet.errors import UserError

COMMANDS = {
    "demo": ("fleet.cli.demo", "A whole site on this machine: orchestrator, simulated robots, console."),
    "up": ("fleet.cli.up", "Run the orchestrator for one site."),
    "robot": ("fleet.cli.robot_help", "Run one robot and connect it to an orchestrator."),
    "mission": ("fleet.cli.missions", "Ask for missions, follow and control them."),
    "robots": ("fleet.cli.robots", "See and command robots."),
    "stop-all": ("fleet.cli.everybody:stop", "Stop all robots at once (asks for a reason)."),
    "resume-all": ("fleet.cli.everybody:resume", "Let all robots go on after a stop."),
    "dock-all": ("fleet.cli.everybody:dock", "Send all robots to chargers or parking spots."),
    "alerts": ("fleet.cli.alerts", "What needs a person, and saying that it is handled."),
    "status": ("fleet.cli.status:status", "Is it alive, and how much is going on?"),
    "journal": ("fleet.cli.status:journal", "Every event and what followed from it."),
    "map": ("fleet.cli.maps", "Import, check, draw and measure site maps."),
    "db": ("fleet.cli.db", "Look after the journal."),
    "doctor": ("fleet.cli.doctor", "What is missing on this machine, and how to mend it."),
    "openapi": ("fleet.cli.status:openapi", "Print the HTTP API as an OpenAPI document."),
}
"""Name to module (its `app`, or the app named after the colon) and help."""
ENTRY_POINTS = "cityfleet.commands"
KNOWN_HELP = {
    "sim": "The simulated world: robots' bodies, doors, lifts, people, cameras.",
    "bench": "Benchmarks.",
}


class LazyGroup(TyperGroup):
    """Imports a command's module only when that command is called."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return [*COMMANDS, *(name for name in extensions() if name not in COMMANDS)]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        application = load(cmd_name)
        return None if application is None else typer.main.get_command(application)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        rows = [(name, help_of(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def help_of(name: str) -> str:
    return COMMANDS[name][1] if name in COMMANDS else KNOWN_HELP.get(name, f"See `fleet {name} --help`.")


def extensions() -> dict[str, EntryPoint]:
    """Commands that other packages bring, by name."""
    return {entry.name: entry for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda e: e.name)}


def load(name: str) -> typer.Typer | None:
    """The Typer application of this command; None when there is no such command."""
    if name in COMMANDS:
        module, _, attribute = COMMANDS[name][0].partition(":")
        return checked(name, getattr(importlib.import_module(module), attribute or "app"))
    entry = extensions().get(name)
    return checked(name, entry.load()) if entry is not None else None


def checked(name: str, found: object) -> typer.Typer:
    if isinstance(found, typer.Typer):
        found.rich_markup_mode = None  # plain help everywhere
        found._add_completion = False
        return found
    hint = "Mend the package that declares it."
    raise UserError(
        "BAD_COMMAND", f"The command '{name}' is {type(found).__name__}, no Typer app.", hint=hint
    )


def build() -> typer.Typer:
    root = typer.Typer(
        name="fleet",
        cls=LazyGroup,
        help="Robot fleet orchestration. `fleet demo` shows it all; every command has --help.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @root.callback()
    def main(
        version: Annotated[
            bool,
            typer.Option("--version", help="Print the version.", is_eager=True, callback=show_version),
        ] = False,
    ) -> None:
        del version

    return root


def show_version(wanted: bool) -> None:
    from fleet.cli.about import version

    if wanted:
        typer.echo(f"fleet {version()}")
        raise typer.Exit


def run_application(arguments: Sequence[str]) -> int:
    """Exit code of one command line. Usage errors are said in one sentence."""
    command = typer.main.get_command(build())
    try:
        code = command.main(args=list(arguments), prog_name="fleet", standalone_mode=False)
    except typer.Abort:
        return fail("Stopped.", USER)
    except TyperException as error:
        return usage(error)
    return code if isinstance(code, int) else 0


def usage(error: TyperException) -> int:
    """No arguments at all show the help; everything else is one sentence and where to read on."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return USER
    where = f" See `{context.command_path} --help`." if context is not None else ""
    return fail(error.format_message().rstrip(".") + "." + where, USER)
