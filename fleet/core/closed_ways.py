"""What is closed now, for all rules that ask: where, since which closure, in which words. Changes nothing but
what waits for a way. The rules of closing and opening are in fleet.core.closures.
"""

from dataclasses import replace
from datetime import datetime

from fleet.core.state import ClosureRecord, Job, MissionRecord
from fleet.core.work import Work
from maps.times import time_zone
from missions.mission import TaskState
from missions.planning.closures import Area, Barrier


def area(work: Work, record: ClosureRecord) -> Area:
    return work.elements.area(record.kind, record.element_id, one_way=record.one_way)


def around(work: Work, cell: str) -> ClosureRecord | None:
    """The closure that this cell lies inside."""
    if cell not in work.traffic.state.closed:
        return None
    return next((r for r in work.state.closures.values() if cell in area(work, r).cells), None)


def barrier(work: Work) -> Barrier:
    """For the allocation: what nobody may enter now, and why. Kept while the traffic stays the same."""
    version = work.traffic.state.version
    if work.barrier is None or work.barrier[0] != version:
        work.barrier = (version, _barrier(work))
    return work.barrier[1]


def _barrier(work: Work) -> Barrier:
    state = work.traffic.state
    if not (state.barred or state.closed or state.frozen or state.blocked):
        return Barrier()
    closed: dict[str, str] = {}
    for record in work.state.closures.values():
        for cell in area(work, record).cells:
            closed.setdefault(cell, record.closure_id)
    why = {closure_id: sentence(work, record) for closure_id, record in work.state.closures.items()}
    return Barrier(blocked=work.traffic.blocked(), barred=state.barred, closed=closed, why=why)


# -- missions whose way is closed ---------------------------------------------------------------------


def cut_off(work: Work, job: Job, stop: str, because: str) -> None:
    """No way leads to this stop of the mission under way: the robot does what comes before it, and waits."""
    found = _first_on_the_way(work, job, stop)
    if found is not None:
        because = sentence(work, found)
    work.put_job(replace(job, cut_off=stop, cut_by=found.closure_id if found is not None else ""))
    work.put_robot(replace(work.state.robots[job.robot_id], because=because))
    record = work.state.missions[stop.rpartition("/")[0]]
    if record.because != because:
        work.put_mission(replace(record, because=because))
        work.tell(record.mission.mission_id, "waiting", because, robot=job.robot_id)


def _first_on_the_way(work: Work, job: Job, stop: str) -> ClosureRecord | None:
    """None when no closure cuts it off, but a robot that does not move."""
    mission_id, _, task = stop.rpartition("/")
    tasks = work.state.missions[mission_id].mission.tasks
    plan = work.traffic.state.plans[job.robot_id]
    here = plan.steps[plan.allocated - 1].cell
    for before in tasks[work.state.missions[mission_id].current or 0 : int(task)]:
        here = before.node
    closure = barrier(work).first(work.cells, plan.agent, here, tasks[int(task)].node)
    return work.state.closures.get(closure)


def is_cut_off(work: Work, job: Job) -> bool:
    """The mission that the robot has begun has a stop that no way leads to now."""
    queue = work.state.robots[job.robot_id].queue
    return bool(queue) and job.cut_off.rpartition("/")[0] == queue[0]


def waits_for(work: Work, job: Job) -> str:
    """The waiting word of a robot whose mission is cut off."""
    record = work.state.closures.get(job.cut_by)
    return waiting_word(record) if record is not None else "way"


def waiting_word(record: ClosureRecord) -> str:
    return f"closure {record.kind} {record.element_id}"


def look_again(work: Work, because: str) -> None:
    """Ways may be open that were not: whoever waits for one asks anew."""
    for job in tuple(work.state.jobs.values()):
        if job.cut_off:
            if is_cut_off(work, job):
                _tell_open(work, job, because)
            work.put_job(replace(job, cut_off="", cut_by="", wants_plan=because, not_before_s=0.0))
            work.touch(job.robot_id)
    work.state.allocate_due = True


def _tell_open(work: Work, job: Job, because: str) -> None:
    mission_id = job.cut_off.rpartition("/")[0]
    work.put_mission(replace(work.state.missions[mission_id], because=because))
    work.put_robot(replace(work.state.robots[job.robot_id], because=because))
    work.tell(mission_id, "way_open", because, robot=job.robot_id)


def is_begun(record: MissionRecord) -> bool:
    return any(task.started_s is not None for task in record.tasks)


def is_carried(record: MissionRecord) -> bool:
    """Something of it is done, or being done: its robot keeps it."""
    return any(task.state is TaskState.DONE or task.acting_s is not None for task in record.tasks)


# -- words --------------------------------------------------------------------------------------------


def name(record: ClosureRecord) -> str:
    """'zone icu', 'lane a>b (one way)'."""
    return f"{record.kind} {record.element_id}{' (this way only)' if record.one_way else ''}"


def sentence(work: Work, record: ClosureRecord) -> str:
    """'zone icu is closed by Wang until 14:00: flooding'."""
    by = f" by {record.by}" if record.by else ""
    until = f" until {_clock(work, record.until_s)}" if record.until_s is not None else ""
    reason = f": {record.because}" if record.because else ""
    return f"{name(record)} is closed{by}{until}{reason}"


def _clock(work: Work, stamp_s: float) -> str:
    """In the site's time; with the date when it is another day's."""
    zone = time_zone(work.graph.site.time_zone)
    then, now = (datetime.fromtimestamp(s, zone) for s in (stamp_s, work.now_s))
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"
