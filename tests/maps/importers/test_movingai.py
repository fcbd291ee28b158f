"""Grids of the MovingAI benchmarks."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest

from maps.errors import SiteError
from maps.graph import SiteGraph
from maps.importers.options import ImportOptions
from maps.load import load
from maps.site_file import dumps, loads
from maps.validate import check

SMALL = "type octile\nheight 3\nwidth 4\nmap\n..@.\n.T..\nSG.W\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "small.map"
    path.write_text(text)
    return path


def test_each_free_cell_is_a_node_with_lanes_to_its_free_neighbours(tmp_path: Path) -> None:
    site = load(written(tmp_path, SMALL))
    assert len(site.nodes) == 9
    assert {(edge.source, edge.target) for edge in site.edges if edge.source == "2-1"} == {
        ("2-1", "3-1"),
        ("2-1", "2-2"),
    }
    top = next(node for node in site.nodes if node.node_id == "1-0")
    assert (top.x_m, top.y_m) == (1.5, 2.5)


def test_a_cell_is_as_large_as_is_said(tmp_path: Path) -> None:
    site = load(written(tmp_path, SMALL), options=ImportOptions(cell_m=0.5))
    assert {edge.length_m for edge in site.edges} == {0.5}
    assert max(node.x_m for node in site.nodes) == 1.75


def test_scale_that_is_told_is_no_guess_and_the_check_does_not_ask_for_it(tmp_path: Path) -> None:
    grid = written(tmp_path, SMALL)
    told, guessed = load(grid, options=ImportOptions(cell_m=1.0)), load(grid)
    assert told.levels[0].scale_measured
    assert "missing_scale" not in {finding.code for finding in check(told)}
    assert not guessed.levels[0].scale_measured
    assert "missing_scale" in {finding.code for finding in check(guessed)}


def test_side_of_a_cell_is_refused_where_it_would_do_nothing(data: Callable[[str], Path]) -> None:
    with pytest.raises(SiteError, match="the side of a cell is for MovingAI grids"):
        load(data("grids/nav2/depot.yaml"), options=ImportOptions(cell_m=0.5))


def test_walls_lie_between_free_and_blocked_cells(tmp_path: Path) -> None:
    site = load(written(tmp_path, "type octile\nheight 1\nwidth 3\nmap\n..@\n"))
    ends = {(wall.start, wall.end) for wall in site.levels[0].walls}
    assert ends == {
        ((0.0, 1.0), (2.0, 1.0)),
        ((0.0, 0.0), (2.0, 0.0)),
        ((0.0, 1.0), (0.0, 0.0)),
        ((2.0, 1.0), (2.0, 0.0)),
    }


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("warehouse-10-20-10-2-1", 5699),
        ("empty-48-48", 2304),
        ("random-32-32-20", 819),
        ("room-64-64-8", 3232),
        ("maze-32-32-4", 790),
        ("den520d", 28178),
    ],
)
def test_public_grids_have_as_many_nodes_as_the_benchmark_says(
    name: str, nodes: int, data: Callable[[str], Path]
) -> None:
    path = data(f"movingai/map/{name}.map")
    site = load(path)
    assert len(site.nodes) == nodes
    rows = path.read_text().splitlines()[4:]
    beside = sum(a == b == "." for row in rows for a, b in pairwise(row))
    below = sum(a == b == "." for row, under in pairwise(rows) for a, b in zip(row, under, strict=True))
    assert len(site.edges) == 2 * (beside + below)


def test_shortest_ways_are_those_of_the_scenario(data: Callable[[str], Path]) -> None:
    """Scenario files give the octile distance, which is a lower bound for four neighbours."""
    graph = SiteGraph(load(data("movingai/map/random-32-32-20.map"))).graph
    lines = data("movingai/scen/random-32-32-20-random-1.scen").read_text().splitlines()[1:40]
    for line in lines:
        _, _, _, _, x1, y1, x2, y2, octile = line.split("\t")
        steps = nx.shortest_path_length(graph, f"{x1}-{y1}", f"{x2}-{y2}")
        assert steps >= float(octile) - 1e-6


def test_the_site_file_holds_all_of_it(tmp_path: Path) -> None:
    site = load(written(tmp_path, SMALL))
    assert loads(dumps(site)) == site


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALL.replace("SG.W\n", ""), "cut short: 2 of 3 rows"),
        (SMALL.replace("SG.W", "SG."), "line 7: the row has 3 cells where 4 are needed"),
        (SMALL.replace("SG.W", "SGxW"), "line 7: cell 3 of the row is 'x'"),
        (SMALL.replace("height 3\n", ""), "'height' is missing"),
        (SMALL.replace("height 3", "height -3"), "line 2: '-3' is no height"),
        (SMALL.replace("height 3", "height nan"), "line 2: 'nan' is no height"),
        (SMALL.replace("octile", "tile"), "line 1: 'type tile' is not known"),
        (SMALL.replace("map\n", ""), "line 4: '..@.' is no line of the head"),
        (SMALL + "....\n", "line 8: goes on after its last row"),
        ("type octile\nheight 100000\nwidth 100000\nmap\n", "too large"),
        ("type octile\nheight 1\nwidth 2\nmap\n@@\n", "no free cell"),
        ("", "no line 'map'"),
    ],
)
def test_what_is_no_grid_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SiteError, match=words.replace(".", "[.]").replace("'..@.'", "'")) as caught:
        load(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.map"
    path.write_bytes(b"type octile\nheight 1\nwidth 1\nmap\n\xff\n")
    with pytest.raises(SiteError, match="no text in ASCII"):
        load(path)
