"""Doors, lifts and the fire contact: one interface, whatever is behind it.

Messages are frozen tagged msgspec structs (msgpack when they cross a process). The simulated world speaks
them over ZeroMQ; a real controller gets a connector that speaks its own protocol behind BuildingLink.
Requests say the whole wanted state, so that sending one twice is harmless.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec


class BuildingMessage(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Root."""


class BuildingHello(BuildingMessage, frozen=True):
    """The orchestrator is there; answered with the state of everything."""

    site_id: str


class DoorRequest(BuildingMessage, frozen=True):
    door: str
    want: str
    """open or closed."""


class LiftRequest(BuildingMessage, frozen=True):
    """Session for this robot: come to level, open, and stay open until the next request or release."""

    lift: str
    session: str
    level: str


class LiftRelease(BuildingMessage, frozen=True):
    lift: str
    session: str


class DoorState(BuildingMessage, frozen=True):
    door: str
    state: str
    """open, closed, moving, stuck."""


class LiftState(BuildingMessage, frozen=True):
    lift: str
    level: str
    doors: str
    """open, closed, moving."""
    session: str
    available: bool = True


class FireState(BuildingMessage, frozen=True):
    active: bool


ToBuilding = BuildingHello | DoorRequest | LiftRequest | LiftRelease
FromBuilding = DoorState | LiftState | FireState


class BuildingLink(Protocol):
    """request() may be called from any thread and never blocks; reports go to the function given at start.

    That function says whether it took the report; one that it did not take is reported again.
    """

    def start(self, report: Callable[[FromBuilding], bool]) -> None: ...

    def request(self, message: ToBuilding) -> None: ...

    def close(self) -> None: ...
