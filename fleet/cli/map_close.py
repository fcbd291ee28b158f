"""`fleet map close`, `open`, `closures`: what robots may not enter now, on a running orchestrator."""

import math
import re
from enum import StrEnum
from typing import Annotated, Any

import typer

from fleet.cli.client import DEFAULT_SERVER, Api, Because, By, Server
from fleet.cli.maps import app
from fleet.cli.output import AsJson, clock, show_json, table
from fleet.errors import UserError

UNITS_S = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)")
_SPAN = re.compile(rf"(?:{_PART.pattern}\s*)+")


class Kind(StrEnum):
    LANE = "lane"
    ZONE = "zone"
    ROOM = "room"
    DOOR = "door"
    LIFT = "lift"


Element = Annotated[str, typer.Argument(metavar="ELEMENT", help="Id or name of the lane, zone, ...")]


@app.command("close")
def close(
    element: Element,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is.")],
    because: Because = "",
    for_: Annotated[
        str, typer.Option("--for", help="30min, 2h: it opens by itself then.", metavar="TIME")
    ] = "",
    one_way: Annotated[bool, typer.Option("--one-way", help="Of a lane: only this direction.")] = False,
    by: By = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Close a lane, zone, room, door or lift: robots go round it, or wait and say why."""
    if not because.strip():
        hint = 'Write for example: --because "wet floor".'
        raise UserError("NO_REASON", "Closing needs a reason.", field="because", hint=hint)
    body: dict[str, Any] = {
        "kind": kind.value,
        "id": element,
        "because": because,
        "by": by,
        "one_way": one_way,
    }
    if for_:
        body["minutes"] = span_s(for_) / 60.0
    answer = Api(server).post("/closures", body)
    if json:
        show_json(answer)
        return
    waits = f" Waiting for {', '.join(answer['pending'])} to stop." if answer["pending"] else ""
    typer.echo(f"{answer['id']}: {answer['because']}{waits}")


@app.command("open")
def open_(
    element: Annotated[
        str, typer.Argument(metavar="ELEMENT", help="Id or name of the element, or id of the closure.")
    ],
    kind: Annotated[Kind | None, typer.Option("--kind", help="What it is, when several bear the id.")] = None,
    because: Because = "",
    by: By = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Open what was closed: missions that waited for it go on."""
    api = Api(server)
    closed = api.get("/closures")
    found = [c for c in closed if c["id"] == element] or api.get("/closures", id=element)
    found = [c for c in found if kind in (None, c["kind"])]
    if not found:
        names = ", ".join(c["element"] for c in closed) or "nothing"
        raise UserError(
            "NOT_CLOSED", f"{element} is not closed.", field="element", hint=f"Closed is {names}."
        )
    kinds = sorted({c["kind"] for c in found})
    if len(kinds) > 1:
        hint = f"Say which with --kind: {' or '.join(kinds)}."
        raise UserError("AMBIGUOUS", f"Several things called {element} are closed.", field="kind", hint=hint)
    answers = [api.delete(f"/closures/{c['id']}", by=by, because=because) for c in found]
    if json:
        show_json(answers)
        return
    for answer in answers:
        typer.echo(f"Done: {answer['because']}.")


@app.command("closures")
def closures(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """What is closed now, by whom, why and until when."""
    found = Api(server).get("/closures")
    if json:
        show_json(found)
        return
    rows = (
        (
            c["id"],
            c["kind"],
            c["element"] + (" (one way)" if c["one_way"] else ""),
            c["by"] or "-",
            c["because"],
            clock(c["closed_s"]),
            clock(c["until_s"]) if c["until_s"] is not None else "opened by hand",
            ", ".join(c["diverted"]) or "-",
        )
        for c in found
    )
    headers = ("id", "kind", "element", "by", "why", "since", "until", "diverted")
    table(headers, rows, empty="Nothing is closed.")


def span_s(text: str) -> float:
    """Seconds of '30min', '1h 30min', '2d'. Raises UserError."""
    plain = text.strip().lower()
    seconds = math.fsum(float(number) * UNITS_S[unit] for number, unit in _PART.findall(plain))
    if not _SPAN.fullmatch(plain) or seconds <= 0.0:
        hint = "Write for example 30min, 2h or 1h30min."
        raise UserError("BAD_TIME", f"'{text}' is not a time.", field="for", hint=hint)
    return seconds
