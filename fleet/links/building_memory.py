"""What a building has said and what is wanted of it: the memory behind a building link. Pure.

A request that was lost on the way, or that the building has forgotten over a restart, is unmet and is said
again; a building that says nothing is not believed any more.
"""

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

Wanted = DoorRequest | LiftRequest | LiftRelease


class BuildingMemory:
    def __init__(self) -> None:
        self._doors: dict[str, DoorState] = {}
        self._lifts: dict[str, LiftState] = {}
        self._fire: FireState | None = None
        self._wanted: dict[str, Wanted] = {}

    def want(self, message: ToBuilding) -> None:
        """The latest request for a door or lift replaces the one before.

        A release stands beside the next robot's request: if it was lost, that request alone is in vain.
        """
        if isinstance(message, DoorRequest):
            self._wanted[f"door {message.door}"] = message
        elif isinstance(message, LiftRelease):
            self._wanted[f"release {message.lift} {message.session}"] = message
            self._forget_request(message)
        elif isinstance(message, LiftRequest):
            self._wanted.pop(f"release {message.lift} {message.session}", None)
            self._wanted.pop(f"lift {message.lift}", None)  # behind the releases
            self._wanted[f"lift {message.lift}"] = message

    def _forget_request(self, message: LiftRelease) -> None:
        request = self._wanted.get(f"lift {message.lift}")
        if isinstance(request, LiftRequest) and request.session == message.session:
            del self._wanted[f"lift {message.lift}"]

    def unmet(self) -> tuple[Wanted, ...]:
        """Requests that what was reported last does not show as done."""
        return tuple(message for message in self._wanted.values() if not self._is_met(message))

    def learn(self, report: FromBuilding) -> bool:
        """Whether this is news."""
        match report:
            case DoorState():
                before: FromBuilding | None = self._doors.get(report.door)
                self._doors[report.door] = report
            case LiftState():
                before = self._lifts.get(report.lift)
                self._lifts[report.lift] = report
            case FireState():
                before, self._fire = self._fire, report
        return before != report

    def forget(self, report: FromBuilding) -> None:
        """It could not be passed on: the same report is news again."""
        match report:
            case DoorState():
                del self._doors[report.door]
            case LiftState():
                del self._lifts[report.lift]
            case FireState():
                self._fire = None

    def doubt(self) -> tuple[FromBuilding, ...]:
        """The building is silent: what can be relied on of what it said. A fire stays a fire."""
        doubts: list[FromBuilding] = [DoorState(door=door, state="unknown") for door in self._doors]
        doubts += [
            LiftState(lift=lift.lift, level=lift.level, doors="closed", session="", available=False)
            for lift in self._lifts.values()
        ]
        return tuple(report for report in doubts if self.learn(report))

    def _is_met(self, message: Wanted) -> bool:
        if isinstance(message, DoorRequest):
            door = self._doors.get(message.door)
            return door is not None and door.state == message.want
        lift = self._lifts.get(message.lift)
        if lift is None:
            return False
        if isinstance(message, LiftRelease):
            return lift.session != message.session
        return (lift.session, lift.level, lift.doors) == (message.session, message.level, "open")
