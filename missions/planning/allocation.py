"""Which robot gets a mission: cheapest insertion over travel times, with a veto for each that cannot.

Pure. Costs are seconds: until the mission ends, plus the delay that it brings to missions queued behind it.
Higher priority goes before lower, equal priority queues; nothing goes before the mission under way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from missions.mission import Task
from missions.planning.cells import CellGraph
from missions.planning.charging import Battery
from missions.planning.closures import OPEN, Barrier
from missions.planning.problem import Agent
from missions.planning.travel import Travel

PERMANENT = ("ROBOT_UNKNOWN", "ROBOT_NOT_CAPABLE", "NO_ROUTE")
"""Vetoes of a robot that do not pass by themselves."""
NAMED_MAX = 3
"""Robots named in one sentence."""


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
    closure: str = ""
    """Of WAY_CLOSED: what keeps all of them out."""


@dataclass(frozen=True, slots=True)
class _Bid:
    cost_s: float
    agent_id: str
    position: int
    start_s: float
    duration_s: float
    away_s: float


@dataclass(frozen=True, slots=True)
class _Veto:
    code: str
    because: str
    """Goes on after the robot's name: 'is lost'."""
    unskilled: bool = False
    closure: str = ""
    closed: str = ""
    """Of WAY_CLOSED: the sentence when it holds for all robots."""


@dataclass(frozen=True, slots=True)
class _Trip:
    """A mission driven from one place to its last."""

    away_s: float
    """Drive to its first place."""
    total_s: float
    used_wh: float
    end_cell: str


def choose(
    cells: CellGraph,
    call: Call,
    bidders: Sequence[Bidder],
    now_s: float,
    *,
    chargers: tuple[str, ...] = (),
    barrier: Barrier = OPEN,
) -> Offer | Refusal:
    """The cheapest feasible insertion; ties go to the smaller robot id. Refusal: nobody can now, and why.

    A robot must still reach a charger above its reserve afterwards; without chargers named, any rest.
    """
    travel = Travel(cells, chargers, barrier)
    bids: list[_Bid] = []
    vetoes: dict[str, _Veto] = {}
    for bidder in bidders:
        bid = _bid(travel, call, bidder, now_s)
        if isinstance(bid, _Bid):
            bids.append(bid)
        else:
            vetoes[bidder.agent.agent_id] = bid
    if not bids:
        return _refusal(call, vetoes)
    bids.sort(key=lambda bid: (bid.cost_s, bid.agent_id))
    return _offer(call, bids, vetoes, now_s)


# -- one robot ----------------------------------------------------------------------------------------


def _bid(travel: Travel, call: Call, bidder: Bidder, now_s: float) -> _Bid | _Veto:
    veto = _veto(call, bidder)
    if veto is not None:
        return veto
    position = sum(1 for queued in bidder.queue if queued.priority >= call.priority)
    start_s, cell, before_wh = _after_queue(travel, bidder, bidder.queue[:position], now_s)
    trip = _trip(travel, bidder, call, cell)
    if not math.isfinite(trip.total_s):
        return _no_way(travel, bidder, call, cell)
    veto = _battery_veto(travel, bidder, trip, before_wh + trip.used_wh)
    if veto is not None:
        return veto
    delay_s = _delay_s(travel, bidder, bidder.queue[position:], cell, trip)
    # To the millisecond: the last digits of a sum must not break a tie.
    cost_s, start_s, duration_s, away_s = (
        round(value, 3)
        for value in (start_s + trip.total_s - now_s + delay_s, start_s, trip.total_s, trip.away_s)
    )
    return _Bid(cost_s, bidder.agent.agent_id, position, start_s, duration_s, away_s)


def _veto(call: Call, bidder: Bidder) -> _Veto | None:
    if call.pinned is not None and call.pinned != bidder.agent.agent_id:
        return _Veto("ROBOT_BUSY", f"is not {call.pinned}, which was asked for")
    missing = [skill for skill in call.skills if skill not in bidder.skills]
    if missing:
        return _Veto("ROBOT_NOT_CAPABLE", f"cannot {', '.join(missing)}", unskilled=True)
    return _Veto(bidder.veto, bidder.veto_because) if bidder.veto else None


