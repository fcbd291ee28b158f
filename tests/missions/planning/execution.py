"""Random execution of plans in steps: any robot may be slow, nobody may ever be stuck or too near another.

No time: what a robot does next is drawn from a random source, so every order of events can come up. The
judge of missions.planning.checks watches every cell that is given and freed.
"""

from dataclasses import dataclass, field
from random import Random

import msgspec

from missions.planning.cells import CellGraph
from missions.planning.checks import Judge, exclude, plan_faults
from missions.planning.planner import plan
from missions.planning.problem import Agent, PlanAnswer, PlanRequest, Step, Stop
from missions.planning.traffic import StaleAnswer, Traffic, TrafficState


@dataclass
class Execution:
    cells: CellGraph
    random: Random
    places: tuple[str, ...]
    deep: bool = False
    """Have the judge look at all plans after each change, too (slow)."""
    traffic: Traffic = field(init=False)
    judge: Judge = field(init=False)
    now_s: float = 0.0
    agents: dict[str, Agent] = field(default_factory=dict)
    wanting: dict[str, PlanRequest] = field(default_factory=dict)
    asked: list[PlanAnswer] = field(default_factory=list)
    vetoes: list[str] = field(default_factory=list)
    stale: int = 0
    stops_made: int = 0
    tasks_made: int = 0

    def __post_init__(self) -> None:
        self.traffic = Traffic(self.cells)
        self.judge = Judge(self.cells)

    # -- what happens

    def appear(self, agent: Agent, cell: str) -> None:
        self.traffic.appear(agent, cell, self.now_s)
        self.agents[agent.agent_id] = agent
        self.judge.appear(self.now_s, agent.agent_id, self.traffic.state.plans[agent.agent_id].steps[0])

    def request(self, agent_id: str, *stops: Stop, rest: str | None = None) -> None:
        self.wanting[agent_id] = PlanRequest(agent_id=agent_id, stops=stops, rest=rest)

    def random_request(self, agent_id: str) -> None:
        stops = []
        for _ in range(self.random.randint(1, 3)):
            self.tasks_made += 1
            node = self.random.choice(self.places)
            room = self.cells.cells[node].room if self.random.random() < 0.5 else None
            duration_s = self.random.choice((0.0, 10.0, 60.0))
            task = f"m/{self.tasks_made}"
            stops.append(Stop(node=node, duration_s=duration_s, task=task, hold_room=room))
        self.request(agent_id, *stops)

    def ask(self) -> None:
        """Put the question now; the answer comes whenever."""
        if self.asked or not self.wanting:
            return
        problem = self.traffic.problem(tuple(self.wanting.values()), self.now_s)
        coded = msgspec.msgpack.encode(plan(self.cells, problem))
        self.asked.append(msgspec.msgpack.decode(coded, type=PlanAnswer))

    def answer(self) -> None:
        answer = self.asked.pop()
        try:
            adopted = self.traffic.adopt(answer)
        except StaleAnswer:
            self.stale += 1
            return
        for agent_id in adopted:
            self.wanting.pop(agent_id, None)
        self.vetoes += [veto.because for veto in answer.vetoes]
        for veto in answer.vetoes:
            self.give_way(veto.agent_id, veto.blocked_by)
        if self.deep:
            assert plan_faults(self.cells, self.traffic.state.plans) == ()

    def give_way(self, agent_id: str, blocked_by: tuple[str, ...]) -> None:
        """As the core does: idle robots in the way go elsewhere; one that gets no way goes to rest first."""
        for other in blocked_by:
            if other in self.wanting or other in self.traffic.state.frozen or not self.idle(other):
                continue
            here = self.traffic.end(other)
            ends = [self.traffic.end(a) for a in self.agents]
            free = [
                rest
                for rest in self.cells.rests(self.agents[other].graphs)
                if not any(self.cells.conflict(rest, end) for end in ends) and rest != here
            ]
            if free:
                self.request(other, rest=self.random.choice(free))

    def allocate(self, agent_id: str) -> bool:
        if self.asked and agent_id in self.wanting:
            return False
        graphs = self.agents[agent_id].graphs
        steps = self.traffic.allocate(agent_id, self.now_s, self.random.choice((0.0, 4.0, 12.0)))
        for step in steps:
            self.judge.allocate(self.now_s, agent_id, step, graphs)
        assert self.judge.faults == []
        return bool(steps)

    def move(self, agent_id: str) -> bool:
        """It reaches the next step allocated to it."""
        mine = self.traffic.state.plans[agent_id]
        if mine.allocated == 1 or agent_id in self.traffic.state.frozen:
            return False
        step = mine.steps[1]
        self.now_s += step.drive_s / len(self.agents)
        self.traffic.reached(agent_id, step.step_no, self.now_s)
        self.judge.free(agent_id, step.step_no)
        self.stops_made += step.is_stop
        return True

    def truncate(self, agent_id: str) -> None:
        """Its order is cancelled somewhere on the way."""
        mine = self.traffic.state.plans[agent_id]
        if self.asked and agent_id in self.wanting:
            return
        step_no = mine.steps[self.random.randrange(mine.allocated)].step_no
        self.traffic.truncate(agent_id, step_no)
        self.judge.free(agent_id, step_no)
        self.judge.truncate(agent_id, step_no)
        self.request(agent_id)

    def lose(self, agent_id: str) -> None:
        self.traffic.freeze(agent_id)
        self.wanting.pop(agent_id, None)
        for other in self.traffic.cut_off(agent_id):
            self.traffic.cut(other)
            self.wanting.setdefault(other, PlanRequest(agent_id=other, stops=()))

    def find(self, agent_id: str) -> None:
        self.traffic.thaw(agent_id)
        self.request(agent_id)

    def carry(self, agent_id: str) -> None:
        """People lift it off the floor and put it down somewhere else, where there is room."""
        agent = self.agents[agent_id]
        free = [cell for cell in self.cells.cells if self.is_free(cell, agent_id)]
        if not free:
            return
        self.traffic.remove(agent_id)
        self.judge.leave(agent_id)
        self.appear(agent, self.random.choice(free))
        self.request(agent_id)

    def is_free(self, cell: str, agent_id: str) -> bool:
        usable = self.cells.moves(cell, self.agents[agent_id].graphs)
        if not self.cells.cells[cell].stoppable or not usable:
            return False
        plans = [plan for other, plan in self.traffic.state.plans.items() if other != agent_id]
        held = [step for plan in plans for step in plan.steps[: plan.allocated]]
        here = Step(step_no=0, cell=cell, enter_s=0.0, leave_s=0.0)
        return not any(exclude(self.cells, here, step) for step in held)

    def restart(self) -> None:
        """State through the journal and back."""
        coded = msgspec.msgpack.encode(self.traffic.state)
        self.traffic = Traffic(self.cells)
        self.traffic.state = msgspec.msgpack.decode(coded, type=TrafficState)

    # -- questions

    def idle(self, agent_id: str) -> bool:
        mine = self.traffic.state.plans[agent_id]
        return agent_id not in self.wanting and len(mine.steps) == 1

    def progress(self) -> bool:
        """One round in a random order in which everybody does what it can; whether anything happened."""
        self.ask()
        happened = bool(self.asked)
        if self.asked:
            self.answer()
        for agent_id in self.random.sample(list(self.agents), len(self.agents)):
            happened = self.allocate(agent_id) or happened
            while self.random.random() < 0.7 and self.move(agent_id):
                happened = True
            happened = happened or self.traffic.state.plans[agent_id].allocated > 1
        return happened

    def finish(self, rounds: int = 4000) -> None:
        """Nothing new comes in: all must get where they want to be."""
        for _ in range(rounds):
            self.now_s += 1.0
            moved = self.progress()
            if all(self.idle(agent_id) for agent_id in self.agents):
                return
            assert moved, self.story()
        raise AssertionError(self.story())

    def story(self) -> str:
        lines = [f"at {self.now_s}: wanting {sorted(self.wanting)}, vetoes {self.vetoes[-3:]}"]
        for agent_id, mine in self.traffic.state.plans.items():
            steps = " ".join(step.cell for step in mine.steps)
            lines.append(f"{agent_id} {mine.allocated}: {steps}; waits {self.traffic.waiting_for(agent_id)}")
        return "\n".join(lines)


