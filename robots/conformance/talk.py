"""What the judge hears, says and knows about the robot under test. Values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import cos, hypot, sin
from typing import TypeVar

from robots import protocol as wire

T = TypeVar("T", bound=wire.Message)

HEARTBEAT_S = 1.0
LOST_S = 30.0
SPEED_MPS = 0.4
"""Orders ask for no more: a robot that misbehaves does it slowly."""
STEPS = 4
"""An order's length in steps; a track has twice as many, so that one direction always has room."""
STILL_M = 0.03
STILL_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    track_m: float = 4.0
    """Length of floor ahead of the robot that it may use."""
    heading_rad: float | None = None
    """Direction of the track; None: where the robot looks at first."""
    has_program: bool = False
    """The judge can start and kill the robot's program."""
    run_id: str = "conform"
    """Begins every id of this run: a robot remembers orders that are over, also those of an earlier run."""
    action: wire.Action | None = None
    """A harmless action to ask for; None: one that the factsheet names and the kit knows."""


# -- in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Began:
    """The sockets are open."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message on one connection; connections are numbered as they appear."""

    connection: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FrameArrived:
    """The parts of one message on the frames socket."""

    parts: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProgramEnded:
    """The robot's program has ended, asked or not."""

    exit_code: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    """next_deadline_s() has passed."""


JudgeEvent = Began | Arrived | FrameArrived | ProgramEnded | TimerFired

# -- out, to be carried out in this order -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    connection: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """Break every connection and listen to nobody."""


@dataclass(frozen=True, slots=True)
class Mend:
    """Listen again, at the same address."""


@dataclass(frozen=True, slots=True)
class ReadFrames:
    """Read the frames socket, or let it fill up."""

    reads: bool


@dataclass(frozen=True, slots=True)
class StartProgram:
    """Start the robot's program; nothing when it runs."""


@dataclass(frozen=True, slots=True)
class EndProgram:
    """hard: as a power cut would; else it is asked to end."""

    hard: bool


JudgeCommand = Say | Cut | Mend | ReadFrames | StartProgram | EndProgram

