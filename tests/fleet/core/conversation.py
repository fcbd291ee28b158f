"""A conversation with the real core: events in, commands out, robots as obedient puppets.

The planner and the building answer at once and inside the same call; time passes only when a test says so.
"""

from collections import deque
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fleet.config import Settings
from fleet.core import commands as cm
from fleet.core import events as ev
from fleet.core.orchestrator import Orchestrator
from fleet.core.state import MissionRecord, RobotRecord
from maps.graph import SiteGraph
from maps.load import load
from missions.mission import Mission
from missions.planning.cells import CellGraph
from missions.planning.planner import plan
from missions.templates import TemplateCatalogue

ROOT = Path(__file__).parents[3]
SKILLS = {
    "service": ("greet", "lead", "load", "unload", "announce", "charge"),
    "patrol": ("capture", "charge"),
    "disinfection": ("uv_expose", "charge"),
    "guide": ("greet", "lead", "announce", "charge"),
}


def facts(family: str = "service", **changes: object) -> ev.RobotFacts:
    values: dict[str, object] = {
        "model": family,
        "family": family,
        "names": {"en": family},
        "skills": SKILLS[family],
        "radius_m": 0.3,
        "speed_mps_max": 1.0,
        "acceleration_mps2": 0.5,
        "battery_wh": 500.0,
        "draw_idle_w": 20.0,
        "draw_moving_w": 100.0,
        "draw_action_w": {},
        "charge_w": 300.0,
        "reserve_fraction": 0.15,
        "low_fraction": 0.25,
        "graphs": ("0",),
    }
    return ev.RobotFacts(**{**values, **changes})  # type: ignore[arg-type]


@cache
def compiled(site: str) -> tuple[SiteGraph, CellGraph]:
    """Immutable, so that all conversations share it."""
    graph = SiteGraph(load(ROOT / site))
    return graph, CellGraph.build(graph)


@dataclass
class Puppet:
    """Does what it is told, one node a step; finishes an action in the step after it began."""

    robot_id: str
    order: cm.SendOrder | None = None
    todo: list[cm.OrderCell] = field(default_factory=list)
    passed: int = -1
    began: bool = False
    mute: bool = False
    hold_action: bool = False


