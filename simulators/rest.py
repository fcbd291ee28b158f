"""A small REST server beside the world. Standard library, loopback only; docs/simulators/serve.md lists it.

Requests from web pages of other addresses are refused: this server starts processes and writes files.
"""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from simulators.rest_routes import Routes
from simulators.server import WorldServer
from simulators.spawned import Spawned
from simulators.world import WorldError

BODY_BYTES_MAX = 64 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
Answer = tuple[int, Any]
Handle = Callable[[str, str, Any], Answer]
"""(method, path, body) -> status and JSON."""


class RestServer:
    """Runs in a thread of its own; what it reads and changes is done in the world's thread."""

    def __init__(self, server: WorldServer, port: int, spawned: Spawned | None = None) -> None:
        self._service = LoopbackHttp(Routes(server, spawned).answer, port)
        self.port = self._service.port

    def start(self) -> None:
        self._service.start()

    def close(self) -> None:
        self._service.close()


class LoopbackHttp:
    """JSON over HTTP on loopback, in a thread of its own; handle() is called in further ones."""

    def __init__(self, handle: Handle, port: int) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(handle))
        self.port: int = self._http.server_address[1]
        self._thread = Thread(target=self._http.serve_forever, name="world-rest", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(handle: Handle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take()

        def do_POST(self) -> None:
            self._take()

        def do_PUT(self) -> None:
            self._take()

        def do_DELETE(self) -> None:
            self._take()

        def _take(self) -> None:
            try:
                status, body = self._handled()
            except WorldError as error:
                status, body = 422, {"message": str(error)}
            except OSError as error:
                status, body = 500, {"message": f"{error}"}
            self._answer(status, body)

        def _handled(self) -> Answer:
            if not (self._is_ours("Host") and self._is_ours("Origin")):
                return 403, {"message": "only this machine may ask, and no web page of another address"}
            try:
                body = self._body()
            except ValueError as error:
                return 422, {"message": f"the body is no JSON ({error})"}
            path = unquote(urlsplit(self.path).path)
            return handle(self.command, path, body)

        def _is_ours(self, header: str) -> bool:
            value = self.headers.get(header)
            return value is None or _host(value) in LOOPBACK

        def _body(self) -> Any:
            length = int(self.headers.get("Content-Length") or "0")
            if not 0 <= length <= BODY_BYTES_MAX:
                raise ValueError(f"{length} bytes; at most {BODY_BYTES_MAX} are read")
            data = self.rfile.read(length)
            return json.loads(data) if data else None

        def _answer(self, status: int, body: Any) -> None:
            data = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Requests are not logged: a test asks many times a second."""

    return Handler


def _host(value: str) -> str:
    """Of 'http://host:port' or 'host:port'."""
    return urlsplit(value if "//" in value else f"//{value}").hostname or ""
