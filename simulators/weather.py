"""The weather outdoors and the daylight, as functions of the time: the same whatever asks, in any order.

Each quantity is a mean, a daily wave and slower and faster waves whose phases come from the seed; gusts are
waves of seconds. A front is a fault: it replaces what it states.
Left out: seasons, clouds that move, the sun's true course.
"""

import math
import random
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

DAY_S = 86400.0
HOUR_S = 3600.0
SUNRISE_H, SUNSET_H = 6.0, 18.5
TWILIGHT_H = 0.75
RAIN_FROM = 0.82
"""Rain falls while the wave of wetness is above this; about one hour in seven."""
RAIN_MM_H_MAX = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    wind_mps: float
    """Mean over the last minutes."""
    gust_mps: float
    """Wind at this moment."""
    wind_to_rad: float
    """Where it blows to, counter-clockwise from east."""
    rain_mm_h: float
    temperature_c: float
    humidity_fraction: float


@dataclass(frozen=True, slots=True)
class Front:
    """Weather on demand; None leaves a quantity as it is."""

    wind_mps: float | None = None
    rain_mm_h: float | None = None


class Sky:
    """settled: no rain and a light air, whatever the seed; fronts still come."""

    def __init__(self, seed: int, time_zone: str, *, settled: bool = False) -> None:
        rng = random.Random(f"weather {seed}")
        self._phases = {
            name: tuple(rng.uniform(0.0, math.tau) for _ in range(4))
            for name in ("wind", "gust", "direction", "rain", "temperature")
        }
        self._zone = ZoneInfo(time_zone)
        self._settled = settled
        self.front = Front()

    def at(self, now_s: float) -> Weather:
        wind_mps, rain_mm_h = self._wind_mps(now_s), self._rain_mm_h(now_s)
        if self._settled:
            wind_mps, rain_mm_h = 1.0, 0.0
        wind_mps = wind_mps if self.front.wind_mps is None else self.front.wind_mps
        rain_mm_h = rain_mm_h if self.front.rain_mm_h is None else self.front.rain_mm_h
        gust = 0.5 * self._wave("gust", now_s, (7.0, 13.0, 31.0, 67.0))
        temperature_c = 18.0 + 5.0 * math.sin(math.tau * (self.hour(now_s) - 9.0) / 24.0)
        temperature_c += 3.0 * self._wave("temperature", now_s, (2.6, 5.1, 9.3, 17.0), DAY_S)
        return Weather(
            wind_mps=wind_mps,
            gust_mps=wind_mps * (1.0 + gust),
            wind_to_rad=math.pi * self._wave("direction", now_s, (0.4, 0.9, 2.3, 6.1), DAY_S),
            rain_mm_h=rain_mm_h,
            temperature_c=temperature_c - (2.0 if rain_mm_h > 0.0 else 0.0),
            humidity_fraction=min(0.98, max(0.25, 0.95 - 0.018 * temperature_c + 0.02 * rain_mm_h)),
        )

    def daylight(self, now_s: float) -> float:
        """0 at night, 1 by day, between in the twilight."""
        hour = self.hour(now_s)
        return min(1.0, max(0.0, 0.5 + min(hour - SUNRISE_H, SUNSET_H - hour) / TWILIGHT_H))

    def hour(self, now_s: float) -> float:
        """Of the site's day, 0 to 24."""
        local = datetime.fromtimestamp(now_s, self._zone)
        return local.hour + local.minute / 60.0 + local.second / 3600.0

    def _wind_mps(self, now_s: float) -> float:
        return max(0.0, 2.5 + 2.5 * self._wave("wind", now_s, (0.11, 0.31, 1.0, 2.7), DAY_S))

    def _rain_mm_h(self, now_s: float) -> float:
        wet = 0.5 + 0.5 * self._wave("rain", now_s, (0.07, 0.19, 0.53, 1.7), DAY_S) / 0.6
        return RAIN_MM_H_MAX * min(1.0, max(0.0, (wet - RAIN_FROM) / (1.0 - RAIN_FROM)))

    def _wave(self, name: str, now_s: float, periods: tuple[float, ...], unit_s: float = 1.0) -> float:
        """Mean of four sines, within -1 to 1."""
        phases = self._phases[name]
        return math.fsum(
            math.sin(math.tau * now_s / (period * unit_s) + phase)
            for period, phase in zip(periods, phases, strict=True)
        ) / len(phases)
