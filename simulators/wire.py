"""What a robot's driver and the world process say to each other, besides the driver's own messages.

Imports only robots.*: a robot process stays small. One msgpack message per ZeroMQ message.
"""

import msgspec

from robots.drivers.base import (
    Announce,
    Blocked,
    BodyFault,
    Capture,
    Confirmed,
    Dose,
    Drive,
    Energy,
    Frame,
    FromBody,
    Halt,
    Motion,
    Reached,
    Sensed,
    SetDevice,
    ToBody,
    Watch,
)
from robots.protocol import Factsheet

ALIVE_S = 0.5
"""A driver says at least this often that it is there."""
HOLD_S = 2.0
"""A body belongs to the driver that was heard within this; nobody else gets it."""
SILENT_S = 1.2
"""A body whose driver is not heard for this brakes and puts its lamp out: its program has died."""
MESSAGE_BYTES_MAX = 4 * 1024 * 1024


class WorldMessage(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Root."""


class Join(WorldMessage, frozen=True):
    """First message of a driver: which body it drives. node: where the body is put if it is not there yet."""

    robot_id: str
    factsheet: Factsheet
    node: str | None = None
    again: bool = False
    """The program ran on while the world was started again: its body has forgotten what it was told."""


class Alive(WorldMessage, frozen=True):
    """The driver is still there."""


class Leave(WorldMessage, frozen=True):
    """The driver lets go; the body holds still."""


class Joined(WorldMessage, frozen=True):
    """node is where the body was put; '' when it stood there already."""

    node: str


class JoinRefused(WorldMessage, frozen=True):
    """retry: the same may work in a moment."""

    message: str
    retry: bool = False


class WhoAreYou(WorldMessage, frozen=True):
    """The world does not know the sender (it was started again): join."""


ToWorld = Join | Alive | Leave | Drive | Halt | SetDevice | Capture | Watch | Announce
FromWorld = (
    Joined
    | JoinRefused
    | WhoAreYou
    | Motion
    | Reached
    | Blocked
    | Energy
    | Sensed
    | Confirmed
    | Dose
    | Frame
    | BodyFault
)

__all__ = ["FromBody", "FromWorld", "ToBody", "ToWorld"]
