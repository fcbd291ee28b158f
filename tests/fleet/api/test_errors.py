"""Pydantic's findings become one sentence with field, value and fix."""

import pytest
from pydantic import ValidationError

from fleet.api.errors import explain
from fleet.api.schemas import ErrorOut, MissionIn


def explained(body: dict[str, object]) -> ErrorOut:
    with pytest.raises(ValidationError) as caught:
        MissionIn.model_validate(body)
    return explain([{**finding, "loc": ("body", *finding["loc"])} for finding in caught.value.errors()])


def test_a_missing_field_is_named_with_the_fix() -> None:
    found = explained({})
    assert (found.field, found.hint) == ("template", "Add it.")
    assert "'template'" in found.message


def test_an_unknown_field_is_named() -> None:
    found = explained({"template": "deliver", "parms": {}})
    assert found.field == "parms"
    assert "spelling" in found.hint


def test_a_number_out_of_range_is_told_with_its_value_and_limit() -> None:
    found = explained({"template": "deliver", "priority": 9})
    assert found.field == "priority"
    assert "3" in found.message
    assert "9" in found.message


def test_a_parameter_of_an_impossible_type_is_one_finding_not_four() -> None:
    found = explained({"template": "deliver", "params": {"to": {"x": 1}}})
    assert found.field == "params.to"
    assert "text, a number, true or false, or a list of texts" in found.message
    assert "more" not in found.hint


def test_several_wrong_fields_are_counted() -> None:
    found = explained({"priority": "high"})
    assert "1 more" in found.hint
