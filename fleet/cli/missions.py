"""`fleet mission`: ask for missions, follow and control them."""

import os
import time
from typing import Annotated, Any

import typer

from fleet.api.waits import waits_for
from fleet.cli.client import DEFAULT_SERVER, Api, Because, By, Server
from fleet.cli.output import AsJson, application, clock, name_of, show_json, span, table
from fleet.errors import UserError

app = application("Ask for missions, follow and control them.")
MissionId = Annotated[str, typer.Argument(metavar="ID", help="For example mission-000001.")]
ENDED = ("completed", "failed", "cancelled")
POLL_S = 0.5


@app.command()
def templates(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """What can be asked for, with its parameters."""
    found = Api(server).get("/templates")
    if json:
        show_json(found)
        return
    for template in found:
        note = "" if template["available"] else f"  [not now: {template['because']}]"
        typer.echo(f"{template['id']}: {name_of(template['names'])} ({template['family']}){note}")
        typer.echo(f"    {name_of(template['description'])}")
        for param in template["params"]:
            typer.echo(f"    {param['name']}={describe(param)}")


def describe(param: dict[str, Any]) -> str:
    """'ROOM  the room to treat (needed)'."""
    kind = "|".join(param["choices"]) or param["type"].upper()
    unit = f" [{param['unit']}]" if param["unit"] else ""
    low, high = param["minimum"], param["maximum"]
    limits = f" {low:g} to {high:g}" if low is not None and high is not None else ""
    default = "needed" if param["required"] else f"default {param['default']}"
    return f"{kind}{limits}{unit}  {name_of(param['label'])} ({default})"


@app.command()
def submit(
    template: Annotated[str, typer.Argument(help="See `fleet mission templates`.")],
    params: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="Lists with commas: a,b,c")
    ] = None,
    priority: Annotated[int, typer.Option(help="0 low, 1 normal, 2 high, 3 emergency.")] = 1,
    robot: Annotated[str | None, typer.Option(help="Only this robot.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: repeating is safe.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Return when the mission has ended.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Ask for a mission: `fleet mission submit deliver from=pharmacy to=ward_201 pin=4711`."""
    api = Api(server)
    body = {
        "template": template,
        "params": typed(template, pairs(params or []), api.get("/templates")),
        "priority": priority,
        "robot": robot,
        "requested_by": os.environ.get("FLEET_USER", ""),
        "idempotency_key": key,
    }
    answer = api.post("/missions", body)
    if json and not wait:
        show_json(answer)
        return
    if not json:
        typer.echo(told(answer))
    if wait:
        ended = follow(api, answer["id"], quiet=json)
        if json:
            show_json(ended)
        if ended["state"] != "completed":
            raise typer.Exit(1)


def pairs(words: list[str]) -> dict[str, str]:
    """Raises UserError naming the word that is not key=value."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            hint = "Write parameters as in to=ward_201; quote values with spaces."
            raise UserError("NOT_A_PAIR", f"'{word}' is not KEY=VALUE.", field=word, hint=hint)
        if name in found:
            raise UserError("TWICE", f"'{name}' is given twice.", field=name, hint="Give it once.")
        found[name] = value
    return found


def typed(template: str, given: dict[str, str], known: list[dict[str, Any]]) -> dict[str, Any]:
    """Texts as the template's types; what it does not know goes as it is: the server says what is wrong."""
    params: list[dict[str, Any]] = next((entry["params"] for entry in known if entry["id"] == template), [])
    kinds = {param["name"]: param["type"] for param in params}
    return {name: convert(name, value, kinds.get(name, "text")) for name, value in given.items()}


def convert(name: str, value: str, kind: str) -> str | float | bool | list[str]:
    if kind == "places":
        return [part.strip() for part in value.split(",") if part.strip()]
    if kind == "flag":
        return as_flag(name, value)
    if kind == "number":
        try:
            return float(value)
        except ValueError as error:
            hint = "Write digits, for example 25 or 2.5."
            raise UserError(
                "NOT_A_NUMBER", f"{name}='{value}' is not a number.", field=name, hint=hint
            ) from error
    return value


def as_flag(name: str, value: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if value.lower() not in words:
        hint = "Write true or false."
        raise UserError("NOT_A_FLAG", f"{name}='{value}' is neither yes nor no.", field=name, hint=hint)
    return words[value.lower()]


def told(answer: dict[str, Any]) -> str:
    robot = answer["robot"] or "no robot yet"
    when = f", from {clock(answer['start_s'])}" if answer["start_s"] is not None else ""
    length = f", about {span(answer['duration_s'])}" if answer["duration_s"] is not None else ""
    again = " (asked for before)" if answer["repeated"] else ""
    return f"{answer['id']} {answer['state']}: {robot}{when}{length}{again}. {answer['because']}"


def follow(api: Api, mission_id: str, *, quiet: bool) -> dict[str, Any]:
    """Print changes until the mission has ended; the mission as it ended."""
    before = ""
    while True:
        mission: dict[str, Any] = api.get(f"/missions/{mission_id}")
        line = (
            f"{mission['state']} {mission['robot']} {mission['progress_fraction']:.0%} {mission['because']}"
        )
        if line != before and not quiet:
            typer.echo(f"{clock(time.time())} {line}")
        before = line
        if mission["state"] in ENDED:
            return mission
        time.sleep(POLL_S)


@app.command("list")
def list_(
    state: Annotated[list[str] | None, typer.Option(help="Only these; may be given again.")] = None,
    family: Annotated[str | None, typer.Option(help="patrol, disinfection, guide or service.")] = None,
    limit: Annotated[int, typer.Option(help="At most this many.")] = 100,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Missions, newest first."""
    found = Api(server).get("/missions", state=state or None, family=family, limit=limit)
    if json:
        show_json(found)
        return
    rows = (
        (m["id"], name_of(m["title"]), m["state"], m["robot"] or "-", clock(m["created_s"]), reason(m))
        for m in found
    )
    table(
        ("id", "title", "state", "robot", "created", "because"),
        rows,
        empty="No missions. Ask for one with `fleet mission submit`.",
    )


def reason(mission: dict[str, Any]) -> str:
    waiting = mission["waiting"]
    return f"{mission['because']}; waits for {waits_for(waiting)}" if waiting else str(mission["because"])


@app.command()
def show(mission_id: MissionId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """One mission: its steps, times and reasons."""
    mission = Api(server).get(f"/missions/{mission_id}")
    if json:
        show_json(mission)
        return
    typer.echo(
        f"{mission['id']} {name_of(mission['title'])}: {mission['state']}, {mission['robot'] or 'no robot'}"
    )
    typer.echo(f"because {reason(mission)}")
    rows = [
        (
            str(task["seq"]),
            name_of(task["title"]),
            task["state"],
            task["phase"],
            clock(task["started_s"]),
            clock(task["ended_s"]),
            task["because"],
        )
        for task in mission["tasks"]
    ]
    table(("step", "what", "state", "phase", "started", "ended", "because"), rows, empty="No steps.")
    for line in mission["history"]:
        typer.echo(f"{clock(line['at_s'])} {line['what']}: {line['because']}")
    for address in mission["images"]:
        typer.echo(f"picture: {server.rstrip('/')}{address}")


@app.command()
def why(mission_id: MissionId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Why it is as it is, and what it waits for."""
    found = Api(server).get(f"/missions/{mission_id}/why")
    if json:
        show_json(found)
        return
    for sentence in found["reasons"]:
        typer.echo(sentence)


@app.command()
def cancel(
    mission_id: MissionId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER
) -> None:
    """End it now; the robot stops at the next safe place."""
    control(server, mission_id, "cancel", because, by)


@app.command()
def pause(mission_id: MissionId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Hold it until it is resumed."""
    control(server, mission_id, "pause", because, by)


@app.command()
def resume(
    mission_id: MissionId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER
) -> None:
    """Go on with it."""
    control(server, mission_id, "resume", because, by)


@app.command()
def confirm(
    mission_id: MissionId,
    what: Annotated[str, typer.Argument(help="pin, loaded, unloaded or start.")],
    value: Annotated[str, typer.Argument(help="The PIN.")] = "",
    by: By = "",
    server: Server = DEFAULT_SERVER,
) -> None:
    """Confirm a step that waits for a person, or enter a PIN."""
    body = {"what": what, "value": value, "by": by}
    done(Api(server).post(f"/missions/{mission_id}/confirm", body))


def control(server: str, mission_id: str, verb: str, because: str, by: str) -> None:
    done(Api(server).post(f"/missions/{mission_id}/{verb}", {"because": because, "by": by}))


def done(answer: dict[str, Any]) -> None:
    """'Done: ...', and who has not acknowledged yet."""
    waits = f" Waiting for {', '.join(answer['pending'])} to acknowledge." if answer["pending"] else ""
    typer.echo(f"Done: {answer['because']}.{waits}")
