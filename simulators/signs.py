"""Signs and markers of a site, placed by rule, and their pictures.

Beside each room's door, outside at eye height, hangs a plate with the room's names. Each checkpoint and
charger carries a QR code with its id, an ArUco marker (of DICTIONARY, see node_markers) and a caption:
on the nearest wall that faces it, else on a post beside it. Robots wear an ArUco marker on all four sides
(robot_marker).
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from maps.elements import Door, Node, NodeKind, Point, Room
from maps.geometry import centre
from maps.graph import SiteGraph
from simulators.geometry import Segment, crosses, distance_to

DICTIONARY = cv2.aruco.DICT_5X5_1000
ROBOTS_FROM = 500
"""ArUco numbers below belong to nodes, in the order of their ids."""
MARKERS = 1000
ARUCO_M, QR_M = 0.34, 0.6
"""With their white borders."""
PLATE_M, CAPTION_M = (0.8, 0.32), (0.9, 0.18)
ROBOT_MARKER_M = 0.2
ROBOT_MARKER_UP_M = 0.88
MARKER_UP_M = 1.25
CAPTION_UP_M = 0.78
PLATE_UP_M = 1.6
LINTEL_UP_M = 2.45
BESIDE_M = 0.6
"""From a doorpost to the middle of its plate."""
WALL_FAR_M = 4.0
POST_M = 1.3
PROUD_M = 0.03
"""Panels hang this far before their wall."""
TEXT_PX_PER_M = 300
ATLAS_COLUMNS = 288
Picture = NDArray[np.uint8]
Row = tuple[float, ...]
"""x1, y1, x2, y2, bottom, top m, first row, rows, columns: see simulators.panels."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a panel hangs: its middle and the direction that it faces."""

    at: Point
    facing: Point

    def beside(self, right_m: float) -> "Spot":
        """Further to the right, seen from the front."""
        x, y = self.facing
        return Spot((self.at[0] - right_m * y, self.at[1] + right_m * x), self.facing)


class Atlas:
    """Pictures below one another; add() says where one is."""

    def __init__(self) -> None:
        self._pictures: list[Picture] = []
        self._rows = 0

    def add(self, picture: Picture) -> tuple[int, int, int]:
        height, width = picture.shape[:2]
        padded = np.full((height, ATLAS_COLUMNS, 3), 255, np.uint8)
        padded[:, :width] = picture
        self._pictures.append(padded)
        self._rows += height
        return self._rows - height, height, width

    def pixels(self) -> Picture:
        empty = np.zeros((1, ATLAS_COLUMNS, 3), np.uint8)
        return np.ascontiguousarray(np.vstack([*self._pictures, empty]))


def node_markers(graph: SiteGraph) -> dict[str, int]:
    """Node to ArUco number, of all that carry one; past ROBOTS_FROM nodes have none."""
    kinds = (NodeKind.CHECKPOINT, NodeKind.CHARGER)
    marked = sorted(node.node_id for node in graph.nodes.values() if node.kind in kinds)
    return {node_id: number for number, node_id in enumerate(marked[:ROBOTS_FROM])}


def robot_marker(index: int) -> int:
    """ArUco number of the robot that joined the world as number index."""
    return ROBOTS_FROM + index % (MARKERS - ROBOTS_FROM)


def panels_of(graph: SiteGraph, level: str, atlas: Atlas) -> list[Row]:
    """Everything that hangs on one level."""
    walls: list[Segment] = [(*wall.start, *wall.end) for wall in graph.levels[level].walls]
    found: list[Row] = []
    for room in graph.rooms.values():
        for door_id in room.doors if room.level == level else ():
            spot, up_m = _at_door(graph.doors[door_id], room, walls)
            where = atlas.add(text_picture(room.names, PLATE_M))
            found.append(_row(spot, PLATE_M, up_m, where))
    for node_id, number in node_markers(graph).items():
        node = graph.nodes[node_id]
        if node.level == level:
            found += _at_node(node, number, _node_spot(graph, node, walls), atlas)
    return found


def robot_panels(point: Point, yaw_rad: float, radius_m: float, where: tuple[int, int, int]) -> list[Row]:
    """Front, left, back and right."""
    found = []
    for quarter in range(4):
        turned = yaw_rad + quarter * math.pi / 2.0
        facing = (math.cos(turned), math.sin(turned))
        at = (point[0] + radius_m * facing[0], point[1] + radius_m * facing[1])
        size = (ROBOT_MARKER_M, ROBOT_MARKER_M)
        found.append(_row(Spot(at, facing), size, ROBOT_MARKER_UP_M, where))
    return found


def _at_node(node: Node, number: int, spot: Spot, atlas: Atlas) -> list[Row]:
    names = node.names or {"en": node.node_id}
    return [
        _row(spot.beside(-0.35), (QR_M, QR_M), MARKER_UP_M, atlas.add(qr_picture(node.node_id))),
        _row(spot.beside(0.3), (ARUCO_M, ARUCO_M), MARKER_UP_M, atlas.add(aruco_picture(number))),
        _row(spot, CAPTION_M, CAPTION_UP_M, atlas.add(text_picture(names, CAPTION_M))),
    ]


def _row(spot: Spot, size_m: tuple[float, float], up_m: float, where: tuple[int, int, int]) -> Row:
    left, right = spot.beside(-size_m[0] / 2.0).at, spot.beside(size_m[0] / 2.0).at
    return (*left, *right, up_m - size_m[1] / 2.0, up_m + size_m[1] / 2.0, *map(float, where))


# -- where --------------------------------------------------------------------------------------------------


