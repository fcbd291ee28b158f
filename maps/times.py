"""Time windows of zones as people write them: "22:00-06:00", "mon-fri 12:00-14:00", "sat,sun 09:00-24:00".

Pure: the local weekday and second of the day come in; nothing here knows a clock. And a site's time zone.
"""

import re
from collections.abc import Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maps.elements import Window

DAY_S = 86_400.0
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = tuple(range(7))
HINT = "write 22:00-06:00, or mon-fri 12:00-14:00"
_PATTERN = re.compile(r"(?:([a-z,-]+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def parse_window(text: str) -> Window:
    """The window in these words. Raises ValueError that says what is wrong with them."""
    match = _PATTERN.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"'{text}' is not a time window")
    days, *numbers = match.groups()
    start_s, end_s = _second(*numbers[:2]), _second(*numbers[2:])
    if start_s >= DAY_S:
        raise ValueError(f"'{text}' starts after the end of the day")
    return Window(start_s=start_s, end_s=end_s, days=_days(days) if days else EVERY_DAY)


def window_text(window: Window) -> str:
    """The words that parse_window understands."""
    hours = f"{_clock(window.start_s)}-{_clock(window.end_s)}"
    if window.days == EVERY_DAY:
        return hours
    return f"{','.join(DAYS[day] for day in window.days)} {hours}"


def is_active(times: Sequence[Window], weekday: int, second_s: float) -> bool:
    """Whether a window is open at this second of this weekday (0 is Monday). No windows: always."""
    return not times or any(_open(window, weekday, second_s) for window in times)


def next_change_s(times: Sequence[Window], weekday: int, second_s: float) -> float | None:
    """Seconds until is_active may change; None when it never does."""
    now_s = weekday * DAY_S + second_s
    week_s = 7 * DAY_S
    edges = [
        (day * DAY_S + edge_s - now_s) % week_s or week_s
        for window in times
        for day in window.days
        for edge_s in (window.start_s, window.start_s + _length_s(window))
    ]
    return min(edges, default=None)


def known_zone(name: str) -> tzinfo | None:
    """The time zone of this name; None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def time_zone(name: str) -> tzinfo:
    """The time zone of this name; UTC for one that is not known, which `fleet map check` names."""
    return known_zone(name) or UTC


def _open(window: Window, weekday: int, second_s: float) -> bool:
    now_s = weekday * DAY_S + second_s
    return any(
        (now_s - day * DAY_S - window.start_s) % (7 * DAY_S) < _length_s(window) for day in window.days
    )


def _length_s(window: Window) -> float:
    length_s = window.end_s - window.start_s
    return length_s if length_s > 0.0 else length_s + DAY_S


def _second(hours: str, minutes: str) -> float:
    second = int(hours) * 3600.0 + int(minutes) * 60.0
    if int(minutes) > 59 or second > DAY_S:
        raise ValueError(f"'{hours}:{minutes}' is not a time of the day")
    return second


def _clock(second_s: float) -> str:
    minutes = round(second_s / 60.0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(text: str) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"'{part}' is no day")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found.update(dict.fromkeys((start + step) % 7 for step in range((end - start) % 7 + 1)))
    return tuple(sorted(found))
