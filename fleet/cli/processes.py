"""Child processes of the demo: started together, watched, stopped together. Nothing is restarted here."""

import ctypes
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import UserError

STOP_S = 4.0
"""Between the polite signal and the other one; all must be gone within five seconds."""
POLL_S = 0.05
TAIL_LINES = 3
COMPLAINT = "Error: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    command: str
    """To start it again by hand."""

    @property
    def pid(self) -> int:
        return self.process.pid


class Processes:
    """Starts `python -m fleet ...` children whose output goes to a log file each."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self._reported: list[str] = []
        self.children: list[Child] = []

    def start(self, name: str, arguments: Sequence[str]) -> Child:
        log = self._log_dir / f"{name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "fleet", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )
        child = Child(name=name, process=process, log=log, command=shlex.join(["fleet", *arguments]))
        self.children.append(child)
        return child

    def newly_dead(self) -> list[Child]:
        """Children that have ended since the last call."""
        dead = [child for child in self.children if child.process.poll() is not None]
        fresh = [child for child in dead if child.name not in self._reported]
        self._reported += [child.name for child in fresh]
        return fresh

    def stop(self) -> None:
        """The first one goes first, alone, so that it does not see the others go; then all others at once."""
        deadline = time.monotonic() + STOP_S
        for group in (self.children[:1], self.children[1:]):
            for child in group:
                child.process.terminate()
            wait_for(group, min(deadline, time.monotonic() + STOP_S / 2))
        for child in self.children:
            if child.process.poll() is None:
                child.process.kill()
                child.process.wait()


def wait_for(children: Sequence[Child], deadline: float) -> None:
    """Until all have ended, or until then (time.monotonic)."""
    while time.monotonic() < deadline and any(child.process.poll() is None for child in children):
        time.sleep(POLL_S)


def die_with_parent() -> None:
    """In the child before exec: the kernel ends it when the demo is killed, so that no port stays taken."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def last_words(child: Child) -> str:
    """Its last sentence of complaint, else the end of its log, in one line."""
    lines = child.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if lines and lines[-1].startswith(COMPLAINT):
        return lines[-1].removeprefix(COMPLAINT)
    return " / ".join(line.strip() for line in lines[-TAIL_LINES:])


def require_free(port: int, option: str) -> None:
    """Raises UserError when something listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            hint = f"Choose another with {option} N, or stop what uses it."
            raise UserError(
                "PORT_IN_USE", f"Port {port} is in use ({error.strerror}).", field="port", hint=hint
            ) from error


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now; all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def require_folder(folder: Path) -> Path:
    """Make it. Raises UserError when it cannot be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            "NO_DATA_DIR",
            f"The folder {folder} cannot be made: {error.strerror}.",
            field="data_dir",
            hint="Choose another with --data-dir.",
        ) from error
    if not os.access(folder, os.W_OK):
        raise UserError(
            "NO_DATA_DIR",
            f"The folder {folder} cannot be written.",
            field="data_dir",
            hint="Mend its rights, or choose another with --data-dir.",
        )
    return folder
