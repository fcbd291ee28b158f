"""The journal decides: replayed elsewhere, or from a snapshot in the middle, it gives the same state."""

import os
import subprocess
import sys

import pytest

from fleet.core.orchestrator import Orchestrator
from tests.fleet.core.a_day import a_day
from tests.fleet.core.conversation import ROOT, Conversation


@pytest.fixture(scope="module")
def day() -> Conversation:
    return a_day()


def fresh(day: Conversation) -> Orchestrator:
    return Orchestrator(day.graph, day.cells, day.settings)


def test_a_day_holds_more_than_one_kind_of_event(day: Conversation) -> None:
    assert len({type(event) for _, event, _ in day.journal}) >= 10
    assert len(day.journal) > 300


def test_replaying_the_events_gives_the_same_commands_and_the_same_state(day: Conversation) -> None:
    core = fresh(day)
    for now_s, event, commands in day.journal:
        assert core.handle(event, now_s) == commands
    assert core.digest() == day.core.digest()


def test_a_snapshot_and_the_tail_give_the_same_state(day: Conversation) -> None:
    core, middle = fresh(day), len(day.journal) // 2
    for now_s, event, _ in day.journal[:middle]:
        core.handle(event, now_s)
    restored = fresh(day)
    restored.restore(core.snapshot())
    assert restored.digest() == core.digest()
    for now_s, event, commands in day.journal[middle:]:
        assert restored.handle(event, now_s) == commands
    assert restored.digest() == day.core.digest()


def test_every_process_and_every_hash_seed_decides_the_same(day: Conversation) -> None:
    digests = {day.core.digest()}
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-m", "tests.fleet.core.a_day"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(run.stdout.strip())
    assert len(digests) == 1
