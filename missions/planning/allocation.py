"""Which robot gets a mission: cheapest insertion over travel times, with a veto for each that cannot.

Pure. Costs are seconds: until the mission ends, plus the delay that it brings to missions queued behind it.
Higher priority goes before lower, equal priority queues; nothing goes before the mission under way.
"""

import math
from dataclasses import dataclass, field

from missions.mission import Task
from missions.planning.cells import CellGraph
from missions.planning.charging import Battery
from missions.planning.problem import Agent

PERMANENT = ("ROBOT_UNKNOWN", "ROBOT_NOT_CAPABLE", "NO_ROUTE")
"""Vetoes of a robot that do not pass by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked for."""

    mission_id: str
    tasks: tuple[Task, ...]
    priority: int = 1
    pinned: str | None = None

    @property
    def skills(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(task.action_type for task in self.tasks if task.action_type))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """A robot that may take it."""

    agent: Agent
    skills: tuple[str, ...]
    ready_s: float
    """When it is free of the mission under way."""
    ready_cell: str
    """Where it is then; '' when it has no place on the site."""
    battery: Battery
    queue: tuple[Call, ...] = ()
    """Missions that it has not begun, in order."""
    busy_wh: float = 0.0
    """Energy that the mission under way still takes."""
    veto: str = ""
    """Set by the caller: lost, out of service, ..."""
    veto_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    agent_id: str
    position: int
    """In the queue of missions not begun."""
    start_s: float
    duration_s: float
    cost_s: float
    because: str
    alternatives: dict[str, float | str] = field(default_factory=dict)
    """By robot: what it would have cost, or its veto."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    code: str
    because: str
    hint: str
    vetoes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Bid:
    cost_s: float
    agent_id: str
    position: int
    start_s: float
    duration_s: float
    away_s: float


@dataclass(frozen=True, slots=True)
class _Trip:
    """A mission driven from one place to its last."""

    away_s: float
    """Drive to its first place."""
    total_s: float
    used_wh: float
    end_cell: str


def choose(cells: CellGraph, call: Call, bidders: tuple[Bidder, ...], now_s: float) -> Offer | Refusal:
    """The cheapest feasible insertion; ties go to the smaller robot id. Refusal: nobody can now, and why."""
    bids: list[_Bid] = []
    vetoes: dict[str, tuple[str, str]] = {}
    for bidder in bidders:
        bid = _bid(cells, call, bidder, now_s)
        if isinstance(bid, _Bid):
            bids.append(bid)
        else:
            vetoes[bidder.agent.agent_id] = bid
    if not bids:
        return _refusal(call, vetoes)
    bids.sort(key=lambda bid: (bid.cost_s, bid.agent_id))
    return _offer(bids, vetoes, now_s)


def _offer(bids: list[_Bid], vetoes: dict[str, tuple[str, str]], now_s: float) -> Offer:
    best = bids[0]
    alternatives: dict[str, float | str] = {bid.agent_id: bid.cost_s for bid in bids}
    alternatives.update({agent_id: veto for agent_id, (veto, _because) in vetoes.items()})
    return Offer(
        agent_id=best.agent_id,
        position=best.position,
        start_s=best.start_s,
        duration_s=best.duration_s,
        cost_s=best.cost_s,
        because=_sentence(bids, vetoes, now_s),
        alternatives=alternatives,
    )


def _sentence(bids: list[_Bid], vetoes: dict[str, tuple[str, str]], now_s: float) -> str:
    best = bids[0]
    wait_s = max(0.0, best.start_s - now_s)
    when = "is free now" if wait_s < 1.0 else f"is free in {wait_s:.0f} s"
    text = f"{best.agent_id} {when} and {best.away_s:.0f} s away"
    if len(bids) > 1:
        other = bids[1]
        return f"{text}; {other.agent_id} would end {other.cost_s - best.cost_s:.0f} s later"
    if vetoes:
        agent_id = min(vetoes)
        return f"{text}; the others cannot: {agent_id} {vetoes[agent_id][1]}"
    return f"{text}; it is the only robot"


def _bid(cells: CellGraph, call: Call, bidder: Bidder, now_s: float) -> _Bid | tuple[str, str]:
    veto = _veto(call, bidder)
    if veto is not None:
        return veto
    position = sum(1 for queued in bidder.queue if queued.priority >= call.priority)
    clock_s, cell, used_wh = max(now_s, bidder.ready_s), bidder.ready_cell, bidder.busy_wh
    for queued in bidder.queue[:position]:
        before = _trip(cells, bidder, queued, cell)
        clock_s, cell, used_wh = clock_s + before.total_s, before.end_cell, used_wh + before.used_wh
    trip = _trip(cells, bidder, call, cell)
    if not math.isfinite(trip.total_s):
        return ("NO_ROUTE", f"has no way to {_unreachable(cells, bidder, call, cell)}")
    used_wh += trip.used_wh
    if not bidder.battery.keeps_reserve(used_wh + _to_charger_wh(cells, bidder, trip.end_cell)):
        percent = round(100 * bidder.battery.fraction)
        return ("BATTERY_TOO_LOW", f"has {percent} % of its battery and must keep its reserve")
    delay_s = trip.total_s * len(bidder.queue[position:])
    return _Bid(
        clock_s + trip.total_s - now_s + delay_s,
        bidder.agent.agent_id,
        position,
        clock_s,
        trip.total_s,
        trip.away_s,
    )


def _veto(call: Call, bidder: Bidder) -> tuple[str, str] | None:
    if call.pinned is not None and call.pinned != bidder.agent.agent_id:
        return ("ROBOT_BUSY", f"is not {call.pinned}, which was asked for")
    missing = [skill for skill in call.skills if skill not in bidder.skills]
    if missing:
        return ("ROBOT_NOT_CAPABLE", f"cannot {', '.join(missing)}")
    if bidder.veto:
        return (bidder.veto, bidder.veto_because)
    return None


def _trip(cells: CellGraph, bidder: Bidder, call: Call, cell: str) -> _Trip:
    agent, battery = bidder.agent, bidder.battery
    total_s, used_wh, away_s = 0.0, 0.0, 0.0
    for index, task in enumerate(call.tasks):
        pace_mps = min(agent.speed_mps, task.pace_mps or agent.speed_mps)
        drive_s = cells.travel_s(cell, task.node, pace_mps, agent.graphs)
        away_s = drive_s if index == 0 else away_s
        acts_s = 0.0 if task.en_route else task.duration_s
        total_s += drive_s + acts_s
        used_wh += battery.drive_wh(drive_s) + battery.act_wh(task.action_type, acts_s)
        cell = task.node
    return _Trip(away_s, total_s, used_wh, cell)


def _to_charger_wh(cells: CellGraph, bidder: Bidder, cell: str) -> float:
    agent = bidder.agent
    rests = cells.rests(agent.graphs)
    nearest_s = min(
        (cells.travel_s(cell, rest, agent.speed_mps, agent.graphs) for rest in rests), default=0.0
    )
    return bidder.battery.drive_wh(nearest_s if math.isfinite(nearest_s) else 0.0)


def _unreachable(cells: CellGraph, bidder: Bidder, call: Call, cell: str) -> str:
    for task in call.tasks:
        if not math.isfinite(cells.travel_s(cell, task.node, bidder.agent.speed_mps, bidder.agent.graphs)):
            return task.place
        cell = task.node
    return call.tasks[0].place


def _refusal(call: Call, vetoes: dict[str, tuple[str, str]]) -> Refusal:
    by_robot = {agent_id: veto for agent_id, (veto, _because) in vetoes.items()}
    if call.pinned is not None:
        return _refusal_of_pinned(call, vetoes, by_robot)
    able = {a: row for a, row in vetoes.items() if row[0] != "ROBOT_NOT_CAPABLE"}
    if not able:
        wanted = ", ".join(call.skills) or "do this"
        hint = "Start a robot whose model can, or choose another template."
        return Refusal(
            code="NO_CAPABLE_ROBOT", because=f"no robot on the site can {wanted}", hint=hint, vetoes=by_robot
        )
    codes = [veto for veto, _because in able.values()]
    passing = [code for code in codes if code not in PERMANENT]
    reasons = "; ".join(f"{agent_id} {because}" for agent_id, (_veto, because) in sorted(able.items()))
    hint = "It starts when one of them can." if passing else "Check the place and the map."
    return Refusal(code=(passing or codes)[0], because=reasons, hint=hint, vetoes=by_robot)


def _refusal_of_pinned(call: Call, vetoes: dict[str, tuple[str, str]], by_robot: dict[str, str]) -> Refusal:
    assert call.pinned is not None
    if call.pinned not in vetoes:
        return Refusal(
            code="ROBOT_UNKNOWN",
            because=f"no robot called {call.pinned} has ever said hello",
            hint="Leave the robot open, or name one of: " + (", ".join(sorted(vetoes)) or "none yet"),
            vetoes=by_robot,
        )
    veto, because = vetoes[call.pinned]
    hint = (
        "Choose another robot or leave it open." if veto in PERMANENT else "It starts when that has passed."
    )
    return Refusal(code=veto, because=f"{call.pinned} {because}", hint=hint, vetoes={call.pinned: veto})
