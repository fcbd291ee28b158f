"""One MCAP file that is being written: channels as they come, chunks compressed, readable after a crash.

A chunk is closed at least every FLUSH_S of real time and handed to the system, so that a process that is
killed loses no more than that; what it also loses is the index at the end, which readers do without.
"""

import time
from pathlib import Path
from typing import Any

import msgspec
from mcap.writer import CompressionType, Writer

FLUSH_S = 2.0
CHUNK_BYTES = 1024 * 1024


class McapFile:
    """Raises OSError when the file cannot be made or written."""

    def __init__(self, path: Path, schemas: dict[str, dict[str, Any]], metadata: dict[str, str]) -> None:
        self.path = path
        self.messages = 0
        self._file = path.open("wb")
        self._writer = Writer(self._file, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._writer.start(profile="", library="cityfleet")
        self._writer.add_metadata("cityfleet", metadata)
        self._schemas = {
            name: self._writer.register_schema(name, "jsonschema", msgspec.json.encode(schema))
            for name, schema in schemas.items()
        }
        self._channels: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._flushed_s = time.monotonic()
        self._last_ns = 0

    def add(self, topic: str, schema: str, at_ns: int, message: Any) -> None:
        """Times never go back: an earlier one is written as the last."""
        channel = self._channels.get(topic)
        if channel is None:
            channel = self._writer.register_channel(topic, "json", self._schemas[schema])
            self._channels[topic] = channel
        self._last_ns = max(self._last_ns, at_ns)
        self._counts[topic] = self._counts.get(topic, 0) + 1
        self._writer.add_message(
            channel, self._last_ns, msgspec.json.encode(message), self._last_ns, self._counts[topic]
        )
        self.messages += 1

    def flush_if_due(self) -> None:
        if time.monotonic() - self._flushed_s >= FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """From now on a killed process leaves what was added so far."""
        self._writer.flush()  # type: ignore[no-untyped-call]
        self._flushed_s = time.monotonic()

    def close(self) -> None:
        """Write what is left and the index."""
        try:
            self._writer.finish()  # type: ignore[no-untyped-call]
        finally:
            self._file.close()
