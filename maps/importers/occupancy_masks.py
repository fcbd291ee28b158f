"""Keep-out and speed masks of nav2: grids over a map whose cells are rules, not obstacles.

docs.nav2.org, costmap filters: in a keep-out mask occupied cells are no-go; in a speed mask of mode scale a
cell's value is the percentage of the full speed that is allowed, and 0 (and unknown) is no limit.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maps.elements import Zone, ZoneKind
from maps.errors import SiteError
from maps.importers.occupancy_grid import Grid, Mode, read_grid
from maps.roadmap.outlines import Frame, polygons
from maps.source import Source

AREA_M2_MIN = 0.02
"""Smaller patches are the frayed edges of a mask."""


def no_go(mask: Path | None, grid: Grid) -> NDArray[np.bool_]:
    """The cells of the grid that the keep-out mask forbids."""
    if mask is None:
        return np.zeros(grid.values.shape, bool)
    rules = _read(mask)
    found: NDArray[np.bool_] = grid.sampled(rules) >= 100
    return found


def no_go_zones(cells: NDArray[np.bool_], grid: Grid, level: str) -> Iterator[Zone]:
    """The forbidden cells that would be free, as zones."""
    for number, outline in enumerate(_outlines(cells & (grid.values >= 0), grid), 1):
        yield Zone(
            zone_id=f"no_go_{number}",
            level=level,
            names={"en": f"No-go area {number}", "zh-CN": f"禁行区{number}"},
            kind=ZoneKind.NO_GO,
            polygon=outline,
        )


def slow_zones(mask: Path | None, grid: Grid, level: str, speed_mps: float) -> Iterator[Zone]:
    """The areas of the grid that are not unknown with a limit in the mask, by limit; slowest first."""
    if mask is None:
        return
    rules = _read(mask)
    if rules.file.mode is not Mode.SCALE:
        raise SiteError("is no speed mask: its mode is not scale", file=str(mask), hint="write 'mode: scale'")
    share = np.where(grid.values >= 0, grid.sampled(rules), 0)
    number = 0
    for value in np.unique(share[(share > 0) & (share < 100)]).tolist():
        for outline in _outlines(share == value, grid):
            number += 1
            yield Zone(
                zone_id=f"slow_{number}",
                level=level,
                names={"en": f"Slow area {number}", "zh-CN": f"慢行区{number}"},
                kind=ZoneKind.SLOW,
                polygon=outline,
                speed_mps_max=round(value / 100.0 * speed_mps, 3),
            )


def _read(mask: Path) -> Grid:
    return read_grid(Source(mask))


def _outlines(cells: NDArray[np.bool_], grid: Grid) -> Iterator[tuple[tuple[float, float], ...]]:
    resolution_m = grid.file.resolution_m
    frame = Frame(grid.values.shape[0], resolution_m)
    least = AREA_M2_MIN / resolution_m**2
    for outline in polygons(cells, frame, 1.0, 1.0 / resolution_m**2, least):
        yield tuple(grid.to_site(point) for point in outline)
