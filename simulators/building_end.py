"""The orchestrator's end of the simulated building's wire."""

from collections.abc import Callable

from fleet.links.building import FromBuilding, ToBuilding


class BuildingEnd:
    """A BuildingLink: what is asked goes to ask."""

    def __init__(self, ask: Callable[[ToBuilding], None]) -> None:
        self._ask = ask

    def start(self, report: Callable[[FromBuilding], bool]) -> None:
        """Reports go to ControlRoom.hear_building."""

    def request(self, message: ToBuilding) -> None:
        self._ask(message)

    def close(self) -> None:
        """Nothing to let go of."""
