"""ImportOptions: what a map file does not say and its reader may have to know. Light: no numpy."""

from dataclasses import dataclass, field
from pathlib import Path

from maps.roadmap.settings import RoadMapSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """For grids; other formats say it all themselves."""

    roadmap: RoadMapSettings = field(default_factory=RoadMapSettings)
    """For occupancy grids, which have no lanes."""
    keepout_mask: Path | None = None
    """The YAML of a grid whose occupied cells are no-go."""
    speed_mask: Path | None = None
    """The YAML of a grid in mode scale: the percentage of speed_mps that is allowed in each cell."""
    speed_mps: float = 1.0
    """What 100 % in a speed mask is."""
    cell_m: float | None = None
    """The side of a cell of a MovingAI grid, which no such file says; None guesses 1 m."""
