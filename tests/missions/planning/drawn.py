"""Small sites drawn in a few words, for the planner's tests."""

import math
import re
from random import Random

from maps.elements import Door, DoorCrossing, Edge, Level, Lift, Node, NodeKind, Room, RoomKind, Site
from maps.graph import SiteGraph
from missions.planning.cells import CellGraph
from missions.planning.problem import Agent

GRAPH = ("0",)
KINDS = {"p": NodeKind.PARKING, "c": NodeKind.CHARGER, "w": NodeKind.WAYPOINT, "k": NodeKind.CHECKPOINT}


def node(node_id: str, x_m: float, y_m: float, level: str = "L1", **more: object) -> Node:
    """The first letter says what it is: p parking, c charger, k checkpoint, w waypoint."""
    kind = more.pop("kind", KINDS[node_id[0]])
    return Node(node_id=node_id, level=level, x_m=x_m, y_m=y_m, kind=kind, **more)  # type: ignore[arg-type]


def lanes(nodes: list[Node], *drawn: str, doors: dict[str, str] | None = None) -> list[Edge]:
    """'a-b' is a two-way lane, 'a>b' one-way. doors: lane to the door in its middle."""
    by_id = {n.node_id: n for n in nodes}
    edges = []
    for lane in drawn:
        source, way, target = re.split("([->])", lane)
        length_m = math.dist(*((by_id[n].x_m, by_id[n].y_m) for n in (source, target)))
        crossed = (doors or {}).get(lane)
        crossing = (DoorCrossing(door=crossed, at_m=length_m / 2),) if crossed else ()
        for one, other in ((source, target), (target, source))[: 2 if way == "-" else 1]:
            edges.append(
                Edge(edge_id=f"{one}>{other}", source=one, target=other, length_m=length_m, doors=crossing)
            )
    return edges


def door(door_id: str, x_m: float, y_m: float) -> Door:
    return Door(door_id=door_id, level="L1", names={}, start=(x_m, y_m - 0.6), end=(x_m, y_m + 0.6))


def site(
    nodes: list[Node],
    edges: list[Edge],
    *,
    rooms: tuple[Room, ...] = (),
    doors: tuple[Door, ...] = (),
    lifts: tuple[Lift, ...] = (),
) -> SiteGraph:
    names = dict.fromkeys(n.level for n in nodes)
    levels = tuple(Level(level_id=n, names={"en": n}, elevation_m=4.0 * i) for i, n in enumerate(names))
    return SiteGraph(
        Site(
            site_id="drawn",
            names={"en": "drawn"},
            time_zone="UTC",
            levels=levels,
            nodes=tuple(nodes),
            edges=tuple(edges),
            rooms=rooms,
            doors=doors,
            lifts=lifts,
        )
    )


def agent(agent_id: str, graphs: tuple[str, ...] = GRAPH) -> Agent:
    return Agent(agent_id=agent_id, radius_m=0.35, speed_mps=1.0, acceleration_mps2=0.5, graphs=graphs)


def corridor() -> CellGraph:
    """One lane of 24 m; a bay at each end and one in the middle, and a place at each end.

    p_west - w1 - k_a ======== w_mid ======== k_b - w2 - p_east, p_mid hangs below w_mid.
    """
    nodes = [
        node("p_west", -6, 0),
        node("k_a", 0, 0),
        node("w_mid", 12, 0),
        node("p_mid", 12, -4),
        node("k_b", 24, 0),
        node("p_east", 30, 0),
        node("p_north", 24, 4),
        node("p_south", 0, -4),
    ]
    drawn = (
        "p_west-k_a",
        "k_a-w_mid",
        "w_mid-p_mid",
        "w_mid-k_b",
        "k_b-p_east",
        "k_b-p_north",
        "k_a-p_south",
    )
    return CellGraph.build(site(nodes, lanes(nodes, *drawn)))


def crossing() -> CellGraph:
    """Four arms of 8 m, a bay at the end of each, and a place half way along each."""
    arms = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
    nodes = [node("w_mid", 0, 0)]
    drawn = []
    for name, (x, y) in arms.items():
        nodes += [node(f"p_{name}", 10 * x, 10 * y), node(f"k_{name}", 5 * x, 5 * y)]
        drawn += [f"w_mid-k_{name}", f"k_{name}-p_{name}"]
    return CellGraph.build(site(nodes, lanes(nodes, *drawn)))


