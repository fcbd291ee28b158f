"""The wire between an orchestrator and a robot: what a vendor implements. docs/protocol.md explains it.

Frozen tagged msgspec structs, msgpack on the wire, one struct per ZeroMQ message. Nothing here decides
anything, keeps state or does I/O. Units are SI, stamps are Unix UTC float seconds and for display only.

Down (orchestrator to robot): Welcome, Refused, Order, Cancel, InstantAction, Ack, Ping.
Up (robot to orchestrator): Hello, OrderAccepted, OrderRefused, Ack, Pong, Bye, State, Pose, ActionEvent,
NodePassed, Fault. Frames travel on a socket of their own: [header (FrameHeader), JPEG bytes].
"""

from enum import StrEnum
from typing import TypeVar

import msgspec

T = TypeVar("T")

PROTOCOL_VERSION = 1
MESSAGE_BYTES_MAX = 256 * 1024
"""A longer control message is rubbish: the longest order of a large site has about 64 KiB."""


class ProtocolError(Exception):
    """Bytes that are no message of this protocol. The sender misbehaves: quarantine it and go on."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Root of everything on the control socket."""


# -- facts about a robot -------------------------------------------------------------------------


class Factsheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a robot is and can do; sent with every Hello, so that the orchestrator keeps no catalogue."""

    model: str
    family: str
    """patrol, disinfection, guide or service."""
    names: dict[str, str]
    skills: tuple[str, ...]
    """Action types it can perform."""
    radius_m: float
    speed_mps_max: float
    acceleration_mps2: float
    turn_radps_max: float
    battery_wh: float
    draw_idle_w: float
    draw_moving_w: float
    draw_action_w: dict[str, float]
    charge_w: float
    reserve_fraction: float
    """Missions are planned to end above this."""
    low_fraction: float
    """It goes and charges by itself below this."""
    graphs: tuple[str, ...] = ("0",)
    """Fleet graphs it may use."""
    tanks_ml: dict[str, float] = {}
    lamps_w: dict[str, float] = {}
    languages: tuple[str, ...] = ("zh-CN", "en")


# -- orders ----------------------------------------------------------------------------------------


class Action(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to do. The type names a skill; params hold what the skill's module documents."""

    action_id: str
    action_type: str
    params: dict[str, str | float | bool | tuple[str, ...]] = {}
    en_route: bool = False
    """True: it runs from the order's start and ends when the last node is reached (lead). False: it is
    done at the last node."""


class OrderNode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A point to drive to, complete in itself: a robot needs no map."""

    node_id: str
    """The cell: a node of the site graph, or EDGE#k for a point on a lane."""
    seq: int
    """Counts up through the whole order; the update's first base node repeats the last one's seq."""
    x_m: float
    y_m: float
    level: str
    yaw_rad: float | None = None
    """Heading to take when standing here; None: as it comes."""
    speed_mps_max: float | None = None
    """Limit on the way to this node."""
    lift: str | None = None
    """Set when the way to this node is a ride in this lift (same cabin, other level): no driving."""


class Order(Message, frozen=True):
    """What one robot is told: one task. A higher order_update_id of the same order is its update.

    The robot drives base only and stops at its end; horizon is for display and never driven.
    last is True when base ends at the task's place: then the action is performed there.
    """

    order_id: str
    order_update_id: int
    base: tuple[OrderNode, ...]
    horizon: tuple[OrderNode, ...] = ()
    action: Action | None = None
    last: bool = False
    because: str = ""


class Cancel(Message, frozen=True):
    """Stop at the next base node, end the action safely (lamp off, tray locked), forget the order."""

    cancel_id: str
    order_id: str
    because: str = ""


