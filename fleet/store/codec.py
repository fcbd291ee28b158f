"""Journal blobs: msgpack, compressed when long, each row sealed by a checksum."""

import struct
import zlib
from collections.abc import Sequence

import msgspec

from fleet.core.commands import AnyCommand
from fleet.core.events import AnyEvent
from fleet.core.state import AlertRecord, ClosureRecord, DoorRecord, MissionRecord, Record, RobotRecord

COMPRESS_FROM_BYTES = 400
"""Planner questions (10 to 100 KB) shrink to a fifth, orders (1 KB) to a third, in 15 us."""
ZLIB_MARK = 0x78
"""First byte of a zlib stream. A msgpack map or array never starts with it."""


def seal(seq: int, now_s: float, *blobs: bytes) -> int:
    """Checksum over the row's place, time and content."""
    crc = zlib.crc32(struct.pack("<qd", seq, now_s))
    for blob in blobs:
        crc = zlib.crc32(blob, crc)
    return crc


class Codec:
    """Bytes to values and back. Keep one per thread: building the decoders costs milliseconds."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._event: msgspec.msgpack.Decoder[AnyEvent] = msgspec.msgpack.Decoder(AnyEvent)
        self._commands = msgspec.msgpack.Decoder(tuple[AnyCommand, ...])
        self._keys = msgspec.msgpack.Decoder(tuple[str, ...])

    def encode_event(self, event: AnyEvent) -> bytes:
        return squeeze(self._encoder.encode(event))

    def encode_commands(self, commands: Sequence[AnyCommand]) -> bytes:
        return squeeze(self._encoder.encode(commands))

    def encode_keys(self, records: Sequence[Record]) -> bytes:
        return squeeze(self._encoder.encode([record_key(record) for record in records]))

    def decode_event(self, blob: bytes) -> AnyEvent:
        """Raises msgspec.DecodeError or zlib.error, as the two below do."""
        return self._event.decode(unsqueeze(blob))

    def decode_commands(self, blob: bytes) -> tuple[AnyCommand, ...]:
        return self._commands.decode(unsqueeze(blob))

    def decode_keys(self, blob: bytes) -> tuple[str, ...]:
        return self._keys.decode(unsqueeze(blob))


def squeeze(blob: bytes) -> bytes:
    return blob if len(blob) < COMPRESS_FROM_BYTES else zlib.compress(blob, 1)


def unsqueeze(blob: bytes) -> bytes:
    return zlib.decompress(blob) if blob[:1] == bytes((ZLIB_MARK,)) else blob


def record_key(record: Record) -> str:
    """Kind and id: 'mission mission-000001'."""
    if isinstance(record, MissionRecord):
        return f"mission {record.mission.mission_id}"
    if isinstance(record, RobotRecord):
        return f"robot {record.robot_id}"
    if isinstance(record, AlertRecord):
        return f"alert {record.alert_id}"
    if isinstance(record, DoorRecord):
        return f"door {record.door}"
    if isinstance(record, ClosureRecord):
        return f"closure {record.closure_id}"
    return f"lift {record.lift}"
