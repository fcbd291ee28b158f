"""GeoJSON (RFC 7946) to a Site: outdoor sites, drawn on a map of the world. docs/maps/geojson.md explains it.

Points are nodes, lines are lanes, walls and doors, polygons are rooms, buildings and zones. Longitude and
latitude become metres east and north of the origin (maps.geodesy). What is none of these is left out, and
Site.notes says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from maps.elements import Door, Edge, GeoOrigin, Node, NodeKind, Point, Room, Side, Site
from maps.errors import SiteError
from maps.findings import listed
from maps.geodesy import origin_of, to_local
from maps.geometry import area_m2, distance_m, inside
from maps.importers import geojson_tags as tags
from maps.importers.geojson_areas import doors, levels, rooms, zones
from maps.importers.geojson_file import Collection, Feature, Position, Properties, read_collection
from maps.importers.geojson_lanes import Network, Way
from maps.importers.names import slug
from maps.site_lanes import crossings, edge_id, reversed_edge
from maps.source import Source

DEFAULT_LEVEL = "L1"
TIME_ZONE_NOTE = "The file states no time zone: UTC is taken."


@dataclass(slots=True, kw_only=True)
class Drawing:
    """The features sorted by what they are, in local metres."""

    origin: GeoOrigin
    default_level: str
    network: Network = field(default_factory=Network)
    points: dict[int, Feature] = field(default_factory=dict)
    """Vertex of the network to the feature that declares it."""
    lanes: list[tuple[Way, Feature]] = field(default_factory=list)
    taken: dict[str, None] = field(default_factory=dict)
    """Ids of points and lines."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Why, and how many."""

    def local(self, feature: Feature, position: Position) -> Point:
        """Metres east and north of the origin."""
        try:
            return to_local(self.origin, *position)
        except SiteError as error:
            raise feature.properties.error(error.message, error.hint) from None

    def outline(self, feature: Feature, line: tuple[Position, ...]) -> tuple[Point, ...]:
        """A line or ring in metres."""
        return tuple(self.local(feature, position) for position in line)

    def level(self, feature: Feature) -> str:
        """The level that the feature names, else the first."""
        return feature.properties.text("level", self.default_level)

    def free(self, wanted: str) -> str:
        """The id, with a number if it is taken: features without an id may share a name."""
        found, number = wanted, 1
        while found in self.taken:
            number += 1
            found = f"{wanted}_{number}"
        self.taken[found] = None
        return found

    def leave_out(self, why: str) -> None:
        self.left_out[why] = self.left_out.get(why, 0) + 1


def read_source(source: Source) -> Site:
    """The site in the file. Raises SiteError that names file, feature and fix; never half a site."""
    collection = read_collection(source)
    members = collection.members
    if not any(feature.lines for feature in collection.features):
        raise _no_lane(members)
    drawing = Drawing(origin=_origin(collection), default_level=_default_level(members))
    _draw(collection, drawing)
    if not any(drawing.network.degrees()):
        raise _no_lane(members)
    name = source.path.name.partition(".")[0]
    return _site(collection, drawing, slug(members.text("site") or name, "site"))


def _no_lane(members: Properties) -> SiteError:
    return members.error("holds no line that is a lane", "draw the ways that robots drive as LineStrings")


def _origin(collection: Collection) -> GeoOrigin:
    if "origin" not in collection.members:
        return origin_of([p for feature in collection.features for line in feature.lines for p in line])
    declared = collection.members.object("origin")
    latitude, longitude = declared.number("latitude"), declared.number("longitude")
    if latitude is None or longitude is None or abs(latitude) > 90.0 or abs(longitude) > 180.0:
        raise declared.error("is no place on earth", 'write {"latitude": degrees, "longitude": degrees}')
    return GeoOrigin(latitude=latitude, longitude=longitude, altitude_m=declared.number("altitude_m") or 0.0)


def _default_level(members: Properties) -> str:
    return next(iter(members.object("levels").values), DEFAULT_LEVEL)


def _site(collection: Collection, drawing: Drawing, site_id: str) -> Site:
    members, features = collection.members, collection.features
    found_doors = tuple(doors(features, drawing))
    unplaced = tuple(rooms(features, drawing, found_doors))
    nodes = _nodes(drawing, unplaced)
    edges = tuple(_edges(drawing, nodes, found_doors))
    kept = tuple(nodes.values())
    return Site(
        site_id=site_id,
        names=tags.names(members) or {"en": site_id},
        time_zone=members.text("time_zone", "UTC"),
        levels=tuple(levels(collection, drawing, found_doors)),
        nodes=kept,
        edges=edges,
        rooms=tuple(_with_nodes(room, kept) for room in unplaced),
        doors=found_doors,
        zones=tuple(zones(features, drawing)),
        origin=drawing.origin,
        notes=tuple(_notes(members, drawing)),
    )


# -- the network -----------------------------------------------------------------------------------------


def _draw(collection: Collection, drawing: Drawing) -> None:
    """Points first: lines that end near one end there."""
    for feature in collection.features:
        _declare(feature, drawing)
    for feature in collection.features:
        if tags.is_wall(feature) or tags.is_door(feature):
            continue
        for index, line in enumerate(feature.lines, 1):
            _draw_line(feature, index, line, drawing)
    if drawing.lanes:
        drawing.network.join()
    _drop_strangers(drawing)