class InstantVerb(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    """Halt at once, actuators off; only a RESUME by a person gets it going again."""
    CONFIRM = "confirm"
    """A person's confirmation for the running action (params: pin, what)."""


class InstantAction(Message, frozen=True):
    instant_id: str
    verb: InstantVerb
    params: dict[str, str] = {}
    because: str = ""


class Welcome(Message, frozen=True):
    """The robot is known; heartbeats are due every heartbeat_s, silence for lost_s means lost."""

    protocol_version: int
    site_id: str
    heartbeat_s: float
    lost_s: float


class Refused(Message, frozen=True):
    """The robot is not taken: why, and what to do. It may try again after retry_s."""

    code: str
    """version, duplicate, name, rubbish, full, misfit (too large for the site), hello (say hello again)."""
    message: str
    retry_s: float = 10.0


class Ack(Message, frozen=True):
    """ref is the id of the InstantAction or Cancel that was carried out; ok False says why not."""

    ref: str
    ok: bool = True
    message: str = ""


class Ping(Message, frozen=True):
    stamp_s: float


class Pong(Message, frozen=True):
    stamp_s: float


# -- reports ---------------------------------------------------------------------------------------


class Hello(Message, frozen=True):
    """First message after every connect."""

    robot_id: str
    boot_id: str
    """Changes with every start of the robot's program."""
    protocol_version: int
    factsheet: Factsheet
    last_order_id: str = ""
    last_order_update_id: int = 0
    last_seq: int = -1
    """The last order node passed."""
    action_done: bool = False
    """The remembered order's action finished, and the orchestrator has surely heard its result. An end that
    may be unheard follows as an ActionEvent after the Welcome."""


class OrderAccepted(Message, frozen=True):
    order_id: str
    order_update_id: int


class OrderRefused(Message, frozen=True):
    order_id: str
    order_update_id: int
    message: str


class NodePassed(Message, frozen=True):
    """The robot's centre reached this node of the order. What lies behind it may be freed."""

    order_id: str
    node_id: str
    seq: int


class ActionStatus(StrEnum):
    """VDA 5050's words."""

    INITIALIZING = "initializing"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


class ActionEvent(Message, frozen=True):
    """An action changed: its status, or a significant step inside it (phase: the skill machine's state)."""

    order_id: str
    action_id: str
    status: ActionStatus
    phase: str = ""
    because: str = ""
    result: dict[str, str | float] = {}
    """What was measured: dose_min_j_m2, image, confirmed_by, ..."""


class FaultLevel(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Fault(Message, frozen=True):
    """Raised when it appears and, with cleared True, when it is gone."""

    code: str
    level: FaultLevel
    message: str
    cleared: bool = False


class State(Message, frozen=True):
    """The robot's own account, at once on change and once a second. Significant parts are journalled."""

    activity: str
    """offline, starting, ready_idle, ready_assigned, moving, acting, charging."""
    mode: str
    """autonomous, paused, manual, fault, stopped."""
    battery_fraction: float
    charging: bool
    order_id: str = ""
    order_update_id: int = 0
    last_seq: int = -1
    skill: str = ""
    """The skill whose machine runs."""
    phase: str = ""
    """That machine's state."""
    level: str = ""
    x_m: float = 0.0
    y_m: float = 0.0
    yaw_rad: float = 0.0
    tanks_ml: dict[str, float] = {}
    lamps_hours: dict[str, float] = {}
    readings: dict[str, float] = {}


class Pose(Message, frozen=True):
    """5 to 10 a second while moving. Never journalled."""

    stamp_s: float
    level: str
    x_m: float
    y_m: float
    yaw_rad: float
    speed_mps: float = 0.0


class Bye(Message, frozen=True):
    """The robot's program ends on purpose."""

    because: str = ""


class FrameHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Goes before the JPEG on the frames socket."""

    robot_id: str
    sequence: int
    stamp_s: float
    mime: str = "image/jpeg"
    tag: str = ""
    """Not empty: evidence for an action (its action_id); kept, not only shown."""


Down = Welcome | Refused | Order | Cancel | InstantAction | Ack | Ping
Up = Hello | OrderAccepted | OrderRefused | Ack | Pong | Bye | State | Pose | ActionEvent | NodePassed | Fault


class Codec:
    """Encodes and decodes one direction's messages. Decoders are reused: building one costs 1 ms."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._down: msgspec.msgpack.Decoder[Down] = msgspec.msgpack.Decoder(Down)
        self._up: msgspec.msgpack.Decoder[Up] = msgspec.msgpack.Decoder(Up)
        self._header = msgspec.msgpack.Decoder(FrameHeader)

    def encode(self, message: Message | FrameHeader) -> bytes:
        return self._encoder.encode(message)

    def decode_down(self, data: bytes) -> Down:
        """Raises ProtocolError: the orchestrator does not speak this protocol; the robot ignores it."""
        return self._decode(self._down, data)

    def decode_up(self, data: bytes) -> Up:
        """Raises ProtocolError: quarantine the sender."""
        return self._decode(self._up, data)

    def decode_header(self, data: bytes) -> FrameHeader:
        return self._decode(self._header, data)

    def _decode(self, decoder: "msgspec.msgpack.Decoder[T]", data: bytes) -> T:
        if len(data) > MESSAGE_BYTES_MAX:
            raise ProtocolError(f"message of {len(data)} bytes; at most {MESSAGE_BYTES_MAX} are allowed")
        try:
            return decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProtocolError(f"not a message of protocol {PROTOCOL_VERSION}: {error}") from error
