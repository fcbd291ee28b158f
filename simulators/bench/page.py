"""docs/benchmarks.md from the JSON lines of `fleet bench all --json`: every figure in it was measured.

python -m simulators.bench.page RESULTS.jsonl > docs/benchmarks.md

A later line of the same benchmark takes the place of an earlier one.
"""

import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table."""

    what: str
    goal: str
    limit: float
    at_least: bool
    measured: Callable[[Rows], float]
    unit: str

    def line(self, rows: Rows) -> str:
        try:
            value = self.measured(rows)
        except (KeyError, StopIteration, ValueError):
            return f"| {self.what} | {self.goal} | | not measured |"
        met = value >= self.limit if self.at_least else value <= self.limit
        ratio = value / self.limit if self.at_least else self.limit / value
        word = "reached" if met else f"**{ratio:.2f} of the goal**"
        return f"| {self.what} | {self.goal} | {value:g} {self.unit} | {word} |"


def _slowest(rows: Rows) -> float:
    """A file that was refused counts as endless."""
    if any("refused" in row for row in rows["maps"]):
        return math.inf
    return max(float(row["cpu_s"]) for row in rows["maps"] if row["what"] == "import")


def _of(rows: Rows, name: str, what: str = "") -> dict[str, Any]:
    return next(row for row in rows[name] if not what or row.get("what") == what)


GOALS = (
    Goal(
        "POST to order at the robot, durable, p50, 200 robots at 10 poses/s",
        "≤ 0.010 s",
        0.010,
        False,
        lambda r: float(_of(r, "dispatch", "post_to_order")["p50_s"]),
        "s",
    ),
    Goal(
        "the same, p99",
        "≤ 0.030 s",
        0.030,
        False,
        lambda r: float(_of(r, "dispatch", "post_to_order")["p99_s"]),
        "s",
    ),
    Goal(
        "short missions pinned to robots, ended",
        "≥ 500/s",
        500,
        True,
        lambda r: float(_of(r, "dispatch", "pinned")["ended_per_s"]),
        "/s",
    ),
    Goal(
        "short missions allocated, ended",
        "≥ 200/s",
        200,
        True,
        lambda r: float(_of(r, "dispatch", "allocated")["ended_per_s"]),
        "/s",
    ),
    Goal(
        "poses a core of the whole orchestrator could take",
        "≥ 50,000/s",
        50_000,
        True,
        lambda r: float(_of(r, "ingest")["poses_per_core_s"]),
        "/s",
    ),
    Goal(
        "journalled events",
        "≥ 5,000/s",
        5_000,
        True,
        lambda r: float(_of(r, "journal")["events_per_s"]),
        "/s",
    ),
    Goal(
        "recovery with 10,000 missions and 200 robots, CPU",
        "≤ 1 s",
        1.0,
        False,
        lambda r: float(_of(r, "recover")["cpu_s"]),
        "s",
    ),
    Goal(
        "orchestrator's memory after it, 200 robots",
        "≤ 300 MB",
        300,
        False,
        lambda r: round(float(_of(r, "dispatch", "memory")["orchestrator_bytes"]) / 1e6),
        "MB",
    ),
    Goal("import of the slowest public map file, CPU", "≤ 3 s", 3.0, False, _slowest, "s"),
    Goal(
        "road map of pal_hospital, CPU",
        "≤ 5 s",
        5.0,
        False,
        lambda r: float(_of(r, "maps", "road_map")["cpu_s"]),
        "s",
    ),
    Goal(
        "route on 5,041 nodes, to a goal that was asked for before, CPU",
        "≤ 0.0001 s",
        0.0001,
        False,
        lambda r: float(_of(r, "maps", "route")["cpu_s"]),
        "s",
    ),
    Goal(
        "distances of all pairs of 1,936 nodes, CPU",
        "≤ 0.5 s",
        0.5,
        False,
        lambda r: float(_of(r, "maps", "all_pairs")["cpu_s"]),
        "s",
    ),
    Goal(
        "closing a lane on 5,041 nodes until the ways to all 51 goals are right again, CPU",
        "≤ 0.010 s",
        0.010,
        False,
        lambda r: float(_of(r, "maps", "close_lane")["cpu_s"]),
        "s",
    ),
)

HEAD = """# Benchmarks

Made by `python -m simulators.bench.page` from `fleet bench all --json --data ../shared/data`;
nothing in it is typed by hand.
The load (robots, callers) runs on the same two cores as the orchestrator. Compare ratios and CPU, not clocks.
For comparison, NVIDIA Isaac Mission Dispatch on such a machine: POST to order 0.041 / 0.071 s (p50 / p99)
with one robot, 0.090 / 0.211 s with ten, saturated at 50; 23 missions a second at best.

"""


def page(lines: list[str]) -> str:
    latest = {result["name"]: result for result in map(json.loads, filter(str.strip, lines))}
    results = list(latest.values())
    rows: Rows = {name: result["rows"] for name, result in latest.items()}
    first = results[0]
    table = ["| What | Goal | Measured | |", "|---|---|---|---|", *(goal.line(rows) for goal in GOALS)]
    kernel = ", ".join(f"{result['name']} {result['calibration_cpu_s']} s" for result in results)
    commits = ", ".join(f"{result['name']} {result['commit']}" for result in results)
    facts = f"Machine: {first['machine']}. Commits: {commits}. Calibration kernel, CPU: {kernel}."
    raw = "\n".join(json.dumps(result) for result in results)
    return f"{HEAD}{facts}\n\n" + "\n".join(table) + f"\n\n## Raw\n\n```json\n{raw}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(page(Path(sys.argv[1]).read_text().splitlines()))
