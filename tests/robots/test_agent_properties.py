"""Whatever comes, in whatever order: the agent never raises, drives beyond its base, or lights unasked."""

from hypothesis import given, settings
from hypothesis import strategies as st

from robots import protocol as wire
from robots.agent import Agent
from robots.agent_io import LinkDown, LinkUp, OrderMemory, Remember, Send, ShutDown, Tell, TimerFired
from robots.drivers import base
from robots.profiles import load_profile

LEVELS = st.sampled_from(["L1", "L2"])
METRES = st.one_of(st.integers(-2, 6).map(float), st.just(float("nan")))
ORDER_IDS = st.sampled_from(["o1", "o2"])
NODES = st.builds(
    wire.OrderNode,
    node_id=st.sampled_from(["a", "b", "c"]),
    seq=st.integers(-1, 5),
    x_m=METRES,
    y_m=st.just(0.0),
    level=LEVELS,
    speed_mps_max=st.one_of(st.none(), st.sampled_from([0.0, 0.5, 9.0])),
    lift=st.one_of(st.none(), st.just("lift")),
)
LANE = tuple(wire.OrderNode(node_id=f"n{i}", seq=i, x_m=float(i), y_m=0.0, level="L1") for i in range(7))
SENSIBLE = st.tuples(st.integers(0, 5), st.integers(1, 5)).map(lambda cut: LANE[cut[0] : cut[0] + cut[1]])
ACTIONS = st.builds(
    wire.Action,
    action_id=st.sampled_from(["x", "y"]),
    action_type=st.sampled_from(["uv_expose", "charge", "lead", "nonsense"]),
    params=st.sampled_from([{}, {"target_j_m2": 5.0, "door": "d", "announce_s": 8.0}]),
    en_route=st.booleans(),
)
ORDERS = st.builds(
    wire.Order,
    order_id=ORDER_IDS,
    order_update_id=st.integers(1, 4),
    base=st.one_of(SENSIBLE, SENSIBLE, st.lists(NODES, max_size=3).map(tuple)),
    action=st.one_of(st.none(), ACTIONS),
    last=st.booleans(),
)
SENSED = st.builds(
    base.Sensed,
    person_seen=st.booleans(),
    door_closed=st.sampled_from([True, True, False, None]),
    follower_m=st.one_of(st.none(), st.floats(0, 8)),
    loaded=st.booleans(),
)
EVENTS = st.one_of(
    ORDERS,
    ORDERS,
    st.builds(
        base.Motion,
        level=LEVELS,
        x_m=st.floats(-1, 6),
        y_m=st.just(0.0),
        yaw_rad=st.just(0.0),
        speed_mps=st.floats(0, 1),
    ),
    st.builds(base.Reached, seq=st.integers(-1, 6)),
    SENSED,
    st.builds(base.Energy, battery_fraction=st.floats(0, 1), charging=st.booleans()),
    st.builds(base.Dose, minimum_j_m2=st.floats(0, 9), p5_j_m2=st.just(9.0), covered_fraction=st.just(1.0)),
    st.builds(base.Confirmed, what=st.sampled_from(["start", "pin", "cancel", "?"]), value=st.just("")),
    st.builds(base.Blocked, what=st.sampled_from(["person", "nothing"])),
    st.builds(base.Frame, jpeg=st.just(b""), tag=st.sampled_from(["", "x"])),
    st.builds(
        base.BodyFault,
        code=st.sampled_from(["motor", "manual", "camera_failed"]),
        message=st.just("m"),
        cleared=st.booleans(),
    ),
    st.builds(wire.Cancel, cancel_id=st.sampled_from(["c1", "c2"]), order_id=ORDER_IDS),
    st.builds(
        wire.InstantAction,
        instant_id=st.integers(0, 99).map(str),
        verb=st.sampled_from(wire.InstantVerb),
        params=st.sampled_from([{}, {"what": "pin", "value": "1"}]),
    ),
    st.builds(
        wire.Welcome,
        protocol_version=st.just(1),
        site_id=st.just("s"),
        heartbeat_s=st.sampled_from([1.0, 0.0, float("nan")]),
        lost_s=st.just(5.0),
    ),
    st.builds(
        wire.Refused,
        code=st.just("duplicate"),
        message=st.just(""),
        retry_s=st.sampled_from([5.0, float("nan")]),
    ),
    st.builds(wire.Ack, ref=st.just("z")),
    st.builds(wire.Ping, stamp_s=st.just(0.0)),
    st.builds(LinkUp),
    st.builds(LinkDown),
    st.builds(TimerFired),
)
STEPS = st.lists(st.tuples(EVENTS, st.sampled_from([0.0, 0.1, 1.0, 9.0, 40.0])), min_size=1, max_size=60)


