"""Words that scenario files use for times, hours and values. Every complaint names its line."""

import re
from datetime import datetime, timedelta
from typing import Any

import yaml

from maps.cursor import Cursor
from maps.times import DAYS, time_zone

UNITS_S = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0}
MONDAY = datetime(2027, 1, 18)
"""By the clock of the site; any week would do."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|h|)")
_CLOCK = re.compile(r"(?:([a-z]{3}) )?(\d{1,2}):(\d{2})")


def seconds(cursor: Cursor) -> float:
    """'90', '90 s', '5 min' or '1.5 h'."""
    text = cursor.text()
    value = span_s(text)
    if value is None:
        raise cursor.error(f"'{text}' is not a time", "write 90 s, 5 min or 1.5 h")
    return value


def span_s(text: str) -> float | None:
    """The same of plain text; None: it is no time."""
    match = _SPAN.fullmatch(text.strip())
    return float(match[1]) * UNITS_S[match[2]] if match else None


def positive_seconds(cursor: Cursor) -> float:
    value = seconds(cursor)
    if value <= 0.0:
        raise cursor.error(f"'{cursor.text()}' is no time at all", "write more than 0 s")
    return value


def clock(cursor: Cursor, zone_name: str) -> float:
    """'22:00' or 'sat 09:30' by the site's clock, as Unix seconds in a fixed week; no day means Monday."""
    text = cursor.text()
    match = _CLOCK.fullmatch(text.strip().lower())
    day = DAYS.index(match[1]) if match and match[1] in DAYS else 0
    if match is None or (match[1] and match[1] not in DAYS) or int(match[2]) > 23 or int(match[3]) > 59:
        raise cursor.error(f"'{text}' is not a time of day", 'write "22:00" or "sat 09:30", in quotes')
    return monday_s(24 * day + int(match[2]), int(match[3]), zone_name)


def monday_s(hours: int, minutes: int, zone_name: str) -> float:
    """Unix seconds, so long after the week began by the site's clock."""
    local = MONDAY + timedelta(hours=hours, minutes=minutes)
    return local.replace(tzinfo=time_zone(zone_name)).timestamp()


def names(cursor: Cursor) -> dict[str, str]:
    """Text by language, English at least."""
    found = {language: value.text() for language, value in cursor.entries().items()}
    if "en" not in found:
        raise cursor.error("has no text in en", "write {en: ..., zh-CN: ...}")
    return found


def words(cursor: Cursor) -> tuple[str, ...]:
    """One word, or a list of them."""
    if cursor.is_list():
        return tuple(item.text() for item in cursor.items())
    return (cursor.text(),)


def plain(cursor: Cursor) -> Any:
    """The value as YAML means it: numbers, truth, text, lists, mappings."""
    try:
        return yaml.constructor.SafeConstructor().construct_document(cursor.node)
    except yaml.YAMLError as error:
        raise cursor.error(f"cannot be used ({' '.join(str(error).split())})", "write plain values") from None


def one_key(fields: dict[str, Cursor], kinds: tuple[str, ...], row: Cursor) -> str:
    """The one of kinds that is there: it says what a row is about."""
    found = [kind for kind in kinds if kind in fields]
    if len(found) != 1:
        said = " and ".join(f"'{kind}'" for kind in found) or "none of them"
        raise row.error(f"must say one of {', '.join(kinds)}, and says {said}", "write exactly one")
    return found[0]
