"""sheet: a scene on A3 paper: scale, places of the names, title, legend and lists."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from maps.drawing import signs
from maps.drawing.hatch import hatched
from maps.drawing.images import Images
from maps.drawing.marks import Group, Mark, Path, Picture, Sheet
from maps.drawing.panel import panel
from maps.drawing.paper import Placement, placements
from maps.drawing.placing import Placed, Taken, Wanted, place
from maps.drawing.shapes import Area, Image, Label, Line, Scene, Shape, Sign
from maps.drawing.theme import Theme
from maps.elements import Point

NUMBERS = 0
"""Numbers of findings are placed before all names."""


def sheet(scene: Scene, theme: Theme, images: Images) -> Sheet:
    """The scene on paper. `images` are the floor plans that are drawn, by their path."""
    draft, names, beside, left_out = _arranged(scene, theme, images)
    placed_at = draft.placed
    drawn = [
        Group(name=layer.name, marks=tuple(draft.marks(layer.shapes)), clipped=True) for layer in scene.layers
    ]
    left, top, right, bottom = placed_at.paper.frame
    outline = Path(
        look="frame", points=((left, top), (right, top), (right, bottom), (left, bottom)), closed=True
    )
    return Sheet(
        width_mm=placed_at.paper.width_mm,
        height_mm=placed_at.paper.height_mm,
        title=f"{_words(scene.site_names) or scene.site}, {_words(scene.level_names) or scene.level}",
        scale=placed_at.scale,
        frame=placed_at.paper.frame,
        groups=(
            *drawn,
            Group(name="texts", marks=names.texts),
            Group(name="beside", marks=(outline, *beside)),
        ),
        listed=names.listed,
        left_out=left_out,
    )


def _arranged(scene: Scene, theme: Theme, images: Images) -> "tuple[_Draft, Placed, tuple[Mark, ...], int]":
    """The largest drawing beside which all has room, else the one beside which the least is left out."""
    best = None
    for placed_at in placements(scene.bounds):
        draft = _Draft(scene, placed_at, theme, images)
        names = draft.names()
        beside, left_out = panel(scene, placed_at, names.listed, theme)
        if best is None or left_out < best[3]:
            best = (draft, names, beside, left_out)
        if left_out == 0:
            break
    assert best is not None, "there is always a paper"
    return best


class _Draft:
    def __init__(self, scene: Scene, placed_at: Placement, theme: Theme, images: Images) -> None:
        self.scene = scene
        self.placed = placed_at
        self.theme = theme
        self.images = images
        self.unit = _unit(scene, placed_at)

    def marks(self, shapes: Sequence[Shape]) -> Iterator[Mark]:
        arrows: list[Sign] = []
        for shape in shapes:
            if isinstance(shape, Area):
                yield from self._area(shape)
            elif isinstance(shape, Line):
                points = self._points(shape.points)
                yield Path(look=shape.look, points=points, refs=shape.refs, title=shape.title)
            elif isinstance(shape, Sign) and shape.look == "arrow":
                arrows.append(shape)
            elif isinstance(shape, Sign):
                yield from signs.marks(shape, self.placed.at(shape.at), self._unit_of(shape))
            elif isinstance(shape, Image) and shape.path in self.images:
                yield self._picture(shape)
        for arrow in self._thinned(arrows):
            yield from signs.marks(arrow, self.placed.at(arrow.at), self.unit)

    def _points(self, points: Sequence[Point]) -> tuple[Point, ...]:
        return tuple(self.placed.at(point) for point in points)

    def _area(self, area: Area) -> Iterator[Path]:
        corners = self._points(area.corners)
        yield Path(look=area.look, points=corners, closed=True, refs=area.refs, title=area.title)
        yield from hatched(area.look, corners, self.theme)

    def _unit_of(self, sign: Sign) -> float:
        return self.unit if sign.look == "node waypoint" else 1.0

    def _thinned(self, arrows: Sequence[Sign]) -> Iterator[Sign]:
        """Of arrows that would lie on each other and point the same way, the first."""
        seen: set[tuple[int, int, int]] = set()
        apart = 3 * signs.ARROW_MM * self.unit
        for arrow in arrows:
            x, y = self.placed.at(arrow.at)
            key = (round(x / apart), round(y / apart), round((arrow.yaw_rad or 0.0) / (math.pi / 4)) % 8)
            if key not in seen:
                seen.add(key)
                yield arrow

    def _picture(self, image: Image) -> Picture:
        """Pixel to paper: the site's frame turns counter-clockwise, the paper's y points down."""
        size = image.scale_m_per_px * self.placed.mm_per_m
        cos, sin = math.cos(image.yaw_rad) * size, math.sin(image.yaw_rad) * size
        x, y = self.placed.at(image.origin)
        height = self.images[image.path].height_px
        # The bottom left corner is pixel (0, height).
        e, f = x - sin * height, y - cos * height
        return Picture(look=image.look, path=image.path, matrix=(cos, -sin, sin, cos, e, f))

    def names(self) -> Placed:
        taken = Taken(self.placed.paper.frame)
        wanted = [*self._numbers(), *self._labels()]
        for shape in (*self.scene.layer("nodes"), *self.scene.layer("findings")):
            if isinstance(shape, Sign):
                taken.add_sign(self.placed.at(shape.at), signs.radius_mm(shape.look) * self._unit_of(shape))
        for name in ("walls", "lanes", "doors"):
            for shape in self.scene.layer(name):
                if isinstance(shape, Line):
                    points = self._points(shape.points)
                    for start, end in pairwise(points):
                        taken.add_line(start, end)
        return place(wanted, taken)

    def _numbers(self) -> Iterator[Wanted]:
        """The numbers of the findings stand beside their rings."""
        for shape in self.scene.layer("findings"):
            if isinstance(shape, Sign):
                look = " ".join(("name", *shape.look.split()[1:]))
                label = Label(look=look, at=shape.at, names={"": f"F{shape.number}"}, priority=NUMBERS)
                yield Wanted(label=label, at=self.placed.at(shape.at), radius_mm=signs.FINDING_MM)

    def _labels(self) -> Iterator[Wanted]:
        radii = {ref: signs.radius_mm(sign.look) for sign in self._signs() for ref in sign.refs}
        for shape in self.scene.layer("names"):
            if isinstance(shape, Label):
                at, within = self.placed.at(shape.at), self._points(shape.within)
                radius = max((radii.get(ref, 0.0) for ref in shape.refs), default=0.0)
                if "lift" in shape.look.split():
                    radius = max(abs(x - at[0]) for x, _ in within)
                yield Wanted(label=shape, at=at, radius_mm=radius, within=within)

    def _signs(self) -> Iterator[Sign]:
        yield from (shape for shape in self.scene.layer("nodes") if isinstance(shape, Sign))


def _unit(scene: Scene, placed_at: Placement) -> float:
    """1, or less where so many waypoints lie that their dots would touch."""
    points = [placed_at.at(shape.at) for shape in scene.layer("nodes") if isinstance(shape, Sign)]
    if len(points) < 2:
        return 1.0
    xs, ys = [x for x, _ in points], [y for _, y in points]
    extent = max(max(xs) - min(xs), 1.0) * max(max(ys) - min(ys), 1.0)
    return max(0.2, min(1.0, math.sqrt(extent / len(points)) / 3.0))


def _words(names: dict[str, str]) -> str:
    return " / ".join(dict.fromkeys(names.values()))
