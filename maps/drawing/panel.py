"""panel: what stands beside the drawing: title, scale, north, legend, findings, names without a place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from maps.drawing import legend, signs
from maps.drawing.hatch import hatched
from maps.drawing.lettering import LINE, width_mm, wrapped
from maps.drawing.marks import Dot, Mark, Path, Text
from maps.drawing.paper import GAP_MM, Placement
from maps.drawing.shapes import Area, Box, Line, Remark, Scene, Sign
from maps.drawing.theme import Theme
from maps.elements import Names, Point

SMALL_MM = 2.6
HEAD_MM = 3.0
TITLE_MM = 6.0
SUBTITLE_MM = 4.0
ENTRY_MM = 4.6
SAMPLE_MM = 7.0
INDENT_MM = 6.0
RULER_MM_MAX = 50.0


T = TypeVar("T")


def panel(
    scene: Scene, placed: Placement, listed: Sequence[str], theme: Theme
) -> tuple[tuple[Mark, ...], int]:
    """The marks of the columns, and how many lines of the lists found no room."""
    columns = _Columns(placed.paper.columns)
    marks = [*_title(scene, columns), *_scale(scene, placed, columns), *_legend(scene, columns, theme)]
    findings = [[_remark(one)] for one in scene.remarks]
    marks += _list(columns, _head(scene, "Findings", "检查结果"), findings)
    names = [_Entry(*entry.split("  ", 1)) for entry in listed]
    most = columns.width / 2 - INDENT_MM - 2.0
    pairs = _rows(names, lambda name: width_mm(name.text, SMALL_MM) > most)
    marks += _list(columns, _head(scene, "Names", "名称"), list(pairs))
    return tuple(marks), columns.left_out


@dataclass(frozen=True, slots=True)
class _Entry:
    """Of a list."""

    number: str
    text: str
    look: str = "text"


class _Columns:
    """A pen that goes down the columns, one after the other."""

    def __init__(self, columns: Sequence[Box]) -> None:
        self.boxes = columns
        self.index = 0
        self.y = columns[0][1]
        self.left_out = 0

    @property
    def width(self) -> float:
        return self.boxes[0][2] - self.boxes[0][0]

    def take(self, height: float) -> Point | None:
        """The upper left corner of the next block; None when all columns are full."""
        while self.index < len(self.boxes):
            left, _, _, bottom = self.boxes[self.index]
            if self.y + height <= bottom:
                self.y += height
                return (left, self.y - height)
            self.index += 1
            if self.index < len(self.boxes):
                self.y = self.boxes[self.index][1]
        return None

    def keep(self, height: float) -> None:
        """Goes on in the next column, if there is one, where a block would be torn apart."""
        if self.index + 1 < len(self.boxes) and self.y + height > self.boxes[self.index][3]:
            self.index += 1
            self.y = self.boxes[self.index][1]

    def room(self, height: float) -> bool:
        """Whether a block of this height fits somewhere."""
        rest = self.boxes[self.index :]
        return bool(rest) and (self.y + height <= rest[0][3] or len(rest) > 1)


def _lines(
    columns: _Columns, text: str, size: float, look: str = "text", indent: float = 0.0
) -> Iterator[Text]:
    for line in wrapped(text, size, columns.width - indent):
        at = columns.take(size * LINE)
        if at is None:
            columns.left_out += 1
        else:
            yield Text(look=look, at=(at[0] + indent, at[1] + size * 0.9), text=line, size_mm=size)


def _title(scene: Scene, columns: _Columns) -> Iterator[Text]:
    site = _distinct(scene.site_names) or [scene.site]
    yield from _lines(columns, site[0], TITLE_MM, "text bold")
    for name in site[1:]:
        yield from _lines(columns, name, SUBTITLE_MM)
    yield from _lines(
        columns, " / ".join(_distinct(scene.level_names) or [scene.level]), SUBTITLE_MM, "text bold"
    )
    columns.take(1.0)
    about = f"site {scene.site} · level {scene.level} · map {scene.content_hash[:12]}"
    yield from _lines(columns, about, SMALL_MM, "text soft")
    columns.take(GAP_MM / 2)


def _head(scene: Scene, english: str, han: str) -> str:
    return f"{english}  {han}" if legend.is_chinese(scene) else english


def _distinct(names: Names) -> list[str]:
    return list(dict.fromkeys(names.values()))


# -- scale and north -------------------------------------------------------------------------------------


def _scale(scene: Scene, placed: Placement, columns: _Columns) -> Iterator[Mark]:
    guess = "" if scene.scale_measured else ", the map's own scale is a guess"
    yield from _lines(columns, f"1:{placed.scale} on A3{guess}", HEAD_MM, "text bold")
    at = columns.take(8.0)
    if at is not None:
        yield from _ruler((at[0], at[1] + 2.0), placed.mm_per_m)
        if scene.origin:
            yield from _north((at[0] + columns.width - 6.0, at[1]))
    if scene.origin:
        where = f"(0, 0) at {scene.origin.latitude:.6f}, {scene.origin.longitude:.6f} (WGS84)"
        yield from _lines(columns, where, SMALL_MM, "text soft")
    columns.take(GAP_MM / 2)


def _ruler(at: Point, mm_per_m: float) -> Iterator[Mark]:
    """Four parts of a round length."""
    x, y = at
    part_m = ruler_part_m(mm_per_m)
    width = part_m * mm_per_m
    for number in range(4):
        left = x + number * width
        corners = ((left, y), (left + width, y), (left + width, y + 1.4), (left, y + 1.4))
        yield Path(look="ruler light" if number % 2 else "ruler", points=corners, closed=True)
    for number in (0, 2, 4):
        text = f"{part_m * number:g}" + (" m" if number == 4 else "")
        anchor = "start" if number == 0 else "middle"
        at = (x + number * width, y + 1.4 + SMALL_MM)
        yield Text(look="text", at=at, text=text, size_mm=SMALL_MM, anchor=anchor)  # type: ignore[arg-type]


def ruler_part_m(mm_per_m: float) -> float:
    """The longest of 1, 2, 5, 10, ... metres (or tenths) of which four fit."""
    most = RULER_MM_MAX / 4 / mm_per_m
    steps = [base * 10.0**power for power in range(-2, 5) for base in (1, 2, 5)]
    return max((step for step in steps if step <= most), default=steps[0])


def _north(at: Point) -> Iterator[Mark]:
    """y is north, and up."""
    x, y = at
    arrow = ((x, y - 3.0), (x + 1.8, y + 4.0), (x, y + 2.8), (x - 1.8, y + 4.0))
    yield Path(look="ruler", points=arrow, closed=True)
    yield Text(look="text bold", at=(x, y + 7.2), text="N", size_mm=SMALL_MM, anchor="middle")


# -- legend and lists ------------------------------------------------------------------------------------


def _legend(scene: Scene, columns: _Columns, theme: Theme) -> Iterator[Mark]:
    half = columns.width / 2
    most = half - SAMPLE_MM - 2.0
    for row in _rows(legend.entries(scene), lambda entry: width_mm(entry[1], SMALL_MM) > most):
        at = columns.take(ENTRY_MM)
        if at is None:
            columns.left_out += 1
            continue
        for number, (look, words) in enumerate(row):
            left = at[0] + number * half
            yield from _sample(look, (left, at[1]), theme)
            base = (left + SAMPLE_MM + 1.5, at[1] + ENTRY_MM / 2 + 0.36 * SMALL_MM)
            yield Text(look="text", at=base, text=words, size_mm=SMALL_MM)
    columns.take(GAP_MM / 2)


def _rows(found: Sequence[T], is_long: Callable[[T], bool]) -> Iterator[list[T]]:
    """Two short entries a row, or a long one."""
    row: list[T] = []
    for entry in found:
        if row and is_long(entry):
            yield row
            row = []
        row.append(entry)
        if is_long(entry) or len(row) == 2:
            yield row
            row = []
    if row:
        yield row


def _sample(look: str, at: Point, theme: Theme) -> Iterator[Mark]:
    middle = (at[0] + SAMPLE_MM / 2, at[1] + ENTRY_MM / 2)
    shape = legend.sample(look)
    if isinstance(shape, Sign):
        size = 0.75 if look.startswith("finding") else 1.0
        for mark in signs.marks(shape, middle):
            yield (
                Dot(look=look, at=middle, radius_mm=mark.radius_mm * size) if isinstance(mark, Dot) else mark
            )
    elif look.startswith("ring"):
        yield Dot(look=look, at=middle, radius_mm=1.2)
    elif isinstance(shape, Area):
        top, bottom = at[1] + 0.7, at[1] + ENTRY_MM - 0.7
        left, right = at[0] + 0.3, at[0] + SAMPLE_MM - 0.3
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        yield Path(look=look, points=corners, closed=True)
        yield from hatched(look, corners, theme)
    elif isinstance(shape, Line):
        yield Path(look=look, points=((at[0] + 0.3, middle[1]), (at[0] + SAMPLE_MM - 0.3, middle[1])))
        if look == "lane one_way":
            yield from signs.marks(Sign(look="arrow", at=middle, yaw_rad=0.0), middle)


def _remark(remark: Remark) -> _Entry:
    number = "" if remark.number is None else f"F{remark.number}"
    return _Entry(number, remark.text, " ".join(("text", remark.look.split()[-1])))


def _list(columns: _Columns, head: str, rows: Sequence[Sequence[_Entry]]) -> Iterator[Text]:
    """Numbered lines, a long entry or two short ones a row; what has no room is counted, not drawn."""
    if not rows:
        return
    columns.keep(HEAD_MM * LINE + _height(rows[0], columns))
    if columns.room(HEAD_MM * LINE + SMALL_MM * LINE * 2):
        yield from _lines(columns, head, HEAD_MM, "text bold")
    for done, row in enumerate(rows):
        needed = _height(row, columns)
        columns.keep(needed)
        is_last = done == len(rows) - 1
        if not columns.room(needed + (0.0 if is_last else SMALL_MM * LINE)):
            left = sum(map(len, rows[done:]))
            columns.left_out += left
            yield from _lines(columns, f"... and {left} more", SMALL_MM, "text soft")
            return
        yield from _row(columns, row)
    columns.take(GAP_MM / 2)


def _row(columns: _Columns, row: Sequence[_Entry]) -> Iterator[Text]:
    lines = list(_lines(columns, row[0].text, SMALL_MM, "text", INDENT_MM))
    yield from lines
    for place, entry in enumerate(row if lines else ()):
        x, y = lines[0].at
        left = x + place * columns.width / 2
        yield Text(look=f"{entry.look} bold", at=(left - INDENT_MM, y), text=entry.number, size_mm=SMALL_MM)
        if place:
            yield Text(look="text", at=(left, y), text=entry.text, size_mm=SMALL_MM)


def _height(row: Sequence[_Entry], columns: _Columns) -> float:
    """Of a row of a list."""
    return len(wrapped(row[0].text, SMALL_MM, columns.width - INDENT_MM)) * SMALL_MM * LINE
