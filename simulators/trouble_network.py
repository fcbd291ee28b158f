"""Trouble of the network: groups cut off, the building cut off, half-open links, slow readers.

All links are TCP: a direction through which no packet comes stalls, and what was sent comes later, in order,
unless an end has hung up meanwhile (simulators.network, simulators.sim_robot).
"""

import random

from simulators.cast import Cast, Maker, later, somebody
from simulators.network import HEALTHY, Quality

CUT_S = (1.0, 45.0)
"""Longer than the orchestrator's patience (lost_s, 30 s) now and then."""
SLOW_S = (10.0, 60.0)
TAKE_S = ((0.05, 0.3), (0.3, 1.5))
"""A reader that just keeps up, and one that does not."""
QUEUES = (6_000, 40)
"""The real high-water marks, and such that are met within a minute."""


def partition(cast: Cast, rng: random.Random) -> str:
    """Two robots or more are cut off together, as behind one access point."""
    names = list(cast.robots)
    group = sorted(rng.sample(names, rng.randint(min(2, len(names)), len(names))))
    for name in group:
        cast.robots[name].set_cut(True)

    def end() -> None:
        for name in group:
            cast.robots[name].set_cut(False)

    return f"{', '.join(group)} {later(cast, rng, *CUT_S, end)}"


def half_open(cast: Cast, rng: random.Random) -> str:
    """One direction is dead, the other one alive."""
    robot, up = somebody(cast, rng), rng.random() < 0.5
    robot.set_half_cut(up=up, down=not up)
    told = later(cast, rng, *CUT_S, lambda: robot.set_cut(False))
    return f"nothing comes {'from' if up else 'to'} {robot.robot_id} {told}"


def building_cut(cast: Cast, rng: random.Random) -> str:
    """Doors, lifts and the fire panel are not reached."""
    cast.room.to_building.stall()
    cast.room.from_building.stall()
    return later(cast, rng, *CUT_S, lambda: _mend_building(cast))


def slow_robot(cast: Cast, rng: random.Random) -> str:
    """A robot takes what it is told one by one, slowly."""
    robot, quality = somebody(cast, rng), _slow(rng)
    robot.read_slowly(quality)

    def end() -> None:
        robot.read_slowly(HEALTHY)
        robot.drop()  # what waits unread would be heard long after the trouble

    return f"{robot.robot_id} needs {quality.take_s[1]} s a message {later(cast, rng, *SLOW_S, end)}"


def slow_orchestrator(cast: Cast, rng: random.Random) -> str:
    """The orchestrator's end reads every robot slowly."""
    quality = _slow(rng)
    for robot in cast.robots.values():
        robot.is_read_slowly(quality)

    def end() -> None:
        for robot in cast.robots.values():
            robot.is_read_slowly(HEALTHY)
            robot.drop()

    return f"{quality.take_s[1]} s a message {later(cast, rng, *SLOW_S, end)}"


def _slow(rng: random.Random) -> Quality:
    return Quality(take_s=rng.choice(TAKE_S), queued_max=rng.choice(QUEUES))


def _mend_building(cast: Cast) -> None:
    cast.room.to_building.resume()
    cast.room.from_building.resume()


def heal(cast: Cast) -> None:
    """Every link is healthy, and both ends of each say hello again."""
    _mend_building(cast)
    for robot in cast.robots.values():
        robot.set_quality(HEALTHY)
        robot.set_cut(False)
        robot.drop()


KINDS: dict[str, Maker] = {
    "partition": partition,
    "half_open": half_open,
    "building_cut": building_cut,
    "slow_robot": slow_robot,
    "slow_orchestrator": slow_orchestrator,
}
