"""The judge's sockets: a ROUTER and a PULL as an orchestrator binds them, the HTTP answer, one loop."""

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import zmq

from robots.conformance.judge import Judge, Result
from robots.conformance.link_server import LinkServer
from robots.conformance.program import Program
from robots.conformance.talk import (
    Arrived,
    Began,
    Cut,
    EndProgram,
    FrameArrived,
    JudgeCommand,
    JudgeEvent,
    Mend,
    ProgramEnded,
    ReadFrames,
    Say,
    StartProgram,
    TimerFired,
)
from robots.protocol import MESSAGE_BYTES_MAX, PROTOCOL_VERSION
from robots.transport import check_loopback

POLL_S_MAX = 0.25
BIND_AGAIN_S = 0.05
BIND_WAIT_S = 3.0
FRAMES_QUEUED_MAX = 2

log = logging.getLogger(__name__)


class StageError(Exception):
    """An address cannot be used. The message names it and the fix."""


class Stage:
    """Binds at once. Raises StageError, TransportError (an address that is not on this machine).

    control: tcp://127.0.0.1:5570; port * takes a free one. frames: the same, '' for the port behind control.
    http_port: where GET /api/v1/link is answered; 0 takes a free one, None: nowhere.
    """

    def __init__(self, control: str, frames: str, http_port: int | None, program: Program | None) -> None:
        for address in (control, frames):
            check_loopback(address.replace("*", "0"))
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._program = program
        self._control: zmq.Socket[bytes] | None = None
        self._server: LinkServer | None = None
        self._identities: list[bytes] = []
        self._reads_frames = True
        self._frames = self._context.socket(zmq.PULL)
        self._frames.setsockopt(zmq.RCVHWM, FRAMES_QUEUED_MAX)
        try:
            self.control_endpoint = self._open_control(control)
            self.frames_endpoint = self._bind(self._frames, frames)
            self._server = None if http_port is None else self._serve(http_port)
        except StageError:
            self.close()
            raise
        self.url = "" if self._server is None else self._server.url
        if self._program is not None:
            self._program.server_url = self.url

    def play(self, judge: Judge, told: Callable[[Result], None], stop: Callable[[], bool]) -> None:
        """Until the judge is done or stop() is true. told is called with each result as it comes."""
        self._give(judge, Began())
        said = 0
        while not judge.is_over and not stop():
            self._wait(judge)
            self._listen(judge)
            if self._program is not None and (code := self._program.has_ended()) is not None:
                self._give(judge, ProgramEnded(code))
            due_s = judge.next_deadline_s()
            if due_s is not None and time.monotonic() >= due_s:
                self._give(judge, TimerFired())
            for result in judge.results[said:]:
                told(result)
            said = len(judge.results)

    def close(self) -> None:
        """Ends the robot's program too, when this started it."""
        if self._program is not None:
            self._program.end(hard=False)
        if self._server is not None:
            self._server.close()
        self._context.destroy(linger=0)

    # -- inside --

    def _serve(self, port: int) -> LinkServer:
        answer = {
            "control": self.control_endpoint,
            "frames": self.frames_endpoint,
            "protocol_version": PROTOCOL_VERSION,
            "site": "conformance",
        }
        try:
            return LinkServer(port, answer)
        except OSError as error:
            text = f"Port {port} is in use ({error.strerror}): stop that program, or choose another --server."
            raise StageError(text) from error

    def _open_control(self, address: str) -> str:
        self._control = self._context.socket(zmq.ROUTER)
        self._control.setsockopt(zmq.MAXMSGSIZE, 2 * MESSAGE_BYTES_MAX)
        return self._bind(self._control, address)

    def _bind(self, socket: "zmq.Socket[bytes]", address: str) -> str:
        until_s = time.monotonic() + (BIND_WAIT_S if self._identities else 0.0)
        while True:
            try:
                socket.bind(address)
                return socket.getsockopt_string(zmq.LAST_ENDPOINT)
            except zmq.ZMQError as error:
                if time.monotonic() >= until_s:
                    text = f"{address} cannot be used ({error.strerror}): choose another --server."
                    raise StageError(text) from error
                time.sleep(BIND_AGAIN_S)  # the closed socket lets go of its port in a thread of its own

    def _wait(self, judge: Judge) -> None:
        poller = zmq.Poller()
        if self._control is not None:
            poller.register(self._control, zmq.POLLIN)
        if self._reads_frames:
            poller.register(self._frames, zmq.POLLIN)
        due_s = judge.next_deadline_s()
        wait_s = POLL_S_MAX if due_s is None else min(POLL_S_MAX, max(0.0, due_s - time.monotonic()))
        poller.poll(int(1000 * wait_s) + 1)

    def _listen(self, judge: Judge) -> None:
        while self._control is not None and self._control.poll(0):
            identity, *parts = self._control.recv_multipart()
            if identity not in self._identities:
                self._identities.append(identity)
            connection = self._identities.index(identity) + 1
            self._give(judge, Arrived(connection, parts[-1] if parts else b""))
        while self._reads_frames and self._frames.poll(0):
            self._give(judge, FrameArrived(tuple(self._frames.recv_multipart())))

    def _give(self, judge: Judge, event: JudgeEvent) -> None:
        for command in judge.handle(event, time.monotonic()):
            self._do(command)

    def _do(self, command: JudgeCommand) -> None:
        match command:
            case Say():
                if self._control is not None:
                    self._control.send_multipart([self._identities[command.connection - 1], command.data])
            case Cut():
                if self._control is not None:
                    self._control.close(linger=0)
                    self._control = None
            case Mend():
                if self._control is None:
                    self._open_control(self.control_endpoint)
            case ReadFrames():
                self._reads_frames = command.reads
            case StartProgram():
                if self._program is not None:
                    self._program.start()
            case EndProgram():
                if self._program is not None:
                    self._program.end(hard=command.hard)


def addresses(server: str, frames: str) -> tuple[str, str, int | None]:
    """What to bind for --server: (control, frames, HTTP port).

    tcp://HOST:PORT is the control socket, frames one port higher; http://HOST:PORT is where the robot
    asks for the endpoints, which take free ports. Raises StageError for anything else.
    """
    parts = urlsplit(server)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in ("tcp", "http") or not host or port is None:
        raise StageError(
            f"--server is {server!r}: give http://127.0.0.1:8080 (where your robot asks for the endpoints) "
            "or tcp://127.0.0.1:5570 (the control socket itself)."
        )
    if parts.scheme == "http":
        check_loopback(f"tcp://{host}:{port}")
        return "tcp://127.0.0.1:*", frames or "tcp://127.0.0.1:*", port
    beside = f"tcp://{host}:{port + 1}" if port else f"tcp://{host}:*"
    return f"tcp://{host}:{port or '*'}", frames or beside, 0
