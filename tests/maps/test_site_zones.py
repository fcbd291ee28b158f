from dataclasses import replace

import pytest

from maps.elements import GeoOrigin, NodeKind, Side, Site, Zone, ZoneKind
from maps.errors import SiteError
from maps.site_file import dumps, loads
from maps.times import parse_window

SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))


def _with(site: Site, **zone: object) -> str:
    text = dumps(site)
    fields = {"level": "L1", "names": "{en: Z}", "polygon": "[[0, 0], [4, 0], [4, 4]]", **zone}
    return text + "zones:\n  z: {" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}\n"


def test_zones_origin_sides_models_and_headings_are_written_as_they_are_read(two_rooms: Site) -> None:
    zones = (
        Zone(
            zone_id="quiet",
            level="L1",
            names={"en": "Ward", "zh-CN": "病区"},
            kind=ZoneKind.QUIET,
            polygon=SQUARE,
            speed_mps_max=0.5,
            times=(parse_window("22:00-06:00"), parse_window("sat,sun 13:00-15:00")),
        ),
        Zone(
            zone_id="ring",
            level="L1",
            names={"en": "Ring"},
            kind=ZoneKind.ONE_WAY,
            polygon=SQUARE,
            direction_rad=1.57,
        ),
    )
    first, *rest = two_rooms.nodes
    nodes = (replace(first, kind=NodeKind.DOOR, side=Side.DIRTY, yaw_rad=-1.5), *rest)
    edges = (replace(two_rooms.edges[0], models=("carrier", "patrol")), *two_rooms.edges[1:])
    levels = tuple(replace(level, scale_measured=False) for level in two_rooms.levels)
    rooms = tuple(replace(room, volume_m3=81.5) for room in two_rooms.rooms)
    site = replace(two_rooms, zones=zones, origin=GeoOrigin(latitude=31.2, longitude=121.5, altitude_m=4.0),
                   nodes=nodes, edges=edges, levels=levels, rooms=rooms)  # fmt: skip
    assert loads(dumps(site)) == site


def test_slow_zone_without_a_speed_is_refused(two_rooms: Site) -> None:
    with pytest.raises(SiteError, match=r"line \d+: zone 'z': a slow zone needs 'speed_mps_max'"):
        loads(_with(two_rooms, kind="slow"))


def test_one_way_zone_without_a_direction_is_refused(two_rooms: Site) -> None:
    with pytest.raises(SiteError, match="a one_way zone needs 'direction_rad'"):
        loads(_with(two_rooms, kind="one_way"))


def test_time_that_is_none_is_refused_with_an_example(two_rooms: Site) -> None:
    with pytest.raises(SiteError, match="'at night' is not a time window; write 22:00-06:00"):
        loads(_with(two_rooms, kind="no_go", times="[at night]"))


def test_zone_on_a_level_that_is_not_there_is_refused(two_rooms: Site) -> None:
    with pytest.raises(SiteError, match="there is no level 'L9'"):
        loads(_with(two_rooms, kind="no_go", level="L9"))


def test_latitude_beyond_the_pole_is_refused(two_rooms: Site) -> None:
    text = dumps(two_rooms).replace("time_zone:", "origin: {latitude: 131.0, longitude: 3.0}\ntime_zone:")
    with pytest.raises(SiteError, match=r"131\.0 is not between -90 and 90"):
        loads(text)
