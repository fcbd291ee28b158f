"""What is particular to the ancient town, which is drawn on a map of the world."""

import math

import pytest
from shapely import LineString, Point, Polygon

from maps.elements import Site, ZoneKind
from maps.geodesy import to_geo
from maps.graph import SiteGraph
from maps.load import load
from missions.planning.cells import CellGraph
from tests.maps.conftest import SAMPLES


@pytest.fixture(scope="module")
def town() -> Site:
    return load(SAMPLES / "ancient_town.geojson")


def test_the_town_lies_where_it_is_drawn(town: Site) -> None:
    assert town.origin is not None
    gate = next(node for node in town.nodes if node.node_id == "south_gate")
    latitude, longitude = to_geo(town.origin, (gate.x_m, gate.y_m))
    assert latitude == pytest.approx(30.7408, abs=2e-4)
    assert longitude == pytest.approx(120.4894, abs=2e-4)
    xs, ys = [node.x_m for node in town.nodes], [node.y_m for node in town.nodes]
    assert 150 < max(xs) - min(xs) < 180
    assert 90 < max(ys) - min(ys) < 120


def test_no_lane_enters_the_canal_or_the_stage(town: Site) -> None:
    graph = SiteGraph(town)
    lines = [LineString([graph.point(edge.source), graph.point(edge.target)]) for edge in town.edges]
    closed = [Polygon(zone.polygon) for zone in town.zones if zone.kind is ZoneKind.NO_GO]
    assert len(closed) == 3
    assert not any(area.intersects(line) for area in closed for line in lines)


def test_nobody_drives_lantern_alley_towards_the_market(town: Site) -> None:
    graph = SiteGraph(town)
    cells = CellGraph.build(graph)
    alley = next(zone for zone in town.zones if zone.kind is ZoneKind.ONE_WAY)
    inside = Polygon(alley.polygon)
    down = cells.way("shen_house_inside", "canal_inn_inside", 1.0, ("0",))
    up = cells.way("canal_inn_inside", "shen_house_inside", 1.0, ("0",))
    assert not [cell for cell in down if inside.contains(_spot(cells, cell))]
    assert [cell for cell in up if inside.contains(_spot(cells, cell))]


def _spot(cells: CellGraph, cell_id: str) -> Point:
    cell = cells.cells[cell_id]
    return Point(cell.x_m, cell.y_m)


def test_the_alley_runs_north(town: Site) -> None:
    alley = next(zone for zone in town.zones if zone.kind is ZoneKind.ONE_WAY)
    assert alley.direction_rad == pytest.approx(math.radians(96), abs=0.01)
