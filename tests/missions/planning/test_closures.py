"""What closes with an element, and that planner and traffic keep out of it while who is inside gets out."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.elements import NodeKind, Zone, ZoneKind
from maps.graph import SiteGraph
from missions.planning.cell_values import move_key
from missions.planning.cells import CellGraph
from missions.planning.closures import Area, ElementKind, Elements
from missions.planning.planner import plan
from missions.planning.problem import PlanRequest, Stop
from missions.planning.traffic import NotAllocated, Traffic
from tests.missions.planning import drawn

GRAPH = drawn.GRAPH


def ring(*zones: Zone, **more: object) -> tuple[SiteGraph, CellGraph, Elements]:
    """A square of 16 m: two ways from p_west to p_east, over north and over south; short is 0.5 m."""
    nodes = [
        drawn.node("p_west", -4, 8),
        drawn.node("w_w", 0, 8),
        drawn.node("w_nw", 0, 16),
        drawn.node("k_n", 8, 16),
        drawn.node("w_ne", 16, 16),
        drawn.node("w_sw", 0, 0),
        drawn.node("k_s", 8, 0),
        drawn.node("w_se", 16, 0),
        drawn.node("w_e", 16, 8),
        drawn.node("w_short", 16.5, 8),
        drawn.node("p_east", 20, 8),
    ]
    lanes = drawn.lanes(
        nodes,
        *("p_west-w_w", "w_w-w_nw", "w_nw-k_n", "k_n-w_ne", "w_ne-w_e", "w_w-w_sw", "w_sw-k_s", "k_s-w_se"),
        *("w_se-w_e", "w_e-w_short", "w_short-p_east"),
        doors={"k_n-w_ne": "gate"},
    )
    graph = drawn.site(nodes, lanes, doors=(replace(drawn.door("gate", 12, 16), **more),))  # type: ignore[arg-type]
    graph = SiteGraph(replace(graph.site, zones=zones))
    cells = CellGraph.build(graph)
    return graph, cells, Elements(graph, cells)


def zone(x: float, y: float, x2: float, y2: float, kind: ZoneKind = ZoneKind.QUIET) -> Zone:
    outline = ((x, y), (x2, y), (x2, y2), (x, y2))
    return Zone(zone_id="wet", level="L1", names={"en": "Wet floor"}, kind=kind, polygon=outline)


def travel_s(cells: CellGraph, start: str, goal: str, area: Area) -> float:
    return cells.travel_s(start, goal, 1.0, GRAPH, area.moves)


def planned(cells: CellGraph, area: Area, start: str, goal: str) -> list[str] | None:
    """The cells of the plan with the area closed; None when it was refused."""
    traffic = Traffic(cells)
    traffic.appear(drawn.agent("r"), start, 0.0)
    traffic.bar(dict.fromkeys(area.moves, "closure-1"), dict.fromkeys(area.cells))
    stop = Stop(node=goal, duration_s=0.0, task="m/0")
    answer = plan(cells, traffic.problem((PlanRequest(agent_id="r", stops=(stop,)),), 0.0))
    return [start, *(step.cell for step in answer.plans["r"])] if "r" in answer.plans else None


# -- areas ---------------------------------------------------------------------------------------------


def test_a_lane_closes_at_both_ends_and_its_inside_stays_open() -> None:
    _, cells, elements = ring()
    area = elements.area(ElementKind.LANE, "w_nw>k_n")
    assert len(area.moves) == 2
    assert travel_s(cells, "p_west", "k_n", area) > cells.travel_s("p_west", "k_n", 1.0, GRAPH)
    middle = area.cells[len(area.cells) // 2]
    assert math.isfinite(travel_s(cells, middle, "p_west", area))
    assert math.isfinite(travel_s(cells, middle, "k_n", area))


def test_one_direction_of_a_lane_can_be_closed_alone() -> None:
    _, cells, elements = ring()
    area = elements.area(ElementKind.LANE, "p_west>w_w", one_way=True)
    assert math.isinf(travel_s(cells, "p_west", "p_east", area))
    assert math.isfinite(travel_s(cells, "p_east", "p_west", area))


def test_a_lane_that_is_one_step_long_can_be_closed() -> None:
    _, cells, elements = ring()
    area = elements.area(ElementKind.LANE, "w_e>w_short")
    assert area.cells == ()
    assert math.isinf(travel_s(cells, "p_west", "p_east", area))
    assert math.isfinite(travel_s(cells, "p_west", "w_e", area))


def test_both_directions_of_a_lane_are_one_element_and_each_alone_is_its_own() -> None:
    _, _, elements = ring()
    assert elements.find(ElementKind.LANE, "w_nw>k_n") == elements.find(ElementKind.LANE, "k_n>w_nw")
    assert elements.find(ElementKind.LANE, "w_nw>k_n", one_way=True) == "w_nw>k_n"


def test_nobody_enters_a_closed_zone_and_who_is_inside_gets_out() -> None:
    _, cells, elements = ring(zone(4, 14, 12, 18))
    area = elements.area(ElementKind.ZONE, "wet")
    assert "k_n" in area.cells
    assert math.isinf(travel_s(cells, "p_west", "k_n", area))
    assert math.isfinite(travel_s(cells, "k_n", "p_east", area))


def test_a_zone_thinner_than_a_step_cannot_be_jumped() -> None:
    _, cells, elements = ring(zone(3.55, 15, 3.6, 17))
    area = elements.area(ElementKind.ZONE, "wet")
    assert area.cells == ()
    way = planned(cells, area, "p_west", "k_n")
    assert way is not None
    assert "k_s" in way


@pytest.mark.parametrize("automatic", [True, False])
def test_a_door_closes_with_or_without_a_drive(automatic: bool) -> None:
    _, cells, elements = ring(automatic=automatic)
    area = elements.area(ElementKind.DOOR, "gate")
    way = planned(cells, area, "p_west", "w_ne")
    assert way is not None
    assert "k_s" in way
    assert "k_n" not in way


def test_a_closed_lift_is_not_entered_and_who_rides_gets_out() -> None:
    cells = drawn.tower()
    lift = next(cell.lift for cell in cells.cells.values() if cell.lift is not None)
    cabins = [cell.cell_id for cell in cells.cells.values() if cell.lift == lift]
    places = [cell.cell_id for cell in cells.cells.values() if cell.node and cell.node.startswith("p_")]
    below = next(p for p in places if cells.cells[p].level == "L1")
    above = next(p for p in places if cells.cells[p].level != "L1")
    view = cells.view
    moves = [
        move_key(view.cell_ids[s], view.cell_ids[t])
        for s, t in zip(view.moves.source, view.moves.target, strict=True)
        if view.cell_ids[t] in cabins and view.cell_ids[s] not in cabins
    ]
    assert math.isinf(cells.travel_s(below, above, 1.0, GRAPH, tuple(moves)))
    assert math.isfinite(cells.travel_s(cabins[0], above, 1.0, GRAPH, tuple(moves)))


def test_an_element_is_found_by_its_name_too_and_near_misses_are_suggested() -> None:
    _, _, elements = ring(zone(4, 14, 12, 18))
    assert elements.find(ElementKind.ZONE, " wet FLOOR ") == "wet"
    assert elements.find(ElementKind.LANE, "w_nw>k_m") is None
    assert "w_nw>k_n" in elements.nearest(ElementKind.LANE, "w_nw>k_m")


# -- planning and traffic --------------------------------------------------------------------------------


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_no_plan_enters_what_is_closed_and_there_is_one_whenever_there_is_a_way(data: st.DataObject) -> None:
    graph, cells, elements = ring(zone(4, 14, 12, 18))
    kind = data.draw(st.sampled_from([ElementKind.LANE, ElementKind.ZONE, ElementKind.DOOR]))
    name = data.draw(st.sampled_from(sorted(elements.ids(kind))))
    area = elements.area(kind, name, one_way=data.draw(st.booleans()) and kind is ElementKind.LANE)
    here = data.draw(st.sampled_from(sorted(c for c, found in cells.cells.items() if found.stoppable)))
    goal = data.draw(
        st.sampled_from([n.node_id for n in graph.site.nodes if n.kind is not NodeKind.WAYPOINT])
    )
    way = planned(cells, area, here, goal)
    open_to_goal = math.isfinite(travel_s(cells, here, goal, area))
    if way is None:
        out = [travel_s(cells, goal, rest, area) for rest in cells.rests(GRAPH) if rest not in area.cells]
        assert not open_to_goal or all(math.isinf(s) for s in out)
    else:
        assert open_to_goal
        steps = [move_key(*pair) for pair in pairwise(way)]
        assert not set(steps) & set(area.moves)
        assert way[-1] not in area.cells


def test_a_robot_is_not_allocated_a_move_that_was_closed_after_it_was_planned() -> None:
    _, cells, elements = ring()
    traffic = Traffic(cells)
    traffic.appear(drawn.agent("r"), "p_west", 0.0)
    stop = Stop(node="k_n", duration_s=0.0, task="m/0")
    traffic.adopt(plan(cells, traffic.problem((PlanRequest(agent_id="r", stops=(stop,)),), 0.0)))
    area = elements.area(ElementKind.LANE, "w_w>w_nw")
    traffic.bar(dict.fromkeys(area.moves, "closure-1"), dict.fromkeys(area.cells))
    traffic.allocate("r", 0.0, 1000.0)
    assert traffic.held("r")[-1] == "w_w"
    wait = traffic.waiting_for("r")
    assert wait is not None
    assert (wait.agent_id, wait.closure) == ("", "closure-1")


def test_what_a_robot_was_never_told_of_is_taken_back() -> None:
    _, cells, _ = ring()
    traffic = Traffic(cells)
    traffic.appear(drawn.agent("r"), "p_west", 0.0)
    stop = Stop(node="k_n", duration_s=0.0, task="m/0")
    traffic.adopt(plan(cells, traffic.problem((PlanRequest(agent_id="r", stops=(stop,)),), 0.0)))
    told = traffic.allocate("r", 0.0, 3.0)
    traffic.allocate("r", 0.0, 8.0)
    assert len(traffic.held("r")) > len(told) + 1
    traffic.withdraw("r", told[-1].step_no)
    assert traffic.held("r")[-1] == told[-1].cell
    assert len(traffic.state.plans["r"].steps) == len(told) + 1
    with pytest.raises(NotAllocated):
        traffic.withdraw("r", told[-1].step_no + 1)
