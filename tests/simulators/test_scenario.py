"""Every scenario that comes with CityFleet is met with a fixed seed; and a scenario can fail."""

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from fleet.errors import UserError
from simulators.commands import app
from simulators.junit import junit_xml
from simulators.scenario_checks import Result
from simulators.scenario_file import bundled, read_scenario, scenario_path
from simulators.scenario_run import play
from simulators.trace_check import check, read
from simulators.trace_lines import Fault, Mission

SEED = 1

SHORT = """
names: {en: Short, zh-CN: 短}
site: county_hospital
start: "14:00"
duration: 4 min
crew:
  - {robot: sentry-1, model: patrol, at: charger_l1_a}
  - {robot: carrier-1, model: service, at: charger_l1_b}
timeline:
"""
GO = "  - {at: 5 s, submit: go_to, on: sentry-1, params: {to: checkpoint_l1_east}}\n"


@pytest.fixture
def short(tmp_path):
    """Plays a short scenario with this timeline and these expectations; one row each."""

    def written(timeline, expect, **words):
        path = tmp_path / "short.yaml"
        path.write_text(SHORT + timeline + "expect:\n" + expect, encoding="utf-8")
        return play(*read_scenario(path), SEED, **words)

    return written


def results(played):
    return [verdict.result.value for verdict in played.verdicts]


@pytest.mark.parametrize("name", [path.stem for path in bundled()])
def test_a_scenario_of_ours_is_met_and_its_trace_passes_the_judge(name):
    scenario, graph = read_scenario(scenario_path(name))
    out = io.BytesIO()
    played = play(scenario, graph, SEED, trace=out)
    assert [f"{v.expectation}: {v.story}" for v in played.verdicts if v.result is not Result.PASSED] == []
    assert played.missions.get("completed", 0) >= 3
    assert scenario.names.keys() >= {"en", "zh-CN"}
    assert check(read(out.getvalue().splitlines())) == []


def test_the_same_seed_plays_the_same_and_another_one_does_not(tmp_path):
    path = tmp_path / "load.yaml"
    one_of = "[{submit: go_to, params: {to: lab}}, {submit: go_to, params: {to: imaging}}]"
    load = f"load:\n  - {{by_hour: {{14: 200}}, one_of: {one_of}}}\n"
    expect = "expect:\n  - {missions: all, within: 1 h}\n"
    path.write_text(SHORT.replace("timeline:\n", load) + expect, encoding="utf-8")
    scenario, graph = read_scenario(path)
    one, again, other = (play(scenario, graph, seed) for seed in (1, 1, 2))
    assert one.outcome.digest == again.outcome.digest != other.outcome.digest
    assert one.outcome.simulated_s == 240.0
    assert sum(one.missions.values()) >= 1


def test_missions_are_expected_to_end_in_a_state_within_a_time(short):
    played = short(
        GO,
        "  - {missions: all}\n"
        "  - {missions: go_to, within: 3 s}\n"
        "  - {missions: go_to, end: failed}\n"
        "  - {count: completed, at_least: 1, at_most: 1}\n"
        "  - {count: completed, at_least: 2}\n",
    )
    assert results(played) == ["passed", "passed", "failed", "failed", "passed", "failed"]
    assert "go_to (mission-000001) took" in played.verdicts[2].story
    assert played.verdicts[5].story == "there are 1"


def test_a_mission_that_does_not_end_is_named_with_what_it_waits_for(short):
    row = "  - {at: 230 s, submit: deliver, params: {from: pharmacy, to: lab, pin: '4711'}}\n"
    played = short(GO + row, "  - {missions: deliver}\n  - {missions: deliver, within: 5 min}\n")
    assert results(played) == ["passed", "failed", "passed"]
    assert "with carrier-1, waits for" in played.verdicts[1].story


def test_where_robots_are_and_are_not_is_looked_at_while_it_runs(short):
    played = short(
        GO,
        "  - {robot: sentry-1, at: checkpoint_l1_east, from: 5 s, until: 4 min}\n"
        "  - {robot: sentry-1, at: checkpoint_l1_east, time: 6 s}\n"
        "  - {robot: carrier-1, at: L1, time: 1 min}\n"
        "  - {no_robot_in: L1, from: 10 s, until: 20 s}\n"
        "  - {no_robot_in: L2}\n"
        "  - {all_still: 20 s}\n",
    )
    assert results(played) == ["passed", "passed", "failed", "passed", "failed", "passed", "failed"]
    assert "sentry-1 (L1" in played.verdicts[2].story
    assert "sentry-1" in played.verdicts[6].story
    assert "is moving" in played.verdicts[6].story


def test_robots_in_a_fire_stand_at_a_hold_point_or_are_named(short):
    fire = "  - {at: 20 s, fault: {fault: FireContact}}\n"
    expect = "  - {all_still: 30 s}\n  - {all_safe: 30 s}\n  - {alert: fire, from: 20 s, until: 25 s}\n"
    played = short(GO + fire, expect)
    assert results(played) == ["passed", "passed", "failed", "passed"]
    assert "sentry-1" in played.verdicts[2].story
    assert results(short(fire, expect)) == ["passed"] * 4