def _declare(feature: Feature, drawing: Drawing) -> None:
    if tags.is_wall(feature) or tags.is_door(feature):
        return
    base = feature.feature_id or slug(next(iter(tags.names(feature.properties).values()), ""), "point")
    for index, position in enumerate(feature.points, 1):
        wanted = f"{base}/{index}" if len(feature.points) > 1 else base
        node_id = drawing.free(wanted)
        vertex = drawing.network.declare(node_id, drawing.level(feature), drawing.local(feature, position))
        drawing.points[vertex] = feature


def _draw_line(feature: Feature, index: int, line: tuple[Position, ...], drawing: Drawing) -> None:
    why = tags.no_lane(feature)
    if why:
        drawing.leave_out(f"lines with {why}")
        return
    base = feature.feature_id or slug(tags.names(feature.properties).get("en", ""), "way")
    wanted = f"{base}/{index}" if len(feature.lines) > 1 else base
    way_id = drawing.free(wanted)
    way = drawing.network.draw(way_id, drawing.level(feature), drawing.outline(feature, line))
    drawing.lanes.append((way, feature))


def _drop_strangers(drawing: Drawing) -> None:
    """A point on no lane that does not say it is a node is some thing of the town: a tree, a bench."""
    degrees = drawing.network.degrees()
    for vertex, feature in list(drawing.points.items()):
        if not degrees[vertex] and not tags.is_meant(feature.properties):
            del drawing.points[vertex]
            drawing.leave_out("points on no lane")


def _nodes(drawing: Drawing, found_rooms: tuple[Room, ...]) -> dict[int, Node]:
    """Vertex to node."""
    network, degrees = drawing.network, drawing.network.degrees()
    return {
        vertex: _node(vertex, drawing, found_rooms)
        for vertex in range(len(network.points))
        if degrees[vertex] or vertex in drawing.points
    }


def _node(vertex: int, drawing: Drawing, found_rooms: tuple[Room, ...]) -> Node:
    network = drawing.network
    x_m, y_m = network.points[vertex]
    node = Node(node_id=network.ids[vertex], level=network.levels[vertex], x_m=x_m, y_m=y_m)
    room = _room_around(node, found_rooms)
    node = replace(node, room=room, kind=NodeKind.ROOM_ENTRANCE if room else NodeKind.WAYPOINT)
    feature = drawing.points.get(vertex)
    return _declared(node, feature.properties) if feature else node


def _declared(node: Node, properties: Properties) -> Node:
    own = "kind" in properties or node.room is None
    return replace(
        node,
        kind=tags.kind(properties) if own else node.kind,
        names=tags.names(properties),
        room=properties.text("room") or node.room,
        side=properties.choice("side", Side),
        yaw_rad=tags.yaw_rad(properties),
    )


def _room_around(node: Node, found_rooms: tuple[Room, ...]) -> str | None:
    """The smallest room in which the node lies."""
    around = [r for r in found_rooms if r.level == node.level and inside((node.x_m, node.y_m), r.polygon)]
    return min(around, key=lambda room: area_m2(room.polygon)).room_id if around else None


def _with_nodes(room: Room, nodes: tuple[Node, ...]) -> Room:
    return replace(room, nodes=tuple(node.node_id for node in nodes if node.room == room.room_id))


def _edges(drawing: Drawing, nodes: dict[int, Node], found_doors: tuple[Door, ...]) -> Iterator[Edge]:
    """Directed lanes; a piece that two lines share counts once in each direction."""
    seen: dict[tuple[str, str], None] = {}
    for way, feature in drawing.lanes:
        for one, other in pairwise(way.vertices):
            for edge in _piece(nodes[one], nodes[other], feature, found_doors):
                ends = (edge.source, edge.target)
                if ends not in seen:
                    seen[ends] = None
                    yield edge


def _piece(a: Node, b: Node, feature: Feature, found_doors: tuple[Door, ...]) -> Iterator[Edge]:
    properties = feature.properties
    ends = ((a.x_m, a.y_m), (b.x_m, b.y_m))
    ahead = Edge(
        edge_id=edge_id(a.node_id, b.node_id),
        source=a.node_id,
        target=b.node_id,
        length_m=distance_m(*ends),
        speed_mps_max=tags.speed_mps(properties),
        width_m=tags.width_m(properties),
        doors=crossings(*ends, [door for door in found_doors if door.level == a.level]),
        graphs=properties.words("graphs") or ("0",),
        models=properties.words("models"),
    )
    forward, backward = tags.directions(properties)
    yield from (ahead,) if forward else ()
    yield from (reversed_edge(ahead),) if backward else ()


# -- notes -----------------------------------------------------------------------------------------------


def _notes(members: Properties, drawing: Drawing) -> Iterator[str]:
    if "time_zone" not in members:
        yield TIME_ZONE_NOTE
    if "origin" not in members:
        origin = drawing.origin
        degrees = f"latitude {origin.latitude}, longitude {origin.longitude}"
        yield f"The origin is the middle of the lines: {degrees}."
    for why, count in drawing.left_out.items():
        yield f"Left out: {count} {why}."
    crossed = list(drawing.network.crossings())
    if crossed:
        spots = listed([f"({x:.1f}, {y:.1f})" for x, y in crossed], 3)
        yield f"{len(crossed)} crossings of lines without a shared point are taken for bridges: {spots}."
    turning = sum(tags.changes(feature.properties) for _, feature in drawing.lanes)
    if turning:
        yield f"{turning} lanes change their direction with the time: they are two-way here."
