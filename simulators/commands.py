"""`fleet sim`: the simulated world as a process, and the closed loop in virtual time."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer
import zmq

from fleet.cli.output import application
from fleet.errors import UserError
from simulators.run_command import run, scenarios
from simulators.site_names import load_site
from simulators.soak_command import soak

if TYPE_CHECKING:
    from maps.graph import SiteGraph
    from simulators.keeping import KeepingFile
    from simulators.server import WorldServer
    from simulators.world import Draw, World

T = TypeVar("T")
KEEP_S = 1.0
"""Between two savings of the world's state."""
app = application("The simulated world: bodies, doors, lifts, people, cameras; and the closed loop.")
app.command()(soak)
app.command()(run)
app.command()(scenarios)


@app.command()
def serve(
    site: Annotated[str, typer.Argument(help="A site YAML or a building.yaml.")],
    port: Annotated[int, typer.Option(help="For robots and the building link.")] = 5580,
    rest_port: Annotated[int, typer.Option(help="GET /state, POST /faults.")] = 8081,
    speed: Annotated[float, typer.Option(help="World seconds per real second.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of people and batteries.")] = 1,
    walkers: Annotated[int, typer.Option(help="People who walk about.")] = 6,
    camera: Annotated[bool, typer.Option("--camera/--no-camera", help="Draw the robots' pictures.")] = True,
    state: Annotated[
        Path | None, typer.Option(help="Keep bodies and lifts in this file; start where it ended.")
    ] = None,
) -> None:
    """Run the world until Ctrl-C: robot processes join it as they would join hardware."""
    from maps.graph import SiteGraph
    from simulators.keeping import keep
    from simulators.rest import RestServer
    from simulators.server import WorldServer
    from simulators.world import World, WorldSettings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    graph = SiteGraph(load_site(site))
    draw = _camera(graph) if camera else None
    frame_s = 0.5 * speed if camera else 0.0
    tick_s = min(0.25, max(0.05, 0.05 * speed))
    settings = WorldSettings(walkers=walkers, frame_s=frame_s, tick_s=tick_s, localisation_m=0.03)
    world = World(graph, seed, time.time(), settings, draw)
    keeping = _recalled(world, state) if state is not None else None
    server = _bound(lambda: WorldServer(world, port, speed=speed), port, "--port")
    rest = _bound(lambda: RestServer(server, rest_port), rest_port, "--rest-port")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    rest.start()
    typer.echo(f"World of {graph.site.site_id} at {server.endpoint}, REST at http://127.0.0.1:{rest.port}")
    if keeping is not None:
        threading.Thread(target=_keep_often, args=(server, keeping, stop), daemon=True).start()
    try:
        server.run(stop)
    finally:
        rest.close()
        server.close()
    if keeping is not None:
        keeping.save(keep(world))


def _recalled(world: "World", path: Path) -> "KeepingFile":
    """The file; what it holds is in the world. An unreadable one, or of another site, counts as none."""
    from simulators.keeping import KeepingFile, recall

    keeping = KeepingFile(path)
    try:
        kept = keeping.load()
        if kept is not None and not recall(world, kept):
            logging.warning("%s is of another site: bodies start at chargers", path)
    except msgspec.DecodeError as error:
        logging.warning("%s cannot be read (%s): bodies start at chargers", path, error)
    return keeping


def _keep_often(server: "WorldServer", keeping: "KeepingFile", stop: threading.Event) -> None:
    """For the case that the world is killed."""
    from simulators.keeping import keep

    while not stop.wait(KEEP_S):
        try:
            keeping.save(server.call(lambda: keep(server.world)))
        except (OSError, TimeoutError) as error:
            logging.warning("the world's state could not be kept: %s", error)


def _camera(graph: "SiteGraph") -> "Draw":
    from simulators.camera import Camera

    return Camera(graph).draw


def _bound(make: Callable[[], T], port: int, option: str) -> T:
    try:
        return make()
    except (zmq.ZMQError, OSError) as error:
        hint = f"Choose another with {option} N, or stop what uses it."
        raise UserError(
            "PORT_IN_USE", f"Port {port} is in use ({error}).", field="port", hint=hint
        ) from error
