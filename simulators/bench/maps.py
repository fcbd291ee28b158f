"""How long maps take: reading public files, drawing a road map, compiling, ways, closing a lane.

The public files lie beside the repository, never in it (see PROVENANCE.md there); without them those rows are
left out. Every other site here is drawn on the spot.
"""

import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from maps.elements import Edge, Level, Node, Site
from maps.errors import SiteError
from maps.graph import SiteGraph
from maps.load import FORMATS, load
from maps.planning_view.arrays import Footprint, PlanningView
from maps.planning_view.closing import closed_edge
from maps.planning_view.compiler import compile_view
from maps.planning_view.conflicts import move_conflicts
from maps.planning_view.routes import Routes
from maps.source import Source
from missions.planning.cells import CellGraph
from simulators.bench.measure import Result, Row

PITCH_M = 0.8
"""Of the drawn grids: one cell a node."""
LARGE, SMALL = 71, 44
"""Nodes on a side: 5,041 and 1,936."""
GOALS = 50
HOSPITAL_GRID = "grids/pal_hospital/map.yaml"
TOKENS = ("0",)
Answer = TypeVar("Answer")


def maps(data: Path | None = None, large: int = LARGE, small: int = SMALL) -> Result:
    """CPU seconds of each step. data: the folder of public files."""
    rows = [] if data is None else list(_imports(data))
    rows += _compiling(large)
    rows += _ways(large, small)
    return Result("maps", rows)


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """What the work answers, and its CPU seconds."""
    start_s = time.process_time()
    answer = work()
    return answer, time.process_time() - start_s


def grid(side: int) -> Site:
    """side x side nodes, two-way lanes between neighbours."""
    spots = {(x, y): f"{x}-{y}" for y in range(side) for x in range(side)}
    nodes = tuple(
        Node(node_id=name, level="L1", x_m=x * PITCH_M, y_m=y * PITCH_M) for (x, y), name in spots.items()
    )
    pairs = [
        (one, spots[other])
        for (x, y), one in spots.items()
        for other in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1))
        if other in spots
    ]
    edges = (Edge(edge_id=f"{a}>{b}", source=a, target=b, length_m=PITCH_M) for a, b in pairs)
    level = Level(level_id="L1", names={"en": "Grid"}, elevation_m=0.0)
    return Site(
        site_id="grid",
        names={"en": "Grid", "zh-CN": "网格"},
        time_zone="UTC",
        levels=(level,),
        nodes=nodes,
        edges=tuple(edges),
    )


# -- reading


def map_files(data: Path) -> Iterator[Path]:
    """Every file in the folder that one of our formats looks like, in order of its path."""
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.suffix in (".yaml", ".yml", ".json", ".lif", ".geojson", ".map"):
            source = Source(path)
            if any(_looks_like(source, name) for name in FORMATS):
                yield path


def _looks_like(source: Source, name: str) -> bool:
    try:
        return FORMATS[name].is_it(source)
    except SiteError:
        return False


def _imports(data: Path) -> Iterator[Row]:
    for path in map_files(data):
        file = path.relative_to(data).as_posix()
        try:
            site, cpu_s = timed(lambda path=path: load(path))  # type: ignore[misc]
        except SiteError as error:
            yield {"what": "import", "file": file, "refused": str(error).replace(f"{data}/", "")}
            continue
        yield {
            "what": "road_map" if file == HOSPITAL_GRID else "import",
            "file": file,
            "nodes": len(site.nodes),
            "edges": len(site.edges),
            "cpu_s": round(cpu_s, 3),
        }


# -- planning view


def _compiling(large: int) -> Iterator[Row]:
    for site in (_hospital(), grid(large)):
        graph = SiteGraph(site)
        view, cpu_s = timed(lambda graph=graph: compile_view(graph, Footprint()))  # type: ignore[misc]
        cells, all_s = timed(lambda graph=graph: CellGraph.build(graph))  # type: ignore[misc]
        _, rests_s = timed(lambda cells=cells: cells.rests(cells.graph_names))  # type: ignore[misc]
        _, conflicts_s = timed(lambda view=view: move_conflicts(view))  # type: ignore[misc]
        yield {
            "what": "compile",
            "site": site.site_id,
            "nodes": view.node_count,
            "cells": view.cell_count,
            "cpu_s": round(cpu_s, 3),
            "planner_cpu_s": round(cpu_s + all_s + rests_s, 3),
            "move_conflicts_cpu_s": round(conflicts_s, 3),
        }


def _hospital() -> Site:
    return load(Path(str(files("maps"))) / "sites" / "county_hospital.yaml")


def _ways(large: int, small: int) -> Iterator[Row]:
    view = compile_view(SiteGraph(grid(large)), Footprint())
    yield _on_demand(view)
    yield _closing(view)
    few = compile_view(SiteGraph(grid(small)), Footprint())
    routes = Routes(few, speed_mps=1.0, tokens=TOKENS)
    _, cpu_s = timed(routes.all_pairs_s)
    yield {"what": "all_pairs", "nodes": few.node_count, "cpu_s": round(cpu_s, 3)}


def _goals(view: PlanningView) -> range:
    return range(0, view.cell_count, max(1, view.cell_count // GOALS))


def _on_demand(view: PlanningView) -> Row:
    routes, goals = Routes(view, speed_mps=1.0, tokens=TOKENS), _goals(view)
    last = view.cell_count - 1
    _, first_s = timed(lambda: [routes.route(last - goal, goal) for goal in goals])
    found, again_s = timed(lambda: [routes.route(last - goal, goal) for goal in goals])
    return {
        "what": "route",
        "nodes": view.node_count,
        "cells_of_a_route": round(sum(map(len, found)) / len(goals)),
        "first_to_a_goal_cpu_s": round(first_s / len(goals), 6),
        "cpu_s": round(again_s / len(goals), 6),
    }


def _closing(view: PlanningView) -> Row:
    """A lane in the middle; then every goal that has a tree is asked for again, and again when it is open."""
    routes, goals = Routes(view, speed_mps=1.0, tokens=TOKENS), _goals(view)
    before = {goal: routes.tree(goal) for goal in goals}
    middle = int(view.moves.edge[view.move_count // 2])
    closure, close_s = timed(lambda: closed_edge(view, view.edge_ids[middle]))
    after, again_s = timed(lambda: {goal: routes.tree(goal, closure) for goal in goals})
    opened, open_s = timed(lambda: {goal: routes.tree(goal) for goal in goals})
    if any(opened[goal] is not before[goal] for goal in goals):
        raise AssertionError("opening a lane did not give the ways of before")
    return {
        "what": "close_lane",
        "nodes": view.node_count,
        "goals": len(goals),
        "goals_that_used_it": sum(after[goal] is not before[goal] for goal in goals),
        "close_cpu_s": round(close_s, 6),
        "cpu_s": round(close_s + again_s, 6),
        "open_cpu_s": round(open_s, 6),
    }
