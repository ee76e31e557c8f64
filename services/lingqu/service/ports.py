"""The port of a service, taken before anything starts, or one sentence about who holds it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

import psutil

from lingqu.errors import ConfigurationError, LingquError

_BACKLOG = 2048


class PortTakenError(LingquError):
    """Another process listens where a service should."""

    def __init__(self, service: str, port: int, holder: str) -> None:
        super().__init__(
            f"port {port} of service {service!r} is taken by {holder}; stop that, or move the hub "
            f"with LINGQU_PORT_OFFSET (200, say), or this service with {port_variable(service)}"
        )


def port_variable(service: str) -> str:
    """Return the variable that sets the service's port."""
    return f"LINGQU_{service.upper().replace('-', '_')}_PORT"


def port_of(service: str, usual: int, environ: Mapping[str, str]) -> int:
    """Return the port that is set for the service, else its usual one moved by the offset."""
    variable = port_variable(service)
    if variable in environ:
        return _number(variable, environ[variable])
    port = usual + _number("LINGQU_PORT_OFFSET", environ.get("LINGQU_PORT_OFFSET", "0"))
    if not 0 < port < 65536:
        raise ConfigurationError(
            f"the port offset moves {service!r} from {usual} to {port}, and ports are 1 to 65535; "
            "choose another with --port-offset or LINGQU_PORT_OFFSET"
        )
    return port


def listen(service: str, host: str, port: int) -> socket.socket:
    """Return a listening socket; requests wait in its backlog until the service has started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(service, port, holder_of(port)) from error
        raise ConfigurationError(
            f"service {service!r} cannot listen on {host}:{port}: {error.strerror}; set LINGQU_HOST"
        ) from error
    listener.setblocking(False)
    return listener


def holder_of(port: int) -> str:
    """Name the process that listens on the port, as far as the system lets us see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            address = connection.laddr
            if connection.status == psutil.CONN_LISTEN and address and address.port == port:
                return _process(connection.pid)
    except psutil.Error:
        pass  # without the right to look, the sentence still stands
    return "another process (another hub, perhaps)"


def _process(pid: int | None) -> str:
    if pid is None:
        return "another user's process"
    try:
        return f"{psutil.Process(pid).name()} (process {pid})"
    except psutil.Error:
        return f"process {pid}"


def _number(variable: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise ConfigurationError(f"{variable} is {value!r}, which is no number") from error
