"""The conformance kit against our own agent: sound, and broken on purpose in one way each."""

from pathlib import Path

import pytest

from robots import protocol as wire
from robots.conformance.catalogue import CASES, UnknownCaseError, chosen
from robots.conformance.judge import Verdict
from robots.conformance.talk import Settings
from tests.robots.conformance import broken_robots as broken
from tests.robots.conformance.rig import Rig, Robot

PROTOCOL = Path(__file__).parents[3] / "docs" / "protocol.md"


def test_our_robot_passes_every_case(new_body):
    rig = Rig(Robot(new_body()), CASES).run()
    assert [(r.case.case_id, r.seen) for r in rig.judge.results if r.verdict is not Verdict.PASSED] == []
    assert len(rig.judge.results) == len(CASES)


@pytest.mark.parametrize(
    ("kind", "caught_by", "seen"),
    [
        (broken.DrivesHorizon, "base_end", "beyond node"),
        (broken.DrivesHorizon, "link_cut", "last_seq"),
        (broken.PassesNodesTwice, "nodes_passed", "[0, 0, 1, 1"),
        (broken.PassesNodesTwice, "nodes_once", "after seq"),
        (broken.LeavesOutFirstNode, "nodes_passed", "[1, 2, 3, 4]"),
        (broken.ForgetsAtRestart, "restart_order", "Hello says order ''"),
        (broken.ForgetsThePause, "restart_paused", "mode autonomous instead of paused"),
        (broken.AnswersNoPing, "pong", "no Pong"),
        (broken.AnswersPingWithItsOwnClock, "pong", "no Pong with the stamp_s of its Ping"),
        (broken.NewBootIdAtEveryConnect, "link_cut", "its program was not started"),
        (broken.SameBootIdForEver, "restart_boot_id", "boot_id is still boot"),
        (broken.SpeaksBeforeHello, "hello", "the first message was Pong"),
        (broken.MillimetresInTheFactsheet, "factsheet", "radius_m is 280"),
        (broken.StateEveryFiveSeconds, "state_heartbeat", "s apart"),
        (broken.ActsOnEveryRepetition, "instant_twice", "mode paused instead of autonomous"),
        (broken.AcknowledgesCancelAtOnce, "cancel", "after it had acknowledged"),
        (broken.FinishesCancelledOrders, "cancel", "could have stopped at an earlier node"),
        (broken.PausesOnlyInWords, "pause_resume", "m after a pause"),
        (broken.ResumesByItself, "stop_resume", "it moved"),
        (broken.EndsActionsTwice, "action_lifecycle", "2 last events"),
        (broken.NeverSaysTheEndAgain, "outcome_again", "no last ActionEvent"),
        (broken.DiesOfRubbish, "rubbish", "does not answer a Ping"),
        (broken.AcceptsAnything, "order_elsewhere", "it accepted a new order that begins 10 m"),
        (broken.AcceptsAnything, "action_unknown", "it accepted"),
        (broken.RefusesWithoutAReason, "order_while_busy", "nobody can see why"),
        (broken.RefusesGaps, "update_gap", "it answered OrderRefused"),
        (broken.IgnoresSpeedLimits, "speed_limit", "where speed_mps_max is 0.2"),
        (broken.StopsAtEveryNode, "update_extends", "it stopped on the way"),
        (broken.WaitsForEver, "link_silent", "no Hello after"),
        (broken.FloodsPoses, "pose_rate", "Poses within a second"),
        (broken.EndsWithoutBye, "bye", "no Bye"),
        (broken.IgnoresTheVersion, "version_refused", "times more"),
        (broken.SendsPicturesWithoutHeader, "frames", "without a header"),
        (broken.CountsBatteryInPercent, "values_in_range", "battery_fraction is 80"),
    ],
)
def test_broken_robot_is_caught_by_the_case_that_is_about_it(new_body, kind, caught_by, seen):
    rig = Rig(kind(new_body()), chosen(only=["order_driven", "nodes_passed", caught_by])).run()
    assert caught_by in rig.broken, [(r.case.case_id, r.verdict, r.seen) for r in rig.judge.results]
    assert seen in rig.seen(caught_by)


