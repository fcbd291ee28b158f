"""The deliberate bugs fit the code as it is, and some of them are caught here and now."""

import ast
from pathlib import Path

import pytest

from tests.mutants.bugs import BUGS, Bug
from tests.mutants.hunt import ROOT, copy, hunt, mutated

SAMPLE = {
    "lift_released_for_a_robot_that_is_inside": range(5),
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_bug_fits_the_code_and_can_be_compiled(bug: Bug) -> None:
    source = (ROOT / bug.path).read_text()
    changed = mutated(bug, source)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_there_are_at_least_forty_and_no_two_are_called_the_same() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 40


@pytest.mark.parametrize("name", SAMPLE)
def test_a_bug_is_caught(name: str, tmp_path: Path) -> None:
    copy(tmp_path)
    bug = next(bug for bug in BUGS if bug.name == name)
    assert hunt(bug, tmp_path, SAMPLE[name]).seed is not None
