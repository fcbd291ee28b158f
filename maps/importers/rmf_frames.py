"""From an Open-RMF drawing to the site's frame: a Frame for each level.

A drawing has pixels, y down, and measurements that give its scale; levels share fiducials that say how their
drawings lie on one another. A wgs84 building has degrees. Nothing here knows lanes or doors.
"""

import cmath
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations

from maps.elements import GeoOrigin, Point
from maps.errors import SiteError
from maps.geodesy import origin_of, refuse_no_place, to_local
from maps.geometry import rounded
from maps.importers.rmf_file import Building, RawLevel, Vertex

ASSUMED_SCALE_M_PER_PX = 0.05
"""What the traffic editor draws with until somebody measures."""

SCALES_M_PER_PX = (1e-4, 100.0)
"""A drawing of a building, or of a town, lies well between."""

ROTATION_GAIN = 2.0
"""A rotation is believed when it explains the fiducials this many times better: hand-placed fiducials, a few
pixels off, look like a small rotation, and would move the far end of a building by half a metre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """z -> factor * z + offset on complex numbers, z = x + iy (x - iy when the drawing's y points down).

    `factor` holds scale and rotation. A wgs84 frame has an origin instead.
    """

    factor: complex
    offset: complex
    y_down: bool = True
    measured: bool = True
    """False: the scale is a guess."""
    origin: GeoOrigin | None = None
    """Of a drawing in degrees: x is longitude, y latitude."""

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
        if self.origin is not None:
            return to_local(self.origin, latitude=at[1], longitude=at[0])
        z = self.factor * complex(at[0], -at[1] if self.y_down else at[1]) + self.offset
        return rounded((z.real, z.imag))


def frames(building: Building, notes: list[str]) -> dict[str, Frame]:
    """A frame for each level; what had to be assumed is added to `notes`.

    Raises SiteError for a coordinate system that is not known, a scale that none can be, and degrees that
    are no place on earth, or far from the others.
    """
    system = building.coordinate_system
    if system == "reference_image":
        return _image_frames(building, notes)
    if system == "cartesian_meters":
        frame = Frame(factor=1 + 0j, offset=0j, y_down=False)
    elif system == "wgs84":
        frame = _wgs84_frame(building)
    else:
        raise SiteError(
            f"coordinate_system '{system}' is not known",
            hint="use reference_image, cartesian_meters or wgs84",
        )
    return dict.fromkeys(building.levels, frame)


def _wgs84_frame(building: Building) -> Frame:
    """The plane at the middle of the vertices that lanes use."""
    vertices = [vertex for level in building.levels.values() for vertex in _lane_vertices(level)]
    for vertex in vertices:
        with _said_of(vertex):
            refuse_no_place(latitude=vertex.y, longitude=vertex.x)
    if not vertices:
        raise SiteError(
            "no level has lanes, so that there is nothing to place the origin by", hint="add lanes"
        )
    origin = origin_of([(vertex.y, vertex.x) for vertex in vertices])
    for level in building.levels.values():
        for vertex in level.vertices:
            with _said_of(vertex):
                to_local(origin, latitude=vertex.y, longitude=vertex.x)
    return Frame(factor=1 + 0j, offset=0j, y_down=False, origin=origin)


@contextmanager
def _said_of(vertex: Vertex) -> Iterator[None]:
    """What is wrong with the vertex's coordinates is said with its line."""
    try:
        yield
    except SiteError as error:
        raise vertex.entry.error(error.message, error.hint) from None


def _lane_vertices(level: RawLevel) -> Iterator[Vertex]:
    used = {index for lane in level.lanes for index in (lane.start, lane.end)}
    return (vertex for index, vertex in enumerate(level.vertices) if index in used)


def _image_frames(building: Building, notes: list[str]) -> dict[str, Frame]:
    reference = building.levels.get(building.reference_level)
    if reference is None:
        raise SiteError(
            f"reference_level_name '{building.reference_level}' is no level of the building",
            hint=f"use one of {', '.join(building.levels)}",
        )
    scale = _measured_scale(reference, notes)
    if scale is None:
        notes.append(
            f"Level {reference.level_id} has no measurement: {ASSUMED_SCALE_M_PER_PX} m per pixel is assumed."
        )
    base = Frame(factor=complex(scale or ASSUMED_SCALE_M_PER_PX), offset=0j, measured=scale is not None)
    return {
        level_id: base if level is reference else _aligned(level, reference, base, notes)
        for level_id, level in building.levels.items()
    }


def _measured_scale(level: RawLevel, notes: list[str]) -> float | None:
    """Mean of metres per pixel over the measurements; None without any. Raises SiteError for no scale."""
    ratios = []
    for measurement in level.measurements:
        start, end = level.vertices[measurement.start].at, level.vertices[measurement.end].at
        length_px = math.dist(start, end)
        if length_px > 0.0:
            ratios.append(measurement.distance_m / length_px)
        else:
            notes.append(f"A measurement of level {level.level_id} has both ends at one point: left out.")
    if not ratios:
        return None
    return _sane(math.fsum(ratios) / len(ratios), level, "measurements")


def _sane(scale: float, level: RawLevel, source: str) -> float:
    low, high = SCALES_M_PER_PX
    if low <= scale <= high:
        return scale
    raise SiteError(
        f"the {source} of level '{level.level_id}' give a scale of {scale:g} m per pixel",
        hint=f"correct them; a scale lies between {low:g} and {high:g}",
    )


def _aligned(level: RawLevel, reference: RawLevel, base: Frame, notes: list[str]) -> Frame:
    """Where the level's drawing lies, by the fiducials that it shares with the reference level."""
    shared = [name for name in level.fiducials if name in reference.fiducials]
    here = [_up(level.fiducials[name]) for name in shared]
    there = [_up(reference.fiducials[name]) * base.scale_m_per_px for name in shared]
    scale, measured = _measured_scale(level, notes), True
    if scale is None:
        scale, measured = _fiducial_scale(here, there, level), base.measured
    if scale is None:
        scale, measured = base.scale_m_per_px, False
        notes.append(
            f"Level {level.level_id} has no measurement and no two fiducials: scaled as {reference.level_id}."
        )
    if not shared:
        notes.append(
            f"Level {level.level_id} shares no fiducial with {reference.level_id}: laid at its origin."
        )
        return Frame(factor=complex(scale), offset=0j, measured=measured)
    factor = scale * _rotation(here, there, scale)
    return Frame(factor=factor, offset=_mean(there) - factor * _mean(here), measured=measured)


def _up(at: Point) -> complex:
    return complex(at[0], -at[1])


def _mean(values: Sequence[complex]) -> complex:
    return sum(values) / len(values)


def _fiducial_scale(here: Sequence[complex], there: Sequence[complex], level: RawLevel) -> float | None:
    """Mean ratio of the distances between fiducials; None with fewer than two."""
    pairs = combinations(range(len(here)), 2)
    ratios = [abs(there[i] - there[j]) / abs(here[i] - here[j]) for i, j in pairs if here[i] != here[j]]
    return _sane(math.fsum(ratios) / len(ratios), level, "fiducials") if ratios else None


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
