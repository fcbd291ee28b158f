"""Talks to a served world over its REST. What goes wrong is one sentence."""

import json
from typing import Annotated, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import typer

from fleet.errors import LocalError, UserError

TIMEOUT_S = 15.0
WORLD = "http://127.0.0.1:8081"

AtWorld = Annotated[
    str,
    typer.Option("--world", envvar="FLEET_WORLD", help="REST address of the world.", metavar="URL"),
]


class WorldApi:
    """Raises UserError for 4xx and for no world at all, LocalError for 5xx."""

    def __init__(self, world: str) -> None:
        self.world = world.rstrip("/")
        self._opener = build_opener(ProxyHandler({}))

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        try:
            request = Request(f"{self.world}{path}", data, headers, method=method)
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                raise _refusal(error.code, error.read()) from None
        except (OSError, ValueError) as error:
            hint = (
                "Start one with `fleet sim serve SITE`, or name it with --world URL (`fleet demo` prints it)."
            )
            raise UserError(
                "NO_WORLD", f"No simulated world answers at {self.world}.", field="world", hint=hint
            ) from error


def _refusal(status: int, data: bytes) -> UserError | LocalError:
    try:
        said = str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        said = f"the world answers {status}, but not as a simulated world does"
    sentence = f"{said[:1].upper()}{said[1:].rstrip('.')}."
    return LocalError(sentence) if status >= 500 else UserError("REFUSED", sentence)
