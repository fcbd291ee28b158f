"""Patients in bed: which wards are occupied at which hour, as a function of the seed and the hour of the day.

Each ward has one bed with a patient or none. A patient is out of bed once a day, for an examination or a
walk; where to is not followed. Somebody in bed is seen by every sensor and is in nobody's way.
"""

import math
import random
from dataclasses import dataclass

from maps.elements import RoomKind
from maps.graph import SiteGraph
from simulators.people import Person
from simulators.spots import quiet_spot

OCCUPIED = 0.6
"""Share of wards with a patient."""
OUT_FROM_H, OUT_FOR_H = (8.0, 12.0), (1.0, 6.0)


@dataclass(frozen=True, slots=True)
class Bed:
    person: Person
    out_from_h: float
    out_to_h: float


class Patients:
    def __init__(self, graph: SiteGraph, seed: int) -> None:
        self._beds: list[Bed] = []
        for room in graph.rooms.values():
            rng = random.Random(f"patients {seed} {room.room_id}")
            if room.kind is not RoomKind.WARD or rng.random() >= OCCUPIED:
                continue
            x_m, y_m = quiet_spot(graph, room)
            person = Person(
                person_id=f"patient-{room.room_id}",
                role="patient",
                level=room.level,
                x_m=x_m,
                y_m=y_m,
                aside_until_s=math.inf,
            )
            out_from_h = rng.uniform(*OUT_FROM_H)
            self._beds.append(Bed(person, out_from_h, out_from_h + rng.uniform(*OUT_FOR_H)))

    def in_bed(self, hour: float) -> list[Person]:
        """hour of the site's day, 0 to 24."""
        return [bed.person for bed in self._beds if not bed.out_from_h <= hour < bed.out_to_h]
