"""What robots do without a mission: charge, dock, make way, go and rest."""

import math
from dataclasses import replace

from fleet.core import mission_rules, orders, robot_rules
from fleet.core.state import RobotRecord
from fleet.core.work import Work
from maps.elements import NodeKind


def consider(work: Work, robot_id: str) -> None:
    """Send an idle robot to charge before it is low, or begin charging where it stands."""
    robot, job = work.state.robots[robot_id], work.state.jobs.get(robot_id)
    if job is None or not robot.online or job.frozen or job.order_id or job.wants_plan or job.cancel_id:
        return
    if robot_id in work.state.solving:
        return
    if robot.battery_fraction < robot.facts.low_fraction and robot.queue:
        _too_tired(work, robot)
        robot = work.state.robots[robot_id]
    if robot.queue or not _wants_charge(work, robot) or _is_on_its_way(work, robot):
        return
    percent = round(100 * robot.battery_fraction)
    because = robot.because if robot.errand == "charge" else f"battery at {percent} %"
    if orders.at_charger(work, robot_id):
        work.put_robot(replace(robot, errand="charge", because=because))
    elif free_charger(work, robot) or _ask_for_one(work, robot):
        go(work, robot, "charge", because)


def _is_on_its_way(work: Work, robot: RobotRecord) -> bool:
    """It has an errand, and a plan that ends where the errand does."""
    end = work.traffic.end(robot.robot_id)
    elsewhere = end != work.traffic.position(robot.robot_id)
    return elsewhere and (robot.errand in ("make_way", "dock") or _is_charger(work, end))


def _wants_charge(work: Work, robot: RobotRecord) -> bool:
    if robot.errand == "charge":
        return True
    settings = work.settings
    if orders.at_charger(work, robot.robot_id):
        return robot.battery_fraction < settings.charge_until_fraction - 0.05
    return robot.battery_fraction < settings.idle_charge_fraction


def _too_tired(work: Work, robot: RobotRecord) -> None:
    """Low before it has begun: others may do its missions, it charges."""
    head = work.state.missions[robot.queue[0]]
    if any(task.started_s is not None for task in head.tasks):
        return  # planned to end above the reserve: it finishes what it has begun
    for mission_id in robot.queue:
        mission_rules.give_back(work, mission_id, f"{robot.robot_id} must charge first")


def go(work: Work, robot: RobotRecord, errand: str, because: str) -> None:
    work.put_robot(replace(robot, errand=errand, because=because))
    work.put_job(replace(work.job(robot.robot_id), wants_plan=because))
    work.touch(robot.robot_id)


def rest_for(work: Work, robot: RobotRecord) -> str | None:
    """The node where its errand ends; None: any free rest, the nearest."""
    if robot.errand in ("charge", "dock"):
        return free_charger(work, robot)
    if robot.errand == "make_way":
        return _other_rest(work, robot)
    return None


def _free_rests(work: Work, robot: RobotRecord) -> list[str]:
    """Rests that nobody's plan ends at and that can be reached now, nearest first."""
    start = work.traffic.position(robot.robot_id)
    taken = {work.traffic.end(other) for other in work.state.jobs if other != robot.robot_id}
    speed_mps, graphs = robot.facts.speed_mps_max, work.graphs_of(robot.facts)
    rests = []
    closed, blocked = work.traffic.state.closed, work.traffic.blocked()
    for cell in work.cells.rests(graphs):
        if cell not in closed and taken.isdisjoint(work.cells.conflicts(cell)):
            travel_s = work.cells.travel_s(start, cell, speed_mps, graphs, blocked)
            rests += [(travel_s, cell)] if math.isfinite(travel_s) else []
    return [cell for _travel_s, cell in sorted(rests)]


def free_charger(work: Work, robot: RobotRecord) -> str | None:
    free = (cell for cell in _free_rests(work, robot) if _is_charger(work, cell))
    return next(free, None)


def _is_charger(work: Work, cell: str) -> bool:
    node = work.cells.cells[cell].node
    return node is not None and work.graph.nodes[node].kind is NodeKind.CHARGER


def _other_rest(work: Work, robot: RobotRecord) -> str | None:
    """Not where it rests now, nor where anybody who has a mission must go."""
    kept = dict.fromkeys(work.cells.conflicts(work.traffic.end(robot.robot_id)))
    for other in work.state.robots.values():
        for task in work.state.missions[other.queue[0]].mission.tasks if other.queue else ():
            kept.update(dict.fromkeys(work.cells.conflicts(task.node)))
    return next((cell for cell in _free_rests(work, robot) if cell not in kept), None)


def _ask_for_one(work: Work, robot: RobotRecord) -> bool:
    """No charger is free: the fullest idle robot on one makes room. True when one is free already."""
    sitting = [
        (-other.battery_fraction, other.robot_id)
        for other in work.state.robots.values()
        if other.robot_id in work.state.jobs and _could_leave(work, other, robot)
    ]
    if sitting:
        because = f"{robot.robot_id} needs the charger"
        make_way(work, min(sitting)[1], because, robot.robot_id)
    return False


def _could_leave(work: Work, other: RobotRecord, tired: RobotRecord) -> bool:
    job = work.state.jobs[other.robot_id]
    standing = (
        not job.wants_plan
        and not other.queue
        and other.online
        and not job.frozen
        and other.mode == "autonomous"
    )
    fuller = other.battery_fraction > max(work.settings.idle_charge_fraction, tired.battery_fraction + 0.2)
    return standing and fuller and orders.at_charger(work, other.robot_id)


def make_way(work: Work, robot_id: str, because: str, asker: str) -> bool:
    """Send an idle robot to another rest; False when it is not idle or there is none."""
    if robot_id == asker:
        return False
    robot, job = work.state.robots.get(robot_id), work.state.jobs.get(robot_id)
    if robot is None or job is None or robot.queue or not robot.online or job.frozen or job.wants_plan:
        return False
    if robot.errand == "make_way" or _other_rest(work, robot) is None:
        return False
    if job.order_id and not job.acting:
        return False  # it is on its way to somewhere else
    if job.order_id:
        robot_rules.begin_cancel(work, job, because)
        work.put_robot(replace(robot, errand="make_way", because=because))
        return True
    go(work, robot, "make_way", because)
    return True
