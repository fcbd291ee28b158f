"""The HTTP port: loopback only, bound before anything slow is imported.

Whoever knocks while the orchestrator still starts is answered as soon as it can, not turned away.
"""

import errno
import ipaddress
import socket

from fleet.errors import UserError

BACKLOG = 1024


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1 (with or without brackets)."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def check_bind(host: str) -> None:
    """Raises UserError unless host is a loopback address: there are no keys and no sign-in yet."""
    if is_loopback(host):
        return
    raise UserError(
        "NOT_LOOPBACK",
        f"'{host}' is not a loopback address, and there is no sign-in yet.",
        field="host",
        hint="Use 127.0.0.1; from elsewhere go through a tunnel (ssh -L 8080:127.0.0.1:8080 HOST).",
    )


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
