"""The tables: every (state, trigger) pair is listed or refused, and the pictures in the docs are current."""

from pathlib import Path

import pytest

from robots.diagrams import renewed
from robots.lifecycle import ACTIVITY, MODE, Activity, Mode, Ready, machines, tables
from robots.tables import IllegalTransitionError, Rules, mermaid

DOCS = Path(__file__).parents[2] / "docs" / "robots.md"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_state_and_trigger_is_listed_or_refused(table):
    rules = Rules(table)
    listed = {(trigger, source): target for trigger, source, target in table.expanded()}
    for state in table.leaves:
        for trigger in table.triggers:
            assert rules.may(state, trigger) == ((trigger, state) in listed)
            if (trigger, state) in listed:
                assert rules.advance(state, trigger) is listed[trigger, state]
            else:
                with pytest.raises(IllegalTransitionError, match=trigger):
                    rules.advance(state, trigger)


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_state_can_be_reached_and_no_row_is_written_twice(table):
    rows = table.expanded()
    assert len({(trigger, source) for trigger, source, _ in rows}) == len(rows)
    reached, grown = {table.entry(table.initial)}, True
    while grown:
        more = {target for _, source, target in rows if source in reached} - reached
        reached |= more
        grown = bool(more)
    assert reached == set(table.leaves)


@pytest.mark.parametrize("table", tables()[2:], ids=lambda table: table.name)
def test_every_skill_can_fail_from_every_state_that_is_not_an_end(table):
    sources = {source for _, source, _ in table.expanded()}
    ends = set(table.leaves) - sources
    assert len(ends) == 2
    assert {source for trigger, source, _ in table.expanded() if trigger == "fail"} == sources


def test_unknown_trigger_is_refused_with_both_names():
    with pytest.raises(IllegalTransitionError, match="activity: moving cannot fly"):
        Rules(ACTIVITY).advance(Activity.MOVING, "fly")


def test_ready_is_entered_through_idle():
    assert Rules(ACTIVITY).advance(Activity.STARTING, "locate") is Ready.IDLE


def test_emergency_stop_is_possible_in_every_mode():
    rules = Rules(MODE)
    others = [mode for mode in Mode if mode is not Mode.STOPPED]
    assert all(rules.advance(mode, "stop") is Mode.STOPPED for mode in others)


def test_machines_describe_every_table_with_names_of_the_wire():
    described = {machine.name: machine for machine in machines()}
    assert list(described)[:2] == ["activity", "mode"]
    assert "ready_idle" in described["activity"].states
    assert ("begin", "waiting", "announcing") in described["uv_expose"].transitions
    for machine in described.values():
        for _, source, target in machine.transitions:
            assert {source, target} <= set(machine.states)


def test_diagrams_in_the_docs_are_current():
    text = DOCS.read_text(encoding="utf-8")
    assert renewed(text) == text, "run python -m robots.diagrams docs/robots.md"


def test_diagram_names_every_state_and_nests_the_ready_ones():
    picture = mermaid(ACTIVITY)
    assert "    state ready {\n        [*] --> ready_idle" in picture
    assert "    ready_assigned --> moving: drive" in picture
    assert all(str(state.value) in picture for state in ACTIVITY.leaves)


def test_document_without_a_place_for_diagrams_is_refused():
    with pytest.raises(ValueError, match="no place for the diagrams"):
        renewed("# Robots")


def test_running_a_table_writes_nothing_into_the_log(caplog):
    Rules(ACTIVITY).advance(Activity.STARTING, "locate")
    Rules(MODE).advance(Mode.AUTONOMOUS, "pause")
    assert caplog.records == []