CALM = base.Sensed(door_closed=True, follower_m=1.0)
GREETED = (
    (base.Motion(level="L1", x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=0.0), 0.0),
    (base.Energy(battery_fraction=0.8, charging=False), 0.0),
    (CALM, 0.0),
    (LinkUp(), 0.0),
    (wire.Welcome(protocol_version=1, site_id="s", heartbeat_s=1.0, lost_s=5.0), 0.0),
)
UV = wire.Action(
    action_id="x", action_type="uv_expose", params={"target_j_m2": 50.0, "door": "d", "announce_s": 8.0}
)
LIT = (
    *GREETED,
    (wire.Order(order_id="o1", order_update_id=1, base=LANE[:1], action=UV, last=True), 0.5),
    (base.Reached(seq=0), 0.5),
    *((CALM, 1.0) for _ in range(25)),
)
LEAD = wire.Action(action_id="x", action_type="lead", en_route=True)
LEADING = (*GREETED, (wire.Order(order_id="o1", order_update_id=1, base=LANE[:4], action=LEAD), 1.0))


class Watcher:
    """Carries commands out and objects to unsafe ones."""

    def __init__(self, model: str, memory: OrderMemory | None = None) -> None:
        self.agent = Agent("r", "b", load_profile(model), memory)
        self.released: dict[str, set[tuple[int, float, float]]] = {}
        self.lamp = "off"
        self.sensed: base.Sensed | None = None

    def take(self, event: object, now_s: float) -> None:
        if isinstance(event, wire.Order):
            places = {(n.seq, n.x_m, n.y_m) for n in event.base}
            self.released.setdefault(event.order_id, set()).update(places)
        if isinstance(event, base.Sensed):
            self.sensed = event
        commands = self.agent.handle(event, now_s)
        for index, command in enumerate(commands):
            assert not isinstance(command, Remember) or index == 0
            if isinstance(command, Tell):
                self.obey(command.message)
        if isinstance(event, base.Sensed) and (event.person_seen or event.door_closed is not True):
            assert self.lamp == "off"
        if self.agent.mode != "autonomous":
            assert self.lamp == "off"

    def obey(self, message: object) -> None:
        if isinstance(message, base.Drive) and message.path:
            order = self.agent.memory.order
            assert order is not None
            allowed = self.released[order.order_id]
            assert all((p.seq, p.x_m, p.y_m) in allowed for p in message.path)
            assert self.agent.mode == "autonomous"
            assert self.lamp == "off"
        if isinstance(message, base.SetDevice) and message.device == "lamp":
            self.lamp = message.value


def play(model: str, steps: list[tuple[object, float]], *, restart_at: int) -> list[str]:
    watcher, now_s = Watcher(model), 100.0
    digest = []
    for number, (event, wait_s) in enumerate(steps):
        if number == restart_at:
            released = watcher.released
            watcher = Watcher(model, watcher.agent.memory)
            watcher.released = released
        watcher.take(event, now_s)
        now_s += wait_s
        due_s = watcher.agent.next_deadline_s()
        if due_s is not None and due_s <= now_s:
            watcher.take(TimerFired(), now_s)
        digest.append(f"{watcher.agent.activity} {watcher.agent.mode} {watcher.agent.memory}")
    return digest


BEGINNINGS = st.sampled_from(
    [("auto_disinfection", LIT), ("triage_guide", LEADING), ("service", GREETED), ("service", ())]
)


@settings(max_examples=200, deadline=None)
@given(beginning=BEGINNINGS, steps=STEPS, restart_at=st.integers(0, 90))
def test_any_conversation_is_survived_safely_and_decided_the_same_twice(beginning, steps, restart_at):
    model, prelude = beginning
    once = play(model, [*prelude, *steps], restart_at=restart_at)
    assert once == play(model, [*prelude, *steps], restart_at=restart_at)


def test_preludes_reach_what_they_are_named_after():
    for model, prelude, activity in (
        ("auto_disinfection", LIT, "acting"),
        ("triage_guide", LEADING, "moving"),
    ):
        watcher, now_s = Watcher(model), 100.0
        for event, wait_s in prelude:
            watcher.take(event, now_s)
            now_s += wait_s
            watcher.take(TimerFired(), now_s)
        assert watcher.agent.activity == activity
        assert watcher.lamp == ("on" if prelude is LIT else "off")


@settings(max_examples=50, deadline=None)
@given(steps=STEPS)
def test_program_can_end_at_any_moment_and_leaves_the_body_safe(steps):
    watcher, now_s = Watcher("auto_disinfection"), 100.0
    for event, wait_s in [*LIT, *steps]:
        watcher.take(event, now_s)
        now_s += wait_s
    commands = watcher.agent.handle(ShutDown("end"), now_s)
    for command in commands:
        if isinstance(command, Tell):
            watcher.obey(command.message)
    assert watcher.lamp == "off"
    assert watcher.agent.activity == "offline"
    assert all(not isinstance(c, Send) or not isinstance(c.message, wire.Hello) for c in commands)
    assert watcher.agent.next_deadline_s() is None
