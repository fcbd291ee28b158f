"""Zones with hours are closed when their hours begin, in the site's own time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fleet.core.events import ElementClosed
from fleet.timetable import Timetable
from maps.elements import Level, Site, Zone, ZoneKind
from maps.times import parse_window

BERLIN = "Europe/Berlin"


def site(*hours: str, time_zone: str = BERLIN, kind: ZoneKind = ZoneKind.NO_GO) -> Site:
    outline = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    times = tuple(parse_window(text) for text in hours)
    zone = Zone(zone_id="ward", level="L1", names={"en": "Ward"}, kind=kind, polygon=outline, times=times)
    level = Level(level_id="L1", names={"en": "1"}, elevation_m=0.0)
    return Site(
        site_id="s",
        names={"en": "s"},
        time_zone=time_zone,
        levels=(level,),
        nodes=(),
        edges=(),
        zones=(zone,),
    )


def at(text: str, time_zone: str = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).timestamp()


def play(table: Timetable, start_s: float, end_s: float) -> list[tuple[float, ElementClosed]]:
    """All closings between, with the time at which they were due."""
    now_s, found = start_s, []
    while now_s < end_s:
        found += [(now_s, event) for event in table.due(now_s)]
        now_s = max(table.next_s(now_s), now_s + 0.001)
    return found


def test_a_zone_is_closed_when_its_hours_begin_until_they_end() -> None:
    found = play(Timetable(site("22:00-06:00")), at("2026-03-02T12:00"), at("2026-03-04T12:00"))
    assert [(now_s, event.until_s) for now_s, event in found] == [
        (at("2026-03-02T22:00"), at("2026-03-03T06:00")),
        (at("2026-03-03T22:00"), at("2026-03-04T06:00")),
    ]
    assert found[0][1].because == "no entry 22:00-06:00"
    assert found[0][1].timed


def test_a_start_within_the_hours_closes_at_once() -> None:
    table = Timetable(site("22:00-06:00"))
    (event,) = table.due(at("2026-03-03T01:30"))
    assert event.until_s == at("2026-03-03T06:00")
    assert table.due(at("2026-03-03T01:31")) == ()


def test_windows_that_follow_on_each_other_are_one() -> None:
    (event,) = Timetable(site("12:00-14:00", "14:00-15:30")).due(at("2026-03-03T12:30"))
    assert event.until_s == at("2026-03-03T15:30")


def test_a_zone_that_is_closed_all_day_every_day_is_never_opened() -> None:
    (event,) = Timetable(site("00:00-24:00")).due(at("2026-03-03T12:30"))
    assert event.until_s is None


def test_summer_time_moves_the_hours_with_the_clock_on_the_wall() -> None:
    found = play(Timetable(site("08:00-09:00")), at("2026-03-28T12:00"), at("2026-03-29T12:00"))
    assert [now_s for now_s, _ in found] == [at("2026-03-29T08:00")]
    assert found[0][1].until_s == at("2026-03-29T09:00")
    (night,) = Timetable(site("01:00-04:00")).due(at("2026-03-29T01:30"))
    assert night.until_s == at("2026-03-29T04:00")


def test_days_of_the_week_are_kept() -> None:
    found = play(Timetable(site("sat,sun 09:00-10:00")), at("2026-03-02T00:00"), at("2026-03-09T00:00"))
    assert [now_s for now_s, _ in found] == [at("2026-03-07T09:00"), at("2026-03-08T09:00")]


def test_other_zones_are_not_its_business() -> None:
    assert Timetable(site("22:00-06:00", kind=ZoneKind.QUIET)).is_empty
    assert Timetable(site()).is_empty


def test_an_unknown_time_zone_counts_as_utc() -> None:
    (event,) = Timetable(site("10:00-11:00", time_zone="Mars/Base")).due(at("2026-03-03T10:30", "UTC"))
    assert event.until_s == at("2026-03-03T11:00", "UTC")
