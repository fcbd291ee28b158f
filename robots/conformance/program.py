"""The robot's own program, started and killed for the cases about restarts."""

import os
import shlex
import signal
import subprocess
from pathlib import Path

END_WAIT_S = 10.0


class ProgramError(Exception):
    """The program cannot be started. The message names the command and the fix."""


class Program:
    """A command line in a process group of its own, with FLEET_SERVER set; '{server}' in it is replaced.

    Its output goes to log_file. Raises ProgramError for an empty command.
    """

    def __init__(self, command: str, log_file: Path) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise ProgramError(f"--start is {command!r}: {error}. Mend the quotes.") from error
        if not self._words:
            raise ProgramError("--start is empty: give the command that runs your robot.")
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None
        self.server_url = ""

    def start(self) -> None:
        """Nothing when it runs. Raises ProgramError."""
        if self._process is not None and self._process.poll() is None:
            return
        words = [word.replace("{server}", self.server_url) for word in self._words]
        environment = {**os.environ, "FLEET_SERVER": self.server_url}
        try:
            with self._log_file.open("ab") as output:
                self._process = subprocess.Popen(
                    words, stdout=output, stderr=output, env=environment, start_new_session=True
                )
        except OSError as error:
            raise ProgramError(
                f"--start: {words[0]} cannot be run ({error.strerror}): mend the path."
            ) from error

    def has_ended(self) -> int | None:
        """Its exit code, once."""
        if self._process is None or self._process.poll() is None:
            return None
        code, self._process = self._process.returncode, None
        return code

    def end(self, *, hard: bool) -> None:
        """hard: killed at once, with its children. Else asked with SIGTERM, killed when it does not hear."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        self._signal(process, signal.SIGKILL if hard else signal.SIGTERM)
        try:
            process.wait(END_WAIT_S)
        except subprocess.TimeoutExpired:
            self._signal(process, signal.SIGKILL)
            process.wait()

    def _signal(self, process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
