"""The main job as conversations: asked, assigned, driven, done; and what people do in between."""

import pytest

from fleet.config import Settings
from fleet.core import commands as cm
from fleet.core import events as ev
from missions.lifecycle import MissionState
from tests.fleet.core.conversation import Conversation


@pytest.fixture
def talk() -> Conversation:
    conversation = Conversation()
    conversation.join("carrier-1", "charger_l1_a")
    conversation.join("carrier-2", "charger_l3_a")
    return conversation


def deliver(talk: Conversation, key: str = "key-1", **more: object) -> tuple[cm.AnyCommand, ...]:
    return talk.ask("deliver", key, **{"from": "pharmacy", "to": "ward_201", "pin": "4711", **more})


def accepted(out: tuple[cm.AnyCommand, ...]) -> cm.AcceptMission:
    (answer,) = [command for command in out if isinstance(command, cm.AcceptMission)]
    return answer


def rejected(out: tuple[cm.AnyCommand, ...]) -> cm.RejectMission:
    (answer,) = [command for command in out if isinstance(command, cm.RejectMission)]
    return answer


def control(talk: Conversation, verb: ev.MissionVerb, mission_id: str = "mission-000001") -> cm.AnswerControl:
    out = talk.say(ev.MissionControlled(mission_id=mission_id, verb=verb, by="ann", because="a test"))
    (answer,) = [command for command in out if isinstance(command, cm.AnswerControl)]
    return answer


def test_the_answer_names_the_nearest_robot_and_says_when_how_long_and_why(talk: Conversation) -> None:
    answer = accepted(deliver(talk))
    assert answer.robot == "carrier-1"
    assert answer.start_s == talk.now_s
    assert answer.duration_s is not None
    assert answer.duration_s > 60
    assert "carrier-2" in answer.because


def test_a_delivery_is_loaded_driven_through_the_lift_and_handed_over(talk: Conversation) -> None:
    deliver(talk)
    talk.until(talk.ended)
    mission = talk.mission()
    assert mission.state is MissionState.COMPLETED
    assert [task.state for task in mission.tasks] == ["done", "done"]
    times = [
        mission.tasks[0].started_s,
        mission.tasks[0].ended_s,
        mission.tasks[1].started_s,
        mission.ended_s,
    ]
    assert times == sorted(times)
    assert {"accepted", "assigned", "started", "task_done", "completed"} <= {h.what for h in mission.history}
    assert talk.mission().tasks[1].robot == "carrier-1"


def test_the_robot_rests_where_it_is_in_nobodys_way_afterwards(talk: Conversation) -> None:
    deliver(talk)
    talk.until(lambda: talk.ended() and talk.core.state.jobs["carrier-1"].order_id == "")
    assert talk.robot("carrier-1").node in talk.cells.rests(("0",))


def test_the_same_request_key_gets_the_same_mission(talk: Conversation) -> None:
    first, again = accepted(deliver(talk)), accepted(deliver(talk))
    assert again.mission_id == first.mission_id
    assert again.repeated
    assert len(talk.core.state.missions) == 1


def test_a_mission_that_nobody_can_do_is_refused_with_a_veto_for_each_robot(talk: Conversation) -> None:
    answer = rejected(talk.ask("disinfect_room_uv", room="ward_201"))
    assert answer.veto is cm.VetoCode.NO_CAPABLE_ROBOT
    assert set(answer.vetoes) == {"carrier-1", "carrier-2"}
    assert talk.core.state.missions == {}


def test_a_mission_for_a_robot_that_is_not_there_is_refused(talk: Conversation) -> None:
    answer = rejected(deliver(talk, robot="carrier-9"))
    assert answer.veto is cm.VetoCode.ROBOT_UNKNOWN
    assert "carrier-1" in answer.hint


def test_a_pinned_mission_goes_to_its_robot(talk: Conversation) -> None:
    assert accepted(deliver(talk, robot="carrier-2")).robot == "carrier-2"


