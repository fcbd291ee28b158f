"""Serves the application on a loopback port with uvicorn, until a signal comes."""

import socket

import uvicorn
from fastapi import FastAPI

from fleet.api.listen import bind as bind

GOODBYE_S = 1
"""Open streams are closed after this at the end."""
MESSAGE_BYTES_MAX = 4096
"""Viewers have nothing to say on the stream."""


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