def _after_queue(
    travel: Travel, bidder: Bidder, queue: tuple[Call, ...], now_s: float
) -> tuple[float, str, float]:
    """When and where it is done with these missions, and what they take in Wh."""
    clock_s, cell, used_wh = max(now_s, bidder.ready_s), bidder.ready_cell, bidder.busy_wh
    for queued in queue:
        trip = _trip(travel, bidder, queued, cell)
        if not math.isfinite(trip.total_s):
            continue  # it waits for a way in any case
        clock_s, cell, used_wh = clock_s + trip.total_s, trip.end_cell, used_wh + trip.used_wh
    return clock_s, cell, used_wh


def _trip(travel: Travel, bidder: Bidder, call: Call, cell: str) -> _Trip:
    agent, battery = bidder.agent, bidder.battery
    total_s, used_wh, away_s = 0.0, 0.0, 0.0
    for index, task in enumerate(call.tasks):
        drive_s = travel.seconds(agent, cell, task.node, task.pace_mps)
        away_s = drive_s if index == 0 else away_s
        total_s += drive_s + task.duration_s
        used_wh += battery.drive_wh(drive_s, task.action_type if task.en_route else "")
        used_wh += battery.act_wh(task.action_type, task.duration_s)
        cell = task.node
    return _Trip(away_s, total_s, used_wh, cell)


def _battery_veto(travel: Travel, bidder: Bidder, trip: _Trip, used_wh: float) -> _Veto | None:
    """Whether its battery lasts for all of it and the way to a charger, with the reserve untouched."""
    battery = bidder.battery
    home_wh = battery.drive_wh(travel.to_charger_s(bidder.agent, trip.end_cell))
    if battery.keeps_reserve(used_wh + home_wh):
        return None
    if not battery.could_when_full(trip.used_wh + home_wh):
        percent = round(100 * (trip.used_wh + home_wh) / battery.capacity_wh)
        return _Veto("ROBOT_NOT_CAPABLE", f"cannot on one charge: it takes {percent} % of its battery")
    now, end = (max(0, round(100 * f)) for f in (battery.fraction, battery.fraction_after(used_wh + home_wh)))
    reserve = round(100 * battery.reserve_fraction)
    return _Veto("BATTERY_TOO_LOW", f"has {now} % left and would end at {end} %, its reserve is {reserve} %")


def _delay_s(travel: Travel, bidder: Bidder, behind: tuple[Call, ...], cell: str, trip: _Trip) -> float:
    """How much later the missions behind it end, added up, when they begin where it ends."""
    later_s, delay_s, without, with_it = trip.total_s, 0.0, cell, trip.end_cell
    for queued in behind:
        was, becomes = _trip(travel, bidder, queued, without), _trip(travel, bidder, queued, with_it)
        if not (math.isfinite(was.total_s) and math.isfinite(becomes.total_s)):
            break  # it waits for a way in any case
        later_s += becomes.total_s - was.total_s
        delay_s += later_s
        without, with_it = was.end_cell, becomes.end_cell
    return max(0.0, delay_s)


def _no_way(travel: Travel, bidder: Bidder, call: Call, cell: str) -> _Veto:
    """There is none on its lanes; or what is closed now cuts a place off."""
    task = call.tasks[-1]
    for task in call.tasks:
        if not math.isfinite(travel.seconds(bidder.agent, cell, task.node, None)):
            break
        cell = task.node
    closed = travel.closed(bidder.agent, cell, task.node)
    if closed is None:
        return _Veto("NO_ROUTE", f"has no way to {task.place}")
    closure, why = closed
    return _Veto(
        "WAY_CLOSED",
        f"has no way to {task.place} now: {why}",
        closure=closure,
        closed=f"there is no way to {task.place} now: {why}",
    )


# -- words --------------------------------------------------------------------------------------------


def _offer(call: Call, bids: list[_Bid], vetoes: dict[str, _Veto], now_s: float) -> Offer:
    best = bids[0]
    alternatives: dict[str, float | str] = {bid.agent_id: bid.cost_s for bid in bids}
    alternatives.update({agent_id: veto.code for agent_id, veto in vetoes.items()})
    return Offer(
        agent_id=best.agent_id,
        position=best.position,
        start_s=best.start_s,
        duration_s=best.duration_s,
        cost_s=best.cost_s,
        because=f"{_when(best, now_s)}; {_instead(call, bids, vetoes)}",
        alternatives=alternatives,
    )


