"""place: names find a place on the sheet, no name over another and none over a sign.

Greedy by priority over a few positions each, as in Christensen, Marks and Shieber, "An Empirical Study of
Algorithms for Point-Feature Label Placement", 1995, section 3.1. What has no place keeps a number, and a list
beside the drawing says what it means.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from maps.drawing.lettering import ASCENT, DESCENT, LINE, width_mm, wrapped
from maps.drawing.marks import Anchor, Text
from maps.drawing.shapes import Box, Label
from maps.elements import Point
from maps.geometry import inside

GAP_MM = 0.5
SIZES_MM = {"room": 2.9, "zone": 2.6, "number": 2.6}
SIZE_MM = 2.6
BOLDER = 1.07
"""How much wider the names of rooms are, which are bold."""
CELL_MM = 12.0
LINE_COST = 1.0
"""What it costs to lie over a lane or a wall; a less usual position costs POSITION_COST more."""
POSITION_COST = 0.25
STEPS = (0, -1, 1, -2, 2, -3, 3, -4, 4)
"""Where a name is tried in an area, in steps from its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A label with its place on the sheet."""

    label: Label
    at: Point
    radius_mm: float
    """Of what it may stand beside; 0 when it must lie within an area."""
    within: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    texts: tuple[Text, ...]
    listed: tuple[str, ...]
    """For the list beside the drawing: "3  Reception"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    box: Box
    anchor: Anchor
    cost: float


class Taken:
    """What lies on the sheet already: boxes that nothing may cover, lines that had better stay clear."""

    def __init__(self, frame: Box) -> None:
        self.frame = frame
        self._boxes: dict[tuple[int, int], list[Box]] = {}
        self._lines: dict[tuple[int, int], list[tuple[Point, Point]]] = {}

    def add_box(self, box: Box) -> None:
        for cell in _cells(box):
            self._boxes.setdefault(cell, []).append(box)

    def add_sign(self, at: Point, radius_mm: float) -> None:
        self.add_box((at[0] - radius_mm, at[1] - radius_mm, at[0] + radius_mm, at[1] + radius_mm))

    def add_line(self, start: Point, end: Point) -> None:
        steps = max(1, math.ceil(math.dist(start, end) / CELL_MM * 2))
        along = [(start[0] + (end[0] - start[0]) * i / steps, start[1] + (end[1] - start[1]) * i / steps)
                 for i in range(steps + 1)]  # fmt: skip
        for cell in dict.fromkeys(_cell(point) for point in along):
            self._lines.setdefault(cell, []).append((start, end))

    def is_free(self, box: Box) -> bool:
        left, top, right, bottom = self.frame
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            return False
        return not any(_overlap(box, other) for cell in _cells(box) for other in self._boxes.get(cell, ()))

    def crossed(self, box: Box) -> int:
        """How many lines the box covers."""
        lines = dict.fromkeys(line for cell in _cells(box) for line in self._lines.get(cell, ()))
        return sum(_meets(box, start, end) for start, end in lines)


def place(wanted: Sequence[Wanted], taken: Taken) -> Placed:
    """Texts for all labels. Equal input gives the equal answer: ties go to what comes first in the site."""
    texts: list[Text] = []
    listed: list[str] = []
    for one in sorted(wanted, key=lambda each: each.label.priority):
        found = _first_fit(one, _variants(one), taken)
        if not found:
            number = str(len(listed) + 1)
            listed.append(f"{number}  {full_name(one.label)}")
            # A number is small enough to stand beside what is too small for it.
            anywhere = replace(one, within=(), radius_mm=one.radius_mm or GAP_MM)
            found = _first_fit(one, [[number]], taken, look="text number bold") or _first_fit(
                anywhere, [[number]], taken, look="text number bold"
            )
        texts += found
    return Placed(texts=tuple(texts), listed=tuple(listed))


def full_name(label: Label) -> str:
    """All languages on one line."""
    return " / ".join(dict.fromkeys(label.names.values()))


def _variants(one: Wanted) -> Iterator[list[str]]:
    """All languages, then the first one alone; in an area also on several lines."""
    names = list(dict.fromkeys(one.label.names.values()))
    for some in (names, names[:1]) if len(names) > 1 else (names,):
        yield some
        for width in _widths(one):
            yield [line for name in some for line in wrapped(name, _size(one.label), width)]


def _widths(one: Wanted) -> Iterator[float]:
    """An area that lies askew has less room than its box."""
    if one.within:
        wide = max(x for x, _ in one.within) - min(x for x, _ in one.within) - 2 * GAP_MM
        yield from (wide, 0.7 * wide)


