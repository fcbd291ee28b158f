"""Values on one line: as PyYAML reads and writes them."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.one_line import one_line

WORDS = ("yes", "No", "null", "12", "1_000", "0x1f", "2024-01-01", "1.5", "on", "67-25", "L1/363", "", "~")

texts = st.text(max_size=12) | st.sampled_from(WORDS)
scalars = texts | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(value=values)
def test_what_is_written_on_one_line_is_read_as_it_was(value: Any) -> None:
    text = one_line(value)
    assert "\n" not in text
    assert yaml.load(text, Loader=yaml.CSafeLoader) == value
    assert yaml.load(f"a: {{b: {one_line([value])}}}", Loader=yaml.CSafeLoader) == {"a": {"b": [value]}}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"level": "L1", "at": [2.0, -0.5]}, "{level: L1, at: [2.0, -0.5]}"),
        ({"between": ["67-25", "12"]}, "{between: [67-25, '12']}"),
        ("Room A, east", "Room A, east"),
        (["Room A, east", "房间"], "['Room A, east', 房间]"),
        ({"a b": {}, "yes": [], "n": 1e-05}, "{a b: {}, 'yes': [], n: 1.0e-05}"),
        ({"k" * 200: 1}, "{? " + "k" * 200 + " : 1}"),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_quotes_are_where_they_are_needed(value: Any, text: str) -> None:
    assert one_line(value) == text


@settings(deadline=None, max_examples=200)
@given(value=st.dictionaries(texts, scalars, max_size=5))
def test_the_text_is_that_of_pyyaml(value: dict[str, Any]) -> None:
    if not any("\n" in str(part) or not str(part).isascii() for part in (*value, *value.values())):
        usual = yaml.dump(
            value, Dumper=yaml.CSafeDumper, default_flow_style=True, width=2**31 - 1, sort_keys=False
        )
        assert one_line(value) == usual.removesuffix("\n")
