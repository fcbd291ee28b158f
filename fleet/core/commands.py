"""What is to be done: the core's outputs, imperative, each with its reason (because).

Frozen tagged msgspec structs; journalled with the event they follow from, and carried out only after that.
Carrying one out twice is harmless: each has an id, or says the whole wanted state.
"""

from enum import StrEnum

import msgspec

from missions.mission import Param
from missions.planning.problem import PlanProblem


class Command(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    because: str


class VetoCode(StrEnum):
    """Why something cannot be. The console has a text in each language for each."""

    NO_CAPABLE_ROBOT = "NO_CAPABLE_ROBOT"
    ROBOT_UNKNOWN = "ROBOT_UNKNOWN"
    ROBOT_NOT_CAPABLE = "ROBOT_NOT_CAPABLE"
    ROBOT_OUT_OF_SERVICE = "ROBOT_OUT_OF_SERVICE"
    ROBOT_LOST = "ROBOT_LOST"
    ROBOT_BUSY = "ROBOT_BUSY"
    BATTERY_TOO_LOW = "BATTERY_TOO_LOW"
    NO_ROUTE = "NO_ROUTE"
    WAY_CLOSED = "WAY_CLOSED"
    """There is a way, and something on it is closed now: it waits."""
    ELEMENT_UNKNOWN = "ELEMENT_UNKNOWN"
    ROOM_OCCUPIED = "ROOM_OCCUPIED"
    MISSION_UNKNOWN = "MISSION_UNKNOWN"
    MISSION_ENDED = "MISSION_ENDED"
    WRONG_STATE = "WRONG_STATE"
    ALERT_UNKNOWN = "ALERT_UNKNOWN"
    TOO_MANY_MISSIONS = "TOO_MANY_MISSIONS"
    FIRE = "FIRE"


# -- answers to people ------------------------------------------------------------------------------


class AcceptMission(Command, frozen=True):
    """robot '' means that it waits; because says for what."""

    request_key: str
    mission_id: str
    robot: str = ""
    start_s: float | None = None
    duration_s: float | None = None
    repeated: bool = False
    """The same request_key was answered before."""


class RejectMission(Command, frozen=True):
    request_key: str
    veto: VetoCode
    hint: str
    vetoes: dict[str, VetoCode] = {}
    """By robot."""


class AnswerControl(Command, frozen=True):
    """To whoever sent a *Controlled, MissionConfirmed or AlertHandled event (in the same journal row)."""

    ok: bool
    veto: VetoCode | None = None
    hint: str = ""
    pending: tuple[str, ...] = ()
    """Robots whose acknowledgement is awaited."""
    ref: str = ""
    """What was made: a closure's id."""


# -- to robots --------------------------------------------------------------------------------------


class OrderAction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_id: str
    action_type: str
    params: dict[str, Param] = {}
    en_route: bool = False


class OrderCell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One point of an order; fleet.translate adds the coordinates."""

    cell: str
    seq: int
    pace_mps: float | None = None
    lift: str | None = None


class SendOrder(Command, frozen=True):
    robot_id: str
    order_id: str
    order_update_id: int
    base: tuple[OrderCell, ...]
    horizon: tuple[OrderCell, ...] = ()
    action: OrderAction | None = None
    last: bool = False


class SendCancel(Command, frozen=True):
    robot_id: str
    cancel_id: str
    order_id: str


class SendInstant(Command, frozen=True):
    robot_id: str
    instant_id: str
    verb: str
    params: dict[str, str] = {}


class WelcomeRobot(Command, frozen=True):
    robot_id: str
    boot_id: str


class RefuseRobot(Command, frozen=True):
    robot_id: str
    boot_id: str
    code: str
    retry_s: float = 10.0


# -- to the building and the planner ----------------------------------------------------------------


class RequestDoor(Command, frozen=True):
    door: str
    want: str
    """open or closed."""


class RequestLift(Command, frozen=True):
    """Session for this robot: come to level, open the doors, keep them open until the next request."""

    lift: str
    session: str
    level: str


class ReleaseLift(Command, frozen=True):
    """The session's robot is proven outside."""

    lift: str
    session: str


class SolvePlan(Command, frozen=True):
    problem: PlanProblem


AnyCommand = (
    AcceptMission
    | RejectMission
    | AnswerControl
    | SendOrder
    | SendCancel
    | SendInstant
    | WelcomeRobot
    | RefuseRobot
    | RequestDoor
    | RequestLift
    | ReleaseLift
    | SolvePlan
)
