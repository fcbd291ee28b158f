"""The frames' end of the link: camera pictures in, the latest one kept, evidence handed on. Bounded."""

import logging
from collections.abc import Callable

import zmq

from robots import protocol as wire

FRAME_BYTES_MAX = 1024 * 1024
JPEG_START = b"\xff\xd8"
BATCH = 50

log = logging.getLogger(__name__)


class FramePort:
    def __init__(
        self,
        socket: "zmq.Socket[bytes]",
        knows: Callable[[str], bool],
        frame: Callable[[str, str, bytes], None],
    ) -> None:
        """knows: whether a robot of this id is connected; pictures of others are left out."""
        self.socket = socket
        self._knows = knows
        self._frame = frame
        self._codec = wire.Codec()
        self.refused = 0

    @property
    def endpoint(self) -> str:
        return self.socket.getsockopt_string(zmq.LAST_ENDPOINT)

    def listen(self) -> None:
        """Everything that has come, at most BATCH; never waits."""
        for _ in range(BATCH):
            try:
                parts = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self._take(parts)

    def close(self) -> None:
        self.socket.close(0)

    def _take(self, parts: list[bytes]) -> None:
        problem = _problem(parts)
        if problem:
            self._refuse(problem)
            return
        try:
            header = self._codec.decode_header(parts[0])
        except wire.ProtocolError as error:
            self._refuse(str(error))
            return
        if not self._knows(header.robot_id):
            self._refuse(f"a frame of {header.robot_id[:64]!r}, which has not said hello")
            return
        self._frame(header.robot_id, header.tag, parts[1])

    def _refuse(self, problem: str) -> None:
        self.refused += 1
        if self.refused == 1 or self.refused % 1000 == 0:
            log.warning("%d frames were left out; the latest: %s", self.refused, problem)


def _problem(parts: list[bytes]) -> str:
    if len(parts) != 2:
        return f"a frame of {len(parts)} parts; it has a header and a JPEG"
    if len(parts[1]) > FRAME_BYTES_MAX:
        return f"a frame of {len(parts[1])} bytes; at most {FRAME_BYTES_MAX} are taken"
    if not parts[1].startswith(JPEG_START):
        return "a frame that is no JPEG"
    return ""