def test_alerts_are_expected_by_kind_subject_and_time(short):
    lift = "  - {at: 30 s, fault: {fault: LiftFailure, lift: lift_a}, for: 10 s}\n"
    played = short(
        GO + lift,
        "  - {alert: lift_out, of: lift_a, from: 30 s, until: 40 s}\n"
        "  - {alert: lift_out, of: lift_b}\n"
        "  - {alert: lift_out, from: 1 min}\n",
    )
    assert results(played) == ["passed", "passed", "failed", "failed"]
    assert "raised were: lift_out lift_a at 30 s" in played.verdicts[2].story


def test_programs_crash_and_links_are_cut_and_everything_goes_on(short):
    timeline = (
        "  - {at: 20 s, crash: orchestrator, for: 5 s}\n"
        "  - {at: 30 s, crash: sentry-1, for: 5 s, forget: true}\n"
        "  - {at: 40 s, cut: carrier-1, for: 5 s}\n"
        "  - {at: 21 s, operator: pause, mission: go_to}\n"
        "  - {when: {mission: go_to, is: running}, after: 1 s, close: {lift: lift_b}, for: 20 s}\n"
    )
    out = io.BytesIO()
    played = short(GO + timeline, "  - {missions: go_to, within: 4 min}\n", trace=out)
    assert results(played) == ["passed", "passed"]
    assert played.notes == ("21.0 s: the orchestrator is down and does not hear MissionControlled",)
    entries = list(read(out.getvalue().splitlines()))
    said = [entry.said for entry in entries if isinstance(entry, Fault)]
    assert said == ["the orchestrator crashes", "sentry-1 crashes", "carrier-1 is cut off"]
    assert any(isinstance(entry, Mission) and entry.state == "completed" for entry in entries)


def test_what_was_cut_short_is_not_judged(short):
    expect = "  - {missions: go_to, within: 4 min}\n  - {all_still: 3 min}\n  - {no_robot_in: L1}\n"
    played = short(GO, expect, until_s=10.0)
    assert results(played) == ["passed", "skipped", "skipped", "failed"]


def test_a_violation_of_an_invariant_fails_the_scenario_whatever_is_expected(tmp_path):
    scenario, graph = read_scenario(scenario_path("fire_contact"))
    crew = tuple(replace(member, node="charger_l1_a") for member in scenario.crew[:2])
    out = io.BytesIO()
    played = play(replace(scenario, crew=crew), graph, SEED, trace=out)
    assert played.verdicts[0].result is Result.FAILED
    assert "bodies_overlap" in played.verdicts[0].story
    assert {verdict.result for verdict in played.verdicts[1:]} <= {Result.SKIPPED, Result.PASSED}
    lines = list(read(out.getvalue().splitlines()))
    assert "bodies_overlap" in lines[-1].violation
    assert "overlap" in check(lines)[0]


def test_junit_has_a_testcase_for_each_expectation_with_the_story(short):
    played = short(GO, "  - {missions: go_to, within: 3 s}\n  - {missions: all}\n")
    suite = ElementTree.fromstring(junit_xml(played)).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    cases = suite.findall("testcase")
    assert [case.find("failure") is not None for case in cases] == [False, True, False]
    assert "took" in cases[1].find("failure").get("message")
    assert cases[1].get("line") == "12"


# -- the commands --------------------------------------------------------------------------------------


def run(*words):
    return CliRunner().invoke(app, ["run", *words], catch_exceptions=False)


def test_the_command_ends_with_1_when_an_expectation_is_not_met(tmp_path):
    path, trace, junit = (tmp_path / name for name in ("my.yaml", "trace.jsonl", "out.xml"))
    path.write_text(SHORT + GO + "expect:\n  - {missions: go_to, within: 3 s}\n", encoding="utf-8")
    done = run(str(path), "--json", "--trace", str(trace), "--junit", str(junit), "--until", "2 min")
    account = json.loads(done.stdout)
    assert done.exit_code == 1
    assert account["passed"] is False
    assert account["missions"] == {"completed": 1}
    assert trace.read_bytes().count(b"\n") > 10
    assert "<failure" in junit.read_text()
    shown = run(str(path), "--until", "2 min")
    assert "FAILED  go_to: completed within 3 s: go_to (mission-000001) took" in shown.stdout


def test_scenarios_are_listed():
    rows = json.loads(CliRunner().invoke(app, ["scenarios", "--json"]).stdout)
    assert {row["site"] for row in rows} == {"county_hospital", "community", "ancient_town"}
    assert len(rows) >= 7
    assert "market_day" in CliRunner().invoke(app, ["scenarios"]).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "one of: blocked_corridor"),
        (["market_day", "--until", "soon"], "--until is 'soon'"),
        (["market_day", "--until", "1 s", "--trace", "/nowhere/x"], "cannot be written"),
        (["market_day", "--until", "1 s", "--junit", "/nowhere/x"], "cannot be written"),
    ],
)
def test_a_users_mistake_is_one_sentence(words, said):
    with pytest.raises(UserError) as caught:
        run(*words)
    assert said in str(caught.value)
