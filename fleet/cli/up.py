"""`fleet up`: the orchestrator of one site, with its HTTP server, until Ctrl-C."""

import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.limits import SPEED, in_range
from fleet.cli.logs import configure_logging
from fleet.cli.maps import map_errors
from fleet.cli.output import single
from fleet.cli.sites import site_path

if TYPE_CHECKING:
    from fleet.bootstrap import Orchestration

app = single()
log = logging.getLogger(__name__)
LOST_S = (3.0, 600.0)


@app.command("up")
def up(  # noqa: PLR0913 - one parameter an option
    site: Annotated[str, typer.Option(help="A site file or package, a map, or a bundled site.")],
    host: Annotated[str, typer.Option(help="Loopback only until there is sign-in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="HTTP: console, API, stream.")] = 8080,
    control_port: Annotated[int, typer.Option(help="Robots connect here.")] = 5570,
    frames_port: Annotated[int, typer.Option(help="Robots send pictures here.")] = 5571,
    data_dir: Annotated[Path, typer.Option(help="Journal and pictures.")] = Path("data"),
    db: Annotated[
        str | None, typer.Option(help="Database URL, instead of a file in the data folder.")
    ] = None,
    world: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Doors and lifts of a simulated world.")
    ] = None,
    lost: Annotated[
        float | None,
        typer.Option(help="Seconds of silence after which a robot is lost; default 30, or the package's."),
    ] = None,
    speed: Annotated[float, typer.Option(help="Site seconds per real second, for simulation.")] = 1.0,
    repair: Annotated[
        bool, typer.Option("--repair", help="Set corrupt journal rows aside (deletes nothing) and start.")
    ] = False,
) -> None:
    """Run the orchestrator for one site."""
    from fleet.api.listen import bind

    in_range("speed", speed, SPEED)
    if lost is not None:
        in_range("lost", lost, LOST_S)
    path = site_path(site)
    configure_logging()
    with bind(host, port) as listener, map_errors(), no_garbage():
        from fleet.bootstrap import Options, Orchestration
        from fleet.cli.site_opened import opened

        found = opened(path, data_dir, lost)
        orchestration = Orchestration(
            Options(
                site=found.site,
                templates=found.templates,
                settings=found.settings,
                data_dir=data_dir,
                db=db,
                control_port=control_port,
                frames_port=frames_port,
                world=world,
                speed=speed,
                repair=repair,
            )
        )
        serve(orchestration, listener)


SWITCH_S = 0.0005
"""The writer, the links and HTTP hand a request on from thread to thread; at Python's usual 5 ms each
hand-over may wait that long."""


@contextmanager
def no_garbage() -> Iterator[None]:
    """While we start, an eighth of the time would go into looking for garbage among imports."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def serve(orchestration: "Orchestration", listener: socket.socket) -> None:
    """HTTP until a signal, or until the writer fails. Raises what the writer failed with."""
    from fleet.api.app import create_app
    from fleet.api.server import server

    running = server(create_app(orchestration.services()))
    orchestration.on_failure = lambda: setattr(running, "should_exit", True)
    # uvicorn raises the signal again when it has shut down: with the usual handlers that would be the end
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    orchestration.start()
    tell(orchestration, listener)
    gc.freeze()  # what is there now stays: the collector need not walk it again and again
    gc.enable()
    sys.setswitchinterval(SWITCH_S)
    try:
        running.run(sockets=[listener])
    finally:
        orchestration.close()
    if orchestration.failure is not None:
        raise orchestration.failure


def tell(orchestration: "Orchestration", listener: socket.socket) -> None:
    report, (host, port) = orchestration.recovered, listener.getsockname()[:2]
    log.info(
        "journal at row %d (%d replayed on snapshot %d); on this machine only: http://%s:%d",
        report.last_seq,
        report.replayed,
        report.snapshot_seq,
        host,
        port,
    )
