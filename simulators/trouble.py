"""What goes wrong in a run: a seed picks which kinds of trouble happen at all, how often, when and to whom.

Every trouble ends by itself; heal() ends what is left. Swarm sampling: with all kinds on at once no run would
get far enough to meet the rare ones.
"""

import random
from collections.abc import Callable
from functools import partial

from fleet.core import events as ev
from missions.planning.closures import ElementKind
from simulators import trouble_bodies, trouble_network, trouble_people, trouble_programs, trouble_world
from simulators.battery import Battery
from simulators.cast import Cast, Maker
from simulators.control_room import ControlRoom
from simulators.faults import (
    AnyWorldFault,
    DoorJam,
    FireContact,
    Intrusion,
    LiftFailure,
    Obstruction,
    PowerFailure,
    VisitorStays,
    apply_fault,
)
from simulators.network import HEALTHY, ROUGH
from simulators.sim_robot import SimRobot
from simulators.world import World

EVERY_S = (12.0, 60.0)
"""Mean time between two troubles of a run; the seed chooses."""
KINDS_SHARE = 0.5
FORGETS = 0.15
"""Share of robot crashes that lose the disk too."""
MIDDLE = 0.5
"""Share of crashes in the middle of carrying something out."""
BOOT_S = 5.0
CLOSED_S = (5.0, 120.0)
LANES_AHEAD = 30
"""Steps before a robot on which lanes are closed: some released, some not."""
STANDING_BATTERY = 0.5
FURTHER: dict[str, Maker] = {
    **trouble_network.KINDS,
    **trouble_programs.KINDS,
    **trouble_bodies.KINDS,
    **trouble_world.KINDS,
    **trouble_people.KINDS,
}
"""Kinds that live in modules of their own."""
OWN = (
    "orchestrator_crash",
    "robot_crash",
    "link_cut",
    "link_drop",
    "rough_network",
    "power_failure",
    "door_jam",
    "lift_failure",
    "intrusion",
    "obstruction",
    "fire",
    "visitor_stays",
    "mission_control",
    "robot_control",
    "stop_all",
    "closing",
)
"""Kinds that Trouble makes itself, by the methods of these names."""
Told = Callable[[str, str], None]
"""(kind, what exactly)"""


def all_kinds() -> tuple[str, ...]:
    """Every kind of trouble that there is."""
    return (*OWN, *FURTHER)


