"""Small sites for the planning view's tests, drawn by hand and by hypothesis."""

import math
from dataclasses import replace

from hypothesis import strategies as st

from maps.elements import Edge, Level, Node, Site, Zone, ZoneKind
from maps.graph import SiteGraph

Spot = tuple[float, float]


def site(spots: dict[str, Spot], lanes: str, **more: object) -> Site:
    """lanes: 'a-b c>d' two-way and one-way, 'a-b@carrier' for one model; spots on level L1."""
    nodes = tuple(Node(node_id=name, level="L1", x_m=x, y_m=y) for name, (x, y) in spots.items())
    edges: list[Edge] = []
    for lane in lanes.split():
        way, _, model = lane.partition("@")
        one, other = way.replace(">", "-").split("-")
        for source, target in ((one, other), (other, one))[: 1 if ">" in way else 2]:
            length_m = math.dist(spots[source], spots[target])
            models = (model,) if model else ()
            edge_id = f"{source}>{target}" if not model else f"{source}>{target}@{model}"
            edges.append(
                Edge(edge_id=edge_id, source=source, target=target, length_m=length_m, models=models)
            )
    level = Level(level_id="L1", names={"en": "L1"}, elevation_m=0.0)
    made = Site(
        site_id="drawn",
        names={"en": "drawn"},
        time_zone="UTC",
        levels=(level,),
        nodes=nodes,
        edges=tuple(edges),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def graph(spots: dict[str, Spot], lanes: str, **more: object) -> SiteGraph:
    return SiteGraph(site(spots, lanes, **more))


def zone(kind: ZoneKind, *polygon: Spot, **more: object) -> Zone:
    made = Zone(zone_id="zone", level="L1", names={"en": "zone"}, kind=kind, polygon=polygon)
    return replace(made, **more)  # type: ignore[arg-type]


def box(x_m: float, y_m: float, width_m: float, height_m: float) -> tuple[Spot, ...]:
    """Lower left corner and size."""
    return (
        (x_m, y_m),
        (x_m + width_m, y_m),
        (x_m + width_m, y_m + height_m),
        (x_m, y_m + height_m),
    )


def square_grid(side: int, pitch_m: float) -> SiteGraph:
    """side x side nodes, two-way lanes between neighbours."""
    spots = {f"n{x}_{y}": (x * pitch_m, y * pitch_m) for y in range(side) for x in range(side)}
    across = [f"n{x}_{y}-n{x + 1}_{y}" for y in range(side) for x in range(side - 1)]
    up = [f"n{x}_{y}-n{x}_{y + 1}" for y in range(side - 1) for x in range(side)]
    return graph(spots, " ".join(across + up))


@st.composite
def crooked(draw: st.DrawFn) -> SiteGraph:
    """A few nodes anywhere on a plan, one-way, two-way and parallel lanes of several graphs and speeds."""
    count = draw(st.integers(2, 7))
    places = st.tuples(st.integers(0, 60), st.integers(0, 60))
    drawn = draw(st.lists(places, min_size=count, max_size=count, unique=True))
    spots = {f"n{number}": (x / 10, y / 10) for number, (x, y) in enumerate(drawn)}
    made = site(spots, "")
    pairs = [(one, other) for one in spots for other in spots if one != other]
    edges = []
    for number, (source, target) in enumerate(draw(st.lists(st.sampled_from(pairs), max_size=14))):
        edges.append(
            Edge(
                edge_id=f"e{number}",
                source=source,
                target=target,
                length_m=math.dist(spots[source], spots[target]),
                speed_mps_max=draw(st.sampled_from([None, 0.3, 0.7])),
                graphs=draw(st.sampled_from([("0",), ("1",), ("0", "1")])),
                models=draw(st.sampled_from([(), (), ("carrier",)])),
            )
        )
    return SiteGraph(replace(made, edges=tuple(edges)))
