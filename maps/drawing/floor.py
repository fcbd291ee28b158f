"""interior: what is inside the building. Nobody has to draw an outline: the walls say it.

Inside is what a disc as wide as CRACK_M cannot reach from outside, after the entrances are closed: the walls
are grown by half the crack, their outer outlines filled, and shrunk again (closing and hole filling, as in
Serra, Image Analysis and Mathematical Morphology, 1982).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from maps.elements import Point

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

Segment = tuple[Point, Point]

CRACK_M = 1.2
"""Nothing outside squeezes through what is narrower."""
ENTRANCE_M = 4.5
"""Two loose wall ends that are nearer than this have an entrance between them."""
CORNER_M = 0.15
"""Wall ends that are nearer than this are one corner."""
SIMPLER_M = 0.05
SPECK_M2 = 2.0


def interior(walls: Sequence[Segment], doors: Sequence[Segment] = ()) -> tuple[tuple[Point, ...], ...]:
    """Outlines of what the walls enclose, the largest first; () when they enclose nothing."""
    import shapely

    if not walls:
        return ()
    closed = shapely.multilinestrings([*walls, *doors, *_entrances(walls)])
    grown = shapely.buffer(closed, CRACK_M / 2, quad_segs=2, cap_style="round", join_style="mitre")
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in _polygons(grown)])
    inside = shapely.simplify(shapely.buffer(filled, -CRACK_M / 2, join_style="mitre"), SIMPLER_M)
    parts = [part for part in _polygons(inside) if part.area > SPECK_M2]
    parts.sort(key=lambda part: (-part.area, part.bounds))
    return tuple(tuple((round(x, 3), round(y, 3)) for x, y in part.exterior.coords[:-1]) for part in parts)


def _polygons(geometry: "Geometry") -> "Iterator[Polygon]":
    import shapely

    for part in shapely.get_parts(geometry):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            yield part


def _entrances(walls: Sequence[Segment]) -> Iterator[Segment]:
    """Each loose wall end with its nearest other one."""
    import shapely

    ends = shapely.points([end for wall in walls for end in wall])
    pairs = shapely.STRtree(ends).query(ends, predicate="dwithin", distance=CORNER_M)
    near = [0] * len(ends)
    for index in pairs[0]:
        near[index] += 1
    loose = [end for end, count in zip(ends, near, strict=True) if count == 1]
    if len(loose) < 2:
        return
    found = shapely.STRtree(loose).query_nearest(loose, max_distance=ENTRANCE_M, exclusive=True)
    for first, second in found.T:
        a, b = loose[first], loose[second]
        yield (a.x, a.y), (b.x, b.y)
