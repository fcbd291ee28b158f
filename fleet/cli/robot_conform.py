"""`fleet robot conform`: plays the orchestrator against any robot and reports what it breaks."""

import argparse
import json
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Sequence
from math import radians
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.cli.limits import in_range
from fleet.cli.robot import Parser
from fleet.errors import LocalError, UserError

if TYPE_CHECKING:
    from robots.conformance.judge import Judge, Result
    from robots.conformance.script import Case
    from robots.conformance.talk import Settings
    from robots.protocol import Action

TRACK_M = (2.0, 50.0)
BROKEN = 1
MARKS = {"passed": "ok", "broken": "BROKEN", "not_applicable": "n/a", "not_run": "not run"}


def parser() -> Parser:
    found = Parser(
        prog="fleet robot conform",
        description="Play the orchestrator against a robot and report what of docs/protocol.md it breaks. "
        "The robot will MOVE: a few metres, straight ahead of where it stands.",
        allow_abbrev=False,
    )
    say = found.add_argument
    say(
        "--server",
        default="http://127.0.0.1:8080",
        metavar="URL",
        help="told to the robot: http:// or tcp://",
    )
    say(
        "--frames",
        default="",
        metavar="ADDRESS",
        help="of the frames socket (default: beside the control one)",
    )
    say("--start", default="", metavar="COMMAND", help="runs the robot; needed by cases that restart it")
    say("--track-m", type=float, default=4.0, metavar="M", help="free floor ahead of the robot (default: 4)")
    say("--heading", type=float, default=None, metavar="DEG", help="of the track (default: where it looks)")
    say("--action", default="", metavar="TYPE", help="a harmless action of this robot")
    say("--param", action="append", default=[], metavar="KEY=VALUE", help="of that action; again for more")
    say("--only", action="append", default=[], metavar="CASE", help="play this case; again for more")
    say("--skip", action="append", default=[], metavar="CASE", help="leave this case out; again for more")
    say("--list", action="store_true", help="show the cases and end")
    say("--json", action="store_true", help="print JSON for programs")
    say("--junit", type=Path, default=None, metavar="FILE", help="write JUnit XML too")
    return found


def run_conform(arguments: Sequence[str]) -> int:
    """Exit code: 0 it conforms, 1 something is broken. Raises UserError or LocalError in one sentence."""
    from robots.conformance.catalogue import UnknownCaseError, chosen

    try:
        given = parser().parse_args(arguments)
    except SystemExit as done:  # --help
        return int(done.code or 0)
    try:
        cases = chosen(given.only, given.skip)
    except UnknownCaseError as error:
        raise UserError("NO_CASE", f"{str(error).capitalize()}.", field="only") from error
    if given.list:
        show_list(cases, as_json=given.json)
        return 0
    return report(given, play(given, cases))


def play(given: argparse.Namespace, cases: "Sequence[Case]") -> "Sequence[Result]":
    """Judge the robot; Ctrl-C ends it with what is known by then."""
    from robots.conformance.judge import Judge
    from robots.conformance.program import Program, ProgramError
    from robots.conformance.stage import Stage, StageError, addresses
    from robots.transport import TransportError

    judge = Judge(cases, settings_of(given))
    log_file = Path(tempfile.gettempdir()) / f"fleet-robot-conform-{os.getpid()}.log"
    try:
        program = Program(given.start, log_file) if given.start else None
        control, frames, port = addresses(given.server, given.frames)
        stage = Stage(control, frames, port, program)
        announce(stage.url, stage.control_endpoint, stage.frames_endpoint, given, log_file)
        try:
            stage.play(judge, Teller(judge, len(cases)), Stopped())
        finally:
            stage.close()
    except (StageError, TransportError) as error:
        raise UserError("BAD_SERVER", str(error), field="server") from error
    except ProgramError as error:
        raise UserError("BAD_START", str(error), field="start") from error
    return judge.results


