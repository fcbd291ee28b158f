import threading
from collections.abc import Iterator

import msgspec
import pytest
import zmq

from fleet.core import commands as cm
from fleet.core import events as ev
from fleet.links import building_events
from fleet.links.building import (
    BuildingHello,
    DoorRequest,
    DoorState,
    FireState,
    FromBuilding,
    LiftRelease,
    LiftRequest,
    LiftState,
    ToBuilding,
)
from fleet.links.building_memory import BuildingMemory
from fleet.links.building_zeromq import ZeroMqBuilding
from fleet.links.no_building import NoBuilding
from tests.fleet.links.paper import eventually


def lift(level: str = "L1", doors: str = "closed", session: str = "") -> LiftState:
    return LiftState(lift="lift_a", level=level, doors=doors, session=session)


def request(session: str = "r1", level: str = "L2") -> LiftRequest:
    return LiftRequest(lift="lift_a", session=session, level=level)


# -- memory ------------------------------------------------------------------------------------------


def test_door_request_is_unmet_until_the_door_is_as_wanted() -> None:
    memory = BuildingMemory()
    memory.want(DoorRequest(door="d", want="open"))
    assert memory.unmet() == (DoorRequest(door="d", want="open"),)
    memory.learn(DoorState(door="d", state="moving"))
    assert len(memory.unmet()) == 1
    memory.learn(DoorState(door="d", state="open"))
    assert memory.unmet() == ()
    memory.learn(DoorState(door="d", state="closed"))
    assert len(memory.unmet()) == 1


def test_later_request_replaces_the_earlier_one() -> None:
    memory = BuildingMemory()
    memory.want(DoorRequest(door="d", want="open"))
    memory.want(DoorRequest(door="d", want="closed"))
    memory.want(request("r1"))
    memory.want(LiftRelease(lift="lift_a", session="r1"))
    memory.want(BuildingHello(site_id="s"))
    assert memory.unmet() == (
        DoorRequest(door="d", want="closed"),
        LiftRelease(lift="lift_a", session="r1"),
    )


@pytest.mark.parametrize(
    ("report", "met"),
    [
        (lift("L2", "open", "r1"), True),
        (lift("L2", "open", "r2"), False),
        (lift("L1", "open", "r1"), False),
        (lift("L2", "moving", "r1"), False),
    ],
)
def test_lift_request_is_met_by_session_level_and_open_doors(report: LiftState, met: bool) -> None:
    memory = BuildingMemory()
    memory.want(request("r1", "L2"))
    memory.learn(report)
    assert (memory.unmet() == ()) is met


def test_release_is_met_when_the_session_is_another() -> None:
    memory = BuildingMemory()
    memory.want(LiftRelease(lift="lift_a", session="r1"))
    memory.learn(lift(session="r1"))
    assert len(memory.unmet()) == 1
    memory.learn(lift(session=""))
    assert memory.unmet() == ()


def test_only_news_is_news_and_what_was_forgotten_is_news_again() -> None:
    memory = BuildingMemory()
    for report in (DoorState(door="d", state="open"), lift(), FireState(active=True)):
        assert memory.learn(report)
        assert not memory.learn(report)
        memory.forget(report)
        assert memory.learn(report)


def test_silent_building_is_doubted_once_but_a_fire_stays_a_fire() -> None:
    memory = BuildingMemory()
    memory.learn(DoorState(door="d", state="open"))
    memory.learn(lift("L2", "open", "r1"))
    memory.learn(FireState(active=True))
    door, cabin = memory.doubt()
    assert door == DoorState(door="d", state="unknown")
    assert isinstance(cabin, LiftState)
    assert (cabin.available, cabin.doors) == (False, "closed")
    assert memory.doubt() == ()


# -- words -------------------------------------------------------------------------------------------


def test_every_report_has_its_event() -> None:
    assert building_events.event_of(DoorState(door="d", state="open")) == ev.DoorReported(
        door="d", state="open"
    )
    assert building_events.event_of(lift("L2", "open", "r1")) == ev.LiftReported(
        lift="lift_a", level="L2", doors="open", session="r1"
    )
    assert building_events.event_of(FireState(active=True)) == ev.FireReported(active=True)


def test_every_building_command_has_its_request_and_no_other_has_one() -> None:
    pairs: list[tuple[cm.AnyCommand, ToBuilding | None]] = [
        (cm.RequestDoor(door="d", want="open", because="x"), DoorRequest(door="d", want="open")),
        (cm.RequestLift(lift="lift_a", session="r1", level="L2", because="x"), request("r1", "L2")),
        (cm.ReleaseLift(lift="lift_a", session="r1", because="x"), LiftRelease(lift="lift_a", session="r1")),
        (cm.WelcomeRobot(robot_id="r", boot_id="b", because="x"), None),
    ]
    for command, wanted in pairs:
        assert building_events.request_of(command) == wanted


# -- no building -------------------------------------------------------------------------------------


def test_without_controllers_doors_obey_and_lifts_are_out_of_use() -> None:
    reports: list[FromBuilding] = []
    building = NoBuilding(lifts=("lift_a",))
    building.start(lambda report: not reports.append(report))
    building.request(DoorRequest(door="d", want="open"))
    building.request(request())
    assert [getattr(report, "available", None) for report in reports] == [False, None]
    assert reports[1:] == [DoorState(door="d", state="open")]


