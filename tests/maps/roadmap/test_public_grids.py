"""Road maps of the public grids, judged by an oracle that only knows the grid."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from shapely import Point as Spot

from maps.checks.space import space
from maps.elements import NodeKind, RoomKind, Site, ZoneKind
from maps.findings import Severity
from maps.importers.options import ImportOptions
from maps.load import load
from maps.roadmap.settings import RoadMapSettings
from maps.site_file import dumps, loads
from maps.validate import check
from tests.maps.roadmap.oracle import blocked_squares, faults, to_grid

GRIDS = (
    "pal_hospital/map.yaml",
    "aws_small_house/map.yaml",
    "turtlebot3_world/map.yaml",
    "cob_izs-campus/map.yaml",
    "nav2/depot.yaml",
    "nav2/tb3_sandbox.yaml",
    "strands_carehome/aaf_sim.yaml",
)
Data = Callable[[str], Path]


@pytest.fixture(scope="module")
def sites(data: Data) -> Callable[[str], Site]:
    """Each grid's site, made once."""
    known: dict[str, Site] = {}

    def site(name: str) -> Site:
        if name not in known:
            known[name] = load(data(f"grids/{name}"))
        return known[name]

    return site


def free_cells(path: Path) -> tuple[NDArray[np.bool_], dict[str, float | list[float]]]:
    """Read without the importer: free where the cell is brighter than the threshold says."""
    settings = yaml.safe_load(path.read_text())
    image = cv2.imread(str(path.parent / settings["image"]), cv2.IMREAD_UNCHANGED)
    return (255 - image) / 255.0 < settings["free_thresh"], settings


@pytest.mark.parametrize("name", GRIDS)
def test_lanes_keep_clear_hang_together_and_reach_every_room(
    name: str, data: Data, sites: Callable[[str], Site]
) -> None:
    free, settings = free_cells(data(f"grids/{name}"))
    origin = (settings["origin"][0], settings["origin"][1])
    assert faults(sites(name), free, settings["resolution"], 0.35, origin, settings["origin"][2]) == []


@pytest.mark.parametrize("name", GRIDS)
def test_the_check_finds_no_error_and_no_lane_through_a_wall(name: str, sites: Callable[[str], Site]) -> None:
    assert [finding for finding in check(sites(name)) if finding.severity is Severity.ERROR] == []
    wrong = {"lane_through_wall", "length_too_short", "node_outside_room", "lane_between_levels"}
    assert [finding for finding in space(sites(name)) if finding.code in wrong] == []


@pytest.mark.parametrize("name", GRIDS)
def test_no_free_place_far_from_walls_is_without_lanes(
    name: str, data: Data, sites: Callable[[str], Site]
) -> None:
    """Wherever there is a metre of space all round and a robot can come, a node is not far."""
    site = sites(name)
    free, settings = free_cells(data(f"grids/{name}"))
    resolution_m = settings["resolution"]
    padded = np.pad(free, 1).astype(np.uint8)
    room_m = cv2.distanceTransform(padded, cv2.DIST_L2, 5) * resolution_m
    _, parts = cv2.connectedComponents((room_m > 0.37 + resolution_m).astype(np.uint8))
    origin = (settings["origin"][0], settings["origin"][1])
    at = [to_grid((node.x_m, node.y_m), origin, settings["origin"][2]) for node in site.nodes]
    cells = [(int(free.shape[0] - y / resolution_m) + 1, int(x / resolution_m) + 1) for x, y in at]
    main = np.bincount([parts[cell] for cell in cells]).argmax()
    far = np.ones_like(padded)
    for row, column in cells:
        far[row, column] = 0
    gap_m = cv2.distanceTransform(far, cv2.DIST_L2, 5) * resolution_m
    wide = (parts == main) & (room_m > 1.0)
    # The halls of the campus have lanes some 7 m apart, others 4 m.
    assert gap_m[wide].max(initial=0.0) < (12.0 if resolution_m > 0.1 else 6.0)


