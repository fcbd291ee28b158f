"""Files that would hang or kill a careless reader are one sentence."""

from itertools import pairwise

import pytest

from maps.cursor import parse_yaml
from maps.errors import SiteError

LETTERS = "abcdefghij"
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]\n" for below, name in pairwise(LETTERS)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("levels: &a\n  L1: *a\n", r"^x\.yaml, line 2: '\*a' lies within '&a': it contains itself; write"),
        ("a: 1\nb: &b [1, [2, *b]]\n", r"^x\.yaml, line 2: '\*b' lies within '&b'"),
        (BOMB, r"^x\.yaml, line 6: '\*e' unfolds to more than 1000000 values; write"),
        ("a: " + "[" * 100_000, r"^x\.yaml, line 1: lists and mappings are nested more than 200 deep"),
        ("\n".join(" " * depth + "a:" for depth in range(1000)), r"line 201: .* nested more than 200 deep"),
    ],
    ids=["mapping in itself", "list in itself", "bomb", "brackets", "indents"],
)
def test_excess_is_one_sentence_with_its_line(text: str, says: str) -> None:
    with pytest.raises(SiteError, match=says) as caught:
        parse_yaml(text, "x.yaml")
    assert "\n" not in str(caught.value)


def test_aliases_that_stand_for_something_finite_are_read() -> None:
    root = parse_yaml("a: &one [1, 2]\nb: [*one, *one]\nc: *one\n", "x.yaml")
    entries = root.entries()
    assert [item.numbers(2) for item in entries["b"].items()] == [[1.0, 2.0], [1.0, 2.0]]
    assert entries["c"].numbers(2) == [1.0, 2.0]
