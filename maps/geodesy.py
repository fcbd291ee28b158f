"""Between the earth and the site's plane: WGS84 latitude and longitude to local metres and back.

The plane touches the ellipsoid at the site's origin, x east and y north (east-north-up coordinates, from
pymap3d; height is left out). A distance of 10 km from the origin is shown 4 mm too short, far below what any
survey of a site holds.
"""

import math
from collections.abc import Sequence

import pymap3d

from maps.elements import GeoOrigin, Point
from maps.errors import SiteError
from maps.geometry import rounded

DEGREE_DIGITS = 9
"""A tenth of a millimetre on the ground."""

REACH_M = 50_000.0
"""No site reaches further from its origin; a point that does is a slip of the pen, or has x and y swapped."""


def to_local(origin: GeoOrigin, latitude: float, longitude: float) -> Point:
    """x_m, y_m in the site's frame, to the millimetre.

    Raises SiteError for what is no place on earth, or lies more than REACH_M from the origin.
    """
    refuse_no_place(latitude, longitude)
    east_m, north_m, _ = pymap3d.geodetic2enu(
        latitude, longitude, origin.altitude_m, origin.latitude, origin.longitude, origin.altitude_m
    )
    # The plane knows nothing of the far side of the earth, which comes near the origin again.
    distant = math.cos(math.radians(latitude - origin.latitude)) < 0.5
    if distant or math.hypot(east_m, north_m) > REACH_M or _turned(longitude - origin.longitude) > 90.0:
        raise SiteError(
            f"latitude {latitude}, longitude {longitude} is more than {REACH_M / 1000:.0f} km from the site's"
            f" origin (latitude {origin.latitude}, longitude {origin.longitude})",
            hint="correct the point; latitude and longitude may be swapped",
        )
    return rounded((float(east_m), float(north_m)))


def to_geo(origin: GeoOrigin, point: Point) -> tuple[float, float]:
    """Latitude and longitude of a point of the site's frame, in decimal degrees."""
    latitude, longitude, _ = pymap3d.enu2geodetic(
        point[0], point[1], 0.0, origin.latitude, origin.longitude, origin.altitude_m
    )
    return (round(float(latitude), DEGREE_DIGITS), round(float(longitude), DEGREE_DIGITS))


def origin_of(points: Sequence[tuple[float, float]]) -> GeoOrigin:
    """The middle of (latitude, longitude) points: where a site without a declared origin has its (0, 0).

    Raises SiteError when there are no points, or one is no place on earth.
    """
    if not points:
        raise SiteError("there is no point to place the origin by", hint="add nodes and lanes")
    for latitude, longitude in points:
        refuse_no_place(latitude, longitude)
    # Longitudes are counted from the first point: a site may lie on the 180th meridian.
    first = points[0][1]
    turns = [math.remainder(longitude - first, 360.0) for _, longitude in points]
    return GeoOrigin(
        latitude=round(math.fsum(latitude for latitude, _ in points) / len(points), DEGREE_DIGITS),
        longitude=round(math.remainder(first + math.fsum(turns) / len(turns), 360.0), DEGREE_DIGITS),
    )


def refuse_no_place(latitude: float, longitude: float) -> None:
    """Raises SiteError when this is no place on earth (NaN and infinity are none either)."""
    if abs(latitude) <= 90.0 and abs(longitude) <= 180.0:
        return
    swapped = abs(longitude) <= 90.0 and abs(latitude) <= 180.0
    hint = "latitude and longitude seem swapped" if swapped else "write decimal degrees (WGS84)"
    raise SiteError(f"latitude {latitude}, longitude {longitude} is no place on earth", hint=hint)


def _turned(difference: float) -> float:
    return abs(math.remainder(difference, 360.0))
