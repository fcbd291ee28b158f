"""`fleet demo`: a whole site on this machine. Starts, watches and stops processes; restarts nothing."""

import http.client
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.limits import SPEED, in_range
from fleet.cli.output import single
from fleet.cli.processes import (
    Child,
    Processes,
    free_ports,
    last_words,
    require_folder,
    require_free,
)
from fleet.cli.sites import DEFAULT_SITE, short_name, site_path
from fleet.errors import LocalError

if TYPE_CHECKING:
    from fleet.cli.demo_missions import Staff

app = single()
CREW = (
    ("service", "carrier"),
    ("patrol", "sentry"),
    ("auto_disinfection", "lumen"),
    ("triage_guide", "guide"),
    ("service", "carrier"),
    ("patrol", "sentry"),
)
"""Model and name of the robots, in the order in which they are added."""
LAMPLESS = (".building.yaml", ".geojson")
"""Lamps need rooms with doors: drawn buildings may have none, and a GeoJSON site lies in the open air."""
ROBOTS_MAX = 50
HEALTH_S = 90.0
"""A first start compiles the camera's kernels; that can take a minute."""
OPEN_S = 3.0
POLL_S = 0.05
TICK_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the demo is to run."""

    site: Path
    robots: tuple[tuple[str, str], ...]
    """(model, id)."""
    speed: float
    seed: int
    port: int
    data_dir: Path
    browser: bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@app.command("demo")
def demo(
    site: Annotated[
        str, typer.Argument(metavar="[SITE]", help="A site YAML, a building.yaml, or a bundled site.")
    ] = DEFAULT_SITE,
    robots: Annotated[int, typer.Option(help="How many robots.")] = len(CREW),
    speed: Annotated[float, typer.Option(help="How much faster than life.")] = 1.0,
    port: Annotated[int, typer.Option(help="HTTP port; the others are chosen.")] = 8080,
    data_dir: Annotated[
        Path | None, typer.Option(help="Journal and logs; default data/demo-SITE. It is continued.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the imaginary staff and people.")] = 1,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the console.")] = True,
) -> None:
    """A whole site on this machine: orchestrator, simulated robots, console, and staff with wishes."""
    plan = planned(site, robots, speed, port, data_dir, seed, browser=browser)
    require_free(plan.port, "--port")
    logs = require_folder(require_folder(plan.data_dir) / "logs")
    run(plan, Processes(logs))


def planned(
    site: str, robots: int, speed: float, port: int, data_dir: Path | None, seed: int, *, browser: bool
) -> Plan:
    """Raises UserError naming the option that is out of range, or the site that is not there."""
    in_range("robots", robots, (1, ROBOTS_MAX))
    in_range("speed", speed, SPEED)
    in_range("port", port, (1, 65535))
    path = site_path(site)
    return Plan(
        site=path,
        robots=crew(robots, rooms=not path.name.endswith(LAMPLESS)),
        speed=speed,
        seed=seed,
        port=port,
        data_dir=data_dir or Path("data") / f"demo-{short_name(path)}",
        browser=browser,
    )


def crew(count: int, *, rooms: bool) -> tuple[tuple[str, str], ...]:
    """Models and ids: carrier-1, sentry-1, ...; nobody disinfects where the map has no rooms."""
    kinds = [kind for kind in CREW if rooms or kind[0] != "auto_disinfection"]
    numbers: dict[str, int] = {}
    found: list[tuple[str, str]] = []
    for index in range(count):
        model, name = kinds[index % len(kinds)]
        numbers[name] = numbers.get(name, 0) + 1
        found.append((model, f"{name}-{numbers[name]}"))
    return tuple(found)


def run(plan: Plan, processes: Processes) -> None:
    """Start everything, say so, look after it until a signal comes."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        world = start(plan, processes)
        if wait_healthy(plan, processes, stop):
            introduce(plan, processes, world)
            look_after(plan, processes, stop)
    finally:
        processes.stop()
    typer.echo("Stopped. Start again to continue where it was.")


