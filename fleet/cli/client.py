"""Talks to a running orchestrator over HTTP. Everything that can go wrong is one sentence.

urllib: importing httpx alone would take three times as long as a whole command.
"""

import json
from collections.abc import Mapping
from http.client import HTTPException
from types import MappingProxyType
from typing import Annotated, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

import typer

from fleet.errors import LocalError, UserError

DEFAULT_SERVER = "http://127.0.0.1:8080"
TIMEOUT_S = 15.0
JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
EMPTY: Mapping[str, str] = MappingProxyType({})

Server = Annotated[
    str,
    typer.Option("--server", envvar="FLEET_SERVER", help="Address of the orchestrator.", metavar="URL"),
]
Because = Annotated[str, typer.Option("--because", help="Why, in words; it is kept.", metavar="TEXT")]
By = Annotated[str, typer.Option("--by", envvar="FLEET_USER", help="Who asks.", metavar="NAME")]


class Api:
    """JSON in, JSON out. Raises UserError for 4xx and for no server at all, LocalError for 5xx."""

    def __init__(self, server: str = DEFAULT_SERVER) -> None:
        self.server = server.rstrip("/")
        # no proxies: one from the environment has no business between us and our own machine
        self._opener = build_opener(ProxyHandler({}))

    def get(self, path: str, **params: Any) -> Any:
        """params that are None are left out; lists are repeated."""
        query = urlencode({name: value for name, value in params.items() if value is not None}, doseq=True)
        return self._call("GET", f"{quote(path)}?{query}")

    def post(self, path: str, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> Any:
        return self._call("POST", quote(path), json.dumps(body).encode(), headers or {})

    def delete(self, path: str, **params: str) -> Any:
        return self._call("DELETE", f"{quote(path)}?{urlencode(params)}")

    def _call(
        self, method: str, path: str, data: bytes | None = None, headers: Mapping[str, str] = EMPTY
    ) -> Any:
        try:
            request = Request(f"{self.server}/api/v1{path}", data, {**JSON_HEADERS, **headers}, method=method)
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                return parsed(self.server, response.read())
        except HTTPError as error:
            with error:
                raise refusal(self.server, error.code, parsed(self.server, error.read())) from None
        except (OSError, ValueError, HTTPException) as error:
            raise no_server(self.server) from error


def parsed(server: str, data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise not_ours(server) from error


def no_server(server: str) -> UserError:
    hint = "Start one with `fleet demo` or `fleet up --site FILE`, or name it with --server URL."
    return UserError("NO_SERVER", f"No orchestrator answers at {server}.", field="server", hint=hint)


def not_ours(server: str) -> UserError:
    hint = "Give the orchestrator's address with --server URL or FLEET_SERVER."
    return UserError(
        "NOT_OURS", f"{server} answers, but not as an orchestrator does.", field="server", hint=hint
    )


def refusal(server: str, status: int, body: Any) -> UserError | LocalError:
    """The server's ErrorOut as an exception; vetoes by robot go into the sentence."""
    if not isinstance(body, dict) or "message" not in body:
        return not_ours(server)
    message, hint = str(body["message"]), str(body.get("hint", ""))
    vetoes = ", ".join(f"{robot}: {veto}" for robot, veto in sorted(body.get("vetoes", {}).items()))
    if vetoes:
        message = f"{message.rstrip('.')} ({vetoes})."
    if status >= 500:
        return LocalError(f"{message} {hint}".strip())
    return UserError(str(body.get("code", "REFUSED")), message, field=str(body.get("field", "")), hint=hint)
