"""`robot` in the Typer application, for --help and completion. fleet.cli.entry runs it directly."""

import typer

from fleet.cli.output import single
from fleet.cli.robot import run_robot

app = single()


@app.command(
    "robot",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def robot(context: typer.Context) -> None:
    """Run one robot and connect it to an orchestrator."""
    raise typer.Exit(run_robot(context.args))
