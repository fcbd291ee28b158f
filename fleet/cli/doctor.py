"""`fleet doctor`: what is missing on this machine, and how to mend it."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.output import AsJson, show_json, single, table

app = single()
PYTHON_MIN = (3, 11)
DISK_MIN_BYTES = 1_000_000_000
PORTS = {8080: "HTTP and console", 5570: "robots", 5571: "camera frames", 5580: "simulated world"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
IMPORTS = {
    "fastapi": "fastapi",
    "msgspec": "msgspec",
    "networkx": "networkx",
    "numba": "numba",
    "numpy": "numpy",
    "opencv-python": "cv2",
    "pyyaml": "yaml",
    "pyzmq": "zmq",
    "rich": "rich",
    "shapely": "shapely",
    "sqlmodel": "sqlmodel",
    "transitions": "transitions",
    "typer": "typer",
    "uvicorn": "uvicorn",
    "websockets": "websockets",
}
"""Distribution to module, for an environment in which CityFleet itself is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    name: str
    state: str
    """ok, warning (something will not work), error (nothing will)."""
    found: str
    fix: str = ""


@app.command("doctor")
def doctor(
    data_dir: Annotated[Path, typer.Option(help="Where the orchestrator keeps its data.")] = Path("data"),
    json: AsJson = False,
) -> None:
    """Check this machine. Exit code 1 when something is missing without which nothing runs."""
    checks = examine(data_dir)
    if json:
        show_json([asdict(check) for check in checks])
    else:
        rows = ((check.state, check.name, check.found, check.fix) for check in checks)
        table(("", "what", "found", "fix"), rows, empty="")
    if any(check.state == "error" for check in checks):
        raise typer.Exit(1)


def examine(data_dir: Path) -> list[Check]:
    examinations: list[Callable[[], Check]] = [
        python_version,
        packages,
        installation,
        console_built,
        lambda: writable("data folder", data_dir, "Choose another with --data-dir, or mend its rights."),
        lambda: disk_space(data_dir),
        numba_cache,
        chromium,
        *(lambda port=port, use=use: port_free(port, use) for port, use in PORTS.items()),
    ]
    return [examination() for examination in examinations]


def python_version() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= PYTHON_MIN
    fix = (
        "" if good else f"Install Python {PYTHON_MIN[0]}.{PYTHON_MIN[1]} or newer and run `make demo` again."
    )
    return Check(name="Python", state="ok" if good else "error", found=found, fix=fix)


def packages() -> Check:
    missing = [name for name, module in IMPORTS.items() if find_spec(module) is None]
    if missing:
        fix = "Run `make demo`, or `pip install --require-hashes -r requirements.lock`."
        return Check(name="packages", state="error", found=f"missing: {', '.join(missing)}", fix=fix)
    return Check(name="packages", state="ok", found=f"all {len(IMPORTS)}")


def installation() -> Check:
    try:
        found = installed("cityfleet")
        requires("cityfleet")
    except PackageNotFoundError:
        fix = "Run `pip install -e .` in the project's folder; `fleet sim` and the simulated robots need it."
        return Check(name="installation", state="warning", found="CityFleet is not installed", fix=fix)
    return Check(name="installation", state="ok", found=f"cityfleet {found}")


def console_built() -> Check:
    folder = console_folder()
    if (folder / "index.html").is_file():
        return Check(name="console", state="ok", found=str(folder))
    fix = "Run `make demo`, or `pip install -e .`: it builds the console."
    return Check(name="console", state="warning", found="not built", fix=fix)


def console_folder() -> Path:
    return Path(__file__).parents[1] / "console" / "dist"


def nearest_existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    found = folder.resolve()
    while not found.exists():
        found = found.parent
    return found


def writable(name: str, folder: Path, fix: str) -> Check:
    place = nearest_existing(folder)
    good = place.is_dir() and os.access(place, os.W_OK)
    found = f"{folder} {'can' if good else 'cannot'} be written"
    return Check(name=name, state="ok" if good else "error", found=found, fix="" if good else fix)


def disk_space(folder: Path) -> Check:
    free = shutil.disk_usage(nearest_existing(folder)).free
    good = free >= DISK_MIN_BYTES
    fix = "" if good else "Free some space: without it no mission is accepted."
    return Check(name="disk", state="ok" if good else "warning", found=f"{free / 1e9:.1f} GB free", fix=fix)


def numba_cache() -> Check:
    """Numba keeps compiled code beside the source, or in NUMBA_CACHE_DIR; else every start costs a minute."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR", Path(__file__).parents[2] / "simulators"))
    found = writable("numba cache", folder, "Set NUMBA_CACHE_DIR to a folder that can be written.")
    return found if found.state == "ok" else Check(**{**asdict(found), "state": "warning"})


def chromium() -> Check:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found:
        return Check(name="Chromium (tests)", state="ok", found=found)
    fix = "Only the browser tests need it: apt-get install chromium."
    return Check(name="Chromium (tests)", state="warning", found="not found", fix=fix)


def port_free(port: int, use: str) -> Check:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fix = (
                "Stop what uses it, or choose another with --port." if port == 8080 else "Stop what uses it."
            )
            return Check(name=f"port {port}", state="warning", found=f"in use ({use})", fix=fix)
    return Check(name=f"port {port}", state="ok", found=f"free ({use})")
