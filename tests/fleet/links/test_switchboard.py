from dataclasses import dataclass, field
from math import inf, nan

import msgspec
import pytest

from fleet.core import events as ev
from fleet.links.switchboard import (
    HOLD_S,
    MESSAGES_PER_S_MAX,
    QUARANTINE_S,
    LinkOutlets,
    LinkSettings,
    Switchboard,
)
from fleet.views import LivePose
from robots import protocol as wire
from tests.fleet.links.paper import factsheet, hello, state


@dataclass
class Desk:
    """A switchboard with everything that comes out of it."""

    robots_max: int = 10
    takes_events: bool = True
    now_s: float = 100.0
    events: list[ev.AnyEvent] = field(default_factory=list)
    poses: list[tuple[str, LivePose]] = field(default_factory=list)
    said: list[tuple[bytes, wire.Message]] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.codec = wire.Codec()
        settings = LinkSettings(heartbeat_s=1.0, lost_s=30.0, robots_max=self.robots_max, radius_m_max=0.35)
        outlets = LinkOutlets(
            event=self.take_event,
            pose=lambda robot_id, pose: self.poses.append((robot_id, pose)),
            frame=lambda *_: None,
            failed=lambda _: None,
            clock=lambda: 1_700_000_000.0 + self.now_s,
        )
        self.board = Switchboard(settings, outlets, self.say)

    def take_event(self, event: ev.AnyEvent) -> bool:
        if self.takes_events:
            self.events.append(event)
        return self.takes_events

    def say(self, identity: bytes, message: wire.Message) -> bool:
        if identity in self.gone:
            return False
        self.said.append((identity, message))
        return True

    def hear(self, identity: bytes, *messages: wire.Message) -> None:
        for message in messages:
            self.board.take(identity, self.codec.encode(message), self.now_s)

    def refusals(self, identity: bytes) -> list[wire.Refused]:
        return [said for to, said in self.said if to == identity and isinstance(said, wire.Refused)]

    def of(self, kind: type[ev.Event]) -> list[ev.AnyEvent]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_robot_joins_when_it_has_said_who_and_where_it_is(desk: Desk) -> None:
    desk.hear(b"a", hello(last_order_id="o", last_order_update_id=2, last_seq=7))
    assert desk.events == []
    desk.hear(b"a", state())
    joined, reported = desk.events
    assert isinstance(joined, ev.RobotJoined)
    assert (joined.robot_id, joined.level, joined.x_m, joined.seq) == ("carrier-1", "L1", 6.0, 7)
    assert isinstance(reported, ev.RobotReported)