def settings_of(given: argparse.Namespace) -> "Settings":
    from robots.conformance.talk import Settings

    in_range("track-m", given.track_m, TRACK_M)
    return Settings(
        track_m=given.track_m,
        heading_rad=None if given.heading is None else radians(given.heading),
        run_id=f"conform-{uuid.uuid4().hex[:6]}",
        has_program=bool(given.start),
        action=action_of(given.action, given.param),
    )


def action_of(action_type: str, params: Sequence[str]) -> "Action | None":
    from robots.protocol import Action

    if not action_type:
        if params:
            hint = "Name the action with --action TYPE."
            raise UserError("NO_ACTION", "--param is given without --action.", field="param", hint=hint)
        return None
    return Action(action_id="conform", action_type=action_type, params=dict(map(pair_of, params)))


def pair_of(text: str) -> tuple[str, str | float | bool]:
    key, found, value = text.partition("=")
    if not found or not key:
        hint = "Write KEY=VALUE, for example dwell_s=2."
        raise UserError("BAD_PARAM", f"--param is '{text}'.", field="param", hint=hint)
    try:
        return key, float(value)
    except ValueError:
        return key, {"true": True, "false": False}.get(value, value)


class Stopped:
    """True after Ctrl-C or SIGTERM."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(self, "_asked", True))

    def __call__(self) -> bool:
        return self._asked


# -- showing -------------------------------------------------------------------------------------------


def announce(url: str, control: str, frames: str, given: argparse.Namespace, log_file: Path) -> None:
    note(f"Warning: the robot will MOVE, up to {given.track_m:g} m straight ahead. Keep that floor free.")
    note(f"Robots that ask for the endpoints: {url}/api/v1/link   control {control}   frames {frames}")
    if given.start:
        note(f"Starting: {given.start}   (its output: {log_file})")
    else:
        note("Start your robot now; it has 25 s. Cases that restart it need --start COMMAND.")


def note(text: str) -> None:
    sys.stderr.write(f"{text}\n")


class Teller:
    """A line on stderr for each case as it ends."""

    def __init__(self, judge: "Judge", total: int) -> None:
        self._judge = judge
        self._total = total

    def __call__(self, result: "Result") -> None:
        done = self._judge.results.index(result) + 1
        seen = f"  {result.seen}" if result.seen else ""
        mark = MARKS[result.verdict]
        note(f"{done:>3}/{self._total} {mark:<8} {result.case.case_id} ({result.took_s:.1f} s){seen}")


def report(given: argparse.Namespace, results: "Sequence[Result]") -> int:
    from robots.conformance.report import as_json, as_junit, conforms

    if given.junit is not None:
        try:
            given.junit.write_text(as_junit(results), encoding="utf-8")
        except OSError as error:
            raise LocalError(f"{given.junit} cannot be written: {error.strerror}. Choose another.") from error
    if given.json:
        sys.stdout.write(json.dumps(as_json(results), ensure_ascii=False, indent=2) + "\n")
    else:
        show(results)
    return 0 if results and conforms(results) else BROKEN


def show(results: "Sequence[Result]") -> None:
    from fleet.cli.output import table

    rows = [
        (
            r.case.case_id,
            MARKS[r.verdict],
            r.seen or r.case.says,
            r.case.hint if r.verdict == "broken" else "",
        )
        for r in results
    ]
    table(("CASE", "", "SEEN", "LOOK AT"), rows, empty="No case was played.")
    broken = [r.case.case_id for r in results if r.verdict in ("broken", "not_run")]
    words = (
        f"{len(broken)} of {len(results)} broken or not run: {', '.join(broken)}."
        if broken
        else "It conforms."
    )
    sys.stdout.write(f"{words}\n")


def show_list(cases: "Sequence[Case]", *, as_json: bool) -> None:
    from fleet.cli.output import table

    if as_json:
        rows = [{"case": c.case_id, "section": c.section, "says": c.says} for c in cases]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    rows_of = [(c.case_id, c.section, c.says) for c in cases]
    table(("CASE", "SECTION", "THE PROTOCOL SAYS"), rows_of, empty="No case is left.")
