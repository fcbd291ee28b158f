"""The site as an HTTP body: built once, it does not change while the orchestrator runs."""

from fleet.api import schemas
from maps.elements import Door, Edge, Level, Lift, Node, Place, Room, Zone
from maps.graph import SiteGraph

MARGIN_M = 2.0
"""Around everything that lies on a level, so that nothing touches the picture's edge."""


def site_out(graph: SiteGraph) -> schemas.SiteOut:
    site = graph.site
    return schemas.SiteOut(
        id=site.site_id,
        names=site.names,
        time_zone=site.time_zone,
        levels=[_level(graph, level) for level in site.levels],
        nodes=[_node(node) for node in site.nodes],
        edges=_edges(graph),
        rooms=[_room(room) for room in site.rooms],
        zones=[_zone(zone) for zone in site.zones],
        doors=[_door(door) for door in site.doors],
        lifts=[_lift(lift) for lift in site.lifts],
        places=[_place(place) for place in graph.places.values()],
    )


def _level(graph: SiteGraph, level: Level) -> schemas.LevelOut:
    return schemas.LevelOut(
        id=level.level_id,
        names=level.names,
        elevation_m=level.elevation_m,
        bounds=_bounds(graph, level),
        walls=[(*wall.start, *wall.end) for wall in level.walls],
    )


def _bounds(graph: SiteGraph, level: Level) -> tuple[float, float, float, float]:
    points = [point for wall in level.walls for point in (wall.start, wall.end)]
    points += [(node.x_m, node.y_m) for node in graph.site.nodes if node.level == level.level_id]
    points += [point for room in graph.site.rooms if room.level == level.level_id for point in room.polygon]
    if not points:
        return (-MARGIN_M, -MARGIN_M, MARGIN_M, MARGIN_M)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs) - MARGIN_M, min(ys) - MARGIN_M, max(xs) + MARGIN_M, max(ys) + MARGIN_M)


def _node(node: Node) -> schemas.NodeOut:
    return schemas.NodeOut(
        id=node.node_id, level=node.level, x_m=node.x_m, y_m=node.y_m, kind=str(node.kind), names=node.names
    )


def _edges(graph: SiteGraph) -> list[schemas.EdgeOut]:
    """A two-way lane is two edges; the map draws it once."""
    drawn: dict[tuple[str, str], schemas.EdgeOut] = {}
    for edge in graph.site.edges:
        back = drawn.get((edge.target, edge.source))
        if back is not None:
            back.two_way = True
        else:
            drawn.setdefault((edge.source, edge.target), _edge(edge))
    return list(drawn.values())


def _edge(edge: Edge) -> schemas.EdgeOut:
    return schemas.EdgeOut(
        id=edge.edge_id, source=edge.source, target=edge.target, two_way=False, length_m=edge.length_m
    )


def _room(room: Room) -> schemas.RoomOut:
    return schemas.RoomOut(
        id=room.room_id,
        level=room.level,
        names=room.names,
        kind=str(room.kind),
        polygon=list(room.polygon),
    )


def _zone(zone: Zone) -> schemas.ZoneOut:
    return schemas.ZoneOut(id=zone.zone_id, level=zone.level, names=zone.names, kind=str(zone.kind))


def _door(door: Door) -> schemas.DoorOut:
    return schemas.DoorOut(
        id=door.door_id,
        level=door.level,
        names=door.names,
        start=door.start,
        end=door.end,
        automatic=door.automatic,
    )


def _lift(lift: Lift) -> schemas.LiftOut:
    return schemas.LiftOut(
        id=lift.lift_id,
        names=lift.names,
        levels=list(lift.cabin_nodes),
        center=lift.center,
        width_m=lift.width_m,
        depth_m=lift.depth_m,
        yaw_rad=lift.yaw_rad,
    )


def _place(place: Place) -> schemas.PlaceOut:
    return schemas.PlaceOut(
        id=place.place_id,
        names=place.names,
        level=place.level,
        node=place.node,
        room=place.room,
        kind=place.kind,
    )
