"""Which poses, and how long at each: a greedy cover, then a linear programme for the times.

Greedy: the pose that brings the samples nearest to their dose comes next (Wolsey, An analysis of the greedy
algorithm for the submodular set covering problem, Combinatorica 2, 1982). It is run for several lengths of
exposure, as one long exposure competes with several short ones. The times of the chosen poses are the
optimum of a linear programme; then poses are left out or moved as long as that shortens the whole.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from maps.coverage.space import Floats

POSES_MAX = 60
"""Of short exposures. Of exposures of the full length there may be as many as the room needs."""
EFFORT_MAX = 20_000
"""Poses of all the sets that are tried to shorten the plan: a hall gets a good plan, not the best."""
ROUNDS_MAX = 6
ROWS_ADDED = 40
LP_ROUNDS_MAX = 60
ENOUGH = 1.0 - 1e-7
SHORT_S = 1e-6
"""No exposure at all."""
DIVISIONS = (1.0, 0.5, 0.25, 0.125, 0.0625)
"""Lengths of exposure that the greedy cover tries, as shares of the longest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    poses: tuple[int, ...]
    """Columns of the matrix, ascending."""
    light_s: tuple[float, ...]
    """Seconds of full output at each."""
    total_s: float
    """Light, and between_s for each pose."""


def choose(
    rate: Floats,
    light_s_max: float,
    between_s: float,
    neighbours: Sequence[Sequence[int]],
    progress: Callable[[float], None] = lambda _share: None,
) -> Choice:
    """Poses and times that give every row its dose, with the least time in all that is found.

    rate (n, m): share of the dose that a second at pose m gives sample n; each row has a pose that can give
    it all in light_s_max. neighbours: the poses beside each. Decides the same for the same input.
    """
    if not len(rate):
        return Choice(poses=(), light_s=(), total_s=0.0)
    times, best = _Times(rate, light_s_max, between_s), None
    for number, division in enumerate(DIVISIONS):
        poses_max = rate.shape[1] if division == 1.0 else POSES_MAX
        cover = _greedy(rate, light_s_max * division, poses_max)
        if cover is not None:
            best = times.of(cover, math.inf if best is None else best.total_s) or best
        progress(0.5 * (number + 1) / len(DIVISIONS))
    assert best is not None, "the whole length covers every row"
    return _improved(times, best, neighbours, progress)


def _greedy(rate: Floats, light_s: float, poses_max: int) -> tuple[int, ...] | None:
    """Poses of light_s each that give every row its dose; None when poses_max do not."""
    given = np.minimum(rate * light_s, 1.0)
    missing = np.ones(len(rate))
    chosen: list[int] = []
    while missing.max() > 1.0 - ENOUGH:
        gain = np.minimum(given, missing[:, None]).sum(axis=0)
        gain[chosen] = 0.0
        pose = int(np.argmax(gain))
        if gain[pose] <= 1e-9 or len(chosen) == poses_max:
            return None
        chosen.append(pose)
        missing = np.maximum(missing - given[:, pose], 0.0)
    return tuple(sorted(chosen))


class _Times:
    """The linear programme of the times, for one set of poses after another.

    Few rows decide it: it is solved for those, and again with rows that came out short. What decided once is
    likely to decide again, so rows are kept from set to set.
    """

    def __init__(self, rate: Floats, light_s_max: float, between_s: float) -> None:
        self._rate = rate
        self._light_s_max = light_s_max
        self._between_s = between_s
        self._rows = np.array([int(np.argmin(rate.max(axis=1)))])

    def of(self, poses: tuple[int, ...], under_s: float) -> Choice | None:
        """The shortest times; None when they do not suffice, or take under_s or more in all."""
        matrix, rows = self._rate[:, poses], self._rows
        for _ in range(LP_ROUNDS_MAX):
            light_s = self._solved(matrix[rows])
            # with more rows the light only grows
            if light_s is None or light_s.sum() + self._between_s * int((light_s > SHORT_S).sum()) >= under_s:
                return None
            dose = matrix @ light_s
            short = np.flatnonzero(dose < ENOUGH)
            if not len(short):
                found = _choice(poses, light_s, self._between_s)
                self._rows = rows
                return found if found.total_s < under_s else None
            rows = np.union1d(rows, short[np.argsort(dose[short], kind="stable")[:ROWS_ADDED]])
        return None

    def _solved(self, matrix: Floats) -> Floats | None:
        answer = linprog(
            np.ones(matrix.shape[1]),
            A_ub=-matrix,
            b_ub=-np.ones(len(matrix)),
            bounds=(0.0, self._light_s_max),
            method="highs-ds",
        )
        found: Floats | None = answer.x
        return found


def _choice(poses: tuple[int, ...], light_s: Floats, between_s: float) -> Choice:
    kept = [(pose, float(time_s)) for pose, time_s in zip(poses, light_s, strict=True) if time_s > SHORT_S]
    return Choice(
        poses=tuple(pose for pose, _ in kept),
        light_s=tuple(time_s for _, time_s in kept),
        total_s=sum(time_s for _, time_s in kept) + between_s * len(kept),
    )


def _improved(
    times: _Times,
    best: Choice,
    neighbours: Sequence[Sequence[int]],
    progress: Callable[[float], None],
) -> Choice:
    """Leave a pose out, or move it to one beside it, while that shortens the whole by a second."""
    effort = 0
    for number in range(ROUNDS_MAX):
        before_s = best.total_s
        for pose in best.poses:
            others = tuple(other for other in best.poses if other != pose)
            if len(others) == len(best.poses) or effort > EFFORT_MAX:
                continue  # left out or moved meanwhile
            for moved in (others, *(tuple(sorted({*others, near})) for near in neighbours[pose])):
                best = (times.of(moved, best.total_s - 1.0) if moved else None) or best
                effort += len(moved)
        progress(0.5 + 0.5 * (number + 1) / ROUNDS_MAX)
        if best.total_s > before_s - 1.0:
            break
    return best
