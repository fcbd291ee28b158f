from simulators.shrink import Budget, Run, shrink

WHOLE = Run(
    robots=("carrier-1", "guide-1", "sentry-1"),
    wishes=tuple(range(12)),
    strikes=tuple(range(20)),
    minutes=10.0,
)


def test_what_does_not_matter_is_left_out():
    def fails(run):
        return 7 in run.strikes and 13 in run.strikes and 3 in run.wishes and "guide-1" in run.robots

    small = shrink(WHOLE, fails, Budget(500))
    assert small.strikes == (7, 13)
    assert small.wishes == (3,)
    assert small.robots == ("guide-1",)
    assert small.minutes <= 0.5


def test_a_run_keeps_the_minutes_that_it_needs():
    small = shrink(WHOLE, lambda run: run.minutes >= 4.0, Budget(500))
    assert 4.0 <= small.minutes < 4.0 / 0.6


def test_a_run_keeps_one_robot_at_least():
    assert len(shrink(WHOLE, lambda _run: True, Budget(500)).robots) == 1


def test_the_budget_is_kept_and_progress_is_told():
    told = []
    budget = Budget(9, lambda made, best: told.append((made, best)))
    small = shrink(WHOLE, lambda run: 7 in run.strikes, budget)
    assert [made for made, _ in told] == list(range(1, 10))
    assert 7 in small.strikes
    assert len(small.strikes) < len(WHOLE.strikes)


def test_nothing_smaller_is_claimed_when_everything_matters():
    assert shrink(WHOLE, lambda run: run == WHOLE, Budget(500)) == WHOLE
