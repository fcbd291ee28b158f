"""The driver check says no: drivers over the bench's body, sound and broken, in virtual time."""

import pytest

from robots.drivers import base
from robots.drivers.check import PROBES, check

STEP_S = 0.05


class Sound:
    """poll() lets time pass."""

    def __init__(self, body) -> None:
        self.body = body
        self.now_s = 0.0

    def open(self) -> None:
        pass

    def tell(self, message) -> None:
        self.body.tell(message)

    def poll(self, timeout_s):
        first = self.now_s == 0.0
        self.now_s = round(self.now_s + STEP_S, 6)
        events = self.body.advance(self.now_s)
        if first or round(self.now_s / STEP_S) % 10 == 0:
            events = [*events, self.body.motion()]
        if first:
            events = [*events, self.body.energy()]
        return self.reports(events)

    def reports(self, events):
        return events

    def fileno(self):
        return None

    def close(self) -> None:
        pass


class ReachesTwice(Sound):
    def reports(self, events):
        return [e for event in events for e in ([event] * (2 if isinstance(event, base.Reached) else 1))]


class NeverSenses(Sound):
    def reports(self, events):
        return [event for event in events if not isinstance(event, base.Sensed)]


class NoEnergy(Sound):
    def reports(self, events):
        return [event for event in events if not isinstance(event, base.Energy)]


class IgnoresHalt(Sound):
    def tell(self, message) -> None:
        if not isinstance(message, base.Halt):
            super().tell(message)


class FinishesTheOldPathFirst(Sound):
    def tell(self, message) -> None:
        if isinstance(message, base.Drive) and message.path == () and self.body.path:
            return
        super().tell(message)


class TooFast(Sound):
    def tell(self, message) -> None:
        super().tell(message)
        self.body.path = tuple(
            base.Waypoint(x_m=p.x_m, y_m=p.y_m, level=p.level, seq=p.seq, speed_mps_max=0.9)
            for p in self.body.path
        )


class Blocks(Sound):
    def tell(self, message) -> None:
        super().tell(message)
        self.now_s += 0.3


class NoPicture(Sound):
    def tell(self, message) -> None:
        if not isinstance(message, base.Capture):
            super().tell(message)

    def reports(self, events):
        return [*events, base.Frame(jpeg=b"\xff\xd8")]


def broken(driver) -> dict[str, str]:
    return {item.name: item.seen for item in check(driver, lambda: driver.now_s) if item.seen}


def test_a_sound_driver_keeps_to_everything(new_body):
    driver = Sound(new_body())
    found = check(driver, lambda: driver.now_s)
    assert [(item.name, item.seen) for item in found] == [(name, "") for name, _, _ in PROBES]


@pytest.mark.parametrize(
    ("kind", "name", "seen"),
    [
        (ReachesTwice, "drives", "each once"),
        (NeverSenses, "at_rest", "0 Sensed in 6 s"),
        (NoEnergy, "first_words", "no Energy within 3 s"),
        (IgnoresHalt, "halts", "after 3 s"),
        (FinishesTheOldPathFirst, "brakes", "after 3 s"),
        (TooFast, "drives", "where speed_mps_max is 0.4"),
        (Blocks, "here", "it may never block"),
        (NoPicture, "captures", "no Frame with the Capture's tag"),
    ],
)
def test_a_broken_driver_is_caught_by_the_check_that_is_about_it(new_body, kind, name, seen):
    assert seen in broken(kind(new_body()))[name]


class Obstructed(Sound):
    def tell(self, message) -> None:
        if not (isinstance(message, base.Drive) and len(message.path) > 1):
            super().tell(message)

    def reports(self, events):
        return [*events, base.Blocked(what="robot")]


def test_what_stands_in_the_way_is_told(new_body):
    assert "in its way is: robot" in broken(Obstructed(new_body()))["drives"]
