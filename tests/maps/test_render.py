import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from maps.elements import NodeKind, Site
from maps.errors import SiteError
from maps.findings import Location, error, info
from maps.render import svg

SVG = "{http://www.w3.org/2000/svg}"


def _all(text: str, tag: str, css: str) -> list[ET.Element]:
    found = ET.fromstring(text).iter(f"{SVG}{tag}")
    return [element for element in found if css in element.get("class", "").split()]


def test_drawing_shows_what_the_level_has(two_rooms: Site) -> None:
    text = svg(two_rooms, "L1")
    assert len(_all(text, "polygon", "room")) == 2
    assert len(_all(text, "line", "wall")) == len(two_rooms.levels[0].walls)
    assert len(_all(text, "line", "door")) == 2
    assert len(_all(text, "line", "lane")) == 10
    assert len(_all(text, "circle", "charger")) == 2
    names = {element.text for element in _all(text, "text", "room-name")}
    assert names == {"Room A", "房间A", "Room B", "房间B"}


def test_one_way_lanes_carry_an_arrow_and_rides_are_not_drawn(tower: Site) -> None:
    text = svg(tower, "L1")
    assert len(_all(text, "polygon", "arrow")) == 4
    assert len(_all(text, "line", "lane")) == 7
    assert len(_all(text, "polygon", "lift")) == 1
    assert len(_all(text, "line", "shaft")) == 1


def test_north_is_up(two_rooms: Site) -> None:
    circles = ET.fromstring(svg(two_rooms, "L1")).iter(f"{SVG}circle")
    title_to_y = {circle.findtext(f"{SVG}title"): float(circle.get("cy", "")) for circle in circles}
    assert title_to_y["room_a_inside"] < title_to_y["door_a"] < title_to_y["charger_a"]


def test_names_are_escaped(two_rooms: Site) -> None:
    nodes = tuple(
        replace(node, names={"en": "<A & B>"}) if node.kind is NodeKind.CHECKPOINT else node
        for node in two_rooms.nodes
    )
    shown = [
        element.text for element in _all(svg(replace(two_rooms, nodes=nodes), "L1"), "text", "node-name")
    ]
    assert "<A & B>" in shown


def test_findings_are_marked_where_they_are(tower: Site) -> None:
    place = Location(level="L2", x_m=8.0, y_m=6.0)
    found = [
        error("off_lane", "node 'x'", "Look here.", "Mend it.", place),
        info("no_parking", "site", "-", "-"),
    ]
    assert [mark.findtext(f"{SVG}title") for mark in _all(svg(tower, "L2", found), "circle", "error")] == [
        "Look here."
    ]
    assert _all(svg(tower, "L1", found), "circle", "error") == []


def test_unknown_level_is_refused_with_those_that_are_there(tower: Site) -> None:
    with pytest.raises(SiteError, match="there is no level 'L9'; use one of L1, L2"):
        svg(tower, "L9")


def test_level_without_anything_is_drawn_empty(tower: Site) -> None:
    bare = replace(tower.levels[0], level_id="roof", walls=())
    text = svg(replace(tower, levels=(*tower.levels, bare)), "roof")
    assert _all(text, "circle", "charger") == []
