import re
from pathlib import Path

from fleet.core.commands import RejectMission, SendOrder, VetoCode
from fleet.core.events import DeadlineReached, OrchestratorStarted, SolverFailed
from fleet.store.entry import NewEntry
from simulators.coverage import ALERTS, Coverage, never_reached, universe
from simulators.story import Story


def row(event, *commands, now_s=100.0):
    return NewEntry(now_s=now_s, event=event, commands=commands)


def order(update):
    return SendOrder(because="a test", robot_id="r", order_id="o", order_update_id=update, base=())


def test_what_a_row_says_is_counted():
    coverage = Coverage(lambda: False)
    refusal = RejectMission(because="", request_key="k", veto=VetoCode.NO_ROUTE, hint="")
    coverage.rows([row(SolverFailed(because="a test"), refusal)])
    assert coverage.counts["recovery.solver_died"] == 1
    assert coverage.counts["veto.NO_ROUTE"] == 1


def test_a_start_is_no_recovery_but_the_second_one_is():
    started = row(OrchestratorStarted(version="v", site_id="s"))
    for has_snapshot, name in ((False, "recovery.replay"), (True, "recovery.snapshot")):
        coverage = Coverage(lambda has_snapshot=has_snapshot: has_snapshot)
        coverage.rows([started])
        assert name not in coverage.counts
        coverage.rows([started])
        assert coverage.counts[name] == 1


def test_an_order_that_is_said_twice_is_one_sent_again():
    coverage = Coverage(lambda: False)
    coverage.rows([row(DeadlineReached(), order(1)), row(DeadlineReached(), order(2))])
    assert "recovery.order_sent_again" not in coverage.counts
    coverage.rows([row(DeadlineReached(), order(2))])
    assert coverage.counts["recovery.order_sent_again"] == 1


def test_never_reached_is_the_universe_without_what_was_reached():
    names = universe()
    assert len(names) == len(set(names))
    assert never_reached({}) == list(names)
    assert never_reached(dict.fromkeys(names[1:], 1)) == [names[0]]


def test_a_story_keeps_the_last_fifty_lines_with_times_since_the_start():
    story = Story(100.0)
    for number in range(60):
        story.say(100.0 + number, f"event {number}")
    assert len(story.lines) == 50
    assert story.lines[-1] == "59.0 s  event 59"


def test_a_story_tells_rows_in_plain_words():
    story = Story(100.0)
    story.rows([row(SolverFailed(because="the planner died"), order(1), now_s=112.5)])
    story.rows([row(DeadlineReached(), order(2), now_s=113.0)])
    assert story.lines == (
        "12.5 s  the planner died",
        "12.5 s  r is sent towards where it stands (o)",
    )


def test_every_kind_of_alert_that_the_core_raises_is_listed():
    sources = sorted((Path(__file__).parents[2] / "fleet" / "core").glob("*.py"))
    raised = {kind for path in sources for kind in re.findall(r'\.alert\(\s*"(\w+)"', path.read_text())}
    assert raised == set(ALERTS)
