import os
import signal

import pytest

from simulators import soak as module
from simulators.invariants import Violated, Violation
from simulators.soak import Request, command_line, soak
from simulators.trouble import Trouble

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


def bug_in(monkeypatch, kind):
    """A kind of trouble that violates something by itself."""

    def violate(_trouble):
        raise Violated(Violation(invariant="made_up", at_s=100.0, story="a deliberate bug"))

    monkeypatch.setattr(Trouble, f"_{kind}", violate)


def test_a_failing_run_is_shrunk_to_the_strike_that_fails_it(monkeypatch):
    bug_in(monkeypatch, "rough_network")
    request = Request(site="county_hospital", minutes=4.0)
    failing = next(o for o in soak(request, 0, 30, 1) if o.violation is not None)
    small = module.shrunk(failing, request, module.Budget(40))
    assert len(small.strikes) == 1
    assert small.wishes == ()
    assert len(small.robots) == 1
    (again,) = soak(small, failing.seed, failing.seed + 1, 1)
    assert again.violation.invariant == "made_up"


def test_a_failure_that_does_not_come_again_is_not_called_smaller(monkeypatch):
    with monkeypatch.context() as patch:
        bug_in(patch, "rough_network")
        request = Request(site="county_hospital", minutes=4.0)
        failing = next(o for o in soak(request, 0, 30, 1) if o.violation is not None)
    assert module.shrunk(failing, request, module.Budget(40)) == request
