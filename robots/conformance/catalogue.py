"""All cases in their order, and choosing among them."""

from collections.abc import Sequence

from robots.conformance import (
    cancel_cases,
    greeting_cases,
    instant_cases,
    link_cases,
    order_cases,
    whole_run_cases,
)
from robots.conformance.script import Case

CASES: tuple[Case, ...] = (
    *greeting_cases.CASES,
    *order_cases.CASES,
    *cancel_cases.CASES,
    *instant_cases.CASES,
    *link_cases.CASES,
    *greeting_cases.LAST_CASES,
    *whole_run_cases.CASES,
)


class UnknownCaseError(ValueError):
    """A case that does not exist. The message names it and lists those there are."""


def chosen(only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases to play. only: these; skip: all but these. Raises UnknownCaseError."""
    names = [case.case_id for case in CASES]
    for name in (*only, *skip):
        if name not in names:
            raise UnknownCaseError(f"there is no case {name!r}; there are {', '.join(names)}")
    found = [case for case in CASES if not only or case.case_id in only]
    return tuple(case for case in found if case.case_id not in skip)