def tower() -> CellGraph:
    """Two levels, one lift; two bays and a place on each."""
    nodes, edges = [], []
    for level in ("L1", "L2"):
        mine = [
            node(f"w_cabin_{level}", 0, 0, level, kind=NodeKind.LIFT_CABIN, lift="lift"),
            node(f"w_hall_{level}", 4, 0, level),
            node(f"k_{level}", 8, 0, level),
            node(f"p_a_{level}", 4, 6, level),
            node(f"p_b_{level}", 4, -6, level),
            node(f"p_c_{level}", 8, 6, level),
        ]
        hall = f"w_hall_{level}"
        edges += lanes(
            mine,
            f"w_cabin_{level}-{hall}",
            f"{hall}-k_{level}",
            f"{hall}-p_a_{level}",
            f"{hall}-p_b_{level}",
            f"k_{level}-p_c_{level}",
        )
        nodes += mine
    for one, other in (("L1", "L2"), ("L2", "L1")):
        edges.append(
            Edge(
                edge_id=f"ride_{one}_{other}",
                source=f"w_cabin_{one}",
                target=f"w_cabin_{other}",
                length_m=0.0,
                lift="lift",
            )
        )
    lift = Lift(
        lift_id="lift",
        names={},
        cabin_nodes={"L1": "w_cabin_L1", "L2": "w_cabin_L2"},
        center=(0, 0),
        width_m=2.0,
        depth_m=2.0,
    )
    return CellGraph.build(site(nodes, edges, lifts=(lift,)))


def ward() -> CellGraph:
    """A corridor with a room behind an automatic door; bays at both ends and one in the middle."""
    nodes = [
        node("p_west", 0, 0),
        node("w_mid", 10, 0),
        node("p_east", 20, 0),
        node("k_bed", 10, 6, room="ward"),
        node("k_window", 12, 9, room="ward"),
        node("p_south", 10, -4),
        node("k_west", 5, 0),
    ]
    drawn = (
        "p_west-k_west",
        "k_west-w_mid",
        "w_mid-p_east",
        "w_mid-k_bed",
        "k_bed-k_window",
        "w_mid-p_south",
    )
    edges = lanes(nodes, *drawn, doors={"w_mid-k_bed": "door"})
    room = Room(
        room_id="ward",
        level="L1",
        names={"en": "ward"},
        polygon=((7, 3), (15, 3), (15, 12), (7, 12)),
        kind=RoomKind.WARD,
        doors=("door",),
        nodes=("k_bed", "k_window"),
    )
    return CellGraph.build(site(nodes, edges, rooms=(room,), doors=(door("door", 10, 3),)))


def warren(random: Random) -> CellGraph:
    """A random site: a crooked grid of lanes, some one-way, some with doors, bays on spurs."""
    columns, rows, pitch = random.randint(2, 4), random.randint(2, 3), 7.0
    nodes, spots = [], {}
    for x in range(columns):
        for y in range(rows):
            spots[x, y] = f"k_{x}{y}"
            place = (pitch * x + random.uniform(-0.8, 0.8), pitch * y + random.uniform(-0.8, 0.8))
            nodes.append(node(spots[x, y], *place, kind=KINDS["w" if (x + y) % 2 else "k"]))
    drawn, doors = [], {}
    reached, left = [(0, 0)], [spot for spot in spots if spot != (0, 0)]
    while left:
        pairs = [(a, b) for a in reached for b in left if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1]
        a, b = random.choice(pairs)
        drawn.append(f"{spots[a]}-{spots[b]}")
        reached.append(b)
        left.remove(b)
    for a in spots:
        for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)):
            lane, back = f"{spots[a]}-{spots.get(b)}", f"{spots.get(b)}-{spots[a]}"
            if b in spots and lane not in drawn and back not in drawn and random.random() < 0.5:
                drawn.append(random.choice((lane, f"{spots[a]}>{spots[b]}", f"{spots[b]}>{spots[a]}")))
    for number, lane in enumerate(drawn):
        if random.random() < 0.2:
            doors[lane] = f"door_{number}"
    for (x, y), spot in spots.items():
        if random.random() < 0.8:
            nodes.append(node(f"p_{x}{y}", pitch * x + 3.0, pitch * y + 3.0))
            drawn.append(f"{spot}-p_{x}{y}")
    nodes.append(node("p_out", -5.0, 0.0))
    drawn.append("k_00-p_out")
    made = tuple(door(door_id, 0, 0) for door_id in doors.values())
    return CellGraph.build(site(nodes, lanes(nodes, *drawn, doors=doors), doors=made))
