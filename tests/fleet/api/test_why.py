"""Waiting in words, and chains of robots that wait for each other."""

from dataclasses import replace

import pytest

from fleet.api.waits import waits_for
from fleet.api.why import robot_why
from fleet.core.state import RobotRecord
from tests.fleet.api.town import TownViews, facts


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        ("door d_201", "door d_201 to open"),
        ("robot carrier-2", "carrier-2 to clear the way"),
        ("person awaiting_pin", "the PIN to be entered"),
        ("person awaiting_godot", "a person (awaiting_godot)"),
        ("something new", "something new"),
    ],
)
def test_what_is_waited_for_is_said_in_words(waiting: str, words: str) -> None:
    assert waits_for(waiting) == words


class Some(TownViews):
    """Only robots."""

    def __init__(self, *robots: RobotRecord) -> None:
        self.robots = {robot.robot_id: robot for robot in robots}

    def robot(self, robot_id: str) -> RobotRecord | None:
        return self.robots.get(robot_id)


def robot(robot_id: str, waiting: str) -> RobotRecord:
    record = RobotRecord(robot_id=robot_id, boot_id="b", facts=facts("service"))
    return replace(record, waiting=waiting, waiting_since_s=90.0, activity="ready_idle")


def test_the_chain_ends_at_what_the_last_one_waits_for() -> None:
    views = Some(robot("a", "robot b"), robot("b", "robot c"), robot("c", "door d1"))
    reasons = robot_why(views.robots["a"], views, now_s=100.0).reasons
    assert "a waits for b to clear the way (for 10 s)." in reasons
    assert reasons[-1] == "c waits for door d1 to open (for 10 s)."


def test_a_circle_is_told_once() -> None:
    views = Some(robot("a", "robot b"), robot("b", "robot a"))
    reasons = robot_why(views.robots["a"], views, now_s=100.0).reasons
    assert sum(reason.startswith("a waits") for reason in reasons) == 1
