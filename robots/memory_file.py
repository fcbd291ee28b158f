"""OrderMemory on disk: written whole or not at all, owned by one process."""

import fcntl
import logging
import os
import re
from pathlib import Path

import msgspec

from robots.agent_io import OrderMemory

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

log = logging.getLogger(__name__)


class MemoryFileError(Exception):
    """The memory cannot be used. The message names the file and the fix."""


class MemoryFile:
    def __init__(self, data_dir: Path, robot_id: str) -> None:
        """Raises MemoryFileError: bad id, unwritable directory, or another process runs this robot."""
        if not ID_PATTERN.fullmatch(robot_id):
            raise MemoryFileError(f"id is {robot_id!r}: use letters, digits, '-', '_' and '.', at most 64.")
        self._path = data_dir / f"{robot_id}.json"
        self._fresh = data_dir / f"{robot_id}.json.new"
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(data_dir / f"{robot_id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise MemoryFileError(
                f"Cannot write to {data_dir}: {error.strerror}. Choose another --data-dir."
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            text = f"Another process runs robot {robot_id} with {data_dir}: stop it, or give another --id."
            raise MemoryFileError(text) from error

    def load(self) -> OrderMemory | None:
        """What was remembered; None at the first start. An unreadable file is put aside and said."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=OrderMemory)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            aside = self._path.with_suffix(".broken")
            self._path.replace(aside)
            log.warning(
                "%s is unreadable (%s): moved to %s, starting without an order.", self._path, error, aside
            )
            return None

    def save(self, memory: OrderMemory) -> None:
        """On disk when it returns. Raises MemoryFileError (disk full): then nothing may be said."""
        try:
            with self._fresh.open("wb") as file:
                file.write(msgspec.json.encode(memory))
                file.flush()
                os.fsync(file.fileno())
            self._fresh.replace(self._path)
        except OSError as error:
            text = (
                f"Cannot write {self._path}: {error.strerror}. Free some space, then start the robot again."
            )
            raise MemoryFileError(text) from error

    def close(self) -> None:
        os.close(self._lock)
