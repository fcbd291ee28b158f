"""Talks to a running orchestrator over HTTP. Everything that can go wrong is one sentence."""

from typing import Annotated, Any

import typer

from fleet.errors import LocalError, UserError

DEFAULT_SERVER = "http://127.0.0.1:8080"
TIMEOUT_S = 15.0

Server = Annotated[
    str,
    typer.Option("--server", envvar="FLEET_SERVER", help="Address of the orchestrator.", metavar="URL"),
]
Because = Annotated[str, typer.Option("--because", help="Why, in words; it is kept.", metavar="TEXT")]
By = Annotated[str, typer.Option("--by", envvar="FLEET_USER", help="Who asks.", metavar="NAME")]


class Api:
    """JSON in, JSON out. Raises UserError for 4xx and for no server at all, LocalError for 5xx."""

    def __init__(self, server: str = DEFAULT_SERVER) -> None:
        import httpx

        self.server = server.rstrip("/")
        self._errors = (httpx.TransportError, httpx.InvalidURL)
        # trust_env: a proxy from the environment has no business between us and our own machine
        self._http = httpx.Client(base_url=f"{self.server}/api/v1", timeout=TIMEOUT_S, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        return self._call(
            "GET", path, params={name: value for name, value in params.items() if value is not None}
        )

    def post(self, path: str, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> Any:
        return self._call("POST", path, json=body, headers=headers)

    def close(self) -> None:
        self._http.close()

    def _call(self, method: str, path: str, **kwargs: Any) -> Any:
        try:
            response = self._http.request(method, path, **kwargs)
        except self._errors as error:
            raise no_server(self.server) from error
        try:
            body = response.json()
        except ValueError as error:
            raise not_ours(self.server) from error
        if response.is_success:
            return body
        raise refusal(self.server, response.status_code, body)


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
