import pytest

from simulators.faults import WeatherFront, apply_fault
from simulators.weather import DAY_S, Front, Sky
from simulators.world import World, WorldError, WorldSettings

HOURS = [1.8e9 + 3600.0 * hour for hour in range(24 * 14)]


def test_the_weather_is_a_function_of_seed_and_time_in_whatever_order_it_is_asked():
    forwards = [Sky(7, "Asia/Shanghai").at(now_s) for now_s in HOURS]
    sky = Sky(7, "Asia/Shanghai")
    assert [sky.at(now_s) for now_s in reversed(HOURS)] == forwards[::-1]
    assert [Sky(8, "Asia/Shanghai").at(now_s) for now_s in HOURS] != forwards


def test_over_many_seeds_it_rains_now_and_then_and_stays_within_what_is_usual():
    weather = [Sky(seed, "UTC").at(now_s) for seed in range(20) for now_s in HOURS]
    wet = sum(w.rain_mm_h > 0.0 for w in weather) / len(weather)
    assert 0.02 < wet < 0.4
    assert all(0.0 <= w.wind_mps <= 5.0 and 0.0 <= w.gust_mps <= 7.5 for w in weather)
    assert all(-10.0 < w.temperature_c < 40.0 and 0.0 < w.humidity_fraction < 1.0 for w in weather)


def test_a_front_replaces_what_it_states_and_leaves_the_rest():
    sky, plain = Sky(3, "UTC"), Sky(3, "UTC").at(1e9)
    sky.front = Front(wind_mps=9.0)
    assert (sky.at(1e9).wind_mps, sky.at(1e9).rain_mm_h) == (9.0, plain.rain_mm_h)
    sky.front = Front()
    assert sky.at(1e9) == plain


def test_a_settled_sky_is_dry_and_nearly_calm():
    assert all((w := Sky(3, "UTC", settled=True).at(t)).rain_mm_h == 0.0 and w.wind_mps == 1.0 for t in HOURS)


def test_it_is_light_at_noon_and_dark_at_midnight_of_the_sites_own_day():
    noon_utc_s = 1_800_000_000.0 // DAY_S * DAY_S + DAY_S / 2
    assert (Sky(1, "UTC").daylight(noon_utc_s), Sky(1, "UTC").daylight(noon_utc_s + DAY_S / 2)) == (1.0, 0.0)
    assert Sky(1, "Asia/Shanghai").daylight(noon_utc_s) == 0.0  # eight in the evening


def test_a_front_that_no_sky_holds_is_refused(corridor):
    world = World(corridor, 1, 1000.0, WorldSettings(walkers=0))
    with pytest.raises(WorldError, match=r"wind_mps is -1\.0; give 0 to 40"):
        apply_fault(world, WeatherFront(wind_mps=-1.0))
