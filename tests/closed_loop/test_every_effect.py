"""The orchestrator dies before each effect of one short run in turn: its row is written, it is not done."""

import pytest

from maps.graph import SiteGraph
from maps.load import load
from simulators.closed_loop import CREW, Arrangement, ClosedLoop, Stage
from tests.closed_loop.journal_bytes import HOSPITAL

ONE_DELIVERY = Arrangement(safety_s=42.0, trouble=False, crew=CREW[:1], walkers=0, only_wishes=(1,))
"""One robot, one wish: of these seeds a delivery."""
DOWN_S = 2.0


@pytest.fixture(scope="module")
def stage():
    return Stage.of(SiteGraph(load(HOSPITAL)))


def loop_of(stage, seed):
    loop = ClosedLoop(stage, seed, ONE_DELIVERY)
    loop.schedule.every(DOWN_S, loop.room.start)
    return loop


def effects_of(stage, seed):
    """Names of what an undisturbed run does, in order."""
    loop, names = loop_of(stage, seed), []
    perform = loop.room.perform

    def noted(outlets, command, event):
        names.append(type(command).__name__)
        perform(outlets, command, event)

    loop.room.perform = noted
    assert loop.run().violation is None
    return names


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("seed", "every", "reached"),
    [
        (38, 1, {"SendOrder", "SolvePlan", "AcceptMission", "WelcomeRobot", "SendInstant"}),
        (12, 9, {"RequestLift", "ReleaseLift", "RequestDoor"}),
    ],
)
def test_whichever_effect_it_dies_before_the_delivery_is_completed_and_nothing_is_done_twice(
    stage, seed, every, reached
):
    names = effects_of(stage, seed)
    assert reached <= set(names)
    for effects in range(0, len(names), every):
        loop = loop_of(stage, seed)
        loop.room.crash_after(effects)
        outcome = loop.run()
        told = f"died before effect {effects}, {names[effects]}: {outcome.violation}"
        assert outcome.violation is None, told
        assert outcome.ended["completed"] == 1, told
        assert loop.room.starts == 3, told  # the first, the one after the death, and the replay at the end


def test_a_row_that_is_forgotten_is_found_out(stage):
    """The judge can say no: the journal loses its last row at the death."""
    loop = loop_of(stage, 38)
    loop.room.crash_after(40)
    crash = loop.room.crash

    def forget():
        if loop.room.journal._rows:
            loop.room.journal._rows.pop()
        crash()

    loop.room.crash = forget
    violation = loop.run().violation
    assert violation is not None
    assert violation.invariant == "replay"
