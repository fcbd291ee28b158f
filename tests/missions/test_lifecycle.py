import pytest

from missions.lifecycle import ENDED, TRANSITIONS, IllegalTransition, MissionLifecycle, MissionState

TRIGGERS = [row[0] for row in TRANSITIONS]


@pytest.mark.parametrize("state", list(MissionState))
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_every_pair_is_listed_or_refused(state: MissionState, trigger: str) -> None:
    lifecycle = MissionLifecycle()
    row = next(row for row in TRANSITIONS if row[0] == trigger)
    if state.name in row[1]:
        assert lifecycle.advance(state, trigger).name == row[2]
        assert lifecycle.may(state, trigger)
    else:
        assert not lifecycle.may(state, trigger)
        with pytest.raises(IllegalTransition, match=str(state)):
            lifecycle.advance(state, trigger)


def test_an_ended_mission_never_changes_again() -> None:
    lifecycle = MissionLifecycle()
    assert not [(s, t) for s in ENDED for t in TRIGGERS if lifecycle.may(s, t)]


def test_an_unknown_trigger_is_refused() -> None:
    with pytest.raises(IllegalTransition, match="explode"):
        MissionLifecycle().advance(MissionState.QUEUED, "explode")
