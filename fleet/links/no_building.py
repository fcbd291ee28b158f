"""A site without controllers: doors are opened by people or have no drive, lifts cannot be called."""

from collections.abc import Callable

from fleet.links.building import DoorRequest, DoorState, FromBuilding, LiftState, ToBuilding


class NoBuilding:
    """Every door counts as what it is asked to be; no lift is available."""

    def __init__(self, lifts: tuple[str, ...] = ()) -> None:
        self._lifts = lifts
        self._report: Callable[[FromBuilding], bool] = lambda _message: True

    def start(self, report: Callable[[FromBuilding], bool]) -> None:
        self._report = report
        for lift in self._lifts:
            report(LiftState(lift=lift, level="", doors="closed", session="", available=False))

    def request(self, message: ToBuilding) -> None:
        if isinstance(message, DoorRequest):
            self._report(DoorState(door=message.door, state=message.want))

    def close(self) -> None:
        """Nothing is held."""
