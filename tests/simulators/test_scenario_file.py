"""A wrong scenario file is refused before anything runs: file, line, field, value and fix in one sentence."""

import pytest

from maps.errors import SiteError
from simulators import scenario_words as say
from simulators.scenario import Ask, Inject, Say
from simulators.scenario_file import read_scenario

GOOD = """names: {en: Mine, zh-CN: 我的}
site: county_hospital
start: "sat 22:00"
duration: 10 min
people: 2
crew:
  - {robot: a, model: service, at: charger_l1_a}
timeline:
  - {at: 90, submit: go_to, label: there, params: {to: lab}, priority: 2, on: a}
  - {every: 1 min, from: 2 min, until: 5 min, fault: {fault: DoorJam, door: lab_door}, for: 10 s}
  - {when: {mission: there, is: running}, after: 5 s, close: {lift: lift_a}, for: 1 min}
load:
  - {by_hour: {22: 10, 23: 20}, one_of: [{submit: go_to, params: {to: lab}}]}
expect:
  - {missions: [there], within: 5 min}
"""


def written(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_says_who_is_there_what_happens_and_what_must_come_of_it(tmp_path):
    scenario, graph = read_scenario(written(tmp_path, GOOD))
    assert graph.site.site_id == "county_hospital"
    assert scenario.start_s == say.monday_s(5 * 24 + 22, 0, "Asia/Shanghai")
    assert scenario.duration_s == 600.0
    asked, jammed, closed = scenario.timeline
    assert isinstance(asked.action, Ask)
    assert (asked.at_s, asked.action.missions[0].robot) == (90.0, "a")
    assert isinstance(jammed.action, Inject)
    assert (jammed.action.end.jammed, jammed.every_s, jammed.until_s) == (False, 60.0, 300.0)
    assert isinstance(closed.action, Say)
    assert (closed.when.mission, closed.at_s, closed.for_s) == ("there", 5.0, 60.0)
    assert scenario.load[0].by_hour == ((22, 10.0), (23, 20.0))


MISTAKES = [
    ("site: county_hospital", "site: nowhere", "line 2: site: there is no site 'nowhere'"),
    ("duration: 10 min", "duration: ten", "line 4: duration: 'ten' is not a time; write 90 s"),
    ("duration: 10 min", "duration: 0", "line 4: duration: '0' is no time at all"),
    ('"sat 22:00"', '"25:00"', "line 3: start: '25:00' is not a time of day"),
    ("people: 2", "people: -1", "line 5: people: -1 people; write 0 to 500"),
    (
        "people: 2",
        "peeple: 2",
        "line 5: peeple: 'peeple' is not a key that is known here; did you mean 'people'?",
    ),
    ("model: service", "model: servis", "line 7: crew 1, model: there is no model 'servis'; did you mean"),
    ("at: charger_l1_a", "at: charger_l1_z", "line 7: crew 1, at: there is no node 'charger_l1_z'"),
    (
        "  - {robot: a, model: service, at: charger_l1_a}",
        "  - {robot: a, model: service}\n  - {robot: a, model: patrol}",
        "line 8: crew 2, robot: 'a' is there twice",
    ),
    (
        "  - {robot: a, model: service, at: charger_l1_a}",
        "  - {robot: a, model: service, at: lab}\n  - {robot: b, model: service, at: lab}",
        "there is no node 'lab'",
    ),
    (
        "  - {robot: a, model: service, at: charger_l1_a}",
        "  - {robot: a, model: service, at: charger_l1_a}\n  - {robot: b, model: service, at: charger_l1_a}",
        "somebody starts at 'charger_l1_a' already",
    ),
    ("submit: go_to, label", "submit: goto, label", "line 9: timeline 1, submit: "),
    ("params: {to: lab}, priority", "params: {to: labb}, priority", "line 9: timeline 1, params: "),
    ("priority: 2", "priority: 9", "line 9"),
    ("on: a}", "on: b}", "line 9: timeline 1, on: there is no robot 'b'"),
    ("{at: 90, ", "{at: 90, cut: a, ", "line 9: timeline 1: must say one of submit"),
    ("{at: 90, ", "{", "line 9: timeline 1: must say one of at, every, when, and says none of them"),
    ("{at: 90, ", "{at: 90, for: 5, ", "line 9: timeline 1, for: this does not last; leave 'for' out"),
    ("DoorJam, door", "DoorJm, door", "'fault' is one of "),
    ("door: lab_door", "door: lab_dor", "there is no door 'lab_dor'; did you mean 'lab_door'?"),
    ("fault: DoorJam, door: lab_door", "fault: VisitorStays, robot: a", "this fault ends by itself"),
    ("{lift: lift_a}", "{lift: lift_z}", "line 11: timeline 3, close, lift: there is no lift 'lift_z'"),
    (
        "{mission: there, is",
        "{mission: their, is",
        "there is no mission with the label 'their'; did you mean",
    ),
    ("is: running", "is: ran", "line 11: timeline 3, when, is: 'ran' is not known"),
    ("{22: 10, 23: 20}", "{25: 10}", "line 13: load 1, by_hour, 25: '25: 10' is no rate"),
    ("[there]", "[their]", "line 15: expect 1, missions: there is no mission with the label 'their'"),
    ("{missions: [there], within: 5 min}", "{robot: a, at: moon}", "no node, room, zone or level 'moon'"),
    ("{missions: [there], within: 5 min}", "{alert: lift_off}", "no kind of alert 'lift_off'; did you mean"),
    ("{missions: [there], within: 5 min}", "{all_still: 11 min}", "'11 min' is after the end"),
    ("{missions: [there], within: 5 min}", "{count: done, at_least: 1}", "there is no state 'done'"),
    ("{missions: [there], within: 5 min}", "{nothing: 1}", "must say one of missions, robot"),
    ("  - {missions: [there], within: 5 min}", "  []", "expect: nothing is expected"),
    ("crew:\n", "crew: [\n", "not valid YAML"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_a_mistake_is_named_with_its_line_and_the_fix(tmp_path, right, wrong, said):
    assert GOOD.count(right) == 1
    path = written(tmp_path, GOOD.replace(right, wrong))
    with pytest.raises(SiteError) as caught:
        read_scenario(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