# -- a building that answers --------------------------------------------------------------------------


class PaperBuilding:
    """A ROUTER that says what the test wants and notes what it is told."""

    def __init__(self) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.bind("tcp://127.0.0.1:*")
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self._decoder: msgspec.msgpack.Decoder[ToBuilding] = msgspec.msgpack.Decoder(ToBuilding)
        self._peer = b""

    def listen(self, wait_s: float = 5.0) -> ToBuilding:
        assert self._socket.poll(int(1000 * wait_s)), "nothing was said to the building"
        self._peer, data = self._socket.recv_multipart()
        return self._decoder.decode(data)

    def expect(self, message: ToBuilding) -> None:
        for _ in range(20):
            if self.listen() == message:
                return
        raise AssertionError(f"{message} was not said")

    def say(self, report: FromBuilding) -> None:
        self.say_bytes(msgspec.msgpack.encode(report))

    def say_bytes(self, data: bytes) -> None:
        self._socket.send_multipart([self._peer, data])

    def close(self) -> None:
        self._context.destroy(linger=0)


@pytest.fixture
def paper() -> Iterator[PaperBuilding]:
    building = PaperBuilding()
    yield building
    building.close()


@pytest.fixture
def reports() -> list[FromBuilding]:
    return []


def take_all(reports: list[FromBuilding]) -> "TakeAll":
    return TakeAll(reports)


class TakeAll:
    def __init__(self, reports: list[FromBuilding]) -> None:
        self.reports = reports
        self.takes = True

    def __call__(self, report: FromBuilding) -> bool:
        if self.takes:
            self.reports.append(report)
        return self.takes


@pytest.fixture
def link(paper: PaperBuilding) -> Iterator[ZeroMqBuilding]:
    built = ZeroMqBuilding(paper.endpoint, "two_rooms", hello_s=0.1, silent_s=0.5)
    yield built
    built.close()
    assert not [t for t in threading.enumerate() if t.name == "building-link"]


def test_building_is_greeted_told_and_heard(
    link: ZeroMqBuilding, paper: PaperBuilding, reports: list[FromBuilding]
) -> None:
    link.start(take_all(reports))
    paper.expect(BuildingHello(site_id="two_rooms"))
    paper.say(DoorState(door="d", state="closed"))
    paper.say(DoorState(door="d", state="closed"))
    paper.say_bytes(b"rubbish")
    link.request(DoorRequest(door="d", want="open"))
    paper.expect(DoorRequest(door="d", want="open"))
    paper.say(DoorState(door="d", state="open"))
    eventually(lambda: len(reports) == 2)
    assert reports == [DoorState(door="d", state="closed"), DoorState(door="d", state="open")]


def test_request_that_was_lost_is_said_again(
    link: ZeroMqBuilding, paper: PaperBuilding, reports: list[FromBuilding]
) -> None:
    link.start(take_all(reports))
    paper.listen()
    paper.say(DoorState(door="d", state="closed"))
    link.request(DoorRequest(door="d", want="open"))
    for _ in range(2):
        paper.expect(DoorRequest(door="d", want="open"))
        paper.say(DoorState(door="d", state="closed"))
    paper.say(DoorState(door="d", state="open"))
    eventually(lambda: reports[-1:] == [DoorState(door="d", state="open")])


def test_silent_building_is_not_relied_on_and_believed_again_when_it_speaks(
    link: ZeroMqBuilding, paper: PaperBuilding, reports: list[FromBuilding]
) -> None:
    link.start(take_all(reports))
    paper.listen()
    paper.say(DoorState(door="d", state="open"))
    eventually(lambda: reports[-1:] == [DoorState(door="d", state="unknown")])
    paper.say(DoorState(door="d", state="open"))
    eventually(lambda: reports[-1:] == [DoorState(door="d", state="open")])


def test_report_that_was_not_taken_is_reported_again(
    link: ZeroMqBuilding, paper: PaperBuilding, reports: list[FromBuilding]
) -> None:
    ear = take_all(reports)
    ear.takes = False
    link.start(ear)
    paper.listen()
    paper.say(DoorState(door="d", state="open"))
    paper.listen()
    ear.takes = True
    paper.say(DoorState(door="d", state="open"))
    eventually(lambda: reports == [DoorState(door="d", state="open")])


def test_a_release_that_was_lost_is_said_again_beside_the_next_robots_request() -> None:
    memory = BuildingMemory()
    memory.want(LiftRequest(lift="a", session="r1", level="L1"))
    memory.learn(LiftState(lift="a", level="L1", doors="open", session="r1"))
    memory.want(LiftRelease(lift="a", session="r1"))
    memory.want(LiftRequest(lift="a", session="r2", level="L2"))
    release, request = memory.unmet()
    assert release == LiftRelease(lift="a", session="r1")
    assert request == LiftRequest(lift="a", session="r2", level="L2")
    memory.learn(LiftState(lift="a", level="L1", doors="closed", session=""))
    assert [type(message) for message in memory.unmet()] == [LiftRequest]