def test_a_third_mission_queues_and_says_when_it_will_start(talk: Conversation) -> None:
    for number in range(3):
        answer = accepted(deliver(talk, f"key-{number}"))
    assert answer.robot
    assert answer.start_s is not None
    assert answer.start_s > talk.now_s
    talk.until(talk.ended)
    assert {m.state for m in talk.core.state.missions.values()} == {MissionState.COMPLETED}


def test_an_urgent_mission_goes_before_those_not_begun(talk: Conversation) -> None:
    for number in range(3):
        deliver(talk, f"key-{number}", robot="carrier-1")
    deliver(talk, "urgent", robot="carrier-1", priority=3)
    assert talk.robot("carrier-1").queue[1] == "mission-000004"


def test_a_mission_waits_for_a_robot_that_is_out_of_service_and_starts_when_it_is_back(
    talk: Conversation,
) -> None:
    for robot_id in ("carrier-1", "carrier-2"):
        talk.say(ev.RobotControlled(robot_id=robot_id, verb=ev.RobotVerb.OUT_OF_SERVICE))
    answer = accepted(deliver(talk))
    assert answer.robot == ""
    assert "out of service" in answer.because
    talk.say(ev.RobotControlled(robot_id="carrier-2", verb=ev.RobotVerb.IN_SERVICE))
    assert talk.mission().robot == "carrier-2"


def test_cancelling_before_the_start_leaves_the_robot_free(talk: Conversation) -> None:
    deliver(talk, robot="carrier-1")
    deliver(talk, "second", robot="carrier-1")
    assert control(talk, ev.MissionVerb.CANCEL, "mission-000002").ok
    assert talk.mission("mission-000002").state is MissionState.CANCELLED
    assert talk.robot("carrier-1").queue == ("mission-000001",)


def test_cancelling_on_the_way_stops_the_order_and_frees_the_way(talk: Conversation) -> None:
    deliver(talk)
    for _ in range(20):
        talk.step()
    answer = control(talk, ev.MissionVerb.CANCEL)
    assert answer.ok
    assert answer.pending == ("carrier-1",)
    assert talk.mission().state is MissionState.CANCELLED
    assert [type(c) for c in talk.said].count(cm.SendCancel) == 1
    talk.until(lambda: talk.robot("carrier-1").node in talk.cells.rests(("0",)))
    assert len(talk.core.state.jobs) == 2


def test_an_ended_mission_cannot_be_cancelled_and_says_so(talk: Conversation) -> None:
    deliver(talk)
    talk.until(talk.ended)
    answer = control(talk, ev.MissionVerb.CANCEL)
    assert not answer.ok
    assert answer.veto is cm.VetoCode.MISSION_ENDED


def test_a_paused_mission_holds_its_robot_until_it_is_resumed(talk: Conversation) -> None:
    deliver(talk)
    for _ in range(10):
        talk.step()
    assert control(talk, ev.MissionVerb.PAUSE).pending == ("carrier-1",)
    assert talk.mission().waiting == "resume"
    node = talk.robot("carrier-1").node
    for _ in range(20):
        talk.step()
    assert talk.robot("carrier-1").node == node
    assert control(talk, ev.MissionVerb.RESUME).ok
    talk.until(talk.ended)
    assert talk.mission().state is MissionState.COMPLETED


def test_a_waiting_mission_may_be_paused_and_resumed_too(talk: Conversation) -> None:
    deliver(talk, robot="carrier-1")
    deliver(talk, "second", robot="carrier-1")
    assert control(talk, ev.MissionVerb.PAUSE, "mission-000002").ok
    talk.until(lambda: talk.mission().ended_s is not None)
    for _ in range(30):
        talk.step()
    assert talk.mission("mission-000002").state is MissionState.PAUSED
    control(talk, ev.MissionVerb.RESUME, "mission-000002")
    talk.until(talk.ended)


def test_pausing_twice_is_refused_with_the_reason(talk: Conversation) -> None:
    deliver(talk)
    control(talk, ev.MissionVerb.PAUSE)
    again = control(talk, ev.MissionVerb.PAUSE)
    assert not again.ok
    assert again.veto is cm.VetoCode.WRONG_STATE


