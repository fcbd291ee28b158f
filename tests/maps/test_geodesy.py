"""The plane at a site's origin, held against distances on the ellipsoid that pymap3d finds another way."""

import math

import pymap3d.vincenty
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.elements import GeoOrigin
from maps.errors import SiteError
from maps.geodesy import origin_of, to_geo, to_local

origins = st.builds(
    GeoOrigin,
    latitude=st.floats(-80.0, 80.0),
    longitude=st.floats(-180.0, 180.0),
    altitude_m=st.floats(0.0, 4000.0),
)
offsets_m = st.floats(-3000.0, 3000.0)


def test_x_is_east_and_y_is_north_of_the_origin() -> None:
    origin = GeoOrigin(latitude=29.7, longitude=106.6)
    assert to_local(origin, 29.7, 106.6) == (0.0, 0.0)
    x_m, y_m = to_local(origin, 29.701, 106.6)
    assert (x_m, round(y_m)) == (0.0, 111)
    x_m, y_m = to_local(origin, 29.7, 106.601)
    assert (round(x_m), round(y_m)) == (97, 0)


@settings(deadline=None, max_examples=50)
@given(origin=origins, x_m=offsets_m, y_m=offsets_m)
def test_there_and_back_again_is_the_same_millimetre(origin: GeoOrigin, x_m: float, y_m: float) -> None:
    back = to_local(origin, *to_geo(origin, (x_m, y_m)))
    # The way back has no height: what lies kilometres off is some decimetres below the plane.
    assert math.dist(back, (x_m, y_m)) < 2e-3


@settings(deadline=None, max_examples=50)
@given(
    latitude=st.floats(-80.0, 80.0),
    longitude=st.floats(-180.0, 180.0),
    north=st.floats(-0.02, 0.02),
    east=st.floats(-0.02, 0.02),
)
def test_distance_from_the_origin_is_that_on_the_ellipsoid(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    there = (latitude + north, math.remainder(longitude + east, 360.0))
    found_m = math.hypot(*to_local(GeoOrigin(latitude=latitude, longitude=longitude), *there))
    true_m, _ = pymap3d.vincenty.vdist(latitude, longitude, *there)
    assert found_m == pytest.approx(float(true_m), rel=1e-5, abs=2e-3)


def test_origin_is_the_middle_also_across_the_180th_meridian() -> None:
    assert origin_of([(10.0, 20.0), (10.2, 20.4)]) == GeoOrigin(latitude=10.1, longitude=20.2)
    assert abs(origin_of([(0.0, 179.999), (0.0, -179.999)]).longitude) == 180.0


@pytest.mark.parametrize(
    ("latitude", "longitude", "says"),
    [
        (106.6, 29.7, "is no place on earth; latitude and longitude seem swapped"),
        (29.7, 400.0, "is no place on earth; write decimal degrees"),
        (math.nan, 106.6, "is no place on earth"),
        (29.7, math.inf, "is no place on earth"),
        (30.7, 106.6, "more than 50 km from the site's origin"),
        (-29.7, -73.4, "more than 50 km from the site's origin"),
    ],
)
def test_what_is_no_place_of_the_site_is_one_sentence(latitude: float, longitude: float, says: str) -> None:
    with pytest.raises(SiteError, match=says) as caught:
        to_local(GeoOrigin(latitude=29.7, longitude=106.6), latitude, longitude)
    assert "\n" not in str(caught.value)


def test_no_point_is_no_origin() -> None:
    with pytest.raises(SiteError, match="no point to place the origin by"):
        origin_of([])
