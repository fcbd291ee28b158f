import os
import signal

import pytest

from simulators import soak as module
from simulators.soak import Request, command_line, soak

SHORT = Request(site="county_hospital", minutes=0.5)


def test_several_processes_play_the_same_runs_as_one_in_order():
    alone = [(outcome.seed, outcome.digest) for outcome in soak(SHORT, 3, 6, 1)]
    assert [(outcome.seed, outcome.digest) for outcome in soak(SHORT, 3, 6, 2)] == alone
    assert [seed for seed, _ in alone] == [3, 4, 5]


def test_a_worker_that_dies_is_reported_with_its_seed_and_the_others_go_on(monkeypatch):
    employ = module._Crowd._employ

    def employ_and_kill(crowd):
        employ(crowd)
        if crowd._workers[-1].seed == 3:
            os.kill(crowd._workers[-1].process.pid, signal.SIGKILL)

    monkeypatch.setattr(module._Crowd, "_employ", employ_and_kill)
    dead, *others = soak(SHORT, 3, 6, 2)
    assert dead.violation.invariant == "worker_died"
    assert "seed 3" in dead.violation.story
    assert [(o.seed, o.violation) for o in others] == [(4, None), (5, None)]


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (SHORT, "--minutes 0.5"),
        (
            Request(site="x", minutes=4.0, robots=("carrier-1",), wishes=(3, 5), strikes=()),
            "--minutes 4 --robots carrier-1 --wishes 3,5 --strikes none",
        ),
    ],
)
def test_one_line_reproduces_a_run(request_, line):
    assert command_line(17, request_).startswith("fleet sim soak --seeds 17:18 --site ")
    assert command_line(17, request_).endswith(line)


def test_a_run_made_of_its_own_parts_is_the_same_run():
    (whole,) = soak(Request(site="county_hospital", minutes=2.0), 8, 9, 1)
    parts = Request(site="county_hospital", minutes=2.0, wishes=whole.wishes, strikes=whole.strikes)
    (again,) = soak(parts, 8, 9, 1)
    assert again.digest == whole.digest
    struck = sum(count for name, count in whole.reached.items() if name.startswith("trouble."))
    assert struck == len(whole.strikes) > 0
    (calm,) = soak(Request(site="county_hospital", minutes=2.0, wishes=(0,), strikes=()), 8, 9, 1)
    assert calm.log == ()
    assert calm.wishes == (0,)


def test_a_bug_that_raises_is_a_violation_of_its_seed(monkeypatch):
    def broken(_loop):
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(module.ClosedLoop, "_tick", broken)
    (outcome,) = soak(SHORT, 3, 4, 1)
    assert outcome.violation.invariant == "exception"
    assert "ZeroDivisionError: in the middle" in outcome.violation.story
