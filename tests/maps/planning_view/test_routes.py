from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.elements import Site, ZoneKind
from maps.graph import SiteGraph
from maps.planning_view.arrays import Footprint, PlanningView
from maps.planning_view.closing import (
    NOTHING,
    Closure,
    closed_around,
    closed_cells,
    closed_edge,
    closed_zone,
    door_cells,
    lift_cells,
    together,
)
from maps.planning_view.compiler import compile_view
from maps.planning_view.routes import PAIRS_MAX, Routes
from tests.maps.planning_view.sites import box, crooked, graph, square_grid, zone

FOOTPRINT = Footprint()


def routes(view: PlanningView, tokens: tuple[str, ...] = ("0",)) -> Routes:
    return Routes(view, speed_mps=1.0, tokens=tokens)


@settings(deadline=None)
@given(crooked())
def test_distances_are_those_of_networkx(drawn: SiteGraph) -> None:
    view = compile_view(drawn, FOOTPRINT)
    mine = routes(view, ("0", "0@carrier"))
    theirs: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    theirs.add_nodes_from(range(view.cell_count))
    for move, seconds in enumerate(mine.seconds.tolist()):
        if seconds < float("inf"):
            theirs.add_edge(int(view.moves.target[move]), int(view.moves.source[move]), weight=seconds)
    for goal in range(view.cell_count):
        found = nx.single_source_dijkstra_path_length(theirs, goal)
        wanted = [found.get(cell, float("inf")) for cell in range(view.cell_count)]
        assert mine.tree(goal).seconds.tolist() == pytest.approx(wanted)


@settings(deadline=None)
@given(crooked(), st.data())
def test_closing_and_opening_is_as_if_the_site_had_been_drawn_so(
    drawn: SiteGraph, data: st.DataObject
) -> None:
    """Edges are closed and opened at random; every answer is that of a site without those edges."""
    view = compile_view(drawn, FOOTPRINT)
    kept = routes(view)
    edges = list(drawn.edges)
    for _ in range(4):
        closed = data.draw(st.lists(st.sampled_from(edges), unique=True)) if edges else []
        closure = together(closed_edge(view, edge_id) for edge_id in closed)
        fresh = _rebuilt(view, drawn, closed)
        for goal in data.draw(st.lists(st.integers(0, view.cell_count - 1), max_size=4)):
            assert kept.tree(goal, closure).seconds.tolist() == fresh.tree(goal).seconds.tolist()


def _rebuilt(view: PlanningView, drawn: SiteGraph, closed: list[str]) -> Routes:
    """The view anew, with the closed edges given to a graph of their own."""
    edges = tuple(replace(e, graphs=("closed",)) if e.edge_id in closed else e for e in drawn.edges.values())
    fresh = compile_view(SiteGraph(replace(drawn.site, edges=edges)), FOOTPRINT)
    assert fresh.cell_ids == view.cell_ids
    return routes(fresh)


@settings(deadline=None)
@given(crooked(), st.data())
def test_a_route_is_as_long_as_the_tree_says_and_uses_nothing_closed(
    drawn: SiteGraph, data: st.DataObject
) -> None:
    view = compile_view(drawn, FOOTPRINT)
    mine = routes(view)
    cells = st.integers(0, view.cell_count - 1)
    closure = closed_cells(view, data.draw(st.lists(cells, max_size=5)))
    start, goal = data.draw(cells), data.draw(cells)
    way = mine.route(start, goal, closure)
    total_s = mine.tree(goal, closure).seconds[start]
    if not way:
        assert total_s == float("inf")
        return
    assert (way[0], way[-1]) == (start, goal)
    moves = mine.moves_along(way, closure)
    assert [start, *view.moves.target[moves].tolist()] == way
    assert [*view.moves.source[moves].tolist(), goal] == way
    assert closure.moves.isdisjoint(moves.tolist())
    assert float(mine.seconds[moves].sum()) == pytest.approx(total_s)


def test_all_pairs_are_the_trees(tower: Site) -> None:
    view = compile_view(SiteGraph(tower), FOOTPRINT)
    mine = routes(view)
    pairs = mine.all_pairs_s()
    assert pairs.dtype == np.float32
    for goal in range(view.cell_count):
        assert np.array_equal(pairs[goal], mine.tree(goal).seconds.astype(np.float32))


def test_all_pairs_of_a_large_site_are_refused() -> None:
    view = compile_view(square_grid(46, 0.8), FOOTPRINT)
    assert view.cell_count > PAIRS_MAX
    with pytest.raises(ValueError, match="ask by goal"):
        routes(view).all_pairs_s()


