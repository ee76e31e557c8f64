"""Hosts looked up ahead of a client that dials by itself and shows nobody its connections."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable

from lingqu.errors import UnavailableError


def permitted(host: str, permit: Callable[[str], None]) -> list[str]:
    """Return the IP addresses of a host, each permitted.

    Raises UnavailableError where the name is not known, and what `permit` raises.
    """
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise UnavailableError(
            f"host {host!r} has no address ({error.strerror or error}); is the name right, and "
            "does this machine's DNS know it?"
        ) from error
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    for address in addresses:
        permit(address)
    return addresses


def permit_brokers(servers: Iterable[str], permit: Callable[[str], None]) -> None:
    """Ask leave for every address behind `host:port`, as Kafka writes its brokers.

    One whose name is not known cannot be called, and is left to the client to say so.
    """
    for server in servers:
        host, _, _ = server.strip().rpartition(":")
        with contextlib.suppress(UnavailableError):
            permitted(host.strip("[]"), permit)
