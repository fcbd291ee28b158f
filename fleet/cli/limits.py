"""Options that are numbers: what is out of range is the user's mistake."""

from fleet.errors import UserError

SPEED = (0.1, 20.0)
"""Faster than this a machine cannot follow."""


def in_range(option: str, value: float, limits: tuple[float, float]) -> None:
    """Raises UserError naming the option, its value and the limits."""
    low, high = limits
    if not low <= value <= high:
        hint = f"Choose {low:g} to {high:g}."
        raise UserError("OUT_OF_RANGE", f"--{option} is {value:g}.", field=option, hint=hint)
