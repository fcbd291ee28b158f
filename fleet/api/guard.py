"""Until sign-in exists the API listens on loopback only, and answers only pages that came from there.

Any web page in a browser on this machine can reach a loopback port. Two checks keep foreign ones out: the
Host header must name loopback (a rebound DNS name does not), and an Origin header must be ours.
"""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from fleet.api.errors import answer
from fleet.api.listen import is_loopback
from fleet.api.schemas import ErrorOut

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class LoopbackGuard:
    """ASGI middleware: refuses foreign Host and Origin headers with 403, adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = refuse(scope)
        if refusal is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.message[:120]})
        else:
            await answer(403, refusal)(scope, receive, send)


def refuse(scope: Scope) -> ErrorOut | None:
    """Why this request is not answered; None when it is."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    if not is_loopback(_host_name(host)):
        return ErrorOut(
            code="FOREIGN_HOST",
            message=f"The Host header '{host}' is not a loopback address.",
            field="Host",
            hint="Use http://127.0.0.1:PORT or http://localhost:PORT.",
        )
    changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
    origin = headers.get(b"origin")
    if changes and origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return ErrorOut(
            code="FOREIGN_ORIGIN",
            message=f"A page of '{origin}' may not command this fleet.",
            field="Origin",
            hint=f"Use the console at http://{host}, or send no Origin header.",
        )
    return None


def _host_name(host: str) -> str:
    """Without the port; an IPv6 address keeps its brackets."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _with_headers(send: Send) -> Send:
    async def wrapped(message: "dict[str, object]") -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *SECURITY_HEADERS]  # type: ignore[misc]
        await send(message)

    return wrapped  # type: ignore[return-value]
