"""How each look is drawn on paper: the one table of colours and widths of the sheet's painters.

Keys are the words of a look: "zone" holds for every zone, "zone.no_go" changes what differs. Lengths are
millimetres on paper; strokes are 0.1 mm or more, text 2.6 mm (capitals 1.9 mm) or more, so that an A3 print
is legible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

PAPER = "#ffffff"
INK = "#1f2933"
SOFT = "#52606d"
LANE, ONE_WAY = "#4a86bd", "#1f5f9e"
RED, AMBER, INDIGO, TEAL, VIOLET, GREEN, SLATE = (
    "#c81e1e",
    "#d97706",
    "#4f52c9",
    "#0f766e",
    "#9b1fb0",
    "#5c8a10",
    "#475569",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """None: as the more general look has it."""

    fill: str | None = None
    """A colour as #rrggbb; 'none' for none."""
    fill_opacity: float | None = None
    stroke: str | None = None
    width_mm: float | None = None
    dash_mm: tuple[float, ...] | None = None
    hatch_rad: float | None = None
    """The angle of hatching, counter-clockwise from the right; the lines have the look "hatch"."""
    weight: int | None = None
    """Of text: 400 is normal, 700 bold."""
    opacity: float | None = None
    """Of a picture."""


Theme = Mapping[str, Style]

PRINT: Theme = {
    "paper": Style(fill=PAPER),
    "frame": Style(fill="none", stroke=SOFT, width_mm=0.2),
    "rule": Style(fill="none", stroke="#9aa5b1", width_mm=0.15),
    "ruler": Style(fill=INK, stroke=INK, width_mm=0.15),
    "ruler.light": Style(fill=PAPER),
    "floor": Style(fill="#f5f4ef"),
    "floor_plan": Style(opacity=0.28),
    "room": Style(fill="#edf2f7", stroke="#b8c4d0", width_mm=0.1),
    "room.ward": Style(fill="#e6f0fa"),
    "room.theatre": Style(fill="#e0f3ef"),
    "room.outpatient": Style(fill="#ecebfa"),
    "room.corridor": Style(fill="#f5f4ef"),
    "room.public": Style(fill="#fbf5e2"),
    "room.hall": Style(fill="#fbf5e2"),
    "room.shop": Style(fill="#fdf0e3"),
    "room.staff": Style(fill="#eeece6"),
    "room.store": Style(fill="#e9e5de"),
    "room.dwelling": Style(fill="#f4ecf6"),
    "room.raised": Style(fill="#fbeecb"),
    "room.high": Style(fill="#fadfdf"),
    "zone": Style(fill="none", stroke=SLATE, width_mm=0.25),
    "zone.no_go": Style(fill=RED, fill_opacity=0.08, stroke=RED, hatch_rad=0.7854),
    "zone.slow": Style(fill=AMBER, fill_opacity=0.14, stroke=AMBER, dash_mm=(1.6, 0.8)),
    "zone.quiet": Style(fill=INDIGO, fill_opacity=0.05, stroke=INDIGO, dash_mm=(0.4, 0.8)),
    "zone.one_way": Style(fill=TEAL, fill_opacity=0.08, stroke=TEAL),
    "zone.uv_hazard": Style(fill=VIOLET, fill_opacity=0.07, stroke=VIOLET, hatch_rad=2.3562),
    "zone.outdoors": Style(fill=GREEN, fill_opacity=0.1, stroke=GREEN, width_mm=0.12),
    "zone.private": Style(fill=SLATE, fill_opacity=0.06, stroke=SLATE, width_mm=0.12, hatch_rad=1.5708),
    "zone.fire_compartment": Style(stroke="#b42318", width_mm=0.35, dash_mm=(3.0, 1.0, 0.6, 1.0)),
    "hatch": Style(width_mm=0.12, stroke=SLATE),
    "hatch.no_go": Style(stroke=RED),
    "hatch.private": Style(stroke="#aab4bf"),
    "hatch.uv_hazard": Style(stroke=VIOLET),
    "lift": Style(fill="#e8dff5", stroke="#7a4fb3", width_mm=0.25),
    "wall": Style(fill="none", stroke="#2b3036", width_mm=0.35),
    "door": Style(fill="none", stroke="#c77d18", width_mm=0.6),
    "door.idle": Style(stroke="#b5a485", width_mm=0.35),
    "door.doorway": Style(stroke="#b5a485", width_mm=0.2, dash_mm=(0.6, 0.5)),
    "door.shaft": Style(stroke="#7a4fb3"),
    "lane": Style(fill="none", stroke=LANE, width_mm=0.2),
    "lane.one_way": Style(stroke=ONE_WAY, width_mm=0.25),
    "arrow": Style(fill=ONE_WAY),
    "arrow.zone": Style(fill=TEAL),
    "node": Style(fill=LANE),
    "node.named": Style(fill="#1f5f9e"),
    "node.room_entrance": Style(fill="#3e4c59"),
    "node.checkpoint": Style(fill="#b4530a"),
    "node.charger": Style(fill="#178048"),
    "node.parking": Style(fill="#2563a8"),
    "node.hold_point": Style(fill="#0f766e"),
    "node.lift_cabin": Style(fill="#7a4fb3"),
    "node.door": Style(fill="#c77d18"),
    "ring": Style(fill="none", width_mm=0.25),
    "ring.clean": Style(stroke="#0891b2"),
    "ring.dirty": Style(stroke="#7c4a1e", dash_mm=(0.5, 0.35)),
    "heading": Style(fill="none", stroke=INK, width_mm=0.25),
    "symbol": Style(fill=PAPER, weight=700),
    "finding": Style(fill="none", width_mm=0.5),
    "finding.error": Style(stroke=RED),
    "finding.warning": Style(stroke=AMBER),
    "finding.info": Style(stroke=INDIGO, width_mm=0.3),
    "text": Style(fill=INK, weight=400),
    "text.node": Style(fill="#243b53"),
    "text.room": Style(fill="#334e68", weight=600),
    "text.lift": Style(fill="#5b3a8c"),
    "text.zone": Style(fill=SLATE),
    "text.no_go": Style(fill=RED),
    "text.slow": Style(fill="#9a5300"),
    "text.quiet": Style(fill=INDIGO),
    "text.one_way": Style(fill=TEAL),
    "text.uv_hazard": Style(fill=VIOLET),
    "text.outdoors": Style(fill=GREEN),
    "text.fire_compartment": Style(fill="#b42318"),
    "text.error": Style(fill=RED, weight=700),
    "text.warning": Style(fill="#9a5300", weight=700),
    "text.info": Style(fill=INDIGO, weight=700),
    "text.soft": Style(fill=SOFT),
    "text.bold": Style(weight=700),
}


def style_of(theme: Theme, look: str) -> Style:
    """The styles whose words the look has, the later ones of the table over the earlier, as CSS does it."""
    words = look.split()
    merged: dict[str, Any] = {}
    for key, style in theme.items():
        first, _, other = key.partition(".")
        if first == words[0] and (not other or other in words):
            set_here = {entry.name: getattr(style, entry.name) for entry in fields(style)}
            merged |= {name: value for name, value in set_here.items() if value is not None}
    return Style(**merged)
