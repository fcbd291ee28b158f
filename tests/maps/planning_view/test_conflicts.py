import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from maps.elements import Site
from maps.graph import SiteGraph
from maps.load import load
from maps.planning_view.arrays import Footprint, PlanningView
from maps.planning_view.compiler import compile_view
from maps.planning_view.conflicts import move_conflicts
from tests.maps.planning_view.sites import crooked, graph, square_grid

FOOTPRINT = Footprint(radii_m=(0.2, 0.35))
LOCKSTEP = Footprint(radii_m=(0.2, 0.35), lockstep=True)
TEXTBOOK = Footprint(radii_m=(0.0,), margin_m=0.0, step_m=1.0, lockstep=True)


@settings(deadline=None)
@given(crooked())
def test_cell_conflicts_are_those_of_the_distances(drawn: SiteGraph) -> None:
    view = compile_view(drawn, FOOTPRINT)
    for pair in FOOTPRINT.pairs():
        for cell in range(view.cell_count):
            away_m = [math.dist(_spot(view, cell), _spot(view, other)) for other in range(view.cell_count)]
            near = [number for number, gap_m in enumerate(away_m) if gap_m < FOOTPRINT.reach_m(*pair) - 1e-9]
            assert view.conflicts_of(*pair).row(cell).tolist() == near


@settings(deadline=None, max_examples=50)
@given(crooked())
def test_move_conflicts_are_those_of_the_swept_discs(drawn: SiteGraph) -> None:
    view = compile_view(drawn, LOCKSTEP)
    near = view.conflicts_of(0, 1)
    found = move_conflicts(view, 0, 1)
    lines = [shapely.LineString([_spot(view, c) for c in ends]) for ends in _ends(view)]
    for one, (source, target) in enumerate(_ends(view)):
        wanted = [
            other
            for other, (from_cell, to_cell) in enumerate(_ends(view))
            if from_cell not in near.row(source) and to_cell not in near.row(target)
            if ((from_cell, to_cell) == (target, source))
            or shapely.distance(lines[one], lines[other]) < LOCKSTEP.touch_m(0, 1) - 1e-9
        ]
        assert found.row(one).tolist() == wanted


@pytest.mark.parametrize("footprint", [FOOTPRINT, LOCKSTEP], ids=["apart", "lockstep"])
@settings(deadline=None, max_examples=20)
@given(crooked())
def test_robots_that_keep_the_rules_never_touch_within_a_step(footprint: Footprint, drawn: SiteGraph) -> None:
    """Sampled: each anywhere on its own move, or standing, whatever the timing."""
    view = compile_view(drawn, footprint)
    near, barred = view.conflicts_of(1, 1), move_conflicts(view, 1, 1)
    steps = [*_ends(view), *((cell, cell) for cell in range(view.cell_count))]
    for one, (source, target) in enumerate(steps):
        for other, (from_cell, to_cell) in enumerate(steps[: one + 1]):
            if from_cell in near.row(source) or to_cell in near.row(target):
                continue
            if one < view.move_count and other in barred.row(one):
                continue
            gap_m = min(
                math.dist(_between(view, source, target, mine), _between(view, from_cell, to_cell, theirs))
                for mine in np.linspace(0.0, 1.0, 5)
                for theirs in np.linspace(0.0, 1.0, 5)
            )
            assert gap_m >= footprint.touch_m(1, 1) - 1e-9


def test_a_grid_of_points_has_the_rules_of_the_textbook() -> None:
    view = compile_view(square_grid(4, 1.0), TEXTBOOK)
    assert [view.conflicts_of().row(cell).tolist() for cell in range(16)] == [[cell] for cell in range(16)]
    reverse = {ends: number for number, ends in enumerate(_ends(view))}
    found = move_conflicts(view)
    assert [found.row(m).tolist() for m in range(view.move_count)] == [
        [reverse[target, source]] for source, target in _ends(view)
    ]


def test_points_that_cross_a_diagonal_at_once_conflict() -> None:
    spots = {"a": (0.0, 0.0), "b": (1.0, 1.0), "c": (1.0, 0.0), "d": (0.0, 1.0)}
    found = move_conflicts(compile_view(graph(spots, "a>b c>d"), replace(TEXTBOOK, step_m=1.5)))
    assert [found.row(0).tolist(), found.row(1).tolist()] == [[1], [0]]


@pytest.mark.parametrize(("apart_m", "conflict"), [(0.5, True), (0.85, False)])
def test_robots_that_meet_on_parallel_lanes_conflict_when_the_lanes_are_too_near(
    apart_m: float, conflict: bool
) -> None:
    spots = {"a": (0.0, 0.0), "b": (0.8, 0.0), "c": (0.8, apart_m), "d": (0.0, apart_m)}
    view = compile_view(graph(spots, "a>b c>d"), LOCKSTEP)
    assert view.index["c"] not in view.conflicts_of(1, 1).row(view.index["a"])
    assert move_conflicts(view, 1, 1).row(0).tolist() == ([1] if conflict else [])


def test_lanes_on_other_levels_never_conflict(tower: Site) -> None:
    view = compile_view(SiteGraph(tower), FOOTPRINT)
    cabins = [number for number, lift in enumerate(view.cells.lift.tolist()) if lift >= 0]
    for cell in range(view.cell_count):
        for other in view.conflicts_of().row(cell).tolist():
            assert view.cells.level[cell] == view.cells.level[other] or {cell, other} <= set(cabins)
    assert view.conflicts_of().row(cabins[0]).tolist() == sorted(
        {*cabins, *view.conflicts_of().row(cabins[0]).tolist()}
    )


def test_an_unknown_pair_of_classes_is_refused() -> None:
    view = compile_view(square_grid(2, 1.0), FOOTPRINT)
    with pytest.raises(ValueError):
        view.conflicts_of(0, 2)


def _spot(view: PlanningView, cell: int) -> tuple[float, float]:
    return float(view.cells.x_m[cell]), float(view.cells.y_m[cell])


def _between(view: PlanningView, one: int, other: int, share: float) -> tuple[float, float]:
    (x1, y1), (x2, y2) = _spot(view, one), _spot(view, other)
    return x1 + share * (x2 - x1), y1 + share * (y2 - y1)


def _ends(view: PlanningView) -> list[tuple[int, int]]:
    return list(zip(view.moves.source.tolist(), view.moves.target.tolist(), strict=True))


def test_a_movingai_map_has_the_rules_of_the_textbook(data: Callable[[str], Path]) -> None:
    drawn = load(data("movingai/map/random-32-32-20.map"))
    view = compile_view(SiteGraph(drawn), TEXTBOOK)
    assert view.cell_count == len(drawn.nodes)
    assert view.conflicts_of().items.tolist() == list(range(view.cell_count))
    ends = _ends(view)
    assert [ends[back] for back in move_conflicts(view).items.tolist()] == [(b, a) for a, b in ends]
