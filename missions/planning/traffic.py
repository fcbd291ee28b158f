"""Who holds which cells now, and who may go on: claim, allocate, free. Part of fleet.core; no time, no I/O.

Every agent claims the whole way to its rest, is allocated the head of it as others leave, and frees what it
has passed. A change of who waits for whom gives a new version, so that an answer of the planner to an older
question is refused. Words and life cycle as in openTCS' scheduler. See docs/planning.md.

TrafficError
├── UnknownAgent  it has not appeared: appear first
├── Occupied      somebody holds a conflicting cell: move one of the two by hand
├── NotAllocated  a robot says that it is where it may not be: treat it as lost or faulty
├── StaleAnswer   the world has moved on since the question: ask again
└── PlanRejected  the planner is wrong: report it; nothing was changed
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec

from missions.planning.adoption import PlanRejected, StaleAnswer, TrafficError, adopted_plans
from missions.planning.cell_values import move_key
from missions.planning.cells import CellGraph
from missions.planning.precedence import group_end
from missions.planning.problem import Agent, AgentPlan, PlanAnswer, PlanProblem, PlanRequest, Step
from missions.planning.tails import excluded, waiting_for_held, without_agent, without_stops, without_tail

__all__ = [
    "NotAllocated",
    "Occupied",
    "PlanRejected",
    "StaleAnswer",
    "Traffic",
    "TrafficError",
    "TrafficState",
    "UnknownAgent",
    "Wait",
]


class UnknownAgent(TrafficError):  # noqa: N818
    def __init__(self, agent_id: str) -> None:
        super().__init__(f"{agent_id} has no place on the site: it must appear first")
        self.agent_id = agent_id


class Occupied(TrafficError):  # noqa: N818
    def __init__(self, cell: str, by: str) -> None:
        super().__init__(f"{cell} is too near to a place that {by} holds, or in a room that it needs empty")
        self.cell = cell
        self.by = by


class NotAllocated(TrafficError):  # noqa: N818
    def __init__(self, agent_id: str, step_no: int) -> None:
        super().__init__(f"{agent_id} says that it is at step {step_no}, which is not allocated to it")
        self.agent_id = agent_id
        self.step_no = step_no


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What the first step that is not allocated waits for."""

    agent_id: str
    """Who has to leave; '' when the cell, or the move into it, is closed."""
    cell: str
    """The cell that is waited for."""
    step_no: int
    """The other's step that it has to leave; of the waiting robot when the cell is closed."""
    because: str
    closure: str = ""
    """The closure of the move into the cell."""


@dataclass(slots=True)
class TrafficState:
    """All that Traffic knows; msgspec encodes it. Replace it whole to restore."""

    plans: dict[str, AgentPlan] = field(default_factory=dict)
    version: int = 0
    next_step: dict[str, int] = field(default_factory=dict)
    """Numbers go on when an agent comes back."""
    blocked: dict[str, str] = field(default_factory=dict)
    """Closed cells and why."""
    barred: dict[str, str] = field(default_factory=dict)
    """Closed moves, as cell_values.move_key writes them, each to the closure."""
    closed: dict[str, None] = field(default_factory=dict)
    """Cells in closed elements: whoever is there may leave, nobody goes there to rest."""
    frozen: dict[str, None] = field(default_factory=dict)
    """Lost agents: they keep what they hold."""
    late_s: dict[str, float] = field(default_factory=dict)
    """How much later than predicted an agent is."""


