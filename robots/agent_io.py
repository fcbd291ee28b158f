"""What goes into the agent and what comes out of it, besides the wire's and the body's own messages."""

from dataclasses import dataclass, field

import msgspec

from robots.drivers.base import FromBody, ToBody
from robots.protocol import ActionEvent, Down, FrameHeader, Message, Order


class OrderMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that must survive a restart of the robot's program; everything else is seen or told again."""

    order: Order | None = None
    """The latest update, its base merged from all updates, without what lies behind last_seq."""
    last_seq: int = -1
    """The last node of the order that was passed; -1 for none."""
    outcome: ActionEvent | None = None
    """How the order's action ended."""
    reported: bool = False
    """The orchestrator has surely heard the outcome."""
    finished: bool = False
    """Nothing of the order is left to do."""
    stop_seq: int | None = None
    """It ends early, at this node: cancelled, or its action failed on the way."""
    cancel_ids: tuple[str, ...] = ()
    """Cancels to acknowledge when it stands."""
    ended: tuple[str, ...] = ()
    """Orders that are over and must not run again, the latest last."""
    mode: str = "autonomous"
    """What people asked for last: autonomous, paused or stopped."""


# -- in ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The orchestrator can be spoken to (again): say Hello."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """Nothing can be said, nothing is heard."""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """next_deadline_s() has passed."""


@dataclass(frozen=True, slots=True)
class ShutDown:
    """The program is about to end on purpose."""

    because: str = ""


AgentEvent = LinkUp | LinkDown | TimerFired | ShutDown | Down | FromBody

# -- out, to be carried out in this order ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Remember:
    """Write this to disk, whole or not at all, before anything that follows."""

    memory: OrderMemory


@dataclass(frozen=True, slots=True)
class Send:
    message: Message


@dataclass(frozen=True, slots=True)
class Tell:
    message: ToBody


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Goes on the frames socket; may be dropped."""

    header: FrameHeader
    jpeg: bytes = field(repr=False)


AgentCommand = Remember | Send | Tell | SendFrame
