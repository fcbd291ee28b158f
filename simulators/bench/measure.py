"""What every benchmark prints beside its figures: machine, commit, and a fixed kernel to scale by."""

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

CALIBRATION_ROUNDS = 2_000_000
Row = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    rows: list[Row]

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "commit": commit(),
            "machine": f"{os.cpu_count()} x {platform.machine()}, Python {platform.python_version()}",
            "calibration_cpu_s": round(calibration_cpu_s(), 4),
            "rows": self.rows,
        }


def commit() -> str:
    """The checkout's commit, with a + when it has changes; 'unknown' outside a checkout."""
    root = Path(__file__).parents[2]
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def calibration_cpu_s() -> float:
    """CPU seconds of a fixed loop: compare figures of two machines by their ratio to it."""
    start_s = time.process_time()
    total = 0
    for number in range(CALIBRATION_ROUNDS):
        total += number & 7
    if total < 0:
        raise ArithmeticError("a sum of positive numbers is negative")
    return time.process_time() - start_s


def percentile(values: list[float], fraction: float) -> float:
    """Nearest rank. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]
