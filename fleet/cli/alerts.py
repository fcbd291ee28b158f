"""`fleet alerts`: what needs a person."""

from typing import Annotated

import typer

from fleet.cli.client import DEFAULT_SERVER, Api, By, Server
from fleet.cli.missions import done
from fleet.cli.output import AsJson, application, clock, show_json, table

app = application("What needs a person, and saying that it is handled.")


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Handled ones too.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Open alerts."""
    found = Api(server).get("/alerts", handled=None if everything else False)
    if json:
        show_json(found)
        return
    rows = (
        (
            a["id"],
            a["severity"],
            a["subject"],
            clock(a["raised_s"]),
            f"{a['because']} {a['hint']}".strip(),
            f"{a['handled_by'] or 'handled'} {clock(a['handled_s'])}"
            if a["handled_s"] is not None
            else "open",
        )
        for a in found
    )
    table(("id", "severity", "about", "since", "what", "state"), rows, empty="No open alerts.")


@app.command()
def handle(
    alert_id: Annotated[str, typer.Argument(metavar="ID", help="See `fleet alerts list`.")],
    note: Annotated[str, typer.Option(help="What was done.")] = "",
    by: By = "",
    server: Server = DEFAULT_SERVER,
) -> None:
    """Say that it is handled."""
    done(Api(server).post(f"/alerts/{alert_id}/handle", {"by": by, "note": note}))
