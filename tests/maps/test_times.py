from datetime import UTC

import pytest

from maps.elements import Window
from maps.times import is_active, known_zone, next_change_s, parse_window, time_zone, window_text

HOUR_S = 3600.0
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


@pytest.mark.parametrize("text", ["22:00-06:00", "mon,tue,wed,thu,fri 12:00-14:30", "sat,sun 00:00-24:00"])
def test_window_is_written_as_it_is_read(text: str) -> None:
    assert window_text(parse_window(text)) == text


def test_days_may_be_a_range_over_the_weekend() -> None:
    assert parse_window("fri-mon 08:00-09:00").days == (0, 4, 5, 6)


@pytest.mark.parametrize("text", ["", "night", "25:00-26:00", "10:75-11:00", "xyz 10:00-11:00", "24:00-1:00"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|after the end"):
        parse_window(text)


def test_night_window_holds_until_the_next_morning_even_over_the_week_s_end() -> None:
    night = (parse_window("sun 22:00-06:00"),)
    assert is_active(night, SUNDAY, 23 * HOUR_S)
    assert is_active(night, MONDAY, 5 * HOUR_S)
    assert not is_active(night, MONDAY, 6 * HOUR_S)
    assert not is_active(night, SATURDAY, 23 * HOUR_S)


def test_no_window_holds_always_and_never_changes() -> None:
    assert is_active((), MONDAY, 0.0)
    assert next_change_s((), MONDAY, 0.0) is None


def test_next_change_is_the_nearest_edge() -> None:
    noon = (parse_window("12:00-14:00"),)
    assert next_change_s(noon, MONDAY, 11 * HOUR_S) == HOUR_S
    assert next_change_s(noon, MONDAY, 12 * HOUR_S) == 2 * HOUR_S
    assert next_change_s(noon, SUNDAY, 14 * HOUR_S) == 22 * HOUR_S


def test_whole_day_is_open_all_day() -> None:
    whole = (Window(start_s=0.0, end_s=24 * HOUR_S, days=(SATURDAY,)),)
    assert is_active(whole, SATURDAY, 24 * HOUR_S - 1.0)
    assert not is_active(whole, SUNDAY, 0.0)


def test_a_time_zone_that_is_not_known_is_utc() -> None:
    assert str(time_zone("Asia/Shanghai")) == "Asia/Shanghai"
    assert known_zone("Asia/Nowhere") is None
    assert time_zone("Asia/Nowhere") is time_zone("../secret") is UTC
