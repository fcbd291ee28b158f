"""`fleet up`: the orchestrator of one site, with its HTTP server, until Ctrl-C."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.output import single
from fleet.cli.processes import require_free
from fleet.cli.sites import site_path

if TYPE_CHECKING:
    from fleet.bootstrap import Orchestration

app = single()


@app.command()
def up(  # noqa: PLR0913 - one parameter an option
    site: Annotated[str, typer.Option(help="A site YAML, a building.yaml, or the name of a sample site.")],
    port: Annotated[int, typer.Option(help="HTTP, on 127.0.0.1.")] = 8080,
    control_port: Annotated[int, typer.Option(help="Robots connect here.")] = 5570,
    frames_port: Annotated[int, typer.Option(help="Robots send pictures here.")] = 5571,
    data_dir: Annotated[Path, typer.Option(help="Journal and pictures.")] = Path("data"),
    db: Annotated[str | None, typer.Option(help="Database URL, instead of the folder's file.")] = None,
    world: Annotated[str | None, typer.Option(help="Doors and lifts of a simulated world.")] = None,
    lost: Annotated[float, typer.Option(help="Seconds of silence after which a robot is lost.")] = 30.0,
    speed: Annotated[float, typer.Option(help="Site seconds per real second, for simulation.")] = 1.0,
) -> None:
    """Run the orchestrator for one site."""
    from fleet.bootstrap import Options, Orchestration

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    path = site_path(site)
    require_free(port, "--port")
    orchestration = Orchestration(
        Options(
            site=path,
            data_dir=data_dir,
            db=db,
            control_port=control_port,
            frames_port=frames_port,
            world=world,
            lost_s=lost,
            speed=speed,
        )
    )
    serve(orchestration, port)


def serve(orchestration: "Orchestration", port: int) -> None:
    """HTTP until a signal, or until the writer fails."""
    import uvicorn

    from fleet.api.app import create_app

    config = uvicorn.Config(
        create_app(orchestration.services()),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
    )
    server = uvicorn.Server(config)
    report = orchestration.recovered
    logging.getLogger(__name__).info(
        "journal row %d, %d rows replayed from snapshot %d; listening on this machine only (127.0.0.1:%d)",
        report.last_seq,
        report.replayed,
        report.snapshot_seq,
        port,
    )
    orchestration.on_failure = lambda: setattr(server, "should_exit", True)
    orchestration.start()
    try:
        server.run()
    finally:
        orchestration.close()
    if orchestration.failure is not None:
        raise orchestration.failure
