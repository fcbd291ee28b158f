"""`fleet status`, `fleet journal` and `fleet openapi`."""

import json as json_library
import time
from typing import Annotated

import typer

from fleet.cli.about import version
from fleet.cli.client import DEFAULT_SERVER, Api, Server
from fleet.cli.output import AsJson, clock, show_json, single, span

status, journal, openapi = single(), single(), single()


@status.command("status")
def show_status(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Is the orchestrator alive, and how much is going on?"""
    health = Api(server).get("/health")
    if json:
        show_json(health)
        return
    typer.echo(
        f"{health['site']}: up for {span(time.time() - health['started_s'])},"
        f" {health['robots_online']} robots online,"
        f" {health['missions_open']} missions open, journal at {health['journal_seq']}"
    )
    if health["fire"]:
        typer.echo("FIRE: the fire contact is active.")
    if health["stopped"]:
        typer.echo("STOPPED: all robots stand still until `fleet resume-all`.")


@journal.command("journal")
def show_journal(
    after: Annotated[int, typer.Option(help="Rows with a greater number.")] = 0,
    limit: Annotated[int, typer.Option(help="At most this many.")] = 50,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Every event and what followed from it, oldest first."""
    page = Api(server).get("/journal", after=after, limit=limit)
    if json:
        show_json(page)
        return
    for row in page["rows"]:
        facts = json_library.dumps(row["facts"], ensure_ascii=False)
        typer.echo(f"{row['seq']} {clock(row['at_s'])} {row['event']} {facts[:160]}")
        for command in row["commands"]:
            typer.echo(f"    {command['kind']}: {command['because']}")


@openapi.command("openapi")
def print_openapi() -> None:
    """The HTTP API as an OpenAPI document (JSON)."""
    from fleet.api.app import openapi as document

    show_json(document(version()))
