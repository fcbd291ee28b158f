"""What robots do to the world, held against the missions.

No effect twice, no lift freed too early, no battery that runs low in silence. It looks at bodies and
commands, not at what the core believes of them.

An effect is a tray that is unlocked, a lamp that is lit. It belongs to a task (the order's name says which).
Twice is wrong in three ways: an order's action goes on after its end was remembered on the robot's disk;
another order begins the effect of a task that may not be repeated; any order begins it for a task that the
orchestrator knows to be done.
Within one action it may come again: a stop puts a lamp out, and it is lit again
when the robot goes on.
"""

from collections.abc import Callable, Iterator, Sequence

from fleet.core.commands import AnyCommand, ReleaseLift
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import MissionRecord
from fleet.store.entry import NewEntry
from missions.mission import TaskState
from robots.drivers.base import SetDevice
from robots.protocol import ActionStatus
from simulators.body import Body
from simulators.sim_robot import SimRobot
from simulators.world import World

Found = Iterator[tuple[str, str]]
"""Invariant and story."""
EFFECTS = {"tray_lock": "unlocked", "lamp": "on"}
INSIDE_M = -0.3
"""Deep in the cabin: where the robot turns round on the sill, its middle is nearer to the wall than this."""
ALARM_S = 60.0
"""The orchestrator's patience with a silent robot (30 s), and as much again. Counted while it is up."""
ALARMS = ("robot_fault", "robot_lost", "quarantined", "off_map")


class EffectsWatch:
    def __init__(self, world: World, robots: dict[str, SimRobot]) -> None:
        self._world = world
        self._missions: dict[str, MissionRecord] = {}
        self._done_by: dict[tuple[str, int], str] = {}
        self._low_s: dict[str, float] = {}
        self._alarmed: dict[str, None] = {}
        self._wrong: list[tuple[str, str]] = []
        self._looked_s = world.now_s
        for robot in robots.values():
            robot.on_device = self._listener(robot)

    def _listener(self, robot: SimRobot) -> Callable[[SetDevice], None]:
        return lambda message: self.acts(robot, message)

    # -- effects ---------------------------------------------------------------------------------------

    def acts(self, robot: SimRobot, message: SetDevice) -> None:
        """The robot switches a device; what is wrong with it is told at the next look."""
        memory = robot.agent.memory if robot.agent is not None else None
        order = memory.order if memory is not None else None
        if EFFECTS.get(message.device) != message.value or memory is None or order is None:
            return
        what = f"{robot.robot_id} sets {message.device} to {message.value} for {order.order_id}"
        outcome = memory.outcome
        if outcome is not None and outcome.status is ActionStatus.FINISHED:
            self._wrong.append(("effect_twice", f"{what}, which it remembers to have finished"))
        mission_id, _, rest = order.order_id.partition("/")
        record = self._missions.get(mission_id)
        if record is not None:
            self._belongs(record, int(rest.partition("/")[0]), order.order_id, what)

    def _belongs(self, record: MissionRecord, task: int, order_id: str, what: str) -> None:
        key = (record.mission.mission_id, task)
        if record.tasks[task].state is TaskState.DONE:
            self._wrong.append(("effect_twice", f"{what}, and that task is done"))
        first = self._done_by.setdefault(key, order_id)
        if first != order_id and not record.mission.tasks[task].repeatable:
            self._wrong.append(("effect_twice", f"{what}, and {first} did so before: it may not be repeated"))

    # -- looks -----------------------------------------------------------------------------------------

    def rows(self, entries: Sequence[NewEntry]) -> Found:
        """New journal rows."""
        for entry in entries:
            for record in entry.changed:
                if isinstance(record, MissionRecord):
                    self._missions[record.mission.mission_id] = record
                elif getattr(record, "kind", "") in ALARMS:
                    self._alarmed[getattr(record, "subject", "")] = None
        yield from self.told()

    def told(self) -> Found:
        wrong, self._wrong = self._wrong, []
        yield from wrong

    def performs(self, command: AnyCommand) -> Found:
        """A command is carried out."""
        if not isinstance(command, ReleaseLift) or command.session not in self._world.bodies:
            return
        body = self._world.bodies[command.session]
        cabin = self._world.building.lifts.get(command.lift)
        if cabin is None or body.mover.level != cabin.level:
            return
        if cabin.contains(body.mover.point, margin_m=INSIDE_M):
            yield (
                "lift_freed",
                f"{command.lift} is freed by {body.robot_id}, which is inside: {command.because}",
            )

    def steps(self, core: Orchestrator) -> Found:
        """The orchestrator has done a step."""
        yield from self.told()
        since_s, self._looked_s = self._world.now_s - self._looked_s, self._world.now_s
        for body in self._world.bodies.values():
            yield from self._low(body, since_s, core)

    def _low(self, body: Body, since_s: float, core: Orchestrator) -> Found:
        name = body.robot_id
        if body.battery.fraction >= body.facts.low_fraction:
            self._low_s.pop(name, None)
            self._alarmed.pop(name, None)
            return
        if name in self._alarmed or body.battery.fraction >= body.facts.reserve_fraction:
            return
        if f"robot_fault {name}" in core.state.open_alerts or f"robot_lost {name}" in core.state.open_alerts:
            return  # said before, and still so
        self._low_s[name] = self._low_s.get(name, 0.0) + min(since_s, 1.0)
        if self._low_s[name] > ALARM_S and name in core.state.robots:
            left = f"{body.battery.fraction:.0%}, under its reserve of {body.facts.reserve_fraction:.0%}"
            yield "battery", f"{name} has {left}, and nobody was told for {self._low_s[name]:.0f} s"
