"""The last things that happened in a run, in plain words with time and place."""

from collections import deque
from collections.abc import Iterator, Sequence

from fleet.core import commands as cmd
from fleet.core import events as ev
from fleet.core.state import AlertRecord, MissionRecord
from fleet.store.entry import NewEntry

KEPT = 50
PART = "#"
"""In the name of a piece of a lane: dozens are passed a minute, so only nodes are told."""


class Story:
    """Keeps the last lines: '612.4 s  carrier-1 passed l1_x', '615.0 s  trouble: lift_failure lift_a'."""

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._cells: dict[str, dict[int, str]] = {}
        """Robot to the cells of its order, by seq."""
        self._orders: dict[str, str] = {}
        self._states: dict[str, str] = {}

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def say(self, now_s: float, words: str) -> None:
        self._lines.append(f"{now_s - self._start_s:.1f} s  {words}")

    def rows(self, entries: Sequence[NewEntry]) -> None:
        """Journal rows that have just been committed."""
        for entry in entries:
            for words in (*self._of_event(entry.event), *self._of_commands(entry), *self._of_records(entry)):
                self.say(entry.now_s, words)

    def _of_event(self, event: ev.AnyEvent) -> Iterator[str]:
        if isinstance(event, ev.NodePassed):
            cell = self._cells.get(event.robot_id, {}).get(event.seq, f"step {event.seq}")
            if PART not in cell:
                yield f"{event.robot_id} passed {cell}"
            return
        words = _in_words(event)
        if words:
            yield words

    def _of_commands(self, entry: NewEntry) -> Iterator[str]:
        for command in entry.commands:
            if isinstance(command, cmd.SendOrder):
                cells = {step.seq: step.cell for step in command.base}
                self._cells.setdefault(command.robot_id, {}).update(cells)
                if self._orders.get(command.robot_id) != command.order_id:  # updates only lengthen it
                    self._orders[command.robot_id] = command.order_id
                    end = (*command.base, *command.horizon)[-1:]
                    where = end[0].cell if end else "where it stands"
                    yield f"{command.robot_id} is sent towards {where} ({command.order_id})"
            elif isinstance(command, cmd.SendInstant):
                yield f"{command.robot_id} is told to {command.verb}"
            elif isinstance(command, cmd.SendCancel):
                yield f"{command.robot_id} is told to give up {command.order_id}"
            elif isinstance(command, cmd.RequestDoor):
                yield f"{command.door} is to be {command.want}"
            elif isinstance(command, cmd.RequestLift):
                yield f"{command.lift} is asked to {command.level} for {command.session}"
            elif isinstance(command, cmd.ReleaseLift):
                yield f"{command.lift} is released by {command.session}"
            elif isinstance(command, cmd.RejectMission):
                yield f"{command.request_key} is refused: {command.veto}"

    def _of_records(self, entry: NewEntry) -> Iterator[str]:
        for record in entry.changed:
            if isinstance(record, MissionRecord):
                name = record.mission.mission_id
                now = f"{record.state.value} with {record.robot or 'nobody'}"
                if self._states.get(name) != now:
                    self._states[name] = now
                    yield f"{name} ({record.mission.template}) is {now}: {record.because}"
            elif isinstance(record, AlertRecord) and record.count == 1 and record.handled_s is None:
                yield f"alert: {record.kind} {record.subject}: {record.because}"


def _in_words(event: ev.AnyEvent) -> str:
    """'' for what says nothing by itself."""
    match event:
        case ev.RobotJoined():
            return (
                f"{event.robot_id} joined at {event.level} {event.x_m:.1f} {event.y_m:.1f} ({event.boot_id})"
            )
        case ev.RobotFellSilent():
            return f"{event.robot_id} is silent for {event.silent_s:.0f} s"
        case ev.RobotLeft() | ev.RobotQuarantined():
            return (
                f"{event.robot_id} {'left' if isinstance(event, ev.RobotLeft) else 'is not heard any more'}"
            )
        case ev.ActionReported():
            return f"{event.robot_id} {event.action_id} {event.status} {event.phase} {event.because}".rstrip()
        case ev.OrderRefused():
            return f"{event.robot_id} refused {event.order_id}: {event.because}"
        case ev.FaultReported():
            return f"{event.robot_id} {event.code} {'is over' if event.cleared else event.because}"
        case ev.DoorReported():
            return f"{event.door} is {event.state}"
        case ev.LiftReported():
            broken = "" if event.available else ", out of order"
            return f"{event.lift} at {event.level}, {event.doors}, for {event.session or 'nobody'}{broken}"
        case ev.FireReported():
            return "fire" if event.active else "no fire any more"
        case ev.MissionControlled() | ev.RobotControlled() | ev.FleetControlled():
            whom = getattr(event, "mission_id", "") or getattr(event, "robot_id", "") or "all"
            return f"{event.by or 'somebody'}: {event.verb} {whom}"
        case ev.ElementClosed():
            return f"{event.kind} {event.element_id} is closed"
        case ev.ElementOpened():
            return f"{event.element_id or event.closure_id} is opened"
        case ev.OrchestratorStarted():
            return "the orchestrator started"
        case ev.SolverFailed():
            return event.because
        case ev.PlanSolved():
            return "; ".join(f"no plan for {v.agent_id}: {v.because}" for v in event.answer.vetoes)
        case _:
            return ""