class Trouble:
    """Strike k of a seed has a time, and a generator of its own: without the others it is still the same.

    only: these strikes happen; None: all.
    """

    def __init__(
        self,
        cast: Cast,
        seed: int,
        end_s: float,
        only: tuple[int, ...] | None = None,
        told: Told = lambda _kind, _detail: None,
    ) -> None:
        self._cast = cast
        self._seed = seed
        self._only = only
        self._told = told
        self._times = random.Random(f"trouble {seed}")
        self._end_s = end_s
        self._kinds = tuple(name for name in self._makers() if self._times.random() < KINDS_SHARE)
        self._mean_s = self._times.uniform(*EVERY_S)
        self._rng = self._times
        """Of the present strike."""
        self._planned = 0
        self.log: list[str] = []
        self.struck: dict[int, str] = {}
        """Strike to its kind."""
        self._plan_next()

    def _makers(self) -> dict[str, Callable[[], str]]:
        own: dict[str, Callable[[], str]] = {name: getattr(self, f"_{name}") for name in OWN}
        return {**own, **{name: partial(self._further, maker) for name, maker in FURTHER.items()}}

    def _further(self, maker: Maker) -> str:
        return maker(self._cast, self._rng)

    @property
    def kinds(self) -> tuple[str, ...]:
        return self._kinds

    def _plan_next(self) -> None:
        at_s = self._cast.schedule.now_s + self._times.expovariate(1.0 / self._mean_s)
        if self._kinds and at_s < self._end_s:
            index, self._planned = self._planned, self._planned + 1
            self._cast.schedule.at(at_s, lambda: self._strike(index))

    def _strike(self, index: int) -> None:
        if self._only is None or index in self._only:
            self._rng = random.Random(f"strike {self._seed} {index}")
            name = self._rng.choice(self._kinds)
            self.struck[index] = name  # first: it may be this very strike that violates something
            detail = self._makers()[name]()
            self._told(name, detail)
            self.log.append(f"{self._cast.schedule.now_s:.1f} {name} {detail}".rstrip())
        self._plan_next()

    def _later(self, shortest_s: float, longest_s: float, callback: Callable[[], None]) -> str:
        for_s = self._rng.uniform(shortest_s, longest_s)
        self._cast.schedule.after(for_s, callback)
        return f"for {for_s:.1f} s"

    def _robot(self) -> SimRobot:
        return self._rng.choice(list(self._cast.robots.values()))

    # -- programs and links ----------------------------------------------------------------------------

    def _orchestrator_crash(self) -> str:
        room = self._cast.room
        if self._rng.random() < MIDDLE:
            room.crash_after(self._rng.randint(0, 6))
        else:
            room.crash()
        return self._later(1.0, 20.0, lambda: _restart(room))

    def _robot_crash(self) -> str:
        robot, forget = self._robot(), self._rng.random() < FORGETS
        if self._rng.random() < MIDDLE:
            robot.crash_after(self._rng.randint(0, 4))
        else:
            robot.crash(forget=forget)
        told = self._later(1.0, 45.0, lambda: _reboot(robot))
        return f"{robot.robot_id}{' with its memory' if forget else ''} {told}"

    def _link_cut(self) -> str:
        robot = self._robot()
        robot.set_cut(True)
        return f"{robot.robot_id} {self._later(1.0, 45.0, lambda: robot.set_cut(False))}"

    def _link_drop(self) -> str:
        robot = self._robot()
        robot.drop()
        return robot.robot_id

    def _rough_network(self) -> str:
        for robot in self._cast.robots.values():
            robot.set_quality(ROUGH)
        return self._later(20.0, 90.0, self._calm)

    def _calm(self) -> None:
        """Facts may have been lost on a link that stood: both ends say hello again, as after a real break."""
        for robot in self._cast.robots.values():
            robot.set_quality(HEALTHY)
            robot.drop()

    # -- the floor -------------------------------------------------------------------------------------

    def _world_fault(self, fault: AnyWorldFault, end: AnyWorldFault, longest_s: float) -> str:
        apply_fault(self._cast.world, fault)
        told = self._later(5.0, longest_s, lambda: apply_fault(self._cast.world, end))
        return f"{fault} {told}"

    def _power_failure(self) -> str:
        """Now and then the computer has a battery of its own and runs on."""
        robot = self._robot()
        if self._rng.random() < MIDDLE:
            robot.crash()
        apply_fault(self._cast.world, PowerFailure(robot=robot.robot_id))
        return f"{robot.robot_id} {self._later(5.0, 60.0, lambda: self._power_up(robot))}"

    def _power_up(self, robot: SimRobot) -> None:
        apply_fault(self._cast.world, PowerFailure(robot=robot.robot_id, failed=False))
        robot.boot()

    def _door_jam(self) -> str:
        doors = list(self._cast.world.building.doors)
        if not doors:
            return "no door"
        name = self._rng.choice(doors)
        return self._world_fault(DoorJam(door=name), DoorJam(door=name, jammed=False), 40.0)

    def _lift_failure(self) -> str:
        lifts = list(self._cast.world.building.lifts)
        if not lifts:
            return "no lift"
        name = self._rng.choice(lifts)
        return self._world_fault(LiftFailure(lift=name), LiftFailure(lift=name, failed=False), 60.0)

    def _intrusion(self) -> str:
        """Preferably where a lamp is lit."""
        world = self._cast.world
        lit = [world.room_of(body) for body in world.bodies.values() if body.is_lit]
        rooms = [room.room_id for room in lit if room is not None] or list(world.graph.rooms)
        if not rooms:
            return "no room"
        fault = Intrusion(room=self._rng.choice(rooms), stay_s=self._rng.uniform(3.0, 25.0))
        apply_fault(world, fault)
        return str(fault)

    def _obstruction(self) -> str:
        name = self._rng.choice(list(self._cast.world.graph.nodes))
        return self._world_fault(Obstruction(node=name), Obstruction(node=name, present=False), 60.0)

    def _fire(self) -> str:
        told = self._world_fault(FireContact(), FireContact(active=False), 40.0)
        self._later(45.0, 60.0, self._resume_all)
        return told

    def _visitor_stays(self) -> str:
        robot = self._robot().robot_id
        apply_fault(self._cast.world, VisitorStays(robot=robot))
        return robot

    # -- people at the console ---------------------------------------------------------------------------

    def _mission_control(self) -> str:
        core = self._cast.room.core
        missions = [m for m in core.state.missions if m not in core.state.ended] if core is not None else []
        if not missions:
            return "no mission"
        name, verb = self._rng.choice(missions), self._rng.choice(list(ev.MissionVerb))
        self._cast.room.submit(ev.MissionControlled(mission_id=name, verb=verb, by="trouble"))
        resume = ev.MissionControlled(mission_id=name, verb=ev.MissionVerb.RESUME, by="trouble")
        if verb is ev.MissionVerb.PAUSE:
            self._later(5.0, 60.0, lambda: self._say(resume))
        return f"{verb} {name}"

    def _robot_control(self) -> str:
        verbs = (
            ev.RobotVerb.PAUSE,
            ev.RobotVerb.STOP,
            ev.RobotVerb.DOCK,
            ev.RobotVerb.OUT_OF_SERVICE,
        )
        name, verb = self._robot().robot_id, self._rng.choice(verbs)
        self._say(ev.RobotControlled(robot_id=name, verb=verb, by="trouble"))
        self._later(5.0, 60.0, lambda: self._free(name))
        return f"{verb} {name}"

    def _free(self, name: str) -> None:
        for verb in (ev.RobotVerb.RESUME, ev.RobotVerb.IN_SERVICE):
            self._say(ev.RobotControlled(robot_id=name, verb=verb, by="trouble"))

    def _stop_all(self) -> str:
        self._say(ev.FleetControlled(verb=ev.FleetVerb.STOP_ALL, by="trouble"))
        return self._later(5.0, 40.0, self._resume_all)

    def _resume_all(self) -> None:
        self._say(ev.FleetControlled(verb=ev.FleetVerb.RESUME_ALL, by="trouble"))

    def _closing(self) -> str:
        """Anything, for a while; now and then by a time at which it opens by itself."""
        graph, rng = self._cast.world.graph, self._rng
        kinds = {
            ElementKind.LANE: list(graph.edges),
            ElementKind.ZONE: list(graph.zones),
            ElementKind.ROOM: list(graph.rooms),
            ElementKind.DOOR: list(graph.doors),
            ElementKind.LIFT: list(graph.lifts),
        }
        kind = rng.choice([kind for kind, ids in kinds.items() if ids])
        name = self._on_a_way() if kind is ElementKind.LANE else ""
        name, for_s = name or rng.choice(kinds[kind]), rng.uniform(*CLOSED_S)
        until_s = self._cast.schedule.now_s + for_s if rng.random() < MIDDLE else None
        one_way = kind is ElementKind.LANE and rng.random() < MIDDLE
        self._say(
            ev.ElementClosed(
                kind=kind,
                element_id=name,
                by="trouble",
                because="a leak",
                until_s=until_s,
                one_way=one_way,
            )
        )
        if until_s is None:
            opened = ev.ElementOpened(kind=kind, element_id=name, by="trouble")
            self._cast.schedule.after(for_s, lambda: self._say(opened))
        return f"{kind} {name} for {for_s:.1f} s"

    def _on_a_way(self) -> str:
        """A lane that a robot is about to use; '' when nobody is."""
        core = self._cast.room.core
        cells = self._cast.room.cells.cells
        plans = core.traffic.state.plans.values() if core is not None else ()
        ahead = [cells[step.cell].lane for plan in plans for step in plan.steps[:LANES_AHEAD]]
        lanes = list(dict.fromkeys(lane for lane in ahead if lane is not None))
        return self._rng.choice(lanes) if lanes else ""

    def _say(self, event: ev.AnyEvent) -> None:
        self._cast.room.submit(event)