def _when(best: _Bid, now_s: float) -> str:
    wait_s = max(0.0, best.start_s - now_s)
    when = "is free now" if wait_s < 1.0 else f"is free in {wait_s:.0f} s"
    return f"{best.agent_id} {when} and {best.away_s:.0f} s away"


def _instead(call: Call, bids: list[_Bid], vetoes: dict[str, _Veto]) -> str:
    """What speaks against the others."""
    if call.pinned is not None:
        return "it was asked for"
    if len(bids) > 1:
        other = bids[1]
        return f"{other.agent_id} would end {other.cost_s - bids[0].cost_s:.0f} s later"
    able = {agent_id: veto for agent_id, veto in vetoes.items() if veto.code != "ROBOT_NOT_CAPABLE"}
    return _told(able, ", ") if able else "no other robot can do this"


def _told(vetoes: dict[str, _Veto], separator: str = "; ") -> str:
    """'carrier-1 is lost, carrier-2 is out of service': the first few by name."""
    told = [f"{agent_id} {vetoes[agent_id].because}" for agent_id in sorted(vetoes)]
    more = [f"{len(told) - NAMED_MAX} more cannot"] if len(told) > NAMED_MAX else []
    return separator.join((*told[:NAMED_MAX], *more))


def _refusal(call: Call, vetoes: dict[str, _Veto]) -> Refusal:
    if call.pinned is not None:
        return _refusal_of_pinned(call.pinned, vetoes)
    by_robot = {agent_id: veto.code for agent_id, veto in vetoes.items()}
    able = {agent_id: veto for agent_id, veto in vetoes.items() if veto.code != "ROBOT_NOT_CAPABLE"}
    if not able:
        because, hint = _nobody(call, vetoes)
        return Refusal(code="NO_CAPABLE_ROBOT", because=because, hint=hint, vetoes=by_robot)
    closed = _closed_to_all(able)
    if closed is not None:
        return Refusal(
            code=closed.code,
            because=closed.closed,
            hint="It starts when the way is open again.",
            vetoes=by_robot,
            closure=closed.closure,
        )
    passing = [veto.code for veto in able.values() if veto.code not in PERMANENT]
    return Refusal(
        code=(passing or ["NO_ROUTE"])[0],
        because=_told(able),
        hint="It starts when one of them can." if passing else "Check the place and the map.",
        vetoes=by_robot,
    )


def _closed_to_all(able: dict[str, _Veto]) -> _Veto | None:
    """What keeps out every robot that could, when it is the same for all."""
    if not able or any(veto.code != "WAY_CLOSED" for veto in able.values()):
        return None
    reasons = [veto for veto in able.values() if veto.closed]
    same = all(veto.closed == reasons[0].closed for veto in reasons)
    return reasons[0] if reasons and same else None


def _nobody(call: Call, vetoes: dict[str, _Veto]) -> tuple[str, str]:
    """No robot has the skills; or those that have them need more than one battery. And what to do."""
    skilled = {agent_id: veto for agent_id, veto in vetoes.items() if not veto.unskilled}
    if skilled:
        return _told(skilled), "Ask for less in one mission, or start a robot with a larger battery."
    because = f"no robot on the site can {', '.join(call.skills) or 'do this'}"
    return because, "Start a robot whose model can, or choose another template."


def _refusal_of_pinned(pinned: str, vetoes: dict[str, _Veto]) -> Refusal:
    veto = vetoes.get(pinned)
    if veto is None:
        return Refusal(
            code="ROBOT_UNKNOWN",
            because=f"no robot called {pinned} has ever said hello",
            hint="Leave the robot open, or name one of: " + (", ".join(sorted(vetoes)) or "none yet"),
            vetoes={agent_id: other.code for agent_id, other in vetoes.items()},
        )
    permanent = veto.code in PERMANENT
    return Refusal(
        code=veto.code,
        closure=veto.closure,
        because=f"{pinned} {veto.because}",
        hint="Choose another robot or leave it open." if permanent else "It starts when that has passed.",
        vetoes={pinned: veto.code},
    )
