"""Zones that nobody enters at some hours: when the core must be told to close them.

The hours are the site's (its time zone, summer time included). A closing says until when, so the core opens
by itself. Nothing here sleeps: whoever drives it asks due() now and then, at next_s() at the latest.
"""

from datetime import datetime, timedelta

from fleet.core.events import ElementClosed
from maps.elements import Site, Zone, ZoneKind
from maps.times import is_active, next_change_s, time_zone, window_text
from missions.planning.closures import ElementKind

BY = "timetable"
LOOK_S = 60.0
"""Between two looks at the latest: a clock that was set is noticed."""
CHANGES_MAX = 200
"""Changes that are looked at to find a window's end; a zone that is still closed then is closed for good."""


class Timetable:
    """One for each run: what was said by an earlier run is said again, which changes nothing."""

    def __init__(self, site: Site) -> None:
        self._zone = time_zone(site.time_zone)
        self._timed = tuple(zone for zone in site.zones if zone.kind is ZoneKind.NO_GO and zone.times)
        self._closed_until_s: dict[str, float] = {}
        self._next_s = 0.0

    @property
    def is_empty(self) -> bool:
        return not self._timed

    def due(self, now_s: float) -> tuple[ElementClosed, ...]:
        """Closings to be said now (Unix seconds); each window is said once."""
        if self.is_empty or now_s < self._next_s:
            return ()
        events = [event for zone in self._timed for event in self._close(zone, now_s)]
        self._next_s = min((now_s + LOOK_S, *(self._change_s(zone, now_s) for zone in self._timed)))
        return tuple(events)

    def next_s(self, now_s: float) -> float:
        """When due is to be asked again."""
        return max(now_s, self._next_s)

    def _close(self, zone: Zone, now_s: float) -> list[ElementClosed]:
        if not self._is_active(zone, now_s) or self._closed_until_s.get(zone.zone_id, 0.0) > now_s:
            return []
        until_s = self._end_s(zone, now_s)
        self._closed_until_s[zone.zone_id] = now_s + 7 * 86_400.0 if until_s is None else until_s
        hours = ", ".join(window_text(window) for window in zone.times)
        return [
            ElementClosed(
                kind=ElementKind.ZONE,
                element_id=zone.zone_id,
                by=BY,
                because=f"no entry {hours}",
                until_s=until_s,
                timed=True,
            )
        ]

    def _end_s(self, zone: Zone, now_s: float) -> float | None:
        """When the windows that are open now have ended; None: they follow on each other without end."""
        for _ in range(CHANGES_MAX):
            now_s = self._change_s(zone, now_s)
            if not self._is_active(zone, now_s):
                return now_s
        return None

    def _is_active(self, zone: Zone, now_s: float) -> bool:
        local = datetime.fromtimestamp(now_s, self._zone)
        return is_active(zone.times, local.weekday(), _second_s(local))

    def _change_s(self, zone: Zone, now_s: float) -> float:
        """The next change, by the clock on the wall: on the day of a time shift it comes an hour off."""
        local = datetime.fromtimestamp(now_s, self._zone)
        ahead_s = next_change_s(zone.times, local.weekday(), _second_s(local)) or LOOK_S
        wall = local.replace(tzinfo=None) + timedelta(seconds=ahead_s)
        return max(wall.replace(tzinfo=self._zone).timestamp(), now_s + 0.001)


def _second_s(local: datetime) -> float:
    return local.hour * 3600.0 + local.minute * 60.0 + local.second + local.microsecond / 1e6