def _restart(room: ControlRoom) -> None:
    if room.is_up:
        room.crash()  # it was to die in the middle of something, and nothing came
    room.start()


def _reboot(robot: SimRobot) -> None:
    if robot.agent is not None:
        robot.crash()
    robot.boot()


def heal(cast: Cast) -> None:
    """Everything is mended, and the operators let everybody go on."""
    _heal_world(cast.world)
    for robot in cast.robots.values():
        robot.boot()
    trouble_network.heal(cast)
    trouble_programs.heal(cast)
    trouble_world.heal(cast)
    trouble_people.heal(cast)
    cast.room.start()


def _heal_world(world: World) -> None:
    for body in world.bodies.values():
        if body.battery.fraction < STANDING_BATTERY:
            body.battery = Battery(body.facts, STANDING_BATTERY)
        apply_fault(world, PowerFailure(robot=body.robot_id, failed=False))
    for door in world.building.doors:
        apply_fault(world, DoorJam(door=door, jammed=False))
    for lift in world.building.lifts:
        apply_fault(world, LiftFailure(lift=lift, failed=False))
    for node in tuple(world.ways.obstacles):
        apply_fault(world, Obstruction(node=node, present=False))
    apply_fault(world, FireContact(active=False))


def let_go_on(cast: Cast) -> None:
    """What an operator does after an incident; said again until everybody goes on."""
    core = cast.room.core
    if core is None:
        return
    for closure_id in core.state.closures:
        cast.room.submit(ev.ElementOpened(closure_id=closure_id, by="operator"))
    if core.state.stopped:
        cast.room.submit(ev.FleetControlled(verb=ev.FleetVerb.RESUME_ALL, by="operator"))
    for name, robot in core.state.robots.items():
        if robot.mode in ("paused", "stopped"):
            cast.room.submit(ev.RobotControlled(robot_id=name, verb=ev.RobotVerb.RESUME, by="operator"))
        if not robot.in_service:
            cast.room.submit(ev.RobotControlled(robot_id=name, verb=ev.RobotVerb.IN_SERVICE, by="operator"))
    for mission_id, record in core.state.missions.items():
        if record.state.value == "paused":
            cast.room.submit(
                ev.MissionControlled(mission_id=mission_id, verb=ev.MissionVerb.RESUME, by="operator")
            )
