"""From an Open-RMF drawing to the site's frame: a Frame for each level.

A drawing has pixels, y down, and measurements that give its scale; levels share fiducials that say how their
drawings lie on one another. A wgs84 building has degrees. Nothing here knows lanes or doors.
"""

import cmath
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from maps.elements import Point
from maps.errors import SiteError
from maps.geometry import RESOLUTION_DIGITS
from maps.importers.rmf_file import Building, RawLevel

ASSUMED_SCALE_M_PER_PX = 0.05
"""What the traffic editor draws with until somebody measures."""

ROTATION_GAIN = 2.0
"""A rotation is believed when it explains the fiducials this many times better: hand-placed fiducials, a few
pixels off, look like a small rotation, and would move the far end of a building by half a metre."""

WGS84_RADIUS_M = 6378137.0
WGS84_ECCENTRICITY_SQUARED = 6.69437999014e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """z -> factor * z + offset on complex numbers, z = x + iy (x - iy when the drawing's y points down).

    `factor` holds scale and rotation; a wgs84 frame has no rotation, but a scale for each axis.
    """

    factor: complex
    offset: complex
    y_down: bool = True
    origin: Point = (0.0, 0.0)
    """Subtracted first: longitude, latitude of the site's origin."""
    stretch: Point = (1.0, 1.0)

    @property
    def scale_m_per_px(self) -> float:
        """Metres per pixel."""
        return abs(self.factor)

    @property
    def yaw_rad(self) -> float:
        """How far the drawing is turned, counter-clockwise."""
        return cmath.phase(self.factor)

    def to_site(self, at: Point) -> Point:
        """x_m, y_m, to the millimetre."""
        x = (at[0] - self.origin[0]) * self.stretch[0]
        y = (at[1] - self.origin[1]) * self.stretch[1]
        z = self.factor * complex(x, -y if self.y_down else y) + self.offset
        return (round(z.real, RESOLUTION_DIGITS), round(z.imag, RESOLUTION_DIGITS))


def frames(building: Building, notes: list[str]) -> dict[str, Frame]:
    """A frame for each level; what had to be assumed is added to `notes`.

    Raises SiteError for a coordinate system that is not known.
    """
    system = building.coordinate_system
    if system == "reference_image":
        return _image_frames(building, notes)
    if system == "cartesian_meters":
        frame = Frame(factor=1 + 0j, offset=0j, y_down=False)
    elif system == "wgs84":
        frame = _wgs84_frame(building, notes)
    else:
        raise SiteError(
            f"coordinate_system '{system}' is not known",
            hint="use reference_image, cartesian_meters or wgs84",
        )
    return dict.fromkeys(building.levels, frame)


def _wgs84_frame(building: Building, notes: list[str]) -> Frame:
    """Local east-north plane at the mean of the vertices that lanes use."""
    points = [point for level in building.levels.values() for point in _lane_points(level)]
    if not points:
        raise SiteError(
            "no level has lanes, so that there is nothing to place the origin by", hint="add lanes"
        )
    longitude = math.fsum(x for x, _ in points) / len(points)
    latitude = math.fsum(y for _, y in points) / len(points)
    if not (-180.0 <= longitude <= 180.0 and -85.0 <= latitude <= 85.0):
        raise SiteError(
            f"wgs84 coordinates have their middle at longitude {longitude:.3f}, latitude {latitude:.3f}",
            hint="write x as longitude and y as latitude, in degrees",
        )
    notes.append(f"The site's origin is at longitude {longitude:.8f}, latitude {latitude:.8f} (WGS84).")
    return Frame(
        factor=1 + 0j,
        offset=0j,
        y_down=False,
        origin=(longitude, latitude),
        stretch=_metres_per_degree(latitude),
    )


def _lane_points(level: RawLevel) -> Iterator[Point]:
    used = {index for lane in level.lanes for index in (lane.start, lane.end)}
    return (vertex.at for index, vertex in enumerate(level.vertices) if index in used)


