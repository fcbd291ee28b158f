"""Lines of a GeoJSON file joined into a network of nodes and lanes.

Where lines share a vertex they meet, as in OpenStreetMap; where they only cross they do not (a bridge). The
end of a line that falls short of another by at most SNAP_M is drawn to it: hand-drawn ends seldom meet.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from shapely import LineString, STRtree
from shapely import Point as Spot

from maps.elements import Point

JOIN_M = 0.05
"""Vertices nearer than this are one: files keep seven decimals of a degree, a centimetre, or fewer."""
SNAP_M = 0.5
"""How far an end, or a point that is declared, may lie beside the line that it belongs to."""


@dataclass(slots=True, kw_only=True)
class Way:
    """One line; `vertices` are numbers of the network's vertices, without repetition."""

    way_id: str
    level: str
    vertices: list[int]


@dataclass(slots=True)
class Network:
    """Vertices by number: the declared points first, then those of the lines in the order of the file."""

    points: list[Point] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    declared: int = 0
    _tiles: dict[tuple[str, int, int], list[int]] = field(default_factory=dict)

    def declare(self, node_id: str, level: str, point: Point) -> int:
        """A point that the file names. Before any line."""
        self.declared += 1
        return self._add(node_id, level, point)

    def draw(self, way_id: str, level: str, points: Iterable[Point]) -> Way:
        """A line; its vertices are those that are there already, else new ones."""
        way = Way(way_id=way_id, level=level, vertices=[])
        for number, point in enumerate(points, 1):
            vertex = self._vertex(f"{way_id}/{number}", level, point)
            if way.vertices[-1:] != [vertex]:
                way.vertices.append(vertex)
        self.ways.append(way)
        return way

    def join(self) -> None:
        """Draw loose ends to what they fall short of, and lines through declared points beside them."""
        degrees = self.degrees()
        for way in self.ways:
            for end in (0, -1):
                self._snap_end(way, end, degrees)
        loose = [v for v, degree in enumerate(degrees) if v < self.declared or degree == 1]
        self._split(loose)

    def degrees(self) -> list[int]:
        """How many pieces of line touch each vertex."""
        found = [0] * len(self.points)
        for way in self.ways:
            for pair in pairwise(way.vertices):
                for vertex in pair:
                    found[vertex] += 1
        return found

    def crossings(self) -> Iterator[Point]:
        """Where lines cross without a shared vertex, in the order of the lines."""
        pieces = list(self._pieces())
        lines = [self._line(way, index) for way, index in pieces]
        for first, second in _crossing(lines):
            (one, _), (other, _) = pieces[first], pieces[second]
            if first < second and one.level == other.level:
                spot = lines[first].intersection(lines[second]).centroid
                yield (spot.x, spot.y)

    def _vertex(self, node_id: str, level: str, point: Point) -> int:
        declared = [v for v in self._near(level, point, SNAP_M) if v < self.declared]
        near = declared or list(self._near(level, point, JOIN_M))
        if near:
            return min(near, key=lambda vertex: (math.dist(self.points[vertex], point), vertex))
        return self._add(node_id, level, point)

    def _add(self, node_id: str, level: str, point: Point) -> int:
        number = len(self.points)
        self.points.append(point)
        self.levels.append(level)
        self.ids.append(node_id)
        self._tiles.setdefault(_tile(level, point), []).append(number)
        return number

    def _near(self, level: str, point: Point, reach_m: float) -> Iterator[int]:
        _, column, row = _tile(level, point)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for vertex in self._tiles.get((level, x, y), ()):
                    if math.dist(self.points[vertex], point) <= reach_m:
                        yield vertex

    def _snap_end(self, way: Way, end: int, degrees: list[int]) -> None:
        """Put another vertex in place of a loose end, if one is near that is not of this line."""
        vertex = way.vertices[end]
        if vertex < self.declared or degrees[vertex] != 1:
            return
        at = self.points[vertex]
        near = [v for v in self._near(way.level, at, SNAP_M) if degrees[v] and v not in way.vertices]
        if near:
            way.vertices[end] = min(near, key=lambda other: (math.dist(self.points[other], at), other))
            degrees[vertex] = 0
            degrees[way.vertices[end]] += 1

    def _split(self, loose: list[int]) -> None:
        """Lead pieces of line through these vertices, where they are near enough."""
        pieces = list(self._pieces())
        lines = [self._line(way, index) for way, index in pieces]
        tree = STRtree(lines)
        cuts: dict[int, list[tuple[float, int]]] = {}
        for vertex in loose:
            spot = Spot(self.points[vertex])
            for piece in self._beside(vertex, tree.query(spot, "dwithin", SNAP_M).tolist(), pieces, lines):
                cuts.setdefault(piece, []).append((lines[piece].project(spot), vertex))
        for piece in sorted(cuts, reverse=True):
            way, index = pieces[piece]
            way.vertices[index + 1 : index + 1] = [vertex for _, vertex in sorted(cuts[piece])]

    def _beside(
        self, vertex: int, near: list[int], pieces: list[tuple[Way, int]], lines: list[LineString]
    ) -> list[int]:
        """The nearest piece of each line that passes; of the nearest line only for a loose end."""
        spot = Spot(self.points[vertex])
        order = sorted(near, key=lambda piece: (lines[piece].distance(spot), piece))
        nearest: dict[int, int] = {}
        for piece in order:
            if self._fits(pieces[piece][0], vertex):
                nearest.setdefault(id(pieces[piece][0]), piece)
        found = list(nearest.values())
        return found if vertex < self.declared else found[:1]

    def _fits(self, way: Way, vertex: int) -> bool:
        return way.level == self.levels[vertex] and vertex not in way.vertices

    def _pieces(self) -> Iterator[tuple[Way, int]]:
        for way in self.ways:
            for index in range(len(way.vertices) - 1):
                yield way, index

    def _line(self, way: Way, index: int) -> LineString:
        return LineString([self.points[vertex] for vertex in way.vertices[index : index + 2]])


def _tile(level: str, point: Point) -> tuple[str, int, int]:
    return (level, math.floor(point[0] / SNAP_M), math.floor(point[1] / SNAP_M))


def _crossing(lines: list[LineString]) -> list[tuple[int, int]]:
    """Numbers of lines that cross, in order."""
    found = STRtree(lines).query(lines, predicate="crosses").tolist()
    return sorted(zip(*found, strict=True))
