"""A grid of the MovingAI benchmarks to a Site: a node for each free cell, a lane to each free neighbour.

Format: movingai.com/benchmarks/formats.html. N. Sturtevant, Benchmarks for Grid-Based Pathfinding, 2012;
R. Stern et al., Multi-Agent Pathfinding, 2019, in whose benchmark agents move to the four neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from maps.elements import Edge, Level, Node, Point, Site, Wall
from maps.errors import SiteError
from maps.geometry import rounded
from maps.importers.names import slug
from maps.importers.options import ImportOptions
from maps.site_lanes import edge_id
from maps.source import Source

LEVEL = "L1"
FREE = frozenset(".GS")
"""Ground, and swamp, which agents of the multi-agent benchmark may cross."""

BLOCKED = frozenset("@OTW")
"""Out of bounds, trees, and water."""

CELL_M = 1.0
"""Of a map for which nobody says it."""

CELLS_MAX = 2_000_000
NODES_MAX = 200_000
"""Each cell is a node: more would not fit a planner, nor a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """`rows` from the top, True where a cell is free."""

    rows: tuple[tuple[bool, ...], ...]
    width: int
    cell_m: float

    def centre(self, x: int, y: int) -> Point:
        """Of the cell in column x and row y (from the top), in metres right and up from the lower left."""
        return rounded(((x + 0.5) * self.cell_m, (len(self.rows) - y - 0.5) * self.cell_m))

    def corner(self, x: int, y: int) -> Point:
        """The upper left corner of the cell."""
        return rounded((x * self.cell_m, (len(self.rows) - y) * self.cell_m))


def read_source(source: Source, options: ImportOptions | None = None) -> Site:
    """As maps.formats calls it. Raises SiteError that names the line."""
    told_m = (options or ImportOptions()).cell_m
    cell_m = CELL_M if told_m is None else told_m
    grid = _read(source, cell_m)
    free = sum(map(sum, grid.rows))
    if not free:
        raise SiteError("has no free cell", file=str(source.path), hint="mark free cells with '.'")
    if free > NODES_MAX:
        message = f"has {free} free cells, each of which would be a node"
        raise SiteError(message, file=str(source.path), hint=f"give a map with at most {NODES_MAX}")
    name = source.path.stem
    level = Level(
        level_id=LEVEL,
        names={"en": "Level 1", "zh-CN": "1层"},
        elevation_m=0.0,
        walls=tuple(_walls(grid)),
        scale_measured=told_m is not None,
    )
    return Site(
        site_id=slug(name, "grid"),
        names={"en": name},
        time_zone="UTC",
        levels=(level,),
        nodes=tuple(_nodes(grid)),
        edges=tuple(_edges(grid)),
        notes=(
            f"Each free cell is a node, named by column and row from the top left; a cell is {cell_m:g} m.",
            "The map states no time zone: UTC is taken.",
        ),
    )


# -- reading ---------------------------------------------------------------------------------------------


def _read(source: Source, cell_m: float) -> _Grid:
    file = str(source.path)
    try:
        lines = source.data.decode("ascii").splitlines()
    except UnicodeDecodeError:
        raise SiteError("is no text in ASCII", file=file, hint="give a MovingAI grid (.map)") from None
    size, first = _head(lines, file)
    width, height = size["width"], size["height"]
    if width * height > CELLS_MAX:
        raise SiteError(f"is {width} x {height} cells, too large", file=file, hint="give a smaller map")
    found = lines[first : first + height]
    if len(found) < height:
        message = f"is cut short: {len(found)} of {height} rows are there"
        raise SiteError(message, file=file, line=len(lines), hint="copy it again, or correct 'height'")
    extra = next(
        (n for n, line in enumerate(lines[first + height :], first + height + 1) if line.strip()), None
    )
    if extra is not None:
        raise SiteError("goes on after its last row", file=file, line=extra, hint="correct 'height'")
    rows = tuple(_row(line, number, width, file) for number, line in enumerate(found, first + 1))
    return _Grid(rows=rows, width=width, cell_m=cell_m)