class Conversation:
    def __init__(
        self, site: str = "maps/sites/county_hospital.yaml", *, settings: Settings | None = None
    ) -> None:
        self.graph, self.cells = compiled(site)
        self.settings = settings or Settings()
        self.core = Orchestrator(self.graph, self.cells, self.settings)
        self.templates = TemplateCatalogue.load(ROOT / "missions" / "templates")
        self.now_s = 1_000_000.0
        self.said: list[cm.AnyCommand] = []
        """Everything that came out, in order."""
        self.journal: list[tuple[float, ev.AnyEvent, tuple[cm.AnyCommand, ...]]] = []
        self.puppets: dict[str, Puppet] = {}
        self.solver_answers = True
        self.doors_work = True
        self.lifts_work = True
        self.say(ev.OrchestratorStarted(version="test", site_id=self.graph.site.site_id))

    # -- speaking -------------------------------------------------------------------------------------

    def say(self, event: ev.AnyEvent) -> tuple[cm.AnyCommand, ...]:
        """One event and all that follows at once; returns every command that came out."""
        events: deque[ev.AnyEvent] = deque([event])
        everything: list[cm.AnyCommand] = []
        while events:
            first = events.popleft()
            out = self.core.handle(first, self.now_s)
            self.core.drain_changes()
            self.journal.append((self.now_s, first, out))
            everything.extend(out)
            for command in out:
                events.extend(self._answers(command))
        self.said.extend(everything)
        return tuple(everything)

    def _answers(self, command: cm.AnyCommand) -> list[ev.AnyEvent]:
        match command:
            case cm.SolvePlan(problem=problem) if self.solver_answers:
                return [ev.PlanSolved(answer=plan(self.cells, problem))]
            case cm.RequestDoor(door=door, want=want) if self.doors_work:
                return [ev.DoorReported(door=door, state=want)]
            case cm.RequestLift(lift=lift, session=session, level=level) if self.lifts_work:
                return [ev.LiftReported(lift=lift, level=level, doors="open", session=session)]
            case cm.SendOrder() | cm.SendCancel() | cm.SendInstant():
                puppet = self.puppets.get(command.robot_id)
                return [] if puppet is None or puppet.mute else self._obey(puppet, command)
        return []

    def _obey(
        self, puppet: Puppet, command: cm.SendOrder | cm.SendCancel | cm.SendInstant
    ) -> list[ev.AnyEvent]:
        if isinstance(command, cm.SendInstant):
            return self._instant(puppet, command)
        if isinstance(command, cm.SendCancel):
            puppet.order, puppet.todo, puppet.began = None, [], False
            return [ev.InstantAcknowledged(robot_id=puppet.robot_id, ref=command.cancel_id, ok=True)]
        fresh = puppet.order is None or puppet.order.order_id != command.order_id
        known = -1 if fresh else puppet.passed
        puppet.todo = [c for c in puppet.todo if not fresh] + [
            cell for cell in command.base if cell.seq > max([known, *(c.seq for c in puppet.todo)])
        ]
        if fresh:
            puppet.todo, puppet.began, puppet.passed = list(command.base[1:]), False, command.base[0].seq
        puppet.order = command
        accepted = ev.OrderAccepted(
            robot_id=puppet.robot_id, order_id=command.order_id, order_update_id=command.order_update_id
        )
        return [accepted]

    def _instant(self, puppet: Puppet, command: cm.SendInstant) -> list[ev.AnyEvent]:
        mode = {"pause": "paused", "resume": "autonomous", "stop": "stopped"}.get(command.verb)
        ack = ev.InstantAcknowledged(robot_id=puppet.robot_id, ref=command.instant_id, ok=True)
        return [ack] if mode is None else [ack, self.report(puppet.robot_id, mode=mode)]

    def report(self, robot_id: str, **changes: object) -> ev.RobotReported:
        robot = self.robot(robot_id)
        values: dict[str, object] = {
            "activity": "ready_idle",
            "mode": robot.mode,
            "battery_fraction": robot.battery_fraction,
            "charging": robot.charging,
        }
        return ev.RobotReported(robot_id=robot_id, **{**values, **changes})  # type: ignore[arg-type]

    # -- doing ----------------------------------------------------------------------------------------

    def join(
        self, robot_id: str, node: str, family: str = "service", **changes: object
    ) -> tuple[cm.AnyCommand, ...]:
        place = self.graph.nodes[node]
        self.puppets.setdefault(robot_id, Puppet(robot_id))
        event = ev.RobotJoined(
            robot_id=robot_id,
            boot_id=str(changes.pop("boot_id", "boot-1")),
            facts=facts(family),
            level=place.level,
            x_m=place.x_m,
            y_m=place.y_m,
            battery_fraction=float(str(changes.pop("battery_fraction", 0.95))),
            **changes,  # type: ignore[arg-type]
        )
        return self.say(event)

    def ask(self, template: str, key: str = "key-1", **params: object) -> tuple[cm.AnyCommand, ...]:
        robot = params.pop("robot", None)
        priority = params.pop("priority", 1)
        mission: Mission = self.templates.expand(
            template, params, self.graph, priority=priority, robot=robot, requested_by="test"
        )
        return self.say(ev.MissionRequested(mission=mission, request_key=key))

    def step(self, seconds: float = 1.0) -> None:
        """Time passes: deadlines, then each puppet passes one node or gets on with its action."""
        self.now_s += seconds
        due_s = self.core.next_deadline_s()
        if due_s is not None and due_s <= self.now_s:
            self.say(ev.DeadlineReached())
        for robot_id in sorted(self.puppets):
            self._move(self.puppets[robot_id])

    def _move(self, puppet: Puppet) -> None:
        order = puppet.order
        if order is None or puppet.mute or self.robot(puppet.robot_id).mode != "autonomous":
            return
        if puppet.todo:
            cell = puppet.todo.pop(0)
            puppet.passed = cell.seq
            self.say(ev.NodePassed(robot_id=puppet.robot_id, order_id=order.order_id, seq=cell.seq))
        elif order.last and order.action is not None:
            self._act(puppet, order, order.action)

    def _act(self, puppet: Puppet, order: cm.SendOrder, action: cm.OrderAction) -> None:
        status = "finished" if puppet.began and not puppet.hold_action else "running"
        puppet.began = True
        if status == "finished":
            puppet.order = None
        self.say(
            ev.ActionReported(
                robot_id=puppet.robot_id, order_id=order.order_id, action_id=action.action_id, status=status
            )
        )

    def until(self, condition: object, steps: int = 400) -> None:
        """Let time pass until condition() holds; fails with the story when it never does."""
        for _ in range(steps):
            if condition():  # type: ignore[operator]
                return
            self.step()
        raise AssertionError("it never happened; the robots:\n" + self.story())

    # -- looking --------------------------------------------------------------------------------------

    def robot(self, robot_id: str) -> RobotRecord:
        return self.core.state.robots[robot_id]

    def mission(self, mission_id: str = "mission-000001") -> MissionRecord:
        return self.core.state.missions[mission_id]

    def ended(self) -> bool:
        return all(m.ended_s is not None for m in self.core.state.missions.values())

    def alerts(self) -> list[str]:
        return [f"{a.kind} {a.subject}" for a in self.core.state.alerts.values() if a.handled_s is None]

    def story(self) -> str:
        lines = [
            f"{r.robot_id}: at {r.node}, {r.activity}, errand {r.errand!r}, queue {r.queue}, "
            f"waits {r.waiting!r}, because {r.because!r}, {self.core.state.jobs.get(r.robot_id)}"
            for r in self.core.state.robots.values()
        ]
        lines += [
            f"{m.mission.mission_id}: {m.state}, {m.because!r}" for m in self.core.state.missions.values()
        ]
        return "\n".join(lines)
