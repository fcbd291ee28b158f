"""The sheet as PNG: the same drawing, in pixels."""

import struct
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from maps.drawing.files import draw, targets
from maps.drawing.images import find
from maps.drawing.png import png
from maps.drawing.scene import scene
from maps.drawing.sheet import sheet
from maps.drawing.theme import PRINT
from maps.elements import FloorPlan, Node, NodeKind, Site, Zone, ZoneKind
from maps.errors import SiteError
from maps.geometry import rotated


def _decoded(data: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def test_picture_is_a3_at_the_resolution_asked_for(two_rooms: Site) -> None:
    data = png(scene(two_rooms, "L1"), dpi=50)
    page = sheet(scene(two_rooms, "L1"), PRINT, {})
    height, width, _ = _decoded(data).shape
    assert (width, height) == (round(page.width_mm / 25.4 * 50), round(page.height_mm / 25.4 * 50))
    at = data.index(b"pHYs") + 4
    assert struct.unpack(">IIB", data[at : at + 9]) == (1969, 1969, 1)


def test_resolution_out_of_reason_is_refused(two_rooms: Site) -> None:
    with pytest.raises(ValueError, match="2000 dpi is not between 30 and 600"):
        png(scene(two_rooms, "L1"), dpi=2000)


def test_signs_lie_where_the_sheet_puts_them(two_rooms: Site) -> None:
    """A charger's green, some pixels beside its middle: the bolt in the middle is white."""
    from maps.drawing.paper import placements

    drawn = scene(two_rooms, "L1")
    image = _decoded(png(drawn, dpi=200))
    x, y = placements(drawn.bounds)[0].at((6.0, 2.0))
    blue, green, red = (int(part) for part in image[round(y / 25.4 * 200) - 9, round(x / 25.4 * 200)])
    assert green > blue
    assert green > red + 40


def test_same_site_gives_the_same_bytes(tower: Site) -> None:
    assert png(scene(tower, "L1"), dpi=60) == png(scene(tower, "L1"), dpi=60)


def test_every_kind_of_node_and_zone_has_a_sign(two_rooms: Site) -> None:
    nodes = tuple(
        Node(node_id=f"n{number}", level="L1", x_m=number * 2.0, y_m=1.0, kind=kind)
        for number, kind in enumerate(NodeKind)
    )
    zones = tuple(
        Zone(
            zone_id=f"z{number}",
            level="L1",
            names={},
            kind=kind,
            polygon=((number * 2.0, 2.0), (number * 2.0 + 1.5, 2.0), (number * 2.0 + 1.5, 4.0)),
        )
        for number, kind in enumerate(ZoneKind)
    )
    bare = replace(two_rooms, nodes=(), edges=(), zones=(), rooms=())
    empty = _decoded(png(scene(bare, "L1"), dpi=60))
    for node in nodes:
        assert (_decoded(png(scene(replace(bare, nodes=(node,)), "L1"), dpi=60)) != empty).any()
    for zone in zones:
        assert (_decoded(png(scene(replace(bare, zones=(zone,)), "L1"), dpi=60)) != empty).any()


@pytest.mark.parametrize("yaw_rad", [0.0, 0.5, 2.2])
def test_floor_plan_lies_where_the_site_says_however_it_is_turned(
    two_rooms: Site, tmp_path: Path, yaw_rad: float
) -> None:
    """A black square at columns 40 to 60 and rows 10 to 30 of an image 100 pixels high."""
    from maps.drawing.paper import placements

    pixels = np.full((100, 200), 255, np.uint8)
    pixels[10:30, 40:60] = 0
    cv2.imwrite(str(tmp_path / "plan.png"), pixels)
    plan = FloorPlan(path="plan.png", origin=(12.0, 5.0), yaw_rad=yaw_rad, scale_m_per_px=0.05)
    levels = tuple(replace(level, floor_plan=plan, walls=()) for level in two_rooms.levels)
    bare = replace(two_rooms, levels=levels, nodes=(), edges=(), rooms=(), doors=())
    wide = replace(
        bare,
        nodes=(
            Node(node_id="a", level="L1", x_m=-10, y_m=-10),
            Node(node_id="b", level="L1", x_m=30, y_m=20),
        ),
    )
    drawn = scene(wide, "L1")
    images, _ = find(drawn, tmp_path)
    image = _decoded(png(drawn, dpi=100, images=images))
    offset = rotated((50 * 0.05, (100 - 20) * 0.05), yaw_rad)
    x, y = placements(drawn.bounds)[0].at((12.0 + offset[0], 5.0 + offset[1]))
    there = image[round(y / 25.4 * 100), round(x / 25.4 * 100)]
    # Faded, not black.
    assert 150 < int(there[0]) < 200


def test_one_level_is_the_file_itself_and_several_are_a_file_each(tower: Site, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert targets(tower, ["L1"], out) == {"L1": out}
    assert targets(tower, ["L1", "L2"], out) == {
        "L1": tmp_path / "out_L1.png",
        "L2": tmp_path / "out_L2.png",
    }
    assert targets(tower, ["L2"], tmp_path) == {"L2": tmp_path / "tower_L2.svg"}


def test_two_levels_never_share_a_file(tower: Site, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="two levels would have the same file"):
        targets(tower, ["a/b", "a b"], tmp_path)


def test_drawing_of_another_kind_is_refused(tower: Site, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"a drawing is no \.pdf file"):
        targets(tower, ["L1"], tmp_path / "out.pdf")


def test_file_has_what_its_ending_says(tower: Site, tmp_path: Path) -> None:
    assert draw(tower, "L1", tmp_path / "a.png", dpi=40).scale > 1
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    draw(tower, "L1", tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().startswith("<svg")