def _at_door(door: Door, room: Room, walls: list[Segment]) -> tuple[Spot, float]:
    """Beside it where there is wall enough, else above it; on the side that is not the room's."""
    ux, uy = _unit(door.start, door.end)
    middle = centre((door.start, door.end))
    within = centre(room.polygon)
    facing = (-uy, ux)
    if (within[0] - middle[0]) * facing[0] + (within[1] - middle[1]) * facing[1] > 0.0:
        facing = (uy, -ux)
    for post, sign in ((door.end, 1.0), (door.start, -1.0)):
        at = (post[0] + sign * BESIDE_M * ux, post[1] + sign * BESIDE_M * uy)
        if _hangs(at, (ux, uy), walls):
            return Spot(_before(at, facing), facing), PLATE_UP_M
    return Spot(_before(middle, facing), facing), LINTEL_UP_M


def _hangs(at: Point, along: Point, walls: list[Segment]) -> bool:
    """There is wall behind both ends of a plate."""
    half = PLATE_M[0] / 2.0
    ends = ((at[0] + side * half * along[0], at[1] + side * half * along[1]) for side in (-1.0, 1.0))
    return all(any(distance_to(end, wall) < 0.02 for wall in walls) for end in ends)


def _node_spot(graph: SiteGraph, node: Node, walls: list[Segment]) -> Spot:
    here = (node.x_m, node.y_m)
    feet = [foot for wall in walls if (foot := _foot(here, wall)) is not None]
    for foot in sorted(feet, key=lambda found: (math.dist(found, here), found)):
        if math.dist(foot, here) <= WALL_FAR_M and _is_open(here, foot, walls):
            facing = _unit(foot, here)
            return Spot(_before(foot, facing), facing)
    return _post(graph, node)


def _foot(point: Point, wall: Segment) -> Point | None:
    """The wall's point straight before this one, when the markers fit there."""
    x1, y1, x2, y2 = wall
    length_m = math.dist((x1, y1), (x2, y2))
    if length_m < 2 * QR_M:
        return None
    ux, uy = (x2 - x1) / length_m, (y2 - y1) / length_m
    along_m = (point[0] - x1) * ux + (point[1] - y1) * uy
    if not QR_M <= along_m <= length_m - QR_M:
        return None
    foot = (x1 + along_m * ux, y1 + along_m * uy)
    return foot if math.dist(foot, point) > PROUD_M else None


def _is_open(a: Point, b: Point, walls: list[Segment]) -> bool:
    """Nothing stands between a and the wall at b."""
    return all(share is None or share > 0.98 for share in (crosses(a, b, wall) for wall in walls))


def _post(graph: SiteGraph, node: Node) -> Spot:
    """Beside the node, away from its lanes."""
    here = (node.x_m, node.y_m)
    lanes = [
        math.atan2(graph.nodes[other].y_m - here[1], graph.nodes[other].x_m - here[0])
        for edge in graph.edges.values()
        for end, other in ((edge.source, edge.target), (edge.target, edge.source))
        if end == node.node_id
    ]

    def room_rad(angle: float) -> float:
        return min((abs(math.remainder(angle - lane, math.tau)) for lane in lanes), default=math.pi)

    angle = max((k * math.pi / 8.0 for k in range(16)), key=lambda a: (round(room_rad(a), 6), -a))
    to = (math.cos(angle), math.sin(angle))
    return Spot((here[0] + POST_M * to[0], here[1] + POST_M * to[1]), (-to[0], -to[1]))


def _before(at: Point, facing: Point) -> Point:
    return (at[0] + PROUD_M * facing[0], at[1] + PROUD_M * facing[1])


def _unit(a: Point, b: Point) -> Point:
    length_m = math.dist(a, b) or 1.0
    return ((b[0] - a[0]) / length_m, (b[1] - a[1]) / length_m)


# -- pictures -----------------------------------------------------------------------------------------------


def text_picture(names: dict[str, str], size_m: tuple[float, float]) -> Picture:
    """White on blue, Chinese above English when there are both."""
    width, height = round(size_m[0] * TEXT_PX_PER_M), round(size_m[1] * TEXT_PX_PER_M)
    picture = np.full((height, width, 3), (140, 85, 30), np.uint8)
    lines = [names[key] for key in ("zh-CN", "en") if key in names] or list(names.values())[:1]
    for index, line in enumerate(lines):
        _write(picture, line, height * index // len(lines), height // len(lines))
    return picture


def _write(picture: Picture, line: str, top_px: int, tall_px: int) -> None:
    face, width = cv2.FontFace("uni"), picture.shape[1]
    size = max(8, int(tall_px * 0.62))
    while size > 8 and cv2.getTextSize((width, tall_px), line, (0, 0), face, size)[2] > width - 16:
        size -= 2
    box = cv2.getTextSize((width, tall_px), line, (0, 0), face, size)
    left, base = (width - box[2]) // 2, top_px + (tall_px + int(size * 0.72)) // 2
    cv2.putText(picture, line, (max(4, left), base), (255, 255, 255), face, size)


def qr_picture(text: str) -> Picture:
    """One pixel a module, the quiet zone four modules wide."""
    modules = cv2.QRCodeEncoder.create().encode(text)
    return _grey(cv2.copyMakeBorder(modules, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=255))


def aruco_picture(number: int) -> Picture:
    """One pixel a module, a white border of one."""
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
    modules = cv2.aruco.generateImageMarker(dictionary, number, dictionary.markerSize + 2)
    return _grey(cv2.copyMakeBorder(modules, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255))


def _grey(modules: NDArray[Any]) -> Picture:
    return np.repeat(modules[:, :, None], 3, axis=2).astype(np.uint8)
