"""How wide text is, near enough to place it, and how it breaks into lines. Knows no font file.

Widths are those of a common sans serif, in parts of the font size; a Chinese character is as wide as high.
"""

import unicodedata
from collections.abc import Iterator

NARROW, WIDE = 0.29, 0.86
LINE = 1.2
"""Distance of two lines, in parts of the font size."""
ASCENT, DESCENT = 0.8, 0.22
"""How far text reaches over and under its base line."""
CAPITAL = 0.72
PARTING = " _/-"
"""A line may end after these."""
_WIDTHS = {
    **dict.fromkeys("iIjl|!.,:;'`·", NARROW),
    **dict.fromkeys('frt()[]/\\-"* ', 0.36),
    **dict.fromkeys("mwMW@%", WIDE),
}


def width_mm(text: str, size_mm: float) -> float:
    return sum(_width(character) for character in text) * size_mm


def _width(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.66 if character.isupper() else 0.56


def wrapped(text: str, size_mm: float, most_mm: float) -> list[str]:
    """The text in lines that are no wider, broken after spaces, underscores, Chinese characters."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width_mm((line + piece).rstrip(), size_mm) > most_mm:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """Words with what parts them, and Chinese characters one by one."""
    piece = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if piece and (wide or (piece[-1] in PARTING and character not in PARTING)):
            yield piece
            piece = ""
        piece += character
        if wide:
            yield piece
            piece = ""
    if piece:
        yield piece