def test_every_broken_robot_is_caught(new_body):
    kinds = [kind for kind in vars(broken).values() if isinstance(kind, type) and issubclass(kind, Robot)]
    assert len(kinds) > 25
    for kind in kinds:
        if kind is not Robot:
            assert Rig(kind(new_body()), CASES).run(3000.0).broken, kind.__name__


def test_robot_that_never_connects_breaks_hello_and_the_rest_is_not_run(new_body):
    class Mute(Robot):
        def says(self, message):
            return ()

    rig = Rig(Mute(new_body()), chosen(only=["hello", "order_driven", "cancel"])).run()
    assert rig.broken == ["hello"]
    assert rig.verdicts(Verdict.NOT_RUN) == ["order_driven", "cancel"]


def test_without_its_program_cases_that_restart_it_do_not_apply(new_body):
    rig = Rig(Robot(new_body()), chosen(only=["restart_order", "bye"]), Settings()).run()
    assert rig.verdicts(Verdict.NOT_APPLICABLE) == ["restart_order", "bye"]
    assert "--start" in rig.seen("bye")


def test_robot_without_a_harmless_skill_is_not_asked_to_act(new_body):
    class Disinfects(Robot):
        model = "auto_disinfection"

    rig = Rig(Disinfects(new_body()), chosen(only=["action_lifecycle"])).run()
    assert rig.verdicts(Verdict.NOT_APPLICABLE) == ["action_lifecycle"]


def test_an_action_of_ones_own_can_be_asked_for(new_body):
    action = wire.Action(action_id="a", action_type="announce", params={"announce_s": 1.0})
    settings = Settings(has_program=True, action=action)
    rig = Rig(Robot(new_body()), chosen(only=["action_lifecycle"]), settings).run()
    assert rig.verdicts(Verdict.PASSED) == ["action_lifecycle"]


def test_the_robot_never_leaves_its_track(new_body):
    body = new_body()
    Rig(Robot(body), CASES, Settings(track_m=3.0, has_program=True)).run()
    assert all(-0.1 <= x_m <= 3.1 and abs(y_m) < 0.1 for _, x_m, y_m in body.trace)


def test_cases_are_chosen_by_name_and_a_wrong_name_lists_them():
    assert [case.case_id for case in chosen(only=["cancel", "hello"])] == ["hello", "cancel"]
    assert "cancel" not in [case.case_id for case in chosen(skip=["cancel"])]
    with pytest.raises(UnknownCaseError, match="no case 'cancle'; there are hello"):
        chosen(only=["cancle"])


def test_every_case_says_what_the_protocol_asks_and_where():
    names = [case.case_id for case in CASES]
    assert len(set(names)) == len(names)
    protocol = PROTOCOL.read_text(encoding="utf-8").lower()
    for case in CASES:
        assert case.says.endswith(".")
        assert case.hint.endswith(".")
        for word in case.section.lower().split(", "):
            assert word in protocol, (case.case_id, word)


def test_a_robot_may_be_tested_again_although_it_remembers_the_orders_of_the_run_before(new_body):
    robot = Robot(new_body())
    cases = chosen(only=["order_driven", "cancel_twice", "order_twice"])
    Rig(robot, cases, Settings(has_program=True, run_id="first")).run()
    robot.connections += 10
    again = Rig(robot, cases, Settings(has_program=True, run_id="second")).run()
    assert again.verdicts(Verdict.PASSED) == [case.case_id for case in cases]


def test_a_refusal_that_should_not_be_is_told_in_the_robots_own_words(new_body):
    class Lazy(Robot):
        def hears(self, message):
            if isinstance(message, wire.Order):
                refused = wire.OrderRefused(
                    order_id=message.order_id, order_update_id=message.order_update_id, message="too tired"
                )
                self.out.append(self.codec.encode(refused))
                return ()
            return (message,)

    rig = Rig(Lazy(new_body()), chosen(only=["order_driven"])).run()
    assert "it says: too tired" in rig.seen("order_driven")
