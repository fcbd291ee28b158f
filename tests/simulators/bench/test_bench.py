"""The benchmarks run, small; no figure is asserted, since a busy machine would decide it."""

import json
from pathlib import Path

import pytest

from maps.site_file import save
from simulators.bench import live, maps, measure, storage
from simulators.bench.page import GOALS, page


def test_the_journal_is_measured_over_the_real_writer() -> None:
    (row,) = storage.journal(events=200).rows
    assert row["events"] == 200
    assert float(row["events_per_s"]) > 0


def test_a_recovery_ends_in_the_state_that_was_lost() -> None:
    """It raises when the digests differ."""
    (row,) = storage.recovery(missions=30, robots=3).rows
    assert row["missions"] == 30
    assert int(row["journal_rows"]) > 30


@pytest.mark.process
def test_dispatch_and_ingest_reach_a_real_orchestrator() -> None:
    rows = live.dispatch(robots=4, latency_missions=3, missions=8).rows
    assert [row["what"] for row in rows] == ["post_to_order", "pinned", "allocated", "memory"]
    (ingested,) = live.ingest(robots=3, poses_hz=20.0, seconds=1.0).rows
    assert float(ingested["poses_per_s"]) > 30


def test_percentiles_are_nearest_ranks() -> None:
    assert measure.percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert measure.percentile([1.0], 0.99) == 1.0
    with pytest.raises(ValueError, match="no values"):
        measure.percentile([], 0.5)


def test_the_page_says_where_a_goal_is_missed() -> None:
    head = {"machine": "m", "commit": "c", "calibration_cpu_s": 1}
    dispatch = [
        {"what": "post_to_order", "p50_s": 0.01, "p99_s": 0.06},
        {"what": "pinned", "ended_per_s": 600},
        {"what": "allocated", "ended_per_s": 100},
        {"what": "memory", "orchestrator_bytes": 1e8},
    ]
    results = [
        {**head, "name": "journal", "rows": [{"events_per_s": 2500}]},
        {**head, "name": "recover", "rows": [{"cpu_s": 0.5}]},
        {**head, "name": "ingest", "rows": [{"poses_per_core_s": 60_000}]},
        {**head, "name": "dispatch", "rows": dispatch},
    ]
    ways = [
        {"what": "import", "cpu_s": 1.0},
        {"what": "road_map", "cpu_s": 2.0},
        {"what": "route", "cpu_s": 0.00001},
        {"what": "all_pairs", "cpu_s": 0.3},
    ]
    results.append({**head, "name": "maps", "rows": [*ways, {"what": "close_lane", "cpu_s": 0.02}]})
    lines = [json.dumps(result) for result in results]
    text = page(lines)
    assert text.count("| reached |") == len(GOALS) - 4
    assert text.count("**0.50 of the goal**") == 4


def test_the_page_says_what_was_not_measured_and_takes_the_later_of_two_runs() -> None:
    head = {"machine": "m", "commit": "c", "calibration_cpu_s": 1, "name": "maps"}
    runs = [{**head, "rows": [{"what": "route", "cpu_s": cpu_s}]} for cpu_s in (1.0, 0.00005)]
    text = page([json.dumps(run) for run in runs])
    assert text.count("| reached |") == 1
    assert text.count("| not measured |") == len(GOALS) - 1


def test_maps_are_measured_with_and_without_public_files(tmp_path: Path) -> None:
    kinds = ["compile", "compile", "route", "close_lane", "all_pairs"]
    assert [row["what"] for row in maps.maps(None, large=12, small=6).rows] == kinds
    save(maps.grid(3), tmp_path / "grid.yaml")
    (tmp_path / "settings.yaml").write_text("speed: 3\n")
    (tmp_path / "torn.yaml").write_text("site: torn\nlevels: 3\n")
    rows = maps.maps(tmp_path, large=12, small=6).rows[:-5]
    assert [row["file"] for row in rows] == ["grid.yaml", "torn.yaml"]
    assert [rows[0]["nodes"], rows[0]["edges"]] == [9, 24]
    assert str(rows[1]["refused"]).startswith("torn.yaml, line 1: 'names' is missing")
