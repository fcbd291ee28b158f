"""key=value words become what the template's parameters want."""

import pytest

from fleet.cli.missions import pairs, typed
from fleet.errors import UserError

KNOWN = [
    {
        "id": "t",
        "params": [
            {"name": "stops", "type": "places"},
            {"name": "dose", "type": "number"},
            {"name": "quiet", "type": "flag"},
            {"name": "pin", "type": "pin"},
        ],
    }
]


def test_values_become_what_the_template_wants() -> None:
    given = pairs(["stops=a, b,c", "dose=2.5", "quiet=yes", "pin=0471", "other=x=y"])
    assert typed("t", given, KNOWN) == {
        "stops": ["a", "b", "c"],
        "dose": 2.5,
        "quiet": True,
        "pin": "0471",
        "other": "x=y",
    }


def test_an_unknown_template_is_left_to_the_server() -> None:
    assert typed("unknown", {"dose": "x"}, KNOWN) == {"dose": "x"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ward_201"], "'ward_201' is not KEY=VALUE"),
        (["=x"], "'=x' is not KEY=VALUE"),
        (["to=a", "to=b"], "'to' is given twice"),
        (["dose=much"], "dose='much' is not a number"),
        (["quiet=perhaps"], "quiet='perhaps' is neither yes nor no"),
    ],
)
def test_a_wrong_word_is_named(words: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        typed("t", pairs(words), KNOWN)
    assert caught.value.hint
