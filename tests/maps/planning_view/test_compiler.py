import math
from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from maps.elements import NodeKind, Site
from maps.graph import SiteGraph
from maps.planning_view.arrays import NONE, Footprint
from maps.planning_view.compiler import compile_view
from tests.maps.planning_view.sites import crooked, graph

FOOTPRINT = Footprint()


def test_a_lane_is_cut_into_equal_steps_that_both_directions_share() -> None:
    view = compile_view(graph({"a": (0, 0), "b": (2, 0)}, "a-b"), FOOTPRINT)
    assert view.cell_ids == ("a", "b", "a>b#1", "a>b#2")
    assert view.node_count == 2
    assert view.cells.at_m.tolist() == [0, 0, 2 / 3, 4 / 3]
    assert view.cells.lane.tolist() == [NONE, NONE, 0, 0]
    middle = view.index["a>b#1"]
    assert view.moves.target[view.out.row(middle)].tolist() == [view.index["a>b#2"], view.index["a"]]
    assert view.moves.source[view.into.row(middle)].tolist() == [view.index["a"], view.index["a>b#2"]]


def test_arrays_have_the_types_and_lengths_that_are_promised(hospital: Site) -> None:
    view = compile_view(SiteGraph(hospital), FOOTPRINT)
    cells, moves = view.cell_count, view.move_count
    for table, rows in (
        (view.out, cells),
        (view.into, cells),
        (view.moves.doors, moves),
        (view.cells.doors, cells),
    ):
        assert table.start.dtype == table.items.dtype == np.int32
        assert len(table.start) == rows + 1
        assert table.start[-1] == len(table.items)
        assert bool((np.diff(table.start) >= 0).all())
    for column in (view.moves.source, view.moves.target, view.moves.edge, view.cells.level, view.cells.room):
        assert column.dtype == np.int32
    for column in (view.moves.length_m, view.moves.speed_mps_max, view.cells.x_m, view.cells.at_m):
        assert column.dtype == np.float64
    assert view.permits.shape == (len(view.tokens), len(view.edge_ids))
    assert bool((np.diff(view.moves.source) >= 0).all())


def test_a_site_is_compiled_once_for_each_footprint(two_rooms: Site) -> None:
    view = compile_view(SiteGraph(two_rooms), FOOTPRINT)
    assert compile_view(SiteGraph(two_rooms), FOOTPRINT) is view
    assert compile_view(SiteGraph(two_rooms), Footprint(step_m=0.5)) is not view
    moved = replace(two_rooms, nodes=(replace(two_rooms.nodes[0], x_m=2.5), *two_rooms.nodes[1:]))
    assert compile_view(SiteGraph(moved), FOOTPRINT).cells.x_m[0] == 2.5


def test_the_lanes_keep_their_length_and_lead_from_end_to_end(hospital: Site) -> None:
    view = compile_view(SiteGraph(hospital), FOOTPRINT)
    for number, edge in enumerate(hospital.edges):
        mine = np.flatnonzero(view.moves.edge == number)
        assert math.isclose(float(view.moves.length_m[mine].sum()), edge.length_m, abs_tol=1e-9)
        step = {view.cell_ids[view.moves.source[m]]: view.cell_ids[view.moves.target[m]] for m in mine}
        cell = edge.source
        for _ in mine:
            cell = step[cell]
        assert cell == edge.target
        assert view.moves.length_m[mine].max() <= FOOTPRINT.step_m + 1e-9


def test_nobody_waits_at_a_node_in_a_doorway() -> None:
    drawn = graph({"a": (0, 0), "b": (2, 0), "c": (4, 0)}, "a-b b-c").site
    nodes = tuple(replace(n, kind=NodeKind.DOOR) if n.node_id == "b" else n for n in drawn.nodes)
    view = compile_view(SiteGraph(replace(drawn, nodes=nodes)), FOOTPRINT)
    assert [bool(view.cells.stoppable[view.index[n]]) for n in "abc"] == [True, False, True]


@settings(deadline=None)
@given(crooked())
def test_every_edge_is_in_the_moves_for_those_who_may_use_it(drawn: SiteGraph) -> None:
    view = compile_view(drawn, FOOTPRINT)
    for tokens in (("0",), ("1",), ("0", "0@carrier"), ("nobody",)):
        usable = view.usable(tokens)
        for number, edge in enumerate(view.edge_ids):
            found = drawn.edges[edge]
            wanted = (
                any(f"{g}@{m}" in tokens for g in found.graphs for m in found.models)
                if found.models
                else any(g in tokens for g in found.graphs)
            )
            assert bool((usable[view.moves.edge == number] == wanted).all())


def test_a_site_without_lanes_has_no_moves() -> None:
    view = compile_view(graph({"a": (0, 0), "b": (5, 0)}, ""), FOOTPRINT)
    assert (view.cell_count, view.move_count) == (2, 0)
    assert view.usable(("0",)).tolist() == []
