"""The core of the orchestrator: handle(event, now_s) -> commands, and next_deadline_s().

No I/O, no clock, no randomness, no logging. The table at the end is the table of contents.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from fleet.config import Settings
from fleet.core import (
    building_rules,
    closures,
    dispatch,
    intake,
    mission_rules,
    presence,
    robot_rules,
    safety,
)
from fleet.core import events as ev
from fleet.core.commands import AnyCommand
from fleet.core.state import Record, State
from fleet.core.work import Work
from maps.graph import SiteGraph
from missions.planning.cells import CellGraph
from missions.planning.traffic import Traffic, TrafficState


@dataclass(slots=True, kw_only=True)
class _Snapshot:
    state: State
    traffic: TrafficState


class Orchestrator:
    def __init__(self, graph: SiteGraph, cells: CellGraph, settings: Settings) -> None:
        self._work = Work(graph, cells, settings)

    @property
    def state(self) -> State:
        """For reading; records in it are frozen and may be handed on."""
        return self._work.state

    @property
    def traffic(self) -> Traffic:
        """For reading: who holds which cells, and every robot's plan."""
        return self._work.traffic

    def handle(self, event: ev.AnyEvent, now_s: float) -> tuple[AnyCommand, ...]:
        """What follows from event, in order. The caller journals both before it does anything.

        now_s: Unix seconds, never less than at the last call.
        """
        work = self._work
        work.now_s = work.state.now_s = now_s
        HANDLERS[type(event)](work, event)
        dispatch.round_(work)
        out = tuple(work.out)
        work.out.clear()
        return out

    def next_deadline_s(self) -> float | None:
        """When DeadlineReached is due; None: nothing is."""
        state, settings = self._work.state, self._work.settings
        due = [due_s for _robot, _verb, due_s in state.ack_due.values()]
        for job in state.jobs.values():
            if safety.awaits_answer(job) and state.robots[job.robot_id].online:
                due.append(job.sent_s + settings.resend_s)
            if job.wants_plan and job.not_before_s > state.now_s:
                due.append(job.not_before_s)
        if state.rejoin_by_s:
            due.append(state.rejoin_by_s)
        if state.queued:
            due.append(state.allocate_at_s)
        due += [closure.until_s for closure in state.closures.values() if closure.until_s is not None]
        return min(due, default=None)

    def drain_changes(self) -> tuple[Record, ...]:
        """Records changed since the last call, each once and whole."""
        return self._work.take_changes()

    def snapshot(self) -> bytes:
        whole = _Snapshot(state=self._work.state, traffic=self._work.traffic.state)
        return msgspec.msgpack.encode(whole)

    def restore(self, data: bytes) -> None:
        """Replace everything by a snapshot's content. Raises msgspec.ValidationError when it is not one."""
        whole = msgspec.msgpack.decode(data, type=_Snapshot)
        self._work.state = whole.state
        self._work.traffic.state = whole.traffic
        self._work.now_s = whole.state.now_s
        self._work.calls.clear()
        self._work.barrier = None

    def digest(self) -> str:
        """Equal for equal states, in every process and under every hash seed."""
        return hashlib.sha256(self.snapshot()).hexdigest()


def _started(work: Work, event: ev.OrchestratorStarted) -> None:
    """Nobody has said hello to this run yet; the planner and the building are asked afresh."""
    del event
    for robot in tuple(work.state.robots.values()):
        work.put_robot(replace(robot, online=False, pending={}))
    work.state.ack_due.clear()
    work.state.astray.clear()
    work.state.solving = ()
    work.state.solving_version = -1
    work.state.rejoin_by_s = work.now_s + work.settings.lost_s if work.state.jobs else 0.0
    building_rules.ask_again(work)


def _deadline(work: Work, event: ev.DeadlineReached) -> None:
    del event
    safety.overdue(work)
    closures.expire(work)
    if work.state.queued and work.state.allocate_at_s <= work.now_s:
        work.state.allocate_due = True
    for job in work.state.jobs.values():
        if job.wants_plan and job.not_before_s <= work.now_s:
            work.touch(job.robot_id)


HANDLERS: dict[type, Callable[[Work, Any], None]] = {
    ev.MissionRequested: intake.requested,
    ev.MissionControlled: mission_rules.controlled,
    ev.MissionConfirmed: mission_rules.confirmed,
    ev.RobotControlled: safety.robot_controlled,
    ev.FleetControlled: safety.fleet_controlled,
    ev.AlertHandled: safety.alert_handled,
    ev.ElementClosed: closures.closed,
    ev.ElementOpened: closures.opened,
    ev.RobotJoined: presence.joined,
    ev.RobotLeft: presence.left,
    ev.RobotFellSilent: presence.fell_silent,
    ev.RobotQuarantined: presence.quarantined,
    ev.RobotReported: presence.reported,
    ev.NodePassed: robot_rules.node_passed,
    ev.OrderAccepted: robot_rules.order_accepted,
    ev.OrderRefused: robot_rules.order_refused,
    ev.ActionReported: robot_rules.action_reported,
    ev.InstantAcknowledged: robot_rules.acknowledged,
    ev.FaultReported: robot_rules.fault,
    ev.DoorReported: building_rules.door_reported,
    ev.LiftReported: building_rules.lift_reported,
    ev.FireReported: safety.fire_reported,
    ev.PlanSolved: dispatch.plan_solved,
    ev.SolverFailed: dispatch.solver_failed,
    ev.DeadlineReached: _deadline,
    ev.OrchestratorStarted: _started,
}
