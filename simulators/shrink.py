"""Makes a run that violated something smaller: fewer troubles, wishes and robots, and shorter.

Greedy halving (delta debugging): a part is left out for good when the run without it still violates the
same invariant. Strikes and wishes have generators of their own (simulators.trouble): the rest stays the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
SHORTER = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of a seed is made of."""

    robots: tuple[str, ...]
    wishes: tuple[int, ...]
    strikes: tuple[int, ...]
    minutes: float


Part = Callable[[Run], tuple[Any, ...]]
Put = Callable[[Run, tuple[Any, ...]], Run]
PARTS: tuple[tuple[Part, Put], ...] = (
    (lambda run: run.strikes, lambda run, kept: replace(run, strikes=kept)),
    (lambda run: run.wishes, lambda run, kept: replace(run, wishes=kept)),
    (lambda run: run.robots, lambda run, kept: replace(run, robots=kept or run.robots)),
)
"""How a part is read and replaced. A run has at least one robot."""

Fails = Callable[[Run], bool]
"""Whether this run still violates the same invariant."""


class Budget:
    """How many runs may still be made. progress is told of each: runs made, and the smallest run so far."""

    def __init__(self, runs: int, progress: Callable[[int, Run], None] = lambda _made, _best: None) -> None:
        self.left = runs
        self.made = 0
        self._progress = progress

    def spend(self, best: Run) -> bool:
        if self.left <= 0:
            return False
        self.left, self.made = self.left - 1, self.made + 1
        self._progress(self.made, best)
        return True


def shrink(run: Run, fails: Fails, budget: Budget) -> Run:
    """The smallest run found within the budget; run itself is taken to fail."""
    best = run
    while budget.left > 0:
        before = best
        for part, put in PARTS:
            best = _fewer(best, part, put, fails, budget)
        best = _shorter(best, fails, budget)
        if best == before:
            break
    return best


def _fewer(best: Run, part: Part, put: Put, fails: Fails, budget: Budget) -> Run:
    """Leave out all of the part, then halves, quarters, ... single ones."""
    size = len(part(best))
    while size >= 1:
        at = 0
        while at < len(part(best)):
            trial = put(best, _without(part(best), at, size))
            if trial == best:
                break
            if not budget.spend(best):
                return best
            if fails(trial):
                best = trial
            else:
                at += size
        size //= 2
    return best


def _without(some: Sequence[T], at: int, size: int) -> tuple[T, ...]:
    return (*some[:at], *some[at + size :])


def _shorter(best: Run, fails: Fails, budget: Budget) -> Run:
    while best.minutes > 0.5 and budget.spend(best):
        trial = replace(best, minutes=round(best.minutes * SHORTER, 1))
        if not fails(trial):
            break
        best = trial
    return best
