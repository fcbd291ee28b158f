from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from maps.elements import NodeKind
from maps.graph import SiteGraph
from maps.load import load
from maps.planning_view.routes import Routes
from missions.planning.cells import CellGraph
from missions.planning.checks import too_near
from tests.missions.planning import drawn

ROOT = Path(__file__).parents[3]
HOSPITAL = ROOT / "maps/sites/county_hospital.yaml"


@pytest.fixture(scope="module")
def hospital() -> CellGraph:
    return CellGraph.build(SiteGraph(load(HOSPITAL)))


def test_lane_is_cut_into_equal_steps_that_both_directions_share() -> None:
    nodes = [drawn.node("k_a", 0, 0), drawn.node("k_b", 2, 0)]
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, "k_b-k_a")))
    assert list(cells.cells) == ["k_a", "k_b", "k_a>k_b#1", "k_a>k_b#2"]
    assert cells.cells["k_a>k_b#1"].x_m == pytest.approx(2 / 3)
    assert [move.cell for move in cells.moves("k_a>k_b#1", drawn.GRAPH)] == ["k_a>k_b#2", "k_a"]
    assert cells.move("k_b", "k_a>k_b#2", drawn.GRAPH) is not None


def test_one_way_lane_has_moves_in_its_direction_only() -> None:
    nodes = [drawn.node("k_a", 0, 0), drawn.node("k_b", 2, 0)]
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, "k_a>k_b")))
    assert [move.cell for move in cells.moves("k_a", drawn.GRAPH)] == ["k_a>k_b#1"]
    assert cells.moves("k_b", drawn.GRAPH) == ()


def test_moves_of_another_fleet_graph_are_not_offered() -> None:
    cells = drawn.corridor()
    assert cells.moves("k_a", ("1",)) == ()


def test_conflicts_agree_with_the_geometry_of_every_pair() -> None:
    for make in (drawn.crossing, drawn.tower, drawn.ward):
        cells = make()
        for one in cells.cells:
            near = tuple(sorted(other for other in cells.cells if too_near(cells, one, other)))
            assert cells.conflicts(one) == near


def test_cabins_of_one_lift_conflict_on_all_levels() -> None:
    assert drawn.tower().conflict("w_cabin_L1", "w_cabin_L2")


def test_nobody_waits_in_a_cabin_a_lift_mouth_or_a_doorway() -> None:
    tower, ward = drawn.tower(), drawn.ward()
    assert not tower.cells["w_cabin_L1"].stoppable
    assert not tower.cells["w_cabin_L1>w_hall_L1#1"].stoppable
    assert tower.cells["w_hall_L1"].stoppable
    doorway = [cell.cell_id for cell in ward.cells.values() if cell.doors]
    assert doorway == ["k_bed>w_mid#3", "k_bed>w_mid#4", "k_bed>w_mid#5"]
    assert not any(ward.cells[cell].stoppable for cell in doorway)


def test_a_hop_leads_through_the_doorway_to_the_next_place_to_wait() -> None:
    ward = drawn.ward()
    hops = ward.hops("k_bed>w_mid#6", drawn.GRAPH)
    assert ["k_bed>w_mid#5", "k_bed>w_mid#4", "k_bed>w_mid#3", "k_bed>w_mid#2"] in [
        [move.cell for move in hop.moves] for hop in hops
    ]


def test_a_ride_is_one_hop_from_hall_to_hall() -> None:
    tower = drawn.tower()
    inside = tower.hops("w_cabin_L1>w_hall_L1#2", drawn.GRAPH)
    assert "w_cabin_L2>w_hall_L2#2" in [hop.end for hop in inside]


def test_room_includes_its_doorway_but_not_the_corridor() -> None:
    ward = drawn.ward()
    inside = ward.room_cells("ward")
    assert "k_bed" in inside
    assert "k_bed>w_mid#5" in inside
    assert "w_mid" not in inside
    assert ward.rooms_at("k_bed") == ("ward",)


def test_nearest_cell_is_on_the_level_and_within_reach() -> None:
    tower = drawn.tower()
    assert tower.nearest("L2", 7.9, 0.2) == "k_L2"
    assert tower.nearest("L2", 30.0, 30.0) is None
    assert tower.nearest("L2", 8.0, 0.0, graphs=("another",)) is None


def test_travel_time_counts_doors_and_is_endless_past_a_closed_cell() -> None:
    ward = drawn.ward()
    assert ward.travel_s("w_mid", "k_bed", 1.0, drawn.GRAPH) == pytest.approx(6.0 + 2 * 3.0)
    assert ward.travel_s("w_mid", "k_bed", 1.0, drawn.GRAPH, ("k_bed>w_mid#4",)) == float("inf")
    assert ward.travel_s("k_bed>w_mid#4", "k_bed", 1.0, drawn.GRAPH, ("k_bed>w_mid#4",)) < 10.0


