"""`fleet stop-all`, `resume-all`, `dock-all`: commands to every robot."""

from fleet.cli.client import DEFAULT_SERVER, Api, Because, By, Server
from fleet.cli.missions import done
from fleet.cli.output import single
from fleet.errors import UserError

stop, resume, dock = single(), single(), single()


@stop.command("stop-all")
def stop_all(because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Stop all robots at once, until `fleet resume-all`."""
    if not because.strip():
        hint = 'Write for example: fleet stop-all --because "person on the floor".'
        raise UserError("NO_REASON", "stop-all needs a reason.", field="because", hint=hint)
    control(server, "stop-all", because, by)


@resume.command("resume-all")
def resume_all(because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Let all robots go on after a stop."""
    control(server, "resume-all", because, by)


@dock.command("dock-all")
def dock_all(because: Because = "", by: By = "", server: Server = DEFAULT_SERVER) -> None:
    """Send all robots to chargers or parking spots."""
    control(server, "dock-all", because, by)


def control(server: str, verb: str, because: str, by: str) -> None:
    done(Api(server).post(f"/fleet/{verb}", {"because": because, "by": by}))
