"""What a lane costs: its length, more where it is tight, and more when it leads through a doorway."""

import numpy as np

from maps.roadmap.clearance import Clearance, Points
from maps.roadmap.images import Labels

WIDE_M = 1.5
"""Lanes with less clearance than this count as longer, up to TIGHT_COST times."""

TIGHT_COST = 3.0

BEND_M = 1.5
"""What a bend costs more: where only a crooked lane fits, others are better."""

DOORWAY_M = 5.0
"""What a lane from one room to another costs more: through a room is no way round."""


class Costs:
    """Costs of lanes in one grid. Points are (column, row)."""

    def __init__(self, clearance: Clearance, rooms: Labels) -> None:
        self._clearance = clearance
        self._rooms = rooms

    def of(self, chain: Points, clearance_m: float | None = None) -> float:
        """The cost of the chain of points, in metres of a wide lane; its least clearance if that is known."""
        if clearance_m is None:
            clearance_m = self._clearance.along_chain(chain)
        tight = max(0.0, 1.0 - clearance_m / WIDE_M)
        factor = 1.0 + (TIGHT_COST - 1.0) * tight
        extra_m = BEND_M * (len(chain) - 2) + DOORWAY_M * self.doorways(chain[0], chain[-1])
        return self.least(chain) * factor + extra_m

    def least(self, chain: Points) -> float:
        """The length of the chain in metres; no lane costs less."""
        return float(np.hypot(*np.diff(chain, axis=0).T).sum()) * self._clearance.resolution_m

    def doorways(self, start: Points, end: Points) -> int:
        """1 when the points lie in different rooms."""
        return int(self._room(start) != self._room(end))

    def _room(self, point: Points) -> int:
        return int(self._rooms[round(point[1]), round(point[0])])