def test_rests_leave_every_other_place_within_reach() -> None:
    cells = drawn.corridor()
    rests = cells.rests(drawn.GRAPH)
    closed = [near for rest in rests for near in cells.conflicts(rest)]
    blocked = tuple(sorted(dict.fromkeys(closed)))
    for place in cells.places:
        if place not in rests:
            assert cells.travel_s("k_a", place, 1.0, drawn.GRAPH, blocked) < float("inf")


def test_a_bay_in_the_only_way_is_no_rest() -> None:
    nodes = [
        drawn.node("p_a", 0, 0),
        drawn.node("p_mid", 10, 0),
        drawn.node("k_b", 20, 0),
        drawn.node("p_c", 30, 0),
    ]
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, "p_a-p_mid", "p_mid-k_b", "k_b-p_c")))
    assert cells.rests(drawn.GRAPH) == ("p_a", "p_c")


def test_hospital_has_a_rest_at_every_charger_and_parking_place(hospital: CellGraph) -> None:
    rests = hospital.rests(hospital.graph_names)
    bays = [cell for cell in hospital.places if cell.startswith(("charger", "parking"))]
    assert bays
    assert all(bay in rests for bay in bays)


def test_every_hospital_place_is_reached_from_every_rest_with_all_rests_taken(hospital: CellGraph) -> None:
    graphs = hospital.graph_names
    rests = hospital.rests(graphs)
    places = [place for place in hospital.places if place not in rests]
    for rest in rests:
        others = (near for other in rests if other != rest for near in hospital.conflicts(other))
        blocked = tuple(sorted(dict.fromkeys(others)))
        for place in places[::7]:
            assert hospital.travel_s(rest, place, 1.0, graphs, blocked) < float("inf"), (rest, place)
            assert hospital.travel_s(place, rest, 1.0, graphs, blocked) < float("inf"), (place, rest)


def test_a_lane_for_a_model_is_offered_to_that_model_only() -> None:
    nodes = [drawn.node("k_a", 0, 0), drawn.node("k_b", 2, 0)]
    edges = [replace(edge, models=("carrier",)) for edge in drawn.lanes(nodes, "k_a-k_b")]
    cells = CellGraph.build(drawn.site(nodes, edges))
    assert cells.graphs_of(("0",), "carrier") == ("0", "0@carrier")
    assert cells.graphs_of(("0",), "patrol") == ("0",)
    assert cells.moves("k_a", cells.graphs_of(("0",), "carrier"))
    assert cells.moves("k_a", cells.graphs_of(("0",), "patrol")) == ()


def test_a_rest_behind_a_lane_for_a_model_is_for_that_model() -> None:
    """p_c is no rest: carriers pass it on their way to p_d."""
    nodes = [drawn.node(name, x, 0) for name, x in (("p_a", 0), ("k_b", 6), ("p_c", 12), ("p_d", 18))]
    edges = drawn.lanes(nodes, "p_a-k_b", "k_b-p_c")
    edges += [replace(edge, models=("carrier",)) for edge in drawn.lanes(nodes, "p_c-p_d")]
    cells = CellGraph.build(drawn.site(nodes, edges))
    assert cells.rests(("0",)) == ("p_a",)
    assert cells.rests(("0", "0@carrier")) == ("p_a", "p_d")


def test_a_hold_point_is_a_rest_of_last_resort() -> None:
    nodes = [drawn.node("p_a", 0, 0), drawn.node("k_b", 6, 0)]
    nodes.append(drawn.node("w_hold", 6, 5, kind=NodeKind.HOLD_POINT))
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, "p_a-k_b", "k_b-w_hold")))
    assert cells.rests(drawn.GRAPH) == ("p_a", "w_hold")
    assert cells.rest_cost_s("w_hold") > 10 * cells.rest_cost_s("p_a") + 500
    assert "w_hold" in cells.places


def test_nobody_waits_at_a_node_in_a_doorway_and_nobody_is_sent_there() -> None:
    nodes = [drawn.node("k_a", 0, 0), drawn.node("w_door", 4, 0, kind=NodeKind.DOOR), drawn.node("k_b", 8, 0)]
    cells = CellGraph.build(drawn.site(nodes, drawn.lanes(nodes, "k_a-w_door", "w_door-k_b")))
    assert not cells.cells["w_door"].stoppable
    assert "w_door" not in cells.places


def test_way_and_travel_time_agree_with_the_view(hospital: CellGraph) -> None:
    graphs = hospital.graph_names
    routes = Routes(hospital.view, speed_mps=0.8, tokens=graphs)
    for goal in hospital.places[::9]:
        tree = routes.tree(hospital.view.index[goal])
        for start in hospital.places[::11]:
            seconds = float(tree.seconds[hospital.view.index[start]])
            assert hospital.travel_s(start, goal, 0.8, graphs) == seconds
            steps = (start, *hospital.way(start, goal, 0.8, graphs))
            moves = [hospital.move(*pair, graphs) for pair in pairwise(steps)]
            assert sum(move.drive_s(0.8) for move in moves if move) == pytest.approx(seconds)
