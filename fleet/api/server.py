"""Serves the application on a loopback port with uvicorn, until a signal comes."""

import errno
import socket

import uvicorn
from fastapi import FastAPI

from fleet.api.guard import check_bind
from fleet.errors import UserError

GOODBYE_S = 1
"""Open streams are closed after this at the end."""
MESSAGE_BYTES_MAX = 4096
"""Viewers have nothing to say on the stream."""
BACKLOG = 1024


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UserError for an address that is not loopback, or a port in use."""
    check_bind(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named asyncio sets TCP_NODELAY; without it every answer takes 40 ms more
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise refused(port, error) from error
    return listener


def refused(port: int, error: OSError) -> UserError:
    if error.errno == errno.EADDRINUSE:
        hint = "Choose another with --port N, or stop what uses it."
        return UserError("PORT_IN_USE", f"Port {port} is in use.", field="port", hint=hint)
    hint = "Choose another with --port N; ports below 1024 need rights."
    return UserError(
        "PORT_REFUSED", f"Port {port} cannot be opened: {error.strerror}.", field="port", hint=hint
    )


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Returns after SIGINT or SIGTERM, when the open requests are answered."""
    server(app).run(sockets=[listener])


def server(app: FastAPI) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=True,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES_MAX,
        ws_per_message_deflate=False,  # loopback: bytes are cheaper than compressing them for each viewer
        timeout_graceful_shutdown=GOODBYE_S,
    )
    return uvicorn.Server(config)
