"""A damaged file of any format is a site or one clear sentence: never another error, never half a site."""

import random
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from maps.elements import Site
from maps.errors import SiteError
from maps.formats import FORMATS
from maps.load import load
from maps.package import pack, package
from maps.site_file import dumps, loads
from maps.validate import check

SITES = Path(__file__).parent / "sites"
GEOJSON = """\
{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"name": "Gate", "kind": "checkpoint"},
  "geometry": {"type": "Point", "coordinates": [121.47, 31.23]}},
 {"type": "Feature", "properties": {"highway": "footway", "oneway": "yes"},
  "geometry": {"type": "LineString", "coordinates": [[121.47, 31.23], [121.471, 31.23], [121.471, 31.231]]}},
 {"type": "Feature", "properties": {"building": "yes", "name": "Hall"},
  "geometry": {"type": "Polygon",
   "coordinates": [[[121.47, 31.23], [121.4703, 31.23], [121.4703, 31.2303], [121.47, 31.23]]]}}
]}
"""
GRID = """\
image: room.pgm
resolution: 0.1
origin: [-1.0, -1.0, 0.0]
negate: 0
occupied_thresh: 0.65
free_thresh: 0.196
"""
NUMBERS = (b".nan", b"NaN", b"1e999", b"1e308", b"-1", b"0", b"99999", b"null", b"[]", b"{}", b"x", b'"\\n"')
"""What is put where a number was."""


def room_pgm() -> bytes:
    """A room of 4 m by 4 m with a wall in it."""
    rows = [
        [0 if x in (0, 39) or y in (0, 39) or (x == 20 and y < 25) else 254 for x in range(40)]
        for y in range(40)
    ]
    return b"P5\n40 40\n255\n" + bytes(cell for row in rows for cell in row)


def damaged(content: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Cut off, bytes changed and lost, lines lost, doubled and swapped, numbers replaced."""
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice((cut, changed, lost, line_lost, line_doubled, lines_swapped, number_replaced))(
            content, rng
        )


def cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def changed(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]


def lost(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + content[place + rng.randrange(1, 20) :]


def line_lost(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def line_doubled(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = rng.randrange(len(lines))
    return b"\n".join([*lines[: place + 1], *lines[place:]])


def lines_swapped(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def number_replaced(content: bytes, rng: random.Random) -> bytes:
    numbers = list(re.finditer(rb"-?\d+(\.\d+)?", content))
    if not numbers:
        return content
    chosen = rng.choice(numbers)
    return content[: chosen.start()] + rng.choice(NUMBERS) + content[chosen.end() :]


# -- a file of each format -------------------------------------------------------------------------------

Maker = Callable[[Path, Callable[[str], Path]], Path]


def from_data(name: str, *beside: str) -> Maker:
    """A real file, copied with those that it names."""

    def copied(folder: Path, data: Callable[[str], Path]) -> Path:
        for other in beside:
            shutil.copyfile(data(other), folder / Path(other).name)
        return Path(shutil.copyfile(data(name), folder / Path(name).name))

    return copied


def ours(name: str) -> Maker:
    return lambda folder, _: Path(shutil.copyfile(SITES / name, folder / name))


def geojson(folder: Path, _: Callable[[str], Path]) -> Path:
    (folder / "town.geojson").write_text(GEOJSON, encoding="utf-8")
    return folder / "town.geojson"


def grid(folder: Path, _: Callable[[str], Path]) -> Path:
    (folder / "room.pgm").write_bytes(room_pgm())
    (folder / "room.yaml").write_text(GRID, encoding="utf-8")
    return folder / "room.yaml"


def picture(folder: Path, data: Callable[[str], Path]) -> Path:
    """The grid's image, which is read when its YAML is."""
    return grid(folder, data).with_suffix(".pgm")


def archive(folder: Path, _: Callable[[str], Path]) -> Path:
    (folder / "tower.zip").write_bytes(pack(package(load(SITES / "tower.yaml"), SITES)))
    return folder / "tower.zip"


OFFICE = "open-rmf/office"
FILES: tuple[tuple[str, str, Maker, int], ...] = (
    ("site", "tower", ours("tower.yaml"), 150),
    ("site", "two_rooms", ours("two_rooms.yaml"), 150),
    ("rmf_nav", "office_nav", from_data(f"{OFFICE}/office_nav.yaml"), 150),
    ("rmf", "office", from_data(f"{OFFICE}/office.building.yaml", f"{OFFICE}/office_scan.png"), 60),
    ("strands", "aaf_simulation", from_data("grids/strands_carehome/aaf_simulation.yaml"), 30),
    ("lif", "sample_layout", from_data("lif/sample_layout.json"), 200),
    ("geojson", "town", geojson, 200),
    ("occupancy", "room", grid, 40),
    ("occupancy", "picture", picture, 40),
    ("movingai", "maze", from_data("movingai/map/maze-32-32-4.map"), 40),
    ("package", "tower", archive, 150),
)


def outcome(path: Path) -> Site | SiteError:
    """What a user gets."""
    try:
        return load(path)
    except SiteError as error:
        return error


@pytest.mark.parametrize(
    ("form", "name", "make", "count"), FILES, ids=[f"{form}-{name}" for form, name, *_ in FILES]
)
def test_damaged_file_is_a_site_or_one_sentence(
    tmp_path: Path, data: Callable[[str], Path], form: str, name: str, make: Maker, count: int
) -> None:
    if find_spec(FORMATS[form].module) is None:
        pytest.skip(f"{FORMATS[form].what} cannot be read yet")
    path = make(tmp_path, data)
    content = path.read_bytes()
    map_file = path.with_suffix(".yaml") if path.suffix == ".pgm" else path
    assert load(map_file).nodes
    found = []
    for damage in damaged(content, len(name), count):
        path.write_bytes(damage)
        found.append(outcome(map_file))
    refusals = [result for result in found if isinstance(result, SiteError)]
    assert refusals
    for error in refusals:
        assert str(error).isprintable()
        assert error.hint, str(error)
        assert str(tmp_path) in str(error)
    for site in [result for result in found if isinstance(result, Site)]:
        # Whole: what was taken can be checked, written and read again.
        check(site)
        assert loads(dumps(site)) == site


def test_every_format_is_damaged_here() -> None:
    assert {form for form, *_ in FILES} == set(FORMATS)
