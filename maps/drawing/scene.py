"""scene: a level of a site as layers of shapes, for any painter (paper, picture, the console's page)."""

import math
from collections.abc import Iterator, Sequence

from maps.digest import content_hash
from maps.drawing.floor import interior
from maps.drawing.shapes import Area, Box, Image, Label, Layer, Line, Remark, Scene, Sign
from maps.drawing.zones import says_itself, zone_names, zones
from maps.elements import Door, Edge, Level, Lift, Names, Node, NodeKind, Point, Room, Site
from maps.errors import SiteError
from maps.findings import Finding, Severity
from maps.geometry import centre, rotated

MARGIN_M = 1.0
ROOM, PLACE, STATION, LIFT, ZONE = 1, 2, 3, 4, 5
"""In which order names are given their place: a room's has the fewest to choose from."""
STATIONS = (NodeKind.CHARGER, NodeKind.PARKING, NodeKind.HOLD_POINT)
ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def scene(site: Site, level_id: str, findings: Sequence[Finding] = ()) -> Scene:
    """The level's drawing, with the findings marked that lie on it.

    Raises SiteError for a level that the site does not have, with those that it has.
    """
    here = _Here(site, _level(site, level_id))
    marks, remarks = _findings(findings, level_id)
    return Scene(
        site=site.site_id,
        site_names=site.names,
        level=level_id,
        level_names=here.level.names,
        bounds=here.bounds(),
        content_hash=content_hash(site),
        origin=site.origin,
        scale_measured=here.level.scale_measured,
        layers=(*here.layers(), Layer(name="findings", shapes=tuple(marks))),
        remarks=tuple(remarks),
    )


def _level(site: Site, level_id: str) -> Level:
    for level in site.levels:
        if level.level_id == level_id:
            return level
    known = ", ".join(level.level_id for level in site.levels)
    raise SiteError(f"there is no level '{level_id}'", hint=f"use one of {known}")


