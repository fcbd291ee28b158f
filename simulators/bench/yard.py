"""The benchmarks' site: an open yard where every robot has a bay and a stand of its own beside one long lane.

Errands between bay and stand of one robot cross nobody, so that dispatch, wire and storage are measured and
not the traffic of one particular building.
"""

from pathlib import Path

from maps.elements import Edge, Level, Node, NodeKind, Site
from maps.site_file import save

PITCH_M = 4.0


def yard(robots: int) -> Site:
    nodes: list[Node] = []
    edges: list[Edge] = []
    for number in range(robots):
        x_m = number * PITCH_M
        nodes += [
            _node(f"lane-{number}", x_m, 0.0, NodeKind.WAYPOINT),
            _node(f"bay-{number}", x_m, 6.0, NodeKind.PARKING),
            _node(f"stand-{number}", x_m, 3.0, NodeKind.CHECKPOINT),
        ]
        edges += _both_ways(f"lane-{number}", f"stand-{number}", 3.0)
        edges += _both_ways(f"stand-{number}", f"bay-{number}", 3.0)
        if number:
            edges += _both_ways(f"lane-{number - 1}", f"lane-{number}", PITCH_M)
    level = Level(level_id="L1", names={"en": "Yard"}, elevation_m=0.0)
    return Site(
        site_id="yard",
        names={"en": "Yard", "zh-CN": "场地"},
        time_zone="UTC",
        levels=(level,),
        nodes=tuple(nodes),
        edges=tuple(edges),
    )


def _node(node_id: str, x_m: float, y_m: float, kind: NodeKind) -> Node:
    names = {} if kind is NodeKind.WAYPOINT else {"en": node_id}
    return Node(node_id=node_id, level="L1", x_m=x_m, y_m=y_m, kind=kind, names=names)


def _both_ways(source: str, target: str, length_m: float) -> list[Edge]:
    pairs = ((source, target), (target, source))
    return [Edge(edge_id=f"{a}>{b}", source=a, target=b, length_m=length_m) for a, b in pairs]


def write_yard(robots: int, folder: Path) -> Path:
    path = folder / f"yard_{robots}.yaml"
    save(yard(robots), path)
    return path