def test_only_significant_states_become_events(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    before = len(desk.events)
    desk.hear(b"a", state(x_m=6.1), state(battery_fraction=0.9001), wire.Pong(stamp_s=1.0))
    assert len(desk.events) == before
    desk.hear(b"a", state(battery_fraction=0.889), state(battery_fraction=0.889, activity="moving"))
    assert len(desk.events) == before + 2


def test_poses_go_to_the_views_and_never_to_the_core(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    before = len(desk.events)
    desk.hear(b"a", wire.Pose(stamp_s=1.0, level="L1", x_m=1.0, y_m=2.0, yaw_rad=0.5, speed_mps=0.8))
    assert len(desk.events) == before
    robot_id, pose = desk.poses[-1]
    assert (robot_id, pose.x_m, pose.speed_mps, pose.at_s) == ("carrier-1", 1.0, 0.8, 1_700_000_100.0)


def test_reports_pass_on_as_events(desk: Desk) -> None:
    desk.hear(b"a", hello(), state(), wire.NodePassed(order_id="o", node_id="n", seq=3))
    assert desk.events[-1] == ev.NodePassed(robot_id="carrier-1", order_id="o", seq=3)


def test_stranger_must_say_hello_first(desk: Desk) -> None:
    desk.hear(b"a", state(), wire.NodePassed(order_id="o", node_id="n", seq=3))
    assert desk.events == []
    assert [refusal.code for refusal in desk.refusals(b"a")] == ["hello", "hello"]


def test_other_protocol_version_is_refused_with_both_versions(desk: Desk) -> None:
    desk.hear(b"a", hello(protocol_version=99), state())
    (refusal, *_) = desk.refusals(b"a")
    assert refusal.code == "version"
    assert "speaks protocol 99" in refusal.message
    assert f"speaks protocol {wire.PROTOCOL_VERSION}; update" in refusal.message
    assert desk.events == []


@pytest.mark.parametrize("robot_id", ["", "x" * 65, "a/b", "../etc", "car rier", ".hidden", "机器人"])
def test_unusable_robot_id_is_refused_with_the_rule(desk: Desk, robot_id: str) -> None:
    desk.hear(b"a", hello(robot_id), state())
    (refusal, *_) = desk.refusals(b"a")
    assert refusal.code == "name"
    assert "1 to 64 letters, digits" in refusal.message
    assert desk.events == []


def test_second_robot_with_the_same_id_is_refused_while_the_first_is_heard(desk: Desk) -> None:
    desk.hear(b"a", hello(boot_id="one"), state())
    desk.now_s += HOLD_S - 0.1
    before = len(desk.events)
    desk.hear(b"b", hello(boot_id="two"), state())
    assert desk.refusals(b"b")[0].code == "duplicate"
    assert "carrier-1 is connected already" in desk.refusals(b"b")[0].message
    assert len(desk.events) == before
    desk.hear(b"a", wire.NodePassed(order_id="o", node_id="n", seq=1))
    assert len(desk.events) == before + 1


def test_restarted_robot_is_taken_at_once_when_its_old_connection_is_gone(desk: Desk) -> None:
    desk.hear(b"a", hello(boot_id="one"), state())
    desk.gone.append(b"a")
    desk.hear(b"b", hello(boot_id="two"), state())
    assert desk.refusals(b"b") == []
    assert [event.boot_id for event in desk.of(ev.RobotJoined)] == ["one", "two"]


def test_restarted_robot_is_taken_when_the_first_has_not_been_heard_for_a_while(desk: Desk) -> None:
    desk.hear(b"a", hello(boot_id="one"), state())
    desk.now_s += HOLD_S
    desk.hear(b"b", hello(boot_id="two"), state())
    assert len(desk.of(ev.RobotJoined)) == 2
    desk.board.send("carrier-1", wire.Ping(stamp_s=0.0))
    assert desk.said[-1][0] == b"b"


def test_same_boot_on_a_new_connection_takes_over(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    desk.hear(b"b", hello(), state())
    assert desk.refusals(b"b") == []
    desk.board.send("carrier-1", wire.Ping(stamp_s=0.0))
    assert desk.said[-1][0] == b"b"


def test_connection_cannot_become_another_robot(desk: Desk) -> None:
    desk.hear(b"a", hello("carrier-1"), state())
    desk.hear(b"a", hello("carrier-2"), state())
    assert desk.refusals(b"a")[0].code == "name"
    assert [event.robot_id for event in desk.of(ev.RobotJoined)] == ["carrier-1"]


@pytest.mark.parametrize("data", [b"", b"\x00rubbish", b"\x81\xa4type\xa5Nobel", b"\xc1" * 300_000])
def test_rubbish_is_quarantined_and_the_others_go_on(desk: Desk, data: bytes) -> None:
    desk.hear(b"a", hello("carrier-1"), state())
    desk.hear(b"b", hello("carrier-2"), state())
    desk.board.take(b"a", data, desk.now_s)
    (quarantined,) = desk.of(ev.RobotQuarantined)
    assert isinstance(quarantined, ev.RobotQuarantined)
    assert quarantined.robot_id == "carrier-1"
    assert desk.refusals(b"a")[0].code == "rubbish"

    before = len(desk.events)
    desk.hear(b"a", wire.NodePassed(order_id="o", node_id="n", seq=1))
    assert len(desk.events) == before
    desk.hear(b"b", wire.NodePassed(order_id="o", node_id="n", seq=1))
    assert len(desk.events) == before + 1


def test_quarantine_ends_and_the_robot_starts_with_hello(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    desk.board.take(b"a", b"rubbish", desk.now_s)
    desk.now_s += QUARANTINE_S
    desk.hear(b"a", wire.NodePassed(order_id="o", node_id="n", seq=1))
    assert desk.refusals(b"a")[-1].code == "hello"
    desk.hear(b"a", hello(), state())
    assert len(desk.of(ev.RobotJoined)) == 2


def test_flood_is_quarantined(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    for _ in range(MESSAGES_PER_S_MAX):
        desk.hear(b"a", wire.Pong(stamp_s=0.0))
    (quarantined,) = desk.of(ev.RobotQuarantined)
    assert isinstance(quarantined, ev.RobotQuarantined)
    assert f"more than {MESSAGES_PER_S_MAX} messages in a second" in quarantined.because


def test_many_messages_over_a_longer_time_are_no_flood(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    for _ in range(3 * MESSAGES_PER_S_MAX):
        desk.now_s += 0.01
        desk.hear(b"a", wire.Pong(stamp_s=0.0))
    assert desk.of(ev.RobotQuarantined) == []


BAD_MESSAGES = [
    (wire.Pose(stamp_s=0.0, level="L1", x_m=nan, y_m=0.0, yaw_rad=0.0), "Pose that is no place"),
    (state(x_m=inf), "State that is no place"),
    (state(battery_fraction=1.5), "battery_fraction 1.5; it is 0 to 1"),
    (state(battery_fraction=nan), "battery_fraction nan"),
    (state(activity="x" * 500), "State.activity of 500 characters"),
    (hello(factsheet=factsheet(speed_mps_max=0.0)), "factsheet.speed_mps_max 0; it is more than 0"),
    (hello(factsheet=factsheet(acceleration_mps2=-1.0)), "factsheet.acceleration_mps2 -1"),
    (hello(factsheet=factsheet(battery_wh=nan)), "factsheet.battery_wh nan"),
    (hello(factsheet=factsheet(reserve_fraction=2.0)), "factsheet.reserve_fraction 2; it is 0 to 1"),
    (hello(factsheet=factsheet(draw_action_w={"uv": -5.0})), "draw_action_w['uv'] -5"),
    (hello(factsheet=factsheet(graphs=())), "graphs"),
    (
        wire.ActionEvent(order_id="o", action_id="a", status=wire.ActionStatus.RUNNING, result={"dose": inf}),
        "result 'dose'",
    ),
    (wire.NodePassed(order_id="x" * 300, node_id="n", seq=1), "NodePassed.order_id of 300"),
]


@pytest.mark.parametrize(("message", "problem"), BAD_MESSAGES)
def test_impossible_values_are_quarantined_with_field_and_value(
    desk: Desk, message: wire.Message, problem: str
) -> None:
    desk.hear(b"a", hello(), state(), message)
    (quarantined,) = desk.of(ev.RobotQuarantined)
    assert isinstance(quarantined, ev.RobotQuarantined)
    assert problem in quarantined.because


def test_robot_too_wide_for_the_sites_cells_is_refused(desk: Desk) -> None:
    desk.hear(b"a", hello(factsheet=factsheet(radius_m=0.6)), state())
    assert desk.refusals(b"a")[0].code == "misfit"
    assert "radius_m is 0.6" in desk.refusals(b"a")[0].message
    assert desk.events == []


def test_robots_beyond_the_limit_are_refused() -> None:
    desk = Desk(robots_max=2)
    for name in ("r1", "r2", "r3"):
        desk.hear(name.encode(), hello(name), state())
    assert [event.robot_id for event in desk.of(ev.RobotJoined)] == ["r1", "r2"]
    assert desk.refusals(b"r3")[0].code == "full"


def test_silent_robot_is_reported_once_with_its_last_place(desk: Desk) -> None:
    desk.hear(b"a", hello(), state(x_m=3.25))
    for _ in range(50):
        desk.now_s += 1.0
        desk.board.beat(desk.now_s)
    (silent,) = desk.of(ev.RobotFellSilent)
    assert isinstance(silent, ev.RobotFellSilent)
    assert (silent.silent_s, silent.level, silent.x_m) == (30.0, "L1", 3.25)


def test_silent_robot_that_speaks_again_must_say_hello(desk: Desk) -> None:
    """Its first Hello is old news: what it says of its order would be wrong by now."""
    desk.hear(b"a", hello(last_seq=1), state())
    desk.now_s += 31.0
    desk.board.beat(desk.now_s)
    desk.hear(b"a", state())
    assert desk.refusals(b"a")[-1].code == "hello"
    assert len(desk.of(ev.RobotJoined)) == 1
    desk.hear(b"a", hello(last_seq=9), state())
    joined = desk.of(ev.RobotJoined)[-1]
    assert isinstance(joined, ev.RobotJoined)
    assert joined.seq == 9


def test_everybody_is_pinged_at_each_heartbeat(desk: Desk) -> None:
    desk.hear(b"a", hello("r1"), state())
    desk.hear(b"b", hello("r2"), state())
    desk.said.clear()
    desk.board.beat(desk.now_s)
    assert [(to, type(said)) for to, said in desk.said] == [(b"a", wire.Ping), (b"b", wire.Ping)]


def test_robot_that_says_bye_is_not_missed(desk: Desk) -> None:
    desk.hear(b"a", hello(), state(), wire.Bye(because="service"))
    assert desk.events[-1] == ev.RobotLeft(robot_id="carrier-1", because="service")
    desk.now_s += 60.0
    desk.board.beat(desk.now_s)
    assert desk.of(ev.RobotFellSilent) == []
    assert not desk.board.knows("carrier-1")


def test_fact_that_was_not_taken_is_asked_for_by_a_new_hello(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    desk.takes_events = False
    desk.hear(b"a", wire.NodePassed(order_id="o", node_id="n", seq=5))
    assert desk.refusals(b"a")[-1].code == "hello"
    desk.takes_events = True
    desk.hear(b"a", hello(last_order_id="o", last_seq=5), state())
    joined = desk.of(ev.RobotJoined)[-1]
    assert isinstance(joined, ev.RobotJoined)
    assert (joined.order_id, joined.seq) == ("o", 5)


def test_silence_that_was_not_taken_is_reported_at_the_next_heartbeat(desk: Desk) -> None:
    desk.hear(b"a", hello(), state())
    desk.now_s += 31.0
    desk.takes_events = False
    desk.board.beat(desk.now_s)
    desk.takes_events = True
    desk.board.beat(desk.now_s + 1.0)
    desk.board.beat(desk.now_s + 2.0)
    assert len(desk.of(ev.RobotFellSilent)) == 1


def test_strangers_are_forgotten_and_their_number_is_bounded() -> None:
    desk = Desk(robots_max=2)
    for number in range(50):
        desk.hear(b"%d" % number, state())
    assert len(desk.said) == 8
    desk.now_s += QUARANTINE_S + 1.0
    desk.board.beat(desk.now_s)
    desk.hear(b"new", hello(), state())
    assert len(desk.of(ev.RobotJoined)) == 1


def test_message_to_an_unknown_robot_is_dropped(desk: Desk) -> None:
    desk.board.send("nobody", wire.Ping(stamp_s=0.0))
    assert desk.said == []


def test_overlong_reason_is_shortened_not_refused(desk: Desk) -> None:
    refusal = wire.OrderRefused(order_id="o", order_update_id=1, message="because " * 1_000)
    desk.hear(b"a", hello(), state(), refusal)
    event = desk.events[-1]
    assert isinstance(event, ev.OrderRefused)
    assert len(event.because) == 2_000
    assert msgspec.msgpack.encode(event)