@pytest.mark.parametrize("name", GRIDS)
def test_nodes_are_two_radii_apart_except_between_obstacles_where_robots_pass_one_by_one(
    name: str, data: Data, sites: Callable[[str], Site]
) -> None:
    site = sites(name)
    free, settings = free_cells(data(f"grids/{name}"))
    origin = (settings["origin"][0], settings["origin"][1])
    squares = blocked_squares(free, settings["resolution"])
    points = [to_grid((node.x_m, node.y_m), origin, settings["origin"][2]) for node in site.nodes]
    spots = [Spot(point) for point in points]
    room_m = [spot.distance(squares.geometries[squares.nearest(spot)]) for spot in spots]
    gaps = np.hypot(*(np.array(points)[:, None] - np.array(points)[None]).transpose(2, 0, 1))
    close = np.argwhere(np.triu(gaps < 0.69, 1)).tolist()
    assert [(a, b) for a, b in close if min(room_m[a], room_m[b]) > 0.7] == []
    assert len(close) <= max(6, len(points) // 10)


@pytest.mark.parametrize("name", GRIDS)
def test_the_site_file_holds_all_of_it(name: str, sites: Callable[[str], Site]) -> None:
    assert loads(dumps(sites(name))) == sites(name)


def test_the_same_grid_gives_the_same_site(data: Data, sites: Callable[[str], Site]) -> None:
    assert load(data("grids/pal_hospital/map.yaml")) == sites("pal_hospital/map.yaml")


def test_the_hospital_has_its_rooms_and_its_corridor(sites: Callable[[str], Site]) -> None:
    site = sites("pal_hospital/map.yaml")
    assert 20 <= len(site.rooms) <= 30
    corridors = [room for room in site.rooms if room.kind is RoomKind.CORRIDOR]
    assert [len(room.doors) for room in corridors] == [max(len(room.doors) for room in site.rooms)]
    assert len(site.doors) >= len(site.rooms) - 1
    assert all(room.doors for room in site.rooms)
    assert len(site.nodes) < 200


def test_a_room_is_called_by_the_number_of_its_id(sites: Callable[[str], Site]) -> None:
    """Whether one asks for room_25 or for Room 25, the robot goes to one room."""
    rooms = sites("pal_hospital/map.yaml").rooms
    assert {room.kind.value for room in rooms} == {"corridor", "other"}
    for room in rooms:
        assert room.names["en"].lower().replace(" ", "_") == room.room_id


def test_every_room_has_one_entrance_node_and_names_in_both_languages(sites: Callable[[str], Site]) -> None:
    site = sites("pal_hospital/map.yaml")
    kinds = {node.node_id: node.kind for node in site.nodes}
    assert all(kinds[room.nodes[0]] is NodeKind.ROOM_ENTRANCE for room in site.rooms)
    assert all(set(room.names) == {"en", "zh-CN"} for room in site.rooms)
    assert len({room.names["en"] for room in site.rooms}) == len(site.rooms)


def test_the_campus_knows_where_it_is_on_the_earth(sites: Callable[[str], Site]) -> None:
    origin = sites("cob_izs-campus/map.yaml").origin
    assert origin is not None
    assert (origin.latitude, origin.longitude, origin.altitude_m) == (48.741281, 9.097469, 74.663)


def test_walls_are_some_thousand_segments(sites: Callable[[str], Site]) -> None:
    for name in GRIDS:
        assert 50 < len(sites(name).levels[0].walls) <= 4000


def test_lanes_are_made_for_the_radius_that_is_asked_for(data: Data) -> None:
    path = data("grids/turtlebot3_world/map.yaml")
    small = load(path, options=ImportOptions(roadmap=RoadMapSettings(robot_radius_m=0.15)))
    free, settings = free_cells(path)
    origin = (settings["origin"][0], settings["origin"][1])
    assert faults(small, free, settings["resolution"], 0.15, origin) == []


def test_masks_become_zones_and_no_lane_enters_a_no_go_area(data: Data) -> None:
    options = ImportOptions(
        roadmap=RoadMapSettings(robot_radius_m=0.2),
        keepout_mask=data("grids/nav2/keepout_mask.yaml"),
        speed_mask=data("grids/nav2/speed_mask.yaml"),
        speed_mps=0.8,
    )
    site = load(data("grids/nav2/tb3_sandbox.yaml"), options=options)
    forbidden = [zone for zone in site.zones if zone.kind is ZoneKind.NO_GO]
    slow = [zone for zone in site.zones if zone.kind is ZoneKind.SLOW]
    assert len(forbidden) == 1
    assert 0.4 in [zone.speed_mps_max for zone in slow]
    free, settings = free_cells(data("grids/nav2/tb3_sandbox.yaml"))
    mask = cv2.imread(str(data("grids/nav2/keepout_mask.pgm")), cv2.IMREAD_UNCHANGED)
    assert faults(site, free & (mask != 0), settings["resolution"], 0.2, (-10.0, -10.0)) == []
    assert any("0.8 m/s" in note for note in site.notes)


def test_the_oracle_sees_a_lane_that_is_too_near() -> None:
    free = np.ones((40, 40), bool)
    free[20, :20] = False
    assert len(blocked_squares(free, 0.1).geometries) > 40
