import math

import pytest

from maps.elements import Window, Zone, ZoneKind
from maps.planning_view.arrays import Footprint, PlanningView
from maps.planning_view.compiler import compile_view
from maps.planning_view.routes import Routes
from tests.maps.planning_view.sites import box, graph, zone

STREET = {"a": (0.0, 0.0), "b": (10.0, 0.0), "c": (5.0, 5.0)}
LANES = "a-b a-c c-b"
NIGHT = (Window(start_s=79_200, end_s=21_600),)


def street(*zones: Zone) -> PlanningView:
    """A straight lane from a to b and a detour over c."""
    return compile_view(graph(STREET, LANES, zones=zones), Footprint())


def seconds(view: PlanningView, start: str, goal: str) -> float:
    routes = Routes(view, speed_mps=1.0, tokens=("0",))
    return float(routes.tree(view.index[goal]).seconds[view.index[start]])


def test_nobody_enters_a_no_go_zone_and_who_is_inside_may_leave() -> None:
    view = street(zone(ZoneKind.NO_GO, *box(4, -1, 2, 2)))
    assert seconds(view, "a", "b") == pytest.approx(2 * math.hypot(5, 5))
    inside = [cell for cell in view.cell_ids if 4 < view.cells.x_m[view.index[cell]] < 6 and cell != "c"]
    inside = [cell for cell in inside if abs(view.cells.y_m[view.index[cell]]) < 1]
    assert inside
    for cell in inside:
        assert seconds(view, "a", cell) == math.inf
        assert seconds(view, cell, "a") < 10


def test_a_no_go_zone_thinner_than_a_step_is_not_jumped_over() -> None:
    view = street(zone(ZoneKind.NO_GO, *box(4.9, -1, 0.05, 2)))
    assert seconds(view, "a", "b") > 10.5


def test_a_lane_along_the_outline_of_a_no_go_zone_stays_open() -> None:
    assert seconds(street(zone(ZoneKind.NO_GO, *box(2, -3, 5, 3))), "a", "b") == pytest.approx(10.0)


def test_a_no_go_zone_with_times_is_not_compiled_in() -> None:
    assert seconds(street(zone(ZoneKind.NO_GO, *box(4, -1, 2, 2), times=NIGHT)), "a", "b") == pytest.approx(
        10
    )


def test_an_outline_that_crosses_itself_counts_for_what_it_surrounds() -> None:
    bow_tie = ((4.0, -1.0), (6.0, 1.0), (6.0, -1.0), (4.0, 1.0))
    assert seconds(street(zone(ZoneKind.NO_GO, *bow_tie)), "a", "b") > 10.5


@pytest.mark.parametrize("kind", [ZoneKind.SLOW, ZoneKind.QUIET])
def test_a_zone_with_a_speed_slows_the_moves_through_it_at_all_times(kind: ZoneKind) -> None:
    view = street(zone(kind, *box(0, -0.1, 10, 0.2), speed_mps_max=0.5, times=NIGHT))
    through = [m for m in range(view.move_count) if view.edge_ids[view.moves.edge[m]] in ("a>b", "b>a")]
    assert [view.moves.speed_mps_max[m] for m in through] == [0.5] * len(through)
    assert seconds(view, "a", "b") == pytest.approx(2 * math.hypot(5, 5), rel=0.2)


def test_of_two_speeds_the_lower_counts() -> None:
    slow = zone(ZoneKind.SLOW, *box(0, -1, 10, 2), speed_mps_max=0.6)
    view = street(slow, zone(ZoneKind.SLOW, *box(0, -1, 10, 2), speed_mps_max=0.9, zone_id="other"))
    assert view.moves.speed_mps_max.min() == 0.6


def test_a_quiet_zone_without_a_speed_slows_nobody() -> None:
    assert seconds(street(zone(ZoneKind.QUIET, *box(0, -1, 10, 2))), "a", "b") == pytest.approx(10.0)


def test_a_one_way_zone_is_driven_in_its_direction_only() -> None:
    view = street(zone(ZoneKind.ONE_WAY, *box(2, -1, 4, 2), direction_rad=0.0))
    assert seconds(view, "a", "b") == pytest.approx(10.0)
    assert seconds(view, "b", "a") == pytest.approx(2 * math.hypot(5, 5))


def test_a_lane_straight_across_a_one_way_zone_goes_both_ways() -> None:
    spots = {"a": (0.0, 0.0), "b": (3.0, 0.0)}
    for direction_rad in (math.pi / 2, -math.pi / 2):
        across = zone(ZoneKind.ONE_WAY, *box(-1, -1, 6, 2), direction_rad=direction_rad)
        view = compile_view(graph(spots, "a-b", zones=(across,)), Footprint())
        assert seconds(view, "a", "b") == seconds(view, "b", "a") == pytest.approx(3.0)


def test_a_zone_of_another_kind_or_level_changes_nothing() -> None:
    for other in (
        zone(ZoneKind.PRIVATE, *box(-1, -1, 20, 20)),
        zone(ZoneKind.NO_GO, *box(-1, -1, 20, 20), level="L9"),
    ):
        assert seconds(street(other), "a", "b") == pytest.approx(10.0)
