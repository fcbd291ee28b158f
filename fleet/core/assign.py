"""Which robot gets which mission: the core's side of missions.planning.allocation."""

import itertools
import math
from dataclasses import replace

from fleet.core import closed_ways, mission_rules, presence
from fleet.core.state import MissionRecord, RobotRecord
from fleet.core.work import Work
from maps.elements import NodeKind
from missions.planning.allocation import Bidder, Call, Offer, Refusal, choose
from missions.planning.charging import Battery

FINAL = ("NO_CAPABLE_ROBOT", "ROBOT_UNKNOWN", "ROBOT_NOT_CAPABLE", "NO_ROUTE")
"""Vetoes of the whole that no waiting mends."""
ASKED_MAX = 16
"""Robots that make a full bid: in a hospital all of them, in a large fleet the nearest."""
LOOKED_AT_MAX = 50
"""Waiting missions offered in one round: the most important ones; the rest follow as these are given away."""


def offer(work: Work, record: MissionRecord) -> Offer | Refusal:
    """Ask the robots that could be there first; everybody, when none of those can."""
    pinned = work.state.robots.get(record.mission.robot or "")
    robots = tuple(work.state.robots.values()) if pinned is None else (pinned,)
    nearest = _nearest(work, record, robots) if len(robots) > ASKED_MAX else robots
    outcome = _ask(work, record, nearest)
    if isinstance(outcome, Refusal) and len(nearest) < len(robots):
        return _ask(work, record, robots)
    return outcome


def _ask(work: Work, record: MissionRecord, robots: tuple[RobotRecord, ...]) -> Offer | Refusal:
    bidders = tuple(_bidder(work, robot) for robot in robots)
    chargers = tuple(n.node_id for n in work.graph.nodes.values() if n.kind is NodeKind.CHARGER)
    barrier = closed_ways.barrier(work)
    return choose(work.cells, _call(record), bidders, work.now_s, chargers=chargers, barrier=barrier)


def _nearest(work: Work, record: MissionRecord, robots: tuple[RobotRecord, ...]) -> tuple[RobotRecord, ...]:
    """The ASKED_MAX that can do it and would be there first, by forecasts: no more are worth a full bid."""
    node = record.mission.tasks[0].node
    ranked = []
    for number, robot in enumerate(robots):
        if robot.online and robot.in_service and robot.robot_id in work.state.jobs:
            ready_s, cell = _free_after_all(work, robot)
            table = work.cells.travel_table(node, robot.facts.speed_mps_max, work.graphs_of(robot.facts))
            ranked.append((ready_s + table.get(cell, math.inf), number))
    skills = _call(record).skills
    able = (number for _at_s, number in sorted(ranked) if set(skills) <= set(robots[number].facts.skills))
    return tuple(robots[number] for number in itertools.islice(able, ASKED_MAX))


def _free_after_all(work: Work, robot: RobotRecord) -> tuple[float, str]:
    """When and where its last mission is forecast to end."""
    if not robot.queue:
        return (work.now_s, work.traffic.position(robot.robot_id))
    last = work.state.missions[robot.queue[-1]]
    return (max(work.now_s, last.end_s or work.now_s), last.mission.tasks[-1].node)


def is_final(refusal: Refusal) -> bool:
    return refusal.code in FINAL


def waiting_missions(work: Work) -> None:
    """Offer the waiting missions, the most important first, then the oldest."""
    records = [work.state.missions[mission_id] for mission_id in work.state.queued]
    records.sort(key=lambda record: (-record.mission.priority, record.mission.mission_id))
    for record in records[:LOOKED_AT_MAX]:
        outcome = offer(work, record)
        if isinstance(outcome, Offer):
            give(work, record.mission.mission_id, outcome)
        else:
            keep_waiting(work, record.mission.mission_id, outcome)
    if work.state.queued:
        work.state.allocate_at_s = work.now_s + work.settings.allocate_again_s


def give(work: Work, mission_id: str, chosen: Offer) -> None:
    """Put the mission into the robot's queue and say why it is this one."""
    record, robot = work.state.missions[mission_id], work.state.robots[chosen.agent_id]
    begun = 1 if robot.queue and _is_begun(work, robot.queue[0]) else 0
    at = begun + chosen.position
    queue = (*robot.queue[:at], mission_id, *robot.queue[at:])
    work.put_robot(replace(robot, queue=queue))
    state = work.lifecycle.advance(record.state, "assign")
    work.put_mission(
        replace(
            record,
            state=state,
            robot=robot.robot_id,
            because=chosen.because,
            waiting="" if at == 0 else f"mission {queue[at - 1]}",
            waiting_since_s=None if at == 0 else work.now_s,
            start_s=chosen.start_s,
            end_s=chosen.start_s + chosen.duration_s,
        )
    )
    work.tell(mission_id, "assigned", chosen.because, robot=robot.robot_id)
    work.touch(robot.robot_id)


