"""draw: the levels of a site as files, each with all that it needs in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maps.drawing import svg
from maps.drawing.images import Files, find
from maps.drawing.scene import scene
from maps.drawing.sheet import sheet
from maps.drawing.theme import PRINT
from maps.elements import Site
from maps.errors import SiteError
from maps.findings import Finding

ENDINGS = (".svg", ".png")
DPI = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    level: str
    path: Path
    scale: int
    """1:scale on A3."""
    listed: int
    """Names that stand in the list beside the drawing, since they have no room in it."""
    notes: tuple[str, ...] = ()
    """What was left out, a sentence each."""


def targets(site: Site, levels: Sequence[str], output: Path) -> dict[str, Path]:
    """Level to its file: `output` itself for one level; for several a file each, out_L1.svg; or a folder.

    Raises SiteError for another ending than .svg and .png.
    """
    if output.is_dir() or not output.suffix:
        names = {level: output / f"{_plain(site.site_id)}_{_plain(level)}.svg" for level in levels}
    elif output.suffix.lower() not in ENDINGS:
        raise SiteError(
            f"a drawing is no {output.suffix} file", file=str(output), hint="name a .svg or a .png"
        )
    elif len(levels) == 1:
        names = {levels[0]: output}
    else:
        names = {level: output.with_name(f"{output.stem}_{_plain(level)}{output.suffix}") for level in levels}
    if len(dict.fromkeys(names.values())) < len(names):
        raise SiteError("two levels would have the same file", file=str(output), hint="draw one with --level")
    return names


def _plain(text: str) -> str:
    """The text as part of a file's name."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in text)


def draw(
    site: Site,
    level: str,
    path: Path,
    *,
    findings: Sequence[Finding] = (),
    files: Files | None = None,
    dpi: int = DPI,
) -> Drawn:
    """Writes the level's drawing to the path, as its ending says.

    `files` are those that the site names (maps.package.beside); None leaves floor plans out. Raises
    SiteError for a level that is not there, OSError when the file cannot be written.
    """
    found = scene(site, level, findings)
    is_png = path.suffix.lower() == ".png"
    images, notes = find(found, files, test=is_png) if files is not None else ({}, [])
    page = sheet(found, PRINT, images)
    if page.left_out:
        notes.append(f"{page.left_out} lines of legend, findings or names had no room on the sheet")
    if is_png:
        from maps.drawing import png

        path.write_bytes(png.encoded(page, dpi, PRINT, images))
    else:
        path.write_text(svg.document(page, PRINT, images), encoding="utf-8")
    return Drawn(level=level, path=path, scale=page.scale, listed=len(page.listed), notes=tuple(notes))
