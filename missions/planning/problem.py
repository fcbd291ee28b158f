"""What the planner is asked and what it answers. Values only, so that they can cross to the solver process.

Words: a *cell* is a node of the site graph or EDGE#k, a point on a lane; a *step* is a robot's stay in one
cell; a *stop* is a step with a purpose; a *rest* is a cell where a robot may stand for ever without being in
anybody's way. Every plan ends at a rest of the robot's own: that is why there is no deadlock
(docs/planning.md).
"""

import msgspec


class Stop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place to visit, in order."""

    node: str
    duration_s: float
    task: str
    """mission_id/seq, or '' for none."""
    hold_room: str | None = None
    """Nobody else in this room during the stop."""
    pace_mps: float | None = None
    """Speed limit on the way to this stop."""


class Agent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One robot as the planner sees it; filled from its factsheet."""

    agent_id: str
    radius_m: float
    speed_mps: float
    acceleration_mps2: float
    graphs: tuple[str, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stay in one cell. After it comes the next step's cell."""

    step_no: int
    """Counts up for ever per robot; never used twice."""
    cell: str
    enter_s: float
    """Predicted arrival."""
    leave_s: float
    """Predicted departure; inf for the rest at the end."""
    drive_s: float = 0.0
    """Time to get here from the step before, doors and lift ride included, waiting not."""
    duration_s: float = 0.0
    """Of the stop alone; leave_s - enter_s may contain waiting too."""
    stop: str = ""
    """Task of the stop made here ('' for none; several stops in one cell are several steps)."""
    is_stop: bool = False
    hold_room: str | None = None
    pace_mps: float | None = None
    after: tuple[tuple[str, int], ...] = ()
    """(agent_id, step_no): this step may be allocated when that robot has left that step."""


class AgentPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The present plan of one robot: allocated steps first, then claimed ones."""

    agent: Agent
    steps: tuple[Step, ...]
    """From the oldest step that is not freed yet to the rest."""
    allocated: int
    """How many of steps are allocated: the robot may go to the last of them. At least 1: where it stands."""
    next_step_no: int = 0
    """The number that the next new step gets, unless the last step's is not lower."""


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Plan anew for one robot, from its last allocated step, through these stops, to a rest."""

    agent_id: str
    stops: tuple[Stop, ...]
    rest: str | None = None
    """The node to rest at (a charger, say); None: the nearest free rest to the last stop."""
    busy_until_s: float = 0.0
    """It cannot leave its last allocated cell before this (an action is running there)."""


class PlanProblem(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Everything that the planner may know."""

    version: int
    """Of the traffic state; the answer repeats it and is refused when it has moved on."""
    now_s: float
    plans: tuple[AgentPlan, ...]
    requests: tuple[PlanRequest, ...]
    """In order of importance: the first is planned first."""
    blocked: tuple[str, ...] = ()
    """What nobody may enter: cells (lost robots), and moves (closed lanes, zones, doors and lifts) as
    cell_values.move_key writes them."""
    closed: tuple[str, ...] = ()
    """Cells inside closed elements: whoever is there may leave, nobody is sent there to rest."""


class Veto(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no plan for an agent."""

    agent_id: str
    code: str
    """no_route, goal_blocked, no_rest, conflict."""
    because: str
    blocked_by: tuple[str, ...] = ()
    """Agents that stand in the way."""
    stop: str = ""
    """Of no_route: the task of the first stop that no way leads to."""


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    version: int
    plans: dict[str, tuple[Step, ...]]
    """agent_id to the steps that follow its last allocated one, with after filled in. There may be agents
    that were not asked for: they go out of the way of one that was, and then on to their stops."""
    others_after: dict[str, dict[int, tuple[tuple[str, int], ...]]]
    """Steps of other agents' present plans that must now wait for new steps too: agent_id to step_no to
    the dependencies to add."""
    follows: dict[str, int] = {}
    """agent_id to its last allocated step: stale when it has been allocated more meanwhile."""
    vetoes: tuple[Veto, ...] = ()
    expansions: int = 0
    """Search effort, for the benchmarks."""