def keep_waiting(work: Work, mission_id: str, refusal: Refusal) -> None:
    record = work.state.missions[mission_id]
    if record.because != refusal.because:
        closure = work.state.closures.get(refusal.closure)
        waiting = closed_ways.waiting_word(closure) if closure is not None else "robot_any"
        work.put_mission(replace(record, because=refusal.because, waiting=waiting))
        work.tell(mission_id, "waiting", refusal.because)
    work.state.allocate_at_s = work.now_s + work.settings.allocate_again_s


def try_another(work: Work, robot: RobotRecord, because: str) -> bool:
    """The robot has no way to a mission that it has not begun, or of which nothing is done that another robot
    could: offer it again. False when the robot keeps it."""
    head = work.state.missions[robot.queue[0]]
    if closed_ways.is_begun(head) and (closed_ways.is_carried(head) or not _another_can(work, robot, head)):
        return False
    return mission_rules.give_back(work, head.mission.mission_id, because, tried=False)


def _another_can(work: Work, robot: RobotRecord, record: MissionRecord) -> bool:
    others = tuple(other for other in work.state.robots.values() if other.robot_id != robot.robot_id)
    return record.mission.robot is None and isinstance(_ask(work, record, others), Offer)


def forecast(work: Work, robot_id: str) -> None:
    """Put the plan's predictions into the mission that the robot carries out."""
    record = work.state.missions[work.state.robots[robot_id].queue[0]]
    last = record.mission.tasks[-1]
    eta_s = work.traffic.eta(robot_id, f"{record.mission.mission_id}/{last.seq}")
    if eta_s is not None:
        work.put_mission(replace(record, end_s=eta_s + last.duration_s))


def _is_begun(work: Work, mission_id: str) -> bool:
    return closed_ways.is_begun(work.state.missions[mission_id])


def _call(record: MissionRecord) -> Call:
    mission = record.mission
    return Call(
        mission_id=mission.mission_id,
        tasks=mission.tasks,
        priority=mission.priority,
        pinned=mission.robot,
    )


def _bidder(work: Work, robot: RobotRecord) -> Bidder:
    facts = robot.facts
    veto, because = _veto(work, robot)
    ready_s, ready_cell = _ready(work, robot)
    return Bidder(
        agent=presence.agent_of(work, robot),
        skills=facts.skills,
        ready_s=ready_s,
        ready_cell=ready_cell,
        battery=Battery(
            fraction=robot.battery_fraction,
            capacity_wh=facts.battery_wh,
            draw_idle_w=facts.draw_idle_w,
            draw_moving_w=facts.draw_moving_w,
            draw_action_w=facts.draw_action_w,
            reserve_fraction=facts.reserve_fraction,
        ),
        queue=_queued(work, robot),
        busy_wh=(facts.draw_moving_w + facts.draw_idle_w) * max(0.0, ready_s - work.now_s) / 3600.0,
        veto=veto,
        veto_because=because,
    )


def _queued(work: Work, robot: RobotRecord) -> tuple[Call, ...]:
    """The missions that it has not begun; kept while its queue is the same, since every offer asks."""
    begun = bool(robot.queue) and _is_begun(work, robot.queue[0])
    waiting = robot.queue[1:] if begun else robot.queue
    known = work.calls.get(robot.robot_id)
    if known is not None and known[0] == waiting:
        return known[1]
    calls = tuple(_call(work.state.missions[queued]) for queued in waiting)
    work.calls[robot.robot_id] = (waiting, calls)
    return calls


def _veto(work: Work, robot: RobotRecord) -> tuple[str, str]:
    """What keeps a robot from any mission for now."""
    if robot.lost:
        return ("ROBOT_LOST", "is lost")
    if not robot.online:
        return ("ROBOT_LOST", "is offline")
    if not robot.in_service:
        return ("ROBOT_OUT_OF_SERVICE", "is out of service")
    if work.state.docked:
        return ("ROBOT_BUSY", "stays docked until resume all")
    if robot.robot_id not in work.state.jobs or robot.robot_id in work.state.astray:
        return ("ROBOT_BUSY", "stands where it cannot be placed")  # until somebody moves it
    if work.job(robot.robot_id).refused_until_s > work.now_s:
        return ("ROBOT_BUSY", "refused an order a moment ago")
    if closed_ways.is_cut_off(work, work.job(robot.robot_id)):
        return ("WAY_CLOSED", "waits for a closed way with what it has begun")
    if robot.errand == "dock":
        return ("ROBOT_BUSY", "was sent to dock")
    if robot.mode == "fault":
        return ("ROBOT_BUSY", "reports a fault")
    return ("", "")


def _ready(work: Work, robot: RobotRecord) -> tuple[float, str]:
    """When and where it is done with the mission that it has begun."""
    if robot.robot_id not in work.state.jobs:
        return (work.now_s, "")
    here = work.traffic.position(robot.robot_id)
    if not robot.queue or not _is_begun(work, robot.queue[0]):
        return (work.now_s, here)
    head = work.state.missions[robot.queue[0]]
    return (max(work.now_s, head.end_s or work.now_s), head.mission.tasks[-1].node)
