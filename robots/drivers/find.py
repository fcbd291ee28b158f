"""Finds a driver by its name among the entry points `cityfleet.drivers` of everything installed."""

from collections.abc import Callable

from robots.drivers.base import Driver, DriverError

GROUP = "cityfleet.drivers"


def find_driver(name: str) -> Callable[..., Driver]:
    """The driver's class. Raises DriverError listing the known ones."""
    from importlib.metadata import entry_points  # 30 ms, needed once

    found = entry_points(group=GROUP)
    for point in found:
        if point.name == name:
            driver: Callable[..., Driver] = point.load()
            return driver
    known = ", ".join(sorted({point.name for point in found})) or "none"
    raise DriverError(f"driver is {name!r}: installed are {known}.")
