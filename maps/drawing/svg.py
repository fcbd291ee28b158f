"""svg: the sheet as an SVG document in millimetres, complete in one file (floor plans are inside)."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from maps.drawing.images import Images, data_uri
from maps.drawing.marks import Dot, Group, Mark, Path, Picture, Sheet, Text
from maps.drawing.shapes import Scene
from maps.drawing.sheet import sheet
from maps.drawing.theme import PRINT, Style, Theme
from maps.elements import Point

FONTS = "'Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif"
HALO_MM = 0.6
NO_IMAGES: Images = MappingProxyType({})


def svg(scene: Scene, *, theme: Theme = PRINT, images: Images = NO_IMAGES) -> str:
    """The scene on A3 as an SVG document.

    `images` are the floor plans that are drawn (maps.drawing.images.find); without them nothing lies beneath.
    """
    return document(sheet(scene, theme, images), theme, images)


def document(page: Sheet, theme: Theme, images: Images = NO_IMAGES) -> str:
    """The sheet as an SVG document."""
    return "\n".join(_lines(page, theme, images)) + "\n"


def _lines(page: Sheet, theme: Theme, images: Images) -> Iterator[str]:
    width, height = f"{page.width_mm:g}", f"{page.height_mm:g}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm"'
        f' viewBox="0 0 {width} {height}">'
    )
    yield f"<title>{escape(page.title)}</title>"
    yield f"<style>{_style_sheet(theme)}</style>"
    left, top, right, bottom = page.frame
    inside = f'x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}"'
    yield f'<clipPath id="frame"><rect {inside}/></clipPath>'
    yield f'<rect class="paper" width="{width}" height="{height}"/>'
    for group in page.groups:
        yield from _group(group, images)
    yield "</svg>"


def _group(group: Group, images: Images) -> Iterator[str]:
    if group.marks:
        clip = ' clip-path="url(#frame)"' if group.clipped else ""
        yield f"<g id={quoteattr(group.name)}{clip}>"
        for mark in group.marks:
            yield _mark(mark, images)
        yield "</g>"


def _mark(mark: Mark, images: Images) -> str:
    if isinstance(mark, Text):
        return _text(mark)
    if isinstance(mark, Picture):
        matrix = " ".join(f"{value:.6f}" for value in mark.matrix)
        image = images[mark.path]
        size = f'width="{image.width_px}" height="{image.height_px}"'
        return (
            f'<image class={_class(mark.look)} {size} transform="matrix({matrix})" href="{data_uri(image)}"/>'
        )
    if isinstance(mark, Dot):
        place = f'cx="{mark.at[0]:.2f}" cy="{mark.at[1]:.2f}" r="{mark.radius_mm:.2f}"'
        return _element(mark, f"circle class={_class(mark.look)} {place}", "circle")
    tag = "polygon" if mark.closed else "polyline"
    return _element(mark, f'{tag} class={_class(mark.look)} points="{_points(mark.points)}"', tag)


def _element(mark: Path | Dot, start: str, tag: str) -> str:
    refs = f" data-ref={quoteattr(' '.join(mark.refs))}" if mark.refs else ""
    if not mark.title:
        return f"<{start}{refs}/>"
    return f"<{start}{refs}><title>{escape(mark.title)}</title></{tag}>"


def _text(text: Text) -> str:
    words = f"{text.look} halo" if text.halo else text.look
    place = f'x="{text.at[0]:.2f}" y="{text.at[1]:.2f}" font-size="{text.size_mm:g}"'
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    refs = f" data-ref={quoteattr(' '.join(text.refs))}" if text.refs else ""
    return f"<text class={_class(words)} {place}{anchor}{refs}>{escape(text.text)}</text>"


def _class(look: str) -> str:
    """ "zone no_go" as classes that mean nothing elsewhere: "zone zone-no_go"."""
    first, *others = look.split()
    return quoteattr(" ".join((first, *(f"{first}-{word}" for word in others))))


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


# -- the style sheet -------------------------------------------------------------------------------------

PROPERTIES = {
    "fill": "fill",
    "fill_opacity": "fill-opacity",
    "stroke": "stroke",
    "width_mm": "stroke-width",
    "dash_mm": "stroke-dasharray",
    "weight": "font-weight",
    "opacity": "opacity",
}
"""A style's fields in CSS; hatching is lines of its own."""


def _style_sheet(theme: Theme) -> str:
    paper = theme["paper"].fill
    rules = [
        f"text{{font-family:{FONTS};white-space:pre}}",
        "path,polyline{fill:none;stroke-linecap:round;stroke-linejoin:round}",
        f".text-halo{{paint-order:stroke;stroke:{paper};stroke-width:{HALO_MM};stroke-linejoin:round}}",
    ]
    rules += [f".{look.replace('.', '-')}{{{_declarations(style)}}}" for look, style in theme.items()]
    return "".join(rules)


def _declarations(style: Style) -> str:
    found = []
    for entry in fields(style):
        value = getattr(style, entry.name)
        if value is not None and entry.name in PROPERTIES:
            text = " ".join(f"{part:g}" for part in value) if isinstance(value, tuple) else f"{value}"
            found.append(f"{PROPERTIES[entry.name]}:{text}")
    return ";".join(found)
