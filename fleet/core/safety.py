"""What goes before everything else: stop all, one robot's stop and pause, service, fire, late answers."""

from dataclasses import replace

from fleet.core import errands, mission_rules, orders, presence, robot_rules
from fleet.core import events as ev
from fleet.core.commands import AnswerControl, VetoCode
from fleet.core.state import Job, RobotRecord
from fleet.core.work import Work
from missions.lifecycle import MissionState


def robot_controlled(work: Work, event: ev.RobotControlled) -> None:
    robot = work.state.robots.get(event.robot_id)
    if robot is None:
        because = f"no robot called {event.robot_id} has ever said hello"
        _no(work, VetoCode.ROBOT_UNKNOWN, because, "List them: fleet robots list")
        return
    because = event.because or f"{event.verb} asked for by {event.by or 'an operator'}"
    if event.verb in (ev.RobotVerb.PAUSE, ev.RobotVerb.RESUME, ev.RobotVerb.STOP):
        _instant(work, robot, event.verb, because)
    elif event.verb is ev.RobotVerb.CLEAR:
        _clear(work, robot, because)
    else:
        _service(work, robot, event.verb, because)
    work.touch(event.robot_id)


def _no(work: Work, veto: VetoCode, because: str, hint: str) -> None:
    work.emit(AnswerControl(ok=False, veto=veto, because=because, hint=hint))


def _instant(work: Work, robot: RobotRecord, verb: ev.RobotVerb, because: str) -> None:
    if not robot.online:
        hint = "Nothing reaches it now. It stops by itself at the end of what was released to it."
        _no(work, VetoCode.ROBOT_LOST, f"{robot.robot_id} is {'lost' if robot.lost else 'offline'}", hint)
        return
    if verb is ev.RobotVerb.RESUME and (work.state.stopped or work.state.fire):
        what = "fire contact" if work.state.fire else "stop all"
        _no(work, VetoCode.WRONG_STATE, f"the {what} is in force", "Resume all first.")
        return
    mission_rules.send_instant(work, robot.robot_id, str(verb), because)
    work.emit(AnswerControl(ok=True, because=because, pending=(robot.robot_id,)))


def _clear(work: Work, robot: RobotRecord, because: str) -> None:
    if robot.online:
        hint = "Only a lost or switched-off robot is cleared; stop it and switch it off first."
        _no(work, VetoCode.WRONG_STATE, f"{robot.robot_id} is online", hint)
        return
    presence.cleared(work, robot.robot_id)
    work.state.allocate_due = True
    work.emit(AnswerControl(ok=True, because=because))


def _service(work: Work, robot: RobotRecord, verb: ev.RobotVerb, because: str) -> None:
    if verb is ev.RobotVerb.IN_SERVICE:
        work.put_robot(replace(robot, in_service=True, because=because))
        work.state.allocate_due = True
        work.emit(AnswerControl(ok=True, because=because))
        return
    if verb is ev.RobotVerb.OUT_OF_SERVICE:
        robot = work.put_robot(replace(robot, in_service=False, because=because))
    kept = dock(work, robot.robot_id, because)
    text = f"{because}; it finishes {kept} first" if kept else because
    work.emit(AnswerControl(ok=True, because=text))


def dock(work: Work, robot_id: str, because: str) -> str:
    """Give its missions away and send it to a charger; returns the mission it must finish first, or ''."""
    robot = work.state.robots[robot_id]
    kept = ""
    for mission_id in robot.queue:
        record = work.state.missions[mission_id]
        if mission_rules.why_not_repeatable(record):
            kept = mission_id
        else:
            mission_rules.give_back(work, mission_id, because)
    robot, job = work.state.robots[robot_id], work.state.jobs.get(robot_id)
    if job is None or job.frozen or not robot.online or kept:
        return kept
    if not (robot.charging or orders.at_charger(work, robot_id)):
        if job.order_id:
            robot_rules.begin_cancel(work, job, because)
            work.put_robot(replace(work.state.robots[robot_id], errand="dock", because=because))
        else:
            errands.go(work, robot, "dock", because)
    return ""


# -- everybody --------------------------------------------------------------------------------------


def fleet_controlled(work: Work, event: ev.FleetControlled) -> None:
    because = event.because or f"{event.verb} asked for by {event.by or 'an operator'}"
    if event.verb is ev.FleetVerb.STOP_ALL:
        work.state.stopped = True
        pending = _everybody(work, "stop", because)
        work.alert("stop_all", "critical", "site", because, "Resume all when it is safe.")
    elif event.verb is ev.FleetVerb.DOCK_ALL:
        work.state.docked = True
        pending = _dock_everybody(work, because)
    elif work.state.fire:
        _no(work, VetoCode.FIRE, "the fire contact is active", "Reset the fire panel first.")
        return
    else:
        work.state.stopped = work.state.docked = False
        pending = _everybody(work, "resume", because)
        work.state.allocate_due = True
    work.emit(AnswerControl(ok=True, because=because, pending=pending))