def _size(label: Label) -> float:
    return next((SIZES_MM[word] for word in label.look.split() if word in SIZES_MM), SIZE_MM)


def _first_fit(
    one: Wanted, variants: "Sequence[list[str]] | Iterator[list[str]]", taken: Taken, look: str = ""
) -> list[Text]:
    size = _size(one.label)
    for lines in variants:
        width = max(width_mm(line, size) for line in lines) * (
            BOLDER if "room" in one.label.look.split() else 1.0
        )
        height = (ASCENT + DESCENT + LINE * (len(lines) - 1)) * size
        spots = [*_in_area(one, width, height)] if one.within else []
        if not one.within or one.radius_mm:
            spots += _beside(one, width, height)
        free = [spot for spot in spots if taken.is_free(spot.box)]
        if free:
            best = min(free, key=lambda spot: spot.cost + LINE_COST * taken.crossed(spot.box))
            left, top, right, bottom = best.box
            taken.add_box((left - GAP_MM, top, right + GAP_MM, bottom))
            return list(_texts(one.label, lines, size, best, look))
    return []


def _beside(one: Wanted, width: float, height: float) -> Iterator[_Spot]:
    """Right, left, over, under, and at the four corners; then the same farther away."""
    x, y = one.at
    for ring, away in enumerate((one.radius_mm + GAP_MM, one.radius_mm + GAP_MM + 1.6)):
        near = away * 0.75
        spots: tuple[tuple[float, float, Anchor], ...] = (
            (x + away, y - height / 2, "start"),
            (x - away - width, y - height / 2, "end"),
            (x - width / 2, y - away - height, "middle"),
            (x - width / 2, y + away, "middle"),
            (x + near, y - near - height, "start"),
            (x + near, y + near, "start"),
            (x - near - width, y - near - height, "end"),
            (x - near - width, y + near, "end"),
        )
        for number, (left, top, anchor) in enumerate(spots):
            box = (left, top, left + width, top + height)
            yield _Spot(box=box, anchor=anchor, cost=POSITION_COST * number + 2.0 * ring)


def _in_area(one: Wanted, width: float, height: float) -> Iterator[_Spot]:
    """Around the middle, as far as the text lies within the outline."""
    xs, ys = [x for x, _ in one.within], [y for _, y in one.within]
    free_x, free_y = max(xs) - min(xs) - width, max(ys) - min(ys) - height
    if free_x < 0 or free_y < 0:
        return
    step_x, step_y = free_x / 9, free_y / 9
    for down in STEPS:
        for along in STEPS:
            x, y = (min(xs) + max(xs)) / 2 + along * step_x, (min(ys) + max(ys)) / 2 + down * step_y
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if all(inside(corner, one.within) for corner in _outline(box)):
                cost = POSITION_COST * math.hypot(along, down)
                yield _Spot(box=box, anchor="middle", cost=cost)


def _outline(box: Box) -> tuple[Point, ...]:
    """The corners, and the middles of the long sides."""
    left, top, right, bottom = box
    middle = (left + right) / 2
    return ((left, top), (right, top), (right, bottom), (left, bottom), (middle, top), (middle, bottom))


def _texts(label: Label, lines: Sequence[str], size: float, spot: _Spot, look: str) -> Iterator[Text]:
    left, top, right, _ = spot.box
    x = {"start": left, "middle": (left + right) / 2, "end": right}[spot.anchor]
    words = label.look.split()[1:]
    made = Text(
        look=look or " ".join(("text", *words)),
        at=(0.0, 0.0),
        text="",
        size_mm=size,
        anchor=spot.anchor,
        halo=True,
    )
    for number, line in enumerate(lines):
        y = top + (ASCENT + LINE * number) * size
        yield replace(made, at=(x, y), text=line, refs=label.refs)


def _cell(point: Point) -> tuple[int, int]:
    return (math.floor(point[0] / CELL_MM), math.floor(point[1] / CELL_MM))


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    (left, top), (right, bottom) = _cell((box[0], box[1])), _cell((box[2], box[3]))
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            yield (column, row)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _meets(box: Box, start: Point, end: Point) -> bool:
    """Whether the line passes the box (Liang and Barsky, 1984)."""
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        delta = end[axis] - start[axis]
        low, high = box[axis] - start[axis], box[axis + 2] - start[axis]
        if delta == 0.0:
            if low > 0.0 or high < 0.0:
                return False
            continue
        first, second = sorted((low / delta, high / delta))
        enter, leave = max(enter, first), min(leave, second)
    return enter <= leave