def test_only_goals_whose_tree_used_the_lane_are_computed_again() -> None:
    view = compile_view(
        graph({"a": (0, 0), "b": (5, 0), "c": (0, 5), "d": (5, 5)}, "a-b a-c b-d c-d"), FOOTPRINT
    )
    mine = routes(view)
    goals = {name: view.index[name] for name in "abcd"}
    before = {name: mine.tree(goal) for name, goal in goals.items()}
    closure = closed_edge(view, "a>b")
    after = {name: mine.tree(goal, closure) for name, goal in goals.items()}
    assert after["a"] is before["a"], "nobody comes to a through the lane that leaves it"
    assert after["b"] is not before["b"]
    assert {name: mine.tree(goal) for name, goal in goals.items()} == before, "open again"


def test_a_detour_around_one_closed_lane_stays_when_another_is_closed() -> None:
    view = compile_view(
        graph({"a": (0, 0), "b": (5, 0), "c": (0, 5), "d": (5, 5)}, "a-b a-c b-d c-d"), FOOTPRINT
    )
    mine = routes(view)
    one, other = closed_edge(view, "a>b"), closed_edge(view, "d>c")
    detour = mine.tree(view.index["b"], one)
    assert mine.tree(view.index["b"], one | other) is detour


def test_of_two_ways_that_are_equally_long_the_open_one_is_taken() -> None:
    spots = {"a": (0.0, 0.0), "b": (0.8, 0.0), "c": (0.0, 0.8), "d": (0.8, 0.8)}
    view = compile_view(graph(spots, "a>b a>c b>d c>d"), FOOTPRINT)
    mine, start, goal = routes(view), view.index["a"], view.index["d"]
    for closed, by in (("a>b", "c"), ("a>c", "b"), ("b>d", "c"), ("c>d", "b")):
        assert mine.route(start, goal)[1] == view.index["b"], "the move with the lower number"
        assert mine.route(start, goal, closed_edge(view, closed))[1] == view.index[by]


def test_a_robot_on_a_closed_cell_may_leave_it() -> None:
    view = compile_view(graph({"a": (0, 0), "b": (4, 0)}, "a-b"), FOOTPRINT)
    middle = view.index["a>b#2"]
    tree = routes(view).tree(view.index["b"], closed_cells(view, [middle]))
    assert tree.seconds[view.index["a"]] == float("inf")
    assert tree.seconds[middle] < 4


def test_a_closed_zone_is_not_entered_and_can_be_left() -> None:
    view = compile_view(graph({"a": (0, 0), "b": (8, 0)}, "a-b"), FOOTPRINT)
    closure = closed_zone(view, zone(ZoneKind.OUTDOORS, *box(2, -1, 3, 2)))
    seconds = routes(view).tree(view.index["b"], closure).seconds
    inside = (view.cells.x_m > 2) & (view.cells.x_m < 5)
    assert bool(np.isfinite(seconds[inside]).all())
    assert seconds[view.index["a"]] == float("inf")
    assert closed_zone(view, zone(ZoneKind.OUTDOORS, *box(2, -1, 3, 2), level="L9")) == NOTHING


def test_a_closed_zone_thinner_than_a_step_is_not_jumped_over() -> None:
    view = compile_view(graph({"a": (0, 0), "b": (8, 0)}, "a-b"), FOOTPRINT)
    closure = closed_zone(view, zone(ZoneKind.OUTDOORS, *box(2.1, -1, 0.05, 2)))
    seconds = routes(view).tree(view.index["b"], closure).seconds
    assert np.isinf(seconds).tolist() == (view.cells.x_m < 2.1).tolist()


def test_a_closed_door_and_a_closed_lift_are_not_passed(two_rooms: Site, tower: Site) -> None:
    rooms = compile_view(SiteGraph(two_rooms), FOOTPRINT)
    shut = closed_around(rooms, door_cells(rooms, "room_a_door"))
    assert shut
    inside = rooms.index[two_rooms.rooms[0].nodes[0]]
    reached = np.isfinite(routes(rooms).tree(inside, shut).seconds)
    assert not bool(reached[rooms.index["west"]])
    assert bool(reached[inside])

    levels = compile_view(SiteGraph(tower), FOOTPRINT)
    (lift,) = tower.lifts
    cabins = [levels.index[node] for node in lift.cabin_nodes.values()]
    closure = closed_around(levels, lift_cells(levels, lift.lift_id))
    reached = np.isfinite(routes(levels).tree(cabins[0], closure).seconds)
    assert np.flatnonzero(reached).tolist() == sorted(cabins), "who rides already ends the ride"


def test_a_step_that_there_is_not_is_named() -> None:
    view = compile_view(graph({"a": (0, 0), "b": (4, 0)}, "a>b"), FOOTPRINT)
    with pytest.raises(ValueError, match="from b to a"):
        routes(view).moves_along([view.index["b"], view.index["a"]])


def test_closures_are_equal_when_their_moves_are() -> None:
    assert Closure.of([3, 1, 3]) == Closure.of([1]) | Closure.of([3])
    assert not NOTHING


def test_a_speed_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="leads nowhere"):
        Routes(compile_view(square_grid(2, 1.0), FOOTPRINT), speed_mps=0.0, tokens=("0",))
