"""The cameras: what a robot's eye sees of walls, doors, signs, people, robots and things, as a JPEG.

Drawing is done by kernels (simulators.raycast, panels, shroud); here the scene is put together and the
picture labelled. 640 x 480 takes 2 to 3 ms and the JPEG another. The first start compiles the kernels (half
a minute), later ones load them.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from maps.graph import SiteGraph
from simulators import panels, raycast, shroud, signs
from simulators.areas import Areas, areas_of
from simulators.body import Body
from simulators.geometry import Segment
from simulators.people import Person
from simulators.rain import fall
from simulators.raycast import Depths, Floats, Image
from simulators.world import World

EYE_M = 1.15
SIGHT_RAD = math.radians(78.0)
JPEG_QUALITY = 75
PERSON_M = 1.72
ROBOT_M = 1.3
BED_M, BED_UP_M = 0.95, 0.7
ROBOT_MARKERS = 64
"""Pictures kept; the next robot wears the first one's again."""
DARK = 0.02
"""Light that is left when the lamps are out."""
STREET_LIGHT = 0.45
NIGHT_SKY = 0.06
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
        self._depths: Depths = np.zeros((height_px, width_px), np.float32)
        self._focal_px = width_px / 2 / math.tan(SIGHT_RAD / 2)
        atlas = signs.Atlas()
        self._scenes = {
            level.level_id: Scene(
                walls=_segments([(*wall.start, *wall.end) for wall in level.walls], WALL),
                panels=np.array(signs.panels_of(graph, level.level_id, atlas), float).reshape(-1, 9),
                areas=areas_of(graph, level.level_id),
                tint=np.array(LEVEL_TINTS[index % len(LEVEL_TINTS)]),
            )
            for index, level in enumerate(graph.levels.values())
        }
        self._markers = [
            atlas.add(signs.aruco_picture(signs.robot_marker(index))) for index in range(ROBOT_MARKERS)
        ]
        self._atlas = atlas.pixels()
        self._compile()

    def _compile(self) -> None:
        scene, view = next(iter(self._scenes.values())), self._view(0.0, 0.0, 0.0)
        sprites = np.array([[2.0, 0.0, 0.3, PERSON_M, *STAFF_COAT, PERSON]])
        self._render(scene, scene.walls, sprites, scene.panels, view)
        self._shroud(scene, np.array([[0.0, 0.1]] * len(scene.areas.names)), view, 1.0)

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
        scene = self._scenes[mover.level]
        view = self._view(mover.x_m, mover.y_m, mover.yaw_rad)
        walls = np.vstack([scene.walls, _leaves(world, mover.level)])
        self._render(scene, walls, _sprites(world, body), self._panels(world, body, scene), view)
        daylight = world.conditions.sky.daylight(world.now_s) if scene.is_outdoor else 1.0
        self._shroud(scene, _airs(world, mover.level, scene, daylight), view, daylight)
        if scene.is_outdoor and scene.areas.is_outdoors(mover.point):
            fall(self._image, world.conditions.sky.at(world.now_s), world.now_s)
        return self._image

    def _view(self, x_m: float, y_m: float, yaw_rad: float) -> Floats:
        return np.array([x_m, y_m, yaw_rad, EYE_M, self._focal_px])

    def _panels(self, world: World, body: Body, scene: "Scene") -> Floats:
        """Those that hang here, and those that other robots wear."""
        worn: list[signs.Row] = []
        for index, other in enumerate(world.bodies.values()):
            if other is not body and other.mover.level == body.mover.level:
                where, mover = self._markers[index % ROBOT_MARKERS], other.mover
                worn += signs.robot_panels(mover.point, mover.yaw_rad, other.facts.radius_m, where)
        return np.vstack([scene.panels, np.array(worn, float).reshape(-1, 9)])

    def _render(self, scene: "Scene", walls: Floats, sprites: Floats, panels_: Floats, view: Floats) -> None:
        image, depths, areas = self._image, self._depths, scene.areas
        hits = raycast.columns(walls, view, image.shape[1])
        open_air = areas.open_air if scene.is_outdoor else -1
        raycast.ground(image, depths, view, scene.tint, areas.cells, scene.corner, open_air)
        raycast.uprights(image, depths, hits, view)
        raycast.billboards(image, depths, view, sprites)
        panels.panels_on(image, depths, view, panels_, self._atlas)

    def _shroud(self, scene: "Scene", airs: Floats, view: Floats, daylight: float) -> None:
        image, depths, cells = self._image, self._depths, scene.areas.cells
        if daylight < 1.0 or airs[:, 0].min() < 1.0:
            shroud.darken(image, depths, view, airs, cells, scene.corner, max(NIGHT_SKY, daylight))
        if airs[:, 1].max() > 0.0:
            table = shroud.clearness(view, image.shape[1], airs, cells, scene.corner)
            shroud.veil(image, depths, table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What of a level does not change."""

    walls: Floats
    panels: Floats
    areas: Areas
    tint: Floats

    @property
    def corner(self) -> Floats:
        return np.array([self.areas.x_m, self.areas.y_m])

    @property
    def is_outdoor(self) -> bool:
        return bool((self.areas.cells == self.areas.open_air).any())


def _airs(world: World, level: str, scene: Scene, daylight: float) -> Floats:
    """Light and smoke of each area."""
    conditions, names = world.conditions, scene.areas.names
    rows = [(DARK if conditions.is_dark(level, name) else 1.0, conditions.smoke(name)) for name in names[:-1]]
    lamps = DARK if conditions.is_dark(level, level) else STREET_LIGHT
    rows.append((max(lamps, daylight), 0.0))
    return np.array(rows)


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
        if person.level == level and person.role == "patient":
            yield (*person.point, BED_M, BED_UP_M, *STAFF_COAT, BOX)
        elif person.level == level and person.role != "hidden":
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
