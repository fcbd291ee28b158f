"""`fleet robot check-driver`: plays the agent against a driver and reports what it breaks."""

import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing

from fleet.cli.drivers import build_driver
from fleet.cli.limits import in_range
from fleet.cli.robot import Parser
from fleet.cli.robot_conform import TRACK_M, note
from fleet.errors import LocalError, UserError

BROKEN = 1


def parser() -> Parser:
    found = Parser(
        prog="fleet robot check-driver",
        description="Play the agent against a driver and report what of docs/drivers.md it breaks. "
        "The body will MOVE: a few metres, straight ahead of where it stands.",
        allow_abbrev=False,
    )
    say = found.add_argument
    say("--driver", required=True, metavar="NAME", help="installed, or python:FILE.py:CLASS")
    say("--driver-option", action="append", default=[], metavar="KEY=VALUE", help="again for more")
    say("--model", default="service", metavar="ID", help="whose factsheet the driver gets (default: service)")
    say("--id", default="driver-check", dest="robot_id", metavar="NAME")
    say("--track-m", type=float, default=4.0, metavar="M", help="free floor ahead (default: 4)")
    say("--json", action="store_true", help="print JSON for programs")
    return found


def run_check(arguments: Sequence[str]) -> int:
    """Exit code: 0 it keeps to the interface, 1 something is broken. Raises UserError or LocalError."""
    from robots.drivers.base import DriverError
    from robots.drivers.check import Finding, check
    from robots.profiles import ProfileError, load_profile

    try:
        given = parser().parse_args(arguments)
    except SystemExit as done:  # --help
        return int(done.code or 0)
    in_range("track-m", given.track_m, TRACK_M)
    try:
        driver = build_driver(given.driver, given.driver_option, given.robot_id, load_profile(given.model))
        note(f"Warning: the body will MOVE, up to {given.track_m:g} m straight ahead. This takes a minute.")
        driver.open()
        with closing(driver):
            found: list[Finding] = check(driver, time.monotonic, given.track_m, time.sleep)
    except ProfileError as error:
        raise UserError("BAD_MODEL", str(error), field="model") from error
    except DriverError as error:
        raise LocalError(str(error)) from error
    rows = [(item.name, item.says, item.seen) for item in found]
    show(rows, as_json=given.json)
    return BROKEN if any(seen for _, _, seen in rows) else 0


def show(rows: Sequence[tuple[str, str, str]], *, as_json: bool) -> None:
    if as_json:
        told = [{"check": name, "says": says, "kept": not seen, "seen": seen} for name, says, seen in rows]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    from fleet.cli.output import table

    marked = [(name, "BROKEN" if seen else "ok", seen or says) for name, says, seen in rows]
    table(("CHECK", "", "SEEN"), marked, empty="Nothing was checked.")
