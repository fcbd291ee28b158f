"""Deliberate bugs, each a small change of one file: what somebody could get wrong on a bad day.

`python -m tests.mutants.hunt` applies one at a time to a scratch copy and runs the closed loop until a seed
catches it. A bug that no seed catches means that an invariant, a fault or a wish is missing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    name: str
    path: str
    """Of the file, from the root of the project."""
    before: str
    """Occurs in it once."""
    after: str


LIFTS = "fleet/core/building_rules.py"
REPORTS = "fleet/core/robot_rules.py"
MISSIONS = "fleet/core/mission_rules.py"
INTAKE = "fleet/core/intake.py"
PRESENCE = "fleet/core/presence.py"
SAFETY = "fleet/core/safety.py"
ORDERS = "fleet/core/orders.py"
DISPATCH = "fleet/core/dispatch.py"
ERRANDS = "fleet/core/errands.py"
WORK = "fleet/core/work.py"
RUNTIME = "fleet/runtime.py"
TRAFFIC = "missions/planning/traffic.py"
AGENT = "robots/agent.py"
BOOK = "robots/order_book.py"
UV = "robots/skills/uv.py"

BUGS = (
    # -- lifts
    Bug(
        "lift_never_released",
        LIFTS,
        "            work.emit(ReleaseLift(lift=lift_record.lift, session=robot_id, because=because))\n"
        "            work.put_lift",
        "            work.put_lift",
    ),
    Bug(
        "lift_released_with_the_robot_in_its_door",
        LIFTS,
        "reach_m = max(cabin.width_m, cabin.depth_m) / 2.0 + work.cells.sizes.radius_m",
        "reach_m = 0.1",
    ),
    Bug(
        "lift_released_for_a_robot_that_is_inside",
        LIFTS,
        "if lift_record.wanted_session == robot_id and _is_outside(work, lift_record.lift, cells):",
        "if lift_record.wanted_session == robot_id and work.job(robot_id).passed_no >"
        " work.job(robot_id).first_no:",
    ),
    Bug(
        "lift_taken_from_another_session",
        LIFTS,
        '    if record.wanted_session not in ("", job.robot_id):\n        return wait\n',
        "",
    ),
    Bug(
        "lift_entered_at_any_level",
        LIFTS,
        'record.session == job.robot_id and record.level == there.level and record.doors == "open"',
        "record.session == job.robot_id",
    ),
    Bug(
        "lift_asked_for_the_ride_before_the_robot_is_inside",
        LIFTS,
        "        return wait  # a ride is asked for when the robot is inside\n",
        "        pass\n",
    ),
    # -- places
    Bug(
        "place_freed_one_step_too_early",
        REPORTS,
        "work.traffic.reached(job.robot_id, step_no, work.now_s)",
        "work.traffic.reached(job.robot_id, min(step_no + 1, job.sent_no), work.now_s)",
    ),
    Bug(
        "places_freed_before_the_cancel_is_acknowledged",
        REPORTS,
        "    work.emit(SendCancel(robot_id=job.robot_id, cancel_id=cancel_id,"
        " order_id=order_id, because=because))\n"
        "\n\ndef repeat_cancel",
        "    work.emit(SendCancel(robot_id=job.robot_id, cancel_id=cancel_id,"
        " order_id=order_id, because=because))\n"
        "    if job.robot_id in work.traffic.state.plans:\n"
        "        cancelled(work, work.job(job.robot_id))\n"
        "\n\ndef repeat_cancel",
    ),
    Bug(
        "precedence_is_not_waited_for",
        TRAFFIC,
        "                if plan is not None and plan.steps[0].step_no <= step_no:\n",
        "                if plan is not None and plan.steps[0].step_no < step_no - 2:\n",
    ),
    Bug(
        "stale_answer_of_the_planner_is_adopted",
        TRAFFIC,
        "        if answer.version != self.state.version:\n",
        "        if answer.version > self.state.version:\n",
    ),
    Bug(
        "lost_robot_gives_its_place_away",
        PRESENCE,
        "    work.traffic.freeze(robot_id)\n",
        "    work.traffic.remove(robot_id)\n    work.state.jobs.pop(robot_id)\n",
    ),
    Bug(
        "found_robot_is_never_thawed",
        PRESENCE,
        "        work.traffic.thaw(event.robot_id)\n",
        "",
    ),
    Bug(
        "every_hello_forgets_what_the_robot_holds",
        PRESENCE,
        "if event.robot_id in work.traffic.state.plans and not _was_carried(work, event):",
        "if event.robot_id in work.traffic.state.plans and event.order_id:",
    ),
    Bug(
        "robot_that_went_on_unheard_is_not_looked_for",
        PRESENCE,
        "    if event.order_id != job.order_id:\n        job = _find(work, job, event)\n",
        "",
    ),
    Bug(
        "closing_sends_nobody_elsewhere",
        DISPATCH,
        "    closures.keep_out,\n",
        "",
    ),
    Bug(
        "closed_moves_are_allocated",
        TRAFFIC,
        "            why = self.state.blocked.get(step.cell) or closure\n",
        "            why = self.state.blocked.get(step.cell)\n",
    ),
    # -- orders
    Bug(
        "order_is_not_said_again",
        ORDERS,
        "        work.emit(order_of(work, job, base))\n\n\n# -- when the plan",
        "        del base\n\n\n# -- when the plan",
    ),
    Bug(
        "cancel_is_not_said_again",
        ORDERS,
        "        robot_rules.repeat_cancel(work, job)\n",
        "        pass\n",
    ),
    Bug(
        "acknowledged_cancel_is_ignored",
        REPORTS,
        "if job is not None and job.cancel_id and event.ref == job.cancel_id:",
        "if job is not None and job.cancel_id and event.ref == job.order_id:",
    ),
    Bug(
        "old_acknowledgement_counts_for_the_newest_update",
        REPORTS,
        "replace(job, accepted_id=event.order_update_id, resends=0)",
        "replace(job, accepted_id=job.update_id, resends=0)",
    ),
    Bug(
        "result_of_any_order_counts_for_this_one",
        REPORTS,
        "if job is None or event.order_id != job.order_id or event.action_id !="
        " job.action_id or not job.action_id:",
        "if job is None or not job.action_id:",
    ),
    Bug(
        "order_is_held_to_be_done_when_its_action_begins",
        REPORTS,
        '    elif event.status == "finished":\n',
        '    if event.status in ("finished", "running"):\n',
    ),
    Bug(
        "new_order_before_the_old_one_is_over",
        ORDERS,
        "        robot_rules.begin_cancel(work, job, because)\n        return\n    if held_back",
        "        robot_rules.order_over(work, job)\n        return\n    if held_back",
    ),
    # -- missions
    Bug(
        "ended_mission_stays_in_the_queue",
        MISSIONS,
        "    queue = tuple(queued for queued in robot.queue if queued != mission_id)\n",
        "    queue = robot.queue\n",
    ),
    Bug(
        "mission_that_cannot_be_repeated_is_given_to_another",
        MISSIONS,
        "    if unsafe:\n        end(work",
        "    if unsafe and attempts >= work.settings.task_attempts_max:\n        end(work",
    ),
    Bug(
        "mission_is_complete_before_its_last_task",
        MISSIONS,
        "    if record.current is not None:\n        return True\n",
        "    if record.current is not None and record.current < len(record.tasks) - 1:\n"
        "        return True\n",
    ),
    Bug(
        "ended_mission_can_be_cancelled_again",
        MISSIONS,
        "    if record.state in ENDED:\n",
        "    if record.state is MissionState.COMPLETED:\n",
    ),
    Bug(
        "mission_resumes_into_the_wrong_state",
        MISSIONS,
        '    if not record.robot:\n        return "resume_queued"\n',
        "",
    ),
    Bug(
        "done_tasks_are_done_again_by_the_next_robot",
        MISSIONS,
        "    tasks = tuple(TaskRecord() if t.state is TaskState.RUNNING else t for t in record.tasks)\n",
        "    tasks = tuple(TaskRecord() for _ in record.tasks)\n",
    ),
    Bug(
        "only_the_first_mission_of_a_lost_robot_is_given_back",
        PRESENCE,
        "    for mission_id in queue:\n",
        "    for mission_id in queue[:1]:\n",
    ),
    Bug(
        "same_request_makes_two_missions",
        INTAKE,
        "    if event.request_key in work.state.request_keys:\n",
        "    if event.request_key in work.state.request_keys and"
        " work.state.request_keys[event.request_key] in work.state.ended:\n",
    ),
    Bug(
        "missions_share_a_number",
        INTAKE,
        "    work.state.missions_made += 1\n",
        "    work.state.missions_made += len(mission.tasks) > 1\n",
    ),
    Bug(
        "nobody_makes_way",
        ERRANDS,
        "    if robot_id == asker:\n        return False\n",
        "    if asker:\n        return False\n",
    ),
    Bug(
        "idle_robots_never_charge",
        ERRANDS,
        "    return robot.battery_fraction < settings.idle_charge_fraction\n",
        "    return robot.battery_fraction < settings.idle_charge_fraction - 1.0\n",
    ),
    # -- the planning process, the journal, the runtime
    Bug(
        "dead_planner_is_waited_for",
        DISPATCH,
        "    _wait_a_little(work, work.state.solving)\n    work.state.solving = ()\n",
        "    _wait_a_little(work, work.state.solving)\n",
    ),
    Bug(
        "effects_before_the_commit",
        RUNTIME,
        "        if not self._commit():\n"
        "            return 0\n"
        "        done, self._handled = self._handled, []\n"
        "        for waiting, entry in done:\n            self._follow(waiting, entry)\n",
        "        done = list(self._handled)\n        for waiting, entry in done:\n"
        "            self._follow(waiting, entry)\n"
        "        if not self._commit():\n            return 0\n        self._handled = []\n",
    ),
    Bug(
        "events_without_commands_are_not_journalled",
        RUNTIME,
        "self._journal.append([entry for _, entry in self._handled])",
        "self._journal.append([entry for _, entry in self._handled if entry.commands])",
    ),
    Bug(
        "rows_are_dropped_while_the_disk_is_full",
        RUNTIME,
        "            self._trouble = error\n            return False\n",
        "            self._trouble = error\n            self._handled = []\n            return False\n",
    ),
    Bug(
        "stamps_follow_the_clock_backwards",
        RUNTIME,
        "        self._last_s = max(self._last_s, math.ceil(self._clock() * 1000) / 1000)\n",
        "        self._last_s = math.ceil(self._clock() * 1000) / 1000\n",
    ),
    Bug(
        "replay_leaves_out_a_row_after_the_snapshot",
        RUNTIME,
        "    for entry in journal.entries(seq):\n",
        "    for entry in journal.entries(seq + (seq > 0)):\n",
    ),
    Bug(
        "solving_is_not_forgotten_at_a_start",
        "fleet/core/orchestrator.py",
        "    work.state.solving = ()\n",
        "",
    ),
    Bug(
        "views_are_not_told_of_ended_missions",
        WORK,
        '        self._changed[f"mission {record.mission.mission_id}"] = record\n',
        "        if record.state not in ENDED:\n"
        '            self._changed[f"mission {record.mission.mission_id}"] = record\n',
    ),
    Bug(
        "ended_missions_are_kept_for_ever",
        WORK,
        "        while len(self.state.ended) > self.settings.missions_ended_kept:\n",
        "        while len(self.state.ended) > 1000 * self.settings.missions_ended_kept:\n",
    ),
    # -- stopping and alarms
    Bug(
        "late_acknowledgement_is_forgotten",
        SAFETY,
        "            del work.state.ack_due[instant_id]\n            text =",
        "            del work.state.ack_due[instant_id]\n            continue\n            text =",
    ),
    Bug(
        "stop_all_forgets_who_is_offline",
        SAFETY,
        '            _name_unreached(work, robot, "stop all")\n',
        "            pass\n",
    ),
    Bug(
        "low_battery_raises_no_alarm",
        REPORTS,
        "        if severity is not None:\n",
        '        if severity is not None and event.code != "battery_low":\n',
    ),
    # -- robots
    Bug(
        "robot_drives_its_horizon",
        "robots/orders.py",
        "    nodes = (node for node in memory.order.base if node.seq > memory.last_seq)\n",
        "    known = (*memory.order.base, *memory.order.horizon)\n"
        "    nodes = (node for node in known if node.seq > memory.last_seq)\n",
    ),
    Bug(
        "robot_runs_an_order_that_is_over",
        "robots/orders.py",
        "    if order.order_id in memory.ended:\n",
        "    if order.order_id in memory.ended[:-1]:\n",
    ),
    Bug(
        "robot_speaks_before_it_remembers",
        AGENT,
        "        return (*kept, *self._out)\n",
        "        return (*self._out, *kept)\n",
    ),
    Bug(
        "robot_acknowledges_a_cancel_while_it_rolls",
        AGENT,
        "            self._stop_early()\n        else:\n            self._answer",
        "            self._stop_early()\n        if True:\n            self._answer",
    ),
    Bug(
        "robot_says_its_result_once",
        BOOK,
        "        self._outcome_sent_s = now_s\n        return self.memory.outcome\n",
        "        outcome = self.memory.outcome\n        self.keep(reported=True)\n        return outcome\n",
    ),
    Bug(
        "robot_forgets_that_its_order_is_over",
        BOOK,
        "        self.keep(finished=True)\n",
        "        self.memory = replace(self.memory, finished=True, ended=())\n",
    ),
    Bug(
        "robot_repeats_an_action_after_a_restart",
        PRESENCE,
        "    if record is not None and not record.mission.tasks[job.task].repeatable:\n",
        "    if record is not None and record.mission.tasks[job.task].repeatable is None:\n",
    ),
    # -- the lamp
    Bug(
        "lamp_stays_lit_with_a_person_in_sight",
        UV,
        '        return "a person was seen" if self._sensed.person_seen else ""\n',
        '        return ""\n',
    ),
    Bug(
        "lamp_stays_lit_with_the_door_open",
        UV,
        "        if not self._sensed.door_closed:\n",
        "        if not self._sensed.door_closed and self._sensed.person_seen:\n",
    ),
    Bug(
        "lamp_is_not_put_out_at_an_interruption",
        UV,
        '        return (off, *self._go("interrupt", now_s + self._clear_timeout_s, because))\n',
        '        return self._go("interrupt", now_s + self._clear_timeout_s, because)\n',
    ),
    Bug(
        "lamp_goes_on_at_the_end_of_its_treatment",
        UV,
        '        return (off, Watch(door="")) if self.ended else (off,)\n',
        '        return (Watch(door=""),) if self.ended else (off,)\n',
    ),
)
