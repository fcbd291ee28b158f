"""Every bound and setting of the orchestrator, with its unit and the reason for its value."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maps.cursor import Cursor

SECONDS_MAX = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    heartbeat_s: float = 1.0
    """A robot is pinged this often; it stops being fresh in the console after three."""
    lost_s: float = 30.0
    """Silence after which a robot is lost. A lift shaft swallows radio for up to 20 s; the demo uses less."""
    ack_s: float = 5.0
    """An instant action not acknowledged by then raises an alert that names the robot."""
    refused_s: float = 30.0
    """A robot that refused an order gets no mission for this long: a person is looking at it."""
    resend_s: float = 3.0
    """An order or cancel without an answer is sent again after this."""
    resends_max: int = 20
    """Then the robot is named in an alert; sending goes on."""
    allocate_again_s: float = 5.0
    """A waiting mission is offered to the robots again at least this often."""
    charge_until_fraction: float = 0.9
    idle_charge_fraction: float = 0.6
    """An idle robot below this goes and charges, if a charger is free."""
    replan_s: float = 2.0
    """After a veto of the planner the same question is asked again this much later."""
    event_queue_max: int = 20_000
    """Events waiting for the single writer; beyond it HTTP answers 503 and links drop poses first."""
    missions_open_max: int = 50_000
    """Accepted and not ended; a hospital has hundreds."""
    missions_ended_kept: int = 500
    """Ended missions kept in the core's memory; older ones are in the database only."""
    request_keys_kept: int = 50_000
    """Callers' idempotency keys: a repeated request within this many gets its first answer."""
    history_lines_max: int = 200
    """Per mission."""
    alerts_handled_kept: int = 200
    task_attempts_max: int = 3
    """Robots that may try a task before the mission fails."""
    base_ahead_s: float = 12.0
    """How far ahead of the robot the released base reaches, at least one cell."""
    horizon_cells: int = 40
    """Cells shown to the robot beyond the base."""
    snapshot_rows: int = 2_000
    """Journal rows after which a snapshot is taken: replay stays under a second."""
    robots_max: int = 1_000


def settings_of(data: bytes, file: str) -> Settings:
    """Settings from YAML text ('lost_s: 12'). What is not said keeps its default.

    `file` is the name for complaints. Raises SiteError that names the line and the fix.
    """
    from maps.cursor import parse_yaml
    from maps.errors import SiteError

    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise SiteError("is no UTF-8 text", file=file, hint="write settings in YAML") from None
    known = [field.name for field in fields(Settings)]
    found = parse_yaml(text, file).fields((), known)
    return Settings(**{name: _value(name, entry) for name, entry in found.items()})


def _value(name: str, entry: "Cursor") -> Any:
    default = getattr(Settings(), name)
    value = entry.positive()
    if isinstance(default, int):
        return entry.integer()
    limit = 1.0 if name.endswith("_fraction") else SECONDS_MAX
    if value > limit:
        raise entry.error(f"{value:g} is above {limit:g}", f"write a number up to {limit:g}")
    return value
