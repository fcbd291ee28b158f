"""Two small worlds: a corridor with two rooms, and a tower with a lift. And a robot with round figures."""

from pathlib import Path

import pytest

from maps.elements import (
    Door,
    DoorCrossing,
    Edge,
    Level,
    Lift,
    Node,
    NodeKind,
    Room,
    RoomKind,
    Site,
    Wall,
)
from maps.graph import SiteGraph
from maps.load import load
from robots.protocol import Factsheet

HOSPITAL = Path(__file__).parents[2] / "maps" / "sites" / "county_hospital.yaml"


@pytest.fixture(scope="session")
def hospital() -> SiteGraph:
    return SiteGraph(load(HOSPITAL))


@pytest.fixture(scope="session")
def facts() -> Factsheet:
    return Factsheet(
        model="test",
        family="service",
        names={"en": "Test robot"},
        skills=("load", "unload", "greet", "lead", "uv_expose", "charge"),
        radius_m=0.3,
        speed_mps_max=1.0,
        acceleration_mps2=0.5,
        turn_radps_max=1.0,
        battery_wh=500.0,
        draw_idle_w=20.0,
        draw_moving_w=80.0,
        draw_action_w={"uv_expose": 300.0},
        charge_w=250.0,
        reserve_fraction=0.15,
        low_fraction=0.25,
        lamps_w={"uvc": 100.0},
    )


def _lane(source: str, target: str, length_m: float, **more: object) -> list[Edge]:
    ends = ((source, target), (target, source))
    return [Edge(edge_id=f"{a}>{b}", source=a, target=b, length_m=length_m, **more) for a, b in ends]


@pytest.fixture(scope="session")
def corridor() -> SiteGraph:
    """west - middle - east along y = 0; a room behind a door above the middle; a charger at the west end."""
    nodes = (
        Node(node_id="charger", level="L1", x_m=-3.0, y_m=0.0, kind=NodeKind.CHARGER),
        Node(node_id="west", level="L1", x_m=0.0, y_m=0.0),
        Node(node_id="middle", level="L1", x_m=10.0, y_m=0.0),
        Node(node_id="east", level="L1", x_m=20.0, y_m=0.0, kind=NodeKind.PARKING),
        Node(node_id="inside", level="L1", x_m=10.0, y_m=5.0, room="room"),
    )
    crossing = DoorCrossing(door="door", at_m=2.0)
    edges = (
        *_lane("charger", "west", 3.0),
        *_lane("west", "middle", 10.0),
        *_lane("middle", "east", 10.0),
        *_lane("middle", "inside", 5.0, doors=(crossing,)),
    )
    box = ((7.0, 2.0), (13.0, 2.0), (13.0, 8.0), (7.0, 8.0))
    walls = (
        Wall(start=(7.0, 2.0), end=(9.5, 2.0)),
        Wall(start=(10.5, 2.0), end=(13.0, 2.0)),
        Wall(start=(13.0, 2.0), end=(13.0, 8.0)),
        Wall(start=(13.0, 8.0), end=(7.0, 8.0)),
        Wall(start=(7.0, 8.0), end=(7.0, 2.0)),
    )
    room = Room(
        room_id="room",
        level="L1",
        names={"en": "Room"},
        polygon=box,
        kind=RoomKind.WARD,
        doors=("door",),
        nodes=("inside",),
    )
    door = Door(door_id="door", level="L1", names={"en": "Door"}, start=(9.5, 2.0), end=(10.5, 2.0))
    level = Level(level_id="L1", names={"en": "Level 1"}, elevation_m=0.0, walls=walls)
    return SiteGraph(
        Site(
            site_id="corridor",
            names={"en": "Corridor"},
            time_zone="UTC",
            levels=(level,),
            nodes=nodes,
            edges=edges,
            rooms=(room,),
            doors=(door,),
        )
    )


@pytest.fixture(scope="session")
def tower() -> SiteGraph:
    """Two levels, a waiting node in front of the lift on each; the shaft door faces it."""
    levels = tuple(
        Level(level_id=f"L{index + 1}", names={"en": f"Level {index + 1}"}, elevation_m=4.0 * index)
        for index in range(2)
    )
    nodes = tuple(
        node
        for name in ("l1", "l2")
        for node in (
            Node(node_id=f"{name}_hall", level=name.upper(), x_m=0.0, y_m=-4.0, kind=NodeKind.CHARGER),
            Node(
                node_id=f"{name}_cabin",
                level=name.upper(),
                x_m=0.0,
                y_m=0.0,
                kind=NodeKind.LIFT_CABIN,
                lift="lift",
            ),
        )
    )
    doors = tuple(
        Door(door_id=f"{name}_shaft", level=name.upper(), names={}, start=(-0.6, -1.2), end=(0.6, -1.2))
        for name in ("l1", "l2")
    )
    edges = (
        *_lane("l1_hall", "l1_cabin", 4.0),
        *_lane("l2_hall", "l2_cabin", 4.0),
        *_lane("l1_cabin", "l2_cabin", 0.0, lift="lift"),
    )
    lift = Lift(
        lift_id="lift",
        names={"en": "Lift"},
        cabin_nodes={"L1": "l1_cabin", "L2": "l2_cabin"},
        center=(0.0, 0.0),
        width_m=2.2,
        depth_m=2.4,
        home_level="L1",
        doors={"L1": ("l1_shaft",), "L2": ("l2_shaft",)},
    )
    return SiteGraph(
        Site(
            site_id="tower",
            names={"en": "Tower"},
            time_zone="UTC",
            levels=levels,
            nodes=nodes,
            edges=edges,
            doors=doors,
            lifts=(lift,),
        )
    )
