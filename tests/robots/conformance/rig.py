"""A robot under test and the judge, in virtual time: the real agent, a body, a link, a disk."""

from collections.abc import Iterable

from robots import protocol as wire
from robots.agent import Agent
from robots.agent_io import (
    AgentEvent,
    LinkDown,
    LinkUp,
    OrderMemory,
    Remember,
    Send,
    SendFrame,
    ShutDown,
    Tell,
    TimerFired,
)
from robots.conformance import judge as conformance
from robots.conformance import talk
from robots.drivers import base
from robots.profiles import load_profile

TICK_S = 0.05
SILENCE_S = 3.0
CONNECT_S = 0.5
JPEG = b"\xff\xd8picture\xff\xd9"
FRAME_TICKS = 10


class Robot:
    """Ours, sound. A deliberately broken one overrides one of the small methods below."""

    model = "service"

    def __init__(self, body) -> None:
        self.body = body
        self.boots = 0
        self.agent: Agent | None = None
        self.disk: OrderMemory | None = None
        self.connections = 0
        self.out: list[bytes] = []
        self.frames: list[tuple[bytes, ...]] = []
        self.now_s = 0.0
        self.codec = wire.Codec()
        self.silence_s = SILENCE_S

    # -- what a broken one does differently --

    def boot_id(self) -> str:
        return f"boot-{self.boots}"

    def says(self, message: wire.Message) -> Iterable[wire.Message]:
        return (message,)

    def hears(self, message: wire.Down) -> Iterable[wire.Down]:
        return (message,)

    def drives(self, message: base.ToBody) -> Iterable[base.ToBody]:
        return (message,)

    def loads(self) -> OrderMemory | None:
        return self.disk

    def frame(self, header: wire.FrameHeader, jpeg: bytes) -> tuple[bytes, ...]:
        return (self.codec.encode(header), jpeg)

    def unreadable(self) -> None:
        """Bytes that are no message came."""

    # -- the program --

    def start(self) -> None:
        if self.agent is None:
            self.boots += 1
            self.body.path = ()
            self.agent = Agent("robot-1", self.boot_id(), load_profile(self.model), self.loads())
            self.feed(self.body.motion())
            self.feed(self.body.energy())

    def kill(self) -> None:
        self.agent = None
        self.body.path, self.body.speed_mps = (), 0.0

    def end(self) -> None:
        if self.agent is not None:
            self.feed(ShutDown("its program was stopped"))
        self.kill()

    def hear(self, data: bytes) -> None:
        try:
            message = self.codec.decode_down(data)
        except wire.ProtocolError:
            self.unreadable()
            return
        for heard in self.hears(message):
            self.feed(heard)
            if isinstance(heard, wire.Refused) and heard.code == "version":
                self.end()

    def feed(self, event: AgentEvent) -> None:
        for command in self.agent.handle(event, self.now_s) if self.agent is not None else ():
            match command:
                case Remember():
                    self.disk = command.memory
                case Send():
                    self.out += [self.codec.encode(message) for message in self.says(command.message)]
                case Tell():
                    for message in self.drives(command.message):
                        self.body.tell(message)
                case SendFrame():
                    self.frames.append(self.frame(command.header, command.jpeg))

    def tick(self, number: int) -> None:
        self.now_s = round(self.now_s + TICK_S, 6)
        events = self.body.advance(self.now_s)
        if number % FRAME_TICKS == 0:
            events.append(base.Frame(jpeg=JPEG))
        if number % (2 * FRAME_TICKS) == 0:
            events.append(self.body.motion())
        for event in events:
            self.feed(event)
        due_s = self.agent.next_deadline_s() if self.agent is not None else None
        if due_s is not None and due_s <= self.now_s:
            self.feed(TimerFired())


class Rig:
    """One run of the judge against one robot."""

    def __init__(self, robot: Robot, cases, settings: talk.Settings | None = None) -> None:
        self.robot = robot
        self.judge = conformance.Judge(cases, settings or talk.Settings(has_program=True))
        self._listens = True
        self._connection = 0
        self._connect_s: float | None = 0.0
        self._heard_s = 0.0

    def run(self, limit_s: float = 1500.0) -> "Rig":
        if not self.judge._talk.settings.has_program:
            self.robot.start()
        self._tell_judge(talk.Began())
        for number in range(round(limit_s / TICK_S)):
            if self.judge.is_over:
                return self
            self._tick(number)
        raise AssertionError(f"not over after {limit_s} s; it plays {self.judge.present}")

    def verdicts(self, verdict: conformance.Verdict) -> list[str]:
        return [r.case.case_id for r in self.judge.results if r.verdict is verdict]

    @property
    def broken(self) -> list[str]:
        return self.verdicts(conformance.Verdict.BROKEN)

    def seen(self, case_id: str) -> str:
        return next(r.seen for r in self.judge.results if r.case.case_id == case_id)

    def _tick(self, number: int) -> None:
        robot = self.robot
        robot.tick(number)
        self._carry_up()
        self._link()
        self._carry_up()
        frames, robot.frames = robot.frames, []
        for parts in frames if self._connection else ():
            self._tell_judge(talk.FrameArrived(parts))
        due_s = self.judge.next_deadline_s()
        if due_s is not None and robot.now_s >= due_s:
            self._tell_judge(talk.TimerFired())

    def _carry_up(self) -> None:
        out, self.robot.out = self.robot.out, []
        for data in out if self._connection else ():
            self._tell_judge(talk.Arrived(self._connection, data))

    def _link(self) -> None:
        now_s, robot = self.robot.now_s, self.robot
        if robot.agent is None:
            self._connection = 0
            return
        if self._connection and now_s > self._heard_s + robot.silence_s:
            self._drop(1.0)
        if not self._connection and self._listens and self._connect_s is None:
            self._connect_s = now_s + CONNECT_S
        if self._connect_s is not None and now_s >= self._connect_s and self._listens:
            robot.connections += 1
            self._connection, self._connect_s, self._heard_s = robot.connections, None, now_s
            robot.feed(LinkUp())

    def _drop(self, again_s: float = CONNECT_S) -> None:
        if self._connection:
            self._connection, self._connect_s = 0, self.robot.now_s + again_s
            self.robot.feed(LinkDown())
            self.robot.out.clear()

    def _tell_judge(self, event: talk.JudgeEvent) -> None:
        for command in self.judge.handle(event, self.robot.now_s):
            self._do(command)

    def _do(self, command: talk.JudgeCommand) -> None:
        robot = self.robot
        match command:
            case talk.Say():
                if command.connection == self._connection:
                    self._heard_s = robot.now_s
                    robot.hear(command.data)
            case talk.Cut():
                self._listens = False
                self._drop()
            case talk.Mend():
                self._listens = True
            case talk.StartProgram():
                robot.start()
            case talk.EndProgram(hard=hard):
                robot.kill() if hard else robot.end()
