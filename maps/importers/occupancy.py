"""A ROS occupancy grid to a Site: walls, rooms, and a road map that is made for it.

A grid says where something is, and nothing else. The lanes, rooms and doorways are found (maps.roadmap); what
had to be assumed is said in Site.notes.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from shapely import LineString, STRtree

from maps.elements import (
    Door,
    Edge,
    FloorPlan,
    GeoOrigin,
    Level,
    Names,
    Node,
    NodeKind,
    Point,
    Room,
    RoomKind,
    Site,
    Zone,
    ZoneKind,
)
from maps.errors import SiteError
from maps.geometry import distance_m, inside
from maps.importers.occupancy_grid import Grid, grid_source, read_grid
from maps.importers.occupancy_masks import no_go, no_go_zones, slow_zones
from maps.importers.occupancy_walls import walls
from maps.importers.options import ImportOptions
from maps.roadmap.build import RoadMap, build
from maps.site_lanes import crossings, edge_id
from maps.source import Source

LEVEL = "L1"
ORIGIN_FILE = "gps_map_origin.yaml"
POCKETS_NAMED = 5


def read_source(source: Source, options: ImportOptions | None = None) -> Site:
    """As maps.formats calls it. Raises SiteError that names file, line, element and fix."""
    chosen = options or ImportOptions()
    source = grid_source(source)
    grid = read_grid(source)
    forbidden = no_go(chosen.keepout_mask, grid)
    zones = (
        *no_go_zones(forbidden, grid, LEVEL),
        *slow_zones(chosen.speed_mask, grid, LEVEL, chosen.speed_mps),
    )
    road = build(grid.free & ~forbidden, grid.occupied, grid.file.resolution_m, chosen.roadmap)
    if not road.nodes:
        raise SiteError(
            f"has no free area for a robot with a radius of {chosen.roadmap.robot_radius_m:g} m",
            file=str(source.path),
            hint="check mode, negate and thresholds, or give a smaller --robot-radius-m",
        )
    return _site(source, grid, road, zones, chosen)


def _site(source: Source, grid: Grid, road: RoadMap, zones: tuple[Zone, ...], options: ImportOptions) -> Site:
    name = _name(source.path)
    nodes = _nodes(grid, road)
    edges = tuple(_edges(road, nodes, _doors(grid, road)))
    # A doorway beside which a wider way leads, as past a pillar, is of no use.
    crossed = {crossing.door for edge in edges for crossing in edge.doors}
    doors = [door for door in _doors(grid, road) if door.door_id in crossed]
    notes = [*_notes(grid, road, len(doors), options), *_mask_notes(zones, options)]
    return Site(
        site_id=re.sub(r"\W+", "_", name).strip("_").lower() or "grid",
        names={"en": name},
        time_zone="UTC",
        levels=(_level(source, grid),),
        nodes=tuple(nodes),
        edges=edges,
        rooms=tuple(_rooms(grid, road, nodes, crossed)),
        doors=tuple(doors),
        zones=zones,
        origin=_geo_origin(source.folder / ORIGIN_FILE, grid, notes),
        notes=tuple(notes),
    )


def _name(path: Path) -> str:
    """Of the file; of its folder when the file is just called map."""
    return path.parent.resolve().name if path.stem == "map" else path.stem


def _level(source: Source, grid: Grid) -> Level:
    image = os.path.relpath(grid.file.image, source.folder)
    plan = FloorPlan(
        path=Path(image).as_posix(),
        origin=grid.to_site((0.0, 0.0)),
        yaw_rad=grid.file.yaw_rad,
        scale_m_per_px=grid.file.resolution_m,
    )
    names = {"en": "Level 1", "zh-CN": "1层"}
    return Level(level_id=LEVEL, names=names, elevation_m=0.0, walls=walls(grid), floor_plan=plan)


# -- nodes, lanes ----------------------------------------------------------------------------------------


def _nodes(grid: Grid, road: RoadMap) -> list[Node]:
    """Nodes in corridors belong to no room: to treat a corridor is not to close it all. Its centre does."""
    outlines = [[grid.to_site(point) for point in room.outline] for room in road.rooms]
    ids = _room_ids(road)
    found = []
    for index, node in enumerate(road.nodes):
        x_m, y_m = grid.to_site(node.at)
        room = node.room
        if room is not None and not node.is_centre:
            lies_in = inside((x_m, y_m), outlines[room]) and not node.in_doorway
            room = room if lies_in and not road.rooms[room].is_corridor else None
        kind = NodeKind.WAYPOINT
        if node.is_centre:
            kind = NodeKind.ROOM_ENTRANCE
        elif node.in_doorway:
            kind = NodeKind.DOOR
        name = f"{ids[node.room]}_inside" if node.is_centre and node.room is not None else f"n{index}"
        found.append(
            Node(
                node_id=name,
                level=LEVEL,
                x_m=x_m,
                y_m=y_m,
                kind=kind,
                room=None if room is None else ids[room],
            )
        )
    return found


def _edges(road: RoadMap, nodes: list[Node], doors: list[Door]) -> Iterator[Edge]:
    leaves = STRtree([LineString([door.start, door.end]) for door in doors])
    for lane in road.lanes:
        at = [(nodes[node].x_m, nodes[node].y_m) for node in (lane.first, lane.second)]
        near = [doors[index] for index in sorted(leaves.query(LineString(at)).tolist())]
        for source, target in ((lane.first, lane.second), (lane.second, lane.first)):
            a, b = nodes[source], nodes[target]
            start, end = (a.x_m, a.y_m), (b.x_m, b.y_m)
            yield Edge(
                edge_id=edge_id(a.node_id, b.node_id),
                source=a.node_id,
                target=b.node_id,
                length_m=distance_m(start, end),
                width_m=round(2.0 * lane.clearance_m, 2),
                doors=crossings(start, end, near),
            )


# -- rooms, doors ----------------------------------------------------------------------------------------


def _rooms(grid: Grid, road: RoadMap, nodes: list[Node], crossed: set[str]) -> Iterator[Room]:
    by_room: dict[str, list[str]] = {}
    for node in nodes:
        if node.room:
            by_room.setdefault(node.room, []).append(node.node_id)
    for room_id, room in zip(_room_ids(road), road.rooms, strict=True):
        yield Room(
            room_id=room_id,
            level=LEVEL,
            names=_room_names(room_id),
            polygon=tuple(grid.to_site(point) for point in room.outline),
            kind=RoomKind.CORRIDOR if room.is_corridor else RoomKind.OTHER,
            doors=tuple(door for door in map(_door_id, room.doorways) if door in crossed),
            nodes=tuple(by_room.get(room_id, ())),
        )


def _room_ids(road: RoadMap) -> list[str]:
    """Rooms and corridors are counted apart, by id as by name: 'room_25' must not be called Room 24."""
    counts = {"corridor": 0, "room": 0}
    ids = []
    for room in road.rooms:
        word = "corridor" if room.is_corridor else "room"
        counts[word] += 1
        ids.append(f"{word}_{counts[word]}")
    return ids


def _room_names(room_id: str) -> Names:
    word, _, number = room_id.partition("_")
    chinese = {"corridor": "走廊", "room": "房间"}[word]
    return {"en": f"{word.capitalize()} {number}", "zh-CN": f"{chinese}{number}"}


def _doors(grid: Grid, road: RoadMap) -> list[Door]:
    return [
        Door(
            door_id=_door_id(index),
            level=LEVEL,
            names={"en": f"Doorway {index + 1}", "zh-CN": f"门洞{index + 1}"},
            start=grid.to_site(first),
            end=grid.to_site(second),
            automatic=False,
        )
        for index, (first, second) in enumerate(road.doorways)
    ]


def _door_id(index: int) -> str:
    return f"door_{index + 1}"


# -- notes, origin ---------------------------------------------------------------------------------------


def _notes(grid: Grid, road: RoadMap, doors: int, options: ImportOptions) -> Iterator[str]:
    settings = options.roadmap
    least_m = min((lane.clearance_m for lane in road.lanes), default=0.0)
    yield (
        f"The lanes are made for robots with a radius of {settings.robot_radius_m:g} m;"
        f" the narrowest lane has {least_m:.2f} m to each side of its middle."
    )
    if road.rooms:
        counted = f"{_counted(len(road.rooms), 'room')} and {_counted(doors, 'doorway')}"
        yield f"{counted} were found by their shape; give them the names that people use."
    else:
        yield "No rooms were found by their shape; draw them in the site file if there are any."
    yield from _pocket_notes(grid, road)
    if options.speed_mask:
        yield f"The speed mask's limits are shares of {options.speed_mps:g} m/s."
    yield "The map states no time zone: UTC is taken."


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _mask_notes(zones: tuple[Zone, ...], options: ImportOptions) -> Iterator[str]:
    """A mask without effect is the mask of another map, or is read with the wrong thresholds."""
    kinds = {zone.kind for zone in zones}
    if options.keepout_mask and ZoneKind.NO_GO not in kinds:
        yield f"Keep-out mask {options.keepout_mask.name} forbids nothing of this map; is it of another one?"
    if options.speed_mask and ZoneKind.SLOW not in kinds:
        yield f"Speed mask {options.speed_mask.name} limits nothing on this map; is it of another one?"


def _pocket_notes(grid: Grid, road: RoadMap) -> Iterator[str]:
    for pocket in road.pockets[:POCKETS_NAMED]:
        x_m, y_m = grid.to_site(pocket.at)
        yield f"A free area at ({x_m:.1f}, {y_m:.1f}) cannot be reached by this robot: no lanes there."
    more = road.pockets[POCKETS_NAMED:]
    if more:
        areas = _counted(len(more), "more free area")
        yield f"{areas} cannot be reached, the largest at {_at(grid, more[0].at)}."


def _at(grid: Grid, point: Point) -> str:
    x_m, y_m = grid.to_site(point)
    return f"({x_m:.1f}, {y_m:.1f})"


def _geo_origin(path: Path, grid: Grid, notes: list[str]) -> GeoOrigin | None:
    """Where the map's (0, 0) lies on the earth, when a file beside the map says so."""
    if not path.is_file():
        return None
    fields = Source(path).yaml.entries()
    for key in ("latitude", "longitude"):
        if key not in fields:
            raise Source(path).yaml.error(f"'{key}' is missing", "give decimal degrees (WGS84)")
    latitude, longitude = fields["latitude"].number(), fields["longitude"].number()
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        raise fields["latitude"].error(
            f"{latitude:g}, {longitude:g} is not on the earth", "swap or correct them"
        )
    heading = fields["heading"].number() if "heading" in fields else 0.0
    if heading:
        notes.append(f"{path.name} has a heading of {heading:g}: x is not east, and the origin is left out.")
        return None
    altitude_m = fields["altitude"].number() if "altitude" in fields else 0.0
    return GeoOrigin(latitude=latitude, longitude=longitude, altitude_m=altitude_m)