# -- what was heard ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that came; message None: bytes that are no message of the protocol."""

    at_s: float
    connection: int
    message: wire.Up | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    at_s: float
    level: str
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True)
class Frame:
    at_s: float
    header: wire.FrameHeader | None
    jpeg: bytes = field(repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One order's nodes; which of them are released is said by each update."""

    order_id: str
    nodes: tuple[wire.OrderNode, ...]

    def order(
        self,
        first: int,
        end: int,
        *,
        update: int = 1,
        horizon: int | None = None,
        last: bool = False,
        action: wire.Action | None = None,
    ) -> wire.Order:
        """Released from first to end; shown beyond it up to horizon."""
        return wire.Order(
            order_id=self.order_id,
            order_update_id=update,
            base=self.nodes[first : end + 1],
            horizon=() if horizon is None else self.nodes[end + 1 : horizon + 1],
            action=action,
            last=last,
            because="conformance kit",
        )

    def beyond_m(self, index: int, place: Place) -> float:
        """How far the place lies behind this node, along the route; negative: before it."""
        start, node = self.nodes[0], self.nodes[index]
        tip = self.nodes[-1]
        length_m = hypot(tip.x_m - start.x_m, tip.y_m - start.y_m) or 1.0
        along = (place.x_m - node.x_m) * (tip.x_m - start.x_m) + (place.y_m - node.y_m) * (
            tip.y_m - start.y_m
        )
        return along / length_m


class Talk:
    """The record of one run, and the judge's mouth."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now_s = 0.0
        self.lines: list[Line] = []
        self.places: list[Place] = []
        self.frames: list[Frame] = []
        self.exits: list[int] = []
        self.welcomed: list[tuple[int, int]] = []
        """(connection, number of lines before it) of every Welcome."""
        self.connection = 0
        """The one that said Hello last; 0: none."""
        self.hello: wire.Hello | None = None
        self.state: wire.State | None = None
        """The last one heard since the last Welcome."""
        self.welcomes = True
        """Answer every Hello with a Welcome."""
        self.pings = True
        self.is_cut = False
        self._codec = wire.Codec()
        self._out: list[JudgeCommand] = []
        self._numbers = 0
        self._origin: tuple[float, float, float] | None = None

    # -- saying ------------------------------------------------------------------------------------------

    def say(self, message: wire.Message) -> None:
        self.say_bytes(self._codec.encode(message))

    def say_bytes(self, data: bytes) -> None:
        if self.connection:
            self._out.append(Say(self.connection, data))

    def do(self, command: JudgeCommand) -> None:
        if isinstance(command, Cut | EndProgram):
            self.connection, self.state = 0, None
        if isinstance(command, Cut | Mend):
            self.is_cut = isinstance(command, Cut)
        self._out.append(command)

    def welcome(self) -> None:
        self.welcomed.append((self.connection, len(self.lines)))
        self.state = None
        self.say(
            wire.Welcome(
                protocol_version=wire.PROTOCOL_VERSION,
                site_id="conformance",
                heartbeat_s=HEARTBEAT_S,
                lost_s=LOST_S,
            )
        )

    def taken_out(self) -> tuple[JudgeCommand, ...]:
        out, self._out = tuple(self._out), []
        return out

    def fresh_id(self, kind: str) -> str:
        """A name that this run has not used: order-3, cancel-4, ..."""
        self._numbers += 1
        return f"{self.settings.run_id}-{kind}-{self._numbers}"

    # -- hearing -----------------------------------------------------------------------------------------

    def hear(self, arrived: Arrived) -> None:
        try:
            message = self._codec.decode_up(arrived.data)
        except wire.ProtocolError as error:
            self.lines.append(Line(self.now_s, arrived.connection, None, str(error)))
            return
        self.lines.append(Line(self.now_s, arrived.connection, message))
        if isinstance(message, wire.Hello):
            self._greeted(arrived.connection, message)
        if isinstance(message, wire.State | wire.Pose):
            self.places.append(Place(self.now_s, message.level, message.x_m, message.y_m))
        if isinstance(message, wire.State) and arrived.connection == self.connection:
            self.state = message
            self._anchor(message)

    def _greeted(self, connection: int, hello: wire.Hello) -> None:
        self.connection, self.hello, self.state = connection, hello, None
        if self.welcomes:
            self.welcome()

    def hear_frame(self, parts: tuple[bytes, ...]) -> None:
        if len(parts) != 2:
            self.frames.append(Frame(self.now_s, None, b"", f"{len(parts)} parts instead of header and JPEG"))
            return
        try:
            self.frames.append(Frame(self.now_s, self._codec.decode_header(parts[0]), parts[1]))
        except wire.ProtocolError as error:
            self.frames.append(Frame(self.now_s, None, parts[1], str(error)))

    # -- looking back --------------------------------------------------------------------------------------

    def mark(self) -> int:
        """Now, for since()."""
        return len(self.lines)

    def since(self, mark: int, kind: type[T], where: Callable[[T], bool] = lambda _: True) -> list[T]:
        found = (line.message for line in self.lines[mark:])
        return [message for message in found if isinstance(message, kind) and where(message)]

    def passed(self, order_id: str, mark: int = 0) -> list[int]:
        """The seqs of this order that were reported, as they came."""
        return [told.seq for told in self.since(mark, wire.NodePassed) if told.order_id == order_id]

    @property
    def is_up(self) -> bool:
        """Welcomed, and heard since."""
        return self.connection != 0 and self.state is not None and self._was_welcomed

    @property
    def _was_welcomed(self) -> bool:
        return bool(self.welcomed) and self.welcomed[-1][0] == self.connection

    @property
    def is_idle(self) -> bool:
        state = self.state
        return state is not None and state.order_id == "" and state.mode == "autonomous" and self.stands()

    def stands(self) -> bool:
        """It has reported the same place for a while."""
        recent = [place for place in self.places if place.at_s >= self.now_s - 2 * STILL_S]
        if not recent or recent[-1].at_s - recent[0].at_s < STILL_S:
            return False
        end = recent[-1]
        late = (place for place in recent if place.at_s >= self.now_s - STILL_S)
        return all(hypot(place.x_m - end.x_m, place.y_m - end.y_m) <= STILL_M for place in late)

    @property
    def place(self) -> Place:
        return self.places[-1]

    # -- the floor ------------------------------------------------------------------------------------------

    def _anchor(self, state: wire.State) -> None:
        if self._origin is None:
            given = self.settings.heading_rad
            self._origin = (state.x_m, state.y_m, state.yaw_rad if given is None else given)

    def route(self, *, steps: int = STEPS, speed_mps: float = SPEED_MPS) -> Route:
        """From where it stands, in the direction in which the track has more room."""
        assert self._origin is not None
        here, (x_m, y_m, yaw_rad) = self.place, self._origin
        step_m = self.settings.track_m / (2 * STEPS)
        along_m = (here.x_m - x_m) * cos(yaw_rad) + (here.y_m - y_m) * sin(yaw_rad)
        sign = 1.0 if along_m <= self.settings.track_m / 2 else -1.0
        order_id = self.fresh_id("order")
        nodes = [self._node(order_id, 0, here.x_m, here.y_m, speed_mps)]
        for index in range(1, steps + 1):
            at_m = along_m + sign * index * step_m
            nodes.append(
                self._node(order_id, index, x_m + at_m * cos(yaw_rad), y_m + at_m * sin(yaw_rad), speed_mps)
            )
        return Route(order_id, tuple(nodes))

    def _node(self, order_id: str, seq: int, x_m: float, y_m: float, speed_mps: float) -> wire.OrderNode:
        return wire.OrderNode(
            node_id=f"{order_id}#{seq}",
            seq=seq,
            x_m=round(x_m, 3),
            y_m=round(y_m, 3),
            level=self.place.level,
            speed_mps_max=speed_mps,
        )

    def instant(self, verb: wire.InstantVerb, params: Mapping[str, str] | None = None) -> wire.InstantAction:
        instant = wire.InstantAction(
            instant_id=self.fresh_id("instant"), verb=verb, params=dict(params or {}), because="conformance"
        )
        self.say(instant)
        return instant
