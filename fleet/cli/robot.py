"""`fleet robot`: one robot as a process.

Parsed with argparse: twenty of them run on one machine, and Typer, httpx and rich would be half their memory.
"""

import argparse
import os
import re
import signal
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from fleet.cli.drivers import build_driver
from fleet.cli.limits import SPEED, in_range
from fleet.cli.logs import configure_logging
from fleet.errors import LocalError, UserError

if TYPE_CHECKING:
    from robots.drivers.base import Driver
    from robots.protocol import Factsheet

ROBOT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        text = f"{message[:1].upper()}{message[1:]}."
        raise UserError("USAGE", text, hint=f"See `{self.prog} --help`.")


def parser() -> Parser:
    found = Parser(
        prog="fleet robot",
        description="Run one robot and connect it to an orchestrator. Ends with Ctrl-C.",
        epilog="Also: fleet robot conform --help (any robot), fleet robot check-driver --help.",
        allow_abbrev=False,
    )
    say = found.add_argument
    say("--model", required=True, metavar="ID", help="service, patrol, auto_disinfection, triage_guide")
    say("--id", required=True, dest="robot_id", metavar="NAME", help="unique on the site, e.g. carrier-1")
    say("--server", default=os.environ.get("FLEET_SERVER", "http://127.0.0.1:8080"), metavar="URL")
    say("--driver", default="sim", metavar="NAME", help="installed, or python:FILE.py:CLASS (default: sim)")
    say(
        "--driver-option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of the driver; again for more",
    )
    say("--world", default="tcp://127.0.0.1:5580", metavar="ADDRESS", help="of `fleet sim serve`")
    say("--node", default=None, help="where the simulated body appears (default: a free charger)")
    say("--data-dir", type=Path, default=Path("data/robots"), metavar="DIR", help="it keeps its order there")
    say("--speed", type=float, default=1.0, help="how much faster than life, like the world's")
    say("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    return found


def run_robot(arguments: Sequence[str]) -> int:
    """Exit code of one robot's process. Raises UserError or LocalError in one sentence."""
    if arguments[:1] == ["conform"]:
        return int(import_module("fleet.cli.robot_conform").run_conform(arguments[1:]))
    if arguments[:1] == ["check-driver"]:
        return int(import_module("fleet.cli.robot_check_driver").run_check(arguments[1:]))
    try:
        given = parser().parse_args(arguments)
    except SystemExit as done:  # --help
        return int(done.code or 0)
    check(given)
    configure_logging(given.log_level)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return operate(given, stop)


def check(given: argparse.Namespace) -> None:
    """Raises UserError naming option, value and fix."""
    if not ROBOT_ID.fullmatch(given.robot_id):
        hint = "Use letters, digits, - and _, at most 41 of them, for example carrier-1."
        raise UserError("BAD_ID", f"--id '{given.robot_id}' is no robot id.", field="id", hint=hint)
    in_range("speed", given.speed, SPEED)


def operate(given: argparse.Namespace, stop: threading.Event) -> int:
    """Run until stop is set; what robots raise is told as the user's or our mistake."""
    from robots.drivers.base import DriverError
    from robots.memory_file import MemoryFileError
    from robots.profiles import ProfileError, load_profile
    from robots.runtime import run
    from robots.transport import TransportError

    try:
        driver = open_driver(given, load_profile(given.model))
        return run(given.robot_id, given.model, given.server, driver, given.data_dir, stop, speed=given.speed)
    except ProfileError as error:
        raise UserError("BAD_MODEL", str(error), field="model") from error
    except (DriverError, MemoryFileError, TransportError) as error:
        raise LocalError(str(error)) from error


def open_driver(given: argparse.Namespace, factsheet: "Factsheet") -> "Driver":
    """--world and --node are the simulated world's options, said shortly."""
    options = list(given.driver_option)
    if given.driver == "sim":
        options += [f"endpoint={given.world}"] if given.world else []
        options += [f"node={given.node}"] if given.node else []
    return build_driver(given.driver, options, given.robot_id, factsheet)
