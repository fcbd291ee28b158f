"""`fleet sim serve`: the simulated world as a process."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from fleet.errors import UserError

if TYPE_CHECKING:
    from maps.graph import SiteGraph
    from simulators.keeping import KeepingFile
    from simulators.server import WorldServer
    from simulators.world import Draw, World

T = TypeVar("T")
KEEP_S = 1.0
"""Between two savings of the world's state."""


def serve(  # noqa: PLR0913 - one parameter an option
    site: Annotated[str, typer.Argument(help="A site YAML, a building.yaml, or a sample site's name.")],
    port: Annotated[int, typer.Option(help="For robots and the building link.")] = 5580,
    rest_port: Annotated[int, typer.Option(help="For `fleet sim state`, inject, spawn and alike.")] = 8081,
    speed: Annotated[float, typer.Option(help="World seconds per real second, 0.1 to 20.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of people and batteries.")] = 1,
    walkers: Annotated[int, typer.Option(help="People who walk about.")] = 6,
    camera: Annotated[bool, typer.Option("--camera/--no-camera", help="Draw the robots' pictures.")] = True,
    state: Annotated[
        Path | None, typer.Option(help="Keep bodies and lifts in this file; start where it ended.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE.mcap", help="Record everything from the start.")
    ] = None,
    robots_dir: Annotated[
        Path, typer.Option(help="Where robots that are spawned keep orders and logs.")
    ] = Path("data/robots"),
) -> None:
    """Run the world until Ctrl-C: robot processes join it as they would join hardware."""
    from simulators.rest import RestServer
    from simulators.server import WorldServer
    from simulators.spawned import Spawned

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _check(speed, walkers)
    world = _world(site, seed, speed, walkers, camera=camera)
    keeping = _recalled(world, state) if state is not None else None
    server = _bound(lambda: WorldServer(world, port, speed=speed, seed=seed, camera=camera), port, "--port")
    spawned = Spawned(robots_dir, server.endpoint)
    rest = _bound(lambda: RestServer(server, rest_port, spawned), rest_port, "--rest-port")
    if record is not None:
        _record(server, record)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    rest.start()
    name = world.graph.site.site_id
    typer.echo(f"World of {name} at {server.endpoint}, REST at http://127.0.0.1:{rest.port}")
    if keeping is not None:
        threading.Thread(target=_keep_often, args=(server, keeping, stop), daemon=True).start()
    try:
        server.run(stop)
    finally:
        rest.close()
        spawned.close()
        _end_recording(server)
        server.close()
    _keep(world, keeping)


def _check(speed: float, walkers: int) -> None:
    """Raises UserError naming option, value and limits."""
    from fleet.cli.limits import in_range
    from simulators.pace import SPEED_MAX, SPEED_MIN

    in_range("speed", speed, (SPEED_MIN, SPEED_MAX))
    in_range("walkers", walkers, (0, 500))


def _world(site: str, seed: int, speed: float, walkers: int, *, camera: bool) -> "World":
    from maps.graph import SiteGraph
    from simulators.pace import settings_for
    from simulators.site_names import load_site
    from simulators.world import World

    graph = SiteGraph(load_site(site))
    draw = _camera(graph) if camera else None
    return World(graph, seed, time.time(), settings_for(speed, walkers=walkers, camera=camera), draw)


def _record(server: "WorldServer", path: Path) -> None:
    from simulators.world import WorldError

    try:
        server.record(path)
    except (WorldError, OSError) as error:
        raise UserError("BAD_RECORDING", f"--record {path}: {error}.", field="record") from error
    typer.echo(f"Recording to {path}; it is readable at any time, complete after Ctrl-C.")


def _end_recording(server: "WorldServer") -> None:
    if server.recorder is None:
        return
    try:
        done = server.stop_recording()
    except OSError as error:
        logging.error("the recording could not be ended: %s", error)
        return
    typer.echo(f"Recorded {done['messages']} messages in {done['file']}.")


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


def _keep(world: "World", keeping: "KeepingFile | None") -> None:
    from simulators.keeping import keep

    if keeping is not None:
        keeping.save(keep(world))


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
    import zmq

    try:
        return make()
    except (zmq.ZMQError, OSError) as error:
        hint = f"Choose another with {option} N, or stop what uses it."
        raise UserError(
            "PORT_IN_USE", f"Port {port} is in use ({error}).", field="port", hint=hint
        ) from error
