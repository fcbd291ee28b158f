"""plan_uv: where a UV-C robot stands in a room, and how long, so that what its light reaches has its dose.

It reports the minimum, the 5th percentile and the covered share of the area, never the mean, and it lists
what cannot be reached. The model is maps.coverage.lamp; the robot measures, this only plans.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from maps.coverage.choice import choose
from maps.coverage.field import irradiance
from maps.coverage.lamp import J_M2_IN_MJ_CM2, Lamp
from maps.coverage.space import Floats, Space, areas, rings
from maps.coverage.surfaces import Samples, samples
from maps.elements import Point
from maps.errors import SiteError

Truths = npt.NDArray[np.bool_]
CANDIDATES_MAX = 400
NOOKS_MAX = 200
RIM_M = 1e-6
PERCENTILE_FRACTION = 0.05
ENOUGH = 1.0 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class UvSettings:
    sample_m: float = 0.25
    pose_m: float = 0.5
    """Spacing of the candidate poses; grows in halls."""
    exposure_s_max: float = 1800.0
    """Hard cap of one exposure."""
    between_s: float = 70.0
    """What each pose costs besides light: drive, announced delay, scan, warm-up."""
    reflected_fraction: float = 0.0
    """Diffuse light, as a share of the mean direct light. 0 promises nothing that walls may not give."""
    wall_top_m: float | None = None
    """How high walls are treated; None: up to the ceiling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UvPose:
    at: Point
    exposure_s: float
    """With the lamp lit, the warm-up included; whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Part of a surface that the target dose cannot reach."""

    surface: str
    area_m2: float
    count: int
    """Samples of which that holds (rim samples stand for no area)."""
    at: tuple[float, float, float]
    """The one of them that gets least."""
    best_s: float | None
    """Seconds that it would need from the best pose; None: no pose sees it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UvPlan:
    target_j_m2: float
    poses: tuple[UvPose, ...]
    """In the order in which to drive them."""
    samples: Samples
    dose_j_m2: Floats
    """(n,) at each sample, warm-up counted."""
    reachable: Truths
    """(n,): some pose can give the sample its dose within one exposure."""
    minimum_j_m2: float
    """Over all samples, hidden ones too."""
    minimum_reachable_j_m2: float
    p5_j_m2: float
    """A twentieth of the area has less."""
    covered_fraction: float
    """Share of the area that has the target dose."""
    unreached: tuple[Unreached, ...]
    total_s: float
    """Light and everything between."""


def doses(plan: UvPlan) -> str:
    """What the plan achieves, for people: never the mean, and in mJ/cm2, as those who disinfect have it."""
    minimum, p5, target = (
        dose / J_M2_IN_MJ_CM2 for dose in (plan.minimum_j_m2, plan.p5_j_m2, plan.target_j_m2)
    )
    return (
        f"minimum {minimum:.1f}, 5th percentile {p5:.1f} mJ/cm2;"
        f" {plan.covered_fraction * 100.0:.1f} % of the area has {target:g}"
    )


def plan_uv(
    space: Space,
    lamp: Lamp,
    target_j_m2: float,
    settings: UvSettings | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> UvPlan:
    """Few poses with times that give every sample which can have it the target dose (J/m2; 1 mJ/cm2 is 10).

    progress is called with the share done. Raises SiteError for a dose or a setting that means nothing.
    """
    settings = settings or UvSettings()
    _check(target_j_m2, settings, lamp)
    found = samples(space, settings.sample_m, settings.wall_top_m)
    places, beside = candidates(space, settings.pose_m)
    field = irradiance(lamp, places, found, space.fences, settings.reflected_fraction)
    progress(0.3)
    light_s_max = settings.exposure_s_max - lamp.lost_s
    reachable = field.max(axis=1) * light_s_max >= target_j_m2
    rate = field[reachable] / target_j_m2
    # a lamp in its warm-up gives less: each pose costs what that loses, on top of the way there
    chosen = choose(
        rate,
        light_s_max,
        settings.between_s + lamp.lost_s,
        beside,
        lambda share: progress(0.3 + 0.7 * share),
    )
    lit_s = [lit_for(lamp, light_s) for light_s in chosen.light_s]
    light_s = np.array([light_of(lamp, seconds) for seconds in lit_s])
    poses = [
        UvPose(at=(round(float(places[i, 0]), 3), round(float(places[i, 1]), 3)), exposure_s=seconds)
        for i, seconds in zip(chosen.poses, lit_s, strict=True)
    ]
    dose = field[:, chosen.poses] @ light_s
    return UvPlan(
        target_j_m2=target_j_m2,
        poses=_tour(poses, space.start),
        samples=found,
        dose_j_m2=dose,
        reachable=reachable,
        minimum_j_m2=float(dose.min()),
        minimum_reachable_j_m2=float(dose[reachable].min()) if reachable.any() else 0.0,
        p5_j_m2=percentile(dose, found.area_m2, PERCENTILE_FRACTION),
        covered_fraction=covered_fraction(dose, found.area_m2, target_j_m2),
        unreached=_unreached(found, dose, reachable, field.max(axis=1), target_j_m2),
        total_s=sum(lit_s) + settings.between_s * len(poses),
    )


def lit_for(lamp: Lamp, light_s: float) -> float:
    """Whole seconds of burning that give light_s seconds of full output."""
    steady_s = light_s + lamp.lost_s
    if steady_s >= lamp.warm_up_s:
        return float(math.ceil(steady_s - 1e-9))
    # still warming up: cold * t + (1 - cold) t^2 / (2 w) = light
    rise = (1.0 - lamp.cold_fraction) / lamp.warm_up_s
    cold = lamp.cold_fraction
    return float(math.ceil((math.sqrt(cold * cold + 2.0 * rise * light_s) - cold) / rise - 1e-9))


def light_of(lamp: Lamp, lit_s: float) -> float:
    """Seconds of full output in lit_s seconds of burning."""
    if lit_s >= lamp.warm_up_s:
        return lit_s - lamp.lost_s
    rise = (1.0 - lamp.cold_fraction) / lamp.warm_up_s
    return lamp.cold_fraction * lit_s + rise * lit_s * lit_s / 2.0


def candidates(space: Space, spacing_m: float) -> tuple[Floats, list[list[int]]]:
    """Where the robot may stand (m, 2), and for each the numbers of those beside it.

    A grid from rim to rim of the free floor, its corners (nooks that the grid misses), the entry.
    """
    step_m = max(spacing_m, math.sqrt(space.free.area / CANDIDATES_MAX))
    x_min, y_min, x_max, y_max = space.free.bounds
    xs, ys = _axis(x_min, x_max, step_m), _axis(y_min, y_max, step_m)
    x, y = (axis.ravel() for axis in np.meshgrid(xs, ys, indexing="ij"))
    inside = shapely.contains_xy(space.free.buffer(RIM_M), x, y)
    corners = [point for ring in rings(areas(space.free.simplify(step_m / 4.0))) for point in ring[:-1]]
    nooks = corners if len(corners) <= NOOKS_MAX else []
    places = np.vstack(([space.start, *nooks], np.column_stack((x[inside], y[inside]))))
    places = places[np.sort(np.unique(np.round(places, 3), axis=0, return_index=True)[1])]
    apart = np.hypot(*(places[:, None, axis] - places[None, :, axis] for axis in (0, 1)))
    near = (apart < 1.5 * step_m) & (apart > 1e-9)
    return places, [np.flatnonzero(row).tolist() for row in near]


def _axis(low: float, high: float, step_m: float) -> Floats:
    """Places step_m apart or a little less, from rim to rim."""
    return np.linspace(low, high, max(2, math.ceil((high - low) / step_m) + 1))


def covered_fraction(dose: Floats, area_m2: Floats, target_j_m2: float) -> float:
    """Share of the area that has the target dose."""
    return float(area_m2[dose >= target_j_m2 * ENOUGH].sum() / area_m2.sum())


def percentile(values: Floats, weights: Floats, fraction: float) -> float:
    """The value below which this share of the weight lies."""
    order = np.argsort(values, kind="stable")
    heap = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(heap, fraction * heap[-1])])


def _unreached(
    found: Samples,
    dose: Floats,
    reachable: Truths,
    strongest: Floats,
    target_j_m2: float,
) -> tuple[Unreached, ...]:
    listed = []
    for surface in found.surfaces:
        span = np.arange(surface.first, surface.first + surface.count)
        missed = span[~reachable[span]]
        for seen in (False, True):
            group = missed[(strongest[missed] > 0.0) == seen]
            if len(group):
                worst = int(group[np.argmin(dose[group])])
                x, y, z = (round(float(value), 3) for value in found.point[worst])
                listed.append(
                    Unreached(
                        surface=surface.name,
                        area_m2=float(found.area_m2[group].sum()),
                        count=len(group),
                        at=(x, y, z),
                        best_s=float(target_j_m2 / strongest[worst]) if seen else None,
                    )
                )
    return tuple(listed)


def _tour(poses: list[UvPose], start: Point) -> tuple[UvPose, ...]:
    """The nearest next, from where the robot comes in."""
    left, here, order = list(poses), start, []
    while left:
        nearest = min(left, key=lambda pose: (math.dist(pose.at, here), pose.at))
        left.remove(nearest)
        order.append(nearest)
        here = nearest.at
    return tuple(order)


def _check(target_j_m2: float, settings: UvSettings, lamp: Lamp) -> None:
    for name, value, low, high in (
        ("target_j_m2", target_j_m2, 0.01, 1e5),
        ("sample_m", settings.sample_m, 0.05, 5.0),
        ("pose_m", settings.pose_m, 0.05, 10.0),
        ("exposure_s_max", settings.exposure_s_max, lamp.warm_up_s + 1.0, 86_400.0),
        ("between_s", settings.between_s, 0.0, 86_400.0),
        ("reflected_fraction", settings.reflected_fraction, 0.0, 1.0),
        ("wall_top_m", settings.wall_top_m if settings.wall_top_m is not None else 1.0, 0.05, 100.0),
    ):
        if not (math.isfinite(value) and low <= value <= high):
            raise SiteError(
                f"{name} is {value:g}", element="UV plan", hint=f"give a number from {low:g} to {high:g}"
            )