class Traffic:
    """The single owner of the cells. Every method raises UnknownAgent for an agent that has not appeared."""

    def __init__(self, cells: CellGraph) -> None:
        self.cells = cells
        self.state = TrafficState()

    # -- agents come and go

    def appear(self, agent: Agent, cell: str, now_s: float) -> None:
        """Give the cell to a robot that stands there. It has no plan yet: ask for one.

        Raises Occupied when another holds a conflicting cell or the room, ValueError for one that is here,
        KeyError for an unknown cell.
        """
        state = self.state
        if agent.agent_id in state.plans:
            raise ValueError(f"{agent.agent_id} is on the site already: remove it first")
        keeper = self.keeper(agent.agent_id, cell)
        if keeper:
            raise Occupied(cell, keeper)
        step_no = state.next_step.get(agent.agent_id, 0)
        step = Step(step_no=step_no, cell=cell, enter_s=now_s, leave_s=math.inf)
        for other, plan in state.plans.items():
            state.plans[other] = waiting_for_held(self.cells, plan, agent.agent_id, (step,))
        state.next_step[agent.agent_id] = step_no + 1
        state.plans[agent.agent_id] = AgentPlan(agent=agent, steps=(step,), allocated=1)
        state.version += 1

    def keeper(self, agent_id: str, cell: str) -> str:
        """Another who holds the cell, one too near to it, or its room; '' when nobody does."""
        for other, plan in self.state.plans.items():
            if other != agent_id and cell in excluded(self.cells, plan.steps[: plan.allocated]):
                return other
        return ""

    def remove(self, agent_id: str) -> None:
        """It is off the floor: all that it held or claimed is free."""
        self._plan(agent_id)
        self.state.plans = without_agent(self.state.plans, agent_id)
        self.state.frozen.pop(agent_id, None)
        self.state.late_s.pop(agent_id, None)
        self.state.version += 1

    def block(self, cell: str, because: str) -> None:
        """Nobody is allocated or planned into the cell any more. Raises KeyError for an unknown cell."""
        self.state.blocked[self.cells.cells[cell].cell_id] = because
        self.state.version += 1

    def unblock(self, cell: str) -> None:
        if self.state.blocked.pop(cell, None) is not None:
            self.state.version += 1

    def bar(self, moves: Mapping[str, str], closed: Mapping[str, object]) -> None:
        """These moves, and no others, are closed from now on, each by the closure that it leads to.

        closed: the cells that lie behind them.
        """
        self.state.barred = dict(moves)
        self.state.closed = dict.fromkeys(closed)
        self.state.version += 1

    # -- planning

    def blocked(self) -> tuple[str, ...]:
        """What nobody may enter now: closed cells and moves, and what conflicts with lost robots. Sorted."""
        blocked = dict.fromkeys((*self.state.blocked, *self.state.barred))
        for agent_id in self.state.frozen:
            for cell in self.held(agent_id):
                blocked.update(dict.fromkeys(self.cells.conflicts(cell)))
        return tuple(sorted(blocked))

    def problem(self, requests: Sequence[PlanRequest], now_s: float) -> PlanProblem:
        """The question for the planner: the present plans, and what nobody may enter."""
        for request in requests:
            self._plan(request.agent_id)
        return PlanProblem(
            version=self.state.version,
            now_s=now_s,
            plans=tuple(self._posed(plan) for plan in self.state.plans.values()),
            requests=tuple(requests),
            blocked=self.blocked(),
            closed=tuple(sorted(self.state.closed)),
        )

    def _posed(self, plan: AgentPlan) -> AgentPlan:
        agent_id = plan.agent.agent_id
        steps = plan.steps
        if agent_id in self.state.frozen:
            steps = tuple(msgspec.structs.replace(step, leave_s=math.inf) for step in steps)
        return msgspec.structs.replace(plan, steps=steps, next_step_no=self.state.next_step[agent_id])

    def adopt(self, answer: PlanAnswer) -> tuple[str, ...]:
        """Make the planner's answer the present plans; the agents that have a new one.

        Raises StaleAnswer when the question is out of date, PlanRejected when the answer breaks a rule:
        either way nothing has changed.
        """
        if answer.version != self.state.version:
            raise StaleAnswer(f"the answer is for version {answer.version}, now is {self.state.version}")
        if not answer.plans:
            return ()
        plans = adopted_plans(self.cells, self.state.plans, self.state.next_step, answer)
        self.state.plans = plans
        for agent_id in answer.plans:
            last_no = plans[agent_id].steps[-1].step_no
            self.state.next_step[agent_id] = max(self.state.next_step[agent_id], last_no + 1)
            self.state.late_s.pop(agent_id, None)
        self.state.version += 1
        return tuple(answer.plans)

    # -- moving on

    def allocate(self, agent_id: str, now_s: float, ahead_s: float) -> tuple[Step, ...]:
        """Steps that the robot may now take, up to ahead_s of driving from where it was last seen.

        At least one group if it is free. Never beyond a stop that is not reached; call again when the stop
        is over. now_s is not used for the decision: the order of robots is fixed, whatever the delays.
        """
        plan = self._plan(agent_id)
        steps, done = plan.steps, plan.allocated
        ahead = sum(step.drive_s for step in steps[1:done])
        if agent_id in self.state.frozen or (steps[done - 1].is_stop and done > 1):
            return ()
        while done < len(steps):
            end = group_end(self.cells, steps, done)
            ahead += sum(step.drive_s for step in steps[done:end])
            too_far = ahead > ahead_s and done > 1
            if too_far or self._first_wait(steps[done - 1 : end]) is not None:
                break
            done = end
            if steps[done - 1].is_stop:
                break
        if done > plan.allocated:
            self.state.plans[agent_id] = msgspec.structs.replace(plan, allocated=done)
        return steps[plan.allocated : done]

    def _first_wait(self, steps: Sequence[Step]) -> Wait | None:
        """Of a group of steps; the first of these is the one before it."""
        for before, step in pairwise(steps):
            closure = self.closure_of(before.cell, step.cell)
            why = self.state.blocked.get(step.cell) or closure
            if why:
                because = f"{step.cell} is closed: {why}"
                return Wait(
                    agent_id="", cell=step.cell, step_no=step.step_no, because=because, closure=closure
                )
            for other, step_no in step.after:
                plan = self.state.plans.get(other)
                if plan is not None and plan.steps[0].step_no <= step_no:
                    because = f"{other} has to leave first"
                    return Wait(agent_id=other, cell=step.cell, step_no=step_no, because=because)
        return None

    def reached(self, agent_id: str, step_no: int, now_s: float | None = None) -> None:
        """The robot is at this step: everything before it is free. A repetition changes nothing.

        now_s, when it is known, makes predictions better. Raises NotAllocated for a step that the robot
        may not be at.
        """
        plan = self._plan(agent_id)
        if step_no < plan.steps[0].step_no:
            return
        for index in range(plan.allocated):
            if plan.steps[index].step_no == step_no:
                self._arrive(plan, index, now_s)
                return
        raise NotAllocated(agent_id, step_no)

    def _arrive(self, plan: AgentPlan, index: int, now_s: float | None) -> None:
        agent_id, first = plan.agent.agent_id, plan.steps[index]
        if now_s is not None and index > 0:
            self.state.late_s[agent_id] = now_s - first.enter_s
        self.state.plans[agent_id] = msgspec.structs.replace(
            plan, steps=plan.steps[index:], allocated=plan.allocated - index
        )

    def truncate(self, agent_id: str, step_no: int) -> None:
        """Its order was cancelled and it stands at step_no: what lay ahead is not allocated any more.

        The way to its rest stays claimed, without stops: it is what the robot can always do, and the planner
        replaces it. A way that does not end at a rest is dropped. Raises NotAllocated as reached does.
        """
        self.reached(agent_id, step_no)
        plan = msgspec.structs.replace(self._plan(agent_id), allocated=1)
        self.state.plans[agent_id] = without_stops(plan)
        if plan.steps[-1].cell not in self.cells.rests(plan.agent.graphs):
            self.state.plans = without_tail(self.cells, self.state.plans, agent_id)
        self.state.version += 1

    def withdraw(self, agent_id: str, step_no: int) -> None:
        """Take back what is allocated beyond this step, of which the robot was never told, and drop the rest.

        Raises NotAllocated for a step that is not allocated to it.
        """
        plan = self._plan(agent_id)
        kept = [index for index in range(plan.allocated) if plan.steps[index].step_no <= step_no]
        if not kept or plan.steps[kept[-1]].step_no != step_no:
            raise NotAllocated(agent_id, step_no)
        self.state.plans[agent_id] = msgspec.structs.replace(plan, allocated=len(kept))
        self.cut(agent_id)

    def cut(self, agent_id: str) -> None:
        """Drop what is claimed and not allocated: it leads nowhere any more."""
        self._plan(agent_id)
        self.state.plans = without_tail(self.cells, self.state.plans, agent_id)
        self.state.version += 1

    # -- lost robots

    def freeze(self, agent_id: str) -> None:
        """Lost: it keeps what it holds, nobody is planned through there, until thaw or remove."""
        self.cut(agent_id)
        self.state.frozen[agent_id] = None

    def thaw(self, agent_id: str) -> None:
        """Found: it may be planned again."""
        self._plan(agent_id)
        if agent_id in self.state.frozen:
            del self.state.frozen[agent_id]
            self.state.version += 1

    def cut_off(self, agent_id: str) -> tuple[str, ...]:
        """Agents whose claimed way leads through cells that this one keeps others out of."""
        near: dict[str, None] = {}
        for cell in self.held(agent_id):
            near.update(dict.fromkeys(self.cells.conflicts(cell)))
        return tuple(other for other in self.state.plans if other != agent_id and self._enters(other, near))

    def crossing(self, cell: str) -> tuple[str, ...]:
        """Agents whose claimed way enters this cell: to be cut and planned anew when it is closed."""
        return tuple(other for other in self.state.plans if self._enters(other, {cell: None}))

    def _enters(self, agent_id: str, cells: dict[str, None]) -> bool:
        plan = self.state.plans[agent_id]
        return any(step.cell in cells for step in plan.steps[plan.allocated :])

    # -- questions

    def closure_of(self, source: str, target: str) -> str:
        """The closure of the move from one cell to the next; '' when it is open."""
        return self.state.barred.get(move_key(source, target), "") if self.state.barred else ""

    def waiting_for(self, agent_id: str) -> Wait | None:
        """What keeps the next step from being allocated; None when nothing does, or there is none."""
        plan = self._plan(agent_id)
        end = group_end(self.cells, plan.steps, plan.allocated)
        return self._first_wait(plan.steps[plan.allocated - 1 : end])

    def waited_for_by(self, agent_id: str) -> tuple[str, ...]:
        """Agents whose way leads through where this one's plan ends: it stands in their way, plan it anew.

        Nobody's does, once a robot has a plan of its own; it happens when one turns up somewhere.
        """
        last_no = self._plan(agent_id).steps[-1].step_no
        return tuple(
            other
            for other, plan in self.state.plans.items()
            if any((agent_id, last_no) in step.after for step in plan.steps[plan.allocated :])
        )

    def held(self, agent_id: str) -> tuple[str, ...]:
        """Cells allocated to the robot, from where it is last known to be onwards."""
        plan = self._plan(agent_id)
        return tuple(step.cell for step in plan.steps[: plan.allocated])

    def position(self, agent_id: str) -> str:
        """The cell that it last reached."""
        return self._plan(agent_id).steps[0].cell

    def end(self, agent_id: str) -> str:
        """Where its way ends: its rest, once it has a plan."""
        return self._plan(agent_id).steps[-1].cell

    def eta(self, agent_id: str, task: str) -> float | None:
        """When it is expected at the stop of this task; None when it does not go there."""
        late_s = self.state.late_s.get(agent_id, 0.0)
        for step in self._plan(agent_id).steps:
            if step.is_stop and step.stop == task:
                return step.enter_s + late_s
        return None

    def _plan(self, agent_id: str) -> AgentPlan:
        plan = self.state.plans.get(agent_id)
        if plan is None:
            raise UnknownAgent(agent_id)
        return plan
