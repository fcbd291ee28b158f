"""The skill that runs, and what its words mean outside it: tells to the body, action events, an outcome."""

from dataclasses import dataclass, field

from robots.drivers.base import Announce, Capture, Drive, FromBody, Halt, Sensed, SetDevice, ToBody, Watch
from robots.lifecycle import Mode
from robots.protocol import ActionEvent, ActionStatus, Order
from robots.skills.base import (
    Abort,
    Arrive,
    Begin,
    Commands,
    Continue,
    Decline,
    Failed,
    Finished,
    Pace,
    Phase,
    Skill,
    SkillEvent,
    Suspend,
    Tick,
)
from robots.skills.registry import build_skill

_TO_BODY = (Drive, Halt, SetDevice, Capture, Watch, Announce)


@dataclass(slots=True)
class Deed:
    """What came out of one step of a skill."""

    tells: list[ToBody] = field(default_factory=list)
    news: list[ActionEvent] = field(default_factory=list)
    declined: str = ""
    """Why a confirmation was not taken."""
    outcome: ActionEvent | None = None
    """The action has ended: the last event of it."""


class Performer:
    """At most one skill at a time."""

    def __init__(self) -> None:
        self._skill: Skill | None = None
        self._order_id = ""
        self._arrived = False
        self.pace = Pace()

    @property
    def is_busy(self) -> bool:
        return self._skill is not None

    @property
    def skill(self) -> str:
        return "" if self._skill is None else self._skill.table.name

    @property
    def phase(self) -> str:
        return "" if self._skill is None else self._skill.phase

    def next_deadline_s(self) -> float | None:
        return None if self._skill is None else self._skill.next_deadline_s()

    def begin(self, order: Order, sensed: Sensed | None, now_s: float) -> Deed:
        """Start the order's action; its parameters were checked when the order was taken."""
        assert order.action is not None
        assert self._skill is None
        self._skill, self._order_id, self._arrived = build_skill(order.action), order.order_id, False
        return self._run(Begin(sensed=sensed), now_s)

    def observe(self, event: FromBody, now_s: float) -> Deed:
        return self._run(event, now_s)

    def tick(self, now_s: float) -> Deed:
        due_s = self.next_deadline_s()
        return Deed() if due_s is None or now_s < due_s else self._run(Tick(), now_s)

    def arrive(self, now_s: float) -> Deed:
        """The last node is reached; said once."""
        if self._arrived:
            return Deed()
        self._arrived = True
        return self._run(Arrive(), now_s)

    def obey(self, mode: Mode, now_s: float) -> Deed:
        """Suspend or continue the skill as the mode asks."""
        skill = self._skill
        if skill is None:
            return Deed()
        rests = mode is not Mode.AUTONOMOUS and (mode is not Mode.PAUSED or skill.rests_on_pause)
        if rests == skill.suspended:
            return Deed()
        deed = self._run(Suspend() if rests else Continue(), now_s)
        if self._skill is not None:
            because = f"the robot is {mode.value}" if rests else "the robot goes on"
            status = ActionStatus.PAUSED if rests else ActionStatus.RUNNING
            deed.news = [self._event(status, because)]
        return deed

    def abort(self, because: str, now_s: float) -> Deed:
        """End it safely for a cancel. No outcome: the cancel's acknowledgement ends the action."""
        deed = self._run(Abort(because=because), now_s)
        if deed.outcome is not None:
            status = ActionStatus.PAUSED
            deed.news = [_replaced(deed.outcome, status)]
            deed.outcome = None
        return deed

    def _run(self, event: SkillEvent, now_s: float) -> Deed:
        if self._skill is None:
            return Deed()
        return self._read(self._skill.handle(event, now_s))

    def _read(self, commands: Commands) -> Deed:
        deed = Deed()
        for command in commands:
            if isinstance(command, _TO_BODY):
                deed.tells.append(command)
            elif isinstance(command, Pace):
                self.pace = command
            elif isinstance(command, Phase):
                deed.news.append(self._event(ActionStatus.RUNNING, command.because, command.phase))
            elif isinstance(command, Decline):
                deed.declined = command.because
            elif isinstance(command, Finished | Failed):
                deed.outcome = self._ended(command)
        return deed

    def _ended(self, end: Finished | Failed) -> ActionEvent:
        status = ActionStatus.FINISHED if isinstance(end, Finished) else ActionStatus.FAILED
        event = self._event(status, end.because)
        self._skill, self.pace = None, Pace()
        return ActionEvent(
            order_id=event.order_id,
            action_id=event.action_id,
            status=status,
            phase=event.phase,
            because=end.because,
            result=end.result,
        )

    def _event(self, status: ActionStatus, because: str, phase: str | None = None) -> ActionEvent:
        assert self._skill is not None
        return ActionEvent(
            order_id=self._order_id,
            action_id=self._skill.action.action_id,
            status=status,
            phase=self._skill.phase if phase is None else phase,
            because=because,
        )


def _replaced(event: ActionEvent, status: ActionStatus) -> ActionEvent:
    return ActionEvent(
        order_id=event.order_id,
        action_id=event.action_id,
        status=status,
        phase=event.phase,
        because=event.because,
        result=event.result,
    )