def start(plan: Plan, processes: Processes) -> str:
    """Orchestrator and world at once; robots when the orchestrator's port is open: none knocks in vain.

    Returns the address of the world's REST.
    The orchestrator is the first child, so it stops first: else it would give the missions of robots that go
    to others, and the next start could not continue.
    """
    world_port, rest_port, control_port, frames_port = free_ports(4)
    world = f"tcp://127.0.0.1:{world_port}"
    site, speed = str(plan.site), f"{plan.speed:g}"
    ports = {"port": plan.port, "control-port": control_port, "frames-port": frames_port}
    places = {"world": world, "speed": speed, "data-dir": plan.data_dir}
    processes.start("orchestrator", ["up", "--site", site, *options(ports), *options(places)])
    ours = {"speed": speed, "seed": plan.seed, "state": plan.data_dir / "world.json"}
    ours["robots-dir"] = plan.data_dir / "robots"
    world_options = {"port": world_port, "rest-port": rest_port, **ours}
    processes.start("world", ["sim", "serve", site, *options(world_options)])
    wait_open(plan.port)
    shared = {"server": plan.url, "world": world, "speed": speed, "data-dir": plan.data_dir / "robots"}
    for model, robot_id in plan.robots:
        processes.start(robot_id, ["robot", "--model", model, "--id", robot_id, *options(shared)])
    return f"http://127.0.0.1:{rest_port}"


def wait_open(port: int) -> None:
    """Until something listens there, at most OPEN_S: later the robots ask again by themselves."""
    deadline = time.monotonic() + OPEN_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(POLL_S)


def options(values: Mapping[str, object]) -> list[str]:
    return [word for name, value in values.items() for word in (f"--{name}", str(value))]


def wait_healthy(plan: Plan, processes: Processes, stop: threading.Event) -> bool:
    """False when stopped meanwhile. Raises LocalError when something died or nothing answers."""
    deadline = time.monotonic() + HEALTH_S
    while not stop.wait(POLL_S):
        for child in processes.newly_dead():
            raise LocalError(obituary(child))
        if healthy(plan.port):
            return True
        if time.monotonic() > deadline:
            raise LocalError(
                f"The orchestrator does not answer after {HEALTH_S:.0f} s; see {plan.data_dir}/logs."
            )
    return False


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def introduce(plan: Plan, processes: Processes, world: str) -> None:
    """Five lines: what runs, where to look, how to submit, how to stop, where the data is."""
    pids = ", ".join(f"{child.name} {child.pid}" for child in processes.children)
    typer.echo(f"Running {short_name(plan.site)} with {len(plan.robots)} robots (process ids: {pids})")
    typer.echo(f"Look:    {plan.url} (API: {plan.url}/api/v1/docs; for `fleet sim state`: --world {world})")
    typer.echo(f"Submit:  {submit_example(plan)}")
    typer.echo("Stop:    Ctrl-C")
    typer.echo(f"Data:    {plan.data_dir.resolve()} (logs in logs/)")
    if plan.browser and has_display():
        webbrowser.open(plan.url)


def submit_example(plan: Plan) -> str:
    server = "" if plan.port == 8080 else f" --server {plan.url}"
    return f"on the page, with curl, or: fleet mission submit deliver from=A to=B pin=4711{server}"


def has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def look_after(plan: Plan, processes: Processes, stop: threading.Event) -> None:
    """Say when a child dies; let the imaginary staff act. Ends with a signal."""
    staff = staff_of(plan)
    while not stop.wait(TICK_S):
        for child in processes.newly_dead():
            typer.echo(f"{obituary(child)}. Start it again with: {child.command}", err=True)
        if not healthy(plan.port):
            continue
        staff.tick(time.monotonic())
        write_notes(plan, staff.notes)


def staff_of(plan: Plan) -> "Staff":
    from fleet.cli.client import Api
    from fleet.cli.demo_missions import Staff, Wishes

    api = Api(plan.url)
    wishes = Wishes(api.get("/site"), api.get("/templates"), plan.seed)
    return Staff(api, wishes, plan.seed, plan.data_dir / "demo-pins.json", plan.speed)


def obituary(child: Child) -> str:
    code = child.process.returncode
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    words = f": {said}" if (said := last_words(child)) else ""
    return f"{child.name} (process {child.pid}) {how}{words} (log: {child.log})"


def write_notes(plan: Plan, notes: list[str]) -> None:
    """What the server refused to the staff, for whoever wonders."""
    if not notes:
        return
    with (plan.data_dir / "logs" / "staff.log").open("a", encoding="utf-8") as file:
        file.writelines(f"{time.strftime('%H:%M:%S')} {note}\n" for note in notes)
    notes.clear()
