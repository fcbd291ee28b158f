"""hatched: the lines that fill an area whose look has hatching."""

from collections.abc import Iterator, Sequence

from maps.drawing.lines import hatching
from maps.drawing.marks import Path
from maps.drawing.theme import Theme, style_of
from maps.elements import Point

HATCH_GAP_MM = 1.8


def hatched(look: str, corners: Sequence[Point], theme: Theme) -> Iterator[Path]:
    """The hatching of an area on the sheet, if its look has one."""
    style = style_of(theme, look)
    if style.hatch_rad is not None:
        words = " ".join(("hatch", *look.split()[1:]))
        # The sheet's y points down.
        for pair in hatching(corners, -style.hatch_rad, HATCH_GAP_MM):
            yield Path(look=words, points=pair)
