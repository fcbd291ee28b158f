"""A tubular UV-C lamp, and the light that it throws on a small surface. Pure functions of numbers.

Model: the tube is an upright Lambertian line source of length L that gives P watts. A piece dz of it sends
P / (pi^2 L) * sin(theta) dz to each steradian, theta from the axis, and a surface receives that times the
cosine of the incidence, over the square of the distance. With d the horizontal distance from the axis and
u = z - h the height of the piece above the surface the integral has a closed form, so that parts of the tube
(what an obstacle leaves visible) cost nothing more. Opposite the middle of the whole tube it is the formula
of Keitz: E = P / (2 pi^2 d L) * (2a + sin 2a), a = atan(L / 2d).
Source: Keitz, Light Calculations and Measurements (1971); Sasges et al., Determination of the output of
monochromatic low pressure UV lamps, IUVA (2012).
"""

import math
from dataclasses import dataclass

from maps.errors import SiteError

J_M2_IN_MJ_CM2 = 10.0
"""People speak of mJ/cm2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A tube on a round body. Raises SiteError for values that no lamp has."""

    power_w: float
    """UV-C watts of the new, warm lamp: about a third of what it draws."""
    length_m: float = 1.2
    base_height_m: float = 0.5
    """Lower end of the tube above the floor; below it stands the body, which throws a shadow."""
    body_radius_m: float = 0.25
    ageing_fraction: float = 0.8
    """Output at the end of the lamp's life, as a share of power_w: the plan must hold until then."""
    warm_up_s: float = 20.0
    cold_fraction: float = 0.4
    """Output right after switching on; it rises evenly."""

    def __post_init__(self) -> None:
        for name in ("power_w", "length_m", "base_height_m"):
            _require(name, getattr(self, name), low=1e-3, high=1e5)
        _require("ageing_fraction", self.ageing_fraction, low=0.01, high=1.0)
        _require("cold_fraction", self.cold_fraction, low=0.0, high=1.0)
        _require("warm_up_s", self.warm_up_s, low=0.0, high=3600.0)
        _require("body_radius_m", self.body_radius_m, low=0.0, high=5.0)

    @property
    def top_m(self) -> float:
        """Upper end of the tube above the floor."""
        return self.base_height_m + self.length_m

    @property
    def lost_s(self) -> float:
        """Seconds of full output that the warm-up of one exposure costs."""
        return self.warm_up_s * (1.0 - self.cold_fraction) / 2.0

    @property
    def radiance_w_m_sr(self) -> float:
        """P / (pi^2 L) of the aged lamp: watts a metre of tube and steradian, at right angles to it."""
        return self.power_w * self.ageing_fraction / (math.pi**2 * self.length_m)


def line_integral(facing: float, upward: float, gap_m: float, start_m: float, end_m: float) -> float:
    """The integral of sin(theta) cos(incidence) / r^2 over a part of the tube, 1/m.

    `facing` and `upward` are the surface normal's parts towards the lamp's axis and upwards; start_m and
    end_m are heights above the surface. All of the part must lie in front of the surface.
    """
    return _primitive(facing, upward, gap_m, end_m) - _primitive(facing, upward, gap_m, start_m)


def irradiance_w_m2(lamp: Lamp, gap_m: float, height_m: float, *, facing: float = 1.0) -> float:
    """On an upright surface at height_m whose normal has the part `facing` towards the lamp.

    gap_m is the horizontal distance from the tube's axis, above 0. Nothing stands between; warm, aged lamp.
    """
    start_m, end_m = lamp.base_height_m - height_m, lamp.top_m - height_m
    return lamp.radiance_w_m_sr * line_integral(max(0.0, facing), 0.0, gap_m, start_m, end_m)


def _primitive(facing: float, upward: float, gap_m: float, rise_m: float) -> float:
    across = gap_m * gap_m + rise_m * rise_m
    along = rise_m / (2.0 * across) + math.atan2(rise_m, gap_m) / (2.0 * gap_m)
    return facing * along - upward * gap_m / (2.0 * across)


def _require(name: str, value: float, *, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise SiteError(
            f"{name} is {value:g}", element="lamp", hint=f"give a number from {low:g} to {high:g}"
        )