def test_controlling_an_unknown_mission_is_refused(talk: Conversation) -> None:
    assert control(talk, ev.MissionVerb.CANCEL, "mission-000099").veto is cm.VetoCode.MISSION_UNKNOWN


def test_a_failed_action_fails_the_mission_and_raises_an_alert(talk: Conversation) -> None:
    deliver(talk)
    talk.puppets["carrier-1"].hold_action = True
    talk.until(lambda: talk.core.state.jobs["carrier-1"].acting)
    job = talk.core.state.jobs["carrier-1"]
    talk.puppets["carrier-1"].order = None
    talk.say(
        ev.ActionReported(
            robot_id="carrier-1",
            order_id=job.order_id,
            action_id=job.action_id,
            status="failed",
            because="nobody loaded the tray",
        )
    )
    assert talk.mission().state is MissionState.FAILED
    assert talk.mission().because == "nobody loaded the tray"
    assert "mission_failed mission-000001" in talk.alerts()
    talk.until(lambda: talk.robot("carrier-1").node in talk.cells.rests(("0",)))


def test_a_confirmation_reaches_the_robot_that_waits_for_it(talk: Conversation) -> None:
    deliver(talk)
    talk.puppets["carrier-1"].hold_action = True
    talk.until(lambda: talk.core.state.jobs["carrier-1"].acting)
    out = talk.say(ev.MissionConfirmed(mission_id="mission-000001", what="pin", value="4711", by="nurse"))
    (instant,) = [command for command in out if isinstance(command, cm.SendInstant)]
    assert (instant.robot_id, instant.verb, instant.params) == (
        "carrier-1",
        "confirm",
        {"what": "pin", "value": "4711"},
    )


def test_a_confirmation_that_nobody_waits_for_is_refused(talk: Conversation) -> None:
    deliver(talk)
    out = talk.say(ev.MissionConfirmed(mission_id="mission-000001", what="pin", value="4711"))
    assert [c.ok for c in out if isinstance(c, cm.AnswerControl)] == [False]


def test_too_many_open_missions_are_refused_and_nothing_is_lost() -> None:
    talk = Conversation(settings=Settings(missions_open_max=2))
    talk.join("carrier-1", "charger_l1_a")
    for number in range(2):
        deliver(talk, f"key-{number}")
    assert rejected(deliver(talk, "one-more")).veto is cm.VetoCode.TOO_MANY_MISSIONS
    talk.until(talk.ended)
    assert accepted(deliver(talk, "later")).robot == "carrier-1"


def test_memory_stays_bounded_and_old_keys_are_still_known() -> None:
    talk = Conversation(settings=Settings(missions_ended_kept=2))
    talk.join("carrier-1", "charger_l1_a")
    for number in range(4):
        deliver(talk, f"key-{number}")
        control(talk, ev.MissionVerb.CANCEL, f"mission-{number + 1:06d}")
    assert list(talk.core.state.missions) == ["mission-000003", "mission-000004"]
    assert accepted(deliver(talk, "key-0")).mission_id == "mission-000001"


def test_every_command_says_why(talk: Conversation) -> None:
    deliver(talk)
    talk.until(talk.ended)
    assert [command for command in talk.said if not command.because] == []


def test_no_robot_enters_a_lifts_mouth_before_the_lift_is_open_for_it(talk: Conversation) -> None:
    """Where it may not wait, it is sent through or not at all."""
    talk.lifts_work = False
    deliver(talk)
    talk.until(lambda: talk.robot("carrier-1").waiting.startswith("lift"))
    talk.step()
    orders = [c for c in talk.said if isinstance(c, cm.SendOrder) and c.robot_id == "carrier-1"]
    assert talk.cells.cells[orders[-1].base[-1].cell].stoppable
    assert {c.session for c in talk.said if isinstance(c, cm.RequestLift)} == {"carrier-1"}


def test_a_lift_that_still_works_for_a_robot_outside_is_released_again(talk: Conversation) -> None:
    """The release before a crash may never have been sent."""
    out = talk.say(ev.LiftReported(lift="lift_a", level="L1", doors="open", session="carrier-1"))
    assert [c.session for c in out if isinstance(c, cm.ReleaseLift)] == ["carrier-1"]
