"""`fleet sim state|pace|spawn|remove|inject|heal|faults|record`: a served world while it runs."""

import os
import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from fleet.cli.client import DEFAULT_SERVER, Server
from fleet.cli.output import AsJson, show_json, table
from fleet.errors import LocalError, UserError
from simulators.world_client import WORLD, AtWorld, WorldApi

JOIN_S = 20.0
POLL_S = 0.25


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `fleet sim`."""
    for command in (state, pace, spawn, remove, inject, heal, faults, record):
        app.command()(command)


# -- looking -------------------------------------------------------------------------------------------


def state(world: AtWorld = WORLD, json: AsJson = False) -> None:
    """Where everything is in the world that runs."""
    found = WorldApi(world).ask("GET", "/state")
    if json:
        show_json(found)
        return
    how = found["pace"]
    halted = ", paused" if how["paused"] else ""
    recording = f", recording to {found['recording']}" if found["recording"] else ""
    people = f"{len(found['persons'])} people"
    typer.echo(f"{found['site']} at {how['speed']:g} times life{halted}, {people}{recording}")
    robots_table(found["bodies"])
    show_active(found["faults"])


def robots_table(bodies: dict[str, Any]) -> None:
    table(
        ("robot", "model", "level", "x m", "y m", "m/s", "battery", "is"),
        (
            (
                robot_id,
                body["model"],
                body["level"],
                f"{body['x_m']:.1f}",
                f"{body['y_m']:.1f}",
                f"{body['speed_mps']:.1f}",
                f"{100 * body['battery_fraction']:.0f} %",
                in_words(body),
            )
            for robot_id, body in sorted(bodies.items())
        ),
        empty="No robot is in this world.",
    )


def in_words(body: dict[str, Any]) -> str:
    """What a body does, as far as one can see from outside."""
    if not body["powered"]:
        return "without power"
    seen = [word for word, on in (("charging", body["charging"]), ("lamp on", body["lit"])) if on]
    if body["speed_mps"] > 0.0:
        seen.append("driving")
    if body["blocked_by"] != "nothing":
        seen.append(f"blocked by {body['blocked_by']}")
    if body["loaded"]:
        seen.append("loaded")
    return ", ".join(seen) or "standing"


def show_active(active: list[dict[str, Any]]) -> None:
    for fault in active:
        rest = {key: value for key, value in fault.items() if key not in ("fault", "heals_in_s")}
        words = " ".join(f"{key}={value}" for key, value in rest.items())
        until = "" if fault["heals_in_s"] is None else f" (heals in {fault['heals_in_s']:.0f} s)"
        typer.echo(f"fault: {fault['fault']} {words}{until}")


# -- time ----------------------------------------------------------------------------------------------


def pace(
    speed: Annotated[float | None, typer.Argument(help="World seconds per real second, 0.1 to 20.")] = None,
    pause: Annotated[bool | None, typer.Option("--pause/--resume", help="Halt the world or go on.")] = None,
    world: AtWorld = WORLD,
    json: AsJson = False,
) -> None:
    """Change how fast the world runs, halt it, or see whether it keeps up."""
    api = WorldApi(world)
    if speed is None and pause is None:
        found = api.ask("GET", "/speed")
    else:
        found = api.ask("PUT", "/speed", {"speed": speed, "paused": pause})
    if json:
        show_json(found)
        return
    reached = "" if found["reached"] is None else f", {found['reached']:.2f} reached"
    halted = ", paused" if found["paused"] else ""
    typer.echo(f"{found['speed']:g} times life{halted}{reached}, {found['behind_s']:.0f} s left out so far")


# -- robots and people ---------------------------------------------------------------------------------


def spawn(
    what: Annotated[str, typer.Argument(metavar="MODEL", help="A robot's model, or person.")],
    name: Annotated[
        str | None, typer.Option("--id", help="Of the robot; with --count the names get -1, -2, ...")
    ] = None,
    count: Annotated[int, typer.Option(help="How many.")] = 1,
    node: Annotated[str | None, typer.Option(help="Where it appears; default a free charger.")] = None,
    level: Annotated[str | None, typer.Option(help="Where people appear; default all levels.")] = None,
    world: AtWorld = WORLD,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """More robots (real robot processes, which end with the world) or more people."""
    api = WorldApi(world)
    if count < 1:
        raise UserError("BAD_COUNT", f"--count is {count}.", field="count", hint="Give 1 or more.")
    if what == "person":
        found = api.ask("POST", "/people", {"count": count, "level": level})
        if json:
            show_json(found)
        else:
            typer.echo(f"{', '.join(found['people'])} came")
        return
    if count > 1 and node is not None:
        hint = "Leave out --node: each robot takes a free charger."
        raise UserError("BAD_NODE", f"{count} robots cannot stand at one node.", field="node", hint=hint)
    ids = [name or what] if count == 1 else [f"{name or what}-{index + 1}" for index in range(count)]
    asked = {"model": what, "node": node, "server": server}
    started = [api.ask("POST", "/robots", {**asked, "id": robot_id}) for robot_id in ids]
    await_joined(api, ids)
    if json:
        show_json(started)
        return
    for robot in started:
        typer.echo(f"{robot['id']} runs (process {robot['pid']}, log {robot['log']})")


def await_joined(api: WorldApi, ids: list[str]) -> None:
    """Until their bodies are in the world. Raises LocalError with the last words of one that ends before."""
    deadline = time.monotonic() + JOIN_S
    missing = ids
    while missing and time.monotonic() < deadline:
        robots = {robot["id"]: robot for robot in api.ask("GET", "/robots")["spawned"]}
        for robot_id in missing:
            if not robots[robot_id]["running"]:
                raise LocalError(
                    f"{robot_id} ended: {robots[robot_id]['said']} (log {robots[robot_id]['log']})"
                )
        missing = [robot_id for robot_id in missing if not robots[robot_id]["joined"]]
        time.sleep(POLL_S if missing else 0.0)
    if missing:
        typer.echo(f"Not in the world after {JOIN_S:.0f} s, still trying: {', '.join(missing)}", err=True)


def remove(
    name: Annotated[str, typer.Argument(metavar="ID", help="A robot, or a person (person-3).")],
    world: AtWorld = WORLD,
) -> None:
    """Stop a robot that was spawned and take its body away; or let a person leave."""
    kind = "people" if name.startswith("person-") else "robots"
    WorldApi(world).ask("DELETE", f"/{kind}/{quote(name)}")
    more = "" if kind == "people" else "; the orchestrator takes it as lost until it is found or cleared"
    typer.echo(f"{name} is gone{more}")


# -- faults --------------------------------------------------------------------------------------------


def inject(
    fault: Annotated[str, typer.Argument(metavar="KIND", help="See `fleet sim faults`.")],
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Its fields; for=SECONDS heals it.")
    ] = None,
    world: AtWorld = WORLD,
) -> None:
    """Let something go wrong: fleet sim inject DoorJam door=ward_201_door for=30"""
    WorldApi(world).ask("POST", "/faults", {**read_pairs(values or []), "fault": fault})
    typer.echo(f"{fault} is on")


def read_pairs(values: list[str]) -> dict[str, Any]:
    """key=value; true and false are what they say. Raises UserError for what is no pair."""
    found: dict[str, Any] = {}
    for pair in values:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            hint = "Write key=value, for example door=ward_201_door for=30."
            raise UserError("BAD_FIELD", f"'{pair}' is no field with a value.", field="values", hint=hint)
        found[key] = {"true": True, "false": False}.get(value.lower(), value)
    return found


def heal(
    fault: Annotated[str, typer.Argument(metavar="[KIND]", help="All kinds when left out.")] = "",
    subject: Annotated[str, typer.Argument(metavar="[SUBJECT]", help="Of this door, robot, ... only.")] = "",
    world: AtWorld = WORLD,
    json: AsJson = False,
) -> None:
    """Mend what was injected: everything, one kind, or one thing."""
    found = WorldApi(world).ask("POST", "/heal", {"fault": fault, "subject": subject})
    if json:
        show_json(found)
    else:
        typer.echo("\n".join(f"healed: {words}" for words in found["healed"]) or "No such fault is on.")


def faults(world: AtWorld = WORLD, json: AsJson = False) -> None:
    """Which kinds of faults there are, and which are on now."""
    found = WorldApi(world).ask("GET", "/faults")
    if json:
        show_json(found)
        return
    rows = (
        (
            kind["fault"],
            ", ".join(f"{name}: {what}" for name, what in kind["fields"].items()),
            "for=S, or heal" if kind["heals"] else "by itself" + (", or for=S" if kind["lasts"] else ""),
        )
        for kind in found["kinds"]
    )
    table(("kind", "fields", "ends"), rows, empty="No kind of fault is known.")
    show_active(found["active"])


# -- recordings ----------------------------------------------------------------------------------------


def record(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.mcap]", help="Begin to record there.")] = None,
    stop: Annotated[bool, typer.Option("--stop", help="End the recording that runs.")] = False,
    world: AtWorld = WORLD,
    json: AsJson = False,
) -> None:
    """Begin or end a recording of the world that runs, or see whether one runs."""
    api = WorldApi(world)
    if stop and file is not None:
        hint = "Give a file to begin, or --stop to end."
        raise UserError("BAD_RECORDING", "A file and --stop are both given.", field="stop", hint=hint)
    if stop:
        found = api.ask("DELETE", "/recording")
    elif file is not None:
        found = api.ask("POST", "/recording", {"file": os.path.abspath(file)})
    else:
        found = api.ask("GET", "/recording")
    if json:
        show_json(found)
    elif found["file"] is None:
        typer.echo("Nothing is recorded.")
    else:
        verb = "recorded" if stop else "is recording"
        messages = f", {found['messages']} messages" if "messages" in found else ""
        typer.echo(f"{found['file']} {verb}{messages}")
