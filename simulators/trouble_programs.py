"""Trouble of the orchestrator's machine: disk, clock, planner; people who say everything twice; impostors."""

import random

from fleet.core import events as ev
from robots.agent_io import OrderMemory
from robots.order_book import OrderBook
from robots.protocol import Codec
from simulators.cast import Cast, Maker, later, somebody
from simulators.control_room import SOLVE_S, SOLVER_DIES

WHILE_S = (5.0, 60.0)
COMMIT_S = (0.2, 4.0)
STEP_S = (1.0, 30.0)
DRIFT = (0.97, 1.03)
"""A hundred times worse than a bad quartz, so that a minute shows it."""
SLOW_SOLVE_S = (3.0, 20.0)
IMPOSTOR = 1_000_000
"""Number of an impostor's connection."""
IMPOSTOR_S = 12


def disk_full(cast: Cast, rng: random.Random) -> str:
    """Nothing is committed; events wait."""
    journal = cast.room.journal
    journal.is_full = True

    def end() -> None:
        journal.is_full = False

    return later(cast, rng, 1.0, 30.0, end)


def slow_disk(cast: Cast, rng: random.Random) -> str:
    """Each commit takes this long."""
    room = cast.room
    room.commit_s = rng.uniform(*COMMIT_S)

    def end() -> None:
        room.commit_s = 0.0

    return f"{room.commit_s:.1f} s a commit {later(cast, rng, *WHILE_S, end)}"


def clock_step(cast: Cast, rng: random.Random) -> str:
    """The orchestrator's clock is set, forwards or backwards; after a while it is right again."""
    room, by_s = cast.room, rng.choice((-1.0, 1.0)) * rng.uniform(*STEP_S)
    room.step_clock(by_s)
    return f"{by_s:+.1f} s {later(cast, rng, *WHILE_S, lambda: room.step_clock(-by_s))}"


def clock_drift(cast: Cast, rng: random.Random) -> str:
    """A robot's clock runs fast or slow, for good."""
    robot, rate = somebody(cast, rng), rng.uniform(*DRIFT)
    robot.set_clock_rate(rate)
    return f"{robot.robot_id} x{rate:.3f}"


def slow_solver(cast: Cast, rng: random.Random) -> str:
    """Planning takes many seconds."""
    room = cast.room
    room.solve_s = SLOW_SOLVE_S

    def end() -> None:
        room.solve_s = SOLVE_S

    return later(cast, rng, *WHILE_S, end)


def stale_solver(cast: Cast, rng: random.Random) -> str:
    """Answers come again later, when another question is being asked, and the process dies often."""
    room = cast.room
    room.solver_repeats, room.solver_dies = 0.5, 0.2

    def end() -> None:
        room.solver_repeats, room.solver_dies = 0.0, SOLVER_DIES

    return later(cast, rng, *WHILE_S, end)


def said_twice(cast: Cast, rng: random.Random) -> str:
    """Every request and every verb of a person comes twice."""
    room = cast.room
    room.people_twice = True

    def end() -> None:
        room.people_twice = False

    return later(cast, rng, *WHILE_S, end)


def dock_all(cast: Cast, rng: random.Random) -> str:
    """Everybody goes to a charger, and then on."""
    cast.room.submit(ev.FleetControlled(verb=ev.FleetVerb.DOCK_ALL, by="trouble"))
    resume = ev.FleetControlled(verb=ev.FleetVerb.RESUME_ALL, by="trouble")
    return later(cast, rng, 5.0, 60.0, lambda: _submit(cast, resume))


def impostor(cast: Cast, rng: random.Random) -> str:
    """A second program with the same robot id says hello, again and again; it has no body."""
    robot, number = somebody(cast, rng), IMPOSTOR + rng.randrange(IMPOSTOR)
    hello = OrderBook(OrderMemory(), robot.facts).hello(robot.robot_id, f"impostor-{number}")
    data = Codec().encode(hello)
    for second in range(IMPOSTOR_S):
        cast.schedule.after(float(second), lambda: cast.room.hear(robot.robot_id, number, data))
    return f"of {robot.robot_id} for {IMPOSTOR_S} s"


def _submit(cast: Cast, event: ev.AnyEvent) -> None:
    cast.room.submit(event)


def heal(cast: Cast) -> None:
    """The machine works as it should."""
    room = cast.room
    room.journal.is_full, room.commit_s, room.people_twice = False, 0.0, False
    room.solve_s, room.solver_repeats, room.solver_dies = SOLVE_S, 0.0, SOLVER_DIES
    room.step_clock(-room.clock_off_s)
    for robot in cast.robots.values():
        robot.set_clock_rate(1.0)


KINDS: dict[str, Maker] = {
    "disk_full": disk_full,
    "slow_disk": slow_disk,
    "clock_step": clock_step,
    "clock_drift": clock_drift,
    "slow_solver": slow_solver,
    "stale_solver": stale_solver,
    "said_twice": said_twice,
    "dock_all": dock_all,
    "impostor": impostor,
}
