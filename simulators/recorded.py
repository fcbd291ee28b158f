"""Reads a recording of a world back, whole or cut off in the middle (its process was killed)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from mcap.exceptions import McapError
from mcap.reader import NonSeekingReader, SeekingReader
from mcap.records import Channel, Message, Schema
from mcap.stream_reader import StreamReader

from fleet.errors import UserError

NS = 1e9
Record = tuple[float, str, dict[str, Any]]
"""(world time, topic, message)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """complete: it was ended properly. times are world time."""

    complete: bool
    begin_s: float
    end_s: float
    counts: dict[str, int]
    """Messages by topic."""
    facts: dict[str, str]
    """Site, map digest, seed, speed."""


def about(path: Path) -> About:
    """Reads a complete file's index, else all of it. Raises UserError when it holds nothing."""
    with path.open("rb") as file:
        try:
            summary = SeekingReader(file).get_summary()
        except (McapError, EOFError, OSError, ValueError, struct.error):
            summary = None
        if summary is not None and summary.statistics is not None:
            stats = summary.statistics
            topics = {channel.topic: channel.id for channel in summary.channels.values()}
            counts = {topic: stats.channel_message_counts.get(i, 0) for topic, i in topics.items()}
            begin_s, end_s = stats.message_start_time / NS, stats.message_end_time / NS
            return About(complete=True, begin_s=begin_s, end_s=end_s, counts=counts, facts=_facts(path))
    return _counted(path)


def _counted(path: Path) -> About:
    counts: dict[str, int] = {}
    times_s: list[float] = []
    for at_s, topic, _ in _raw(path):
        counts[topic] = counts.get(topic, 0) + 1
        times_s = [times_s[0] if times_s else at_s, at_s]
    if not times_s:
        hint = "It was cut off before its first two seconds were written."
        raise UserError("BAD_FILE", f"{path} holds no whole chunk.", field="file", hint=hint)
    return About(complete=False, begin_s=times_s[0], end_s=times_s[1], counts=counts, facts=_facts(path))


def _facts(path: Path) -> dict[str, str]:
    """It stands at the begin, so a file without an index has it too."""
    with path.open("rb") as file:
        for record in _until_cut(StreamReader(file).records):
            if type(record).__name__ == "Metadata" and record.name == "cityfleet":
                return dict(record.metadata)
            if isinstance(record, Message):
                break
    return {}


def _until_cut(records: Iterator[Any]) -> Iterator[Any]:
    """Up to where the file ends, wherever that is: between two records, or in the middle of one."""
    try:
        yield from records
    except (McapError, EOFError, ValueError, struct.error, zstandard.ZstdError):
        return


def _raw(path: Path) -> Iterator[tuple[float, str, bytes]]:
    with path.open("rb") as file:
        found: Iterator[tuple[Schema | None, Channel, Message]]
        found = NonSeekingReader(file).iter_messages(log_time_order=False)
        for _, channel, message in _until_cut(found):
            yield message.log_time / NS, channel.topic, message.data


def records(path: Path, topics: tuple[str, ...] = ()) -> Iterator[Record]:
    """Messages in the order in which they were written; of all topics when none is named."""
    for at_s, topic, data in _raw(path):
        if not topics or topic in topics:
            yield at_s, topic, msgspec.json.decode(data)
