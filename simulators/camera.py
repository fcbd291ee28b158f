"""The cameras: what a robot's eye sees of walls, doors, people, robots and things, as a JPEG.

Drawing is simulators.raycast's; here the scene is put together and the picture labelled. 640 x 480 takes
about 2 ms and the JPEG another. The first start compiles the kernels (half a minute), later ones load them.
"""

import math
import time
from collections.abc import Iterator

import cv2
import numpy as np

from maps.graph import SiteGraph
from simulators import raycast
from simulators.body import Body
from simulators.geometry import Segment
from simulators.people import Person
from simulators.raycast import Floats, Image
from simulators.world import World

EYE_M = 1.15
SIGHT_RAD = math.radians(78.0)
JPEG_QUALITY = 75
PERSON_M = 1.72
ROBOT_M = 1.3
WALL, DOOR, LIFT_DOOR = 0.0, 1.0, 2.0
PERSON, ROBOT, BOX = 0.0, 1.0, 2.0
Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""
FAMILY_COLOURS: dict[str, Colour] = {
    "patrol": (200.0, 120.0, 60.0),
    "disinfection": (210.0, 90.0, 170.0),
    "guide": (90.0, 190.0, 110.0),
    "service": (235.0, 235.0, 240.0),
}
CLOTHES: tuple[Colour, ...] = (
    (180.0, 110.0, 70.0),
    (80.0, 80.0, 190.0),
    (110.0, 160.0, 80.0),
    (60.0, 150.0, 200.0),
    (150.0, 90.0, 140.0),
)
STAFF_COAT: Colour = (245.0, 245.0, 240.0)
BOX_COLOUR: Colour = (90.0, 140.0, 180.0)
LEVEL_TINTS: tuple[Colour, ...] = ((0.94, 0.98, 1.0), (1.0, 1.0, 0.94), (0.96, 1.0, 0.95))


class Camera:
    """Made once per world; compiles (or loads) its kernels at once, so that the loop never waits for them."""

    def __init__(self, graph: SiteGraph, width_px: int = 640, height_px: int = 480) -> None:
        self._image: Image = np.zeros((height_px, width_px, 3), np.uint8)
        self._focal_px = width_px / 2 / math.tan(SIGHT_RAD / 2)
        self._walls = {
            level.level_id: _segments([(*wall.start, *wall.end) for wall in level.walls], WALL)
            for level in graph.levels.values()
        }
        self._tints = {
            level_id: np.array(LEVEL_TINTS[index % len(LEVEL_TINTS)])
            for index, level_id in enumerate(graph.levels)
        }
        first = next(iter(graph.levels))
        sprites = np.array([[2.0, 0.0, 0.3, PERSON_M, *STAFF_COAT, PERSON]])
        self._render(first, self._walls[first], sprites, self._view(0.0, 0.0, 0.0))

    def draw(self, world: World, body: Body, now_s: float) -> bytes:
        """JPEG of what the body sees now, with time, robot and level written on it."""
        image = self.picture(world, body)
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now_s))
        _label(image, f"{body.robot_id}  {body.mover.level}  {stamp}Z")
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not done:
            raise RuntimeError("the picture could not be encoded as JPEG: is opencv-python complete?")
        return data.tobytes()

    def picture(self, world: World, body: Body) -> Image:
        """The picture itself, (height, width, 3) BGR; overwritten by the next one."""
        mover = body.mover
        view = self._view(mover.x_m, mover.y_m, mover.yaw_rad)
        walls = np.vstack([self._walls[mover.level], _leaves(world, mover.level)])
        return self._render(mover.level, walls, _sprites(world, body), view)

    def _view(self, x_m: float, y_m: float, yaw_rad: float) -> Floats:
        return np.array([x_m, y_m, yaw_rad, EYE_M, self._focal_px])

    def _render(self, level: str, walls: Floats, sprites: Floats, view: Floats) -> Image:
        hits = raycast.columns(walls, view, self._image.shape[1])
        raycast.ground(self._image, view, self._tints[level])
        raycast.uprights(self._image, hits, view)
        raycast.billboards(self._image, hits, view, sprites)
        return self._image


def _segments(segments: list[Segment], kind: float) -> Floats:
    return np.array([(*segment, kind) for segment in segments], float).reshape(-1, 5)


def _leaves(world: World, level: str) -> Floats:
    """Doors as far as they are closed: a sliding leaf, seen shorter while it opens."""
    found: list[tuple[float, ...]] = []
    for leaf in world.building.doors.values():
        if leaf.door.level == level and not leaf.is_passable:
            found.append((*_slid(leaf.segment, leaf.open_fraction), DOOR))
    for cabin in world.building.lifts.values():
        share = cabin.open_fraction if cabin.level == level and not cabin.riding_to else 0.0
        if share < 1.0:
            found += [(*_slid(leaf, share), LIFT_DOOR) for leaf in cabin.leaves.get(level, [])]
    return np.array(found, float).reshape(-1, 5)


def _slid(leaf: Segment, open_fraction: float) -> Segment:
    x1, y1, x2, y2 = leaf
    return (x1, y1, x2 + open_fraction * (x1 - x2), y2 + open_fraction * (y1 - y2))


def _sprites(world: World, body: Body) -> Floats:
    """Everybody else on this level, far ones first."""
    mover = body.mover
    rows = [*_robots(world, body), *_persons(world, mover.level), *_things(world, mover.level)]
    rows.sort(key=lambda row: -math.dist(row[:2], mover.point))
    return np.array(rows, float).reshape(-1, 8)


def _robots(world: World, body: Body) -> Iterator[tuple[float, ...]]:
    for other in world.bodies.values():
        if other is not body and other.mover.level == body.mover.level:
            colour = FAMILY_COLOURS.get(other.facts.family, BOX_COLOUR)
            yield (*other.mover.point, other.facts.radius_m, ROBOT_M, *colour, ROBOT)


def _persons(world: World, level: str) -> Iterator[tuple[float, ...]]:
    for person in world.crowd.persons():
        if person.level == level:
            yield (*person.point, 0.26, PERSON_M, *_clothes(person), PERSON)


def _things(world: World, level: str) -> Iterator[tuple[float, ...]]:
    for thing in world.ways.obstacles.values():
        if thing.level == level:
            yield (thing.x_m, thing.y_m, thing.radius_m, 0.6, *BOX_COLOUR, BOX)


def _clothes(person: Person) -> Colour:
    if person.role == "staff":
        return STAFF_COAT
    return CLOTHES[sum(person.person_id.encode()) % len(CLOTHES)]


def _label(image: Image, text: str) -> None:
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(image, text, (10, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, thickness, cv2.LINE_AA)
