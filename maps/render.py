"""svg: a level as a drawing: walls, rooms, doors, lifts, lanes with arrows, nodes, findings.

One metre is one user unit; text and strokes are in metres too, so that the drawing scales as a whole. For
people who look at a map file; the console draws its own.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from maps.elements import Edge, Level, Lift, Node, NodeKind, Point, Room, Site
from maps.errors import SiteError
from maps.findings import Finding, Severity
from maps.geometry import centre, rotated

MARGIN_M = 2.0
GROWTH = 1.6
"""How much larger than SMALL_M a site may be before its signs grow."""

PIXELS_PER_M = 24
"""Size on screen when the viewer does not scale."""

SMALL_M = 60.0
"""Up to this extent the sizes below fit; on larger sites (a campus) all signs grow."""

STYLE = """
.floor{fill:#fbfbf9} .room{fill:#eef3f8;stroke:none} .room.high{fill:#f8ebec} .room.raised{fill:#f9f4e4}
.wall{stroke:#3b4148;stroke-linecap:square;fill:none}
.door{stroke:#c77d18} .door.idle{stroke:#d9d2c6} .door.shaft{stroke:#7a4fb3}
.lift{fill:#ece6f5;stroke:#7a4fb3}
.lane{stroke:#5b8fc0;fill:none} .lane.oneway{stroke:#2b6aa6} .arrow{fill:#2b6aa6}
.waypoint{fill:#5b8fc0} .charger{fill:#1f9d55} .parking{fill:#2563a8} .checkpoint{fill:#b4530a}
.hold_point{fill:#0f8b8d} .lift_cabin{fill:#7a4fb3} .room_entrance{fill:#5b6b7b}
text{font-family:system-ui,'Noto Sans','Noto Sans CJK SC',sans-serif;fill:#1f2933;text-anchor:middle}
.node-name{fill:#3d4852;paint-order:stroke;stroke:#fbfbf9;stroke-linejoin:round}
.room-name{font-weight:600;fill:#33475b;text-anchor:start} .symbol{fill:#fff;font-weight:700}
.error{fill:none;stroke:#c81e1e} .warning{fill:none;stroke:#d97706}
"""

STROKES_M = {
    ".wall": 0.14,
    ".door": 0.2,
    ".door.idle": 0.1,
    ".lift": 0.08,
    ".lane": 0.07,
    ".node-name": 0.12,
    ".error": 0.12,
    ".warning": 0.12,
}

SYMBOLS = {NodeKind.CHARGER: "C", NodeKind.PARKING: "P"}


def svg(site: Site, level_id: str, findings: Sequence[Finding] = ()) -> str:
    """The level as an SVG document. Raises SiteError for a level that the site does not have."""
    level = next((level for level in site.levels if level.level_id == level_id), None)
    if level is None:
        raise SiteError(
            f"there is no level '{level_id}'",
            hint=f"use one of {', '.join(level.level_id for level in site.levels)}",
        )
    drawing = _Drawing.of(site, level)
    return "\n".join(drawing.lines(findings)) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    site: Site
    level: Level
    nodes: dict[str, Node]
    low: Point
    high: Point
    unit: float
    """Multiplies sizes of signs and text."""
    lanes_below: frozenset[str]
    """Nodes whose lanes all lead down the drawing."""

    @classmethod
    def of(cls, site: Site, level: Level) -> "_Drawing":
        nodes = {node.node_id: node for node in site.nodes if node.level == level.level_id}
        points = list(_extent(site, level, nodes)) or [(0.0, 0.0)]
        low = (min(x for x, _ in points) - MARGIN_M, min(y for _, y in points) - MARGIN_M)
        high = (max(x for x, _ in points) + MARGIN_M, max(y for _, y in points) + MARGIN_M)
        extent_m = max(high[0] - low[0], high[1] - low[1])
        unit = max(1.0, extent_m / SMALL_M / GROWTH)
        below = _with_lanes_below(site, nodes)
        return cls(site=site, level=level, nodes=nodes, low=low, high=high, unit=unit, lanes_below=below)

    def lines(self, findings: Sequence[Finding]) -> Iterator[str]:
        width, height = self.high[0] - self.low[0], self.high[1] - self.low[1]
        pixels = PIXELS_PER_M / self.unit
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.3f} {height:.3f}"'
            f' width="{width * pixels:.0f}" height="{height * pixels:.0f}">'
        )
        yield f"<title>{escape(_both(self.site.names))}, {escape(_both(self.level.names))}</title>"
        yield f"<style>{STYLE}{self._strokes()}</style>"
        yield f'<rect class="floor" width="{width:.3f}" height="{height:.3f}"/>'
        yield from self._rooms()
        yield from self._lifts()
        yield from self._walls()
        yield from self._doors()
        yield from self._lanes()
        yield from self._nodes()
        yield from self._room_names()
        yield from self._findings(findings)
        yield "</svg>"

    def _at(self, point: Point) -> tuple[str, str]:
        """The point in the drawing, where y points down."""
        return f"{point[0] - self.low[0]:.3f}", f"{self.high[1] - point[1]:.3f}"

    def _size(self, size_m: float) -> str:
        return f"{size_m * self.unit:.3f}"

    def _strokes(self) -> str:
        return "".join(f"{sign}{{stroke-width:{self._size(m)}}}" for sign, m in STROKES_M.items())

    def _rooms(self) -> Iterator[str]:
        for room in self._here():
            yield self._polygon(f"room {room.risk}", room.polygon)

    def _here(self) -> list[Room]:
        return [room for room in self.site.rooms if room.level == self.level.level_id]

    def _polygon(self, css: str, corners: Sequence[Point]) -> str:
        points = " ".join(",".join(self._at(corner)) for corner in corners)
        return f'<polygon class={quoteattr(css)} points="{points}"/>'

    def _line(self, css: str, start: Point, end: Point, title: str = "") -> str:
        (x1, y1), (x2, y2) = self._at(start), self._at(end)
        inside = f"<title>{escape(title)}</title>" if title else ""
        return f'<line class="{css}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{inside}</line>'

    def _text(self, css: str, at: Point, text: str, size_m: float) -> str:
        x, y = self._at(at)
        return f'<text class="{css}" x="{x}" y="{y}" font-size="{self._size(size_m)}">{escape(text)}</text>'

    def _lifts(self) -> Iterator[str]:
        for lift in self.site.lifts:
            if self.level.level_id in lift.cabin_nodes or self.level.level_id in lift.doors:
                yield self._polygon("lift", _cabin(lift))
                below = (lift.center[0], lift.center[1] - lift.depth_m / 2 + 0.2)
                yield self._text("node-name", below, _both(lift.names), 0.4)

    def _walls(self) -> Iterator[str]:
        for wall in self.level.walls:
            yield self._line("wall", wall.start, wall.end)

    def _doors(self) -> Iterator[str]:
        shaft = {door for lift in self.site.lifts for ids in lift.doors.values() for door in ids}
        used = {crossing.door for edge in self.site.edges for crossing in edge.doors}
        for door in self.site.doors:
            if door.level == self.level.level_id:
                idle = "" if door.door_id in used else " idle"
                css = "door shaft" if door.door_id in shaft else f"door{idle}"
                yield self._line(css, door.start, door.end, f"{door.door_id}: {_both(door.names)}")

    def _lanes(self) -> Iterator[str]:
        ways = {(edge.source, edge.target) for edge in self.site.edges}
        for edge in self.site.edges:
            two_way = (edge.target, edge.source) in ways
            drawn = not two_way or edge.source < edge.target
            if drawn and edge.source in self.nodes and edge.target in self.nodes:
                yield from self._lane(edge, two_way)

    def _lane(self, edge: Edge, two_way: bool) -> Iterator[str]:
        start, end = self._point(edge.source), self._point(edge.target)
        yield self._line(
            "lane" if two_way else "lane oneway", start, end, f"{edge.edge_id}: {edge.length_m} m"
        )
        if not two_way and start != end:
            yield self._polygon("arrow", _arrow(start, end, self.unit))

    def _point(self, node_id: str) -> Point:
        return (self.nodes[node_id].x_m, self.nodes[node_id].y_m)

    def _nodes(self) -> Iterator[str]:
        for node in self.nodes.values():
            x, y = self._at((node.x_m, node.y_m))
            symbol = SYMBOLS.get(node.kind)
            radius_m = 0.45 if symbol else 0.28 if node.names else 0.16
            yield (
                f'<circle class="{node.kind.value}" cx="{x}" cy="{y}" r="{self._size(radius_m)}">'
                f"<title>{escape(node.node_id)}</title></circle>"
            )
            if symbol:
                yield self._text("symbol", (node.x_m, node.y_m - 0.18 * self.unit), symbol, 0.5)
            if node.names:
                yield from self._node_name(node, radius_m)

    def _node_name(self, node: Node, radius_m: float) -> Iterator[str]:
        """One line a language, on the side that no lane leaves by."""
        lines = list(dict.fromkeys(node.names.values()))
        above = node.node_id in self.lanes_below
        first_m = radius_m + 0.12 + 0.45 * (len(lines) - 1) if above else -(radius_m + 0.4)
        for number, name in enumerate(lines):
            y = node.y_m + (first_m - 0.45 * number) * self.unit
            yield self._text("node-name", (node.x_m, y), name, 0.36)

    def _room_names(self) -> Iterator[str]:
        for room in self._here():
            left = min(corner[0] for corner in room.polygon) + 0.4
            top = max(corner[1] for corner in room.polygon) - 0.8
            for number, name in enumerate(dict.fromkeys(room.names.values())):
                yield self._text("room-name", (left, top - 0.75 * number), name, 0.6)

    def _findings(self, findings: Sequence[Finding]) -> Iterator[str]:
        for finding in findings:
            place = finding.place
            if place and place.level == self.level.level_id and finding.severity is not Severity.INFO:
                x, y = self._at((place.x_m, place.y_m))
                yield (
                    f'<circle class="{finding.severity.value}" cx="{x}" cy="{y}" r="{self._size(0.8)}">'
                    f"<title>{escape(finding.message)}</title></circle>"
                )


def _extent(site: Site, level: Level, nodes: dict[str, Node]) -> Iterator[Point]:
    for wall in level.walls:
        yield from (wall.start, wall.end)
    for room in site.rooms:
        if room.level == level.level_id:
            yield from room.polygon
    for node in nodes.values():
        yield (node.x_m, node.y_m)


def _with_lanes_below(site: Site, nodes: dict[str, Node]) -> frozenset[str]:
    down: dict[str, bool] = {}
    for edge in site.edges:
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if end in nodes and other in nodes:
                down[end] = down.get(end, True) and nodes[other].y_m < nodes[end].y_m
    return frozenset(node_id for node_id, only_down in down.items() if only_down)


def _cabin(lift: Lift) -> list[Point]:
    half_w, half_d = lift.width_m / 2, lift.depth_m / 2
    corners = ((-half_w, -half_d), (half_w, -half_d), (half_w, half_d), (-half_w, half_d))
    turned = [rotated(corner, lift.yaw_rad) for corner in corners]
    return [(lift.center[0] + x, lift.center[1] + y) for x, y in turned]


def _arrow(start: Point, end: Point, unit: float) -> list[Point]:
    """A triangle in the middle of the lane, pointing to its end."""
    yaw_rad = math.atan2(end[1] - start[1], end[0] - start[0])
    middle = centre((start, end))
    shape = ((0.3, 0.0), (-0.2, 0.18), (-0.2, -0.18))
    turned = [rotated((x * unit, y * unit), yaw_rad) for x, y in shape]
    return [(middle[0] + x, middle[1] + y) for x, y in turned]


def _both(names: dict[str, str]) -> str:
    return " / ".join(dict.fromkeys(names.values()))