def _everybody(work: Work, verb: str, because: str) -> tuple[str, ...]:
    told = []
    for robot in tuple(work.state.robots.values()):
        if robot.online and not (verb == "resume" and _paused_by_mission(work, robot)):
            mission_rules.send_instant(work, robot.robot_id, verb, because)
            told.append(robot.robot_id)
        elif verb == "stop":
            _name_unreached(work, robot, "stop all")
        work.touch(robot.robot_id)
    return tuple(told)


def _name_unreached(work: Work, robot: RobotRecord, what: str) -> None:
    if robot.online or robot.robot_id not in work.state.jobs:
        return
    text = f"{robot.robot_id} is not reached by {what}: it is {'lost' if robot.lost else 'offline'}"
    work.alert("no_ack", "critical", robot.robot_id, text, "Go and look at the robot.")


def _dock_everybody(work: Work, because: str) -> tuple[str, ...]:
    """The robots that are not at a charger yet."""
    pending = []
    for robot_id in tuple(work.state.robots):
        _name_unreached(work, work.state.robots[robot_id], "dock all")
        dock(work, robot_id, because)
        work.touch(robot_id)
        robot = work.state.robots[robot_id]
        if robot.online and robot_id in work.state.jobs and not orders.at_charger(work, robot_id):
            pending.append(robot_id)
    return tuple(pending)


def _paused_by_mission(work: Work, robot: RobotRecord) -> bool:
    head = work.state.missions.get(robot.queue[0]) if robot.queue else None
    job = work.state.jobs.get(robot.robot_id)
    running = job is not None and head is not None and job.mission == head.mission.mission_id
    return running and head is not None and head.state is MissionState.PAUSED


def fire_reported(work: Work, event: ev.FireReported) -> None:
    """Lamps and charging off, no lift entered; a person resumes after the panel is reset."""
    if event.active == work.state.fire:
        return
    work.state.fire = event.active
    if event.active:
        because = "the fire contact is active"
        hint = "Robots hold; reset the panel, then resume all."
        work.alert("fire", "critical", "site", because, hint)
        work.state.stopped = True
        for robot in tuple(work.state.robots.values()):
            if robot.online:
                mission_rules.send_instant(work, robot.robot_id, _hold(robot), because)
            work.touch(robot.robot_id)


def _hold(robot: RobotRecord) -> str:
    """A paused robot goes on charging (it must not run flat), a stopped one switches its charger off."""
    return "stop" if robot.charging or robot.skill == "charge" else "pause"


# -- late answers -----------------------------------------------------------------------------------


def overdue(work: Work) -> None:
    """Name robots that did not acknowledge in time; send unanswered orders and cancels again."""
    for instant_id, (robot_id, verb, due_s) in tuple(work.state.ack_due.items()):
        if due_s <= work.now_s:
            del work.state.ack_due[instant_id]
            text = f"{robot_id} did not acknowledge {verb} within {work.settings.ack_s:.0f} s"
            work.alert("no_ack", "critical", robot_id, text, "Go and look at the robot.")
    for job in tuple(work.state.jobs.values()):
        if awaits_answer(job) and job.sent_s + work.settings.resend_s <= work.now_s:
            orders.resend(work, job)
    if work.state.rejoin_by_s and work.state.rejoin_by_s <= work.now_s:
        work.state.rejoin_by_s = 0.0
        _never_came_back(work)


def awaits_answer(job: Job) -> bool:
    return bool(job.cancel_id) or (bool(job.order_id) and job.accepted_id < job.update_id)


def _never_came_back(work: Work) -> None:
    for robot in tuple(work.state.robots.values()):
        job = work.state.jobs.get(robot.robot_id)
        if job is not None and not robot.online and not job.frozen:
            presence.lose(work, robot, f"{robot.robot_id} has not come back since the orchestrator started")


def alert_handled(work: Work, event: ev.AlertHandled) -> None:
    alert = work.state.alerts.get(event.alert_id)
    if alert is None:
        _no(
            work,
            VetoCode.ALERT_UNKNOWN,
            f"there is no alert {event.alert_id}",
            "List them: fleet alerts list",
        )
        return
    if alert.handled_s is None:
        work.put_alert(
            replace(alert, handled_s=work.now_s, handled_by=event.by or "an operator", note=event.note)
        )
        work.state.open_alerts.pop(f"{alert.kind} {alert.subject}", None)
    work.emit(AnswerControl(ok=True, because=f"{event.alert_id} is handled"))
