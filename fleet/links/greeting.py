"""What a robot must not say: checks of its messages before anything believes them. Pure.

A message of the right shape can still hold values that would break planning (no speed, a place that is no
number, a body wider than the cells allow for). bad_value() names the field, the value and what is allowed.
"""

import re
from math import isfinite

from robots import protocol as wire

ROBOT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""It becomes a key, a folder's name and part of an address."""
WORD_MAX = 200
"""Characters of an id, a state, a phase."""
TEXT_MAX = 2_000
"""Characters of a result."""
RESULTS_MAX = 50
POSITIVE = ("radius_m", "speed_mps_max", "acceleration_mps2", "turn_radps_max", "battery_wh", "charge_w")
NOT_NEGATIVE = ("draw_idle_w", "draw_moving_w")
FRACTIONS = ("reserve_fraction", "low_fraction")


def bad_value(message: wire.Up) -> str:
    """What is wrong with a value in the message; '' when nothing is."""
    match message:
        case wire.Pose():
            finite = isfinite(message.x_m + message.y_m + message.yaw_rad + message.speed_mps)
            return "" if finite else "a Pose that is no place (nan or infinite)"
        case wire.State():
            return _state(message)
        case wire.Hello():
            return _hello(message)
        case wire.ActionEvent():
            return _long(message, "order_id", "action_id", "phase") or _results(message)
        case wire.OrderAccepted() | wire.OrderRefused():
            return _long(message, "order_id")
        case wire.NodePassed():
            return _long(message, "order_id", "node_id")
        case wire.Fault():
            return _long(message, "code")
        case wire.Ack():
            return _long(message, "ref")
        case _:
            return ""


def bad_name(robot_id: str) -> str:
    """What is wrong with a robot's id; '' when nothing is."""
    if ROBOT_ID.fullmatch(robot_id):
        return ""
    return (
        f"robot_id is {robot_id[:64]!r}: use 1 to 64 letters, digits, '-', '_' or '.', "
        "beginning with a letter or digit"
    )


def misfit(sheet: wire.Factsheet, radius_m_max: float) -> str:
    """Why a robot with this factsheet cannot be at this site; '' when it can."""
    if sheet.radius_m > radius_m_max + 1e-9:
        return (
            f"radius_m is {sheet.radius_m:g}: this site's traffic is laid out for robots of at most "
            f"{radius_m_max:g} m"
        )
    return ""


def _state(state: wire.State) -> str:
    if not isfinite(state.x_m + state.y_m + state.yaw_rad):
        return "a State that is no place (nan or infinite)"
    if not 0.0 <= state.battery_fraction <= 1.0:
        return f"battery_fraction {state.battery_fraction:g}; it is 0 to 1"
    return _long(state, "activity", "mode", "order_id", "skill", "phase", "level")


def _hello(hello: wire.Hello) -> str:
    sheet = hello.factsheet
    for name in (*POSITIVE, *NOT_NEGATIVE, *FRACTIONS):
        problem = _out_of_range(name, getattr(sheet, name))
        if problem:
            return problem
    for skill, watts in sheet.draw_action_w.items():
        if not (isfinite(watts) and watts >= 0.0):
            return f"factsheet.draw_action_w[{skill[:40]!r}] {watts:g}; it is 0 or more"
    words = (*sheet.skills, *sheet.graphs, *sheet.languages)
    if any(len(word) > WORD_MAX for word in words) or not sheet.graphs:
        return f"factsheet.skills, graphs or languages that are empty or longer than {WORD_MAX} characters"
    return _long(hello, "boot_id", "last_order_id") or _long(sheet, "model", "family")


def _out_of_range(name: str, value: float) -> str:
    if not isfinite(value):
        return f"factsheet.{name} {value:g}; it is a number"
    if name in POSITIVE and value <= 0.0:
        return f"factsheet.{name} {value:g}; it is more than 0"
    if value < 0.0:
        return f"factsheet.{name} {value:g}; it is 0 or more"
    if name in FRACTIONS and value > 1.0:
        return f"factsheet.{name} {value:g}; it is 0 to 1"
    return ""


def _results(event: wire.ActionEvent) -> str:
    if len(event.result) > RESULTS_MAX:
        return f"an ActionEvent with {len(event.result)} results; at most {RESULTS_MAX} are taken"
    for name, value in event.result.items():
        too_long = len(name) > WORD_MAX or (isinstance(value, str) and len(value) > TEXT_MAX)
        if too_long or (isinstance(value, float) and not isfinite(value)):
            return f"an ActionEvent whose result {name[:40]!r} is too long or no number"
    return ""


def _long(message: object, *names: str) -> str:
    for name in names:
        value = getattr(message, name)
        if len(value) > WORD_MAX:
            return f"{type(message).__name__}.{name} of {len(value)} characters; at most {WORD_MAX} are taken"
    return ""
