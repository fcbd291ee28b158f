"""Why is it so? The reasons that the core left, chained into sentences. Nothing is guessed here."""

from fleet.api import render
from fleet.api.schemas import WhyOut
from fleet.api.services import Views
from fleet.api.waits import waits_for
from fleet.core.state import MissionRecord, RobotRecord
from missions.lifecycle import ENDED

CHAIN_MAX = 6
"""Robots that wait for each other are named up to this depth."""


def mission_why(record: MissionRecord, views: Views, now_s: float) -> WhyOut:
    name = record.mission.mission_id
    reasons = [f"{name} is {record.state}: {record.because}."]
    if record.waiting:
        reasons.append(f"It waits for {waits_for(record.waiting)}{_since(record.waiting_since_s, now_s)}.")
    if record.robot and record.state not in ENDED:
        reasons += _robot_chain(record.robot, views, now_s)
    return WhyOut(
        id=name,
        state=str(record.state),
        because=record.because,
        waiting=record.waiting,
        waiting_since_s=record.waiting_since_s,
        reasons=reasons,
        history=render.history(record.history),
    )


def robot_why(record: RobotRecord, views: Views, now_s: float) -> WhyOut:
    return WhyOut(
        id=record.robot_id,
        state=f"{record.activity}, {record.mode}",
        because=record.because,
        waiting=record.waiting,
        waiting_since_s=record.waiting_since_s,
        reasons=_robot_chain(record.robot_id, views, now_s),
        history=[],
    )


def _robot_chain(robot_id: str, views: Views, now_s: float) -> list[str]:
    """This robot's reasons, then those of the robot it waits for, and so on."""
    reasons: list[str] = []
    seen: list[str] = []
    while robot_id and robot_id not in seen and len(seen) < CHAIN_MAX:
        record = views.robot(robot_id)
        if record is None:
            break
        seen.append(robot_id)
        reasons += _robot_reasons(record, now_s)
        kind, _, who = record.waiting.partition(" ")
        robot_id = who if kind == "robot" else ""
    return reasons


def _robot_reasons(record: RobotRecord, now_s: float) -> list[str]:
    name = record.robot_id
    reasons = [f"{name} {_doing(record)}{': ' + record.because if record.because else ''}."]
    if record.lost:
        reasons.append(f"{name} is lost{_since(record.last_heard_s, now_s)}; its places stay reserved.")
    elif not record.online:
        reasons.append(f"{name} is not connected.")
    if record.mode != "autonomous":
        reasons.append(f"{name} is {record.mode}; it goes on after a resume.")
    if not record.in_service:
        reasons.append(f"{name} is out of service.")
    reasons += [f"{name} reports {code}: {message}." for code, message in record.faults.items()]
    if record.waiting:
        waits = waits_for(record.waiting)
        reasons.append(f"{name} waits for {waits}{_since(record.waiting_since_s, now_s)}.")
    return reasons


def _doing(record: RobotRecord) -> str:
    if record.queue:
        more = f", {len(record.queue) - 1} more after it" if len(record.queue) > 1 else ""
        return f"has {record.queue[0]}{more}"
    if record.errand:
        return f"is on an errand ({record.errand})"
    return f"is {record.activity} with {record.battery_fraction:.0%} battery"


def _since(since_s: float | None, now_s: float) -> str:
    return "" if since_s is None else f" (for {max(now_s - since_s, 0.0):.0f} s)"