def _head(lines: list[str], file: str) -> tuple[dict[str, int], int]:
    """Width and height, and the index of the first row."""
    size: dict[str, int] = {}
    for number, line in enumerate(lines[:10], 1):
        words = line.split()
        if words == ["map"]:
            missing = next((key for key in ("width", "height") if key not in size), None)
            if missing:
                raise SiteError(
                    f"'{missing}' is missing", file=file, line=number, hint=f"write '{missing} 32'"
                )
            return size, number
        if len(words) == 2 and words[0] in ("width", "height"):
            size[words[0]] = _count(words[1], words[0], file, number)
        elif words[:1] != ["type"]:
            hint = "start with 'type octile', 'height', 'width' and 'map'"
            raise SiteError(
                f"'{line.strip()[:40]}' is no line of the head", file=file, line=number, hint=hint
            )
        elif words != ["type", "octile"]:
            raise SiteError(
                f"'{line.strip()[:40]}' is not known", file=file, line=number, hint="use type octile"
            )
    raise SiteError("has no line 'map' before its rows", file=file, hint="give a MovingAI grid (.map)")


def _count(word: str, key: str, file: str, line: int) -> int:
    if not (word.isdigit() and 0 < int(word) <= CELLS_MAX):
        message = f"'{word[:40]}' is no {key} in cells"
        raise SiteError(message, file=file, line=line, hint=f"write '{key} 32'")
    return int(word)


def _row(line: str, number: int, width: int, file: str) -> tuple[bool, ...]:
    if len(line) != width:
        message = f"the row has {len(line)} cells where {width} are needed"
        raise SiteError(message, file=file, line=number, hint="complete the row or correct 'width'")
    if not set(line) <= FREE | BLOCKED:
        column = next(i for i, cell in enumerate(line) if cell not in FREE | BLOCKED)
        message = f"cell {column + 1} of the row is '{line[column]}'"
        raise SiteError(
            message, file=file, line=number, hint="use . G S for free and @ O T W for blocked cells"
        )
    return tuple(cell in FREE for cell in line)


# -- nodes, lanes, walls ---------------------------------------------------------------------------------


def node_id(x: int, y: int) -> str:
    """Of the cell in column x and row y from the top left, as scenario files count."""
    return f"{x}-{y}"


def _nodes(grid: _Grid) -> Iterator[Node]:
    for y, row in enumerate(grid.rows):
        for x, free in enumerate(row):
            if free:
                x_m, y_m = grid.centre(x, y)
                yield Node(node_id=node_id(x, y), level=LEVEL, x_m=x_m, y_m=y_m)


def _edges(grid: _Grid) -> Iterator[Edge]:
    """To the right and down, each with its way back."""
    below = (*grid.rows[1:], (False,) * grid.width)
    for y, (row, under) in enumerate(zip(grid.rows, below, strict=True)):
        for x, free in enumerate(row):
            if free and x + 1 < grid.width and row[x + 1]:
                yield from _lane(node_id(x, y), node_id(x + 1, y), grid.cell_m)
            if free and under[x]:
                yield from _lane(node_id(x, y), node_id(x, y + 1), grid.cell_m)


def _lane(a: str, b: str, length_m: float) -> tuple[Edge, Edge]:
    return (
        Edge(edge_id=edge_id(a, b), source=a, target=b, length_m=length_m),
        Edge(edge_id=edge_id(b, a), source=b, target=a, length_m=length_m),
    )


def _walls(grid: _Grid) -> Iterator[Wall]:
    """Between free and blocked cells: runs along the rows, then along the columns."""
    nothing = (False,) * grid.width
    for y, (above, row) in enumerate(zip((nothing, *grid.rows), (*grid.rows, nothing), strict=True)):
        for start, end in _runs([a != b for a, b in zip(above, row, strict=True)]):
            yield Wall(start=grid.corner(start, y), end=grid.corner(end, y))
    columns = list(zip(*grid.rows, strict=True))
    blank = (False,) * len(grid.rows)
    for x, (left, column) in enumerate(zip((blank, *columns), (*columns, blank), strict=True)):
        for start, end in _runs([a != b for a, b in zip(left, column, strict=True)]):
            yield Wall(start=grid.corner(x, start), end=grid.corner(x, end))


def _runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """First and one after the last of each run of True."""
    start = None
    for index, flag in enumerate((*flags, False)):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index
            start = None
