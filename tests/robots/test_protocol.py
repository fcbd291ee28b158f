"""The wire: what is documented decodes, what is rubbish is refused with a reason."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robots import protocol as wire

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
CODEC = wire.Codec()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text[:40])
def test_example_in_the_docs_is_a_message_with_no_unknown_field(example):
    message = msgspec.json.decode(example, type=wire.Down | wire.Up)
    assert type(message).__name__ in example
    written = msgspec.json.decode(example)
    full = {
        **{name: getattr(message, name) for name in message.__struct_fields__},
        "type": type(message).__name__,
    }
    assert set(written) <= set(full)
    data = CODEC.encode(message)
    decode = CODEC.decode_down if isinstance(message, wire.Down) else CODEC.decode_up
    assert decode(data) == message


def test_every_message_has_an_example():
    names = {re.search(r'"type": "(\w+)"', example)[1] for example in EXAMPLES}
    kinds = (*wire.Down.__args__, *wire.Up.__args__)
    assert names == {kind.__name__ for kind in kinds}


def test_message_of_the_other_direction_is_refused():
    with pytest.raises(wire.ProtocolError, match="not a message of protocol 1"):
        CODEC.decode_up(CODEC.encode(wire.Ping(stamp_s=0.0)))


def test_message_that_is_too_long_is_refused_before_it_is_read():
    with pytest.raises(wire.ProtocolError, match="at most 262144 are allowed"):
        CODEC.decode_up(bytes(wire.MESSAGE_BYTES_MAX + 1))


def test_whole_numbers_are_taken_for_metres_and_texts_are_not():
    pose = {"type": "Pose", "stamp_s": 1, "level": "L1", "x_m": 2, "y_m": 3, "yaw_rad": 0}
    assert CODEC.decode_up(msgspec.msgpack.encode(pose)).x_m == 2.0
    with pytest.raises(wire.ProtocolError, match=r"\$\.x_m"):
        CODEC.decode_up(msgspec.msgpack.encode({**pose, "x_m": "2"}))


def is_understood(decode, data):
    """False: refused as the protocol says. Anything else that is raised fails the test."""
    try:
        decode(data)
    except wire.ProtocolError:
        return False
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_protocol_error(data):
    for decode in (CODEC.decode_down, CODEC.decode_up, CODEC.decode_header):
        assert is_understood(decode, data) in (True, False)
