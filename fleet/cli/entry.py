"""The top of every command: what it raises becomes one sentence on stderr and an exit code.

2: the user's mistake. 1: ours, or the machine's; what is unexpected goes to a log file with its traceback.
"""

import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from fleet.errors import FleetError, UserError

USER, OURS, INTERRUPTED = 2, 1, 130


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit code and never raises."""
    try:
        return dispatch(arguments)
    except UserError as error:
        return fail(str(error), USER)
    except FleetError as error:
        return fail(str(error), OURS)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader (head, less) has left; without this Python complains again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OURS
    except Exception as error:  # noqa: BLE001 - the loop top
        return fail(unexpected(error), OURS)


def dispatch(arguments: list[str]) -> int:
    """`fleet robot` runs without Typer: a robot's process stays small and starts at once."""
    if arguments[:1] == ["robot"]:
        from fleet.cli.robot import run_robot

        return run_robot(arguments[1:])
    from fleet.cli.app import run_application

    return run_application(arguments)


def fail(message: str, code: int) -> int:
    sys.stderr.write(f"Error: {' '.join(message.split())}\n")
    return code


def unexpected(error: Exception) -> str:
    path = error_log()
    text = "".join(traceback.format_exception(error))
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"--- {stamp} fleet {' '.join(sys.argv[1:])}\n{text}")
    return f"{type(error).__name__}: {error}. This is our mistake; the details are in {path}."


def error_log() -> Path:
    """FLEET_ERROR_LOG, or a file in the temporary folder."""
    return Path(os.environ.get("FLEET_ERROR_LOG", Path(tempfile.gettempdir()) / "cityfleet-errors.log"))
