"""Rain in front of a camera: streaks that fall with the wind, drawn from the time alone."""

import math

import cv2
import numpy as np

from simulators.raycast import Image
from simulators.weather import Weather

STREAKS_PER_MM_H = 25
STREAKS_MAX = 500
STREAK_PX = 26
BRIGHT = 60
PERIOD_S = 0.04
"""Streaks of one such period are the same ones."""


def fall(image: Image, weather: Weather, now_s: float) -> None:
    """Draw into the picture; without rain nothing."""
    count = min(STREAKS_MAX, int(STREAKS_PER_MM_H * weather.rain_mm_h))
    if count == 0:
        return
    height, width = image.shape[:2]
    rng = np.random.default_rng(int(now_s / PERIOD_S))
    tops = rng.integers((-STREAK_PX, 0), (width, height), size=(count, 2))
    lengths = rng.integers(STREAK_PX // 3, STREAK_PX, size=count)
    lean = math.tan(min(0.6, 0.07 * weather.gust_mps))
    ends = tops + np.stack([lean * lengths, lengths], axis=1).astype(int)
    streaks = np.zeros_like(image)
    lines = np.stack([tops, ends], axis=1).astype(np.int32)
    cv2.polylines(streaks, list(lines), False, (BRIGHT, BRIGHT, BRIGHT), 1)
    cv2.add(image, streaks, image)
