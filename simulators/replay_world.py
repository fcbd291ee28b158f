"""Plays a recorded world: a table of robots that moves, what happened in words, and GET /state over REST."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from fleet.cli.limits import in_range
from fleet.cli.output import show_json
from fleet.errors import UserError
from simulators.recorded import About, Record, about, records
from simulators.rest import Answer, LoopbackHttp
from simulators.world_commands import in_words

SPEED = (0.1, 1000.0)
EVENTS_SHOWN = 6
REDRAW_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """How to play; seconds count from the recording's begin."""

    speed: float = 1.0
    start_s: float = 0.0
    end_s: float | None = None
    rest_port: int | None = None
    as_json: bool = False


def play(path: Path, how: Playing) -> None:
    """Raises UserError naming an option that does not fit the file."""
    found = about(path)
    in_range("speed", how.speed, SPEED)
    _check_times(found, how)
    if how.as_json:
        show_json(summary(found, path))
        return
    typer.echo(headline(found, path), err=True)
    with _rest(how.rest_port) as shown:
        _run(path, found, how, shown)


def headline(found: About, path: Path) -> str:
    end = "complete" if found.complete else "cut off: its last seconds (2 at the most) are lost"
    site, seed = found.facts.get("site", "unknown site"), found.facts.get("seed", "?")
    length_s = found.end_s - found.begin_s
    return f"{path}: {site}, seed {seed}, {length_s:.0f} s, {sum(found.counts.values())} messages, {end}"


def summary(found: About, path: Path) -> dict[str, Any]:
    """What the file holds and where everything was at its end."""
    last: dict[str, Any] = {}
    for _, _, message in records(path, ("/world/state",)):
        last = message
    return {
        "file": str(path),
        "complete": found.complete,
        "begin_s": found.begin_s,
        "end_s": found.end_s,
        "facts": found.facts,
        "messages": found.counts,
        "state": last,
    }


def _check_times(found: About, how: Playing) -> None:
    length_s = found.end_s - found.begin_s
    if not 0.0 <= how.start_s <= length_s:
        hint = f"The recording is {length_s:.1f} s long."
        raise UserError("OUT_OF_RANGE", f"--from is {how.start_s:g}.", field="from", hint=hint)
    if how.end_s is not None and how.end_s < how.start_s:
        hint = "Give a later time than --from."
        raise UserError("OUT_OF_RANGE", f"--to is {how.end_s:g}.", field="to", hint=hint)


class Shown:
    """The last state that was played, for REST; each is handed over whole."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}

    def answer(self, method: str, path: str, _body: Any) -> Answer:
        if (method, path) != ("GET", "/state"):
            return 404, {"message": f"{method} {path} does not exist in a replay; there is GET /state"}
        return 200, self.state


@contextlib.contextmanager
def _rest(port: int | None) -> Iterator[Shown]:
    shown = Shown()
    if port is None:
        yield shown
        return
    try:
        service = LoopbackHttp(shown.answer, port)
    except OSError as error:
        hint = "Choose another with --rest-port N."
        text = f"Port {port} is in use ({error.strerror})."
        raise UserError("PORT_IN_USE", text, field="rest_port", hint=hint) from error
    service.start()
    typer.echo(f"REST at http://127.0.0.1:{service.port}", err=True)
    try:
        yield shown
    finally:
        service.close()


def _run(path: Path, found: About, how: Playing, shown: Shown) -> None:
    screen = LiveScreen(found) if sys.stdout.isatty() else PlainScreen(found)
    with screen, contextlib.suppress(KeyboardInterrupt):
        for at_s, topic, message in _paced(path, found, how):
            if topic == "/world/state":
                shown.state = message
                screen.state(at_s, message)
            else:
                screen.event(at_s, message)


def _paced(path: Path, found: About, how: Playing) -> Iterator[Record]:
    """Each message when its time has come; what lies before --from at once."""
    begin_s = found.begin_s + how.start_s
    end_s = found.end_s if how.end_s is None else found.begin_s + how.end_s
    origin_s, wait = time.monotonic(), threading.Event()
    for at_s, topic, message in records(path, ("/world/state", "/world/events")):
        if at_s > end_s:
            return
        if at_s < begin_s:
            continue
        wait.wait(max(0.0, (at_s - begin_s) / how.speed - (time.monotonic() - origin_s)))
        yield at_s, topic, message


class PlainScreen:
    """Where nobody looks: what happened, a line each, and at the end where everything is."""

    def __init__(self, found: About) -> None:
        self._begin_s = found.begin_s
        self._last: dict[str, Any] = {}

    def __enter__(self) -> "PlainScreen":
        return self

    def __exit__(self, *_: object) -> None:
        for robot_id, body in sorted(self._last.get("bodies", {}).items()):
            where = f"{body['level']} ({body['x_m']:.1f}, {body['y_m']:.1f})"
            typer.echo(f"at the end: {robot_id} {where}, {in_words(body)}")

    def state(self, at_s: float, state: dict[str, Any]) -> None:
        del at_s
        self._last = state

    def event(self, at_s: float, event: dict[str, Any]) -> None:
        typer.echo(event_line(at_s - self._begin_s, event))


def event_line(at_s: float, event: dict[str, Any]) -> str:
    return f"{at_s:8.1f} s  {event['name']}: {event['message']}"


class LiveScreen(PlainScreen):
    """A table of robots that is drawn again as they move, and the last events below it."""

    def __init__(self, found: About) -> None:
        from rich.live import Live

        super().__init__(found)
        self._events: list[str] = []
        self._drawn_s = 0.0
        self._live = Live(auto_refresh=False)

    def __enter__(self) -> "LiveScreen":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def state(self, at_s: float, state: dict[str, Any]) -> None:
        if time.monotonic() - self._drawn_s >= REDRAW_S:
            self._drawn_s = time.monotonic()
            self._live.update(self._picture(at_s - self._begin_s, state), refresh=True)

    def event(self, at_s: float, event: dict[str, Any]) -> None:
        self._events = [*self._events, event_line(at_s - self._begin_s, event)][-EVENTS_SHOWN:]

    def _picture(self, at_s: float, state: dict[str, Any]) -> Any:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        drawn = Table(title=f"{state['site']}, {at_s:.1f} s", box=None, header_style="bold")
        for header in ("robot", "level", "x m", "y m", "m/s", "battery", "is"):
            drawn.add_column(header)
        for robot_id, body in sorted(state["bodies"].items()):
            numbers = (f"{body['x_m']:.1f}", f"{body['y_m']:.1f}", f"{body['speed_mps']:.1f}")
            battery = f"{100 * body['battery_fraction']:.0f} %"
            drawn.add_row(robot_id, body["level"], *numbers, battery, in_words(body))
        return Group(drawn, Text("\n".join(self._events)))