class _Here:
    """What of the site lies on one level."""

    def __init__(self, site: Site, level: Level) -> None:
        self.site = site
        self.level = level
        level_id = level.level_id
        self.nodes = {node.node_id: node for node in site.nodes if node.level == level_id}
        self.rooms = [room for room in site.rooms if room.level == level_id]
        self.doors = [door for door in site.doors if door.level == level_id]
        self.zones = [zone for zone in site.zones if zone.level == level_id]
        self.lifts = [lift for lift in site.lifts if level_id in lift.cabin_nodes or level_id in lift.doors]
        self.lanes = list(_lanes(site.edges, self.nodes))

    def bounds(self) -> Box:
        points = list(self._extent()) or [(0.0, 0.0)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        low, high = (min(xs) - MARGIN_M, min(ys) - MARGIN_M), (max(xs) + MARGIN_M, max(ys) + MARGIN_M)
        return tuple(round(value, 3) for value in (*low, *high))  # type: ignore[return-value]

    def _extent(self) -> Iterator[Point]:
        for wall in self.level.walls:
            yield from (wall.start, wall.end)
        for room in self.rooms:
            yield from room.polygon
        for zone in self.zones:
            yield from zone.polygon
        for node in self.nodes.values():
            yield (node.x_m, node.y_m)
        for lift in self.lifts:
            yield from cabin(lift)
        for door in self.doors:
            yield from (door.start, door.end)

    def layers(self) -> Iterator[Layer]:
        """The lowest first."""
        yield Layer(name="floor", shapes=tuple(self._floor()))
        yield Layer(name="rooms", shapes=tuple(_room(room) for room in self.rooms))
        yield Layer(name="floor_plan", shapes=tuple(self._floor_plan()))
        yield Layer(name="zones", shapes=tuple(zones(self.zones)))
        yield Layer(name="lifts", shapes=tuple(_lift(lift) for lift in self.lifts))
        yield Layer(name="walls", shapes=tuple(self._walls()))
        yield Layer(name="doors", shapes=tuple(self._doors()))
        yield Layer(name="lanes", shapes=tuple(self._lane(lane) for lane in self.lanes))
        yield Layer(name="arrows", shapes=tuple(self._arrows()))
        yield Layer(name="nodes", shapes=tuple(_node(node) for node in self.nodes.values()))
        yield Layer(name="names", shapes=tuple(self._names()))

    def _floor(self) -> Iterator[Area]:
        walls = [(wall.start, wall.end) for wall in self.level.walls]
        for corners in interior(walls, [(door.start, door.end) for door in self.doors]):
            yield Area(look="floor", corners=corners)

    def _floor_plan(self) -> Iterator[Image]:
        plan = self.level.floor_plan
        if plan:
            yield Image(
                look="floor_plan",
                path=plan.path,
                origin=plan.origin,
                yaw_rad=plan.yaw_rad,
                scale_m_per_px=plan.scale_m_per_px,
            )

    def _walls(self) -> Iterator[Line]:
        """Walls that follow one another are one line."""
        chain: list[Point] = []
        for wall in self.level.walls:
            if not chain or chain[-1] != wall.start:
                if chain:
                    yield Line(look="wall", points=tuple(chain))
                chain = [wall.start]
            chain.append(wall.end)
        if chain:
            yield Line(look="wall", points=tuple(chain))

    def _doors(self) -> Iterator[Line]:
        shaft = {door for lift in self.site.lifts for ids in lift.doors.values() for door in ids}
        used = {crossing.door for edge in self.site.edges for crossing in edge.doors}
        for door in self.doors:
            kind = "shaft" if door.door_id in shaft else _door_kind(door, door.door_id in used)
            yield Line(
                look=f"door {kind}",
                points=(door.start, door.end),
                refs=(f"door:{door.door_id}",),
                title=_title(door.door_id, door.names),
            )

    def _ends(self, lane: Sequence[Edge]) -> tuple[Point, Point]:
        return _at(self.nodes[lane[0].source]), _at(self.nodes[lane[0].target])

    def _lane(self, lane: Sequence[Edge]) -> Line:
        return Line(
            look="lane one_way" if _is_one_way(lane) else "lane",
            points=self._ends(lane),
            refs=tuple(f"edge:{edge.edge_id}" for edge in lane),
            title=_lane_title(lane[0]),
        )

    def _arrows(self) -> Iterator[Sign]:
        for lane in self.lanes:
            start, end = self._ends(lane)
            if _is_one_way(lane) and start != end:
                yaw_rad = round(math.atan2(end[1] - start[1], end[0] - start[0]), 4)
                refs = (f"edge:{lane[0].edge_id}",)
                yield Sign(look="arrow", at=centre((start, end)), yaw_rad=yaw_rad, refs=refs)

    def _names(self) -> Iterator[Label]:
        for room in self.rooms:
            yield _label("room", ROOM, centre(room.polygon), room.names, room.room_id, room.polygon)
        for node in self.nodes.values():
            if node.names and node.kind is not NodeKind.LIFT_CABIN:
                priority = STATION if node.kind in STATIONS else PLACE
                yield _label("node", priority, _at(node), node.names, node.node_id, (), node.kind.value)
        for lift in self.lifts:
            yield _label("lift", LIFT, lift.center, lift.names, lift.lift_id, cabin(lift))
        for zone in self.zones:
            if says_itself(zone, self.rooms):
                continue
            yield _label(
                "zone",
                ZONE,
                centre(zone.polygon),
                zone_names(zone),
                zone.zone_id,
                zone.polygon,
                zone.kind.value,
            )


def _label(
    what: str,
    priority: int,
    at: Point,
    names: Names,
    element_id: str,
    within: tuple[Point, ...] = (),
    kind: str = "",
) -> Label:
    return Label(
        look=f"name {what} {kind}".strip(),
        at=at,
        names=names or {"en": element_id},
        priority=priority,
        within=within,
        refs=(f"{what}:{element_id}",),
    )


def _lanes(edges: Sequence[Edge], nodes: dict[str, Node]) -> Iterator[list[Edge]]:
    """The edges between each two nodes of the level: one line, whatever the directions and fleet graphs."""
    found: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        if edge.lift is None and edge.source in nodes and edge.target in nodes:
            way = (edge.source, edge.target)
            found.setdefault(way if way in found else way[::-1] if way[::-1] in found else way, []).append(
                edge
            )
    yield from found.values()


def _is_one_way(lane: Sequence[Edge]) -> bool:
    return all(edge.source == lane[0].source for edge in lane)


def _lane_title(edge: Edge) -> str:
    limit = f", at most {edge.speed_mps_max:g} m/s" if edge.speed_mps_max else ""
    models = f", only {', '.join(edge.models)}" if edge.models else ""
    return f"{edge.edge_id}: {edge.length_m:g} m{limit}{models}"


def _room(room: Room) -> Area:
    look = f"room {room.kind.value} {room.risk}" if room.risk != "ordinary" else f"room {room.kind.value}"
    title = _title(room.room_id, room.names)
    return Area(look=look, corners=room.polygon, refs=(f"room:{room.room_id}",), title=title)


def _lift(lift: Lift) -> Area:
    title = _title(lift.lift_id, lift.names)
    return Area(look="lift", corners=cabin(lift), refs=(f"lift:{lift.lift_id}",), title=title)


def _door_kind(door: Door, is_used: bool) -> str:
    if not door.automatic:
        return "doorway"
    return "driven" if is_used else "idle"


def _node(node: Node) -> Sign:
    words = ("node", node.kind.value, "named" if node.names else "", node.side.value if node.side else "")
    return Sign(
        look=" ".join(word for word in words if word),
        at=_at(node),
        yaw_rad=node.yaw_rad,
        refs=(f"node:{node.node_id}",),
        title=_title(node.node_id, node.names),
    )


def cabin(lift: Lift) -> tuple[Point, ...]:
    """The cabin's four corners."""
    half_w, half_d = lift.width_m / 2, lift.depth_m / 2
    corners = ((-half_w, -half_d), (half_w, -half_d), (half_w, half_d), (-half_w, half_d))
    turned = [rotated(corner, lift.yaw_rad) for corner in corners]
    return tuple((round(lift.center[0] + x, 3), round(lift.center[1] + y, 3)) for x, y in turned)


def _findings(findings: Sequence[Finding], level_id: str) -> tuple[list[Sign], list[Remark]]:
    """The gravest first; what lies on other levels only is left to their drawings."""
    marks: list[Sign] = []
    remarks: list[Remark] = []
    number = 0
    for finding in sorted(findings, key=lambda one: ORDER.index(one.severity)):
        look = f"finding {finding.severity.value}"
        text = f"{finding.message} {finding.fix}".strip()
        places = [place for place in (finding.place, *(case.place for case in finding.also)) if place]
        here = [(place.x_m, place.y_m) for place in places if place.level == level_id]
        if finding.severity is Severity.INFO:
            # A remark that holds in a hundred places would hide the drawing.
            here = here[:1]
        if here:
            number += 1
            marks += [Sign(look=look, at=at, number=number, title=finding.message) for at in here]
        if here or not places:
            remarks.append(Remark(number=number if here else None, look=look, text=text))
    return marks, remarks


def _at(node: Node) -> Point:
    return (node.x_m, node.y_m)


def _title(element_id: str, names: Names) -> str:
    words = " / ".join(dict.fromkeys(names.values()))
    return f"{element_id}: {words}" if words else element_id
