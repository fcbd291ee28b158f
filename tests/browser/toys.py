"""Toy robots in real time for the browser tests: they drive what they are told and play each skill's phases.

The core and the API are the real ones; only bodies, doors and lifts are toys.
"""

import math
from dataclasses import dataclass, field

from fleet.core import commands as cm
from fleet.core import events as ev

SPEED_MPS = 4.0
"""Faster than any real one, so that tests need not wait."""
BATTERY_PER_S = 0.0004
PERSON_S = 1e9
"""A phase that waits for a person has no end of its own."""

PHASES: dict[str, tuple[tuple[str, float], ...]] = {
    "load": (("awaiting_goods", PERSON_S), ("closing", 1.0)),
    "unload": (("awaiting_pin", PERSON_S), ("awaiting_collection", 4.0), ("closing", 1.0)),
    "capture": (("dwelling", 2.0), ("capturing", 0.5)),
    "uv_expose": (("announcing", 3.0), ("scanning", 3.0), ("warming_up", 2.0), ("exposing", 30.0)),
    "greet": (("awaiting_visitor", 5.0),),
    "charge": (("connecting", 1.0), ("charging", 40.0)),
    "lead": (("leading", 0.0), ("saying_goodbye", 1.0)),
}


@dataclass
class Toy:
    robot_id: str
    level: str
    x_m: float
    y_m: float
    yaw_rad: float = 0.0
    battery_fraction: float = 0.9
    mode: str = "autonomous"
    order: cm.SendOrder | None = None
    todo: list[cm.OrderCell] = field(default_factory=list)
    passed_seq: int = -1
    phases: list[tuple[str, float]] = field(default_factory=list)
    phase_left_s: float = 0.0
    mute: bool = False
    """Switched off: it neither drives nor answers."""
    driving: bool = False
    moved: bool = True
    """It has a pose to tell."""
    reported: tuple[object, ...] = ()

    # -- being told ----------------------------------------------------------------------------------

    def obey(self, command: cm.SendOrder | cm.SendCancel | cm.SendInstant) -> list[ev.AnyEvent]:
        if self.mute:
            return []
        if isinstance(command, cm.SendInstant):
            return self._instant(command)
        if isinstance(command, cm.SendCancel):
            self.order, self.todo, self.phases = None, [], []
            return [ev.InstantAcknowledged(robot_id=self.robot_id, ref=command.cancel_id, ok=True)]
        return [self._accept(command)]

    def _accept(self, order: cm.SendOrder) -> ev.AnyEvent:
        if self.order is None or self.order.order_id != order.order_id:
            self.todo, self.phases = list(order.base[1:]), []
            self.passed_seq = order.base[0].seq
        else:
            known = max([self.passed_seq, *(cell.seq for cell in self.todo)])
            self.todo += [cell for cell in order.base if cell.seq > known]
        self.order = order
        return ev.OrderAccepted(
            robot_id=self.robot_id, order_id=order.order_id, order_update_id=order.order_update_id
        )

    def _instant(self, command: cm.SendInstant) -> list[ev.AnyEvent]:
        self.mode = {"pause": "paused", "resume": "autonomous", "stop": "stopped"}.get(
            command.verb, self.mode
        )
        ok = command.verb != "confirm" or self._confirm(command.params)
        because = "" if ok else "wrong PIN, 2 more tries"
        return [
            ev.InstantAcknowledged(robot_id=self.robot_id, ref=command.instant_id, ok=ok, because=because)
        ]

    def _confirm(self, params: dict[str, str]) -> bool:
        right = self.order is not None and self.order.action is not None
        if right and params.get("what") == "pin":
            assert self.order is not None
            assert self.order.action is not None
            right = params.get("value") == self.order.action.params.get("pin")
        if right:
            self.phase_left_s = 0.0
        return right

    # -- doing ------------------------------------------------------------------------------------------

    def step(self, places: "Places", elapsed_s: float) -> list[ev.AnyEvent]:
        self.moved = self.driving  # one more pose when it has come to a stand
        self.driving = False
        if self.mute:
            return []
        events: list[ev.AnyEvent] = []
        if self.mode == "autonomous" and self.order is not None:
            if self.todo:
                events += self._drive(places, elapsed_s)
            elif self.order.last and self.order.action is not None:
                events += self._act(self.order, self.order.action, elapsed_s)
        if self.reported != self._state():
            self.reported = self._state()
            events.append(self._report())
        return events

    def _drive(self, places: "Places", elapsed_s: float) -> list[ev.AnyEvent]:
        assert self.order is not None
        self.moved = self.driving = True
        self.battery_fraction = max(self.battery_fraction - BATTERY_PER_S * elapsed_s, 0.02)
        left_m = SPEED_MPS * elapsed_s
        events: list[ev.AnyEvent] = []
        while self.todo and left_m > 0:
            cell = self.todo[0]
            level, x_m, y_m = places[cell.cell]
            away_m = math.hypot(x_m - self.x_m, y_m - self.y_m)
            if away_m > 0.01:
                self.yaw_rad = math.atan2(y_m - self.y_m, x_m - self.x_m)
            share = 1.0 if away_m <= left_m else left_m / away_m
            self.x_m += (x_m - self.x_m) * share
            self.y_m += (y_m - self.y_m) * share
            left_m -= away_m
            if share == 1.0:
                self.todo.pop(0)
                self.level, self.passed_seq = level, cell.seq
                events.append(
                    ev.NodePassed(robot_id=self.robot_id, order_id=self.order.order_id, seq=cell.seq)
                )
        return events

    def _act(self, order: cm.SendOrder, action: cm.OrderAction, elapsed_s: float) -> list[ev.AnyEvent]:
        if not self.phases:
            self.phases = [("begin", 0.0), *PHASES.get(action.action_type, (("dwelling", 1.0),))]
            self.phase_left_s = 0.0
        self.phase_left_s -= elapsed_s
        if action.action_type == "charge":
            self.battery_fraction = min(self.battery_fraction + 0.01 * elapsed_s, 1.0)
        if self.phase_left_s > 0:
            return []
        self.phases.pop(0)
        status, phase = ("running", self.phases[0][0]) if self.phases else ("finished", "finished")
        if self.phases:
            self.phase_left_s = self.phases[0][1]
        else:
            self.order = None
        return [
            ev.ActionReported(
                robot_id=self.robot_id,
                order_id=order.order_id,
                action_id=action.action_id,
                status=status,
                phase=phase,
                result={"waited_s": 4.0} if status == "finished" else {},
            )
        ]

    # -- telling ------------------------------------------------------------------------------------------

    @property
    def skill(self) -> str:
        acts = self.order is not None and self.order.action is not None and bool(self.phases)
        return self.order.action.action_type if acts and self.order and self.order.action else ""

    @property
    def activity(self) -> str:
        if self.skill:
            return "charging" if self.skill == "charge" else "acting"
        if self.order is None:
            return "ready_idle"
        return "moving" if self.todo else "ready_assigned"

    def _state(self) -> tuple[object, ...]:
        phase = self.phases[0][0] if self.phases else ""
        return (self.activity, self.mode, round(self.battery_fraction, 2), self.skill, phase)

    def _report(self) -> ev.RobotReported:
        return ev.RobotReported(
            robot_id=self.robot_id,
            activity=self.activity,
            mode=self.mode,
            battery_fraction=round(self.battery_fraction, 2),
            charging=self.skill == "charge",
            skill=self.skill,
            phase=self.phases[0][0] if self.phases else "",
        )


Places = dict[str, tuple[str, float, float]]
"""Cell to level, x_m, y_m."""