def random_day(execution: Execution, events: int, *, losses: bool = False, disruption: float = 1.0) -> None:
    """Requests, cancels, delays, stale answers, restarts and losses in a random order; then it must end.

    disruption scales how often orders are cancelled, requests replaced and robots lost.
    """
    random, names = execution.random, list(execution.agents)
    for _ in range(events):
        execution.now_s += random.random()
        name = random.choice(names)
        frozen = name in execution.traffic.state.frozen
        dice = random.random()
        if dice < 0.02 * disruption:
            disrupt(execution, name, losses=losses)
        elif dice < 0.05 and not frozen and execution.idle(name):
            execution.random_request(name)
        elif dice < 0.10:
            execution.ask()
        elif dice < 0.16 and execution.asked:
            execution.answer()
        elif dice < 0.5:
            execution.allocate(name)
        else:
            execution.move(name)
    for name in tuple(execution.traffic.state.frozen):
        execution.find(name)
    execution.finish()


def disrupt(execution: Execution, name: str, *, losses: bool) -> None:
    frozen = name in execution.traffic.state.frozen
    what = execution.random.choice(("request", "request", "truncate", "truncate", "restart", "lose", "carry"))
    if what == "restart":
        execution.restart()
    elif what == "lose" and losses:
        (execution.find if frozen else execution.lose)(name)
    elif what == "carry" and losses:
        execution.carry(name)
    elif what == "request" and not frozen:
        execution.random_request(name)
    elif what == "truncate" and not frozen:
        execution.truncate(name)
