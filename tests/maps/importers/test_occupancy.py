"""Occupancy grids as map_server reads them, and what is refused."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from maps.elements import ZoneKind
from maps.errors import SiteError
from maps.geometry import area_m2, inside
from maps.importers.occupancy_grid import Grid, Mode, cell_values, read_grid
from maps.importers.occupancy_image import GreyImage, image_size, read_image
from maps.importers.options import ImportOptions
from maps.load import load
from maps.source import Source
from tests.maps.roadmap.oracle import faults

YAML = """image: map.pgm
resolution: 0.1
origin: [0, 0, 0]
negate: 0
occupied_thresh: 0.65
free_thresh: 0.196
"""


def room_pixels(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    """A white room in black walls, grey around."""
    pixels = np.full((height, width), 205, np.uint8)
    pixels[4:-4, 4:-4] = 0
    pixels[6:-6, 6:-6] = 254
    return pixels


def pgm(pixels: NDArray[np.integer], most: int = 255) -> bytes:
    kind = ">u2" if most > 255 else "u1"
    head = f"P5\n# made by a test\n{pixels.shape[1]} {pixels.shape[0]}\n{most}\n".encode()
    return head + pixels.astype(kind).tobytes()


def png(pixels: NDArray[np.integer]) -> bytes:
    return bytes(cv2.imencode(".png", pixels)[1])


def written(folder: Path, text: str = YAML, image: bytes | None = None, name: str = "map.pgm") -> Path:
    (folder / name).write_bytes(pgm(room_pixels()) if image is None else image)
    (folder / "map.yaml").write_text(text)
    return folder / "map.yaml"


def complaint(path: Path) -> str:
    with pytest.raises(SiteError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def is_site_or_one_sentence(path: Path) -> bool:
    """Anything else that is raised is a fault of ours."""
    try:
        return bool(load(path).nodes)
    except SiteError as error:
        return "\n" not in str(error)


# -- the image -------------------------------------------------------------------------------------------


def test_pgm_of_every_kind_is_the_same_picture(tmp_path: Path) -> None:
    pixels = np.array([[0, 128, 255], [64, 32, 16]], np.uint8)
    plain = "P2 # plain\n3 2\n255\n" + " ".join(map(str, pixels.ravel())) + "\n"
    kinds = {
        "p5": pgm(pixels),
        "p2": plain.encode(),
        "p5_16": pgm(pixels.astype(np.uint16) * 257, 65535),
        "png": png(pixels),
        "png_16": png(pixels.astype(np.uint16) * 257),
        "rgb": png(np.dstack([pixels] * 3)),
    }
    for name, data in kinds.items():
        (tmp_path / name).write_bytes(data)
        image = read_image(tmp_path / name)
        assert np.allclose(image.shade, pixels / 255.0), name
        assert image.opacity is None
        assert image_size(tmp_path / name) == (3, 2)


def test_colours_are_averaged_and_alpha_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(np.array([[[0, 90, 255, 51]]], np.uint8)))
    image = read_image(tmp_path / "a.png")
    assert image.shade[0, 0] == pytest.approx(345 / 765)
    assert image.opacity is not None
    assert image.opacity[0, 0] == pytest.approx(0.2)


def test_a_grid_of_a_hundred_megapixels_is_refused_by_its_header(tmp_path: Path) -> None:
    path = written(tmp_path, image=b"P5\n10000 10000\n255\n")
    assert "100 million" in complaint(path)
    head = struct.pack(">IIBBBBB", 10000, 10000, 8, 0, 0, 0, 0)
    body = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    assert "100 million" in complaint(written(tmp_path, image=data))


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (b"", "no PGM and no PNG"),
        (b"GIF89a", "no PGM and no PNG"),
        (b"P6\n1 1\n255\nabc", "no PGM and no PNG"),
        (b"P5\n80 60\n255\n" + bytes(100), "cut short: 100 of 80 x 60"),
        (b"P2\n2 1\n255\n12", "cut short: 1 of 2 x 1"),
        (b"P2\n2 1\n255\n12 x", "no number"),
        (b"P2\n2 1\n255\n12 nan", "no number"),
        (b"P2\n2 1\n15\n12 200", "200, above its own 15"),
        (b"P5\n0 60\n255\n", "0 x 60"),
        (b"P5\n8 6\n0\n" + bytes(48), "0 shades"),
        (b"P5\n8 6\n70000\n" + bytes(96), "70000 shades"),
        (png(room_pixels())[:200], "cut short or damaged"),
        (png(room_pixels()).replace(b"IDAT", b"IDOT"), "cut short or damaged"),
    ],
)
def test_an_image_that_is_no_map_is_refused_in_one_sentence(tmp_path: Path, image: bytes, words: str) -> None:
    assert words in complaint(written(tmp_path, image=image))


def test_a_photograph_is_no_map(tmp_path: Path) -> None:
    rows, columns = np.indices((120, 120))
    photograph = ((rows * 7 + columns * 3) % 251).astype(np.uint8)
    words = complaint(written(tmp_path, image=png(photograph)))
    assert "map.pgm: looks like a photograph" in words
    # In mode raw each pixel is a cost by itself: any share of shades may be meant.
    assert is_site_or_one_sentence(written(tmp_path, f"{YAML}mode: raw\n", pgm(photograph)))


@pytest.mark.parametrize("name", ["skimage_astronaut.png", "skimage_chelsea.png"])
def test_photographs_of_people_and_cats_are_no_maps(
    tmp_path: Path, data: Callable[[str], Path], name: str
) -> None:
    photograph = data(f"vision/{name}").read_bytes()
    assert "looks like a photograph" in complaint(written(tmp_path, image=photograph))


@settings(deadline=None, max_examples=60)
@given(cut=st.integers(0, 300), at=st.integers(0, 400), value=st.integers(0, 255), as_png=st.booleans())
def test_a_damaged_image_is_a_site_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, value: int, as_png: bool
) -> None:
    data = bytearray(png(room_pixels()) if as_png else pgm(room_pixels()))
    data[at % len(data)] = value
    path = written(tmp_path_factory.mktemp("grid"), image=bytes(data[: len(data) - cut]))
    assert is_site_or_one_sentence(path)


# -- the YAML --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("resolution: 0.1", "resolution: 0", "line 2: resolution: '0' is not above zero"),
        ("resolution: 0.1", "resolution: .nan", "'.nan' is not a number"),
        ("resolution: 0.1", "resolution: 1e9", "too large"),
        ("resolution: 0.1", "resolution: 1e-300", "line 2: resolution: a cell of 1e-300 m is too small"),
        ("origin: [0, 0, 0]", "origin: [0, .inf, 0]", "'.inf' is not a number"),
        ("origin: [0, 0, 0]", "origin: [0, 0]", "2 numbers where 3 are needed"),
        ("origin: [0, 0, 0]\n", "", "'origin' is missing"),
        ("image: map.pgm", "image: nap.pgm", "line 1: image: there is no file 'nap.pgm'"),
        ("image: map.pgm", "image: .", "there is no file '.'"),
        ("free_thresh: 0.196", "free_thresh: 0.7", "not below occupied_thresh"),
        ("free_thresh: 0.196", "free_thresh: -1", "not between 0 and 1"),
        ("negate: 0", "negate: perhaps", "neither true nor false"),
        ("negate: 0", "mode: binary", "'binary' is not known"),
        ("negate: 0", "negate: 1", "no free area"),
    ],
)
def test_bad_settings_are_refused_with_line_and_fix(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in YAML
    assert words in complaint(written(tmp_path, YAML.replace(old, new)))


def test_a_yaml_cut_short_is_refused(tmp_path: Path) -> None:
    for length in range(len("image: map.pgm\nreso"), len(YAML) - 1, 7):
        path = written(tmp_path, YAML[:length])
        assert is_site_or_one_sentence(path)


def test_thresholds_and_mode_may_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "image: map.pgm\nresolution: 0.1\norigin: [0, 0, 0]\n")
    assert load(path) == load(written(tmp_path))


# -- what a cell is --------------------------------------------------------------------------------------


def values(shade: list[float], mode: Mode, **changes: object) -> list[int]:
    file = replace(read_settings(), mode=mode, **changes)  # type: ignore[arg-type]
    image = GreyImage(shade=np.array([shade], np.float32))
    return [int(value) for value in cell_values(image, file)[0]]


def read_settings() -> "object":
    from maps.cursor import parse_yaml
    from maps.importers.occupancy_grid import read_grid_file

    return read_grid_file(parse_yaml(YAML, "map.yaml"), Path())


def test_trinary_is_occupied_free_or_unknown() -> None:
    shades = [0.0, 89 / 255, 90 / 255, 205 / 255, 206 / 255, 1.0]
    assert values(shades, Mode.TRINARY) == [100, 100, -1, -1, 0, 0]
    assert values(shades, Mode.TRINARY, negate=True) == [0, -1, -1, 100, 100, 100]


def test_scale_is_a_percentage_between_the_thresholds() -> None:
    found = values([0.0, 128 / 255, 1.0], Mode.SCALE, occupied_fraction=0.99, free_fraction=0.01)
    assert found == [100, 50, 0]


def test_raw_is_the_number_itself_and_above_a_hundred_is_unknown() -> None:
    assert values([0.0, 40 / 255, 100 / 255, 101 / 255, 1.0], Mode.RAW) == [0, 40, 100, -1, -1]
    assert values([0.0, 40 / 255], Mode.RAW, negate=True) == [0, 40]


def test_transparency_counts_as_map_server_counts_it() -> None:
    image = GreyImage(shade=np.zeros((1, 2), np.float32), opacity=np.array([[1.0, 0.0]], np.float32))
    file = read_settings()
    assert cell_values(image, file).tolist() == [[100, 100]]  # type: ignore[arg-type]
    scale = replace(file, mode=Mode.SCALE)  # type: ignore[type-var]
    assert cell_values(image, scale).tolist() == [[100, -1]]


def test_what_is_neither_free_nor_occupied_is_not_driven_on(tmp_path: Path) -> None:
    pixels = room_pixels()
    pixels[:, 40:] = np.where(pixels[:, 40:] == 254, 128, pixels[:, 40:])
    for mode in ("trinary", "scale"):
        site = load(written(tmp_path, f"{YAML}mode: {mode}\n", pgm(pixels)))
        assert max(node.x_m for node in site.nodes) < 4.0 - 0.35


# -- frames ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("yaw_rad", [0.0, 0.5, -2.0])
def test_the_origins_yaw_turns_the_map_about_its_lower_left_corner(tmp_path: Path, yaw_rad: float) -> None:
    straight = load(written(tmp_path))
    turned = load(written(tmp_path, YAML.replace("origin: [0, 0, 0]", f"origin: [10, -5, {yaw_rad}]")))
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    for a, b in zip(straight.nodes, turned.nodes, strict=True):
        assert b.x_m == pytest.approx(10 + cos * a.x_m - sin * a.y_m, abs=0.002)
        assert b.y_m == pytest.approx(-5 + sin * a.x_m + cos * a.y_m, abs=0.002)
    plan = turned.levels[0].floor_plan
    assert plan is not None
    assert (plan.origin, plan.yaw_rad, plan.path) == ((10.0, -5.0), yaw_rad, "map.pgm")
    free = room_pixels() == 254
    assert faults(turned, free, 0.1, 0.35, (10.0, -5.0), yaw_rad) == []


def test_the_room_is_where_the_picture_has_it(tmp_path: Path) -> None:
    site = load(written(tmp_path))
    polygon = site.rooms[0].polygon
    assert area_m2(polygon) == pytest.approx(6.8 * 4.8, rel=0.05)
    assert inside((0.7, 0.7), polygon)
    assert not inside((0.3, 0.3), polygon)


# -- files beside it -------------------------------------------------------------------------------------


def test_an_image_finds_the_yaml_that_names_it(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "other.yaml").write_text("robots: 3\n")
    assert load(tmp_path / "map.pgm") == load(path) == load(tmp_path)


def test_an_image_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.pgm").write_bytes(pgm(room_pixels()))
    assert "without the YAML" in complaint(tmp_path / "map.pgm")


def test_the_image_of_two_maps_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "twin.yaml").write_text(YAML)
    assert "several maps: map.yaml, twin.yaml" in complaint(tmp_path / "map.pgm")


def test_an_origin_that_is_turned_is_left_out_and_said(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "gps_map_origin.yaml").write_text("latitude: 48.7\nlongitude: 9.1\nheading: 20.0\n")
    site = load(path)
    assert site.origin is None
    assert any("heading" in note for note in site.notes)


def test_an_origin_that_is_not_on_the_earth_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "gps_map_origin.yaml").write_text("latitude: 148.7\nlongitude: 9.1\n")
    assert "not on the earth" in complaint(path)
    (tmp_path / "gps_map_origin.yaml").write_text("latitude: 48.7\n")
    assert "'longitude' is missing" in complaint(path)


# -- masks -----------------------------------------------------------------------------------------------


def test_masks_in_the_folder_are_used(tmp_path: Path) -> None:
    path = written(tmp_path)
    pixels = np.full((60, 80), 254, np.uint8)
    pixels[20:40, 30:50] = 0
    (tmp_path / "keepout_mask.pgm").write_bytes(pgm(pixels))
    (tmp_path / "keepout_mask.yaml").write_text(YAML.replace("map.pgm", "keepout_mask.pgm"))
    site = load(tmp_path)
    assert [zone.kind for zone in site.zones] == [ZoneKind.NO_GO]
    assert area_m2(site.zones[0].polygon) == pytest.approx(4.0, rel=0.05)
    assert load(path).zones == ()
    free = (room_pixels() == 254) & (pixels == 254)
    assert faults(site, free, 0.1, 0.35) == []


def test_a_mask_has_its_own_frame(tmp_path: Path) -> None:
    """Half the resolution, elsewhere, and turned by a quarter: the same area is forbidden."""
    path = written(tmp_path)
    pixels = np.full((60, 40), 254, np.uint8)
    pixels[5:15, 10:20] = 0
    (tmp_path / "turned.pgm").write_bytes(pgm(pixels))
    text = YAML.replace("map.pgm", "turned.pgm").replace("0.1", "0.2", 1)
    (tmp_path / "turned.yaml").write_text(text.replace("[0, 0, 0]", "[12.5, -0.5, 1.5707963267948966]"))
    zone = load(path, options=ImportOptions(keepout_mask=tmp_path / "turned.yaml")).zones[0]
    xs, ys = zip(*zone.polygon, strict=True)
    assert (min(xs), max(xs)) == pytest.approx((1.5, 3.5), abs=0.11)
    assert (min(ys), max(ys)) == pytest.approx((1.5, 3.5), abs=0.11)


def test_a_speed_mask_that_is_not_in_mode_scale_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(SiteError, match="mode is not scale"):
        load(path, options=ImportOptions(speed_mask=path))


def test_a_mask_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(SiteError, match="there is no such file"):
        load(path, options=ImportOptions(keepout_mask=tmp_path / "none.yaml"))


def test_nav2s_speed_mask_says_fifty_percent_in_one_place(data: Callable[[str], Path]) -> None:
    mask: Grid = read_grid(Source(data("grids/nav2/speed_mask.yaml")))
    assert sorted(np.unique(mask.values).tolist()) == [0, 19, 50]
