"""`fleet robots`: see and command robots."""

from typing import Annotated, Any

import typer

from fleet.cli.client import DEFAULT_SERVER, Api, Because, By, Server
from fleet.cli.missions import done
from fleet.cli.output import AsJson, application, clock, name_of, show_json, table

app = application("See and command robots.")
RobotId = Annotated[str, typer.Argument(metavar="ID", help="For example carrier-1.")]


@app.command("list")
def list_(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """All robots that have ever connected."""
    found = Api(server).get("/robots")
    if json:
        show_json(found)
        return
    rows = (
        (
            r["id"],
            r["family"],
            condition(r),
            f"{r['battery_fraction']:.0%}",
            f"{r['pose']['level']} {r['node']}",
            r["mission"] or r["errand"] or "-",
            r["because"],
        )
        for r in found
    )
    headers = ("id", "family", "state", "battery", "place", "does", "because")
    table(headers, rows, empty="No robots. Start one with `fleet robot --model service --id carrier-1`.")


def condition(robot: dict[str, Any]) -> str:
    """The most important thing about it, in a word or two."""
    if robot["lost"]:
        return "lost"
    if not robot["online"]:
        return "offline"
    if not robot["in_service"]:
        return "out of service"
    return str(robot["activity"] if robot["mode"] == "autonomous" else robot["mode"])


@app.command()
def show(robot_id: RobotId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """One robot."""
    robot = Api(server).get(f"/robots/{robot_id}")
    if json:
        show_json(robot)
        return
    pose = robot["pose"]
    typer.echo(
        f"{robot['id']} ({name_of(robot['names'])}): {condition(robot)},"
        f" {robot['battery_fraction']:.0%} battery"
    )
    typer.echo(
        f"at {pose['level']} x {pose['x_m']:.1f} m, y {pose['y_m']:.1f} m,"
        f" last heard {clock(robot['seen_s'])}"
    )
    typer.echo(f"can {', '.join(robot['skills'])}")
    typer.echo(f"does {', '.join(robot['queue']) or robot['errand'] or 'nothing'}: {robot['because']}")
    for code, message in robot["faults"].items():
        typer.echo(f"fault {code}: {message}")


@app.command()
def why(robot_id: RobotId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Why it is as it is, and what it waits for."""
    found = Api(server).get(f"/robots/{robot_id}/why")
    if json:
        show_json(found)
        return
    for sentence in found["reasons"]:
        typer.echo(sentence)


@app.command()
def pause(robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Brake and hold until it is resumed."""
    control(server, robot_id, "pause", because, by)


@app.command()
def resume(robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Go on after a pause or stop."""
    control(server, robot_id, "resume", because, by)


@app.command()
def stop(robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Halt at once, everything off, until it is resumed."""
    control(server, robot_id, "stop", because, by)


@app.command()
def dock(robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Go to a charger or parking spot after what it does now."""
    control(server, robot_id, "dock", because, by)


@app.command("out-of-service")
def out_of_service(
    robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER
) -> None:
    """Give it no more missions; others take over what it had not begun."""
    control(server, robot_id, "out-of-service", because, by)


@app.command("in-service")
def in_service(
    robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER
) -> None:
    """Give it missions again."""
    control(server, robot_id, "in-service", because, by)


@app.command()
def clear(robot_id: RobotId, because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Say that a person took a lost robot off the floor: its places are free again."""
    control(server, robot_id, "clear", because, by)


def control(server: str, robot_id: str, verb: str, because: str, by: str) -> None:
    done(Api(server).post(f"/robots/{robot_id}/{verb}", {"because": because, "by": by}))