def _metres_per_degree(latitude: float) -> Point:
    """East and north, from the ellipsoid's radii of curvature."""
    sin = math.sin(math.radians(latitude))
    shape = 1.0 - WGS84_ECCENTRICITY_SQUARED * sin * sin
    east = WGS84_RADIUS_M / math.sqrt(shape) * math.cos(math.radians(latitude))
    north = WGS84_RADIUS_M * (1.0 - WGS84_ECCENTRICITY_SQUARED) / shape**1.5
    return (math.radians(east), math.radians(north))


def _image_frames(building: Building, notes: list[str]) -> dict[str, Frame]:
    reference = building.levels.get(building.reference_level)
    if reference is None:
        raise SiteError(
            f"reference_level_name '{building.reference_level}' is no level of the building",
            hint=f"use one of {', '.join(building.levels)}",
        )
    scale = _measured_scale(reference)
    if scale is None:
        scale = ASSUMED_SCALE_M_PER_PX
        notes.append(f"Level {reference.level_id} has no measurement: {scale} m per pixel is assumed.")
    found = {}
    for level_id, level in building.levels.items():
        if level is reference:
            found[level_id] = Frame(factor=complex(scale), offset=0j)
        else:
            found[level_id] = _aligned(level, reference, scale, notes)
    return found


def _measured_scale(level: RawLevel) -> float | None:
    """Mean of metres per pixel over the measurements; None without any."""
    ratios = []
    for measurement in level.measurements:
        start, end = level.vertices[measurement.start].at, level.vertices[measurement.end].at
        length_px = math.dist(start, end)
        if length_px > 0.0:
            ratios.append(measurement.distance_m / length_px)
    return math.fsum(ratios) / len(ratios) if ratios else None


def _aligned(level: RawLevel, reference: RawLevel, reference_scale: float, notes: list[str]) -> Frame:
    """Where the level's drawing lies, by the fiducials that it shares with the reference level."""
    shared = [name for name in level.fiducials if name in reference.fiducials]
    here = [_up(level.fiducials[name]) for name in shared]
    there = [_up(reference.fiducials[name]) * reference_scale for name in shared]
    scale = _measured_scale(level) or _fiducial_scale(here, there)
    if scale is None:
        scale = reference_scale
        notes.append(
            f"Level {level.level_id} has no measurement and no two fiducials: scaled as {reference.level_id}."
        )
    if not shared:
        notes.append(
            f"Level {level.level_id} shares no fiducial with {reference.level_id}: laid at its origin."
        )
        return Frame(factor=complex(scale), offset=0j)
    factor = scale * _rotation(here, there, scale)
    return Frame(factor=factor, offset=_mean(there) - factor * _mean(here))


def _up(at: Point) -> complex:
    return complex(at[0], -at[1])


def _mean(values: Sequence[complex]) -> complex:
    return sum(values) / len(values)


def _fiducial_scale(here: Sequence[complex], there: Sequence[complex]) -> float | None:
    """Mean ratio of the distances between fiducials; None with fewer than two."""
    pairs = combinations(range(len(here)), 2)
    ratios = [abs(there[i] - there[j]) / abs(here[i] - here[j]) for i, j in pairs if here[i] != here[j]]
    return math.fsum(ratios) / len(ratios) if ratios else None


def _rotation(here: Sequence[complex], there: Sequence[complex], scale: float) -> complex:
    """The unit number that turns one set of points into the other, least squares; 1 when noise."""
    if len(here) < 2:
        return 1 + 0j
    from_mean = [z - _mean(here) for z in here]
    to_mean = [z - _mean(there) for z in there]
    product = sum(b * a.conjugate() for a, b in zip(from_mean, to_mean, strict=True))
    if abs(product) == 0.0:
        return 1 + 0j
    turn = product / abs(product)

    def misfit(rotation: complex) -> float:
        gaps = (abs(scale * rotation * a - b) for a, b in zip(from_mean, to_mean, strict=True))
        return math.sqrt(math.fsum(gap * gap for gap in gaps))

    return turn if misfit(1 + 0j) > ROTATION_GAIN * misfit(turn) else 1 + 0j
