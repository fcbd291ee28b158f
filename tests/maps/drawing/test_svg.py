"""The sheet as SVG: real millimetres, legible sizes, one file that holds all."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maps.drawing.images import find
from maps.drawing.scene import scene
from maps.drawing.sheet import sheet
from maps.drawing.svg import svg
from maps.drawing.theme import PRINT
from maps.elements import FloorPlan, GeoOrigin, NodeKind, Site
from maps.findings import Location, error
from maps.load import load

SVG = "{http://www.w3.org/2000/svg}"
BUILDINGS = ("clinic", "hotel", "office", "campus", "conference", "turtlebot3_world")
A3 = ({"420mm", "297mm"}, {"297mm", "420mm"})


def _all(text: str, tag: str, css: str = "") -> list[ET.Element]:
    found = ET.fromstring(text).iter(f"{SVG}{tag}")
    return [element for element in found if not css or css in element.get("class", "").split()]


def _texts(text: str) -> set[str]:
    return {element.text or "" for element in _all(text, "text")}


def test_sheet_is_a3_and_says_what_it_shows(two_rooms: Site) -> None:
    drawn = scene(two_rooms, "L1")
    text = svg(drawn)
    root = ET.fromstring(text)
    assert {root.get("width"), root.get("height")} in A3
    shown = " ".join(_texts(text))
    for words in ("Two rooms", "两个房间", "Level 1 / 1层", drawn.content_hash[:12], "1:", "on A3"):
        assert words in shown


def test_names_are_escaped(two_rooms: Site) -> None:
    nodes = tuple(
        replace(node, names={"en": "<A & B>"}) if node.kind is NodeKind.CHECKPOINT else node
        for node in two_rooms.nodes
    )
    assert "<A & B>" in _texts(svg(scene(replace(two_rooms, nodes=nodes), "L1")))


def test_north_is_up(two_rooms: Site) -> None:
    dots = {
        dot.get("data-ref"): float(dot.get("cy", "")) for dot in _all(svg(scene(two_rooms, "L1")), "circle")
    }
    assert dots["node:room_a_inside"] < dots["node:west"] < dots["node:charger_a"]


def test_shapes_name_their_elements(tower: Site) -> None:
    refs = {element.get("data-ref") for element in ET.fromstring(svg(scene(tower, "L1"))).iter()}
    assert {"lift:lift", "door:lift_door_1", "edge:hall>hall_west", "node:charger_1"} <= refs


def test_findings_have_a_ring_a_number_and_a_line_in_the_list(tower: Site) -> None:
    found = [error("off_lane", "node 'x'", "Look here.", "Mend it.", Location(level="L2", x_m=8, y_m=6))]
    text = svg(scene(tower, "L2", found))
    drawing = next(group for group in _all(text, "g") if group.get("id") == "findings")
    assert [ring.findtext(f"{SVG}title") for ring in drawing] == ["Look here."]
    assert {"F1", "Look here. Mend it."} <= _texts(text)


def test_legend_tells_of_what_occurs_and_of_nothing_else(tower: Site) -> None:
    words = _texts(svg(scene(tower, "L1")))
    assert "charger  充电位" in words
    assert not any(text.startswith("parking") for text in words)


def test_north_arrow_is_drawn_where_north_is_known(two_rooms: Site) -> None:
    assert "N" not in _texts(svg(scene(two_rooms, "L1")))
    somewhere = replace(two_rooms, origin=GeoOrigin(latitude=30.0, longitude=120.0))
    assert "N" in _texts(svg(scene(somewhere, "L1")))


def test_guessed_scale_is_said(two_rooms: Site) -> None:
    levels = tuple(replace(level, scale_measured=False) for level in two_rooms.levels)
    assert any("guess" in text for text in _texts(svg(scene(replace(two_rooms, levels=levels), "L1"))))


@pytest.mark.parametrize("name", BUILDINGS)
def test_real_buildings_are_legible_on_a3(building: Callable[[str], Path], name: str) -> None:
    path = building(name)
    site = load(path)
    for level in site.levels:
        drawn = scene(site, level.level_id)
        images, notes = find(drawn, path.parent)
        page = sheet(drawn, PRINT, images)
        assert page.left_out == 0
        assert notes == []
        sizes = [float(text.get("font-size", "")) for text in _all(svg(drawn, images=images), "text", "text")]
        # Capitals are 0.72 of the size: 1.8 mm and more.
        assert min(sizes) * 0.72 >= 1.8


def test_strokes_of_the_print_are_wide_enough_for_a_printer() -> None:
    assert all(style.width_mm is None or style.width_mm >= 0.1 for style in PRINT.values())


def test_same_site_gives_the_same_bytes(hospital: Site) -> None:
    assert svg(scene(hospital, "L2")) == svg(scene(hospital, "L2"))


def test_floor_plan_is_in_the_file_and_lies_where_the_site_says(
    building: Callable[[str], Path],
) -> None:
    path = building("hotel")
    site = load(path)
    drawn = scene(site, "L1")
    images, _ = find(drawn, path.parent)
    (image,) = _all(svg(drawn, images=images), "image")
    assert image.get("href", "").startswith("data:image/png;base64,")
    scale = sheet(drawn, PRINT, images).scale
    plan = site.levels[0].floor_plan
    assert plan
    first = float(image.get("transform", "").removeprefix("matrix(").split()[0])
    assert first == pytest.approx(plan.scale_m_per_px * 1000 / scale, abs=1e-5)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no such file"),
        (b"GIF89a", "neither PNG nor PGM"),
        (b"P5 100000 100000 255\n", "more than can be drawn"),
        (b"P5 40 40 255\nx", "damaged"),
    ],
)
def test_floor_plan_that_cannot_be_drawn_is_left_out_with_a_note(
    two_rooms: Site, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / "plan.png").write_bytes(content)
    plan = FloorPlan(path="plan.png", origin=(0.0, 0.0), yaw_rad=0.0, scale_m_per_px=0.05)
    levels = tuple(replace(level, floor_plan=plan) for level in two_rooms.levels)
    images, notes = find(scene(replace(two_rooms, levels=levels), "L1"), tmp_path, test=True)
    assert images == {}
    assert len(notes) == 1
    assert reason in notes[0]
