"""Whom trouble may meet, and the words that all kinds of trouble share."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from simulators.control_room import ControlRoom
from simulators.schedule import Schedule
from simulators.sim_robot import SimRobot
from simulators.world import World


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody whom trouble may meet."""

    schedule: Schedule
    world: World
    room: ControlRoom
    robots: dict[str, SimRobot]


Maker = Callable[[Cast, random.Random], str]
"""Makes one trouble now, sees to its end, and says what and for how long."""


def later(
    cast: Cast, rng: random.Random, shortest_s: float, longest_s: float, callback: Callable[[], None]
) -> str:
    """Call it after a while. Returns 'for 12.3 s'."""
    for_s = rng.uniform(shortest_s, longest_s)
    cast.schedule.after(for_s, callback)
    return f"for {for_s:.1f} s"


def somebody(cast: Cast, rng: random.Random) -> SimRobot:
    return rng.choice(list(cast.robots.values()))
