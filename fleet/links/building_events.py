"""Between the building's messages and the core's words. Pure."""

from fleet.core import events as ev
from fleet.core.commands import AnyCommand, ReleaseLift, RequestDoor, RequestLift
from fleet.links.building import (
    DoorRequest,
    DoorState,
    FireState,
    FromBuilding,
    LiftRelease,
    LiftRequest,
    LiftState,
    ToBuilding,
)


def event_of(report: FromBuilding) -> ev.DoorReported | ev.LiftReported | ev.FireReported:
    match report:
        case DoorState():
            return ev.DoorReported(door=report.door, state=report.state)
        case LiftState():
            return ev.LiftReported(
                lift=report.lift,
                level=report.level,
                doors=report.doors,
                session=report.session,
                available=report.available,
            )
        case FireState():
            return ev.FireReported(active=report.active)


def request_of(command: AnyCommand) -> ToBuilding | None:
    """None for a command that is not for the building."""
    match command:
        case RequestDoor():
            return DoorRequest(door=command.door, want=command.want)
        case RequestLift():
            return LiftRequest(lift=command.lift, session=command.session, level=command.level)
        case ReleaseLift():
            return LiftRelease(lift=command.lift, session=command.session)
        case _:
            return None
